//! A call: one contact from outside. A fact: it gains notes and locations and is never deleted.

mod state;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use state::{CallDisposition, CallEvent, CallOutcome, CallState};

use crate::{
    CallId, IncidentId, IncidentTypeId, SpokenNumber, location::Location, milestone::Milestone,
    refusal::StepRefusal,
};

/// One contact from outside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Which call.
    pub id: CallId,
    /// The number people say aloud.
    pub number: SpokenNumber,
    /// What brought it: `telephone`, `alarm`, `web`, a gateway's own word.
    pub source: String,
    /// The caller's number as it came, unread and unchanged; empty when withheld.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub caller_number: String,
    /// The trunk it came in on; empty when not said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub trunk: String,
    /// Where the caller says it happened.
    pub location: Location,
    /// What happened, if the centre's directory knows the type that was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident_type: Option<IncidentTypeId>,
    /// The type as it was named, where the directory does not know it; empty otherwise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub type_text: String,
    /// The caller's language as a tag (`ky`, `ru` …), as it came; empty when not said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// The caller's words, as they came.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub narrative: String,
    /// What a person should know was odd about the input; nothing here ever stopped the call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<CallFlag>,
    /// When the centre took it; absent while it only rings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<Timestamp>,
    /// The incident it led to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// What the operator said of likely duplicates.
    pub duplicate: DuplicateChoice,
    /// Incidents this call may be about, nearest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspected_duplicate_of: Vec<IncidentId>,
    /// What the caller or an operator added later, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub additions: Vec<Addition>,
    /// Every step as reported, oldest first.
    pub milestones: Vec<Milestone>,
    /// Where it stands. [`Call::ringing`], [`Call::answered`] and [`Call::step`] alone write it:
    ///
    /// ```compile_fail,E0616
    /// fn overwrite(call: &mut domain::call::Call, state: domain::call::CallState) {
    ///     call.state = state;
    /// }
    /// ```
    state: CallState,
}

/// What is known of a call when it comes.
#[derive(Clone, Debug)]
pub struct NewCall {
    /// Which call.
    pub id: CallId,
    /// The number people say aloud.
    pub number: SpokenNumber,
    /// What brought it.
    pub source: String,
    /// The caller's number as it came; empty when withheld.
    pub caller_number: String,
    /// Every step as reported, oldest first.
    pub milestones: Vec<Milestone>,
}

impl Call {
    /// A call that rings on a trunk; empty when not said.
    pub fn ringing(new: NewCall, trunk: String) -> Self {
        let state = CallState::Ringing { trunk: trunk.clone() };
        Self { trunk, ..Self::begun(new, state) }
    }

    /// A call that nobody reported ringing, as a desk answers it; empty when not said.
    pub fn answered(new: NewCall, desk: String) -> Self {
        Self::begun(new, CallState::Answered { desk })
    }

    fn begun(new: NewCall, state: CallState) -> Self {
        Self {
            id: new.id,
            number: new.number,
            source: new.source,
            caller_number: new.caller_number,
            trunk: String::new(),
            location: Location::default(),
            incident_type: None,
            type_text: String::new(),
            language: String::new(),
            narrative: String::new(),
            flags: Vec::new(),
            taken_at: None,
            incident: None,
            duplicate: DuplicateChoice::Unasked,
            suspected_duplicate_of: Vec::new(),
            additions: Vec::new(),
            milestones: new.milestones,
            state,
        }
    }

    /// Where it happened by the latest word that says anything of it: the last addition with a place, else what was
    /// said first.
    pub fn latest_location(&self) -> &Location {
        let added = self.additions.iter().rev().filter_map(|addition| addition.location.as_ref());
        added.into_iter().find(|location| !location.is_unknown()).unwrap_or(&self.location)
    }

    /// Where it stands.
    pub const fn state(&self) -> &CallState {
        &self.state
    }

    /// Takes the step that an event is. Refused, it stands where it stood.
    ///
    /// # Errors
    /// [`StepRefusal`] as [`CallState::next`] says.
    pub fn step(&mut self, event: CallEvent) -> Result<(), StepRefusal> {
        self.state = self.state.clone().next(event)?;
        Ok(())
    }

    /// Leaves out of where it stands what people said and who they are. It stands where it stood.
    pub fn redact_state(&mut self) {
        match &mut self.state {
            CallState::Ringing { trunk: words } | CallState::Answered { desk: words } => words.clear(),
            CallState::Ended { disposition } => {
                disposition.remark.clear();
                disposition.by.clear();
            }
            CallState::Abandoned | CallState::CallBack { .. } | CallState::NeedsDecision => {}
        }
    }
}

/// What was odd about a call's input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallFlag {
    /// Neither a position nor any words say where.
    NoLocation,
    /// The position lies in no district.
    OutsideArea,
    /// No type was named.
    NoType,
    /// A type was named that the directory does not know; its text is kept beside it.
    UnknownType,
    /// A language was named that the directory does not list.
    UnknownLanguage,
    /// The words hold control or direction characters.
    GarbledText,
    /// A time was given that cannot be right; the centre's own time was used.
    BadTime,
    /// No narrative was given.
    NoNarrative,
    /// It was said to go on with a call that is not known here, or that nobody can go on with any more: given up by its
    /// caller, taken already, or over. It is a call of its own.
    NotContinued,
    /// It was said to be about an incident that is not known to whoever said so. It opened one of its own.
    NotJoined,
    /// A position or an uncertainty was given that cannot be; it was left out.
    BadLocation,
    /// A priority was given that there is none of; that of the type was used.
    BadPriority,
}

impl CallFlag {
    /// The word on the wire and in logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoLocation => "no_location",
            Self::OutsideArea => "outside_area",
            Self::NoType => "no_type",
            Self::UnknownType => "unknown_type",
            Self::UnknownLanguage => "unknown_language",
            Self::GarbledText => "garbled_text",
            Self::BadTime => "bad_time",
            Self::NoNarrative => "no_narrative",
            Self::NotContinued => "not_continued",
            Self::NotJoined => "not_joined",
            Self::BadLocation => "bad_location",
            Self::BadPriority => "bad_priority",
        }
    }
}

/// What the operator said of likely duplicates before saving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "choice", rename_all = "snake_case")]
pub enum DuplicateChoice {
    /// Nobody was asked: a likely duplicate is suspected and linked, never merged.
    Unasked,
    /// A person said it is another matter.
    Separate,
    /// A person said it is the same matter.
    SameAs {
        /// The incident it belongs to.
        incident: IncidentId,
    },
}

/// Something added to a call after it was taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Addition {
    /// When it was recorded.
    pub at: Timestamp,
    /// Who added it.
    pub by: String,
    /// The words added; empty if only the location was.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub narrative: String,
    /// A better location; absent if only words were added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}
