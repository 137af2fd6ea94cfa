//! Decide, commit, and if others were faster decide again: the one way an operation changes anything.

use std::collections::BTreeMap;
use std::time::Duration;

use centre::{Picture, Status};
use domain::{
    RecordKey, Version,
    record::{Record, Versioned},
};
use metrics::counter;
use serde::{Serialize, de::DeserializeOwned};
use store::{Commit, Cursor, Fingerprint, Outcome, Place, QueueScore, Read, Remembered, StoreError, Write};

use crate::{
    Ask, ControlRoom, OperationError,
    answered::Answered,
    draft::{Draft, Fetched, Halt},
};

/// How often one request is decided before it is given up as a conflict. Each try waits until the board has the
/// change that was in the way, so only a record that changes all the time exhausts them.
const TRIES_MAX: u32 = 8;

/// How many records one decision may fetch beside the board: an incident merged from many may need them all.
const FETCHES_MAX: usize = 512;

/// How long a try waits for the board to show the change that was in the way.
pub(crate) const BOARD_WAIT: Duration = Duration::from_secs(2);

/// What an operation answers: small, because the store remembers it for two days.
pub trait Answer: Clone + Serialize + DeserializeOwned + Send + 'static {
    /// The records that a caller wants to see with it.
    fn records(&self) -> Vec<RecordKey>;
}

/// How safe an operation is at the moment it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// The store has it on disk.
    Stored,
    /// The store and a replica of it have it on disk.
    Replicated,
    /// This node's journal has it on disk; the store follows.
    Journaled,
}

impl Durability {
    /// The word for metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Replicated => "replicated",
            Self::Journaled => "journaled",
        }
    }
}

/// Where the store was when an operation was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The change it made, in its lineage; [`Cursor::NONE`] while only a journal has it.
    pub cursor: Cursor,
    /// How safe it is.
    pub durability: Durability,
    /// True if the same request had been answered before.
    pub repeated: bool,
}

/// An operation that is done: committed now, or before.
#[derive(Clone, Debug, PartialEq)]
pub struct Done<A> {
    /// Its answer.
    pub answer: A,
    /// The change it made.
    pub receipt: Receipt,
    /// The records of the answer: as committed, or as they stand now if the request was repeated.
    pub records: BTreeMap<RecordKey, Versioned<Record>>,
}

/// What a decision comes to.
pub(crate) enum Decision<A> {
    /// To commit what the draft holds.
    Commit(A),
    /// That nothing is to be done.
    Nothing,
}

impl ControlRoom {
    /// Decides with `decide` and commits, until it is done or there is no point.
    ///
    /// # Errors
    /// What the decision was refused with, or what the store said.
    pub(crate) async fn commit<A: Answer>(
        &self,
        ask: &Ask,
        cause: &'static str,
        request: &(impl Serialize + Sync),
        decide: impl Fn(&mut Draft<'_>) -> Result<A, Halt> + Send + Sync,
    ) -> Result<Done<A>, OperationError> {
        let done = self.commit_if(ask, cause, request, |draft| decide(draft).map(Decision::Commit)).await?;
        Ok(done.expect("a decision that always commits never comes to nothing"))
    }

    /// The same for a decision that may find nothing to do.
    ///
    /// # Errors
    /// What the decision was refused with, or what the store said.
    #[tracing::instrument(name = "operation", skip_all, fields(cause, operation = %ask.operation()))]
    pub(crate) async fn commit_if<A: Answer>(
        &self,
        ask: &Ask,
        cause: &'static str,
        request: &(impl Serialize + Sync),
        decide: impl Fn(&mut Draft<'_>) -> Result<Decision<A>, Halt> + Send + Sync,
    ) -> Result<Option<Done<A>>, OperationError> {
        let fingerprint = ask.fingerprint(cause, request);
        let mut fetched = Fetched::new();
        let mut tip = None;
        for tried in 1..=TRIES_MAX {
            let decided_on = self.centre.read(|picture| picture.cursor);
            let decided = match self.draft(ask, &mut fetched, &decide).await {
                Ok(Some(decided)) => decided,
                Ok(None) => return Ok(None),
                Err(OperationError::Refused(refusal)) => {
                    let tip = match tip {
                        Some(tip) => tip,
                        None => *tip.insert(self.tip_of(decided_on).await),
                    };
                    let newest = fetched.values().flatten().map(|found| found.version).max();
                    let known = newest.unwrap_or_default().max(tip);
                    // believed once the picture shows all that was there when it was first refused, so that nobody is
                    // refused for what they changed a moment ago, and all that was fetched, which is of one time then
                    if known <= decided_on.number {
                        return self.first_answer(ask, fingerprint, refusal.into()).await.map(Some);
                    }
                    if self.centre.reached(known, BOARD_WAIT).await.is_err() {
                        break;
                    }
                    fetched.clear();
                    continue;
                }
                Err(error) => return self.first_answer(ask, fingerprint, error).await.map(Some),
            };
            let composed = self.compose(ask, cause, fingerprint, decided);
            if ask.is_rehearsal() {
                return Ok(Some(composed.rehearsed()));
            }
            match self.send(composed).await? {
                Sent::Done(done) => return Ok(Some(done)),
                Sent::Conflict(current) => {
                    tracing::debug!(tried, %current, "others were faster");
                    fetched.clear();
                    let _ = self.centre.reached(current, BOARD_WAIT).await;
                }
            }
        }
        self.first_answer(ask, fingerprint, OperationError::Conflict { tries: TRIES_MAX }).await.map(Some)
    }

    /// Where the store is in the lineage of a picture; [`Version::ABSENT`] if it cannot say or has left that.
    async fn tip_of(&self, seen: Cursor) -> Version {
        match self.store.tip().await {
            Ok(tip) if tip.lineage == seen.lineage => tip.number,
            Ok(_) | Err(_) => Version::ABSENT,
        }
    }

    /// Makes the decision, fetching what it asks for.
    async fn draft<A: Answer>(
        &self,
        ask: &Ask,
        fetched: &mut Fetched,
        decide: &(impl Fn(&mut Draft<'_>) -> Result<Decision<A>, Halt> + Send + Sync),
    ) -> Result<Option<Decided<A>>, OperationError> {
        loop {
            let decided = self.centre.read(|picture| {
                may_commit(picture)?;
                self.decide_on(picture, ask, fetched, decide)
            });
            match decided {
                Ok(decided) => return Ok(decided),
                Err(Halt::Ended(error)) => return Err(error),
                Err(Halt::Load(key)) if fetched.len() < FETCHES_MAX => {
                    let found = self.find(&key).await?;
                    fetched.insert(key, found);
                }
                Err(Halt::Load(_)) => return Err(OperationError::Conflict { tries: 1 }),
            }
        }
    }

    /// Makes the decision with what the board shows and nothing else, whatever the store does; nothing comes of one that
    /// needs more, or that is refused.
    pub(crate) fn decide_on_the_board<A: Answer>(
        &self,
        ask: &Ask,
        decide: &(impl Fn(&mut Draft<'_>) -> Result<A, Halt> + Send + Sync),
    ) -> Option<Decided<A>> {
        let decide = |draft: &mut Draft<'_>| decide(draft).map(Decision::Commit);
        self.centre.read(|picture| self.decide_on(picture, ask, &Fetched::new(), &decide)).ok().flatten()
    }

    fn decide_on<A: Answer>(
        &self,
        picture: &Picture,
        ask: &Ask,
        fetched: &Fetched,
        decide: &(impl Fn(&mut Draft<'_>) -> Result<Decision<A>, Halt> + Send + Sync),
    ) -> Result<Option<Decided<A>>, Halt> {
        let at = self.clock.now();
        let mut draft = Draft::new(picture, fetched, at, ask.operation(), &ask.asker);
        let answer = match decide(&mut draft)? {
            Decision::Commit(answer) => answer,
            Decision::Nothing => return Ok(None),
        };
        let (read, written, answered) = draft.into_parts();
        let has_fetched = !fetched.is_empty();
        Ok(Some(Decided { answer, at, seen: picture.cursor, has_fetched, read, written, answered }))
    }

    /// The step that a decision comes to.
    pub(crate) fn compose<A: Answer>(
        &self,
        ask: &Ask,
        cause: &'static str,
        fingerprint: Fingerprint,
        decided: Decided<A>,
    ) -> Composed<A> {
        let is_blind = decided.is_blind();
        let Decided { answer, at, seen, mut read, written, answered, .. } = decided;
        let writes = written
            .iter()
            .map(|(key, record)| Write {
                key: key.clone(),
                version: read.remove(key).unwrap_or_default(),
                state: record.to_json().into(),
                place: place(record),
            })
            .collect();
        let commit = Commit {
            operation: ask.operation(),
            fingerprint,
            answer: serde_json::to_string(&answer)
                .expect("an answer is plain data, so it always becomes JSON")
                .into(),
            actor: ask.asker.name(),
            cause: cause.to_owned(),
            at,
            seen: (!is_blind || seen != Cursor::NONE).then_some(seen),
            reads: read.into_iter().map(|(key, version)| Read::new(key, version)).collect(),
            writes,
        };
        Composed { commit, answer, seen, written, answered }
    }

    /// Commits a step.
    async fn send<A: Answer>(&self, composed: Composed<A>) -> Result<Sent<A>, OperationError> {
        match self.tell_store(composed.commit.clone()).await.map_err(OperationError::Store)? {
            Outcome::Committed { number, replicas } => Ok(Sent::Done(composed.stored(number, replicas))),
            Outcome::Repeated { number, answer } => {
                self.repeated(number, composed.seen, &answer).await.map(Sent::Done)
            }
            Outcome::OtherContent { number } => Err(OperationError::OtherContent { number }),
            Outcome::Conflict { current, .. } => Ok(Sent::Conflict(current)),
            Outcome::Behind { .. } => Err(OperationError::Behind),
        }
    }

    /// Asks the store to commit, and counts what came of it.
    pub(crate) async fn tell_store(&self, commit: Commit) -> Result<Outcome, StoreError> {
        let seen = commit.seen;
        let outcome = self.store.commit(commit).await;
        if let (Ok(Outcome::Committed { number, .. }), Some(seen)) = (&outcome, seen) {
            self.centre.committed(Cursor { number: *number, ..seen });
        }
        let word = outcome.as_ref().map_or("failed", word);
        counter!("kezek_commit_total", "outcome" => word).increment(1);
        outcome
    }

    /// What a repeated request is answered, with its records as they stand now.
    pub(crate) async fn repeated<A: Answer>(
        &self,
        number: Version,
        seen: Cursor,
        answer: &str,
    ) -> Result<Done<A>, OperationError> {
        let answer: A = serde_json::from_str(answer).map_err(|error| {
            OperationError::Store(StoreError::Damaged {
                place: format!("the answer of change {number}"),
                found: error.to_string(),
            })
        })?;
        let found = self.read(&answer.records()).await?;
        let records = found.into_iter().map(|found| (found.record.key(), found)).collect();
        let cursor = Cursor { lineage: seen.lineage, number };
        let receipt = Receipt { cursor, durability: Durability::Stored, repeated: true };
        Ok(Done { answer, receipt, records })
    }

    /// Before a request is refused: the answer it got the first time, if there was one. While nobody can say whether
    /// there was, it is not refused either, for that would say that nothing was done.
    async fn first_answer<A: Answer>(
        &self,
        ask: &Ask,
        fingerprint: Fingerprint,
        error: OperationError,
    ) -> Result<Done<A>, OperationError> {
        if ask.is_rehearsal() {
            return Err(error);
        }
        let remembered = self.store.remembered(ask.operation()).await.map_err(OperationError::Store)?;
        let Some(remembered) = remembered else { return Err(error) };
        self.answer_again(fingerprint, remembered).await
    }

    /// The answer that an operation got the first time.
    pub(crate) async fn answer_again<A: Answer>(
        &self,
        fingerprint: Fingerprint,
        remembered: Remembered,
    ) -> Result<Done<A>, OperationError> {
        if remembered.fingerprint != fingerprint {
            return Err(OperationError::OtherContent { number: remembered.number });
        }
        let seen = self.centre.read(|picture| picture.cursor);
        self.repeated(remembered.number, seen, &remembered.answer).await
    }
}

/// The digest by which a repeated request is known.
pub(crate) fn fingerprint(cause: &str, request: &impl Serialize) -> Fingerprint {
    let request = serde_json::to_vec(request).expect("a request is plain data, so it always becomes JSON");
    Fingerprint::of(&[cause.as_bytes(), b"\n", request.as_slice()].concat())
}

/// A decision that was made.
pub(crate) struct Decided<A> {
    answer: A,
    at: jiff::Timestamp,
    seen: Cursor,
    has_fetched: bool,
    read: BTreeMap<RecordKey, Version>,
    written: BTreeMap<RecordKey, Record>,
    answered: Vec<Answered>,
}

impl<A> Decided<A> {
    /// True if it looked at nothing and creates all it writes, so that it holds whatever becomes of the store.
    pub(crate) fn is_blind(&self) -> bool {
        !self.has_fetched && self.read.values().all(|version| *version == Version::ABSENT)
    }
}

/// A decision as a step to be committed.
pub(crate) struct Composed<A> {
    /// The step.
    pub(crate) commit: Commit,
    /// What the board showed when it was decided.
    pub(crate) seen: Cursor,
    answer: A,
    written: BTreeMap<RecordKey, Record>,
    answered: Vec<Answered>,
}

impl<A: Answer> Composed<A> {
    /// The store has it, as the change of this number, and so many replicas.
    pub(crate) fn stored(self, number: Version, replicas: u32) -> Done<A> {
        let cursor = Cursor { lineage: self.seen.lineage, number };
        let durability = if replicas > 0 { Durability::Replicated } else { Durability::Stored };
        self.done(Receipt { cursor, durability, repeated: false })
    }

    /// The node's journal has it, and the store follows.
    pub(crate) fn journaled(self) -> Done<A> {
        self.done(Receipt { cursor: Cursor::NONE, durability: Durability::Journaled, repeated: false })
    }

    /// It was only decided: nobody has it, and no answer is measured by it.
    fn rehearsed(self) -> Done<A> {
        let receipt = Receipt { cursor: self.seen, durability: Durability::Stored, repeated: false };
        Self { answered: Vec::new(), ..self }.done(receipt)
    }

    fn done(self, receipt: Receipt) -> Done<A> {
        self.answered.into_iter().for_each(Answered::measure);
        let wanted = self.answer.records();
        let version = receipt.cursor.number;
        let records = self.written.into_iter().filter(|(key, _)| wanted.contains(key));
        let records = records.map(|(key, record)| (key, Versioned { version, record })).collect();
        Done { answer: self.answer, receipt, records }
    }
}

/// What came of one try.
enum Sent<A> {
    Done(Done<A>),
    Conflict(Version),
}

/// Refuses to decide on a picture that is not the store's, or not known to be.
fn may_commit(picture: &Picture) -> Result<(), Halt> {
    match &picture.status {
        Status::Current | Status::Away { .. } => Ok(()),
        Status::Starting => {
            let reason = "this node has not loaded the centre yet".to_owned();
            Err(Halt::Ended(OperationError::Store(StoreError::Unavailable { reason, source: None })))
        }
        Status::Behind { .. } => Err(Halt::Ended(OperationError::Behind)),
    }
}

/// Which indexes list a record.
fn place(record: &Record) -> Place {
    Place {
        open: record.is_open(),
        queue: record.queue_place().map(|(priority, since)| QueueScore::new(priority.get(), since)),
        closed_at: record.ended_at(),
    }
}

/// What `kezek_commit_total` tells apart: how a commit came out, and `failed` where the store gave no answer.
pub const COMMIT_OUTCOMES: [&str; 6] =
    ["committed", "repeated", "other_content", "conflict", "behind", "failed"];

/// The word for an outcome in metrics, one of [`COMMIT_OUTCOMES`].
const fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Committed { .. } => "committed",
        Outcome::Repeated { .. } => "repeated",
        Outcome::OtherContent { .. } => "other_content",
        Outcome::Conflict { .. } => "conflict",
        Outcome::Behind { .. } => "behind",
    }
}
