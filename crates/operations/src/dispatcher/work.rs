//! What the dispatcher has to look at, gathered from changes: pure, and emptied in the order of the queue.

use std::collections::{BTreeMap, BTreeSet};

use centre::{Picture, StoreBehind};
use domain::{
    CallId, IncidentId, Priority, RecordKey, UnitId, UnitKindId, Version,
    assignment::{Assignment, AssignmentState},
    call::Call,
    change::Change,
    incident::{Incident, NeedMode},
    record::Record,
    unit::UnitState,
};
use jiff::Timestamp;
use tokio::time::Instant;

use super::line::{Given, Line};

/// How many waiting incidents that a person serves get a new recommendation when a unit is freed: those a person sees
/// first. Those that are served automatically are looked at until the unit is taken.
const RECOMMENDED_PER_FREED_UNIT: usize = 4;

/// A place in the line: the queue first, by priority, age and id; then everything else.
type Place = (bool, Priority, Timestamp, IncidentId);

/// One piece of work.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece {
    /// To tell that the store was found behind.
    StoreBehind(StoreBehind),
    /// To tell that the store holds records that cannot be read.
    StoreDamaged,
    /// To join a call to its incident.
    Call(CallId),
    /// To serve an incident.
    Incident(IncidentId),
}

/// What is to be looked at.
#[derive(Debug, Default)]
pub(super) struct Work {
    behind: Option<StoreBehind>,
    /// Somebody is to be told of records that cannot be read.
    damaged: bool,
    /// Those that somebody was told of.
    told_damaged: BTreeSet<RecordKey>,
    calls: BTreeSet<CallId>,
    /// Incidents to be served, as they stood in line when they were taken up: each change of one takes it up again.
    line: BTreeSet<Place>,
    /// Where each of them stands in it.
    placed: BTreeMap<IncidentId, Place>,
    /// Kinds of which a unit was freed, with the place in the line that was looked at last for it.
    freed: BTreeMap<UnitKindId, Option<Place>>,
    /// What failed, with when to try it again.
    set_aside: Vec<(Instant, Piece)>,
    /// The units that are recommended for each incident that waits for a person.
    recommended: BTreeMap<IncidentId, BTreeSet<UnitId>>,
    /// What is known of others while one is served.
    others: Line,
}

impl Work {
    /// True if something is to be looked at now.
    pub(super) fn is_ready(&self) -> bool {
        self.behind.is_some()
            || self.damaged
            || !self.calls.is_empty()
            || !self.line.is_empty()
            || !self.freed.is_empty()
    }

    /// When something that failed is to be tried again.
    pub(super) fn again_at(&self) -> Option<Instant> {
        self.set_aside.iter().map(|(at, _)| *at).min()
    }

    /// Takes up what a change asks for.
    pub(super) fn hear(&mut self, picture: &Picture, change: &Change) {
        self.hear_records(picture, change);
        self.others.catch_up(change.number);
    }

    fn hear_records(&mut self, picture: &Picture, change: &Change) {
        for record in &change.records {
            match record {
                Record::Incident(incident) => {
                    self.others.stuck.remove(&incident.id);
                    if !incident.is_queued() {
                        self.recommended.remove(&incident.id);
                    }
                    // what this dispatcher just wrote of it, without sending anybody, leaves nothing to do
                    let own = self.others.given.get(&incident.id);
                    if own.is_none_or(|given| given.number != change.number || !given.units.is_empty()) {
                        self.take_up(picture, incident.id);
                    }
                }
                Record::Call(call) => self.hear_call(call),
                Record::Assignment(assignment) => {
                    if let Some(unit) = &assignment.recommended_unit {
                        self.go_elsewhere(picture, unit, Some(assignment.incident));
                    }
                    // what a desk is not promised any more may serve whoever waits for its kind
                    if let Some(unit) =
                        assignment.recommended_unit.as_ref().filter(|_| has_lapsed(assignment))
                    {
                        self.free(picture, unit);
                    }
                }
                Record::Unit(unit) => {
                    if *unit.state() != UnitState::Available {
                        self.go_elsewhere(picture, &unit.id, None);
                    }
                    self.free(picture, &unit.id);
                }
                Record::Dispatch(_) | Record::Directory(_) => self.hear_everything(picture),
                Record::Run(_)
                | Record::Desk(_)
                | Record::Note(_)
                | Record::Recommendation(_)
                | Record::Alarm(_)
                | Record::DirectoryPart(_) => {}
            }
        }
    }

    /// Keeps which units are recommended for an incident.
    pub(super) fn is_recommended(&mut self, incident: IncidentId, units: BTreeSet<UnitId>) {
        if units.is_empty() {
            self.recommended.remove(&incident);
        } else {
            self.recommended.insert(incident, units);
        }
    }

    /// A unit can be sent no longer, or is promised to one incident: what others were told of it is not true any more.
    fn go_elsewhere(&mut self, picture: &Picture, unit: &UnitId, promised_to: Option<IncidentId>) {
        let told = self.recommended.iter().filter(|(_, units)| units.contains(unit));
        let others = told.map(|(incident, _)| *incident).filter(|incident| promised_to != Some(*incident));
        self.take_up_all(picture, others.collect::<Vec<_>>());
    }

    /// Takes up everything on the board.
    fn hear_everything(&mut self, picture: &Picture) {
        self.others.stuck.clear();
        self.take_up_all(picture, picture.board.incidents().keys().copied());
        for call in picture.board.calls().values() {
            self.hear_call(&call.record);
        }
    }

    /// Takes up everything because changes were missed; and that the store was found behind, if it was: what was given may
    /// be lost then, and numbers say nothing.
    pub(super) fn missed_changes(&mut self, picture: &Picture, behind: Option<StoreBehind>) {
        self.others.catch_up(if behind.is_some() { Version(u64::MAX) } else { picture.cursor.number });
        self.hear_everything(picture);
        self.behind = behind.or(self.behind);
    }

    /// Takes up that records cannot be read of which nobody was told yet.
    pub(super) fn hear_damaged(&mut self, picture: &Picture) {
        let new = picture.damaged.keys().filter(|key| !self.told_damaged.contains(*key));
        let new: Vec<RecordKey> = new.cloned().collect();
        self.damaged |= !new.is_empty();
        self.told_damaged.extend(new);
    }

    /// Takes an incident up.
    pub(super) fn take_up(&mut self, picture: &Picture, incident: IncidentId) {
        let place = place(picture, incident);
        if let Some(before) = self.placed.insert(incident, place) {
            self.line.remove(&before);
        }
        self.line.insert(place);
    }

    /// Takes several up.
    pub(super) fn take_up_all(&mut self, picture: &Picture, incidents: impl IntoIterator<Item = IncidentId>) {
        incidents.into_iter().for_each(|incident| self.take_up(picture, incident));
    }

    /// Sets something aside until then, because it failed.
    pub(super) fn again(&mut self, piece: Piece, at: Instant) {
        self.set_aside.push((at, piece));
    }

    /// Takes up what was set aside until now.
    pub(super) fn take_up_again(&mut self, picture: &Picture, now: Instant) {
        for (_, piece) in self.set_aside.extract_if(.., |(at, _)| *at <= now).collect::<Vec<_>>() {
            match piece {
                Piece::StoreBehind(behind) => self.behind = Some(behind),
                Piece::StoreDamaged => self.damaged = true,
                Piece::Call(call) => drop(self.calls.insert(call)),
                Piece::Incident(incident) => self.take_up(picture, incident),
            }
        }
    }

    /// Nobody waits for this incident any more until it changes. Of a call that gets no incident people were told.
    pub(super) fn is_stuck(&mut self, piece: Piece) {
        match piece {
            Piece::Incident(incident) => drop(self.others.stuck.insert(incident)),
            Piece::Call(_) | Piece::StoreBehind(_) | Piece::StoreDamaged => {}
        }
    }

    /// What is known of others in line.
    pub(super) const fn line(&self) -> &Line {
        &self.others
    }

    /// Remembers what an incident was given until the board shows it.
    pub(super) fn is_served(&mut self, incident: IncidentId, given: Given) {
        self.others.gives(incident, given);
    }

    /// The change that the board must show before an incident is served: what it, or what it may be a duplicate of, was
    /// given a moment ago.
    pub(super) fn ahead_of(&self, picture: &Picture, incident: IncidentId) -> Option<Version> {
        let held = picture.board.incidents().get(&incident);
        let other = held.and_then(|held| held.record.suspected_duplicate_of);
        let given = [Some(incident), other].into_iter().flatten().filter_map(|id| self.others.given.get(&id));
        given.map(|given| given.number).max()
    }

    /// Those that are served by one commit with the first: who stands next in line, before anybody whom only a freed unit
    /// brings up, as far as each can be decided on the board as it is.
    pub(super) fn with_next(&mut self, picture: &Picture, first: IncidentId, most: usize) -> Vec<IncidentId> {
        let mut together = vec![first];
        let freed = self.next_for_freed(picture);
        while together.len() < most
            && let Some(next) = self.line.first().copied()
            && freed.is_none_or(|freed| next < freed)
            && self.is_decided_beside(picture, next.3, &together)
        {
            self.leave_line(next.3);
            together.push(next.3);
        }
        together
    }

    /// True if the board has all that is to be known of an incident, whatever was given a moment ago or is given by the same
    /// commit. What was kept of an earlier recommendation must be read first, and would be waited for by all of them.
    fn is_decided_beside(&self, picture: &Picture, incident: IncidentId, others: &[IncidentId]) -> bool {
        let Some(held) = picture.board.incidents().get(&incident) else { return false };
        let doubted = held.record.suspected_duplicate_of;
        self.ahead_of(picture, incident).is_none_or(|number| number <= picture.cursor.number)
            && held.record.recommendation.is_none()
            && doubted.is_none_or(|doubted| !others.contains(&doubted))
    }

    /// An incident is to be served after one that stands before it; if that waits for the store, so does this one.
    pub(super) fn serve_after(&mut self, picture: &Picture, first: IncidentId, incident: IncidentId) {
        let waits = self.set_aside.iter().find_map(|(at, piece)| match piece {
            Piece::Incident(waiting) => (*waiting == first).then_some(*at),
            Piece::Call(_) | Piece::StoreBehind(_) | Piece::StoreDamaged => None,
        });
        match waits {
            Some(at) => self.again(Piece::Incident(incident), at),
            None => {
                self.take_up(picture, first);
                self.take_up(picture, incident);
            }
        }
    }

    /// What is to be looked at next: calls before incidents, and incidents as they stand in line.
    pub(super) fn next(&mut self, picture: &Picture) -> Option<Piece> {
        if let Some(behind) = self.behind.take() {
            return Some(Piece::StoreBehind(behind));
        }
        if std::mem::take(&mut self.damaged) {
            return Some(Piece::StoreDamaged);
        }
        if let Some(call) = self.calls.pop_first() {
            return Some(Piece::Call(call));
        }
        let changed = self.line.first().copied();
        let freed = self.next_for_freed(picture);
        let next = match (changed, freed) {
            (Some(changed), Some(freed)) => changed.min(freed),
            (changed, freed) => changed.or(freed)?,
        };
        let (.., incident) = next;
        self.leave_line(incident);
        for looked_at in self.freed.values_mut() {
            if *looked_at < Some(next) && freed == Some(next) {
                *looked_at = Some(next);
            }
        }
        Some(Piece::Incident(incident))
    }

    fn leave_line(&mut self, incident: IncidentId) {
        if let Some(place) = self.placed.remove(&incident) {
            self.line.remove(&place);
        }
    }

    /// The first in line who waits for a kind of which a unit was freed and has not been looked at for it. A kind of
    /// which nobody is free any more, or that nobody waits for, is done with.
    fn next_for_freed(&mut self, picture: &Picture) -> Option<Place> {
        let mut first: Option<Place> = None;
        let taken = self.others.taken(picture.cursor.number);
        self.freed.retain(|kind, looked_at| {
            if !is_free(picture, kind, &taken) {
                return false;
            }
            let found = waiting(picture, kind, NeedMode::Auto)
                .map(|incident| place(picture, incident.id))
                .find(|place| Some(*place) > *looked_at);
            if let Some(found) = found {
                first = Some(first.map_or(found, |first| first.min(found)));
            }
            found.is_some()
        });
        first
    }

    fn hear_call(&mut self, call: &Call) {
        if call.taken_at.is_some() && call.incident.is_none() {
            self.calls.insert(call.id);
        }
    }

    /// If the unit can be sent, those who wait for its kind are looked at.
    fn free(&mut self, picture: &Picture, unit: &domain::UnitId) {
        let Some(in_force) = &picture.directory else { return };
        let Some(entry) = in_force.directory.units.get(unit) else { return };
        let state = picture.board.units().get(unit).map(|held| held.record.state());
        if state != Some(&UnitState::Available) {
            return;
        }
        let by_hand = waiting(picture, &entry.kind, NeedMode::Recommend).take(RECOMMENDED_PER_FREED_UNIT);
        self.take_up_all(picture, by_hand.map(|incident| incident.id));
        self.freed.insert(entry.kind.clone(), None);
    }
}

/// Where an incident stands in line.
fn place(picture: &Picture, id: IncidentId) -> Place {
    match picture.board.incidents().get(&id) {
        Some(held) => {
            let incident = &held.record;
            (!incident.is_queued(), incident.priority, incident.created_at, id)
        }
        None => (true, Priority::LEAST, Timestamp::MAX, id),
    }
}

/// Who waits in the queue for a kind, in its order, by the mode of the need that wants it.
fn waiting<'p>(
    picture: &'p Picture,
    kind: &UnitKindId,
    mode: NeedMode,
) -> impl Iterator<Item = &'p Incident> {
    let queued = picture.board.queue().iter();
    let incidents = queued.filter_map(|(_, _, id)| picture.board.incidents().get(id));
    incidents.map(|held| &*held.record).filter(move |incident| {
        incident.needs.iter().any(|need| &need.kind == kind && need.mode == mode && need.is_unfilled())
    })
}

/// True if a unit of the kind can be sent that was not taken a moment ago.
fn is_free(picture: &Picture, kind: &UnitKindId, taken: &BTreeSet<UnitId>) -> bool {
    let Some(in_force) = &picture.directory else { return false };
    let units = &in_force.directory.units;
    let mut available =
        picture.board.units().values().filter(|held| *held.record.state() == UnitState::Available);
    available.any(|held| {
        let unit = &held.record.id;
        !taken.contains(unit) && units.get(unit).is_some_and(|entry| &entry.kind == kind)
    })
}

/// True if the unit recommended to a desk is not kept for it any more: its answer is late, it sent somebody, or it
/// owes nothing.
fn has_lapsed(assignment: &Assignment) -> bool {
    match assignment.state() {
        AssignmentState::Sent | AssignmentState::Delivered | AssignmentState::Received { .. } => {
            assignment.overdue
        }
        AssignmentState::Accepted { .. }
        | AssignmentState::Done
        | AssignmentState::Returned { .. }
        | AssignmentState::StandDownSent { .. }
        | AssignmentState::StoodDown { .. } => true,
    }
}
