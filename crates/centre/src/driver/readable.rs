//! Reads records as the store holds them, and passes over those that cannot be read: of a newer release, after a step
//! back to an older one, or damaged. One such record must not keep a centre from taking calls.

use domain::{
    RecordKey, Version,
    change::Change,
    record::{Record, Versioned},
};

/// A record of which only the key and the version are known.
pub(crate) type Damaged = (RecordKey, Version);

/// Reads one state. Why it cannot be read is logged without its content, which may be a caller's words.
pub(crate) fn read(key: &RecordKey, version: Version, state: &str) -> Result<Versioned<Record>, Damaged> {
    match Record::from_json(key, state) {
        Ok(record) => Ok(Versioned { version, record }),
        Err(error) => {
            let (class, column) = (error.source.classify(), error.source.column());
            tracing::error!(%key, %version, ?class, column, "a record of the store cannot be read and is passed over");
            Err((key.clone(), version))
        }
    }
}

/// A change as far as it can be read.
pub(crate) struct Decoded {
    pub(crate) change: Change,
    /// How large each of its records is, in bytes of JSON, in their order.
    pub(crate) sizes: Vec<usize>,
    /// What cannot be read of it.
    pub(crate) damaged: Vec<Damaged>,
}

/// Reads the records of a change.
pub(crate) fn decode(change: store::Change) -> Decoded {
    let (mut damaged, mut sizes) = (Vec::new(), Vec::with_capacity(change.records.len()));
    let mut records = Vec::with_capacity(change.records.len());
    for record in &change.records {
        match read(&record.key, change.number, &record.state) {
            Ok(read) => {
                records.push(read.record);
                sizes.push(record.state.len());
            }
            Err(passed_over) => damaged.push(passed_over),
        }
    }
    let store::Change { number, operation, actor, cause, at, .. } = change;
    Decoded { change: Change { number, operation, records, actor, cause, at }, sizes, damaged }
}

/// Shows how many records cannot be read.
pub(super) fn count(damaged: usize) {
    metrics::gauge!("kezek_store_damaged_records").set(u32::try_from(damaged).unwrap_or(u32::MAX));
}
