//! An open journal, as everybody holds it.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::Duration,
};

use domain::Version;
use store::{Change, Commit, Lineage, Tail};
use tokio::sync::{Semaphore, mpsc, oneshot};

use crate::{
    AppendError, Entry, Inspection, JournalError, SegmentSummary, Sequence,
    disk::{RealDisk, SharedDisk},
    entry::Gist,
    error::failed,
    format::{Record, record_bytes},
    ledger::{Ledger, Place},
    limits,
    survey::name_of,
    writer::{Encoded, Request},
};

/// Where a journal may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// On a disk; a directory in memory is refused.
    Disk,
    /// Anywhere: for tests, which cut no power.
    MayBeInMemory,
}

/// How a journal is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it is; made if there is none.
    pub directory: PathBuf,
    /// Whose it is: a name that no other node of the centre has.
    pub node: String,
    /// See [`Medium`].
    pub medium: Medium,
    /// See [`limits::SEGMENT_BYTES`].
    pub segment_bytes: u64,
    /// See [`limits::BYTES_MAX`].
    pub bytes_max: u64,
    /// See [`limits::RESERVE_BYTES`].
    pub reserve_bytes: u64,
    /// See [`limits::KEEP`].
    pub keep: Duration,
    /// See [`limits::UNSETTLED_MAX`].
    pub unsettled_max: usize,
}

impl Options {
    /// With the limits of [`limits`], on a disk.
    pub fn new(directory: impl Into<PathBuf>, node: impl Into<String>) -> Self {
        Self {
            directory: directory.into(),
            node: node.into(),
            medium: Medium::Disk,
            segment_bytes: limits::SEGMENT_BYTES,
            bytes_max: limits::BYTES_MAX,
            reserve_bytes: limits::RESERVE_BYTES,
            keep: limits::KEEP,
            unsettled_max: limits::UNSETTLED_MAX,
        }
    }
}

/// How a journal is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Whether it takes entries.
    pub state: State,
    /// What it takes on the disk.
    pub bytes: u64,
    /// Whether that is more than [`Options::bytes_max`]. Nothing is removed for it: people decide.
    pub is_over_bytes_max: bool,
    /// How many segments it has.
    pub segments: usize,
    /// The last entry that is on the disk.
    pub last: Sequence,
    /// The last changes that are on the disk with none missing between them.
    pub tail: Option<Tail>,
    /// How many held commits wait to be settled.
    pub unsettled: usize,
    /// How many damages were found when it was opened.
    pub damaged: usize,
    /// What was free on its disk when it last wrote.
    pub free_bytes: u64,
}

/// Whether a journal takes entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It does.
    Open,
    /// Less than the reserve is free, so no more commits are held; changes and settlements are taken while there is room.
    /// It ends by itself.
    Full,
    /// The disk failed, and nothing is acknowledged until the journal is opened again.
    Sealed {
        /// What failed.
        reason: Arc<str>,
    },
}

/// What the handles of a journal and its writer share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) disk: SharedDisk,
    pub(crate) ledger: Mutex<Ledger>,
    /// One segment is removed at a time.
    pub(crate) retiring: Mutex<()>,
}

impl Shared {
    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        // the books are changed in whole steps, so a thread that panicked left them right
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where held commits can be read that wait, as [`Journal::unsettled`] bounds them.
    pub(crate) fn unsettled_places(&self, after: Sequence, limit: usize) -> Vec<(Sequence, Place)> {
        let limit = limit.min(limits::UNSETTLED_READ_MAX);
        let ledger = self.ledger();
        let waiting = ledger.standing.unsettled.range(after.next()..).take(limit);
        let mut bytes = 0;
        let fit = waiting.take_while(|(_, place)| {
            let fits = bytes < limits::UNSETTLED_READ_BYTES;
            bytes += place.bytes;
            fits
        });
        fit.map(|(sequence, place)| (*sequence, *place)).collect()
    }

    /// Reads a held commit where it was written.
    pub(crate) fn held_at(&self, sequence: Sequence, place: Place) -> Result<Commit, JournalError> {
        match self.entry_at(sequence, place)? {
            Entry::Held(commit) => Ok(commit),
            Entry::Change { .. } | Entry::Settled { .. } => Err(self.damaged_at(sequence, place)),
        }
    }

    /// Reads a change where it was written.
    pub(crate) fn change_at(
        &self,
        sequence: Sequence,
        place: Place,
    ) -> Result<(Lineage, Change), JournalError> {
        match self.entry_at(sequence, place)? {
            Entry::Change { lineage, change } => Ok((lineage, change)),
            Entry::Held(_) | Entry::Settled { .. } => Err(self.damaged_at(sequence, place)),
        }
    }

    fn entry_at(&self, sequence: Sequence, place: Place) -> Result<Entry, JournalError> {
        let path = self.options.directory.join(name_of(place.segment));
        let bytes = self.disk.read(&path, place.at, place.bytes).map_err(failed("read", &path))?;
        let number = sequence.as_u64();
        let seed = self.ledger().seed;
        let record = Record::read(&bytes, seed, number..=number);
        let entry = record.and_then(|record| Entry::decode(record.kind, record.payload).ok());
        entry.ok_or_else(|| self.damaged_at(sequence, place))
    }

    fn damaged_at(&self, sequence: Sequence, place: Place) -> JournalError {
        JournalError::Damaged { path: self.options.directory.join(name_of(place.segment)), sequence }
    }
}

/// A journal open for writing. When it is dropped, what has queued is still written, and its directory is free.
#[derive(Debug)]
pub struct Journal {
    pub(crate) shared: Arc<Shared>,
    /// Absent only while it is dropped.
    pub(crate) queue: Option<mpsc::Sender<Request>>,
    pub(crate) room: Arc<Semaphore>,
    /// Absent only while it is dropped.
    pub(crate) writer: Option<JoinHandle<()>>,
}

impl Journal {
    /// Opens a journal on the disk of this machine. It blocks while it reads all of it.
    ///
    /// # Errors
    /// See [`JournalError`]. A damaged entry is no error: [`Opened`](crate::Opened) tells of it.
    pub fn open(options: Options) -> Result<crate::Opened, JournalError> {
        Self::open_on(Arc::new(RealDisk), options)
    }

    /// Opens a journal on this disk.
    ///
    /// # Errors
    /// As for [`Journal::open`].
    pub fn open_on(disk: SharedDisk, options: Options) -> Result<crate::Opened, JournalError> {
        crate::open::open(disk, options)
    }

    /// Answers once the entry is on the disk. If the answer is not waited for, the entry may be there or not.
    ///
    /// # Errors
    /// See [`AppendError`].
    pub async fn append(&self, entry: Entry) -> Result<Sequence, AppendError> {
        let sequences = self.request(vec![encoded(entry)?]).await?;
        Ok(*sequences.first().expect("one entry has one sequence"))
    }

    /// Answers once all of these are on the disk, one after the other with nothing between. After a crash that
    /// kept the answer back, the first few of them may be there.
    ///
    /// # Errors
    /// See [`AppendError`]; none of them is acknowledged.
    pub async fn append_all(&self, entries: Vec<Entry>) -> Result<Vec<Sequence>, AppendError> {
        within("entries at once", entries.len(), limits::REQUEST_ENTRIES_MAX)?;
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let entries: Result<Vec<Encoded>, AppendError> = entries.into_iter().map(encoded).collect();
        self.request(entries?).await
    }

    pub(crate) async fn request(&self, entries: Vec<Encoded>) -> Result<Vec<Sequence>, AppendError> {
        let bytes = entries.iter().map(|entry| record_bytes(entry.payload.len())).sum();
        within("bytes at once", bytes, limits::REQUEST_BYTES_MAX)?;
        let permits = u32::try_from(bytes).expect("the bytes of a request are bounded by a limit");
        let room = Arc::clone(&self.room).acquire_many_owned(permits).await;
        let room = room.expect("the room of a queue is never closed");
        let (answer, answered) = oneshot::channel();
        let queue = self.queue.as_ref().expect("a journal that is used is not dropped");
        let request = Request { entries, answer, room };
        queue.send(request).await.map_err(|_| self.ended())?;
        answered.await.map_err(|_| self.ended())?
    }

    /// What whoever waits is told if the writer is no more.
    fn ended(&self) -> AppendError {
        let reason = self.shared.ledger().sealed.get_or_insert_with(|| "its writer ended".into()).clone();
        AppendError::Sealed { reason }
    }

    /// How it is. It asks no disk.
    pub fn status(&self) -> Status {
        let ledger = self.shared.ledger();
        let state = match &ledger.sealed {
            Some(reason) => State::Sealed { reason: Arc::clone(reason) },
            None if ledger.is_full => State::Full,
            None => State::Open,
        };
        let bytes = ledger.bytes();
        Status {
            state,
            bytes,
            is_over_bytes_max: bytes > self.shared.options.bytes_max,
            segments: ledger.segments.len(),
            last: ledger.last,
            tail: ledger.standing.tail,
            unsettled: ledger.standing.unsettled.len(),
            damaged: ledger.damaged,
            free_bytes: ledger.free_bytes,
        }
    }

    /// Reads held commits that wait to be settled, in order, the first of them after this entry: at most `limit` and
    /// [`limits::UNSETTLED_READ_MAX`], and no more than [`limits::UNSETTLED_READ_BYTES`] bytes but for the last. It
    /// blocks on the disk.
    ///
    /// # Errors
    /// A segment cannot be read, or an entry not any more: the error names it, so that the caller can go on after it.
    pub fn unsettled(&self, after: Sequence, limit: usize) -> Result<Vec<(Sequence, Commit)>, JournalError> {
        let places = self.shared.unsettled_places(after, limit).into_iter();
        places.map(|(sequence, place)| Ok((sequence, self.shared.held_at(sequence, place)?))).collect()
    }

    /// Goes through the entries after this one, up to the last that is on the disk now.
    ///
    /// # Errors
    /// The directory cannot be read.
    pub fn entries_after(&self, after: Sequence) -> Result<Inspection, JournalError> {
        let last = self.shared.ledger().last;
        let Shared { options, disk, .. } = self.shared.as_ref();
        Inspection::begin(Arc::clone(disk), &options.directory, Some(&options.node), after, Some(last))
    }

    /// Removes the oldest segments, one after the other, as long as nothing in one waits to be settled, its newest entry
    /// is older than [`Options::keep`], and `may_forget` says yes. It blocks on the disk. Gives those that are gone.
    ///
    /// # Errors
    /// A file cannot be removed; those before it are gone.
    pub fn retire(
        &self,
        mut may_forget: impl FnMut(&SegmentSummary) -> bool,
    ) -> Result<Vec<SegmentSummary>, JournalError> {
        let _one_at_a_time = self.shared.retiring.lock().unwrap_or_else(PoisonError::into_inner);
        let Shared { options, disk, .. } = self.shared.as_ref();
        let mut gone = Vec::new();
        loop {
            let oldest = self.shared.ledger().oldest_settled().cloned();
            let Some(oldest) = oldest else { return Ok(gone) };
            let is_old = oldest
                .newest_at
                .is_none_or(|newest| newest.checked_add(options.keep).is_ok_and(|end| end <= disk.now()));
            if !is_old || !may_forget(&oldest) {
                return Ok(gone);
            }
            let path = options.directory.join(&oldest.name);
            disk.remove(&path).map_err(failed("remove", &path))?;
            let mut ledger = self.shared.ledger();
            ledger.segments.remove(&oldest.first);
            ledger.standing.forget(oldest.last_change);
            ledger.standing.followed.forget(oldest.last);
            drop(ledger);
            // a later one that goes while this one comes back after a power cut would look like damage
            disk.sync_directory(&options.directory).map_err(failed("fsync", &options.directory))?;
            gone.push(oldest);
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(writer) = self.writer.take() {
            // a writer that panicked has told everybody who waited
            let _panicked = writer.join();
        }
    }
}

/// The entry in bytes.
///
/// # Errors
/// It cannot be held, or is too long.
pub(crate) fn encoded(entry: Entry) -> Result<Encoded, AppendError> {
    if let Entry::Held(commit) = &entry {
        check_blind(commit)?;
    }
    let payload = entry.encode();
    within("bytes of an entry", payload.len(), limits::ENTRY_BYTES_MAX)?;
    Ok(Encoded { gist: Gist::of(&entry), kind: entry.kind(), payload })
}

/// A commit that looked at nothing can be applied whatever became of the store meanwhile.
fn check_blind(commit: &Commit) -> Result<(), AppendError> {
    let versions = commit.reads.iter().map(|read| read.version);
    let mut versions = versions.chain(commit.writes.iter().map(|write| write.version));
    if commit.seen.is_none() && versions.all(|version| version == Version::ABSENT) {
        return Ok(());
    }
    Err(AppendError::NotBlind { operation: commit.operation })
}

fn within(what: &'static str, found: usize, limit: usize) -> Result<(), AppendError> {
    if found <= limit { Ok(()) } else { Err(AppendError::Limit { what, found, limit }) }
}
