//! A call: one contact from outside. A fact: it gains notes and locations and is never deleted.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    CallId, IncidentId, IncidentTypeId, SpokenNumber,
    limits::CALL_BACK_ATTEMPTS_MAX,
    location::Location,
    milestone::Milestone,
    refusal::{Lifecycle, StepRefusal},
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
    /// Where it stands.
    pub state: CallState,
}

impl Call {
    /// Where it happened by the latest word that says anything of it: the last addition with a place, else what was
    /// said first.
    pub fn latest_location(&self) -> &Location {
        let added = self.additions.iter().rev().filter_map(|addition| addition.location.as_ref());
        added.into_iter().find(|location| !location.is_unknown()).unwrap_or(&self.location)
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

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallDisposition {
    /// What became of it.
    pub outcome: CallOutcome,
    /// In a person's words; empty when there was nothing to add.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remark: String,
    /// Who ended it.
    pub by: String,
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    /// It led to an incident.
    Incident,
    /// Advice was enough.
    Advice,
    /// It went to another service (101, 103 …).
    Transferred,
    /// Suspected hoax; a supervisor confirms.
    SuspectedHoax,
    /// Nobody spoke, or a pocket called.
    Silent,
    /// The caller could not be reached again.
    Unreachable,
}

/// Where a call stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum CallState {
    /// It rings.
    Ringing {
        /// The trunk it came in on; empty when not said.
        trunk: String,
    },
    /// Somebody speaks with the caller.
    Answered {
        /// The desk that answered; empty when not said.
        desk: String,
    },
    /// The caller hung up before an answer.
    Abandoned,
    /// The caller must be called back.
    CallBack {
        /// Which attempt is next, from 1.
        attempt: u8,
        /// By when.
        due: Timestamp,
    },
    /// Every attempt failed; a person decides.
    NeedsDecision,
    /// It is over.
    Ended {
        /// How.
        disposition: CallDisposition,
    },
}

/// What can happen to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallEvent {
    /// Somebody answered, or the call-back was answered.
    Answer {
        /// The desk.
        desk: String,
    },
    /// The caller hung up before an answer.
    Abandon,
    /// The caller is to be called back.
    CallBack {
        /// By when.
        due: Timestamp,
    },
    /// An attempt to call back failed.
    CallBackFailed {
        /// By when to try again, if it is tried again.
        due: Timestamp,
    },
    /// It is over.
    End {
        /// How.
        disposition: CallDisposition,
    },
}

impl CallEvent {
    /// The word for the event in refusals.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Answer { .. } => "answer",
            Self::Abandon => "abandon",
            Self::CallBack { .. } => "call_back",
            Self::CallBackFailed { .. } => "call_back_failed",
            Self::End { .. } => "end",
        }
    }
}

impl CallState {
    /// The word for the state in refusals, metrics and on the wire.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Ringing { .. } => "ringing",
            Self::Answered { .. } => "answered",
            Self::Abandoned => "abandoned",
            Self::CallBack { .. } => "call_back",
            Self::NeedsDecision => "needs_decision",
            Self::Ended { .. } => "ended",
        }
    }

    /// The events this state allows.
    pub const fn allowed(&self) -> &'static [&'static str] {
        match self {
            Self::Ringing { .. } => &["answer", "abandon"],
            Self::Answered { .. } => &["call_back", "end"],
            Self::Abandoned => &["call_back"],
            Self::CallBack { .. } => &["answer", "call_back_failed"],
            Self::NeedsDecision => &["end"],
            Self::Ended { .. } => &[],
        }
    }

    /// True until the call is over.
    pub const fn is_open(&self) -> bool {
        match self {
            Self::Ended { .. } => false,
            Self::Ringing { .. }
            | Self::Answered { .. }
            | Self::Abandoned
            | Self::CallBack { .. }
            | Self::NeedsDecision => true,
        }
    }

    /// The state after `event`.
    ///
    /// # Errors
    /// [`StepRefusal`] if this state does not allow the event; it names those it does.
    pub fn next(self, event: CallEvent) -> Result<Self, StepRefusal> {
        let refusal = StepRefusal::new(Lifecycle::Call, self.as_str(), event.as_str(), self.allowed());
        match self {
            Self::Ringing { .. } => match event {
                CallEvent::Answer { desk } => Ok(Self::Answered { desk }),
                CallEvent::Abandon => Ok(Self::Abandoned),
                CallEvent::CallBack { .. } | CallEvent::CallBackFailed { .. } | CallEvent::End { .. } => {
                    Err(refusal)
                }
            },
            Self::Answered { .. } => match event {
                CallEvent::CallBack { due } => Ok(Self::CallBack { attempt: 1, due }),
                CallEvent::End { disposition } => Ok(Self::Ended { disposition }),
                CallEvent::Answer { .. } | CallEvent::Abandon | CallEvent::CallBackFailed { .. } => {
                    Err(refusal)
                }
            },
            Self::Abandoned => match event {
                CallEvent::CallBack { due } => Ok(Self::CallBack { attempt: 1, due }),
                CallEvent::Answer { .. }
                | CallEvent::Abandon
                | CallEvent::CallBackFailed { .. }
                | CallEvent::End { .. } => Err(refusal),
            },
            Self::CallBack { attempt, .. } => match event {
                CallEvent::Answer { desk } => Ok(Self::Answered { desk }),
                CallEvent::CallBackFailed { due } if attempt < CALL_BACK_ATTEMPTS_MAX => {
                    Ok(Self::CallBack { attempt: attempt + 1, due })
                }
                CallEvent::CallBackFailed { .. } => Ok(Self::NeedsDecision),
                CallEvent::Abandon | CallEvent::CallBack { .. } | CallEvent::End { .. } => Err(refusal),
            },
            Self::NeedsDecision => match event {
                CallEvent::End { disposition } => Ok(Self::Ended { disposition }),
                CallEvent::Answer { .. }
                | CallEvent::Abandon
                | CallEvent::CallBack { .. }
                | CallEvent::CallBackFailed { .. } => Err(refusal),
            },
            Self::Ended { .. } => Err(refusal),
        }
    }
}
