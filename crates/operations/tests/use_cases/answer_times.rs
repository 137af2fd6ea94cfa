//! How long desks and crews take to answer is measured once per answer, and only where somebody waits for one.

use std::sync::{Arc, Mutex};

use domain::{
    AssignmentId, Priority, RunId,
    assignment::{Assignment, NewAssignment, Purpose},
    milestone::Report,
    record::Record,
    run::Run,
    unit::UnitEvent,
};
use jiff::{SignedDuration, Timestamp};
use metrics::{
    Counter, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString,
    set_default_local_recorder,
};
use operations::{
    ControlRoom, GivenReport,
    desk::{ReportReceived, ReturnAssignment, report_received, return_assignment},
    units::{ReportRun, RunReport, report_run},
};

use crate::{
    largest::{at_work, kind, need, shown, unit},
    room::{at_the_desk, bare, operation, room_with, station},
};

/// The answers that were measured in this thread, each as its name with its labels, and the seconds it took.
#[derive(Clone, Default)]
struct Measured(Arc<Mutex<Vec<(String, f64)>>>);

/// One series of them.
struct Series(String, Measured);

impl HistogramFn for Series {
    fn record(&self, value: f64) {
        let Self(name, Measured(all)) = self;
        all.lock().expect("nothing panics while it notes").push((name.clone(), value));
    }
}

impl Recorder for Measured {
    fn describe_counter(&self, _: KeyName, _: Option<metrics::Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<metrics::Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<metrics::Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::noop()
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        let labels: Vec<_> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        let name = format!("{} {}", key.name(), labels.join(" "));
        Histogram::from_arc(Arc::new(Series(name, self.clone())))
    }
}

impl Measured {
    /// What was measured since it was last asked.
    fn taken(&self) -> Vec<(String, f64)> {
        std::mem::take(&mut *self.0.lock().expect("nothing panics while it notes"))
    }

    fn names(&self) -> Vec<String> {
        self.taken().into_iter().map(|(name, _)| name).collect()
    }
}

/// How long ago everything was sent.
const SENT_AGO: SignedDuration = SignedDuration::from_secs(30);

/// An incident of the third priority with one assignment and one run, answers to which are due then.
fn sent(name: &str, answer_due: Option<Timestamp>) -> (Assignment, Run, [Record; 4]) {
    let mut incident = bare(name);
    incident.priority = Priority::new(3).expect("a priority");
    let (given, sent) =
        (AssignmentId::derived(operation(name), "given"), RunId::derived(operation(name), "sent"));
    incident.needs.push(need(kind(0), 1));
    incident.needs[0].serve(given, 1);
    incident.assignments.push(given);
    incident.runs.push(sent);
    let report = Report::by_system(Timestamp::now() - SENT_AGO, "test");
    let new = NewAssignment {
        id: given,
        incident: incident.id,
        desk: station(),
        purpose: Purpose::Respond { need: 0, kind: kind(0) },
        recommended_unit: None,
        answer_due,
    };
    let mut assignment = Assignment::sent(new, &report);
    assignment.runs.push(sent);
    let run = Run::sent(sent, &assignment, unit(0), answer_due, &report);
    let mut unit = at_work(0);
    unit.step(UnitEvent::Assign { run: sent }).expect("it has nothing to do");
    let records = [
        Record::Incident(incident),
        Record::Assignment(assignment.clone()),
        Record::Run(run.clone()),
        Record::Unit(unit),
    ];
    (assignment, run, records)
}

async fn receive(room: &ControlRoom, assignment: &Assignment, request: &str) {
    let said = ReportReceived {
        assignment: assignment.id,
        expected: None,
        person: "Lt Asanov".to_owned(),
        report: GivenReport::default(),
    };
    shown(room, report_received(room, &at_the_desk(request), &said).await.expect("received")).await;
}

async fn report(room: &ControlRoom, run: &Run, step: RunReport, request: &str) {
    let said = ReportRun { run: run.id, expected: None, step, report: GivenReport::default() };
    shown(room, report_run(room, &at_the_desk(request), &said).await.expect("reported")).await;
}

/// So many seconds from now, or ago.
fn due(seconds: i64) -> Option<Timestamp> {
    Some(Timestamp::now() + SignedDuration::from_secs(seconds))
}

#[tokio::test]
async fn the_first_answer_of_a_desk_and_of_a_crew_is_measured_once() {
    let measured = Measured::default();
    let _guard = set_default_local_recorder(&measured);
    let (assignment, run, records) = sent("one", due(600));
    let room = room_with(&records).await;
    measured.taken();
    receive(&room, &assignment, "receive").await;
    let taken = measured.taken();
    assert_eq!(taken.len(), 1, "{taken:?}");
    assert_eq!(taken[0].0, "kezek_desk_answer_seconds priority=3 outcome=in_time");
    assert!((SENT_AGO.as_secs_f64()..600.0).contains(&taken[0].1), "{taken:?}");
    // the same request again, and a second person who says so
    receive(&room, &assignment, "receive").await;
    receive(&room, &assignment, "receive-again").await;
    assert_eq!(measured.names(), [""; 0]);
    // whoever drives has acknowledged
    report(&room, &run, RunReport::EnRoute, "drive").await;
    assert_eq!(measured.names(), ["kezek_crew_answer_seconds priority=3 outcome=in_time"]);
    report(&room, &run, RunReport::Acknowledged, "acknowledge").await;
    report(&room, &run, RunReport::OnScene, "arrive").await;
    assert_eq!(measured.names(), [""; 0]);
}

#[tokio::test]
async fn an_answer_after_its_time_is_late_whether_or_not_an_alarm_was_raised() {
    let measured = Measured::default();
    let _guard = set_default_local_recorder(&measured);
    let (assignment, run, [incident, _, _, unit]) = sent("one", due(-1));
    let mut alarmed = run.clone();
    (alarmed.overdue, alarmed.answer_due) = (true, due(600));
    let records = [incident, Record::Assignment(assignment.clone()), Record::Run(alarmed), unit];
    let room = room_with(&records).await;
    measured.taken();
    receive(&room, &assignment, "receive").await;
    report(&room, &run, RunReport::Acknowledged, "acknowledge").await;
    let late = ["kezek_desk_answer_seconds", "kezek_crew_answer_seconds"];
    assert_eq!(measured.names(), late.map(|name| format!("{name} priority=3 outcome=late")));
}

#[tokio::test]
async fn to_give_it_back_is_an_answer_and_what_nobody_waits_for_is_none() {
    let measured = Measured::default();
    let _guard = set_default_local_recorder(&measured);
    let (mut returned, _, mut records) = sent("one", due(600));
    returned.runs.clear();
    records[1] = Record::Assignment(returned.clone());
    let (unawaited, _, others) = sent("other", None);
    let room = room_with(&[&records[..2], &others[..3]].concat()).await;
    crate::explained::in_force(&room).await;
    measured.taken();
    receive(&room, &unawaited, "receive").await;
    assert_eq!(measured.names(), [""; 0]);
    let said = ReturnAssignment {
        assignment: returned.id,
        expected: None,
        reason: "not ours".to_owned(),
        proposed: None,
        report: GivenReport::default(),
    };
    return_assignment(&room, &at_the_desk("return"), &said).await.expect("returned");
    assert_eq!(measured.names(), ["kezek_desk_answer_seconds priority=3 outcome=in_time"]);
}
