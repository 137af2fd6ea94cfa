//! What a watcher was shown, as much of it as can be checked later.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One frame of a stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownFrame {
    /// The line of history.
    pub lineage: String,
    /// The number it went on from.
    pub after: u64,
    /// The number it reached.
    pub through: u64,
    /// True if everything shown before was to be forgotten.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_reset: bool,
    /// The records in it, by the text of their keys.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub records: BTreeMap<String, ShownRecord>,
}

/// One record of a frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownRecord {
    /// The change that had written it last.
    pub version: u64,
    /// A digest of all that was shown of it.
    pub digest: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_false(it: &bool) -> bool {
    !*it
}
