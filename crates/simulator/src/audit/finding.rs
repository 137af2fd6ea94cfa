//! What an audit may find.

use domain::{IncidentId, RecordKey, RunId, UnitId, invariants::Violation};

use super::EXPLAINED_SHARE_MAX;

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
    /// What was said once is there twice: it was sent again, and not as the same request.
    #[error(
        "`{request}` of `{client}` is there twice: as call {first}, and as call {second} that it was answered with"
    )]
    CallTwice {
        /// Who asked.
        client: String,
        /// Which request.
        request: String,
        /// The call that the request makes.
        first: String,
        /// The call that it was answered with.
        second: String,
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
    /// A frame does not follow on the one before.
    #[error("`{watcher}` was shown what follows on {after}, and was at {place}")]
    StreamGap {
        /// Who watched.
        watcher: String,
        /// What the frame says that it follows on.
        after: u64,
        /// Where the watcher was.
        place: String,
    },
    /// A record was shown as it had been before, or twice at one version and not alike.
    #[error("`{watcher}` was shown {key} at version {shown} after version {before}, and not as it was")]
    ShownBack {
        /// Who watched.
        watcher: String,
        /// Which record.
        key: String,
        /// The version that was shown.
        shown: u64,
        /// The version that had been shown before.
        before: u64,
    },
    /// A record was shown and is not there, nor anything later of it.
    #[error("`{watcher}` was shown {key} at version {version}, and {found}")]
    ShownLost {
        /// Who was shown it first.
        watcher: String,
        /// Which record.
        key: String,
        /// The version that was shown.
        version: u64,
        /// What is there instead.
        found: String,
    },
    /// A record was shown otherwise than it is.
    #[error("`{watcher}` was shown {key} at version {version} otherwise than it is")]
    ShownOtherwise {
        /// Who was shown it so.
        watcher: String,
        /// Which record.
        key: String,
        /// The version that was shown.
        version: u64,
    },
    /// What was shown belongs to a line of history that the store has left.
    #[error(
        "`{watcher}` was shown line of history {lineage} up to {through}, and the store goes on under another"
    )]
    HistoryBrokenOff {
        /// Who watched.
        watcher: String,
        /// The line of history.
        lineage: String,
        /// How far it was shown.
        through: u64,
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
