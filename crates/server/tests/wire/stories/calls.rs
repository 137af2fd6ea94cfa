//! Calls that go another way than from the first ring to the disposition.

use identity::Role;
use protocol::{
    dispatch::v1::OpenIncidentRequest,
    intake::v1::{
        AddToCallRequest, CallBackOutcome, DecideCallRequest, EndCallRequest, FindLikelyDuplicatesRequest,
        LikelyDuplicate, MarkAbandonedRequest, ReportAnsweredRequest, ReportCallBackRequest,
        ReportRingingRequest, StartCallBackRequest, TakeCallRequest,
    },
    record::v1::{Call, CallFlag, CallOutcome, DuplicateChoice, Location, Position, Step, duplicate_choice},
};
use tonic::Code;

use super::{by_id, intake, place, shown, words};
use crate::{
    flow::{burglary, take},
    node::{Client, Node, assert_refused, request_id},
};

async fn rings(client: &Client, number: &str, trunk: &str) -> Call {
    let request = ReportRingingRequest {
        request_id: request_id(),
        caller_number: number.to_owned(),
        trunk: trunk.to_owned(),
        ..ReportRingingRequest::default()
    };
    intake(client).report_ringing(request).await.unwrap().into_inner().call.unwrap()
}

fn details(call: &Call, step: Step) -> Vec<&str> {
    let reports = call.milestones.iter().filter(|milestone| milestone.step() == step);
    reports.map(|milestone| milestone.detail.as_str()).collect()
}

#[tokio::test]
async fn a_caller_who_hung_up_is_called_back_in_vain_and_an_incident_is_opened_for_them() {
    let node = Node::start().await;
    let operator = node.client(Role::Operator).await;
    let call_id = rings(&operator, "+996 555 010203", "7").await.call_id;
    let mut intake = intake(&operator);
    let (id, call) = (request_id(), call_id.clone());
    let gave_up = MarkAbandonedRequest { request_id: id, call_id: call, ..MarkAbandonedRequest::default() };
    intake.mark_abandoned(gave_up).await.unwrap();
    let (id, call) = (request_id(), call_id.clone());
    let back = StartCallBackRequest { request_id: id, call_id: call, ..StartCallBackRequest::default() };
    intake.start_call_back(back).await.unwrap();
    for outcome in [CallBackOutcome::Busy, CallBackOutcome::Unreachable, CallBackOutcome::NoAnswer] {
        let attempt = ReportCallBackRequest {
            request_id: request_id(),
            call_id: call_id.clone(),
            outcome: outcome.into(),
            ..ReportCallBackRequest::default()
        };
        intake.report_call_back(attempt).await.unwrap();
    }
    let decide = |outcome: CallOutcome| DecideCallRequest {
        request_id: request_id(),
        call_id: call_id.clone(),
        outcome: outcome.into(),
        remark: "screams before it broke off".to_owned(),
        ..DecideCallRequest::default()
    };
    let refused = intake.decide_call(decide(CallOutcome::Incident)).await;
    assert_refused(refused, Code::FailedPrecondition, "NO_INCIDENT_OF_CALL");
    let request = OpenIncidentRequest {
        request_id: request_id(),
        call_id: call_id.clone(),
        location: place("address of the number"),
        ..OpenIncidentRequest::default()
    };
    let opened = super::incidents(&operator).open_incident(request).await.unwrap().into_inner();
    let incident = opened.incident.unwrap();
    assert_eq!(incident.call_ids, std::slice::from_ref(&call_id));
    let decided = intake.decide_call(decide(CallOutcome::Incident)).await.unwrap().into_inner();
    let call = decided.call.unwrap();
    assert_eq!((&call.incident_id, call.trunk.as_str()), (&incident.incident_id, "7"));
    assert_eq!(details(&call, Step::CalledBack), ["busy", "unreachable", "no_answer"]);
}

#[tokio::test]
async fn a_call_goes_on_from_its_ring_and_tells_of_a_second_matter() {
    let node = Node::start().await;
    let operator = node.client(Role::Operator).await;
    let ringing = rings(&operator, "0555 010203", "7").await;
    let answered = ReportAnsweredRequest {
        request_id: request_id(),
        call_id: ringing.call_id.clone(),
        desk: "3".to_owned(),
        ..ReportAnsweredRequest::default()
    };
    intake(&operator).report_answered(answered).await.unwrap();
    let rang_at = jiff::Timestamp::now() - jiff::SignedDuration::from_secs(40);
    let request = TakeCallRequest {
        continues_call_id: ringing.call_id.clone(),
        caller_number: String::new(),
        source: "alarm".to_owned(),
        trunk: "8".to_owned(),
        rang_at: Some(protocol::encode::timestamp(rang_at)),
        ..burglary()
    };
    let call = take(&operator, request).await.call.unwrap();
    assert_eq!(call.call_id, ringing.call_id);
    assert_eq!((call.source.as_str(), call.trunk.as_str()), ("alarm", "8"));
    assert_eq!(call.caller_number, "0555 010203", "as it rang");
    let rang = call.milestones.iter().rfind(|milestone| milestone.step() == Step::Rang).unwrap();
    assert_eq!(rang.occurred_at, Some(protocol::encode::timestamp(rang_at)));

    let add = |location| AddToCallRequest {
        request_id: request_id(),
        call_id: call.call_id.clone(),
        narrative: "and over there".to_owned(),
        location,
        ..AddToCallRequest::default()
    };
    for location in [words("behind the bazaar"), words("by the eastern gate"), None] {
        let added = intake(&operator).add_to_call(add(location)).await.unwrap().into_inner();
        assert_eq!(added.call.unwrap().incident_id, call.incident_id);
    }
    let second = OpenIncidentRequest {
        request_id: request_id(),
        call_id: call.call_id.clone(),
        narrative: "a fight as well\nthree of them".to_owned(),
        ..OpenIncidentRequest::default()
    };
    let opened = super::incidents(&operator).open_incident(second.clone()).await.unwrap().into_inner();
    let told = by_id(&operator, &opened.incident.unwrap().incident_id).await;
    let incident = told.incident.unwrap();
    assert_eq!(incident.location.unwrap().address, "by the eastern gate", "the latest that the call says");
    assert_eq!(incident.summary, "a fight as well three of them");
    assert_eq!(told.notes[0].text, "a fight as well\nthree of them");
    let silent = OpenIncidentRequest { request_id: request_id(), narrative: String::new(), ..second.clone() };
    let opened = super::incidents(&operator).open_incident(silent).await.unwrap().into_inner();
    let incident = opened.incident.unwrap();
    assert_eq!((incident.summary, incident.note_ids), (call.narrative, Vec::new()), "the words of the call");
    let longest = OpenIncidentRequest { request_id: request_id(), narrative: "ы".repeat(4_097), ..second };
    let refused = super::incidents(&operator).open_incident(longest).await;
    assert_refused(refused, Code::InvalidArgument, "MALFORMED");
}

async fn likely(client: &Client, type_id: &str, number: &str) -> Vec<LikelyDuplicate> {
    let request = FindLikelyDuplicatesRequest {
        incident_type_id: type_id.to_owned(),
        caller_number: number.to_owned(),
        ..FindLikelyDuplicatesRequest::default()
    };
    intake(client).find_likely_duplicates(request).await.unwrap().into_inner().likely
}

#[tokio::test]
async fn who_called_is_known_after_they_hang_up() {
    let node = Node::start().await;
    let operator = node.client(Role::Operator).await;
    let taken = take(&operator, burglary()).await;
    let end = EndCallRequest {
        request_id: request_id(),
        call_id: taken.call_id.clone(),
        outcome: CallOutcome::Incident.into(),
        ..EndCallRequest::default()
    };
    let ended = intake(&operator).end_call(end).await.unwrap().into_inner();
    shown(&node, ended.receipt).await;
    let found = likely(&operator, "burglary", "0555-01-02-03").await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].incident.as_ref().unwrap().incident_id, taken.incident_id);
    assert!(found[0].same_number && found[0].same_type);
    assert!(!likely(&operator, "", "0555010203").await[0].same_type, "nobody said of which");
    assert!(!likely(&operator, "theft", "0555010203").await[0].same_type);
    assert!(likely(&operator, "burglary", "0555010204").await.is_empty());
}

#[tokio::test]
async fn a_call_is_taken_whatever_cannot_be_in_it() {
    let node = Node::start().await;
    let operator = node.client(Role::Operator).await;
    let position = Some(Position { latitude: f64::NAN, longitude: 500.0 });
    let location = Location { position, address: "Чүй 12".to_owned(), ..Location::default() };
    let same = Some(duplicate_choice::Choice::SameAsIncidentId("1043".to_owned()));
    let request = TakeCallRequest {
        location: Some(location),
        priority: Some(9),
        rang_at: Some(prost_types::Timestamp { seconds: 0, nanos: 2_000_000_000 }),
        continues_call_id: "1043".to_owned(),
        duplicate: Some(DuplicateChoice { choice: same }),
        ..burglary()
    };
    let taken = take(&operator, request).await;
    for flag in [
        CallFlag::BadLocation,
        CallFlag::BadPriority,
        CallFlag::BadTime,
        CallFlag::NotContinued,
        CallFlag::NotJoined,
    ] {
        assert!(taken.flags.contains(&flag.into()), "{flag:?}");
    }
    let incident = by_id(&operator, &taken.incident_id).await.incident.unwrap();
    assert_eq!(incident.location.unwrap().address, "Чүй 12", "what can be is kept");
    assert!((1..=5).contains(&incident.priority));
}
