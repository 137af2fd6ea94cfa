//! Alarms.

use domain::{
    Version,
    alarm::{Alarm, AlarmLevel, AlarmState},
};

use super::{text_or_empty, timestamp};
use crate::record::v1::{
    self as wire,
    alarm_state::{self, State},
};

/// An alarm.
pub fn alarm(alarm: &Alarm, version: Version) -> wire::Alarm {
    let level = match alarm.level {
        AlarmLevel::Operator => wire::AlarmLevel::Operator,
        AlarmLevel::Supervisor => wire::AlarmLevel::Supervisor,
    };
    wire::Alarm {
        alarm_id: alarm.id.to_string(),
        version: version.0,
        code: alarm.code.as_str().to_owned(),
        level: level.into(),
        incident_id: text_or_empty(alarm.incident.as_ref()),
        call_id: text_or_empty(alarm.call.as_ref()),
        assignment_id: text_or_empty(alarm.assignment.as_ref()),
        run_id: text_or_empty(alarm.run.as_ref()),
        station_id: text_or_empty(alarm.desk.as_ref()),
        unit_id: text_or_empty(alarm.unit.as_ref()),
        detail: alarm.detail.clone(),
        raised_at: Some(timestamp(alarm.raised_at)),
        state: Some(wire::AlarmState { state: Some(state(alarm.state())) }),
    }
}

fn state(state: &AlarmState) -> State {
    match state {
        AlarmState::Raised => State::Raised(alarm_state::Raised {}),
        AlarmState::Acknowledged { by, at } => State::Acknowledged(alarm_state::Acknowledged {
            acknowledged_by: by.clone(),
            acknowledged_at: Some(timestamp(*at)),
        }),
        AlarmState::Ended { by, at } => {
            State::Ended(alarm_state::Ended { ended_by: by.clone(), ended_at: Some(timestamp(*at)) })
        }
    }
}
