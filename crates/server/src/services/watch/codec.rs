//! Frames as they travel: each record's bytes are made once for all watchers of a view, what a frame tells once for all who
//! are told the same, and both are copied.

use bytes::{BufMut as _, Bytes};
use centre::{Body, Frame};
use prost::{
    Message as _,
    encoding::{WireType, encode_key, encode_varint},
};
use protocol::{
    encode,
    watch::v1::{Scope, View, WatchRequest, WatchResponse},
};
use tonic::{
    Status,
    codec::{Codec, EncodeBuf, Encoder},
};
use tonic_prost::ProstCodec;

use crate::services::asking::position;

/// The number of `records` in a `WatchResponse`.
const RECORDS_FIELD: u32 = 6;

/// The age of a picture that never was the store's.
const LONG_AGO: prost_types::Duration = prost_types::Duration { seconds: i64::MAX, nanos: 0 };

/// A frame, and what is told of the stream where a picture begins.
pub(super) struct Shown {
    pub(super) frame: Frame,
    pub(super) scope: Scope,
    pub(super) view: View,
}

/// Encodes frames, decodes requests.
pub(super) struct WatchCodec;

impl Codec for WatchCodec {
    type Encode = Shown;
    type Decode = WatchRequest;
    type Encoder = FrameEncoder;
    type Decoder = <ProstCodec<WatchResponse, WatchRequest> as Codec>::Decoder;

    fn encoder(&mut self) -> Self::Encoder {
        FrameEncoder
    }

    fn decoder(&mut self) -> Self::Decoder {
        ProstCodec::<WatchResponse, WatchRequest>::default().decoder()
    }
}

/// Encodes frames.
pub(super) struct FrameEncoder;

impl Encoder for FrameEncoder {
    type Item = Shown;
    type Error = Status;

    fn encode(&mut self, shown: Shown, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        let body = shown.frame.body.encoded(body);
        let head = head(&shown);
        buffer.reserve(head.encoded_len() + body.len());
        head.encode(buffer).map_err(|error| Status::internal(error.to_string()))?;
        // fields may come in any order, so what is the same for many follows what is not
        buffer.put(body);
        Ok(())
    }
}

/// What a frame tells, as it travels to all who are told the same.
fn body(told: &Body) -> Bytes {
    let rest = WatchResponse {
        left: told.left.iter().filter_map(encode::record_key).collect(),
        positions: told.positions.iter().map(position).collect(),
        ..WatchResponse::default()
    };
    let mut buffer = rest.encode_to_vec();
    for bytes in told.records.iter().map(|held| record(held)).filter(|bytes| !bytes.is_empty()) {
        encode_key(RECORDS_FIELD, WireType::LengthDelimited, &mut buffer);
        encode_varint(bytes.len() as u64, &mut buffer);
        buffer.put(bytes);
    }
    buffer.into()
}

/// A record's bytes; none for a piece of a directory's content, which is never shown.
fn record(held: &centre::ViewRecord) -> Bytes {
    held.encoded(|record| {
        encode::record(record, held.version).map(|shown| shown.encode_to_vec().into()).unwrap_or_default()
    })
}

/// Everything of a frame but what it tells.
fn head(Shown { frame, scope, view }: &Shown) -> WatchResponse {
    WatchResponse {
        scope: frame.reset.then(|| scope.clone()),
        view: if frame.reset { i32::from(*view) } else { View::Unspecified.into() },
        lineage: frame.lineage.to_string(),
        after: frame.after.0,
        through: frame.through.0,
        reset: frame.reset,
        incomplete: frame.incomplete,
        records: Vec::new(),
        left: Vec::new(),
        positions: Vec::new(),
        server_time: Some(encode::timestamp(frame.at)),
        age: Some(prost_types::Duration::try_from(frame.age).unwrap_or(LONG_AGO)),
    }
}

#[cfg(test)]
mod tests {
    use protocol::descriptor_pool;

    use super::*;

    #[test]
    fn the_number_of_records_is_the_contracts() {
        let frame = descriptor_pool().get_message_by_name("kezek.watch.v1.WatchResponse").unwrap();
        assert_eq!(frame.get_field_by_name("records").unwrap().number(), RECORDS_FIELD);
    }
}
