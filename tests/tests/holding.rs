//! The ack rule: what an answer to a call means, whatever fails beneath it. A real journal on a disk that can be made to fail,
//! and a store behind a wire that can be cut.

use std::{
    io,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use centre::{Centre, CentreConfig, MemorySeenMark, RingLimits, SystemClock};
use domain::{
    CallId, CentreId, RecordKey, RecordKind,
    alarm::AlarmCode,
    call::{CallFlag, CallOutcome, DuplicateChoice},
    location::Location,
    refusal::Refusal,
};
use futures::poll;
use identity::{Claims, Principal, Role};
use jiff::Timestamp;
use journal::{
    Journal, Medium, Options,
    disk::{Fault, HookedDisk, RealDisk, SharedDisk, Step},
};
use operations::{
    Ask, Asker, ControlRoom, Done, Durability, MemoryNumbers, OperationError, RequestId,
    calls::{EndCall, TakeCall, Taken, end_call, take_call},
    holding::{self, Holding},
    queries::{self, Name},
};
use simulator::day::wire::{Mishap, Pace, Weather, Wire};
use store::{Condition, Lineage, Memory, NodeJournal as _, SharedStore, Store as _, StoreError};
use tempfile::TempDir;
use uuid::Uuid;

/// A disk whose fsyncs can be held up and made to fail.
#[derive(Default)]
struct Brakes {
    held_up: Mutex<bool>,
    let_go: Condvar,
    fails: AtomicBool,
}

impl Brakes {
    fn hold_up(&self) {
        *self.held_up.lock().expect("nothing panics while it brakes") = true;
    }

    fn let_go(&self) {
        *self.held_up.lock().expect("nothing panics while it brakes") = false;
        self.let_go.notify_all();
    }

    fn disk(self: &Arc<Self>) -> SharedDisk {
        let brakes = Arc::clone(self);
        Arc::new(HookedDisk::new(Arc::new(RealDisk), move |step, _| {
            if step != Step::Sync {
                return Fault::None;
            }
            let held_up = brakes.held_up.lock().expect("nothing panics while it brakes");
            drop(
                brakes
                    .let_go
                    .wait_while(held_up, |held_up| *held_up)
                    .expect("nothing panics while it brakes"),
            );
            if brakes.fails.load(Ordering::Relaxed) {
                return Fault::Fail(io::Error::other("the disk is worn out"));
            }
            Fault::None
        }))
    }
}

/// A node with a journal, and what can be done to it.
struct Node {
    room: ControlRoom,
    wire: Arc<Wire>,
    brakes: Arc<Brakes>,
    journal: Arc<Journal>,
    memory: Arc<Memory>,
    directory: TempDir,
}

async fn node() -> Node {
    node_with(|options| options).await
}

async fn node_with(change: impl FnOnce(Options) -> Options) -> Node {
    let directory = tempfile::tempdir().expect("a directory");
    let brakes = Arc::<Brakes>::default();
    let options = Options { medium: Medium::MayBeInMemory, ..Options::new(directory.path(), "one") };
    let opened = Journal::open_on(brakes.disk(), change(options)).expect("a journal");
    let journal = Arc::new(opened.journal);
    let memory = Arc::new(Memory::new(Lineage::from_uuid(Uuid::from_u128(1))));
    let wire = Wire::new(Arc::clone(&memory) as SharedStore, Pace::new(), Weather::default(), 1);
    let clock = Arc::new(SystemClock::starting_at(Timestamp::now()));
    let store = Arc::clone(&wire) as SharedStore;
    let (centre, driver) = Centre::start(CentreConfig {
        store: Arc::clone(&store),
        clock: clock.clone(),
        seen: Arc::new(MemorySeenMark::default()),
        node: "one".to_owned(),
        new_lineage: Arc::new(|| Lineage::from_uuid(Uuid::new_v4())),
        ring: RingLimits::default(),
        journal: Some(Arc::clone(&journal) as _),
    });
    tokio::spawn(driver);
    let room = ControlRoom {
        centre_id: CentreId::new("town").expect("a slug"),
        store,
        centre,
        clock,
        numbers: Arc::new(MemoryNumbers::default()),
        node: "one".to_owned(),
        holding: Some(Holding::new(Arc::clone(&journal) as _, Vec::new(), holding::STORE_GRACE)),
    };
    room.centre.current().await;
    Node { room, wire, brakes, journal, memory, directory }
}

impl Node {
    async fn take(&self, request: &str) -> Result<Done<Taken>, OperationError> {
        take_call(&self.room, &ask(request), &call(request)).await
    }

    /// True once the store has the call.
    async fn has(&self, taken: &Taken) -> bool {
        let key = RecordKey::new(RecordKind::Call, taken.call);
        self.memory.get(&[key]).await.expect("memory answers")[0].is_some()
    }

    /// Waits until the board shows an alarm of this code, or none.
    async fn until_alarm(&self, code: AlarmCode, shown: bool) {
        let found = redis_store::scratch::eventually(async || {
            let found = self
                .room
                .centre
                .read(|picture| picture.board.alarms().values().any(|alarm| alarm.record.code == code));
            (found == shown).then_some(())
        });
        found.await.unwrap_or_else(|| panic!("{code:?} is never shown: {shown}"));
    }
}

fn ask(request: &str) -> Ask {
    let claims = Claims {
        name: "gateway".to_owned(),
        role: Role::Operator,
        centre: CentreId::new("town").expect("a slug"),
        desk: None,
        station: None,
        unit: None,
    };
    let principal = Principal::new(claims, None, Timestamp::MAX).expect("a principal");
    Ask::new(Asker::Principal(principal), RequestId::new(request).expect("an id"))
}

fn call(words: &str) -> TakeCall {
    TakeCall {
        continues: None,
        caller_number: "0555 010203".to_owned(),
        location: Location::default(),
        incident_type: String::new(),
        priority: None,
        language: String::new(),
        narrative: words.to_owned(),
        source: String::new(),
        trunk: String::new(),
        desk: String::new(),
        rang_at: None,
        answered_at: None,
        duplicate: DuplicateChoice::Unasked,
        odd: std::collections::BTreeSet::new(),
    }
}

#[tokio::test]
async fn nobody_is_answered_before_the_journal_has_the_call_on_its_disk() {
    for is_cut in [false, true] {
        let node = node().await;
        node.wire.set_cut(is_cut);
        node.brakes.hold_up();
        let (ask, call) = (ask("one"), call("one"));
        let mut taking = Box::pin(take_call(&node.room, &ask, &call));
        // the store has it long before
        while !is_cut && node.memory.tip().await.expect("memory answers").number.0 == 0 {
            assert!(poll!(taking.as_mut()).is_pending());
            tokio::task::yield_now().await;
        }
        for _ in 0..1_000 {
            assert!(poll!(taking.as_mut()).is_pending(), "answered before the fsync");
            tokio::task::yield_now().await;
        }
        node.brakes.let_go();
        let expected = if is_cut { Durability::Journaled } else { Durability::Stored };
        assert_eq!(taking.await.expect("it is taken").receipt.durability, expected);
    }
}

#[tokio::test]
async fn a_disk_that_neither_writes_nor_fails_keeps_nobody_waiting_for_what_the_store_has() {
    let node = node().await;
    node.brakes.hold_up();
    let taken = node.take("one").await.expect("the store takes it");
    assert_eq!(taken.receipt.durability, Durability::Stored);
    let shown = node.room.centre.reached(taken.receipt.cursor.number, Duration::from_secs(30)).await;
    assert_eq!(shown, Ok(()), "screens go on");
    node.brakes.let_go();
    let settled =
        redis_store::scratch::eventually(async || (node.journal.status().unsettled == 0).then_some(()));
    settled.await.expect("what was given up is written all the same, and settles the call");
}

#[tokio::test]
async fn a_sealed_journal_leaves_the_store_and_people_are_told() {
    let node = node().await;
    tokio::spawn(holding::run(node.room.clone()));
    node.brakes.fails.store(true, Ordering::Relaxed);
    let taken = node.take("one").await.expect("the store takes it");
    assert_eq!(taken.receipt.durability, Durability::Stored);
    assert!(matches!(node.journal.condition(), Condition::Sealed { .. }));
    node.until_alarm(AlarmCode::JournalSealed, true).await;
    // what is followed is shown all the same
    let shown = node.room.centre.reached(taken.receipt.cursor.number, Duration::from_secs(30)).await;
    assert_eq!(shown, Ok(()));
    // nothing durable at all
    node.wire.set_cut(true);
    let refused = node.take("two").await.expect_err("nothing keeps it");
    assert!(matches!(refused, OperationError::Store(StoreError::Unknown { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_full_journal_holds_no_more_calls_and_what_it_holds_reaches_the_store() {
    let node = node_with(|options| Options { reserve_bytes: u64::MAX, ..options }).await;
    tokio::spawn(holding::run(node.room.clone()));
    node.until_alarm(AlarmCode::JournalFull, true).await;
    let taken = node.take("one").await.expect("the store takes it");
    assert_eq!(taken.receipt.durability, Durability::Stored);
    node.wire.set_cut(true);
    let refused = node.take("two").await.expect_err("nothing keeps it");
    assert!(matches!(refused, OperationError::Store(StoreError::Unavailable { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_store_whose_answer_is_lost_has_the_call_once() {
    let node = node().await;
    node.wire.plan("take_call", Mishap::ReplyLost);
    let taken = node.take("one").await.expect("the journal has it");
    assert_eq!(taken.receipt.durability, Durability::Journaled);
    tokio::spawn(holding::run(node.room.clone()));
    let settled =
        redis_store::scratch::eventually(async || (node.journal.status().unsettled == 0).then_some(()));
    settled.await.expect("it is settled");
    assert!(node.has(&taken.answer).await);
    let again = node.take("one").await.expect("it is known");
    assert_eq!((again.answer, again.receipt.repeated), (taken.answer, true));
    assert_eq!(again.receipt.durability, Durability::Stored);
    let calls = node.room.centre.read(|picture| picture.board.calls().len());
    assert_eq!(calls, 1);
}

#[tokio::test]
async fn who_asks_again_while_the_store_is_away_is_answered_as_before() {
    let node = node().await;
    let taken = node.take("one").await.expect("the store takes it");
    let shown = node.room.centre.reached(taken.receipt.cursor.number, Duration::from_secs(30)).await;
    assert_eq!(shown, Ok(()));
    assert_eq!(node.journal.status().unsettled, 0, "its own change settled it");
    node.wire.set_cut(true);
    let again = node.take("one").await.expect("it is known");
    assert_eq!(again.answer, taken.answer, "the same call under the same number");
    assert_eq!((again.receipt.cursor, again.receipt.repeated), (taken.receipt.cursor, true));
    assert_eq!(again.receipt.durability, Durability::Stored);
    assert_eq!(again.records.len(), taken.records.len());
    assert_eq!(node.journal.status().unsettled, 0, "nothing is held for it");
    let other = take_call(&node.room, &ask("one"), &call("something else")).await.expect_err("another call");
    assert!(matches!(other, OperationError::OtherContent { .. }), "{other:?}");
}

#[tokio::test]
async fn one_request_sent_twice_at_once_is_one_call() {
    let node = node().await;
    node.wire.set_cut(true);
    let (one, other) = tokio::join!(node.take("one"), node.take("one"));
    let (one, other) = (one.expect("it is taken"), other.expect("it is taken"));
    assert_eq!(one.answer, other.answer);
    assert_eq!(usize::from(one.receipt.repeated) + usize::from(other.receipt.repeated), 1);
    assert_eq!(node.journal.status().unsettled, 1);
}

#[tokio::test]
async fn a_call_that_waits_in_the_journal_is_not_unknown_once_the_store_is_back() {
    let node = node().await;
    node.wire.set_cut(true);
    let taken = node.take("one").await.expect("the journal has it");
    assert_eq!(taken.receipt.durability, Durability::Journaled);
    node.wire.set_cut(false);
    node.room.centre.current().await;
    let call = taken.answer.call;
    let asker = ask("end").asker;
    let end = EndCall {
        call,
        expected: None,
        outcome: CallOutcome::Incident,
        remark: String::new(),
        ended_at: None,
    };
    let refused = end_call(&node.room, &ask("end"), &end).await.expect_err("the store does not have it");
    assert!(matches!(refused, OperationError::Store(StoreError::Unavailable { .. })), "{refused:?}");
    let refused = queries::call(&node.room, &asker, &Name::Id(call)).await.expect_err("nor to be read");
    assert!(matches!(refused, OperationError::Store(StoreError::Unavailable { .. })), "{refused:?}");
    let incident = Name::Id(taken.answer.incident.expect("it opened one"));
    let refused = queries::incident(&node.room, &asker, &incident).await.expect_err("nor what it opened");
    assert!(matches!(refused, OperationError::Store(StoreError::Unavailable { .. })), "{refused:?}");
    let other = EndCall { call: CallId::from_uuid(Uuid::from_u128(7)), ..end.clone() };
    let refused = end_call(&node.room, &ask("other"), &other).await.expect_err("nobody took it");
    assert!(matches!(refused, OperationError::Refused(Refusal::UnknownCall(_))), "{refused:?}");
    tokio::spawn(holding::run(node.room.clone()));
    let ended = redis_store::scratch::eventually(async || end_call(&node.room, &ask("end"), &end).await.ok());
    ended.await.expect("it is ended once the store has it");
}

#[tokio::test]
async fn what_a_call_joins_is_left_to_people_while_the_store_cannot_be_asked() {
    let node = node().await;
    node.wire.set_cut(true);
    let same = domain::IncidentId::from_uuid(Uuid::from_u128(7));
    let request = TakeCall { duplicate: DuplicateChoice::SameAs { incident: same }, ..call("one") };
    let taken = take_call(&node.room, &ask("one"), &request).await.expect("it is taken");
    assert_eq!(taken.receipt.durability, Durability::Journaled);
    assert!(taken.answer.flags.contains(&CallFlag::NotJoined), "{:?}", taken.answer.flags);
    assert!(taken.answer.incident.is_some());
}

#[tokio::test]
async fn a_call_that_another_node_answered_first_is_told_to_people() {
    let node = node().await;
    node.wire.set_cut(true);
    let held = node.take("one").await.expect("the journal has it");
    // the same request at a node whose store answers
    let other =
        ControlRoom { store: Arc::clone(&node.memory) as SharedStore, holding: None, ..node.room.clone() };
    let first = take_call(&other, &ask("one"), &call("one")).await.expect("the store takes it");
    assert_ne!(first.answer.number, held.answer.number);
    node.wire.set_cut(false);
    tokio::spawn(holding::run(node.room.clone()));
    node.until_alarm(AlarmCode::HeldCallRefused, true).await;
    assert!(node.has(&first.answer).await);
    assert_eq!(node.journal.status().unsettled, 0);
    drop(node.directory);
}
