//! A restricted incident does not exist for anybody but its readers, by whatever way they ask.

#![expect(clippy::needless_update, reason = "one macro fills requests of one field and of many")]

use std::collections::BTreeSet;

use bytes::Bytes;
use identity::{Claims, Role};
use prost::Message;
use protocol::{
    crew::v1 as crew, desk::v1 as desk, dispatch::v1 as dispatch, intake::v1 as intake, record::v1 as record,
    watch::v1 as watch,
};
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

/// What somebody asks by: the ids of an incident and of all that belongs to it.
struct Named {
    incident: String,
    number: String,
    call: String,
    assignment: String,
    run: String,
    alarm: String,
}

impl Named {
    /// What never was.
    fn nothing() -> Self {
        let id = |last: u8| format!("00000000-0000-4000-8000-00000000000{last}");
        let number = "987654".to_owned();
        Self { incident: id(1), number, call: id(2), assignment: id(3), run: id(4), alarm: id(5) }
    }

    fn all(&self) -> [&str; 6] {
        [&self.incident, &self.call, &self.assignment, &self.run, &self.alarm, &self.number]
            .map(String::as_str)
    }
}

/// What is said of the incident that nobody else may hear.
const WORDS: [&str; 3] = ["үйгө уурулук түштү", "+996 555 010203", "a note for its readers"];

/// Words of whoever asks.
fn why() -> String {
    "because".to_owned()
}

/// The place of the incident.
fn there() -> Option<record::Location> {
    burglary().location
}

macro_rules! asked {
    ($package:ident :: $request:ident { $($field:ident : $value:expr),* $(,)? }) => {
        $package::$request { $($field: $value.into(),)* ..Default::default() }.encode_to_vec()
    };
}

/// A request of each method that can name or answer with a record of an incident, by the name of the method.
fn intake_requests(of: &Named) -> Vec<(&'static str, Vec<u8>)> {
    let id = request_id;
    let outcome = record::CallOutcome::Incident;
    let same = record::duplicate_choice::Choice::SameAsIncidentId(of.incident.clone());
    let same = record::DuplicateChoice { choice: Some(same) };
    let separate = record::duplicate_choice::Choice::Separate(record::duplicate_choice::Separate {});
    let separate = record::DuplicateChoice { choice: Some(separate) };
    let number = intake::get_call_request::Name::SpokenNumber(of.number.clone());
    let by_id = intake::get_call_request::Name::CallId(of.call.clone());
    vec![
        ("GetCall", asked!(intake::GetCallRequest { name: Some(by_id) })),
        ("GetCall", asked!(intake::GetCallRequest { name: Some(number) })),
        (
            "ReportAnswered",
            asked!(intake::ReportAnsweredRequest { request_id: id(), call_id: of.call.as_str() }),
        ),
        ("FindLikelyDuplicates", asked!(intake::FindLikelyDuplicatesRequest { location: there() })),
        (
            "TakeCall",
            asked!(intake::TakeCallRequest { request_id: id(), location: there(), duplicate: Some(same) }),
        ),
        ("TakeCall", asked!(intake::TakeCallRequest { request_id: id(), location: there() })),
        (
            "TakeCall",
            asked!(intake::TakeCallRequest {
                request_id: id(),
                continues_call_id: of.call.as_str(),
                duplicate: Some(separate)
            }),
        ),
        (
            "AddToCall",
            asked!(intake::AddToCallRequest {
                request_id: id(),
                call_id: of.call.as_str(),
                narrative: why()
            }),
        ),
        (
            "EndCall",
            asked!(intake::EndCallRequest { request_id: id(), call_id: of.call.as_str(), outcome: outcome }),
        ),
        (
            "MarkAbandoned",
            asked!(intake::MarkAbandonedRequest { request_id: id(), call_id: of.call.as_str() }),
        ),
        (
            "StartCallBack",
            asked!(intake::StartCallBackRequest { request_id: id(), call_id: of.call.as_str() }),
        ),
        (
            "ReportCallBack",
            asked!(intake::ReportCallBackRequest {
                request_id: id(),
                call_id: of.call.as_str(),
                outcome: intake::CallBackOutcome::NoAnswer
            }),
        ),
        (
            "DecideCall",
            asked!(intake::DecideCallRequest {
                request_id: id(),
                call_id: of.call.as_str(),
                outcome: outcome,
                remark: why()
            }),
        ),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table: one line for each request")]
fn incident_requests(of: &Named) -> Vec<(&'static str, Vec<u8>)> {
    let (id, incident) = (request_id, of.incident.as_str());
    let named = |name| Some(dispatch::get_incident_request::Name::IncidentId(name));
    let number = Some(dispatch::get_incident_request::Name::SpokenNumber(of.number.clone()));
    let basis = Some(dispatch::close_incident_request::Basis::LawfulReason(why()));
    let change =
        dispatch::restrict_incident_request::Change::Lift(dispatch::restrict_incident_request::Lift {});
    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    let until = Some(protocol::encode::timestamp(until));
    vec![
        ("GetIncident", asked!(dispatch::GetIncidentRequest { name: named(incident.to_owned()) })),
        ("GetIncident", asked!(dispatch::GetIncidentRequest { name: number })),
        ("ListIncidents", asked!(dispatch::ListIncidentsRequest {})),
        (
            "OpenIncident",
            asked!(dispatch::OpenIncidentRequest { request_id: id(), call_id: of.call.as_str() }),
        ),
        (
            "ChangePriority",
            asked!(dispatch::ChangePriorityRequest {
                request_id: id(),
                incident_id: incident,
                priority: 1u32
            }),
        ),
        (
            "ChangeType",
            asked!(dispatch::ChangeTypeRequest {
                request_id: id(),
                incident_id: incident,
                incident_type_id: "burglary"
            }),
        ),
        (
            "ChangeLocation",
            asked!(dispatch::ChangeLocationRequest {
                request_id: id(),
                incident_id: incident,
                location: there()
            }),
        ),
        (
            "AddNote",
            asked!(dispatch::AddNoteRequest { request_id: id(), incident_id: incident, text: why() }),
        ),
        (
            "HoldIncident",
            asked!(dispatch::HoldIncidentRequest {
                request_id: id(),
                incident_id: incident,
                until: until,
                reason: why()
            }),
        ),
        (
            "ReleaseIncident",
            asked!(dispatch::ReleaseIncidentRequest { request_id: id(), incident_id: incident }),
        ),
        (
            "MergeIncidents",
            asked!(dispatch::MergeIncidentsRequest {
                request_id: id(),
                incident_id: incident,
                into_incident_id: Named::nothing().incident.replace("001", "009")
            }),
        ),
        (
            "UnmergeIncident",
            asked!(dispatch::UnmergeIncidentRequest { request_id: id(), incident_id: incident }),
        ),
        (
            "CloseIncident",
            asked!(dispatch::CloseIncidentRequest {
                request_id: id(),
                incident_id: incident,
                disposition: why(),
                basis: basis
            }),
        ),
        (
            "CancelIncident",
            asked!(dispatch::CancelIncidentRequest {
                request_id: id(),
                incident_id: incident,
                reason: why()
            }),
        ),
        (
            "ReopenIncident",
            asked!(dispatch::ReopenIncidentRequest {
                request_id: id(),
                incident_id: incident,
                reason: why()
            }),
        ),
        (
            "RestrictIncident",
            asked!(dispatch::RestrictIncidentRequest {
                request_id: id(),
                incident_id: incident,
                change: Some(change)
            }),
        ),
    ]
}

fn dispatch_requests(of: &Named) -> Vec<(&'static str, Vec<u8>)> {
    let (id, incident) = (request_id, of.incident.as_str());
    let purpose = Some(dispatch::assign_desk_request::Purpose::NeedIndex(0));
    let desk_back = Some(dispatch::stand_down_request::Who::AssignmentId(of.assignment.clone()));
    let unit_back = Some(dispatch::stand_down_request::Who::RunId(of.run.clone()));
    vec![
        ("Recommend", asked!(dispatch::RecommendRequest { incident_id: incident })),
        (
            "AssignDesk",
            asked!(dispatch::AssignDeskRequest {
                request_id: id(),
                incident_id: incident,
                station_id: STATION,
                purpose: purpose
            }),
        ),
        (
            "SendUnit",
            asked!(dispatch::SendUnitRequest { request_id: id(), incident_id: incident, unit_id: UNIT }),
        ),
        ("StandDown", asked!(dispatch::StandDownRequest { request_id: id(), who: desk_back, reason: why() })),
        ("StandDown", asked!(dispatch::StandDownRequest { request_id: id(), who: unit_back, reason: why() })),
        (
            "RequestResource",
            asked!(dispatch::RequestResourceRequest {
                request_id: id(),
                incident_id: incident,
                unit_kind_id: "dog-team"
            }),
        ),
        ("ListAlarms", asked!(dispatch::ListAlarmsRequest {})),
        ("ListAlarms", asked!(dispatch::ListAlarmsRequest { incident_id: incident })),
        (
            "AcknowledgeAlarm",
            asked!(dispatch::AcknowledgeAlarmRequest { request_id: id(), alarm_id: of.alarm.as_str() }),
        ),
        ("EndAlarm", asked!(dispatch::EndAlarmRequest { request_id: id(), alarm_id: of.alarm.as_str() })),
    ]
}

fn field_requests(of: &Named) -> Vec<(&'static str, Vec<u8>)> {
    let (id, assignment, run) = (request_id, of.assignment.as_str(), of.run.as_str());
    let step = Some(crew::report_run_request::Step::OnScene(crew::report_run_request::OnScene {}));
    let scope = watch::Scope { scope: Some(watch::scope::Scope::IncidentId(of.incident.clone())) };
    vec![
        ("GetDesk", asked!(desk::GetDeskRequest { station_id: STATION })),
        (
            "ReportDelivered",
            asked!(desk::ReportDeliveredRequest { request_id: id(), assignment_id: assignment }),
        ),
        (
            "ReportReceived",
            asked!(desk::ReportReceivedRequest {
                request_id: id(),
                assignment_id: assignment,
                person: why()
            }),
        ),
        (
            "AcceptAssignment",
            asked!(desk::AcceptAssignmentRequest {
                request_id: id(),
                assignment_id: assignment,
                unit_ids: vec![UNIT.to_owned()]
            }),
        ),
        (
            "ReturnAssignment",
            asked!(desk::ReturnAssignmentRequest {
                request_id: id(),
                assignment_id: assignment,
                reason: why()
            }),
        ),
        (
            "ConfirmAssignmentStandDown",
            asked!(desk::ConfirmAssignmentStandDownRequest { request_id: id(), assignment_id: assignment }),
        ),
        ("GetRun", asked!(crew::GetRunRequest { run_id: run })),
        ("ReportRun", asked!(crew::ReportRunRequest { request_id: id(), run_id: run, step: step })),
        ("ConfirmRunStandDown", asked!(crew::ConfirmRunStandDownRequest { request_id: id(), run_id: run })),
        ("GetUnit", asked!(crew::GetUnitRequest { unit_id: UNIT })),
        ("ListUnits", asked!(crew::ListUnitsRequest {})),
        ("Watch", asked!(watch::WatchRequest {})),
        ("Watch", asked!(watch::WatchRequest { scope: Some(scope) })),
    ]
}

/// Methods that neither name a record of an incident nor answer with one: what rings, units' duty and positions (a unit
/// names its run, as those who watch see it), the switch, the directory.
const OF_NO_INCIDENT: [&str; 11] = [
    "ReportRinging",
    "SignOn",
    "SignOff",
    "SetOutOfService",
    "ReturnToService",
    "StreamPositions",
    "SetAutomaticDispatch",
    "GetDispatch",
    "ApplyDirectory",
    "CheckDirectory",
    "GetDirectory",
];

fn requests(of: &Named) -> Vec<(&'static str, Vec<u8>)> {
    [intake_requests(of), incident_requests(of), dispatch_requests(of), field_requests(of)].concat()
}

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

async fn restrict(node: &Node, incident: &str) {
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
