//! The names of a centre's keys: all with its hash tag, so one user's rights and one slot hold them all.

use domain::{CentreId, RecordKey};

/// The keys of one centre.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    pub(crate) head: String,
    pub(crate) restoring: String,
    pub(crate) changes: String,
    pub(crate) trail: String,
    pub(crate) operations: String,
    pub(crate) ages: String,
    pub(crate) open: String,
    pub(crate) queue: String,
    pub(crate) closed: String,
    pub(crate) positions: String,
    pub(crate) presence: String,
    pub(crate) lease: String,
    records: String,
}

impl Keys {
    pub(crate) fn new(centre: &CentreId) -> Self {
        let key = |name: &str| format!("kezek:{{{centre}}}:{name}");
        Self {
            head: key("head"),
            restoring: key("restoring"),
            changes: key("changes"),
            trail: key("trail"),
            operations: key("operations"),
            ages: key("ages"),
            open: key("open"),
            queue: key("queue"),
            closed: key("closed"),
            positions: key("positions"),
            presence: key("presence"),
            lease: key("lease"),
            records: key("record:"),
        }
    }

    /// The keys that a change is written to besides its records; `kezek.lua` counts on their order.
    pub(crate) fn fixed(&self) -> [&String; 8] {
        let Self { head, changes, trail, operations, ages, open, queue, closed, .. } = self;
        [head, changes, trail, operations, ages, open, queue, closed]
    }

    pub(crate) fn record(&self, key: &RecordKey) -> String {
        format!("{}{key}", self.records)
    }
}
