//! How norms are counted from records: each case once, whatever is heard again, and nothing of an older day.

use std::time::Duration;

use domain::{
    AssignmentId, CallId, IncidentId, OperationId, Priority, RunId, SpokenNumber, Version,
    assignment::{Assignment, AssignmentEvent, NewAssignment, Purpose},
    board::Board,
    call::{Call, CallEvent, NewCall},
    change::Change,
    incident::{Incident, NewIncident},
    milestone::{Report, Step},
    record::Record,
    run::{Run, RunEvent},
    service_level::{Level, Tally, WINDOW_MAX},
};
use jiff::Timestamp;
use proptest::prelude::*;

use crate::strategies::{Dice, dice};

const HOUR: Duration = Duration::from_secs(3_600);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn report(seconds: i64) -> Report {
    Report::by_system(at(seconds), "test")
}

fn operation(name: &str) -> OperationId {
    OperationId::derived("test", name)
}

fn incident_id(name: &str) -> IncidentId {
    IncidentId::derived(operation(name), "incident")
}

fn ringing(name: &str, rang: i64) -> Call {
    let new = NewCall {
        id: CallId::derived(operation(name), "call"),
        number: SpokenNumber::new(None, 1),
        source: "telephone".to_owned(),
        caller_number: String::new(),
        milestones: vec![report(rang).milestone(Step::Rang)],
    };
    Call::ringing(new, String::new())
}

fn answered(name: &str, rang: i64, answered: i64) -> Call {
    let mut call = ringing(name, rang);
    call.step(CallEvent::Answer { desk: String::new() }).unwrap();
    call.milestones.push(report(answered).milestone(Step::Answered));
    call.incident = Some(incident_id(name));
    call
}

fn abandoned(name: &str, rang: i64, gave_up: i64) -> Call {
    let mut call = ringing(name, rang);
    call.step(CallEvent::Abandon).unwrap();
    call.milestones.push(report(gave_up).milestone(Step::Abandoned));
    call
}

fn incident(name: &str, priority: u8, opened: i64) -> Incident {
    let new = NewIncident {
        id: incident_id(name),
        number: SpokenNumber::new(None, 1),
        incident_type: None,
        priority: Priority::new(priority).unwrap(),
        summary: String::new(),
        needs: Vec::new(),
    };
    let mut incident = Incident::open(new, &report(opened));
    incident.calls = vec![CallId::derived(operation(name), "call")];
    incident
}

fn assignment(name: &str, sent: i64) -> Assignment {
    let new = NewAssignment {
        id: AssignmentId::derived(operation(name), "assignment"),
        incident: incident_id(name),
        desk: "leninsky".parse().unwrap(),
        purpose: Purpose::Inform,
        recommended_unit: None,
        answer_due: Some(at(sent + 30)),
    };
    Assignment::sent(new, &report(sent))
}

fn run(name: &str, sent: i64) -> Run {
    let id = RunId::derived(operation(name), "run");
    let due = Some(at(sent + 60));
    Run::sent(id, &assignment(name, sent), "leninsky-11".parse().unwrap(), due, &report(sent))
}

/// The level of a norm among others, of records that were all heard at their time.
fn level(tally: &Tally, board: &Board, norm: &str, now: i64, window: Duration) -> Level {
    let levels = tally.levels(&tally.waiting(board), at(now), window);
    let found = levels.levels.into_iter().find(|(known, _)| known.id == norm);
    found.unwrap().1
}

fn counts(level: &Level) -> (u64, u64, u32, u32) {
    (level.decided, level.within, level.waiting, level.waiting_late)
}

fn board(records: Vec<Record>) -> Board {
    let mut board = Board::default();
    let change = Change {
        number: Version(1),
        operation: operation("all"),
        actor: String::new(),
        cause: String::new(),
        at: at(0),
        records,
    };
    board.apply(&change).unwrap();
    board
}

#[test]
fn calls_are_counted_by_how_long_they_rang() {
    let mut tally = Tally::new(Timestamp::MIN);
    let calls = [answered("a", 0, 15), answered("b", 0, 16), abandoned("c", 0, 5), abandoned("d", 0, 40)];
    for call in calls {
        tally.note(&Record::Call(call), at(60));
    }
    let board = board(vec![Record::Call(ringing("e", 90)), Record::Call(ringing("f", 0))]);
    let counted = level(&tally, &board, "NENA_ANSWER_15", 100, HOUR);
    assert_eq!(counts(&counted), (3, 1, 2, 1));
    assert_eq!(counted.next_breach_at, Some(at(105)));
    assert_eq!(counts(&level(&tally, &board, "NENA_ANSWER_20", 100, HOUR)), (3, 2, 2, 1));
    assert_eq!(tally.levels(&tally.waiting(&board), at(100), HOUR).abandoned, 2);
}

#[test]
fn receipts_are_counted_once_somebody_had_it_and_not_if_it_was_called_back_before() {
    let mut received = assignment("a", 0);
    received.step(AssignmentEvent::Receive { person: "Asanov".to_owned() }).unwrap();
    received.milestones.push(report(31).milestone(Step::Received));
    let mut recalled = assignment("b", 0);
    recalled.step(AssignmentEvent::StandDown { by: "b".to_owned(), reason: "r".to_owned() }).unwrap();
    let mut unawaited = assignment("c", 0);
    unawaited.answer_due = None;
    let mut acknowledged = run("a", 0);
    acknowledged.step(RunEvent::Acknowledge).unwrap();
    acknowledged.milestones.push(report(60).milestone(Step::Acknowledged));
    let mut tally = Tally::new(Timestamp::MIN);
    let records = [received, recalled.clone(), unawaited.clone()].map(Record::Assignment);
    records.into_iter().chain([Record::Run(acknowledged)]).for_each(|record| tally.note(&record, at(90)));
    let waiting = [assignment("d", 80), recalled, unawaited].map(Record::Assignment);
    let board = board(waiting.into_iter().chain([Record::Run(run("e", 0))]).collect());
    assert_eq!(counts(&level(&tally, &board, "DESK_RECEIPT_30", 100, HOUR)), (1, 0, 1, 0));
    assert_eq!(counts(&level(&tally, &board, "CREW_RECEIPT_60", 100, HOUR)), (1, 1, 1, 1));
}

#[test]
fn a_dispatch_is_from_the_first_answer_to_the_first_unit_of_what_is_urgent() {
    let mut tally = Tally::new(Timestamp::MIN);
    for (name, priority) in [("a", 1), ("b", 2), ("c", 3)] {
        tally.note(&Record::Call(answered(name, 0, 10)), at(10));
        tally.note(&Record::Incident(incident(name, priority, 11)), at(11));
    }
    let call = Record::Call(answered("d", 0, 10));
    let board =
        board(vec![call, Record::Incident(incident("d", 1, 11)), Record::Incident(incident("e", 1, 11))]);
    tally.note(&Record::Run(run("a", 70)), at(70));
    tally.note(&Record::Run(run("b", 71)), at(71));
    tally.note(&Record::Run(run("c", 12)), at(72));
    let counted = level(&tally, &board, "NFPA_DISPATCH_60", 100, HOUR);
    assert_eq!(counts(&counted), (2, 1, 1, 1), "an incident that nobody called about is none");
    // a further unit and a later call are not the first
    let mut further = run("a", 95);
    further.id = RunId::derived(operation("z"), "run");
    let mut later = answered("z", 80, 90);
    later.incident = Some(incident_id("a"));
    tally.note(&Record::Run(further), at(95));
    tally.note(&Record::Call(later), at(96));
    assert_eq!(counts(&level(&tally, &board, "NFPA_DISPATCH_60", 100, HOUR)), (2, 1, 1, 1));
}

#[test]
fn it_is_said_from_when_on_cases_are_counted() {
    let empty = Board::default();
    let since = |tally: &Tally, now, window| tally.levels(&tally.waiting(&empty), at(now), window).since;
    let tally = Tally::new(at(0));
    assert_eq!(since(&tally, 60, HOUR), at(0));
    assert_eq!(since(&tally, 7_200, HOUR), at(3_600));
    let mut tally = Tally::new(at(100));
    tally.note(&Record::Call(answered("a", 80, 90)), at(200));
    assert_eq!(
        level(&tally, &empty, "NENA_ANSWER_15", 200, HOUR).decided,
        0,
        "what was decided before is not counted"
    );
}

proptest! {
    /// Whatever is heard in whatever order and how often, it is what was decided in the window that is counted.
    #[test]
    fn each_call_is_counted_once_in_any_order(numbers in dice()) {
        let mut dice = Dice::new(&numbers);
        let day = WINDOW_MAX.as_secs() as u32;
        let calls: Vec<(i64, Call)> = (0..dice.below(40)).map(|number| {
            let rang = i64::from(dice.below(day));
            let took = i64::from(dice.below(40));
            (rang + took, answered(&number.to_string(), rang, rang + took))
        }).collect();
        let mut tally = Tally::new(Timestamp::MIN);
        for _ in 0..calls.len() * 3 {
            let (_, call) = &calls[dice.below(calls.len() as u32) as usize];
            tally.note(&Record::Call(call.clone()), at(i64::from(day)));
        }
        for (_, call) in &calls {
            tally.note(&Record::Call(call.clone()), at(i64::from(day)));
        }
        let (now, window) = (i64::from(day), u64::from(dice.below(day)));
        let counted = level(&tally, &Board::default(), "NENA_ANSWER_15", now, Duration::from_secs(window));
        let is_in = |decided: i64| decided > now - window as i64 && decided <= now;
        prop_assert_eq!(counted.decided, calls.iter().filter(|(decided, _)| is_in(*decided)).count() as u64);
    }
}
