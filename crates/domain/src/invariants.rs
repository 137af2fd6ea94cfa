//! What must hold between the records of a centre after every change, whatever happened before.
//!
//! A lifecycle guards one record; these guard the agreement of several. They look at a *complete* set, open and closed,
//! and change nothing: the simulator asks after every step, an audit asks of a store.

mod check;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::{
    AssignmentId, CallId, IncidentId, RecordKey, RunId, UnitId, Version,
    assignment::Assignment,
    board::Board,
    call::Call,
    incident::Incident,
    record::{Record, Versioned},
    run::Run,
    unit::Unit,
};

/// Two records that do not agree, or one that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// The set holds a record twice, so it is no state of any centre.
    #[error("{key} stands twice among the records")]
    Twice {
        /// Which.
        key: RecordKey,
    },
    /// Two crews would believe that the same unit comes, or one crew has two places to be.
    #[error("unit `{unit}` is on {} open runs", runs.len())]
    UnitOnSeveralRuns {
        /// Which unit.
        unit: UnitId,
        /// Its open runs.
        runs: Vec<RunId>,
    },
    /// A unit is bound to a run and does not know: it could be sent elsewhere.
    #[error("run {run} is open and its unit `{unit}` is not assigned to it")]
    UnitNotOnItsRun {
        /// Which unit.
        unit: UnitId,
        /// The open run.
        run: RunId,
    },
    /// A unit believes that it is on a run that is over, another unit's, or nowhere: it could never be sent again.
    #[error("unit `{unit}` is assigned to run {run}, which is no open run of it")]
    UnitOnNoRun {
        /// Which unit.
        unit: UnitId,
        /// The run it names.
        run: RunId,
    },
    /// An open assignment that no incident shows, or that two do.
    #[error("open assignment {assignment} is listed by {} incidents", listed_by.len())]
    AssignmentNotListedOnce {
        /// Which assignment.
        assignment: AssignmentId,
        /// The incidents that list it.
        listed_by: Vec<IncidentId>,
    },
    /// An incident lists an open assignment that names another incident.
    #[error("assignment {assignment} is listed by incident {listed_by} and names {names}")]
    AssignmentOfAnotherIncident {
        /// Which assignment.
        assignment: AssignmentId,
        /// The incident that lists it.
        listed_by: IncidentId,
        /// The incident it names.
        names: IncidentId,
    },
    /// An open run that no incident shows, or that two do.
    #[error("open run {run} is listed by {} incidents", listed_by.len())]
    RunNotListedOnce {
        /// Which run.
        run: RunId,
        /// The incidents that list it.
        listed_by: Vec<IncidentId>,
    },
    /// An incident lists an open run that names another incident.
    #[error("run {run} is listed by incident {listed_by} and names {names}")]
    RunOfAnotherIncident {
        /// Which run.
        run: RunId,
        /// The incident that lists it.
        listed_by: IncidentId,
        /// The incident it names.
        names: IncidentId,
    },
    /// A run that its assignment does not list, or whose assignment does not exist.
    #[error("run {run} is not listed by its assignment {assignment}")]
    RunNotUnderItsAssignment {
        /// Which run.
        run: RunId,
        /// The assignment it names.
        assignment: AssignmentId,
    },
    /// An assignment lists a run that does not exist, or that names another assignment.
    #[error("assignment {assignment} lists run {run}, which is not under it")]
    AssignmentListsStranger {
        /// Which assignment.
        assignment: AssignmentId,
        /// The run it lists.
        run: RunId,
    },
    /// A run and its assignment belong to different incidents or desks.
    #[error("run {run} and its assignment {assignment} belong to different incidents or desks")]
    RunApartFromItsAssignment {
        /// Which run.
        run: RunId,
        /// Its assignment.
        assignment: AssignmentId,
    },
    /// A need counts an assignment that does not exist, belongs to another incident or serves another need.
    #[error("need {need} of incident {incident} is served by {assignment}, which does not belong to it")]
    NeedServedByStranger {
        /// Which incident.
        incident: IncidentId,
        /// Position of the need, from 0.
        need: usize,
        /// The assignment it counts.
        assignment: AssignmentId,
    },
    /// A need counts more or fewer units of an assignment than serve: the incident would leave the queue with too few of
    /// them, or too many would be sent.
    #[error("need {need} of incident {incident} counts {counted} units of {assignment}, and {units} serve")]
    NeedCountsWrong {
        /// Which incident.
        incident: IncidentId,
        /// Position of the need, from 0.
        need: usize,
        /// The assignment.
        assignment: AssignmentId,
        /// How many units it counts; 0 if it does not know the assignment.
        counted: u8,
        /// With how many the assignment serves.
        units: u8,
    },
    /// A need counts an assignment that was given back or stood down, or ended before anybody was sent: the incident would
    /// leave the queue unserved.
    #[error("need {need} of incident {incident} is served by {assignment}, which is {state}")]
    NeedServedByNobody {
        /// Which incident.
        incident: IncidentId,
        /// Position of the need, from 0.
        need: usize,
        /// The assignment it counts.
        assignment: AssignmentId,
        /// Where that stands.
        state: &'static str,
    },
    /// A need counts one assignment twice: it would look better served than it is.
    #[error("need {need} of incident {incident} counts {assignment} twice")]
    NeedServedTwiceByOne {
        /// Which incident.
        incident: IncidentId,
        /// Position of the need, from 0.
        need: usize,
        /// The assignment it counts.
        assignment: AssignmentId,
    },
    /// An incident is over or merged while somebody is still bound to it.
    #[error("incident {incident} is {state} and {open} is still open")]
    EndedWithOpenWork {
        /// Which incident.
        incident: IncidentId,
        /// Where it stands.
        state: &'static str,
        /// The open assignment or run it lists.
        open: RecordKey,
    },
    /// A call names an incident that does not list it.
    #[error("call {call} led to incident {incident}, which does not list it")]
    CallNotListed {
        /// Which call.
        call: CallId,
        /// The incident it names.
        incident: IncidentId,
    },
    /// An incident lists something that does not exist.
    #[error("incident {incident} lists {missing}, which does not exist")]
    ListedAndMissing {
        /// Which incident.
        incident: IncidentId,
        /// What it lists.
        missing: RecordKey,
    },
    /// An incident lists something twice.
    #[error("incident {incident} lists {key} twice")]
    ListedTwice {
        /// Which incident.
        incident: IncidentId,
        /// What it lists.
        key: RecordKey,
    },
    /// One incident is merged into another and only one of the two says so.
    #[error("incidents {merged} and {into} do not agree that the first is merged into the second")]
    MergeNotMutual {
        /// The one that is part of the other.
        merged: IncidentId,
        /// The other.
        into: IncidentId,
    },
    /// A board shows a record otherwise than it stands, shows one that is not there, or misses one.
    #[error("the board does not show {key} as it stands")]
    BoardDiffers {
        /// Which record.
        key: RecordKey,
    },
    /// A queue holds an incident that waits for nothing, misses one that waits, or has it in the wrong place.
    #[error("the queue does not have incident {incident} where its priority and age put it")]
    QueueDiffers {
        /// Which incident.
        incident: IncidentId,
    },
    /// A board waits for something nobody owes, or forgot what somebody does.
    #[error("the board's deadlines are not those of its records")]
    DeadlinesDiffer,
}

/// Everything that does not hold among `records`, which must be every record of a centre, open and closed. In order of
/// the rules, and within a rule of the ids.
#[must_use]
pub fn violations(records: &[Versioned<Record>]) -> Vec<Violation> {
    let (all, mut found) = Everything::of(records);
    check::units(&all, &mut found);
    check::assignments(&all, &mut found);
    check::runs(&all, &mut found);
    check::incidents(&all, &mut found);
    check::calls(&all, &mut found);
    found
}

/// Everything in which `board` differs from the `records` it should show, which must be every record of the centre as
/// it stood after the board's last change.
#[must_use]
pub fn board_violations(board: &Board, records: &[Versioned<Record>]) -> Vec<Violation> {
    let expected = Board::load(board.number(), records.iter().cloned());
    let by_key = |board: &Board| -> BTreeMap<RecordKey, Versioned<Record>> {
        board.records().map(|held| (held.record.key(), held)).collect()
    };
    let (mut shown, due) = (by_key(board), by_key(&expected));
    let mut found = Vec::new();
    for (key, record) in due {
        if shown.remove(&key) != Some(record) {
            found.push(Violation::BoardDiffers { key });
        }
    }
    found.extend(shown.into_keys().map(|key| Violation::BoardDiffers { key }));
    let misplaced = board.queue().symmetric_difference(expected.queue());
    let mut misplaced: Vec<IncidentId> = misplaced.map(|(_, _, incident)| *incident).collect();
    misplaced.sort_unstable();
    misplaced.dedup();
    found.extend(misplaced.into_iter().map(|incident| Violation::QueueDiffers { incident }));
    if board.deadlines() != expected.deadlines() {
        found.push(Violation::DeadlinesDiffer);
    }
    found
}

/// The records by id.
#[derive(Default)]
struct Everything<'a> {
    keys: BTreeMap<RecordKey, Version>,
    calls: BTreeMap<CallId, &'a Call>,
    incidents: BTreeMap<IncidentId, &'a Incident>,
    assignments: BTreeMap<AssignmentId, &'a Assignment>,
    runs: BTreeMap<RunId, &'a Run>,
    units: BTreeMap<UnitId, &'a Unit>,
}

impl<'a> Everything<'a> {
    /// Sorts the records; one that stands twice is named and its first appearance kept.
    fn of(records: &'a [Versioned<Record>]) -> (Self, Vec<Violation>) {
        let mut all = Self::default();
        let mut twice = Vec::new();
        for Versioned { version, record } in records {
            let key = record.key();
            if all.keys.contains_key(&key) {
                twice.push(Violation::Twice { key });
                continue;
            }
            all.keys.insert(key, *version);
            match record {
                Record::Call(call) => drop(all.calls.insert(call.id, call)),
                Record::Incident(incident) => drop(all.incidents.insert(incident.id, incident)),
                Record::Assignment(given) => drop(all.assignments.insert(given.id, given)),
                Record::Run(run) => drop(all.runs.insert(run.id, run)),
                Record::Unit(unit) => drop(all.units.insert(unit.id.clone(), unit)),
                Record::Desk(_)
                | Record::Note(_)
                | Record::Recommendation(_)
                | Record::Alarm(_)
                | Record::Dispatch(_)
                | Record::Directory(_)
                | Record::DirectoryPart(_) => {}
            }
        }
        (all, twice)
    }
}
