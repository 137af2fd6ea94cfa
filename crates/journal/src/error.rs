//! What goes wrong with a journal: with its files, or with one entry. They are two types because who appends an entry can
//! meet nothing of what can go wrong in opening, and need not name it.

use std::{io, path::PathBuf, sync::Arc};

use domain::OperationId;

/// Why a journal cannot be opened, read or made smaller.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// A file cannot be used.
    #[error("cannot {step} `{path}`")]
    File {
        /// What was tried.
        step: &'static str,
        /// With which file or directory.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// Another process writes this journal.
    #[error("the journal in `{directory}` is in use by {}", holder(.pid))]
    InUse {
        /// The directory.
        directory: PathBuf,
        /// The other process, where it could be read.
        pid: Option<u32>,
    },
    /// What is written there is gone with the power.
    #[error("`{directory}` is in memory; a journal must be on a disk")]
    InMemory {
        /// The directory.
        directory: PathBuf,
    },
    /// The directory holds the journal of another node.
    #[error("the journal in `{directory}` is that of node `{found}`, not of `{node}`")]
    OtherNode {
        /// The directory.
        directory: PathBuf,
        /// The node that opened it.
        node: String,
        /// The node whose journal it is.
        found: String,
    },
    /// The directory holds segments of two journals of this node. Which of them counts is for a person to say.
    #[error("`{directory}` holds segments of two journals of node `{node}`: move one of them away")]
    TwoJournals {
        /// The directory.
        directory: PathBuf,
        /// The node.
        node: String,
    },
    /// A segment in a format of another release.
    #[error("`{path}` has format {found}; this release reads format {}", crate::format::FORMAT_VERSION)]
    Version {
        /// The segment.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
    /// A segment whose header is damaged twice, and no other one tells which journal it belongs to.
    #[error("nothing tells which journal `{path}` belongs to: both copies of its header are damaged")]
    Unreadable {
        /// The segment.
        path: PathBuf,
    },
    /// A node's name that cannot stand in a header.
    #[error("`{node}` cannot name a node: 1 to {} bytes are needed", crate::limits::NODE_BYTES_MAX)]
    NodeName {
        /// The name.
        node: String,
    },
    /// A held commit can no longer be read where it was written.
    #[error("entry {sequence} in `{path}` can no longer be read")]
    Damaged {
        /// The segment.
        path: PathBuf,
        /// The entry.
        sequence: crate::Sequence,
    },
}

impl JournalError {
    /// True if it may be otherwise at another try, with nothing changed by anybody.
    pub const fn may_pass(&self) -> bool {
        match self {
            Self::File { .. } | Self::InUse { .. } => true,
            Self::InMemory { .. }
            | Self::OtherNode { .. }
            | Self::TwoJournals { .. }
            | Self::Version { .. }
            | Self::Unreadable { .. }
            | Self::NodeName { .. }
            | Self::Damaged { .. } => false,
        }
    }
}

fn holder(pid: &Option<u32>) -> String {
    pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
}

pub(crate) fn failed(step: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> JournalError {
    let path = path.into();
    move |source| JournalError::File { step, path, source }
}

/// Why an entry is not acknowledged. With [`AppendError::Sealed`] it may be there all the same, with any other it is not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// The disk failed, and nothing is acknowledged any more until the journal is opened again.
    #[error("the journal is sealed: {reason}")]
    Sealed {
        /// What failed.
        reason: Arc<str>,
    },
    /// Too little room is left on the disk. It ends by itself when there is more.
    #[error("{free_bytes} bytes are free on the disk of the journal; {reserve_bytes} are kept in reserve")]
    NoSpace {
        /// What is free.
        free_bytes: u64,
        /// What must stay free.
        reserve_bytes: u64,
    },
    /// More held commits wait to be settled than a journal keeps account of. It ends by itself when some are settled.
    #[error("{unsettled} held commits wait to be settled, at most {limit} may")]
    Backlog {
        /// How many wait.
        unsettled: usize,
        /// How many may.
        limit: usize,
    },
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
    /// A commit that looked at something cannot be held: whether it still applies is known to the store alone.
    #[error("operation {operation} depends on what it has seen, so it cannot be held")]
    NotBlind {
        /// What was asked for.
        operation: OperationId,
    },
}
