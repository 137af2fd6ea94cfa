//! The auditor itself on trial: a clean world passes, and every bug that is planted is found.

mod indexes;
mod watched;

use std::{collections::BTreeMap, sync::Arc};

use domain::{OperationId, RecordKey, Version, record::Record};
use jiff::Timestamp;
use serde_json::{Value, json};
use store::{
    Commit, Fingerprint, Lineage, Memory, Outcome as Committed, Place, QueueScore, Store as _, Write,
};
use uuid::Uuid;

use super::*;
use crate::history::{Answered, ClientHistory, Outcome, RequestHistory, SaidCall, TakenCall, WatcherHistory};

const LINEAGE: u128 = 7;

/// A small centre that did everything right: two calls, two incidents, one unit that served both in turn.
struct World {
    records: BTreeMap<String, Value>,
    requests: BTreeMap<String, RequestHistory>,
    watchers: Vec<WatcherHistory>,
    archive: Vec<String>,
}

fn id(kind: &str, number: u32) -> String {
    Uuid::new_v5(&Uuid::nil(), format!("{kind}{number}").as_bytes()).to_string()
}

fn call_id(request: &str) -> String {
    collecting::call_of("taker", request).to_string()
}

fn at(second: u32) -> String {
    format!("2026-02-01T08:{:02}:{:02}Z", second / 60, second % 60)
}

fn milestone(step: &str, second: u32) -> Value {
    json!({"step": step, "occurred_at": at(second), "recorded_at": at(second), "channel": "device",
           "by": {"name": "somebody", "role": "operator"}})
}

/// An incident served by one run from `from` to `to`.
fn served(number: u32, from: u32, to: u32) -> Vec<(String, Value)> {
    let (incident, assignment, run) = (id("incident", number), id("assignment", number), id("run", number));
    let call = call_id(&format!("r{number}"));
    vec![
        (
            format!("call:{call}"),
            json!({"id": call, "number": number.to_string(), "source": "telephone", "caller_number": "0555",
                   "location": {"position": {"latitude": 42.5, "longitude": 74.5}}, "narrative": "help",
                   "taken_at": at(from), "incident": incident, "duplicate": {"choice": "unasked"},
                   "milestones": [milestone("answered", from)],
                   "state": {"is": "ended", "disposition": {"outcome": "incident", "by": "taker"}}}),
        ),
        (
            format!("incident:{incident}"),
            json!({"id": incident, "number": number.to_string(), "priority": 2, "location": {}, "summary": "help",
                   "calls": [call], "assignments": [assignment], "runs": [run], "created_at": at(from),
                   "needs": [{"kind": "patrol", "count": 1, "when": "at_once", "mode": "auto", "desk_answer": 30,
                              "crew_answer": 60, "serving": [{"assignment": assignment, "overdue": false}]}],
                   "milestones": [milestone("created", from)],
                   "state": {"is": "closed", "closing": {"disposition": "seen to", "registration_number": "R-1",
                             "by": "operator", "at": at(to + 5)}}}),
        ),
        (
            format!("assignment:{assignment}"),
            json!({"id": assignment, "incident": incident, "desk": "one", "runs": [run],
                   "purpose": {"is": "respond", "need": 0, "kind": "patrol"},
                   "milestones": [milestone("sent", from), milestone("answer_overdue", from)],
                   "state": {"is": "done"}}),
        ),
        (
            format!("run:{run}"),
            json!({"id": run, "incident": incident, "assignment": assignment, "unit": "u1", "desk": "one",
                   "milestones": [milestone("sent", from), milestone("cleared", to)],
                   "state": {"is": "cleared", "disposition": "seen to"}}),
        ),
    ]
}

/// An assignment of an incident that its desk gave back.
fn returned(number: u32, of: u32) -> (String, Value) {
    let assignment = id("assignment", number);
    (
        format!("assignment:{assignment}"),
        json!({"id": assignment, "incident": id("incident", of), "desk": "two",
               "purpose": {"is": "respond", "need": 0, "kind": "patrol"},
               "milestones": [milestone("sent", 0), milestone("returned", 9)],
               "state": {"is": "returned", "reason": "not ours", "by": "duty"}}),
    )
}

fn take_call(number: u32) -> (String, RequestHistory) {
    let request = format!("r{number}");
    let answer = Answered {
        lineage: Uuid::from_u128(LINEAGE).to_string(),
        number: 1,
        taken: Some(TakenCall {
            call: call_id(&request),
            number: number.to_string(),
            incident: id("incident", number),
        }),
        ..Answered::default()
    };
    let said = SaidCall {
        caller_number: "0555".to_owned(),
        narrative: "help".to_owned(),
        position: Some((42.5, 74.5)),
    };
    let outcomes = vec![
        Outcome::Unknown,
        Outcome::Ok(answer.clone()),
        Outcome::Ok(Answered { repeated: true, ..answer }),
    ];
    (request, RequestHistory { method: "TakeCall".to_owned(), said: Some(said), outcomes })
}

impl World {
    fn new() -> Self {
        let mut records: BTreeMap<String, Value> = served(1, 0, 100).into_iter().collect();
        records.extend(served(2, 100, 200));
        records.extend([returned(3, 1)]);
        let first = format!("incident:{}", id("incident", 1));
        let listed = json!([id("assignment", 3), id("assignment", 1)]);
        records.get_mut(&first).expect("it was made above")["assignments"] = listed;
        records.insert(
            "unit:u1".to_owned(),
            json!({"id": "u1", "since": at(200), "state": {"is": "available"}}),
        );
        let mut requests: BTreeMap<String, RequestHistory> = [take_call(1), take_call(2)].into();
        let refused =
            Outcome::Refused { code: "FailedPrecondition".to_owned(), reason: "VERSION_MOVED".to_owned() };
        let raced = RequestHistory { method: "AssignDesk".to_owned(), said: None, outcomes: vec![refused] };
        requests.insert("r3".to_owned(), raced);
        Self { records, requests, watchers: Vec::new(), archive: Vec::new() }
    }

    fn record(&mut self, kind: &str, number: u32) -> &mut Value {
        let id = if kind == "call" { call_id(&format!("r{number}")) } else { id(kind, number) };
        self.records.get_mut(&format!("{kind}:{id}")).expect("the world has it")
    }

    fn answer(&mut self, request: &str, index: usize) -> &mut Answered {
        match &mut self.requests.get_mut(request).expect("the world has it").outcomes[index] {
            Outcome::Ok(answer) => answer,
            Outcome::Refused { .. } | Outcome::Unknown => panic!("not an answer"),
        }
    }

    async fn store(&self, misplace: &str) -> SharedStore {
        let store = Memory::new(Lineage::from_uuid(Uuid::from_u128(LINEAGE)));
        for (number, (key, state)) in self.records.iter().enumerate() {
            let key: RecordKey = key.parse().expect("a key");
            let record = Record::from_json(&key, &state.to_string()).expect("a record");
            let queue = record.queue_place().map(|(priority, at)| QueueScore::new(priority.get(), at));
            let misplaced = !misplace.is_empty() && key.to_string().starts_with(misplace);
            let open = record.is_open() != misplaced;
            let place = Place { open, queue, closed_at: record.ended_at() };
            let write = Write { key, version: Version::ABSENT, state: state.to_string().into(), place };
            let commit = Commit {
                operation: OperationId::derived("world", &number.to_string()),
                fingerprint: Fingerprint::of(b"world"),
                answer: "{}".into(),
                actor: "world".to_owned(),
                cause: "world".to_owned(),
                at: Timestamp::UNIX_EPOCH,
                seen: None,
                reads: Vec::new(),
                writes: vec![write],
            };
            let outcome = store.commit(commit).await.expect("memory answers");
            assert!(matches!(outcome, Committed::Committed { .. }), "{outcome:?}");
        }
        Arc::new(store)
    }

    async fn judged(&self, claim: Claim) -> Verdict {
        self.judged_with("", claim).await
    }

    async fn judged_with(&self, misplace: &str, claim: Claim) -> Verdict {
        let history = ClientHistory { client: "taker".to_owned(), requests: self.requests.clone() };
        let store = self.store(misplace).await;
        let known = Known { clients: vec![history], watchers: self.watchers.clone() };
        audit(&store, &known, &self.archive, claim).await.expect("the evidence can be read")
    }

    /// Asserts that the planted bug is found, whatever else it brings with it.
    async fn finds(&self, what: impl Fn(&Finding) -> bool) {
        let verdict = self.judged(Claim::Everything).await;
        assert!(verdict.findings.iter().any(what), "not found; found was {:#?}", verdict.findings);
    }
}

#[tokio::test]
async fn a_world_without_bugs_is_clean() {
    let verdict = World::new().judged(Claim::Everything).await;
    assert!(verdict.is_clean(), "{verdict}");
    assert_eq!((verdict.calls_acknowledged, verdict.calls_found, verdict.incidents_closed), (2, 2, 2));
    assert_eq!((verdict.expired, verdict.returned, verdict.conflicts, verdict.repeats), (2, 1, 1, 2));
    assert_eq!((verdict.lost(), verdict.double()), (0, 0));
}

#[tokio::test]
async fn a_call_that_the_journal_alone_had_is_counted() {
    let mut world = World::new();
    *world.answer("r2", 1) = Answered { number: 0, lineage: String::new(), ..world.answer("r2", 1).clone() };
    let verdict = world.judged(Claim::Everything).await;
    assert!(verdict.is_clean(), "{verdict}");
    assert_eq!((verdict.calls_acknowledged, verdict.calls_journaled), (2, 1));
}

#[tokio::test]
async fn a_lost_call_is_found() {
    let mut world = World::new();
    world.records.remove(&format!("call:{}", call_id("r1")));
    world.finds(|finding| matches!(finding, Finding::CallLost { request, .. } if request == "r1")).await;
    assert_eq!(world.judged(Claim::Intake).await.lost(), 1);
}

#[tokio::test]
async fn a_call_that_was_sent_again_as_another_request_is_found() {
    let mut world = World::new();
    let other = call_id("another request");
    let call = world.records[&format!("call:{}", call_id("r1"))].to_string();
    let again = serde_json::from_str(&call.replace(&call_id("r1"), &other)).expect("a call");
    world.records.insert(format!("call:{other}"), again);
    for index in [1, 2] {
        world.answer("r1", index).taken.as_mut().expect("a call").call.clone_from(&other);
    }
    world.finds(|finding| matches!(finding, Finding::CallTwice { request, .. } if request == "r1")).await;
    // one that was never done before may be done so
    world.records.remove(&format!("call:{}", call_id("r1")));
    let verdict = world.judged(Claim::Everything).await;
    assert!(!verdict.findings.iter().any(|finding| matches!(finding, Finding::CallTwice { .. })));
}

#[tokio::test]
async fn a_changed_call_is_found_whatever_changed() {
    let changes: [(&str, Value, &str); 3] = [
        ("number", json!("99"), "number"),
        ("narrative", json!("hel"), "narrative"),
        ("location", json!({"position": {"latitude": 42.5, "longitude": 74.6}}), "position"),
    ];
    for (field, value, wanted) in changes {
        let mut world = World::new();
        world.record("call", 1)[field] = value;
        world.finds(|finding| matches!(finding, Finding::CallChanged { what, .. } if *what == wanted)).await;
    }
}

#[tokio::test]
async fn a_number_given_twice_is_found() {
    let mut world = World::new();
    world.record("call", 2)["number"] = json!("1");
    for index in [1, 2] {
        world.answer("r2", index).taken.as_mut().expect("a call").number = "1".to_owned();
    }
    world.finds(|finding| matches!(finding, Finding::NumberTwice { number, .. } if number == "1")).await;
}

#[tokio::test]
async fn a_refused_call_that_is_there_is_found_and_an_unknown_one_may_be() {
    let mut world = World::new();
    let refused = Outcome::Refused { code: "InvalidArgument".to_owned(), reason: "MALFORMED".to_owned() };
    world.requests.get_mut("r2").expect("it is there").outcomes = vec![refused];
    world.finds(|finding| matches!(finding, Finding::RefusedAndThere { .. })).await;
    world.requests.get_mut("r2").expect("it is there").outcomes = vec![Outcome::Unknown];
    assert!(world.judged(Claim::Everything).await.is_clean());
}

#[tokio::test]
async fn a_unit_in_two_places_is_found() {
    let mut world = World::new();
    world.record("run", 2)["milestones"] = json!([milestone("sent", 99), milestone("cleared", 200)]);
    let verdict = world.judged(Claim::Everything).await;
    assert_eq!(verdict.double(), 1, "{verdict}");
    assert!(matches!(&verdict.findings[..], [Finding::UnitTwice { unit, .. }] if unit.as_str() == "u1"));
}

#[tokio::test]
async fn an_open_incident_without_an_explanation_is_found() {
    let mut world = World::new();
    world.record("incident", 2)["state"] = json!({"is": "open"});
    world.finds(|finding| matches!(finding, Finding::IncidentForgotten { .. })).await;
}

#[tokio::test]
async fn too_many_explanations_are_found_and_each_is_counted() {
    let mut world = World::new();
    let cancelled = json!({"is": "cancelled", "reason": "a hoax", "by": "operator", "at": at(300)});
    world.record("incident", 2)["state"] = cancelled;
    let verdict = world.judged(Claim::Everything).await;
    assert_eq!(verdict.explained, BTreeMap::from([(Explanation::Cancelled, 1)]));
    assert!(verdict.findings.contains(&Finding::TooManyExplained { explained: 1, all: 2 }));
    assert!(world.judged(Claim::Intake).await.is_clean(), "intake claims nothing of incidents");
}

#[tokio::test]
async fn a_lost_incident_is_found() {
    let mut world = World::new();
    world.records.retain(|key, _| !key.ends_with(&id("incident", 2)));
    world.finds(|finding| matches!(finding, Finding::IncidentLost { .. })).await;
}

#[tokio::test]
async fn different_answers_to_the_same_request_are_found() {
    let mut world = World::new();
    world.answer("r1", 2).number = 2;
    world.finds(|finding| matches!(finding, Finding::AnswersDiffer { request, .. } if request == "r1")).await;
    let mut world = World::new();
    world.answer("r1", 2).taken.as_mut().expect("a call").number = "8".to_owned();
    world.finds(|finding| matches!(finding, Finding::AnswersDiffer { .. })).await;
}

#[tokio::test]
async fn a_store_that_went_back_is_found() {
    let mut world = World::new();
    let key = format!("run:{}", id("run", 1));
    world.answer("r1", 1).records.insert(key.clone(), 10_000);
    world.finds(|finding| matches!(finding, Finding::Version { key: found, .. } if *found == key)).await;
    let mut world = World::new();
    for index in [1, 2] {
        world.answer("r1", index).number = 10_000;
    }
    world.finds(|finding| matches!(finding, Finding::Version { found: 10_000, .. })).await;
}

#[tokio::test]
async fn records_that_do_not_agree_are_found() {
    let mut world = World::new();
    world.record("call", 1)["incident"] = json!(id("incident", 2));
    world.finds(|finding| matches!(finding, Finding::Invariant(Violation::CallNotListed { .. }))).await;
}

#[tokio::test]
async fn a_refusal_that_is_no_race_is_no_conflict() {
    let mut world = World::new();
    let refused =
        |reason: &str| Outcome::Refused { code: "FailedPrecondition".to_owned(), reason: reason.to_owned() };
    // a unit that is on duty already signs on
    world.requests.get_mut("r3").expect("it is there").outcomes = vec![refused("ILLEGAL_STEP")];
    world.finds(|finding| *finding == Finding::Toothless("conflicted")).await;
}

#[tokio::test]
async fn a_run_in_which_nothing_went_wrong_is_toothless() {
    let mut world = World::new();
    for request in world.requests.values_mut() {
        request.outcomes.retain(|outcome| matches!(outcome, Outcome::Ok(answer) if !answer.repeated));
    }
    world.finds(|finding| *finding == Finding::Toothless("conflicted")).await;
    world.finds(|finding| *finding == Finding::Toothless("was repeated")).await;
    let short = world.judged(Claim::ShortRun).await;
    assert!(short.is_clean(), "it still expired and was returned: {short}");
    assert!(!world.judged(Claim::Intake).await.is_clean());
}

#[tokio::test]
async fn what_the_archive_holds_is_not_lost() {
    let mut world = World::new();
    let gone = [id("incident", 2), id("assignment", 2), id("run", 2), call_id("r2")];
    let (archived, kept): (BTreeMap<_, _>, BTreeMap<_, _>) =
        world.records.into_iter().partition(|(key, _)| gone.iter().any(|id| key.ends_with(id)));
    world.records = kept;
    assert_eq!(world.judged(Claim::Intake).await.lost(), 1);
    let records: BTreeMap<_, _> =
        archived.iter().map(|(key, state)| (key.clone(), json!({"version": 3, "state": state}))).collect();
    let line = json!({"subject": format!("incident:{}", gone[0]), "closed_at": at(205), "records": records});
    // a line may stand twice after a crash
    world.archive = vec![line.to_string(), line.to_string()];
    let verdict = world.judged(Claim::Everything).await;
    assert!(verdict.is_clean(), "{verdict}");
    assert_eq!((verdict.archived, verdict.incidents_closed), (4, 2));
}

#[tokio::test]
async fn alarms_are_read_from_the_store_and_from_lines_of_their_own() {
    let mut world = World::new();
    let alarm = |number, of: Option<u32>| {
        let ended = json!({"is": "ended", "by": "operator", "at": at(150)});
        let mut alarm = json!({"id": id("alarm", number), "code": "SHORTFALL", "level": "operator",
                               "raised_at": at(100), "state": ended});
        if let Some(incident) = of {
            alarm["incident"] = json!(id("incident", incident));
        }
        (format!("alarm:{}", id("alarm", number)), alarm)
    };
    world.records.extend([alarm(1, Some(1))]);
    for (key, state) in [alarm(2, Some(2)), alarm(3, None)] {
        let records = json!({key.as_str(): {"version": 3, "state": state}});
        world.archive.push(json!({"of": key, "ended_at": at(150), "records": records}).to_string());
    }
    let before = World::new().judged(Claim::Everything).await.records;
    let verdict = world.judged(Claim::Everything).await;
    assert!(verdict.is_clean(), "{verdict}");
    assert_eq!((verdict.records, verdict.archived), (before + 3, 2));
}
