//! The stream, from the outside: what a token reaches, what is shown of it, and when it ends.

use identity::{Claims, Role, demo::Terms};
use protocol::{
    crew::v1::{StreamPositionsRequest, unit_service_client::UnitServiceClient},
    record::v1::{Cursor, Position, UnitPosition},
    watch::v1::{
        Scope, View, WatchRequest, WatchResponse, record::Record, scope,
        watch_service_client::WatchServiceClient,
    },
};
use tonic::{Code, Status, Streaming, service::interceptor::InterceptedService};

use crate::{
    flow::{burglary, take},
    node::{Client, Node, STATION, UNIT, assert_refused, claims, fields, reason, terms},
};

fn scope(scope: scope::Scope) -> Option<Scope> {
    Some(Scope { scope: Some(scope) })
}

async fn watch(client: Client, request: WatchRequest) -> Result<Streaming<WatchResponse>, Status> {
    Ok(WatchServiceClient::new(client).watch(request).await?.into_inner())
}

/// Frames until one tells of a call.
async fn first_call(frames: &mut Streaming<WatchResponse>) -> protocol::record::v1::Call {
    loop {
        let frame = frames.message().await.unwrap().unwrap();
        for record in frame.records {
            if let Some(Record::Call(call)) = record.record {
                return call;
            }
        }
    }
}

#[tokio::test]
async fn a_change_is_seen_by_those_it_reaches_in_the_view_they_may_have() {
    let node = Node::start().await;
    let mut desk = watch(node.client(Role::DutyOfficer).await, WatchRequest::default()).await.unwrap();
    let mut observer = watch(node.client(Role::Observer).await, WatchRequest::default()).await.unwrap();
    let first = desk.message().await.unwrap().unwrap();
    assert!(first.reset && !first.lineage.is_empty() && first.server_time.is_some());
    let taken = take(&node.client(Role::Operator).await, burglary()).await;
    let call = first_call(&mut desk).await;
    assert_eq!(
        (call.call_id.as_str(), call.narrative.as_str()),
        (taken.call_id.as_str(), "үйгө уурулук түштү")
    );
    let call = first_call(&mut observer).await;
    assert_eq!(
        (call.call_id, call.narrative, call.caller_number),
        (taken.call_id, String::new(), String::new())
    );
}

#[tokio::test]
async fn a_picture_says_what_it_is_of_and_what_is_withheld() {
    let node = Node::start().await;
    let first = async |role, request| {
        let mut frames = watch(node.client(role).await, request).await.unwrap();
        let first = frames.message().await.unwrap().unwrap();
        assert!(first.reset);
        (first.scope.clone().unwrap().scope.unwrap(), first.view())
    };
    let asked = WatchRequest::default;
    assert_eq!(
        first(Role::Operator, asked()).await,
        (scope::Scope::Centre(scope::Centre {}), View::Full),
        "all that the token reaches"
    );
    let (of_desk, _) = first(Role::DutyOfficer, asked()).await;
    assert_eq!(of_desk, scope::Scope::StationId(STATION.to_owned()));
    let (of_crew, _) = first(Role::Crew, asked()).await;
    assert_eq!(of_crew, scope::Scope::UnitId(UNIT.to_owned()));
    assert_eq!(first(Role::Observer, asked()).await.1, View::Redacted);
}

#[tokio::test]
async fn nobody_watches_beyond_their_token() {
    let node = Node::start().await;
    let too_wide = |scope| WatchRequest { scope, ..WatchRequest::default() };
    let centre = || scope(scope::Scope::Centre(scope::Centre {}));
    let elsewhere = || scope(scope::Scope::StationId("oktyabrsky".to_owned()));
    let cases = [
        (Role::DutyOfficer, centre(), "SCOPE_TOO_WIDE"),
        (Role::DutyOfficer, elsewhere(), "SCOPE_OTHER_STATION"),
        (
            Role::DutyOfficer,
            scope(scope::Scope::UnitId("oktyabrsky-21".to_owned())),
            "SCOPE_UNIT_OF_OTHER_STATION",
        ),
        (Role::Crew, centre(), "SCOPE_TOO_WIDE"),
        (Role::Crew, elsewhere(), "SCOPE_TOO_WIDE"),
        (Role::Crew, scope(scope::Scope::UnitId("leninsky-12".to_owned())), "SCOPE_OTHER_UNIT"),
    ];
    for (role, scope, expected) in cases {
        let refused = watch(node.client(role).await, too_wide(scope)).await;
        assert_refused(refused.map(|_| ()), Code::PermissionDenied, expected);
    }
    for role in [Role::Observer, Role::Administrator] {
        let full = WatchRequest { view: View::Full.into(), ..WatchRequest::default() };
        let refused = watch(node.client(role).await, full).await;
        assert_refused(refused.map(|_| ()), Code::PermissionDenied, "VIEW_NOT_ALLOWED");
    }
    let operator = node.client(Role::Operator).await;
    let nowhere = too_wide(scope(scope::Scope::StationId("nowhere".to_owned())));
    assert_refused(watch(operator, nowhere).await.map(|_| ()), Code::NotFound, "UNKNOWN_STATION");
    for allowed in
        [scope(scope::Scope::StationId(STATION.to_owned())), scope(scope::Scope::UnitId(UNIT.to_owned()))]
    {
        let mut frames = watch(node.client(Role::DutyOfficer).await, too_wide(allowed)).await.unwrap();
        assert!(frames.message().await.unwrap().unwrap().reset);
    }
}

#[tokio::test]
async fn a_forged_place_is_refused_and_one_that_never_was_gets_the_whole_picture() {
    let node = Node::start().await;
    let operator = node.client(Role::Operator).await;
    let resume = |lineage: &str, number| WatchRequest {
        resume_after: Some(Cursor { lineage: lineage.to_owned(), number }),
        ..WatchRequest::default()
    };
    let refused = watch(operator.clone(), resume("{}", 1)).await.map(|_| ());
    let status = assert_refused(refused, Code::InvalidArgument, "MALFORMED");
    assert_eq!(fields(&status), ["resume_after.lineage"]);
    let unknown = resume("00000000-0000-4000-8000-000000000000", u64::MAX);
    let mut frames = watch(operator.clone(), unknown).await.unwrap();
    let whole = frames.message().await.unwrap().unwrap();
    assert!(whole.reset);
    let taken = take(&operator, burglary()).await.receipt.unwrap().change.unwrap();
    // from a place that is known only what followed is told
    let mut frames = watch(operator, resume(&whole.lineage, whole.through)).await.unwrap();
    let frame = frames.message().await.unwrap().unwrap();
    assert!(!frame.reset && frame.after == whole.through && taken.number > whole.through, "{frame:?}");
}

#[tokio::test]
async fn a_stream_ends_with_its_token() {
    let node = Node::start().await;
    // a token is good for half a minute after its end, because clocks differ; this one has four seconds of that left
    let issued_at = jiff::Timestamp::now() - jiff::SignedDuration::from_secs(27);
    let lives_shortly = Terms { lifetime_seconds: 1, issued_at, ..terms() };
    let token = node.keys.sign(&claims(Role::Operator), &lives_shortly).unwrap();
    let with_token = move |mut request: tonic::Request<()>| {
        request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        Ok(request)
    };
    let client = InterceptedService::new(node.channel().await, with_token);
    let mut frames =
        WatchServiceClient::new(client).watch(WatchRequest::default()).await.unwrap().into_inner();
    let ended = loop {
        match frames.message().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("the stream ended without saying why"),
            Err(status) => break status,
        }
    };
    assert_eq!((ended.code(), reason(&ended).as_str()), (Code::Unauthenticated, "TOKEN_EXPIRED"));
}

#[tokio::test]
async fn positions_are_taken_from_those_they_are_of_and_seen_at_once() {
    let node = Node::start().await;
    let at = |unit: &str, latitude| UnitPosition {
        unit_id: unit.to_owned(),
        position: Some(Position { latitude, longitude: 74.56 }),
        measured_at: Some(protocol::encode::timestamp(jiff::Timestamp::now())),
        uncertainty_m: Some(5),
    };
    let sent = vec![at("", 42.87), at("leninsky-12", 42.87), at(UNIT, f64::NAN), at("nobody", 42.87)];
    let message = StreamPositionsRequest { positions: sent.clone() };
    let mut crew = UnitServiceClient::new(node.client(Role::Crew).await);
    let stream = futures::stream::iter([message]);
    let answer = crew.stream_positions(stream).await.unwrap().into_inner();
    assert_eq!((answer.taken, answer.left_out), (1, 3));
    let mut vehicles = UnitServiceClient::new(node.client(Role::Integration).await);
    let stream = futures::stream::iter([StreamPositionsRequest { positions: sent }]);
    let answer = vehicles.stream_positions(stream).await.unwrap().into_inner();
    assert_eq!((answer.taken, answer.left_out), (1, 3), "of any unit, but each by its name");
    let flood = StreamPositionsRequest { positions: vec![at(UNIT, 42.87); 501] };
    let refused = vehicles.stream_positions(futures::stream::iter([flood])).await;
    assert_refused(refused, Code::InvalidArgument, "MALFORMED");
    let elsewhere = Claims { unit: Some("oktyabrsky-21".parse().unwrap()), ..claims(Role::Crew) };
    let mut other = UnitServiceClient::new(node.client_of(elsewhere).await);
    let refused = other.get_unit(protocol::crew::v1::GetUnitRequest { unit_id: UNIT.to_owned() }).await;
    assert_refused(refused, Code::PermissionDenied, "SCOPE_OTHER_UNIT");
}
