//! What the notes on an incident tell, on one line each.

use protocol::record::v1::{Location, Note, NotedChange, noted_change::Change};

/// What was changed, by ids and points, then the words.
pub(crate) fn lines(notes: &[Note]) -> Vec<String> {
    let line = |note: &Note| {
        let changes = note.changes.iter().map(change).collect::<Vec<_>>().join("; ");
        let parts = [changes, note.text.clone()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ")
    };
    notes.iter().map(line).collect()
}

fn change(noted: &NotedChange) -> String {
    match noted.change.as_ref().unwrap() {
        Change::IncidentType(it) => {
            format!("type {} -> {}", it.from_incident_type_id, it.to_incident_type_id)
        }
        Change::Place(it) => {
            format!("place {} -> {}", place(it.from.as_ref().unwrap()), place(it.to.as_ref().unwrap()))
        }
        Change::Priority(it) => format!("priority {} -> {}", it.from, it.to),
        Change::Reopened(_) => "reopened".to_owned(),
    }
}

fn place(place: &Location) -> String {
    let point = place.position.as_ref();
    let point = point.map(|it| format!("({}, {})", it.latitude, it.longitude)).unwrap_or_default();
    format!("{} {point}", place.address).trim().to_owned()
}
