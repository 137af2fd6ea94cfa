//! How long this side waits for Redis, each time with its reason.

use std::time::Duration;

/// Longest wait for one connection to be set up.
pub const CONNECT: Duration = Duration::from_secs(1);

/// Longest wait for a reply: a disk that takes this long to write is as good as away.
pub const RESPONSE: Duration = Duration::from_millis(800);

/// Longest wait for the link to come back before a request gives up: most of a restart, and short enough that a
/// request never takes more than a second and a half.
pub const LINK: Duration = Duration::from_millis(600);

/// How much later than asked for a blocking read may answer.
pub const BLOCKING_MARGIN: Duration = Duration::from_millis(500);

/// Timeouts in a row after which a connection is given up: a stopped process still accepts what is sent to it, so
/// nothing but silence shows it.
pub const TIMEOUTS_IN_A_ROW: u32 = 3;

/// First pause between attempts to connect; it doubles.
pub const BACKOFF_MIN: Duration = Duration::from_millis(50);

/// Longest pause between attempts to connect.
pub const BACKOFF_MAX: Duration = Duration::from_millis(500);

/// Most connections kept for whoever must wait on one of its own: a follower, of which a node has one and tests a few, and
/// each call that commits where replicas are waited for.
pub const FOLLOWERS_MAX: usize = 4 + CALLS_MAX;

/// Longest wait for replicas to have a commit: less than a call that the journal has waits for the store, so that it is
/// answered as stored and not as journaled.
pub const REPLICATION: Duration = Duration::from_millis(200);

/// The same after a commit that not enough had in time, until enough have one again: a replica that is away for an hour must
/// not cost each commit of that hour the whole wait.
pub const REPLICATION_SHORT: Duration = Duration::from_millis(20);

/// Most calls that commit at once before others queue and go together: more than a steady stream of calls has under way,
/// and few enough that a flood is sent in groups.
pub const CALLS_MAX: usize = 8;

/// Most commits in one call: what Redis does in about a millisecond, while everybody else waits.
pub const GROUP_COMMITS_MAX: usize = 32;

/// Most records in one call of several commits.
pub const GROUP_RECORDS_MAX: usize = 256;

/// Most bytes of one call of several commits, as the stream counts them.
pub const GROUP_BYTES_MAX: u64 = 256 * 1024;

const _: () = assert!(
    REPLICATION.as_millis() < RESPONSE.as_millis(),
    "an answer that waits is still an answer in time"
);
const _: () =
    assert!(LINK.as_millis() + RESPONSE.as_millis() <= 1_500, "a request answers within a second and a half");
