//! Whatever is as large as its limits allow can still be worked on: the longest call is taken, the fullest incident is
//! noted, joined, merged and closed, and a desk sends as many units as it may.

use std::{collections::BTreeMap, time::Duration};

use domain::{
    AssignmentId, CallId, CentreId, IncidentId, NoteId, Priority, RecommendationId, RecordKey, RecordKind,
    RunId, Seconds, StationId, UnitId, UnitKindId,
    assignment::{Assignment, NewAssignment, Purpose},
    call::DuplicateChoice,
    directory::{
        ChosenBy, Directory, DuplicateRule, PlanNeed, ResponsePlan, Station, Titles, Travel, UnitEntry,
        UnitKind,
    },
    incident::{
        Caller, CallerDigits, Incident, Need, NeedMode, NeedTime, PassedOver, PassedOverReason, Responder,
        Supply,
    },
    limits::{
        CALLERS_KEPT_MAX, CALLS_PER_INCIDENT_MAX, INCIDENT_BYTES_MAX, INCIDENT_BYTES_RESERVED,
        LINE_BYTES_MAX, NARRATIVE_BYTES_MAX, NEEDS_PER_INCIDENT_MAX, NOTE_BYTES_MAX, NOTES_PER_INCIDENT_MAX,
        RECOMMENDATIONS_MAX, RUNS_PER_INCIDENT_MAX, SUMMARY_CHARS_MAX, UNITS_PER_NEED_MAX,
    },
    location::Location,
    milestone::Step,
    record::Record,
    refusal::Refusal,
    run::Run,
    unit::{Unit, UnitEvent},
};
use geography::Position;
use jiff::Timestamp;
use operations::{
    ControlRoom, GivenReport, OperationError,
    calls::{TakeCall, take_call},
    desk::{AcceptAssignment, accept_assignment},
    directory::apply_directory,
    dispatch::{AskedFor, AssignDesk, Replacement, StandDown, Whom, assign_desk, stand_down},
    incidents::{
        AddNote, CancelIncident, CloseIncident, MergeIncidents, OpenIncident, UnmergeIncident, add_note,
        cancel_incident, close_incident, merge_incidents, open_incident, unmerge_incident,
    },
};
use proptest::{prelude::*, test_runner::Config};

use crate::room::{NOW, ask, at_the_desk, bare, operation, report, room_with, station};

pub(crate) fn kind(number: usize) -> UnitKindId {
    UnitKindId::new(format!("kind-{number:0>35}")).expect("a slug")
}

pub(crate) fn unit(number: usize) -> UnitId {
    UnitId::new(format!("unit-{number:0>35}")).expect("a slug")
}

/// Every byte of it is six in JSON.
fn garbled(bytes: usize) -> String {
    "\u{1}".repeat(bytes)
}

/// Whether the units sent to an incident are still on their way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Units {
    Out,
    Home,
}

/// An incident with every list as long as it may be and every text as long as it can become, and all its work.
fn fullest(name: &str, units: Units) -> (Incident, Vec<Record>) {
    let mut incident = bare(name);
    let ids = |count: usize| (0..count).map(|number| operation(&format!("{name}/{number}")));
    incident.location.address = garbled(LINE_BYTES_MAX);
    incident.location.landmark = garbled(LINE_BYTES_MAX);
    incident.summary = "\u{1F693}".repeat(SUMMARY_CHARS_MAX);
    incident.calls = ids(CALLS_PER_INCIDENT_MAX - 1).map(|id| CallId::derived(id, "call")).collect();
    let through = Some(incident.id);
    incident.callers = (0..CALLERS_KEPT_MAX)
        .filter_map(|number| CallerDigits::of(&format!("555{number:0>6}")))
        .map(|digits| Caller { digits, through })
        .collect();
    incident.notes = ids(NOTES_PER_INCIDENT_MAX - 1).map(|id| NoteId::derived(id, "note")).collect();
    incident.earlier_recommendations = ids(RECOMMENDATIONS_MAX + RUNS_PER_INCIDENT_MAX)
        .map(|id| RecommendationId::derived(id, "recommendation"))
        .collect();
    incident.needs =
        (0..NEEDS_PER_INCIDENT_MAX).map(|number| need(kind(number), UNITS_PER_NEED_MAX)).collect();
    let mut records = Vec::new();
    for (number, id) in ids(RUNS_PER_INCIDENT_MAX).enumerate() {
        let (given, sent) = (AssignmentId::derived(id, "assignment"), RunId::derived(id, "run"));
        let index = number % NEEDS_PER_INCIDENT_MAX;
        incident.assignments.push(given);
        incident.runs.push(sent);
        incident.needs[index].serve(given, 1);
        let station = StationId::new(format!("desk-{number:0>35}")).expect("a slug");
        incident.pass_over(Responder::Desk { station }, PassedOverReason::Unanswered, Timestamp::MAX);
        let at = Timestamp::MAX;
        let who = Responder::Unit { unit: UnitId::new(format!("gone-{number:0>35}")).expect("a slug") };
        incident.passed_over.push(PassedOver { who, why: PassedOverReason::StoodDown, at });
        let purpose = Purpose::Respond { need: index, kind: kind(index) };
        let mut given = assignment(&incident, given, purpose);
        given.runs.push(sent);
        if units == Units::Out {
            let mut unit = at_work(number);
            unit.step(UnitEvent::Assign { run: sent }).expect("it is available");
            records.push(Record::Run(Run::sent(sent, &given, unit.id.clone(), None, &report())));
            records.push(Record::Unit(unit));
        }
        records.push(Record::Assignment(given));
    }
    records.push(Record::Incident(incident.clone()));
    (incident, records)
}

pub(crate) fn need(kind: UnitKindId, count: u8) -> Need {
    let line = plan_need(kind, count);
    Need { supply: Supply::Short, ..Need::planned(&line) }
}

fn plan_need(kind: UnitKindId, count: u8) -> PlanNeed {
    PlanNeed {
        kind,
        count,
        when: NeedTime::Requested,
        mode: NeedMode::Recommend,
        desk_answer: Seconds(30),
        crew_answer: Seconds(60),
    }
}

pub(crate) fn assignment(incident: &Incident, id: AssignmentId, purpose: Purpose) -> Assignment {
    let (incident, desk) = (incident.id, station());
    let new = NewAssignment { id, incident, desk, purpose, recommended_unit: None, answer_due: None };
    Assignment::sent(new, &report())
}

/// A unit with a crew and nothing to do.
pub(crate) fn at_work(number: usize) -> Unit {
    let mut unit = Unit::signed_off(unit(number), NOW);
    unit.step(UnitEvent::SignOn).expect("nobody had signed on");
    unit
}

fn call(narrative: String, line: &str, duplicate: DuplicateChoice) -> TakeCall {
    TakeCall {
        continues: None,
        caller_number: line.to_owned(),
        location: Location { address: line.to_owned(), landmark: line.to_owned(), ..Location::default() },
        incident_type: line.to_owned(),
        priority: None,
        language: line.to_owned(),
        narrative,
        source: line.to_owned(),
        trunk: line.to_owned(),
        desk: line.to_owned(),
        rang_at: Some(NOW),
        answered_at: None,
        duplicate,
        odd: std::collections::BTreeSet::new(),
    }
}

fn closing(incident: IncidentId) -> CloseIncident {
    CloseIncident {
        incident,
        expected: None,
        disposition: garbled(LINE_BYTES_MAX),
        registration_number: garbled(LINE_BYTES_MAX),
        lawful_reason: garbled(LINE_BYTES_MAX),
    }
}

pub(crate) async fn shown<A: Clone>(room: &ControlRoom, done: operations::Done<A>) -> A {
    let number = done.receipt.cursor.number;
    room.centre.reached(number, Duration::from_secs(30)).await.expect("the board shows it in time");
    done.answer
}

proptest! {
    #![proptest_config(Config::with_cases(64))]

    /// The texts of one request share a message of 64 KiB on the wire; here each has its own limit.
    #[test]
    fn a_call_is_taken_whatever_its_texts_hold(
        letter in any::<char>(),
        narrative in proptest::collection::vec(any::<char>(), 0..200),
        times in 1_usize..5_000,
        line in proptest::collection::vec(any::<char>(), 0..200),
        is_long in any::<bool>(),
    ) {
        let fill = |letter: char, bytes: usize| letter.to_string().repeat(bytes / letter.len_utf8());
        let cut = |text: String, bytes: usize| text[..text.floor_char_boundary(bytes)].to_owned();
        let (narrative, line) = if is_long {
            (fill(letter, NARRATIVE_BYTES_MAX), fill(letter, LINE_BYTES_MAX))
        } else {
            let narrative = narrative.into_iter().collect::<String>().repeat(times);
            (cut(narrative, NARRATIVE_BYTES_MAX), cut(line.into_iter().collect(), LINE_BYTES_MAX))
        };
        let taken = tokio::runtime::Runtime::new().expect("a runtime").block_on(async {
            let room = room_with(&[]).await;
            take_call(&room, &ask("call"), &call(narrative, &line, DuplicateChoice::Unasked)).await.map(drop)
        });
        prop_assert!(taken.is_ok(), "{taken:?}");
    }
}

#[tokio::test]
async fn the_longest_call_of_control_characters_is_taken_as_it_came_and_joins_the_fullest_incident() {
    let (incident, records) = fullest("one", Units::Home);
    let room = room_with(&records).await;
    let same = DuplicateChoice::SameAs { incident: incident.id };
    let request = call(garbled(NARRATIVE_BYTES_MAX), &garbled(LINE_BYTES_MAX), same);
    let taken = take_call(&room, &ask("call"), &request).await.expect("whatever is said is taken");
    assert_eq!(taken.answer.incident, Some(incident.id));
    let key = RecordKey::new(RecordKind::Call, taken.answer.call);
    let kept = taken.records[&key].record.as_call().expect("a call is kept as a call").narrative.len();
    assert_eq!(kept, NARRATIVE_BYTES_MAX, "not a letter of it is lost");
}

#[tokio::test]
async fn the_fullest_incident_is_noted_and_closed() {
    let (incident, records) = fullest("one", Units::Home);
    let bytes = Record::Incident(incident.clone()).to_json().len();
    assert!(
        (INCIDENT_BYTES_MAX * 2 / 3..INCIDENT_BYTES_MAX).contains(&bytes),
        "{bytes} bytes: the sum in limits.rs"
    );
    let room = room_with(&records).await;
    let note = AddNote { incident: incident.id, text: garbled(NOTE_BYTES_MAX) };
    shown(&room, add_note(&room, &ask("note"), &note).await.expect("the last note fits")).await;
    close_incident(&room, &ask("close"), &closing(incident.id)).await.expect("a full incident can be closed");
}

#[tokio::test]
async fn the_work_of_the_fullest_incident_moves_in_a_merge_and_back() {
    let (full, mut records) = fullest("one", Units::Out);
    let small = bare("two");
    records.push(Record::Incident(small.clone()));
    let room = room_with(&records).await;
    let merge = MergeIncidents { incident: full.id, expected: None, into: small.id };
    shown(&room, merge_incidents(&room, &ask("merge"), &merge).await.expect("it can be merged")).await;
    let moved = room.centre.read(|picture| picture.board.incidents()[&small.id].record.runs.len());
    assert_eq!(moved, RUNS_PER_INCIDENT_MAX);
    let part = UnmergeIncident { incident: full.id, expected: None };
    unmerge_incident(&room, &ask("part"), &part).await.expect("it can be parted");
}

#[tokio::test]
async fn an_incident_that_is_too_large_to_add_to_is_served_no_more_words_and_can_still_be_ended() {
    let (mut incident, mut records) = fullest("one", Units::Home);
    let step = report().milestone(Step::Released);
    while Record::Incident(incident.clone()).to_json().len() < INCIDENT_BYTES_MAX {
        incident.milestones.push(step.clone());
    }
    records.pop();
    records.push(Record::Incident(incident.clone()));
    let room = room_with(&records).await;
    let note = AddNote { incident: incident.id, text: "more".to_owned() };
    let refused = add_note(&room, &ask("note"), &note).await.expect_err("there is no room");
    let limit = Refusal::Limit { what: "bytes of one incident", limit: INCIDENT_BYTES_MAX, value: 0 };
    assert!(
        matches!(&refused, OperationError::Refused(refused) if refused.code() == limit.code()),
        "{refused:?}"
    );
    let request =
        call("there is more smoke".to_owned(), "", DuplicateChoice::SameAs { incident: incident.id });
    let taken = take_call(&room, &ask("call"), &request).await.expect("the call is taken");
    assert!(taken.answer.incident.is_some_and(|joined| joined != incident.id), "it opened one of its own");
    let cancel = CancelIncident { incident: incident.id, expected: None, reason: garbled(LINE_BYTES_MAX) };
    let ended = cancel_incident(&room, &ask("cancel"), &cancel).await.expect("it can be ended");
    let bytes = ended.records.values().map(|held| held.record.to_json().len()).sum::<usize>();
    assert!(bytes < INCIDENT_BYTES_MAX + INCIDENT_BYTES_RESERVED, "{bytes}");
}

/// A centre with one desk and as many units as one need may ask for.
pub(crate) fn town() -> Directory {
    let position = Position::new(42.87, 74.6).expect("a position");
    let count = UNITS_PER_NEED_MAX;
    let entry = |number: usize| UnitEntry {
        callsign: number.to_string(),
        kind: kind(0),
        command: "town".to_owned(),
        desk: station(),
        beat: None,
        talkgroup: String::new(),
        radio_only: false,
    };
    let station_entry =
        Station { title: Titles::default(), position, parent: None, contact: "102".to_owned() };
    let patrol = UnitKind { title: Titles::default(), chosen_by: ChosenBy::Either, automatic: false };
    Directory {
        centre: CentreId::new("town").expect("a slug"),
        title: Titles::default(),
        illustrative: true,
        languages: vec!["ky".to_owned()],
        time_zone: "Asia/Bishkek".to_owned(),
        contact: "102".to_owned(),
        duplicates: DuplicateRule::default(),
        travel: Travel::default(),
        districts: BTreeMap::new(),
        stations: BTreeMap::from([(station(), station_entry)]),
        kinds: BTreeMap::from([(kind(0), patrol)]),
        units: (0..count.into()).map(|number| (unit(number), entry(number))).collect(),
        types: BTreeMap::new(),
        untyped: ResponsePlan { needs: vec![plan_need(kind(0), count)] },
        untyped_priority: Priority::TOP,
    }
}

#[tokio::test]
async fn a_desk_sends_as_many_units_as_a_need_may_have_and_all_are_called_back_at_once() {
    let count = usize::from(UNITS_PER_NEED_MAX);
    let units: Vec<_> = (0..count).map(|number| Record::Unit(at_work(number))).collect();
    let room = room_with(&units).await;
    let applied = apply_directory(&room, &ask("directory"), &town(), None).await.expect("a directory");
    shown(&room, applied).await;
    let given =
        GivenReport { occurred_at: None, channel: None, on_behalf_of: String::new(), correction: None };
    let open = OpenIncident {
        call: None,
        incident_type: None,
        priority: None,
        location: Location::default(),
        narrative: "a fire at the bazaar".to_owned(),
        report: given.clone(),
    };
    let opened = open_incident(&room, &ask("open"), &open).await.expect("an incident");
    let incident = shown(&room, opened).await.incident;
    let asked = AskedFor::Need(0);
    let assign = AssignDesk { incident, expected: None, desk: station(), asked, recommended: None };
    let assigned = assign_desk(&room, &ask("assign"), &assign).await.expect("the desk is asked");
    let assignment = shown(&room, assigned).await.assignment;
    let accept = AcceptAssignment {
        assignment,
        expected: None,
        units: (0..count).map(unit).collect(),
        person: String::new(),
        report: given,
    };
    let sent = accept_assignment(&room, &at_the_desk("accept"), &accept).await.expect("all are sent");
    assert_eq!(shown(&room, sent).await.runs.len(), count);
    let back = StandDown {
        whom: Whom::Assignment(assignment),
        expected: None,
        reason: "false".to_owned(),
        replacement: Replacement::Wanted,
    };
    let called = stand_down(&room, &ask("back"), &back).await.expect("all are stood down");
    assert_eq!(called.answer.runs.len(), count);
}
