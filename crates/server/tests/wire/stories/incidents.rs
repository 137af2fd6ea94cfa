//! Incidents that turn out otherwise than they were opened.

use identity::Role;
use protocol::{
    dispatch::v1::{
        AddNoteRequest, ChangeLocationRequest, ChangePriorityRequest, ChangeTypeRequest,
        CloseIncidentRequest, HoldIncidentRequest, ListIncidentsRequest, MergeIncidentsRequest,
        OpenIncidentRequest, ReleaseIncidentRequest, ReopenIncidentRequest, RequestResourceRequest,
        UnmergeIncidentRequest, close_incident_request::Basis,
        dispatch_service_client::DispatchServiceClient, incident_service_client::IncidentServiceClient,
    },
    record::v1::{Channel, Incident, Report, Step, incident_state::State},
};
use tonic::Code;
use tonic_types::StatusExt as _;

use super::{by_id, by_number, call_by_number, opened, place, shown, theft};
use crate::{
    flow::{burglary, take},
    node::{Client, Node, STATION, assert_refused, request_id},
    noted,
};

fn state(incident: &Incident) -> State {
    incident.state.clone().unwrap().state.unwrap()
}

macro_rules! asked {
    ($client:expr, $method:ident($request:ident { $($field:ident : $value:expr),* $(,)? })) => {
        IncidentServiceClient::new($client.clone())
            .$method($request { request_id: request_id(), $($field: $value,)* ..$request::default() })
            .await
    };
}

/// What is read on an incident that was opened in words and then corrected in all that was wrong.
const CORRECTED: [&str; 4] = [
    "найдена машина без номеров",
    "priority 4 -> 1: somebody is inside",
    "type theft -> vehicle-theft",
    "place Киевская 57 (42.874, 74.566) -> Московская 1 (42.874, 74.566)",
];

#[tokio::test]
async fn an_incident_that_a_patrol_found_is_corrected_held_released_and_asked_more_for() {
    let node = Node::start().await;
    let operator = node.client(Role::Operator).await;
    let narrative = "найдена машина без номеров".to_owned();
    let found = opened(&node, &operator, OpenIncidentRequest { narrative, ..theft() }).await;
    assert_eq!((found.summary.as_str(), found.call_ids.len()), ("найдена машина без номеров", 0));
    let id = || found.incident_id.clone();
    let changed = asked!(
        operator,
        change_priority(ChangePriorityRequest {
            incident_id: id(),
            priority: 1,
            reason: "somebody is inside".to_owned(),
        })
    );
    assert_eq!(changed.unwrap().into_inner().incident.unwrap().priority, 1);
    let type_id = "vehicle-theft".to_owned();
    let changed =
        asked!(operator, change_type(ChangeTypeRequest { incident_id: id(), incident_type_id: type_id }));
    assert_eq!(changed.unwrap().into_inner().incident.unwrap().incident_type_id, "vehicle-theft");
    let there = place("Московская 1");
    let changed =
        asked!(operator, change_location(ChangeLocationRequest { incident_id: id(), location: there }));
    let changed = changed.unwrap().into_inner().incident.unwrap();
    assert_eq!(
        (changed.location.unwrap().address.as_str(), changed.station_id.as_str()),
        ("Московская 1", STATION)
    );

    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    let held = asked!(
        operator,
        hold_incident(HoldIncidentRequest {
            incident_id: id(),
            until: Some(protocol::encode::timestamp(until)),
            reason: "the owner comes at noon".to_owned(),
        })
    );
    let held = held.unwrap().into_inner();
    assert!(
        matches!(state(held.incident.as_ref().unwrap()), State::Held(it) if it.reason == "the owner comes at noon")
    );
    shown(&node, held.receipt).await;
    let more = RequestResourceRequest {
        request_id: request_id(),
        incident_id: id(),
        unit_kind_id: "crime-scene-group".to_owned(),
        units: 1,
        reason: "a safe was opened".to_owned(),
        report: Some(Report {
            channel: Channel::Radio.into(),
            person: "Lt Asanov".to_owned(),
            ..Report::default()
        }),
        ..RequestResourceRequest::default()
    };
    let mut dispatch = DispatchServiceClient::new(operator.clone());
    let refused = dispatch.request_resource(more.clone()).await;
    let refused = assert_refused(refused, Code::FailedPrecondition, "INCIDENT_NOT_OPEN");
    let facts = refused.get_error_details().error_info().unwrap().metadata.clone();
    assert_eq!((facts["state"].as_str(), facts["allowed"].as_str()), ("held", "open"));
    let released = asked!(operator, release_incident(ReleaseIncidentRequest { incident_id: id() }));
    assert!(matches!(state(&released.unwrap().into_inner().incident.unwrap()), State::Open(_)));
    dispatch.request_resource(RequestResourceRequest { request_id: request_id(), ..more }).await.unwrap();
    let told = by_id(&operator, &found.incident_id).await;
    assert_eq!(noted::lines(&told.notes), CORRECTED);
    let milestones = told.incident.unwrap().milestones;
    let wanted = milestones.iter().find(|it| it.step() == Step::ResourceRequested).unwrap();
    assert_eq!(wanted.detail, "1 crime-scene-group: a safe was opened");
    assert_eq!((wanted.channel(), wanted.on_behalf_of.as_str()), (Channel::Radio, "Lt Asanov"));
}

async fn merge(
    client: &Client,
    incident: &str,
    into: &str,
) -> protocol::dispatch::v1::MergeIncidentsResponse {
    let (incident_id, into_incident_id) = (incident.to_owned(), into.to_owned());
    let merged = asked!(
        client,
        merge_incidents(MergeIncidentsRequest {
            incident_id: incident_id,
            into_incident_id: into_incident_id,
        })
    );
    merged.unwrap().into_inner()
}

async fn close(client: &Client, incident: &str) -> protocol::dispatch::v1::CloseIncidentResponse {
    let closed = asked!(
        client,
        close_incident(CloseIncidentRequest {
            incident_id: incident.to_owned(),
            disposition: "report taken".to_owned(),
            basis: Some(Basis::RegistrationNumber("КУСП 1043".to_owned())),
        })
    );
    closed.unwrap().into_inner()
}

#[tokio::test]
async fn what_was_merged_is_found_parted_closed_and_opened_again() {
    let node = Node::start().await;
    let operator = node.client(Role::Operator).await;
    let first = opened(&node, &operator, theft()).await;
    let taken = take(&operator, burglary()).await;
    let third = opened(&node, &operator, theft()).await;
    let same = asked!(
        operator,
        merge_incidents(MergeIncidentsRequest {
            incident_id: first.incident_id.clone(),
            into_incident_id: first.incident_id.clone(),
        })
    );
    let same = assert_refused(same, Code::FailedPrecondition, "SAME_INCIDENT");
    assert_eq!(same.get_error_details().error_info().unwrap().metadata["allowed"], "another_incident");
    merge(&operator, &taken.incident_id, &first.incident_id).await;
    let merged = merge(&operator, &first.incident_id, &third.incident_id).await;
    shown(&node, merged.receipt).await;
    let listed = |states: Vec<i32>| {
        let client = operator.clone();
        async move {
            let listed = asked_list(&client, states).await;
            listed.into_iter().map(|incident| incident.spoken_number).collect::<Vec<_>>()
        }
    };
    let merged_only = vec![protocol::dispatch::v1::IncidentFilterState::Merged.into()];
    let numbers = listed(merged_only.clone()).await;
    assert_eq!(numbers, [taken.spoken_number.clone(), first.spoken_number.clone()], "by priority, then age");
    let unmerge = |id: &str| UnmergeIncidentRequest {
        request_id: request_id(),
        incident_id: id.to_owned(),
        ..UnmergeIncidentRequest::default()
    };
    let mut incidents = IncidentServiceClient::new(operator.clone());
    let refused = incidents.unmerge_incident(unmerge(&taken.incident_id)).await;
    let refused = assert_refused(refused, Code::FailedPrecondition, "MERGED_FURTHER");
    let facts = refused.get_error_details().error_info().unwrap().metadata.clone();
    assert_eq!(
        (facts["incident"].as_str(), facts["allowed"].as_str()),
        (first.incident_id.as_str(), "unmerge")
    );

    let closed = close(&operator, &third.incident_id).await;
    shown(&node, closed.receipt).await;
    for number in [&third.spoken_number, &first.spoken_number, &taken.spoken_number] {
        assert_eq!(&by_number(&operator, number).await.unwrap().spoken_number, number, "with what is closed");
    }
    assert_eq!(call_by_number(&operator, &taken.spoken_number).await.unwrap().call_id, taken.call_id);
    assert_eq!(listed(merged_only).await.len(), 2, "with what is closed");
    let reopened = asked!(
        operator,
        reopen_incident(ReopenIncidentRequest {
            incident_id: third.incident_id.clone(),
            reason: "the owner came back".to_owned(),
        })
    );
    let reopened = reopened.unwrap().into_inner();
    assert!(matches!(state(reopened.incident.as_ref().unwrap()), State::Open(_)));
    shown(&node, reopened.receipt).await;
    let parted = incidents.unmerge_incident(unmerge(&first.incident_id)).await.unwrap().into_inner();
    assert!(matches!(state(&parted.incident.unwrap()), State::Open(_)));
    assert!(parted.from.unwrap().merged_from.is_empty());
    shown(&node, parted.receipt).await;
    let found = by_number(&operator, &taken.spoken_number).await.unwrap();
    assert!(matches!(state(&found), State::Merged(it) if it.into_incident_id == first.incident_id));
}

async fn asked_list(client: &Client, states: Vec<i32>) -> Vec<Incident> {
    let request = ListIncidentsRequest { states, ..ListIncidentsRequest::default() };
    let listed = IncidentServiceClient::new(client.clone()).list_incidents(request).await.unwrap();
    listed.into_inner().incidents.into_iter().filter_map(|row| row.incident).collect()
}

#[tokio::test]
async fn an_incident_full_of_notes_is_given_another_priority_and_type_and_opened_again() {
    let node = Node::start().await;
    let operator = node.client(Role::Operator).await;
    let incident = opened(&node, &operator, theft()).await;
    let note = || AddNoteRequest {
        request_id: request_id(),
        incident_id: incident.incident_id.clone(),
        text: "there is more".to_owned(),
    };
    let mut incidents = IncidentServiceClient::new(operator.clone());
    for _ in 0..domain::limits::NOTES_PER_INCIDENT_MAX {
        incidents.add_note(note()).await.unwrap();
    }
    assert_refused(incidents.add_note(note()).await, Code::ResourceExhausted, "LIMIT_REACHED");
    let changed = asked!(
        operator,
        change_priority(ChangePriorityRequest { incident_id: incident.incident_id.clone(), priority: 1 })
    );
    assert_eq!(changed.unwrap().into_inner().incident.unwrap().priority, 1);
    asked!(
        operator,
        change_type(ChangeTypeRequest {
            incident_id: incident.incident_id.clone(),
            incident_type_id: "vehicle-theft".to_owned(),
        })
    )
    .unwrap();
    close(&operator, &incident.incident_id).await;
    let reopened = asked!(
        operator,
        reopen_incident(ReopenIncidentRequest {
            incident_id: incident.incident_id.clone(),
            reason: "not over".to_owned(),
        })
    );
    assert_eq!(reopened.unwrap().into_inner().incident.unwrap().note_ids.len(), 503);
}
