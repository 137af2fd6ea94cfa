//! One call or one incident with all that belongs to it, open or over.

use domain::{
    AssignmentId, CallId, IncidentId, NoteId, RecordKey, RecordKind, RunId,
    alarm::Alarm,
    assignment::Assignment,
    call::Call,
    incident::Incident,
    note::Note,
    recommendation::Recommendation,
    record::{Record, Versioned},
    refusal::Refusal,
    run::Run,
};
use store::Cursor;

use super::{
    alarms,
    over::{Entry, Walk, merged, merged_on_board},
};
use crate::{
    Asker, ControlRoom, OperationError,
    sight::{known_incidents, may_see, may_see_call, readable},
};

/// How people name a call or an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name<Id> {
    /// By its id.
    Id(Id),
    /// By the number people say aloud.
    Spoken(String),
}

/// An incident with all that belongs to it.
#[derive(Clone, Debug)]
pub struct History {
    /// The incident.
    pub incident: Versioned<Incident>,
    /// The calls that led to it, oldest first.
    pub calls: Vec<Versioned<Call>>,
    /// The assignments it has or had, oldest first.
    pub assignments: Vec<Versioned<Assignment>>,
    /// The runs it has or had, oldest first.
    pub runs: Vec<Versioned<Run>>,
    /// The notes on it, oldest first.
    pub notes: Vec<Versioned<Note>>,
    /// The newest recommendation for it.
    pub recommendation: Option<Versioned<Recommendation>>,
    /// Its alarms that are not over.
    pub alarms: Vec<Versioned<Alarm>>,
    /// As of which change, for what was read from the board.
    pub as_of: Cursor,
}

/// An incident with all that belongs to it.
///
/// # Errors
/// [`OperationError`]: no such incident that the asker may see, or the store.
pub async fn incident(
    room: &ControlRoom,
    asker: &Asker,
    name: &Name<IncidentId>,
) -> Result<History, OperationError> {
    let id = match name {
        Name::Id(id) => *id,
        Name::Spoken(number) => spoken_incident(room, number).await?,
    };
    let incident = read_incident(room, id).await?;
    let visible = room.centre.read(|picture| may_see(picture, asker, &incident.record));
    if !visible {
        return Err(Refusal::UnknownIncident(id).into());
    }
    let record = &incident.record;
    let calls = record.calls.iter().map(|id: &CallId| RecordKey::new(RecordKind::Call, id));
    let assignments =
        record.assignments.iter().map(|id: &AssignmentId| RecordKey::new(RecordKind::Assignment, id));
    let runs = record.runs.iter().map(|id: &RunId| RecordKey::new(RecordKind::Run, id));
    let notes = record.notes.iter().map(|id: &NoteId| RecordKey::new(RecordKind::Note, id));
    let recommendation =
        record.recommendation.iter().map(|id| RecordKey::new(RecordKind::Recommendation, id));
    let keys: Vec<RecordKey> =
        calls.chain(assignments).chain(runs).chain(notes).chain(recommendation).collect();
    let standing = alarms(room, asker, Some(id)).await?;
    let mut history = History {
        incident,
        calls: Vec::new(),
        assignments: Vec::new(),
        runs: Vec::new(),
        notes: Vec::new(),
        recommendation: None,
        alarms: standing.value,
        as_of: standing.as_of,
    };
    // a call that told of several matters may belong to one that is restricted
    let belonging = readable(room, asker, room.read(&keys).await?).await?;
    for Versioned { version, record } in belonging {
        match record {
            Record::Call(record) => history.calls.push(Versioned { version, record }),
            Record::Assignment(record) => history.assignments.push(Versioned { version, record }),
            Record::Run(record) => history.runs.push(Versioned { version, record }),
            Record::Note(record) => history.notes.push(Versioned { version, record }),
            Record::Recommendation(record) => history.recommendation = Some(Versioned { version, record }),
            Record::Incident(_)
            | Record::Unit(_)
            | Record::Desk(_)
            | Record::Alarm(_)
            | Record::Dispatch(_)
            | Record::Directory(_)
            | Record::DirectoryPart(_) => {}
        }
    }
    Ok(history)
}

/// A call.
///
/// # Errors
/// [`OperationError`]: no such call that the asker may see, or the store.
pub async fn call(
    room: &ControlRoom,
    asker: &Asker,
    name: &Name<CallId>,
) -> Result<Versioned<Call>, OperationError> {
    let id = match name {
        Name::Id(id) => *id,
        Name::Spoken(number) => spoken_call(room, number).await?,
    };
    let found = room.find(&RecordKey::new(RecordKind::Call, id)).await?;
    let Some(Versioned { version, record: Record::Call(record) }) = found else {
        return Err(Refusal::UnknownCall(id).into());
    };
    let of = known_incidents(room, record.incident).await?;
    let of = record.incident.and_then(|id| of.get(&id));
    let visible = room.centre.read(|picture| may_see_call(picture, asker, &record, of));
    if visible { Ok(Versioned { version, record }) } else { Err(Refusal::UnknownCall(id).into()) }
}

/// Reads an incident, from the store because it may be over.
pub(super) async fn read_incident(
    room: &ControlRoom,
    id: IncidentId,
) -> Result<Versioned<Incident>, OperationError> {
    let found = room.find(&RecordKey::new(RecordKind::Incident, id)).await?;
    let Some(Versioned { version, record: Record::Incident(record) }) = found else {
        return Err(Refusal::UnknownIncident(id).into());
    };
    Ok(Versioned { version, record })
}

/// The incident that people call by this number: one on the board, or merged into one there, or the latest that is over
/// or was merged into one that is.
pub(crate) async fn spoken_incident(room: &ControlRoom, number: &str) -> Result<IncidentId, OperationError> {
    let on_board = room.centre.read(|picture| {
        let mut incidents = picture.board.incidents().values();
        incidents.find(|held| held.record.number.as_str() == number).map(|held| held.record.id)
    });
    if let Some(id) = on_board {
        return Ok(id);
    }
    let named = |incidents: &[Versioned<Incident>]| {
        incidents.iter().find(|held| held.record.number.as_str() == number).map(|held| held.record.id)
    };
    if let Some(id) = named(&merged(room, merged_on_board(room)).await?) {
        return Ok(id);
    }
    let mut walk = Walk::from(room, 0, &[RecordKind::Incident]);
    while let Some(entries) = walk.next().await? {
        let over: Vec<Versioned<Incident>> = entries.into_iter().filter_map(of_incident).collect();
        if let Some(id) = named(&over) {
            return Ok(id);
        }
        let into_them = over.iter().flat_map(|held| held.record.merged_from.iter().copied());
        if let Some(id) = named(&merged(room, into_them.collect::<Vec<_>>()).await?) {
            return Ok(id);
        }
    }
    Err(Refusal::UnknownNumber(number.to_owned()).into())
}

/// An entry of what is over, if it is an incident.
fn of_incident((_, held): Entry) -> Option<Versioned<Incident>> {
    let Record::Incident(record) = held.record else { return None };
    Some(Versioned { version: held.version, record })
}

/// The call that people call by this number: one on the board, else that of an incident there or merged into one there,
/// else the latest that is over, alone or with its incident.
async fn spoken_call(room: &ControlRoom, number: &str) -> Result<CallId, OperationError> {
    let (on_board, mut listed) = room.centre.read(|picture| {
        let mut calls = picture.board.calls().values();
        let found = calls.find(|held| held.record.number.as_str() == number).map(|held| held.record.id);
        let incidents = picture.board.incidents().values();
        let listed: Vec<CallId> = incidents.flat_map(|held| held.record.calls.iter().copied()).collect();
        (found, listed)
    });
    if let Some(id) = on_board {
        return Ok(id);
    }
    let into_them = merged(room, merged_on_board(room)).await?;
    listed.extend(into_them.iter().flat_map(|held| held.record.calls.iter().copied()));
    if let Some(id) = named_among(room, listed, number).await? {
        return Ok(id);
    }
    let mut walk = Walk::from(room, 0, &[RecordKind::Call, RecordKind::Incident]);
    while let Some(entries) = walk.next().await? {
        let mut alone = entries.iter().filter_map(|(_, held)| held.record.as_call());
        if let Some(call) = alone.find(|call| call.number.as_str() == number) {
            return Ok(call.id);
        }
        let over: Vec<IncidentId> =
            entries.into_iter().filter_map(of_incident).map(|held| held.record.id).collect();
        let all = merged(room, over).await?;
        let calls = all.into_iter().flat_map(|held| held.record.calls).collect();
        if let Some(id) = named_among(room, calls, number).await? {
            return Ok(id);
        }
    }
    Err(Refusal::UnknownNumber(number.to_owned()).into())
}

/// The one of these calls that people call by this number.
async fn named_among(
    room: &ControlRoom,
    calls: Vec<CallId>,
    number: &str,
) -> Result<Option<CallId>, OperationError> {
    let keys: Vec<_> = calls.into_iter().map(|id| RecordKey::new(RecordKind::Call, id)).collect();
    let read = room.readable(&keys).await?;
    let mut calls = read.iter().filter_map(|held| held.record.as_call());
    Ok(calls.find(|call| call.number.as_str() == number).map(|call| call.id))
}
