//! The store's limits, each with its reason. A limit that is passed is a refusal with nothing written.

use std::time::Duration;

/// Most records one commit writes: a merge of a large incident is about forty; each costs Redis about 5 µs while
/// everybody else waits.
pub const WRITES_MAX: usize = 64;

/// Most further records one commit depends on: as many as it may write, for a decision is about what it writes.
pub const READS_MAX: usize = 64;

/// Most bytes of states, answer, actor and cause in one commit: 64 records of 1 KiB; records aim at less than 4 KiB.
pub const COMMIT_BYTES_MAX: usize = 64 * 1024;

/// Longest id in a record key, in bytes: a UUID has 36 and a slug 40.
pub const RECORD_ID_BYTES_MAX: usize = 64;

/// Most records asked for in one atomic read; a longer list is read in several.
pub const GET_KEYS_MAX: usize = 256;

/// Most changes in one answer: one frame of a busy second, and at most 16 MiB.
pub const CHANGES_MAX: usize = 256;

/// Longest wait for changes: a follower that hears nothing this long looks whether the store is still the one it knows.
pub const CHANGES_WAIT_MAX: Duration = Duration::from_secs(10);

/// Most entries of an index in one answer.
pub const LIST_MAX: usize = 10_000;

/// Most records one `forget` removes: a closed incident with all that belongs to it.
pub const FORGET_MAX: usize = 1_024;

/// Most positions in one batch: every unit of the largest centre, once.
pub const POSITIONS_MAX: usize = 10_000;

/// Most duty desks heard in one batch: every station of the largest country that one centre serves.
pub const DESKS_HEARD_MAX: usize = 2_000;

/// Longest name of a lease's holder, in bytes.
pub const HOLDER_BYTES_MAX: usize = 128;

/// How long an operation is remembered at least, by the times of the commits: two days, so that a gateway that was
/// cut off over a night and a day still gets its first answer.
pub const REMEMBERED_FOR: Duration = Duration::from_secs(48 * 60 * 60);

/// Most old operations one commit forgets: more than it adds, so the memory shrinks back after a burst, and few enough
/// that no commit is slow.
pub const FORGOTTEN_PER_COMMIT_MAX: usize = 4;

/// How long a change stays in the stream, by the times of the commits: a console that was away longer reloads anyway.
pub const STREAM_KEEPS: Duration = Duration::from_secs(15 * 60);

/// Most bytes of changes in the stream of one centre.
pub const STREAM_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Most changes one commit drops from the stream for their age; what is over the bytes goes at once.
pub const STREAM_AGED_PER_COMMIT_MAX: usize = 16;

/// What a change costs in the stream besides its texts, in bytes: field names, number, length prefixes.
pub const CHANGE_OVERHEAD_BYTES: u64 = 256;

/// What a record costs in a change besides its state, in bytes.
pub const CHANGED_RECORD_OVERHEAD_BYTES: u64 = 64;

const _: () =
    assert!(STREAM_BYTES_MAX > 100 * (COMMIT_BYTES_MAX as u64), "one commit is a small part of the stream");
const _: () = assert!(FORGOTTEN_PER_COMMIT_MAX > 1 && STREAM_AGED_PER_COMMIT_MAX > 1, "a backlog shrinks");

/// How long a store keeps what only helps for a while. The default is the limits above; tests and simulations make
/// it short. Every node of a centre must use the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// How long an operation is remembered at least; see [`REMEMBERED_FOR`].
    pub remembered_for: Duration,
    /// How long a change stays in the stream; see [`STREAM_KEEPS`].
    pub stream_keeps: Duration,
    /// Most bytes of changes in the stream; see [`STREAM_BYTES_MAX`]. The last change stays whatever its size.
    pub stream_bytes: u64,
}

impl Default for Retention {
    fn default() -> Self {
        Self { remembered_for: REMEMBERED_FOR, stream_keeps: STREAM_KEEPS, stream_bytes: STREAM_BYTES_MAX }
    }
}
