//! Lists of incidents: those on the board in the order they are served, then those that are over, the latest first.

use std::{collections::BTreeSet, fmt, str::FromStr};

use domain::{
    AssignmentId, DistrictId, Priority, RecordKey, RecordKind, StationId,
    incident::{Incident, IncidentState},
    record::{Record, Versioned},
};
use store::Cursor;

use super::over::{Walk, merged, merged_on_board};
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
    /// That this station answers for, or that its desk leads or has an assignment of.
    pub station: Option<StationId>,
    /// Of these priorities; empty means any.
    pub priorities: BTreeSet<Priority>,
    /// Only those in the queue.
    pub queued_only: bool,
}

/// Which page of them.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Where it begins.
    pub start: Start,
    /// How many at most; 0 means fifty.
    pub size: usize,
}

/// Where a page begins. Its text is the token that a client is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Among what is on the board and what was merged into that, after so many.
    Board {
        /// How many.
        skipped: usize,
    },
    /// Among what is over.
    Over {
        /// At this entry of the index, from 0 for the latest.
        entry: usize,
        /// After so many of the incident there and those merged into it.
        skipped: usize,
    },
}

impl Default for Start {
    fn default() -> Self {
        Self::Board { skipped: 0 }
    }
}

impl fmt::Display for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Board { skipped } => write!(f, "{skipped}"),
            Self::Over { entry, skipped } => write!(f, "{entry}.{skipped}"),
        }
    }
}

/// A text that is no start of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not one that an answer gave")]
pub struct StartError;

impl FromStr for Start {
    type Err = StartError;

    fn from_str(text: &str) -> Result<Self, StartError> {
        let number = |text: &str| text.parse::<usize>().map_err(|_| StartError);
        match text.split_once('.') {
            None => Ok(Self::Board { skipped: number(text)? }),
            Some((entry, skipped)) => Ok(Self::Over { entry: number(entry)?, skipped: number(skipped)? }),
        }
    }
}

/// One page.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The incidents.
    pub incidents: Vec<Versioned<Incident>>,
    /// Where the next page starts, if there is one.
    pub next: Option<Start>,
    /// As of which change.
    pub as_of: Cursor,
}

/// Lists incidents the asker may see: the queue first, in its order; then the others on the board by priority, age and
/// id; then those merged into any of these in the same order, if they are asked for; then, if asked for, those that are
/// over, the latest first, each before what was merged into it.
///
/// A page may hold fewer than it could and not be the last: so much is looked through for one answer and no more.
///
/// # Errors
/// [`OperationError::Store`] when listing what is not on the board.
pub async fn list_incidents(
    room: &ControlRoom,
    asker: &Asker,
    selection: &Selection,
    page: Page,
) -> Result<Listed, OperationError> {
    let size = if page.size == 0 { 50 } else { page.size.min(PAGE_MAX) };
    let list = List { room, asker, selection, size };
    let as_of = room.centre.read(|picture| picture.cursor);
    let mut listed = Listed { incidents: Vec::new(), next: None, as_of };
    let (entry, skipped) = match page.start {
        Start::Over { entry, skipped } => (entry, skipped),
        Start::Board { skipped } => {
            let found = list.on_board().await?;
            let end = skipped.saturating_add(size);
            listed.next = (found.len() > end).then_some(Start::Board { skipped: end });
            listed.incidents = found.into_iter().skip(skipped).take(size).collect();
            (0, 0)
        }
    };
    if listed.next.is_none() && selection.wants_ended() {
        listed.next = list.over(entry, skipped, &mut listed.incidents).await?;
    }
    Ok(listed)
}

/// One list for one asker.
struct List<'a> {
    room: &'a ControlRoom,
    asker: &'a Asker,
    selection: &'a Selection,
    size: usize,
}

impl List<'_> {
    /// What is on the board, and what was merged into that.
    async fn on_board(&self) -> Result<Vec<Versioned<Incident>>, OperationError> {
        let mut found = self.room.centre.read(|picture| {
            let board = &picture.board;
            let queued = board.queue().iter().filter_map(|(_, _, id)| board.incidents().get(id));
            let mut others: Vec<_> =
                board.incidents().values().filter(|held| !held.record.is_queued()).collect();
            others.sort_by_key(|held| served_order(&held.record));
            let desks = |incident: &Incident, station: &StationId| {
                let open = incident.assignments.iter().filter_map(|id| board.assignments().get(id));
                open.into_iter().any(|assignment| &assignment.record.desk == station)
            };
            let chosen = queued.chain(others).filter(|held| {
                let incident = &held.record;
                self.selection.fits(incident)
                    && self
                        .selection
                        .station
                        .as_ref()
                        .is_none_or(|station| is_led_by(incident, station) || desks(incident, station))
            });
            let seen = chosen.filter(|held| may_see(picture, self.asker, &held.record));
            let copied =
                seen.map(|held| Versioned { version: held.version, record: Incident::clone(&held.record) });
            copied.collect::<Vec<_>>()
        });
        if self.selection.wants(StateName::Merged) && !self.selection.queued_only {
            let mut merged = merged(self.room, merged_on_board(self.room)).await?;
            merged.sort_by_key(|held| served_order(&held.record));
            for held in merged {
                if self.chooses(&held.record).await? {
                    found.push(held);
                }
            }
        }
        Ok(found)
    }

    /// Adds what is over from there on until the page is full; gives where the next one begins, if there is one.
    async fn over(
        &self,
        entry: usize,
        skipped: usize,
        page: &mut Vec<Versioned<Incident>>,
    ) -> Result<Option<Start>, OperationError> {
        let mut walk = Walk::from(self.room, entry, &[RecordKind::Incident]);
        while let Some(entries) = walk.next().await? {
            for (place, held) in entries {
                let Record::Incident(record) = held.record else { continue };
                let into_it = if self.selection.wants(StateName::Merged) {
                    merged(self.room, record.merged_from.iter().copied()).await?
                } else {
                    Vec::new()
                };
                let all = std::iter::once(Versioned { version: held.version, record }).chain(into_it);
                let passed = if place == entry { skipped } else { 0 };
                for (nth, held) in all.enumerate().skip(passed) {
                    if !self.chooses(&held.record).await? {
                        continue;
                    }
                    if page.len() >= self.size {
                        return Ok(Some(Start::Over { entry: place, skipped: nth }));
                    }
                    page.push(held);
                }
            }
        }
        Ok(walk.rest().map(|entry| Start::Over { entry, skipped: 0 }))
    }

    /// True if the list has this incident, which is not on the board.
    async fn chooses(&self, incident: &Incident) -> Result<bool, OperationError> {
        let seen = self.room.centre.read(|picture| may_see(picture, self.asker, incident));
        if !seen || !self.selection.fits(incident) {
            return Ok(false);
        }
        let Some(station) = self.selection.station.as_ref().filter(|station| !is_led_by(incident, station))
        else {
            return Ok(true);
        };
        let key = |id: &AssignmentId| RecordKey::new(RecordKind::Assignment, id);
        let given = self.room.readable(&incident.assignments.iter().map(key).collect::<Vec<_>>()).await?;
        Ok(given.iter().any(|held| matches!(&held.record, Record::Assignment(it) if &it.desk == station)))
    }
}

/// In which order what does not wait is listed: as it would be served.
fn served_order(incident: &Incident) -> (Priority, jiff::Timestamp, domain::IncidentId) {
    (incident.priority, incident.created_at, incident.id)
}

/// True if it is for this station whoever was asked: it lies in its district, or its desk leads.
fn is_led_by(incident: &Incident, station: &StationId) -> bool {
    incident.station.as_ref() == Some(station) || incident.lead_desk.as_ref() == Some(station)
}

impl Selection {
    fn wants_ended(&self) -> bool {
        let over = [StateName::Closed, StateName::Cancelled, StateName::Merged];
        !self.queued_only && over.into_iter().any(|state| self.wants(state))
    }

    fn wants(&self, state: StateName) -> bool {
        self.states.contains(&state)
    }

    /// True if everything fits but perhaps the station.
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
            && (self.priorities.is_empty() || self.priorities.contains(&incident.priority))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_as_itself_and_nothing_else_is_one() {
        for start in [
            Start::default(),
            Start::Board { skipped: usize::MAX },
            Start::Over { entry: 7, skipped: 0 },
            Start::Over { entry: usize::MAX, skipped: usize::MAX },
        ] {
            assert_eq!(start.to_string().parse(), Ok(start));
        }
        for wrong in ["", "x", "-1", "1.", ".1", "1.2.3", "18446744073709551616"] {
            assert_eq!(wrong.parse::<Start>(), Err(StartError), "{wrong}");
        }
    }
}
