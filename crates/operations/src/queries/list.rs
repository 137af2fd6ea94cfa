//! Lists of incidents: those on the board in the order they are served, those that are over newest first.

use std::collections::BTreeSet;

use domain::{
    DistrictId, Priority, RecordKind, StationId,
    incident::{Incident, IncidentState},
    record::{Record, Versioned},
};
use store::Cursor;

use crate::{Asker, ControlRoom, OperationError, sight::may_see};

/// Incidents on one page at most.
const PAGE_MAX: usize = 500;

/// The states a list can be of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the state of that name")]
pub enum StateName {
    Held,
    Open,
    Closed,
    Cancelled,
    Merged,
}

/// Which incidents.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// In these states; empty means open and held.
    pub states: BTreeSet<StateName>,
    /// In this district.
    pub district: Option<DistrictId>,
    /// That this station answers for.
    pub station: Option<StationId>,
    /// Of these priorities; empty means any.
    pub priorities: BTreeSet<Priority>,
    /// Only those in the queue.
    pub queued_only: bool,
}

/// Which page of them.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// How many to skip.
    pub skip: usize,
    /// How many at most; 0 means fifty.
    pub size: usize,
}

/// One page.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The incidents.
    pub incidents: Vec<Versioned<Incident>>,
    /// Where the next page starts, if there is one.
    pub next: Option<usize>,
    /// As of which change.
    pub as_of: Cursor,
}

/// Lists incidents the asker may see: the queue first, in its order; then the others on the board by age; then, if
/// asked for, those that are over, the longest over first. Merged ones are found by their id only.
///
/// # Errors
/// [`OperationError::Store`] when listing what is over.
pub async fn list_incidents(
    room: &ControlRoom,
    asker: &Asker,
    selection: &Selection,
    page: Page,
) -> Result<Listed, OperationError> {
    let (mut found, as_of) = room.centre.read(|picture| {
        let board = &picture.board;
        let queued = board.queue().iter().filter_map(|(_, _, id)| board.incidents().get(id));
        let mut others: Vec<_> = board.incidents().values().filter(|held| !held.record.is_queued()).collect();
        others.sort_by_key(|held| (held.record.created_at, held.record.id));
        let chosen = queued.chain(others).filter(|held| selection.fits(&held.record));
        let seen = chosen.filter(|held| may_see(picture, asker, &held.record));
        let copied =
            seen.map(|held| Versioned { version: held.version, record: Incident::clone(&held.record) });
        (copied.collect::<Vec<_>>(), picture.cursor)
    });
    if selection.wants_ended() {
        let keys = room.store.closed_before(jiff::Timestamp::MAX, store::limits::LIST_MAX).await;
        let mut keys = keys.map_err(OperationError::Store)?;
        keys.retain(|key| key.kind == RecordKind::Incident);
        for Versioned { version, record } in room.read(&keys).await? {
            if let Record::Incident(record) = record
                && selection.fits(&record)
                && room.centre.read(|picture| may_see(picture, asker, &record))
            {
                found.push(Versioned { version, record });
            }
        }
    }
    let size = if page.size == 0 { 50 } else { page.size.min(PAGE_MAX) };
    let next = (found.len() > page.skip + size).then_some(page.skip + size);
    let incidents = found.into_iter().skip(page.skip).take(size).collect();
    Ok(Listed { incidents, next, as_of })
}

impl Selection {
    fn wants_ended(&self) -> bool {
        !self.queued_only
            && self.states.iter().any(|state| matches!(state, StateName::Closed | StateName::Cancelled))
    }

    fn fits(&self, incident: &Incident) -> bool {
        let state = match incident.state() {
            IncidentState::Held { .. } => StateName::Held,
            IncidentState::Open => StateName::Open,
            IncidentState::Merged { .. } => StateName::Merged,
            IncidentState::Closed { .. } => StateName::Closed,
            IncidentState::Cancelled { .. } => StateName::Cancelled,
        };
        let of_state = if self.states.is_empty() {
            incident.state().is_on_board()
        } else {
            self.states.contains(&state)
        };
        of_state
            && (!self.queued_only || incident.is_queued())
            && self.district.as_ref().is_none_or(|district| incident.district.as_ref() == Some(district))
            && self.station.as_ref().is_none_or(|station| incident.station.as_ref() == Some(station))
            && (self.priorities.is_empty() || self.priorities.contains(&incident.priority))
    }
}
