//! The few things a journal does with files, so that tests can make each of them fail.

mod hooked;
mod real;

use std::{fmt, io, path::Path, sync::Arc};

use jiff::Timestamp;

pub use hooked::{Fault, Hook, HookedDisk, Step};
pub use real::RealDisk;

/// A disk as everybody holds it.
pub type SharedDisk = Arc<dyn Disk>;

/// A lock that is held until this is dropped, or the process ends however it ends.
pub trait Lock: Send + Sync + fmt::Debug {}

/// Why a lock is not had.
#[derive(Debug)]
pub enum LockError {
    /// Another process has it; its id, where it could be read.
    Held(Option<u32>),
    /// The file cannot be used.
    File(io::Error),
}

/// The file operations of a journal. What is not told to the disk with a `sync` may be gone after a power cut.
pub trait Disk: Send + Sync + fmt::Debug + 'static {
    /// The time, by the clock of the machine that keeps the files.
    fn now(&self) -> Timestamp;

    /// Makes a directory and those above it, if there are none.
    ///
    /// # Errors
    /// It cannot be made.
    fn make_directory(&self, path: &Path) -> io::Result<()>;

    /// Takes the exclusive lock of this file and leaves this process's id there.
    ///
    /// # Errors
    /// Another has it, or the file cannot be written.
    fn lock(&self, path: &Path) -> Result<Box<dyn Lock>, LockError>;

    /// The names of the files in a directory, in order.
    ///
    /// # Errors
    /// It cannot be read.
    fn list(&self, directory: &Path) -> io::Result<Vec<String>>;

    /// The bytes of a file from this offset, this many at most.
    ///
    /// # Errors
    /// It cannot be read.
    fn read(&self, path: &Path, offset: u64, length: usize) -> io::Result<Vec<u8>>;

    /// Makes a file that does not exist, with room for this many bytes, all zero.
    ///
    /// # Errors
    /// There is one, or no room for it; then nothing is left of it.
    fn create(&self, path: &Path, bytes: u64) -> io::Result<Box<dyn DiskFile>>;

    /// Opens a file that exists, for writing.
    ///
    /// # Errors
    /// It cannot be opened.
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;

    /// Gives a file another name on the same disk.
    ///
    /// # Errors
    /// It has the name it had.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// It is still there.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Returns once the names in a directory are on the disk.
    ///
    /// # Errors
    /// They may not be.
    fn sync_directory(&self, path: &Path) -> io::Result<()>;

    /// How many bytes can still be written on the disk of this directory.
    ///
    /// # Errors
    /// It cannot be told.
    fn free_bytes(&self, directory: &Path) -> io::Result<u64>;

    /// Whether the files of this directory are in memory and gone with it.
    ///
    /// # Errors
    /// It cannot be told.
    fn is_in_memory(&self, directory: &Path) -> io::Result<bool>;
}

/// A file open for writing.
pub trait DiskFile: Send + fmt::Debug {
    /// Writes some of the bytes at this offset, at least one, and says how many.
    ///
    /// # Errors
    /// It may have written some.
    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<usize>;

    /// Makes the file this long.
    ///
    /// # Errors
    /// It has the length it had.
    fn set_length(&mut self, bytes: u64) -> io::Result<()>;

    /// Returns once what was written is on the disk and can be read back after a power cut.
    ///
    /// # Errors
    /// Any of it may not be, and trying again says nothing: the kernel may have given up those pages.
    fn sync(&mut self) -> io::Result<()>;
}

/// Writes all of the bytes at this offset.
pub(crate) fn write_all(file: &mut dyn DiskFile, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match file.write_at(bytes, offset) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => {
                bytes = &bytes[written..];
                offset += written as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
