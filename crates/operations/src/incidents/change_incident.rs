//! Changing what is known of an incident: its priority, type, place, notes.

use domain::{
    IncidentId, IncidentTypeId, NoteId, Priority, RecordKey, RecordKind, Version,
    directory::InForce,
    incident::{Incident, Need, NeedTime},
    limits::{NEEDS_PER_INCIDENT_MAX, NOTE_BYTES_MAX, NOTES_OF_CHANGES, NOTES_PER_INCIDENT_MAX},
    location::Location,
    note::{Note, NotedChange},
    record::Record,
    refusal::Refusal,
};
use serde::{Deserialize, Serialize};

use super::{IncidentAnswer, place_incident};
use crate::{
    Answer, Ask, ControlRoom, Done, OperationError,
    asker::{limit, line},
    draft::{Draft, Halt},
    responding::must_have_room,
};

/// Another priority.
#[derive(Clone, Debug, Serialize)]
pub struct ChangePriority {
    /// Of which incident.
    pub incident: IncidentId,
    /// The version the asker saw; absent means whatever is current.
    pub expected: Option<Version>,
    /// The new priority.
    pub priority: Priority,
    /// Why.
    pub reason: String,
}

/// Changes how urgent an incident is; a note says so, and why.
///
/// # Errors
/// [`OperationError`]: no such incident, one that is over, or the store.
pub async fn change_priority(
    room: &ControlRoom,
    ask: &Ask,
    request: &ChangePriority,
) -> Result<Done<IncidentAnswer>, OperationError> {
    let of = (request.incident, request.expected, request.reason.as_str());
    change(room, ask, "change_priority", request, of, |_, incident| {
        incident.priority = request.priority;
        Ok(())
    })
    .await
}

/// Another type.
#[derive(Clone, Debug, Serialize)]
pub struct ChangeType {
    /// Of which incident.
    pub incident: IncidentId,
    /// The version the asker saw; absent means whatever is current.
    pub expected: Option<Version>,
    /// The new type.
    pub incident_type: IncidentTypeId,
    /// The priority it gets; absent means that of the new type, if nobody had changed that of the one before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Why; empty when not said.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Changes what an incident is. Its plan follows: who was sent stays, what the new plan wants besides is added, and
/// what only the old plan wanted and nobody serves is wanted no more. A priority that nobody had changed follows too. A
/// note says so.
///
/// # Errors
/// [`OperationError`]: no such incident, one that is over, a type the directory does not know, or the store.
pub async fn change_type(
    room: &ControlRoom,
    ask: &Ask,
    request: &ChangeType,
) -> Result<Done<IncidentAnswer>, OperationError> {
    let of = (request.incident, request.expected, request.reason.as_str());
    change(room, ask, "change_type", request, of, |draft, incident| {
        let in_force = draft.directory()?;
        if !in_force.directory.types.contains_key(&request.incident_type) {
            return Err(Refusal::UnknownType(request.incident_type.clone()).into());
        }
        become_type(incident, &in_force, request.incident_type.clone());
        incident.priority = request.priority.unwrap_or(incident.priority);
        limit("needs of one incident", incident.needs.len(), NEEDS_PER_INCIDENT_MAX)?;
        Ok(())
    })
    .await
}

/// Makes an incident one of that type, which the directory knows, with its plan; and with its priority, if nobody had
/// changed that of the type before.
pub(crate) fn become_type(incident: &mut Incident, in_force: &InForce, incident_type: IncidentTypeId) {
    incident.priority = priority_as(incident, in_force, &incident_type);
    let (plan, _) = in_force.directory.plan(Some(&incident_type));
    incident.incident_type = Some(incident_type);
    adopt_plan(incident, plan.needs.iter().map(Need::planned).collect());
}

/// The priority of an incident that becomes one of that type: the type's, if nobody had changed that of the type before.
pub(crate) fn priority_as(
    incident: &Incident,
    in_force: &InForce,
    incident_type: &IncidentTypeId,
) -> Priority {
    let (_, before) = in_force.directory.plan(incident.incident_type.as_ref());
    let (_, follows) = in_force.directory.plan(Some(incident_type));
    if incident.priority == before { follows } else { incident.priority }
}

/// Makes the needs those of `plan`. Needs keep their places in the list: assignments name them by it. Each goes on as one
/// line at most, as one that says the same kind and time if there is one, else as one of the same kind: who was sent for
/// that is not sent for again.
fn adopt_plan(incident: &mut Incident, plan: Vec<Need>) {
    let mut left: Vec<usize> = (0..incident.needs.len()).collect();
    let mut others = Vec::new();
    for line in plan {
        match take_need(incident, &mut left, |need| need.kind == line.kind && is_same_time(need, &line)) {
            Some(need) => go_on_as(need, line),
            None => others.push(line),
        }
    }
    for line in others {
        match take_need(incident, &mut left, |need| need.kind == line.kind) {
            Some(need) => go_on_as(need, line),
            None => incident.needs.push(line),
        }
    }
    for index in left {
        let need = &mut incident.needs[index];
        if need.serving.is_empty() && need.when != NeedTime::Requested {
            need.count = 0;
        }
    }
}

/// The first of the needs that are left that is as wanted; it is not left any more.
fn take_need<'i>(
    incident: &'i mut Incident,
    left: &mut Vec<usize>,
    is_wanted: impl Fn(&Need) -> bool,
) -> Option<&'i mut Need> {
    let place = left.iter().position(|index| is_wanted(&incident.needs[*index]))?;
    Some(&mut incident.needs[left.remove(place)])
}

/// True if a line of a plan asks for what the need is: one that was asked for was on request.
fn is_same_time(need: &Need, line: &Need) -> bool {
    match need.when {
        NeedTime::AtOnce => line.when == NeedTime::AtOnce,
        NeedTime::OnRequest | NeedTime::Requested => line.when == NeedTime::OnRequest,
    }
}

/// Makes a need what a line asks for; one that somebody asked for stays that.
fn go_on_as(need: &mut Need, line: Need) {
    if need.when == NeedTime::Requested {
        need.count = need.count.max(line.count);
    } else {
        *need = Need { serving: std::mem::take(&mut need.serving), ..line };
    }
}

/// Another place.
#[derive(Clone, Debug, Serialize)]
pub struct ChangeLocation {
    /// Of which incident.
    pub incident: IncidentId,
    /// The version the asker saw; absent means whatever is current.
    pub expected: Option<Version>,
    /// The new place.
    pub location: Location,
    /// Why; empty when not said.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Changes where an incident is; its district and station follow, and the station is told. A note says so.
///
/// # Errors
/// [`OperationError`]: no such incident, one that is over, a text too long, or the store.
pub async fn change_location(
    room: &ControlRoom,
    ask: &Ask,
    request: &ChangeLocation,
) -> Result<Done<IncidentAnswer>, OperationError> {
    line("address", &request.location.address)?;
    line("landmark", &request.location.landmark)?;
    let of = (request.incident, request.expected, request.reason.as_str());
    change(room, ask, "change_location", request, of, |draft, incident| {
        place_incident(draft, incident, request.location.clone());
        Ok(())
    })
    .await
}

/// A line on an incident.
#[derive(Clone, Debug, Serialize)]
pub struct AddNote {
    /// On which incident.
    pub incident: IncidentId,
    /// The words.
    pub text: String,
}

/// A note that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteAnswer {
    /// On which incident.
    pub incident: IncidentId,
    /// Which note.
    pub note: NoteId,
}

impl Answer for NoteAnswer {
    fn records(&self) -> Vec<RecordKey> {
        vec![RecordKey::new(RecordKind::Incident, self.incident), RecordKey::new(RecordKind::Note, self.note)]
    }
}

/// Writes a note on an incident, open or over.
///
/// # Errors
/// [`OperationError`]: no such incident, a note too long or one too many, or the store.
pub async fn add_note(
    room: &ControlRoom,
    ask: &Ask,
    request: &AddNote,
) -> Result<Done<NoteAnswer>, OperationError> {
    limit("bytes of a note", request.text.len(), NOTE_BYTES_MAX)?;
    room.commit(ask, "add_note", request, |draft| {
        let mut incident = draft.incident(request.incident)?;
        write_note(draft, &mut incident, request.text.clone())?;
        must_have_room(&incident)?;
        let note = NoteId::derived(draft.operation, "note");
        draft.put(Record::Incident(incident));
        Ok(NoteAnswer { incident: request.incident, note })
    })
    .await
}

/// Writes the operation's note on an incident. The caller writes the incident.
pub(super) fn write_note(draft: &mut Draft<'_>, incident: &mut Incident, text: String) -> Result<(), Halt> {
    limit("notes on one incident", incident.notes.len() + 1, NOTES_PER_INCIDENT_MAX)?;
    note(draft, incident, Vec::new(), text);
    Ok(())
}

/// Writes on an incident what was changed of it, and why, for which there is room whatever else was written. The caller
/// writes the incident.
pub(super) fn write_reason(
    draft: &mut Draft<'_>,
    incident: &mut Incident,
    changes: Vec<NotedChange>,
    text: String,
) -> Result<(), Halt> {
    let most = NOTES_PER_INCIDENT_MAX + NOTES_OF_CHANGES;
    limit("notes and reasons on one incident", incident.notes.len() + 1, most)?;
    note(draft, incident, changes, text);
    Ok(())
}

fn note(draft: &mut Draft<'_>, incident: &mut Incident, changes: Vec<NotedChange>, text: String) {
    let id = NoteId::derived(draft.operation, "note");
    incident.notes.push(id);
    let (by, at) = (draft.asker.name(), draft.now);
    draft.put(Record::Note(Note { id, incident: incident.id, changes, text, by, at }));
}

/// What of an incident is not as before.
fn changes(before: &Incident, incident: &Incident) -> Vec<NotedChange> {
    let (from, to) = (before.incident_type.clone(), incident.incident_type.clone());
    let of_type = (from != to).then_some(NotedChange::Type { from, to });
    let (from, to) = (before.location.clone(), incident.location.clone());
    // how a place was come by is nothing that anybody reads
    let of_place = (from.to_string() != to.to_string()).then_some(NotedChange::Place { from, to });
    let (from, to) = (before.priority, incident.priority);
    let of_priority = (from != to).then_some(NotedChange::Priority { from, to });
    [of_type, of_place, of_priority].into_iter().flatten().collect()
}

/// Changes an incident that is open or held, and writes on it what was changed, and the reason.
async fn change(
    room: &ControlRoom,
    ask: &Ask,
    cause: &'static str,
    request: &(impl Serialize + Sync),
    (id, expected, reason): (IncidentId, Option<Version>, &str),
    change: impl Fn(&mut Draft<'_>, &mut Incident) -> Result<(), Halt> + Send + Sync,
) -> Result<Done<IncidentAnswer>, OperationError> {
    line("reason", reason)?;
    room.commit(ask, cause, request, |draft| {
        let mut incident = draft.incident(id)?;
        draft.expect(RecordKind::Incident, id, expected)?;
        if !incident.state().is_on_board() {
            let state = incident.state().as_str();
            return Err(Refusal::IncidentNotOpen { state, allowed: &["open", "held"] }.into());
        }
        let before = incident.clone();
        change(draft, &mut incident)?;
        let changes = changes(&before, &incident);
        if !changes.is_empty() || !reason.is_empty() {
            write_reason(draft, &mut incident, changes, reason.to_owned())?;
        }
        must_have_room(&incident)?;
        draft.put(Record::Incident(incident));
        Ok(IncidentAnswer { incident: id })
    })
    .await
}
