//! Entries made up for tests, and short ways to a journal of them.

use std::{path::Path, sync::Arc};

use domain::{OperationId, RecordKey, RecordKind, Version};
use futures::executor::block_on;
use jiff::Timestamp;
use journal::{
    Entry, Found, Journal, Located, Medium, Opened, Options, Sequence, disk::SharedDisk, inspect_on,
};
use store::{
    Change, ChangedRecord, Commit, Cursor, Fingerprint, Lineage, Place, QueueScore, Read, Settlement, Write,
};
use uuid::Uuid;

pub(crate) const LINEAGE: Lineage = Lineage::from_uuid(Uuid::from_u128(7));

/// What a held call was answered.
pub(crate) const ANSWER: &str = "{\"number\":\"A1043\"}";

/// The operation of this number.
pub(crate) fn operation(number: u64) -> OperationId {
    OperationId::derived("gateway", &number.to_string())
}

/// A time that follows from a number.
pub(crate) fn at(number: u64) -> Timestamp {
    Timestamp::from_microsecond(1_900_000_000_000_001 + i64::try_from(number).unwrap()).unwrap()
}

/// A held call with a text of this many bytes.
pub(crate) fn held(number: u64, bytes: usize) -> Entry {
    Entry::Held(commit(number, bytes))
}

pub(crate) fn commit(number: u64, bytes: usize) -> Commit {
    let key = RecordKey::new(RecordKind::Call, number);
    let place = Place::queued(QueueScore::new(1, at(number)));
    Commit {
        operation: operation(number),
        fingerprint: Fingerprint::of(&number.to_le_bytes()),
        answer: ANSWER.into(),
        actor: "gateway".to_owned(),
        cause: "take_call".to_owned(),
        at: at(number),
        seen: None,
        reads: vec![Read::new(RecordKey::new(RecordKind::Incident, number), Version::ABSENT)],
        writes: vec![Write { key, version: Version::ABSENT, state: "ы".repeat(bytes / 2).into(), place }],
    }
}

/// A change of the stream, of something that was never held.
pub(crate) fn change(number: u64) -> Entry {
    change_of(number, OperationId::derived("dispatcher", &number.to_string()), "{}")
}

/// The change that an operation made.
pub(crate) fn change_of(number: u64, operation: OperationId, answer: &str) -> Entry {
    let records = vec![ChangedRecord {
        key: RecordKey::new(RecordKind::Unit, "patrol-21"),
        state: "{}".into(),
        place: Place::closed(at(number)),
    }];
    let change = Change {
        number: Version(number),
        operation,
        fingerprint: Fingerprint::of(b"change"),
        answer: answer.into(),
        actor: "dispatcher".to_owned(),
        cause: "assign".to_owned(),
        at: at(number),
        records,
    };
    Entry::Change { lineage: LINEAGE, change }
}

/// That a held call is in the store.
pub(crate) fn settled(number: u64) -> Entry {
    let outcome = Settlement::Committed { number: Version(number) };
    Entry::Settled { operation: operation(number), outcome }
}

pub(crate) fn cursor(number: u64) -> Cursor {
    Cursor { lineage: LINEAGE, number: Version(number) }
}

/// Options for a journal of small segments in a directory of this machine.
pub(crate) fn options(directory: &Path) -> Options {
    let medium = Medium::MayBeInMemory;
    Options { medium, segment_bytes: 16 * 1024, reserve_bytes: 0, ..Options::new(directory, "a") }
}

/// Opens a journal that has nothing wrong.
pub(crate) fn open_sound(disk: &SharedDisk, options: &Options) -> Journal {
    let Opened { journal, damage, torn, strangers } =
        Journal::open_on(Arc::clone(disk), options.clone()).unwrap();
    assert_eq!((damage, torn, strangers), (Vec::new(), Vec::new(), Vec::new()));
    journal
}

pub(crate) fn append(journal: &Journal, entry: Entry) -> Sequence {
    block_on(journal.append(entry)).unwrap()
}

/// Every entry that can be read, in order.
pub(crate) fn entries(disk: &SharedDisk, directory: &Path) -> Vec<(Sequence, Entry)> {
    let found = inspect_on(Arc::clone(disk), directory).unwrap();
    found
        .filter_map(|found| match found.unwrap() {
            Found::Entry(Located { sequence, entry, .. }) => Some((sequence, entry)),
            Found::Damage(_) | Found::Torn(_) | Found::Stranger(_) => None,
        })
        .collect()
}
