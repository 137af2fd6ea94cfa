//! Notes.

use domain::{
    Version,
    note::{Note, NotedChange},
};

use super::{location, text_or_empty, timestamp};
use crate::record::v1::{self as wire, noted_change::Change};

/// A note.
pub fn note(note: &Note, version: Version) -> wire::Note {
    wire::Note {
        note_id: note.id.to_string(),
        version: version.0,
        incident_id: note.incident.to_string(),
        changes: note.changes.iter().map(noted_change).collect(),
        text: note.text.clone(),
        written_by: note.by.clone(),
        recorded_at: Some(timestamp(note.at)),
    }
}

fn noted_change(change: &NotedChange) -> wire::NotedChange {
    let change = match change {
        NotedChange::Type { from, to } => Change::IncidentType(wire::TypeChange {
            from_incident_type_id: text_or_empty(from.as_ref()),
            to_incident_type_id: text_or_empty(to.as_ref()),
        }),
        NotedChange::Place { from, to } => {
            Change::Place(wire::PlaceChange { from: Some(location(from)), to: Some(location(to)) })
        }
        NotedChange::Priority { from, to } => {
            Change::Priority(wire::PriorityChange { from: from.get().into(), to: to.get().into() })
        }
        NotedChange::Reopened => Change::Reopened(wire::Reopening {}),
    };
    wire::NotedChange { change: Some(change) }
}
