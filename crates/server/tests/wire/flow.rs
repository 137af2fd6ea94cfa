//! From a call to a cleared run and a closed incident, each by who does it.

use identity::{Claims, Role};
use protocol::{
    crew::v1::{
        GetRunRequest, ReportRunRequest, SignOnRequest,
        report_run_request::{self, Step},
        run_service_client::RunServiceClient,
        unit_service_client::UnitServiceClient,
    },
    desk::v1::{
        AcceptAssignmentRequest, GetDeskRequest, ReportReceivedRequest,
        desk_service_client::DeskServiceClient,
    },
    dispatch::v1::{
        AssignDeskRequest, CloseIncidentRequest, GetIncidentRequest, ListIncidentsRequest, RecommendRequest,
        assign_desk_request, close_incident_request::Basis, dispatch_service_client::DispatchServiceClient,
        get_incident_request, incident_service_client::IncidentServiceClient,
    },
    intake::v1::{TakeCallRequest, TakeCallResponse, intake_service_client::IntakeServiceClient},
    record::v1::{Durability, Location, Position, Progress, assignment_state, incident_state, run_state},
};
use tonic::Code;

use crate::node::{Client, Node, STATION, UNIT, assert_refused, claims, request_id};

/// A burglary in Leninsky.
pub(crate) fn burglary() -> TakeCallRequest {
    TakeCallRequest {
        request_id: request_id(),
        caller_number: "+996 555 010203".to_owned(),
        location: Some(Location {
            position: Some(Position { latitude: 42.8740, longitude: 74.5660 }),
            ..Location::default()
        }),
        incident_type_id: "burglary".to_owned(),
        language: "ky".to_owned(),
        narrative: "үйгө уурулук түштү".to_owned(),
        ..TakeCallRequest::default()
    }
}

pub(crate) async fn take(client: &Client, request: TakeCallRequest) -> TakeCallResponse {
    IntakeServiceClient::new(client.clone()).take_call(request).await.unwrap().into_inner()
}

pub(crate) async fn sign_on(node: &Node) {
    let mut units = UnitServiceClient::new(node.client(Role::Crew).await);
    let request = SignOnRequest {
        request_id: request_id(),
        crew: vec!["Асанов".to_owned()],
        ..SignOnRequest::default()
    };
    let answer = units.sign_on(request).await.unwrap().into_inner();
    assert_eq!(answer.unit.unwrap().unit_id, UNIT, "the unit comes from the token");
}

#[tokio::test]
async fn a_call_is_taken_assigned_received_driven_to_cleared_and_closed() {
    let node = Node::start().await;
    sign_on(&node).await;
    let operator = node.client(Role::Operator).await;
    let request = burglary();
    let taken = take(&operator, request.clone()).await;
    let receipt = taken.receipt.clone().unwrap();
    assert_eq!((receipt.durability(), receipt.repeated), (Durability::Stored, false));
    let again = take(&operator, request).await;
    assert!(again.receipt.unwrap().repeated);
    assert_eq!((&again.call_id, &again.spoken_number), (&taken.call_id, &taken.spoken_number));

    let mut incidents = IncidentServiceClient::new(operator.clone());
    let by_id = get_incident_request::Name::IncidentId(taken.incident_id.clone());
    let get = GetIncidentRequest { name: Some(by_id) };
    let shown = incidents.get_incident(get.clone()).await.unwrap().into_inner();
    assert_eq!(shown.incident.as_ref().unwrap().station_id, STATION);
    assert_eq!(shown.calls[0].narrative, "үйгө уурулук түштү");

    let assignment = assign(&operator, &taken.incident_id).await;
    let run_id = receive_and_accept(&node, &assignment).await;
    drive(&node, &run_id).await;
    let shown = incidents.get_incident(get.clone()).await.unwrap().into_inner();
    assert_eq!(shown.progress(), Progress::Waiting);
    let closed = incidents
        .close_incident(CloseIncidentRequest {
            request_id: request_id(),
            incident_id: taken.incident_id.clone(),
            disposition: "report taken".to_owned(),
            basis: Some(Basis::RegistrationNumber("КУСП 1043".to_owned())),
            ..CloseIncidentRequest::default()
        })
        .await
        .unwrap()
        .into_inner();
    let state = closed.incident.unwrap().state.unwrap().state.unwrap();
    assert!(matches!(state, incident_state::State::Closed(_)), "{state:?}");
    let listed = incidents.list_incidents(ListIncidentsRequest::default()).await.unwrap().into_inner();
    assert!(listed.as_of.unwrap().number > 0);
}

/// Gives the desk of the station the need for a patrol.
pub(crate) async fn assign(operator: &Client, incident_id: &str) -> String {
    let by_id = get_incident_request::Name::IncidentId(incident_id.to_owned());
    let mut incidents = IncidentServiceClient::new(operator.clone());
    let shown = incidents.get_incident(GetIncidentRequest { name: Some(by_id) }).await.unwrap().into_inner();
    let need = shown.incident.unwrap().needs.iter().position(|need| need.unit_kind_id == "patrol").unwrap();
    let mut dispatch = DispatchServiceClient::new(operator.clone());
    let assigned = dispatch
        .assign_desk(AssignDeskRequest {
            request_id: request_id(),
            incident_id: incident_id.to_owned(),
            station_id: STATION.to_owned(),
            purpose: Some(assign_desk_request::Purpose::NeedIndex(u32::try_from(need).unwrap())),
            ..AssignDeskRequest::default()
        })
        .await
        .unwrap()
        .into_inner();
    assigned.assignment.unwrap().assignment_id
}

pub(crate) async fn receive_and_accept(node: &Node, assignment_id: &str) -> String {
    let elsewhere = Claims { station: Some("oktyabrsky".parse().unwrap()), ..claims(Role::DutyOfficer) };
    let received = ReportReceivedRequest {
        request_id: request_id(),
        assignment_id: assignment_id.to_owned(),
        person: "Lt Asanov".to_owned(),
        ..ReportReceivedRequest::default()
    };
    let mut other = DeskServiceClient::new(node.client_of(elsewhere).await);
    let refused = other.report_received(received.clone()).await;
    assert_refused(refused, Code::PermissionDenied, "SCOPE_OTHER_STATION");

    let mut desk = DeskServiceClient::new(node.client(Role::DutyOfficer).await);
    let answer = desk.report_received(received).await.unwrap().into_inner();
    let state = answer.assignment.unwrap().state.unwrap().state.unwrap();
    assert!(matches!(&state, assignment_state::State::Received(it) if it.person == "Lt Asanov"), "{state:?}");
    let accepted = desk
        .accept_assignment(AcceptAssignmentRequest {
            request_id: request_id(),
            assignment_id: assignment_id.to_owned(),
            unit_ids: vec![UNIT.to_owned()],
            ..AcceptAssignmentRequest::default()
        })
        .await
        .unwrap()
        .into_inner();
    let shown = desk.get_desk(GetDeskRequest::default()).await.unwrap().into_inner();
    assert_eq!(shown.desk.unwrap().station_id, STATION, "the station comes from the token");
    accepted.runs[0].run_id.clone()
}

pub(crate) async fn drive(node: &Node, run_id: &str) {
    let mut runs = RunServiceClient::new(node.client(Role::Crew).await);
    let steps = [
        Step::Acknowledged(report_run_request::Acknowledged {}),
        Step::EnRoute(report_run_request::EnRoute {}),
        Step::OnScene(report_run_request::OnScene {}),
        Step::Cleared(report_run_request::Cleared { disposition: "report taken".to_owned() }),
    ];
    for step in steps {
        let request = ReportRunRequest {
            request_id: request_id(),
            run_id: run_id.to_owned(),
            step: Some(step),
            ..ReportRunRequest::default()
        };
        runs.report_run(request).await.unwrap();
    }
    let shown = runs.get_run(GetRunRequest { run_id: run_id.to_owned() }).await.unwrap().into_inner();
    let state = shown.run.unwrap().state.unwrap().state.unwrap();
    assert!(matches!(state, run_state::State::Cleared(_)), "{state:?}");
}

#[tokio::test]
async fn nobody_is_recommended_for_a_need_that_is_not_there_or_an_incident_that_is_over() {
    let node = Node::start().await;
    let operator = node.client(Role::Operator).await;
    let taken = take(&operator, burglary()).await;
    let mut dispatch = DispatchServiceClient::new(operator.clone());
    let of_need = |need_index| RecommendRequest { incident_id: taken.incident_id.clone(), need_index };
    let all = dispatch.recommend(of_need(None)).await.unwrap().into_inner().recommendation.unwrap();
    let first = all.needs[0].need_index;
    let one = dispatch.recommend(of_need(Some(first))).await.unwrap().into_inner().recommendation.unwrap();
    assert_eq!(one.needs.len(), 1);
    let refused = dispatch.recommend(of_need(Some(77))).await;
    assert_refused(refused, Code::NotFound, "UNKNOWN_NEED");

    let close = CloseIncidentRequest {
        request_id: request_id(),
        incident_id: taken.incident_id.clone(),
        disposition: "advice".to_owned(),
        basis: Some(Basis::LawfulReason("no offence".to_owned())),
        ..CloseIncidentRequest::default()
    };
    let closed = IncidentServiceClient::new(operator).close_incident(close).await.unwrap().into_inner();
    let change = domain::Version(closed.receipt.unwrap().change.unwrap().number);
    node.running().room().centre.reached(change, std::time::Duration::from_secs(20)).await.unwrap();
    let refused = dispatch.recommend(of_need(None)).await;
    assert_refused(refused, Code::FailedPrecondition, "INCIDENT_NOT_OPEN");
}
