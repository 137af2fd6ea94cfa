//! Moves what is over out of the store: first to an fsynced file of its day, then, and only then, out of Redis.
//!
//! Each line of a file is one incident with all that belongs to it, one call that led to none, or one alarm that no
//! incident in the store takes with it. A crash in between writes a line twice and loses nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{Arc, Mutex},
};

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

/// Records that are over looked at in one round, the longest over first.
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
///
/// An alarm waits for its incident, so that one line tells all of it. It goes alone if it has no incident, or if that is
/// gone; and also while there is more to archive than one round looks at, because alarms that wait for incidents that are
/// over much later must not keep everything else out of the rounds for ever.
async fn round(
    room: &ControlRoom,
    archive: &Arc<Mutex<Archive>>,
    after: Seconds,
) -> Result<(), ArchivingError> {
    let before = room.clock.now().saturating_sub(after.duration()).unwrap_or(Timestamp::MIN);
    let over = room.store.closed_before(before, ROUND_MAX).await.map_err(ArchivingError::Store)?;
    let is_crowded = over.len() == ROUND_MAX;
    let (alarms, over): (Vec<_>, Vec<_>) = over.into_iter().partition(|key| key.kind == RecordKind::Alarm);
    let about = by_incident(&read(room, &alarms).await?);
    for key in over {
        if let Some(whole) = Whole::read(room, key, &about).await? {
            whole.leave(room, archive).await?;
        }
    }
    let incidents: Vec<RecordKey> = about.into_keys().collect();
    let kept: BTreeSet<RecordKey> =
        read(room, &incidents).await?.iter().map(|held| held.record.key()).collect();
    for alarm in read(room, &alarms).await? {
        let waits = incident_of(&alarm.record).is_some_and(|incident| kept.contains(&incident));
        if is_crowded || !waits {
            let Some(alone) = Whole::of(vec![alarm]) else { continue };
            alone.leave(room, archive).await?;
        }
    }
    Ok(())
}

async fn read(room: &ControlRoom, keys: &[RecordKey]) -> Result<Vec<Versioned<Record>>, ArchivingError> {
    room.read(keys).await.map_err(ArchivingError::Read)
}

/// The keys of alarms by that of the incident they are about; those that are about none are not among them.
fn by_incident(alarms: &[Versioned<Record>]) -> BTreeMap<RecordKey, Vec<RecordKey>> {
    let mut about: BTreeMap<RecordKey, Vec<RecordKey>> = BTreeMap::new();
    for alarm in alarms {
        if let Some(incident) = incident_of(&alarm.record) {
            about.entry(incident).or_default().push(alarm.record.key());
        }
    }
    about
}

/// The key of the incident that an alarm is about.
fn incident_of(record: &Record) -> Option<RecordKey> {
    let Record::Alarm(alarm) = record else { return None };
    alarm.incident.map(|incident| RecordKey::new(RecordKind::Incident, incident))
}

/// Something that is over, with all that belongs to it.
struct Whole {
    ended_at: Timestamp,
    records: Vec<Versioned<Record>>,
}

impl Whole {
    /// Reads it with the alarms about it; nothing if it is not over any more, is gone, or a part of it is still open.
    async fn read(
        room: &ControlRoom,
        key: RecordKey,
        alarms: &BTreeMap<RecordKey, Vec<RecordKey>>,
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
        // those for which there is no room go alone once the incident is gone
        let room_left = FORGET_MAX.saturating_sub(records.len());
        let about = records.iter().filter_map(|held| alarms.get(&held.record.key())).flatten();
        let about: Vec<RecordKey> = about.take(room_left).cloned().collect();
        records.extend(read(room, &about).await?);
        Ok(Self::of(records))
    }

    /// These records, the first of which is what ended; nothing if they cannot leave together.
    fn of(records: Vec<Versioned<Record>>) -> Option<Self> {
        let ended_at = records.first().and_then(|held| held.record.ended_at())?;
        let is_whole = records.iter().all(|held| !held.record.is_open()) && records.len() <= FORGET_MAX;
        is_whole.then_some(Self { ended_at, records })
    }

    /// Writes it to the archive, then lets the store go of it.
    async fn leave(self, room: &ControlRoom, archive: &Arc<Mutex<Archive>>) -> Result<(), ArchivingError> {
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
