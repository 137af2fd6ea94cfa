//! What can come of an operation besides its answer.

use domain::{Version, refusal::Refusal};
use identity::ScopeRefusal;
use store::StoreError;

/// Why an operation gave no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum OperationError {
    /// The system says no. Nothing was changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It is not the asker's to ask. Nothing was changed.
    #[error(transparent)]
    OutOfScope(#[from] ScopeRefusal),
    /// The request id was used before for another request. Nothing was changed.
    #[error("this request id was used before for another request, which made change {number}")]
    OtherContent {
        /// The change that the other request made.
        number: Version,
    },
    /// Others kept changing the same records while this was decided. Nothing was changed.
    #[error("others changed the same records {tries} times in a row; read again and ask again")]
    Conflict {
        /// How often it was decided.
        tries: u32,
    },
    /// The store is behind what this node has seen. Nothing was changed.
    #[error("the store is behind what this node has seen; nothing is committed until that is settled")]
    Behind,
    /// No directory is in force, so nobody can be sent. Nothing was changed.
    #[error("no directory is in force; apply one first")]
    NoDirectory,
    /// The store could not be asked, or may or may not have applied the request: see the cause.
    #[error("the store gave no answer")]
    Store(#[source] StoreError),
}

impl OperationError {
    /// True if asking again is of no use until something changes; false if the store may say otherwise in a moment.
    pub(crate) const fn is_final(&self) -> bool {
        match self {
            Self::Refused(_)
            | Self::OutOfScope(_)
            | Self::OtherContent { .. }
            | Self::NoDirectory
            | Self::Store(StoreError::Refused(_) | StoreError::Damaged { .. }) => true,
            Self::Conflict { .. }
            | Self::Behind
            | Self::Store(StoreError::Unavailable { .. } | StoreError::Unknown { .. }) => false,
        }
    }

    /// The code as operators see it and as its runbook page is named.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::OutOfScope(refusal) => refusal.code(),
            Self::OtherContent { .. } => "REQUEST_ID_REUSED",
            Self::Conflict { .. } => "CONFLICT",
            Self::Behind => "STORE_BEHIND",
            Self::NoDirectory => "NO_DIRECTORY",
            Self::Store(StoreError::Unknown { .. }) => "OUTCOME_UNKNOWN",
            Self::Store(StoreError::Unavailable { .. }) => "STORE_UNAVAILABLE",
            Self::Store(StoreError::Refused(_)) => "STORE_REFUSED",
            Self::Store(StoreError::Damaged { .. }) => "STORE_DAMAGED",
        }
    }
}
