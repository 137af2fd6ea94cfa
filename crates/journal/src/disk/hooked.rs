//! A disk with somebody in between: every step can be watched, made to fail, to take long, or to be the last.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;

use crate::disk::{Disk, DiskFile, Lock, LockError, SharedDisk};

/// A moment at which something can go wrong. Before a step nothing of it is done, after it all is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// A file is about to be made.
    Create,
    /// Bytes are about to be written.
    Write,
    /// Bytes were written, and may be gone after a power cut.
    Written,
    /// A file is about to be fsynced.
    Sync,
    /// A file was fsynced, and nobody was answered yet.
    Synced,
    /// A file is about to be cut to its length.
    SetLength,
    /// A directory is about to be fsynced.
    SyncDirectory,
    /// A file is about to be removed.
    Remove,
}

/// What becomes of a step.
#[derive(Debug)]
pub enum Fault {
    /// Nothing goes wrong.
    None,
    /// The step fails so; where it was done already, it fails afterwards.
    Fail(io::Error),
    /// No more than this many bytes are written, if it is a write.
    Short(usize),
}

/// Decides what becomes of each step with a file. It may block, and it may end the process.
pub type Hook = dyn Fn(Step, &Path) -> Fault + Send + Sync;

/// A disk that asks a hook at every step.
#[derive(Clone)]
pub struct HookedDisk {
    disk: SharedDisk,
    hook: Arc<Hook>,
}

impl HookedDisk {
    /// Puts a hook before a disk.
    pub fn new(disk: SharedDisk, hook: impl Fn(Step, &Path) -> Fault + Send + Sync + 'static) -> Self {
        Self { disk, hook: Arc::new(hook) }
    }

    fn file(&self, file: Box<dyn DiskFile>, path: &Path) -> Box<dyn DiskFile> {
        Box::new(HookedFile { file, path: path.to_owned(), hook: Arc::clone(&self.hook) })
    }
}

impl fmt::Debug for HookedDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HookedDisk").field("disk", &self.disk).finish_non_exhaustive()
    }
}

/// Asks the hook; how many bytes may be written is told only for a write.
fn ask(hook: &Hook, step: Step, path: &Path) -> io::Result<usize> {
    match hook(step, path) {
        Fault::None => Ok(usize::MAX),
        Fault::Short(bytes) => Ok(bytes),
        Fault::Fail(error) => Err(error),
    }
}

impl Disk for HookedDisk {
    fn now(&self) -> Timestamp {
        self.disk.now()
    }

    fn make_directory(&self, path: &Path) -> io::Result<()> {
        self.disk.make_directory(path)
    }

    fn lock(&self, path: &Path) -> Result<Box<dyn Lock>, LockError> {
        self.disk.lock(path)
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        self.disk.list(directory)
    }

    fn read(&self, path: &Path, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        self.disk.read(path, offset, length)
    }

    fn create(&self, path: &Path, bytes: u64) -> io::Result<Box<dyn DiskFile>> {
        ask(&*self.hook, Step::Create, path)?;
        Ok(self.file(self.disk.create(path, bytes)?, path))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(self.file(self.disk.open(path)?, path))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.disk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        ask(&*self.hook, Step::Remove, path)?;
        self.disk.remove(path)
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        ask(&*self.hook, Step::SyncDirectory, path)?;
        self.disk.sync_directory(path)
    }

    fn free_bytes(&self, directory: &Path) -> io::Result<u64> {
        self.disk.free_bytes(directory)
    }

    fn is_in_memory(&self, directory: &Path) -> io::Result<bool> {
        self.disk.is_in_memory(directory)
    }
}

struct HookedFile {
    file: Box<dyn DiskFile>,
    path: PathBuf,
    hook: Arc<Hook>,
}

impl fmt::Debug for HookedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HookedFile").field("file", &self.file).finish_non_exhaustive()
    }
}

impl DiskFile for HookedFile {
    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        let allowed = ask(&*self.hook, Step::Write, &self.path)?.min(bytes.len());
        let written = self.file.write_at(&bytes[..allowed], offset)?;
        ask(&*self.hook, Step::Written, &self.path)?;
        Ok(written)
    }

    fn set_length(&mut self, bytes: u64) -> io::Result<()> {
        ask(&*self.hook, Step::SetLength, &self.path)?;
        self.file.set_length(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        ask(&*self.hook, Step::Sync, &self.path)?;
        self.file.sync()?;
        ask(&*self.hook, Step::Synced, &self.path).map(drop)
    }
}
