//! Looks through one segment and says what each thing found there means.

use crate::{
    Sequence,
    entry::Gist,
    format::{HEADER_BYTES, Record},
    scan::{Piece, scan},
    survey::SegmentFile,
};

/// Something that was acknowledged, perhaps, and cannot be read any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The name of the segment.
    pub segment: String,
    /// Where the damaged bytes begin.
    pub at: u64,
    /// How many there are; none where a segment is missing or short.
    pub bytes: u64,
    /// The first sequence that is missing for it.
    pub first: Sequence,
    /// How many entries are missing.
    pub entries: u64,
    /// What it is.
    pub what: DamageKind,
}

/// What is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DamageKind {
    /// A copy of the header; no entry is lost.
    Header,
    /// What lies between two entries, or after the last one of a segment that was finished.
    Record,
    /// Nothing lies there: a segment is missing, or cut.
    Missing,
    /// An entry that is as it was written, and that this release cannot read.
    Unintelligible,
}

/// Bytes that a crash tore: they were never acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Torn {
    /// The name of the segment.
    pub segment: String,
    /// Where they begin.
    pub at: u64,
    /// How many there are.
    pub bytes: u64,
}

/// One thing in a segment.
#[derive(Debug)]
pub(crate) enum Sight<'a> {
    Entry { at: usize, record: Record<'a>, gist: Gist },
    Damage(Damage),
    Torn(Torn),
}

/// Everything in a segment, in order.
#[derive(Debug)]
pub(crate) struct Look<'a> {
    pub(crate) sights: Vec<Sight<'a>>,
    /// The end of the last record.
    pub(crate) end: usize,
    /// The sequence after the last record.
    pub(crate) next: Sequence,
}

/// Looks through a segment. `follower` is the base of the next segment: with it this one was finished, and what is
/// missing until there was acknowledged; without it what cannot be read at the end was torn.
pub(crate) fn look<'a>(segment: &SegmentFile, bytes: &'a [u8], follower: Option<Sequence>) -> Look<'a> {
    let damage = |at: usize, end: usize, first: Sequence, next: Sequence, what| {
        let entries = next.as_u64().saturating_sub(first.as_u64());
        let bytes = (end - at) as u64;
        Sight::Damage(Damage { segment: segment.name.clone(), at: at as u64, bytes, first, entries, what })
    };
    let torn = |at: usize, end: usize| {
        Sight::Torn(Torn { segment: segment.name.clone(), at: at as u64, bytes: (end - at) as u64 })
    };
    let mut look = Look { sights: Vec::new(), end: HEADER_BYTES, next: segment.base };
    if segment.is_header_damaged {
        look.sights.push(damage(0, HEADER_BYTES, segment.base, segment.base, DamageKind::Header));
    }
    let mut is_ended = false;
    for piece in scan(bytes, segment.seed, segment.base) {
        match piece {
            Piece::Record { at, record } => {
                look.end = at + record.bytes();
                look.next = record.sequence.next();
                look.sights.push(match Gist::read(record.kind, record.payload) {
                    Ok(gist) => Sight::Entry { at, record, gist },
                    Err(_) => damage(at, look.end, record.sequence, look.next, DamageKind::Unintelligible),
                });
            }
            Piece::Between { at, end, first, next, was_synced } if was_synced || first == next => {
                look.sights.push(damage(at, end, first, next, DamageKind::Record));
            }
            Piece::Between { at, end, first: _, next: _, was_synced: _ } => look.sights.push(torn(at, end)),
            Piece::After { at, end } => {
                is_ended = true;
                look.sights.push(match follower {
                    Some(base) => damage(at, end, look.next, base, DamageKind::Record),
                    None => torn(at, end),
                });
            }
        }
    }
    if let Some(base) = follower
        && base > look.next
        && !is_ended
    {
        look.sights.push(damage(look.end, look.end, look.next, base, DamageKind::Missing));
    }
    look
}
