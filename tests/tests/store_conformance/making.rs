//! Commits for tests, each in a line.

use domain::{OperationId, RecordKey, RecordKind, Version};
use jiff::Timestamp;
use store::{Commit, Cursor, Fingerprint, Outcome, Place, Read, SharedStore, Write};

/// A time, in seconds after an arbitrary start.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).expect("a time of this century")
}

pub(crate) fn incident(id: &str) -> RecordKey {
    RecordKey::new(RecordKind::Incident, id)
}

pub(crate) fn operation(name: &str) -> OperationId {
    OperationId::derived("test", name)
}

/// A commit that does nothing yet.
pub(crate) fn commit(name: &str) -> Commit {
    Commit {
        operation: operation(name),
        fingerprint: Fingerprint::of(name.as_bytes()),
        answer: format!("{{\"answer\":\"{name}\"}}").into(),
        actor: "operator-1".to_owned(),
        cause: "take_call".to_owned(),
        at: at(0),
        seen: None,
        reads: Vec::new(),
        writes: Vec::new(),
    }
}

/// Chained onto [`commit`].
pub(crate) trait Making {
    /// It has seen the store this far.
    fn seen(self, cursor: Cursor) -> Self;
    /// It depends on this.
    fn reading(self, key: RecordKey, version: Version) -> Self;
    /// It writes this.
    fn writing(self, key: RecordKey, version: Version, state: &str, place: Place) -> Self;
    /// It creates this, and loads it at start.
    fn creating(self, key: RecordKey) -> Self;
}

impl Making for Commit {
    fn seen(mut self, cursor: Cursor) -> Self {
        self.seen = Some(cursor);
        self
    }

    fn reading(mut self, key: RecordKey, version: Version) -> Self {
        self.reads.push(Read { key, version });
        self
    }

    fn writing(mut self, key: RecordKey, version: Version, state: &str, place: Place) -> Self {
        self.writes.push(Write { key, version, state: state.into(), place });
        self
    }

    fn creating(self, key: RecordKey) -> Self {
        let state = format!("{{\"id\":\"{}\"}}", key.id);
        self.writing(key, Version::ABSENT, &state, Place::OPEN)
    }
}

/// Commits what must be committed.
pub(crate) async fn committed(store: &SharedStore, commit: Commit) -> Version {
    let outcome = store.commit(commit).await.expect("the store answers");
    let Outcome::Committed { number, .. } = outcome else { panic!("not committed but {outcome:?}") };
    number
}

pub(crate) async fn tip(store: &SharedStore) -> Cursor {
    store.tip().await.expect("the store answers")
}
