//! Assignments.

use domain::{
    Version,
    assignment::{Assignment, AssignmentState, Purpose},
};

use super::{milestone::milestones, text_or_empty, texts, timestamp};
use crate::record::v1::{
    self as wire, assignment_purpose,
    assignment_state::{self, State},
};

/// An assignment.
pub fn assignment(assignment: &Assignment, version: Version) -> wire::Assignment {
    wire::Assignment {
        assignment_id: assignment.id.to_string(),
        version: version.0,
        incident_id: assignment.incident.to_string(),
        station_id: assignment.desk.to_string(),
        purpose: Some(wire::AssignmentPurpose { purpose: Some(purpose(&assignment.purpose)) }),
        recommended_unit_id: text_or_empty(assignment.recommended_unit.as_ref()),
        run_ids: texts(&assignment.runs),
        answer_due: assignment.answer_due.map(timestamp),
        overdue: assignment.overdue,
        milestones: milestones(&assignment.milestones),
        state: Some(wire::AssignmentState { state: Some(state(assignment.state())) }),
        moved_from_incident_id: text_or_empty(assignment.moved_from.as_ref()),
    }
}

fn purpose(purpose: &Purpose) -> assignment_purpose::Purpose {
    match purpose {
        Purpose::Respond { need, kind } => {
            assignment_purpose::Purpose::Respond(assignment_purpose::Respond {
                need_index: u32::try_from(*need).unwrap_or(u32::MAX),
                unit_kind_id: kind.to_string(),
            })
        }
        Purpose::Inform => assignment_purpose::Purpose::Inform(assignment_purpose::Inform {}),
    }
}

fn state(state: &AssignmentState) -> State {
    match state {
        AssignmentState::Sent => State::Sent(assignment_state::Sent {}),
        AssignmentState::Delivered => State::Delivered(assignment_state::Delivered {}),
        AssignmentState::Received { person } => {
            State::Received(assignment_state::Received { person: person.clone() })
        }
        AssignmentState::Accepted { person } => {
            State::Accepted(assignment_state::Accepted { person: person.clone() })
        }
        AssignmentState::Done => State::Done(assignment_state::Done {}),
        AssignmentState::Returned { reason, by, proposed_desk } => {
            State::Returned(assignment_state::Returned {
                reason: reason.clone(),
                proposed_station_id: text_or_empty(proposed_desk.as_ref()),
                returned_by: by.clone(),
            })
        }
        AssignmentState::StandDownSent { by, reason } => {
            State::StandDownSent(assignment_state::StandDownSent {
                sent_by: by.clone(),
                reason: reason.clone(),
            })
        }
        AssignmentState::StoodDown { confirmed_by } => {
            State::StoodDown(assignment_state::StoodDown { confirmed_by: confirmed_by.clone() })
        }
    }
}
