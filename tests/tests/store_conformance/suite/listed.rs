//! What every store lists, and what may leave it.

use domain::{RecordKey, RecordKind, Version};
use store::{Closed, Forgotten, Place, QueueScore, Read, SharedStore};

use crate::making::{Making as _, at, commit, committed, incident, tip};

pub(crate) async fn indexes_follow_the_last_write(store: SharedStore) {
    let score = QueueScore::new(2, at(5));
    let places =
        [Place::queued(score), Place::OPEN, Place::closed(at(60)), Place::NOWHERE, Place::queued(score)];
    let mut version = Version::ABSENT;
    for (step, place) in places.into_iter().enumerate() {
        let write = commit(&step.to_string()).seen(tip(&store).await);
        version = committed(&store, write.writing(incident("a"), version, "{}", place)).await;
        let listed = |is_listed: bool| if is_listed { vec![incident("a")] } else { Vec::new() };
        assert_eq!(store.open().await.expect("an answer"), listed(place.open), "open after {place:?}");
        let queued: Vec<_> = place.queue.map(|score| (incident("a"), score)).into_iter().collect();
        assert_eq!(store.queue(0, 10).await.expect("an answer"), queued, "queue after {place:?}");
        let closed = store.closed_before(at(61), None, 10).await.expect("an answer");
        let keys: Vec<_> = closed.into_iter().map(|it| it.key).collect();
        assert_eq!(keys, listed(place.closed_at.is_some()), "closed after {place:?}");
    }
    assert_eq!(store.closed_before(at(60), None, 10).await.expect("an answer"), [], "before means before");
}

pub(crate) async fn what_is_closed_is_listed_page_by_page_whatever_goes_in_between(store: SharedStore) {
    let closed = [("e", 7), ("b", 5), ("d", 5), ("a", 5), ("c", 5), ("f", 6), ("g", 9)];
    let all = closed.into_iter().fold(commit("one"), |commit, (id, second)| {
        commit.writing(incident(id), Version::ABSENT, "{}", Place::closed(at(second)))
    });
    let version = committed(&store, all).await;
    let expected = [("a", 5), ("b", 5), ("c", 5), ("d", 5), ("f", 6), ("e", 7)]
        .map(|(id, at_second)| Closed { at: at(at_second), key: incident(id) });
    for size in 1..=7 {
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let page = store.closed_before(at(9), after, size).await.expect("an answer");
            assert!(page.len() <= size, "{page:?}");
            after = page.last().cloned();
            listed.extend(page);
            if after.is_none() {
                break;
            }
        }
        assert_eq!(listed, expected, "in pages of {size}");
    }
    assert_eq!(store.closed_before(at(9), None, 0).await.expect("an answer"), []);
    // the last of a page may have left when the next is asked for
    let gone = vec![Read { key: incident("b"), version }];
    assert_eq!(store.forget(gone).await.expect("an answer"), Forgotten::All);
    let next = store.closed_before(at(9), Some(expected[1].clone()), 2).await.expect("an answer");
    assert_eq!(next, expected[2..4]);
}

pub(crate) async fn the_queue_is_by_priority_then_age_then_key(store: SharedStore) {
    let waiting = [("d", 3, 1), ("c", 1, 9), ("b", 1, 2), ("a", 1, 9), ("e", 5, 0)];
    let all = waiting.into_iter().fold(commit("one"), |commit, (id, priority, since)| {
        commit.writing(
            incident(id),
            Version::ABSENT,
            "{}",
            Place::queued(QueueScore::new(priority, at(since))),
        )
    });
    committed(&store, all).await;
    let ids =
        |queue: Vec<(RecordKey, QueueScore)>| queue.into_iter().map(|(key, _)| key.id).collect::<String>();
    assert_eq!(ids(store.queue(0, 10).await.expect("an answer")), "bacde");
    assert_eq!(ids(store.queue(0, 2).await.expect("an answer")), "ba");
    assert_eq!(ids(store.queue(2, 2).await.expect("an answer")), "cd");
    assert_eq!(ids(store.queue(4, 9).await.expect("an answer")), "e");
    assert_eq!(ids(store.queue(5, 9).await.expect("an answer")), "");
    assert_eq!(ids(store.queue(0, 0).await.expect("an answer")), "");
    assert_eq!(ids(store.queue(usize::MAX, 1).await.expect("an answer")), "");
    let (_, first) = store.queue(0, 1).await.expect("an answer").remove(0);
    assert_eq!((first.priority(), first.since()), (1, at(2)));
}

pub(crate) async fn only_closed_unchanged_records_are_forgotten_all_or_none(store: SharedStore) {
    let note = RecordKey::new(RecordKind::Note, "n");
    let places =
        [(incident("a"), Place::closed(at(1))), (note.clone(), Place::NOWHERE), (incident("b"), Place::OPEN)];
    let step = places
        .into_iter()
        .fold(commit("one"), |commit, (key, place)| commit.writing(key, Version::ABSENT, "{}", place));
    let one = committed(&store, step).await;
    let read = |key: &RecordKey, version| Read { key: key.clone(), version };
    let (a, b) = (incident("a"), incident("b"));
    let with_open = vec![read(&a, one), read(&b, one)];
    assert_eq!(store.forget(with_open).await.expect("an answer"), Forgotten::Open { key: b.clone() });
    let moved = vec![read(&a, one), read(&note, Version(9))];
    let conflict = Forgotten::Conflict { key: note.clone(), current: one };
    assert_eq!(store.forget(moved).await.expect("an answer"), conflict);
    assert_eq!(store.get(&[a.clone(), note.clone()]).await.expect("an answer").iter().flatten().count(), 2);
    for _ in 0..2 {
        let both = vec![read(&a, one), read(&note, one)];
        assert_eq!(store.forget(both).await.expect("an answer"), Forgotten::All, "repeating is harmless");
    }
    let left = store.get(&[a, note, b]).await.expect("an answer");
    assert_eq!(left.iter().map(Option::is_some).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(store.closed_before(at(100), None, 10).await.expect("an answer"), []);
    assert_eq!(tip(&store).await.number, one, "forgetting is not a change");
}

pub(crate) async fn what_is_closed_is_listed_the_latest_first(store: SharedStore) {
    let closed = [("b", 5), ("a", 5), ("c", 9), ("d", 1)];
    let all = closed.into_iter().fold(commit("one"), |commit, (id, second)| {
        commit.writing(incident(id), Version::ABSENT, "{}", Place::closed(at(second)))
    });
    committed(&store, all).await;
    let ids = |keys: Vec<RecordKey>| keys.into_iter().map(|key| key.id).collect::<String>();
    for (skipped, limit, expected) in [
        (0, 10, "cbad"),
        (0, 1, "c"),
        (1, 2, "ba"),
        (3, 10, "d"),
        (4, 10, ""),
        (usize::MAX, 10, ""),
        (0, 0, ""),
    ] {
        let latest = store.latest_closed(skipped, limit).await.expect("an answer");
        assert_eq!(ids(latest), expected, "{limit} after {skipped}");
    }
}
