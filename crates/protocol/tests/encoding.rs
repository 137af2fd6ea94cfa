//! No two words of the domain become one on the wire, and none becomes the word for nothing.

use std::collections::BTreeSet;

use domain::{
    RecordKey, RecordKind,
    call::{CallFlag, CallOutcome},
    milestone::{Channel, Step},
    recommendation::Exclusion,
};
use protocol::encode;

fn are_distinct(values: impl IntoIterator<Item = i32>) {
    let mut seen = BTreeSet::from([0]);
    for value in values {
        assert!(seen.insert(value), "{value} stands for two words, or for nothing");
    }
}

#[test]
fn every_word_has_one_of_its_own() {
    are_distinct(
        [
            CallFlag::NoLocation,
            CallFlag::OutsideArea,
            CallFlag::NoType,
            CallFlag::UnknownType,
            CallFlag::UnknownLanguage,
            CallFlag::GarbledText,
            CallFlag::BadTime,
            CallFlag::NoNarrative,
            CallFlag::NotContinued,
            CallFlag::NotJoined,
            CallFlag::BadLocation,
            CallFlag::BadPriority,
        ]
        .map(|flag| encode::call_flag(flag).into()),
    );
    are_distinct(
        [
            CallOutcome::Incident,
            CallOutcome::Advice,
            CallOutcome::Transferred,
            CallOutcome::SuspectedHoax,
            CallOutcome::Silent,
            CallOutcome::Unreachable,
        ]
        .map(|outcome| encode::call_outcome(outcome).into()),
    );
    are_distinct(
        [Channel::Device, Channel::Radio, Channel::Phone, Channel::Paper, Channel::System]
            .map(|channel| encode::channel(channel).into()),
    );
    are_distinct(
        [
            Exclusion::OnRun,
            Exclusion::SignedOff,
            Exclusion::OutOfService,
            Exclusion::AlreadyServing,
            Exclusion::Promised,
            Exclusion::Unanswered,
            Exclusion::Returned,
            Exclusion::StoodDown,
        ]
        .map(|reason| encode::exclusion(reason).into()),
    );
}

#[test]
fn a_step_is_called_on_the_wire_what_the_control_room_calls_it() {
    let steps = [
        (Step::Rang, "STEP_RANG"),
        (Step::CalledBack, "STEP_CALLED_BACK"),
        (Step::EnRoute, "STEP_EN_ROUTE"),
        (Step::StandDownSent, "STEP_STAND_DOWN_SENT"),
        (Step::StoodDown, "STEP_STOOD_DOWN"),
        (Step::AnswerOverdue, "STEP_ANSWER_OVERDUE"),
        (Step::Reopened, "STEP_REOPENED"),
    ];
    for (step, name) in steps {
        assert_eq!(encode::step(step).as_str_name(), name);
    }
}

#[test]
fn every_kind_of_record_but_a_directorys_text_can_be_named() {
    let mut kinds = Vec::new();
    for kind in RecordKind::ALL {
        match encode::record_key(&RecordKey::new(kind, "a")) {
            Some(key) => kinds.push(key.kind),
            None => assert_eq!(kind, RecordKind::DirectoryPart),
        }
    }
    are_distinct(kinds);
}
