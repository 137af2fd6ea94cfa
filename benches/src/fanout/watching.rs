//! Whoever watches over gRPC: reads the bytes of each message for the numbers in it and makes nothing of the rest, so that
//! who is told costs little beside who tells.

use std::{net::SocketAddr, sync::Arc};

use protocol::watch::v1::{WatchRequest, WatchResponse};
use tokio::{sync::oneshot, task::JoinSet, time::timeout};
use tonic::{
    Request, Status, Streaming,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder},
    codegen::{Bytes, http::uri::PathAndQuery},
    metadata::{Ascii, MetadataValue},
    transport::Channel,
};
use tonic_prost::ProstCodec;

use super::{
    Crowd, JOIN_WITHIN,
    arrivals::{Arrivals, Reader},
    change::{Field, Fields, number_in},
};
use crate::{
    intake::gateways::refused,
    node::{narrow_channel, wide_channel},
    side::Fault,
};

/// Streams on one connection: below the 128 that a centre allows.
const STREAMS: usize = 125;

/// Connections at least, as few as a gateway has.
const CONNECTIONS_MIN: usize = 8;

/// Where a frame of a centre says what is looked for.
const RESET_OF_FRAME: u32 = 4;
const INCOMPLETE_OF_FRAME: u32 = 5;
const RECORDS_OF_FRAME: u32 = 6;

/// Connections for so many watchers.
pub(super) fn connections(watchers: u32) -> usize {
    (watchers as usize).div_ceil(STREAMS).max(CONNECTIONS_MIN)
}

/// What a message is to a watcher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A frame of a centre's watch, with any number of records.
    Frame,
    /// One record.
    Record,
}

/// Where watchers ask, how, and what they are told.
pub(super) struct Door {
    pub(super) address: SocketAddr,
    pub(super) path: &'static str,
    pub(super) token: Option<MetadataValue<Ascii>>,
    pub(super) form: Form,
}

/// Lets everybody in a crowd begin to watch, and waits until each is told of whatever comes next. They watch until the set
/// is dropped.
///
/// # Errors
/// One is not let in.
pub(super) async fn gather(
    door: &Door,
    crowd: Crowd,
    arrivals: &Arc<Arrivals>,
) -> Result<JoinSet<()>, Fault> {
    let mut tasks = JoinSet::new();
    let mut joining = Vec::new();
    for number in 0..connections(crowd.watchers) {
        let channel = wide_channel(door.address).await?;
        let lane = arrivals.lane();
        let here = (crowd.watchers as usize).saturating_sub(number).div_ceil(connections(crowd.watchers));
        for _ in 0..here {
            let (joined, has_joined) = oneshot::channel();
            let reader = Reader::new(arrivals, &lane);
            let reading = Reading { reader, form: door.form, joined: Some(joined), numbers: Vec::new() };
            let mut stream = watch(door, channel.clone(), reading).await?;
            tasks.spawn(async move { while let Ok(Some(())) = stream.message().await {} });
            joining.push(has_joined);
        }
    }
    if door.form == Form::Frame {
        for has_joined in joining {
            let told = timeout(JOIN_WITHIN, has_joined).await;
            told.map_err(Fault::at("hear the beginning"))?.map_err(Fault::at("hear the beginning"))?;
        }
    }
    if crowd.silent > 0 {
        let silent = never_read(door, crowd.silent, arrivals).await?;
        // held, so that they stay, and not read
        tasks.spawn(async move {
            let _silent = silent;
            std::future::pending::<()>().await;
        });
    }
    Ok(tasks)
}

/// Streams that are opened and never read, on connections of their own: what one of them holds up is its own.
async fn never_read(door: &Door, silent: u32, arrivals: &Arc<Arrivals>) -> Result<Vec<Streaming<()>>, Fault> {
    let mut streams = Vec::new();
    let lane = arrivals.lane();
    let mut channel = None;
    for number in 0..silent as usize {
        if number % (silent as usize).div_ceil(CONNECTIONS_MIN).max(1) == 0 {
            channel = Some(narrow_channel(door.address).await?);
        }
        let Some(channel) = channel.clone() else { continue };
        let reader = Reader::new(arrivals, &lane);
        let reading = Reading { reader, form: door.form, joined: None, numbers: Vec::new() };
        streams.push(watch(door, channel, reading).await?);
    }
    Ok(streams)
}

async fn watch(door: &Door, channel: Channel, reading: Reading) -> Result<Streaming<()>, Fault> {
    let mut client = Grpc::new(channel);
    client.ready().await.map_err(Fault::at("connect"))?;
    let mut request = Request::new(WatchRequest::default());
    if let Some(token) = &door.token {
        request.metadata_mut().insert("authorization", token.clone());
    }
    let path = PathAndQuery::from_maybe_shared(Bytes::from_static(door.path.as_bytes()));
    let path = path.map_err(Fault::at("name a method"))?;
    let answer = client.server_streaming(request, path, ReadingCodec(Some(reading))).await;
    answer.map(tonic::Response::into_inner).map_err(|status| refused(&status))
}

/// Encodes the request, and reads answers for one watcher.
struct ReadingCodec(Option<Reading>);

impl Codec for ReadingCodec {
    type Encode = WatchRequest;
    type Decode = ();
    type Encoder = <ProstCodec<WatchRequest, WatchResponse> as Codec>::Encoder;
    type Decoder = Reading;

    fn encoder(&mut self) -> Self::Encoder {
        ProstCodec::<WatchRequest, WatchResponse>::default().encoder()
    }

    fn decoder(&mut self) -> Reading {
        self.0.take().expect("one request has one answer")
    }
}

/// One watcher's eyes.
struct Reading {
    reader: Reader,
    form: Form,
    /// Told once the first whole picture is there.
    joined: Option<oneshot::Sender<()>>,
    numbers: Vec<u64>,
}

impl Decoder for Reading {
    type Item = ();
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<()>, Status> {
        use prost::bytes::Buf as _;
        // one message is in one piece, and nothing after it is in the buffer
        let length = buffer.remaining();
        self.read(buffer.chunk());
        buffer.advance(length);
        Ok(Some(()))
    }
}

impl Reading {
    fn read(&mut self, message: &[u8]) {
        self.numbers.clear();
        let (mut is_reset, mut is_incomplete) = (false, false);
        match self.form {
            Form::Record => self.numbers.extend(number_in(message)),
            Form::Frame => {
                for field in Fields(message) {
                    match field {
                        Field::Number(RESET_OF_FRAME, value) => is_reset = value != 0,
                        Field::Number(INCOMPLETE_OF_FRAME, value) => is_incomplete = value != 0,
                        Field::Bytes(RECORDS_OF_FRAME, record) => self.numbers.extend(number_in(record)),
                        Field::Number(..) | Field::Bytes(..) => {}
                    }
                }
            }
        }
        if is_reset && self.joined.is_none() {
            self.reader.begin_anew(&self.numbers);
        } else if !self.numbers.is_empty() {
            self.reader.take(&self.numbers);
        }
        if !is_incomplete && let Some(joined) = self.joined.take() {
            // whoever waited has gone, if this fails
            let _unheard = joined.send(());
        }
    }
}

#[cfg(test)]
mod tests {
    use protocol::descriptor_pool;

    use super::*;

    #[test]
    fn the_numbers_of_fields_are_the_contracts() {
        let pool = descriptor_pool();
        let number = |message: &str, field: &str| {
            pool.get_message_by_name(message).unwrap().get_field_by_name(field).unwrap().number()
        };
        assert_eq!(number("kezek.watch.v1.WatchResponse", "reset"), RESET_OF_FRAME);
        assert_eq!(number("kezek.watch.v1.WatchResponse", "incomplete"), INCOMPLETE_OF_FRAME);
        assert_eq!(number("kezek.watch.v1.WatchResponse", "records"), RECORDS_OF_FRAME);
    }

    #[test]
    fn everybody_has_a_place_on_a_connection() {
        for watchers in [1_u32, 8, 100, 1_000, 1_001, 5_000] {
            let connections = connections(watchers);
            let places: usize = (0..connections)
                .map(|number| (watchers as usize).saturating_sub(number).div_ceil(connections))
                .sum();
            assert_eq!(places, watchers as usize);
        }
    }
}
