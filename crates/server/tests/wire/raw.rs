//! Any method with any bytes, as no generated client would send them; and plain HTTP.

use std::io;

use bytes::{Buf as _, BufMut as _, Bytes};
use futures::Stream;
use http::uri::PathAndQuery;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tonic::{
    Request, Status, Streaming,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    metadata::MetadataMap,
    transport::Channel,
};

use crate::node::Node;

/// Passes bytes through.
#[derive(Clone, Copy, Default)]
pub(crate) struct RawCodec;

impl Codec for RawCodec {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for RawCodec {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for RawCodec {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}

/// Sends one message to a method with these headers, and gives the first message of the answer.
pub(crate) async fn call(
    channel: &Channel,
    path: &str,
    message: impl Into<Bytes>,
    headers: &[(&'static str, String)],
) -> Result<Bytes, Status> {
    let mut request = Request::new(message.into());
    add(request.metadata_mut(), headers);
    let mut grpc = Grpc::new(channel.clone());
    grpc.ready().await.unwrap();
    let path = PathAndQuery::try_from(path).unwrap();
    let mut answer = grpc.server_streaming(request, path, RawCodec).await?.into_inner();
    Ok(answer.message().await?.unwrap_or_default())
}

/// Begins a method with whatever messages come, and gives its answers.
pub(crate) async fn open(
    channel: &Channel,
    path: &str,
    messages: impl Stream<Item = Bytes> + Send + 'static,
    headers: &[(&'static str, String)],
) -> Result<Streaming<Bytes>, Status> {
    let mut request = Request::new(messages);
    add(request.metadata_mut(), headers);
    let mut grpc = Grpc::new(channel.clone());
    grpc.ready().await.unwrap();
    Ok(grpc.streaming(request, PathAndQuery::try_from(path).unwrap(), RawCodec).await?.into_inner())
}

fn add(metadata: &mut MetadataMap, headers: &[(&'static str, String)]) {
    for (name, value) in headers {
        metadata.append(*name, value.parse().unwrap());
    }
}

/// The header that shows a token.
pub(crate) fn bearer(token: &str) -> (&'static str, String) {
    ("authorization", format!("Bearer {token}"))
}

/// What a node answers to a plain HTTP/1.1 request, head and body as they come.
pub(crate) async fn http(node: &Node, request: &[u8]) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(node.running().address()).await?;
    stream.write_all(request).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(answer)
}

/// What a node answers to GET.
pub(crate) async fn get(node: &Node, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
    String::from_utf8(http(node, request.as_bytes()).await.unwrap()).unwrap()
}
