//! Whether every deadline was kept: whoever did not answer in time is known to be late, and whoever must act was told.
//!
//! A deadline that goes away when it is noticed must be gone; one that stays must have raised its alarm, by code and by what
//! it is about, since it was due.

use std::collections::BTreeSet;

use domain::{
    AssignmentId, RecordKey, RecordKind,
    alarm::{Alarm, AlarmCode},
    deadline::{Awaited, Deadline},
    record::Record,
};
use jiff::{SignedDuration, Timestamp};

use super::ledger::Books;

/// How late a deadline may be noticed while nothing is broken.
const LATE: SignedDuration = SignedDuration::from_secs(45);

/// The deadlines that passed and that nobody noticed, in a time in which nothing is broken.
pub fn missed(books: &Books, now: Timestamp) -> Vec<String> {
    let alarms: Vec<&Alarm> = books.records.values().filter_map(|held| as_alarm(&held.record)).collect();
    let passed = books.records.values().filter_map(|held| Deadline::of(&held.record));
    let passed = passed.filter(|deadline| deadline.due + LATE < now);
    let mut missed: Vec<String> = passed
        .filter(|deadline| !is_noticed(books, &alarms, deadline))
        .map(|deadline| format!("nobody noticed that {:?} was due at {}", deadline.what, deadline.due))
        .collect();
    let untold = untold(books, &alarms, now).into_iter();
    missed.extend(untold.map(|assignment| format!("nobody was told to telephone for {assignment}")));
    missed
}

/// True if somebody knows that it passed.
fn is_noticed(books: &Books, alarms: &[&Alarm], deadline: &Deadline) -> bool {
    let raised = |code: AlarmCode, names: &dyn Fn(&Alarm) -> bool| {
        alarms.iter().any(|alarm| alarm.code == code && alarm.raised_at >= deadline.due && names(alarm))
    };
    match deadline.what {
        Awaited::Answer(id) => raised(AlarmCode::CallUnanswered, &|alarm| alarm.call == Some(id)),
        Awaited::CallBack(id) => raised(AlarmCode::CallBackDue, &|alarm| alarm.call == Some(id)),
        Awaited::Release(id) => raised(AlarmCode::HoldOver, &|alarm| alarm.incident == Some(id)),
        Awaited::Service(id) => raised(AlarmCode::QueueAge, &|alarm| alarm.incident == Some(id)),
        Awaited::DeskStandDown(id) => raised(AlarmCode::StandDownUnconfirmed, &|alarm| {
            alarm.assignment == Some(id) && alarm.run.is_none()
        }),
        Awaited::CrewStandDown(id) => raised(AlarmCode::StandDownUnconfirmed, &|alarm| alarm.run == Some(id)),
        // nothing counts as late against a desk that is cut off; for it somebody is told to telephone
        Awaited::Receipt(id) => cut_off_since(books, id).is_some(),
        // who is late is marked so, and an alarm that nobody took is the supervisor's: no such deadline is left
        Awaited::Acceptance(_) | Awaited::Acknowledgement(_) | Awaited::Attention(_) => false,
    }
}

/// Since when the desk of an assignment is cut off, if it is.
fn cut_off_since(books: &Books, id: AssignmentId) -> Option<Timestamp> {
    let found = |kind, id: String| books.records.get(&RecordKey::new(kind, id)).map(|held| &held.record);
    let Record::Assignment(assignment) = found(RecordKind::Assignment, id.to_string())? else { return None };
    let Record::Desk(desk) = found(RecordKind::Desk, assignment.desk.to_string())? else { return None };
    desk.link.down_since()
}

/// The assignments that wait for desks that have been cut off for long, and for which no alarm was ever raised.
fn untold(books: &Books, alarms: &[&Alarm], now: Timestamp) -> Vec<AssignmentId> {
    let told: BTreeSet<AssignmentId> = alarms
        .iter()
        .filter(|alarm| alarm.code == AlarmCode::DeskLinkDown)
        .filter_map(|alarm| alarm.assignment)
        .collect();
    let mut untold = Vec::new();
    for assignment in books.records.values().filter_map(|held| held.record.as_assignment()) {
        let since = cut_off_since(books, assignment.id);
        let sent = assignment.milestones.first().map(|milestone| milestone.recorded_at);
        let is_long = since.max(sent).is_some_and(|since| since + LATE < now);
        if assignment.awaits_desk() && since.is_some() && is_long && !told.contains(&assignment.id) {
            untold.push(assignment.id);
        }
    }
    untold
}

fn as_alarm(record: &Record) -> Option<&Alarm> {
    match record {
        Record::Alarm(alarm) => Some(alarm),
        Record::Call(_)
        | Record::Incident(_)
        | Record::Assignment(_)
        | Record::Run(_)
        | Record::Unit(_)
        | Record::Desk(_)
        | Record::Note(_)
        | Record::Recommendation(_)
        | Record::Dispatch(_)
        | Record::Directory(_)
        | Record::DirectoryPart(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use domain::{OperationId, Version, record::Versioned};
    use serde_json::{Value, json};

    use super::*;

    const DUE: &str = "2030-01-01T08:00:00Z";
    const SENT: &str = "2030-01-01T07:58:00Z";

    /// An id of that kind of record: there is one of each.
    fn id(kind: &str) -> String {
        AssignmentId::derived(OperationId::derived("test", kind), kind).to_string()
    }

    fn milestone(step: &str, at: &str) -> Value {
        json!({"step": step, "occurred_at": at, "recorded_at": at, "channel": "device",
               "by": {"name": "somebody", "role": "operator"}})
    }

    fn add(books: &mut Books, kind: &str, mut state: Value) {
        state["id"] = json!(id(kind));
        let key: RecordKey = format!("{kind}:{}", id(kind)).parse().expect("a key");
        let record = Record::from_json(&key, &state.to_string()).expect("a record");
        books.records.insert(key, Versioned { version: Version(1), record });
    }

    fn call(state: Value, rang: &str) -> Value {
        json!({"number": "1", "source": "telephone", "location": {}, "duplicate": {"choice": "unasked"},
               "milestones": [milestone("rang", rang)], "state": state})
    }

    fn incident(state: Value) -> Value {
        json!({"number": "1", "priority": 3, "location": {}, "summary": "", "created_at": "2030-01-01T07:59:00Z",
               "milestones": [], "state": state,
               "needs": [{"kind": "patrol", "count": 1, "when": "at_once", "mode": "auto", "desk_answer": 30,
                          "crew_answer": 60}]})
    }

    /// A record whose deadline was due at [`DUE`], and the alarm that it must raise.
    fn overdue() -> Vec<(&'static str, Value, &'static str, Vec<&'static str>)> {
        let stood_down = json!({"is": "stand_down_sent", "by": "op", "reason": "enough"});
        let assignment = json!({"incident": id("incident"), "desk": "one", "purpose": {"is": "inform"},
            "milestones": [milestone("stand_down_sent", SENT)], "state": stood_down});
        let run = json!({"incident": id("incident"), "assignment": id("assignment"), "unit": "u1", "desk": "one",
            "milestones": [milestone("stand_down_sent", SENT)], "state": stood_down});
        let ringing = call(json!({"is": "ringing", "trunk": "1"}), "2030-01-01T07:59:40Z");
        let to_call = call(json!({"is": "call_back", "attempt": 1, "due": DUE}), SENT);
        let held = incident(json!({"is": "held", "by": "op", "until": DUE, "why": "wait"}));
        let unconfirmed = "STAND_DOWN_UNCONFIRMED";
        vec![
            ("call", ringing, "CALL_UNANSWERED", vec!["call"]),
            ("call", to_call, "CALL_BACK_DUE", vec!["call"]),
            ("incident", held, "HOLD_OVER", vec!["incident"]),
            ("incident", incident(json!({"is": "open"})), "QUEUE_AGE", vec!["incident"]),
            ("assignment", assignment, unconfirmed, vec!["assignment"]),
            ("run", run, unconfirmed, vec!["assignment", "run"]),
        ]
    }

    fn alarm(code: &str, level: &str, raised_at: &str, names: &[&str]) -> Value {
        let mut alarm =
            json!({"code": code, "level": level, "raised_at": raised_at, "state": {"is": "raised"}});
        names.iter().for_each(|name| alarm[*name] = json!(id(name)));
        alarm
    }

    fn missed_of(records: &[(&str, Value)], now: &str) -> usize {
        let mut books = Books::default();
        records.iter().for_each(|(kind, state)| add(&mut books, kind, state.clone()));
        missed(&books, now.parse().expect("a time")).len()
    }

    #[test]
    fn each_kind_wants_its_own_alarm_about_its_own_record_since_it_was_due() {
        let (soon, later) = ("2030-01-01T08:00:44Z", "2030-01-01T08:00:50Z");
        for (kind, record, code, names) in overdue() {
            let with = |alarm: Value| missed_of(&[(kind, record.clone()), ("alarm", alarm)], later);
            assert_eq!(missed_of(&[(kind, record.clone())], soon), 0, "{code} of a {kind}: it has time");
            assert_eq!(missed_of(&[(kind, record.clone())], later), 1, "{code} of a {kind}: nobody noticed");
            assert_eq!(with(alarm(code, "supervisor", DUE, &names)), 0, "{code} of a {kind}: it was raised");
            assert_eq!(with(alarm("SHORTFALL", "supervisor", DUE, &names)), 1, "{code}: another alarm");
            assert_eq!(with(alarm(code, "supervisor", SENT, &names)), 1, "{code}: an alarm from before");
            assert_eq!(with(alarm(code, "supervisor", DUE, &[])), 1, "{code}: an alarm about nothing");
        }
    }

    #[test]
    fn an_alarm_that_nobody_took_must_be_the_supervisors() {
        let raised = |level| [("alarm", alarm("SHORTFALL", level, "2030-01-01T07:59:00Z", &[]))];
        assert_eq!(missed_of(&raised("operator"), "2030-01-01T08:00:50Z"), 1);
        assert_eq!(missed_of(&raised("supervisor"), "2030-01-01T08:00:50Z"), 0);
    }
}
