//! Every way the system says no to a well-formed request: a named outcome with the present state and what would be
//! allowed.

mod facts;

use std::fmt;

use jiff::Timestamp;

use crate::{
    AlarmId, AssignmentId, CallId, IncidentId, IncidentTypeId, RunId, SpokenNumber, StationId, UnitId,
    UnitKindId, Version,
};

/// The lifecycles, for naming the one that refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lifecycle {
    /// A call's.
    Call,
    /// An incident's.
    Incident,
    /// An assignment's.
    Assignment,
    /// A run's.
    Run,
    /// A unit's.
    Unit,
    /// An alarm's.
    Alarm,
}

impl Lifecycle {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Incident => "incident",
            Self::Assignment => "assignment",
            Self::Run => "run",
            Self::Unit => "unit",
            Self::Alarm => "alarm",
        }
    }
}

/// A lifecycle does not allow an event in its present state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRefusal {
    /// Whose lifecycle.
    pub lifecycle: Lifecycle,
    /// The present state.
    pub state: &'static str,
    /// What was asked.
    pub event: &'static str,
    /// What would be allowed.
    pub allowed: &'static [&'static str],
}

impl StepRefusal {
    /// Names the refusal.
    pub const fn new(
        lifecycle: Lifecycle,
        state: &'static str,
        event: &'static str,
        allowed: &'static [&'static str],
    ) -> Self {
        Self { lifecycle, state, event, allowed }
    }
}

impl fmt::Display for StepRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lifecycle, state, event, allowed } = self;
        write!(f, "the {} is {state} and does not allow `{event}`; ", lifecycle.as_str())?;
        if allowed.is_empty() {
            f.write_str("nothing is allowed any more")
        } else {
            write!(f, "allowed: {}", allowed.join(", "))
        }
    }
}

impl std::error::Error for StepRefusal {}

/// What a word was looked up as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the thing of that name")]
pub enum Sought {
    Unit,
    Station,
    Kind,
    Type,
    Alarm,
    Call,
    Assignment,
}

impl Sought {
    /// The word for it among the facts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Station => "station",
            Self::Kind => "kind",
            Self::Type => "type",
            Self::Alarm => "alarm",
            Self::Call => "call",
            Self::Assignment => "assignment",
        }
    }

    /// The same in a sentence that says there is none.
    const fn phrase(self) -> &'static str {
        match self {
            Self::Unit => "unit is called",
            Self::Station => "station is called",
            Self::Kind => "kind of unit is called",
            Self::Type => "type of incident is called",
            Self::Alarm => "alarm that has not ended is meant by",
            Self::Call => "call rings for",
            Self::Assignment => "open assignment fits",
        }
    }
}

/// What a unit is on that cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnRun {
    /// The incident that it was sent to.
    pub incident: IncidentId,
    /// The number people say for that.
    pub number: SpokenNumber,
    /// Since when.
    pub since: Timestamp,
}

/// The system says no to a well-formed request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A lifecycle does not allow it now.
    #[error(transparent)]
    Step(#[from] StepRefusal),
    /// No such call.
    #[error("there is no call {0}")]
    UnknownCall(CallId),
    /// No such incident, or none that the asker may see.
    #[error("there is no incident {0}")]
    UnknownIncident(IncidentId),
    /// No such assignment.
    #[error("there is no assignment {0}")]
    UnknownAssignment(AssignmentId),
    /// No such run.
    #[error("there is no run {0}")]
    UnknownRun(RunId),
    /// No such alarm.
    #[error("there is no alarm {0}")]
    UnknownAlarm(AlarmId),
    /// The directory has no such unit.
    #[error("the directory has no unit `{0}`")]
    UnknownUnit(UnitId),
    /// The directory has no such station.
    #[error("the directory has no station `{0}`")]
    UnknownStation(StationId),
    /// The directory has no such kind of unit.
    #[error("the directory has no unit kind `{0}`")]
    UnknownKind(UnitKindId),
    /// The directory has no such type.
    #[error("the directory has no incident type `{0}`")]
    UnknownType(IncidentTypeId),
    /// No call or incident that the asker may see is called so.
    #[error("nothing is called by the number `{0}`")]
    UnknownNumber(String),
    /// Nothing that the asker may see is meant by the words that were used for it.
    #[error("no {} `{word}`{}", sought.phrase(), perhaps(near))]
    NothingSo {
        /// What it was looked up as.
        sought: Sought,
        /// The words.
        word: String,
        /// What is called nearly so, the nearest first.
        near: Vec<String>,
    },
    /// The unit cannot be sent.
    #[error("unit `{unit}` is {state}{}; only an available unit can be sent", on_run(on.as_ref()))]
    UnitNotAvailable {
        /// Which unit.
        unit: UnitId,
        /// What it is doing.
        state: &'static str,
        /// What it is on, as far as the asker may know.
        on: Option<OnRun>,
    },
    /// The unit belongs to another desk.
    #[error("unit `{unit}` belongs to desk `{desk}`, not to the desk of this assignment")]
    UnitOfAnotherDesk {
        /// Which unit.
        unit: UnitId,
        /// Its desk.
        desk: StationId,
    },
    /// The unit is of another kind than the need.
    #[error("unit `{unit}` is of kind `{kind}`; this assignment asks for kind `{needed}`")]
    UnitOfAnotherKind {
        /// Which unit.
        unit: UnitId,
        /// Its kind.
        kind: UnitKindId,
        /// The kind that is needed.
        needed: UnitKindId,
    },
    /// The next directory will not have the unit.
    #[error(
        "unit `{unit}` is being taken out of the directory; it ends what it does and is sent nowhere else"
    )]
    UnitClosing {
        /// Which unit.
        unit: UnitId,
    },
    /// Only the duty desk chooses units of this kind.
    #[error("units of kind `{kind}` are chosen by their duty desk; assign the desk `{desk}` instead")]
    DeskChooses {
        /// The unit's kind.
        kind: UnitKindId,
        /// Its desk.
        desk: StationId,
    },
    /// The desk has an open assignment for the same need.
    #[error("desk `{desk}` already has assignment {assignment} for this need")]
    DeskAlreadyAssigned {
        /// Which desk.
        desk: StationId,
        /// The open assignment.
        assignment: AssignmentId,
    },
    /// The incident is not open.
    #[error("the incident is {state}; this is done only while it is {}", allowed.join(" or "))]
    IncidentNotOpen {
        /// Where it stands.
        state: &'static str,
        /// Where it would have to.
        allowed: &'static [&'static str],
    },
    /// The incident that another was merged into is part of a third itself.
    #[error("the incident it was merged into is part of incident {third} itself; undo that merge first")]
    MergedFurther {
        /// The one whose merge must be undone first.
        incident: IncidentId,
        /// The one it is part of.
        third: IncidentId,
    },
    /// A call is said to have led to an incident, and there is none.
    #[error("no incident was opened from call {0}; open one for it, or decide otherwise")]
    NoIncidentOfCall(CallId),
    /// Runs are still open.
    #[error("{}; stand them down or clear them first", still_open(runs.len()))]
    RunsOpen {
        /// Which.
        runs: Vec<RunId>,
        /// The units on them, in the same order.
        units: Vec<UnitId>,
    },
    /// A directory would remove something with open work.
    #[error("{what} has open work and cannot be removed")]
    OpenWork {
        /// What would be removed.
        what: String,
    },
    /// The incident has no such need.
    #[error("the incident has {have} needs; there is no need {asked}")]
    UnknownNeed {
        /// What was asked, from 0.
        asked: usize,
        /// How many there are.
        have: usize,
    },
    /// The assignment only informs its desk.
    #[error("this assignment only informs the desk; nobody is to be sent under it")]
    OnlyInforms,
    /// Merging an incident into itself.
    #[error("an incident cannot be merged into itself")]
    SameIncident,
    /// A close without what the law asks for.
    #[error("closing needs a registration number or the lawful reason for having none")]
    ClosingIncomplete,
    /// Some list or text is full.
    #[error("{what} is limited to {limit}; this would make {value}")]
    Limit {
        /// What is limited.
        what: &'static str,
        /// To how many or how much.
        limit: usize,
        /// What it would have become.
        value: usize,
    },
    /// A time that cannot be right.
    #[error("`{field}` says {value}, which is not between {earliest} and {latest}")]
    Time {
        /// Which field.
        field: &'static str,
        /// What it says.
        value: Timestamp,
        /// The earliest that would be believed.
        earliest: Timestamp,
        /// The latest that would be believed.
        latest: Timestamp,
    },
    /// The caller named a version that is not current.
    #[error("the record is at version {current}, not at {expected}; read it again and decide again")]
    VersionMoved {
        /// What the caller expected.
        expected: Version,
        /// What is current.
        current: Version,
    },
}

impl Refusal {
    /// The code as operators see it and as its runbook page is named.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Step(_) => "ILLEGAL_STEP",
            Self::UnknownCall(_) => "UNKNOWN_CALL",
            Self::UnknownIncident(_) => "UNKNOWN_INCIDENT",
            Self::UnknownAssignment(_) => "UNKNOWN_ASSIGNMENT",
            Self::UnknownRun(_) => "UNKNOWN_RUN",
            Self::UnknownAlarm(_) => "UNKNOWN_ALARM",
            Self::UnknownUnit(_) => "UNKNOWN_UNIT",
            Self::UnknownStation(_) => "UNKNOWN_STATION",
            Self::UnknownKind(_) => "UNKNOWN_KIND",
            Self::UnknownType(_) => "UNKNOWN_TYPE",
            Self::UnknownNumber(_) => "UNKNOWN_NUMBER",
            Self::NothingSo { sought, .. } => match sought {
                Sought::Unit => "UNKNOWN_UNIT",
                Sought::Station => "UNKNOWN_STATION",
                Sought::Kind => "UNKNOWN_KIND",
                Sought::Type => "UNKNOWN_TYPE",
                Sought::Alarm => "UNKNOWN_ALARM",
                Sought::Call => "UNKNOWN_CALL",
                Sought::Assignment => "UNKNOWN_ASSIGNMENT",
            },
            Self::UnitNotAvailable { .. } => "UNIT_NOT_AVAILABLE",
            Self::UnitOfAnotherDesk { .. } => "UNIT_OF_ANOTHER_DESK",
            Self::UnitOfAnotherKind { .. } => "UNIT_OF_ANOTHER_KIND",
            Self::UnitClosing { .. } => "UNIT_CLOSING",
            Self::DeskChooses { .. } => "DESK_CHOOSES",
            Self::DeskAlreadyAssigned { .. } => "DESK_ALREADY_ASSIGNED",
            Self::IncidentNotOpen { .. } => "INCIDENT_NOT_OPEN",
            Self::MergedFurther { .. } => "MERGED_FURTHER",
            Self::NoIncidentOfCall(_) => "NO_INCIDENT_OF_CALL",
            Self::RunsOpen { .. } => "RUNS_OPEN",
            Self::OpenWork { .. } => "OPEN_WORK",
            Self::UnknownNeed { .. } => "UNKNOWN_NEED",
            Self::OnlyInforms => "ONLY_INFORMS",
            Self::SameIncident => "SAME_INCIDENT",
            Self::ClosingIncomplete => "CLOSING_INCOMPLETE",
            Self::Limit { .. } => "LIMIT_REACHED",
            Self::Time { .. } => "TIME_NOT_BELIEVED",
            Self::VersionMoved { .. } => "VERSION_MOVED",
        }
    }
}

/// How many runs are open, in words.
fn still_open(runs: usize) -> String {
    if runs == 1 { "1 run is still open".to_owned() } else { format!("{runs} runs are still open") }
}

/// What else may be meant, in words.
fn perhaps(near: &[String]) -> String {
    if near.is_empty() { String::new() } else { format!("; perhaps `{}`", near.join("`, `")) }
}

/// What a unit is on, in words.
fn on_run(on: Option<&OnRun>) -> String {
    on.map(|on| format!(" to incident {} since {}", on.number, on.since)).unwrap_or_default()
}
