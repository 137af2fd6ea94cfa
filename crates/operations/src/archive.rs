//! Archiving: what is over leaves the store only after an fsynced file holds it, whole, on one line.

use domain::{
    AssignmentId, CallId, NoteId, RecommendationId, RecordKey, RecordKind, RunId, Version,
    incident::Incident,
    record::{Record, Versioned},
};
use futures::future::BoxFuture;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use store::{Forgotten, Read};

use crate::{ControlRoom, OperationError};

/// Incidents archived in one round.
const ROUND_MAX: usize = 256;

/// Where archived lines go. A line is safe when `append` returns.
pub trait ArchiveFile: Send + Sync + 'static {
    /// Adds a line to the file of the day on which `closed_at` lies, and fsyncs it.
    fn append(&self, closed_at: Timestamp, line: String) -> BoxFuture<'_, std::io::Result<()>>;
}

/// One record in an archived line.
#[derive(Serialize)]
struct Archived {
    key: RecordKey,
    version: Version,
    state: Box<RawValue>,
}

/// One archived line: an incident, or a call that led to none, with all that belongs to it.
#[derive(Serialize)]
struct Line {
    subject: RecordKey,
    closed_at: Timestamp,
    records: Vec<Archived>,
}

/// What one round of archiving did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Archiving {
    /// Incidents and calls that left the store.
    pub archived: usize,
    /// Those that stay for now, because something of theirs is open or moved meanwhile.
    pub kept: usize,
}

/// Why archiving stopped. Nothing left the store that a file does not hold.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The file could not be written.
    #[error("the archive file could not be written")]
    File(#[source] std::io::Error),
    /// The store could not be asked.
    #[error(transparent)]
    Operation(#[from] OperationError),
}

/// Archives what was over before `before`: writes and fsyncs each line, then lets its records go.
///
/// # Errors
/// [`ArchiveError`]; whatever was archived before it stays archived, and a line may stand twice after a crash.
pub async fn archive_closed(
    room: &ControlRoom,
    file: &dyn ArchiveFile,
    before: Timestamp,
) -> Result<Archiving, ArchiveError> {
    let mut done = Archiving::default();
    let subjects = room.store.closed_before(before, ROUND_MAX).await.map_err(OperationError::Store)?;
    for subject in subjects {
        let Some(found) = room.read(std::slice::from_ref(&subject)).await?.into_iter().next() else {
            continue;
        };
        let Some(closed_at) = found.record.ended_at() else { continue };
        let records = with_all_of_it(room, found).await?;
        let merged_or_open = records.iter().any(|it| it.record.is_open());
        if merged_or_open {
            done.kept += 1;
            continue;
        }
        let line = Line { subject, closed_at, records: records.iter().map(archived).collect() };
        let line = serde_json::to_string(&line).expect("a line is plain data, so it always becomes JSON");
        file.append(closed_at, line).await.map_err(ArchiveError::File)?;
        let reads = records.iter().map(|it| Read::new(it.record.key(), it.version)).collect();
        match room.store.forget(reads).await.map_err(OperationError::Store)? {
            Forgotten::All => done.archived += 1,
            Forgotten::Conflict { .. } | Forgotten::Open { .. } => done.kept += 1,
        }
    }
    Ok(done)
}

fn archived(it: &Versioned<Record>) -> Archived {
    let state = RawValue::from_string(it.record.to_json()).expect("a record's text is JSON");
    Archived { key: it.record.key(), version: it.version, state }
}

/// A closed record with all that belongs to it; incidents that were merged into it come along.
async fn with_all_of_it(
    room: &ControlRoom,
    subject: Versioned<Record>,
) -> Result<Vec<Versioned<Record>>, OperationError> {
    let mut all = Vec::new();
    let mut incidents = vec![subject];
    while let Some(next) = incidents.pop() {
        if let Record::Incident(incident) = &next.record {
            all.extend(room.read(&belongings(incident)).await?);
            let merged: Vec<_> =
                incident.merged_from.iter().map(|id| RecordKey::new(RecordKind::Incident, id)).collect();
            incidents.extend(room.read(&merged).await?);
        }
        all.push(next);
    }
    Ok(all)
}

/// The keys of everything that one incident lists.
fn belongings(incident: &Incident) -> Vec<RecordKey> {
    let calls = incident.calls.iter().map(|id: &CallId| RecordKey::new(RecordKind::Call, id));
    let assignments =
        incident.assignments.iter().map(|id: &AssignmentId| RecordKey::new(RecordKind::Assignment, id));
    let runs = incident.runs.iter().map(|id: &RunId| RecordKey::new(RecordKind::Run, id));
    let notes = incident.notes.iter().map(|id: &NoteId| RecordKey::new(RecordKind::Note, id));
    let recommendations = incident
        .recommendation
        .iter()
        .chain(&incident.earlier_recommendations)
        .map(|id: &RecommendationId| RecordKey::new(RecordKind::Recommendation, id));
    calls.chain(assignments).chain(runs).chain(notes).chain(recommendations).collect()
}
