//! A restricted incident does not exist for anybody but its readers, by whatever way they ask.

mod requests;

use std::collections::BTreeSet;

use bytes::Bytes;
use identity::{Claims, Role};
use protocol::{desk::v1 as desk, dispatch::v1 as dispatch, intake::v1 as intake, watch::v1 as watch};
use server::access_table;
use tonic::{Status, transport::Channel};

use crate::{
    flow::{burglary, sign_on},
    node::{Client, Node, STATION, UNIT, claims, reason, request_id},
    raw::{bearer, call},
};

use dispatch::{
    dispatch_service_client::DispatchServiceClient, incident_service_client::IncidentServiceClient,
};
use intake::intake_service_client::IntakeServiceClient;
use requests::{Named, OF_NO_INCIDENT, requests};

/// What is said of the incident that nobody else may hear.
const WORDS: [&str; 3] = ["үйгө уурулук түштү", "+996 555 010203", "a note for its readers"];

/// What a refusal tells, without what was asked for.
fn told(status: &Status, asked: &Named) -> (tonic::Code, String, String) {
    let message = asked.all().iter().fold(status.message().to_owned(), |text, id| text.replace(id, ""));
    (status.code(), reason(status), message)
}

fn contains(answer: &[u8], text: &str) -> bool {
    answer.windows(text.len()).any(|part| part == text.as_bytes())
}

/// An incident with a call, a note, an assignment, a run on its way and an alarm.
async fn incident_with_everything(node: &Node) -> Named {
    sign_on(node).await;
    let supervisor = node.client(Role::Supervisor).await;
    let taken =
        IntakeServiceClient::new(supervisor.clone()).take_call(burglary()).await.unwrap().into_inner();
    let mut incidents = IncidentServiceClient::new(supervisor.clone());
    let incident_id = taken.incident_id.clone();
    let by_id = dispatch::get_incident_request::Name::IncidentId(incident_id.clone());
    let get = dispatch::GetIncidentRequest { name: Some(by_id) };
    let shown = incidents.get_incident(get).await.unwrap().into_inner().incident.unwrap();
    let need = shown.needs.iter().position(|need| need.unit_kind_id == "patrol").unwrap();
    let note = dispatch::AddNoteRequest {
        request_id: request_id(),
        incident_id: incident_id.clone(),
        text: WORDS[2].to_owned(),
    };
    incidents.add_note(note).await.unwrap();
    let mut service = DispatchServiceClient::new(supervisor.clone());
    let assign = dispatch::AssignDeskRequest {
        request_id: request_id(),
        incident_id: incident_id.clone(),
        station_id: STATION.to_owned(),
        purpose: Some(dispatch::assign_desk_request::Purpose::NeedIndex(u32::try_from(need).unwrap())),
        ..Default::default()
    };
    let assignment =
        service.assign_desk(assign).await.unwrap().into_inner().assignment.unwrap().assignment_id;
    let accept = desk::AcceptAssignmentRequest {
        request_id: request_id(),
        assignment_id: assignment.clone(),
        unit_ids: vec![UNIT.to_owned()],
        ..Default::default()
    };
    let mut officer = desk::desk_service_client::DeskServiceClient::new(node.client(Role::DutyOfficer).await);
    let run = officer.accept_assignment(accept).await.unwrap().into_inner().runs[0].run_id.clone();
    // nobody of that kind is on duty, so it is a shortfall
    let more = dispatch::RequestResourceRequest {
        request_id: request_id(),
        incident_id: incident_id.clone(),
        unit_kind_id: "dog-team".to_owned(),
        ..Default::default()
    };
    service.request_resource(more).await.unwrap();
    let alarm = alarm_of(&supervisor, &incident_id).await;
    Named { incident: incident_id, number: taken.spoken_number, call: taken.call_id, assignment, run, alarm }
}

/// The first alarm about an incident, when it comes.
async fn alarm_of(client: &Client, incident: &str) -> String {
    let mut watching = watch::watch_service_client::WatchServiceClient::new(client.clone());
    let mut frames = watching.watch(watch::WatchRequest::default()).await.unwrap().into_inner();
    loop {
        for record in frames.message().await.unwrap().unwrap().records {
            if let Some(watch::record::Record::Alarm(alarm)) = record.record
                && alarm.incident_id == incident
            {
                return alarm.alarm_id;
            }
        }
    }
}

pub(crate) async fn restrict(node: &Node, incident: &str) {
    let change = dispatch::restrict_incident_request::Restrict {
        readers: vec!["the-reader".to_owned()],
        reason: "an officer is concerned".to_owned(),
    };
    let request = dispatch::RestrictIncidentRequest {
        request_id: request_id(),
        incident_id: incident.to_owned(),
        change: Some(dispatch::restrict_incident_request::Change::Restrict(change)),
        ..Default::default()
    };
    let mut incidents = IncidentServiceClient::new(node.client(Role::Supervisor).await);
    incidents.restrict_incident(request).await.unwrap();
}

async fn answer(channel: &Channel, token: &str, path: &str, request: Vec<u8>) -> Result<Bytes, Status> {
    call(channel, path, request, &[bearer(token)]).await
}

#[tokio::test]
async fn nothing_that_is_asked_tells_who_is_no_reader_of_it() {
    let node = Node::start().await;
    let hidden = incident_with_everything(&node).await;
    restrict(&node, &hidden.incident).await;
    let channel = node.channel().await;
    let methods = access_table();
    let mut tried = BTreeSet::new();
    for role in Role::ALL {
        // a supervisor who restricts is a reader; another one is not
        let name = format!("another-{}", role.as_str().replace('_', "-"));
        let token = node.token_of(&Claims { name, ..claims(role) });
        let nothing = Named::nothing();
        for ((method, of_hidden), (_, of_nothing)) in requests(&hidden).into_iter().zip(requests(&nothing)) {
            let row = methods.iter().find(|row| row.path.ends_with(&format!("/{method}"))).unwrap();
            tried.insert(method);
            if !row.roles.contains(&role) {
                continue;
            }
            let found = answer(&channel, &token, &row.path, of_hidden).await;
            let absent = answer(&channel, &token, &row.path, of_nothing).await;
            match (found, absent) {
                (Ok(found), Ok(_)) => {
                    // a unit names the run it is on, and so does whoever watches it
                    let secrets = hidden.all().into_iter().filter(|it| *it != hidden.run && it.len() > 8);
                    // a watch says again what it was asked to watch
                    let secrets = secrets.filter(|it| method != "Watch" || *it != hidden.incident);
                    for secret in secrets.chain(WORDS) {
                        assert!(!contains(&found, secret), "{role} {method} tells {secret}");
                    }
                }
                (Err(found), Err(absent)) => {
                    assert_eq!(told(&found, &hidden), told(&absent, &nothing), "{role} {method}");
                    let details = String::from_utf8_lossy(found.details()).into_owned();
                    assert!(WORDS.iter().all(|words| !details.contains(words)), "{role} {method}: {details}");
                }
                (found, absent) => panic!("{role} {method}: {found:?}, but for nothing {absent:?}"),
            }
        }
    }
    let untried: Vec<_> = methods
        .iter()
        .map(|row| row.path.rsplit('/').next().unwrap())
        .filter(|method| !tried.contains(method) && !OF_NO_INCIDENT.contains(method))
        .collect();
    assert!(untried.is_empty(), "say of each whether it can name an incident: {untried:?}");
}

#[tokio::test]
async fn its_readers_see_it_and_may_do_what_their_role_may() {
    let node = Node::start().await;
    let hidden = incident_with_everything(&node).await;
    restrict(&node, &hidden.incident).await;
    let channel = node.channel().await;
    for role in [Role::Operator, Role::Supervisor] {
        let token = node.token_of(&Claims { name: "the-reader".to_owned(), ..claims(role) });
        for method in ["GetIncident", "GetCall", "GetRun", "GetDesk", "ListIncidents", "ListAlarms"] {
            let row =
                access_table().into_iter().find(|row| row.path.ends_with(&format!("/{method}"))).unwrap();
            let (_, request) = requests(&hidden).into_iter().find(|(named, _)| *named == method).unwrap();
            let found = answer(&channel, &token, &row.path, request).await.unwrap();
            assert!(contains(&found, &hidden.incident), "{role} {method}");
        }
    }
}
