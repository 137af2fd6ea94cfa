//! A unit's shift.

use identity::Role;
use protocol::{
    crew::v1::{
        ListUnitsRequest, ReturnToServiceRequest, SetOutOfServiceRequest, SignOffRequest,
        unit_service_client::UnitServiceClient,
    },
    record::v1::unit_state::State,
};

use super::shown;
use crate::{
    flow::sign_on,
    node::{Client, Node, STATION, UNIT, request_id},
};

/// The units of the station that can be sent now.
async fn available(client: &Client) -> Vec<String> {
    let request = ListUnitsRequest {
        station_id: STATION.to_owned(),
        available_only: true,
        page_token: String::new(),
        ..ListUnitsRequest::default()
    };
    let listed = UnitServiceClient::new(client.clone()).list_units(request).await.unwrap().into_inner();
    listed.units.into_iter().map(|row| row.unit.unwrap().unit_id).collect()
}

#[tokio::test]
async fn a_crew_signs_on_breaks_down_is_mended_and_goes_home() {
    let node = Node::start().await;
    let operator = node.client(Role::Operator).await;
    let mut crew = UnitServiceClient::new(node.client(Role::Crew).await);
    assert_eq!(available(&operator).await, Vec::<String>::new());
    sign_on(&node).await;
    let broken = SetOutOfServiceRequest {
        request_id: request_id(),
        reason: "a flat tyre".to_owned(),
        ..SetOutOfServiceRequest::default()
    };
    let broken = crew.set_out_of_service(broken).await.unwrap().into_inner();
    let state = broken.unit.unwrap().state.unwrap().state.unwrap();
    assert!(matches!(&state, State::OutOfService(it) if it.reason == "a flat tyre"), "{state:?}");
    shown(&node, broken.receipt).await;
    assert_eq!(available(&operator).await, Vec::<String>::new());
    let mended = ReturnToServiceRequest { request_id: request_id(), ..ReturnToServiceRequest::default() };
    let mended = crew.return_to_service(mended).await.unwrap().into_inner();
    shown(&node, mended.receipt).await;
    assert_eq!(available(&operator).await, [UNIT]);
    let forged =
        ListUnitsRequest { page_token: usize::MAX.to_string(), page_size: 500, ..Default::default() };
    let listed = UnitServiceClient::new(operator.clone()).list_units(forged).await.unwrap().into_inner();
    assert!(listed.units.is_empty() && listed.next_page_token.is_empty());
    let home = SignOffRequest { request_id: request_id(), ..SignOffRequest::default() };
    let home = crew.sign_off(home).await.unwrap().into_inner();
    shown(&node, home.receipt).await;
    assert_eq!(available(&operator).await, Vec::<String>::new());
}
