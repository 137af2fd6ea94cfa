//! Connections: secured, counted, and closed when they say nothing.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use identity::Role;
use protocol::dispatch::v1::{GetDispatchRequest, dispatch_service_client::DispatchServiceClient};
use server::{Configuration, ServeError, start};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tonic::{
    Code, Status,
    transport::{Certificate, Channel, ClientTlsConfig},
};
use tonic_types::StatusExt as _;

use crate::{
    node::{Node, assert_refused},
    raw::{bearer, call, get, http},
};

const METHOD: &str = "/kezek.dispatch.v1.DispatchService/GetDispatch";

pub(crate) fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

#[tokio::test]
async fn with_a_certificate_only_tls_is_spoken() {
    let node = Node::start_with(|configuration| Configuration {
        tls_certificate: Some(data("localhost.pem")),
        tls_key: Some(data("localhost.key.pem")),
        ..configuration
    })
    .await;
    let trusted = Certificate::from_pem(std::fs::read(data("localhost.pem")).unwrap());
    let port = node.running().address().port();
    let tls = ClientTlsConfig::new().ca_certificate(trusted).domain_name("localhost");
    let secure = Channel::from_shared(format!("https://127.0.0.1:{port}")).unwrap().tls_config(tls).unwrap();
    let channel = secure.connect().await.unwrap();
    assert!(call(&channel, METHOD, "", &[bearer(&node.token(Role::Operator))]).await.is_ok());
    let plain = Channel::from_shared(format!("http://127.0.0.1:{port}")).unwrap().connect().await;
    let refused = match plain {
        Ok(channel) => call(&channel, METHOD, "", &[bearer(&node.token(Role::Operator))]).await.is_err(),
        Err(_) => true,
    };
    assert!(refused, "plain text was answered on a port with a certificate");
}

#[tokio::test]
async fn a_node_without_what_it_needs_says_so_and_does_not_start() {
    let directory = tempfile::tempdir().unwrap();
    let configuration = Configuration { data_dir: directory.path().join("data"), ..Configuration::default() };
    let refused = Box::pin(start(configuration.clone())).await.err().unwrap();
    assert!(matches!(refused, ServeError::NoCentre), "{refused:?}");
    let named = Configuration { centre: Some("bishkek".parse().unwrap()), ..configuration };
    let refused = Box::pin(start(named.clone())).await.err().unwrap();
    assert!(matches!(refused, ServeError::Keys(_)), "{refused:?}");
    let beyond = Configuration { listen: "0.0.0.0:0".parse().unwrap(), ..named.clone() };
    let refused = Box::pin(start(beyond)).await.err().unwrap();
    assert!(matches!(refused, ServeError::Configuration(_)), "{refused:?}");
    let node = Node::start().await;
    let taken =
        Configuration { listen: node.running().address(), keys: vec![directory.path().join("k")], ..named };
    std::fs::write(directory.path().join("k"), node.keys.jwks()).unwrap();
    let refused = Box::pin(start(taken)).await.err().unwrap();
    assert!(matches!(refused, ServeError::Listen { .. }), "{refused:?}");
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed_and_others_are_served() {
    let node = Node::start().await;
    let started = Instant::now();
    let mut silent = Vec::new();
    for _ in 0..50 {
        silent.push(TcpStream::connect(node.running().address()).await.unwrap());
    }
    // some that begin and never go on: a request, and less than all that HTTP/2 begins with
    for beginning in [&b"GET /livez HTTP/1.1\r\nhost:"[..], b"P", b"PRI", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r"] {
        let mut slow = TcpStream::connect(node.running().address()).await.unwrap();
        slow.write_all(beginning).await.unwrap();
        silent.push(slow);
    }
    assert!(get(&node, "/livez").await.starts_with("HTTP/1.1 200"));
    for mut stream in silent {
        let mut rest = Vec::new();
        // an end or a reset, either is a close
        let closed = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut rest)).await;
        assert!(closed.is_ok(), "still open after {:?}", started.elapsed());
    }
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

#[tokio::test]
async fn one_connection_too_many_is_closed_at_once() {
    let node = Node::start_with(|configuration| Configuration { connections_max: 1, ..configuration }).await;
    let operator = node.client(Role::Operator).await;
    let mut dispatch = DispatchServiceClient::new(operator);
    dispatch.get_dispatch(GetDispatchRequest {}).await.unwrap();
    let mut second = TcpStream::connect(node.running().address()).await.unwrap();
    let mut answer = Vec::new();
    assert!(second.read_to_end(&mut answer).await.is_err() || answer.is_empty());
    dispatch.get_dispatch(GetDispatchRequest {}).await.unwrap();
}

async fn ask(channel: &Channel, token: &str) -> Result<(), Status> {
    call(channel, METHOD, "", &[bearer(token)]).await.map(|_| ())
}

async fn node_with_two_of_each() -> Node {
    Node::start_with(|configuration| Configuration { connections_per_identity_max: 2, ..configuration }).await
}

#[tokio::test]
async fn one_connection_too_many_of_one_identity_is_refused_until_another_ends() {
    let node = node_with_two_of_each().await;
    let token = node.token(Role::Operator);
    let (first, second, third) = (node.channel().await, node.channel().await, node.channel().await);
    for channel in [&first, &second, &first] {
        ask(channel, &token).await.unwrap();
    }
    let refused = assert_refused(ask(&third, &token).await, Code::ResourceExhausted, "TOO_MANY_CONNECTIONS");
    let details = refused.get_error_details();
    let facts = &details.error_info().unwrap().metadata;
    assert_eq!((facts["present"].as_str(), facts["allowed"].as_str()), ("2", "2"));
    assert_eq!(facts["what"], "connections of one identity");
    let metrics = get(&node, "/metrics").await;
    let counted = r#"kezek_connections_refused_total{cause="too_many_of_one"}"#;
    assert!(metrics.contains(counted), "{metrics}");
    // whoever has places is served, and so is everybody else
    ask(&second, &token).await.unwrap();
    ask(&node.channel().await, &node.token(Role::Supervisor)).await.unwrap();
    drop(first);
    // its place is free once the node has heard that it ended
    let again = redis_store::scratch::eventually(async || ask(&third, &token).await.ok()).await;
    assert!(again.is_some());
}

#[tokio::test]
async fn a_connection_that_several_share_counts_for_each_of_them() {
    let node = node_with_two_of_each().await;
    let (operator, supervisor) = (node.token(Role::Operator), node.token(Role::Supervisor));
    let gateways = [node.channel().await, node.channel().await];
    for gateway in &gateways {
        ask(gateway, &operator).await.unwrap();
        ask(gateway, &supervisor).await.unwrap();
    }
    for token in [&operator, &supervisor] {
        let refused = ask(&node.channel().await, token).await;
        assert_refused(refused, Code::ResourceExhausted, "TOO_MANY_CONNECTIONS");
    }
}

#[tokio::test]
async fn a_connection_on_which_nobody_has_a_place_is_closed() {
    let node =
        Node::start_with(|configuration| Configuration { connections_per_identity_max: 1, ..configuration })
            .await;
    let token = node.token(Role::Operator);
    let only = node.channel().await;
    ask(&only, &token).await.unwrap();
    // a browser's, which says nothing of ending it
    let request = format!(
        "POST {METHOD} HTTP/1.1\r\nhost: test\r\ncontent-type: application/grpc-web+proto\r\n\
         authorization: Bearer {token}\r\ncontent-length: 5\r\n\r\n\0\0\0\0\0"
    );
    let whole = tokio::time::timeout(Duration::from_secs(4), http(&node, request.as_bytes()));
    let answer = whole.await.expect("closed before a silent one would be").unwrap();
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.contains("grpc-status: 8"), "{answer}");
    ask(&only, &token).await.unwrap();
}

#[tokio::test]
async fn one_stream_too_many_is_refused_and_requests_are_not() {
    let node = Node::start_with(|configuration| Configuration { streams_max: 1, ..configuration }).await;
    let operator = node.client(Role::Operator).await;
    let watch = |client| async {
        let mut service = protocol::watch::v1::watch_service_client::WatchServiceClient::new(client);
        service.watch(protocol::watch::v1::WatchRequest::default()).await
    };
    let first = watch(operator.clone()).await.unwrap();
    let refused = watch(operator.clone()).await.unwrap_err();
    assert_eq!(
        (refused.code(), crate::node::reason(&refused).as_str()),
        (Code::ResourceExhausted, "TOO_MANY_STREAMS")
    );
    DispatchServiceClient::new(operator.clone()).get_dispatch(GetDispatchRequest {}).await.unwrap();
    drop(first);
    // its place is free once the node has heard that nobody reads it any more
    let again = redis_store::scratch::eventually(async || watch(operator.clone()).await.ok()).await;
    assert!(again.is_some());
}
