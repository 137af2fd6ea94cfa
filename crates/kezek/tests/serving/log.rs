//! What the log never holds, however much is logged.

use std::{fs, net::SocketAddr};

use protocol::{
    dispatch::v1::{GetDispatchRequest, dispatch_service_client::DispatchServiceClient},
    watch::v1::{WatchRequest, watch_service_client::WatchServiceClient},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tonic::metadata::{Ascii, MetadataValue};

use crate::centre::{centre, log, shown, token};

/// Asks as a browser does, and gives what it is answered.
async fn browse(address: SocketAddr, token: &MetadataValue<Ascii>) -> String {
    let request = format!(
        "POST /kezek.dispatch.v1.DispatchService/GetDispatch HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\
         content-type: application/grpc-web+proto\r\nauthorization: {}\r\ncontent-length: 5\r\n\r\n\0\0\0\0\0",
        token.to_str().unwrap()
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_token_is_never_logged_good_or_bad() {
    let folder = tempfile::tempdir().unwrap();
    let (mut process, address, channel) = centre(folder.path(), &["--log", "trace"]).await;
    let good = token(folder.path());
    let text = good.to_str().unwrap();
    // signed by nobody, cut short, and no token at all
    let (head, _) = text.rsplit_once('.').unwrap();
    let bad =
        [format!("{head}.c2lnbmVkIGJ5IG5vYm9keQ"), head.to_owned(), "Bearer secret-of-somebody".to_owned()];
    let bad: Vec<MetadataValue<Ascii>> = bad.iter().map(|bad| bad.parse().unwrap()).collect();

    let mut dispatch = DispatchServiceClient::new(channel.clone());
    dispatch.get_dispatch(shown(&good, GetDispatchRequest {})).await.unwrap();
    let watched = WatchServiceClient::new(channel).watch(shown(&good, WatchRequest::default())).await;
    assert!(watched.unwrap().into_inner().message().await.unwrap().unwrap().reset);
    assert!(browse(address, &good).await.contains("grpc-status:0"));
    for bad in &bad {
        dispatch.get_dispatch(shown(bad, GetDispatchRequest {})).await.unwrap_err();
        assert!(browse(address, bad).await.contains("grpc-status: 16"));
    }
    process.stop().await.unwrap_or_else(|error| panic!("{error}"));

    let log = fs::read_to_string(log(folder.path())).unwrap();
    for told in ["a token was refused", "GetDispatch", " TRACE "] {
        assert!(log.contains(told), "the log does not even hold {told:?}");
    }
    let parts = text.trim_start_matches("Bearer ").split('.').skip(1);
    for secret in parts.chain(["c2lnbmVkIGJ5IG5vYm9keQ", "secret-of-somebody"]) {
        let held: Vec<&str> = log.lines().filter(|line| line.contains(secret)).collect();
        assert!(held.is_empty(), "the log holds a part of a token: {held:?}");
    }
}
