//! What callers see when the store goes away and comes back, and where what is over goes.

use identity::Role;
use protocol::{
    desk::v1::{ReturnAssignmentRequest, desk_service_client::DeskServiceClient},
    dispatch::v1::{
        AcknowledgeAlarmRequest, AssignDeskRequest, CancelIncidentRequest, EndAlarmRequest,
        GetIncidentRequest, ListAlarmsRequest, ListIncidentsRequest,
        alarm_service_client::AlarmServiceClient, assign_desk_request,
        dispatch_service_client::DispatchServiceClient, get_incident_request::Name,
        incident_service_client::IncidentServiceClient,
    },
    intake::v1::{
        CallBackOutcome, EndCallRequest, MarkAbandonedRequest, ReportCallBackRequest, ReportRingingRequest,
        StartCallBackRequest, TakeCallResponse, intake_service_client::IntakeServiceClient,
    },
    record::v1::CallOutcome,
};
use redis_store::{
    Archive,
    scratch::{Scratch, eventually},
};
use server::Configuration;
use tonic::Code;

use crate::{
    flow::{burglary, take},
    node::{Client, Node, STATION, assert_refused, reason, request_id},
    raw::{call, get},
};

/// Waits until readiness answers so.
pub(crate) async fn until_ready_says(node: &Node, expected: &str) {
    let said = eventually(async || get(node, "/readyz").await.contains(expected).then_some(())).await;
    assert!(said.is_some(), "never said {expected}");
}

#[tokio::test]
async fn a_store_that_is_away_is_said_and_one_that_is_back_is_used() {
    let mut redis = Scratch::start().await.unwrap();
    let url = redis.address().to_string();
    let node = Node::start_with(|configuration| Configuration { redis: Some(url), ..configuration }).await;
    let operator = node.client(Role::Operator).await;
    take(&operator, burglary()).await;
    redis.stop().await.unwrap();
    until_ready_says(&node, "503").await;
    let health = eventually(async || {
        let answer = call(&node.channel().await, "/grpc.health.v1.Health/Check", "", &[]).await.ok()?;
        (answer.as_ref() == [8, 2]).then_some(())
    });
    assert!(health.await.is_some(), "health never said that it does not serve");
    // what is read from the picture is shown as old
    let mut incidents = IncidentServiceClient::new(operator.clone());
    let old = incidents.list_incidents(ListIncidentsRequest::default()).await.unwrap();
    let age: u64 = old.metadata().get("kezek-picture-age").unwrap().to_str().unwrap().parse().unwrap();
    assert!(age < 600, "{age}");
    assert_eq!(old.into_inner().incidents.len(), 1);
    assert!(get(&node, "/livez").await.starts_with("HTTP/1.1 200"), "it lives without its store");
    redis.run().await.unwrap();
    until_ready_says(&node, "200").await;
    let fresh = incidents.list_incidents(ListIncidentsRequest::default()).await.unwrap();
    assert!(fresh.metadata().get("kezek-picture-age").is_none());
}

#[tokio::test]
async fn what_is_over_goes_to_the_archive_whole_and_only_then_out_of_the_store() {
    let mut node = Node::start().await;
    let operator = node.client(Role::Operator).await;
    let taken = take(&operator, burglary()).await;
    cancel(&operator, &taken).await;
    drop(operator);
    node.drain().await;
    node.start_again_with(|configuration| Configuration { archive_after_s: 0, ..configuration }).await;

    let mut incidents = IncidentServiceClient::new(node.client(Role::Operator).await);
    let by_id = GetIncidentRequest { name: Some(Name::IncidentId(taken.incident_id.clone())) };
    let gone = eventually(async || incidents.get_incident(by_id.clone()).await.err()).await.unwrap();
    assert_refused(Err::<(), _>(gone), Code::NotFound, "UNKNOWN_INCIDENT");
    let lines = archived(&node);
    let line = lines.iter().find(|line| line.contains(&taken.incident_id)).unwrap();
    for part in [&taken.call_id, "үйгө уурулук түштү", "a test of the line"] {
        assert!(line.contains(part), "{part} is not in {line}");
    }
}

#[tokio::test]
async fn an_alarm_that_ended_goes_with_its_incident_or_alone_and_one_that_did_not_stays() {
    let mut node = Node::start().await;
    let operator = node.client(Role::Operator).await;
    let over = take(&operator, burglary()).await;
    let with_incident = given_back(&node, &operator, &over, "a dog barks").await;
    cancel(&operator, &over).await;
    let alone = nobody_answered(&operator).await;
    let open = take(&operator, burglary()).await;
    let waiting = given_back(&node, &operator, &open, "a cat sleeps").await;
    for ended in [&waiting, &alone] {
        end_alarm(&operator, ended).await;
    }
    let raised = given_back(&node, &operator, &open, "a bird sings").await;
    drop(operator);
    node.drain().await;
    node.start_again_with(|configuration| Configuration { archive_after_s: 0, ..configuration }).await;

    let mut alarms = AlarmServiceClient::new(node.client(Role::Operator).await);
    for (gone, of) in
        [(&with_incident, format!("incident:{}", over.incident_id)), (&alone, format!("alarm:{alone}"))]
    {
        let refused = eventually(async || {
            let refused = alarms.acknowledge_alarm(taking(gone)).await.unwrap_err();
            (reason(&refused) == "UNKNOWN_ALARM").then_some(refused)
        });
        assert!(refused.await.is_some(), "{of} never left");
        let lines: Vec<String> = archived(&node).into_iter().filter(|line| line.contains(gone)).collect();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].contains(&format!("\"of\":\"{of}\"")), "{} is not of {of}", lines[0]);
    }
    assert_refused(
        alarms.acknowledge_alarm(taking(&waiting)).await,
        Code::FailedPrecondition,
        "ILLEGAL_STEP",
    );
    let listed = alarms.list_alarms(ListAlarmsRequest::default()).await.unwrap().into_inner();
    assert!(listed.alarms.iter().any(|alarm| alarm.alarm_id == raised), "{listed:?}");
    let lines = archived(&node);
    for kept in [&waiting, &raised] {
        assert!(!lines.iter().any(|line| line.contains(kept.as_str())), "{kept} is still in the store");
    }
}

/// The lines of all days.
fn archived(node: &Node) -> Vec<String> {
    let archive = node.data().join("archive");
    let days = Archive::days(&archive).unwrap();
    days.into_iter().flat_map(|day| Archive::read(&archive, day).unwrap().records).collect()
}

/// Cancels the incident of a call and ends the call.
async fn cancel(operator: &Client, taken: &TakeCallResponse) {
    let cancel = CancelIncidentRequest {
        request_id: request_id(),
        incident_id: taken.incident_id.clone(),
        reason: "a test of the line".to_owned(),
        ..CancelIncidentRequest::default()
    };
    IncidentServiceClient::new(operator.clone()).cancel_incident(cancel).await.unwrap();
    let end = EndCallRequest {
        request_id: request_id(),
        call_id: taken.call_id.clone(),
        outcome: CallOutcome::Incident.into(),
        ..EndCallRequest::default()
    };
    IntakeServiceClient::new(operator.clone()).end_call(end).await.unwrap();
}

/// Asks the desk to know of an incident, has it say no, and gives the alarm that tells the operators.
async fn given_back(node: &Node, operator: &Client, taken: &TakeCallResponse, why: &str) -> String {
    let assign = AssignDeskRequest {
        request_id: request_id(),
        incident_id: taken.incident_id.clone(),
        station_id: STATION.to_owned(),
        purpose: Some(assign_desk_request::Purpose::NeedIndex(0)),
        ..AssignDeskRequest::default()
    };
    let assigned = DispatchServiceClient::new(operator.clone()).assign_desk(assign).await.unwrap();
    let give_back = ReturnAssignmentRequest {
        request_id: request_id(),
        assignment_id: assigned.into_inner().assignment.unwrap().assignment_id,
        reason: why.to_owned(),
        ..ReturnAssignmentRequest::default()
    };
    let officer = node.client(Role::DutyOfficer).await;
    DeskServiceClient::new(officer).return_assignment(give_back).await.unwrap();
    the_alarm(operator, |alarm| alarm.detail == why).await
}

/// Has nobody answer a call-back until a person must decide, and gives the alarm that says so.
async fn nobody_answered(operator: &Client) -> String {
    let mut intake = IntakeServiceClient::new(operator.clone());
    let rings = ReportRingingRequest { request_id: request_id(), ..ReportRingingRequest::default() };
    let call_id = intake.report_ringing(rings).await.unwrap().into_inner().call.unwrap().call_id;
    let (request_id_, call) = (request_id(), call_id.clone());
    let gave_up =
        MarkAbandonedRequest { request_id: request_id_, call_id: call, ..MarkAbandonedRequest::default() };
    intake.mark_abandoned(gave_up).await.unwrap();
    let (request_id_, call) = (request_id(), call_id.clone());
    let start =
        StartCallBackRequest { request_id: request_id_, call_id: call, ..StartCallBackRequest::default() };
    intake.start_call_back(start).await.unwrap();
    for _ in 0..domain::limits::CALL_BACK_ATTEMPTS_MAX {
        let nobody = ReportCallBackRequest {
            request_id: request_id(),
            call_id: call_id.clone(),
            outcome: CallBackOutcome::NoAnswer.into(),
            ..ReportCallBackRequest::default()
        };
        intake.report_call_back(nobody).await.unwrap();
    }
    the_alarm(operator, |alarm| alarm.code == "CALL_NEEDS_DECISION").await
}

/// The id of the one alarm that is meant.
async fn the_alarm(operator: &Client, is_meant: impl Fn(&protocol::record::v1::Alarm) -> bool) -> String {
    let alarms = AlarmServiceClient::new(operator.clone());
    let found = eventually(async || {
        let listed = alarms.clone().list_alarms(ListAlarmsRequest::default()).await.ok()?.into_inner();
        listed.alarms.into_iter().find(&is_meant)
    });
    found.await.unwrap().alarm_id
}

async fn end_alarm(operator: &Client, alarm: &str) {
    let end = EndAlarmRequest {
        request_id: request_id(),
        alarm_id: alarm.to_owned(),
        ..EndAlarmRequest::default()
    };
    AlarmServiceClient::new(operator.clone()).end_alarm(end).await.unwrap();
}

fn taking(alarm: &str) -> AcknowledgeAlarmRequest {
    AcknowledgeAlarmRequest {
        request_id: request_id(),
        alarm_id: alarm.to_owned(),
        ..AcknowledgeAlarmRequest::default()
    }
}
