//! What of a frame is written down.

use domain::{RecordKey, RecordKind, record::THE_ONE};
use prost::Message as _;
use protocol::watch::v1::{Record as Wire, WatchResponse, record::Record};
use store::Fingerprint;

use crate::history::{ShownFrame, ShownRecord};

/// A frame as evidence.
pub(super) fn shown(frame: &WatchResponse) -> ShownFrame {
    let records = frame.records.iter().filter_map(|wire| {
        let (key, version) = name(wire.record.as_ref()?);
        Some((key.to_string(), ShownRecord { version, digest: digest(wire) }))
    });
    ShownFrame {
        lineage: frame.lineage.clone(),
        after: frame.after,
        through: frame.through,
        is_reset: frame.reset,
        records: records.collect(),
    }
}

/// Hexadecimal digits of a digest that are written down: enough that no two records of any run share them.
const DIGITS: usize = 32;

/// A digest of all that is shown of a record: of the bytes of the wire, which are the same for the same record.
pub(crate) fn digest(record: &Wire) -> String {
    let mut digest = Fingerprint::of(&record.encode_to_vec()).to_string();
    digest.truncate(DIGITS);
    digest
}

/// The record's key in the store, and its version.
fn name(record: &Record) -> (RecordKey, u64) {
    let (kind, id, version) = match record {
        Record::Call(it) => (RecordKind::Call, it.call_id.as_str(), it.version),
        Record::Incident(it) => (RecordKind::Incident, it.incident_id.as_str(), it.version),
        Record::Assignment(it) => (RecordKind::Assignment, it.assignment_id.as_str(), it.version),
        Record::Run(it) => (RecordKind::Run, it.run_id.as_str(), it.version),
        Record::Unit(it) => (RecordKind::Unit, it.unit_id.as_str(), it.version),
        Record::Desk(it) => (RecordKind::Desk, it.station_id.as_str(), it.version),
        Record::Note(it) => (RecordKind::Note, it.note_id.as_str(), it.version),
        Record::Recommendation(it) => (RecordKind::Recommendation, it.recommendation_id.as_str(), it.version),
        Record::Alarm(it) => (RecordKind::Alarm, it.alarm_id.as_str(), it.version),
        Record::Dispatch(it) => (RecordKind::Dispatch, THE_ONE, it.version),
        Record::Directory(it) => (RecordKind::Directory, THE_ONE, it.version),
    };
    (RecordKey::new(kind, id), version)
}

#[cfg(test)]
mod tests {
    use domain::{Version, record::Record as Stored};

    use super::*;

    #[test]
    fn what_is_shown_of_a_record_has_the_digest_of_what_the_store_holds() {
        let key: RecordKey = "unit:u1".parse().unwrap();
        let state = r#"{"id": "u1", "since": "2026-02-01T08:00:00Z", "state": {"is": "available"}}"#;
        let stored = Stored::from_json(&key, state).unwrap();
        let wire = |version| protocol::encode::record(&stored, Version(version)).unwrap();
        // over the wire and back
        let heard = Wire::decode(wire(7).encode_to_vec().as_slice()).unwrap();
        assert_eq!(name(heard.record.as_ref().unwrap()), (key, 7));
        assert_eq!(digest(&heard), digest(&wire(7)));
        assert_ne!(digest(&heard), digest(&wire(8)));
    }
}
