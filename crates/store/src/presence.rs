//! Who is there: not commits, for only the last sight of a desk is worth anything.

use domain::StationId;
use jiff::Timestamp;

/// When each duty desk was last heard, by the store's own time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Presence {
    /// When it was asked.
    pub at: Timestamp,
    /// Every desk that was ever heard, by station.
    pub desks: Vec<DeskHeard>,
}

/// When a duty desk was last heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskHeard {
    /// Whose desk.
    pub station: StationId,
    /// The last time that a node told of somebody of it, in whole milliseconds.
    pub heard_at: Timestamp,
}
