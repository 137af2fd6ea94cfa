//! The audit: what the clients know, laid beside what the store and the archive hold.
//!
//! It asks neither the centre nor its board. Every client wrote down, on its own disk, what it was told, and every watcher
//! what it was shown; the store is read record by record. What does not agree is a finding, and so is a run in which
//! nothing could have gone wrong.

mod checks;
mod collecting;
mod finding;
#[cfg(test)]
mod tests;
mod watched;

use std::{collections::BTreeMap, fmt};

use domain::invariants::Violation;
use serde::Serialize;
use store::{SharedStore, StoreError};

use crate::history::Known;
use collecting::Evidence;
pub use finding::Finding;

/// Share of incidents that may be explained instead of closed.
pub const EXPLAINED_SHARE_MAX: f64 = 0.02;

/// What a run claims, and so what it is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Everything: every incident ends, and late answers, returns, conflicts and repeats all occurred.
    Everything,
    /// The same for a run too short for every kind of trouble: at least one of them occurred.
    ShortRun,
    /// Only that no call was lost or changed: nobody dispatched.
    Intake,
}

/// Why no audit was possible.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The store could not be read.
    #[error("the store cannot be read")]
    Store(#[source] StoreError),
    /// A record in the store or the archive is none.
    #[error("a record cannot be read")]
    Record(#[source] domain::record::RecordError),
    /// A line of the archive is none.
    #[error("a line of the archive cannot be read")]
    Archive(#[source] serde_json::Error),
    /// Somebody kept changing the store.
    #[error("the store kept changing while it was read; audit it when everybody has gone home")]
    Moving,
}

/// Why an incident did not end with a result: the whole list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Explanation {
    /// It is part of another that did.
    Merged,
    /// A person cancelled it.
    Cancelled,
    /// A person holds it.
    Held,
    /// It stands in the queue: nobody is free.
    Waiting,
    /// A desk or crew is still at it.
    UnderWay,
}

/// What the audit found.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Calls that were acknowledged.
    pub calls_acknowledged: u64,
    /// Those of them that only the node's journal had when they were acknowledged.
    pub calls_journaled: u64,
    /// Those of them that are there and as they were said.
    pub calls_found: u64,
    /// Incidents looked at.
    pub incidents: u64,
    /// Those that ended with a result.
    pub incidents_closed: u64,
    /// The others, by why.
    pub explained: BTreeMap<Explanation, u64>,
    /// Runs looked at.
    pub runs: u64,
    /// Records read, from the store and from the archive.
    pub records: u64,
    /// Those of them that only the archive holds.
    pub archived: u64,
    /// Answers that came too late.
    pub expired: u64,
    /// Assignments given back.
    pub returned: u64,
    /// Requests refused because somebody was faster.
    pub conflicts: u64,
    /// Requests that got their first answer again.
    pub repeats: u64,
    /// Streams that were watched.
    pub watchers: u64,
    /// Frames that they were shown.
    pub frames: u64,
    /// Records that were shown in them, each at each of its versions once.
    pub shown: u64,
    /// Everything that must not be.
    pub findings: Vec<Finding>,
}

impl Verdict {
    /// True if nothing was found.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    /// Acknowledged calls that are nowhere.
    pub fn lost(&self) -> usize {
        self.findings.iter().filter(|finding| matches!(finding, Finding::CallLost { .. })).count()
    }

    /// What was shown to watchers and is nowhere.
    pub fn lost_of_shown(&self) -> usize {
        let is_lost = |finding: &&Finding| {
            matches!(finding, Finding::ShownLost { .. } | Finding::HistoryBrokenOff { .. })
        };
        self.findings.iter().filter(is_lost).count()
    }

    /// Units that were in two places.
    pub fn double(&self) -> usize {
        let is_double = |finding: &&Finding| {
            matches!(
                finding,
                Finding::UnitTwice { .. } | Finding::Invariant(Violation::UnitOnSeveralRuns { .. })
            )
        };
        self.findings.iter().filter(is_double).count()
    }
}

/// Judges a run by the histories of its clients and watchers, the store and the lines of the archive.
///
/// `archive` are the records of the archive's files as they were written, each one line of JSON.
///
/// # Errors
/// [`AuditError`] if the evidence cannot be read; what it says against the centre is in the verdict.
pub async fn audit(
    store: &SharedStore,
    known: &Known,
    archive: &[String],
    claim: Claim,
) -> Result<Verdict, AuditError> {
    let evidence = Evidence::collect(store, known, archive).await?;
    Ok(checks::judge(&evidence, known, claim))
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (found, told) = (self.calls_found, self.calls_acknowledged);
        writeln!(f, "audit                {found} of {told} acknowledged calls found as they were said")?;
        writeln!(f, "                     {} lost, {} double", self.lost(), self.double())?;
        let (stored, journaled) = (told - self.calls_journaled, self.calls_journaled);
        writeln!(f, "acknowledged         {stored} stored, {journaled} journaled")?;
        let (closed, all) = (self.incidents_closed, self.incidents);
        write!(f, "incidents            {closed} of {all} closed")?;
        for (explanation, count) in &self.explained {
            write!(f, ", {count} {explanation:?}")?;
        }
        let (records, archived) = (self.records, self.archived);
        writeln!(
            f,
            "\nrecords              {records} read, {archived} of them from the archive, {} runs",
            self.runs
        )?;
        let Self { watchers, frames, shown, .. } = self;
        writeln!(
            f,
            "watched              {watchers} streams, {frames} frames, {shown} versions of records, {} lost",
            self.lost_of_shown()
        )?;
        let Self { expired, returned, conflicts, repeats, .. } = self;
        writeln!(
            f,
            "it had teeth         {expired} expired, {returned} returned, {conflicts} conflicts, {repeats} repeats"
        )?;
        for finding in self.findings.iter().take(50) {
            writeln!(f, "  FOUND              {finding}")?;
        }
        writeln!(f, "verdict              {}", if self.is_clean() { "clean" } else { "NOT CLEAN" })
    }
}

impl Serialize for Verdict {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let findings: Vec<String> = self.findings.iter().map(ToString::to_string).collect();
        let mut fields = serializer.serialize_struct("Verdict", 21)?;
        fields.serialize_field("clean", &self.is_clean())?;
        fields.serialize_field("lost", &self.lost())?;
        fields.serialize_field("double", &self.double())?;
        fields.serialize_field("calls_acknowledged", &self.calls_acknowledged)?;
        fields.serialize_field("calls_journaled", &self.calls_journaled)?;
        fields.serialize_field("calls_found", &self.calls_found)?;
        fields.serialize_field("incidents", &self.incidents)?;
        fields.serialize_field("incidents_closed", &self.incidents_closed)?;
        fields.serialize_field("explained", &self.explained)?;
        fields.serialize_field("runs", &self.runs)?;
        fields.serialize_field("records", &self.records)?;
        fields.serialize_field("archived", &self.archived)?;
        fields.serialize_field("expired", &self.expired)?;
        fields.serialize_field("returned", &self.returned)?;
        fields.serialize_field("conflicts", &self.conflicts)?;
        fields.serialize_field("repeats", &self.repeats)?;
        fields.serialize_field("watchers", &self.watchers)?;
        fields.serialize_field("frames", &self.frames)?;
        fields.serialize_field("shown", &self.shown)?;
        fields.serialize_field("lost_of_shown", &self.lost_of_shown())?;
        fields.serialize_field("findings", &findings)?;
        fields.end()
    }
}
