//! A node that is told to stop: everybody is told, nothing that was acknowledged is lost.

use std::time::{Duration, Instant};

use identity::Role;
use protocol::{
    intake::v1::{GetCallRequest, get_call_request::Name, intake_service_client::IntakeServiceClient},
    watch::v1::{WatchRequest, watch_service_client::WatchServiceClient},
};
use server::ServeError;
use tokio::task::JoinSet;
use tonic::Code;

use crate::{
    flow::burglary,
    node::{Node, reason},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_streams_are_told_to_resume_and_every_accepted_call_is_there_after_the_restart() {
    let mut node = Node::start().await;
    let operator = node.client(Role::Operator).await;
    let mut streams = JoinSet::new();
    for _ in 0..50 {
        let mut watch = WatchServiceClient::new(operator.clone());
        let mut frames = watch.watch(WatchRequest::default()).await.unwrap().into_inner();
        assert!(frames.message().await.unwrap().unwrap().reset);
        streams.spawn(async move {
            loop {
                match frames.message().await {
                    Ok(Some(_)) => {}
                    Ok(None) => return None,
                    Err(status) => return Some(status),
                }
            }
        });
    }
    let mut callers = JoinSet::new();
    for _ in 0..8 {
        let mut intake = IntakeServiceClient::new(operator.clone());
        callers.spawn(async move {
            let mut accepted = Vec::new();
            while let Ok(answer) = intake.take_call(burglary()).await {
                accepted.push(answer.into_inner().call_id);
            }
            accepted
        });
    }
    // calls are in flight once the first few are there
    node.running().room().centre.reached(domain::Version(20), Duration::from_secs(20)).await.unwrap();
    let started = Instant::now();
    node.drain().await;
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    while let Some(ended) = streams.join_next().await {
        let status = ended.unwrap().expect("a stream says why it ends");
        assert_eq!(
            (status.code(), reason(&status).as_str()),
            (Code::Unavailable, "SHUTTING_DOWN"),
            "{status:?}"
        );
    }
    let accepted: Vec<String> = callers.join_all().await.into_iter().flatten().collect();
    assert!(!accepted.is_empty());

    node.start_again().await;
    let mut intake = IntakeServiceClient::new(node.client(Role::Operator).await);
    for call in accepted {
        let found = intake.get_call(GetCallRequest { name: Some(Name::CallId(call.clone())) }).await;
        assert_eq!(found.unwrap().into_inner().call.unwrap().call_id, call);
    }
}

#[tokio::test]
async fn a_second_node_does_not_start_on_the_same_data_and_a_crash_of_the_first_hinders_nobody() {
    let mut node = Node::start().await;
    let refused = node.start_beside().await.map(drop).unwrap_err();
    assert!(
        matches!(refused, ServeError::DataDirectoryInUse { pid: Some(pid), .. } if pid == std::process::id()),
        "{refused}"
    );
    node.crash();
    node.start_again().await;
    assert!(node.start_beside().await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_ends_in_time_though_its_redis_does_not_and_the_next_start_finds_what_was_accepted() {
    let mut node = Node::start().await;
    let mut intake = IntakeServiceClient::new(node.client(Role::Operator).await);
    let call = intake.take_call(burglary()).await.unwrap().into_inner().call_id;
    let redis = node.running().private().unwrap().process().pid;
    signal(redis, "STOP");
    let started = Instant::now();
    node.drain().await;
    let took = started.elapsed();
    signal(redis, "CONT");
    assert!(took < server::limits::STOP_MAX, "{took:?}");
    node.start_again().await;
    let mut intake = IntakeServiceClient::new(node.client(Role::Operator).await);
    let request = GetCallRequest { name: Some(Name::CallId(call)) };
    intake.get_call(request).await.unwrap();
}

/// Signals a process, such as one that is to be as if its disk had stopped.
fn signal(pid: u32, name: &str) {
    let sent = std::process::Command::new("kill").arg(format!("-{name}")).arg(pid.to_string()).status();
    assert!(sent.unwrap().success(), "{name} to {pid}");
}
