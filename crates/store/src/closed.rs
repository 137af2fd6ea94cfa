//! What is closed, in the order in which a store lists it.

use std::cmp::Ordering;

use domain::RecordKey;
use jiff::Timestamp;

/// A closed record: the longest closed is the least, and of those closed at once the one whose key's text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// When it was closed, in whole milliseconds.
    pub at: Timestamp,
    /// Which record.
    pub key: RecordKey,
}

impl Ord for Closed {
    fn cmp(&self, other: &Self) -> Ordering {
        self.at.cmp(&other.at).then_with(|| self.key.to_string().cmp(&other.key.to_string()))
    }
}

impl PartialOrd for Closed {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
