//! A disk of which only what was fsynced outlasts a power cut: beside the files of a journal it keeps copies, which take over
//! a write once it was fsynced and a name once its directory was. The cut puts the copies in the place of the files.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use jiff::Timestamp;
use journal::disk::{Disk, DiskFile, Lock, LockError, RealDisk};
use serde::{Deserialize, Serialize};

/// Where copies are whose names no fsync of the directory has covered yet.
const UNNAMED: &str = "unnamed";

/// Whether an fsync does what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Honesty {
    /// It does.
    Honest,
    /// It says so and does nothing.
    Lies,
}

/// A disk with copies of all that it is sure of.
#[derive(Clone, Debug)]
pub(crate) struct Platters {
    copies: PathBuf,
    honesty: Honesty,
    /// What became of names since their directory was last fsynced.
    names: Arc<Mutex<Vec<Renaming>>>,
}

#[derive(Debug)]
enum Renaming {
    Made(PathBuf),
    Moved(PathBuf, PathBuf),
    Removed(PathBuf),
}

impl Platters {
    /// A disk that keeps its copies there.
    pub(crate) fn new(copies: &Path, honesty: Honesty) -> io::Result<Self> {
        fs::create_dir_all(copies.join(UNNAMED))?;
        Ok(Self { copies: copies.to_owned(), honesty, names: Arc::default() })
    }

    fn named(&self, path: &Path) -> PathBuf {
        self.copies.join(path.file_name().expect("a file has a name"))
    }

    fn unnamed(&self, path: &Path) -> PathBuf {
        self.copies.join(UNNAMED).join(path.file_name().expect("a file has a name"))
    }

    fn note(&self, renaming: Renaming) {
        self.names.lock().expect("nothing panics while it holds the names").push(renaming);
    }
}

/// Cuts the power: what of these files was not fsynced is gone. Nobody may have them open.
pub(crate) fn cut_power(files: &Path, copies: &Path) -> io::Result<()> {
    fs::remove_dir_all(files)?;
    fs::create_dir(files)?;
    fs::remove_dir_all(copies.join(UNNAMED))?;
    for copy in fs::read_dir(copies)? {
        let copy = copy?;
        fs::copy(copy.path(), files.join(copy.file_name()))?;
    }
    Ok(())
}

/// An error of a file that may not be there, which is none.
fn if_there(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

impl Disk for Platters {
    fn now(&self) -> Timestamp {
        RealDisk.now()
    }

    fn make_directory(&self, path: &Path) -> io::Result<()> {
        RealDisk.make_directory(path)
    }

    fn lock(&self, path: &Path) -> Result<Box<dyn Lock>, LockError> {
        RealDisk.lock(path)
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        RealDisk.list(directory)
    }

    fn read(&self, path: &Path, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        RealDisk.read(path, offset, length)
    }

    fn create(&self, path: &Path, bytes: u64) -> io::Result<Box<dyn DiskFile>> {
        let file = RealDisk.create(path, bytes)?;
        let copy = File::create(self.unnamed(path))?;
        self.note(Renaming::Made(path.to_owned()));
        let honesty = self.honesty;
        Ok(Box::new(PlatterFile { file, copy, honesty, unsynced: vec![Step::Length(bytes)] }))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let file = RealDisk.open(path)?;
        let copy = OpenOptions::new().write(true).create(true).truncate(false).open(self.named(path))?;
        // what another process wrote and did not fsync is in the file all the same, and the next fsync covers it
        let bytes = RealDisk.read(path, 0, usize::MAX)?;
        let unsynced = vec![Step::Length(bytes.len() as u64), Step::Write(0, bytes)];
        Ok(Box::new(PlatterFile { file, copy, honesty: self.honesty, unsynced }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.rename(from, to)?;
        self.note(Renaming::Moved(from.to_owned(), to.to_owned()));
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)?;
        self.note(Renaming::Removed(path.to_owned()));
        Ok(())
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        if self.honesty == Honesty::Lies {
            return Ok(());
        }
        RealDisk.sync_directory(path)?;
        let renamings =
            std::mem::take(&mut *self.names.lock().expect("nothing panics while it holds the names"));
        for renaming in renamings {
            if_there(match renaming {
                Renaming::Made(made) => fs::rename(self.unnamed(&made), self.named(&made)),
                Renaming::Moved(from, to) => fs::rename(self.named(&from), self.named(&to)),
                Renaming::Removed(removed) => fs::remove_file(self.named(&removed)),
            })?;
        }
        Ok(())
    }

    fn free_bytes(&self, directory: &Path) -> io::Result<u64> {
        RealDisk.free_bytes(directory)
    }

    fn is_in_memory(&self, directory: &Path) -> io::Result<bool> {
        RealDisk.is_in_memory(directory)
    }
}

/// A file and its copy.
#[derive(Debug)]
struct PlatterFile {
    file: Box<dyn DiskFile>,
    copy: File,
    honesty: Honesty,
    unsynced: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    Length(u64),
    Write(u64, Vec<u8>),
}

impl DiskFile for PlatterFile {
    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        let written = self.file.write_at(bytes, offset)?;
        self.unsynced.push(Step::Write(offset, bytes[..written].to_vec()));
        Ok(written)
    }

    fn set_length(&mut self, bytes: u64) -> io::Result<()> {
        self.file.set_length(bytes)?;
        self.unsynced.push(Step::Length(bytes));
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        if self.honesty == Honesty::Lies {
            return Ok(());
        }
        self.file.sync()?;
        for step in std::mem::take(&mut self.unsynced) {
            match step {
                Step::Length(bytes) => self.copy.set_len(bytes)?,
                Step::Write(offset, bytes) => self.copy.write_all_at(&bytes, offset)?,
            }
        }
        Ok(())
    }
}

#[test]
fn a_power_cut_leaves_what_was_fsynced_and_nothing_else() {
    let root = tempfile::tempdir().expect("a directory");
    let (files, copies) = (root.path().join("files"), root.path().join("copies"));
    fs::create_dir(&files).expect("a directory");
    let disk = Platters::new(&copies, Honesty::Honest).expect("a directory");
    let path = |name: &str| files.join(name);
    let mut kept = disk.create(&path("kept"), 8).expect("a file");
    kept.write_at(b"one", 0).expect("it is written");
    kept.sync().expect("it is fsynced");
    let mut empty = disk.create(&path("empty"), 8).expect("a file");
    disk.sync_directory(&files).expect("it is fsynced");
    kept.write_at(b"two", 3).expect("it is written");
    empty.write_at(b"three", 0).expect("it is written");
    let mut late = disk.create(&path("late"), 8).expect("a file");
    late.write_at(b"four", 0).expect("it is written");
    late.sync().expect("its directory is not fsynced");
    cut_power(&files, &copies).expect("the power is cut");
    let left = RealDisk.list(&files).expect("it can be read");
    assert_eq!(left, ["empty", "kept"]);
    assert_eq!(fs::read(path("kept")).expect("it is there"), b"one\0\0\0\0\0");
    assert_eq!(fs::read(path("empty")).expect("its name is there"), b"");
}
