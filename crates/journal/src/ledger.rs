//! The books of an open journal: which segments there are, what waits to be settled, and whether the disk has failed.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use domain::OperationId;
use jiff::Timestamp;
use store::{Cursor, Tail};

use crate::{Sequence, entry::Gist};

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
    pub(crate) operation: OperationId,
    pub(crate) segment: Sequence,
    pub(crate) at: u64,
    /// Of the whole record.
    pub(crate) bytes: usize,
}

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// By their first sequences.
    pub(crate) segments: BTreeMap<Sequence, SegmentSummary>,
    pub(crate) unsettled: BTreeMap<Sequence, Place>,
    by_operation: HashMap<OperationId, Vec<Sequence>>,
    /// What the checksums of this journal's records begin with.
    pub(crate) seed: u32,
    pub(crate) last: Sequence,
    /// The last changes, with none missing between them.
    pub(crate) tail: Option<Tail>,
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
    pub(crate) fn note(
        &mut self,
        sequence: Sequence,
        gist: Gist,
        written_at: Timestamp,
        place: (Sequence, u64, usize),
    ) {
        self.last = sequence;
        let (segment, at, bytes) = place;
        let summary = self.segments.get_mut(&segment).expect("a segment is begun before its first entry");
        summary.last = sequence;
        summary.newest_at = summary.newest_at.max(Some(written_at));
        match gist {
            Gist::Held(operation) => {
                summary.held += 1;
                self.unsettled.insert(sequence, Place { operation, segment, at, bytes });
                self.by_operation.entry(operation).or_default().push(sequence);
            }
            Gist::Change { at, operation } => {
                summary.changes += 1;
                summary.last_change = Some(at);
                self.extend_tail(at);
                self.settle(operation);
            }
            Gist::Settled(operation) => self.settle(operation),
        }
    }

    fn settle(&mut self, operation: OperationId) {
        for held in self.by_operation.remove(&operation).unwrap_or_default() {
            self.unsettled.remove(&held);
        }
    }

    /// A change that does not follow on the last one begins a tail of its own; one that is there already changes nothing.
    fn extend_tail(&mut self, at: Cursor) {
        match &mut self.tail {
            Some(tail) if tail.lineage == at.lineage && at.number.0 == tail.last.0 + 1 => {
                tail.last = at.number
            }
            Some(tail) if tail.lineage == at.lineage && (tail.first..=tail.last).contains(&at.number) => {}
            tail => *tail = Some(Tail { lineage: at.lineage, first: at.number, last: at.number }),
        }
    }

    /// Where the commit of an operation can be read that was held first and waits.
    pub(crate) fn held(&self, operation: OperationId) -> Option<(Sequence, Place)> {
        let first = *self.by_operation.get(&operation)?.first()?;
        Some((first, *self.unsettled.get(&first)?))
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
        let waits = self.unsettled.range(..=oldest.last).next().is_some();
        (!waits).then_some(oldest)
    }
}
