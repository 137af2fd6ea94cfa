//! Calls.

use domain::{
    Version,
    call::{Addition, Call, CallFlag, CallOutcome, CallState, DuplicateChoice},
};

use super::{location, milestone::milestones, text_or_empty, texts, timestamp};
use crate::record::v1::{self as wire, call_state::State, duplicate_choice::Choice};

/// A call.
pub fn call(call: &Call, version: Version) -> wire::Call {
    wire::Call {
        call_id: call.id.to_string(),
        version: version.0,
        spoken_number: call.number.to_string(),
        source: call.source.clone(),
        caller_number: call.caller_number.clone(),
        location: Some(location(&call.location)),
        incident_type_id: text_or_empty(call.incident_type.as_ref()),
        language: call.language.clone(),
        narrative: call.narrative.clone(),
        flags: call.flags.iter().map(|flag| call_flag(*flag).into()).collect(),
        taken_at: call.taken_at.map(timestamp),
        incident_id: text_or_empty(call.incident.as_ref()),
        duplicate: Some(duplicate(call.duplicate)),
        suspected_duplicate_of: texts(&call.suspected_duplicate_of),
        additions: call.additions.iter().map(addition).collect(),
        milestones: milestones(&call.milestones),
        state: Some(wire::CallState { state: Some(state(call.state())) }),
        type_text: call.type_text.clone(),
        trunk: call.trunk.clone(),
    }
}

/// What was odd about a call's input.
pub const fn call_flag(flag: CallFlag) -> wire::CallFlag {
    match flag {
        CallFlag::NoLocation => wire::CallFlag::NoLocation,
        CallFlag::OutsideArea => wire::CallFlag::OutsideArea,
        CallFlag::NoType => wire::CallFlag::NoType,
        CallFlag::UnknownType => wire::CallFlag::UnknownType,
        CallFlag::UnknownLanguage => wire::CallFlag::UnknownLanguage,
        CallFlag::GarbledText => wire::CallFlag::GarbledText,
        CallFlag::BadTime => wire::CallFlag::BadTime,
        CallFlag::NoNarrative => wire::CallFlag::NoNarrative,
        CallFlag::NotContinued => wire::CallFlag::NotContinued,
        CallFlag::NotJoined => wire::CallFlag::NotJoined,
        CallFlag::BadLocation => wire::CallFlag::BadLocation,
        CallFlag::BadPriority => wire::CallFlag::BadPriority,
    }
}

/// What became of a call.
pub const fn call_outcome(outcome: CallOutcome) -> wire::CallOutcome {
    match outcome {
        CallOutcome::Incident => wire::CallOutcome::Incident,
        CallOutcome::Advice => wire::CallOutcome::Advice,
        CallOutcome::Transferred => wire::CallOutcome::Transferred,
        CallOutcome::SuspectedHoax => wire::CallOutcome::SuspectedHoax,
        CallOutcome::Silent => wire::CallOutcome::Silent,
        CallOutcome::Unreachable => wire::CallOutcome::Unreachable,
    }
}

fn duplicate(choice: DuplicateChoice) -> wire::DuplicateChoice {
    let choice = match choice {
        DuplicateChoice::Unasked => Choice::Unasked(wire::duplicate_choice::Unasked {}),
        DuplicateChoice::Separate => Choice::Separate(wire::duplicate_choice::Separate {}),
        DuplicateChoice::SameAs { incident } => Choice::SameAsIncidentId(incident.to_string()),
    };
    wire::DuplicateChoice { choice: Some(choice) }
}

fn addition(addition: &Addition) -> wire::CallAddition {
    wire::CallAddition {
        recorded_at: Some(timestamp(addition.at)),
        added_by: addition.by.clone(),
        narrative: addition.narrative.clone(),
        location: addition.location.as_ref().map(location),
    }
}

fn state(state: &CallState) -> State {
    use wire::call_state;
    match state {
        CallState::Ringing { trunk } => State::Ringing(call_state::Ringing { trunk: trunk.clone() }),
        CallState::Answered { desk } => State::Answered(call_state::Answered { desk: desk.clone() }),
        CallState::Abandoned => State::Abandoned(call_state::Abandoned {}),
        CallState::CallBack { attempt, due } => {
            State::CallBack(call_state::CallBack { attempt: u32::from(*attempt), due: Some(timestamp(*due)) })
        }
        CallState::NeedsDecision => State::NeedsDecision(call_state::NeedsDecision {}),
        CallState::Ended { disposition } => State::Ended(call_state::Ended {
            outcome: call_outcome(disposition.outcome).into(),
            remark: disposition.remark.clone(),
            ended_by: disposition.by.clone(),
        }),
    }
}
