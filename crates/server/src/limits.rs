//! The limits of the doors in one place, each with its reason.

use std::time::Duration;

/// Largest request, in bytes; the contract names it. A call with its longest narrative fits.
pub const REQUEST_BYTES_MAX: usize = 64 * 1024;

/// Largest request that carries a directory, in bytes: a country's centre with surveyed borders.
pub const DIRECTORY_REQUEST_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Files in one directory; the contract names it.
pub const DIRECTORY_FILES_MAX: usize = 256;

/// Largest answer, in bytes: a page of 500 incidents, or an incident with all that belongs to it.
pub const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Largest frame of a watch, in bytes; the contract names it.
pub const FRAME_BYTES_MAX: usize = 1024 * 1024;

/// How long one request may take. Redis answers in milliseconds; a caller who has waited so long asks again.
pub const REQUEST_TIME_MAX: Duration = Duration::from_secs(5);

/// How long a request with a directory may take: it is written in many commits.
pub const DIRECTORY_TIME_MAX: Duration = Duration::from_secs(60);

/// Part of all requests at once that only calls coming in may use, in percent: a flood of anything else must never
/// keep a call out.
pub const INTAKE_RESERVE_PERCENT: usize = 25;

/// Oldest a stream may get. The contract says 25 minutes; a little less, so that it holds on a slow machine.
pub const STREAM_AGE_MAX: Duration = Duration::from_secs(24 * 60);

/// Streams of health at once. They are open to everybody, so their places are their own: nobody without a token keeps a
/// console out. A node has one or two balancers in front of it.
pub const HEALTH_STREAMS_MAX: usize = 64;

/// How much of [`STREAM_AGE_MAX`] streams differ by, so that a hundred consoles do not come back at the same moment.
pub const STREAM_AGE_JITTER: Duration = Duration::from_secs(4 * 60);

/// When a connection is told to make no new requests: clients then open another, which may lead to another node.
pub const CONNECTION_AGE_MAX: Duration = Duration::from_secs(30 * 60);

/// How long a new connection may be silent or say too little to tell which HTTP it speaks, and a TLS handshake may take.
pub const BEGINNING_WITHIN: Duration = Duration::from_secs(5);

/// Streams one connection may have at once.
pub const STREAMS_PER_CONNECTION: u32 = 128;

/// Calls of one gateway's stream that are worked on at once; the contract names it. As many as one connection may ask for
/// at once by single requests.
pub const CALLS_PER_STREAM_MAX: usize = STREAMS_PER_CONNECTION as usize;

/// How often a silent connection is asked whether it is still there.
pub const PING_EVERY: Duration = Duration::from_secs(10);

/// How long it may take to answer that.
pub const PING_WITHIN: Duration = Duration::from_secs(5);

/// Resets of streams not yet accepted before a connection is cut: more is an attack (CVE-2023-44487).
pub const PENDING_RESETS_MAX: usize = 20;

/// Resets that we sent for a peer's errors before a connection is cut.
pub const LOCAL_RESETS_MAX: usize = 256;

/// Largest block of headers, in bytes: a token is at most 8 KiB.
pub const HEADER_BYTES_MAX: u32 = 16 * 1024;

/// Bytes one stream may send before we have read them.
pub const STREAM_WINDOW_BYTES: u32 = 64 * 1024;

/// The same for a whole connection.
pub const CONNECTION_WINDOW_BYTES: u32 = 1024 * 1024;

/// Bytes one stream may have waiting for a peer that does not read.
pub const STREAM_SEND_BYTES: usize = 64 * 1024;

/// Pause when the process has no file left for another connection: asking at once would only burn a core.
pub const NO_FILE_PAUSE: Duration = Duration::from_millis(50);

/// How long requests in flight may take after a stop was asked for and streams were ended.
pub const DRAIN_TIME_MAX: Duration = Duration::from_secs(7);

/// Longest notice before streams are ended that may be configured.
pub const DRAIN_NOTICE_MAX: Duration = Duration::from_secs(5);

/// How long the store may take to let go of the dispatcher's lease; else it runs out by itself.
pub const LEASE_RELEASE_MAX: Duration = Duration::from_millis(500);

/// How long a private Redis may take to end. It has everything on the disk that was acknowledged and outlives us: the next
/// start adopts it, or reads what it left.
pub const REDIS_STOP_MAX: Duration = Duration::from_secs(2);

/// How long a node takes to stop at most: systemd and compose wait 20 s before they kill it.
pub const STOP_MAX: Duration = Duration::from_secs(15);

/// Tokens whose signature need not be computed again: those of everybody at work in a large centre. One more, and all are
/// computed once more.
pub const TOKENS_KNOWN_MAX: usize = 4_096;

/// How often key files are looked at for new keys.
pub const KEYS_REREAD_EVERY: Duration = Duration::from_secs(30);

/// Positions in one message; the contract names it.
pub const POSITIONS_PER_MESSAGE_MAX: usize = 500;

/// Numbers reserved on disk at once: one write of the disk for so many calls, and so many left out by a crash.
pub const NUMBERS_RESERVED: u64 = 100;

/// How long a read waits at most until the board shows what this node itself changed before: many times what a change takes
/// to come round, and little enough for a console.
pub const OWN_CHANGES_WAIT: Duration = Duration::from_millis(500);

/// How often it is looked at what the journal needs no more.
pub const JOURNAL_RETIRE_EVERY: Duration = Duration::from_secs(600);

/// Longest time that one review goes over; the contract names it. A shift.
pub const REVIEW_SPAN_MAX: Duration = Duration::from_hours(12);

/// Reviews at once on a node; the contract names it. Each reads the journal from its beginning and keeps a board of its own.
pub const REVIEWS_MAX: usize = 4;

/// How long whoever wants to look back waits for a place: what reads for somebody who left notices it at the next change.
pub const REVIEW_PLACE_WAIT: Duration = Duration::from_secs(1);

/// How long a review waits until this node has heard what the store has: far more than a node lags behind that is well.
pub const REVIEW_HEARD_WAIT: Duration = Duration::from_secs(5);

/// Frames of a review that are made before the client took them.
pub const REVIEW_FRAMES_AHEAD: usize = 4;

/// Shortest time that service levels are counted over; the contract names it. The longest is what is kept.
pub const LEVELS_WINDOW_MIN: Duration = Duration::from_secs(60);

/// What service levels are counted over unless said otherwise.
pub const LEVELS_WINDOW_USUAL: Duration = Duration::from_secs(3_600);

/// Longer than this, reading the journal for service levels may not keep up with a flood: about half of what the ring keeps then.
pub const LEVELS_READ_SLOW: Duration = Duration::from_secs(30);

/// Parts of the basemap that are read at once. They are open to everybody, and each takes a thread while the disk is read.
pub const BASEMAP_READS_MAX: usize = 64;

/// Bytes of the basemap that are read at once for one who asks.
pub const BASEMAP_PIECE_BYTES: usize = 64 * 1024;

/// How often the archiver looks for incidents to archive.
pub const ARCHIVE_EVERY: Duration = Duration::from_secs(60);

const _: () =
    assert!(domain::limits::NARRATIVE_BYTES_MAX < REQUEST_BYTES_MAX, "the longest narrative fits a request");
const _: () = assert!(INTAKE_RESERVE_PERCENT < 100, "something is left for everything else");
const _: () = assert!(STREAM_AGE_JITTER.as_secs() < STREAM_AGE_MAX.as_secs(), "a stream has an age");
const _: () =
    assert!(STREAM_AGE_MAX.as_secs() < CONNECTION_AGE_MAX.as_secs(), "a stream ends before its connection");
const _: () = assert!(
    DRAIN_NOTICE_MAX.as_millis()
        + DRAIN_TIME_MAX.as_millis()
        + LEASE_RELEASE_MAX.as_millis()
        + REDIS_STOP_MAX.as_millis()
        < STOP_MAX.as_millis(),
    "a stop takes as long as promised at most, whatever clients and Redis do"
);
