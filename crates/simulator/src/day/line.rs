//! Whether anybody was passed by in line when the dispatcher served.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each rule is about the records it names, and a new kind of record is in no rule yet"
)]

use std::{cell::LazyCell, collections::BTreeSet};

use domain::{
    IncidentId, Priority, RunId, UnitKindId,
    assignment::{Assignment, Purpose},
    board::Board,
    change::Change,
    directory::InForce,
    fleet::Fleet,
    incident::{Incident, NeedMode},
    recommendation::Recommendation,
    record::Record,
    unit::UnitState,
};
use jiff::Timestamp;
use policy::Situation;

use super::{ledger::Entry, watchdog::change};

/// An incident that a change serves.
pub(super) struct Served<'e> {
    incident: &'e Incident,
    /// By which recommendation.
    pub(super) why: &'e Recommendation,
    /// The kinds that were sent or asked for, one for each new assignment.
    pub(super) kinds: Vec<UnitKindId>,
}

/// The incidents that a change serves.
pub(super) fn served(entry: &Entry) -> Vec<Served<'_>> {
    let recommendations = entry.records.iter().filter_map(|record| match record {
        Record::Recommendation(why) => Some(why),
        _ => None,
    });
    let served = recommendations.filter_map(|why| {
        let incident = entry.records.iter().find_map(|record| match record {
            Record::Incident(incident) if incident.id == why.incident => Some(incident),
            _ => None,
        })?;
        let responses = entry.records.iter().filter_map(|record| new_response(entry, record));
        let own = responses.filter(|(assignment, _)| assignment.incident == incident.id);
        Some(Served { incident, why, kinds: own.map(|(_, kind)| kind).collect() })
    });
    served.collect()
}

/// Whenever the dispatcher sends, nobody who stands before in line could have been sent one of that kind: neither on the
/// board that it looked at nor on the last before the change, which shows what it had given meanwhile, with what the same
/// change gives to those who stand before. Says who was.
pub(super) fn passed_by(
    entry: &Entry,
    served: &Served<'_>,
    in_force: &InForce,
    [seen, last]: [&Board; 2],
) -> Option<String> {
    let own = place(served.incident);
    let last = with_those_before(last, entry, own)?;
    // nobody reports positions on these days
    let fleet = |board: &Board| Fleet::new(&in_force.directory, board.units());
    let (seen_fleet, last_fleet) = (LazyCell::new(|| fleet(seen)), LazyCell::new(|| fleet(&last)));
    for (_, _, id) in seen.queue().iter().take_while(|place| **place < own) {
        let waits = |board: &Board, fleet: &Fleet| {
            let other = board.incidents().get(id).map(|held| &held.record);
            let could = other.map(|other| could_be_sent(board, in_force, fleet, other, served.why.made_at));
            could.into_iter().flatten().find(|kind| served.kinds.contains(kind))
        };
        if let Some(kind) = waits(seen, &seen_fleet)
            && waits(&last, &last_fleet).is_some()
        {
            return Some(format!(
                "incident {id} stands before {} and waits for a {kind}",
                served.incident.id
            ));
        }
    }
    None
}

/// Where an incident stands in the queue.
type QueuePlace = (Priority, Timestamp, IncidentId);

fn place(incident: &Incident) -> QueuePlace {
    (incident.priority, incident.created_at, incident.id)
}

/// The board with what a change of several incidents gives to those who stand before a place in line.
fn with_those_before(board: &Board, entry: &Entry, own: QueuePlace) -> Option<Board> {
    let places = served(entry).into_iter().map(|served| place(served.incident));
    let before: BTreeSet<IncidentId> = places.filter(|place| *place < own).map(|(.., id)| id).collect();
    let runs: BTreeSet<RunId> = entry
        .records
        .iter()
        .filter_map(|record| match record {
            Record::Run(run) if before.contains(&run.incident) => Some(run.id),
            _ => None,
        })
        .collect();
    let is_theirs = |record: &&Record| match record {
        Record::Incident(incident) => before.contains(&incident.id),
        Record::Assignment(assignment) => before.contains(&assignment.incident),
        Record::Unit(unit) => matches!(unit.state(), UnitState::Assigned { run } if runs.contains(run)),
        _ => false,
    };
    let records = entry.records.iter().filter(is_theirs).cloned().collect();
    let mut board = board.clone();
    board.apply(&Change { records, ..change(entry) }).ok()?;
    Some(board)
}

/// The kinds that an incident would be sent automatically on this board.
fn could_be_sent(
    board: &Board,
    in_force: &InForce,
    fleet: &Fleet,
    incident: &Incident,
    now: Timestamp,
) -> Vec<UnitKindId> {
    let held_back = incident.suspected_duplicate_of.is_some_and(|other| {
        board.incidents().get(&other).is_none_or(|other| other.record.was_responded_to())
    });
    // one that is full is refused by name, and people are told
    let is_full = !incident.has_room_for_a_run();
    if is_full || held_back && incident.priority != Priority::TOP {
        return Vec::new();
    }
    let situation = Situation {
        now,
        board: board.number(),
        directory: in_force,
        incident,
        fleet,
        desks: board.desks(),
        assignments: board.assignments(),
        promised: board.promised(),
        taken: &BTreeSet::new(),
        closing: board.directory().map_or(&[], |head| head.record.closing.as_slice()),
    };
    let plans = policy::recommend(&situation).needs;
    let sent = plans.into_iter().filter(|plan| plan.mode == NeedMode::Auto);
    sent.filter(|plan| !plan.recommendation.chosen.is_empty()).map(|plan| plan.recommendation.kind).collect()
}

/// The record as an assignment that is new and asks to respond.
fn new_response<'e>(entry: &'e Entry, record: &'e Record) -> Option<(&'e Assignment, UnitKindId)> {
    let place = entry.records.iter().position(|other| other.key() == record.key())?;
    if entry.before[place].is_some() {
        return None;
    }
    let Record::Assignment(assignment) = record else { return None };
    match &assignment.purpose {
        Purpose::Respond { kind, .. } => Some((assignment, kind.clone())),
        Purpose::Inform => None,
    }
}
