//! A duty desk's link, from the outside: a stream of its own officer opens and is lost, and who is told of that.

use identity::Role;
use protocol::{
    desk::v1::{GetDeskRequest, ReportReceivedRequest, desk_service_client::DeskServiceClient},
    record::v1::{Alarm, Channel, Report, alarm_state, desk_link},
    watch::v1::{
        Scope, WatchRequest, WatchResponse, record::Record, scope, watch_service_client::WatchServiceClient,
    },
};
use tonic::Streaming;

use crate::{
    flow::{burglary, take},
    node::{Node, STATION, request_id},
};

async fn watch(node: &Node, role: Role, request: WatchRequest) -> Streaming<WatchResponse> {
    WatchServiceClient::new(node.client(role).await).watch(request).await.unwrap().into_inner()
}

/// Frames until something in one of them is what is looked for.
async fn found<T>(frames: &mut Streaming<WatchResponse>, look: impl Fn(&Record) -> Option<T>) -> T {
    loop {
        let frame = frames.message().await.unwrap().unwrap();
        let records = frame.records.iter().filter_map(|record| record.record.as_ref());
        if let Some(found) = records.filter_map(&look).next() {
            return found;
        }
    }
}

/// The link of our station's desk, whenever it is told.
fn link(record: &Record) -> Option<desk_link::State> {
    let Record::Desk(desk) = record else { return None };
    desk.link.filter(|_| desk.station_id == STATION)?.state
}

fn cut_off(record: &Record) -> Option<Alarm> {
    let Record::Alarm(alarm) = record else { return None };
    (alarm.code == "DESK_LINK_DOWN").then(|| alarm.clone())
}

#[tokio::test]
async fn a_desk_is_connected_while_its_own_officer_watches_and_is_telephoned_when_nobody_does() {
    let node = Node::start().await;
    let operator = node.client(Role::Operator).await;
    let mut centre = watch(&node, Role::Operator, WatchRequest::default()).await;
    // an operator who looks at a station does not answer for it
    let elsewhere = Some(Scope { scope: Some(scope::Scope::StationId("oktyabrsky".to_owned())) });
    let _looks =
        watch(&node, Role::Operator, WatchRequest { scope: elsewhere, ..WatchRequest::default() }).await;

    let mut officer = watch(&node, Role::DutyOfficer, WatchRequest::default()).await;
    assert!(officer.message().await.unwrap().unwrap().reset);
    assert_eq!(found(&mut centre, link).await, desk_link::State::Up(desk_link::Up {}));
    drop(officer);
    let desk_link::State::Down(down) = found(&mut centre, link).await else {
        panic!("nobody watches any more")
    };
    assert!(down.since.is_some());

    // the station of the district is told of what happens in it
    take(&operator, burglary()).await;
    let raised = found(&mut centre, cut_off).await;
    assert_eq!(raised.station_id, STATION);

    let mut desks = DeskServiceClient::new(operator);
    let received = ReportReceivedRequest {
        request_id: request_id(),
        assignment_id: raised.assignment_id.clone(),
        person: "Бакиров".to_owned(),
        report: Some(Report { channel: Channel::Phone.into(), ..Report::default() }),
        ..ReportReceivedRequest::default()
    };
    desks.report_received(received).await.unwrap();
    let is_over = |record: &Record| {
        let alarm = cut_off(record).filter(|alarm| alarm.assignment_id == raised.assignment_id)?;
        matches!(alarm.state?.state?, alarm_state::State::Ended(_)).then_some(())
    };
    found(&mut centre, is_over).await;

    let _back = watch(&node, Role::DutyOfficer, WatchRequest::default()).await;
    assert_eq!(found(&mut centre, link).await, desk_link::State::Up(desk_link::Up {}));
    let shown = desks.get_desk(GetDeskRequest { station_id: "oktyabrsky".to_owned() }).await.unwrap();
    let unknown = shown.into_inner().desk.unwrap().link.unwrap().state.unwrap();
    assert_eq!(unknown, desk_link::State::Unknown(desk_link::Unknown {}));
}
