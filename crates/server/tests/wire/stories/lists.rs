//! Incidents looked up: in which order, whose, and page by page.

use identity::Role;
use protocol::{
    dispatch::v1::{
        AssignDeskRequest, CancelIncidentRequest, HoldIncidentRequest, IncidentFilterState,
        ListIncidentsRequest, assign_desk_request::Purpose, dispatch_service_client::DispatchServiceClient,
    },
    record::v1::Incident,
};

use super::{incidents, opened, shown, theft};
use crate::node::{Client, Node, request_id};

async fn pages(client: &Client, mut request: ListIncidentsRequest) -> Vec<String> {
    let mut numbers = Vec::new();
    loop {
        let page = incidents(client).list_incidents(request.clone()).await.unwrap().into_inner();
        assert!(page.incidents.len() <= usize::try_from(request.page_size).unwrap());
        numbers.extend(page.incidents.into_iter().map(|row| row.incident.unwrap().spoken_number));
        if page.next_page_token.is_empty() {
            return numbers;
        }
        request.page_token = page.next_page_token;
    }
}

fn numbers(of: &[&Incident]) -> Vec<String> {
    of.iter().map(|incident| incident.spoken_number.clone()).collect()
}

async fn cancel(node: &Node, client: &Client, incident: &Incident) {
    let request = CancelIncidentRequest {
        request_id: request_id(),
        incident_id: incident.incident_id.clone(),
        reason: "a mistake".to_owned(),
        ..CancelIncidentRequest::default()
    };
    shown(node, incidents(client).cancel_incident(request).await.unwrap().into_inner().receipt).await;
}

async fn hold(node: &Node, client: &Client, incident: &Incident) {
    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    let request = HoldIncidentRequest {
        request_id: request_id(),
        incident_id: incident.incident_id.clone(),
        until: Some(protocol::encode::timestamp(until)),
        reason: "later".to_owned(),
        ..HoldIncidentRequest::default()
    };
    shown(node, incidents(client).hold_incident(request).await.unwrap().into_inner().receipt).await;
}

#[tokio::test]
async fn a_list_goes_from_what_is_urgent_to_what_was_over_first_page_by_page() {
    let node = Node::start().await;
    let operator = node.client(Role::Operator).await;
    let mut all = Vec::new();
    for priority in [5, 4, 1, 3, 2, 2] {
        let request = protocol::dispatch::v1::OpenIncidentRequest { priority: Some(priority), ..theft() };
        all.push(opened(&node, &operator, request).await);
    }
    let [least, less, top, middle, gone_first, gone_last] = all.as_slice() else { panic!("six") };
    for held in [least, less, middle] {
        hold(&node, &operator, held).await;
    }
    for gone in [gone_first, gone_last] {
        cancel(&node, &operator, gone).await;
    }
    use IncidentFilterState::{Cancelled, Held, Open};
    let states = [Held, Open, Cancelled].map(i32::from).to_vec();
    let expected = numbers(&[top, middle, less, least, gone_last, gone_first]);
    for page_size in 1..=6 {
        let request = ListIncidentsRequest { states: states.clone(), page_size, ..Default::default() };
        assert_eq!(pages(&operator, request).await, expected, "{page_size} on each page");
    }
    for page_token in [usize::MAX.to_string(), format!("{0}.{0}", usize::MAX)] {
        let forged = ListIncidentsRequest { page_token, page_size: 500, ..Default::default() };
        assert_eq!(pages(&operator, forged).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_station_is_listed_what_its_desk_was_given_wherever_it_is() {
    let node = Node::start().await;
    let operator = node.client(Role::Operator).await;
    let incident = opened(&node, &operator, theft()).await;
    let of_its_desk = || ListIncidentsRequest {
        station_id: "oktyabrsky".to_owned(),
        states: [IncidentFilterState::Open, IncidentFilterState::Cancelled].map(i32::from).to_vec(),
        page_size: 10,
        ..Default::default()
    };
    assert_eq!(pages(&operator, of_its_desk()).await, Vec::<String>::new());
    for station_id in ["leninsky", "oktyabrsky"] {
        let assign = AssignDeskRequest {
            request_id: request_id(),
            incident_id: incident.incident_id.clone(),
            station_id: station_id.to_owned(),
            purpose: Some(Purpose::NeedIndex(0)),
            ..AssignDeskRequest::default()
        };
        let given = DispatchServiceClient::new(operator.clone()).assign_desk(assign).await.unwrap();
        shown(&node, given.into_inner().receipt).await;
    }
    assert_eq!(pages(&operator, of_its_desk()).await, numbers(&[&incident]));
    cancel(&node, &operator, &incident).await;
    assert_eq!(pages(&operator, of_its_desk()).await, numbers(&[&incident]), "after it is over too");
}
