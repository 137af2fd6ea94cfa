//! Where a call stands: from the first ring to the disposition.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    limits::CALL_BACK_ATTEMPTS_MAX,
    refusal::{Lifecycle, StepRefusal},
};

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
