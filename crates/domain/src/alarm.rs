//! An alarm: something a person must see and act on, with an owner, an age and an end.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    AlarmId, AssignmentId, CallId, IncidentId, RunId, StationId, UnitId,
    assignment::Assignment,
    refusal::{Lifecycle, StepRefusal},
    run::Run,
};

/// Something a person must see and act on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// Which alarm.
    pub id: AlarmId,
    /// What it is about, in one word.
    pub code: AlarmCode,
    /// Who must act.
    pub level: AlarmLevel,
    /// When it was raised.
    pub raised_at: Timestamp,
    /// The incident concerned, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// The assignment concerned, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignment: Option<AssignmentId>,
    /// The run concerned, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// The call concerned, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    /// The desk concerned, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<StationId>,
    /// The unit concerned, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// What a person needs to know beyond the code; empty when the code says it all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// Where it stands. [`Alarm::raised`] and [`Alarm::step`] alone write it:
    ///
    /// ```compile_fail,E0616
    /// fn overwrite(alarm: &mut domain::alarm::Alarm, state: domain::alarm::AlarmState) {
    ///     alarm.state = state;
    /// }
    /// ```
    state: AlarmState,
}

/// What an alarm is about, beyond its code.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// The incident concerned, if one is.
    pub incident: Option<IncidentId>,
    /// The assignment concerned, if one is.
    pub assignment: Option<AssignmentId>,
    /// The run concerned, if one is.
    pub run: Option<RunId>,
    /// The call concerned, if one is.
    pub call: Option<CallId>,
    /// The desk concerned, if one is.
    pub desk: Option<StationId>,
    /// The unit concerned, if one is.
    pub unit: Option<UnitId>,
    /// What a person needs to know beyond the code; empty when the code says it all.
    pub detail: String,
}

impl About {
    /// About an assignment: its incident and its desk are named with it.
    pub fn assignment(assignment: &Assignment) -> Self {
        Self {
            incident: Some(assignment.incident),
            assignment: Some(assignment.id),
            desk: Some(assignment.desk.clone()),
            ..Self::default()
        }
    }

    /// About a run: its incident, its assignment, its unit and the desk of that are named with it.
    pub fn run(run: &Run) -> Self {
        Self {
            incident: Some(run.incident),
            assignment: Some(run.assignment),
            run: Some(run.id),
            desk: Some(run.desk.clone()),
            unit: Some(run.unit.clone()),
            ..Self::default()
        }
    }
}

/// One thing that alarms can be about: those about it are found without looking at the others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// An incident.
    Incident(IncidentId),
    /// An assignment.
    Assignment(AssignmentId),
    /// A run.
    Run(RunId),
    /// A call.
    Call(CallId),
    /// A desk.
    Desk(StationId),
    /// A unit.
    Unit(UnitId),
    /// None of these: the centre itself, its store, the journal of a node.
    Centre,
}

macro_rules! subject_of {
    ($($kind:ident: $id:ty),+) => {$(
        impl From<$id> for Subject {
            fn from(id: $id) -> Self {
                Self::$kind(id)
            }
        }
    )+};
}

subject_of!(Incident: IncidentId, Assignment: AssignmentId, Run: RunId, Call: CallId, Desk: StationId, Unit: UnitId);

impl Alarm {
    /// An alarm that nobody has taken yet.
    pub fn raised(
        id: AlarmId,
        code: AlarmCode,
        level: AlarmLevel,
        about: About,
        raised_at: Timestamp,
    ) -> Self {
        Self {
            id,
            code,
            level,
            raised_at,
            incident: about.incident,
            assignment: about.assignment,
            run: about.run,
            call: about.call,
            desk: about.desk,
            unit: about.unit,
            detail: about.detail,
            state: AlarmState::Raised,
        }
    }

    /// Everything it is about.
    pub fn subjects(&self) -> impl Iterator<Item = Subject> {
        let named = [
            self.incident.map(Subject::Incident),
            self.assignment.map(Subject::Assignment),
            self.run.map(Subject::Run),
            self.call.map(Subject::Call),
            self.desk.clone().map(Subject::Desk),
            self.unit.clone().map(Subject::Unit),
        ];
        let centre = named.iter().all(Option::is_none).then_some(Subject::Centre);
        named.into_iter().flatten().chain(centre)
    }

    /// Where it stands.
    pub const fn state(&self) -> &AlarmState {
        &self.state
    }

    /// Takes the step that an event is. Refused, it stands where it stood.
    ///
    /// # Errors
    /// [`StepRefusal`] as [`AlarmState::next`] says.
    pub fn step(&mut self, event: AlarmEvent) -> Result<(), StepRefusal> {
        self.state = self.state.clone().next(event)?;
        Ok(())
    }

    /// Leaves out of where it stands what people said and who they are. It stands where it stood.
    pub fn redact_state(&mut self) {
        match &mut self.state {
            AlarmState::Acknowledged { by, .. } | AlarmState::Ended { by, .. } => by.clear(),
            AlarmState::Raised => {}
        }
    }
}

/// What an alarm is about. Each has a page in `deploy/runbook/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AlarmCode {
    /// A desk did not say in time that an assignment is received.
    DeskUnanswered,
    /// A crew did not acknowledge in time.
    CrewUnanswered,
    /// A desk's link is down, and it must be told of an assignment by telephone or radio.
    DeskLinkDown,
    /// A desk missed two in a row.
    DeskSilent,
    /// A unit missed two in a row.
    UnitSilent,
    /// A desk received an assignment and sent nobody.
    NobodySent,
    /// A need that nobody can be found for.
    Shortfall,
    /// An incident that may be another's duplicate waits for a person.
    SuspectedDuplicate,
    /// A desk gave an assignment back.
    AssignmentReturned,
    /// A caller could not be reached again; a person decides.
    CallNeedsDecision,
    /// A call rings and nobody answers.
    CallUnanswered,
    /// A caller must be called back now.
    CallBackDue,
    /// A held incident's time is over.
    HoldOver,
    /// An incident has waited long in the queue.
    QueueAge,
    /// The store lost changes that this node had seen.
    StoreBehind,
    /// The store lost changes that this node had seen, and was given all of them back.
    StoreRestored,
    /// Somebody was stood down and has not said that they know.
    StandDownUnconfirmed,
    /// The store holds records that cannot be read.
    StoreDamaged,
    /// A unit's crew reported a step on a run that was stood down.
    StandDownCrossed,
    /// A call was taken and no incident could be given to it.
    CallWithoutIncident,
    /// The dispatcher may not do for an incident what is to be done.
    IncidentNotServed,
    /// The disk of a node's journal failed, and the node keeps nothing by itself any more.
    JournalSealed,
    /// The disk of a node's journal is nearly full, and the node holds no more calls while the store is away.
    JournalFull,
    /// Something in a node's journal can no longer be read.
    JournalDamaged,
    /// A call that a node held could not be stored as it was answered.
    HeldCallRefused,
}

impl AlarmCode {
    /// Every code.
    pub const ALL: [Self; 25] = [
        Self::DeskUnanswered,
        Self::CrewUnanswered,
        Self::DeskLinkDown,
        Self::DeskSilent,
        Self::UnitSilent,
        Self::NobodySent,
        Self::Shortfall,
        Self::SuspectedDuplicate,
        Self::AssignmentReturned,
        Self::CallNeedsDecision,
        Self::CallUnanswered,
        Self::CallBackDue,
        Self::HoldOver,
        Self::QueueAge,
        Self::StoreBehind,
        Self::StoreRestored,
        Self::StandDownUnconfirmed,
        Self::StoreDamaged,
        Self::StandDownCrossed,
        Self::CallWithoutIncident,
        Self::IncidentNotServed,
        Self::JournalSealed,
        Self::JournalFull,
        Self::JournalDamaged,
        Self::HeldCallRefused,
    ];

    /// The one before every other, as codes are ordered.
    pub(crate) const FIRST: Self = Self::DeskUnanswered;

    /// The code as operators see it and as its runbook page is named.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DeskUnanswered => "DESK_UNANSWERED",
            Self::CrewUnanswered => "CREW_UNANSWERED",
            Self::DeskLinkDown => "DESK_LINK_DOWN",
            Self::DeskSilent => "DESK_SILENT",
            Self::UnitSilent => "UNIT_SILENT",
            Self::NobodySent => "NOBODY_SENT",
            Self::Shortfall => "SHORTFALL",
            Self::SuspectedDuplicate => "SUSPECTED_DUPLICATE",
            Self::AssignmentReturned => "ASSIGNMENT_RETURNED",
            Self::CallNeedsDecision => "CALL_NEEDS_DECISION",
            Self::CallUnanswered => "CALL_UNANSWERED",
            Self::CallBackDue => "CALL_BACK_DUE",
            Self::HoldOver => "HOLD_OVER",
            Self::QueueAge => "QUEUE_AGE",
            Self::StoreBehind => "STORE_BEHIND",
            Self::StoreRestored => "STORE_RESTORED",
            Self::StandDownUnconfirmed => "STAND_DOWN_UNCONFIRMED",
            Self::StoreDamaged => "STORE_DAMAGED",
            Self::StandDownCrossed => "STAND_DOWN_CROSSED",
            Self::CallWithoutIncident => "CALL_WITHOUT_INCIDENT",
            Self::IncidentNotServed => "INCIDENT_NOT_SERVED",
            Self::JournalSealed => "JOURNAL_SEALED",
            Self::JournalFull => "JOURNAL_FULL",
            Self::JournalDamaged => "JOURNAL_DAMAGED",
            Self::HeldCallRefused => "HELD_CALL_REFUSED",
        }
    }
}

const _: () = assert!(AlarmCode::FIRST as u8 == 0, "codes are ordered as they are declared");

/// Who must act on an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmLevel {
    /// Any operator.
    Operator,
    /// The supervisor, because no operator acted or the matter is the shift's.
    Supervisor,
}

/// Where an alarm stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum AlarmState {
    /// Nobody has taken it yet.
    Raised,
    /// Somebody works on it.
    Acknowledged {
        /// Who.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// It is over.
    Ended {
        /// Who, or the event that ended it.
        by: String,
        /// When.
        at: Timestamp,
    },
}

/// What can happen to an alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlarmEvent {
    /// Somebody takes it.
    Acknowledge {
        /// Who.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// It is over.
    End {
        /// Who, or the event that ended it.
        by: String,
        /// When.
        at: Timestamp,
    },
}

impl AlarmEvent {
    /// The word for the event in refusals.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Acknowledge { .. } => "acknowledge",
            Self::End { .. } => "end",
        }
    }
}

impl AlarmState {
    /// The word for the state in refusals, metrics and on the wire.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Acknowledged { .. } => "acknowledged",
            Self::Ended { .. } => "ended",
        }
    }

    /// The events this state allows.
    pub const fn allowed(&self) -> &'static [&'static str] {
        match self {
            Self::Raised | Self::Acknowledged { .. } => &["acknowledge", "end"],
            Self::Ended { .. } => &[],
        }
    }

    /// True until it is over.
    pub const fn is_open(&self) -> bool {
        match self {
            Self::Raised | Self::Acknowledged { .. } => true,
            Self::Ended { .. } => false,
        }
    }

    /// The state after `event`. Whoever acknowledges last owns it.
    ///
    /// # Errors
    /// [`StepRefusal`] once it is over.
    pub fn next(self, event: AlarmEvent) -> Result<Self, StepRefusal> {
        let refusal = StepRefusal::new(Lifecycle::Alarm, self.as_str(), event.as_str(), self.allowed());
        match self {
            Self::Raised | Self::Acknowledged { .. } => match event {
                AlarmEvent::Acknowledge { by, at } => Ok(Self::Acknowledged { by, at }),
                AlarmEvent::End { by, at } => Ok(Self::Ended { by, at }),
            },
            Self::Ended { .. } => Err(refusal),
        }
    }
}
