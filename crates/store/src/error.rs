//! What goes wrong between a caller and a store.

use std::{error::Error, sync::Arc};

use domain::{RecordKey, UnitId, Version};

/// What lies beneath a failure; shared, so that one failure can be told to many.
pub type Cause = Arc<dyn Error + Send + Sync>;

/// Why a store gave no answer. Conflicts and repeats are answers, not errors: see [`Outcome`](crate::Outcome).
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The store could not be asked, or said that it can do nothing now. **Nothing was applied.** Trying again later
    /// may help.
    #[error("the store is not available: {reason}")]
    Unavailable {
        /// What was found, for a person.
        reason: String,
        /// What lies beneath.
        #[source]
        source: Option<Cause>,
    },
    /// The store was asked and did not answer in time: **it may have been applied**. Ask again with the same operation
    /// id to learn which.
    #[error("the store did not answer in time; what was asked may have been applied")]
    Unknown {
        /// What lies beneath.
        #[source]
        source: Option<Cause>,
    },
    /// **Nothing was applied**, and asking again will not help until somebody changes something.
    #[error("the store refuses")]
    Refused(#[source] Refusal),
    /// The store holds something that this version cannot read. **Nothing was applied.**
    #[error("the store holds something unreadable at `{place}`: {found}")]
    Damaged {
        /// Which key or entry.
        place: String,
        /// What was found there, in short.
        found: String,
    },
}

impl From<Refusal> for StoreError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Why a store refuses, with nothing written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// More than a limit allows.
    #[error("{found} {what}, at most {limit} are allowed")]
    Limit {
        /// Of what.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// A record's id is empty, too long, or has characters that no key may have.
    #[error("`{key}` cannot be the key of a record")]
    Key {
        /// The key.
        key: RecordKey,
    },
    /// One commit writes the same record twice.
    #[error("`{key}` is written twice by one commit")]
    WrittenTwice {
        /// The record.
        key: RecordKey,
    },
    /// A commit expects a version but does not say of which lineage.
    #[error("`{key}` is expected at a version, but the commit does not say what it has seen")]
    VersionWithoutLineage {
        /// The record.
        key: RecordKey,
    },
    /// A position that is not on the Earth.
    #[error("the position of `{unit}` is no place on the Earth")]
    Position {
        /// Whose position.
        unit: UnitId,
    },
    /// [`Lineage::NONE`](crate::Lineage::NONE) cannot be begun.
    #[error("a store cannot go back to having no lineage")]
    NoLineage,
    /// A store that lost changes for good cannot go on under the lineage that has them.
    #[error("what begins where a store lost changes is not the lineage that has them")]
    SameLineage,
    /// An offer without a node, without a lineage, or of no changes.
    #[error("changes {first} to {last} of nobody, of no lineage, or none at all are no offer")]
    Offer {
        /// The first change of it.
        first: Version,
        /// The last change of it.
        last: Version,
    },
    /// Changes that are to be put back do not follow on each other.
    #[error("change {found} cannot be put back where change {expected} belongs")]
    NotDense {
        /// The number that follows on.
        expected: Version,
        /// The number that was found.
        found: Version,
    },
    /// A key of the centre holds a value of another type: somebody else wrote there.
    #[error("`{key}` is a {found}, not a {expected}: somebody else wrote there")]
    Type {
        /// The key.
        key: String,
        /// The type it has.
        found: String,
        /// The type it must have.
        expected: String,
    },
    /// The store is set up so that it would lose what it acknowledged, or may not be used by us.
    #[error("{0}")]
    Settings(String),
}
