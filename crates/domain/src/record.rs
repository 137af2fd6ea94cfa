//! A record: one of the things a centre keeps, with the key that names it and the indexes that list it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    RecordKey, RecordKind, StationId, UnitId, Version,
    alarm::{Alarm, AlarmState},
    assignment::Assignment,
    call::Call,
    desk::Desk,
    directory::DirectoryVersion,
    dispatch::Dispatch,
    incident::{Incident, IncidentState},
    limits::DIRECTORIES_REPLACED_MAX,
    note::Note,
    recommendation::Recommendation,
    run::Run,
    unit::{Unit, UnitState},
};

/// Which directory is in force; its content stands in parts that are never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryHead {
    /// Which one.
    pub version: DirectoryVersion,
    /// In how many parts its content stands.
    pub parts: u32,
    /// SHA-256 of the parts joined, in hexadecimal.
    pub sha256: String,
    /// What the next directory will not have: nothing new is given to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closing: Vec<Dropped>,
    /// Who applied it.
    pub applied_by: String,
    /// When.
    pub applied_at: Timestamp,
    /// Those before it whose parts may still be in the store, oldest first: they leave it through the archive.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaced: Vec<ReplacedDirectory>,
}

/// A directory that is in force no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplacedDirectory {
    /// Which one it was.
    pub version: DirectoryVersion,
    /// In how many parts its content stood.
    pub parts: u32,
    /// SHA-256 of the parts joined, in hexadecimal.
    pub sha256: String,
    /// When another took its place.
    pub at: Timestamp,
}

impl DirectoryHead {
    /// Those before this one and this one, once a directory of that content takes its place at `now`. One that comes into
    /// force again is not among them.
    pub fn replaced_by(self, sha256: &str, now: Timestamp) -> Vec<ReplacedDirectory> {
        let mut replaced = self.replaced;
        replaced.push(ReplacedDirectory {
            version: self.version,
            parts: self.parts,
            sha256: self.sha256,
            at: now,
        });
        replaced.retain(|before| before.sha256 != sha256);
        replaced.drain(..replaced.len().saturating_sub(DIRECTORIES_REPLACED_MAX));
        replaced
    }
}

/// A unit or a station that the next directory will not have. Each kind has ids of its own: a unit and a station may
/// bear the same one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dropped {
    /// A unit.
    Unit(UnitId),
    /// A station, with its duty desk.
    Station(StationId),
}

impl std::fmt::Display for Dropped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unit(id) => write!(f, "unit {id}"),
            Self::Station(id) => write!(f, "station {id}"),
        }
    }
}

/// A piece of a directory's content: text to be joined with its neighbours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryPart {
    /// Of which directory.
    pub version: DirectoryVersion,
    /// SHA-256 of the whole content, which tells two attempts at the same version apart.
    pub sha256: String,
    /// Which piece, from 0.
    pub part: u32,
    /// The text.
    pub text: String,
}

/// Anything a centre keeps.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each variant is the record of that name, documented there")]
#[expect(clippy::large_enum_variant, reason = "most records that are handled are the large ones")]
pub enum Record {
    Call(Call),
    Incident(Incident),
    Assignment(Assignment),
    Run(Run),
    Unit(Unit),
    Desk(Desk),
    Note(Note),
    Recommendation(Recommendation),
    Alarm(Alarm),
    Dispatch(Dispatch),
    Directory(DirectoryHead),
    DirectoryPart(DirectoryPart),
}

/// A state in the store that is no record: damage, or a newer release's.
#[derive(Debug, thiserror::Error)]
#[error("the state of {key} cannot be read")]
pub struct RecordError {
    /// Which record.
    pub key: RecordKey,
    /// Why.
    #[source]
    pub source: serde_json::Error,
}

/// The id of the one `dispatch` record and the one `directory` record.
pub const THE_ONE: &str = "centre";

impl Record {
    /// The key that names it.
    pub fn key(&self) -> RecordKey {
        match self {
            Self::Call(call) => RecordKey::new(RecordKind::Call, call.id),
            Self::Incident(incident) => RecordKey::new(RecordKind::Incident, incident.id),
            Self::Assignment(assignment) => RecordKey::new(RecordKind::Assignment, assignment.id),
            Self::Run(run) => RecordKey::new(RecordKind::Run, run.id),
            Self::Unit(unit) => RecordKey::new(RecordKind::Unit, &unit.id),
            Self::Desk(desk) => RecordKey::new(RecordKind::Desk, &desk.station),
            Self::Note(note) => RecordKey::new(RecordKind::Note, note.id),
            Self::Recommendation(recommendation) => {
                RecordKey::new(RecordKind::Recommendation, recommendation.id)
            }
            Self::Alarm(alarm) => RecordKey::new(RecordKind::Alarm, alarm.id),
            Self::Dispatch(_) => RecordKey::new(RecordKind::Dispatch, THE_ONE),
            Self::Directory(_) => RecordKey::new(RecordKind::Directory, THE_ONE),
            Self::DirectoryPart(part) => Self::directory_part_key(&part.sha256, part.part),
        }
    }

    /// The key of one part of the directory with that hash.
    pub fn directory_part_key(sha256: &str, part: u32) -> RecordKey {
        let start = sha256.get(..32).unwrap_or(sha256);
        RecordKey::new(RecordKind::DirectoryPart, format_args!("{start}.{part}"))
    }

    /// The state as the store keeps it: JSON a person can read.
    pub fn to_json(&self) -> String {
        let json = match self {
            Self::Call(record) => serde_json::to_string(record),
            Self::Incident(record) => serde_json::to_string(record),
            Self::Assignment(record) => serde_json::to_string(record),
            Self::Run(record) => serde_json::to_string(record),
            Self::Unit(record) => serde_json::to_string(record),
            Self::Desk(record) => serde_json::to_string(record),
            Self::Note(record) => serde_json::to_string(record),
            Self::Recommendation(record) => serde_json::to_string(record),
            Self::Alarm(record) => serde_json::to_string(record),
            Self::Dispatch(record) => serde_json::to_string(record),
            Self::Directory(record) => serde_json::to_string(record),
            Self::DirectoryPart(record) => serde_json::to_string(record),
        };
        json.expect("a record has only text keys and finite numbers, so it always becomes JSON")
    }

    /// Reads a state back.
    ///
    /// # Errors
    /// [`RecordError`] if the text is not a record of the key's kind.
    pub fn from_json(key: &RecordKey, json: &str) -> Result<Self, RecordError> {
        let read = match key.kind {
            RecordKind::Call => serde_json::from_str(json).map(Self::Call),
            RecordKind::Incident => serde_json::from_str(json).map(Self::Incident),
            RecordKind::Assignment => serde_json::from_str(json).map(Self::Assignment),
            RecordKind::Run => serde_json::from_str(json).map(Self::Run),
            RecordKind::Unit => serde_json::from_str(json).map(Self::Unit),
            RecordKind::Desk => serde_json::from_str(json).map(Self::Desk),
            RecordKind::Note => serde_json::from_str(json).map(Self::Note),
            RecordKind::Recommendation => serde_json::from_str(json).map(Self::Recommendation),
            RecordKind::Alarm => serde_json::from_str(json).map(Self::Alarm),
            RecordKind::Dispatch => serde_json::from_str(json).map(Self::Dispatch),
            RecordKind::Directory => serde_json::from_str(json).map(Self::Directory),
            RecordKind::DirectoryPart => serde_json::from_str(json).map(Self::DirectoryPart),
        };
        read.map_err(|source| RecordError { key: key.clone(), source })
    }

    /// The call, if it is one.
    pub const fn as_call(&self) -> Option<&Call> {
        if let Self::Call(call) = self { Some(call) } else { None }
    }

    /// The incident, if it is one.
    pub const fn as_incident(&self) -> Option<&Incident> {
        if let Self::Incident(incident) = self { Some(incident) } else { None }
    }

    /// The assignment, if it is one.
    pub const fn as_assignment(&self) -> Option<&Assignment> {
        if let Self::Assignment(assignment) = self { Some(assignment) } else { None }
    }

    /// The run, if it is one.
    pub const fn as_run(&self) -> Option<&Run> {
        if let Self::Run(run) = self { Some(run) } else { None }
    }

    /// The head of the directory, if it is one.
    pub const fn as_directory(&self) -> Option<&DirectoryHead> {
        if let Self::Directory(head) = self { Some(head) } else { None }
    }

    /// True if it belongs on the board: the store's `open` index lists it, and a node loads it at start.
    pub fn is_open(&self) -> bool {
        match self {
            Self::Call(call) => call.state().is_open(),
            Self::Incident(incident) => incident.state().is_on_board(),
            Self::Assignment(assignment) => assignment.state().is_open(),
            Self::Run(run) => run.state().is_open(),
            Self::Unit(unit) => *unit.state() != UnitState::SignedOff || unit.unanswered_in_a_row > 0,
            Self::Desk(desk) => desk.is_known(),
            Self::Alarm(alarm) => alarm.state().is_open(),
            Self::Dispatch(_) | Self::Directory(_) => true,
            Self::Note(_) | Self::Recommendation(_) | Self::DirectoryPart(_) => false,
        }
    }

    /// The place of an incident in the queue: priority, then when it was created. Absent for everything not in it.
    pub fn queue_place(&self) -> Option<(crate::Priority, Timestamp)> {
        match self {
            Self::Incident(incident) if incident.is_queued() => {
                Some((incident.priority, incident.created_at))
            }
            Self::Incident(_)
            | Self::Call(_)
            | Self::Assignment(_)
            | Self::Run(_)
            | Self::Unit(_)
            | Self::Desk(_)
            | Self::Note(_)
            | Self::Recommendation(_)
            | Self::Alarm(_)
            | Self::Dispatch(_)
            | Self::Directory(_)
            | Self::DirectoryPart(_) => None,
        }
    }

    /// When it ended for good, for the archive's index: incidents that are closed or cancelled, calls that ended
    /// without one, and alarms, which no other record lists.
    pub fn ended_at(&self) -> Option<Timestamp> {
        match self {
            Self::Incident(incident) => match incident.state() {
                IncidentState::Closed { .. } | IncidentState::Cancelled { .. } => incident.state().ended_at(),
                IncidentState::Held { .. } | IncidentState::Open | IncidentState::Merged { .. } => None,
            },
            Self::Call(call) if call.incident.is_none() && !call.state().is_open() => {
                call.milestones.last().map(|milestone| milestone.recorded_at)
            }
            Self::Alarm(alarm) => match alarm.state() {
                AlarmState::Ended { at, .. } => Some(*at),
                AlarmState::Raised | AlarmState::Acknowledged { .. } => None,
            },
            Self::Call(_)
            | Self::Assignment(_)
            | Self::Run(_)
            | Self::Unit(_)
            | Self::Desk(_)
            | Self::Note(_)
            | Self::Recommendation(_)
            | Self::Dispatch(_)
            | Self::Directory(_)
            | Self::DirectoryPart(_) => None,
        }
    }
}

/// A record and the version it stands at.
#[derive(Clone, Debug, PartialEq)]
pub struct Versioned<T> {
    /// The number of the change that last wrote it; 0 if it does not exist yet.
    pub version: Version,
    /// The record.
    pub record: T,
}
