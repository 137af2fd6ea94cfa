//! Watchers that stop, lag, resume or claim what is not so.

use std::time::Duration;

use centre::{Heard, RingLimits, Scope};
use domain::{Version, record::Record};
use store::{Cursor, Retention};
use tokio::time::Instant;

use crate::{
    client::{Client, watcher},
    world::{World, alarm, answered, call, lineage, note, station},
};

fn everything() -> centre::Watcher {
    watcher(Scope::Centre, "aida")
}

#[tokio::test(start_paused = true)]
async fn a_client_that_stops_reading_is_told_the_whole_picture_and_slows_nobody() {
    let mut world = World::new();
    let node = world.node(RingLimits { changes: 10, bytes: 1 << 20 }).await;
    let mut stopped = Client::new(&node.centre, everything());
    let mut reading = Client::new(&node.centre, everything());
    stopped.frame().await;
    reading.frame().await;
    for number in 0..100 {
        let at = world.write(vec![Record::Alarm(alarm(number, None))]).await;
        let before = Instant::now();
        reading.catch_up(Cursor { lineage: lineage(1), number: at }).await;
        assert!(before.elapsed() < Duration::from_millis(5), "nobody waits for the one that stopped");
    }
    assert_eq!(reading.resets, 1);
    let frame = stopped.frame().await;
    assert!(frame.reset && !frame.incomplete);
    assert_eq!((frame.records.len(), frame.through), (100, Version(100)));
    assert_eq!(stopped.held, reading.held);
}

#[tokio::test(start_paused = true)]
async fn one_that_lags_a_little_is_told_several_changes_in_one_frame() {
    let mut world = World::new();
    let node = world.node(RingLimits::default()).await;
    let mut lagging = Client::new(&node.centre, everything());
    lagging.frame().await;
    for _ in 0..5 {
        for number in 0..4 {
            world.write(vec![Record::Alarm(alarm(number, None))]).await;
        }
    }
    node.catch_up(&world).await;
    let frame = lagging.frame().await;
    assert!(!frame.reset);
    assert_eq!((frame.after, frame.through), (Version(0), Version(20)));
    assert_eq!(frame.records.len(), 4, "each record once, as it stands last");
    assert_eq!(frame.records[0].version, Version(17));
}

#[tokio::test(start_paused = true)]
async fn one_that_resumes_hears_what_followed_and_begins_anew_where_that_is_trimmed() {
    let mut world = World::new();
    let node = world.node(RingLimits { changes: 3, bytes: 1 << 20 }).await;
    let mut client = Client::new(&node.centre, everything());
    client.frame().await;
    for number in 0..3 {
        world.write(vec![Record::Alarm(alarm(number, None))]).await;
    }
    node.catch_up(&world).await;
    client.reconnect(&node.centre);
    let frame = client.frame().await;
    assert!(!frame.reset, "the place is still in the ring");
    assert_eq!((frame.after, frame.through), (Version(0), Version(3)));
    for number in 3..8 {
        world.write(vec![Record::Alarm(alarm(number, None))]).await;
    }
    node.catch_up(&world).await;
    client.reconnect(&node.centre);
    let frame = client.frame().await;
    assert!(frame.reset, "the ring holds changes 6 to 8");
    assert_eq!(client.held.len(), 8);
}

#[tokio::test(start_paused = true)]
async fn a_node_that_was_cut_off_until_the_stream_was_trimmed_resets_its_watchers() {
    let mut world = World::keeping(Retention { stream_bytes: 2_000, ..Retention::default() });
    let broken = crate::outages::Breakable::over(world.store.clone());
    let node = world.node_over(broken.clone(), RingLimits::default(), Default::default());
    node.centre.current().await;
    let mut client = Client::new(&node.centre, everything());
    client.frame().await;
    broken.set_away(true);
    for number in 0..30 {
        world.write(vec![Record::Alarm(alarm(number, None))]).await;
    }
    broken.set_away(false);
    client.catch_up(world.tip().await).await;
    assert_eq!((client.resets, client.held.len()), (2, 30));
}

#[tokio::test(start_paused = true)]
async fn a_place_that_never_was_is_no_place_to_resume_from() {
    let mut world = World::new();
    world.write(vec![Record::Alarm(alarm(1, None))]).await;
    let node = world.node(RingLimits::default()).await;
    for (line, number) in [(1, 1_000_000), (1, 2), (7, 1), (0, 0)] {
        let mut client = Client::new(&node.centre, everything());
        let forged = Cursor { lineage: lineage(line), number: Version(number) };
        client.resume(&node.centre, Some(forged));
        let frame = client.frame().await;
        assert!(frame.reset, "{forged}");
        assert_eq!((frame.lineage, frame.through, client.held.len()), (lineage(1), Version(1), 1));
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_comes_from_a_node_that_is_ahead_waits_for_this_one() {
    let mut world = World::new();
    let node = world.node(RingLimits::default()).await;
    let mut client = Client::new(&node.centre, everything());
    client.resume(&node.centre, Some(Cursor { lineage: lineage(1), number: Version(1) }));
    let later = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        world.write(vec![Record::Alarm(alarm(1, None))]).await;
        world.write(vec![Record::Alarm(alarm(2, None))]).await;
    };
    let (frame, ()) = tokio::join!(client.frame(), later);
    assert!(!frame.reset, "what it knows already came to be known here");
    assert_eq!(frame.after, Version(1));
}

#[tokio::test(start_paused = true)]
async fn who_has_nothing_to_hear_hears_so_every_two_seconds_and_moves_on() {
    let mut world = World::new();
    let node = world.node(RingLimits::default()).await;
    let mut client = Client::new(&node.centre, watcher(Scope::Station(station("north")), "aida"));
    client.frame().await;
    world.write(vec![Record::Call(call(1, None, answered()))]).await;
    for beat in 1..=3 {
        let before = Instant::now();
        let frame = client.frame().await;
        assert!(frame.is_heartbeat());
        assert_eq!(frame.through, Version(1), "past what is outside its scope, at beat {beat}");
        let waited = before.elapsed();
        assert!(waited >= Duration::from_secs(2) && waited < Duration::from_millis(2_010), "{waited:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_large_picture_comes_in_parts_that_are_no_place_to_resume_from() {
    let mut world = World::new();
    let node = world.node(RingLimits::default()).await;
    for number in 0..60 {
        let mut call = call(number, None, answered());
        call.narrative = "x".repeat(30_000);
        world.write(vec![Record::Call(call)]).await;
    }
    node.catch_up(&world).await;
    let mut client = Client::new(&node.centre, everything());
    let mut parts = 1;
    while client.frame().await.incomplete {
        assert_eq!(client.cursor, None);
        parts += 1;
    }
    assert_eq!((parts, client.held.len()), (4, 60));
    // and one that lags far is told in frames that are not larger
    let mut lagging = Client::new(&node.centre, everything());
    lagging.resume(&node.centre, Some(Cursor { lineage: lineage(1), number: Version(0) }));
    while lagging.cursor.is_none_or(|cursor| cursor.number < Version(60)) {
        let frame = lagging.frame().await;
        let bytes: usize = frame.records.iter().map(|record| record.record.to_json().len()).sum();
        assert!(bytes <= centre::limits::FRAME_BYTES_MAX);
    }
    assert_eq!((lagging.resets, lagging.held.len()), (0, 60));
}

#[tokio::test(start_paused = true)]
async fn a_note_comes_once_and_is_not_kept() {
    let mut world = World::new();
    let node = world.node(RingLimits::default()).await;
    world.write(vec![Record::Incident(crate::world::incident(1, &[]))]).await;
    let mut client = Client::new(&node.centre, everything());
    client.catch_up(world.tip().await).await;
    world.write(vec![Record::Note(note(1, 1))]).await;
    let frame = client.frame().await;
    assert_eq!((frame.records.len(), frame.left.len()), (1, 1));
    assert_eq!(client.held.len(), 1, "the incident alone");
}

#[tokio::test(start_paused = true)]
async fn a_subscriber_hears_every_change_in_order_or_that_it_must_read_the_board() {
    let mut world = World::new();
    let node = world.node(RingLimits { changes: 4, bytes: 1 << 20 }).await;
    let mut subscriber = node.centre.changes();
    assert!(matches!(subscriber.next().await, Heard::Lost { behind: None }));
    for number in 0..4 {
        world.write(vec![Record::Alarm(alarm(number, None))]).await;
    }
    node.catch_up(&world).await;
    let Heard::Changes(changes) = subscriber.next().await else { panic!("four changes are in the ring") };
    let numbers: Vec<_> = changes.iter().map(|applied| applied.change.number.0).collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
    for number in 4..10 {
        world.write(vec![Record::Alarm(alarm(number, None))]).await;
    }
    node.catch_up(&world).await;
    assert!(matches!(subscriber.next().await, Heard::Lost { behind: None }), "two of six are gone");
    world.write(vec![Record::Alarm(alarm(10, None))]).await;
    let Heard::Changes(changes) = subscriber.next().await else { panic!("and then it goes on") };
    assert_eq!(changes[0].change.number, Version(11));
}
