//! A store with records that cannot be read: everything else is shown and followed.

use centre::{RingLimits, Scope, Status};
use domain::{RecordKey, RecordKind, record::Record, unit::UnitState};

use crate::{
    client::{Client, watcher},
    world::{World, answered, call, call_id, incident, incident_id, unit},
};

/// What a newer release may write.
const NEWER: &str = r#"{"state":{"is":"of a kind that comes later"}}"#;

#[tokio::test(start_paused = true)]
async fn a_node_starts_on_a_store_with_a_record_that_cannot_be_read_and_follows_on() {
    let mut world = World::new();
    world.write(vec![Record::Unit(unit("a", UnitState::Available))]).await;
    let key = RecordKey::new(RecordKind::Call, call_id(1));
    let written = world.write_text(key.clone(), NEWER).await;
    let node = world.node(RingLimits::default()).await;
    assert_eq!(node.centre.status(), Status::Current);
    let (board, damaged) = node.centre.read(|picture| (picture.board.len(), picture.damaged.clone()));
    assert_eq!((board, damaged), (1, [(key.clone(), written)].into()));
    world.write(vec![Record::Unit(unit("b", UnitState::Available))]).await;
    node.catch_up(&world).await;
    assert_eq!(node.centre.read(|picture| picture.board.len()), 2);
    // whoever wrote it mends it
    world.write(vec![Record::Call(call(1, None, answered()))]).await;
    node.catch_up(&world).await;
    let (board, damaged) = node.centre.read(|picture| (picture.board.len(), picture.damaged.len()));
    assert_eq!((board, damaged), (3, 0));
}

#[tokio::test(start_paused = true)]
async fn what_was_shown_and_cannot_be_read_any_more_leaves_every_board_and_those_who_watch_begin_anew() {
    let mut world = World::new();
    world
        .write(vec![Record::Incident(incident(1, &[])), Record::Unit(unit("a", UnitState::Available))])
        .await;
    let node = world.node(RingLimits::default()).await;
    let mut client = Client::new(&node.centre, watcher(Scope::Centre, "op"));
    client.frame().await;
    let key = RecordKey::new(RecordKind::Incident, incident_id(1));
    assert!(client.held.contains_key(&key));
    world.write_text(key.clone(), NEWER).await;
    node.catch_up(&world).await;
    while client.resets < 2 {
        client.frame().await;
    }
    assert!(!client.held.contains_key(&key), "what is not true any more is not shown");
    assert_eq!(node.centre.read(|picture| picture.board.len()), 1);
    world.write_text(key.clone(), NEWER).await;
    world.write(vec![Record::Unit(unit("b", UnitState::Available))]).await;
    node.catch_up(&world).await;
    assert_eq!(node.centre.read(|picture| picture.board.len()), 2);
    assert_eq!(client.resets, 2, "what is known to be unreadable resets nobody again");
}
