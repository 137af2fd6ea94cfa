//! What all people together asked and were answered.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use serde::Serialize;

/// The centre's words for a refusal that only somebody faster can be the cause of: the record moved on, the unit was sent
/// elsewhere, the desk was asked, the incident ended. `ILLEGAL_STEP` is none of them: whoever signs on twice gets it too.
const FASTER: [&str; 5] =
    ["CONFLICT", "DESK_ALREADY_ASSIGNED", "INCIDENT_NOT_OPEN", "UNIT_NOT_AVAILABLE", "VERSION_MOVED"];

/// True if that reason of a refusal says that somebody else was faster.
pub(crate) fn is_conflict(reason: &str) -> bool {
    FASTER.contains(&reason)
}

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
    /// Times that somebody else was faster: `ABORTED`, and refusals whose reason says so.
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

    pub(super) fn refused(&self, reason: &str) {
        if is_conflict(reason) {
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

#[cfg(test)]
mod tests {
    use domain::{StationId, UnitId, Version, refusal::Refusal};

    use super::*;

    #[test]
    fn only_those_who_were_slower_conflict() {
        let unit = UnitId::new("u1").unwrap();
        let desk = StationId::new("one").unwrap();
        let assignment = domain::AssignmentId::derived(domain::OperationId::derived("a", "b"), "assignment");
        for lost in [
            Refusal::VersionMoved { expected: Version(1), current: Version(2) },
            Refusal::UnitNotAvailable { unit, state: "assigned", on: None },
            Refusal::DeskAlreadyAssigned { desk, assignment },
            Refusal::IncidentNotOpen { state: "closed", allowed: &["reopen"] },
        ] {
            assert!(is_conflict(lost.code()), "{lost}");
        }
        let tally = Tally::default();
        for reason in ["ILLEGAL_STEP", "ONLY_INFORMS", Refusal::ClosingIncomplete.code(), "VERSION_MOVED"] {
            tally.refused(reason);
        }
        assert_eq!(tally.counts().conflicts, 1);
        assert_eq!(tally.counts().refused.len(), 4);
    }
}
