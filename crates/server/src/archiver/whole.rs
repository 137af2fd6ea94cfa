//! Something that is over with all that belongs to it: it is written to the archive and leaves the store as one.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use domain::{
    RecordKey, RecordKind,
    incident::Incident,
    record::{Record, Versioned},
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use metrics::counter;
use operations::ControlRoom;
use redis_store::Archive;
use serde_json::{Map, Value, json};
use store::{Forgotten, Read, limits::FORGET_MAX};

use super::{About, ArchivingError, read, readable};

/// Something that is over, with all that belongs to it.
pub(super) struct Whole {
    pub(super) ended_at: Timestamp,
    pub(super) records: Vec<Versioned<Record>>,
}

impl Whole {
    /// Reads it with the alarms about it; nothing if it is not over any more, is gone, or a part of it is still open.
    /// A call that another open incident needs too stays for that one to take.
    pub(super) async fn read(
        room: &ControlRoom,
        key: RecordKey,
        alarms: &About,
    ) -> Result<Option<Self>, ArchivingError> {
        let mut seen = BTreeSet::from([key.clone()]);
        let mut wanted = vec![key];
        let mut records: Vec<Versioned<Record>> = Vec::new();
        while !wanted.is_empty() {
            let found = read(room, &wanted).await?;
            wanted.clear();
            for held in &found {
                if let Record::Incident(incident) = &held.record {
                    wanted.extend(belonging(incident).into_iter().filter(|key| seen.insert(key.clone())));
                }
            }
            records.extend(found);
        }
        let needed = needed_elsewhere(room, &records, &seen).await?;
        records.retain(|held| !needed.contains(&held.record.key()));
        // those for which there is no room go alone once the incident is gone
        let room_left = FORGET_MAX.saturating_sub(records.len());
        let about = records.iter().filter_map(|held| alarms.get(&held.record.key())).flatten();
        let about: Vec<RecordKey> = about.take(room_left).cloned().collect();
        records.extend(readable(room, &about).await?);
        Ok(Self::of(records))
    }

    /// These records, the first of which is what ended; nothing if they cannot leave together.
    pub(super) fn of(records: Vec<Versioned<Record>>) -> Option<Self> {
        let ended_at = records.first().and_then(|held| held.record.ended_at())?;
        let is_whole = records.iter().all(|held| !held.record.is_open()) && records.len() <= FORGET_MAX;
        is_whole.then_some(Self { ended_at, records })
    }

    /// Writes it to the archive, then lets the store go of it.
    pub(super) async fn leave(
        self,
        room: &ControlRoom,
        archive: &Arc<Mutex<Archive>>,
    ) -> Result<(), ArchivingError> {
        let (day, line) = (self.day(), self.line());
        let archive = Arc::clone(archive);
        let written = tokio::task::spawn_blocking(move || {
            archive.lock().expect("nothing panics while it writes the archive").append(day, &line)
        });
        written.await.map_err(ArchivingError::Task)?.map_err(ArchivingError::Archive)?;
        self.forget(room).await
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

/// The calls among these records that are not for this incident to take along, because one call may open several: those
/// that led to another incident which is still in the store, and those that an incident which is not over lists too.
async fn needed_elsewhere(
    room: &ControlRoom,
    records: &[Versioned<Record>],
    own: &BTreeSet<RecordKey>,
) -> Result<BTreeSet<RecordKey>, ArchivingError> {
    let mut needed = BTreeSet::new();
    for held in records {
        let Record::Call(call) = &held.record else { continue };
        let first = call.incident.map(|incident| RecordKey::new(RecordKind::Incident, incident));
        let of_another = match first.filter(|incident| !own.contains(incident)) {
            Some(incident) => !read(room, &[incident]).await?.is_empty(),
            None => false,
        };
        let of_an_open_one = room.centre.read(|picture| {
            let mut open = picture.board.incidents().values().map(|open| &open.record);
            open.any(|open| {
                let key = RecordKey::new(RecordKind::Incident, open.id);
                !own.contains(&key) && open.calls.contains(&call.id)
            })
        });
        if of_another || of_an_open_one {
            needed.insert(held.record.key());
        }
    }
    Ok(needed)
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
