//! The numbers people say aloud, counted on this node's own disk so that none is given twice.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard},
};

use domain::SpokenNumber;
use operations::Numbers;

use crate::limits::NUMBERS_RESERVED;

/// A counter on disk. It writes down how far it may count before it does, so a crash leaves numbers out and never
/// gives one twice.
#[derive(Debug)]
pub struct FileNumbers {
    path: PathBuf,
    node: Option<char>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The last number given.
    given: u64,
    /// The last that may be given before the disk is asked again.
    reserved: u64,
}

/// A counter that cannot be kept.
#[derive(Debug, thiserror::Error)]
#[error("the counter of spoken numbers cannot be kept in `{path}`")]
pub struct NumbersError {
    /// Where.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub source: io::Error,
}

impl FileNumbers {
    /// Opens the counter, creating it where there is none. `node` is the letter before each number where a centre has
    /// several nodes.
    ///
    /// # Errors
    /// [`NumbersError`] if the file cannot be read or written, or is no counter: counting from 1 again would repeat.
    pub fn open(path: impl Into<PathBuf>, node: Option<char>) -> Result<Self, NumbersError> {
        let path = path.into();
        let opened = read(&path).and_then(|counted| {
            write(&path, counted + NUMBERS_RESERVED)?;
            Ok(State { given: counted, reserved: counted + NUMBERS_RESERVED })
        });
        match opened {
            Ok(state) => Ok(Self { path, node, state: Mutex::new(state) }),
            Err(source) => Err(NumbersError { path, source }),
        }
    }

    /// Gives back what was reserved and not given, at an orderly end.
    ///
    /// # Errors
    /// [`NumbersError`] if the disk does not take it; numbers are then left out.
    pub fn close(&self) -> Result<(), NumbersError> {
        let mut state = self.state();
        write(&self.path, state.given).map_err(|source| NumbersError { path: self.path.clone(), source })?;
        state.reserved = state.given;
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it counts")
    }
}

impl Numbers for FileNumbers {
    fn next(&self) -> SpokenNumber {
        let mut state = self.state();
        if state.given == state.reserved {
            let reserved = state.given + NUMBERS_RESERVED;
            match write(&self.path, reserved) {
                Ok(()) => {}
                // a call is worth more than a number: it is given all the same, and repeated only after a crash
                Err(error) => {
                    tracing::error!(%error, path = %self.path.display(), "spoken numbers cannot be reserved")
                }
            }
            state.reserved = reserved;
        }
        state.given += 1;
        SpokenNumber::new(self.node, state.given)
    }
}

/// The last number that may have been given.
fn read(path: &Path) -> io::Result<u64> {
    match fs::read_to_string(path) {
        Ok(text) => text
            .trim_end()
            .parse()
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "the file holds no number")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    }
}

/// Writes the number whole or not at all, safe against a loss of power.
fn write(path: &Path, number: u64) -> io::Result<()> {
    let written = path.with_extension("written");
    let mut file = File::create(&written)?;
    writeln!(file, "{number}")?;
    file.sync_all()?;
    fs::rename(&written, path)?;
    match path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(directory) => File::open(directory)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_number_is_given_twice_whatever_ends_the_process() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("numbers");
        let mut given = BTreeSet::new();
        for count in [0, 1, NUMBERS_RESERVED, NUMBERS_RESERVED + 1, 250] {
            // dropped without `close`, as a crash would
            let numbers = FileNumbers::open(&path, None).unwrap();
            for _ in 0..count {
                let number = numbers.next();
                assert!(given.insert(number.clone()), "{number} was given twice");
            }
        }
    }

    #[test]
    fn an_orderly_end_leaves_no_gap() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("numbers");
        let first = FileNumbers::open(&path, Some('B')).unwrap();
        assert_eq!(first.next().as_str(), "B1");
        first.close().unwrap();
        assert_eq!(FileNumbers::open(&path, Some('B')).unwrap().next().as_str(), "B2");
    }

    #[test]
    fn a_file_that_is_no_counter_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("numbers");
        fs::write(&path, "seven").unwrap();
        assert!(FileNumbers::open(&path, None).is_err());
    }
}
