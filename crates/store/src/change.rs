//! The change stream: what happened, in order, and where a reader is in it.

use std::{fmt, sync::Arc};

use domain::{OperationId, RecordKey, Version};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Fingerprint, Place, commit::counted};

/// Names one unbroken history of a store. A store that lost its tail goes on under a new lineage, because its next
/// numbers mean something else than the lost ones did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lineage(Uuid);

impl Lineage {
    /// The lineage of a store that holds nothing, not even a beginning.
    pub const NONE: Self = Self(Uuid::nil());

    /// Wraps a UUID, drawn by the caller or read back.
    pub const fn from_uuid(id: Uuid) -> Self {
        Self(id)
    }

    /// The UUID itself.
    pub const fn as_uuid(&self) -> Uuid {
        self.0
    }
}

impl fmt::Display for Lineage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A place in the history of a store: after the change of this number, in this lineage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cursor {
    /// Which history.
    pub lineage: Lineage,
    /// The last change that is included; 0 before the first.
    pub number: Version,
}

impl Cursor {
    /// The beginning of a store that holds nothing.
    pub const NONE: Self = Self { lineage: Lineage::NONE, number: Version::ABSENT };
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.lineage, self.number)
    }
}

/// One committed step, with everything that is needed to make it again in a store that lost it.
///
/// A journal keeps it field by field in this order: a new field needs a new version of the journal's format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its number, which is the version of every record in it. The next change has the next number.
    pub number: Version,
    /// What was asked for.
    pub operation: OperationId,
    /// The digest of the request.
    pub fingerprint: Fingerprint,
    /// What the request was answered.
    pub answer: Arc<str>,
    /// Who asked.
    pub actor: String,
    /// Why.
    pub cause: String,
    /// When it was decided.
    pub at: Timestamp,
    /// The new state of every record it wrote, in the order of the commit.
    pub records: Vec<ChangedRecord>,
}

impl Change {
    /// What it is counted as in the stream, in bytes: the same as [`Commit::stream_bytes`](crate::Commit::stream_bytes)
    /// of the commit that made it.
    pub fn stream_bytes(&self) -> u64 {
        let states: usize = self.records.iter().map(|record| record.state.len()).sum();
        counted(states + self.answer.len() + self.actor.len() + self.cause.len(), self.records.len())
    }
}

/// A record as a change left it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedRecord {
    /// Which record.
    pub key: RecordKey,
    /// Its state.
    pub state: Arc<str>,
    /// Which indexes list it.
    pub place: Place,
}

/// What follows a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a gap or another lineage means reload"]
pub enum Changes {
    /// At least one change; the first has the number after the cursor's, and none is left out.
    Some(Vec<Change>),
    /// Nothing yet, after the wait asked for.
    None,
    /// The changes right after the cursor are no longer kept: reload.
    Trimmed {
        /// The oldest change still kept.
        first: Version,
    },
    /// The store is behind the cursor, or of another lineage: it is not the store the reader knows.
    Behind {
        /// Where the store is.
        tip: Cursor,
    },
}

/// A record with its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versioned {
    /// The number of the change that last wrote it; never 0.
    pub version: Version,
    /// Its state: JSON, which the store never looks into.
    pub state: Arc<str>,
}
