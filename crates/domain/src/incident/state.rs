//! Where an incident stands. Progress (waiting, sent, on scene …) is computed from its assignments and runs.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    IncidentId,
    refusal::{Lifecycle, StepRefusal},
};

/// Where an incident stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum IncidentState {
    /// A person holds it back until a time; nobody is sent meanwhile.
    Held {
        /// Who.
        by: String,
        /// Until when; then an alarm asks a person to release it.
        until: Timestamp,
        /// Why.
        why: String,
    },
    /// It is worked on.
    Open,
    /// It is part of another incident.
    Merged {
        /// Which.
        into: IncidentId,
    },
    /// It is over.
    Closed {
        /// With what result.
        closing: Closing,
    },
    /// It was never to be served.
    Cancelled {
        /// Why.
        reason: String,
        /// Who.
        by: String,
        /// When.
        at: Timestamp,
    },
}

/// With what result an incident was closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// The result, in the centre's own words (report taken, gone on arrival …).
    pub disposition: String,
    /// The number under which the report is registered; empty where the law allows none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub registration_number: String,
    /// Why there is no registration number; empty where there is one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub lawful_reason: String,
    /// Who closed it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What can happen to an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IncidentEvent {
    /// A person holds it back.
    Hold {
        /// Who.
        by: String,
        /// Until when.
        until: Timestamp,
        /// Why.
        why: String,
    },
    /// A person releases it.
    Release,
    /// It becomes part of another.
    Merge {
        /// Of which.
        into: IncidentId,
    },
    /// It is its own again.
    Unmerge,
    /// It is over.
    Close {
        /// With what result.
        closing: Closing,
    },
    /// It was never to be served.
    Cancel {
        /// Why.
        reason: String,
        /// Who.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// It is not over after all.
    Reopen,
}

impl IncidentEvent {
    /// The word for the event in refusals.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Hold { .. } => "hold",
            Self::Release => "release",
            Self::Merge { .. } => "merge",
            Self::Unmerge => "unmerge",
            Self::Close { .. } => "close",
            Self::Cancel { .. } => "cancel",
            Self::Reopen => "reopen",
        }
    }
}

impl IncidentState {
    /// The word for the state in refusals, metrics and on the wire.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Held { .. } => "held",
            Self::Open => "open",
            Self::Merged { .. } => "merged",
            Self::Closed { .. } => "closed",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    /// The events this state allows.
    pub const fn allowed(&self) -> &'static [&'static str] {
        match self {
            Self::Held { .. } => &["hold", "release", "cancel"],
            Self::Open => &["hold", "merge", "close", "cancel"],
            Self::Merged { .. } => &["unmerge"],
            Self::Closed { .. } | Self::Cancelled { .. } => &["reopen"],
        }
    }

    /// True while it is worked on.
    pub const fn is_open(&self) -> bool {
        match self {
            Self::Open => true,
            Self::Held { .. } | Self::Merged { .. } | Self::Closed { .. } | Self::Cancelled { .. } => false,
        }
    }

    /// True while it belongs on the board: open or held.
    pub const fn is_on_board(&self) -> bool {
        match self {
            Self::Open | Self::Held { .. } => true,
            Self::Merged { .. } | Self::Closed { .. } | Self::Cancelled { .. } => false,
        }
    }

    /// When it ended, if it did.
    pub const fn ended_at(&self) -> Option<Timestamp> {
        match self {
            Self::Closed { closing } => Some(closing.at),
            Self::Cancelled { at, .. } => Some(*at),
            Self::Open | Self::Held { .. } | Self::Merged { .. } => None,
        }
    }

    /// The state after `event`.
    ///
    /// # Errors
    /// [`StepRefusal`] if this state does not allow the event; it names those it does.
    pub fn next(self, event: IncidentEvent) -> Result<Self, StepRefusal> {
        let refusal = StepRefusal::new(Lifecycle::Incident, self.as_str(), event.as_str(), self.allowed());
        match self {
            Self::Held { .. } => match event {
                IncidentEvent::Hold { by, until, why } => Ok(Self::Held { by, until, why }),
                IncidentEvent::Release => Ok(Self::Open),
                IncidentEvent::Cancel { reason, by, at } => Ok(Self::Cancelled { reason, by, at }),
                IncidentEvent::Merge { .. }
                | IncidentEvent::Unmerge
                | IncidentEvent::Close { .. }
                | IncidentEvent::Reopen => Err(refusal),
            },
            Self::Open => match event {
                IncidentEvent::Hold { by, until, why } => Ok(Self::Held { by, until, why }),
                IncidentEvent::Merge { into } => Ok(Self::Merged { into }),
                IncidentEvent::Close { closing } => Ok(Self::Closed { closing }),
                IncidentEvent::Cancel { reason, by, at } => Ok(Self::Cancelled { reason, by, at }),
                IncidentEvent::Release | IncidentEvent::Unmerge | IncidentEvent::Reopen => Err(refusal),
            },
            Self::Merged { .. } => match event {
                IncidentEvent::Unmerge => Ok(Self::Open),
                IncidentEvent::Hold { .. }
                | IncidentEvent::Release
                | IncidentEvent::Merge { .. }
                | IncidentEvent::Close { .. }
                | IncidentEvent::Cancel { .. }
                | IncidentEvent::Reopen => Err(refusal),
            },
            Self::Closed { .. } | Self::Cancelled { .. } => match event {
                IncidentEvent::Reopen => Ok(Self::Open),
                IncidentEvent::Hold { .. }
                | IncidentEvent::Release
                | IncidentEvent::Merge { .. }
                | IncidentEvent::Unmerge
                | IncidentEvent::Close { .. }
                | IncidentEvent::Cancel { .. } => Err(refusal),
            },
        }
    }
}
