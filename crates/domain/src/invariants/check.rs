//! One function for the rules about one kind of record.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::{Everything, Violation};
use crate::{
    AssignmentId, IncidentId, RecordKey, RecordKind, RunId, UnitId,
    assignment::{Assignment, Purpose},
    incident::{Incident, IncidentState, Need},
    run::Run,
};

/// A unit is on one run at most, and it and its run name each other.
pub(super) fn units(all: &Everything<'_>, found: &mut Vec<Violation>) {
    let mut open: BTreeMap<&UnitId, Vec<RunId>> = BTreeMap::new();
    for run in all.runs.values().filter(|run| run.state().is_open()) {
        open.entry(&run.unit).or_default().push(run.id);
    }
    for (unit, runs) in open {
        let named = all.units.get(unit).and_then(|unit| unit.run());
        for run in runs.iter().filter(|run| named != Some(**run)) {
            found.push(Violation::UnitNotOnItsRun { unit: unit.clone(), run: *run });
        }
        if runs.len() > 1 {
            found.push(Violation::UnitOnSeveralRuns { unit: unit.clone(), runs });
        }
    }
    for unit in all.units.values() {
        let is_its_own = |known: &&Run| known.unit == unit.id && known.state().is_open();
        if let Some(run) = unit.run()
            && all.runs.get(&run).is_none_or(|known| !is_its_own(known))
        {
            found.push(Violation::UnitOnNoRun { unit: unit.id.clone(), run });
        }
    }
}

/// An open assignment is listed by the incident it names and by no other; the runs it lists are its own.
pub(super) fn assignments(all: &Everything<'_>, found: &mut Vec<Violation>) {
    let listed = listed_by(all, |incident| &incident.assignments);
    for assignment in all.assignments.values() {
        if assignment.state().is_open() {
            let listed_by = listed.get(&assignment.id).cloned().unwrap_or_default();
            if let [one] = listed_by[..] {
                if one != assignment.incident {
                    let (assignment, names) = (assignment.id, assignment.incident);
                    found.push(Violation::AssignmentOfAnotherIncident { assignment, listed_by: one, names });
                }
            } else {
                found.push(Violation::AssignmentNotListedOnce { assignment: assignment.id, listed_by });
            }
        }
        for run in &assignment.runs {
            if all.runs.get(run).is_none_or(|known| known.assignment != assignment.id) {
                found.push(Violation::AssignmentListsStranger { assignment: assignment.id, run: *run });
            }
        }
    }
}

/// An open run is listed by the incident it names and by no other; every run stands under its assignment, and an open
/// one goes where its assignment does.
pub(super) fn runs(all: &Everything<'_>, found: &mut Vec<Violation>) {
    let listed = listed_by(all, |incident| &incident.runs);
    for run in all.runs.values() {
        if run.state().is_open() {
            let listed_by = listed.get(&run.id).cloned().unwrap_or_default();
            if let [one] = listed_by[..] {
                if one != run.incident {
                    let (run, names) = (run.id, run.incident);
                    found.push(Violation::RunOfAnotherIncident { run, listed_by: one, names });
                }
            } else {
                found.push(Violation::RunNotListedOnce { run: run.id, listed_by });
            }
        }
        let (id, assignment) = (run.id, run.assignment);
        match all.assignments.get(&assignment) {
            Some(given) if given.runs.contains(&id) => {
                if given.incident != run.incident || given.desk != run.desk {
                    found.push(Violation::RunApartFromItsAssignment { run: id, assignment });
                }
            }
            Some(_) | None => found.push(Violation::RunNotUnderItsAssignment { run: id, assignment }),
        }
    }
}

/// An incident lists what exists, once; its needs count its own assignments; it is not over while somebody is bound
/// to it; and it agrees with those it is merged with.
pub(super) fn incidents(all: &Everything<'_>, found: &mut Vec<Violation>) {
    for incident in all.incidents.values() {
        lists(all, incident, found);
        for (position, need) in incident.needs.iter().enumerate() {
            needs(all, incident, position, need, found);
        }
        forgotten(all, incident, found);
        match incident.state() {
            IncidentState::Held { .. } | IncidentState::Open => {}
            IncidentState::Closed { .. } | IncidentState::Cancelled { .. } => ended(all, incident, found),
            IncidentState::Merged { into } => {
                ended(all, incident, found);
                let other = all.incidents.get(into);
                if other.is_none_or(|other| !other.merged_from.contains(&incident.id)) {
                    found.push(Violation::MergeNotMutual { merged: incident.id, into: *into });
                }
            }
        }
        for merged in &incident.merged_from {
            let state = all.incidents.get(merged).map(|merged| merged.state());
            if state != Some(&IncidentState::Merged { into: incident.id }) {
                found.push(Violation::MergeNotMutual { merged: *merged, into: incident.id });
            }
        }
    }
}

/// A call that led to an incident is listed by it.
pub(super) fn calls(all: &Everything<'_>, found: &mut Vec<Violation>) {
    for call in all.calls.values() {
        if let Some(incident) = call.incident
            && all.incidents.get(&incident).is_none_or(|known| !known.calls.contains(&call.id))
        {
            found.push(Violation::CallNotListed { call: call.id, incident });
        }
    }
}

/// Which incidents list each id.
fn listed_by<'a, Id: Ord + Copy + 'a>(
    all: &Everything<'a>,
    list: impl Fn(&'a Incident) -> &'a Vec<Id>,
) -> BTreeMap<Id, Vec<IncidentId>> {
    let mut listed: BTreeMap<Id, Vec<IncidentId>> = BTreeMap::new();
    for &incident in all.incidents.values() {
        for id in list(incident) {
            listed.entry(*id).or_default().push(incident.id);
        }
    }
    // one incident that lists an id twice is a matter of that incident's own
    listed.values_mut().for_each(Vec::dedup);
    listed
}

/// Whatever an incident lists exists and stands there once.
fn lists(all: &Everything<'_>, incident: &Incident, found: &mut Vec<Violation>) {
    fn keys<'i, Id: Display>(
        kind: RecordKind,
        ids: &'i [Id],
    ) -> impl Iterator<Item = RecordKey> + use<'i, Id> {
        ids.iter().map(move |id| RecordKey::new(kind, id))
    }
    let listed = keys(RecordKind::Call, &incident.calls)
        .chain(keys(RecordKind::Assignment, &incident.assignments))
        .chain(keys(RecordKind::Run, &incident.runs))
        .chain(keys(RecordKind::Note, &incident.notes))
        .chain(keys(RecordKind::Recommendation, &incident.earlier_recommendations))
        .chain(keys(RecordKind::Recommendation, incident.recommendation.as_slice()));
    let mut seen = BTreeSet::new();
    for key in listed {
        if !all.keys.contains_key(&key) {
            found.push(Violation::ListedAndMissing { incident: incident.id, missing: key });
        } else if !seen.insert(key.clone()) {
            found.push(Violation::ListedTwice { incident: incident.id, key });
        }
    }
}

/// Whoever a need counts belongs to it, once, with as many units as serve, and did not give it back.
fn needs(
    all: &Everything<'_>,
    incident: &Incident,
    position: usize,
    need: &Need,
    found: &mut Vec<Violation>,
) {
    let mut counted: BTreeSet<AssignmentId> = BTreeSet::new();
    for serving in &need.serving {
        let id = serving.assignment;
        let (incident_id, assignment) = (incident.id, id);
        if !counted.insert(id) {
            found.push(Violation::NeedServedTwiceByOne { incident: incident_id, need: position, assignment });
            continue;
        }
        let belongs = all.assignments.get(&id).filter(|given| {
            let for_this_need = match &given.purpose {
                Purpose::Respond { need, .. } => *need == position,
                Purpose::Inform => false,
            };
            for_this_need && given.incident == incident.id && incident.assignments.contains(&id)
        });
        let Some(given) = belongs else {
            found.push(Violation::NeedServedByStranger { incident: incident_id, need: position, assignment });
            continue;
        };
        let (need, counted) = (position, serving.units);
        match serves_with(all, given) {
            None => {
                let state = given.state().as_str();
                found.push(Violation::NeedServedByNobody { incident: incident_id, need, assignment, state });
            }
            Some(units) if units != counted => {
                let incident = incident_id;
                found.push(Violation::NeedCountsWrong { incident, need, assignment, counted, units });
            }
            Some(_) => {}
        }
    }
}

/// With how many units an assignment serves its need.
fn serves_with(all: &Everything<'_>, given: &Assignment) -> Option<u8> {
    given.serves_with(given.runs.iter().filter_map(|run| all.runs.get(run)).copied())
}

/// Whoever serves a need of the incident is counted by it.
fn forgotten(all: &Everything<'_>, incident: &Incident, found: &mut Vec<Violation>) {
    let listed = incident.assignments.iter().filter_map(|id| all.assignments.get(id));
    for given in listed.filter(|given| given.state().is_open() && given.incident == incident.id) {
        let Purpose::Respond { need, .. } = given.purpose else { continue };
        let is_counted = incident.needs.get(need).is_some_and(|need| need.is_served_by(given.id));
        if let Some(units) = serves_with(all, given).filter(|_| !is_counted) {
            let (incident, assignment, counted) = (incident.id, given.id, 0);
            found.push(Violation::NeedCountsWrong { incident, need, assignment, counted, units });
        }
    }
}

/// Nobody is bound to an incident that is over or part of another.
fn ended(all: &Everything<'_>, incident: &Incident, found: &mut Vec<Violation>) {
    let open_assignments = incident
        .assignments
        .iter()
        .filter(|id| all.assignments.get(id).is_some_and(|given| given.state().is_open()))
        .map(|id| RecordKey::new(RecordKind::Assignment, id));
    let open_runs = incident
        .runs
        .iter()
        .filter(|id| all.runs.get(id).is_some_and(|run| run.state().is_open()))
        .map(|id| RecordKey::new(RecordKind::Run, id));
    for open in open_assignments.chain(open_runs) {
        let state = incident.state().as_str();
        found.push(Violation::EndedWithOpenWork { incident: incident.id, state, open });
    }
}
