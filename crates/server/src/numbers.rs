//! The numbers people say aloud, counted on this node's own disk so that none is given twice.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread::{self, JoinHandle},
    time::Duration,
};

use domain::SpokenNumber;
use operations::Numbers;

use crate::limits::NUMBERS_RESERVED;

/// How long a call waits for its number where the disk is slower than calls come.
const DISK_WAIT: Duration = Duration::from_millis(50);

/// A counter on disk. It writes down how far it may count before it does, so a crash leaves numbers out and never
/// gives one twice. A thread of its own writes ahead, so that hardly anybody who calls waits for the disk.
#[derive(Debug)]
pub struct FileNumbers {
    node: Option<char>,
    counter: Arc<Counter>,
    /// Absent once it was closed.
    writer: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Counter {
    path: PathBuf,
    state: Mutex<State>,
    /// Something is to be reserved, was reserved, or nobody counts any more.
    moved: Condvar,
}

#[derive(Debug)]
struct State {
    /// The last number given.
    given: u64,
    /// The last that may be given before the disk is asked again.
    reserved: u64,
    /// Nothing is reserved any more.
    closed: bool,
}

impl State {
    /// True if so few are left that more are to be reserved.
    const fn is_short(&self) -> bool {
        !self.closed && self.reserved.saturating_sub(self.given) <= NUMBERS_RESERVED / 2
    }
}

impl Counter {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it counts")
    }

    /// Reserves ahead until nobody counts any more.
    fn write_ahead(&self) {
        let mut state = self.state();
        while !state.closed {
            if !state.is_short() {
                state = self.moved.wait(state).expect("nothing panics while it counts");
                continue;
            }
            let reserved = state.reserved + NUMBERS_RESERVED;
            drop(state);
            reserve(&self.path, reserved);
            state = self.state();
            state.reserved = reserved;
            self.moved.notify_all();
        }
    }
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
            Ok(State { given: counted, reserved: counted + NUMBERS_RESERVED, closed: false })
        });
        let begun = opened.and_then(|state| {
            let counter =
                Arc::new(Counter { path: path.clone(), state: Mutex::new(state), moved: Condvar::new() });
            let ahead = Arc::clone(&counter);
            let thread = thread::Builder::new().name("numbers".to_owned());
            let writer = thread.spawn(move || ahead.write_ahead())?;
            Ok(Self { node, counter, writer: Mutex::new(Some(writer)) })
        });
        begun.map_err(|source| NumbersError { path, source })
    }

    /// Gives back what was reserved and not given, at an orderly end.
    ///
    /// # Errors
    /// [`NumbersError`] if the disk does not take it; numbers are then left out.
    pub fn close(&self) -> Result<(), NumbersError> {
        self.end_writer();
        let path = &self.counter.path;
        let mut state = self.counter.state();
        write(path, state.given).map_err(|source| NumbersError { path: path.clone(), source })?;
        state.reserved = state.given;
        Ok(())
    }

    /// Waits until the writer has ended, so that it writes nothing later.
    fn end_writer(&self) {
        self.counter.state().closed = true;
        self.counter.moved.notify_all();
        let writer = self.writer.lock().expect("nothing panics while it ends the writer").take();
        if let Some(writer) = writer {
            let _panicked = writer.join();
        }
    }
}

impl Drop for FileNumbers {
    fn drop(&mut self) {
        self.end_writer();
    }
}

impl Numbers for FileNumbers {
    fn next(&self) -> SpokenNumber {
        let mut state = self.counter.state();
        if state.given == state.reserved && !state.closed {
            // the disk is slower than calls come
            let waited = self
                .counter
                .moved
                .wait_timeout_while(state, DISK_WAIT, |state| state.given == state.reserved && !state.closed);
            state = waited.expect("nothing panics while it counts").0;
        }
        state.given += 1;
        if state.given > state.reserved {
            if state.closed {
                // one that comes after an orderly end
                reserve(&self.counter.path, state.given);
            } else {
                // a call is worth more than a number
                tracing::error!(
                    number = state.given,
                    "a spoken number is given that the disk has not reserved"
                );
            }
            state.reserved = state.given;
        }
        if state.is_short() {
            self.counter.moved.notify_all();
        }
        SpokenNumber::new(self.node, state.given)
    }
}

/// Writes down how far may be counted. A call is worth more than a number: where the disk does not take it, numbers are
/// given all the same, and repeated only after a crash.
fn reserve(path: &Path, number: u64) {
    if let Err(error) = write(path, number) {
        tracing::error!(%error, path = %path.display(), "spoken numbers cannot be reserved");
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
