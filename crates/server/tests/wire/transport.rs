//! What nobody should send below the messages: frames that lie, tokens that are too long, streams without number, times
//! that make no sense, and an older TLS.

use std::{io, sync::Arc};

use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use identity::Role;
use prost::Message as _;
use rustls::{AlertDescription, ClientConfig, RootCertStore};
use server::{Configuration, limits::STREAMS_PER_CONNECTION};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;
use tonic::{Code, Status, body::Body, transport::Channel};
use tower::ServiceExt as _;

use crate::{
    connections::data,
    flow::burglary,
    node::{Node, assert_refused},
    raw::{bearer, get, http},
};

const TAKE_CALL: &str = "/kezek.intake.v1.IntakeService/TakeCall";
const GET_DISPATCH: &str = "/kezek.dispatch.v1.DispatchService/GetDispatch";
const WATCH: &str = "/kezek.watch.v1.WatchService/Watch";

/// Sends a body as it is, framed or not.
async fn post(channel: &Channel, path: &str, body: Vec<u8>, token: &str) -> Response<Body> {
    let request =
        http::Request::post(path).header("content-type", "application/grpc").header("te", "trailers");
    let request = request.header("authorization", format!("Bearer {token}"));
    let request = request.body(Body::new(Full::new(Bytes::from(body)))).unwrap();
    channel.clone().oneshot(request).await.unwrap()
}

/// The status of an answer, from wherever it stands.
async fn status(answer: Response<Body>) -> Result<(), Status> {
    let (head, body) = answer.into_parts();
    let status = match Status::from_header_map(&head.headers) {
        Some(status) => status,
        None => Status::from_header_map(body.collect().await.unwrap().trailers().unwrap()).unwrap(),
    };
    if status.code() == Code::Ok { Ok(()) } else { Err(status) }
}

/// A message in its frame.
fn framed(flag: u8, length: u32, message: &[u8]) -> Vec<u8> {
    [&[flag], &length.to_be_bytes()[..], message].concat()
}

#[tokio::test]
async fn a_frame_that_lies_ends_one_request_and_no_more() {
    let node = Node::start().await;
    let (channel, token) = (node.channel().await, node.token(Role::Operator));
    let call = burglary().encode_to_vec();
    let whole = u32::try_from(call.len()).unwrap();
    for (body, code, reason) in [
        (Vec::new(), Code::InvalidArgument, "MALFORMED"),
        // a frame without all of its head, one without all of its message, and one of more than there is
        (vec![0, 0, 0], Code::InvalidArgument, "MALFORMED"),
        (framed(0, whole, &call[..10]), Code::InvalidArgument, "MALFORMED"),
        (framed(0, whole + 1, &call), Code::InvalidArgument, "MALFORMED"),
        (framed(0, u32::MAX, &call), Code::ResourceExhausted, "MESSAGE_TOO_LARGE"),
        // compressed, says the frame, and nothing says how; and a flag that there is not
        (framed(1, whole, &call), Code::InvalidArgument, "MALFORMED"),
        (framed(7, whole, &call), Code::InvalidArgument, "MALFORMED"),
    ] {
        assert_refused(status(post(&channel, TAKE_CALL, body, &token).await).await, code, reason);
    }
    assert_eq!(node.running().room().centre.read(|picture| picture.board.calls().len()), 0);
    status(post(&channel, TAKE_CALL, framed(0, whole, &call), &token).await).await.unwrap();
}

#[tokio::test]
async fn a_token_longer_than_all_headers_may_be_ends_one_request_and_no_more() {
    let node = Node::start().await;
    let channel = node.channel().await;
    let long = "a".repeat(20 * 1024);
    let empty = || framed(0, 0, &[]);
    let refused = post(&channel, GET_DISPATCH, empty(), &long).await;
    assert_eq!(refused.status(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    status(post(&channel, GET_DISPATCH, empty(), &node.token(Role::Operator)).await).await.unwrap();
    // HTTP/1 has room for it, and the token is refused by name
    let answer = grpc_web(&node, GET_DISPATCH, &long, "", &[]).await;
    assert!(answer.contains("grpc-status: 16") && answer.contains("8192"), "{answer}");
}

/// What a browser is answered, with one more header.
async fn grpc_web(node: &Node, path: &str, token: &str, header: &str, message: &[u8]) -> String {
    let body = framed(0, u32::try_from(message.len()).unwrap(), message);
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\ncontent-type: application/grpc-web+proto\r\n\
         authorization: Bearer {token}\r\n{header}content-length: {}\r\n\r\n",
        body.len()
    );
    let answer = http(node, &[head.as_bytes(), &body].concat()).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_clients_time_is_kept_and_nonsense_is_none() {
    let node = Node::start().await;
    let token = node.token(Role::Operator);
    let take = async |timeout: &str| {
        let header = format!("grpc-timeout: {timeout}\r\n");
        grpc_web(&node, TAKE_CALL, &token, &header, &burglary().encode_to_vec()).await
    };
    for nonsense in ["99999999H", "garbage", "-1S", "999999999999999999999n", "1", ""] {
        let answer = take(nonsense).await;
        assert!(answer.contains("grpc-status:0"), "{nonsense}: {answer}");
    }
    let calls = || node.running().room().centre.read(|picture| picture.board.calls().len());
    redis_store::scratch::eventually(async || (calls() == 6).then_some(())).await.unwrap();
    // whose time is over has nothing done for
    let answer = take("0n").await;
    assert!(answer.contains("grpc-status: 4"), "{answer}");
    assert_eq!(calls(), 6);
}

#[tokio::test]
async fn an_older_tls_is_refused_by_name() {
    let node = Node::start_with(|configuration| Configuration {
        tls_certificate: Some(data("localhost.pem")),
        tls_key: Some(data("localhost.key.pem")),
        ..configuration
    })
    .await;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let older = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    let stream = TcpStream::connect(node.running().address()).await.unwrap();
    let refused = TlsConnector::from(Arc::new(older)).connect("localhost".try_into().unwrap(), stream).await;
    let refused: io::Error = refused.unwrap_err();
    let told = refused.get_ref().and_then(|error| error.downcast_ref());
    assert_eq!(told, Some(&rustls::Error::AlertReceived(AlertDescription::ProtocolVersion)), "{refused:?}");
}

/// One frame of HTTP/2.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes()[..], payload].concat()
}

/// A header as HPACK writes one that no table holds.
fn header(name: &str, value: &str) -> Vec<u8> {
    let mut written = vec![0];
    for text in [name, value] {
        let mut rest = text.len();
        if rest < 127 {
            written.push(u8::try_from(rest).unwrap());
        } else {
            written.push(127);
            rest -= 127;
            while rest >= 128 {
                written.push(u8::try_from(rest % 128).unwrap() | 128);
                rest /= 128;
            }
            written.push(u8::try_from(rest).unwrap());
        }
        written.extend_from_slice(text.as_bytes());
    }
    written
}

#[tokio::test]
async fn more_streams_than_a_connection_may_have_are_refused_one_by_one() {
    const SETTINGS: u8 = 4;
    const HEADERS: u8 = 1;
    const END_HEADERS: u8 = 4;
    const RST_STREAM: u8 = 3;
    const REFUSED_STREAM: [u8; 4] = [0, 0, 0, 7];
    let node = Node::start().await;
    let authorization = format!("Bearer {}", node.token(Role::Operator));
    let head = [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", WATCH),
        (":authority", "test"),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
        ("authorization", &authorization),
    ];
    let head: Vec<u8> = head.iter().flat_map(|(name, value)| header(name, value)).collect();
    let mut said = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    said.extend(frame(SETTINGS, 0, 0, &[]));
    let stream_of = |number: u32| 2 * number + 1;
    // each stays open: its message is still to come
    for number in 0..=STREAMS_PER_CONNECTION {
        said.extend(frame(HEADERS, END_HEADERS, stream_of(number), &head));
    }
    let mut connection = TcpStream::connect(node.running().address()).await.unwrap();
    connection.write_all(&said).await.unwrap();
    loop {
        let mut head = [0; 9];
        connection.read_exact(&mut head).await.expect("the connection is kept");
        let [high, middle, low, kind, _, stream @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, high, middle, low]) as usize];
        connection.read_exact(&mut payload).await.unwrap();
        if kind == RST_STREAM {
            assert_eq!(u32::from_be_bytes(stream), stream_of(STREAMS_PER_CONNECTION), "the last alone");
            assert_eq!(payload, REFUSED_STREAM);
            break;
        }
    }
    assert!(get(&node, "/livez").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn the_same_call_from_two_places_at_once_is_one_call() {
    let node = Node::start().await;
    let headers = [bearer(&node.token(Role::Integration))];
    let (first, second) = (node.channel().await, node.channel().await);
    for _ in 0..16 {
        let call = burglary().encode_to_vec();
        let take = |channel| crate::raw::call(channel, TAKE_CALL, call.clone(), &headers);
        let (one, other) = tokio::join!(take(&first), take(&second));
        let taken = [one, other]
            .map(|answer| protocol::intake::v1::TakeCallResponse::decode(answer.unwrap()).unwrap());
        assert_eq!(taken[0].call_id, taken[1].call_id);
        assert_eq!(taken[0].spoken_number, taken[1].spoken_number);
    }
    let calls = || node.running().room().centre.read(|picture| picture.board.calls().len());
    redis_store::scratch::eventually(async || (calls() == 16).then_some(())).await.unwrap();
}
