//! Everything that can be asked of a store, to compare two stores, or one with itself.

use std::time::Duration;

use domain::{RecordKey, Version};
use jiff::Timestamp;
use store::{Changes, Closed, Cursor, QueueScore, Remembered, SharedStore, Store, Versioned};

use crate::making::operation;

/// What a store said. Positions, presence and the lease are left out: they are no part of its history.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Picture {
    pub(crate) tip: Cursor,
    pub(crate) records: Vec<Option<Versioned>>,
    pub(crate) open: Vec<RecordKey>,
    pub(crate) queue: Vec<(RecordKey, QueueScore)>,
    pub(crate) closed: Vec<Closed>,
    pub(crate) remembered: Vec<Option<Remembered>>,
    /// What follows each number, from 0 to the one after the tip.
    pub(crate) changes: Vec<Changes>,
}

impl Picture {
    /// Asks for these records and for the operations of these names.
    pub(crate) async fn of(store: &dyn Store, records: &[RecordKey], operations: &[String]) -> Self {
        let tip = store.tip().await.expect("an answer");
        let mut remembered = Vec::new();
        for name in operations {
            remembered.push(store.remembered(operation(name)).await.expect("an answer"));
        }
        let mut changes = Vec::new();
        for number in 0..=tip.number.0 + 1 {
            let after = Cursor { number: Version(number), ..tip };
            changes.push(store.changes_after(after, 99, Duration::ZERO).await.expect("an answer"));
        }
        Self {
            tip,
            records: store.get(records).await.expect("an answer"),
            open: store.open().await.expect("an answer"),
            queue: store.queue(0, 99).await.expect("an answer"),
            closed: store.closed_before(Timestamp::MAX, None, 99).await.expect("an answer"),
            remembered,
            changes,
        }
    }
}

/// Everything in the histories of [`crate::suite::restored`].
pub(crate) async fn picture(store: &SharedStore) -> Picture {
    let (records, operations) = crate::suite::restored::named();
    Picture::of(&**store, &records, &operations).await
}
