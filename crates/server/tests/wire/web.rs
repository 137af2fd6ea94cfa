//! What a browser and a probe see on the same port.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use identity::Role;

use crate::{
    node::Node,
    raw::{get, http},
};

/// A gRPC-Web request of an empty message, by HTTP/1.1.
fn grpc_web(path: &str, token: Option<&str>, content_type: &str, body: &[u8]) -> Vec<u8> {
    let token = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\ncontent-type: {content_type}\r\n{token}content-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn a_browser_calls_over_grpc_web_and_needs_a_token_too() {
    let node = Node::start().await;
    let path = "/kezek.dispatch.v1.DispatchService/GetDispatch";
    let token = node.token(Role::Operator);
    let empty_message = [0, 0, 0, 0, 0];
    let request = grpc_web(path, Some(&token), "application/grpc-web+proto", &empty_message);
    let answer = http(&node, &request).await.unwrap();
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("grpc-status:0"), "{answer}");
    let text = STANDARD.encode(empty_message);
    let request = grpc_web(path, Some(&token), "application/grpc-web-text", text.as_bytes());
    let answer = http(&node, &request).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"));
    let request = grpc_web(path, None, "application/grpc-web+proto", &empty_message);
    let answer = String::from_utf8_lossy(&http(&node, &request).await.unwrap()).into_owned();
    assert!(answer.contains("grpc-status: 16"), "{answer}");
}

#[tokio::test]
async fn a_probe_learns_whether_it_lives_and_is_ready() {
    let node = Node::start().await;
    assert!(get(&node, "/livez").await.starts_with("HTTP/1.1 200"));
    assert!(get(&node, "/readyz").await.starts_with("HTTP/1.1 200"));
    assert!(get(&node, "/kezek.watch.v1.WatchService/Watch").await.starts_with("HTTP/1.1 400"));
}

#[tokio::test]
async fn what_is_no_http_is_cut() {
    let node = Node::start().await;
    let tls_hello = [0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0x00, 0x00, 0x01, 0x00];
    let answer = http(&node, &tls_hello).await.unwrap_or_default();
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 400"), "{answer:?}");
    assert!(get(&node, "/livez").await.starts_with("HTTP/1.1 200"));
}
