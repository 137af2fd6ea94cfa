//! The disk of this machine.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _},
    path::Path,
};

use jiff::Timestamp;
use rustix::{
    fs::{FallocateFlags, FsWord, fallocate, statfs, statvfs},
    io::{Errno, retry_on_intr},
};

use crate::disk::{Disk, DiskFile, Lock, LockError};

/// What Linux calls a tmpfs and a ramfs in an answer to `statfs`.
const IN_MEMORY: [FsWord; 2] = [0x0102_1994, 0x8584_58f6];

/// Longest text read from a lock's file: a process id and its newline, and room to be wrong.
const HOLDER_TEXT_MAX: u64 = 64;

/// How much is written ahead at once: a hundred entries of usual size, and less than a disk notices.
static AHEAD: [u8; 256 * 1024] = [0; 256 * 1024];

/// The files of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

#[derive(Debug)]
struct Held {
    #[expect(dead_code, reason = "the lock is let go when this is dropped")]
    file: File,
}

impl Lock for Held {}

impl Disk for RealDisk {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn make_directory(&self, path: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(path)
    }

    fn lock(&self, path: &Path) -> Result<Box<dyn Lock>, LockError> {
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let mut file = options.open(path).map_err(LockError::File)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LockError::Held(holder(&mut file))),
            Err(TryLockError::Error(error)) => return Err(LockError::File(error)),
        }
        match sign(&mut file) {
            // the lock holds without a signature, and a full disk must not keep anybody from what is on it
            Err(error) if error.kind() != io::ErrorKind::StorageFull => Err(LockError::File(error)),
            Ok(()) | Err(_) => Ok(Box::new(Held { file })),
        }
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                names.extend(entry.file_name().into_string());
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn read(&self, path: &Path, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        file.take(length as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn create(&self, path: &Path, bytes: u64) -> io::Result<Box<dyn DiskFile>> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        match retry_on_intr(|| fallocate(&file, FallocateFlags::empty(), 0, bytes)) {
            Ok(()) => Ok(Box::new(RealFile { file, room: bytes, written_to: 0 })),
            // some disks cannot give room in advance: each fsync then writes the file's length too, and is slower
            Err(Errno::OPNOTSUPP | Errno::NOSYS) => Ok(Box::new(RealFile { file, room: 0, written_to: 0 })),
            Err(error) => {
                drop(file);
                fs::remove_file(path)?;
                Err(error.into())
            }
        }
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let file = OpenOptions::new().write(true).open(path)?;
        Ok(Box::new(RealFile { file, room: 0, written_to: 0 }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    fn free_bytes(&self, directory: &Path) -> io::Result<u64> {
        let disk = statvfs(directory)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    fn is_in_memory(&self, directory: &Path) -> io::Result<bool> {
        Ok(IN_MEMORY.contains(&statfs(directory)?.f_type))
    }
}

#[derive(Debug)]
struct RealFile {
    file: File,
    /// Bytes that it was given when it was made; 0 if none were.
    room: u64,
    /// Where what was ever written of them ends.
    written_to: u64,
}

impl RealFile {
    /// Writes zeros where there are zeros after the end of what is written, once in every [`AHEAD`] bytes. The file system
    /// keeps a note of what was never written, and an fsync has to write that too as long as it changes: `cargo bench -p benches
    /// --bench journal` shows both.
    fn write_ahead(&mut self, end: u64) -> io::Result<()> {
        if end <= self.written_to {
            return Ok(());
        }
        let ahead = (end + AHEAD.len() as u64).min(self.room).saturating_sub(end);
        let zeros = usize::try_from(ahead).ok().and_then(|ahead| AHEAD.get(..ahead)).unwrap_or_default();
        self.file.write_all_at(zeros, end)?;
        self.written_to = end + ahead;
        Ok(())
    }
}

impl DiskFile for RealFile {
    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        let written = self.file.write_at(bytes, offset)?;
        if self.write_ahead(offset + written as u64).is_err() {
            // it is only faster; a disk that is broken says so when it is told to keep what was written
            self.room = 0;
        }
        Ok(written)
    }

    fn set_length(&mut self, bytes: u64) -> io::Result<()> {
        self.file.set_len(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        // fdatasync also writes the length where reading back needs it
        self.file.sync_data()
    }
}

fn sign(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

/// The process that wrote itself down. One that has the lock and has not got so far is not named.
fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(HOLDER_TEXT_MAX).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
