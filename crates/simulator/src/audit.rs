//! The audit: what the clients know, laid beside what the store and the archive hold.
//!
//! It asks neither the centre nor its board. Every client wrote down, on its own disk, what it was told; the store is
//! read record by record. What does not agree is a finding, and so is a run in which nothing could have gone wrong.

mod checks;
mod collecting;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fmt};

use domain::{IncidentId, RecordKey, RunId, UnitId, invariants::Violation};
use serde::Serialize;
use store::{SharedStore, StoreError};

use crate::history::ClientHistory;
use collecting::Evidence;

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

/// Something that must not be.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Finding {
    /// A call was acknowledged and is nowhere.
    #[error("call {number} ({call}) was acknowledged to `{client}` as `{request}` and is lost")]
    CallLost {
        /// Who was told.
        client: String,
        /// In answer to which request.
        request: String,
        /// Its id.
        call: String,
        /// Its number.
        number: String,
    },
    /// A call is not what was said.
    #[error("call {call} has another {what} than was said: {found} instead of {said}")]
    CallChanged {
        /// Its id.
        call: String,
        /// What differs.
        what: &'static str,
        /// What was said or acknowledged.
        said: String,
        /// What the store holds.
        found: String,
    },
    /// Two calls bear the same number.
    #[error("number {number} was given to {first} and to {second}")]
    NumberTwice {
        /// The number.
        number: String,
        /// The first call.
        first: String,
        /// The second.
        second: String,
    },
    /// A call was refused and is there all the same.
    #[error("`{request}` of `{client}` was refused and call {call} is there")]
    RefusedAndThere {
        /// Who was refused.
        client: String,
        /// Which request.
        request: String,
        /// The call.
        call: String,
    },
    /// An incident that an acknowledgement named is nowhere.
    #[error("incident {incident} was acknowledged and is lost")]
    IncidentLost {
        /// Which.
        incident: String,
    },
    /// An incident is open and nothing explains it.
    #[error("incident {incident} is open and nobody is wanted or on the way; its runs: {}", runs.join(", "))]
    IncidentForgotten {
        /// Which.
        incident: IncidentId,
        /// Where its runs stand.
        runs: Vec<String>,
    },
    /// Too many incidents did not end with a result.
    #[error("{explained} of {all} incidents did not end with a result; at most {:.0} % may", EXPLAINED_SHARE_MAX * 100.0)]
    TooManyExplained {
        /// How many did not.
        explained: u64,
        /// Of how many.
        all: u64,
    },
    /// A unit was in two places.
    #[error("unit `{unit}` was on run {second} before run {first} was over")]
    UnitTwice {
        /// Which unit.
        unit: UnitId,
        /// The earlier run.
        first: RunId,
        /// The later one.
        second: RunId,
    },
    /// A record has a version that cannot be.
    #[error("{key} stands at version {found}: {why}")]
    Version {
        /// Which record.
        key: String,
        /// Its version.
        found: u64,
        /// What is wrong with it.
        why: String,
    },
    /// The same request got two answers.
    #[error("`{request}` of `{client}` was answered twice and not alike: {first} and {second}")]
    AnswersDiffer {
        /// Who asked.
        client: String,
        /// Which request.
        request: String,
        /// The first answer, in short.
        first: String,
        /// The other.
        second: String,
    },
    /// Two records do not agree, or one cannot be.
    #[error(transparent)]
    Invariant(Violation),
    /// An index of the store does not agree with the records.
    #[error("the store's list of what is {list} is wrong about {key}")]
    Index {
        /// Which list.
        list: &'static str,
        /// The record.
        key: RecordKey,
    },
    /// Nothing went wrong, so nothing was proved.
    #[error("toothless: nothing {0} in the whole run, so it proves nothing about it")]
    Toothless(&'static str),
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

/// Judges a run by its clients' histories, the store and the lines of the archive.
///
/// `archive` are the records of the archive's files as they were written, each one line of JSON.
///
/// # Errors
/// [`AuditError`] if the evidence cannot be read; what it says against the centre is in the verdict.
pub async fn audit(
    store: &SharedStore,
    histories: &[ClientHistory],
    archive: &[String],
    claim: Claim,
) -> Result<Verdict, AuditError> {
    let evidence = Evidence::collect(store, histories, archive).await?;
    Ok(checks::judge(&evidence, histories, claim))
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (found, told) = (self.calls_found, self.calls_acknowledged);
        writeln!(f, "audit                {found} of {told} acknowledged calls found as they were said")?;
        writeln!(f, "                     {} lost, {} double", self.lost(), self.double())?;
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
        let mut fields = serializer.serialize_struct("Verdict", 16)?;
        fields.serialize_field("clean", &self.is_clean())?;
        fields.serialize_field("lost", &self.lost())?;
        fields.serialize_field("double", &self.double())?;
        fields.serialize_field("calls_acknowledged", &self.calls_acknowledged)?;
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
        fields.serialize_field("findings", &findings)?;
        fields.end()
    }
}
