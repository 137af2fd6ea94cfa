//! What a day brings beside the main flow, told as it happens: callers who hang up, incidents that turn out otherwise,
//! units that come and go, and all of it looked up afterwards.

mod calls;
mod incidents;
mod lists;
mod units;

use protocol::{
    dispatch::v1::{
        GetIncidentRequest, GetIncidentResponse, OpenIncidentRequest, get_incident_request,
        incident_service_client::IncidentServiceClient,
    },
    intake::v1::{GetCallRequest, get_call_request, intake_service_client::IntakeServiceClient},
    record::v1::{Call, Incident, Location, Position, Receipt},
};
use tonic::{Status, service::interceptor::InterceptedService, transport::Channel};

use crate::node::{Client, Node, Token, request_id};

/// Waits until this node shows what a change made: lists and suspicions are read off its board.
async fn shown(node: &Node, receipt: Option<Receipt>) {
    let change = domain::Version(receipt.unwrap().change.unwrap().number);
    node.running().room().centre.reached(change, std::time::Duration::from_secs(20)).await.unwrap();
}

fn incidents(client: &Client) -> IncidentServiceClient<InterceptedService<Channel, Token>> {
    IncidentServiceClient::new(client.clone())
}

fn intake(client: &Client) -> IntakeServiceClient<InterceptedService<Channel, Token>> {
    IntakeServiceClient::new(client.clone())
}

/// A place in Leninsky, in so many words.
fn place(address: &str) -> Option<Location> {
    let position = Some(Position { latitude: 42.8740, longitude: 74.5660 });
    Some(Location { position, address: address.to_owned(), ..Location::default() })
}

/// A place of which there are only words.
fn words(address: &str) -> Option<Location> {
    Some(Location { address: address.to_owned(), ..Location::default() })
}

/// A theft that nobody called about.
fn theft() -> OpenIncidentRequest {
    OpenIncidentRequest {
        request_id: request_id(),
        incident_type_id: "theft".to_owned(),
        location: place("Киевская 57"),
        ..OpenIncidentRequest::default()
    }
}

/// Opens an incident that no call tells of, and waits until this node shows it.
async fn opened(node: &Node, client: &Client, request: OpenIncidentRequest) -> Incident {
    let answer = incidents(client).open_incident(request).await.unwrap().into_inner();
    shown(node, answer.receipt).await;
    answer.incident.unwrap()
}

async fn by_id(client: &Client, id: &str) -> GetIncidentResponse {
    let name = Some(get_incident_request::Name::IncidentId(id.to_owned()));
    incidents(client).get_incident(GetIncidentRequest { name }).await.unwrap().into_inner()
}

async fn by_number(client: &Client, number: &str) -> Result<Incident, Status> {
    let name = Some(get_incident_request::Name::SpokenNumber(number.to_owned()));
    let found = incidents(client).get_incident(GetIncidentRequest { name }).await?;
    Ok(found.into_inner().incident.unwrap())
}

async fn call_by_number(client: &Client, number: &str) -> Result<Call, Status> {
    let name = Some(get_call_request::Name::SpokenNumber(number.to_owned()));
    Ok(intake(client).get_call(GetCallRequest { name }).await?.into_inner().call.unwrap())
}
