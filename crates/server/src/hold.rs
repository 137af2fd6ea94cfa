//! One node holds a data directory: a second one would give the same spoken numbers, and the same name to its commits.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

/// The name of the file that is locked. It is never removed: a lock on a removed file would hold nobody off.
const FILE: &str = "node.lock";

/// Longest text read from the file: a process id and its newline, and room to be wrong.
const TEXT_MAX: u64 = 64;

/// The right to use a data directory, until it is dropped or the process ends however it ends: the kernel keeps it.
#[derive(Debug)]
pub(crate) struct Hold {
    #[expect(dead_code, reason = "the lock is let go when this is dropped")]
    file: File,
}

/// Why a data directory cannot be held.
#[derive(Debug)]
pub(crate) enum HoldError {
    /// Another process holds it; its id, where it could be read.
    Held(Option<u32>),
    /// The file cannot be used.
    File(io::Error),
}

impl Hold {
    /// Takes a data directory that exists, and leaves this process's id there for whoever comes second.
    pub(crate) fn take(data_dir: &Path) -> Result<Self, HoldError> {
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let mut file = options.open(data_dir.join(FILE)).map_err(HoldError::File)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(HoldError::Held(holder(&mut file))),
            Err(TryLockError::Error(error)) => return Err(HoldError::File(error)),
        }
        sign(&mut file).map_err(HoldError::File)?;
        Ok(Self { file })
    }
}

fn sign(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

/// The process that wrote itself down. One that holds the file and has not got so far is not named.
fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(TEXT_MAX).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_has_one_holder_who_is_named_and_whose_end_frees_it() {
        let directory = tempfile::tempdir().unwrap();
        let first = Hold::take(directory.path()).unwrap();
        let HoldError::Held(pid) = Hold::take(directory.path()).unwrap_err() else { panic!("not held") };
        assert_eq!(pid, Some(std::process::id()));
        drop(first);
        Hold::take(directory.path()).unwrap();
    }

    #[test]
    fn what_a_dead_process_left_there_hinders_nobody() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join(FILE), "4194304\n").unwrap();
        let held = Hold::take(directory.path()).unwrap();
        let text = std::fs::read_to_string(directory.path().join(FILE)).unwrap();
        assert_eq!(text, format!("{}\n", std::process::id()));
        drop(held);
    }
}
