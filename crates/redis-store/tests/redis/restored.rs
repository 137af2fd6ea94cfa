//! What a real Redis gets back: after an older copy, after it was emptied, killed in the midst, or full.

use super::*;

/// A third change, which a node holds.
fn third() -> Change {
    let Commit { operation, fingerprint, answer, actor, cause, at, writes, .. } = step(3);
    let records = writes.into_iter();
    let records = records
        .map(|write| ChangedRecord { key: write.key, state: write.state, place: write.place })
        .collect();
    Change { number: Version(3), operation, fingerprint, answer, actor, cause, at, records }
}

/// Gives a store with two changes, in `begun`, back a third that it never had: every function of a restore.
pub(crate) async fn restore_third(store: &SharedStore, begun: Cursor) {
    let offered = store.offer(offer(begun.lineage, 3)).await.expect("offer");
    assert!(matches!(offered, Restoring::UnderWay(_)), "{offered:?}");
    assert!(store.restoring().await.expect("restoring").is_some());
    let after = Some(step(2).operation);
    let put_back = store.put_back(begun.lineage, after, vec![third()]).await.expect("put_back");
    assert_eq!(put_back, PutBack::Done { number: Version(3) });
    let end = store.end_restore(begun.lineage, Ending::Whole, Duration::ZERO).await.expect("end_restore");
    assert_eq!(end, Ended::Over { tip: Cursor { number: Version(3), ..begun } });
}

/// What each key holds, however Redis lays it out: that depends on how often it was started.
async fn held(connection: &mut MultiplexedConnection) -> Vec<(String, Value)> {
    let mut held = Vec::new();
    for (key, _) in contents(connection).await {
        let kind: String = cmd("TYPE").arg(&key).query_async(connection).await.expect("a type");
        let (question, whole): (_, &[&str]) = match kind.as_str() {
            "string" => ("GET", &[]),
            "hash" => ("HGETALL", &[]),
            "list" => ("LRANGE", &["0", "-1"]),
            "set" => ("SMEMBERS", &[]),
            "zset" => ("ZRANGE", &["0", "-1", "WITHSCORES"]),
            "stream" => ("XRANGE", &["-", "+"]),
            other => panic!("a {other} at {key}"),
        };
        let found = cmd(question).arg(&key).arg(whole).query_async(connection).await.expect("an answer");
        held.push((key, in_order(kind.as_str(), found)));
    }
    held
}

/// Fields and members in the order of their texts, where Redis has none.
fn in_order(kind: &str, found: Value) -> Value {
    let Value::Array(items) = found else { return found };
    let width = if kind == "hash" { 2 } else { 1 };
    let mut entries: Vec<Vec<Value>> = items.chunks(width).map(<[Value]>::to_vec).collect();
    if matches!(kind, "hash" | "set") {
        entries.sort_by_key(|entry| format!("{entry:?}"));
    }
    Value::Array(entries.concat())
}

async fn journal(store: &SharedStore) -> Vec<Change> {
    let tip = store.tip().await.expect("an answer");
    let start = Cursor { number: Version::ABSENT, ..tip };
    let changes = store.changes_after(start, 256, Duration::ZERO).await.expect("an answer");
    let Changes::Some(changes) = changes else { panic!("{changes:?}") };
    changes
}

/// What a node offers that holds everything that was committed as [`step`]s from the first on.
fn offer(lineage: Lineage, last: u64) -> Offer {
    let operation = step(usize::try_from(last).expect("small")).operation;
    Offer { node: "a node".to_owned(), lineage, first: Version(1), last: Version(last), operation }
}

async fn begin(store: &SharedStore, lineage: Lineage, last: u64) -> Progress {
    let restoring = store.offer(offer(lineage, last)).await.expect("an answer");
    let Restoring::UnderWay(progress) = restoring else { panic!("nothing is restored: {restoring:?}") };
    progress
}

async fn end(store: &SharedStore, lineage: Lineage) -> Ended {
    store.end_restore(lineage, Ending::Whole, Duration::ZERO).await.expect("an answer")
}

/// A store with three changes of which it has the first; what it had; and all three.
async fn older() -> (Scratch, SharedStore, Cursor, Vec<(String, Value)>, Vec<Change>) {
    let (mut scratch, store) = started().await;
    assert!(matches!(store.commit(step(1)).await, Ok(Outcome::Committed { .. })));
    let copy = scratch.copy().expect("a copy");
    let mut closed = step(2);
    closed.writes[0].place = Place::closed(closed.at);
    assert!(matches!(store.commit(closed).await, Ok(Outcome::Committed { .. })));
    assert!(matches!(store.commit(step(3)).await, Ok(Outcome::Committed { .. })));
    let seen = store.tip().await.expect("an answer");
    let changes = journal(&store).await;
    let before = held(&mut raw(&scratch).await).await;
    scratch.stop().await.expect("it stops");
    scratch.put_back(&copy).expect("put back");
    scratch.run().await.expect("it starts");
    let tip = eventually(async || store.tip().await.ok()).await.expect("it answers");
    assert_eq!(tip, Cursor { number: Version(1), ..seen });
    (scratch, store, seen, before, changes)
}

/// All that [`older`] lost is put back, and it is whole.
async fn all_is_put_back(store: &SharedStore, seen: Cursor, changes: &[Change]) {
    let done = store
        .put_back(seen.lineage, Some(changes[0].operation), changes[1..].to_vec())
        .await
        .expect("an answer");
    assert_eq!(done, PutBack::Done { number: Version(3) });
    assert_eq!(end(store, seen.lineage).await, Ended::Over { tip: seen });
}

#[tokio::test]
async fn a_store_put_back_to_an_older_copy_gets_back_what_it_lost_to_the_letter() {
    let (scratch, store, seen, before, changes) = older().await;
    begin(&store, seen.lineage, 3).await;
    let behind = Cursor { lineage: Lineage::NONE, number: Version(1) };
    assert_eq!(store.commit(step(4)).await.expect("an answer"), Outcome::Behind { tip: behind });
    all_is_put_back(&store, seen, &changes).await;
    assert_eq!(held(&mut raw(&scratch).await).await, before);
    assert_eq!(store.changes_after(seen, 9, Duration::ZERO).await.expect("an answer"), Changes::None);
    let (next, _) =
        futures::join!(store.changes_after(seen, 9, Duration::from_secs(9)), store.commit(step(4)));
    assert!(matches!(next, Ok(Changes::Some(changes)) if changes.len() == 1), "a watcher goes on");
}

#[tokio::test]
async fn whatever_is_planted_or_damaged_nothing_is_put_back_beside_it() {
    let (scratch, store, seen, before, changes) = older().await;
    begin(&store, seen.lineage, 3).await;
    let mut raw = raw(&scratch).await;
    let name = |name: &str| format!("kezek:{{bishkek}}:{name}");
    let put_back =
        async || store.put_back(seen.lineage, Some(changes[0].operation), changes[1..].to_vec()).await;
    let fixed = ["changes", "trail", "operations", "ages", "open", "queue", "closed", "head", "restoring"];
    for planted in fixed.into_iter().chain(["record:incident:3"]).map(name) {
        cmd("RENAME").arg(&planted).arg(name("hidden")).query_async::<Value>(&mut raw).await.ok();
        cmd("SET").arg(&planted).arg("planted").exec_async(&mut raw).await.expect("planted");
        let there = held(&mut raw).await;
        let refused = put_back().await;
        assert!(
            matches!(&refused, Err(StoreError::Refused(Refusal::Type { key, .. })) if *key == planted),
            "{planted}: {refused:?}"
        );
        assert_eq!(held(&mut raw).await, there, "nothing was written beside {planted}");
        cmd("DEL").arg(&planted).exec_async(&mut raw).await.expect("removed");
        cmd("RENAME").arg(name("hidden")).arg(&planted).query_async::<Value>(&mut raw).await.ok();
    }
    let damages = [
        ("XADD", "changes", vec!["9-0", "a", "b"]),
        ("RPUSH", "trail", vec!["1 1"]),
        ("HSET", "head", vec!["lineage", "00000000-0000-0000-0000-000000000001"]),
        ("HSET", "restoring", vec!["begun_ms", "yesterday"]),
        ("HDEL", "restoring", vec!["lost"]),
        ("HDEL", "restoring", vec!["forked"]),
    ];
    for (command, key, arguments) in damages {
        cmd("COPY").arg(name(key)).arg(name("whole")).exec_async(&mut raw).await.expect("copied");
        cmd(command).arg(name(key)).arg(&arguments).exec_async(&mut raw).await.expect("damaged");
        let there = held(&mut raw).await;
        let refused = put_back().await;
        assert!(matches!(refused, Err(StoreError::Damaged { .. })), "{command} {key}: {refused:?}");
        assert_eq!(held(&mut raw).await, there, "nothing was written beside {key}");
        cmd("RENAME").arg(name("whole")).arg(name(key)).exec_async(&mut raw).await.expect("mended");
    }
    assert_eq!(put_back().await.expect("an answer"), PutBack::Done { number: Version(3) });
    assert_eq!(end(&store, seen.lineage).await, Ended::Over { tip: seen });
    assert_eq!(held(&mut raw).await, before);
}

#[tokio::test]
async fn with_memory_out_nothing_is_put_back_and_no_restore_begins() {
    let (scratch, store, seen, before, changes) = older().await;
    let mut raw = raw(&scratch).await;
    let there = held(&mut raw).await;
    set(&mut raw, "maxmemory", "1").await;
    let refused = store.offer(offer(seen.lineage, 3)).await;
    assert!(matches!(refused, Err(StoreError::Unavailable { .. })), "{refused:?}");
    assert_eq!(held(&mut raw).await, there);
    set(&mut raw, "maxmemory", "0").await;
    begin(&store, seen.lineage, 3).await;
    let there = held(&mut raw).await;
    set(&mut raw, "maxmemory", "1").await;
    let refused = store.put_back(seen.lineage, Some(changes[0].operation), changes[1..].to_vec()).await;
    assert!(matches!(refused, Err(StoreError::Unavailable { .. })), "{refused:?}");
    assert_eq!(held(&mut raw).await, there);
    assert!(store.restoring().await.expect("it can be asked").is_some());
    set(&mut raw, "maxmemory", "0").await;
    all_is_put_back(&store, seen, &changes).await;
    assert_eq!(held(&mut raw).await, before);
}

#[tokio::test]
async fn an_emptied_store_is_whole_again_however_often_redis_dies_meanwhile() {
    const PIECE: usize = 7;
    let (scratch, store) = started().await;
    for number in 1..=60 {
        assert!(matches!(store.commit(step(number)).await, Ok(Outcome::Committed { .. })));
    }
    let (tip, changes) = (store.tip().await.expect("an answer"), journal(&store).await);
    let (before, open) =
        (store.queue(0, 99).await.expect("an answer"), store.open().await.expect("an answer"));
    cmd("FLUSHALL").exec_async(&mut raw(&scratch).await).await.expect("emptied");
    let (mut acknowledged, mut pieces) = (0, 0);
    loop {
        let found = eventually(async || store.offer(offer(tip.lineage, tip.number.0)).await.ok())
            .await
            .expect("it is found again");
        let Restoring::UnderWay(progress) = found else { panic!("the restore is not lost: {found:?}") };
        let number = usize::try_from(progress.number.0).expect("small");
        assert!(number >= acknowledged, "a piece that was acknowledged is gone");
        assert!(
            number.is_multiple_of(PIECE) || number == changes.len(),
            "a piece is whole or not there: {number}"
        );
        if number == changes.len() {
            break;
        }
        let piece = changes[number..].iter().take(PIECE).cloned().collect();
        let after = number.checked_sub(1).map(|last| changes[last].operation);
        pieces += 1;
        let dies = pieces % 3 == 2;
        let (done, ()) = futures::join!(store.put_back(tip.lineage, after, piece), async {
            if dies {
                scratch.private().kill();
            }
        });
        match done {
            Ok(PutBack::Done { number }) => acknowledged = usize::try_from(number.0).expect("small"),
            Ok(other) => panic!("{other:?}"),
            Err(_) => assert!(dies, "nothing else can fail"),
        }
    }
    let over = eventually(async || store.end_restore(tip.lineage, Ending::Whole, Duration::ZERO).await.ok());
    assert_eq!(over.await, Some(Ended::Over { tip }));
    assert_eq!(journal(&store).await, changes);
    let after = (store.queue(0, 99).await.expect("an answer"), store.open().await.expect("an answer"));
    assert_eq!(after, (before, open));
}
