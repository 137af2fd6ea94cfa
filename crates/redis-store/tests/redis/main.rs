//! What only a real Redis can show: rights, planted keys, memory that is out, silence, death and unsafe settings.

mod grouped;
mod restored;

use std::{sync::Arc, time::Duration};

use domain::{CentreId, OperationId, RecordKey, RecordKind, StationId, Version};
use redis::{Value, aio::MultiplexedConnection, cmd};
use redis_store::{
    Address, LIBRARIES, Library, PrivateOptions, RedisStore, Settings, limits,
    scratch::{Scratch, eventually},
};
use rustix::process::{Pid, Signal, kill_process};
use store::{
    Change, ChangedRecord, Changes, Closed, Commit, Cursor, Ended, Ending, Fingerprint, Lineage, Offer,
    Outcome, Place, Progress, PutBack, QueueScore, Read, Refusal, Restoring, Retention, SharedStore, Store,
    StoreError, Write,
};
use uuid::Uuid;

fn centre() -> CentreId {
    CentreId::new("bishkek").expect("a slug")
}

fn key(number: usize) -> RecordKey {
    RecordKey::new(RecordKind::Incident, number)
}

/// Creates one incident, in the queue.
fn step(number: usize) -> Commit {
    let at = jiff::Timestamp::from_second(1_800_000_000).expect("a time");
    Commit {
        operation: OperationId::derived("test", &number.to_string()),
        fingerprint: Fingerprint::of(b"step"),
        answer: "{}".into(),
        actor: "test".to_owned(),
        cause: "take_call".to_owned(),
        at,
        seen: None,
        reads: Vec::new(),
        writes: vec![Write {
            key: key(number),
            version: Version::ABSENT,
            state: "{}".into(),
            place: Place::queued(QueueScore::new(1, at)),
        }],
    }
}

async fn raw(scratch: &Scratch) -> MultiplexedConnection {
    let path = scratch.directory().join("redis.sock");
    let client = redis::Client::open(format!("unix://{}", path.display())).expect("an address");
    client.get_multiplexed_async_connection().await.expect("a connection")
}

async fn started() -> (Scratch, SharedStore) {
    let scratch = Scratch::start().await.expect("a server");
    let store = scratch.store(&centre(), Retention::default()).await.expect("a store");
    (scratch, store)
}

/// Everything in the database, as Redis itself digests it.
async fn contents(connection: &mut MultiplexedConnection) -> Vec<(String, Value)> {
    let mut keys: Vec<String> = cmd("KEYS").arg("*").query_async(connection).await.expect("the keys");
    keys.sort();
    let mut contents = Vec::new();
    for key in keys {
        let dumped: Value = cmd("DUMP").arg(&key).query_async(connection).await.expect("a dump");
        contents.push((key, dumped));
    }
    contents
}

async fn set(connection: &mut MultiplexedConnection, setting: &str, value: &str) {
    cmd("CONFIG").arg("SET").arg(setting).arg(value).exec_async(connection).await.expect("it is set");
}

fn signal(scratch: &Scratch, signal: Signal) {
    let pid = i32::try_from(scratch.private().process().pid).expect("a pid");
    kill_process(Pid::from_raw(pid).expect("a pid"), signal).expect("it runs");
}

#[tokio::test]
async fn a_planted_key_of_another_type_is_refused_with_nothing_written() {
    let (scratch, store) = started().await;
    let mut raw = raw(&scratch).await;
    assert_eq!(store.commit(step(0)).await.expect("an answer"), Outcome::committed(Version(1)));
    let names =
        ["changes", "trail", "operations", "ages", "open", "queue", "closed", "record:incident:1", "head"];
    for name in names {
        let planted = format!("kezek:{{bishkek}}:{name}");
        let hidden = format!("kezek:{{bishkek}}:hidden-{name}");
        cmd("RENAME").arg(&planted).arg(&hidden).query_async::<Value>(&mut raw).await.ok();
        cmd("SET").arg(&planted).arg("planted").exec_async(&mut raw).await.expect("planted");
        let before = contents(&mut raw).await;
        let refused = store.commit(step(1)).await;
        let Err(StoreError::Refused(Refusal::Type { key, found, .. })) = refused else {
            panic!("{name}: {refused:?}")
        };
        assert_eq!((key, found.as_str()), (planted.clone(), "string"));
        assert_eq!(contents(&mut raw).await, before, "nothing was written beside {name}");
        cmd("DEL").arg(&planted).exec_async(&mut raw).await.expect("removed");
        cmd("RENAME").arg(&hidden).arg(&planted).query_async::<Value>(&mut raw).await.ok();
    }
    assert_eq!(store.commit(step(1)).await.expect("an answer"), Outcome::committed(Version(2)));
}

#[tokio::test]
async fn a_stream_that_is_further_on_or_shorter_than_its_head_is_damage_and_nothing_is_written() {
    let (scratch, store) = started().await;
    let mut raw = raw(&scratch).await;
    for number in 0..3 {
        assert!(matches!(store.commit(step(number)).await, Ok(Outcome::Committed { .. })));
    }
    cmd("XTRIM").arg("kezek:{bishkek}:changes").arg("MAXLEN").arg(2).exec_async(&mut raw).await.expect("cut");
    let before = contents(&mut raw).await;
    let refused = store.commit(step(3)).await;
    assert!(matches!(refused, Err(StoreError::Damaged { .. })), "{refused:?}");
    cmd("XADD")
        .arg("kezek:{bishkek}:changes")
        .arg("9-0")
        .arg("a")
        .arg("b")
        .exec_async(&mut raw)
        .await
        .expect("added");
    let ahead = contents(&mut raw).await;
    let refused = store.commit(step(3)).await;
    assert!(matches!(refused, Err(StoreError::Damaged { .. })), "{refused:?}");
    assert_eq!(contents(&mut raw).await, ahead);
    assert_ne!(before, ahead);
}

#[tokio::test]
async fn every_function_runs_with_no_rights_beyond_the_keys_of_its_centre() {
    let (scratch, store) = started().await;
    drop(store);
    let mut raw = raw(&scratch).await;
    let rules = include_str!("../../../../deploy/redis/kezek.acl");
    let line = rules.lines().find(|line| line.starts_with("user kezek ")).expect("the rules of our user");
    let words = line.split_whitespace().skip(2).map(|word| word.replace("CENTRE", "bishkek"));
    let mut words = words.map(|word| word.replace("KEZEK-PASSWORD", "secret"));
    let mut rule = cmd("ACL");
    rule.arg("SETUSER").arg("kezek");
    for word in words.by_ref() {
        rule.arg(word);
    }
    rule.exec_async(&mut raw).await.expect("the rules are rules");
    let path = scratch.directory().join("redis.sock");
    let url = format!("unix://{}?user=kezek&pass=secret", path.display());
    let address = Address::parse(&url).expect("an address");
    let connect =
        |centre| RedisStore::connect(address.clone(), centre, Settings::MustBeSafe, Retention::default());
    let centre = centre();
    let store = connect(&centre).await.expect("the user may do all that is needed");
    let store: SharedStore = Arc::new(store);
    let tip = store.tip().await.expect("tip");
    let committed = store.commit(step(1)).await.expect("commit");
    assert_eq!(committed, Outcome::committed(Version(1)));
    store.get(&[key(1)]).await.expect("get");
    store.remembered(step(1).operation).await.expect("remembered");
    assert_eq!(store.open().await.expect("open").len(), 1);
    assert_eq!(store.queue(0, 1).await.expect("queue").len(), 1);
    assert!(matches!(store.changes_after(tip, 9, Duration::ZERO).await, Ok(Changes::Some(_))));
    let none = Cursor { number: Version(1), ..tip };
    assert_eq!(
        store.changes_after(none, 9, Duration::from_millis(10)).await.expect("changes"),
        Changes::None
    );
    let closed = Place::closed(step(1).at);
    let mut close = step(2);
    close.seen = Some(none);
    close.writes[0] = Write { key: key(1), version: Version(1), state: "{}".into(), place: closed };
    assert_eq!(store.commit(close).await.expect("close"), Outcome::committed(Version(2)));
    let listed = store.closed_before(jiff::Timestamp::MAX, None, 9).await.expect("closed");
    assert_eq!(listed, [Closed { at: step(1).at, key: key(1) }]);
    let forget = vec![Read { key: key(1), version: Version(2) }];
    assert_eq!(store.forget(forget).await.expect("forget"), store::Forgotten::All);
    let new = Lineage::from_uuid(Uuid::from_u128(2));
    let begun = store.begin_lineage(tip.lineage, new).await.expect("begin_lineage");
    store.positions(Vec::new()).await.expect("positions");
    let west = StationId::new("west").expect("a slug");
    assert_eq!(store.presence(vec![west.clone()]).await.expect("presence").desks[0].station, west);
    store.lease("a", Duration::from_secs(1)).await.expect("lease");
    store.release("a").await.expect("release");
    store.time().await.expect("time");
    restored::restore_third(&store, begun).await;
    let other = CentreId::new("osh").expect("a slug");
    let other = connect(&other).await.expect("connecting touches no key");
    let refused = other.tip().await;
    assert!(matches!(refused, Err(StoreError::Refused(Refusal::Settings(_)))), "{refused:?}");
    let refused = other.commit(step(1)).await;
    assert!(matches!(refused, Err(StoreError::Refused(Refusal::Settings(_)))), "{refused:?}");
}

#[tokio::test]
async fn with_memory_out_nothing_is_written_and_closed_records_can_still_be_forgotten() {
    let scratch =
        Scratch::start_with(PrivateOptions { memory_bytes_max: Some(64 << 20), ..PrivateOptions::default() });
    let scratch = scratch.await.expect("a server");
    let store = scratch.store(&centre(), Retention::default()).await.expect("a store");
    let mut raw = raw(&scratch).await;
    let mut closed = step(1);
    closed.writes[0].place = Place::closed(closed.at);
    assert!(matches!(store.commit(closed).await, Ok(Outcome::Committed { .. })));
    set(&mut raw, "maxmemory", "1").await;
    let before = contents(&mut raw).await;
    let refused = store.commit(step(2)).await;
    assert!(matches!(refused, Err(StoreError::Unavailable { .. })), "nothing was applied: {refused:?}");
    assert_eq!(contents(&mut raw).await, before);
    assert!(store.get(&[key(1)]).await.expect("reads go on")[0].is_some());
    let forget = vec![Read { key: key(1), version: Version(1) }];
    assert_eq!(store.forget(forget).await.expect("an answer"), store::Forgotten::All);
    set(&mut raw, "maxmemory", "0").await;
    assert!(matches!(store.commit(step(2)).await, Ok(Outcome::Committed { .. })));
}

#[tokio::test]
async fn silence_is_unknown_and_three_times_gives_the_connection_up() {
    let (scratch, store) = started().await;
    signal(&scratch, Signal::STOP);
    let silent = futures::future::join_all((1..=3).map(|number| store.commit(step(number)))).await;
    for outcome in silent {
        assert!(
            matches!(outcome, Err(StoreError::Unknown { .. })),
            "a timeout is unknown, never failed: {outcome:?}"
        );
    }
    let began = std::time::Instant::now();
    let away = store.commit(step(4)).await;
    assert!(matches!(away, Err(StoreError::Unavailable { .. })), "the connection was given up: {away:?}");
    assert!(began.elapsed() < limits::LINK + limits::RESPONSE, "{:?}", began.elapsed());
    signal(&scratch, Signal::CONT);
    let back = eventually(async || store.tip().await.ok()).await;
    assert_eq!(back.expect("the link comes back").number, Version(3), "what was unknown had been applied");
    for number in 1..=3 {
        let again = store.commit(step(number)).await.expect("an answer");
        assert!(matches!(again, Outcome::Repeated { .. }), "the same operation id tells: {again:?}");
    }
    assert!(matches!(store.commit(step(4)).await, Ok(Outcome::Committed { .. })), "what was refused had not");
}

#[tokio::test]
async fn what_was_acknowledged_survives_the_death_of_redis_at_any_moment() {
    let (scratch, store) = started().await;
    let mut acknowledged = 0;
    for round in 0..4 {
        let writer = async {
            let mut done = Vec::new();
            for number in round * 1_000.. {
                match store.commit(step(number)).await {
                    Ok(Outcome::Committed { .. }) => done.push(number),
                    Ok(other) => panic!("{other:?}"),
                    Err(_) => break,
                }
                if done.len() == 20 + 10 * round {
                    scratch.private().kill();
                }
            }
            done
        };
        let done = writer.await;
        eventually(async || store.tip().await.ok())
            .await
            .expect("the server is started again and found again");
        let keys: Vec<_> = done.iter().map(|number| key(*number)).collect();
        let found = store.get(&keys).await.expect("an answer");
        assert!(found.iter().all(Option::is_some), "an acknowledged commit is gone");
        acknowledged += done.len();
    }
    let tip = store.tip().await.expect("an answer");
    let open = store.open().await.expect("an answer");
    assert!(tip.number.0 >= acknowledged as u64 && open.len() as u64 == tip.number.0, "whole or not at all");
    let follower = store.changes_after(tip, 1, Duration::ZERO).await.expect("readers find it again too");
    assert_eq!(follower, Changes::None);
}

#[tokio::test]
async fn a_waiting_reader_is_told_when_the_server_goes_and_finds_it_again() {
    let (mut scratch, store) = started().await;
    let tip = store.tip().await.expect("an answer");
    let waiting = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.changes_after(tip, 1, Duration::from_secs(10)).await }
    });
    let mut raw = raw(&scratch).await;
    eventually(async || {
        let info: String = cmd("INFO").arg("clients").query_async(&mut raw).await.expect("info");
        info.contains("blocked_clients:1").then_some(())
    })
    .await
    .expect("the reader waits");
    scratch.stop().await.expect("it stops");
    let told = waiting.await.expect("no panic");
    assert!(matches!(told, Err(StoreError::Unavailable { .. })), "{told:?}");
    scratch.run().await.expect("it starts");
    let found = eventually(async || store.changes_after(tip, 1, Duration::ZERO).await.ok()).await;
    assert_eq!(found, Some(Changes::None));
}

#[tokio::test]
async fn unsafe_settings_are_refused_by_name_unless_allowed() {
    let (scratch, _store) = started().await;
    let mut raw = raw(&scratch).await;
    let centre = centre();
    let connect = |settings| RedisStore::connect(scratch.address(), &centre, settings, Retention::default());
    let bad = [
        ("appendfsync", "everysec", "always"),
        ("maxmemory-policy", "allkeys-lru", "noeviction"),
        ("no-appendfsync-on-rewrite", "yes", "no"),
        ("appendonly", "no", "yes"),
    ];
    for (setting, unsafe_value, safe) in bad {
        set(&mut raw, setting, unsafe_value).await;
        let Err(StoreError::Refused(Refusal::Settings(why))) =
            connect(Settings::MustBeSafe).await.map(|_| ())
        else {
            panic!("{setting} {unsafe_value} was accepted");
        };
        assert!(why.contains(setting) && why.contains(unsafe_value) && why.contains(safe), "{why}");
        connect(Settings::MayBeUnsafe).await.expect("allowed");
        set(&mut raw, setting, safe).await;
    }
    connect(Settings::MustBeSafe).await.expect("safe again");
}

#[tokio::test]
async fn a_replica_is_refused_even_if_unsafe_is_allowed() {
    let (scratch, _store) = started().await;
    let mut raw = raw(&scratch).await;
    cmd("REPLICAOF").arg("127.0.0.1").arg(1).exec_async(&mut raw).await.expect("a replica of nobody");
    let refused =
        RedisStore::connect(scratch.address(), &centre(), Settings::MayBeUnsafe, Retention::default()).await;
    assert!(
        matches!(refused.map(|_| ()), Err(StoreError::Refused(Refusal::Settings(why))) if why.contains("role"))
    );
}

#[tokio::test]
async fn a_library_with_our_name_and_another_text_is_never_replaced() {
    let (scratch, _store) = started().await;
    let mut raw = raw(&scratch).await;
    for Library { name, text } in LIBRARIES {
        assert!(text.starts_with(&format!("#!lua name={name}\n")));
        let other =
            format!("#!lua name={name}\nredis.register_function('{name}_other', function() return 1 end)");
        cmd("FUNCTION").arg("LOAD").arg("REPLACE").arg(&other).exec_async(&mut raw).await.expect("replaced");
        let refused =
            RedisStore::connect(scratch.address(), &centre(), Settings::MustBeSafe, Retention::default())
                .await;
        assert!(
            matches!(refused.map(|_| ()), Err(StoreError::Refused(Refusal::Settings(why))) if why.contains(name))
        );
        cmd("FUNCTION").arg("FLUSH").exec_async(&mut raw).await.expect("flushed");
    }
    let connected = futures::future::join_all((0..4).map(|_| is_connected(&scratch))).await;
    assert_eq!(connected, [true; 4], "several may load it at once");
    let listed: Vec<Value> = cmd("FUNCTION").arg("LIST").query_async(&mut raw).await.expect("listed");
    assert_eq!(listed.len(), LIBRARIES.len());
}

async fn is_connected(scratch: &Scratch) -> bool {
    RedisStore::connect(scratch.address(), &centre(), Settings::MustBeSafe, Retention::default())
        .await
        .is_ok()
}

#[tokio::test]
async fn a_store_that_lost_its_functions_gets_them_back() {
    let (scratch, store) = started().await;
    let mut raw = raw(&scratch).await;
    cmd("FUNCTION").arg("FLUSH").exec_async(&mut raw).await.expect("flushed");
    let refused = store.commit(step(1)).await;
    assert!(matches!(refused, Err(StoreError::Unavailable { .. })), "nothing was applied: {refused:?}");
    let committed = eventually(async || store.commit(step(1)).await.ok()).await;
    assert_eq!(committed, Some(Outcome::committed(Version(1))));
}

#[tokio::test]
async fn a_store_put_back_to_an_older_copy_takes_nothing_from_those_who_saw_more() {
    let (mut scratch, store) = started().await;
    assert!(matches!(store.commit(step(1)).await, Ok(Outcome::Committed { .. })));
    let copy = scratch.copy().expect("a copy");
    assert!(matches!(store.commit(step(2)).await, Ok(Outcome::Committed { .. })));
    let seen = store.tip().await.expect("an answer");
    scratch.stop().await.expect("it stops");
    scratch.put_back(&copy).expect("put back");
    scratch.run().await.expect("it starts");
    let tip = eventually(async || store.tip().await.ok()).await.expect("it answers");
    assert_eq!(tip, Cursor { number: Version(1), ..seen });
    let late = Commit { seen: Some(seen), ..step(3) };
    assert_eq!(store.commit(late.clone()).await.expect("an answer"), Outcome::Behind { tip });
    let follower = store.changes_after(seen, 1, Duration::from_secs(9)).await.expect("an answer");
    assert_eq!(follower, Changes::Behind { tip });
    let new = Lineage::from_uuid(Uuid::from_u128(5));
    let begun = store.begin_lineage(tip.lineage, new).await.expect("an answer");
    assert_eq!(store.commit(late).await.expect("an answer"), Outcome::Behind { tip: begun });
    assert!(
        matches!(store.commit(step(2)).await, Ok(Outcome::Committed { .. })),
        "what was lost can be done again"
    );
}

#[tokio::test]
async fn an_emptied_store_takes_nothing_until_a_lineage_is_begun() {
    let (scratch, store) = started().await;
    let mut raw = raw(&scratch).await;
    cmd("FLUSHALL").exec_async(&mut raw).await.expect("emptied");
    assert_eq!(store.commit(step(1)).await.expect("an answer"), Outcome::Behind { tip: Cursor::NONE });
    assert_eq!(store.tip().await.expect("an answer"), Cursor::NONE);
    let new = Lineage::from_uuid(Uuid::from_u128(5));
    store.begin_lineage(Lineage::NONE, new).await.expect("an answer");
    assert_eq!(store.commit(step(1)).await.expect("an answer"), Outcome::committed(Version(1)));
}

#[tokio::test]
async fn nobody_there_is_said_at_once() {
    let directory = tempfile::tempdir().expect("a directory");
    let address = Address::unix(&directory.path().join("none.sock")).expect("an address");
    let refused = RedisStore::connect(address, &centre(), Settings::MustBeSafe, Retention::default()).await;
    assert!(matches!(refused.map(|_| ()), Err(StoreError::Unavailable { .. })));
}
