//! How long a disk takes to keep one entry of usual size, by how the room for it was made.
//!
//! Three files take turns, entry by entry, so that whatever else the disk does meanwhile is borne by all: one that grows as a log
//! does, one that was given its room in advance, and one as the journal makes it, which is also written ahead of what it
//! holds. It is no criterion benchmark: the slow ones matter, and a mean hides them.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot use its files has failed")]

use std::{
    fs::File,
    os::unix::fs::FileExt as _,
    path::Path,
    time::{Duration, Instant},
};

use journal::disk::{Disk as _, RealDisk};

/// Entries that each file is given.
const ENTRIES: usize = 4_000;

/// Bytes of one: a call that was taken, as the journal holds it.
const ENTRY_BYTES: usize = 2_300;

/// Room of a file: enough for all of them.
const ROOM: u64 = 16 * 1024 * 1024;

fn main() {
    // beside what is built, because a folder for what is temporary may be in memory
    let folder = tempfile::tempdir_in(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let grown = File::create(folder.path().join("grown")).unwrap();
    let roomy = File::create(folder.path().join("roomy")).unwrap();
    rustix::fs::fallocate(&roomy, rustix::fs::FallocateFlags::empty(), 0, ROOM).unwrap();
    let mut own = RealDisk.create(&folder.path().join("own"), ROOM).unwrap();
    let entry = [0x5a; ENTRY_BYTES];
    let mut took = [const { Vec::new() }; 3];
    for number in 0..ENTRIES {
        let at = (number * ENTRY_BYTES) as u64;
        for (place, took) in took.iter_mut().enumerate() {
            let start = Instant::now();
            match place {
                0 => plain(&grown, &entry, at),
                1 => plain(&roomy, &entry, at),
                _ => {
                    assert_eq!(own.write_at(&entry, at).unwrap(), ENTRY_BYTES);
                    own.sync().unwrap();
                }
            }
            took.push(start.elapsed());
        }
    }
    eprintln!("{ENTRIES} entries of {ENTRY_BYTES} bytes, each written and told to the disk:");
    for (name, mut took) in
        ["a file that grows", "room in advance", "as the journal does"].into_iter().zip(took)
    {
        took.sort_unstable();
        let (half, most) = (took[ENTRIES / 2], took[ENTRIES * 99 / 100]);
        let mean = took.iter().sum::<Duration>() / u32::try_from(ENTRIES).unwrap();
        eprintln!("{name:20} p50 {half:>9.1?}  p99 {most:>9.1?}  mean {mean:>9.1?}");
    }
}

fn plain(file: &File, entry: &[u8], at: u64) {
    file.write_all_at(entry, at).unwrap();
    file.sync_data().unwrap();
}
