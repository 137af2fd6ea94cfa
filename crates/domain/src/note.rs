//! A note: a line somebody wrote on an incident. Never changed, never deleted.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{IncidentId, NoteId};

/// A line somebody wrote on an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Which note.
    pub id: NoteId,
    /// On what.
    pub incident: IncidentId,
    /// The words.
    pub text: String,
    /// Who wrote it.
    pub by: String,
    /// When it was recorded.
    pub at: Timestamp,
}
