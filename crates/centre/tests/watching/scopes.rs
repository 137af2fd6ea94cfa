//! What enters and leaves a scope, who may read it, and how much of it.

use std::sync::Arc;

use centre::{RingLimits, Scope, View, Watcher};
use domain::{
    Version,
    assignment::AssignmentState,
    incident::IncidentEvent,
    location::Location,
    note::{Note, NotedChange},
    record::Record,
    run::RunState,
    unit::UnitState,
};
use store::Cursor;

use crate::{
    client::{Client, watcher},
    world::{
        Node, World, answered, assignment, begin, call, directory, incident, lineage, note, only, run,
        run_id, station, unit, unit_id,
    },
};

fn returned() -> AssignmentState {
    AssignmentState::Returned { reason: "not ours".to_owned(), by: "Asanov".to_owned(), proposed_desk: None }
}

async fn settle(world: &World, clients: &mut [&mut Client]) {
    let tip = world.tip().await;
    for client in clients {
        client.catch_up(tip).await;
    }
}

fn station_watch(node: &Node, desk: &str) -> Client {
    Client::new(&node.centre, watcher(Scope::Station(station(desk)), "duty"))
}

#[tokio::test(start_paused = true)]
async fn an_incident_that_moves_to_another_desk_leaves_the_first_with_all_that_belongs_to_it() {
    let mut world = World::new();
    let node = world.node(RingLimits::default()).await;
    let (mut north, mut south) = (station_watch(&node, "north"), station_watch(&node, "south"));
    let happened = Record::Incident(incident(1, &[1, 2]));
    let rang = Record::Call(call(1, Some(1), answered()));
    let asked = Record::Assignment(assignment(1, 1, "north", AssignmentState::Sent));
    world.write(vec![happened.clone(), rang.clone(), asked.clone()]).await;
    settle(&world, &mut [&mut north, &mut south]).await;
    assert!(north.holds(&happened.key()) && north.holds(&rang.key()) && north.holds(&asked.key()));
    assert!(south.held.is_empty());

    // only the assignments are written, and yet the incident and its call move
    let back = Record::Assignment(assignment(1, 1, "north", returned()));
    let given = Record::Assignment(assignment(2, 1, "south", AssignmentState::Sent));
    world.write(vec![back.clone(), given.clone()]).await;
    settle(&world, &mut [&mut north, &mut south]).await;
    assert!(north.held.is_empty());
    assert_eq!(north.ended.get(&asked.key()), Some(&back), "how its own assignment ended, it is told");
    assert!(!north.ended.contains_key(&happened.key()), "the incident's later states it is not told");
    assert_eq!(south.held.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_closed_incident_comes_once_more_with_its_last_state() {
    let mut world = World::new();
    let node = world.node(RingLimits::default()).await;
    let mut north = station_watch(&node, "north");
    let asked = assignment(1, 1, "north", AssignmentState::Sent);
    world.write(vec![Record::Incident(incident(1, &[1])), Record::Assignment(asked)]).await;
    settle(&world, &mut [&mut north]).await;
    let mut closed = incident(1, &[1]);
    let cancel = IncidentEvent::Cancel { reason: "hoax".to_owned(), by: "senior".to_owned(), at: begin() };
    closed.step(cancel).expect("it is open");
    let done = assignment(1, 1, "north", AssignmentState::Done);
    world.write(vec![Record::Incident(closed.clone()), Record::Assignment(done.clone())]).await;
    settle(&world, &mut [&mut north]).await;
    assert!(north.held.is_empty());
    let (closed, done) = (Record::Incident(closed), Record::Assignment(done));
    assert_eq!(north.ended.get(&closed.key()), Some(&closed));
    assert_eq!(north.ended.get(&done.key()), Some(&done));
}

#[tokio::test(start_paused = true)]
async fn a_crew_sees_its_run_and_that_incident_and_nothing_else() {
    let mut world = World::new();
    let node = world.node(RingLimits::default()).await;
    let mut crew = Client::new(&node.centre, watcher(Scope::Unit(unit_id("dogs")), "crew"));
    world
        .write(vec![
            Record::Incident(incident(1, &[1])),
            Record::Incident(incident(2, &[2])),
            Record::Assignment(assignment(1, 1, "north", AssignmentState::Sent)),
            Record::Run(run(1, 1, "dogs", "north", RunState::Sent)),
            Record::Run(run(2, 2, "patrol-1", "north", RunState::Sent)),
            Record::Unit(unit("dogs", UnitState::Assigned { run: run_id(1) })),
            Record::Unit(unit("patrol-1", UnitState::Assigned { run: run_id(2) })),
        ])
        .await;
    settle(&world, &mut [&mut crew]).await;
    assert_eq!(crew.held.len(), 4, "unit, run, assignment, incident");
    world
        .write(vec![
            Record::Run(run(1, 1, "dogs", "north", RunState::Cleared { disposition: "ok".to_owned() })),
            Record::Unit(unit("dogs", UnitState::Available)),
        ])
        .await;
    settle(&world, &mut [&mut crew]).await;
    assert_eq!(crew.held.len(), 1, "the unit alone");
}

#[tokio::test(start_paused = true)]
async fn two_views_of_one_history_differ_in_what_is_personal_and_in_nothing_else() {
    let mut world = World::new();
    let node = world.node(RingLimits::default()).await;
    let everything = watcher(Scope::Centre, "aida");
    let mut full = Client::new(&node.centre, everything.clone());
    let mut redacted = Client::new(&node.centre, Watcher { view: View::Redacted, ..everything.clone() });
    world
        .write(vec![
            Record::Incident(incident(1, &[1])),
            Record::Call(call(1, Some(1), answered())),
            Record::Unit(unit("dogs", UnitState::Available)),
        ])
        .await;
    node.catch_up(&world).await;
    let first = Client::new(&node.centre, everything.clone()).frame().await;
    let same = Client::new(&node.centre, everything).frame().await;
    assert!(
        std::sync::Arc::ptr_eq(&first.records[0], &same.records[0]),
        "held once for all watchers of a view"
    );
    settle(&world, &mut [&mut full, &mut redacted]).await;
    let elsewhere = Location { address: "Manas 7".to_owned(), ..Location::default() };
    let moved = NotedChange::Place { from: elsewhere, to: Location::default() };
    world.write(vec![Record::Note(Note { changes: vec![moved], ..note(1, 1) })]).await;
    settle(&world, &mut [&mut full, &mut redacted]).await;
    assert_eq!(full.held.keys().collect::<Vec<_>>(), redacted.held.keys().collect::<Vec<_>>());
    // a note is told and not kept
    let shown = |client: &Client| -> String {
        let told = client.ended.values().map(Record::to_json);
        client.held.values().cloned().chain(told).collect()
    };
    let (texts, all) = (shown(&redacted), shown(&full));
    for personal in ["+996555000111", "they fight", "Chuy 1", "a brawl", "Asanov", "Manas 7", "rang again"] {
        assert!(!texts.contains(personal), "`{personal}` is shown");
        assert!(all.contains(personal), "`{personal}` is not shown");
    }
}

#[tokio::test(start_paused = true)]
async fn a_restricted_incident_does_not_exist_for_those_who_are_not_its_readers() {
    let mut world = World::new();
    let node = world.node(RingLimits::default()).await;
    let mut reader = Client::new(&node.centre, watcher(Scope::Centre, "aida"));
    let mut other = Client::new(&node.centre, watcher(Scope::Centre, "bakyt"));
    let open = incident(1, &[1]);
    let mut restricted = open.clone();
    restricted.restriction = Some(only("aida"));
    let asked = Record::Assignment(assignment(1, 1, "north", AssignmentState::Sent));
    let rang = Record::Call(call(1, Some(1), answered()));
    world.write(vec![Record::Incident(restricted.clone()), asked, rang]).await;
    world.write(vec![Record::Note(note(1, 1))]).await;
    settle(&world, &mut [&mut reader, &mut other]).await;
    assert_eq!((reader.held.len(), other.held.len(), other.ended.len()), (3, 0, 0));

    world.write(vec![Record::Incident(open)]).await;
    settle(&world, &mut [&mut reader, &mut other]).await;
    assert_eq!(other.held.len(), 3, "released, it appears with all that belongs to it");

    world.write(vec![Record::Incident(restricted)]).await;
    let frame = other.frame().await;
    assert_eq!((frame.records.len(), frame.left.len()), (0, 3), "restricted, it goes without a last word");
}

#[tokio::test(start_paused = true)]
async fn who_watches_the_same_is_told_one_and_the_same_and_no_reader_what_is_anothers() {
    let mut world = World::new();
    let node = world.node(RingLimits::default()).await;
    let client = |scope, reader| Client::new(&node.centre, watcher(scope, reader));
    let (mut reader, mut other) = (client(Scope::Centre, "aida"), client(Scope::Centre, "bakyt"));
    let mut elsewhere = client(Scope::Station(station("south")), "aida");
    settle(&world, &mut [&mut reader, &mut other, &mut elsewhere]).await;

    let asked = Record::Assignment(assignment(1, 1, "north", AssignmentState::Sent));
    world.write(vec![Record::Incident(incident(1, &[1])), asked]).await;
    let (told, as_well) = (reader.frame().await, other.frame().await);
    assert_eq!(told.records.len(), 2);
    assert!(Arc::ptr_eq(&told.body, &as_well.body), "gathered and encoded once");

    let mut restricted = incident(2, &[]);
    restricted.restriction = Some(only("aida"));
    world.write(vec![Record::Incident(restricted)]).await;
    // who may read it is told first, so that what was gathered for her could be given to the other
    assert_eq!(reader.frame().await.records.len(), 1);
    assert!(other.frame().await.is_heartbeat(), "what is restricted is nothing at all for who is no reader");
    let beat = elsewhere.frame().await;
    assert!(beat.is_heartbeat(), "another scope is told what is its own: nothing");
}

#[tokio::test(start_paused = true)]
async fn a_unit_that_a_new_directory_gives_to_another_desk_moves_between_their_scopes() {
    let mut world = World::new();
    let node = world.node(RingLimits::default()).await;
    let (mut north, mut south) = (station_watch(&node, "north"), station_watch(&node, "south"));
    world.write(directory(1, &[("dogs", "north")])).await;
    let dogs = Record::Unit(unit("dogs", UnitState::Available));
    world.write(vec![dogs.clone()]).await;
    settle(&world, &mut [&mut north, &mut south]).await;
    assert!(north.holds(&dogs.key()) && !south.holds(&dogs.key()));
    world.write(directory(2, &[("dogs", "south")])).await;
    settle(&world, &mut [&mut north, &mut south]).await;
    assert!(!north.holds(&dogs.key()) && south.holds(&dogs.key()));
    let version = node.centre.read(|picture| picture.directory.as_ref().map(|directory| directory.version.0));
    assert_eq!(version, Some(2));
    assert!(north.holds(&crate::world::directory_key()));
    assert_eq!((north.resets, north.cursor), (1, Some(Cursor { lineage: lineage(1), number: Version(3) })));
}

#[tokio::test(start_paused = true)]
async fn a_directory_that_is_not_what_was_applied_is_not_used() {
    let mut world = World::new();
    let node = world.node(RingLimits::default()).await;
    let mut records = directory(1, &[("dogs", "north")]);
    if let Record::DirectoryPart(part) = &mut records[0] {
        part.text.insert(0, ' ');
    }
    world.write(records).await;
    node.catch_up(&world).await;
    assert!(node.centre.status().is_current(), "a control room without a directory still takes calls");
    assert!(node.centre.read(|picture| picture.board.directory().is_some() && picture.directory.is_none()));
}
