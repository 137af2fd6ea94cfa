//! Keeps what could not be read, for people to look at: nothing that was found is thrown away.

use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
};

use crate::{
    JournalError,
    disk::{Disk, write_all},
    error::failed,
    limits,
};

/// The directory below a journal's for what is set aside.
pub(crate) const DIRECTORY: &str = "quarantine";

#[derive(Debug)]
pub(crate) struct Quarantine<'a> {
    disk: &'a dyn Disk,
    directory: PathBuf,
    names: BTreeSet<String>,
}

impl<'a> Quarantine<'a> {
    pub(crate) fn open(disk: &'a dyn Disk, journal: &Path) -> Result<Self, JournalError> {
        let directory = journal.join(DIRECTORY);
        disk.make_directory(&directory).map_err(failed("make", &directory))?;
        let names = disk.list(&directory).map_err(failed("list", &directory))?.into_iter().collect();
        Ok(Self { disk, directory, names })
    }

    /// Copies bytes there, once: what was found again is not copied again. Gives the name of the file, or none if there
    /// are too many or no room is left: damaged bytes stay where they are then, and a torn tail is cut all the same, so
    /// that a full disk keeps no node from starting.
    pub(crate) fn keep(&mut self, name: String, bytes: &[u8]) -> Result<Option<String>, JournalError> {
        if self.names.contains(&name) {
            return Ok(Some(name));
        }
        if bytes.is_empty() || self.names.len() >= limits::QUARANTINE_FILES_MAX {
            return Ok(None);
        }
        let path = self.directory.join(&name);
        match self.write(&path, bytes) {
            Ok(()) => {
                self.names.insert(name.clone());
                Ok(Some(name))
            }
            Err(error) if error.kind() == io::ErrorKind::StorageFull => Ok(None),
            Err(error) => Err(failed("write", path)(error)),
        }
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.disk.create(path, bytes.len() as u64)?;
        write_all(file.as_mut(), bytes, 0)?;
        file.sync()?;
        self.disk.sync_directory(&self.directory)
    }

    /// Moves a whole file there.
    pub(crate) fn take(&mut self, path: &Path, name: &str) -> Result<(), JournalError> {
        let mut kept = name.to_owned();
        let mut copies = 1_u32;
        while self.names.contains(&kept) {
            copies += 1;
            kept = format!("{name}.{copies}");
        }
        self.disk.rename(path, &self.directory.join(&kept)).map_err(failed("set aside", path))?;
        self.names.insert(kept);
        self.disk.sync_directory(&self.directory).map_err(failed("fsync", &self.directory))
    }
}
