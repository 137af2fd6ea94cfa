//! Whether the picture is the store's.

use std::sync::Arc;

use domain::Version;
use jiff::Timestamp;
use store::{Cursor, Lineage};

/// Whether the picture is the store's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nothing was loaded yet.
    Starting,
    /// It follows the store.
    Current,
    /// The store cannot be followed. The last picture is still shown, marked with this; commits may or may not pass,
    /// which the store itself says.
    Away {
        /// Since when, by the centre's clock.
        since: Timestamp,
        /// What was found, for a person.
        why: Arc<str>,
    },
    /// The store is behind what this node has seen: it was put back to an older copy. Nothing may commit through this
    /// node until it has been given back what it lost, or a new lineage has begun, and is loaded.
    Behind {
        /// Where the store is.
        store: Cursor,
        /// What this node has seen.
        seen: Cursor,
    },
}

impl Status {
    /// The word for logs and metrics.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Current => "current",
            Self::Away { .. } => "away",
            Self::Behind { .. } => "behind",
        }
    }

    /// True while the picture is known to be the store's.
    pub const fn is_current(&self) -> bool {
        match self {
            Self::Current => true,
            Self::Starting | Self::Away { .. } | Self::Behind { .. } => false,
        }
    }

    /// True if a step may be committed on what this picture shows. While the store is away that is the store's to say.
    pub const fn allows_commits(&self) -> bool {
        match self {
            Self::Current | Self::Away { .. } => true,
            Self::Starting | Self::Behind { .. } => false,
        }
    }
}

/// A store that lost changes which this node had seen, and what came of it. Whoever raises the alarm derives its operation
/// from this: every node tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreBehind {
    /// The last this node had seen. If another node found it first, what lies between is not known here.
    pub seen: Cursor,
    /// Where the store was found, in the old lineage or already in the new one.
    pub found: Cursor,
    /// Where the store was loaded then: in the same lineage if it was given back what it had lost, else in a new one.
    pub now: Cursor,
    /// Records that were last written by this change or before are missing: the store was empty, and no node's journal goes
    /// further back. 0 if none are.
    pub missing_up_to: Version,
    /// What the store will never have and this node's journal holds; absent if there is no such thing.
    pub unmade: Option<Unmade>,
}

/// Changes that a store lost and that only people can make up for: they changed records that have changed since, or are gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unmade {
    /// Of which history.
    pub lineage: Lineage,
    /// The first of them.
    pub first: Version,
    /// The last; what lies between may have been made again.
    pub last: Version,
}
