//! What all people together asked and were answered.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use serde::Serialize;
use tonic::Code;

/// Counts of requests that change something, and of attempts at all.
#[derive(Debug, Default)]
pub struct Tally {
    sent: AtomicU64,
    answered: AtomicU64,
    repeated: AtomicU64,
    conflicts: AtomicU64,
    unknown: AtomicU64,
    refused: Mutex<BTreeMap<String, u64>>,
}

/// A tally as it stood.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TallyCounts {
    /// Attempts, reads included.
    pub sent: u64,
    /// Requests that were done.
    pub answered: u64,
    /// Those of them that got their first answer again.
    pub repeated: u64,
    /// Times that somebody else was faster: `ABORTED`, and refusals because the record had moved on.
    pub conflicts: u64,
    /// Attempts whose outcome was unknown and that were sent again.
    pub unknown: u64,
    /// Refusals, by the centre's word for each.
    pub refused: BTreeMap<String, u64>,
}

impl Tally {
    pub(super) fn sent(&self) {
        self.sent.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn answered(&self, repeated: bool) {
        self.answered.fetch_add(1, Ordering::Relaxed);
        self.repeated.fetch_add(u64::from(repeated), Ordering::Relaxed);
    }

    pub(super) fn conflict(&self) {
        self.conflicts.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn unknown(&self) {
        self.unknown.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn refused(&self, code: Code, reason: &str) {
        if code == Code::FailedPrecondition {
            self.conflict();
        }
        let mut refused = self.refused.lock().expect("nothing panics while it counts");
        *refused.entry(reason.to_owned()).or_default() += 1;
    }

    /// The counts now.
    pub fn counts(&self) -> TallyCounts {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        TallyCounts {
            sent: read(&self.sent),
            answered: read(&self.answered),
            repeated: read(&self.repeated),
            conflicts: read(&self.conflicts),
            unknown: read(&self.unknown),
            refused: self.refused.lock().expect("nothing panics while it counts").clone(),
        }
    }
}
