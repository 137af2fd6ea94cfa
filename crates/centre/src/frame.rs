//! A frame: what one watcher is told at once.

use std::{
    collections::BTreeMap,
    ops::Deref,
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;
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
    /// What is told: the same for all who watch the same from the same place, and read as if it stood here.
    pub body: Arc<Body>,
    /// How long ago, in real time, the picture was last known to be the store's. It grows while the store cannot be
    /// followed, so that a picture given then is not taken for a fresh one.
    pub age: Duration,
    /// The centre's time when it was made.
    pub at: Timestamp,
}

impl Frame {
    /// True if nothing in the scope happened: only that all is well.
    pub fn is_heartbeat(&self) -> bool {
        !self.reset && self.body.is_empty()
    }

    /// The same frame with one body after the other. Only the last says how far it all goes, so a client that is cut off
    /// between two resumes before them.
    pub(crate) fn with_each(self, bodies: &[Arc<Body>]) -> impl Iterator<Item = Self> {
        let last = bodies.len().saturating_sub(1);
        bodies.iter().enumerate().map(move |(index, body)| Self {
            through: if index == last { self.through } else { self.after },
            incomplete: index != last,
            reset: self.reset && index == 0,
            body: Arc::clone(body),
            ..self.clone()
        })
    }
}

impl Deref for Frame {
    type Target = Body;

    fn deref(&self) -> &Body {
        &self.body
    }
}

/// What a frame tells.
#[derive(Debug, Default)]
pub struct Body {
    /// Records as they stand after the frame's `through`, each once.
    pub records: Vec<Arc<ViewRecord>>,
    /// Records to forget after that, each once.
    pub left: Vec<RecordKey>,
    /// Positions taken in since the frame before, of units in the scope that are on duty. Not numbered.
    pub positions: Vec<PositionReport>,
    encoded: OnceLock<Bytes>,
}

impl Body {
    /// True if it tells nothing.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty() && self.left.is_empty() && self.positions.is_empty()
    }

    /// The body as it travels. Encoded by the first who asks, for all: every caller must pass the same encoding.
    pub fn encoded(&self, encode: impl FnOnce(&Self) -> Bytes) -> Bytes {
        self.encoded.get_or_init(|| encode(self)).clone()
    }

    /// Everything in parts of which each keeps the limits of a frame; one, if there is nothing.
    pub(crate) fn parts(
        records: Vec<Arc<ViewRecord>>,
        left: Vec<RecordKey>,
        positions: Vec<PositionReport>,
    ) -> Vec<Arc<Self>> {
        let mut parts = Parts::default();
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
        parts.full.push(Arc::new(parts.part));
        parts.full
    }
}

/// A body being cut into parts.
#[derive(Default)]
struct Parts {
    part: Body,
    bytes: usize,
    full: Vec<Arc<Body>>,
}

impl Parts {
    /// Begins the next part if this one has no room for so many bytes more. One thing always has room.
    fn room_for(&mut self, bytes: usize) {
        let is_full = self.part.records.len() == limits::FRAME_RECORDS_MAX
            || (self.bytes > 0 && self.bytes + bytes > limits::FRAME_BYTES_MAX);
        if is_full {
            self.full.push(Arc::new(std::mem::take(&mut self.part)));
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
    is_readers_own: bool,
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
            self.is_readers_own |= entry.is_restricted();
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

    /// True if another reader with the same scope and view might be told something else.
    pub(crate) const fn is_readers_own(&self) -> bool {
        self.is_readers_own
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
