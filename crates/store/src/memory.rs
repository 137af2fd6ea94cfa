//! The reference: what a store does, in the plainest way it can be written, in memory.
//!
//! Every other store must behave as this one does, whatever is asked of it; the conformance suite compares them. Its
//! indexes are not kept but computed from the records, so here they cannot be wrong.

mod state;

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use domain::{OperationId, RecordKey, StationId};
use futures::FutureExt as _;
use jiff::Timestamp;
use tokio::sync::watch;

use crate::{
    Answer, Change, Changes, Closed, Commit, Cursor, Ended, Ending, Forgotten, Lease, Lineage, Offer,
    Outcome, PositionReport, Presence, Progress, PutBack, QueueScore, Read, Refusal, Remembered, Restoring,
    Retention, Store, StoreError, Versioned,
    commit::{check_forget, check_holder, within},
    limits,
    restore::{check_ending, check_put_back},
};

use state::State;

/// Where [`Memory`] takes its time from: a simulation gives its own.
pub type TimeSource = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A store in memory: exact, fast and gone at the end.
pub struct Memory {
    state: Mutex<State>,
    /// Counts what a waiting reader could want to see.
    stirred: watch::Sender<u64>,
    retention: Retention,
    time: TimeSource,
}

/// Everything a [`Memory`] held at one moment.
#[derive(Clone, Debug)]
pub struct MemoryCopy(State);

impl Memory {
    /// A store at the beginning of this lineage, on the system's clock; [`Lineage::NONE`] for one that holds nothing.
    pub fn new(lineage: Lineage) -> Self {
        Self::with(lineage, Retention::default(), Arc::new(Timestamp::now))
    }

    /// The same with its own clock and its own keeping times.
    pub fn with(lineage: Lineage, retention: Retention, time: TimeSource) -> Self {
        Self { state: Mutex::new(State::new(lineage)), stirred: watch::Sender::new(0), retention, time }
    }

    /// Everything it holds now.
    pub fn copy(&self) -> MemoryCopy {
        MemoryCopy(self.state().clone())
    }

    /// Goes back to an older copy, as an administrator may do with a real store.
    pub fn restore(&self, copy: MemoryCopy) {
        *self.state() = copy.0;
        self.stir();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds the state")
    }

    fn stir(&self) {
        self.stirred.send_modify(|count| *count += 1);
    }

    async fn wait_for_changes(&self, after: Cursor, limit: usize, wait: Duration) -> Changes {
        let mut stirred = self.stirred.subscribe();
        let wait = wait.min(limits::CHANGES_WAIT_MAX);
        let until = tokio::time::Instant::now() + wait;
        loop {
            let found = self.state().changes_after(after, limit.clamp(1, limits::CHANGES_MAX));
            if found != Changes::None || wait.is_zero() {
                return found;
            }
            let Ok(changed) = tokio::time::timeout_at(until, stirred.changed()).await else { return found };
            changed.expect("the sender lives as long as the store that is borrowed here");
        }
    }
}

/// An answer that is already there.
fn ready<'a, T: Send + 'a>(answer: Result<T, StoreError>) -> Answer<'a, T> {
    std::future::ready(answer).boxed()
}

impl Store for Memory {
    fn commit(&self, commit: Commit) -> Answer<'_, Outcome> {
        if let Err(refusal) = commit.check() {
            return ready(Err(refusal.into()));
        }
        let outcome = self.state().commit(commit, &self.retention);
        self.stir();
        ready(Ok(outcome))
    }

    fn get<'a>(&'a self, keys: &'a [RecordKey]) -> Answer<'a, Vec<Option<Versioned>>> {
        let state = self.state();
        ready(Ok(keys.iter().map(|key| state.get(key)).collect()))
    }

    fn remembered(&self, operation: OperationId) -> Answer<'_, Option<Remembered>> {
        ready(Ok(self.state().remembered(operation)))
    }

    fn tip(&self) -> Answer<'_, Cursor> {
        ready(Ok(self.state().tip()))
    }

    fn open(&self) -> Answer<'_, Vec<RecordKey>> {
        ready(Ok(self.state().open()))
    }

    fn queue(&self, skip: usize, limit: usize) -> Answer<'_, Vec<(RecordKey, QueueScore)>> {
        ready(Ok(self.state().queue(skip, limit.min(limits::LIST_MAX))))
    }

    fn changes_after(&self, after: Cursor, limit: usize, wait: Duration) -> Answer<'_, Changes> {
        self.wait_for_changes(after, limit, wait).map(Ok).boxed()
    }

    fn closed_before(
        &self,
        before: Timestamp,
        after: Option<Closed>,
        limit: usize,
    ) -> Answer<'_, Vec<Closed>> {
        ready(Ok(self.state().closed_before(before, after.as_ref(), limit.min(limits::LIST_MAX))))
    }

    fn latest_closed(&self, skipped: usize, limit: usize) -> Answer<'_, Vec<RecordKey>> {
        ready(Ok(self.state().latest_closed(skipped, limit.min(limits::LIST_MAX))))
    }

    fn forget(&self, records: Vec<Read>) -> Answer<'_, Forgotten> {
        let checked = check_forget(&records).map_err(StoreError::from);
        ready(checked.map(|()| self.state().forget(&records)))
    }

    fn begin_lineage(&self, expected: Lineage, new: Lineage) -> Answer<'_, Cursor> {
        if new == Lineage::NONE {
            return ready(Err(Refusal::NoLineage.into()));
        }
        let tip = self.state().begin_lineage(expected, new);
        self.stir();
        ready(Ok(tip))
    }

    fn offer(&self, offer: Offer) -> Answer<'_, Restoring> {
        let now = (self.time)();
        let offered = offer.check().and_then(|()| self.state().offer(offer, &self.retention, now));
        self.stir();
        ready(offered.map_err(StoreError::from))
    }

    fn restoring(&self) -> Answer<'_, Option<Progress>> {
        let now = (self.time)();
        ready(Ok(self.state().restoring(&self.retention, now)))
    }

    fn put_back(
        &self,
        lineage: Lineage,
        after: Option<OperationId>,
        changes: Vec<Change>,
    ) -> Answer<'_, PutBack> {
        if let Err(refusal) = check_put_back(&changes) {
            return ready(Err(refusal.into()));
        }
        let put_back = self.state().put_back(lineage, after, changes, &self.retention);
        self.stir();
        ready(Ok(put_back))
    }

    fn end_restore(&self, lineage: Lineage, ending: Ending, grace: Duration) -> Answer<'_, Ended> {
        if let Err(refusal) = check_ending(lineage, ending) {
            return ready(Err(refusal.into()));
        }
        let now = (self.time)();
        let ended = self.state().end_restore(lineage, ending, grace, &self.retention, now);
        self.stir();
        ready(Ok(ended))
    }

    fn positions(&self, batch: Vec<PositionReport>) -> Answer<'_, Vec<PositionReport>> {
        let checked = within("positions", batch.len(), limits::POSITIONS_MAX)
            .and_then(|()| batch.into_iter().map(PositionReport::checked).collect::<Result<Vec<_>, _>>());
        ready(checked.map_err(StoreError::from).map(|batch| self.state().positions(batch)))
    }

    fn presence(&self, heard: Vec<StationId>) -> Answer<'_, Presence> {
        let checked = within("desks", heard.len(), limits::DESKS_HEARD_MAX).map_err(StoreError::from);
        let now = (self.time)();
        ready(checked.map(|()| self.state().presence(heard, now)))
    }

    fn lease(&self, holder: &str, ttl: Duration) -> Answer<'_, Lease> {
        let checked = check_holder(holder).map_err(StoreError::from);
        let now = (self.time)();
        ready(checked.map(|()| self.state().lease(holder, ttl, now)))
    }

    fn release(&self, holder: &str) -> Answer<'_, ()> {
        let checked = check_holder(holder).map_err(StoreError::from);
        ready(checked.map(|()| self.state().release(holder)))
    }

    fn time(&self) -> Answer<'_, Timestamp> {
        ready(Ok((self.time)()))
    }
}

#[cfg(test)]
mod tests {
    use domain::{RecordKind, Version};
    use uuid::Uuid;

    use super::*;
    use crate::{Fingerprint, Place, Write};

    fn memory(retention: Retention) -> Memory {
        Memory::with(Lineage::from_uuid(Uuid::from_u128(1)), retention, Arc::new(|| Timestamp::UNIX_EPOCH))
    }

    fn note(number: u64, at_s: i64) -> Commit {
        Commit {
            operation: OperationId::derived("test", &number.to_string()),
            fingerprint: Fingerprint::of(b"note"),
            answer: "{}".into(),
            actor: "test".into(),
            cause: "note".into(),
            at: Timestamp::from_second(at_s).expect("a time"),
            seen: None,
            reads: Vec::new(),
            writes: vec![Write {
                key: RecordKey::new(RecordKind::Note, number),
                version: Version::ABSENT,
                state: "{}".into(),
                place: Place::NOWHERE,
            }],
        }
    }

    #[tokio::test]
    async fn old_changes_leave_the_stream_and_old_operations_the_memory() {
        let store = memory(Retention {
            remembered_for: Duration::from_secs(20),
            stream_keeps: Duration::from_secs(5),
            stream_bytes: 1 << 20,
            ..Retention::default()
        });
        for second in 1..=30 {
            assert_eq!(
                store
                    .commit(note(second, i64::try_from(second).expect("small")))
                    .await
                    .expect("memory answers"),
                Outcome::committed(Version(second))
            );
        }
        let tip = store.tip().await.expect("memory answers");
        let from = |number| Cursor { number: Version(number), ..tip };
        let trimmed = store.changes_after(from(23), 1, Duration::ZERO).await.expect("memory answers");
        assert_eq!(trimmed, Changes::Trimmed { first: Version(25) });
        let Changes::Some(kept) =
            store.changes_after(from(24), 100, Duration::ZERO).await.expect("memory answers")
        else {
            panic!("changes after 24 are kept");
        };
        assert_eq!(
            kept.iter().map(|change| change.number.0).collect::<Vec<_>>(),
            (25..=30).collect::<Vec<_>>()
        );
        for (number, known) in [(9, false), (10, true), (30, true)] {
            let found = store.remembered(OperationId::derived("test", &number.to_string())).await;
            assert_eq!(found.expect("memory answers").is_some(), known, "operation {number}");
        }
    }

    #[tokio::test]
    async fn the_stream_keeps_to_its_bytes_and_always_keeps_the_last_change() {
        let store = memory(Retention { stream_bytes: 1_000, ..Retention::default() });
        for number in 1..=10 {
            let outcome = store.commit(note(number, 1)).await.expect("memory answers");
            assert_eq!(outcome, Outcome::committed(Version(number)));
        }
        let tip = store.tip().await.expect("memory answers");
        let first = note(1, 1).stream_bytes();
        let kept = 1_000 / first;
        let trimmed = store.changes_after(Cursor { number: Version(0), ..tip }, 1, Duration::ZERO).await;
        assert_eq!(trimmed.expect("memory answers"), Changes::Trimmed { first: Version(11 - kept) });
    }
}
