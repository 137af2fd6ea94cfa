//! The mark in a small file: two slots written in turn, so that a torn write leaves the other.

use std::{
    fs::{File, OpenOptions},
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard},
};

use domain::Version;
use sha2::{Digest as _, Sha256};
use store::{Cursor, Lineage};

use super::{SeenMark, SeenMarkError, higher};

/// The mark in a small file of this node's own disk. Each mark is written at once, so it survives the end of the
/// process, and made safe against a loss of power by [`SeenMark::sync`].
#[derive(Debug)]
pub struct FileSeenMark {
    path: PathBuf,
    file: File,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    seen: Option<Cursor>,
    /// Counts the marks written; its parity says in which slot the last one stands.
    written: u64,
    /// Counts the marks that are safe.
    synced: u64,
    /// True if the last mark could not be written or kept: sync writes it again, and tells if it still cannot be.
    is_unwritten: bool,
}

/// Counter (8), lineage (16), number (8), and the first 32 bytes of their SHA-256.
const SLOT_BYTES: usize = 64;
const CONTENT_BYTES: usize = 32;

impl FileSeenMark {
    /// Opens the mark, creating it where there is none. A file in which neither slot is whole counts as no mark: a
    /// control room must start, and the first store it sees is then taken as it is.
    ///
    /// # Errors
    /// [`SeenMarkError`] if the file cannot be created or read.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, SeenMarkError> {
        let path = path.into();
        match Self::open_at(&path) {
            Ok((file, state)) => Ok(Self { path, file, state: Mutex::new(state) }),
            Err(source) => Err(SeenMarkError { path, source }),
        }
    }

    fn open_at(path: &Path) -> std::io::Result<(File, State)> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        if let Some(directory) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            File::open(directory)?.sync_all()?;
        }
        let length = file.metadata()?.len();
        let newest = [0, 1].into_iter().filter_map(|slot| read_slot(&file, slot)).max_by_key(|(n, _)| *n);
        if newest.is_none() && length > 0 {
            tracing::error!(path = %path.display(), "the mark of what was seen is damaged and begins anew");
        }
        let (written, seen) = newest.map_or((0, None), |(written, seen)| (written, Some(seen)));
        Ok((file, State { seen, written, synced: written, is_unwritten: false }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds the mark")
    }

    /// Writes a mark over the last but one.
    fn write(&self, state: &mut State, cursor: Cursor) -> std::io::Result<()> {
        let written = state.written + 1;
        let offset = (written % 2) * SLOT_BYTES as u64;
        self.file.write_all_at(&slot(written, cursor), offset)?;
        state.written = written;
        Ok(())
    }
}

impl SeenMark for FileSeenMark {
    fn seen(&self) -> Option<Cursor> {
        self.state().seen
    }

    fn record(&self, cursor: Cursor) {
        let mut state = self.state();
        let cursor = higher(state.seen, cursor);
        if state.seen == Some(cursor) {
            return;
        }
        state.seen = Some(cursor);
        state.is_unwritten = self.write(&mut state, cursor).is_err();
    }

    fn is_safe(&self) -> bool {
        let state = self.state();
        state.synced == state.written && !state.is_unwritten
    }

    fn sync(&self) -> Result<(), SeenMarkError> {
        let fail = |source| SeenMarkError { path: self.path.clone(), source };
        let written = {
            let mut state = self.state();
            if let Some(cursor) = state.seen.filter(|_| state.is_unwritten) {
                self.write(&mut state, cursor).map_err(fail)?;
                state.is_unwritten = false;
            }
            if state.synced == state.written {
                return Ok(());
            }
            state.written
        };
        // the lock is not held while the disk works: marks go on being recorded
        let synced = self.file.sync_data();
        let mut state = self.state();
        match synced {
            Ok(()) => state.synced = written,
            // what the disk did not take may count as written all the same: it is written once more
            Err(_) => state.is_unwritten = true,
        }
        synced.map_err(fail)
    }
}

fn slot(written: u64, cursor: Cursor) -> [u8; SLOT_BYTES] {
    let mut slot = [0; SLOT_BYTES];
    slot[..8].copy_from_slice(&written.to_be_bytes());
    slot[8..24].copy_from_slice(cursor.lineage.as_uuid().as_bytes());
    slot[24..CONTENT_BYTES].copy_from_slice(&cursor.number.0.to_be_bytes());
    let digest = Sha256::digest(&slot[..CONTENT_BYTES]);
    slot[CONTENT_BYTES..].copy_from_slice(&digest);
    slot
}

fn read_slot(file: &File, slot: u64) -> Option<(u64, Cursor)> {
    let mut bytes = [0; SLOT_BYTES];
    file.read_exact_at(&mut bytes, slot * SLOT_BYTES as u64).ok()?;
    if Sha256::digest(&bytes[..CONTENT_BYTES])[..] != bytes[CONTENT_BYTES..] {
        return None;
    }
    let written = u64::from_be_bytes(bytes[..8].try_into().ok()?);
    let lineage = Lineage::from_uuid(uuid::Uuid::from_bytes(bytes[8..24].try_into().ok()?));
    let number = Version(u64::from_be_bytes(bytes[24..CONTENT_BYTES].try_into().ok()?));
    Some((written, Cursor { lineage, number }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(lineage: u128, number: u64) -> Cursor {
        Cursor { lineage: Lineage::from_uuid(uuid::Uuid::from_u128(lineage)), number: Version(number) }
    }

    #[test]
    fn a_mark_is_read_back_and_never_goes_back_within_its_lineage() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("seen");
        let mark = FileSeenMark::open(&path).unwrap();
        assert_eq!(mark.seen(), None);
        for number in [3, 7, 5] {
            mark.record(cursor(1, number));
        }
        assert_eq!(mark.seen(), Some(cursor(1, 7)));
        assert!(!mark.is_safe());
        mark.sync().unwrap();
        assert!(mark.is_safe());
        assert_eq!(FileSeenMark::open(&path).unwrap().seen(), Some(cursor(1, 7)));
        mark.record(cursor(2, 4));
        assert_eq!(FileSeenMark::open(&path).unwrap().seen(), Some(cursor(2, 4)));
    }

    /// A mark that was recorded while its file was another one is there once that is the disk's again.
    fn is_written_again(other: impl FnOnce(&Path) -> File) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("seen");
        let mut mark = FileSeenMark::open(&path).unwrap();
        mark.record(cursor(1, 7));
        let disk = std::mem::replace(&mut mark.file, other(&path));
        mark.record(cursor(1, 8));
        assert!(!mark.is_safe());
        mark.sync().unwrap_err();
        assert!(!mark.is_safe());
        mark.file = disk;
        mark.sync().unwrap();
        assert!(mark.is_safe());
        assert_eq!(FileSeenMark::open(&path).unwrap().seen(), Some(cursor(1, 8)));
    }

    #[test]
    fn a_mark_that_could_not_be_written_is_written_once_it_can_be() {
        is_written_again(|path| File::open(path).unwrap());
    }

    #[test]
    fn a_mark_that_the_disk_did_not_keep_is_written_again() {
        // it takes what is written, keeps nothing, and says so
        is_written_again(|_| OpenOptions::new().write(true).open("/dev/null").unwrap());
    }

    #[test]
    fn a_torn_slot_leaves_the_mark_before_it_and_two_leave_none() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("seen");
        let mark = FileSeenMark::open(&path).unwrap();
        mark.record(cursor(1, 7));
        mark.record(cursor(1, 8));
        let tear = |slot: u64| mark.file.write_all_at(b"torn", slot * SLOT_BYTES as u64 + 20).unwrap();
        tear(0);
        assert_eq!(FileSeenMark::open(&path).unwrap().seen(), Some(cursor(1, 7)));
        tear(1);
        assert_eq!(FileSeenMark::open(&path).unwrap().seen(), None);
    }
}
