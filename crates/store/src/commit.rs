//! One step of the durable state: what it depends on, what it writes, and what can come of it.

use std::{collections::BTreeSet, fmt, sync::Arc};

use domain::{OperationId, RecordKey, Version};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Cursor, Refusal, limits};

/// A digest of the canonical request: tells a repeated request from another one that reuses its id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint (SHA-256) of a canonical request.
    pub fn of(request: &[u8]) -> Self {
        Self(Sha256::digest(request).into())
    }

    /// Wraps a digest made elsewhere.
    pub const fn from_bytes(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The digest.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads what `Display` writes; `None` unless it is 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut digest = [0; 32];
        for (byte, at) in digest.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
        }
        Some(Self(digest))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

/// A record that a decision depends on, at the version it was decided with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Read {
    /// Which record.
    pub key: RecordKey,
    /// Its version then; 0 if it did not exist.
    pub version: Version,
}

/// A record as it will be after a commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Write {
    /// Which record.
    pub key: RecordKey,
    /// The version it must have now; 0 means that it must not exist.
    pub version: Version,
    /// Its new state: JSON, which the store never looks into.
    pub state: Arc<str>,
    /// Which indexes list it from now on.
    pub place: Place,
}

/// Which indexes list a record. A write says all of it: what it leaves out is taken off the index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Listed by [`Store::open`](crate::Store::open): every node loads it at start.
    pub open: bool,
    /// Its place in [`Store::queue`](crate::Store::queue), if it is an incident with an unfilled need.
    pub queue: Option<QueueScore>,
    /// When it was closed, if it is: listed by [`Store::closed_before`](crate::Store::closed_before). Kept in whole
    /// milliseconds.
    pub closed_at: Option<Timestamp>,
}

impl Place {
    /// On no index: found by its key alone.
    pub const NOWHERE: Self = Self { open: false, queue: None, closed_at: None };

    /// Loaded at start.
    pub const OPEN: Self = Self { open: true, queue: None, closed_at: None };

    /// Loaded at start and waiting in the queue.
    pub const fn queued(score: QueueScore) -> Self {
        Self { open: true, queue: Some(score), closed_at: None }
    }

    /// Closed at this time, and waiting for the archive.
    pub const fn closed(at: Timestamp) -> Self {
        Self { open: false, queue: None, closed_at: Some(at) }
    }

    /// The same with its time in the whole milliseconds that a store keeps.
    #[must_use]
    pub fn in_milliseconds(self) -> Self {
        Self { closed_at: self.closed_at.map(whole_milliseconds), ..self }
    }
}

/// A record's place in the queue: lower is served first. Priority decides, then age, then the record's key.
///
/// It is one integer below 2^53, which a Redis score (an IEEE double) holds exactly.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct QueueScore(u64);

/// What one priority is worth: more milliseconds than there are from 1970 to the year 2286.
const PRIORITY_WEIGHT: u64 = 10_000_000_000_000;
const _: () = assert!((u8::MAX as u64 + 1) * PRIORITY_WEIGHT < 1 << 53, "every score is exact as a double");

impl QueueScore {
    /// The place of something with this priority (1 is the most urgent) that has waited since this time.
    pub fn new(priority: u8, since: Timestamp) -> Self {
        let since_ms = u64::try_from(since.as_millisecond()).unwrap_or(0).min(PRIORITY_WEIGHT - 1);
        Self(u64::from(priority) * PRIORITY_WEIGHT + since_ms)
    }

    /// Reads a score back from an index; `None` if no priority and time give it.
    pub fn from_u64(score: u64) -> Option<Self> {
        (score < (u64::from(u8::MAX) + 1) * PRIORITY_WEIGHT).then_some(Self(score))
    }

    /// The score itself.
    pub const fn as_u64(self) -> u64 {
        self.0
    }

    /// The priority; 1 is the most urgent.
    pub fn priority(self) -> u8 {
        u8::try_from(self.0 / PRIORITY_WEIGHT)
            .expect("a score is below 256 priorities, its constructors see to it")
    }

    /// Since when it waits, in whole milliseconds.
    pub fn since(self) -> Timestamp {
        let since_ms = i64::try_from(self.0 % PRIORITY_WEIGHT).expect("the weight of a priority fits an i64");
        Timestamp::from_millisecond(since_ms).expect("the year 2286 is a time")
    }
}

impl fmt::Debug for QueueScore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QueueScore(priority {}, since {})", self.priority(), self.since())
    }
}

/// One step of the durable state: applied whole, or not at all.
///
/// A journal keeps it field by field in this order: a new field needs a new version of the journal's format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    /// What was asked for; the same operation is applied once, however often it is sent.
    pub operation: OperationId,
    /// Tells the same request from another that reuses its id.
    pub fingerprint: Fingerprint,
    /// What a repeated request is answered: JSON, which the store never looks into.
    pub answer: Arc<str>,
    /// Who asked: a person, a device or `dispatcher`.
    pub actor: String,
    /// Why, in a few words for the record: the use case's name.
    pub cause: String,
    /// When it was decided. It ages the remembered operations and the stream, so it comes from the clock that is tied
    /// to the store's own time.
    pub at: Timestamp,
    /// How far the decider had seen the store. Absent only if it looked at nothing and creates everything it writes:
    /// a version says nothing without its lineage.
    pub seen: Option<Cursor>,
    /// What the decision depends on and does not write.
    pub reads: Vec<Read>,
    /// What it writes, no record twice.
    pub writes: Vec<Write>,
}

impl Commit {
    /// Checks everything that can be known without the store.
    ///
    /// # Errors
    /// The first limit that is passed, a record written twice, or a version without a lineage.
    pub fn check(&self) -> Result<(), Refusal> {
        within("reads", self.reads.len(), limits::READS_MAX)?;
        within("writes", self.writes.len(), limits::WRITES_MAX)?;
        within("bytes of a commit", self.bytes(), limits::COMMIT_BYTES_MAX)?;
        let mut written = BTreeSet::new();
        for write in &self.writes {
            if !written.insert(&write.key) {
                return Err(Refusal::WrittenTwice { key: write.key.clone() });
            }
        }
        let keys = self.reads.iter().map(|read| (&read.key, read.version));
        for (key, version) in keys.chain(self.writes.iter().map(|write| (&write.key, write.version))) {
            check_key(key)?;
            if self.seen.is_none() && version != Version::ABSENT {
                return Err(Refusal::VersionWithoutLineage { key: key.clone() });
            }
        }
        Ok(())
    }

    /// The bytes of its texts, which [`limits::COMMIT_BYTES_MAX`] bounds.
    pub fn bytes(&self) -> usize {
        let states: usize = self.writes.iter().map(|write| write.state.len()).sum();
        states + self.answer.len() + self.actor.len() + self.cause.len()
    }

    /// What its change is counted as in the stream, in bytes.
    pub fn stream_bytes(&self) -> u64 {
        counted(self.bytes(), self.writes.len())
    }
}

/// What a change with texts of so many bytes and so many records is counted as in the stream, in bytes.
pub(crate) fn counted(bytes: usize, records: usize) -> u64 {
    bytes as u64 + limits::CHANGE_OVERHEAD_BYTES + records as u64 * limits::CHANGED_RECORD_OVERHEAD_BYTES
}

/// What came of a commit. None of these is an error: each says what is true now.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "only a committed step happened"]
pub enum Outcome {
    /// Applied, as the change of this number, which is also the version of every record it wrote.
    Committed {
        /// The number of the change.
        number: Version,
        /// Replicas that said that they have it, if as many did as were waited for, else 0. Each has it on its disk if it
        /// writes as the primary must.
        replicas: u32,
    },
    /// The same request was applied before.
    Repeated {
        /// The number of the change it made then.
        number: Version,
        /// The answer it got then.
        answer: Arc<str>,
    },
    /// Another request with the same id was applied before; nothing was written.
    OtherContent {
        /// The number of the change that one made.
        number: Version,
    },
    /// A record is not at the version the decision was made with; nothing was written. Read and decide again.
    Conflict {
        /// The first such record, reads before writes.
        key: RecordKey,
        /// The version it has; 0 if it does not exist.
        current: Version,
    },
    /// The store is not the one that was seen: it is behind it, or of another lineage; nothing was written.
    Behind {
        /// Where the store is.
        tip: Cursor,
    },
}

impl Outcome {
    /// Applied as the change of this number, with no replica waited for.
    pub const fn committed(number: Version) -> Self {
        Self::Committed { number, replicas: 0 }
    }
}

/// An operation the store remembers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// The number of the change it made.
    pub number: Version,
    /// The digest of the request it came with.
    pub fingerprint: Fingerprint,
    /// The answer it got.
    pub answer: Arc<str>,
}

impl Read {
    /// A record at a version.
    pub const fn new(key: RecordKey, version: Version) -> Self {
        Self { key, version }
    }
}

/// Checks what `forget` is asked.
///
/// # Errors
/// Too many records, or a key that cannot be one.
pub fn check_forget(records: &[Read]) -> Result<(), Refusal> {
    within("records to forget", records.len(), limits::FORGET_MAX)?;
    records.iter().try_for_each(|read| check_key(&read.key))
}

/// Checks the name of a lease's holder.
///
/// # Errors
/// An empty or long name.
pub fn check_holder(holder: &str) -> Result<(), Refusal> {
    within("bytes of a holder's name", holder.len(), limits::HOLDER_BYTES_MAX)?;
    if holder.is_empty() {
        return Err(Refusal::Settings("a lease needs the name of its holder".to_owned()));
    }
    Ok(())
}

/// Checks a count against its limit.
///
/// # Errors
/// [`Refusal::Limit`] if there are more.
pub fn within(what: &'static str, found: usize, limit: usize) -> Result<(), Refusal> {
    if found <= limit { Ok(()) } else { Err(Refusal::Limit { what, found, limit }) }
}

/// Checks that a record's id can be a part of a key: not empty, not long, printable ASCII without braces, which
/// would move the key away from its centre's hash tag.
pub(crate) fn check_key(key: &RecordKey) -> Result<(), Refusal> {
    let id = key.id.as_bytes();
    let fits = !id.is_empty() && id.len() <= limits::RECORD_ID_BYTES_MAX;
    if fits && id.iter().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'{' | b'}')) {
        return Ok(());
    }
    Err(Refusal::Key { key: key.clone() })
}

/// The time without what is below a millisecond.
pub(crate) fn whole_milliseconds(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).expect("a time in whole milliseconds is a time")
}
