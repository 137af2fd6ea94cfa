//! What may be forgotten, and what never.

use std::{path::Path, sync::Arc, time::Duration};

use journal::{Options, Sequence, disk::SharedDisk};

use crate::{
    made::{append, change, cursor, entries, held, open_sound, options, settled},
    power_disk::PowerDisk,
};

const DIRECTORY: &str = "/journal";

#[test]
fn a_segment_goes_once_it_is_settled_old_and_the_caller_agrees_and_none_before_the_one_before_it() {
    let disk = PowerDisk::default();
    let shared: SharedDisk = Arc::new(disk.clone());
    let options = Options { keep: Duration::from_secs(60), ..options(Path::new(DIRECTORY)) };
    let journal = open_sound(&shared, &options);
    for number in 1..=40 {
        append(&journal, held(number, 1_500));
        append(&journal, change(number));
    }
    let segments = journal.status().segments;
    assert!(segments > 5);
    let all = |_: &journal::SegmentSummary| true;
    disk.advance(3_600_000);
    assert_eq!(journal.retire(all).unwrap(), [], "nothing is settled");
    for number in 2..=40 {
        append(&journal, settled(number));
    }
    assert_eq!(journal.retire(all).unwrap(), [], "the first call waits in the first segment");
    append(&journal, settled(1));
    assert_eq!(journal.retire(|_| false).unwrap(), [], "the caller does not agree");
    let mut asked = Vec::new();
    let gone = journal
        .retire(|summary| {
            asked.push(summary.first);
            asked.len() < 3
        })
        .unwrap();
    assert_eq!((gone.len(), asked.len()), (2, 3));
    assert_eq!((gone[0].first, gone[1].first), (Sequence::from_u64(1), gone[0].last.next()));
    assert_eq!((gone[0].held, gone[0].last_change), (gone[0].changes, Some(cursor(gone[0].changes as u64))));
    assert_eq!(
        entries(&shared, Path::new(DIRECTORY))[0].0,
        asked[2],
        "the rest is there, from its first entry on"
    );
    let first = gone[1].last_change.unwrap().number.next();
    let tail = |journal: &journal::Journal| journal.status().tail.map(|tail| (tail.first.0, tail.last.0));
    assert_eq!(tail(&journal), Some((first.0, 40)), "what is gone cannot be given back");
    drop(journal);
    let journal = open_sound(&shared, &options);
    assert_eq!(tail(&journal), Some((first.0, 40)));
    assert_eq!(journal.status().unsettled, 0);
    let rest = journal.retire(all).unwrap();
    assert!(!rest.is_empty());
    assert_eq!(journal.status().last.as_u64(), 120, "numbers go on though entries are gone");
    assert_eq!(append(&journal, change(41)).as_u64(), 121);
}

#[test]
fn what_is_young_stays_and_a_journal_that_is_too_large_says_so_and_removes_nothing() {
    let disk = PowerDisk::default();
    let shared: SharedDisk = Arc::new(disk.clone());
    let keep = Duration::from_secs(60);
    let options = Options { keep, bytes_max: 30_000, ..options(Path::new(DIRECTORY)) };
    let journal = open_sound(&shared, &options);
    assert!(!journal.status().is_over_bytes_max);
    for number in 1..=200 {
        append(&journal, change(number));
    }
    let status = journal.status();
    assert!(status.is_over_bytes_max, "{status:?}");
    disk.advance(59_999);
    assert_eq!(journal.retire(|_| true).unwrap(), []);
    disk.advance(1);
    assert_eq!(journal.retire(|_| true).unwrap().len(), status.segments - 1, "the one that is written stays");
}
