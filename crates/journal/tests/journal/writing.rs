//! Order, sequences and rotation, alone and in a crowd.

use std::sync::Arc;

use futures::{executor::block_on, future::join_all};
use journal::{
    AppendError, Sequence, State,
    disk::{RealDisk, SharedDisk},
    limits, verify,
};
use store::{Cursor, Lineage};

use crate::made::{append, change, commit, cursor, entries, held, open_sound, operation, options, settled};

#[test]
fn what_was_acknowledged_is_read_back_as_it_was_after_every_reopening() {
    let directory = tempfile::tempdir().unwrap();
    let options = options(directory.path());
    let disk: SharedDisk = Arc::new(RealDisk);
    let mut written = Vec::new();
    for round in 0..4 {
        let journal = open_sound(&disk, &options);
        assert_eq!(journal.status().last, Sequence::from_u64(round * 6));
        for number in round * 2..round * 2 + 2 {
            for entry in [held(number, 300), change(number), settled(number)] {
                written.push((append(&journal, entry.clone()), entry));
            }
        }
        let status = journal.status();
        assert_eq!(status.state, State::Open);
        assert_eq!(status.tail.map(|tail| tail.end()), Some(cursor(round * 2 + 1)));
        assert_eq!(status.unsettled, 0);
    }
    assert_eq!(entries(&disk, directory.path()), written);
    let sequences: Vec<u64> = written.iter().map(|(sequence, _)| sequence.as_u64()).collect();
    assert_eq!(sequences, (1..=24).collect::<Vec<u64>>());
    let verified = verify(directory.path()).unwrap();
    assert!(verified.is_sound());
    assert_eq!((verified.held, verified.changes, verified.settled, verified.waiting.len()), (8, 8, 8, 0));
}

#[test]
fn in_a_crowd_every_sequence_is_given_once_and_nobodys_own_order_is_changed() {
    const WRITERS: u64 = 16;
    const EACH: u64 = 60;
    let directory = tempfile::tempdir().unwrap();
    let disk: SharedDisk = Arc::new(RealDisk);
    let journal = open_sound(&disk, &options(directory.path()));
    let one = async |writer: u64| {
        let mut given = Vec::new();
        for number in writer * EACH..(writer + 1) * EACH {
            let entry = held(number, 200);
            given.push((journal.append(entry.clone()).await.unwrap(), entry));
        }
        given
    };
    let given: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|thread| scope.spawn(move || block_on(join_all((thread * 4..thread * 4 + 4).map(one)))))
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    for writer in &given {
        assert!(writer.is_sorted_by(|first, second| first.0 < second.0), "a writer's own order was changed");
    }
    let mut expected: Vec<_> = given.into_iter().flatten().collect();
    expected.sort_by_key(|(sequence, _)| *sequence);
    let status = journal.status();
    assert_eq!(status.last.as_u64(), WRITERS * EACH);
    assert!(status.segments > 10, "{} segments: it was to rotate many times", status.segments);
    drop(journal);
    assert_eq!(entries(&disk, directory.path()), expected);
    assert!(verify(directory.path()).unwrap().is_sound());
}

#[test]
fn what_is_told_at_once_lies_together_and_what_is_after_an_entry_is_read_from_there() {
    let directory = tempfile::tempdir().unwrap();
    let disk: SharedDisk = Arc::new(RealDisk);
    let journal = open_sound(&disk, &options(directory.path()));
    let all: Vec<_> = (1..=100).map(change).collect();
    let sequences = block_on(journal.append_all(all.clone())).unwrap();
    assert_eq!(sequences, (1..=100).map(Sequence::from_u64).collect::<Vec<_>>());
    assert_eq!(block_on(journal.append_all(Vec::new())), Ok(Vec::new()));
    let rest: Vec<_> = journal.entries_after(Sequence::from_u64(90)).unwrap().map(Result::unwrap).collect();
    assert_eq!(rest.len(), 10, "{rest:?}");
    assert_eq!(journal.status().tail.map(|tail| tail.end()), Some(cursor(100)));
}

#[test]
fn held_commits_that_wait_are_read_while_it_is_open_and_after_it_was_reopened() {
    let directory = tempfile::tempdir().unwrap();
    let disk: SharedDisk = Arc::new(RealDisk);
    let options = options(directory.path());
    let journal = open_sound(&disk, &options);
    for number in 0..40 {
        append(&journal, held(number, 1_000));
    }
    // the same operation, held again by a retry, is settled with the first
    append(&journal, held(3, 1_000));
    for number in (0..40).filter(|number| number % 4 != 0) {
        append(&journal, settled(number));
    }
    let expected: Vec<_> = (0..40).step_by(4).map(|number| commit(number, 1_000)).collect();
    let waiting = |journal: &journal::Journal| {
        let mut all = Vec::new();
        let mut after = Sequence::NONE;
        loop {
            let some = journal.unsettled(after, 3).unwrap();
            let Some((last, _)) = some.last() else { return all };
            after = *last;
            all.extend(some.into_iter().map(|(_, commit)| commit));
        }
    };
    assert_eq!(waiting(&journal), expected);
    drop(journal);
    let journal = open_sound(&disk, &options);
    assert_eq!(waiting(&journal), expected);
    assert_eq!(journal.status().unsettled, 10);
}

#[test]
fn what_no_journal_can_take_is_refused_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let disk: SharedDisk = Arc::new(RealDisk);
    let journal = open_sound(&disk, &journal::Options { unsettled_max: 2, ..options(directory.path()) });
    let mut seen = commit(1, 10);
    seen.seen = Some(Cursor { lineage: Lineage::NONE, number: domain::Version(1) });
    let mut versioned = commit(2, 10);
    versioned.writes[0].version = domain::Version(4);
    for (number, looked) in [(1, seen), (2, versioned)] {
        let refusal = block_on(journal.append(journal::Entry::Held(looked))).unwrap_err();
        assert_eq!(refusal, AppendError::NotBlind { operation: operation(number) });
    }
    let large = block_on(journal.append(held(3, limits::ENTRY_BYTES_MAX))).unwrap_err();
    assert!(matches!(large, AppendError::Limit { what: "bytes of an entry", .. }), "{large}");
    let many = vec![change(1); limits::REQUEST_ENTRIES_MAX + 1];
    let many = block_on(journal.append_all(many)).unwrap_err();
    assert!(matches!(many, AppendError::Limit { what: "entries at once", .. }), "{many}");
    append(&journal, held(1, 10));
    append(&journal, held(2, 10));
    let third = block_on(journal.append(held(3, 10))).unwrap_err();
    assert_eq!(third, AppendError::Backlog { unsettled: 2, limit: 2 });
    append(&journal, settled(1));
    append(&journal, held(3, 10));
    assert_eq!(journal.status().last.as_u64(), 4, "what was refused took no sequence");
}

#[test]
fn an_entry_larger_than_a_segment_and_a_batch_larger_than_one_are_kept_whole() {
    let directory = tempfile::tempdir().unwrap();
    let disk: SharedDisk = Arc::new(RealDisk);
    let journal = open_sound(&disk, &options(directory.path()));
    append(&journal, held(1, 200_000));
    append(&journal, held(2, 10));
    let many: Vec<_> = (3..200).map(|number| held(number, 2_000)).collect();
    block_on(journal.append_all(many)).unwrap();
    append(&journal, held(200, 10));
    drop(journal);
    assert_eq!(entries(&disk, directory.path()).len(), 200);
    open_sound(&disk, &options(directory.path()));
}
