//! Many incidents that wait at once: they are served in the order of the line and several by one change, and one that is
//! refused keeps nobody waiting.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use centre::Heard;
use domain::{
    AlarmId, AssignmentId, CallId, IncidentId, Priority, RecordKey, RecordKind, StationId,
    alarm::{About, Alarm, AlarmCode, AlarmLevel},
    change::Change,
    directory::{ChosenBy, Directory},
    incident::{Incident, NeedMode},
    limits::RUNS_PER_INCIDENT_MAX,
    record::Record,
};
use jiff::SignedDuration;
use operations::{ControlRoom, directory::apply_directory, dispatcher};
use store::{SharedStore, Store};

use crate::{
    largest::{at_work, kind, need, shown, town},
    room::{NOW, ask, bare, memory, operation, room_on, room_with, seed, seed_all},
};

/// A town that sends its units by itself.
fn automatic() -> Directory {
    let mut town = town();
    for kind in town.kinds.values_mut() {
        (kind.automatic, kind.chosen_by) = (true, ChosenBy::Centre);
    }
    town
}

/// An incident that waits for one unit.
fn waiting(name: &str) -> Incident {
    let mut incident = bare(name);
    incident.needs.push(need(kind(0), 1));
    incident.needs[0].mode = NeedMode::Auto;
    incident
}

/// A room where these incidents wait and so many units have nothing to do, and which has no dispatcher yet.
async fn room(incidents: &[Incident], units: usize) -> ControlRoom {
    room_in(&automatic(), incidents, units).await
}

/// The same in another town.
async fn room_in(town: &Directory, incidents: &[Incident], units: usize) -> ControlRoom {
    let units = (0..units).map(|number| Record::Unit(at_work(number)));
    let records: Vec<_> = incidents.iter().cloned().map(Record::Incident).chain(units).collect();
    let room = room_with(&records).await;
    let applied = apply_directory(&room, &ask("directory"), town, None).await.expect("a directory");
    shown(&room, applied).await;
    room
}

/// The same town with as many more stations.
fn with_stations(count: usize) -> Directory {
    let mut town = automatic();
    let station = town.stations.values().next().expect("the town has a station").clone();
    town.stations.extend((0..count).map(|number| (desk(number), station.clone())));
    town
}

fn desk(number: usize) -> StationId {
    StationId::new(format!("desk-{number}")).expect("a slug")
}

/// So many assignments that an incident had before and that are over.
fn earlier(count: usize) -> Vec<AssignmentId> {
    let before = (0..count).map(|number| operation(&format!("before{number}")));
    before.map(|id| AssignmentId::derived(id, "assignment")).collect()
}

/// Every change from when the dispatcher starts until the board is as it is awaited.
async fn dispatched(room: &ControlRoom, is_done: impl Fn(&ControlRoom) -> bool) -> Vec<Change> {
    let mut changes = room.centre.changes();
    tokio::spawn(dispatcher::run(room.clone()));
    let mut seen = Vec::new();
    while !is_done(room) {
        let heard =
            tokio::time::timeout(Duration::from_secs(30), changes.next()).await.expect("it is done in time");
        // the first that is heard is that there was a board before
        if let Heard::Changes(applied) = heard {
            seen.extend(applied.iter().map(|applied| applied.change.clone()));
        }
    }
    seen
}

/// The incidents that have a unit out, and how many units are.
fn sent_to(room: &ControlRoom) -> (BTreeSet<IncidentId>, usize) {
    room.centre.read(|picture| {
        let runs = picture.board.runs();
        let units: BTreeSet<_> = runs.values().map(|run| run.record.unit.clone()).collect();
        (runs.values().map(|run| run.record.incident).collect(), units.len())
    })
}

/// The alarms about an incident, by code.
fn alarms(room: &ControlRoom, incident: IncidentId) -> Vec<AlarmCode> {
    room.centre.read(|picture| {
        let about = picture.board.alarms_about(incident);
        about.map(|alarm| alarm.record.code).collect()
    })
}

#[tokio::test]
async fn who_waits_is_served_in_order_and_several_by_one_change() {
    let mut incidents: Vec<_> = (0..12).map(|number| waiting(&number.to_string())).collect();
    let room = room(&incidents, 10).await;
    let changes = dispatched(&room, |room| sent_to(room).1 == 10).await;
    incidents.sort_by_key(|incident| (incident.priority, incident.created_at, incident.id));
    let first: BTreeSet<_> = incidents.iter().take(10).map(|incident| incident.id).collect();
    assert_eq!(sent_to(&room), (first, 10));
    let serving = changes.iter().filter(|change| change.cause == "serve");
    let runs =
        |change: &Change| change.records.iter().filter(|record| matches!(record, Record::Run(_))).count();
    let sent: Vec<_> = serving.map(runs).filter(|runs| *runs > 0).collect();
    assert_eq!(sent, [8, 2]);
}

#[tokio::test]
async fn one_that_is_refused_keeps_nobody_from_being_served_beside_it() {
    let mut incidents: Vec<_> = (0..5).map(|number| waiting(&number.to_string())).collect();
    incidents.sort_by_key(|incident| (incident.priority, incident.created_at, incident.id));
    incidents[2].assignments = earlier(RUNS_PER_INCIDENT_MAX);
    let refused = incidents[2].id;
    let room = room(&incidents, 5).await;
    let is_told = |room: &ControlRoom| alarms(room, refused).contains(&AlarmCode::IncidentNotServed);
    dispatched(&room, |room| is_told(room) && sent_to(room).1 == 4).await;
    let others: BTreeSet<_> =
        incidents.iter().map(|incident| incident.id).filter(|id| *id != refused).collect();
    assert_eq!(sent_to(&room), (others, 4));
}

/// An incident with room for one more assignment, of which its own station, that sends nobody, was not told yet.
fn nearly_full() -> Incident {
    let mut incident = waiting("old");
    incident.assignments = earlier(RUNS_PER_INCIDENT_MAX - 1);
    (incident.district, incident.station) = (Some("gone".parse().expect("a slug")), Some(desk(0)));
    incident
}

#[tokio::test]
async fn a_unit_is_sent_with_the_last_room_that_an_incident_has_and_then_people_are_told_that_it_is_full() {
    let incident = nearly_full();
    let room = room_in(&with_stations(1), std::slice::from_ref(&incident), 1).await;
    let is_full = [AlarmCode::IncidentNotServed];
    dispatched(&room, |room| alarms(room, incident.id) == is_full).await;
    assert_eq!(sent_to(&room), (BTreeSet::from([incident.id]), 1));
}

#[tokio::test]
async fn the_last_room_of_an_incident_is_kept_for_whom_it_waits() {
    let incident = nearly_full();
    let room = room_in(&with_stations(1), std::slice::from_ref(&incident), 0).await;
    dispatched(&room, |room| alarms(room, incident.id) == [AlarmCode::Shortfall]).await;
    let given = room.centre.read(|picture| picture.board.incidents()[&incident.id].record.assignments.len());
    assert_eq!(given, RUNS_PER_INCIDENT_MAX - 1);
}

#[tokio::test]
async fn one_that_may_be_the_same_as_another_is_decided_once_that_was_served() {
    let mut incidents: Vec<_> = (0..2).map(|number| waiting(&number.to_string())).collect();
    incidents.sort_by_key(|incident| (incident.priority, incident.created_at, incident.id));
    let second = Priority::new(2).expect("a priority");
    let [first, doubtful] = incidents.as_mut_slice() else { panic!("there are two") };
    (doubtful.priority, doubtful.suspected_duplicate_of) = (second, Some(first.id));
    let (first, doubtful) = (first.id, doubtful.id);
    let room = room(&incidents, 2).await;
    let is_told = |room: &ControlRoom| alarms(room, doubtful).contains(&AlarmCode::SuspectedDuplicate);
    dispatched(&room, is_told).await;
    assert_eq!(sent_to(&room), (BTreeSet::from([first]), 1));
}

/// Alarms that an operator should have taken long ago.
fn untaken(count: u32) -> Vec<Record> {
    let raised = |number: u32| {
        let id = AlarmId::derived(operation(&format!("alarm{number}")), "alarm");
        let (code, about, at) =
            (AlarmCode::CallUnanswered, About::default(), NOW - SignedDuration::from_hours(1));
        Record::Alarm(Alarm::raised(id, code, AlarmLevel::Operator, about, at))
    };
    (0..count).map(raised).collect()
}

fn all_are_the_supervisors(room: &ControlRoom) -> bool {
    room.centre.read(|picture| {
        let mut alarms = picture.board.alarms().values();
        alarms.all(|alarm| alarm.record.level == AlarmLevel::Supervisor)
    })
}

#[tokio::test(start_paused = true)]
async fn alarms_that_nobody_took_go_to_the_supervisor_by_few_changes() {
    let room = room_with(&untaken(70)).await;
    let changes = dispatched(&room, all_are_the_supervisors).await;
    assert_eq!(room.centre.read(|picture| picture.board.alarms().len()), 70);
    let escalating = changes.iter().filter(|change| change.cause == "alarm_escalated");
    assert_eq!(escalating.map(|change| change.records.len()).collect::<Vec<_>>(), [32, 32, 6]);
}

/// A store that takes its time for each commit.
struct Slow(SharedStore);

impl Slow {
    fn later<'a, T: Send + 'a>(&'a self, answer: store::Answer<'a, T>) -> store::Answer<'a, T> {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(60)).await;
            answer.await
        })
    }
}

impl Store for Slow {
    store::forward!(0 through later: commit);
    store::forward!(0: get remembered tip open queue changes_after closed_before latest_closed forget);
    store::forward!(0: begin_lineage offer restoring put_back end_restore positions presence lease release time);
}

/// A call that was taken and has no incident yet: the dispatcher gives it one.
fn alone() -> Record {
    let id = CallId::derived(operation("alone"), "call");
    let json = format!(
        r#"{{"id":"{id}","number":"1","source":"telephone","location":{{}},"duplicate":{{"choice":"unasked"}},
        "milestones":[],"taken_at":"{NOW}","state":{{"is":"answered","desk":"one"}}}}"#
    );
    Record::from_json(&RecordKey::new(RecordKind::Call, id), &json).expect("a call")
}

/// How many changes of one cause come after a call that comes in their midst has its incident, until it is done.
async fn after_who_came_among(
    cause: &str,
    store: &SharedStore,
    room: &ControlRoom,
    is_done: impl Fn(&ControlRoom) -> bool,
) -> usize {
    let mut changes = room.centre.changes();
    tokio::spawn(dispatcher::run(room.clone()));
    let (mut has_come, mut causes) = (false, Vec::new());
    while !is_done(room) {
        let Heard::Changes(applied) = changes.next().await else { continue };
        causes.extend(applied.iter().map(|applied| applied.change.cause.clone()));
        if !has_come && causes.iter().any(|it| it == cause) {
            has_come = true;
            let call = alone();
            seed(store, 4, &[(call.key(), call.to_json(), true)]).await;
        }
    }
    let led = causes.iter().position(|cause| cause == "link_call").expect("it has an incident");
    causes[led..].iter().filter(|it| *it == cause).count()
}

#[tokio::test(start_paused = true)]
async fn who_comes_in_a_storm_of_alarms_does_not_wait_until_it_is_over_however_slow_the_store() {
    let store: SharedStore = Arc::new(Slow(Arc::new(memory())));
    let text = |record: &Record| (record.key(), record.to_json(), true);
    let alarms: Vec<_> = untaken(400).iter().map(text).collect();
    seed_all(&store, &alarms).await;
    let room = room_on(Arc::clone(&store)).await;
    let after = after_who_came_among("alarm_escalated", &store, &room, all_are_the_supervisors).await;
    assert!(after >= 6, "it came in the middle of the storm, and {after} were left");
}

#[tokio::test(start_paused = true)]
async fn who_comes_while_all_desks_connect_does_not_wait_until_each_is_noted_however_slow_the_store() {
    let store: SharedStore = Arc::new(Slow(Arc::new(memory())));
    let room = room_on(Arc::clone(&store)).await;
    let directory = with_stations(24);
    let applied = apply_directory(&room, &ask("directory"), &directory, None).await.expect("a directory");
    shown(&room, applied).await;
    let _there: Vec<_> = (0..24).map(|number| room.centre.attend(desk(number))).collect();
    let all_are_noted = |room: &ControlRoom| room.centre.read(|picture| picture.board.desks().len() == 24);
    let after = after_who_came_among("desk_link_up", &store, &room, all_are_noted).await;
    assert!(after >= 18, "it waited until all but {after} were noted");
}
