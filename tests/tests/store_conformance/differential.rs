//! Random histories over few records, with many conflicts, repeats, moved times, new lineages, returns to an older copy
//! and losses of which everything is given back: memory and Redis must answer each step alike and hold the same afterwards.

mod lost;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use domain::{CentreId, RecordKey, UnitId, Version};
use jiff::Timestamp;
use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use redis_store::scratch::{DataCopy, Scratch, eventually};
use store::{
    Change, Changes, Commit, Cursor, Fingerprint, Lineage, Memory, MemoryCopy, Outcome, Place,
    PositionReport, QueueScore, Read, Retention, SharedStore, Store, StoreError, Write,
};
use uuid::Uuid;

use crate::making::{at, incident, operation};
use lost::{Way, timeless, way};

/// Few, so that they collide.
const RECORDS: u8 = 4;
const OPERATIONS: u8 = 16;

/// Short, so that a history outlives it.
const RETENTION: Retention = Retention {
    remembered_for: Duration::from_secs(120),
    stream_keeps: Duration::from_secs(40),
    stream_bytes: 4_000,
    offer_fresh_for: Duration::from_secs(60 * 60),
};

/// One step of a history. Versions and cursors are relative to what memory holds then.
#[derive(Clone, Debug)]
enum Step {
    Commit {
        operation: u8,
        content: u8,
        seen: Seen,
        reads: Vec<(u8, Guess)>,
        writes: Vec<(u8, Guess, Place)>,
        seconds: i64,
    },
    Forget(Vec<(u8, Guess)>),
    BeginLineage {
        expects_present: bool,
        new: u8,
    },
    Positions(Vec<(u8, i64, i64)>),
    Copy,
    Return,
    /// Goes back to the copy and gets back what was lost.
    GoBackAndForth(Way),
    /// Loses everything and gets it back.
    BeginFromNothing(Way),
}

/// What a commit says that it has seen.
#[derive(Clone, Copy, Debug)]
enum Seen {
    Nothing,
    Tip,
    Older,
    Ahead,
    OtherLineage,
}

/// Which version a commit expects.
#[derive(Clone, Copy, Debug)]
enum Guess {
    Current,
    Absent,
    Other(u64),
}

fn guess() -> impl Strategy<Value = Guess> {
    prop_oneof![8 => Just(Guess::Current), 1 => Just(Guess::Absent), 1 => (0_u64..20).prop_map(Guess::Other)]
}

fn place() -> impl Strategy<Value = Place> {
    let queue = proptest::option::of(
        (1_u8..=5, 0_i64..4).prop_map(|(priority, since)| QueueScore::new(priority, at(since))),
    );
    let closed_at =
        proptest::option::of((0_i64..4_000).prop_map(|ms| Timestamp::from_millisecond(ms).expect("a time")));
    (any::<bool>(), queue, closed_at).prop_map(|(open, queue, closed_at)| Place { open, queue, closed_at })
}

fn commit_step() -> impl Strategy<Value = Step> {
    let seen = prop_oneof![
        2 => Just(Seen::Nothing), 10 => Just(Seen::Tip), 3 => Just(Seen::Older), 1 => Just(Seen::Ahead),
        1 => Just(Seen::OtherLineage),
    ];
    let reads = prop::collection::vec((0..RECORDS, guess()), 0..3);
    let writes = prop::collection::vec((0..RECORDS, guess(), place()), 0..4);
    let seconds = prop_oneof![6 => 0_i64..10, 1 => -20_i64..0, 1 => 20_i64..200];
    (0..OPERATIONS, 0..8_u8, seen, reads, writes, seconds).prop_map(
        |(operation, content, seen, reads, writes, seconds)| Step::Commit {
            operation,
            content: u8::from(content == 0),
            seen,
            reads,
            writes,
            seconds,
        },
    )
}

/// How often things happen, beside what always does.
#[derive(Clone, Copy, Debug)]
struct Frequency {
    returns: u32,
    back_and_forth: u32,
    from_nothing: u32,
    forgets: u32,
    lineages: u32,
}

const UNDISTURBED: Frequency =
    Frequency { returns: 0, back_and_forth: 0, from_nothing: 0, forgets: 6, lineages: 2 };

fn step(often: Frequency) -> impl Strategy<Value = Step> {
    let forget = prop::collection::vec((0..RECORDS, guess()), 0..3).prop_map(Step::Forget);
    let lineage = (any::<bool>(), 1..5_u8)
        .prop_map(|(expects_present, new)| Step::BeginLineage { expects_present, new });
    let positions = prop::collection::vec((0..3_u8, 0_i64..50, 0_i64..50), 0..4).prop_map(Step::Positions);
    let Frequency { returns, back_and_forth, from_nothing, forgets, lineages } = often;
    prop_oneof![
        40 => commit_step(), forgets => forget, lineages => lineage, 4 => positions,
        returns + back_and_forth => Just(Step::Copy), returns => Just(Step::Return),
        back_and_forth => way().prop_map(Step::GoBackAndForth),
        from_nothing => way().prop_map(Step::BeginFromNothing),
    ]
}

/// The two stores, and what a history needs to remember.
struct Pair<'a> {
    memory: Arc<Memory>,
    redis: SharedStore,
    scratch: &'a mut Scratch,
    centre: &'a CentreId,
    copy: Option<(MemoryCopy, DataCopy)>,
    /// Every change of each lineage, as nodes hold it.
    journal: BTreeMap<(Lineage, Version), Change>,
    /// How often everything was lost.
    emptied: u32,
    /// How many lineages were begun because something was lost.
    lineages: u128,
    /// How many changes were made that no node holds.
    strayed: u32,
    /// True once the stores lack something that the journal has, or had.
    has_forgotten: bool,
    /// The same since the copy was made.
    has_forgotten_since_copy: bool,
    now_s: i64,
    /// How often each outcome came out: a run in which one never did proves little.
    outcomes: &'a mut BTreeMap<&'static str, usize>,
}

type Checked<T = ()> = Result<T, TestCaseError>;

impl Pair<'_> {
    async fn apply(&mut self, step: &Step) -> Checked {
        match step {
            Step::Commit { seconds, .. } => {
                self.now_s += seconds;
                let commit = self.commit(step).await;
                let memory = self.memory.commit(commit.clone()).await;
                *self.outcomes.entry(word(&memory)).or_default() += 1;
                if let Ok(Outcome::Committed { number, .. }) = memory {
                    self.note(number).await;
                }
                same("commit", memory, self.redis.commit(commit).await)
            }
            Step::Forget(records) => {
                let mut reads = Vec::new();
                for (record, guess) in records {
                    reads.push(Read { key: key(*record), version: self.version(*record, *guess).await });
                }
                (self.has_forgotten, self.has_forgotten_since_copy) = (true, true);
                same("forget", self.memory.forget(reads.clone()).await, self.redis.forget(reads).await)
            }
            Step::BeginLineage { expects_present, new } => {
                let present = self.tip().await.lineage;
                let expected = if *expects_present { present } else { lineage(99) };
                let new = lineage(*new);
                if *expects_present && new != present {
                    // what had that name before is another history
                    self.journal.retain(|(lineage, _), _| *lineage != new);
                }
                let memory = self.memory.begin_lineage(expected, new).await;
                same("begin_lineage", memory, self.redis.begin_lineage(expected, new).await)
            }
            Step::Positions(reports) => {
                let batch: Vec<_> = reports.iter().map(position).collect();
                same(
                    "positions",
                    self.memory.positions(batch.clone()).await,
                    self.redis.positions(batch).await,
                )
            }
            Step::Copy => {
                self.copy = Some((self.memory.copy(), self.scratch.copy().expect("a copy")));
                self.has_forgotten_since_copy = false;
                Ok(())
            }
            Step::Return => {
                self.go_back().await?;
                self.lose_the_journal_too().await;
                Ok(())
            }
            Step::GoBackAndForth(way) => self.go_back_and_forth(way).await,
            Step::BeginFromNothing(way) => self.begin_from_nothing(way).await,
        }
    }

    /// Puts both stores back to the copy, if there is one.
    async fn go_back(&mut self) -> Checked<bool> {
        let Some((memory, data)) = self.copy.take() else { return Ok(false) };
        self.scratch.stop().await.expect("the server stops");
        self.scratch.put_back(&data).expect("the copy is put back");
        self.scratch.run().await.expect("the server starts");
        self.memory.restore(memory);
        let redis = &self.redis;
        let back = eventually(async || redis.tip().await.ok()).await;
        prop_assert!(back.is_some(), "the store finds its server again");
        Ok(true)
    }

    async fn commit(&self, step: &Step) -> Commit {
        let Step::Commit { operation: name, content, seen, reads, writes, .. } = step else {
            unreachable!("only called for commits");
        };
        let tip = self.tip().await;
        let seen = match seen {
            Seen::Nothing => None,
            Seen::Tip => Some(tip),
            Seen::Older => Some(Cursor { number: Version(tip.number.0 / 2), ..tip }),
            Seen::Ahead => Some(Cursor { number: tip.number.next(), ..tip }),
            Seen::OtherLineage => Some(Cursor { lineage: lineage(98), ..tip }),
        };
        let mut commit = Commit {
            operation: operation(&name.to_string()),
            fingerprint: Fingerprint::of(&[*content]),
            answer: format!("{{\"operation\":{name},\"at\":{}}}", self.now_s).into(),
            actor: "dispatcher".to_owned(),
            cause: "assign".to_owned(),
            at: at(self.now_s),
            seen,
            reads: Vec::new(),
            writes: Vec::new(),
        };
        for (record, guess) in reads {
            commit.reads.push(Read { key: key(*record), version: self.version(*record, *guess).await });
        }
        for (record, guess, place) in writes {
            let version = self.version(*record, *guess).await;
            let state = format!("{{\"by\":{name},\"at\":{}}}", self.now_s).into();
            commit.writes.push(Write { key: key(*record), version, state, place: *place });
        }
        commit
    }

    async fn version(&self, record: u8, guess: Guess) -> Version {
        match guess {
            Guess::Absent => Version::ABSENT,
            Guess::Other(version) => Version(version),
            Guess::Current => {
                let found = self.memory.get(&[key(record)]).await.expect("memory answers").remove(0);
                found.map_or(Version::ABSENT, |record| record.version)
            }
        }
    }

    async fn tip(&self) -> Cursor {
        self.memory.tip().await.expect("memory answers")
    }

    /// Compares everything that can be asked.
    async fn compare(&self) -> Checked {
        let (memory, redis) = (&self.memory, &self.redis);
        let keys: Vec<_> = (0..RECORDS).map(key).collect();
        same("tip", memory.tip().await, redis.tip().await)?;
        same("get", memory.get(&keys).await, redis.get(&keys).await)?;
        same("open", memory.open().await, redis.open().await)?;
        same("queue", memory.queue(0, 9).await, redis.queue(0, 9).await)?;
        for before_ms in [0, 2_000, 9_000] {
            let before = Timestamp::from_millisecond(before_ms).expect("a time");
            let known = memory.closed_before(before, None, 2).await;
            let after = known.as_ref().ok().and_then(|page| page.last().cloned());
            same("closed_before", known, redis.closed_before(before, None, 2).await)?;
            let known = memory.closed_before(before, after.clone(), 2).await;
            same("closed_before after", known, redis.closed_before(before, after, 2).await)?;
        }
        for skipped in [0, 2] {
            let known = memory.latest_closed(skipped, 3).await;
            same("latest_closed", known, redis.latest_closed(skipped, 3).await)?;
        }
        for name in 0..OPERATIONS {
            let operation = operation(&name.to_string());
            same("remembered", memory.remembered(operation).await, redis.remembered(operation).await)?;
        }
        same("positions", memory.positions(Vec::new()).await, redis.positions(Vec::new()).await)?;
        let restoring = memory.restoring().await.map(|found| found.map(timeless));
        same("restoring", restoring, redis.restoring().await.map(|found| found.map(timeless)))?;
        let tip = self.tip().await;
        for number in 0..=tip.number.0 + 1 {
            let after = Cursor { number: Version(number), ..tip };
            let known = memory.changes_after(after, 5, Duration::ZERO).await;
            if let Ok(Changes::Some(changes)) = &known {
                prop_assert_eq!(changes[0].number, Version(number + 1));
            }
            same("changes_after", known, redis.changes_after(after, 5, Duration::ZERO).await)?;
        }
        Ok(())
    }
}

fn key(record: u8) -> RecordKey {
    incident(&record.to_string())
}

fn lineage(number: u8) -> Lineage {
    Lineage::from_uuid(Uuid::from_u128(number.into()))
}

fn position((unit, measured, received): &(u8, i64, i64)) -> PositionReport {
    PositionReport {
        unit: UnitId::new(format!("unit-{unit}")).expect("a slug"),
        measured_at: at(*measured),
        received_at: at(*received),
        latitude: 42.87,
        longitude: 74.6 + 0.001 * f64::from(*unit),
        accuracy_m: (*unit > 0).then_some(7.5),
    }
}

/// The same answer, or the same refusal.
fn same<T: PartialEq + std::fmt::Debug>(
    what: &str,
    memory: Result<T, StoreError>,
    redis: Result<T, StoreError>,
) -> Checked {
    match (&memory, &redis) {
        (Ok(memory), Ok(redis)) => prop_assert_eq!(memory, redis, "{} differs", what),
        (Err(StoreError::Refused(memory)), Err(StoreError::Refused(redis))) => prop_assert_eq!(memory, redis),
        (Ok(_) | Err(_), Ok(_) | Err(_)) => prop_assert!(false, "{what}: memory {memory:?}, redis {redis:?}"),
    }
    Ok(())
}

fn word(outcome: &Result<Outcome, StoreError>) -> &'static str {
    match outcome {
        Ok(Outcome::Committed { .. }) => "committed",
        Ok(Outcome::Repeated { .. }) => "repeated",
        Ok(Outcome::OtherContent { .. }) => "other content",
        Ok(Outcome::Conflict { .. }) => "conflict",
        Ok(Outcome::Behind { .. }) => "behind",
        Err(_) => "refused",
    }
}

/// The history by which it was found that a journal must follow what a store took instead of what it had lost: without it the
/// next restore is asked to put back changes between which one is missing.
#[test]
fn what_a_store_took_and_nobody_called_a_fork_is_history_from_then_on() {
    let commit = |operation| Step::Commit {
        operation,
        content: 0,
        seen: Seen::Tip,
        reads: Vec::new(),
        writes: Vec::new(),
        seconds: 1,
    };
    let back = |strays| Step::GoBackAndForth(Way::whole(strays));
    let history = [commit(0), Step::Copy, back(true), Step::Copy, commit(1), commit(2), back(false)];
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut outcomes = BTreeMap::new();
    let checked = runtime.block_on(async {
        let mut scratch = Scratch::start().await.expect("a server");
        let centre = CentreId::new("case").expect("a slug");
        check_history(&mut scratch, &centre, &history, &mut outcomes).await
    });
    checked.expect("memory and Redis agree");
    assert_eq!((outcomes["whole"], outcomes["restored"]), (1, 1), "{outcomes:?}");
}

/// Runs random histories, each in a centre of its own on the same server, and makes sure that they had teeth.
fn run(cases: u32, steps: std::ops::Range<usize>, often: Frequency, of_each_outcome: usize, words: &[&str]) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let scratch = runtime.block_on(Scratch::start()).expect("a server");
    let shared = std::cell::RefCell::new((scratch, 0_u32, BTreeMap::new()));
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let histories = prop::collection::vec(step(often), steps);
    let outcome = runner.run(&histories, |history| {
        let (scratch, case, outcomes) = &mut *shared.borrow_mut();
        *case += 1;
        let centre = CentreId::new(format!("case-{case}")).expect("a slug");
        runtime.block_on(check_history(scratch, &centre, &history, outcomes))
    });
    let guard = runtime.enter();
    let (scratch, _, outcomes) = shared.into_inner();
    drop(scratch);
    drop(guard);
    outcome.expect("memory and Redis agree");
    for word in words {
        assert!(
            outcomes.get(*word).is_some_and(|count| *count >= of_each_outcome),
            "too few were {word}: {outcomes:?}"
        );
    }
}

async fn check_history(
    scratch: &mut Scratch,
    centre: &CentreId,
    history: &[Step],
    outcomes: &mut BTreeMap<&'static str, usize>,
) -> Checked {
    let redis = scratch.store(centre, RETENTION).await.expect("a store");
    let memory = Arc::new(Memory::with(Lineage::NONE, RETENTION, Arc::new(Timestamp::now)));
    let begun = redis.tip().await.expect("a tip").lineage;
    memory.begin_lineage(Lineage::NONE, begun).await.expect("memory answers");
    let mut pair = Pair {
        memory,
        redis,
        scratch,
        centre,
        copy: None,
        journal: BTreeMap::new(),
        emptied: 0,
        lineages: 0,
        strayed: 0,
        has_forgotten: false,
        has_forgotten_since_copy: false,
        now_s: 0,
        outcomes,
    };
    for step in history {
        pair.apply(step).await?;
    }
    pair.compare().await
}

/// What can come of a commit.
const OUTCOMES: [&str; 6] = ["committed", "repeated", "conflict", "behind", "refused", "other content"];

#[test]
fn memory_and_redis_agree_over_any_history() {
    run(160, 1..60, UNDISTURBED, 20, &OUTCOMES);
}

#[test]
fn memory_and_redis_agree_after_returns_to_an_older_copy() {
    run(10, 20..60, Frequency { returns: 4, ..UNDISTURBED }, 1, &OUTCOMES);
}

#[test]
fn memory_and_redis_agree_after_getting_back_what_an_older_copy_lacked() {
    let often = Frequency { back_and_forth: 4, forgets: 1, lineages: 1, ..UNDISTURBED };
    run(16, 20..60, often, 1, &["committed", "behind", "restored", "as before"]);
}

#[test]
fn memory_and_redis_agree_after_getting_back_everything() {
    let often = Frequency { from_nothing: 3, forgets: 1, lineages: 1, ..UNDISTURBED };
    run(60, 10..60, often, 5, &["committed", "behind", "emptied", "part", "as before"]);
}
