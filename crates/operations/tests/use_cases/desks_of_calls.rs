//! Whoever answers a call answers it at their own desk, unless they say at which.

use std::time::Duration;

use domain::{
    CallId,
    call::{CallState, DuplicateChoice},
    location::Location,
    record::Record,
};
use operations::{
    Ask, ControlRoom,
    calls::{
        CallBackOutcome, MarkAbandoned, ReportAnswered, ReportCallBack, StartCallBack, TakeCall,
        mark_abandoned, report_answered, report_call_back, report_ringing, start_call_back, take_call,
    },
};

use crate::room::{ask_at, rings, room_with};

/// The desk in the token of whoever asks.
const OWN: &str = "7";

fn ask(request: &str) -> Ask {
    ask_at(Some(OWN), request)
}

/// A call that rings, on the board.
async fn ringing(room: &ControlRoom, request: &str) -> CallId {
    let rang = report_ringing(room, &ask(request), &rings()).await.expect("a call may ring");
    room.centre.reached(rang.receipt.cursor.number, Duration::from_secs(5)).await.expect("shown in time");
    rang.answer.call
}

/// What somebody says who takes a call.
fn taking(continues: Option<CallId>, desk: &str) -> TakeCall {
    TakeCall {
        continues,
        source: String::new(),
        trunk: String::new(),
        caller_number: String::new(),
        location: Location::default(),
        incident_type: String::new(),
        priority: None,
        language: String::new(),
        narrative: "help".to_owned(),
        duplicate: DuplicateChoice::Separate,
        odd: std::collections::BTreeSet::new(),
        desk: desk.to_owned(),
        rang_at: None,
        answered_at: None,
    }
}

/// At which desk the call was answered.
async fn answered_at(room: &ControlRoom, call: CallId) -> String {
    let key = domain::RecordKey::new(domain::RecordKind::Call, call);
    let read = room.read(&[key]).await.expect("memory answers");
    let Record::Call(call) = &read.first().expect("it was taken").record else { panic!("{read:?}") };
    let CallState::Answered { desk } = call.state() else { panic!("{:?}", call.state()) };
    desk.clone()
}

#[tokio::test]
async fn a_call_is_answered_at_the_desk_that_is_named_or_else_at_ones_own_whichever_way_it_came() {
    let room = room_with(&[]).await;
    for (named, expected) in [("", OWN), ("4", "4")] {
        let id = |what: &str| format!("{what}-{named}");
        let continued = ringing(&room, &id("ring-to-take")).await;
        take_call(&room, &ask(&id("continue")), &taking(Some(continued), named)).await.expect("taken");
        assert_eq!(answered_at(&room, continued).await, expected, "of one that rang and was taken at once");

        let fresh = take_call(&room, &ask(&id("fresh")), &taking(None, named)).await.expect("taken");
        assert_eq!(
            answered_at(&room, fresh.answer.call).await,
            expected,
            "of one that nobody reported ringing"
        );

        let reported = ringing(&room, &id("ring-to-report")).await;
        let answered =
            ReportAnswered { call: reported, expected: None, desk: named.to_owned(), answered_at: None };
        report_answered(&room, &ask(&id("report")), &answered).await.expect("it rang");
        assert_eq!(answered_at(&room, reported).await, expected, "of one that was reported answered");
    }
}

#[tokio::test]
async fn a_caller_who_is_reached_again_is_answered_at_ones_own_desk() {
    let room = room_with(&[]).await;
    let call = ringing(&room, "ring").await;
    let gave_up = MarkAbandoned { call, expected: None, abandoned_at: None };
    mark_abandoned(&room, &ask("abandon"), &gave_up).await.expect("it rang");
    start_call_back(&room, &ask("start"), &StartCallBack { call, expected: None }).await.expect("given up");
    let reached =
        ReportCallBack { call, expected: None, outcome: CallBackOutcome::Answered, occurred_at: None };
    report_call_back(&room, &ask("reach"), &reached).await.expect("to be called back");
    assert_eq!(answered_at(&room, call).await, OWN);
}
