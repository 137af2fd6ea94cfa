//! Calls are kept by the node's own journal while the store may not have them, and given to it when it can be asked.
//!
//! Only what looks at nothing and creates all it writes is held: it can be applied whatever becomes of the store meanwhile.

mod alarms;
mod replay;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use domain::{OperationId, RecordKey, Version};
use futures::future::{BoxFuture, Either, select};
use serde::Serialize;
use store::{
    Commit, Condition, Cursor, Fingerprint, NotKept, Outcome, Settlement, SharedJournal, StoreError,
};
use tokio::sync::Notify;

use crate::{
    Answer, Ask, ControlRoom, Done, Durability, OperationError, Receipt,
    control_room::typed,
    decide::{Composed, Decided, fingerprint},
    draft::{Draft, Halt},
};

pub use replay::run;

/// How long an answer that the journal has already waits for the store to have it too: a store that is well answers in a
/// hundredth of that, and whoever calls must not hear silence for longer.
pub const STORE_GRACE: Duration = Duration::from_millis(300);

/// How long an answer that the store has already waits for the journal to have it too: a disk that takes longer is broken, and
/// the answer then says what is true.
const JOURNAL_GRACE: Duration = Duration::from_secs(2);

/// The node's journal, and what is under way with it.
pub struct Holding {
    pub(crate) journal: SharedJournal,
    /// What of it can no longer be read, in a few words each.
    damaged: Vec<String>,
    store_grace: Duration,
    /// Requests that are being answered: one sent twice at once is answered once.
    under_way: Mutex<BTreeSet<OperationId>>,
    /// What was answered by this run while only the journal had it, by the operation that makes it.
    journaled: Mutex<HashMap<RecordKey, OperationId>>,
    /// One of them was answered.
    answered: Notify,
    /// Something waits for the store.
    waits: Notify,
}

impl Holding {
    /// With this journal, of which these damages were found when it was opened: people are told of each. An answer that the
    /// journal has waits so long for the store; [`STORE_GRACE`] where callers wait for it.
    pub fn new(journal: SharedJournal, damaged: Vec<String>, store_grace: Duration) -> Arc<Self> {
        let (answered, waits) = (Notify::new(), Notify::new());
        let (under_way, journaled) = (Mutex::default(), Mutex::default());
        Arc::new(Self { journal, damaged, store_grace, under_way, journaled, answered, waits })
    }

    /// Whether the journal takes what it is given.
    pub fn condition(&self) -> Condition {
        self.journal.condition()
    }

    /// Begins to answer a request, once nobody else does.
    async fn begin(&self, operation: OperationId) -> UnderWay<'_> {
        loop {
            let answered = self.answered.notified();
            tokio::pin!(answered);
            answered.as_mut().enable();
            if self.under_way().insert(operation) {
                return UnderWay { holding: self, operation };
            }
            answered.await;
        }
    }

    fn is_under_way(&self, operation: OperationId) -> bool {
        self.under_way().contains(&operation)
    }

    fn under_way(&self) -> MutexGuard<'_, BTreeSet<OperationId>> {
        self.under_way.lock().expect("nothing panics while it holds the requests under way")
    }

    /// True if a call was answered with this record while only the journal had it, and that still holds it for the store.
    pub(crate) async fn holds(&self, key: &RecordKey) -> bool {
        let Some(operation) = self.journaled().get(key).copied() else { return false };
        self.still_holds(operation).await
    }

    /// What cannot be read is told of elsewhere.
    async fn still_holds(&self, operation: OperationId) -> bool {
        matches!(self.journal.held(operation).await, Ok(Some(_)))
    }

    /// Notes that a call is answered while only the journal has it.
    fn answers_alone(&self, commit: &Commit) {
        self.journaled().extend(commit.writes.iter().map(|write| (write.key.clone(), commit.operation)));
    }

    /// The store has what was answered, or never will.
    fn lets_go(&self, commit: &Commit) {
        let mut journaled = self.journaled();
        for write in &commit.writes {
            journaled.remove(&write.key);
        }
    }

    /// Lets go of all that was settled by its own change.
    async fn let_settled_go(&self) {
        let mut settled: BTreeSet<OperationId> = self.journaled().values().copied().collect();
        for operation in settled.clone() {
            if self.still_holds(operation).await {
                settled.remove(&operation);
            }
        }
        self.journaled().retain(|_, operation| !settled.contains(operation));
    }

    fn journaled(&self) -> MutexGuard<'_, HashMap<RecordKey, OperationId>> {
        self.journaled.lock().expect("nothing panics while it holds what the journal alone has")
    }

    /// Notes what became of a held commit. Where the journal cannot, it is asked again later and says the same.
    async fn settle(&self, operation: OperationId, settlement: Settlement) {
        if let Err(error) = self.journal.settle(operation, settlement).await {
            tracing::warn!(%operation, %error, "what became of a held call could not be noted");
        }
    }
}

/// What a request was answered, as the journal has it, with the records of the answer as they were written.
fn answered_by_journal<'a, A: Answer>(
    operation: OperationId,
    answer: &str,
    written: impl Iterator<Item = (&'a RecordKey, &'a str)>,
    receipt: Receipt,
) -> Result<Done<A>, OperationError> {
    let answer: A = serde_json::from_str(answer).map_err(|error| {
        let place = format!("the answer of {operation} in the journal");
        OperationError::Store(StoreError::Damaged { place, found: error.to_string() })
    })?;
    let (wanted, version) = (answer.records(), receipt.cursor.number);
    let records = written
        .filter(|(key, _)| wanted.contains(key))
        .map(|(key, state)| Ok((key.clone(), typed(key, version, state)?)))
        .collect::<Result<BTreeMap<_, _>, OperationError>>()?;
    Ok(Done { answer, receipt, records })
}

/// True if the store has decided, so that nothing depends on the journal any more.
const fn is_settled(outcome: &Result<Outcome, StoreError>) -> bool {
    matches!(
        outcome,
        Ok(Outcome::Committed { .. }
            | Outcome::Repeated { .. }
            | Outcome::OtherContent { .. }
            | Outcome::Conflict { .. })
    )
}

/// A request that is being answered.
struct UnderWay<'a> {
    holding: &'a Holding,
    operation: OperationId,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.holding.under_way().remove(&self.operation);
        self.holding.answered.notify_waiters();
    }
}

/// One request to be held: how it is asked and how it is decided.
pub(crate) struct Held<'a, R, D> {
    /// Who asks.
    pub(crate) ask: &'a Ask,
    /// Why, for the record.
    pub(crate) cause: &'static str,
    /// The request, of which a repeated one is known.
    pub(crate) request: &'a R,
    /// What it comes to.
    pub(crate) decide: D,
    /// True if it looks at nothing that others made: then it is the same by itself.
    pub(crate) is_plain: bool,
}

impl ControlRoom {
    /// Does what needs nothing but the board as soon as the journal has it, and asks the store at the same time. What needs
    /// more is the store's to say; if that cannot be asked, `alone` is held instead, which must need nothing.
    ///
    /// # Errors
    /// What the decision was refused with; or neither the journal nor the store takes it.
    pub(crate) async fn commit_or_hold<A: Answer, R: Serialize + Sync>(
        &self,
        holding: &Holding,
        held: Held<'_, R, impl Fn(&mut Draft<'_>) -> Result<A, Halt> + Send + Sync>,
        alone: impl Fn(&mut Draft<'_>) -> Result<A, Halt> + Send + Sync,
    ) -> Result<Done<A>, OperationError> {
        let Held { ask, cause, request, decide, is_plain } = held;
        let by_itself = ask.step("alone");
        let fingerprint = fingerprint(cause, request);
        let _one_at_a_time = holding.begin(ask.operation()).await;
        for earlier in [ask, &by_itself] {
            if let Some(done) = self.held_before(holding, earlier.operation(), fingerprint).await? {
                return Ok(done);
            }
            if let Some(done) = self.followed_before(holding, earlier.operation(), fingerprint).await? {
                return Ok(done);
            }
        }
        let by_itself_before =
            if is_plain { Ok(None) } else { self.store.remembered(by_itself.operation()).await };
        let failed = match by_itself_before {
            // it was done by itself while the store was away
            Ok(Some(remembered)) => return self.answer_again(fingerprint, remembered).await,
            Ok(None) => {
                if let Some(decided) = self.decide_on_the_board(ask, &decide).filter(Decided::is_blind) {
                    return self.hold(holding, self.compose(ask, cause, fingerprint, decided)).await;
                }
                match self.commit(ask, cause, request, &decide).await {
                    Err(error) if !error.is_final() => error,
                    done => return done,
                }
            }
            Err(error) => OperationError::Store(error),
        };
        tracing::warn!(code = failed.code(), "what a call goes on with cannot be had from the store");
        let decided = self.decide_on_the_board(&by_itself, &alone).filter(Decided::is_blind).ok_or(failed)?;
        self.hold(holding, self.compose(&by_itself, cause, fingerprint, decided)).await
    }

    /// What a request was answered that waits in the journal for the store.
    async fn held_before<A: Answer>(
        &self,
        holding: &Holding,
        operation: OperationId,
        fingerprint: Fingerprint,
    ) -> Result<Option<Done<A>>, OperationError> {
        let commit = match holding.journal.held(operation).await {
            Ok(Some(commit)) => commit,
            Ok(None) => return Ok(None),
            Err(error) => {
                tracing::error!(%operation, %error, "a held call cannot be read");
                return Ok(None);
            }
        };
        if commit.fingerprint != fingerprint {
            return Err(OperationError::OtherContent { number: Version::ABSENT });
        }
        let written = commit.writes.iter().map(|write| (&write.key, &*write.state));
        let receipt = Receipt { cursor: Cursor::NONE, durability: Durability::Journaled, repeated: true };
        answered_by_journal(operation, &commit.answer, written, receipt).map(Some)
    }

    /// What a request was answered whose change this node has followed: by the store, with its records as they stand now, and
    /// while that cannot be asked as the change has it. Held once more it would be answered with another number.
    async fn followed_before<A: Answer>(
        &self,
        holding: &Holding,
        operation: OperationId,
        fingerprint: Fingerprint,
    ) -> Result<Option<Done<A>>, OperationError> {
        let (lineage, change) = match holding.journal.followed(operation).await {
            Ok(Some(followed)) => followed,
            Ok(None) => return Ok(None),
            Err(error) => {
                tracing::error!(%operation, %error, "a change that was followed cannot be read");
                return Ok(None);
            }
        };
        // what a line of history had that was left may be made again under another number of the new one
        if holding.journal.tail().is_none_or(|tail| tail.lineage != lineage) {
            return Ok(None);
        }
        if change.fingerprint != fingerprint {
            return Err(OperationError::OtherContent { number: change.number });
        }
        let seen = Cursor { lineage, number: change.number };
        let by_the_store = self.repeated(change.number, seen, &change.answer);
        if let Ok(Ok(done)) = tokio::time::timeout(holding.store_grace, by_the_store).await {
            return Ok(Some(done));
        }
        let written = change.records.iter().map(|record| (&record.key, &*record.state));
        let receipt = Receipt { cursor: seen, durability: Durability::Stored, repeated: true };
        answered_by_journal(operation, &change.answer, written, receipt).map(Some)
    }

    /// Gives a step to the journal and to the store at once.
    async fn hold<A: Answer>(
        &self,
        holding: &Holding,
        composed: Composed<A>,
    ) -> Result<Done<A>, OperationError> {
        let operation = composed.commit.operation;
        let held = Commit { seen: None, ..composed.commit.clone() };
        let mut kept = holding.journal.hold(held);
        let mut stored = self.ask_store(composed.commit.clone());
        let (kept, early) = match select(kept.as_mut(), stored.as_mut()).await {
            Either::Left((kept, _)) => (kept, None),
            // the store has it; a disk that neither writes nor fails keeps nobody waiting
            Either::Right((outcome, kept)) if is_settled(&outcome) => {
                let kept = tokio::time::timeout(JOURNAL_GRACE, kept).await;
                (
                    kept.unwrap_or_else(|_| Err(NotKept::Sealed("its disk does not answer".into()))),
                    Some(outcome),
                )
            }
            Either::Right((outcome, kept)) => (kept.await, Some(outcome)),
        };
        let outcome = match (&kept, early) {
            (_, Some(outcome)) => Some(outcome),
            (Ok(()), None) => tokio::time::timeout(holding.store_grace, stored).await.ok(),
            (Err(_), None) => Some(stored.await),
        };
        match (kept, outcome) {
            (Ok(()), None | Some(Ok(Outcome::Behind { .. }) | Err(_))) => {
                holding.answers_alone(&composed.commit);
                holding.waits.notify_one();
                Ok(composed.journaled())
            }
            (_, Some(Ok(outcome))) => self.concluded(holding, composed, outcome).await,
            (Err(not_kept), Some(Err(error))) => {
                tracing::error!(%operation, %not_kept, "neither the journal nor the store takes a call");
                Err(OperationError::Store(match (not_kept, error) {
                    // what a sealed journal was given may be found when it is opened again
                    (NotKept::Sealed(_), StoreError::Unavailable { source, .. }) => {
                        StoreError::Unknown { source }
                    }
                    (_, error) => error,
                }))
            }
            (Err(_), None) => unreachable!("without the journal the store is waited for"),
        }
    }

    /// The store's answer to a commit; that it cannot be asked, if nothing is known of it yet.
    fn ask_store(&self, commit: Commit) -> BoxFuture<'_, Result<Outcome, StoreError>> {
        if commit.seen.is_none_or(|seen| seen == Cursor::NONE) {
            // it may be an older copy, and this node has not looked yet: its numbers are not to be given away
            let reason = "this node has not loaded the centre yet".to_owned();
            return Box::pin(async { Err(StoreError::Unavailable { reason, source: None }) });
        }
        Box::pin(self.tell_store(commit))
    }

    /// What the store said of a step that the journal may hold too.
    async fn concluded<A: Answer>(
        &self,
        holding: &Holding,
        composed: Composed<A>,
        outcome: Outcome,
    ) -> Result<Done<A>, OperationError> {
        let operation = composed.commit.operation;
        match outcome {
            // its change settles it
            Outcome::Committed { number, replicas } => Ok(composed.stored(number, replicas)),
            Outcome::Repeated { number, answer } if answer == composed.commit.answer => {
                Ok(composed.stored(number, 0))
            }
            Outcome::Repeated { number, answer } => {
                holding.settle(operation, Settlement::Committed { number }).await;
                self.repeated(number, composed.seen, &answer).await
            }
            Outcome::OtherContent { number } => {
                let reason = format!("the request id had made change {number} before");
                holding.settle(operation, Settlement::Refused { reason }).await;
                Err(OperationError::OtherContent { number })
            }
            Outcome::Conflict { key, .. } => {
                // its ids follow from the request's, so it was answered long ago and is forgotten
                let reason = format!("{key} was there before");
                holding.settle(operation, Settlement::Refused { reason }).await;
                Err(OperationError::Conflict { tries: 1 })
            }
            Outcome::Behind { .. } => Err(OperationError::Behind),
        }
    }
}
