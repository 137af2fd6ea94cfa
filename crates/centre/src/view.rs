//! A record as watchers get it, held once however many watch.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use domain::{RecordKey, Version, record::Record};

use crate::{redact, scope::View};

/// A record in one view, at one version.
#[derive(Debug)]
pub struct ViewRecord {
    /// Which record.
    pub key: RecordKey,
    /// The change that last wrote it.
    pub version: Version,
    /// The record, as much of it as the view shows.
    pub record: Record,
    /// About how large it is, in bytes of JSON.
    pub(crate) bytes: usize,
    encoded: OnceLock<Bytes>,
}

impl ViewRecord {
    fn new(key: RecordKey, version: Version, record: Record, bytes: usize) -> Arc<Self> {
        Arc::new(Self { key, version, record, bytes, encoded: OnceLock::new() })
    }

    /// The record as it travels. Encoded by the first who asks, for all: every caller must pass the same encoding.
    pub fn encoded(&self, encode: impl FnOnce(&Record) -> Bytes) -> Bytes {
        self.encoded.get_or_init(|| encode(&self.record)).clone()
    }
}

/// A record in both views; the redacted one is made when somebody asks for it.
#[derive(Debug)]
pub(crate) struct BothViews {
    pub(crate) full: Arc<ViewRecord>,
    redacted: OnceLock<Arc<ViewRecord>>,
}

impl BothViews {
    pub(crate) fn new(version: Version, record: Record, bytes: usize) -> Arc<Self> {
        let full = ViewRecord::new(record.key(), version, record, bytes);
        Arc::new(Self { full, redacted: OnceLock::new() })
    }

    pub(crate) fn of(&self, view: View) -> Arc<ViewRecord> {
        match view {
            View::Full => Arc::clone(&self.full),
            View::Redacted => {
                let redacted = || {
                    let full = &self.full;
                    ViewRecord::new(full.key.clone(), full.version, redact(&full.record), full.bytes)
                };
                Arc::clone(self.redacted.get_or_init(redacted))
            }
        }
    }
}
