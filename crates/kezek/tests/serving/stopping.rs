//! The program as systemd sees it: told to stop, it ends in time with code 0, and whatever it accepted is there again.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use protocol::{
    intake::v1::{
        GetCallRequest, TakeCallRequest, get_call_request::Name, intake_service_client::IntakeServiceClient,
    },
    watch::v1::{WatchRequest, watch_service_client::WatchServiceClient},
};
use simulator::faults::Machinery as _;
use tokio::{sync::mpsc, task::JoinSet, time::timeout};
use tonic::{
    Code, Status,
    metadata::{Ascii, MetadataValue},
    transport::Channel,
};
use tonic_types::StatusExt as _;
use uuid::Uuid;

use crate::centre::{centre, free, serve, shown, token};

/// Consoles that watch when it is told to stop.
const WATCHING: usize = 50;

/// Calls that are accepted before it is told so.
const ACCEPTED_FIRST: usize = 20;

/// Watches until it is told why no longer.
async fn watch(channel: &Channel, token: &MetadataValue<Ascii>, told: &mut JoinSet<Status>) {
    let mut service = WatchServiceClient::new(channel.clone());
    let mut frames = service.watch(shown(token, WatchRequest::default())).await.unwrap().into_inner();
    assert!(frames.message().await.unwrap().unwrap().reset);
    told.spawn(async move {
        loop {
            match frames.message().await {
                Ok(frame) => assert!(frame.is_some(), "a stream says why it ends"),
                Err(status) => return status,
            }
        }
    });
}

/// Takes calls until one is refused, and tells of each that was accepted.
async fn take(channel: Channel, token: MetadataValue<Ascii>, accepted: mpsc::UnboundedSender<String>) {
    let mut intake = IntakeServiceClient::new(channel);
    let call = || TakeCallRequest { request_id: Uuid::new_v4().to_string(), ..TakeCallRequest::default() };
    while let Ok(answer) = intake.take_call(shown(&token, call())).await {
        accepted.send(answer.into_inner().call_id).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn told_to_stop_in_the_middle_of_work_it_ends_with_code_0_and_every_accepted_call_is_there_again() {
    let folder = tempfile::tempdir().unwrap();
    let (mut process, _, channel) = centre(folder.path(), &[]).await;
    let token = token(folder.path());
    let mut told = JoinSet::new();
    for _ in 0..WATCHING {
        watch(&channel, &token, &mut told).await;
    }
    let (accepted, mut taken) = mpsc::unbounded_channel();
    let mut callers = JoinSet::new();
    for _ in 0..8 {
        callers.spawn(take(channel.clone(), token.clone(), accepted.clone()));
    }
    drop(accepted);
    let mut calls = Vec::new();
    while calls.len() < ACCEPTED_FIRST {
        calls.push(taken.recv().await.unwrap());
    }

    let asked = Instant::now();
    let ended = process.stop().await.unwrap_or_else(|error| panic!("{error}")).unwrap();
    assert_eq!(ended.code(), Some(0), "{ended}: {}", process.last_words());
    assert!(asked.elapsed() < server::limits::STOP_MAX, "{:?}: {}", asked.elapsed(), process.last_words());
    for status in told.join_all().await {
        let reason = status.get_error_details().error_info().map(|info| info.reason.clone());
        assert_eq!((status.code(), reason.as_deref()), (Code::Unavailable, Some("SHUTTING_DOWN")));
    }
    callers.join_all().await;
    while let Some(call) = taken.recv().await {
        calls.push(call);
    }

    process.start().await.unwrap();
    let mut intake = IntakeServiceClient::new(channel);
    for call in calls {
        let name = Some(Name::CallId(call.clone()));
        let found = intake.get_call(shown(&token, GetCallRequest { name })).await.unwrap();
        assert_eq!(found.into_inner().call.unwrap().call_id, call);
    }
    let ended = process.stop().await.unwrap_or_else(|error| panic!("{error}")).unwrap();
    assert_eq!(ended.code(), Some(0), "{}", process.last_words());
}

#[tokio::test]
async fn told_to_stop_while_it_starts_it_ends_with_code_0_at_once() {
    let folder = tempfile::tempdir().unwrap();
    // a Redis that takes a connection and never answers: whoever connects is in the middle of starting
    let redis = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut command = tokio::process::Command::from(serve(folder.path(), free()));
    command.args(["--redis", &format!("redis://{}", redis.local_addr().unwrap())]);
    let starting = command.stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    let connected = timeout(Duration::from_secs(60), redis.accept()).await.unwrap().unwrap();
    let pid = starting.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let ended = timeout(server::limits::STOP_MAX, starting.wait_with_output()).await.unwrap().unwrap();
    assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
    drop(connected);
}
