//! Any record, as the watch stream carries it.

use domain::{RecordKey, RecordKind, Version, record::Record};

use crate::watch::v1 as wire;

/// A record; absent for a piece of a directory's content, which is never shown.
pub fn record(held: &Record, version: Version) -> Option<wire::Record> {
    use wire::record::Record as Shown;
    let shown = match held {
        Record::Call(call) => Shown::Call(super::call(call, version)),
        Record::Incident(incident) => Shown::Incident(super::incident(incident, version)),
        Record::Assignment(assignment) => Shown::Assignment(super::assignment(assignment, version)),
        Record::Run(run) => Shown::Run(super::run(run, version)),
        Record::Unit(unit) => Shown::Unit(super::unit(unit, version)),
        Record::Desk(desk) => Shown::Desk(super::desk(desk, version)),
        Record::Note(note) => Shown::Note(super::note(note, version)),
        Record::Recommendation(recommendation) => {
            Shown::Recommendation(super::recommendation(recommendation, version))
        }
        Record::Alarm(alarm) => Shown::Alarm(super::alarm(alarm, version)),
        Record::Dispatch(dispatch) => Shown::Dispatch(super::dispatch(dispatch, version)),
        Record::Directory(head) => Shown::Directory(super::directory_head(head, version)),
        Record::DirectoryPart(_) => return None,
    };
    Some(wire::Record { record: Some(shown) })
}

/// The name of a record; absent for a piece of a directory's content, which is never shown.
pub fn record_key(key: &RecordKey) -> Option<wire::RecordKey> {
    let (kind, id) = match key.kind {
        RecordKind::Call => (wire::RecordKind::Call, key.id.clone()),
        RecordKind::Incident => (wire::RecordKind::Incident, key.id.clone()),
        RecordKind::Assignment => (wire::RecordKind::Assignment, key.id.clone()),
        RecordKind::Run => (wire::RecordKind::Run, key.id.clone()),
        RecordKind::Unit => (wire::RecordKind::Unit, key.id.clone()),
        RecordKind::Desk => (wire::RecordKind::Desk, key.id.clone()),
        RecordKind::Note => (wire::RecordKind::Note, key.id.clone()),
        RecordKind::Recommendation => (wire::RecordKind::Recommendation, key.id.clone()),
        RecordKind::Alarm => (wire::RecordKind::Alarm, key.id.clone()),
        RecordKind::Dispatch => (wire::RecordKind::Dispatch, String::new()),
        RecordKind::Directory => (wire::RecordKind::Directory, String::new()),
        RecordKind::DirectoryPart => return None,
    };
    Some(wire::RecordKey { kind: kind.into(), id })
}
