//! The journal as the rest of a node knows it.

use std::{sync::Arc, time::Duration};

use domain::{OperationId, Version};
use futures::{FutureExt as _, StreamExt as _, stream::BoxStream};
use store::{
    Change, Commit, Condition, Cursor, Kept, Lineage, NodeJournal, NotKept, Settlement, Tail, Waiting,
};
use tokio::sync::mpsc;

use crate::{
    AppendError, Entry, Found, Inspection, Journal, JournalError, Sequence, State,
    format::record_bytes,
    journal::{Shared, encoded},
    limits::{CHANGES_READ_AHEAD, REQUEST_BYTES_MAX, REQUEST_ENTRIES_MAX, UNSETTLED_READ_MAX},
};

impl NodeJournal for Journal {
    fn hold(&self, commit: Commit) -> Kept<'_, ()> {
        async move { self.append(Entry::Held(commit)).await.map(drop).map_err(not_kept) }.boxed()
    }

    fn follow(&self, lineage: Lineage, changes: Vec<Change>) -> Kept<'_, ()> {
        async move {
            let (mut together, mut bytes) = (Vec::new(), 0);
            for change in changes {
                let entry = encoded(Entry::Change { lineage, change }).map_err(not_kept)?;
                let size = record_bytes(entry.payload.len());
                if together.len() == REQUEST_ENTRIES_MAX || bytes + size > REQUEST_BYTES_MAX {
                    self.request(std::mem::take(&mut together)).await.map_err(not_kept)?;
                    bytes = 0;
                }
                bytes += size;
                together.push(entry);
            }
            if !together.is_empty() {
                self.request(together).await.map_err(not_kept)?;
            }
            Ok(())
        }
        .boxed()
    }

    fn settle(&self, operation: OperationId, settlement: Settlement) -> Kept<'_, ()> {
        let entry = Entry::Settled { operation, outcome: settlement };
        async move { self.append(entry).await.map(drop).map_err(not_kept) }.boxed()
    }

    fn held(&self, operation: OperationId) -> Kept<'_, Option<Commit>> {
        let place = self.shared.ledger().standing.held(operation).map(|(sequence, place)| (sequence, *place));
        let shared = Arc::clone(&self.shared);
        async move {
            let Some((sequence, place)) = place else { return Ok(None) };
            off_the_runtime(move || shared.held_at(sequence, place)).await.map(Some)
        }
        .boxed()
    }

    fn followed(&self, operation: OperationId) -> Kept<'_, Option<(Lineage, Change)>> {
        let place = {
            let ledger = self.shared.ledger();
            ledger.standing.followed.find(operation).map(|(sequence, place)| (sequence, *place))
        };
        let shared = Arc::clone(&self.shared);
        async move {
            let Some((sequence, place)) = place else { return Ok(None) };
            off_the_runtime(move || shared.change_at(sequence, place)).await.map(Some)
        }
        .boxed()
    }

    fn unsettled(&self, after: u64, older_than: Duration) -> Kept<'_, Waiting> {
        let shared = Arc::clone(&self.shared);
        let after = Sequence::from_u64(after);
        async move { off_the_runtime(move || Ok(waiting(&shared, after, older_than))).await }.boxed()
    }

    fn tail(&self) -> Option<Tail> {
        self.shared.ledger().standing.tail
    }

    fn changes_after(&self, number: Version) -> BoxStream<'static, Change> {
        let (read, changes) = mpsc::channel(CHANGES_READ_AHEAD);
        let shared = Arc::clone(&self.shared);
        tokio::task::spawn_blocking(move || {
            if let Err(error) = give_changes(&shared, number, &read) {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "the journal's changes cannot be read on");
            }
        });
        futures::stream::unfold(changes, async |mut changes| Some((changes.recv().await?, changes)))
            .fuse()
            .boxed()
    }

    fn condition(&self) -> Condition {
        match self.status().state {
            State::Open => Condition::Good,
            State::Full => Condition::Full,
            State::Sealed { reason } => Condition::Sealed { reason },
        }
    }
}

/// Reads held commits that wait, and none that this run held less long ago. One that cannot be read keeps none of the others.
fn waiting(shared: &Shared, after: Sequence, older_than: Duration) -> Waiting {
    let mut waiting = Waiting::default();
    for (sequence, place) in shared.unsettled_places(after, UNSETTLED_READ_MAX) {
        // those after it were held later
        if place.noted.is_some_and(|noted| noted.elapsed() < older_than) {
            waiting.younger = true;
            break;
        }
        match shared.held_at(sequence, place) {
            Ok(commit) => waiting.commits.push(commit),
            Err(error) => waiting.unreadable.push(domain::causes::with_causes(&error)),
        }
        waiting.last = Some(sequence.as_u64());
    }
    waiting
}

/// Gives the changes of the tail after a number until somebody has had enough or one is missing.
fn give_changes(shared: &Shared, number: Version, to: &mpsc::Sender<Change>) -> Result<(), JournalError> {
    let (tail, after, last) = {
        let ledger = shared.ledger();
        let Some(tail) = ledger.standing.tail.filter(|tail| tail.first.0 <= number.0 + 1) else {
            return Ok(());
        };
        (tail, ledger.before_change(Cursor { lineage: tail.lineage, number }), ledger.last)
    };
    let directory = &shared.options.directory;
    let node = Some(shared.options.node.as_str());
    let mut next = Version(number.0 + 1);
    for found in Inspection::begin(Arc::clone(&shared.disk), directory, node, after, Some(last))? {
        let Found::Entry(located) = found? else { continue };
        let Entry::Change { lineage, change } = located.entry else { continue };
        if lineage != tail.lineage || change.number != next {
            continue;
        }
        next = Version(next.0 + 1);
        if to.blocking_send(change).is_err() {
            break;
        }
    }
    Ok(())
}

async fn off_the_runtime<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, JournalError> + Send + 'static,
) -> Result<T, NotKept> {
    let read = tokio::task::spawn_blocking(read).await;
    let read = read.map_err(|error| NotKept::Unreadable(error.to_string()))?;
    read.map_err(|error| NotKept::Unreadable(domain::causes::with_causes(&error)))
}

fn not_kept(error: AppendError) -> NotKept {
    match error {
        AppendError::Sealed { reason } => NotKept::Sealed(reason),
        error @ (AppendError::NoSpace { .. } | AppendError::Backlog { .. }) => {
            NotKept::NoRoom(error.to_string())
        }
        error @ (AppendError::Limit { .. } | AppendError::NotBlind { .. }) => {
            NotKept::Unfit(error.to_string())
        }
    }
}
