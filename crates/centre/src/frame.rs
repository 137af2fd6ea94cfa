//! A frame: what one watcher is told at once.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use domain::{RecordKey, Version};
use jiff::Timestamp;
use store::{Lineage, PositionReport};

use crate::{limits, ring::Told, scope::Watcher, subscription::Applied, view::ViewRecord};

/// What happened after one number up to another, in one watcher's scope.
///
/// A client that begins with a reset, applies the records of each frame and then removes what `left` lists, has after
/// every complete frame exactly the open records of its scope as after the change of number `through`. A record that
/// ends, and a note or recommendation (which are never open), comes once in `records` with its last state and stands in
/// `left` of the same frame. What is given elsewhere or restricted stands in `left` alone.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The line of history.
    pub lineage: Lineage,
    /// The number this frame continues from: the `through` of the frame before. 0 in the first frame of a whole
    /// picture.
    pub after: Version,
    /// The number reached with it.
    pub through: Version,
    /// Forget everything: this frame begins the whole picture anew.
    pub reset: bool,
    /// It goes on in the next frame. Until a frame says false the picture is not complete; `through` then is the number
    /// before it all, so it is safe to resume from.
    pub incomplete: bool,
    /// Records as they stand after `through`, each once.
    pub records: Vec<Arc<ViewRecord>>,
    /// Records to forget after that, each once.
    pub left: Vec<RecordKey>,
    /// Positions taken in since the frame before, of units in the scope that are on duty. Not numbered.
    pub positions: Vec<PositionReport>,
    /// How long ago, in real time, the picture was last known to be the store's. It grows while the store cannot be
    /// followed, so that a picture given then is not taken for a fresh one.
    pub age: Duration,
    /// The centre's time when it was made.
    pub at: Timestamp,
}

impl Frame {
    /// True if nothing in the scope happened: only that all is well.
    pub fn is_heartbeat(&self) -> bool {
        !self.reset && self.records.is_empty() && self.left.is_empty() && self.positions.is_empty()
    }

    /// The frame in parts of which each keeps the limits. Only the last says how far it all goes, so a client that is
    /// cut off between two parts resumes before them.
    pub(crate) fn parts(mut self) -> Vec<Self> {
        let (through, records) = (self.through, std::mem::take(&mut self.records));
        let (left, positions) = (std::mem::take(&mut self.left), std::mem::take(&mut self.positions));
        let mut parts = Parts {
            part: Self { through: self.after, incomplete: true, ..self },
            bytes: 0,
            full: Vec::new(),
        };
        for record in records {
            parts.room_for(record.bytes);
            parts.part.records.push(record);
        }
        // what leaves comes after what it was at last
        for key in left {
            parts.room_for(limits::LEFT_BYTES);
            parts.part.left.push(key);
        }
        for position in positions {
            parts.room_for(limits::POSITION_BYTES);
            parts.part.positions.push(position);
        }
        let last = Self { through, incomplete: false, ..parts.part };
        parts.full.push(last);
        parts.full
    }
}

/// A frame being cut into parts.
struct Parts {
    part: Frame,
    bytes: usize,
    full: Vec<Frame>,
}

impl Parts {
    /// Begins the next part if this one has no room for so many bytes more. One thing always has room.
    fn room_for(&mut self, bytes: usize) {
        let is_full = self.part.records.len() == limits::FRAME_RECORDS_MAX
            || (self.bytes > 0 && self.bytes + bytes > limits::FRAME_BYTES_MAX);
        if is_full {
            let next = Frame {
                reset: false,
                records: Vec::new(),
                left: Vec::new(),
                positions: Vec::new(),
                ..self.part.clone()
            };
            self.full.push(std::mem::replace(&mut self.part, next));
            self.bytes = 0;
        }
        self.bytes += bytes;
    }
}

/// Several changes as one watcher is told of them at once: of each record only the last.
#[derive(Default)]
pub(crate) struct Gathered {
    records: BTreeMap<RecordKey, (Option<Arc<ViewRecord>>, bool)>,
    bytes: usize,
    changes: usize,
}

impl Gathered {
    /// True if no further change should be added; one is always taken.
    pub(crate) fn is_full(&self) -> bool {
        self.changes >= limits::FRAME_CHANGES_MAX
            || self.records.len() >= limits::FRAME_RECORDS_MAX
            || self.bytes >= limits::FRAME_BYTES_MAX
    }

    pub(crate) fn add(&mut self, applied: &Applied, watcher: &Watcher) {
        self.changes += 1;
        for entry in &applied.entries {
            let (record, left) = match entry.told(watcher) {
                Told::Nothing => continue,
                Told::Record(record) => (Some(record), false),
                Told::LastRecord(record) => (Some(record), true),
                Told::Left => (None, true),
            };
            self.bytes += record.as_ref().map_or(0, |record| record.bytes);
            self.records.insert(entry.key.clone(), (record, left));
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    pub(crate) fn into_parts(self) -> (Vec<Arc<ViewRecord>>, Vec<RecordKey>) {
        let mut records = Vec::with_capacity(self.records.len());
        let mut left = Vec::new();
        for (key, (record, has_left)) in self.records {
            records.extend(record);
            if has_left {
                left.push(key);
            }
        }
        (records, left)
    }
}
