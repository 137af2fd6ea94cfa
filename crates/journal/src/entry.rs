//! What a journal holds, and how it is put into bytes.

use std::fmt;

use domain::{OperationId, Version};
use serde::Serialize;
use store::{Change, Commit, Cursor, Fingerprint, Lineage, Settlement};

use crate::limits;

/// The place of an entry in the order of a journal: dense, from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequence(u64);

impl Sequence {
    /// Before the first entry.
    pub const NONE: Self = Self(0);

    /// Wraps a number that was told before.
    pub const fn from_u64(number: u64) -> Self {
        Self(number)
    }

    /// The number itself.
    pub const fn as_u64(self) -> u64 {
        self.0
    }

    /// The next one.
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One thing a node must not forget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A commit that this node accepted and that the store may not have. It looked at nothing and creates all it writes.
    Held(Commit),
    /// A change of the stream as it was followed. It settles the held commit that it is the change of, if that was answered
    /// so.
    Change {
        /// In which history it has its number.
        lineage: Lineage,
        /// The change.
        change: Change,
    },
    /// A held commit that needs no more replay.
    Settled {
        /// Which one.
        operation: OperationId,
        /// What became of it.
        outcome: Settlement,
    },
}

/// Which of the three an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// [`Entry::Held`].
    Held,
    /// [`Entry::Change`].
    Change,
    /// [`Entry::Settled`].
    Settled,
}

impl Kind {
    /// The byte in a record. A byte never means another kind in a later release.
    pub(crate) const fn byte(self) -> u8 {
        match self {
            Self::Held => 1,
            Self::Change => 2,
            Self::Settled => 3,
        }
    }

    pub(crate) const fn of_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Held),
            2 => Some(Self::Change),
            3 => Some(Self::Settled),
            _ => None,
        }
    }
}

/// An operation and a sum of what it was answered: another node may have answered the same request otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Answered {
    pub(crate) operation: OperationId,
    pub(crate) answer: u32,
}

impl Answered {
    fn new(operation: OperationId, answer: &str) -> Self {
        Self { operation, answer: crc32c::crc32c(answer.as_bytes()) }
    }
}

/// What the books of a journal need to know of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gist {
    Held(Answered),
    Change { at: Cursor, made: Answered },
    Settled(OperationId),
}

/// The first fields of a change.
type ChangeHead<'a> = (Lineage, Version, OperationId, Fingerprint, &'a str);

impl Gist {
    pub(crate) fn of(entry: &Entry) -> Self {
        match entry {
            Entry::Held(commit) => Self::Held(Answered::new(commit.operation, &commit.answer)),
            Entry::Change { lineage, change } => {
                let at = Cursor { lineage: *lineage, number: change.number };
                Self::Change { at, made: Answered::new(change.operation, &change.answer) }
            }
            Entry::Settled { operation, outcome: _ } => Self::Settled(*operation),
        }
    }

    /// Reads no more of an encoded entry than its first fields.
    pub(crate) fn read(kind: Kind, payload: &[u8]) -> Result<Self, postcard::Error> {
        Ok(match kind {
            Kind::Held => {
                let ((operation, _, answer), _): ((OperationId, Fingerprint, &str), _) =
                    postcard::take_from_bytes(payload)?;
                Self::Held(Answered::new(operation, answer))
            }
            Kind::Change => {
                let ((lineage, number, operation, _, answer), _): (ChangeHead<'_>, _) =
                    postcard::take_from_bytes(payload)?;
                Self::Change { at: Cursor { lineage, number }, made: Answered::new(operation, answer) }
            }
            Kind::Settled => Self::Settled(postcard::take_from_bytes(payload)?.0),
        })
    }
}

impl Entry {
    /// Which of the three it is.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Held(_) => Kind::Held,
            Self::Change { .. } => Kind::Change,
            Self::Settled { .. } => Kind::Settled,
        }
    }

    /// The bytes of it, without its kind.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Held(commit) => in_bytes(commit, commit.stream_bytes()),
            Self::Change { lineage, change } => in_bytes(&(lineage, change), change.stream_bytes()),
            Self::Settled { operation, outcome } => in_bytes(&(operation, cut(outcome)), 0),
        }
    }

    /// Reads what [`Entry::encode`] wrote.
    ///
    /// # Errors
    /// The bytes are no such entry, or more than one: nothing else tells a damaged entry that passed its checksum.
    pub fn decode(kind: Kind, payload: &[u8]) -> Result<Self, DecodeError> {
        let (entry, rest) = match kind {
            Kind::Held => {
                let (commit, rest) = postcard::take_from_bytes(payload)?;
                (Self::Held(commit), rest)
            }
            Kind::Change => {
                let ((lineage, change), rest) = postcard::take_from_bytes(payload)?;
                (Self::Change { lineage, change }, rest)
            }
            Kind::Settled => {
                let ((operation, outcome), rest) = postcard::take_from_bytes(payload)?;
                (Self::Settled { operation, outcome }, rest)
            }
        };
        if rest.is_empty() { Ok(entry) } else { Err(DecodeError::Longer { bytes: rest.len() }) }
    }
}

/// Something in bytes, about this many: room that grows as it is filled is copied again and again.
fn in_bytes(something: &impl Serialize, about: u64) -> Vec<u8> {
    let room = usize::try_from(about).unwrap_or(0);
    postcard::to_io(something, Vec::with_capacity(room))
        .expect("plain data of known length is encoded into memory")
}

/// The same with a reason that is not too long.
fn cut(outcome: &Settlement) -> Settlement {
    match outcome {
        Settlement::Committed { number } => Settlement::Committed { number: *number },
        Settlement::Refused { reason } => {
            let end = reason.floor_char_boundary(limits::REASON_BYTES_MAX);
            Settlement::Refused { reason: reason[..end].to_owned() }
        }
    }
}

/// Why bytes are no entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// They do not have the form of one.
    #[error("the bytes are no entry of this format")]
    Form(#[source] postcard::Error),
    /// Something follows it.
    #[error("{bytes} bytes follow the entry")]
    Longer {
        /// How many.
        bytes: usize,
    },
}

impl From<postcard::Error> for DecodeError {
    fn from(error: postcard::Error) -> Self {
        Self::Form(error)
    }
}
