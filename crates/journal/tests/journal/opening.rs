//! Who may open a journal, and where.

use std::{path::Path, sync::Arc};

use journal::{
    Journal, JournalError, Medium, Options,
    disk::{Disk as _, RealDisk, SharedDisk},
    limits,
};

use crate::{
    made::{append, held, open_sound, options},
    power_disk::PowerDisk,
};

#[test]
fn a_second_opener_is_refused_and_told_who_has_it_and_the_end_of_the_first_frees_it() {
    let directory = tempfile::tempdir().unwrap();
    let disk: SharedDisk = Arc::new(RealDisk);
    let first = open_sound(&disk, &options(directory.path()));
    append(&first, held(1, 10));
    let second = Journal::open(options(directory.path())).unwrap_err();
    let JournalError::InUse { pid, .. } = second else { panic!("{second}") };
    assert_eq!(pid, Some(std::process::id()));
    assert_eq!(journal::verify(directory.path()).unwrap().held, 1, "reading needs no lock");
    drop(first);
    drop(open_sound(&disk, &options(directory.path())));
}

#[test]
fn a_directory_in_memory_is_refused() {
    let in_memory = ["/dev/shm", "/run", "/tmp"]
        .map(Path::new)
        .into_iter()
        .find(|path| RealDisk.is_in_memory(path).unwrap_or(false) && tempfile::tempdir_in(path).is_ok());
    let in_memory = in_memory.expect("every Linux has a tmpfs that this test may write to");
    let directory = tempfile::tempdir_in(in_memory).unwrap();
    let path = directory.path().join("journal");
    let error = Journal::open(Options::new(&path, "a")).unwrap_err();
    assert!(matches!(error, JournalError::InMemory { .. }), "{error}");
    assert!(!path.join("journal.lock").exists(), "what was refused was written to");
    let opened = Journal::open(Options { medium: Medium::MayBeInMemory, ..options(&path) }).unwrap();
    append(&opened.journal, held(1, 10));
}

#[test]
fn where_nothing_can_be_written_no_journal_is_opened() {
    let file = tempfile::NamedTempFile::new().unwrap();
    for directory in [file.path().join("journal"), "/proc/journal".into()] {
        let error = Journal::open(options(&directory)).unwrap_err();
        assert!(matches!(error, JournalError::File { .. }), "{error}");
    }
}

#[test]
fn a_node_needs_a_name_that_fits() {
    let directory = tempfile::tempdir().unwrap();
    for node in [String::new(), "я".repeat(limits::NODE_BYTES_MAX)] {
        let error = Journal::open(Options { node, ..options(directory.path()) }).unwrap_err();
        assert!(matches!(error, JournalError::NodeName { .. }), "{error}");
    }
}

#[test]
fn opening_often_leaves_no_empty_segments() {
    let disk: SharedDisk = Arc::new(PowerDisk::default());
    let options = options(Path::new("/journal"));
    for _ in 0..5 {
        assert_eq!(open_sound(&disk, &options).status().segments, 1);
    }
    append(&open_sound(&disk, &options), held(1, 10));
    for _ in 0..5 {
        assert_eq!(open_sound(&disk, &options).status().segments, 2);
    }
}
