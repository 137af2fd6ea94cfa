//! The store's limits, each with its reason. A limit that is passed is a refusal with nothing written.

use std::time::Duration;

use domain::limits::{
    ALARMS_ENDED_MAX, CALL_BYTES_MAX, CALL_BYTES_RESERVED, CALLS_PER_INCIDENT_MAX, INCIDENT_BYTES_MAX,
    INCIDENT_BYTES_RESERVED, JSON_BYTES_PER_BYTE, NEEDS_PER_INCIDENT_MAX, NOTE_BYTES_MAX, NOTES_OF_CHANGES,
    NOTES_PER_INCIDENT_MAX, RECOMMENDATIONS_MAX, RUNS_PER_INCIDENT_MAX, SENT_PER_COMMIT_MAX,
    UNITS_PER_NEED_MAX,
};

/// Most records one commit writes: a merge that moves every assignment and run of the largest incident. Each costs Redis
/// about 5 µs while everybody else waits; most commits write three.
pub const WRITES_MAX: usize = 256;

/// Most records a commit has written before another incident is served by it: each is nearly always given a handful.
pub const WRITTEN_BEFORE_ANOTHER_MAX: usize = 96;

/// Most further records one commit depends on: the work of the two largest incidents, read one by one because the board
/// has not heard of them yet.
pub const READS_MAX: usize = 512;

/// Most bytes of states, answer, actor and cause in one commit: the largest call joins the largest incident. Records aim
/// at less than 4 KiB, so nearly every commit is a hundredth of this.
pub const COMMIT_BYTES_MAX: usize = 640 * 1024;

/// Bytes of a commit beside its states at most, reckoned with below: an answer with the ids of every unit sent, who and
/// why.
const ANSWER_BYTES: usize = 16 * 1024;

/// Longest id in a record key, in bytes: a UUID has 36 and a slug 40.
pub const RECORD_ID_BYTES_MAX: usize = 64;

/// Most records asked for in one atomic read; a longer list is read in several.
pub const GET_KEYS_MAX: usize = 256;

/// Most changes in one answer: one frame of a busy second, usually below 1 MiB and never more than the stream holds.
pub const CHANGES_MAX: usize = 256;

/// Longest wait for changes: a follower that hears nothing this long looks whether the store is still the one it knows.
pub const CHANGES_WAIT_MAX: Duration = Duration::from_secs(10);

/// Most entries of an index in one answer.
pub const LIST_MAX: usize = 10_000;

/// Most records one `forget` removes: a closed incident with all that belongs to it, and small ones merged into it.
pub const FORGET_MAX: usize = 2_048;

/// Most positions in one batch: every unit of the largest centre, once.
pub const POSITIONS_MAX: usize = 10_000;

/// Most duty desks heard in one batch: every station of the largest country that one centre serves.
pub const DESKS_HEARD_MAX: usize = 2_000;

/// Longest name of a lease's holder, or of a node that offers changes, in bytes.
pub const HOLDER_BYTES_MAX: usize = 128;

/// How long a node's offer of changes counts without being renewed: several times what a busy node needs to renew it, and
/// short enough that a node that died keeps nobody waiting.
pub const OFFER_FRESH_FOR: Duration = Duration::from_secs(10);

/// Most nodes whose offers count at once: far more than serve one centre, and few enough to be read with every offer.
pub const OFFERING_NODES_MAX: usize = 64;

/// Most changes put back by one call: as many as one answer of the stream holds.
pub const PUT_BACK_CHANGES_MAX: usize = CHANGES_MAX;

/// Most records put back by one call: each costs Redis some 15 µs, so a call holds others up for 30 ms at most.
pub const PUT_BACK_RECORDS_MAX: usize = 8 * WRITES_MAX;

/// Most bytes put back by one call, as the stream counts them: a disk writes and syncs them in a small part of the time
/// that a node waits for an answer.
pub const PUT_BACK_BYTES_MAX: u64 = 2 * 1024 * 1024;

/// The highest number of a change: Lua counts in IEEE doubles, which hold every integer up to here.
pub const NUMBER_MAX: u64 = (1 << 53) - 1;

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
const _: () = assert!(
    COMMIT_BYTES_MAX
        > CALL_BYTES_MAX + CALL_BYTES_RESERVED + INCIDENT_BYTES_MAX + INCIDENT_BYTES_RESERVED + ANSWER_BYTES,
    "any call can join any incident"
);
const _: () = assert!(
    COMMIT_BYTES_MAX
        > INCIDENT_BYTES_MAX + INCIDENT_BYTES_RESERVED + JSON_BYTES_PER_BYTE * NOTE_BYTES_MAX + ANSWER_BYTES,
    "any note can be written on any incident"
);
const _: () = assert!(
    COMMIT_BYTES_MAX > 2 * (INCIDENT_BYTES_MAX + INCIDENT_BYTES_RESERVED) + 2 * RUNS_PER_INCIDENT_MAX * 1_024,
    "any two incidents can be merged, their assignments and runs being of the usual size"
);
const _: () = assert!(
    WRITES_MAX >= 2 + 2 * RUNS_PER_INCIDENT_MAX + ALARMS_ENDED_MAX,
    "a merge moves everything of the largest incident"
);
const _: () = assert!(
    WRITES_MAX >= 3 + 3 * UNITS_PER_NEED_MAX as usize + ALARMS_ENDED_MAX,
    "a desk sends as many units as a need may have, and is done with what else it was asked for it"
);
const _: () = assert!(
    WRITES_MAX
        >= WRITTEN_BEFORE_ANOTHER_MAX
            + 2
            + 4 * SENT_PER_COMMIT_MAX
            + NEEDS_PER_INCIDENT_MAX
            + 3
            + ALARMS_ENDED_MAX,
    "an incident is served with a shortfall of every kind, also behind others"
);
const _: () =
    assert!(READS_MAX >= 4 * RUNS_PER_INCIDENT_MAX + 16, "two incidents nobody has heard of are merged");
const _: () = assert!(
    FORGET_MAX
        > 1 + CALLS_PER_INCIDENT_MAX
            + NOTES_PER_INCIDENT_MAX
            + NOTES_OF_CHANGES
            + 3 * RUNS_PER_INCIDENT_MAX
            + RECOMMENDATIONS_MAX
            + 10 * ALARMS_ENDED_MAX,
    "the fullest incident leaves the store whole"
);
const _: () = assert!(
    PUT_BACK_BYTES_MAX
        >= COMMIT_BYTES_MAX as u64
            + CHANGE_OVERHEAD_BYTES
            + WRITES_MAX as u64 * CHANGED_RECORD_OVERHEAD_BYTES,
    "the largest change can be put back"
);
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
    /// How long an offer counts without being renewed; see [`OFFER_FRESH_FOR`].
    pub offer_fresh_for: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            remembered_for: REMEMBERED_FOR,
            stream_keeps: STREAM_KEEPS,
            stream_bytes: STREAM_BYTES_MAX,
            offer_fresh_for: OFFER_FRESH_FOR,
        }
    }
}
