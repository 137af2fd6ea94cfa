//! A restricted incident does not exist for anybody but its readers, by whatever way they ask.

use identity::{Claims, Role};
use protocol::{
    dispatch::v1::{
        AddNoteRequest, GetIncidentRequest, ListIncidentsRequest, RestrictIncidentRequest,
        get_incident_request::Name, incident_service_client::IncidentServiceClient,
        restrict_incident_request,
    },
    intake::v1::{GetCallRequest, get_call_request, intake_service_client::IntakeServiceClient},
    watch::v1::{WatchRequest, record::Record, watch_service_client::WatchServiceClient},
};
use tonic::{Code, Status};

use crate::{
    flow::{burglary, take},
    node::{Node, assert_refused, claims, reason, request_id},
};

/// What a refusal tells, without the id that was asked for.
fn told(status: &Status, id: &str) -> (Code, String, String) {
    (status.code(), reason(status), status.message().replace(id, ""))
}

#[tokio::test]
async fn who_is_no_reader_learns_nothing_of_it() {
    let node = Node::start().await;
    let supervisor = node.client(Role::Supervisor).await;
    let operator = node.client(Role::Operator).await;
    let taken = take(&operator, burglary()).await;
    let restrict = restrict_incident_request::Restrict {
        readers: vec!["the-reader".to_owned()],
        reason: "an officer is concerned".to_owned(),
    };
    IncidentServiceClient::new(supervisor.clone())
        .restrict_incident(RestrictIncidentRequest {
            request_id: request_id(),
            incident_id: taken.incident_id.clone(),
            change: Some(restrict_incident_request::Change::Restrict(restrict)),
            ..RestrictIncidentRequest::default()
        })
        .await
        .unwrap();

    let reader = node.client_of(Claims { name: "the-reader".to_owned(), ..claims(Role::Operator) }).await;
    let by_id = GetIncidentRequest { name: Some(Name::IncidentId(taken.incident_id.clone())) };
    for client in [&supervisor, &reader] {
        IncidentServiceClient::new(client.clone()).get_incident(by_id.clone()).await.unwrap();
    }
    let mut incidents = IncidentServiceClient::new(operator.clone());
    let nobody = "00000000-0000-4000-8000-000000000000";
    let absent = GetIncidentRequest { name: Some(Name::IncidentId(nobody.to_owned())) };
    let hidden = incidents.get_incident(by_id).await.unwrap_err();
    let absent = incidents.get_incident(absent).await.unwrap_err();
    assert_eq!(told(&hidden, &taken.incident_id), told(&absent, nobody));

    let spoken = |number: &str| GetIncidentRequest { name: Some(Name::SpokenNumber(number.to_owned())) };
    let hidden = incidents.get_incident(spoken(&taken.spoken_number)).await.unwrap_err();
    let absent = incidents.get_incident(spoken("987654")).await.unwrap_err();
    assert_eq!(told(&hidden, &taken.spoken_number), told(&absent, "987654"));
    assert!(!format!("{hidden:?}").contains(&taken.incident_id));

    let note = AddNoteRequest {
        request_id: request_id(),
        incident_id: taken.incident_id.clone(),
        text: "who is it?".to_owned(),
    };
    assert_refused(incidents.add_note(note).await, Code::NotFound, "UNKNOWN_INCIDENT");
    let listed = incidents.list_incidents(ListIncidentsRequest::default()).await.unwrap().into_inner();
    assert!(listed.incidents.is_empty());
    let call = GetCallRequest { name: Some(get_call_request::Name::CallId(taken.call_id.clone())) };
    let refused = IntakeServiceClient::new(operator.clone()).get_call(call).await;
    assert_refused(refused, Code::NotFound, "UNKNOWN_CALL");
    let mut frames =
        WatchServiceClient::new(operator).watch(WatchRequest::default()).await.unwrap().into_inner();
    let whole = frames.message().await.unwrap().unwrap();
    let shown =
        whole.records.iter().any(|it| matches!(it.record, Some(Record::Incident(_) | Record::Call(_))));
    assert!(whole.reset && !whole.incomplete && !shown, "{whole:?}");
}
