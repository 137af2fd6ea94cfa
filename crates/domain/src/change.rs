//! A change: one committed step, numbered, with the new state of every record it touched.

use jiff::Timestamp;

use crate::{OperationId, Version, record::Record};

/// One committed step.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Its number: dense, from 1, within one lineage. Every record in it has this version.
    pub number: Version,
    /// The operation that made it.
    pub operation: OperationId,
    /// Who asked.
    pub actor: String,
    /// What was asked, as one word (`take_call`, `send_unit` …).
    pub cause: String,
    /// When it was committed, by the committing node's clock.
    pub at: Timestamp,
    /// The new state of each record it touched.
    pub records: Vec<Record>,
}
