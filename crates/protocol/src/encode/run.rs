//! Runs.

use domain::{
    Version,
    run::{Run, RunState},
};

use super::{milestone::milestones, timestamp};
use crate::record::v1::{
    self as wire,
    run_state::{self, State},
};

/// A run.
pub fn run(run: &Run, version: Version) -> wire::Run {
    wire::Run {
        run_id: run.id.to_string(),
        version: version.0,
        incident_id: run.incident.to_string(),
        assignment_id: run.assignment.to_string(),
        unit_id: run.unit.to_string(),
        station_id: run.desk.to_string(),
        answer_due: run.answer_due.map(timestamp),
        overdue: run.overdue,
        milestones: milestones(&run.milestones),
        state: Some(wire::RunState { state: Some(state(run.state())) }),
    }
}

fn state(state: &RunState) -> State {
    match state {
        RunState::Sent => State::Sent(run_state::Sent {}),
        RunState::Acknowledged => State::Acknowledged(run_state::Acknowledged {}),
        RunState::EnRoute => State::EnRoute(run_state::EnRoute {}),
        RunState::OnScene => State::OnScene(run_state::OnScene {}),
        RunState::Cleared { disposition } => {
            State::Cleared(run_state::Cleared { disposition: disposition.clone() })
        }
        RunState::StandDownSent { by, reason } => {
            State::StandDownSent(run_state::StandDownSent { sent_by: by.clone(), reason: reason.clone() })
        }
        RunState::StoodDown { confirmed_by } => {
            State::StoodDown(run_state::StoodDown { confirmed_by: confirmed_by.clone() })
        }
    }
}
