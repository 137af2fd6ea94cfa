//! Moves what is over out of the store: first to an fsynced file of its day, then, and only then, out of Redis.
//!
//! Each line of a file is one incident with all that belongs to it, or one call that led to none. A crash in between
//! writes a line twice and loses nothing.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc, sync::Mutex};

use domain::{
    RecordKey, RecordKind, Seconds,
    incident::Incident,
    record::{Record, Versioned},
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use metrics::counter;
use operations::{ControlRoom, OperationError};
use redis_store::{Archive, ArchiveError};
use serde_json::{Map, Value, json};
use store::{Forgotten, Read, StoreError, limits::FORGET_MAX};

use crate::limits::ARCHIVE_EVERY;

/// Incidents looked at in one round.
const ROUND_MAX: usize = 1_000;

/// Why something was not archived this time.
#[derive(Debug, thiserror::Error)]
enum ArchivingError {
    #[error("the records cannot be read")]
    Read(#[source] OperationError),
    #[error("the archive does not take them")]
    Archive(#[source] ArchiveError),
    #[error("the archive's task ended")]
    Task(#[source] tokio::task::JoinError),
    #[error("the store does not let go of them")]
    Store(#[source] StoreError),
}

/// Archives what is over, for ever.
pub(crate) async fn run(room: ControlRoom, directory: PathBuf, after: Seconds) {
    let archive = loop {
        match Archive::open(&directory) {
            Ok(archive) => break Arc::new(Mutex::new(archive)),
            Err(error) => tell(&ArchivingError::Archive(error)),
        }
        tokio::time::sleep(ARCHIVE_EVERY).await;
    };
    loop {
        if let Err(error) = round(&room, &archive, after).await {
            tell(&error);
        }
        tokio::time::sleep(ARCHIVE_EVERY).await;
    }
}

fn tell(error: &ArchivingError) {
    counter!("kezek_archive_failures_total").increment(1);
    let error: &dyn std::error::Error = error;
    tracing::warn!(error, "nothing more is archived for now; it stays in the store");
}

/// Archives what has been over for long enough.
async fn round(
    room: &ControlRoom,
    archive: &Arc<Mutex<Archive>>,
    after: Seconds,
) -> Result<(), ArchivingError> {
    let before = room.clock.now().saturating_sub(after.duration()).unwrap_or(Timestamp::MIN);
    let over = room.store.closed_before(before, ROUND_MAX).await.map_err(ArchivingError::Store)?;
    for key in over {
        let Some(whole) = Whole::read(room, key).await? else { continue };
        let (day, line) = (whole.day(), whole.line());
        let archive = Arc::clone(archive);
        let written = tokio::task::spawn_blocking(move || {
            archive.lock().expect("nothing panics while it writes the archive").append(day, &line)
        });
        written.await.map_err(ArchivingError::Task)?.map_err(ArchivingError::Archive)?;
        whole.forget(room).await?;
    }
    Ok(())
}

/// Something that is over, with all that belongs to it.
struct Whole {
    ended_at: Timestamp,
    records: Vec<Versioned<Record>>,
}

impl Whole {
    /// Reads it; nothing if it is not over any more, is gone, or a part of it is still open.
    async fn read(room: &ControlRoom, key: RecordKey) -> Result<Option<Self>, ArchivingError> {
        let mut seen = BTreeSet::from([key.clone()]);
        let mut wanted = vec![key];
        let mut records: Vec<Versioned<Record>> = Vec::new();
        while !wanted.is_empty() {
            let read = room.read(&wanted).await.map_err(ArchivingError::Read)?;
            wanted.clear();
            for held in &read {
                if let Record::Incident(incident) = &held.record {
                    wanted.extend(belonging(incident).into_iter().filter(|key| seen.insert(key.clone())));
                }
            }
            records.extend(read);
        }
        let ended_at = records.first().and_then(|held| held.record.ended_at());
        let is_whole = records.iter().all(|held| !held.record.is_open()) && records.len() <= FORGET_MAX;
        Ok(ended_at.filter(|_| is_whole).map(|ended_at| Self { ended_at, records }))
    }

    /// The day it ended on.
    fn day(&self) -> Date {
        self.ended_at.to_zoned(TimeZone::UTC).date()
    }

    /// It as one line.
    fn line(&self) -> String {
        let records: Map<String, Value> = self
            .records
            .iter()
            .map(|held| {
                let state: Value = serde_json::from_str(&held.record.to_json()).unwrap_or(Value::Null);
                (held.record.key().to_string(), json!({ "version": held.version.0, "state": state }))
            })
            .collect();
        let of = self.records.first().map(|held| held.record.key().to_string());
        json!({ "of": of, "ended_at": self.ended_at, "records": records }).to_string()
    }

    /// Lets the store go of it, if it is as it was written.
    async fn forget(self, room: &ControlRoom) -> Result<(), ArchivingError> {
        let reads = self.records.iter().map(|held| Read::new(held.record.key(), held.version)).collect();
        match room.store.forget(reads).await.map_err(ArchivingError::Store)? {
            Forgotten::All => counter!("kezek_archived_total").increment(1),
            Forgotten::Conflict { key, .. } | Forgotten::Open { key } => {
                tracing::debug!(%key, "it moved on while it was archived; it will be again");
            }
        }
        Ok(())
    }
}

/// The keys of what belongs to an incident.
fn belonging(incident: &Incident) -> Vec<RecordKey> {
    let mut keys = Vec::new();
    let mut add = |kind: RecordKind, ids: Vec<String>| {
        keys.extend(ids.into_iter().map(|id| RecordKey::new(kind, id)));
    };
    add(RecordKind::Call, incident.calls.iter().map(ToString::to_string).collect());
    add(RecordKind::Assignment, incident.assignments.iter().map(ToString::to_string).collect());
    add(RecordKind::Run, incident.runs.iter().map(ToString::to_string).collect());
    add(RecordKind::Note, incident.notes.iter().map(ToString::to_string).collect());
    let recommendations = incident.earlier_recommendations.iter().chain(&incident.recommendation);
    add(RecordKind::Recommendation, recommendations.map(ToString::to_string).collect());
    add(RecordKind::Incident, incident.merged_from.iter().map(ToString::to_string).collect());
    keys
}
