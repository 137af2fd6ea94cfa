//! What every store must do. Each test says it in its name.

mod listed;
pub(crate) mod restored;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use domain::{StationId, UnitId, Version};
use futures::future::join_all;
use store::{
    Changes, Cursor, Fingerprint, Lease, Lineage, Outcome, Place, PositionReport, Presence, Refusal,
    SharedStore, StoreError, Versioned, limits,
};
use uuid::Uuid;

pub(crate) use self::{listed::*, restored::*};
use crate::making::{Making as _, at, commit, committed, incident, operation, tip};

pub(crate) async fn a_commit_writes_everything_at_one_version(store: SharedStore) {
    let number = committed(&store, commit("one").creating(incident("a")).creating(incident("b"))).await;
    assert_eq!(number, Version(1));
    let found = store.get(&[incident("b"), incident("absent"), incident("a")]).await.expect("an answer");
    let record = |id: &str| Some(Versioned { version: number, state: format!("{{\"id\":\"{id}\"}}").into() });
    assert_eq!(found, [record("b"), None, record("a")]);
    let seen = tip(&store).await;
    assert_eq!(seen.number, number);
    let second =
        commit("two").seen(seen).writing(incident("a"), number, "{}", Place::NOWHERE).creating(incident("c"));
    assert_eq!(committed(&store, second).await, Version(2));
    let versions = store.get(&[incident("a"), incident("b"), incident("c")]).await.expect("an answer");
    let versions: Vec<_> = versions.into_iter().flatten().map(|record| record.version.0).collect();
    assert_eq!(versions, [2, 1, 2]);
}

pub(crate) async fn a_repeated_request_gets_its_first_answer_and_writes_nothing(store: SharedStore) {
    let first = commit("one").creating(incident("a"));
    let number = committed(&store, first.clone()).await;
    let mut again = first;
    again.answer = "another answer, decided later".into();
    again.writes.clear();
    let answer: Arc<str> = "{\"answer\":\"one\"}".into();
    let repeated = Outcome::Repeated { number, answer: Arc::clone(&answer) };
    assert_eq!(store.commit(again).await.expect("an answer"), repeated);
    assert_eq!(tip(&store).await.number, number);
    let known = store.remembered(operation("one")).await.expect("an answer").expect("it is remembered");
    assert_eq!((known.number, known.answer, known.fingerprint), (number, answer, Fingerprint::of(b"one")));
    assert_eq!(store.remembered(operation("never")).await.expect("an answer"), None);
}

pub(crate) async fn a_reused_request_id_with_other_content_is_told_so(store: SharedStore) {
    let number = committed(&store, commit("one").creating(incident("a"))).await;
    let mut other = commit("one").creating(incident("b"));
    other.fingerprint = Fingerprint::of(b"other");
    assert_eq!(store.commit(other).await.expect("an answer"), Outcome::OtherContent { number });
    assert_eq!(store.get(&[incident("b")]).await.expect("an answer"), [None]);
}

pub(crate) async fn a_read_or_a_write_that_has_moved_on_is_a_conflict_and_writes_nothing(store: SharedStore) {
    let old = committed(&store, commit("one").creating(incident("a"))).await;
    let seen = tip(&store).await;
    let current =
        committed(&store, commit("two").seen(seen).writing(incident("a"), old, "2", Place::OPEN)).await;
    let conflict = |id: &str, current| Outcome::Conflict { key: incident(id), current };
    let stale_read = commit("three").seen(seen).reading(incident("a"), old).creating(incident("b"));
    assert_eq!(store.commit(stale_read).await.expect("an answer"), conflict("a", current));
    let stale_write =
        commit("four").seen(seen).creating(incident("b")).writing(incident("a"), old, "4", Place::OPEN);
    assert_eq!(store.commit(stale_write).await.expect("an answer"), conflict("a", current));
    let exists = commit("five").creating(incident("b")).creating(incident("a"));
    assert_eq!(store.commit(exists).await.expect("an answer"), conflict("a", current));
    let absent = commit("six").seen(seen).reading(incident("c"), Version(1)).creating(incident("b"));
    assert_eq!(store.commit(absent).await.expect("an answer"), conflict("c", Version::ABSENT));
    assert_eq!(store.get(&[incident("b")]).await.expect("an answer"), [None]);
    assert_eq!(tip(&store).await.number, current);
    for name in ["three", "four", "five", "six"] {
        assert_eq!(
            store.remembered(operation(name)).await.expect("an answer"),
            None,
            "only commits are remembered"
        );
    }
}

pub(crate) async fn the_checks_run_in_their_order(store: SharedStore) {
    let number = committed(&store, commit("one").creating(incident("a"))).await;
    let seen = tip(&store).await;
    let ahead = Cursor { number: Version(9), ..seen };
    let known = commit("one").seen(ahead).reading(incident("a"), Version(7)).creating(incident("a"));
    let repeated = store.commit(known).await.expect("an answer");
    assert!(matches!(repeated, Outcome::Repeated { .. }), "known comes before behind: {repeated:?}");
    let behind = commit("two").seen(ahead).reading(incident("a"), Version(7));
    let outcome = store.commit(behind).await.expect("an answer");
    assert_eq!(outcome, Outcome::Behind { tip: seen }, "behind comes before conflict");
    let both = commit("three").seen(seen).writing(incident("a"), Version(8), "3", Place::OPEN);
    let both = both.reading(incident("b"), Version(7));
    let outcome = store.commit(both).await.expect("an answer");
    let first = Outcome::Conflict { key: incident("b"), current: Version::ABSENT };
    assert_eq!(outcome, first, "reads come before writes");
    assert_eq!(tip(&store).await.number, number);
}

pub(crate) async fn a_store_behind_or_of_another_lineage_takes_nothing(store: SharedStore) {
    committed(&store, commit("one").creating(incident("a"))).await;
    let before = tip(&store).await;
    let new = Lineage::from_uuid(Uuid::from_u128(77));
    let wrong = store.begin_lineage(new, Lineage::from_uuid(Uuid::from_u128(78))).await.expect("an answer");
    assert_eq!(wrong, before, "it begins nothing unless the lineage is the expected one");
    let after = Cursor { lineage: new, ..before };
    for _ in 0..2 {
        assert_eq!(
            store.begin_lineage(before.lineage, new).await.expect("an answer"),
            after,
            "repeating is harmless"
        );
    }
    let old = commit("two").seen(before).creating(incident("b"));
    assert_eq!(store.commit(old.clone()).await.expect("an answer"), Outcome::Behind { tip: after });
    let changes = store.changes_after(before, 10, Duration::ZERO).await.expect("an answer");
    assert_eq!(changes, Changes::Behind { tip: after });
    let ahead = Cursor { number: before.number.next(), ..after };
    let changes = store.changes_after(ahead, 10, Duration::ZERO).await.expect("an answer");
    assert_eq!(changes, Changes::Behind { tip: after });
    assert_eq!(committed(&store, old.seen(after)).await, Version(2), "the numbers go on");
    let refused = store.begin_lineage(new, Lineage::NONE).await;
    assert!(matches!(refused, Err(StoreError::Refused(Refusal::NoLineage))), "{refused:?}");
}

/// The suite's stores have begun, so this looks at what a lineage that is not theirs can do.
pub(crate) async fn a_store_without_a_lineage_takes_nothing(store: SharedStore) {
    let before = tip(&store).await;
    let nowhere = commit("one").seen(Cursor::NONE).creating(incident("a"));
    assert_eq!(store.commit(nowhere).await.expect("an answer"), Outcome::Behind { tip: before });
    let refused = store.commit(commit("two").writing(incident("a"), Version(1), "{}", Place::OPEN)).await;
    let is_told = matches!(refused, Err(StoreError::Refused(Refusal::VersionWithoutLineage { .. })));
    assert!(is_told, "a version says nothing without its lineage: {refused:?}");
    assert_eq!(tip(&store).await, before);
}

pub(crate) async fn limits_are_refused_with_nothing_written(store: SharedStore) {
    let many = (0..=limits::WRITES_MAX).map(|number| incident(&number.to_string()));
    let too_many = many.fold(commit("one"), |commit, key| commit.creating(key));
    let many = (0..=limits::READS_MAX).map(|number| incident(&number.to_string()));
    let too_many_reads = many.fold(commit("two"), |commit, key| commit.reading(key, Version::ABSENT));
    let long = "x".repeat(limits::COMMIT_BYTES_MAX + 1);
    let too_long = commit("three").writing(incident("a"), Version::ABSENT, &long, Place::OPEN);
    let twice = commit("four").creating(incident("a")).creating(incident("a"));
    let brace = commit("five").creating(incident("a}{b"));
    let no_id = commit("six").creating(incident(""));
    for refused in [too_many, too_many_reads, too_long, twice, brace, no_id] {
        let outcome = store.commit(refused).await;
        assert!(matches!(outcome, Err(StoreError::Refused(_))), "{outcome:?}");
    }
    assert_eq!(tip(&store).await.number, Version::ABSENT);
    let exact = (0..limits::WRITES_MAX).map(|number| incident(&number.to_string()));
    let exact = exact.fold(commit("seven"), |commit, key| commit.creating(key));
    let exact = (0..limits::READS_MAX)
        .fold(exact, |commit, n| commit.reading(incident(&format!("r{n}")), Version::ABSENT));
    assert_eq!(committed(&store, exact).await, Version(1), "the limits themselves are allowed");
    let free = limits::COMMIT_BYTES_MAX - commit("eight").bytes();
    let full = commit("eight").writing(incident("full"), Version::ABSENT, &"x".repeat(free), Place::OPEN);
    assert_eq!(committed(&store, full).await, Version(2));
}

pub(crate) async fn changes_come_in_order_whole_and_after_the_cursor(store: SharedStore) {
    let start = tip(&store).await;
    for number in 1..=5 {
        let key = incident(&number.to_string());
        let mut step =
            commit(&number.to_string()).writing(key, Version::ABSENT, "{}", Place::closed(at(number)));
        step.at = at(number);
        committed(&store, step.creating(incident(&format!("also-{number}")))).await;
    }
    let some = |changes| {
        let Changes::Some(changes) = changes else { panic!("not changes but {changes:?}") };
        changes
    };
    let all = some(store.changes_after(start, 100, Duration::ZERO).await.expect("an answer"));
    assert_eq!(all.iter().map(|change| change.number.0).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    let third = &all[2];
    assert_eq!((third.operation, third.fingerprint), (operation("3"), Fingerprint::of(b"3")));
    assert_eq!(
        (&*third.answer, &*third.actor, &*third.cause),
        ("{\"answer\":\"3\"}", "operator-1", "take_call")
    );
    assert_eq!(third.at, at(3));
    let records: Vec<_> = third.records.iter().map(|record| (record.key.clone(), record.place)).collect();
    assert_eq!(records, [(incident("3"), Place::closed(at(3))), (incident("also-3"), Place::OPEN)]);
    assert_eq!(&*third.records[1].state, "{\"id\":\"also-3\"}");
    let after = |number| Cursor { number: Version(number), ..start };
    let two = some(store.changes_after(after(1), 2, Duration::ZERO).await.expect("an answer"));
    assert_eq!(two, all[1..3]);
    assert_eq!(store.changes_after(after(5), 2, Duration::ZERO).await.expect("an answer"), Changes::None);
}

pub(crate) async fn a_reader_waits_for_a_change_and_only_so_long(store: SharedStore) {
    let start = tip(&store).await;
    let short = Duration::from_millis(20);
    assert_eq!(store.changes_after(start, 10, short).await.expect("an answer"), Changes::None);
    let write = async { committed(&store, commit("one").creating(incident("a"))).await };
    let (changes, number) = futures::join!(store.changes_after(start, 10, limits::CHANGES_WAIT_MAX), write);
    let Changes::Some(changes) = changes.expect("an answer") else { panic!("the reader was not woken") };
    assert_eq!(changes.iter().map(|change| change.number).collect::<Vec<_>>(), [number]);
}

pub(crate) async fn a_dropped_wait_disturbs_nobody(store: SharedStore) {
    let start = tip(&store).await;
    for _ in 0..3 {
        let waiting = store.changes_after(start, 10, Duration::from_secs(10));
        let dropped = tokio::time::timeout(Duration::from_millis(20), waiting).await;
        assert!(dropped.is_err(), "there was nothing to answer");
    }
    committed(&store, commit("one").creating(incident("a"))).await;
    let changes = store.changes_after(start, 10, Duration::from_secs(10)).await.expect("an answer");
    assert!(matches!(changes, Changes::Some(_)), "{changes:?}");
}

pub(crate) async fn positions_keep_what_was_measured_last(store: SharedStore) {
    let report = |unit: &str, measured, received, latitude| PositionReport {
        unit: UnitId::new(unit).expect("a slug"),
        measured_at: at(measured),
        received_at: at(received),
        latitude,
        longitude: 74.6,
        accuracy_m: None,
    };
    assert_eq!(store.positions(Vec::new()).await.expect("an answer"), []);
    let first = vec![report("p-2", 10, 11, 42.1), report("p-1", 10, 11, 42.2)];
    let known = store.positions(first.clone()).await.expect("an answer");
    assert_eq!(known, [first[1].clone(), first[0].clone()]);
    let late = report("p-1", 9, 20, 42.3);
    assert_eq!(store.positions(vec![late]).await.expect("an answer"), known, "measured earlier, heard later");
    let ahead = store.positions(vec![report("p-1", 500, 21, 42.4)]).await.expect("an answer");
    assert_eq!(ahead[0].measured_at, at(21), "a clock that is ahead measured when it was heard");
    let next = report("p-1", 22, 22, 42.5);
    assert_eq!(
        store.positions(vec![next.clone()]).await.expect("an answer")[0],
        next,
        "and does not win for ever"
    );
    for bad in [f64::NAN, 91.0, f64::INFINITY] {
        let refused = store.positions(vec![report("p-1", 30, 30, bad)]).await;
        assert!(matches!(refused, Err(StoreError::Refused(Refusal::Position { .. }))), "{refused:?}");
    }
}

pub(crate) async fn a_desk_is_heard_when_the_store_says(store: SharedStore) {
    let named = |name: &str| StationId::new(name).expect("a slug");
    let (west, east) = (named("west"), named("east"));
    let stations = |presence: &Presence| -> Vec<StationId> {
        presence.desks.iter().map(|desk| desk.station.clone()).collect()
    };
    let start = tip(&store).await;
    assert_eq!(store.presence(Vec::new()).await.expect("an answer").desks, []);
    let first = store.presence(vec![west.clone()]).await.expect("an answer");
    assert_eq!((stations(&first), first.desks[0].heard_at), (vec![west.clone()], first.at));
    let both = store.presence(vec![west.clone(), east.clone(), west.clone()]).await.expect("an answer");
    assert_eq!(stations(&both), [east.clone(), west.clone()], "by station, each once");
    assert!(both.desks.iter().all(|desk| desk.heard_at == both.at) && first.at <= both.at, "{both:?}");
    // another node asks until the store's time has moved on, and tells of nobody
    let later = redis_store::scratch::eventually(async || {
        let asked = store.presence(Vec::new()).await.expect("an answer");
        (asked.at > both.at).then_some(asked)
    });
    let later = later.await.expect("a store's time goes on");
    assert_eq!(later.desks, both.desks, "who is not told of was last heard when they were");
    let again = store.presence(vec![east.clone()]).await.expect("an answer");
    assert_eq!(again.desks[1], both.desks[1]);
    assert!(again.desks[0].heard_at >= later.at, "and now one of them is heard again: {again:?}");
    let crowd = vec![west; limits::DESKS_HEARD_MAX + 1];
    assert!(matches!(store.presence(crowd).await, Err(StoreError::Refused(_))));
    assert_eq!(tip(&store).await, start, "being there is not a change");
}

pub(crate) async fn the_lease_has_one_holder_until_it_ends(store: SharedStore) {
    let long = Duration::from_secs(60);
    assert_eq!(store.lease("a", long).await.expect("an answer"), Lease::Held);
    let held_by = store.lease("b", long).await.expect("an answer");
    let Lease::HeldBy { holder, remaining } = held_by else { panic!("two hold it") };
    assert!(
        holder == "a" && remaining <= long && remaining > Duration::from_secs(30),
        "{holder} {remaining:?}"
    );
    store.release("b").await.expect("an answer");
    let short = Duration::from_millis(30);
    assert_eq!(
        store.lease("a", short).await.expect("an answer"),
        Lease::Held,
        "it is renewed, and may be shortened"
    );
    let taken = redis_store::scratch::eventually(async || {
        (store.lease("b", long).await.expect("an answer") == Lease::Held).then_some(())
    });
    taken.await.expect("the lease ends by itself");
    store.release("b").await.expect("an answer");
    assert_eq!(store.lease("a", long).await.expect("an answer"), Lease::Held);
    assert!(matches!(store.lease("", long).await, Err(StoreError::Refused(_))));
    let (earlier, later) = (store.time().await.expect("a time"), store.time().await.expect("a time"));
    assert!(earlier <= later);
}

pub(crate) async fn texts_of_every_kind_come_back_unchanged(store: SharedStore) {
    let texts =
        ["", " ", "пожар, ысык", "\0\r\n$5\r\n*1\r\n", "\u{202e}\u{1b}[31m{}:;", "1 2 3 -", "😀\u{301}"];
    for (number, text) in texts.into_iter().enumerate() {
        let start = tip(&store).await;
        let mut step = commit(&number.to_string());
        step.answer = text.into();
        (step.actor, step.cause) = (text.to_owned(), text.to_owned());
        let key = incident(&number.to_string());
        let step = step.writing(key.clone(), Version::ABSENT, text, Place::OPEN);
        let number_of_change = committed(&store, step.clone()).await;
        let found = store.get(&[key]).await.expect("an answer").remove(0).expect("it is there");
        assert_eq!(&*found.state, text);
        let repeated = store.commit(step).await.expect("an answer");
        assert_eq!(repeated, Outcome::Repeated { number: number_of_change, answer: text.into() });
        let changes = store.changes_after(start, 1, Duration::ZERO).await.expect("an answer");
        let Changes::Some(changes) = changes else { panic!("{changes:?}") };
        let change = &changes[0];
        assert_eq!([&*change.answer, &change.actor, &change.cause, &*change.records[0].state], [text; 4]);
    }
}

pub(crate) async fn racing_commits_lose_nothing_and_double_nothing(store: SharedStore) {
    let start = tip(&store).await;
    let racers = (0..60).map(|racer| {
        let commit = commit(&racer.to_string()).creating(incident(&(racer / 3).to_string()));
        store.commit(commit)
    });
    let outcomes: Vec<_> =
        join_all(racers).await.into_iter().map(|outcome| outcome.expect("an answer")).collect();
    let won: BTreeSet<_> = outcomes
        .iter()
        .filter_map(
            |outcome| if let Outcome::Committed { number, .. } = outcome { Some(number.0) } else { None },
        )
        .collect();
    assert_eq!(won, (1..=20).collect(), "each record is created once, and the numbers are dense");
    let lost = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Conflict { .. })).count();
    assert_eq!(lost, 40);
    let changes = store.changes_after(start, 100, Duration::ZERO).await.expect("an answer");
    assert!(matches!(changes, Changes::Some(changes) if changes.len() == 20));
}

pub(crate) async fn more_records_than_one_read_takes_are_all_read(store: SharedStore) {
    let many: Vec<_> = (0..=limits::GET_KEYS_MAX).map(|number| incident(&number.to_string())).collect();
    for (number, some) in many.chunks(limits::WRITES_MAX).enumerate() {
        let step = some.iter().cloned().fold(commit(&number.to_string()), |commit, key| commit.creating(key));
        committed(&store, step).await;
    }
    let found = store.get(&many).await.expect("an answer");
    assert_eq!(found.iter().flatten().count(), many.len());
    assert_eq!(store.get(&[]).await.expect("an answer"), []);
}

pub(crate) async fn what_is_old_goes_a_few_at_a_time(store: SharedStore) {
    let start = tip(&store).await;
    let aged = limits::STREAM_AGED_PER_COMMIT_MAX as u64;
    let forgotten = limits::FORGOTTEN_PER_COMMIT_MAX;
    let old = aged + 4;
    for number in 1..=old {
        committed(&store, commit(&number.to_string())).await;
    }
    let later = at(i64::try_from(limits::REMEMBERED_FOR.as_secs()).expect("two days") + 1);
    for (step, first) in [(1, aged + 1), (2, old + 1)] {
        let mut next = commit(&format!("later-{step}"));
        next.at = later;
        committed(&store, next).await;
        let trimmed = store.changes_after(start, 1, Duration::ZERO).await.expect("an answer");
        assert_eq!(trimmed, Changes::Trimmed { first: Version(first) }, "after {step}");
        for (number, is_known) in [(step * forgotten, false), (step * forgotten + 1, true)] {
            let known = store.remembered(operation(&number.to_string())).await.expect("an answer");
            assert_eq!(known.is_some(), is_known, "operation {number} after {step}");
        }
    }
}
