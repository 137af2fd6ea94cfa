//! The limits of the live picture in one place, each with its reason.

use std::time::Duration;

/// How often a watcher that has nothing to hear hears so. A console calls its picture old after 5 s, so one beat may
/// be lost.
pub const HEARTBEAT: Duration = Duration::from_secs(2);

/// How long a watcher that knows more than this node waits for the node to catch up before it starts anew: the other
/// node it came from may be a moment ahead.
pub const AHEAD_WAIT: Duration = Duration::from_secs(2);

/// How long one request for changes waits. After a silent second the node asks again and so learns that the store is
/// still there.
pub const FOLLOW_WAIT: Duration = Duration::from_secs(1);

/// First pause before the store is asked again after it failed; it doubles up to [`RETRY_MAX`].
pub const RETRY_MIN: Duration = Duration::from_millis(50);

/// Longest pause before the store is asked again: a console should not wait longer for a store that is back.
pub const RETRY_MAX: Duration = Duration::from_secs(1);

/// How often positions are told to the store: in one call per node, whatever the number of units.
pub const POSITIONS_EVERY: Duration = Duration::from_secs(1);

/// How many positions are taken in while nobody can read the picture: each moves a unit in the tree of its kind, which takes
/// about a microsecond (`cargo bench -p benches --bench recommend`).
pub const POSITIONS_TAKEN_AT_ONCE: usize = 256;

/// How often a node tells which duty desks it has and sees those of all: several times within
/// [`DESK_LINK_GRACE`](domain::limits::DESK_LINK_GRACE), so that lost calls make nobody gone.
pub const PRESENCE_EVERY: Duration = Duration::from_secs(1);

/// How often the highest number seen is made safe on disk.
pub const SEEN_MARK_EVERY: Duration = Duration::from_secs(1);

/// How long changes wait to be shown for a journal whose disk neither writes nor fails.
pub const JOURNAL_WAIT: Duration = Duration::from_secs(2);

/// How long a journal is left alone that could not keep something: asking it costs what was missed since, read again.
pub const JOURNAL_RETRY: Duration = Duration::from_secs(5);

/// How often a node renews what it offers to a store that is being restored, and looks how far that is.
pub const OFFER_EVERY: Duration = Duration::from_millis(200);

/// How long changes are put back before the offer is renewed: an offer counts for
/// [`OFFER_FRESH_FOR`](store::limits::OFFER_FRESH_FOR).
pub const PUT_BACK_FOR: Duration = Duration::from_secs(2);

/// How long a restore takes at least: the nodes that ask the store once a second have all said by then what they hold.
pub const RESTORE_GRACE: Duration = Duration::from_secs(3);

/// Most changes in one frame: a watcher that was away catches up in few frames.
pub const FRAME_CHANGES_MAX: usize = 512;

/// Most records in one frame.
pub const FRAME_RECORDS_MAX: usize = 1_000;

/// Most bytes of records (as JSON, which is larger than protobuf) in one frame, unless a single record is larger. The
/// contract promises frames below 1 MiB.
pub const FRAME_BYTES_MAX: usize = 512 * 1024;

/// What a key in `left` counts for in a frame, in bytes: a kind and a UUID or the longest slug.
pub const LEFT_BYTES: usize = 64;

/// What a position counts for in a frame, in bytes: a unit, two times, three numbers.
pub const POSITION_BYTES: usize = 128;

/// How many stretches of changes are kept as they are told: a few for each scope that many watch, one for each tick that
/// the slowest of them lag. A frame's limit bounds each, so together they are no more than the ring.
pub const TELLINGS_MAX: usize = 64;

/// Watchers who are told at once of every change. Beyond them everybody is told in ticks: waking one costs about as much as
/// telling it forty changes, and what many are told at once is gathered once.
pub const TICK_WATCHERS_MIN: usize = 100;

/// How many further watchers make the tick [`TICK`] longer.
pub const TICK_WATCHERS_STEP: usize = 25;

/// The tick for each further [`TICK_WATCHERS_STEP`] watchers, up to [`TICK_MAX`]. It passes after a change, so one that
/// comes alone never waits.
pub const TICK: Duration = Duration::from_millis(1);

/// Longest tick: a person does not see 40 ms.
pub const TICK_MAX: Duration = Duration::from_millis(40);

/// Most changes a subscriber is given at once.
pub const HEARD_MAX: usize = 256;

/// Most deadlines given at once; the others follow at once. Whoever waits for a unit waits while they are acted on.
pub const DUE_MAX: usize = 64;

/// Shortest pause between two looks for due deadlines when only changes woke the looker. Deadlines are whole seconds.
pub const DUE_LOOK_EVERY: Duration = Duration::from_millis(20);

/// How long a deadline that was given waits before it is given again, in seconds of the centre; it doubles each time.
pub const DUE_AGAIN_SECONDS: u32 = 5;

/// How often that wait doubles: 5 s become at most 640 s.
pub const DUE_AGAIN_DOUBLINGS_MAX: u32 = 7;

/// Most parts a directory may stand in: 4,096 parts of 48 KiB are 192 MiB, more than any country's.
pub const DIRECTORY_PARTS_MAX: u32 = 4_096;

/// How much of the past the ring keeps for watchers that resume or lag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RingLimits {
    /// Most changes; at least 1 is kept.
    pub changes: usize,
    /// Most bytes of their records as JSON.
    pub bytes: usize,
}

impl Default for RingLimits {
    /// 16,384 changes are over a minute of the worst flood (200 changes a second); 32 MiB bound them if they are large.
    fn default() -> Self {
        Self { changes: 16_384, bytes: 32 * 1024 * 1024 }
    }
}

const _: () = assert!(HEARTBEAT.as_millis() * 2 < 5_000, "one lost beat is not an old picture");
const _: () =
    assert!(TELLINGS_MAX * FRAME_BYTES_MAX <= 32 * 1024 * 1024, "what is told is no more than the ring");
const _: () = assert!(RETRY_MIN.as_millis() < RETRY_MAX.as_millis(), "a pause grows");
const _: () = assert!(FRAME_BYTES_MAX * 2 <= 1024 * 1024, "a frame and its largest record fit the contract");
