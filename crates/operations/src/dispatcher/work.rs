//! What the dispatcher has to look at, gathered from changes: pure, and emptied in the order of the queue.

use std::collections::BTreeSet;

use centre::Picture;
use domain::{CallId, IncidentId, UnitKindId, call::Call, change::Change, record::Record, unit::UnitState};

/// How many waiting incidents one freed unit makes the dispatcher look at: the first takes it, and the next ones only
/// follow in case the first is held up.
const LOOKED_AT_PER_FREED_UNIT: usize = 4;

/// What is to be looked at.
#[derive(Debug, Default)]
pub(super) struct Work {
    incidents: BTreeSet<IncidentId>,
    calls: BTreeSet<CallId>,
}

impl Work {
    /// True if nothing is to be looked at.
    pub(super) fn is_empty(&self) -> bool {
        self.incidents.is_empty() && self.calls.is_empty()
    }

    /// Takes up what a change asks for.
    pub(super) fn hear(&mut self, picture: &Picture, change: &Change) {
        for record in &change.records {
            match record {
                Record::Incident(incident) => {
                    self.incidents.insert(incident.id);
                }
                Record::Call(call) => self.hear_call(call),
                Record::Assignment(assignment) if !assignment.state.awaits_answer() || assignment.overdue => {
                    // the unit that was recommended under it is promised no longer: it may serve whoever waits for its kind
                    if let Some(unit) = &assignment.recommended_unit {
                        self.freed(picture, unit);
                    }
                }
                Record::Unit(unit) if unit.state == UnitState::Available => self.freed(picture, &unit.id),
                Record::Dispatch(_) | Record::Directory(_) => self.hear_everything(picture),
                Record::Assignment(_)
                | Record::Unit(_)
                | Record::Run(_)
                | Record::Desk(_)
                | Record::Note(_)
                | Record::Recommendation(_)
                | Record::Alarm(_)
                | Record::DirectoryPart(_) => {}
            }
        }
    }

    /// Takes up everything on the board.
    pub(super) fn hear_everything(&mut self, picture: &Picture) {
        self.incidents.extend(picture.board.incidents().keys().copied());
        for call in picture.board.calls().values() {
            self.hear_call(&call.record);
        }
    }

    /// Takes an incident up again.
    pub(super) fn again(&mut self, incident: IncidentId) {
        self.incidents.insert(incident);
    }

    /// Takes a call up again.
    pub(super) fn again_call(&mut self, call: CallId) {
        self.calls.insert(call);
    }

    /// The next call that waits to be joined to its incident.
    pub(super) fn next_call(&mut self) -> Option<CallId> {
        self.calls.pop_first()
    }

    /// The next incident: of those in the queue the first, then any other.
    pub(super) fn next_incident(&mut self, picture: &Picture) -> Option<IncidentId> {
        let place = |id: &IncidentId| match picture.board.incidents().get(id) {
            Some(held) => {
                (!held.record.is_queued(), Some((held.record.priority, held.record.created_at)), *id)
            }
            None => (true, None, *id),
        };
        let next = self.incidents.iter().min_by_key(|id| place(id)).copied()?;
        self.incidents.remove(&next);
        Some(next)
    }

    fn hear_call(&mut self, call: &Call) {
        if call.taken_at.is_some() && call.incident.is_none() {
            self.calls.insert(call.id);
        }
    }

    /// A unit can be sent: the first of those who wait for its kind are looked at.
    fn freed(&mut self, picture: &Picture, unit: &domain::UnitId) {
        let Some(in_force) = &picture.directory else { return };
        let Some(entry) = in_force.directory.units.get(unit) else { return };
        let waits = |id: &IncidentId, kind: &UnitKindId| {
            let held = picture.board.incidents().get(id);
            held.is_some_and(|held| {
                held.record.needs.iter().any(|need| &need.kind == kind && need.is_unfilled())
            })
        };
        let waiting = picture.board.queue().iter().map(|(_, _, id)| id).filter(|id| waits(id, &entry.kind));
        self.incidents.extend(waiting.take(LOOKED_AT_PER_FREED_UNIT));
    }
}
