//! Faults planted on purpose, to see that a day finds them.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use domain::{OperationId, RecordKey, StationId};
use futures::FutureExt as _;
use jiff::Timestamp;
use store::{
    Answer, Change, ChangedRecord, Changes, Closed, Commit, Cursor, Ended, Ending, Forgotten, Lease, Lineage,
    Offer, Outcome, PositionReport, Presence, Progress, PutBack, QueueScore, Read, Remembered, Restoring,
    SharedStore, Store,
};
use tokio::sync::watch;

/// A fault that is planted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The store does not check what a decision depends on.
    ReadsNotChecked,
    /// The store does not know an operation again.
    OperationIgnored,
    /// The store leaves what it once listed on its indexes.
    IndexLeftBehind,
    /// A node that is started again forgets the deadlines that were running.
    DeadlineDropped,
    /// A node shows its own write before the stream tells of it.
    ShownBeforeTheStream,
}

impl Fault {
    /// True for a fault of the store, which is planted beneath the accounts; the others are planted in a node.
    pub const fn is_of_the_store(self) -> bool {
        match self {
            Self::ReadsNotChecked | Self::OperationIgnored | Self::IndexLeftBehind => true,
            Self::DeadlineDropped | Self::ShownBeforeTheStream => false,
        }
    }
}

/// A store with a fault, or the way of a node with a fault to its store.
pub struct Planted {
    store: SharedStore,
    fault: Fault,
    drawn: AtomicU64,
    state: Mutex<State>,
    early: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    /// What was listed once.
    listed: BTreeMap<RecordKey, store::Place>,
    /// What was open when the node was started.
    dropped: BTreeSet<String>,
    /// Own writes that are shown before their time.
    early: VecDeque<Change>,
    /// Where the node is in the stream.
    at: Option<Cursor>,
}

impl Planted {
    /// `store` with a fault.
    pub fn new(store: SharedStore, fault: Fault) -> Self {
        let (drawn, state, early) = (AtomicU64::new(1), Mutex::default(), watch::Sender::new(0));
        Self { store, fault, drawn, state, early }
    }

    /// The node forgets everything that is awaited of these records.
    pub fn forget_awaited(&self, ids: impl IntoIterator<Item = String>) {
        self.state().dropped.extend(ids);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it plants a fault")
    }

    /// The commit as the fault has it; `None` if it is not even made.
    fn changed(&self, mut commit: Commit) -> Result<Commit, Outcome> {
        match self.fault {
            Fault::ReadsNotChecked => commit.reads.clear(),
            Fault::OperationIgnored => {
                let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
                commit.operation = OperationId::derived("planted", &drawn.to_string());
            }
            Fault::IndexLeftBehind => {
                let mut state = self.state();
                for write in &mut commit.writes {
                    if let Some(listed) = state.listed.get(&write.key).filter(|it| it.queue.is_some()) {
                        write.place = *listed;
                    }
                    state.listed.insert(write.key.clone(), write.place);
                }
            }
            Fault::DeadlineDropped => {
                let about = |write: &store::Write| self.state().dropped.contains(&write.key.id);
                let is_late = matches!(commit.cause.as_str(), "desk_unanswered" | "crew_unanswered");
                if is_late && commit.writes.iter().any(about) {
                    let number = commit.seen.unwrap_or(Cursor::NONE).number;
                    return Err(Outcome::Repeated { number, answer: commit.answer });
                }
            }
            Fault::ShownBeforeTheStream => self.show(&commit),
        }
        Ok(commit)
    }

    /// Shows a commit as if it were the next change.
    fn show(&self, commit: &Commit) {
        let mut state = self.state();
        let Some(at) = state.at else { return };
        let records = commit.writes.iter().map(|write| ChangedRecord {
            key: write.key.clone(),
            state: write.state.clone(),
            place: write.place,
        });
        state.early.push_back(Change {
            number: at.number.next(),
            operation: commit.operation,
            fingerprint: commit.fingerprint,
            answer: commit.answer.clone(),
            actor: commit.actor.clone(),
            cause: commit.cause.clone(),
            at: commit.at,
            records: records.collect(),
        });
        self.early.send_modify(|count| *count += 1);
    }

    fn shown(&self, after: Cursor) -> Option<Change> {
        let mut state = self.state();
        state.at = Some(after);
        while let Some(change) = state.early.pop_front() {
            if change.number == after.number.next() {
                return Some(change);
            }
        }
        None
    }
}

impl Store for Planted {
    fn commit(&self, commit: Commit) -> Answer<'_, Outcome> {
        match self.changed(commit) {
            Ok(commit) => self.store.commit(commit),
            Err(outcome) => std::future::ready(Ok(outcome)).boxed(),
        }
    }

    fn get<'a>(&'a self, keys: &'a [RecordKey]) -> Answer<'a, Vec<Option<store::Versioned>>> {
        self.store.get(keys)
    }

    fn remembered(&self, operation: OperationId) -> Answer<'_, Option<Remembered>> {
        if self.fault == Fault::OperationIgnored {
            return std::future::ready(Ok(None)).boxed();
        }
        self.store.remembered(operation)
    }

    fn tip(&self) -> Answer<'_, Cursor> {
        self.store.tip()
    }

    fn open(&self) -> Answer<'_, Vec<RecordKey>> {
        self.store.open()
    }

    fn queue(&self, skip: usize, limit: usize) -> Answer<'_, Vec<(RecordKey, QueueScore)>> {
        self.store.queue(skip, limit)
    }

    fn changes_after(&self, after: Cursor, limit: usize, wait: Duration) -> Answer<'_, Changes> {
        if self.fault != Fault::ShownBeforeTheStream {
            return self.store.changes_after(after, limit, wait);
        }
        async move {
            let mut early = self.early.subscribe();
            if let Some(change) = self.shown(after) {
                return Ok(Changes::Some(vec![change]));
            }
            tokio::select! {
                biased;
                _ = early.changed() => Ok(Changes::None),
                changes = self.store.changes_after(after, limit, wait) => changes,
            }
        }
        .boxed()
    }

    fn closed_before(
        &self,
        before: Timestamp,
        after: Option<Closed>,
        limit: usize,
    ) -> Answer<'_, Vec<Closed>> {
        self.store.closed_before(before, after, limit)
    }

    fn latest_closed(&self, skipped: usize, limit: usize) -> Answer<'_, Vec<RecordKey>> {
        self.store.latest_closed(skipped, limit)
    }

    fn forget(&self, records: Vec<Read>) -> Answer<'_, Forgotten> {
        self.store.forget(records)
    }

    fn begin_lineage(&self, expected: Lineage, new: Lineage) -> Answer<'_, Cursor> {
        self.store.begin_lineage(expected, new)
    }

    fn offer(&self, offer: Offer) -> Answer<'_, Restoring> {
        self.store.offer(offer)
    }

    fn restoring(&self) -> Answer<'_, Option<Progress>> {
        self.store.restoring()
    }

    fn put_back(
        &self,
        lineage: Lineage,
        after: Option<OperationId>,
        changes: Vec<Change>,
    ) -> Answer<'_, PutBack> {
        self.store.put_back(lineage, after, changes)
    }

    fn end_restore(&self, lineage: Lineage, ending: Ending, grace: Duration) -> Answer<'_, Ended> {
        self.store.end_restore(lineage, ending, grace)
    }

    fn positions(&self, batch: Vec<PositionReport>) -> Answer<'_, Vec<PositionReport>> {
        self.store.positions(batch)
    }

    fn presence(&self, heard: Vec<StationId>) -> Answer<'_, Presence> {
        self.store.presence(heard)
    }

    fn lease(&self, holder: &str, ttl: Duration) -> Answer<'_, Lease> {
        self.store.lease(holder, ttl)
    }

    fn release(&self, holder: &str) -> Answer<'_, ()> {
        self.store.release(holder)
    }

    fn time(&self) -> Answer<'_, Timestamp> {
        self.store.time()
    }
}
