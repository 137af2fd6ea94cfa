//! A store that is away, comes back, or comes back as an older one; and the timers meanwhile.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use centre::{Heard, MemorySeenMark, RingLimits, Scope, Status};
use domain::{
    OperationId, StationId, Version,
    call::CallState,
    deadline::{Awaited, Deadline},
    limits::DEADLINE_GRACE,
    record::Record,
};
use futures::FutureExt as _;
use jiff::SignedDuration;
use store::{
    Answer, Change, Commit, Cursor, Ended, Ending, Forgotten, Lease, Lineage, Memory, Offer, Outcome,
    PositionReport, Presence, PutBack, Read, Restoring, Store, StoreError,
};
use tokio::time::Instant;

use crate::{
    client::{Client, watcher},
    world::{World, alarm, answered, begin, call, call_id, lineage, unit, unit_id},
};

/// A way to a store that can be cut.
pub(crate) struct Breakable {
    store: Arc<Memory>,
    away: AtomicBool,
}

impl Breakable {
    pub(crate) fn over(store: Arc<Memory>) -> Arc<Self> {
        Arc::new(Self { store, away: AtomicBool::new(false) })
    }

    pub(crate) fn set_away(&self, away: bool) {
        self.away.store(away, Ordering::Relaxed);
    }

    fn cut_off<'a, T: Send + 'a>(&'a self, answer: Answer<'a, T>) -> Answer<'a, T> {
        async move {
            let cut = || Err(StoreError::Unavailable { reason: "cut".to_owned(), source: None });
            if self.away.load(Ordering::Relaxed) {
                return cut();
            }
            let answer = answer.await;
            if self.away.load(Ordering::Relaxed) { cut() } else { answer }
        }
        .boxed()
    }
}

impl Store for Breakable {
    store::forward!(store through cut_off: commit get remembered tip open queue changes_after closed_before);
    store::forward!(store through cut_off: latest_closed forget begin_lineage offer restoring put_back end_restore);
    store::forward!(store through cut_off: positions presence lease release time);
}

fn everything() -> centre::Watcher {
    watcher(Scope::Centre, "aida")
}

/// A call that must be called back so many seconds after the beginning.
fn call_back(number: u128, due_s: i64) -> (Record, Deadline) {
    let due = begin() + SignedDuration::from_secs(due_s);
    let record = Record::Call(call(number, None, CallState::CallBack { attempt: 1, due }));
    (record, Deadline { due, what: Awaited::CallBack(call_id(number)) })
}

#[tokio::test(start_paused = true)]
async fn an_own_write_is_seen_only_when_the_stream_tells_of_it() {
    let mut world = World::new();
    let broken = Breakable::over(world.store.clone());
    let node = world.node_over(broken.clone(), RingLimits::default(), Arc::default());
    node.centre.current().await;
    broken.set_away(true);
    let number = world.write(vec![Record::Call(call(1, None, answered()))]).await;
    let missed = node.centre.reached(number, Duration::from_secs(5)).await.expect_err("the stream is cut");
    assert_eq!((missed.wanted, missed.board.number), (Version(1), Version(0)));
    assert!(matches!(missed.status, Status::Away { .. }));
    assert!(node.centre.read(|picture| picture.board.is_empty()));
    broken.set_away(false);
    node.centre.reached(number, Duration::from_secs(5)).await.expect("the stream is back");
    assert!(node.centre.read(|picture| picture.board.calls().contains_key(&call_id(1))));
}

#[tokio::test(start_paused = true)]
async fn while_the_store_is_away_the_last_picture_stays_marked_and_no_heart_beats() {
    let mut world = World::new();
    world.write(vec![Record::Alarm(alarm(1, None))]).await;
    let broken = Breakable::over(world.store.clone());
    let node = world.node_over(broken.clone(), RingLimits::default(), Arc::default());
    let mut client = Client::new(&node.centre, everything());
    client.frame().await;
    broken.set_away(true);
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(matches!(node.centre.status(), Status::Away { .. }));
    assert_eq!(Client::new(&node.centre, everything()).frame().await.records.len(), 1);
    // what beat before the outage was noticed may still be given
    let quiet = async { while client.frame().await.is_heartbeat() {} };
    assert!(
        tokio::time::timeout(Duration::from_secs(60), quiet).await.is_err(),
        "silence says that it is old"
    );
    broken.set_away(false);
    let back = Instant::now();
    assert!(client.frame().await.is_heartbeat());
    assert!(back.elapsed() <= centre::limits::RETRY_MAX);
    assert_eq!(client.resets, 1, "nothing was missed, so nothing begins anew");
}

#[tokio::test(start_paused = true)]
async fn a_store_found_behind_goes_on_under_a_new_lineage_and_everybody_begins_anew() {
    let mut world = World::new();
    let node = world.node(RingLimits::default()).await;
    let mut heard = node.centre.changes();
    assert!(matches!(heard.next().await, Heard::Lost { behind: None }));
    world.write(vec![Record::Alarm(alarm(1, None))]).await;
    let copy = world.store.copy();
    world.write(vec![Record::Alarm(alarm(2, None))]).await;
    node.catch_up(&world).await;
    let mut clients = [0, 1].map(|_| Client::new(&node.centre, everything()));
    for client in &mut clients {
        client.frame().await;
    }
    world.store.restore(copy);
    for client in &mut clients {
        let frame = client.frame().await;
        assert!(frame.reset);
        assert_eq!((frame.lineage, frame.through, frame.records.len()), (lineage(2), Version(1), 1));
    }
    assert_eq!(world.tip().await, Cursor { lineage: lineage(2), number: Version(1) });
    let told = loop {
        if let Heard::Lost { behind: Some(told) } = heard.next().await {
            break told;
        }
    };
    assert_eq!(told.seen, Cursor { lineage: lineage(1), number: Version(2) });
    assert_eq!(told.found, Cursor { lineage: lineage(1), number: Version(1) });
    assert_eq!(told.now, world.tip().await);
    assert_eq!(node.seen(), Some(world.tip().await));
}

#[tokio::test(start_paused = true)]
async fn a_node_that_starts_on_a_store_behind_its_mark_says_so_too() {
    let mut world = World::new();
    world.write(vec![Record::Alarm(alarm(1, None))]).await;
    let mark = Cursor { lineage: lineage(1), number: Version(5) };
    let node = world.node_that_saw(RingLimits::default(), Arc::new(MemorySeenMark::with(mark))).await;
    assert_eq!(node.centre.read(|picture| picture.cursor).lineage, lineage(2));
    let Heard::Lost { behind: Some(told) } = node.centre.changes().next().await else {
        panic!("whoever subscribes later is told as well");
    };
    assert_eq!((told.seen, told.found.number), (mark, Version(1)));
    // another node with the same mark finds the new lineage and tells of it once more, under the same name
    let other = world.node_that_saw(RingLimits::default(), Arc::new(MemorySeenMark::with(mark))).await;
    let Heard::Lost { behind: Some(again) } = other.centre.changes().next().await else {
        panic!("every node tells");
    };
    assert_eq!(again.now.lineage, told.now.lineage);
}

/// A store that is full: it can be read and not written.
struct NoLineages(Arc<Memory>);

impl NoLineages {
    fn refuse<'a, T: Send + 'a>() -> Answer<'a, T> {
        let full = StoreError::Unavailable { reason: "full".to_owned(), source: None };
        futures::future::ready(Err(full)).boxed()
    }
}

impl Store for NoLineages {
    fn commit(&self, _: Commit) -> Answer<'_, Outcome> {
        Self::refuse()
    }

    fn forget(&self, _: Vec<Read>) -> Answer<'_, Forgotten> {
        Self::refuse()
    }
    fn begin_lineage(&self, _: Lineage, _: Lineage) -> Answer<'_, Cursor> {
        Self::refuse()
    }
    fn offer(&self, _: Offer) -> Answer<'_, Restoring> {
        Self::refuse()
    }
    fn put_back(&self, _: Lineage, _: Option<OperationId>, _: Vec<Change>) -> Answer<'_, PutBack> {
        Self::refuse()
    }
    fn end_restore(&self, _: Lineage, _: Ending, _: Duration) -> Answer<'_, Ended> {
        Self::refuse()
    }
    fn positions(&self, _: Vec<PositionReport>) -> Answer<'_, Vec<PositionReport>> {
        Self::refuse()
    }
    fn presence(&self, _: Vec<StationId>) -> Answer<'_, Presence> {
        Self::refuse()
    }
    fn lease(&self, _: &str, _: Duration) -> Answer<'_, Lease> {
        Self::refuse()
    }
    fn release(&self, _: &str) -> Answer<'_, ()> {
        Self::refuse()
    }

    store::forward!(0: get remembered tip open queue changes_after closed_before latest_closed restoring time);
}

#[tokio::test(start_paused = true)]
async fn nothing_may_commit_while_a_store_that_is_behind_cannot_begin_a_new_lineage() {
    let mut world = World::new();
    world.write(vec![Record::Alarm(alarm(1, None))]).await;
    let mark = Cursor { lineage: lineage(1), number: Version(5) };
    let full = Arc::new(NoLineages(world.store.clone()));
    let node = world.node_over(full, RingLimits::default(), Arc::new(MemorySeenMark::with(mark)));
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(node.centre.status(), Status::Behind { store: world.tip().await, seen: mark });
    assert!(!node.centre.status().allows_commits());
    assert!(node.centre.changes().next().now_or_never().is_none(), "there is nothing to decide on");
}

#[tokio::test(start_paused = true)]
async fn a_deadline_falls_due_in_time_and_again_later_and_later_until_it_is_gone() {
    let mut world = World::new();
    let node = world.node(RingLimits::default()).await;
    let (record, deadline) = call_back(1, 60);
    world.write(vec![record]).await;
    let mut due = node.centre.due();
    let mut given = Vec::new();
    for _ in 0..4 {
        assert_eq!(due.next().await, [deadline]);
        given.push(world.clock_seconds());
    }
    assert_eq!(given, [60, 65, 75, 95]);
    world.write(vec![Record::Call(call(1, None, answered()))]).await;
    let silent = tokio::time::timeout(Duration::from_secs(3_600), due.next()).await;
    assert!(silent.is_err(), "what is not on the board is not due");
}

#[tokio::test(start_paused = true)]
async fn a_nearer_deadline_that_appears_while_one_is_awaited_comes_first() {
    let mut world = World::new();
    let node = world.node(RingLimits::default()).await;
    let ((far, far_due), (near, near_due)) = (call_back(1, 100), call_back(2, 50));
    world.write(vec![far]).await;
    let mut due = node.centre.due();
    let (first, _) = tokio::join!(due.next(), async {
        tokio::time::sleep(Duration::from_secs(20)).await;
        world.write(vec![near]).await
    });
    assert_eq!((first, world.clock_seconds()), (vec![near_due], 50));
    world.write(vec![Record::Call(call(2, None, answered()))]).await;
    assert_eq!((due.next().await, world.clock_seconds()), (vec![far_due], 100));
}

#[tokio::test(start_paused = true)]
async fn after_an_outage_nothing_is_due_before_a_grace_has_passed() {
    let mut world = World::new();
    let broken = Breakable::over(world.store.clone());
    let node = world.node_over(broken.clone(), RingLimits::default(), Arc::default());
    node.centre.current().await;
    let ((during, during_due), (soon, soon_due), (late, late_due)) =
        (call_back(1, 30), call_back(2, 65), call_back(3, 90));
    world.write(vec![during, soon, late]).await;
    let mut due = node.centre.due();
    tokio::time::sleep(Duration::from_secs(20)).await;
    broken.set_away(true);
    let outage = async {
        tokio::time::sleep(Duration::from_secs(40)).await;
        broken.set_away(false);
    };
    let (first, ()) = tokio::join!(due.next(), outage);
    assert_eq!(first, [during_due, soon_due], "both moved to the end of the grace");
    let at = world.clock_seconds();
    let grace = i64::from(DEADLINE_GRACE.0);
    assert!((60 + grace..=62 + grace).contains(&at), "the store came back at 60, not {at}");
    world.write(vec![Record::Call(call(1, None, answered())), Record::Call(call(2, None, answered()))]).await;
    assert_eq!((due.next().await, world.clock_seconds()), (vec![late_due], 90), "a farther one is not moved");
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_was_given_is_given_again_by_a_node_that_starts() {
    let mut world = World::new();
    let (record, deadline) = call_back(1, 1);
    world.write(vec![record]).await;
    for _ in 0..2 {
        let node = world.node(RingLimits::default()).await;
        let started = world.clock_seconds();
        assert_eq!(node.centre.due().next().await, [deadline]);
        assert_eq!(world.clock_seconds(), started + i64::from(DEADLINE_GRACE.0));
    }
}

#[tokio::test(start_paused = true)]
async fn positions_reach_other_nodes_within_a_second_and_the_latest_measured_wins() {
    let mut world = World::new();
    let one = world.node(RingLimits::default()).await;
    let other = world.node(RingLimits::default()).await;
    world.write(vec![Record::Unit(unit("dogs", domain::unit::UnitState::Available))]).await;
    let mut client = Client::new(&other.centre, everything());
    client.catch_up(world.tip().await).await;
    let at = |second: i64, latitude| PositionReport {
        unit: unit_id("dogs"),
        measured_at: begin() + SignedDuration::from_secs(second),
        received_at: begin() + SignedDuration::from_secs(60),
        latitude,
        longitude: 74.6,
        accuracy_m: None,
    };
    let before = Instant::now();
    one.centre.report_positions(vec![at(20, 42.2), at(10, 42.1)]).expect("positions");
    assert_eq!(one.centre.read(|picture| picture.positions[&unit_id("dogs")].latitude), 42.2);
    let positions = loop {
        let frame = client.frame().await;
        if !frame.positions.is_empty() {
            break frame.positions.clone();
        }
    };
    assert_eq!(positions, [at(20, 42.2)]);
    assert!(before.elapsed() <= Duration::from_secs(3));
    one.centre.report_positions(vec![at(30, 95.0)]).expect_err("no place on the Earth");
}

#[tokio::test(start_paused = true)]
async fn a_picture_says_how_old_it_is_also_to_who_comes_while_the_store_is_away() {
    let mut world = World::new();
    let broken = Breakable::over(world.store.clone());
    let node = world.node_over(broken.clone(), RingLimits::default(), Arc::default());
    node.centre.current().await;
    world.write(vec![Record::Call(call(1, None, answered()))]).await;
    let fresh = node.centre.watch(everything(), None).next().await;
    assert!(fresh.reset && fresh.age < Duration::from_secs(2), "{:?}", fresh.age);
    broken.set_away(true);
    tokio::time::sleep(Duration::from_secs(30)).await;
    let old = node.centre.watch(everything(), None).next().await;
    assert!(old.reset && old.age > Duration::from_secs(28), "{:?}", old.age);
    broken.set_away(false);
    node.centre.current().await;
    let fresh = node.centre.watch(everything(), None).next().await;
    assert!(fresh.age < Duration::from_secs(2), "{:?}", fresh.age);
}

#[tokio::test(start_paused = true)]
async fn a_desk_at_any_node_is_seen_by_whoever_looks_for_as_long_as_somebody_is_there() {
    let world = World::new();
    let one = world.node(RingLimits::default()).await;
    let other = world.node(RingLimits::default()).await;
    let west = StationId::new("west").expect("a slug");
    let mut sights = other.centre.sights();
    assert_eq!(sights.next().await.presence.desks, []);
    let (first, second) = (one.centre.attend(west.clone()), one.centre.attend(west.clone()));
    let heard = async |sights: &mut centre::Sights| {
        let (mut last, mut moved) = (None, 0);
        for _ in 0..5 {
            let desks = sights.next().await.presence.desks;
            moved += usize::from(last.replace(desks.clone()).is_some_and(|before| before != desks));
        }
        moved
    };
    assert!(heard(&mut sights).await >= 3, "its mark moves every second");
    drop(first);
    assert!(heard(&mut sights).await >= 3, "one of two is still there");
    drop(second);
    sights.next().await;
    assert_eq!(heard(&mut sights).await, 0, "nobody is");
}

#[tokio::test(start_paused = true)]
async fn nobody_is_seen_while_the_store_is_away() {
    let world = World::new();
    let broken = Breakable::over(world.store.clone());
    let node = world.node_over(broken.clone(), RingLimits::default(), Arc::default());
    let _there = node.centre.attend(StationId::new("west").expect("a slug"));
    let mut sights = node.centre.sights();
    sights.next().await;
    broken.set_away(true);
    let silent = tokio::time::timeout(Duration::from_secs(60), sights.next()).await;
    assert!(silent.is_err(), "a store that does not answer says nothing of anybody");
    broken.set_away(false);
    assert_eq!(sights.next().await.presence.desks.len(), 1);
}
