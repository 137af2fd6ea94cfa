//! Reads a journal without opening it: no lock is taken and nothing is changed, so it may be open elsewhere.

use std::{
    collections::{BTreeSet, VecDeque},
    io,
    path::Path,
    sync::Arc,
};

use jiff::Timestamp;
use store::Tail;

use crate::{
    Damage, Entry, JournalError, Kind, Sequence, Stranger, Torn,
    disk::{RealDisk, SharedDisk},
    entry::Gist,
    error::failed,
    look::{DamageKind, Sight, look},
    standing::Standing,
    survey::{SegmentFile, survey},
};

/// One thing found in a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// An entry as it was written.
    Entry(Located),
    /// Something that was acknowledged, perhaps, and cannot be read any more.
    Damage(Damage),
    /// Bytes that a crash tore, or that are being written at this moment.
    Torn(Torn),
    /// A file that is no segment of this journal.
    Stranger(Stranger),
}

/// An entry, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The name of its segment.
    pub segment: String,
    /// Where it begins there.
    pub at: u64,
    /// Its place in the order.
    pub sequence: Sequence,
    /// When it was written.
    pub written_at: Timestamp,
    /// The entry itself.
    pub entry: Entry,
}

/// Goes through a journal from its oldest entry on. A journal that is written meanwhile is read as far as it had got.
///
/// # Errors
/// The directory cannot be read, or holds the segments of two journals.
pub fn inspect(directory: &Path) -> Result<Inspection, JournalError> {
    Inspection::begin(Arc::new(RealDisk), directory, None, Sequence::NONE, None)
}

/// The same on another disk.
///
/// # Errors
/// As for [`inspect`].
pub fn inspect_on(disk: SharedDisk, directory: &Path) -> Result<Inspection, JournalError> {
    Inspection::begin(disk, directory, None, Sequence::NONE, None)
}

/// See [`inspect`]. Holds one segment in memory at a time.
#[derive(Debug)]
pub struct Inspection {
    disk: SharedDisk,
    segments: VecDeque<SegmentFile>,
    found: VecDeque<Found>,
    after: Sequence,
    until: Option<Sequence>,
    files: usize,
    bytes: u64,
}

impl Inspection {
    pub(crate) fn begin(
        disk: SharedDisk,
        directory: &Path,
        node: Option<&str>,
        after: Sequence,
        until: Option<Sequence>,
    ) -> Result<Self, JournalError> {
        let survey = survey(disk.as_ref(), directory, node)?;
        let mut segments: VecDeque<SegmentFile> = survey.segments.into();
        while segments.get(1).is_some_and(|second| second.base <= after.next()) {
            segments.pop_front();
        }
        let found = survey.strangers.into_iter().map(Found::Stranger).collect();
        Ok(Self { disk, segments, found, after, until, files: 0, bytes: 0 })
    }

    /// Reads the next segment.
    fn read(&mut self, segment: &SegmentFile) -> Result<(), JournalError> {
        let bytes = match self.disk.read(&segment.path, 0, usize::MAX) {
            Ok(bytes) => bytes,
            // it was retired since the directory was listed
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed("read", &segment.path)(error)),
        };
        self.files += 1;
        self.bytes += bytes.len() as u64;
        let follower = self.segments.front().map(|follower| follower.base);
        for sight in look(segment, &bytes, follower).sights {
            match sight {
                Sight::Entry { at, record, gist: _ } => {
                    let sequence = record.sequence;
                    if sequence <= self.after || self.until.is_some_and(|until| sequence > until) {
                        continue;
                    }
                    let (name, at) = (segment.name.clone(), at as u64);
                    self.found.push_back(match Entry::decode(record.kind, record.payload) {
                        Ok(entry) => Found::Entry(Located {
                            segment: name,
                            at,
                            sequence,
                            written_at: record.written_at,
                            entry,
                        }),
                        Err(_) => Found::Damage(Damage {
                            segment: name,
                            at,
                            bytes: record.bytes() as u64,
                            first: sequence,
                            entries: 1,
                            what: DamageKind::Unintelligible,
                        }),
                    });
                }
                Sight::Damage(damage) => self.found.push_back(Found::Damage(damage)),
                Sight::Torn(torn) => self.found.push_back(Found::Torn(torn)),
            }
        }
        Ok(())
    }
}

impl Iterator for Inspection {
    type Item = Result<Found, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(found) = self.found.pop_front() {
                return Some(Ok(found));
            }
            let segment = self.segments.pop_front()?;
            if let Err(error) = self.read(&segment) {
                return Some(Err(error));
            }
        }
    }
}

/// What a journal amounts to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// How many segments.
    pub segments: usize,
    /// How many bytes they have.
    pub bytes: u64,
    /// The first entry.
    pub first: Option<Sequence>,
    /// The last one.
    pub last: Option<Sequence>,
    /// How many held commits.
    pub held: usize,
    /// How many changes.
    pub changes: usize,
    /// How many settlements.
    pub settled: usize,
    /// The held commits that wait to be settled.
    pub waiting: BTreeSet<Sequence>,
    /// The last changes with none missing between them.
    pub tail: Option<Tail>,
    /// How many entries are there a second time.
    pub duplicates: usize,
    /// What was acknowledged, perhaps, and cannot be read any more: damaged, missing, unintelligible.
    pub damage: Vec<Damage>,
    /// What a crash tore.
    pub torn: Vec<Torn>,
    /// Files that do not belong.
    pub strangers: Vec<Stranger>,
}

impl Verification {
    /// Whether everything that was acknowledged is there and nothing is that should not be.
    pub fn is_sound(&self) -> bool {
        self.damage.is_empty() && self.strangers.is_empty() && self.duplicates == 0
    }
}

/// Reads a whole journal and counts what is in it.
///
/// # Errors
/// As for [`inspect`], or a segment cannot be read.
pub fn verify(directory: &Path) -> Result<Verification, JournalError> {
    verify_on(Arc::new(RealDisk), directory)
}

/// The same on another disk.
///
/// # Errors
/// As for [`verify`].
pub fn verify_on(disk: SharedDisk, directory: &Path) -> Result<Verification, JournalError> {
    let mut inspection = inspect_on(disk, directory)?;
    let mut verified = Verification::default();
    let mut standing = Standing::default();
    for found in inspection.by_ref() {
        match found? {
            Found::Damage(damage) => verified.damage.push(damage),
            Found::Torn(torn) => verified.torn.push(torn),
            Found::Stranger(stranger) => verified.strangers.push(stranger),
            Found::Entry(located) if Some(located.sequence) <= verified.last => verified.duplicates += 1,
            Found::Entry(located) => {
                verified.first = verified.first.or(Some(located.sequence));
                verified.last = Some(located.sequence);
                count(&mut verified, &located.entry);
                standing.note(located.sequence, Gist::of(&located.entry), ());
            }
        }
    }
    (verified.segments, verified.bytes) = (inspection.files, inspection.bytes);
    verified.tail = standing.tail;
    verified.waiting = standing.unsettled.into_keys().collect();
    Ok(verified)
}

fn count(verified: &mut Verification, entry: &Entry) {
    match entry.kind() {
        Kind::Held => verified.held += 1,
        Kind::Change => verified.changes += 1,
        Kind::Settled => verified.settled += 1,
    }
}
