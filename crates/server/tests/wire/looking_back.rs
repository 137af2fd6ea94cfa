//! Looking back: past hours as they were seen, and how well the centre answers.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use domain::{OperationId, Version};
use futures::{StreamExt as _, stream::BoxStream};
use identity::{Claims, Role};
use jiff::Timestamp;
use protocol::{
    decode, encode,
    intake::v1::{ReportRingingRequest, intake_service_client::IntakeServiceClient},
    review::v1::{
        GetServiceLevelsRequest, Measure, ReviewChangesRequest, ReviewChangesResponse, ServiceLevel,
        review_service_client::ReviewServiceClient,
    },
    watch::v1::{
        Record, RecordKey, RecordKind, WatchRequest, record::Record as Shown,
        watch_service_client::WatchServiceClient,
    },
};
use server::{Configuration, Footing, JournalSetting};
use store::{
    Change, Commit, Condition, Kept, Lineage, NodeJournal, Settlement, SharedJournal, Tail, Waiting,
};
use tonic::{Code, Status};

use crate::{
    flow::{assign, burglary, drive, receive_and_accept, sign_on, take},
    node::{Client, Node, assert_refused, claims, fields, request_id},
    restricted::restrict,
};

/// Everything that is open, by kind and id.
type Picture = BTreeMap<(i32, String), Record>;

fn key(record: &Record) -> (i32, String) {
    let (kind, id) = match record.record.clone().unwrap() {
        Shown::Call(it) => (RecordKind::Call, it.call_id),
        Shown::Incident(it) => (RecordKind::Incident, it.incident_id),
        Shown::Assignment(it) => (RecordKind::Assignment, it.assignment_id),
        Shown::Run(it) => (RecordKind::Run, it.run_id),
        Shown::Unit(it) => (RecordKind::Unit, it.unit_id),
        Shown::Desk(it) => (RecordKind::Desk, it.station_id),
        Shown::Note(it) => (RecordKind::Note, it.note_id),
        Shown::Recommendation(it) => (RecordKind::Recommendation, it.recommendation_id),
        Shown::Alarm(it) => (RecordKind::Alarm, it.alarm_id),
        Shown::Dispatch(_) => (RecordKind::Dispatch, String::new()),
        Shown::Directory(_) => (RecordKind::Directory, String::new()),
    };
    (kind.into(), id)
}

fn apply(picture: &mut Picture, records: Vec<Record>, left: Vec<RecordKey>) {
    picture.extend(records.into_iter().map(|record| (key(&record), record)));
    for gone in left {
        picture.remove(&(gone.kind, gone.id));
    }
}

/// What a supervisor sees once nothing more happens: the picture, its number, and when.
async fn seen(client: &Client) -> (Picture, u64, Timestamp) {
    let mut watch = WatchServiceClient::new(client.clone());
    let mut frames = watch.watch(WatchRequest::default()).await.unwrap().into_inner();
    let mut picture = Picture::new();
    loop {
        let frame = frames.message().await.unwrap().unwrap();
        let is_beat = !frame.reset && frame.records.is_empty() && frame.left.is_empty();
        apply(&mut picture, frame.records, frame.left);
        if is_beat {
            let at = decode::timestamp(frame.server_time.unwrap()).unwrap();
            return (picture, frame.through, at);
        }
    }
}

async fn review(
    client: &Client,
    from: Timestamp,
    until: Option<Timestamp>,
) -> Result<Vec<ReviewChangesResponse>, Status> {
    let request =
        ReviewChangesRequest { from: Some(encode::timestamp(from)), until: until.map(encode::timestamp) };
    let mut frames = ReviewServiceClient::new(client.clone()).review_changes(request).await?.into_inner();
    let mut told = Vec::new();
    while let Some(frame) = frames.message().await? {
        told.push(frame);
    }
    Ok(told)
}

/// What follows from frames: each goes on from the one before.
fn followed(frames: &[ReviewChangesResponse]) -> (Picture, u64) {
    let (mut picture, mut through) = (Picture::new(), 0);
    for (index, frame) in frames.iter().enumerate() {
        assert_eq!((frame.after, frame.reset), (through, index == 0));
        through = frame.through;
        apply(&mut picture, frame.records.clone(), frame.left.clone());
    }
    (picture, through)
}

#[tokio::test]
async fn the_picture_of_a_past_moment_is_what_a_watcher_saw_then() {
    let node = Node::start().await;
    let supervisor = node.client(Role::Supervisor).await;
    let operator = node.client(Role::Operator).await;
    sign_on(&node).await;
    let taken = take(&operator, burglary()).await;
    let (then, number, at) = seen(&supervisor).await;
    let assignment = assign(&operator, &taken.incident_id).await;
    let run = receive_and_accept(&node, &assignment).await;
    drive(&node, &run).await;
    let (now, last, _) = seen(&supervisor).await;

    let frames = review(&supervisor, at, None).await.unwrap();
    assert_eq!(followed(&frames[..1]), (then.clone(), number));
    assert_eq!(frames[0].at, Some(encode::timestamp(at)));
    assert_eq!(followed(&frames), (now, last), "and every change leads to the present");
    assert!(frames[1..].iter().all(|frame| frame.through == frame.after + 1), "a frame for each change");
    let done: BTreeSet<_> = frames.iter().map(|frame| (frame.actor.as_str(), frame.cause.as_str())).collect();
    assert!(done.contains(&("the-operator", "assign_desk")), "{done:?}");
    assert!(done.iter().any(|(actor, _)| *actor == "the-crew"), "{done:?}");

    let alone = review(&supervisor, at, Some(at)).await.unwrap();
    assert_eq!(alone.len(), 1, "up to the same moment there is the picture and nothing else");
    let nothing = review(&supervisor, at - std::time::Duration::from_secs(3_600), Some(at)).await.unwrap();
    assert!(nothing[0].records.is_empty() && nothing[0].through == 0, "before the first change of all");
    assert_eq!(followed(&nothing), (then, number));
}

#[tokio::test]
async fn what_is_restricted_by_now_is_withheld_of_then() {
    let node = Node::start().await;
    let operator = node.client(Role::Operator).await;
    let (from, open) = (Timestamp::now(), take(&operator, burglary()).await);
    let hidden = take(&operator, burglary()).await;
    restrict(&node, &hidden.incident_id).await;
    let others = node.client_of(Claims { name: "another".to_owned(), ..claims(Role::Supervisor) }).await;
    let told = format!("{:?}", review(&others, from, None).await.unwrap());
    assert!(told.contains(&open.incident_id) && told.contains(&open.call_id));
    assert!(!told.contains(&hidden.call_id), "the call was there before it was restricted");
    let beside =
        told.replace(&format!("suspected_duplicate_of_incident_ids: [{:?}]", hidden.incident_id), "");
    assert!(!beside.contains(&format!("incident_id: {:?}", hidden.incident_id)), "{beside}");
    let reader = node.client_of(Claims { name: "the-reader".to_owned(), ..claims(Role::Supervisor) }).await;
    let told = format!("{:?}", review(&reader, from, None).await.unwrap());
    assert!(told.contains(&hidden.call_id) && told.contains(&hidden.incident_id));
}

/// A journal that cannot be read on after its first change.
struct Torn(SharedJournal);

impl NodeJournal for Torn {
    fn hold(&self, commit: Commit) -> Kept<'_, ()> {
        self.0.hold(commit)
    }

    fn follow(&self, lineage: Lineage, changes: Vec<Change>) -> Kept<'_, ()> {
        self.0.follow(lineage, changes)
    }

    fn settle(&self, operation: OperationId, settlement: Settlement) -> Kept<'_, ()> {
        self.0.settle(operation, settlement)
    }

    fn held(&self, operation: OperationId) -> Kept<'_, Option<Commit>> {
        self.0.held(operation)
    }

    fn followed(&self, operation: OperationId) -> Kept<'_, Option<(Lineage, Change)>> {
        self.0.followed(operation)
    }

    fn unsettled(&self, after: u64, older_than: Duration) -> Kept<'_, Waiting> {
        self.0.unsettled(after, older_than)
    }

    fn tail(&self) -> Option<Tail> {
        self.0.tail()
    }

    fn changes_after(&self, number: Version) -> BoxStream<'static, Change> {
        self.0.changes_after(number).take(1).boxed()
    }

    fn condition(&self) -> Condition {
        self.0.condition()
    }
}

#[tokio::test]
async fn nothing_is_told_where_it_cannot_be_read_who_may_read_it() {
    let footing = Footing { journal: Box::new(|journal| Arc::new(Torn(journal))), ..Footing::default() };
    let node = Node::start_on(footing).await;
    let from = Timestamp::now() - std::time::Duration::from_secs(600);
    take(&node.client(Role::Operator).await, burglary()).await;
    let supervisor = node.client(Role::Supervisor).await;
    let request = ReviewChangesRequest { from: Some(encode::timestamp(from)), until: None };
    let frames = ReviewServiceClient::new(supervisor).review_changes(request).await;
    let first = frames.unwrap().into_inner().message().await;
    assert_refused(first, Code::OutOfRange, "REVIEW_NOT_KEPT");
}

#[tokio::test]
async fn what_was_before_the_node_stopped_is_there_after_it_started() {
    let mut node = Node::start().await;
    let taken = take(&node.client(Role::Operator).await, burglary()).await;
    node.drain().await;
    node.start_again().await;
    let supervisor = node.client(Role::Supervisor).await;
    let from = Timestamp::now() - std::time::Duration::from_secs(600);
    let frames = review(&supervisor, from, None).await.unwrap();
    assert!(format!("{frames:?}").contains(&taken.call_id));
}

#[tokio::test]
async fn what_is_not_kept_or_makes_no_sense_is_refused() {
    let node = Node::start().await;
    let supervisor = node.client(Role::Supervisor).await;
    let (now, hour) = (Timestamp::now(), std::time::Duration::from_secs(3_600));
    let refused = assert_refused(
        ReviewServiceClient::new(supervisor.clone()).review_changes(ReviewChangesRequest::default()).await,
        Code::InvalidArgument,
        "MALFORMED",
    );
    assert_eq!(fields(&refused), ["from"]);
    let refused =
        assert_refused(review(&supervisor, now + hour, None).await, Code::InvalidArgument, "MALFORMED");
    assert_eq!(fields(&refused), ["from"]);
    let refused =
        assert_refused(review(&supervisor, now - hour * 13, None).await, Code::InvalidArgument, "MALFORMED");
    assert_eq!(fields(&refused), ["until"]);
    let off = |configuration| Configuration { journal: JournalSetting::Off, ..configuration };
    let without = Node::start_with(off).await;
    let supervisor = without.client(Role::Supervisor).await;
    assert_refused(review(&supervisor, now, None).await, Code::OutOfRange, "REVIEW_NOT_KEPT");
}

#[tokio::test]
async fn nobody_looks_back_twice_at_once_and_no_more_than_four_do() {
    let node = Node::start().await;
    let operator = node.client(Role::Operator).await;
    let from = Timestamp::now();
    // more than the frames that are made ahead and what a connection holds, so that each look lasts until it is read
    for _ in 0..60 {
        take(
            &operator,
            protocol::intake::v1::TakeCallRequest { narrative: "x".repeat(16_000), ..burglary() },
        )
        .await;
    }
    let looking = async |name: &str| {
        let claims = Claims { name: name.to_owned(), ..claims(Role::Supervisor) };
        let client = node.client_of_holding(claims, 65_535).await;
        let request = ReviewChangesRequest { from: Some(encode::timestamp(from)), until: None };
        ReviewServiceClient::new(client).review_changes(request).await.map(tonic::Response::into_inner)
    };
    let mut looks = Vec::new();
    for name in ["a", "b", "c", "d"] {
        looks.push(looking(name).await.unwrap());
    }
    assert_refused(looking("a").await.map(drop), Code::ResourceExhausted, "TOO_MANY_REVIEWS");
    assert_refused(looking("e").await.map(drop), Code::ResourceExhausted, "TOO_MANY_REVIEWS");
    drop(looks.pop());
    let again = redis_store::scratch::eventually(async || looking("e").await.ok()).await;
    assert!(again.is_some(), "the place is free again");
}

/// How a norm is kept.
async fn level(client: &Client, norm: &str) -> ServiceLevel {
    let levels =
        ReviewServiceClient::new(client.clone()).get_service_levels(GetServiceLevelsRequest::default()).await;
    levels.unwrap().into_inner().levels.into_iter().find(|level| level.norm_id == norm).unwrap()
}

/// The same once it is as `wanted`: a tally follows what is committed, a moment later.
async fn level_once(client: &Client, norm: &str, wanted: impl Fn(&ServiceLevel) -> bool) -> ServiceLevel {
    let found =
        redis_store::scratch::eventually(async || Some(level(client, norm).await).filter(&wanted)).await;
    match found {
        Some(level) => level,
        None => panic!("{:?}", level(client, norm).await),
    }
}

#[tokio::test]
async fn what_was_answered_received_and_acknowledged_is_counted_and_who_waits_is_shown() {
    let mut node = Node::start().await;
    let observer = node.client(Role::Observer).await;
    let empty = level(&observer, "NENA_ANSWER_15").await;
    assert_eq!((empty.decided, empty.waiting, empty.median, empty.measure()), (0, 0, None, Measure::Answer));
    let gateway = node.client(Role::Integration).await;
    let ringing = ReportRingingRequest {
        request_id: request_id(),
        caller_number: "+996 555 010204".to_owned(),
        ..ReportRingingRequest::default()
    };
    IntakeServiceClient::new(gateway).report_ringing(ringing).await.unwrap();
    let waiting = level_once(&observer, "NENA_ANSWER_15", |level| level.waiting == 1).await;
    assert!(waiting.next_breach_at.is_some() && waiting.waiting_late == 0, "{waiting:?}");

    sign_on(&node).await;
    let operator = node.client(Role::Operator).await;
    let taken = take(&operator, burglary()).await;
    let assignment = assign(&operator, &taken.incident_id).await;
    let run = receive_and_accept(&node, &assignment).await;
    drive(&node, &run).await;
    let receipt = level_once(&observer, "DESK_RECEIPT_30", |level| level.decided == 1).await;
    assert_eq!((receipt.within, receipt.aim_per_mille, receipt.late_allowed), (1, 1_000, 0));
    assert!(receipt.median.is_some_and(|took| took.seconds < 30));
    level_once(&observer, "CREW_RECEIPT_60", |level| level.decided == 1 && level.within == 1).await;

    node.drain().await;
    node.start_again().await;
    let observer = node.client(Role::Observer).await;
    level_once(&observer, "DESK_RECEIPT_30", |level| level.decided == 1).await;
    level_once(&observer, "NENA_ANSWER_15", |level| level.waiting == 1).await;
    let wrong = GetServiceLevelsRequest { window_s: 59 };
    let refused = ReviewServiceClient::new(observer).get_service_levels(wrong).await;
    assert_refused(refused, Code::InvalidArgument, "MALFORMED");
}
