//! What every store does that gets back what it lost.
//!
//! A store that the same first commits were made in is an older copy of another: nothing in a store depends on anything
//! but its commits.

use std::{sync::Arc, time::Duration};

use domain::{RecordKey, Version};
use redis_store::scratch::eventually;
use store::{
    Change, ChangedRecord, Changes, Commit, Cursor, Ended, Ending, Fingerprint, Lineage, Offer, Outcome,
    Place, Progress, PutBack, QueueScore, Refusal, Restoring, Retention, SharedStore, StoreError, fitting,
    limits,
};
use uuid::Uuid;

use crate::{
    making::{Making as _, at, commit, committed, incident, operation, tip},
    picture::picture,
    shelf::Shelf,
};

/// The lineage of the histories here, another one, and a new one.
const LINEAGE: Lineage = Lineage::from_uuid(Uuid::from_u128(11));
const OTHER: Lineage = Lineage::from_uuid(Uuid::from_u128(12));
const NEW: Lineage = Lineage::from_uuid(Uuid::from_u128(13));

/// Longer than any history here.
const LONGEST: u64 = 9;

/// The records and the operations of the histories here.
pub(crate) fn named() -> (Vec<RecordKey>, Vec<String>) {
    let numbers = || (1..=LONGEST).map(|number| number.to_string());
    (numbers().chain(["shared".to_owned()]).map(|id| incident(&id)).collect(), numbers().collect())
}

/// The change of this number in every history here: it makes a record, moves one that all changes write, and ends
/// one that was made before.
fn step(number: u64) -> Commit {
    let time = at(i64::try_from(number).expect("small"));
    let place = match number % 3 {
        0 => Place::OPEN,
        1 => Place::queued(QueueScore::new(1, time)),
        _ => Place::queued(QueueScore::new(2, time)),
    };
    let state = format!("{{\"by\":{number}}}");
    let seen = Cursor { lineage: LINEAGE, number: Version(number - 1) };
    let mut step = commit(&number.to_string())
        .seen(seen)
        .writing(incident(&number.to_string()), Version::ABSENT, &state, place)
        .writing(incident("shared"), Version(number - 1), &state, place);
    if let Some(ended) = number.checked_sub(2).filter(|ended| *ended > 0) {
        step = step.writing(incident(&ended.to_string()), Version(ended), &state, Place::closed(time));
    }
    step.at = time;
    step
}

fn cursor(number: u64) -> Cursor {
    Cursor { lineage: LINEAGE, number: Version(number) }
}

/// A store with this many changes.
async fn grown(shelf: &mut Shelf, to: u64) -> SharedStore {
    let store = shelf.begun(LINEAGE).await;
    for number in 1..=to {
        assert_eq!(committed(&store, step(number)).await, Version(number));
    }
    store
}

/// What a node's journal holds of a store.
async fn journal(store: &SharedStore) -> Vec<Change> {
    let changes = store.changes_after(cursor(0), 99, Duration::ZERO).await.expect("an answer");
    let Changes::Some(changes) = changes else { panic!("{changes:?}") };
    changes
}

fn offer(node: &str, first: u64, last: u64) -> Offer {
    let operation = operation(&last.to_string());
    Offer { node: node.to_owned(), lineage: LINEAGE, first: Version(first), last: Version(last), operation }
}

async fn offered(store: &SharedStore, offer: Offer) -> Progress {
    let restoring = store.offer(offer).await.expect("an answer");
    let Restoring::UnderWay(progress) = restoring else { panic!("nothing is restored: {restoring:?}") };
    progress
}

/// Puts back what of these changes is after `from`, to `to`.
async fn put_back(store: &SharedStore, changes: &[Change], from: u64, to: u64) {
    let some = changes.iter().filter(|change| from < change.number.0 && change.number.0 <= to);
    let after = changes.iter().find(|change| change.number.0 == from).map(|change| change.operation);
    let done = store.put_back(LINEAGE, after, some.cloned().collect()).await.expect("an answer");
    assert_eq!(done, PutBack::Done { number: Version(to) });
}

async fn ended(store: &SharedStore, ending: Ending) -> Ended {
    store.end_restore(LINEAGE, ending, Duration::ZERO).await.expect("an answer")
}

async fn not_yet(store: &SharedStore, ending: Ending) -> Progress {
    let ended = ended(store, ending).await;
    let Ended::NotYet(progress) = ended else { panic!("it ended: {ended:?}") };
    progress
}

/// A progress without its times.
fn timeless(progress: &Progress) -> Progress {
    Progress { at: at(0), begun_at: at(0), ..progress.clone() }
}

fn progress(number: u64, lost_up_to: u64, offers: Vec<Offer>) -> Progress {
    Progress {
        lineage: LINEAGE,
        number: Version(number),
        lost_up_to: Version(lost_up_to),
        forked: false,
        at: at(0),
        begun_at: at(0),
        offers,
    }
}

pub(crate) async fn nothing_commits_while_a_store_is_restored(mut shelf: Shelf) {
    let older = grown(&mut shelf, 3).await;
    let before = picture(&older).await;
    assert_eq!(older.restoring().await.expect("an answer"), None);
    let begun = offered(&older, offer("a", 1, 5)).await;
    assert_eq!(timeless(&begun), progress(3, 0, vec![offer("a", 1, 5)]));
    assert!(begun.is_reachable() && !begun.is_whole() && begun.begun_at == begun.at);
    assert!(begun.at <= older.time().await.expect("a time"));
    let nowhere = Cursor { lineage: Lineage::NONE, number: Version(3) };
    assert_eq!(tip(&older).await, nowhere);
    for seen in [None, Some(cursor(3)), Some(cursor(5)), Some(nowhere)] {
        let mut late = commit("late").creating(incident("late"));
        late.seen = seen;
        let outcome = older.commit(late).await.expect("an answer");
        assert_eq!(outcome, Outcome::Behind { tip: nowhere }, "seen {seen:?}");
    }
    for after in [cursor(2), cursor(3), cursor(5), nowhere, Cursor { number: Version(1), ..nowhere }] {
        let changes = older.changes_after(after, 9, Duration::ZERO).await.expect("an answer");
        assert_eq!(changes, Changes::Behind { tip: nowhere }, "after {after}");
    }
    for expected in [Lineage::NONE, LINEAGE] {
        assert_eq!(older.begin_lineage(expected, NEW).await.expect("an answer"), nowhere);
    }
    let repeated = older.commit(step(2)).await.expect("an answer");
    assert!(matches!(repeated, Outcome::Repeated { number: Version(2), .. }), "{repeated:?}");
    let now = picture(&older).await;
    assert_eq!((now.records, now.open, now.queue), (before.records, before.open, before.queue));
    assert_eq!((now.closed, now.remembered), (before.closed, before.remembered));
    let found = older.restoring().await.expect("an answer").expect("it is being restored");
    assert_eq!((timeless(&found), found.begun_at), (timeless(&begun), begun.begun_at));
}

pub(crate) async fn what_was_lost_comes_back_and_every_cursor_goes_on(mut shelf: Shelf) {
    for (from, steps) in [(3, vec![7]), (3, vec![4, 7]), (0, vec![1, 2, 6, 7]), (6, vec![7])] {
        let never_lost = grown(&mut shelf, 7).await;
        let changes = journal(&never_lost).await;
        let older = grown(&mut shelf, from).await;
        offered(&older, offer("a", 1, 7)).await;
        let mut number = from;
        for to in steps {
            for ending in [Ending::Whole, Ending::Under { new: NEW }] {
                let progress_now = timeless(&not_yet(&older, ending).await);
                assert_eq!(progress_now, progress(number, 0, vec![offer("a", 1, 7)]));
            }
            put_back(&older, &changes, number, to).await;
            number = to;
        }
        let whole = not_yet(&older, Ending::Under { new: NEW }).await;
        assert!(whole.is_whole() && !whole.is_reachable(), "a whole store needs no new lineage: {whole:?}");
        assert_eq!(ended(&older, Ending::Whole).await, Ended::Over { tip: cursor(7) });
        assert_eq!(older.restoring().await.expect("an answer"), None);
        assert_eq!(picture(&older).await, picture(&never_lost).await);
        let again = older.commit(step(7)).await.expect("an answer");
        let answer: Arc<str> = "{\"answer\":\"7\"}".into();
        assert_eq!(again, Outcome::Repeated { number: Version(7), answer });
        // a watcher had seen this far before anything was lost
        let seen = cursor(7);
        assert_eq!(older.changes_after(seen, 9, Duration::ZERO).await.expect("an answer"), Changes::None);
        for store in [&older, &never_lost] {
            assert_eq!(committed(store, step(8)).await, Version(8));
        }
        let next = older.changes_after(seen, 9, Duration::ZERO).await.expect("an answer");
        assert_eq!(next, never_lost.changes_after(seen, 9, Duration::ZERO).await.expect("an answer"));
        assert_eq!(picture(&older).await, picture(&never_lost).await);
    }
}

pub(crate) async fn an_offer_is_answered_by_what_the_store_is(mut shelf: Shelf) {
    let older = grown(&mut shelf, 3).await;
    let before = picture(&older).await;
    for last in 1..=3 {
        let whole = older.offer(offer("a", 1, last)).await.expect("an answer");
        assert_eq!(whole, Restoring::Whole { tip: cursor(3) });
    }
    let of_other = |last| Offer { lineage: OTHER, ..offer("a", 1, last) };
    for last in [2, 3, 9] {
        let other = older.offer(of_other(last)).await.expect("an answer");
        assert_eq!(other, Restoring::Other { tip: cursor(3), restoring: None });
    }
    let long = "a".repeat(limits::HOLDER_BYTES_MAX + 1);
    let of_none = Offer { lineage: Lineage::NONE, ..offer("a", 1, 9) };
    for bad in [offer("", 1, 9), offer("a", 0, 9), offer("a", 9, 8), offer(&long, 1, 9), of_none] {
        let refused = older.offer(bad).await;
        assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
    }
    assert_eq!(picture(&older).await, before, "nothing was written");

    offered(&older, offer("b", 5, 6)).await;
    let nowhere = Cursor { lineage: Lineage::NONE, number: Version(3) };
    let other = older.offer(of_other(9)).await.expect("an answer");
    assert_eq!(other, Restoring::Other { tip: nowhere, restoring: Some(LINEAGE) });
    // one that has nothing the store lacks is noted too, and the last of each node counts
    offered(&older, offer("a", 1, 2)).await;
    let two = offered(&older, offer("b", 5, 7)).await;
    assert_eq!(timeless(&two), progress(3, 0, vec![offer("a", 1, 2), offer("b", 5, 7)]));
    assert!(!two.is_reachable() && !two.is_whole() && two.wanted() == Version(7), "{two:?}");
    for node in 2..limits::OFFERING_NODES_MAX {
        offered(&older, offer(&format!("node {node}"), 4, 5)).await;
    }
    let crowded = older.offer(offer("c", 4, 5)).await;
    let told = Refusal::Limit { what: "nodes that offer changes", found: 65, limit: 64 };
    assert!(matches!(&crowded, Err(StoreError::Refused(refusal)) if *refusal == told), "{crowded:?}");
    let all = offered(&older, offer("a", 1, 3)).await;
    assert_eq!(all.offers.len(), limits::OFFERING_NODES_MAX, "who offered before may renew it");

    let begun = shelf.begun(OTHER).await;
    let beginning = tip(&begun).await;
    let other = begun.offer(offer("a", 1, 2)).await.expect("an answer");
    assert_eq!(other, Restoring::Other { tip: beginning, restoring: None });
    let empty = shelf.empty(Retention::default()).await;
    let first = offered(&empty, offer("a", 4, 6)).await;
    assert_eq!(timeless(&first), progress(0, 0, vec![offer("a", 4, 6)]));
    assert!(first.is_reachable() && first.first() == Some(Version(4)), "{first:?}");
    assert_eq!(tip(&empty).await, Cursor::NONE);
    let outcome = empty.commit(step(1)).await.expect("an answer");
    assert_eq!(outcome, Outcome::Behind { tip: Cursor::NONE });
    assert_eq!(empty.begin_lineage(Lineage::NONE, NEW).await.expect("an answer"), Cursor::NONE);
}

pub(crate) async fn what_is_put_back_follows_on_or_writes_nothing(mut shelf: Shelf) {
    let changes = journal(&grown(&mut shelf, 7).await).await;
    let older = grown(&mut shelf, 3).await;
    let put = async |lineage, changes: &[Change]| {
        older.put_back(lineage, None, changes.to_vec()).await.expect("an answer")
    };
    let not_restoring = PutBack::NotRestoring { tip: cursor(3) };
    assert_eq!(put(LINEAGE, &changes[3..]).await, not_restoring, "nobody has offered anything");
    offered(&older, offer("a", 1, 7)).await;
    let before = picture(&older).await;
    let nowhere = PutBack::NotRestoring { tip: before.tip };
    assert_eq!(put(OTHER, &changes[3..]).await, nowhere);
    let here = PutBack::Elsewhere { number: Version(3) };
    assert_eq!(put(LINEAGE, &changes[4..]).await, here, "there is a gap");
    assert_eq!(put(LINEAGE, &changes[2..]).await, here, "the store has the first of them");
    assert_eq!(put(LINEAGE, &[]).await, PutBack::Done { number: Version(3) });
    let mut gap = changes[3..].to_vec();
    gap.remove(1);
    let mut brace = changes[3..].to_vec();
    brace[1].records[0].key = incident("a}{b");
    let mut wide = changes[3..4].to_vec();
    let record = wide[0].records[0].clone();
    wide[0].records.resize(limits::WRITES_MAX + 1, record);
    let mut many = Vec::new();
    many.resize_with(limits::PUT_BACK_CHANGES_MAX + 1, || changes[3].clone());
    for (number, change) in (4..).zip(&mut many) {
        change.number = Version(number);
    }
    let mut long = changes[3..].to_vec();
    long[0].answer = "x".repeat(usize::try_from(limits::PUT_BACK_BYTES_MAX).expect("small")).into();
    for bad in [gap, brace, wide, many, long] {
        let refused = older.put_back(LINEAGE, None, bad).await;
        assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
    }
    assert_eq!(picture(&older).await, before, "nothing was written");
    put_back(&older, &changes, 3, 5).await;
    let further = PutBack::Elsewhere { number: Version(5) };
    assert_eq!(put(LINEAGE, &changes[3..5]).await, further, "another node was faster, or a reply was lost");
    put_back(&older, &changes, 5, 7).await;
    assert_eq!(ended(&older, Ending::Whole).await, Ended::Over { tip: cursor(7) });
    assert_eq!(put(LINEAGE, &changes[6..]).await, PutBack::NotRestoring { tip: cursor(7) });
}

pub(crate) async fn nodes_with_different_ends_restore_a_store_together(mut shelf: Shelf) {
    let never_lost = grown(&mut shelf, 7).await;
    let changes = journal(&never_lost).await;
    let older = grown(&mut shelf, 2).await;
    let alone = offered(&older, offer("a", 1, 4)).await;
    assert!(alone.wanted() == Version(4) && alone.is_reachable(), "{alone:?}");
    let both = offered(&older, offer("b", 5, 7)).await;
    assert!(both.wanted() == Version(7) && both.is_reachable(), "{both:?}");
    put_back(&older, &changes, 2, 4).await;
    let middle = not_yet(&older, Ending::Whole).await;
    assert!(middle.is_reachable() && !middle.is_whole(), "the other node can go on: {middle:?}");
    put_back(&older, &changes, 4, 7).await;
    assert_eq!(ended(&older, Ending::Whole).await, Ended::Over { tip: cursor(7) });
    assert_eq!(picture(&older).await, picture(&never_lost).await);
}

pub(crate) async fn a_gap_that_nobody_can_fill_ends_under_a_new_lineage(mut shelf: Shelf) {
    let changes = journal(&grown(&mut shelf, 7).await).await;
    let older = grown(&mut shelf, 2).await;
    offered(&older, offer("a", 1, 4)).await;
    offered(&older, offer("b", 6, 7)).await;
    let reachable = not_yet(&older, Ending::Under { new: NEW }).await;
    assert!(reachable.is_reachable(), "not before everything that can be is put back: {reachable:?}");
    put_back(&older, &changes, 2, 4).await;
    let gap = not_yet(&older, Ending::Whole).await;
    assert!(!gap.is_reachable() && !gap.is_whole(), "{gap:?}");
    let end = Cursor { lineage: NEW, number: Version(4) };
    let refused = older.end_restore(LINEAGE, Ending::Under { new: Lineage::NONE }, Duration::ZERO).await;
    assert!(matches!(refused, Err(StoreError::Refused(Refusal::NoLineage))), "{refused:?}");
    let refused = older.end_restore(LINEAGE, Ending::Under { new: LINEAGE }, Duration::ZERO).await;
    assert!(matches!(refused, Err(StoreError::Refused(Refusal::SameLineage))), "{refused:?}");
    let of_other = older.end_restore(OTHER, Ending::Under { new: NEW }, Duration::ZERO).await;
    let nowhere = Cursor { lineage: Lineage::NONE, number: Version(4) };
    assert_eq!(of_other.expect("an answer"), Ended::Over { tip: nowhere }, "that one is not being restored");
    assert_eq!(ended(&older, Ending::Under { new: NEW }).await, Ended::Over { tip: end });
    for ending in [Ending::Whole, Ending::Under { new: OTHER }, Ending::Under { new: NEW }] {
        assert_eq!(ended(&older, ending).await, Ended::Over { tip: end }, "repeating is harmless");
    }
    let other = older.offer(offer("a", 1, 4)).await.expect("an answer");
    assert_eq!(other, Restoring::Other { tip: end, restoring: None });
    let old = older.commit(step(5)).await.expect("an answer");
    assert_eq!(old, Outcome::Behind { tip: end });
    let next = commit("next").seen(end).writing(incident("shared"), Version(4), "{}", Place::OPEN);
    assert_eq!(committed(&older, next).await, Version(5));
}

/// A store that went back to its third change and took something else as its fourth before anybody noticed.
async fn strayed(shelf: &mut Shelf) -> SharedStore {
    let older = grown(shelf, 3).await;
    assert_eq!(committed(&older, commit("stray").creating(incident("stray"))).await, Version(4));
    older
}

pub(crate) async fn nothing_is_put_back_on_top_of_another_history(mut shelf: Shelf) {
    let changes = journal(&grown(&mut shelf, 7).await).await;
    let end = Cursor { lineage: NEW, number: Version(4) };

    let as_far = strayed(&mut shelf).await;
    let before = picture(&as_far).await;
    for _ in 0..2 {
        let told = as_far.offer(offer("a", 1, 4)).await.expect("an answer");
        assert_eq!(told, Restoring::Forked { tip: cursor(4) });
    }
    assert_eq!(picture(&as_far).await, before, "nothing was written");
    assert_eq!(as_far.begin_lineage(LINEAGE, NEW).await.expect("an answer"), end);

    let by_changes = strayed(&mut shelf).await;
    assert!(!offered(&by_changes, offer("a", 1, 7)).await.forked, "nobody has compared anything");
    let before = picture(&by_changes).await;
    for after in [Some(operation("4")), Some(operation("stray")), None] {
        let told = by_changes.put_back(LINEAGE, after, changes[4..].to_vec()).await.expect("an answer");
        assert_eq!(told, PutBack::Forked { number: Version(4) }, "once it was noticed it stays so");
    }
    assert_eq!(picture(&by_changes).await, before, "nothing was put back");

    let by_offer = strayed(&mut shelf).await;
    offered(&by_offer, offer("a", 1, 7)).await;
    assert!(offered(&by_offer, offer("b", 2, 4)).await.forked, "that node has another fourth change");

    for forked in [by_changes, by_offer] {
        let found = not_yet(&forked, Ending::Whole).await;
        assert!(found.forked && !found.is_whole() && !found.is_reachable(), "{found:?}");
        assert_eq!(ended(&forked, Ending::Under { new: NEW }).await, Ended::Over { tip: end });
        assert_eq!(forked.get(&[incident("stray")]).await.expect("an answer").iter().flatten().count(), 1);
    }
}

pub(crate) async fn a_node_that_died_keeps_nobody_waiting(mut shelf: Shelf) {
    let changes = journal(&grown(&mut shelf, 7).await).await;
    let brief = Retention { offer_fresh_for: Duration::from_millis(20), ..Retention::default() };
    let emptied = shelf.empty(brief).await;
    offered(&emptied, offer("dead", 1, 9)).await;
    let alone = eventually(async || {
        let progress = offered(&emptied, offer("a", 1, 7)).await;
        (progress.offers == [offer("a", 1, 7)]).then_some(progress)
    });
    let alone = alone.await.expect("an offer ends by itself");
    assert_eq!(alone.wanted(), Version(7));
    put_back(&emptied, &changes, 0, 7).await;
    let unheard = eventually(async || {
        let found = emptied.restoring().await.expect("an answer").expect("it is being restored");
        found.offers.is_empty().then_some(found)
    });
    let unheard = unheard.await.expect("that one ends by itself too");
    assert!(!unheard.is_whole() && !unheard.is_reachable(), "nobody is there to tell: {unheard:?}");
    let told = not_yet(&emptied, Ending::Whole).await;
    assert_eq!(timeless(&told), progress(7, 0, Vec::new()));
    let over = eventually(async || {
        offered(&emptied, offer("a", 1, 7)).await;
        matches!(ended(&emptied, Ending::Whole).await, Ended::Over { .. }).then_some(())
    });
    over.await.expect("with an offer that counts it ends");
    assert_eq!(tip(&emptied).await, cursor(7));
}

pub(crate) async fn a_restore_that_nobody_renews_can_be_given_up_or_begins_anew(mut shelf: Shelf) {
    let brief = Retention { offer_fresh_for: Duration::from_millis(1), ..Retention::default() };
    let store = shelf.empty(brief).await;
    let first = offered(&store, offer("a", 3, 7)).await;
    let anew = eventually(async || {
        let again = offered(&store, offer("b", 3, 7)).await;
        (again.begun_at > first.begun_at).then_some(again)
    });
    let anew = anew.await.expect("the grace of the others begins anew");
    assert_eq!(anew.offers, [offer("b", 3, 7)]);
    let given_up = eventually(async || match ended(&store, Ending::Under { new: NEW }).await {
        Ended::Over { tip } => Some(tip),
        Ended::NotYet(_) => None,
    });
    let end = Cursor { lineage: NEW, number: Version::ABSENT };
    assert_eq!(given_up.await, Some(end), "also by a node that has nothing to offer");
    assert_eq!(committed(&store, commit("first").creating(incident("1"))).await, Version(1));
}

pub(crate) async fn an_emptied_store_begins_where_the_journals_do(mut shelf: Shelf) {
    let never_lost = grown(&mut shelf, 7).await;
    let changes = journal(&never_lost).await;
    let whole = shelf.empty(Retention::default()).await;
    offered(&whole, offer("a", 1, 7)).await;
    put_back(&whole, &changes, 0, 7).await;
    assert_eq!(ended(&whole, Ending::Whole).await, Ended::Over { tip: cursor(7) });
    assert_eq!(picture(&whole).await, picture(&never_lost).await);

    let late = shelf.empty(Retention::default()).await;
    offered(&late, offer("b", 6, 7)).await;
    let begun = offered(&late, offer("a", 4, 6)).await;
    assert_eq!((begun.first(), begun.lost_up_to), (Some(Version(4)), Version::ABSENT));
    put_back(&late, &changes, 3, 5).await;
    let further = late.restoring().await.expect("an answer").expect("it is being restored");
    assert_eq!(timeless(&further), progress(5, 3, vec![offer("a", 4, 6), offer("b", 6, 7)]));
    let earlier = late.put_back(LINEAGE, None, changes[..3].to_vec()).await.expect("an answer");
    assert_eq!(earlier, PutBack::Elsewhere { number: Version(5) }, "what was before is lost");
    put_back(&late, &changes, 5, 7).await;
    assert_eq!(ended(&late, Ending::Whole).await, Ended::Over { tip: cursor(7) });
    let trimmed = late.changes_after(cursor(2), 9, Duration::ZERO).await.expect("an answer");
    assert_eq!(trimmed, Changes::Trimmed { first: Version(4) });
    let (found, expected) = (picture(&late).await, picture(&never_lost).await);
    assert_eq!(found.changes[3..], expected.changes[3..]);
    assert_eq!((&found.records[0], &found.remembered[2]), (&None, &None), "what no later change wrote");
    assert_eq!(found.records[1..], expected.records[1..]);
    assert_eq!(found.remembered[3..], expected.remembered[3..]);
    for store in [&late, &never_lost] {
        assert_eq!(committed(store, step(8)).await, Version(8));
    }
}

pub(crate) async fn a_restore_lasts_as_long_as_others_need_to_offer(mut shelf: Shelf) {
    let changes = journal(&grown(&mut shelf, 5).await).await;
    let (long, short) = (Duration::from_secs(3_600), Duration::from_millis(20));
    for (to, ending, lineage) in [(5, Ending::Whole, LINEAGE), (3, Ending::Under { new: NEW }, NEW)] {
        let older = grown(&mut shelf, 2).await;
        let begun = offered(&older, offer("a", 1, to)).await;
        put_back(&older, &changes, 2, to).await;
        if to == 3 {
            offered(&older, offer("b", 5, 5)).await;
        }
        for grace in [long, Duration::MAX] {
            let early = older.end_restore(LINEAGE, ending, grace).await.expect("an answer");
            let Ended::NotYet(early) = early else { panic!("it ended at once: {early:?}") };
            assert_eq!(early.begun_at, begun.begun_at);
        }
        let over =
            eventually(async || match older.end_restore(LINEAGE, ending, short).await.expect("an answer") {
                Ended::Over { tip } => Some(tip),
                Ended::NotYet(_) => None,
            });
        assert_eq!(over.await, Some(Cursor { lineage, number: Version(to) }));
    }
}

pub(crate) async fn as_much_as_one_call_may_put_back_is_put_back(mut shelf: Shelf) {
    let change = |number: u64, records: usize, bytes: usize| Change {
        number: Version(number),
        operation: operation(&number.to_string()),
        fingerprint: Fingerprint::of(b"large"),
        answer: "x".repeat(bytes).into(),
        actor: "a".to_owned(),
        cause: "c".to_owned(),
        at: at(0),
        records: (0..records)
            .map(|record| ChangedRecord {
                key: incident(&record.to_string()),
                state: number.to_string().into(),
                place: Place::OPEN,
            })
            .collect(),
    };
    let store = shelf.empty(Retention::default()).await;
    let most = limits::PUT_BACK_CHANGES_MAX as u64;
    let wide: Vec<_> = (1..=most).map(|number| change(number, limits::WRITES_MAX, 0)).collect();
    let many: Vec<_> = (1..=most).map(|number| change(number, 1, 1)).collect();
    let large: Vec<_> = (1..=most).map(|number| change(number, 1, limits::COMMIT_BYTES_MAX - 9)).collect();
    let mut number = 0;
    offered(&store, offer("a", 1, 9_999)).await;
    for mut changes in [wide, many, large] {
        changes.truncate(fitting(&changes));
        for change in &mut changes {
            number += 1;
            change.number = Version(number);
        }
        put_back(&store, &changes, 0, number).await;
    }
    let last = store.get(&[incident("0")]).await.expect("an answer").remove(0).expect("it is there");
    assert_eq!(last.version, Version(number));
    assert_eq!(store.open().await.expect("an answer").len(), limits::WRITES_MAX);
}
