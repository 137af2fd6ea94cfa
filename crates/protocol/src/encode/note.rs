//! Notes.

use domain::{Version, note::Note};

use super::timestamp;
use crate::record::v1 as wire;

/// A note.
pub fn note(note: &Note, version: Version) -> wire::Note {
    wire::Note {
        note_id: note.id.to_string(),
        version: version.0,
        incident_id: note.incident.to_string(),
        text: note.text.clone(),
        written_by: note.by.clone(),
        recorded_at: Some(timestamp(note.at)),
    }
}
