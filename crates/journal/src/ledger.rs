//! The books of an open journal: which segments there are, what waits to be settled, and whether the disk has failed.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use jiff::Timestamp;
use store::Cursor;

use crate::{Sequence, entry::Gist, standing::Standing};

/// What a segment holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentSummary {
    /// The name of its file.
    pub name: String,
    /// The sequence of its first entry.
    pub first: Sequence,
    /// The sequence of its last entry; the one before `first` if it has none.
    pub last: Sequence,
    /// When its newest entry was written; absent if it has none.
    pub newest_at: Option<Timestamp>,
    /// How many held commits it has, settled or not.
    pub held: usize,
    /// How many changes.
    pub changes: usize,
    /// Its last change.
    pub last_change: Option<Cursor>,
    /// What it takes on the disk.
    pub bytes: u64,
}

/// Where a held commit can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) segment: Sequence,
    pub(crate) at: u64,
    /// Of the whole record.
    pub(crate) bytes: usize,
    /// When this run wrote it; absent if it was found when the journal was opened.
    pub(crate) noted: Option<Instant>,
}

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// By their first sequences.
    pub(crate) segments: BTreeMap<Sequence, SegmentSummary>,
    /// What waits, and what could be given back.
    pub(crate) standing: Standing<Place>,
    /// What the checksums of this journal's records begin with.
    pub(crate) seed: u32,
    pub(crate) last: Sequence,
    pub(crate) sealed: Option<Arc<str>>,
    pub(crate) is_full: bool,
    pub(crate) free_bytes: u64,
    pub(crate) damaged: usize,
}

impl Ledger {
    /// Notes a segment that was begun or found.
    pub(crate) fn begin(&mut self, name: String, first: Sequence, bytes: u64) {
        let last = Sequence::from_u64(first.as_u64().saturating_sub(1));
        let (newest_at, last_change) = (None, None);
        let summary =
            SegmentSummary { name, first, last, newest_at, held: 0, changes: 0, last_change, bytes };
        self.segments.insert(first, summary);
    }

    /// Notes an entry that is on the disk.
    pub(crate) fn note(&mut self, sequence: Sequence, gist: Gist, written_at: Timestamp, place: Place) {
        self.last = sequence;
        let summary =
            self.segments.get_mut(&place.segment).expect("a segment is begun before its first entry");
        summary.last = sequence;
        summary.newest_at = summary.newest_at.max(Some(written_at));
        match gist {
            Gist::Held(_) => summary.held += 1,
            Gist::Change { at, .. } => {
                summary.changes += 1;
                summary.last_change = Some(at);
            }
            Gist::Settled(_) => {}
        }
        self.standing.note(sequence, gist, place);
    }

    /// The last entry of the segments before the one that has the change after this one: all of them may be passed over
    /// by who looks for what follows it.
    pub(crate) fn before_change(&self, after: Cursor) -> Sequence {
        let is_older = |summary: &&SegmentSummary| {
            summary
                .last_change
                .is_none_or(|last| last.lineage != after.lineage || last.number <= after.number)
        };
        self.segments.values().take_while(is_older).last().map_or(Sequence::NONE, |summary| summary.last)
    }

    /// What a segment takes once it is finished.
    pub(crate) fn finish(&mut self, first: Sequence, bytes: u64) {
        if let Some(summary) = self.segments.get_mut(&first) {
            summary.bytes = bytes;
        }
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.segments.values().map(|summary| summary.bytes).sum()
    }

    /// The oldest segment, if another one follows it and nothing in it waits.
    pub(crate) fn oldest_settled(&self) -> Option<&SegmentSummary> {
        let mut segments = self.segments.values();
        let (oldest, _follower) = (segments.next()?, segments.next()?);
        let waits = self.standing.unsettled.range(..=oldest.last).next().is_some();
        (!waits).then_some(oldest)
    }
}
