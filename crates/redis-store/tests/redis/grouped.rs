//! A flood of commits goes in few calls, each step decided by itself.

use futures::future::join_all;

use super::*;

/// More commits than go alone, of which several groups are made.
const FLOOD: usize = 200;

/// How often the commit function was called.
async fn calls(raw: &mut MultiplexedConnection) -> usize {
    let said: String = cmd("INFO").arg("commandstats").query_async(raw).await.expect("the statistics");
    let line = said.lines().find_map(|line| line.strip_prefix("cmdstat_fcall:calls="));
    let count = line.and_then(|line| line.split(',').next()).map_or(Ok(0), str::parse);
    count.expect("a number of calls")
}

/// Sends all of them before anything is answered: they are begun one after the other on one thread.
async fn at_once(store: &SharedStore, steps: Vec<Commit>) -> Vec<Result<Outcome, StoreError>> {
    join_all(steps.into_iter().map(|step| store.commit(step))).await
}

#[tokio::test]
async fn a_flood_is_committed_in_groups_and_every_step_is_there_once() {
    let (scratch, store) = started().await;
    let mut raw = raw(&scratch).await;
    let before = calls(&mut raw).await;
    let outcomes = at_once(&store, (0..FLOOD).map(step).collect()).await;
    let mut numbers: Vec<u64> = outcomes
        .iter()
        .map(|outcome| match outcome {
            Ok(Outcome::Committed { number, .. }) => number.0,
            other => panic!("not committed: {other:?}"),
        })
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=FLOOD as u64).collect::<Vec<_>>());
    assert_eq!(store.open().await.expect("what is open").len(), FLOOD);
    let made = calls(&mut raw).await - before;
    assert!(made < FLOOD / 2, "{FLOOD} commits took {made} calls");
}

#[tokio::test]
async fn a_store_that_sends_each_alone_makes_a_call_of_every_commit() {
    let (scratch, _) = started().await;
    let mut raw = raw(&scratch).await;
    let settings = Settings::MustBeSafe;
    let store = RedisStore::connect(scratch.address(), &centre(), settings, Retention::default()).await;
    let store: SharedStore = Arc::new(store.expect("a store").each_alone());
    let before = calls(&mut raw).await;
    let outcomes = at_once(&store, (0..FLOOD).map(step).collect()).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(Outcome::Committed { .. }))), "{outcomes:?}");
    assert_eq!(calls(&mut raw).await - before, FLOOD);
}

#[tokio::test]
async fn in_a_group_each_step_is_decided_by_itself_and_on_those_before_it() {
    let (scratch, store) = started().await;
    let mut raw = raw(&scratch).await;
    let planted = format!("kezek:{{bishkek}}:record:{}", key(FLOOD));
    cmd("SET").arg(planted).arg("planted").exec_async(&mut raw).await.expect("planted");
    // enough alone that what follows goes together
    let mut steps: Vec<Commit> = (0..limits::CALLS_MAX).map(step).collect();
    let other_content = Commit { fingerprint: Fingerprint::of(b"another"), ..step(100) };
    let conflict = Commit { operation: OperationId::derived("test", "late"), ..step(100) };
    steps.extend([step(100), step(100), other_content, conflict, step(FLOOD), step(101)]);
    let outcomes = at_once(&store, steps).await;
    let first = match &outcomes[limits::CALLS_MAX] {
        Ok(Outcome::Committed { number, .. }) => *number,
        other => panic!("not committed: {other:?}"),
    };
    let [_, repeated, other, conflict, damaged, last] = &outcomes[limits::CALLS_MAX..] else {
        panic!("{outcomes:?}")
    };
    assert!(matches!(repeated, Ok(Outcome::Repeated { number, .. }) if *number == first), "{repeated:?}");
    assert!(matches!(other, Ok(Outcome::OtherContent { number }) if *number == first), "{other:?}");
    let expected = (key(100), first);
    assert!(
        matches!(conflict, Ok(Outcome::Conflict { key, current }) if (key, current) == (&expected.0, &expected.1)),
        "{conflict:?}"
    );
    assert!(matches!(damaged, Err(StoreError::Refused(Refusal::Type { .. }))), "{damaged:?}");
    assert!(matches!(last, Ok(Outcome::Committed { number, .. }) if *number == first.next()), "{last:?}");
}

#[tokio::test]
async fn with_memory_out_no_step_of_a_group_is_written() {
    let (scratch, store) = started().await;
    let mut raw = raw(&scratch).await;
    set(&mut raw, "maxmemory", "1").await;
    let outcomes = at_once(&store, (0..FLOOD).map(step).collect()).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Err(StoreError::Unavailable { .. }))));
    set(&mut raw, "maxmemory", "0").await;
    assert_eq!(store.open().await.expect("what is open").len(), 0);
    assert!(matches!(store.commit(step(0)).await, Ok(Outcome::Committed { .. })));
}

#[tokio::test]
async fn who_gives_up_waiting_takes_no_place_and_what_was_not_sent_is_not_done() {
    let (scratch, store) = started().await;
    signal(&scratch, Signal::STOP);
    let mut sent: Vec<_> = (0..FLOOD).map(|number| store.commit(step(number))).collect();
    // everybody has asked, and nobody can be answered
    for commit in &mut sent {
        assert!(futures::poll!(commit).is_pending());
    }
    drop(sent);
    signal(&scratch, Signal::CONT);
    let last = store.commit(step(FLOOD)).await;
    assert!(matches!(last, Ok(Outcome::Committed { .. })), "{last:?}");
    let open = store.open().await.expect("what is open").len();
    assert!((1..=limits::CALLS_MAX + 1).contains(&open), "{open} of {FLOOD} were done");
}
