//! What is served beside the contract, health and reflection: they pass the same limits, and hold up no stop.

use std::time::Instant;

use bytes::Bytes;
use futures::{StreamExt as _, future::join_all, stream};
use identity::Role;
use server::{
    Configuration,
    limits::{DRAIN_TIME_MAX, HEALTH_STREAMS_MAX},
};
use tonic::{Code, Status, Streaming, transport::Channel};

use crate::{
    node::{Node, assert_refused},
    raw::{bearer, open},
};

const CHECK: &str = "/grpc.health.v1.Health/Check";
const HEALTH: &str = "/grpc.health.v1.Health/Watch";
const REFLECTION: &str = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
const WATCH: &str = "/kezek.watch.v1.WatchService/Watch";

/// Watches the health of the whole node.
async fn health(channel: &Channel) -> Result<Streaming<Bytes>, Status> {
    open(channel, HEALTH, stream::iter([Bytes::new()]), &[]).await
}

/// Asks for the list of services, and may ask more.
async fn reflection(channel: &Channel, token: &str) -> Result<Streaming<Bytes>, Status> {
    let asked = stream::iter([Bytes::from_static(&[0x3a, 0])]).chain(stream::pending());
    open(channel, REFLECTION, asked, &[bearer(token)]).await
}

/// Why a stream ended.
async fn end(mut stream: Streaming<Bytes>) -> Result<(), Status> {
    while stream.message().await?.is_some() {}
    Ok(())
}

#[tokio::test]
async fn streams_of_health_and_reflection_are_told_to_end_and_hold_up_no_stop() {
    let mut node = Node::start().await;
    let channel = node.channel().await;
    let mut health = health(&channel).await.unwrap();
    assert_eq!(health.message().await.unwrap().unwrap().as_ref(), [8, 1], "field 1 is 1: serving");
    let mut reflection = reflection(&channel, &node.token(Role::Observer)).await.unwrap();
    assert!(reflection.message().await.unwrap().is_some());
    let ends = tokio::spawn(async { (end(health).await, end(reflection).await) });
    let started = Instant::now();
    node.drain().await;
    assert!(started.elapsed() < DRAIN_TIME_MAX, "{:?}", started.elapsed());
    let (health, reflection) = ends.await.unwrap();
    assert_refused(health, Code::Unavailable, "SHUTTING_DOWN");
    assert_refused(reflection, Code::Unavailable, "SHUTTING_DOWN");
}

#[tokio::test]
async fn whoever_needs_no_token_takes_no_place_of_those_who_do() {
    let node = Node::start_with(|configuration| Configuration { streams_max: 1, ..configuration }).await;
    let (first, second) = (node.channel().await, node.channel().await);
    let mut watched = Vec::new();
    for _ in 0..HEALTH_STREAMS_MAX {
        watched.push(health(&first).await.unwrap());
    }
    assert_refused(health(&second).await, Code::ResourceExhausted, "TOO_MANY_STREAMS");
    let token = node.token(Role::Operator);
    let console = open(&second, WATCH, stream::iter([Bytes::new()]), &[bearer(&token)]).await.unwrap();
    // whoever reads the contract here has a token, and shares the places of all who have one
    assert_refused(reflection(&second, &token).await, Code::ResourceExhausted, "TOO_MANY_STREAMS");
    drop(console);
    let again = redis_store::scratch::eventually(async || reflection(&second, &token).await.ok()).await;
    assert!(again.is_some(), "the place is free again");
}

#[tokio::test]
async fn whoever_begins_a_request_and_never_sends_it_is_given_up() {
    let node = Node::start().await;
    let channel = node.channel().await;
    let headers = [bearer(&node.token(Role::Operator))];
    let started = Instant::now();
    let begun = [CHECK, HEALTH, WATCH].map(|path| open(&channel, path, stream::pending(), &headers));
    for given_up in join_all(begun).await {
        assert_refused(given_up, Code::DeadlineExceeded, "TIMED_OUT");
    }
    assert!(started.elapsed() < 2 * server::limits::REQUEST_TIME_MAX, "{:?}", started.elapsed());
}
