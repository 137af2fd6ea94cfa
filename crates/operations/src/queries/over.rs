//! What is over and not archived yet, the latest first; and what was merged into other incidents, which no index lists.

use std::collections::BTreeSet;

use domain::{
    IncidentId, RecordKey, RecordKind,
    incident::Incident,
    record::{Record, Versioned},
};

use crate::{ControlRoom, OperationError};

/// Entries of the index that one question looks through: a busy centre's incidents, calls and alarms of several days,
/// and with only those read that are wanted less than a second's work for the store.
pub(super) const SEARCHED_MAX: usize = 50_000;

/// Walks through what is over, the latest first, a few hundred entries of the index at a time.
pub(super) struct Walk<'a> {
    room: &'a ControlRoom,
    kinds: &'static [RecordKind],
    entry: usize,
    searched: usize,
}

/// A record that is over and its place in the index, from 0 for the latest.
pub(super) type Entry = (usize, Versioned<Record>);

impl<'a> Walk<'a> {
    /// Walks from this place in the index on and looks at records of these kinds only.
    pub(super) const fn from(room: &'a ControlRoom, entry: usize, kinds: &'static [RecordKind]) -> Self {
        Self { room, kinds, entry, searched: 0 }
    }

    /// The next few, perhaps none of these kinds; `None` at the end, or once it has looked through all it may.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Entry>>, OperationError> {
        if self.searched >= SEARCHED_MAX {
            return Ok(None);
        }
        let keys = self.room.store.latest_closed(self.entry, store::limits::GET_KEYS_MAX).await;
        let keys = keys.map_err(OperationError::Store)?;
        if keys.is_empty() {
            self.searched = 0;
            return Ok(None);
        }
        let first = self.entry;
        self.entry = self.entry.saturating_add(keys.len());
        self.searched += keys.len();
        let wanted: Vec<(usize, RecordKey)> =
            (first..).zip(keys).filter(|(_, key)| self.kinds.contains(&key.kind)).collect();
        let keys: Vec<RecordKey> = wanted.iter().map(|(_, key)| key.clone()).collect();
        let read = self.room.readable(&keys).await?;
        // whatever the archive took in between is not among them
        let place =
            |key: &RecordKey| wanted.iter().find(|(_, wanted)| wanted == key).map(|(place, _)| *place);
        Ok(Some(read.into_iter().filter_map(|held| Some((place(&held.record.key())?, held))).collect()))
    }

    /// Where to go on if it ended only because it had looked through all it may.
    pub(super) const fn rest(&self) -> Option<usize> {
        if self.searched >= SEARCHED_MAX { Some(self.entry) } else { None }
    }
}

/// Every incident among these ids and whatever was merged into one of them, however often.
pub(super) async fn merged(
    room: &ControlRoom,
    ids: impl IntoIterator<Item = IncidentId>,
) -> Result<Vec<Versioned<Incident>>, OperationError> {
    let (mut known, mut found) = (BTreeSet::new(), Vec::new());
    let mut next: Vec<IncidentId> = ids.into_iter().collect();
    while !next.is_empty() {
        next.retain(|id| known.insert(*id));
        let keys: Vec<_> = next.drain(..).map(|id| RecordKey::new(RecordKind::Incident, id)).collect();
        for Versioned { version, record } in room.readable(&keys).await? {
            if let Record::Incident(record) = record {
                next.extend(record.merged_from.iter().copied());
                found.push(Versioned { version, record });
            }
        }
    }
    Ok(found)
}

/// The ids of all that was merged straight into what is on the board.
pub(super) fn merged_on_board(room: &ControlRoom) -> Vec<IncidentId> {
    room.centre.read(|picture| {
        let incidents = picture.board.incidents().values();
        incidents.flat_map(|held| held.record.merged_from.iter().copied()).collect()
    })
}
