//! The journal's limits, each with its reason.

use std::time::Duration;

use store::limits::{COMMIT_BYTES_MAX, READS_MAX, RECORD_ID_BYTES_MAX, WRITES_MAX};

/// Bytes of a segment: 20,000 calls, so that a rotation, which costs four fsyncs, comes once in many seconds; and little
/// enough to be read whole into memory at start.
pub const SEGMENT_BYTES: u64 = 64 * 1024 * 1024;

/// Most bytes of one entry once it is encoded: the largest commit with its keys.
pub const ENTRY_BYTES_MAX: usize = 1024 * 1024;

/// What a key, a version and a place take at most in an encoded entry, beside the state.
const KEYED_BYTES: usize = RECORD_ID_BYTES_MAX + 64;

const _: () = assert!(
    ENTRY_BYTES_MAX > COMMIT_BYTES_MAX + (READS_MAX + WRITES_MAX) * KEYED_BYTES + 1_024,
    "every commit that a store takes has room in an entry"
);

/// Most entries told to the disk with one write and one fsync: the batch of a storm, at 3 KiB each less than
/// [`BATCH_BYTES_MAX`].
pub const BATCH_ENTRIES_MAX: usize = 1_024;

/// Most bytes told to the disk with one write and one fsync, but for the last request taken: 4 MiB is 20 ms of a slow
/// disk.
pub const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Most entries in one call of `append_all`: as many as a store gives changes in one answer, four times over.
pub const REQUEST_ENTRIES_MAX: usize = 1_024;

/// Most bytes in one call of `append_all`: several of the largest entries.
pub const REQUEST_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Most requests that wait for the writer: whoever comes then waits to be let in, and a server that is asked more
/// refuses long before.
pub const QUEUE_REQUESTS_MAX: usize = 4_096;

/// Most bytes that wait for the writer: eight full batches, so that a disk that stands still costs no more memory.
pub const QUEUE_BYTES_MAX: usize = 32 * 1024 * 1024;

const _: () = assert!(ENTRY_BYTES_MAX <= REQUEST_BYTES_MAX && REQUEST_BYTES_MAX <= QUEUE_BYTES_MAX);
const _: () = assert!(QUEUE_BYTES_MAX < u32::MAX as usize, "a semaphore is asked for 32 bits at once");

/// Most held commits that may wait to be settled: two hours of 250 calls a second with the store away. Each costs about
/// 170 bytes of memory.
pub const UNSETTLED_MAX: usize = 2_000_000;

/// Most held commits read back in one call.
pub const UNSETTLED_READ_MAX: usize = 1_024;

/// Most bytes of held commits read back in one call, but for the last one: what one goes through at a time.
pub const UNSETTLED_READ_BYTES: usize = 8 * 1024 * 1024;

/// Most changes that are found by their operations: those of the last minute of a storm, and of the last days of a city. Each
/// costs about 140 bytes of memory.
pub const FOLLOWED_KNOWN_MAX: usize = 65_536;

/// Most changes read ahead of whoever gives them back to a store, in each of which may be a megabyte.
pub const CHANGES_READ_AHEAD: usize = 16;

/// How long an entry stays at least: a day, so that a store restored from last night's copy can be given the rest.
pub const KEEP: Duration = Duration::from_secs(24 * 60 * 60);

/// How large a journal may grow before its state says so: a busy centre's week.
pub const BYTES_MAX: u64 = 8 * 1024 * 1024 * 1024;

/// Free space below which no more calls are held: what is left is for the changes that settle those already held, and
/// for whoever else writes on this disk.
pub const RESERVE_BYTES: u64 = 512 * 1024 * 1024;

/// Longest name of a node, in bytes.
pub const NODE_BYTES_MAX: usize = 64;

/// Longest reason of a refused commit, in bytes: a sentence. What is longer is cut.
pub const REASON_BYTES_MAX: usize = 512;

/// Most files set aside in a journal: a disk that damages more is damaged whole, and its bytes are still in the segments.
pub const QUARANTINE_FILES_MAX: usize = 1_024;
