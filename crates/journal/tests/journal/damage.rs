//! Segments that are torn, damaged, missing, doubled, or somebody else's.

use std::{
    ops::RangeInclusive,
    path::{Path, PathBuf},
    sync::Arc,
};

use futures::executor::block_on;
use jiff::Timestamp;
use journal::{
    DamageKind, Entry, Journal, JournalError, Kind, Opened, Options, Quarantined, Sequence, Stranger,
    StrangerReason,
    disk::{Disk as _, SharedDisk},
    format::{self, HEADER_BYTES, Header, Record},
    scan::{Piece, scan},
    verify_on,
};
use proptest::{collection::vec, prelude::*};
use store::Settlement;
use uuid::Uuid;

use crate::{
    made::{append, change_of, entries, held, open_sound, operation, options, settled},
    power_disk::PowerDisk,
};

const DIRECTORY: &str = "/journal";

fn settings() -> Options {
    options(Path::new(DIRECTORY))
}

fn shared(disk: &PowerDisk) -> SharedDisk {
    Arc::new(disk.clone())
}

fn segment(base: u64) -> PathBuf {
    Path::new(DIRECTORY).join(format!("{base:020}.segment"))
}

/// A journal of two segments: two entries in the first, three in the second.
fn two_segments() -> PowerDisk {
    let disk = PowerDisk::default();
    for numbers in [1..=2, 3..=5] {
        let journal = open_sound(&shared(&disk), &settings());
        append_each(&journal, numbers);
    }
    disk
}

fn append_each(journal: &Journal, mut numbers: RangeInclusive<u64>) {
    assert!(numbers.all(|number| append(journal, held(number, 60)) > Sequence::NONE));
}

fn bytes_of_a_record() -> usize {
    format::record_bytes(held(1, 60).encode().len())
}

#[test]
fn wherever_the_end_is_torn_every_whole_entry_stays_and_the_next_one_takes_its_place() {
    let disk = two_segments();
    let whole = disk.bytes_of(&segment(3));
    let two = HEADER_BYTES + 2 * bytes_of_a_record();
    assert_eq!(whole.len(), two + bytes_of_a_record());
    for length in two..whole.len() {
        for padding in [0, 4_096] {
            let disk = disk.copied();
            let mut bytes = whole[..length].to_vec();
            bytes.resize(length + padding, 0);
            disk.put(&segment(3), &bytes);
            let opened = Journal::open_on(shared(&disk), settings()).unwrap();
            assert_eq!(opened.damage, Vec::new());
            // what fills a record up to its length is zeros, as is the clean end: nothing was torn off then
            let is_whole = padding > 0 && whole[length..].iter().all(|byte| *byte == 0);
            let is_torn = !is_whole && whole[two..length].iter().any(|byte| *byte != 0);
            assert_eq!(opened.torn.len(), usize::from(is_torn), "{length}");
            let kept = 4 + usize::from(is_whole);
            assert_eq!(append(&opened.journal, held(6, 10)).as_u64(), kept as u64 + 1);
            drop(opened);
            assert_eq!(entries(&shared(&disk), Path::new(DIRECTORY)).len(), kept + 1);
            assert!(verify_on(shared(&disk), Path::new(DIRECTORY)).unwrap().is_sound());
        }
    }
}

#[test]
fn a_flipped_bit_anywhere_is_noticed_and_costs_its_own_entry_at_most() {
    let disk = two_segments();
    let all = entries(&shared(&disk), Path::new(DIRECTORY));
    for path in [segment(1), segment(3)] {
        let whole = disk.bytes_of(&path);
        // every bit of the fields and the records, and every hundredth of the zeros that fill a page
        let bits = (0..whole.len() * 8)
            .filter(|bit| bit / 8 >= HEADER_BYTES || bit / 8 % 4_096 < 64 || bit % 101 == 0);
        for bit in bits {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            disk.put(&path, &bytes);
            let found = verify_on(shared(&disk), Path::new(DIRECTORY)).unwrap();
            assert!(found.held >= all.len() - 1, "bit {bit} cost {} entries", all.len() - found.held);
            let noticed = found.damage.len() + found.torn.len();
            assert_eq!(noticed, 1, "bit {bit}: {found:?}");
            let lost: u64 = found.damage.iter().map(|damage| damage.entries).sum();
            let was_last = !found.torn.is_empty();
            assert_eq!(
                found.held as u64 + lost + u64::from(was_last),
                all.len() as u64,
                "bit {bit}: {found:?}"
            );
        }
        disk.put(&path, &whole);
    }
}

#[test]
fn what_is_damaged_in_the_middle_is_set_aside_and_told_at_every_opening() {
    let disk = two_segments();
    let path = segment(3);
    let mut bytes = disk.bytes_of(&path);
    let at = HEADER_BYTES + bytes_of_a_record();
    bytes[at + 40] ^= 1;
    disk.put(&path, &bytes);
    for _ in 0..2 {
        let opened = Journal::open_on(shared(&disk), settings()).unwrap();
        let [Quarantined { damage, copy }] = opened.damage.as_slice() else { panic!("{:?}", opened.damage) };
        assert_eq!((damage.at, damage.bytes), (at as u64, bytes_of_a_record() as u64));
        assert_eq!((damage.first.as_u64(), damage.entries, damage.what), (4, 1, DamageKind::Record));
        assert_eq!(opened.torn, Vec::new());
        assert_eq!(opened.journal.status().damaged, 1);
        let quarantine = Path::new(DIRECTORY).join("quarantine");
        let copy = copy.clone().unwrap();
        assert_eq!(disk.list(&quarantine).unwrap(), std::slice::from_ref(&copy));
        assert_eq!(disk.bytes_of(&quarantine.join(copy)), bytes[at..at + bytes_of_a_record()]);
        let waiting = opened.journal.unsettled(Sequence::NONE, 10).unwrap();
        let waiting: Vec<u64> = waiting.iter().map(|(sequence, _)| sequence.as_u64()).collect();
        assert_eq!(waiting, [1, 2, 3, 5]);
    }
}

#[test]
fn damage_over_several_entries_is_passed_and_a_held_one_damaged_later_is_told_by_name() {
    let disk = PowerDisk::default();
    let journal = open_sound(&shared(&disk), &Options { segment_bytes: 1 << 20, ..settings() });
    append_each(&journal, 1..=50);
    let mut bytes = disk.bytes_of(&segment(1));
    let begin = HEADER_BYTES + 10 * bytes_of_a_record();
    let end = HEADER_BYTES + 20 * bytes_of_a_record();
    bytes[begin + 3..end - 3].fill(0);
    disk.put(&segment(1), &bytes);
    let error = journal.unsettled(Sequence::from_u64(10), 5).unwrap_err();
    assert!(matches!(error, JournalError::Damaged { sequence, .. } if sequence.as_u64() == 11), "{error}");
    let found = verify_on(shared(&disk), Path::new(DIRECTORY)).unwrap();
    assert_eq!(found.held, 40);
    assert_eq!((found.damage.len(), found.damage[0].first.as_u64(), found.damage[0].entries), (1, 11, 10));
}

#[test]
fn a_hole_in_what_was_never_acknowledged_is_no_damage() {
    let disk = PowerDisk::default();
    let journal = open_sound(&shared(&disk), &settings());
    append(&journal, held(1, 60));
    block_on(journal.append_all(vec![held(2, 60), held(3, 60)])).unwrap();
    let mut bytes = disk.bytes_of(&segment(1));
    let second = HEADER_BYTES + bytes_of_a_record();
    bytes[second..second + bytes_of_a_record()].fill(0);
    drop(journal);
    disk.put(&segment(1), &bytes);
    for torn in [1, 1] {
        let opened = Journal::open_on(shared(&disk), settings()).unwrap();
        assert_eq!((opened.damage.len(), opened.torn.len()), (0, torn));
        assert_eq!(opened.journal.status().unsettled, 2);
    }
}

#[test]
fn a_missing_segment_and_a_cut_one_are_told() {
    let disk = two_segments();
    {
        let journal = open_sound(&shared(&disk), &settings());
        append(&journal, held(6, 60));
    }
    let cut = disk.copied();
    let bytes = cut.bytes_of(&segment(3));
    cut.put(&segment(3), &bytes[..bytes.len() - bytes_of_a_record()]);
    disk.remove(&segment(3)).unwrap();
    for (disk, first, missing) in [(disk, 3, 3), (cut, 5, 1)] {
        let opened = Journal::open_on(shared(&disk), settings()).unwrap();
        let [Quarantined { damage, copy: None }] = opened.damage.as_slice() else { panic!("{opened:?}") };
        assert_eq!(
            (damage.first.as_u64(), damage.entries, damage.what),
            (first, missing, DamageKind::Missing)
        );
    }
}

#[test]
fn copies_and_segments_of_others_are_set_aside_by_name() {
    let disk = two_segments();
    let other = PowerDisk::default();
    let theirs = Options { node: "b".to_owned(), ..settings() };
    append(&open_sound(&shared(&other), &theirs), held(1, 10));
    disk.put(&segment(9), &disk.bytes_of(&segment(1)));
    disk.put(&segment(7), &other.bytes_of(&segment(1)));
    disk.put(&segment(8), &[b'?'; 10_000]);
    let names = |base| format!("{base:020}.segment");
    let Opened { journal, damage, torn, strangers } = Journal::open_on(shared(&disk), settings()).unwrap();
    let expected = [
        Stranger { name: names(7), why: StrangerReason::OtherNode { node: "b".to_owned() } },
        Stranger { name: names(8), why: StrangerReason::Unreadable },
        Stranger { name: names(9), why: StrangerReason::Misnamed { base: Sequence::from_u64(1) } },
    ];
    assert_eq!(strangers, expected);
    assert_eq!((damage.len(), torn.len()), (0, 0));
    assert_eq!(append(&journal, held(6, 10)).as_u64(), 6);
    let aside = disk.list(&Path::new(DIRECTORY).join("quarantine")).unwrap();
    assert_eq!(aside, [names(7), names(8), names(9)]);
    drop(journal);
    drop(open_sound(&shared(&disk), &settings()));
}

#[test]
fn a_journal_of_another_node_of_another_release_or_without_any_header_is_refused() {
    let disk = two_segments();
    let before = disk.steps();
    let theirs = Options { node: "b".to_owned(), ..settings() };
    let error = Journal::open_on(shared(&disk), theirs).unwrap_err();
    assert!(matches!(&error, JournalError::OtherNode { found, .. } if found == "a"), "{error}");

    let second = PowerDisk::default();
    append(&open_sound(&shared(&second), &settings()), held(1, 10));
    let mixed = disk.copied();
    mixed.put(&segment(1), &second.bytes_of(&segment(1)));
    let error = Journal::open_on(shared(&mixed), settings()).unwrap_err();
    assert!(matches!(error, JournalError::TwoJournals { .. }), "{error}");

    let newer = disk.copied();
    let mut bytes = newer.bytes_of(&segment(3));
    for page in [0, 4_096] {
        bytes[page + 12] = 99;
        let crc =
            crc32c::crc32c_append(crc32c::crc32c(&bytes[page..page + 8]), &bytes[page + 12..page + 4_096]);
        bytes[page + 8..page + 12].copy_from_slice(&crc.to_le_bytes());
    }
    newer.put(&segment(3), &bytes);
    let error = Journal::open_on(shared(&newer), settings()).unwrap_err();
    assert!(matches!(error, JournalError::Version { found: 99, .. }), "{error}");

    let headless = disk.copied();
    let mut bytes = headless.bytes_of(&segment(3));
    bytes[..HEADER_BYTES].fill(0xff);
    headless.put(&segment(3), &bytes);
    let opened = Journal::open_on(shared(&headless), settings()).unwrap();
    assert_eq!(opened.journal.status().unsettled, 5, "the other segment tells which journal it is");
    drop(opened);
    let lone = PowerDisk::default();
    lone.put(&segment(3), &bytes);
    let error = Journal::open_on(shared(&lone), settings()).unwrap_err();
    assert!(matches!(error, JournalError::Unreadable { .. }), "{error}");
    assert_eq!(disk.steps(), before + 1, "what was refused was changed");
}

#[test]
fn the_bytes_of_an_entry_stay_the_same_from_release_to_release() {
    let refused = Entry::Settled {
        operation: operation(1),
        outcome: Settlement::Refused { reason: "нет".to_owned() },
    };
    let sums = [held(1, 8), change_of(1, operation(1), "{}"), settled(1), refused].map(|entry| {
        let bytes = entry.encode();
        assert_eq!(Entry::decode(entry.kind(), &bytes), Ok(entry));
        (bytes.len(), crc32c::crc32c(&bytes))
    });
    assert_eq!(sums, [(156, 1_045_213_556), (166, 879_694_976), (19, 4_209_523_673), (25, 2_059_367_479)]);
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::Held), Just(Kind::Change), Just(Kind::Settled)]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_lies_in_a_segment_nothing_panics_and_every_record_put_there_is_found(
        garbage in vec(vec(any::<u8>(), 0..200), 1..6),
        payloads in vec((kind(), vec(any::<u8>(), 1..100)), 1..6),
    ) {
        let base = Sequence::from_u64(1);
        let made_at = Timestamp::UNIX_EPOCH;
        let header = Header { journal: Uuid::from_u128(5), node: "a".to_owned(), base, made_at };
        let mut bytes = header.encode();
        let mut put = Vec::new();
        let mut sequence = Sequence::NONE;
        let mut garbage = garbage.iter().cycle();
        for (kind, payload) in &payloads {
            let between = garbage.next().expect("it never ends");
            bytes.extend_from_slice(between);
            bytes.resize(bytes.len().next_multiple_of(format::ALIGNMENT), 0);
            let synced = sequence;
            sequence = sequence.next();
            let record = Record { sequence, synced, written_at: made_at, kind: *kind, payload };
            record.encode_into(header.seed(), &mut bytes);
            put.push(sequence);
            let _either = Entry::decode(*kind, payload);
        }
        let found: Vec<Sequence> = scan(&bytes, header.seed(), base)
            .filter_map(|piece| match piece {
                Piece::Record { record, .. } => Some(record.sequence),
                Piece::Between { .. } | Piece::After { .. } => None,
            })
            .collect();
        prop_assert_eq!(found, put);
    }

    #[test]
    fn bytes_of_chance_are_no_segment(bytes in vec(any::<u8>(), 0..20_000), seed: u32) {
        let _header = Header::read(&bytes);
        let records = scan(&bytes, seed, Sequence::from_u64(1)).filter(|piece| matches!(piece, Piece::Record { .. }));
        prop_assert_eq!(records.count(), 0);
    }
}
