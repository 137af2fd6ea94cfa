//! The commit, its outcomes, the change stream and the Store trait, with the in-memory reference.
//!
//! A store decides only what is *still current*, never what is legal: it compares and copies records and looks into
//! none. Everything that must survive goes through [`Store::commit`]; nothing else changes a record.

mod change;
mod closed;
mod commit;
mod error;
mod forward;
mod journal;
pub mod limits;
pub mod memory;
mod position;
mod presence;
mod restore;

use std::{sync::Arc, time::Duration};

use domain::{OperationId, RecordKey, StationId, Version};
use futures::future::BoxFuture;
use jiff::Timestamp;

pub use change::{Change, ChangedRecord, Changes, Cursor, Lineage, Versioned};
pub use closed::Closed;
pub use commit::{
    Commit, Fingerprint, Outcome, Place, QueueScore, Read, Remembered, Write, check_forget, check_holder,
    within,
};
pub use error::{Cause, Refusal, StoreError};
pub use journal::{Condition, Kept, NodeJournal, NotKept, Settlement, SharedJournal, Tail, Waiting};
pub use limits::Retention;
pub use memory::{Memory, MemoryCopy, TimeSource};
pub use position::PositionReport;
pub use presence::{DeskHeard, Presence};
pub use restore::{
    Ended, Ending, Offer, Progress, PutBack, Restoring, check_ending, check_put_back, fitting,
};

/// What a store answers, some time later.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// A store as everybody holds it.
pub type SharedStore = Arc<dyn Store>;

/// The durable state of one centre.
///
/// Every method may give [`StoreError::Unavailable`] or [`StoreError::Damaged`]; those that write may also give
/// [`StoreError::Unknown`] and [`StoreError::Refused`]. No method retries: the caller does, with the same operation id.
/// Dropping a returned future before it is ready is the same as a timeout: what was asked may still be applied.
pub trait Store: Send + Sync + 'static {
    /// Applies a step whole, or says why not. The checks run in this order and the first that fails decides:
    /// limits ([`Commit::check`]) · operation known · store behind or of another lineage than `seen` · versions of
    /// `reads`, then of `writes`. Only a committed step is remembered.
    fn commit(&self, commit: Commit) -> Answer<'_, Outcome>;

    /// Reads records, in the order asked for; `None` for one that does not exist. Up to [`limits::GET_KEYS_MAX`] are
    /// read at one moment; a longer list at several.
    fn get<'a>(&'a self, keys: &'a [RecordKey]) -> Answer<'a, Vec<Option<Versioned>>>;

    /// Looks up an operation. Those of the last [`limits::REMEMBERED_FOR`] are all known, older ones perhaps.
    fn remembered(&self, operation: OperationId) -> Answer<'_, Option<Remembered>>;

    /// Where the store is; [`Cursor::NONE`] if it holds nothing, not even a beginning. While it is being restored its
    /// lineage is [`Lineage::NONE`] and its number the last change it has.
    fn tip(&self) -> Answer<'_, Cursor>;

    /// The records to load at start, by the text of their keys.
    fn open(&self) -> Answer<'_, Vec<RecordKey>>;

    /// Up to `limit` records of the queue, most urgent first, after the first `skip` of them: a queue longer than
    /// [`limits::LIST_MAX`] is read page by page.
    fn queue(&self, skip: usize, limit: usize) -> Answer<'_, Vec<(RecordKey, QueueScore)>>;

    /// Up to `limit` changes after a cursor; if there are none yet, waits for one at most this long (and at most
    /// [`limits::CHANGES_WAIT_MAX`]). A wait of zero never waits. Safe to drop.
    fn changes_after(&self, after: Cursor, limit: usize, wait: Duration) -> Answer<'_, Changes>;

    /// Up to `limit` records closed before this time, the longest closed first; of those that come after one of an
    /// earlier answer if that is given, whether or not that is still there.
    fn closed_before(
        &self,
        before: Timestamp,
        after: Option<Closed>,
        limit: usize,
    ) -> Answer<'_, Vec<Closed>>;

    /// Up to `limit` closed records, the latest closed first, after so many that are `skipped`.
    fn latest_closed(&self, skipped: usize, limit: usize) -> Answer<'_, Vec<RecordKey>>;

    /// Removes records whole, after an fsynced archive file holds them: all of them or none. It is not a change, has
    /// no number, and no board hears of it: what it removes left every board when it was closed.
    fn forget(&self, records: Vec<Read>) -> Answer<'_, Forgotten>;

    /// Goes on under a new lineage, at the number the store has, if its lineage is still `expected`
    /// ([`Lineage::NONE`] for a store that holds nothing). Answers where the store is then: it was this call, or an
    /// earlier one with the same `new`, that began it if the answer's lineage is `new`. A store that is being restored
    /// begins none, whatever is expected: see [`Self::end_restore`].
    fn begin_lineage(&self, expected: Lineage, new: Lineage) -> Answer<'_, Cursor>;

    /// Offers to give back what the store may have lost, and renews an earlier offer of the same node. If the store
    /// is of the offer's lineage and lacks some of it, or holds nothing at all, its restore begins: until
    /// [`Self::end_restore`] the store's lineage is [`Lineage::NONE`] and its number stays, so every commit is
    /// [`Outcome::Behind`], also one that has seen nothing, and every reader is [`Changes::Behind`].
    ///
    /// An offer that is not renewed for [`limits::OFFER_FRESH_FOR`] no longer counts, so a node renews it every few
    /// seconds, also once the store has everything the node has.
    fn offer(&self, offer: Offer) -> Answer<'_, Restoring>;

    /// How far the restore of the store is; `None` if none is under way.
    fn restoring(&self) -> Answer<'_, Option<Progress>>;

    /// Puts changes back that follow on where the store is, all of them or none: each does to the store all that its
    /// commit did, at its own number, as of its own time. They follow on each other, as many at once as [`fitting`] says.
    /// A store that holds nothing takes any as its first: then what was before is lost ([`Progress::lost_up_to`]), so it
    /// should be [`Progress::first`].
    ///
    /// `after` is the operation of the change before the first of them, which must be the store's last. It is absent only
    /// if the node does not hold that change: then nothing tells a store that lost it from one that took another since.
    ///
    /// A record that the archive has let go of comes back with a change that wrote it; the archiver removes it again.
    fn put_back(
        &self,
        lineage: Lineage,
        after: Option<OperationId>,
        changes: Vec<Change>,
    ) -> Answer<'_, PutBack>;

    /// Ends the restore of a lineage, at the earliest this long (in whole milliseconds) after it began, so that other
    /// nodes had time to offer. [`Ending::Whole`] needs a store that [has everything offered](Progress::is_whole);
    /// [`Ending::Under`] one that has not and that [nobody can go on with](Progress::is_reachable). Asking again is
    /// harmless, and so is asking for the other ending after one was reached.
    fn end_restore(&self, lineage: Lineage, ending: Ending, grace: Duration) -> Answer<'_, Ended>;

    /// Tells positions and asks for all: of each unit the one measured last, by unit. May be told nothing.
    fn positions(&self, batch: Vec<PositionReport>) -> Answer<'_, Vec<PositionReport>>;

    /// Tells which duty desks are heard at this moment and asks when each was last heard, both by the store's own time:
    /// nodes need not agree on theirs. May be told nothing.
    fn presence(&self, heard: Vec<StationId>) -> Answer<'_, Presence>;

    /// Takes or renews the dispatcher's lease for this long (in whole milliseconds, at least one). It is for progress
    /// only: versions are for safety.
    fn lease(&self, holder: &str, ttl: Duration) -> Answer<'_, Lease>;

    /// Gives the lease back, if this holder has it.
    fn release(&self, holder: &str) -> Answer<'_, ()>;

    /// The time of the store's own clock, to which every node ties its own.
    fn time(&self) -> Answer<'_, Timestamp>;
}

/// What came of asking to forget records.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "records that changed are still there"]
pub enum Forgotten {
    /// All of them are gone; those already gone before count too.
    All,
    /// Nothing was removed: this record has moved on.
    Conflict {
        /// The first such record.
        key: RecordKey,
        /// The version it has.
        current: Version,
    },
    /// Nothing was removed: this record is open or in the queue.
    Open {
        /// The first such record.
        key: RecordKey,
    },
}

/// What came of asking for the lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lease {
    /// The asker has it, for the time asked for.
    Held,
    /// Another has it.
    HeldBy {
        /// Who.
        holder: String,
        /// For how long still, unless renewed.
        remaining: Duration,
    },
}
