//! A note: a line somebody wrote on an incident, or what they changed of it. Never changed, never deleted.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{IncidentId, IncidentTypeId, NoteId, Priority, location::Location};

/// A line somebody wrote on an incident, or what they changed of it and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// Which note.
    pub id: NoteId,
    /// On what.
    pub incident: IncidentId,
    /// What of the incident was changed with it, each kind once; empty for a note that only says something.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<NotedChange>,
    /// The words; empty where what was changed needed none.
    pub text: String,
    /// Who wrote it.
    pub by: String,
    /// When it was recorded.
    pub at: Timestamp,
}

/// What of an incident is another than before: told in values, so that everyone reads it in a language of their own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotedChange {
    /// What happened; absent while it was, or is, not known.
    Type {
        /// As it was.
        from: Option<IncidentTypeId>,
        /// As it is now.
        to: Option<IncidentTypeId>,
    },
    /// Where it is.
    Place {
        /// As it was.
        from: Location,
        /// As it is now.
        to: Location,
    },
    /// How urgent it is.
    Priority {
        /// As it was.
        from: Priority,
        /// As it is now.
        to: Priority,
    },
    /// It is worked on again after it was closed.
    Reopened,
}

/// On one line: what was changed, then the words.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let changes = self.changes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        match (changes.is_empty(), self.text.is_empty()) {
            (true, _) => f.write_str(&self.text),
            (false, true) => f.write_str(&changes),
            (false, false) => write!(f, "{changes}: {}", self.text),
        }
    }
}

impl fmt::Display for NotedChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = |id: &Option<IncidentTypeId>| {
            id.as_ref().map_or_else(|| "unknown".to_owned(), ToString::to_string)
        };
        match self {
            Self::Type { from, to } => write!(f, "type {} -> {}", known(from), known(to)),
            Self::Place { from, to } => write!(f, "place {from} -> {to}"),
            Self::Priority { from, to } => write!(f, "priority {from} -> {to}"),
            Self::Reopened => f.write_str("reopened"),
        }
    }
}
