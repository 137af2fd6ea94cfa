//! Any message of the contract as JSON: the canonical protobuf mapping, under the field names of `proto/`.
//!
//! The shape is stable: every list, text, number and enum is there even when empty, so a script never meets a missing
//! list; only what is unset and has presence (a sub-message, an `optional`, the other arms of a `oneof`) is left out.
//! Numbers of 64 bits are strings, as the canonical mapping says, because JavaScript would round them.

use prost::{Message, Name};
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, ReflectMessage, Value};
use prost_types::Timestamp;
use serde::ser::{Error, SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use crate::time::to_timestamp;

/// A message on one line.
pub(crate) fn line<M: Message + Name>(message: &M) -> String {
    serde_json::to_string(&OfMessage(&reflected(message))).expect("a message of the contract is JSON")
}

/// A message over several lines, for a person or `jq`.
pub(crate) fn pretty<M: Message + Name>(message: &M) -> String {
    serde_json::to_string_pretty(&OfMessage(&reflected(message))).expect("a message of the contract is JSON")
}

/// The same message with names for its fields.
fn reflected<M: Message + Name>(message: &M) -> DynamicMessage {
    let descriptor = protocol::descriptor_pool()
        .get_message_by_name(&M::full_name())
        .expect("every generated message stands in the descriptors it was generated from");
    DynamicMessage::decode(descriptor, message.encode_to_vec().as_slice())
        .expect("what prost encodes, its descriptor decodes")
}

struct OfMessage<'a>(&'a DynamicMessage);

impl Serialize for OfMessage<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let descriptor = self.0.descriptor();
        if descriptor.full_name() == "google.protobuf.Timestamp" {
            return serialize_time(self.0, serializer);
        }
        let mut map = serializer.serialize_map(None)?;
        for field in descriptor.fields() {
            if field.supports_presence() && !self.0.has_field(&field) {
                continue;
            }
            map.serialize_entry(field.name(), &OfValue(&self.0.get_field(&field), &field))?;
        }
        map.end()
    }
}

/// A time as RFC 3339 in UTC.
fn serialize_time<S: Serializer>(message: &DynamicMessage, serializer: S) -> Result<S::Ok, S::Error> {
    let time: Timestamp = message.transcode_to().map_err(S::Error::custom)?;
    match to_timestamp(&time) {
        Some(time) => serializer.serialize_str(&time.to_string()),
        None => serializer.serialize_none(),
    }
}

struct OfValue<'a>(&'a Value, &'a FieldDescriptor);

impl Serialize for OfValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::I32(value) => serializer.serialize_i32(*value),
            Value::U32(value) => serializer.serialize_u32(*value),
            Value::I64(value) => serializer.collect_str(value),
            Value::U64(value) => serializer.collect_str(value),
            Value::F32(value) => serializer.serialize_f32(*value),
            Value::F64(value) => serializer.serialize_f64(*value),
            Value::String(value) => serializer.serialize_str(value),
            Value::Bytes(value) => serializer.collect_seq(value.iter()),
            Value::EnumNumber(number) => serialize_enum(*number, self.1, serializer),
            Value::Message(message) => OfMessage(message).serialize(serializer),
            Value::List(values) => {
                let mut list = serializer.serialize_seq(Some(values.len()))?;
                for value in values {
                    list.serialize_element(&OfValue(value, self.1))?;
                }
                list.end()
            }
            Value::Map(entries) => serialize_entries(entries, self.1, serializer),
        }
    }
}

/// An enum by its name; a number that this release has no name for stays a number.
fn serialize_enum<S: Serializer>(
    number: i32,
    field: &FieldDescriptor,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let kind = field.kind();
    match kind.as_enum().and_then(|kind| kind.get_value(number)) {
        Some(value) => serializer.serialize_str(value.name()),
        None => serializer.serialize_i32(number),
    }
}

/// A map in the order of its keys, so that the same message is the same text.
fn serialize_entries<S: Serializer>(
    entries: &std::collections::HashMap<MapKey, Value>,
    field: &FieldDescriptor,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let Kind::Message(entry) = field.kind() else {
        return Err(S::Error::custom("a map field has a message of keys and values"));
    };
    let value_field = entry.map_entry_value_field();
    let mut sorted: Vec<(String, &Value)> =
        entries.iter().map(|(key, value)| (key_text(key), value)).collect();
    sorted.sort_by(|left, right| left.0.cmp(&right.0));
    let mut map = serializer.serialize_map(Some(sorted.len()))?;
    for (key, value) in sorted {
        map.serialize_entry(&key, &OfValue(value, &value_field))?;
    }
    map.end()
}

fn key_text(key: &MapKey) -> String {
    match key {
        MapKey::Bool(key) => key.to_string(),
        MapKey::I32(key) => key.to_string(),
        MapKey::I64(key) => key.to_string(),
        MapKey::U32(key) => key.to_string(),
        MapKey::U64(key) => key.to_string(),
        MapKey::String(key) => key.clone(),
    }
}

#[cfg(test)]
mod tests {
    use protocol::directory::v1::Titles;
    use protocol::intake::v1::TakeCallResponse;
    use protocol::record::v1::{Call, CallFlag, CallState, Cursor, Durability, Receipt, call_state};

    use super::*;

    #[test]
    fn a_message_keeps_the_names_of_the_contract_and_its_empty_lists() {
        let answered = call_state::Answered { desk: "4".to_owned() };
        let answer = TakeCallResponse {
            receipt: Some(Receipt {
                change: Some(Cursor { lineage: "l".to_owned(), number: 9_007_199_254_740_993 }),
                durability: Durability::Stored as i32,
                repeated: false,
            }),
            spoken_number: "1043".to_owned(),
            flags: vec![CallFlag::NoLocation as i32],
            call: Some(Call {
                taken_at: Some(Timestamp { seconds: 1_780_000_000, nanos: 250_000_000 }),
                state: Some(CallState { state: Some(call_state::State::Answered(answered)) }),
                ..Call::default()
            }),
            ..TakeCallResponse::default()
        };
        let told: serde_json::Value = serde_json::from_str(&line(&answer)).unwrap();
        assert_eq!(told["receipt"]["change"]["number"], "9007199254740993");
        assert_eq!(told["receipt"]["durability"], "DURABILITY_STORED");
        assert_eq!(told["receipt"]["repeated"], false);
        assert_eq!(told["flags"][0], "CALL_FLAG_NO_LOCATION");
        assert_eq!(told["suspected_duplicate_of"], serde_json::json!([]));
        assert_eq!(told["incident_id"], "");
        assert_eq!(told["call"]["taken_at"], "2026-05-28T20:26:40.25Z");
        assert_eq!(told["call"]["state"], serde_json::json!({ "answered": { "desk": "4" } }));
        assert!(told["call"].get("location").is_none(), "what has presence and is unset is left out");
        assert!(
            line(&answer).starts_with(r#"{"receipt":{"change":{"lineage":"l","#),
            "in the order of the contract"
        );
    }

    #[test]
    fn a_map_is_in_the_order_of_its_keys() {
        let titles = ["ru", "en", "ky"].map(|language| (language.to_owned(), "Бишкек".to_owned()));
        let titles = Titles { by_language: titles.into_iter().collect() };
        assert_eq!(line(&titles), r#"{"by_language":{"en":"Бишкек","ky":"Бишкек","ru":"Бишкек"}}"#);
    }

    #[test]
    fn an_enum_of_a_later_release_stays_a_number() {
        let receipt = Receipt { durability: 99, ..Receipt::default() };
        assert_eq!(line(&receipt), r#"{"durability":99,"repeated":false}"#);
    }
}
