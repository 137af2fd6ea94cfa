//! What a node keeps on a disk of its own, so that nothing it acknowledged or followed hangs on the store's disk alone.

use std::{sync::Arc, time::Duration};

use domain::{OperationId, Version};
use futures::{future::BoxFuture, stream::BoxStream};
use serde::{Deserialize, Serialize};

use crate::{Change, Commit, Cursor, Lineage};

/// What a journal answers, some time later.
pub type Kept<'a, T> = BoxFuture<'a, Result<T, NotKept>>;

/// A journal as everybody holds it.
pub type SharedJournal = Arc<dyn NodeJournal>;

/// A node's own journal. Whatever it answers for is on its disk, fsynced.
///
/// It never applies anything: what it holds goes to the store through [`Store`](crate::Store) like everything else.
pub trait NodeJournal: Send + Sync + 'static {
    /// Keeps a commit that the store may not have. It looked at nothing and creates all it writes, so it can be applied
    /// whatever becomes of the store meanwhile.
    fn hold(&self, commit: Commit) -> Kept<'_, ()>;

    /// Keeps changes as they were followed, in order. A held commit whose change is among them, answered as it was, needs no
    /// more replay.
    fn follow(&self, lineage: Lineage, changes: Vec<Change>) -> Kept<'_, ()>;

    /// Notes that a held commit needs no more replay.
    fn settle(&self, operation: OperationId, settlement: Settlement) -> Kept<'_, ()>;

    /// The held commit of an operation, while it waits to be settled.
    fn held(&self, operation: OperationId) -> Kept<'_, Option<Commit>>;

    /// The change that an operation made, with its line of history, if it is among the last that were followed: whoever asks
    /// again is answered as before, also while the store cannot be asked.
    fn followed(&self, operation: OperationId) -> Kept<'_, Option<(Lineage, Change)>>;

    /// Held commits that wait to be settled, in the order they were held, the first of them after this place (0 for the
    /// first of all): as many as are read at once. Those that this run held less long ago than `older_than` are left out:
    /// their own changes are on the way. How long ago is the journal's to know, and no clock that can be set back.
    fn unsettled(&self, after: u64, older_than: Duration) -> Kept<'_, Waiting>;

    /// The changes it could give back to a store.
    fn tail(&self) -> Option<Tail>;

    /// The changes of its tail after this number, in order. It ends early where one cannot be read.
    fn changes_after(&self, number: Version) -> BoxStream<'static, Change>;

    /// Whether it takes what it is given.
    fn condition(&self) -> Condition;
}

/// Held commits that wait to be settled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Those that could be read, in the order they were held.
    pub commits: Vec<Commit>,
    /// Those that could not be read, each in a few words that are the same at every look.
    pub unreadable: Vec<String>,
    /// The place of the last that was looked at; absent if none was.
    pub last: Option<u64>,
    /// Whether the next one after these was left out because it was held too short a time ago.
    pub younger: bool,
}

/// The last changes that a journal holds with none missing between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tail {
    /// In which history they have their numbers.
    pub lineage: Lineage,
    /// The first of them.
    pub first: Version,
    /// The last.
    pub last: Version,
    /// The operation of the last.
    pub operation: OperationId,
}

impl Tail {
    /// Where it ends.
    pub const fn end(&self) -> Cursor {
        Cursor { lineage: self.lineage, number: self.last }
    }
}

/// What became of a held commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Settlement {
    /// The store has it.
    Committed {
        /// As the change of this number.
        number: Version,
    },
    /// The store will never have it, and people were told.
    Refused {
        /// Why, in a sentence; a journal may cut it.
        reason: String,
    },
}

/// Whether a journal takes what it is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It does.
    Good,
    /// Its disk is nearly full: it holds no more commits until there is room, and follows on while there is.
    Full,
    /// Its disk failed, and it takes nothing until the node starts again.
    Sealed {
        /// What failed, for a person.
        reason: Arc<str>,
    },
}

/// Why a journal did not keep something. Unless it is sealed, it is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotKept {
    /// The disk failed. What was given may be there or not.
    #[error("the journal is sealed: {0}")]
    Sealed(Arc<str>),
    /// There is no room for it now.
    #[error("the journal has no room: {0}")]
    NoRoom(String),
    /// It cannot be kept at all.
    #[error("the journal cannot keep it: {0}")]
    Unfit(String),
    /// What was asked for can no longer be read.
    #[error("the journal cannot be read: {0}")]
    Unreadable(String),
}
