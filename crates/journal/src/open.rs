//! Opens a journal: reads all of it, cuts what a crash tore, sets aside what does not belong, and starts the writer.

use std::{
    path::Path,
    sync::{Arc, Mutex},
    thread,
};

use tokio::sync::{Semaphore, mpsc};
use uuid::Uuid;

use crate::{
    Damage, Journal, JournalError, Medium, Options, Sequence, Stranger, Torn,
    disk::{Disk, Lock, LockError, SharedDisk},
    error::failed,
    journal::Shared,
    ledger::{Ledger, Place},
    limits,
    look::{Sight, look},
    quarantine::Quarantine,
    survey::{SegmentFile, Survey, survey},
    writer::{Unwritten, Writer},
};

/// The file that is locked. It is never removed: a lock on a removed file would hold nobody off.
const LOCK: &str = "journal.lock";

/// A journal, and what was found when it was opened. Whoever opened it tells people of the damage, each time anew: it is
/// found for as long as its segment is kept.
#[derive(Debug)]
#[must_use = "damage is for people to know"]
pub struct Opened {
    /// The journal.
    pub journal: Journal,
    /// What was acknowledged, perhaps, and cannot be read any more.
    pub damage: Vec<Quarantined>,
    /// What a crash tore.
    pub torn: Vec<Torn>,
    /// Files that do not belong, and were moved to `quarantine/`.
    pub strangers: Vec<Stranger>,
}

/// A damage, and where a copy of its bytes is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// The damage.
    pub damage: Damage,
    /// The file in `quarantine/` that has its bytes; absent if there are none, or no room for them.
    pub copy: Option<String>,
}

pub(crate) fn open(disk: SharedDisk, options: Options) -> Result<Opened, JournalError> {
    let node = &options.node;
    if node.is_empty() || node.len() > limits::NODE_BYTES_MAX {
        return Err(JournalError::NodeName { node: node.clone() });
    }
    let lock = take_directory(disk.as_ref(), &options)?;
    let mut survey = survey(disk.as_ref(), &options.directory, Some(node))?;
    let mut found = Found::default();
    let mut quarantine = Quarantine::open(disk.as_ref(), &options.directory)?;
    for stranger in &survey.strangers {
        quarantine.take(&options.directory.join(&stranger.name), &stranger.name)?;
    }
    for path in &survey.unfinished {
        disk.remove(path).map_err(failed("remove", path))?;
    }
    found.strangers = std::mem::take(&mut survey.strangers);
    found.read(disk.as_ref(), &survey, &mut quarantine)?;
    disk.sync_directory(&options.directory).map_err(failed("fsync", &options.directory))?;
    drop(quarantine);
    start(disk, options, lock, survey.journal.unwrap_or_else(Uuid::new_v4), found)
}

/// Makes the directory, if there is none, and keeps everybody else from it.
fn take_directory(disk: &dyn Disk, options: &Options) -> Result<Box<dyn Lock>, JournalError> {
    let directory = options.directory.as_path();
    disk.make_directory(directory).map_err(failed("make", directory))?;
    if let Some(above) = directory.parent().filter(|above| !above.as_os_str().is_empty()) {
        disk.sync_directory(above).map_err(failed("fsync", above))?;
    }
    let in_memory = disk.is_in_memory(directory).map_err(failed("look at the disk of", directory))?;
    if in_memory && options.medium == Medium::Disk {
        return Err(JournalError::InMemory { directory: directory.to_owned() });
    }
    let path = directory.join(LOCK);
    disk.lock(&path).map_err(|error| match error {
        LockError::Held(pid) => JournalError::InUse { directory: directory.to_owned(), pid },
        LockError::File(source) => failed("lock", path)(source),
    })
}

#[derive(Debug, Default)]
struct Found {
    ledger: Ledger,
    damage: Vec<Quarantined>,
    torn: Vec<Torn>,
    strangers: Vec<Stranger>,
}

impl Found {
    fn read(
        &mut self,
        disk: &dyn Disk,
        survey: &Survey,
        quarantine: &mut Quarantine<'_>,
    ) -> Result<(), JournalError> {
        let followers = survey.segments.iter().skip(1).map(|segment| Some(segment.base));
        for (segment, follower) in survey.segments.iter().zip(followers.chain([None])) {
            let path = &segment.path;
            let bytes = disk.read(path, 0, usize::MAX).map_err(failed("read", path))?;
            let (next, end) = self.read_segment(segment, &bytes, follower, quarantine)?;
            self.ledger.finish(segment.base, if follower.is_some() { bytes.len() as u64 } else { end });
            if follower.is_none() {
                self.close_last(disk, segment, bytes.len() as u64, end, next)?;
            }
        }
        self.ledger.damaged = self.damage.len();
        Ok(())
    }

    fn read_segment(
        &mut self,
        segment: &SegmentFile,
        bytes: &[u8],
        follower: Option<Sequence>,
        quarantine: &mut Quarantine<'_>,
    ) -> Result<(Sequence, u64), JournalError> {
        let look = look(segment, bytes, follower);
        self.ledger.begin(segment.name.clone(), segment.base, bytes.len() as u64);
        let slice = |at: u64, length: u64| {
            let begin = usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
            let end = usize::try_from(at + length).unwrap_or(usize::MAX).min(bytes.len());
            &bytes[begin..end]
        };
        for sight in look.sights {
            match sight {
                // of a segment that was there twice, the entries count once
                Sight::Entry { record, .. } if record.sequence <= self.ledger.last => {}
                Sight::Entry { at, record, gist } => {
                    let (at, bytes) = (at as u64, record.bytes());
                    let place = Place { segment: segment.base, at, bytes, noted: None };
                    self.ledger.note(record.sequence, gist, record.written_at, place);
                }
                Sight::Damage(damage) => {
                    let name = format!("{}.{}.damaged", segment.name, damage.at);
                    let copy = quarantine.keep(name, slice(damage.at, damage.bytes))?;
                    self.damage.push(Quarantined { damage, copy });
                }
                Sight::Torn(torn) => {
                    let name = format!("{}.{}.torn", segment.name, torn.at);
                    let _copy = quarantine.keep(name, slice(torn.at, torn.bytes))?;
                    self.torn.push(torn);
                }
            }
        }
        self.ledger.last = self.ledger.last.max(Sequence::from_u64(look.next.as_u64().saturating_sub(1)));
        Ok((look.next, look.end as u64))
    }

    /// Cuts the last segment to what it holds. It is fsynced even where nothing is cut: what a killed process wrote can be
    /// read now and be gone after a power cut, and from here on others rely on it.
    fn close_last(
        &mut self,
        disk: &dyn Disk,
        segment: &SegmentFile,
        length: u64,
        end: u64,
        next: Sequence,
    ) -> Result<(), JournalError> {
        let path = &segment.path;
        if next == segment.base {
            // the next one will bear its name
            self.ledger.segments.remove(&segment.base);
            return disk.remove(path).map_err(failed("remove", path));
        }
        let mut file = disk.open(path).map_err(failed("open", path))?;
        if length != end {
            file.set_length(end).map_err(failed("cut", path))?;
        }
        file.sync().map_err(failed("fsync", path))
    }
}

fn start(
    disk: SharedDisk,
    options: Options,
    lock: Box<dyn Lock>,
    journal: Uuid,
    found: Found,
) -> Result<Opened, JournalError> {
    let Found { mut ledger, damage, torn, strangers } = found;
    let directory = options.directory.clone();
    ledger.seed = crc32c::crc32c(journal.as_bytes());
    ledger.free_bytes = disk.free_bytes(&directory).map_err(failed("look at the disk of", &directory))?;
    ledger.is_full = ledger.free_bytes < options.reserve_bytes;
    let retiring = Mutex::new(());
    let shared = Arc::new(Shared { options, disk, ledger: Mutex::new(ledger), retiring });
    let mut writer = Writer { shared: Arc::clone(&shared), journal, active: None, lock, buffer: Vec::new() };
    match writer.begin() {
        // a full disk keeps nobody from what is on it
        Ok(()) | Err(Unwritten::NoRoom) => {}
        Err(Unwritten::Failed(reason)) => return Err(begin_failed(&directory, reason)),
    }
    let (queue, requests) = mpsc::channel(limits::QUEUE_REQUESTS_MAX);
    let thread = thread::Builder::new().name("journal".to_owned()).spawn(move || writer.run(requests));
    let thread = thread.map_err(failed("start the writer of", &directory))?;
    let room = Arc::new(Semaphore::new(limits::QUEUE_BYTES_MAX));
    let journal = Journal { shared, queue: Some(queue), room, writer: Some(thread) };
    Ok(Opened { journal, damage, torn, strangers })
}

fn begin_failed(directory: &Path, reason: String) -> JournalError {
    failed("begin a segment in", directory)(std::io::Error::other(reason))
}
