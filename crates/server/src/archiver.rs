//! Moves what is over out of the store: first to an fsynced file of its day, then, and only then, out of Redis.
//!
//! Each line of a file is one incident with all that belongs to it, one call that led to none, one alarm that no
//! incident in the store takes with it, or one directory that is in force no more. A crash in between writes a line twice and loses nothing.

mod whole;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{Arc, Mutex},
};

use centre::incident_of;
use domain::{
    RecordKey, RecordKind, Seconds,
    record::{DirectoryHead, Record, Versioned},
};
use jiff::Timestamp;
use metrics::{counter, gauge};
use operations::{ControlRoom, OperationError};
use redis_store::{Archive, ArchiveError};
use store::{StoreError, limits::LIST_MAX};

use self::whole::Whole;
use crate::limits::ARCHIVE_EVERY;

/// How many rounds pass before something that could not leave is looked at again: what stays for long, such as an incident
/// with a call that nobody ended, or an alarm whose incident is not over, must cost little.
const ROUNDS_PASSED: u32 = 10;

/// The keys of alarms by that of the incident they are about.
type About = BTreeMap<RecordKey, Vec<RecordKey>>;

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

impl ArchivingError {
    /// True if nothing else can be archived in this round either: the disk or the store fails, not one record.
    const fn ends_the_round(&self) -> bool {
        match self {
            Self::Archive(error) => match error {
                ArchiveError::File { .. } | ArchiveError::Sealed { .. } | ArchiveError::InUse { .. } => true,
                ArchiveError::Record => false,
            },
            Self::Read(OperationError::Store(error)) | Self::Store(error) => match error {
                StoreError::Unavailable { .. } | StoreError::Unknown { .. } => true,
                StoreError::Damaged { .. } | StoreError::Refused(_) => false,
            },
            Self::Read(
                OperationError::Refused(_)
                | OperationError::OutOfScope(_)
                | OperationError::Conflict { .. }
                | OperationError::Behind
                | OperationError::OtherContent { .. }
                | OperationError::NoDirectory,
            ) => false,
            Self::Task(_) => true,
        }
    }
}

/// Archives what is over, for ever.
pub(crate) async fn run(room: ControlRoom, directory: PathBuf, after: Seconds) {
    let mut archiver = Archiver::new(room, directory, after);
    loop {
        if let Err(error) = archiver.round().await {
            tell(&error, "nothing more is archived in this round; it stays in the store");
        }
        tokio::time::sleep(ARCHIVE_EVERY).await;
    }
}

fn tell(error: &ArchivingError, what: &str) {
    counter!("kezek_archive_failures_total").increment(1);
    let error: &dyn std::error::Error = error;
    tracing::warn!(error, "{what}");
}

/// Archives what has been over for long enough, round by round.
struct Archiver {
    room: ControlRoom,
    directory: PathBuf,
    after: Seconds,
    /// How much of what is over is asked for at once.
    page: usize,
    /// Absent before the first round and after an error of the disk: it is opened anew, which reads what the disk has.
    archive: Option<Arc<Mutex<Archive>>>,
    /// What could not leave, with how many rounds pass before it is looked at again.
    passed: BTreeMap<RecordKey, u32>,
    /// The alarms that wait for their incidents, each read once.
    alarms: BTreeMap<RecordKey, WaitingAlarm>,
}

/// An alarm that leaves with its incident.
#[derive(Debug)]
struct WaitingAlarm {
    incident: RecordKey,
    /// How many rounds pass before it is looked whether its incident is there still.
    rounds: u32,
}

impl Archiver {
    const fn new(room: ControlRoom, directory: PathBuf, after: Seconds) -> Self {
        Self {
            room,
            directory,
            after,
            page: LIST_MAX,
            archive: None,
            passed: BTreeMap::new(),
            alarms: BTreeMap::new(),
        }
    }

    /// Archives what has been over for long enough and is whole. What is not, or cannot be read, keeps nothing else: a
    /// round goes through all that is over, a page at a time.
    ///
    /// An alarm waits for its incident, so that one line tells all of it. It goes alone if it has no incident, or if that
    /// is gone; and also if [`LIST_MAX`] wait already, because those are remembered.
    async fn round(&mut self) -> Result<(), ArchivingError> {
        let archive = self.opened()?;
        let done = self.round_into(&archive).await;
        if matches!(done, Err(ArchivingError::Archive(_) | ArchivingError::Task(_))) {
            self.archive = None;
        }
        done
    }

    fn opened(&mut self) -> Result<Arc<Mutex<Archive>>, ArchivingError> {
        if let Some(archive) = &self.archive {
            return Ok(Arc::clone(archive));
        }
        let opened = Archive::open(&self.directory).map_err(ArchivingError::Archive)?;
        Ok(Arc::clone(self.archive.insert(Arc::new(Mutex::new(opened)))))
    }

    async fn round_into(&mut self, archive: &Arc<Mutex<Archive>>) -> Result<(), ArchivingError> {
        let before = self.room.clock.now().saturating_sub(self.after.duration()).unwrap_or(Timestamp::MIN);
        let earlier = std::mem::take(&mut self.passed);
        let mut known = std::mem::take(&mut self.alarms);
        let done = self.go_through(before, &earlier, &mut known, archive).await;
        if done.is_err() {
            // what it did not come to is as it was
            for (key, rounds) in earlier {
                self.passed.entry(key).or_insert(rounds);
            }
            self.alarms.append(&mut known);
        }
        gauge!("kezek_archive_waiting").set(u32::try_from(self.passed.len()).unwrap_or(u32::MAX));
        done?;
        self.leave_directories(before, archive).await
    }

    /// Goes through all that was over before this time, the longest over first.
    async fn go_through(
        &mut self,
        before: Timestamp,
        earlier: &BTreeMap<RecordKey, u32>,
        known: &mut BTreeMap<RecordKey, WaitingAlarm>,
        archive: &Arc<Mutex<Archive>>,
    ) -> Result<(), ArchivingError> {
        let mut about = About::new();
        for (alarm, waiting) in known.iter() {
            about.entry(waiting.incident.clone()).or_default().push(alarm.clone());
        }
        let mut last = None;
        loop {
            let page = self.room.store.closed_before(before, last, self.page).await;
            let page = page.map_err(ArchivingError::Store)?;
            last = page.last().cloned();
            if last.is_none() {
                return self.leave_left_alarms(archive).await;
            }
            let keys = page.into_iter().map(|closed| closed.key);
            let (alarms, over): (Vec<_>, Vec<_>) = keys.partition(|key| key.kind == RecordKind::Alarm);
            self.sort_alarms(alarms, known, &mut about, archive).await?;
            for key in over {
                self.leave_or_pass(key, earlier, &about, archive).await?;
            }
        }
    }

    /// Archives something with all that belongs to it, unless it could not leave a few rounds ago.
    async fn leave_or_pass(
        &mut self,
        key: RecordKey,
        earlier: &BTreeMap<RecordKey, u32>,
        about: &About,
        archive: &Arc<Mutex<Archive>>,
    ) -> Result<(), ArchivingError> {
        if let Some(rounds) = earlier.get(&key).copied().filter(|rounds| *rounds > 1) {
            self.passed.insert(key, rounds - 1);
            return Ok(());
        }
        let left = match Whole::read(&self.room, key.clone(), about).await {
            Ok(Some(whole)) => whole.leave(&self.room, archive).await.map(|()| true),
            Ok(None) => Ok(false),
            Err(error) => Err(error),
        };
        if !went_on(left, &key)? {
            self.passed.insert(key, ROUNDS_PASSED);
        }
        Ok(())
    }

    /// Remembers the alarms that wait for their incidents; the others leave alone. One that is known is not read again.
    async fn sort_alarms(
        &mut self,
        alarms: Vec<RecordKey>,
        known: &mut BTreeMap<RecordKey, WaitingAlarm>,
        about: &mut About,
        archive: &Arc<Mutex<Archive>>,
    ) -> Result<(), ArchivingError> {
        let mut unknown = Vec::new();
        for alarm in alarms {
            match known.remove(&alarm) {
                Some(mut waiting) => {
                    waiting.rounds = waiting.rounds.saturating_sub(1);
                    self.alarms.insert(alarm, waiting);
                }
                None => unknown.push(alarm),
            }
        }
        for alarm in readable(&self.room, &unknown).await? {
            match incident_of(&alarm.record) {
                Some(incident) if self.alarms.len() + known.len() < LIST_MAX => {
                    let incident = RecordKey::new(RecordKind::Incident, incident);
                    let key = alarm.record.key();
                    about.entry(incident.clone()).or_default().push(key.clone());
                    self.alarms.insert(key, WaitingAlarm { incident, rounds: 0 });
                }
                Some(_) | None => self.leave_alone(alarm, archive).await?,
            }
        }
        Ok(())
    }

    /// The alarms that their incidents left behind leave too.
    async fn leave_left_alarms(&mut self, archive: &Arc<Mutex<Archive>>) -> Result<(), ArchivingError> {
        let looked_at = self.alarms.values().filter(|waiting| waiting.rounds == 0);
        let incidents: BTreeSet<RecordKey> = looked_at.map(|waiting| waiting.incident.clone()).collect();
        let incidents: Vec<RecordKey> = incidents.into_iter().collect();
        let kept = readable(&self.room, &incidents).await?;
        let kept: BTreeSet<RecordKey> = kept.iter().map(|held| held.record.key()).collect();
        let mut left = Vec::new();
        for (alarm, waiting) in &mut self.alarms {
            if kept.contains(&waiting.incident) {
                waiting.rounds = ROUNDS_PASSED;
            } else if waiting.rounds == 0 {
                left.push(alarm.clone());
            }
        }
        for alarm in readable(&self.room, &left).await? {
            self.leave_alone(alarm, archive).await?;
        }
        Ok(())
    }

    async fn leave_alone(
        &self,
        alarm: Versioned<Record>,
        archive: &Arc<Mutex<Archive>>,
    ) -> Result<(), ArchivingError> {
        let key = alarm.record.key();
        if let Some(alone) = Whole::of(vec![alarm]) {
            went_on(alone.leave(&self.room, archive).await.map(|()| true), &key)?;
        }
        Ok(())
    }

    /// Archives the parts of directories that have not been in force since `before`. Decisions name the version they were
    /// made by, so what it said must be found later.
    async fn leave_directories(
        &self,
        before: Timestamp,
        archive: &Arc<Mutex<Archive>>,
    ) -> Result<(), ArchivingError> {
        let head = self
            .room
            .centre
            .read(|picture| picture.board.directory().map(|held| DirectoryHead::clone(&held.record)));
        let Some(head) = head else { return Ok(()) };
        let over = head.replaced.iter().filter(|old| old.at < before && old.sha256 != head.sha256);
        for old in over {
            let keys: Vec<RecordKey> =
                (0..old.parts).map(|part| Record::directory_part_key(&old.sha256, part)).collect();
            let records = readable(&self.room, &keys).await?;
            if let Some(first) = keys.first().filter(|_| !records.is_empty()) {
                let whole = Whole { ended_at: old.at, records };
                went_on(whole.leave(&self.room, archive).await.map(|()| true), first)?;
            }
        }
        Ok(())
    }
}

/// True if something left; what goes wrong with one record is told, and the round goes on.
fn went_on(left: Result<bool, ArchivingError>, key: &RecordKey) -> Result<bool, ArchivingError> {
    match left {
        Ok(left) => Ok(left),
        Err(error) if error.ends_the_round() => Err(error),
        Err(error) => {
            tracing::warn!(%key, "this cannot be archived");
            tell(&error, "one record cannot be archived; the others are");
            Ok(false)
        }
    }
}

/// Reads records that exist; one that cannot be read is left out, and stays where it is.
async fn readable(room: &ControlRoom, keys: &[RecordKey]) -> Result<Vec<Versioned<Record>>, ArchivingError> {
    match read(room, keys).await {
        Err(error) if !error.ends_the_round() => {}
        done => return done,
    }
    let mut records = Vec::new();
    for key in keys {
        match read(room, std::slice::from_ref(key)).await {
            Ok(found) => records.extend(found),
            Err(error) if error.ends_the_round() => return Err(error),
            Err(error) => tell(&error, "one record cannot be read and stays in the store"),
        }
    }
    Ok(records)
}

async fn read(room: &ControlRoom, keys: &[RecordKey]) -> Result<Vec<Versioned<Record>>, ArchivingError> {
    room.read(keys).await.map_err(ArchivingError::Read)
}

#[cfg(test)]
mod tests;
