//! The records that go with an answer.

use std::collections::BTreeMap;

use domain::{
    AlarmId, AssignmentId, CallId, IncidentId, NoteId, RecordKey, RecordKind, RunId, UnitId,
    record::{Record, THE_ONE, Versioned},
};
use operations::{Asker, ControlRoom};
use protocol::{encode, record::v1 as wire};

/// The records that go with an answer, by key.
pub(super) struct Found(BTreeMap<RecordKey, Versioned<Record>>);

/// The key of a record of this kind.
pub(super) fn key(kind: RecordKind, id: impl std::fmt::Display) -> RecordKey {
    RecordKey::new(kind, id)
}

macro_rules! getter {
    ($(#[$doc:meta])* $name:ident, $kind:ident, $id:ty, $wire:ident) => {
        $(#[$doc])*
        pub(super) fn $name(&self, id: $id) -> Option<wire::$wire> {
            let held = self.0.get(&key(RecordKind::$kind, id))?;
            let Record::$kind(record) = &held.record else { return None };
            Some(encode::$name(record, held.version))
        }
    };
}

impl Found {
    /// What an operation gave, and from the store whatever else is wanted, as far as the asker may read it. What was
    /// done is done: a record that cannot be read now is left out, and so is everything while nobody can tell who may.
    pub(super) async fn with(
        room: &ControlRoom,
        asker: &Asker,
        mut records: BTreeMap<RecordKey, Versioned<Record>>,
        wanted: impl IntoIterator<Item = RecordKey>,
    ) -> Self {
        let missing: Vec<_> = wanted.into_iter().filter(|key| !records.contains_key(key)).collect();
        if !missing.is_empty() {
            match room.read(&missing).await {
                Ok(read) => records.extend(read.into_iter().map(|held| (held.record.key(), held))),
                Err(error) => {
                    tracing::warn!(code = error.code(), "an answer goes without some of its records")
                }
            }
        }
        match operations::readable(room, asker, records.into_values().collect()).await {
            Ok(readable) => Self(readable.into_iter().map(|held| (held.record.key(), held)).collect()),
            Err(error) => {
                tracing::warn!(code = error.code(), "an answer goes without its records");
                Self(BTreeMap::new())
            }
        }
    }

    getter!(
        /// A call.
        call, Call, CallId, Call
    );
    getter!(
        /// An incident.
        incident, Incident, IncidentId, Incident
    );
    getter!(
        /// An assignment.
        assignment, Assignment, AssignmentId, Assignment
    );
    getter!(
        /// A run.
        run, Run, RunId, Run
    );
    getter!(
        /// A unit.
        unit, Unit, &UnitId, Unit
    );
    getter!(
        /// A note.
        note, Note, NoteId, Note
    );
    getter!(
        /// An alarm.
        alarm, Alarm, AlarmId, Alarm
    );

    /// The switch for automatic sending.
    pub(super) fn dispatch(&self) -> Option<wire::Dispatch> {
        let held = self.0.get(&key(RecordKind::Dispatch, THE_ONE))?;
        let Record::Dispatch(record) = &held.record else { return None };
        Some(encode::dispatch(record, held.version))
    }

    /// Which directory is in force.
    pub(super) fn directory_head(&self) -> Option<wire::DirectoryHead> {
        let held = self.0.get(&key(RecordKind::Directory, THE_ONE))?;
        let Record::Directory(record) = &held.record else { return None };
        Some(encode::directory_head(record, held.version))
    }

    /// The unit that a run is of.
    pub(super) fn unit_of_run(&self, run: RunId) -> Option<UnitId> {
        let held = self.0.get(&key(RecordKind::Run, run))?;
        let Record::Run(run) = &held.record else { return None };
        Some(run.unit.clone())
    }
}
