//! Finds the records in the bytes of a segment, whatever has become of them. No file is touched here.

use crate::{
    Sequence,
    format::{ALIGNMENT, HEADER_BYTES, RECORD_HEADER_BYTES, Record},
};

/// What lies in a segment, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A record as it was written.
    Record {
        /// Where it begins in the segment.
        at: usize,
        /// What it is.
        record: Record<'a>,
    },
    /// Bytes between records that are none.
    Between {
        /// Where they begin.
        at: usize,
        /// Where the next record begins.
        end: usize,
        /// The first sequence that is missing for them.
        first: Sequence,
        /// The sequence of the record that follows; equal to `first` if none is missing.
        next: Sequence,
        /// Whether what is missing was acknowledged before the record that follows was written.
        was_synced: bool,
    },
    /// Bytes after the last record that are none, and are not the zeros of a clean end.
    After {
        /// Where they begin: the end of the last record.
        at: usize,
        /// The end of the last byte that is not zero.
        end: usize,
    },
}

/// Looks through a segment whose first record has the sequence `base`. A record is taken only if it is where the order
/// expects it: after damage, no further on than the damaged bytes could have held records.
pub fn scan(segment: &[u8], seed: u32, base: Sequence) -> Scan<'_> {
    Scan { segment, seed, at: HEADER_BYTES, expected: base.as_u64(), found: None }
}

/// See [`scan`].
#[derive(Clone, Debug)]
pub struct Scan<'a> {
    segment: &'a [u8],
    seed: u32,
    at: usize,
    expected: u64,
    /// The record after a piece that was told of.
    found: Option<Record<'a>>,
}

impl<'a> Iterator for Scan<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let rest = self.segment.get(self.at..)?;
        let here = self.found.take();
        if let Some(record) = here.or_else(|| Record::read(rest, self.seed, self.expected..=self.expected)) {
            let at = self.at;
            self.at += record.bytes();
            self.expected = record.sequence.next().as_u64();
            return Some(Piece::Record { at, record });
        }
        let at = self.at;
        let Some(nonzero) = rest.iter().rposition(|byte| *byte != 0) else {
            self.at = self.segment.len() + 1;
            return None;
        };
        let Some((end, record)) = self.resynchronise() else {
            self.at = self.segment.len() + 1;
            return Some(Piece::After { at, end: at + nonzero + 1 });
        };
        let first = Sequence::from_u64(self.expected);
        (self.at, self.found) = (end, Some(record));
        Some(Piece::Between {
            at,
            end,
            first,
            next: record.sequence,
            was_synced: record.sequence > first && record.synced >= first,
        })
    }
}

impl<'a> Scan<'a> {
    /// The next record after bytes that are none, and where it begins.
    fn resynchronise(&self) -> Option<(usize, Record<'a>)> {
        let places = (self.at + ALIGNMENT..self.segment.len()).step_by(ALIGNMENT);
        places.into_iter().find_map(|place| {
            let could_be_missing = (place - self.at) / RECORD_HEADER_BYTES;
            let sequences = self.expected..=self.expected.saturating_add(could_be_missing as u64);
            Some((place, Record::read(&self.segment[place..], self.seed, sequences)?))
        })
    }
}
