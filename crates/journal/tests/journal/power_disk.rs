//! A disk in memory whose power can be cut after any step: what was not fsynced may then be there, or in part, or not.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard},
};

use jiff::Timestamp;
use journal::disk::{Disk, DiskFile, Lock, LockError};

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

#[derive(Clone, Debug, Default)]
pub(crate) struct PowerDisk(Arc<Mutex<Platters>>);

#[derive(Debug, Default)]
struct Platters {
    files: Vec<Content>,
    names: BTreeMap<PathBuf, usize>,
    synced_names: BTreeMap<PathBuf, usize>,
    locked: BTreeSet<PathBuf>,
    /// Steps that changed anything, so far.
    steps: u64,
    /// The step that does not happen, nor any after it.
    cut_at: Option<u64>,
    now_ms: i64,
    /// What can still be written; everything, if absent.
    free_bytes: Option<u64>,
}

#[derive(Clone, Debug, Default)]
struct Content {
    bytes: Vec<u8>,
    synced: Vec<u8>,
}

impl PowerDisk {
    pub(crate) fn cut_at(step: u64) -> Self {
        let disk = Self::default();
        disk.platters().cut_at = Some(step);
        disk
    }

    fn platters(&self) -> MutexGuard<'_, Platters> {
        self.0.lock().unwrap()
    }

    /// Whatever changes the disk begins with this.
    fn step(&self) -> io::Result<MutexGuard<'_, Platters>> {
        let mut platters = self.platters();
        if platters.cut_at == Some(platters.steps) {
            return Err(io::Error::other("there is no power"));
        }
        platters.steps += 1;
        Ok(platters)
    }

    pub(crate) fn steps(&self) -> u64 {
        self.platters().steps
    }

    pub(crate) fn advance(&self, milliseconds: i64) {
        self.platters().now_ms += milliseconds;
    }

    pub(crate) fn leave_free(&self, bytes: u64) {
        self.platters().free_bytes = Some(bytes);
    }

    /// The bytes of a file.
    pub(crate) fn bytes_of(&self, path: &Path) -> Vec<u8> {
        self.read(path, 0, usize::MAX).unwrap()
    }

    /// Puts these bytes in the place of a file, or makes it.
    pub(crate) fn put(&self, path: &Path, bytes: &[u8]) {
        let mut platters = self.platters();
        let file = platters.files.len();
        platters.files.push(Content { bytes: bytes.to_vec(), synced: bytes.to_vec() });
        platters.names.insert(path.to_owned(), file);
        platters.synced_names.insert(path.to_owned(), file);
    }

    /// Another disk that holds the same.
    pub(crate) fn copied(&self) -> Self {
        let platters = self.platters();
        let (files, names) = (platters.files.clone(), platters.names.clone());
        let synced_names = names.clone();
        let now_ms = platters.now_ms;
        Self(Arc::new(Mutex::new(Platters { files, names, synced_names, now_ms, ..Platters::default() })))
    }

    /// The disk after the power came back. Of what was not fsynced, chance decides sector by sector and name by name.
    pub(crate) fn restarted(&self, mut chance: Chance) -> Self {
        let platters = self.platters();
        let mut names = BTreeMap::new();
        let known: BTreeSet<&PathBuf> = platters.names.keys().chain(platters.synced_names.keys()).collect();
        for path in known {
            let (new, old) = (platters.names.get(path), platters.synced_names.get(path));
            if let Some(file) = if chance.flip() { new } else { old } {
                names.insert(path.clone(), *file);
            }
        }
        let files = platters.files.iter().map(|file| file.after_cut(&mut chance)).collect();
        let synced_names = names.clone();
        let now_ms = platters.now_ms;
        Self(Arc::new(Mutex::new(Platters { files, names, synced_names, now_ms, ..Platters::default() })))
    }
}

impl Content {
    fn after_cut(&self, chance: &mut Chance) -> Self {
        let longer = self.bytes.len().max(self.synced.len());
        let padded = |bytes: &Vec<u8>| {
            let mut bytes = bytes.clone();
            bytes.resize(longer, 0);
            bytes
        };
        let (new, mut bytes) = (padded(&self.bytes), padded(&self.synced));
        for (kept, written) in bytes.chunks_mut(SECTOR).zip(new.chunks(SECTOR)) {
            if kept != written && chance.flip() {
                kept.copy_from_slice(written);
            }
        }
        bytes.truncate(if chance.flip() { self.bytes.len() } else { self.synced.len() });
        Self { synced: bytes.clone(), bytes }
    }
}

/// Throws of a coin that follow from a seed (xorshift).
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }

    fn flip(&mut self) -> bool {
        self.below(2) == 0
    }
}

#[derive(Debug)]
struct PowerLock(PowerDisk, PathBuf);

impl Lock for PowerLock {}

impl Drop for PowerLock {
    fn drop(&mut self) {
        self.0.platters().locked.remove(&self.1);
    }
}

fn not_found() -> io::Error {
    io::ErrorKind::NotFound.into()
}

impl Disk for PowerDisk {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(1_900_000_000_000 + self.platters().now_ms).unwrap()
    }

    fn make_directory(&self, _path: &Path) -> io::Result<()> {
        Ok(())
    }

    fn lock(&self, path: &Path) -> Result<Box<dyn Lock>, LockError> {
        if !self.platters().locked.insert(path.to_owned()) {
            return Err(LockError::Held(None));
        }
        Ok(Box::new(PowerLock(self.clone(), path.to_owned())))
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        let platters = self.platters();
        let here = platters.names.keys().filter(|path| path.parent() == Some(directory));
        Ok(here.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect())
    }

    fn read(&self, path: &Path, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let platters = self.platters();
        let bytes = &platters.files[*platters.names.get(path).ok_or_else(not_found)?].bytes;
        let begin = usize::try_from(offset).unwrap().min(bytes.len());
        Ok(bytes[begin..begin + length.min(bytes.len() - begin)].to_vec())
    }

    fn create(&self, path: &Path, bytes: u64) -> io::Result<Box<dyn DiskFile>> {
        let mut platters = self.step()?;
        if platters.names.contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let bytes = vec![0; usize::try_from(bytes).unwrap()];
        platters.files.push(Content { bytes, synced: Vec::new() });
        let file = platters.files.len() - 1;
        platters.names.insert(path.to_owned(), file);
        Ok(Box::new(PowerFile(self.clone(), file)))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let file = *self.platters().names.get(path).ok_or_else(not_found)?;
        Ok(Box::new(PowerFile(self.clone(), file)))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut platters = self.step()?;
        let file = platters.names.remove(from).ok_or_else(not_found)?;
        platters.names.insert(to.to_owned(), file);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step()?.names.remove(path).map(drop).ok_or_else(not_found)
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        let mut platters = self.step()?;
        platters.synced_names.retain(|name, _| name.parent() != Some(path));
        let here: Vec<(PathBuf, usize)> = platters
            .names
            .iter()
            .filter(|(name, _)| name.parent() == Some(path))
            .map(|(name, file)| (name.clone(), *file))
            .collect();
        platters.synced_names.extend(here);
        Ok(())
    }

    fn free_bytes(&self, _directory: &Path) -> io::Result<u64> {
        Ok(self.platters().free_bytes.unwrap_or(u64::MAX))
    }

    fn is_in_memory(&self, _directory: &Path) -> io::Result<bool> {
        Ok(false)
    }
}

#[derive(Debug)]
struct PowerFile(PowerDisk, usize);

impl DiskFile for PowerFile {
    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        let mut platters = self.0.step()?;
        let content = &mut platters.files[self.1].bytes;
        let begin = usize::try_from(offset).unwrap();
        content.resize(content.len().max(begin + bytes.len()), 0);
        content[begin..begin + bytes.len()].copy_from_slice(bytes);
        Ok(bytes.len())
    }

    fn set_length(&mut self, bytes: u64) -> io::Result<()> {
        let mut platters = self.0.step()?;
        platters.files[self.1].bytes.resize(usize::try_from(bytes).unwrap(), 0);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut platters = self.0.step()?;
        let content = &mut platters.files[self.1];
        content.synced = content.bytes.clone();
        Ok(())
    }
}
