//! Every state and every event of the six lifecycles, each under the name it has in the tables. Where what is carried
//! along changes what is allowed (the last attempt, another run) there is a sample of each.

use domain::{
    IncidentId, OperationId, RunId,
    alarm::{AlarmEvent, AlarmState},
    assignment::{AssignmentEvent, AssignmentState},
    call::{CallDisposition, CallEvent, CallOutcome, CallState},
    incident::{Closing, IncidentEvent, IncidentState},
    run::{OpenStep, RunEvent, RunState},
    unit::{UnitEvent, UnitState},
};
use jiff::Timestamp;

use crate::lifecycle::State;

/// The samples of one lifecycle.
pub(crate) struct Samples<S: State> {
    pub(crate) states: Vec<(&'static str, S)>,
    pub(crate) events: Vec<(&'static str, S::Event)>,
}

const NOW: Timestamp = Timestamp::constant(1_800_000_000, 0);

fn text(words: &str) -> String {
    words.to_owned()
}

fn run(name: &str) -> RunId {
    RunId::derived(OperationId::derived("test", name), "run")
}

pub(crate) fn call() -> Samples<CallState> {
    let disposition = || CallDisposition { outcome: CallOutcome::Advice, remark: text("r"), by: text("b") };
    Samples {
        states: vec![
            ("ringing", CallState::Ringing { trunk: text("102-1") }),
            ("answered", CallState::Answered { desk: text("3") }),
            ("abandoned", CallState::Abandoned),
            ("call_back", CallState::CallBack { attempt: 1, due: NOW }),
            ("call_back, last", CallState::CallBack { attempt: 3, due: NOW }),
            ("needs_decision", CallState::NeedsDecision),
            ("ended", CallState::Ended { disposition: disposition() }),
        ],
        events: vec![
            ("answer", CallEvent::Answer { desk: text("4") }),
            ("abandon", CallEvent::Abandon),
            ("call_back", CallEvent::CallBack { due: NOW }),
            ("call_back_failed", CallEvent::CallBackFailed { due: NOW }),
            ("end", CallEvent::End { disposition: disposition() }),
        ],
    }
}

pub(crate) fn incident() -> Samples<IncidentState> {
    let into = IncidentId::derived(OperationId::derived("test", "other"), "incident");
    let closing = || Closing {
        disposition: text("report taken"),
        registration_number: text("ЖУИ-17"),
        lawful_reason: String::new(),
        by: text("b"),
        at: NOW,
    };
    Samples {
        states: vec![
            ("held", IncidentState::Held { by: text("a"), until: NOW, why: text("w") }),
            ("open", IncidentState::Open),
            ("merged", IncidentState::Merged { into }),
            ("closed", IncidentState::Closed { closing: closing() }),
            ("cancelled", IncidentState::Cancelled { reason: text("r"), by: text("b"), at: NOW }),
        ],
        events: vec![
            ("hold", IncidentEvent::Hold { by: text("b"), until: NOW, why: text("x") }),
            ("release", IncidentEvent::Release),
            ("merge", IncidentEvent::Merge { into }),
            ("unmerge", IncidentEvent::Unmerge),
            ("close", IncidentEvent::Close { closing: closing() }),
            ("cancel", IncidentEvent::Cancel { reason: text("s"), by: text("c"), at: NOW }),
            ("reopen", IncidentEvent::Reopen),
        ],
    }
}

pub(crate) fn assignment() -> Samples<AssignmentState> {
    let returned = || (text("not ours"), text("Asanov"));
    let (reason, by) = returned();
    let (event_reason, event_by) = returned();
    Samples {
        states: vec![
            ("sent", AssignmentState::Sent),
            ("delivered", AssignmentState::Delivered),
            ("received", AssignmentState::Received { person: text("Asanov") }),
            ("accepted", AssignmentState::Accepted { person: text("Asanov") }),
            ("stand_down_sent", AssignmentState::StandDownSent { by: text("b"), reason: text("r") }),
            ("done", AssignmentState::Done),
            ("returned", AssignmentState::Returned { reason, by, proposed_desk: None }),
            ("stood_down", AssignmentState::StoodDown { confirmed_by: text("c") }),
        ],
        events: vec![
            ("deliver", AssignmentEvent::Deliver),
            ("receive", AssignmentEvent::Receive { person: text("Bekova") }),
            ("accept", AssignmentEvent::Accept { person: text("Bekova") }),
            ("finish", AssignmentEvent::Finish),
            ("return", AssignmentEvent::Return { reason: event_reason, by: event_by, proposed_desk: None }),
            ("stand_down", AssignmentEvent::StandDown { by: text("c"), reason: text("s") }),
            ("confirm", AssignmentEvent::ConfirmStandDown { by: text("d") }),
        ],
    }
}

pub(crate) fn run_states() -> Samples<RunState> {
    Samples {
        states: vec![
            ("sent", RunState::Sent),
            ("acknowledged", RunState::Acknowledged),
            ("en_route", RunState::EnRoute),
            ("on_scene", RunState::OnScene),
            ("stand_down_sent", RunState::StandDownSent { by: text("b"), reason: text("r") }),
            ("cleared", RunState::Cleared { disposition: text("d") }),
            ("stood_down", RunState::StoodDown { confirmed_by: text("c") }),
        ],
        events: vec![
            ("acknowledge", RunEvent::Acknowledge),
            ("depart", RunEvent::Depart),
            ("arrive", RunEvent::Arrive),
            ("clear", RunEvent::Clear { disposition: text("e") }),
            ("stand_down", RunEvent::StandDown { by: text("c"), reason: text("s") }),
            ("confirm", RunEvent::ConfirmStandDown { by: text("d") }),
            ("correct to ack.", RunEvent::Correct { to: OpenStep::Acknowledged }),
            ("correct to en r.", RunEvent::Correct { to: OpenStep::EnRoute }),
            ("correct to on sc.", RunEvent::Correct { to: OpenStep::OnScene }),
        ],
    }
}

pub(crate) fn unit() -> Samples<UnitState> {
    Samples {
        states: vec![
            ("signed_off", UnitState::SignedOff),
            ("available", UnitState::Available),
            ("assigned", UnitState::Assigned { run: run("its own") }),
            ("out_of_service", UnitState::OutOfService { reason: text("meal") }),
        ],
        events: vec![
            ("sign_on", UnitEvent::SignOn),
            ("sign_off", UnitEvent::SignOff),
            ("assign", UnitEvent::Assign { run: run("its own") }),
            ("free", UnitEvent::Free { run: run("its own") }),
            ("free of another", UnitEvent::Free { run: run("another") }),
            ("out_of_service", UnitEvent::OutOfService { reason: text("repair") }),
            ("return_to_serv.", UnitEvent::ReturnToService),
        ],
    }
}

pub(crate) fn alarm() -> Samples<AlarmState> {
    Samples {
        states: vec![
            ("raised", AlarmState::Raised),
            ("acknowledged", AlarmState::Acknowledged { by: text("a"), at: NOW }),
            ("ended", AlarmState::Ended { by: text("a"), at: NOW }),
        ],
        events: vec![
            ("acknowledge", AlarmEvent::Acknowledge { by: text("b"), at: NOW }),
            ("end", AlarmEvent::End { by: text("b"), at: NOW }),
        ],
    }
}
