//! A centre in which everything holds, and for each violation the smallest change that brings it about.

use jiff::Timestamp;

use super::*;
use crate::{
    OperationId, Priority, StationId,
    assignment::{AssignmentEvent, Purpose},
    incident::{IncidentEvent, Serving},
    milestone::Report,
    run::RunEvent,
    unit::UnitEvent,
};

/// Two open incidents; to the first a call led, and one unit goes there under one assignment.
#[derive(Clone)]
struct Centre {
    call: Call,
    first: Incident,
    second: Incident,
    assignment: Assignment,
    run: Run,
    unit: Unit,
}

const NOW: Timestamp = Timestamp::constant(1_800_000_000, 0);

fn operation(name: &str) -> OperationId {
    OperationId::derived("test", name)
}

fn run_id(name: &str) -> RunId {
    RunId::derived(operation(name), "run")
}

fn assignment_id(name: &str) -> AssignmentId {
    AssignmentId::derived(operation(name), "assignment")
}

/// An open incident that needs one patrol, read from as little as a record may say.
fn incident(name: &str) -> Incident {
    let id = IncidentId::derived(operation(name), "incident");
    let json = format!(
        r#"{{"id":"{id}","number":"1","priority":1,"location":{{}},"summary":"","created_at":"{NOW}","milestones":[],
        "needs":[{{"kind":"patrol","count":1,"when":"at_once","mode":"auto","desk_answer":30,"crew_answer":60}}],
        "state":{{"is":"open"}}}}"#
    );
    serde_json::from_str(&json).unwrap()
}

fn call(incident: IncidentId) -> Call {
    let id = CallId::derived(operation("first"), "call");
    let json = format!(
        r#"{{"id":"{id}","number":"1","source":"telephone","location":{{}},"incident":"{incident}",
        "duplicate":{{"choice":"unasked"}},"milestones":[],"state":{{"is":"answered","desk":""}}}}"#
    );
    serde_json::from_str(&json).unwrap()
}

/// An assignment that no desk has seen yet.
fn assignment(incident: IncidentId) -> Assignment {
    let (id, run) = (assignment_id("first"), run_id("first"));
    let json = format!(
        r#"{{"id":"{id}","incident":"{incident}","desk":"desk","runs":["{run}"],"milestones":[],
        "purpose":{{"is":"respond","need":0,"kind":"patrol"}},"state":{{"is":"sent"}}}}"#
    );
    serde_json::from_str(&json).unwrap()
}

/// A run on which nobody drives yet.
fn run(name: &str, assignment: &Assignment) -> Run {
    let unit = UnitId::new("patrol-1").unwrap();
    Run::sent(run_id(name), assignment, unit, None, &Report::by_system(NOW, "test"))
}

impl Centre {
    fn new() -> Self {
        let mut first = incident("first");
        let call = call(first.id);
        let mut assignment = assignment(first.id);
        assignment.step(AssignmentEvent::Accept { person: "Asanov".to_owned() }).unwrap();
        let mut run = run("first", &assignment);
        run.step(RunEvent::Depart).unwrap();
        let mut unit = Unit::signed_off(run.unit.clone(), NOW);
        unit.step(UnitEvent::SignOn).unwrap();
        unit.step(UnitEvent::Assign { run: run.id }).unwrap();
        first.calls.push(call.id);
        first.assignments.push(assignment.id);
        first.runs.push(run.id);
        first.needs[0].serve(assignment.id, 1);
        Self { call, first, second: incident("second"), assignment, run, unit }
    }

    fn records(&self) -> Vec<Versioned<Record>> {
        let records = [
            Record::Call(self.call.clone()),
            Record::Incident(self.first.clone()),
            Record::Incident(self.second.clone()),
            Record::Assignment(self.assignment.clone()),
            Record::Run(self.run.clone()),
            Record::Unit(self.unit.clone()),
        ];
        records.into_iter().map(|record| Versioned { version: Version(3), record }).collect()
    }

    /// Ends the run, its assignment and the unit's part in it.
    fn finish(&mut self) {
        self.run.step(RunEvent::Clear { disposition: String::new() }).unwrap();
        self.assignment.step(AssignmentEvent::Finish).unwrap();
        self.unit.step(UnitEvent::Free { run: self.run.id }).unwrap();
    }
}

/// What `change` breaks.
fn after(change: impl FnOnce(&mut Centre)) -> Vec<Violation> {
    let mut centre = Centre::new();
    change(&mut centre);
    violations(&centre.records())
}

/// What `change` breaks when one more record stands among the others.
fn with(record: impl FnOnce(&Centre) -> Record, change: impl FnOnce(&mut Centre)) -> Vec<Violation> {
    let mut centre = Centre::new();
    change(&mut centre);
    let mut records = centre.records();
    records.push(Versioned { version: Version(4), record: record(&centre) });
    violations(&records)
}

fn cancel(incident: &mut Incident) {
    incident.step(IncidentEvent::Cancel { reason: String::new(), by: String::new(), at: NOW }).unwrap();
}

fn merge(incident: &mut Incident, into: IncidentId) {
    incident.step(IncidentEvent::Merge { into }).unwrap();
}

#[test]
fn nothing_is_found_where_everything_holds() {
    assert_eq!(after(|_| {}), []);
    assert_eq!(after(Centre::finish), []);
    let closed = after(|centre| {
        centre.finish();
        cancel(&mut centre.first);
    });
    assert_eq!(closed, []);
    assert_eq!(violations(&[]), []);
}

#[test]
fn a_record_that_stands_twice() {
    let key = Record::Unit(Centre::new().unit).key();
    assert_eq!(with(|centre| Record::Unit(centre.unit.clone()), |_| {}), [Violation::Twice { key }]);
}

#[test]
fn a_unit_on_two_runs() {
    let second = |centre: &Centre| Record::Run(run("second", &centre.assignment));
    let found = with(second, |centre| {
        centre.first.runs.push(run_id("second"));
        centre.assignment.runs.push(run_id("second"));
        centre.first.needs[0].serve(centre.assignment.id, 2);
    });
    let unit = Centre::new().unit.id;
    let mut runs = vec![run_id("first"), run_id("second")];
    runs.sort();
    assert_eq!(
        found,
        [
            Violation::UnitNotOnItsRun { unit: unit.clone(), run: run_id("second") },
            Violation::UnitOnSeveralRuns { unit, runs }
        ]
    );
}

#[test]
fn a_unit_and_its_run_that_do_not_name_each_other() {
    let (unit, run) = (Centre::new().unit.id, run_id("first"));
    let free = after(|centre| centre.unit.step(UnitEvent::Free { run }).unwrap());
    assert_eq!(free, [Violation::UnitNotOnItsRun { unit: unit.clone(), run }]);
    let over = after(|centre| {
        let assigned = centre.unit.clone();
        centre.finish();
        centre.unit = assigned;
    });
    assert_eq!(over, [Violation::UnitOnNoRun { unit, run }]);
}

#[test]
fn an_assignment_that_no_incident_or_the_wrong_one_or_two_list() {
    let centre = Centre::new();
    let (assignment, names) = (centre.assignment.id, centre.first.id);
    let nowhere = after(|centre| {
        centre.first.assignments.clear();
        centre.first.needs[0].serving.clear();
    });
    assert_eq!(nowhere, [Violation::AssignmentNotListedOnce { assignment, listed_by: Vec::new() }]);
    let elsewhere = after(|centre| {
        centre.second.assignments = std::mem::take(&mut centre.first.assignments);
        centre.first.needs[0].serving.clear();
    });
    let listed_by = centre.second.id;
    assert_eq!(elsewhere, [Violation::AssignmentOfAnotherIncident { assignment, listed_by, names }]);
    let twice = after(|centre| centre.second.assignments.push(assignment));
    let mut listed_by = vec![centre.first.id, centre.second.id];
    listed_by.sort();
    assert_eq!(twice, [Violation::AssignmentNotListedOnce { assignment, listed_by }]);
}

#[test]
fn a_run_that_no_incident_or_the_wrong_one_or_two_list() {
    let centre = Centre::new();
    let (run, names) = (centre.run.id, centre.first.id);
    let nowhere = after(|centre| centre.first.runs.clear());
    assert_eq!(nowhere, [Violation::RunNotListedOnce { run, listed_by: Vec::new() }]);
    let elsewhere = after(|centre| centre.second.runs = std::mem::take(&mut centre.first.runs));
    let listed_by = centre.second.id;
    assert_eq!(elsewhere, [Violation::RunOfAnotherIncident { run, listed_by, names }]);
    let twice = after(|centre| centre.second.runs.push(run));
    let mut listed_by = vec![centre.first.id, centre.second.id];
    listed_by.sort();
    assert_eq!(twice, [Violation::RunNotListedOnce { run, listed_by }]);
}

#[test]
fn a_run_and_its_assignment_that_do_not_agree() {
    let (run, assignment) = (run_id("first"), assignment_id("first"));
    let unlisted = after(|centre| centre.assignment.runs.clear());
    let (incident, need, counted, units) = (Centre::new().first.id, 0, 1, 0);
    let counts = Violation::NeedCountsWrong { incident, need, assignment, counted, units };
    assert_eq!(unlisted, [Violation::RunNotUnderItsAssignment { run, assignment }, counts]);
    let missing = after(|centre| centre.assignment.runs.push(run_id("missing")));
    assert_eq!(missing, [Violation::AssignmentListsStranger { assignment, run: run_id("missing") }]);
    let other_desk = after(|centre| centre.run.desk = StationId::new("other").unwrap());
    assert_eq!(other_desk, [Violation::RunApartFromItsAssignment { run, assignment }]);
}

#[test]
fn a_need_that_counts_a_stranger_one_that_gave_it_back_or_one_twice() {
    let (incident, assignment, need) = (Centre::new().first.id, assignment_id("first"), 0);
    let stranger = Violation::NeedServedByStranger { incident, need, assignment: assignment_id("missing") };
    assert_eq!(after(|centre| centre.first.needs[0].serve(assignment_id("missing"), 1)), [stranger]);
    let informed = after(|centre| centre.assignment.purpose = Purpose::Inform);
    assert_eq!(informed, [Violation::NeedServedByStranger { incident, need, assignment }]);
    let given_back = after(|centre| {
        centre.finish();
        centre.assignment = self::assignment(incident);
        let (reason, by) = (String::new(), String::new());
        centre.assignment.step(AssignmentEvent::Return { reason, by, proposed_desk: None }).unwrap();
    });
    let state = "returned";
    assert_eq!(given_back, [Violation::NeedServedByNobody { incident, need, assignment, state }]);
    let nobody_sent = after(|centre| {
        centre.assignment.step(AssignmentEvent::Finish).unwrap();
        centre.assignment.runs.clear();
        centre.run.assignment = assignment_id("missing");
    });
    let state = "done";
    assert!(nobody_sent.contains(&Violation::NeedServedByNobody { incident, need, assignment, state }));
    let twice = after(|centre| centre.first.needs[0].serving.push(Serving { assignment, units: 1 }));
    assert_eq!(twice, [Violation::NeedServedTwiceByOne { incident, need, assignment }]);
}

#[test]
fn a_need_that_counts_more_or_fewer_units_than_serve() {
    let (incident, assignment, need) = (Centre::new().first.id, assignment_id("first"), 0);
    let wrong = |counted, units| [Violation::NeedCountsWrong { incident, need, assignment, counted, units }];
    assert_eq!(after(|centre| centre.first.needs[0].serve(assignment, 2)), wrong(2, 1));
    assert_eq!(after(|centre| centre.first.needs[0].serving.clear()), wrong(0, 1));
    assert_eq!(after(|centre| centre.run.overdue = true), wrong(1, 0));
    let stood_down = after(|centre| {
        centre.run.step(RunEvent::StandDown { by: String::new(), reason: String::new() }).unwrap();
    });
    assert_eq!(stood_down, wrong(1, 0));
}

#[test]
fn an_incident_that_ends_over_open_work() {
    let centre = Centre::new();
    let keys = [Record::Assignment(centre.assignment).key(), Record::Run(centre.run).key()];
    let incident = centre.first.id;
    let expected =
        keys.clone().map(|open| Violation::EndedWithOpenWork { incident, state: "cancelled", open });
    assert_eq!(after(|centre| cancel(&mut centre.first)), expected);
    let merged = after(|centre| {
        merge(&mut centre.first, centre.second.id);
        centre.second.merged_from.push(centre.first.id);
    });
    assert_eq!(merged, keys.map(|open| Violation::EndedWithOpenWork { incident, state: "merged", open }));
}

#[test]
fn a_call_that_its_incident_does_not_list() {
    let centre = Centre::new();
    let (call, incident) = (centre.call.id, centre.first.id);
    let found = after(|centre| centre.first.calls.clear());
    assert_eq!(found, [Violation::CallNotListed { call, incident }]);
}

#[test]
fn an_incident_that_lists_what_is_not_there_or_something_twice() {
    let incident = Centre::new().second.id;
    let missing = RecordKey::new(crate::RecordKind::Run, run_id("missing"));
    let found = after(|centre| centre.second.runs.push(run_id("missing")));
    assert_eq!(found, [Violation::ListedAndMissing { incident, missing }]);
    let (incident, key) = (Centre::new().first.id, Record::Call(Centre::new().call).key());
    let found = after(|centre| centre.first.calls.push(centre.call.id));
    assert_eq!(found, [Violation::ListedTwice { incident, key }]);
}

#[test]
fn a_merge_of_which_only_one_side_knows() {
    let centre = Centre::new();
    let (merged, into) = (centre.second.id, centre.first.id);
    let found = after(|centre| merge(&mut centre.second, into));
    assert_eq!(found, [Violation::MergeNotMutual { merged, into }]);
    let found = after(|centre| centre.first.merged_from.push(merged));
    assert_eq!(found, [Violation::MergeNotMutual { merged, into }]);
    let both = after(|centre| {
        merge(&mut centre.second, into);
        centre.first.merged_from.push(merged);
    });
    assert_eq!(both, []);
}

#[test]
fn a_board_that_does_not_show_what_stands() {
    let centre = Centre::new();
    let records = centre.records();
    let board = Board::load(Version(3), records.clone());
    assert_eq!(board_violations(&board, &records), []);

    let mut moved = centre.clone();
    moved.second.priority = Priority::LEAST;
    let key = Record::Incident(moved.second.clone()).key();
    let incident = moved.second.id;
    assert_eq!(
        board_violations(&board, &moved.records()),
        [Violation::BoardDiffers { key }, Violation::QueueDiffers { incident }]
    );

    let mut due = centre;
    due.run = run("first", &due.assignment);
    due.run.answer_due = Some(NOW);
    let key = Record::Run(due.run.clone()).key();
    assert_eq!(
        board_violations(&board, &due.records()),
        [Violation::BoardDiffers { key }, Violation::DeadlinesDiffer]
    );

    let key = records[5].record.key();
    let without = &records[..5];
    assert_eq!(board_violations(&board, without), [Violation::BoardDiffers { key }]);
}
