//! The call that everybody takes, and what a centre commits and answers for it.

use std::sync::Arc;

use domain::{OperationId, RecordKey, RecordKind, Version};
use jiff::Timestamp;
use prost::Message as _;
use protocol::{
    intake::v1::{TakeCallRequest, TakeCallResponse},
    record::v1::{Location, LocationMethod, Position},
};
use store::{Change, Changes, Commit, Cursor, SharedStore, Write};
use uuid::Uuid;

use crate::side::{Fault, Name};

/// What the caller says: as long as an operator types in a minute.
const WORDS: &str = "Дверь взломана, в квартире кто-то есть, соседи слышат шум";

/// Where the city begins, and how far it goes, in degrees.
const SOUTH_WEST: (f64, f64) = (42.83, 74.52);
const EXTENT: (f64, f64) = (0.08, 0.16);

/// The first half of every name made here, so that they are as long as names are and none is another's.
const NAMES: Name = 0x0190_cafe_0000_7000_8000_0000_0000_0000;

/// The name of the request of this number.
pub(crate) fn name(number: u64) -> Uuid {
    Uuid::from_u128(NAMES | Name::from(number))
}

/// The request of this number: a burglary somewhere in the city, every one elsewhere and from another caller.
pub(crate) fn request(number: u64) -> TakeCallRequest {
    let place = |step: u64, from: f64, extent: f64| {
        let part = u32::try_from(number.wrapping_mul(step) % 1_000_003).expect("it is below a million");
        from + extent * f64::from(part) / 1_000_003.0
    };
    let position = Position {
        latitude: place(7_919, SOUTH_WEST.0, EXTENT.0),
        longitude: place(104_729, SOUTH_WEST.1, EXTENT.1),
    };
    TakeCallRequest {
        request_id: name(number).to_string(),
        caller_number: format!("+996 555 {:06}", number % 1_000_000),
        location: Some(Location {
            position: Some(position),
            uncertainty_m: Some(40),
            method: LocationMethod::Aml.into(),
            ..Location::default()
        }),
        incident_type_id: "burglary".to_owned(),
        language: "ru".to_owned(),
        narrative: WORDS.to_owned(),
        source: "telephone".to_owned(),
        trunk: "102-3".to_owned(),
        ..TakeCallRequest::default()
    }
}

/// A call that a real centre took: what it was asked, what it committed and what it answered.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    /// What it answered.
    pub(crate) response: TakeCallResponse,
    /// What it committed.
    commit: Change,
    call: String,
    incident: String,
}

impl Sample {
    /// Reads from the centre's store what it committed for an answer. It is read back from the stream of changes, where
    /// the whole commit stands but for what it depends on; a new call depends on nothing.
    ///
    /// # Errors
    /// The store cannot be read, or the change is not that of a new call.
    pub(crate) async fn read(store: &SharedStore, response: TakeCallResponse) -> Result<Self, Fault> {
        let missing = || Fault("the centre's answer names no change".to_owned());
        let change =
            response.receipt.as_ref().and_then(|receipt| receipt.change.as_ref()).ok_or_else(missing)?;
        let lineage = store.tip().await.map_err(Fault::at("read the centre's store"))?.lineage;
        let before = Cursor { lineage, number: Version(change.number.saturating_sub(1)) };
        let found = store.changes_after(before, 1, std::time::Duration::ZERO).await;
        let commit = match found.map_err(Fault::at("read the change of a call"))? {
            Changes::Some(mut changes) => changes.pop(),
            Changes::None | Changes::Trimmed { .. } | Changes::Behind { .. } => None,
        };
        let commit = commit.filter(|change| change.cause == "take_call").ok_or_else(missing)?;
        let (call, incident) = (response.call_id.clone(), response.incident_id.clone());
        Ok(Self { response, commit, call, incident })
    }

    /// How large everything is.
    pub(crate) fn sizes(&self) -> String {
        let states: usize = self.commit.records.iter().map(|record| record.state.len()).sum();
        format!(
            "request {} bytes, answer {} bytes, commit of {} records with {} bytes of state and {} of answer",
            request(0).encoded_len(),
            self.response.encoded_len(),
            self.commit.records.len(),
            states,
            self.commit.answer.len()
        )
    }

    /// The same commit for another call: other names, the same length.
    pub(crate) fn commit(&self, number: u64, seen: Cursor) -> (Name, Commit) {
        let call = name(number << 1);
        let incident = name(number << 1 | 1);
        let (call_text, incident_text) = (call.to_string(), incident.to_string());
        let renamed = |text: &str| -> Arc<str> {
            text.replace(&self.call, &call_text).replace(&self.incident, &incident_text).into()
        };
        let writes = self.commit.records.iter().map(|record| {
            let id = if record.key.kind == RecordKind::Call { &call_text } else { &incident_text };
            Write {
                key: RecordKey::new(record.key.kind, id),
                version: Version::ABSENT,
                state: renamed(&record.state),
                place: record.place,
            }
        });
        let commit = Commit {
            operation: OperationId::from_uuid(name(number)),
            fingerprint: self.commit.fingerprint,
            answer: renamed(&self.commit.answer),
            actor: self.commit.actor.clone(),
            cause: self.commit.cause.clone(),
            at: Timestamp::now(),
            seen: Some(seen),
            reads: Vec::new(),
            writes: writes.collect(),
        };
        (call.as_u128(), commit)
    }
}

/// The names of all calls that a store holds.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn calls_in(store: &SharedStore) -> Result<Vec<Name>, Fault> {
    let open = store.open().await.map_err(Fault::at("read what the store holds"))?;
    let calls = open.iter().filter(|key| key.kind == RecordKind::Call);
    calls.map(|key| id(&key.id)).collect()
}

/// The name in an id.
///
/// # Errors
/// It is none.
pub(crate) fn id(text: &str) -> Result<Name, Fault> {
    text.parse().map(|id: Uuid| id.as_u128()).map_err(Fault::at("read the id of a call"))
}
