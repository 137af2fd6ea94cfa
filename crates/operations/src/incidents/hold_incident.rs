//! Holding an incident back until a time, and releasing it: always a person's decision.

use domain::{
    IncidentId, RecordKind, Version, alarm::AlarmCode, assignment::Purpose, incident::IncidentEvent,
    limits::HOLD_MAX, milestone::Step, record::Record, refusal::Refusal,
};
use jiff::Timestamp;
use serde::Serialize;

use super::IncidentAnswer;
use crate::{
    Ask, ControlRoom, Done, OperationError,
    asker::{after, line},
    responding::{end_alarms_of, must_have_room, open_assignments, open_runs, runs_open},
};

/// An incident is to wait.
#[derive(Clone, Debug, Serialize)]
pub struct HoldIncident {
    /// Which.
    pub incident: IncidentId,
    /// The version the asker saw; absent means whatever is current.
    pub expected: Option<Version>,
    /// Until when; twelve hours at most.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
}

/// Holds an incident back; refused while anybody is on the way to it.
///
/// # Errors
/// [`OperationError`]: no such incident, not open, work open on it, a time past or too far, or the store.
pub async fn hold_incident(
    room: &ControlRoom,
    ask: &Ask,
    request: &HoldIncident,
) -> Result<Done<IncidentAnswer>, OperationError> {
    line("reason", &request.reason)?;
    room.commit(ask, "hold_incident", request, |draft| {
        let mut incident = draft.incident(request.incident)?;
        draft.expect(RecordKind::Incident, request.incident, request.expected)?;
        let latest = after(draft.now, HOLD_MAX);
        if request.until <= draft.now || request.until > latest {
            let (field, value, earliest) = ("until", request.until, draft.now);
            return Err(Refusal::Time { field, value, earliest, latest }.into());
        }
        let runs = open_runs(draft, &incident)?;
        if !runs.is_empty() {
            return Err(runs_open(&runs).into());
        }
        let given = open_assignments(draft, &incident)?;
        if let Some(given) = given.iter().find(|given| given.purpose != Purpose::Inform) {
            return Err(Refusal::OpenWork { what: format!("assignment {}", given.id) }.into());
        }
        let (by, why) = (draft.asker.name(), request.reason.clone());
        incident.step(IncidentEvent::Hold { by, until: request.until, why })?;
        incident.milestones.push(draft.report().milestone(Step::Held));
        must_have_room(&incident)?;
        draft.put(Record::Incident(incident));
        Ok(IncidentAnswer { incident: request.incident })
    })
    .await
}

/// A held incident is to be served.
#[derive(Clone, Debug, Serialize)]
pub struct ReleaseIncident {
    /// Which.
    pub incident: IncidentId,
    /// The version the asker saw; absent means whatever is current.
    pub expected: Option<Version>,
}

/// Releases a held incident.
///
/// # Errors
/// [`OperationError`]: no such incident, not held, or the store.
pub async fn release_incident(
    room: &ControlRoom,
    ask: &Ask,
    request: &ReleaseIncident,
) -> Result<Done<IncidentAnswer>, OperationError> {
    room.commit(ask, "release_incident", request, |draft| {
        let mut incident = draft.incident(request.incident)?;
        draft.expect(RecordKind::Incident, request.incident, request.expected)?;
        incident.step(IncidentEvent::Release)?;
        let report = draft.report();
        incident.milestones.push(report.milestone(Step::Released));
        end_alarms_of(draft, &report, request.incident, &[AlarmCode::HoldOver]);
        draft.put(Record::Incident(incident));
        Ok(IncidentAnswer { incident: request.incident })
    })
    .await
}
