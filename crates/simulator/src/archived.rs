//! The lines of a centre's archive, as whoever checks one reads them.

use std::collections::BTreeMap;

use domain::{RecordKey, Version};
use serde::Deserialize;
use serde_json::Value;

/// One line: what ended, with every record that belongs to it.
#[derive(Deserialize)]
pub(crate) struct Line {
    /// The records, by their keys.
    pub(crate) records: BTreeMap<RecordKey, Kept>,
}

/// One record without its key.
#[derive(Deserialize)]
pub(crate) struct Kept {
    /// The change that wrote it last.
    pub(crate) version: Version,
    /// As the store held it.
    pub(crate) state: Value,
}

impl Line {
    /// Reads a line.
    ///
    /// # Errors
    /// It is none.
    pub(crate) fn read(line: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(line)
    }
}
