//! The one thread that writes: it takes what has queued, writes it at once, fsyncs it at once, and answers all.

use std::{
    io,
    path::PathBuf,
    sync::{Arc, MutexGuard},
    time::Instant,
};

use jiff::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use uuid::Uuid;

use crate::{
    AppendError, Kind, Sequence,
    disk::{DiskFile, Lock, write_all},
    entry::Gist,
    format::{HEADER_BYTES, Header, Record, record_bytes},
    journal::Shared,
    ledger::{Ledger, Place},
    limits,
    survey::name_of,
};

/// What somebody waits for.
pub(crate) struct Request {
    pub(crate) entries: Vec<Encoded>,
    pub(crate) answer: oneshot::Sender<Result<Vec<Sequence>, AppendError>>,
    /// Its room in the queue, given back when it is answered.
    pub(crate) room: OwnedSemaphorePermit,
}

pub(crate) struct Encoded {
    pub(crate) gist: Gist,
    pub(crate) kind: Kind,
    pub(crate) payload: Vec<u8>,
}

pub(crate) struct Writer {
    pub(crate) shared: Arc<Shared>,
    pub(crate) journal: Uuid,
    pub(crate) active: Option<Active>,
    /// Held for as long as anything may be written.
    pub(crate) lock: Box<dyn Lock>,
    pub(crate) buffer: Vec<u8>,
}

/// The segment that is written.
pub(crate) struct Active {
    base: Sequence,
    path: PathBuf,
    file: Box<dyn DiskFile>,
    /// Where the next record goes.
    end: u64,
}

/// Why a batch is not on the disk.
pub(crate) enum Unwritten {
    /// There is no room for another segment, and nothing was touched.
    NoRoom,
    /// What went wrong: nothing can be relied on.
    Failed(String),
}

impl Writer {
    pub(crate) fn run(mut self, mut queue: mpsc::Receiver<Request>) {
        while let Some(first) = queue.blocking_recv() {
            let batch = gather(first, &mut queue);
            self.serve(batch);
        }
        if self.ledger().sealed.is_none()
            && let Err(Unwritten::Failed(reason)) = self.finish()
        {
            self.ledger().sealed = Some(reason.into());
        }
        drop(self.lock);
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.shared.ledger()
    }

    fn serve(&mut self, batch: Vec<Request>) {
        if let Some(reason) = self.ledger().sealed.clone() {
            return refuse(batch, &AppendError::Sealed { reason });
        }
        let batch = self.admit(batch);
        if batch.is_empty() {
            return;
        }
        match self.write(&batch) {
            Ok(last) => answer(batch, last),
            Err(Unwritten::NoRoom) => {
                let mut ledger = self.ledger();
                ledger.is_full = true;
                let (free_bytes, reserve_bytes) = (ledger.free_bytes, self.shared.options.reserve_bytes);
                drop(ledger);
                refuse(batch, &AppendError::NoSpace { free_bytes, reserve_bytes });
            }
            Err(Unwritten::Failed(reason)) => {
                let reason: Arc<str> = reason.into();
                self.ledger().sealed = Some(Arc::clone(&reason));
                refuse(batch, &AppendError::Sealed { reason });
            }
        }
    }

    /// Refuses what would hold more commits than there is room for. Changes and settlements go on.
    fn admit(&self, batch: Vec<Request>) -> Vec<Request> {
        let options = &self.shared.options;
        let free = self.shared.disk.free_bytes(&options.directory);
        let mut ledger = self.ledger();
        if let Ok(free_bytes) = free {
            ledger.free_bytes = free_bytes;
            ledger.is_full = free_bytes < options.reserve_bytes;
        }
        let (free_bytes, is_full, mut unsettled) =
            (ledger.free_bytes, ledger.is_full, ledger.standing.unsettled.len());
        drop(ledger);
        let mut admitted = Vec::with_capacity(batch.len());
        for request in batch {
            let held = request.entries.iter().filter(|entry| entry.kind == Kind::Held).count();
            let refusal = if held == 0 {
                None
            } else if is_full {
                Some(AppendError::NoSpace { free_bytes, reserve_bytes: options.reserve_bytes })
            } else if unsettled + held > options.unsettled_max {
                Some(AppendError::Backlog { unsettled, limit: options.unsettled_max })
            } else {
                unsettled += held;
                None
            };
            match refusal {
                Some(refusal) => refuse(vec![request], &refusal),
                None => admitted.push(request),
            }
        }
        admitted
    }

    /// Returns the last sequence once the whole batch is on the disk and in the books.
    fn write(&mut self, batch: &[Request]) -> Result<Sequence, Unwritten> {
        let entries = || batch.iter().flat_map(|request| &request.entries);
        let bytes: usize = entries().map(|entry| record_bytes(entry.payload.len())).sum();
        self.make_room(bytes as u64)?;
        let synced = self.ledger().last;
        let written_at = self.shared.disk.now();
        let seed = crc32c::crc32c(self.journal.as_bytes());
        self.buffer.clear();
        let mut sequence = synced;
        for entry in entries() {
            sequence = sequence.next();
            let (kind, payload) = (entry.kind, entry.payload.as_slice());
            Record { sequence, synced, written_at, kind, payload }.encode_into(seed, &mut self.buffer);
        }
        let active = self.active.as_mut().expect("room was made in a segment");
        let begin = active.end;
        let file = active.file.as_mut();
        write_all(file, &self.buffer, begin).map_err(unwritten("write", &active.path))?;
        file.sync().map_err(unwritten("fsync", &active.path))?;
        active.end += self.buffer.len() as u64;
        let base = active.base;
        self.note(entries(), base, begin, synced, written_at);
        Ok(sequence)
    }

    fn note<'a>(
        &self,
        entries: impl Iterator<Item = &'a Encoded>,
        base: Sequence,
        mut at: u64,
        mut sequence: Sequence,
        written_at: Timestamp,
    ) {
        let noted = Some(Instant::now());
        let mut ledger = self.ledger();
        for entry in entries {
            sequence = sequence.next();
            let bytes = record_bytes(entry.payload.len());
            ledger.note(sequence, entry.gist, written_at, Place { segment: base, at, bytes, noted });
            at += bytes as u64;
        }
    }

    /// Goes on to another segment if this one has no room. A batch larger than a whole segment makes one longer.
    fn make_room(&mut self, bytes: u64) -> Result<(), Unwritten> {
        let has_room = self.active.as_ref().is_some_and(|active| {
            active.end == HEADER_BYTES as u64 || active.end + bytes <= self.shared.options.segment_bytes
        });
        if has_room {
            return Ok(());
        }
        self.finish()?;
        self.begin()
    }

    /// Cuts the segment to what it holds: after the last record of a finished segment there is nothing.
    fn finish(&mut self) -> Result<(), Unwritten> {
        let Some(mut active) = self.active.take() else { return Ok(()) };
        active.file.set_length(active.end).map_err(unwritten("cut", &active.path))?;
        active.file.sync().map_err(unwritten("fsync", &active.path))?;
        self.ledger().finish(active.base, active.end);
        Ok(())
    }

    /// Begins a segment: its header and its name are on the disk before any entry is written to it.
    pub(crate) fn begin(&mut self) -> Result<(), Unwritten> {
        let options = &self.shared.options;
        let base = self.ledger().last.next();
        let name = name_of(base);
        let path = options.directory.join(&name);
        let disk = self.shared.disk.as_ref();
        let mut file = match disk.create(&path, options.segment_bytes) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::StorageFull => return Err(Unwritten::NoRoom),
            Err(error) => return Err(unwritten("make", &path)(error)),
        };
        let node = options.node.clone();
        let header = Header { journal: self.journal, node, base, made_at: disk.now() };
        write_all(file.as_mut(), &header.encode(), 0).map_err(unwritten("write", &path))?;
        file.sync().map_err(unwritten("fsync", &path))?;
        disk.sync_directory(&options.directory).map_err(unwritten("fsync", &options.directory))?;
        self.ledger().begin(name, base, options.segment_bytes);
        self.active = Some(Active { base, path, file, end: HEADER_BYTES as u64 });
        Ok(())
    }
}

/// What has queued, within the bounds of a batch. It waits for nothing.
fn gather(first: Request, queue: &mut mpsc::Receiver<Request>) -> Vec<Request> {
    let size = |request: &Request| request.entries.iter().map(|entry| entry.payload.len()).sum::<usize>();
    let (mut entries, mut bytes) = (first.entries.len(), size(&first));
    let mut batch = vec![first];
    while entries < limits::BATCH_ENTRIES_MAX && bytes < limits::BATCH_BYTES_MAX {
        let Ok(request) = queue.try_recv() else { break };
        entries += request.entries.len();
        bytes += size(&request);
        batch.push(request);
    }
    batch
}

fn answer(batch: Vec<Request>, last: Sequence) {
    let count: u64 = batch.iter().map(|request| request.entries.len() as u64).sum();
    let mut sequence = Sequence::from_u64(last.as_u64() - count);
    for Request { entries, answer, room } in batch {
        let sequences = entries.iter().map(|_| {
            sequence = sequence.next();
            sequence
        });
        // whoever asked may have gone; the entry is there all the same
        let _gone = answer.send(Ok(sequences.collect()));
        drop(room);
    }
}

fn refuse(batch: Vec<Request>, refusal: &AppendError) {
    for request in batch {
        let _gone = request.answer.send(Err(refusal.clone()));
    }
}

fn unwritten(step: &'static str, path: &std::path::Path) -> impl FnOnce(io::Error) -> Unwritten {
    let path = path.display().to_string();
    move |error| Unwritten::Failed(format!("cannot {step} `{path}`: {error}"))
}
