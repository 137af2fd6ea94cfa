//! Faults planted on purpose, to see that a day finds them.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use domain::{OperationId, RecordKey};
use futures::FutureExt as _;
use store::{
    Answer, Change, ChangedRecord, Changes, Commit, Cursor, Outcome, Remembered, SharedStore, Store,
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

    fn remembered(&self, operation: OperationId) -> Answer<'_, Option<Remembered>> {
        if self.fault == Fault::OperationIgnored {
            return std::future::ready(Ok(None)).boxed();
        }
        self.store.remembered(operation)
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

    store::forward!(store: get tip open queue closed_before latest_closed forget);
    store::forward!(store: begin_lineage offer restoring put_back end_restore positions presence lease release time);
}
