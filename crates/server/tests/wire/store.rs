//! What callers see when the store goes away and comes back, and where what is over goes.

use identity::Role;
use protocol::{
    dispatch::v1::{
        CancelIncidentRequest, GetIncidentRequest, get_incident_request::Name,
        incident_service_client::IncidentServiceClient,
    },
    intake::v1::{EndCallRequest, intake_service_client::IntakeServiceClient},
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
    node::{Node, assert_refused, reason, request_id},
    raw::{call, get},
};

/// Waits until readiness answers so.
async fn until_ready_says(node: &Node, expected: &str) {
    let said = eventually(async || get(node, "/readyz").await.contains(expected).then_some(())).await;
    assert!(said.is_some(), "never said {expected}");
}

#[tokio::test]
async fn a_store_that_is_away_is_said_and_one_that_is_back_is_used() {
    let mut redis = Scratch::start().await.unwrap();
    let url = redis.address().to_string();
    let node = Node::start_with(|configuration| Configuration { redis: Some(url), ..configuration }).await;
    let operator = node.client(Role::Operator).await;
    let before = take(&operator, burglary()).await;
    redis.stop().await.unwrap();
    until_ready_says(&node, "503").await;
    let health = eventually(async || {
        let answer = call(&node.channel().await, "/grpc.health.v1.Health/Check", "", &[]).await.ok()?;
        (answer.as_ref() == [8, 2]).then_some(())
    });
    assert!(health.await.is_some(), "health never said that it does not serve");
    // what is read is shown as old
    let mut incidents = IncidentServiceClient::new(operator.clone());
    let by_id = GetIncidentRequest { name: Some(Name::IncidentId(before.incident_id.clone())) };
    let old = incidents.get_incident(by_id.clone()).await.unwrap();
    let age: u64 = old.metadata().get("kezek-picture-age").unwrap().to_str().unwrap().parse().unwrap();
    assert!(age < 600, "{age}");
    let request = burglary();
    let mut intake = IntakeServiceClient::new(operator.clone());
    let refused = intake.take_call(request.clone()).await.unwrap_err();
    let outcomes = [(Code::Unavailable, "STORE_UNAVAILABLE"), (Code::DeadlineExceeded, "OUTCOME_UNKNOWN")];
    assert!(outcomes.contains(&(refused.code(), reason(&refused).as_str())), "{refused:?}");
    assert!(get(&node, "/livez").await.starts_with("HTTP/1.1 200"), "it lives without its store");
    redis.run().await.unwrap();
    until_ready_says(&node, "200").await;
    // the same request again, as the answer said
    let after = eventually(async || intake.clone().take_call(request.clone()).await.ok()).await.unwrap();
    assert_ne!(after.into_inner().call_id, before.call_id);
    let fresh = incidents.get_incident(by_id).await.unwrap();
    assert!(fresh.metadata().get("kezek-picture-age").is_none());
}

#[tokio::test]
async fn what_is_over_goes_to_the_archive_whole_and_only_then_out_of_the_store() {
    let mut node = Node::start().await;
    let operator = node.client(Role::Operator).await;
    let taken = take(&operator, burglary()).await;
    let mut incidents = IncidentServiceClient::new(operator.clone());
    let cancel = CancelIncidentRequest {
        request_id: request_id(),
        incident_id: taken.incident_id.clone(),
        reason: "a test of the line".to_owned(),
        ..CancelIncidentRequest::default()
    };
    incidents.cancel_incident(cancel).await.unwrap();
    let end = EndCallRequest {
        request_id: request_id(),
        call_id: taken.call_id.clone(),
        outcome: CallOutcome::Incident.into(),
        ..EndCallRequest::default()
    };
    IntakeServiceClient::new(operator).end_call(end).await.unwrap();
    drop(incidents);
    node.drain().await;
    node.start_again_with(|configuration| Configuration { archive_after_s: 0, ..configuration }).await;

    let mut incidents = IncidentServiceClient::new(node.client(Role::Operator).await);
    let by_id = GetIncidentRequest { name: Some(Name::IncidentId(taken.incident_id.clone())) };
    let gone = eventually(async || incidents.get_incident(by_id.clone()).await.err()).await.unwrap();
    assert_refused(Err::<(), _>(gone), Code::NotFound, "UNKNOWN_INCIDENT");
    let archive = node.data().join("archive");
    let mut lines = Vec::new();
    for day in Archive::days(&archive).unwrap() {
        lines.extend(Archive::read(&archive, day).unwrap().records);
    }
    let line = lines.iter().find(|line| line.contains(&taken.incident_id)).unwrap();
    for part in [&taken.call_id, "үйгө уурулук түштү", "a test of the line"] {
        assert!(line.contains(part), "{part} is not in {line}");
    }
}
