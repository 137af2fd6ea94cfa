//! The rules once more, said in the plainest and slowest way.

use std::collections::BTreeSet;

use domain::{
    StationId, UnitId,
    assignment::{Assignment, AssignmentState, Purpose},
    directory::{ChosenBy, UnitEntry},
    incident::{PassedOverReason, Responder},
    recommendation::Exclusion,
    record::Dropped,
    unit::UnitState,
};
use geography::{MetresPerSecond, TravelModel, distance};

use crate::city::{City, NOW};

/// Whom the oracle would choose for a need, and why not the others.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    /// Candidates, best first.
    pub(crate) candidates: Vec<UnitId>,
    /// The others, nearest first.
    pub(crate) excluded: Vec<(UnitId, Exclusion)>,
}

/// What the need should get when `taken` are chosen for earlier needs.
pub(crate) fn expected(city: &City, need: usize, taken: &BTreeSet<UnitId>) -> Expected {
    let kind = &city.incident.needs[need].kind;
    let mut candidates = Vec::new();
    let mut excluded = Vec::new();
    for (unit, entry) in &city.directory.directory.units {
        if &entry.kind != kind {
            continue;
        }
        let near = nearness(city, unit, entry);
        match why_not(city, unit, entry, need, taken) {
            Some(why) => excluded.push((near, unit.clone(), why)),
            None => candidates.push((silent(city, unit, entry), near, unit.clone())),
        }
    }
    candidates.sort();
    excluded.sort();
    Expected {
        candidates: candidates.into_iter().map(|(_, _, unit)| unit).collect(),
        excluded: excluded.into_iter().map(|(_, unit, why)| (unit, why)).collect(),
    }
}

/// The nearness of a unit: whole seconds, then jurisdiction; the other way round for an unknown place.
pub(crate) fn nearness(city: &City, unit: &UnitId, entry: &UnitEntry) -> (u64, u64) {
    let stations = &city.directory.directory.stations;
    let own = u64::from(!is_own(city, &entry.desk));
    let fresh = city
        .positions
        .get(unit)
        .filter(|(_, measured_at)| NOW.duration_since(*measured_at) <= jiff::SignedDuration::from_secs(120));
    let place = fresh.map(|(place, _)| *place).or(entry.beat).unwrap_or(stations[&entry.desk].position);
    let model = TravelModel::new(1.3, MetresPerSecond::new(40.0 / 3.6).unwrap()).unwrap();
    let time = |from| model.estimate(distance(from, place)).time.rounded_up();
    match (city.incident.location.position, &city.incident.station) {
        (Some(position), _) => (time(position), own),
        (None, Some(station)) => (own, time(stations[station].position)),
        (None, None) => (own, 0),
    }
}

fn is_own(city: &City, desk: &StationId) -> bool {
    let Some(own) = &city.incident.station else { return false };
    desk == own || city.directory.directory.stations[desk].parent.as_ref() == Some(own)
}

fn silent(city: &City, unit: &UnitId, entry: &UnitEntry) -> bool {
    city.units[unit].record.unanswered_in_a_row >= 2
        || city.desks.get(&entry.desk).is_some_and(|desk| desk.record.unanswered_in_a_row >= 2)
}

fn why_not(
    city: &City,
    unit: &UnitId,
    entry: &UnitEntry,
    need: usize,
    taken: &BTreeSet<UnitId>,
) -> Option<Exclusion> {
    let open: Vec<&Assignment> = city
        .incident
        .assignments
        .iter()
        .filter_map(|id| city.assignments.get(id))
        .map(|held| &*held.record)
        .filter(|assignment| assignment.state().is_open())
        .collect();
    let of_need: Vec<&&Assignment> = open
        .iter()
        .filter(|assignment| matches!(assignment.purpose, Purpose::Respond { need: of, .. } if of == need))
        .collect();
    match city.units.get(unit).map(|held| held.record.state()) {
        None | Some(UnitState::SignedOff) => return Some(Exclusion::SignedOff),
        Some(UnitState::OutOfService { .. }) => return Some(Exclusion::OutOfService),
        Some(UnitState::Assigned { run }) => {
            let here = of_need.iter().any(|assignment| assignment.runs.contains(run));
            return Some(if here { Exclusion::AlreadyServing } else { Exclusion::OnRun });
        }
        Some(UnitState::Available) => {}
    }
    let closes = [Dropped::Unit(unit.clone()), Dropped::Station(entry.desk.clone())];
    if closes.iter().any(|closing| city.closing.contains(closing)) {
        return Some(Exclusion::OutOfService);
    }
    let passed_over = city
        .incident
        .passed_over(&Responder::Unit { unit: unit.clone() })
        .or(city.incident.passed_over(&Responder::Desk { station: entry.desk.clone() }));
    if let Some(why) = passed_over {
        return Some(match why {
            PassedOverReason::Unanswered => Exclusion::Unanswered,
            PassedOverReason::Returned => Exclusion::Returned,
            PassedOverReason::StoodDown => Exclusion::StoodDown,
        });
    }
    let centre_chooses = city.directory.directory.kinds[&entry.kind].chosen_by == ChosenBy::Centre;
    let has_yet_to_choose = |assignment: &Assignment| {
        assignment.runs.is_empty()
            && (assignment.state().awaits_answer()
                || matches!(assignment.state(), AssignmentState::Received { .. }))
    };
    let desk_chooses =
        of_need.iter().any(|assignment| assignment.desk == entry.desk && has_yet_to_choose(assignment));
    if !centre_chooses && desk_chooses {
        return Some(Exclusion::AlreadyServing);
    }
    let promised = city.assignments.values().map(|held| &held.record).any(|assignment| {
        assignment.recommended_unit.as_ref() == Some(unit)
            && assignment.runs.is_empty()
            && !assignment.overdue
            && (assignment.state().awaits_answer()
                || matches!(assignment.state(), AssignmentState::Received { .. }))
    });
    (promised || taken.contains(unit)).then_some(Exclusion::Promised)
}
