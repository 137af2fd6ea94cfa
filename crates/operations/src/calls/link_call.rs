//! A call that a person said is about an incident joins it; if that is over meanwhile, it opens one of its own.

use domain::{
    CallId, IncidentId, RecordKey, RecordKind,
    alarm::{About, AlarmCode, AlarmLevel},
    call::{Call, DuplicateChoice},
    incident::{Incident, IncidentState},
    limits::CALLS_PER_INCIDENT_MAX,
    record::Record,
    refusal::Refusal,
};
use serde::{Deserialize, Serialize};

use super::take_call::open_for;
use crate::{
    Answer, Ask, ControlRoom, Done, OperationError,
    alarms::AlarmAnswer,
    decide::Decision,
    draft::{Draft, Halt},
    responding::{end_alarms_of, must_have_room, raise},
};

/// How far a chain of merges is followed; a longer one is a mistake, and the call opens an incident of its own.
pub(super) const MERGES_FOLLOWED_MAX: usize = 16;

/// The incident a call joined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Linked {
    /// Which call.
    pub(crate) call: CallId,
    /// Which incident.
    pub(crate) incident: IncidentId,
}

impl Answer for Linked {
    fn records(&self) -> Vec<RecordKey> {
        vec![RecordKey::new(RecordKind::Call, self.call), RecordKey::new(RecordKind::Incident, self.incident)]
    }
}

/// Joins a call to the incident it is the same as; if that is refused, opens one of its own for it, so that somebody
/// looks at it. Nothing is to be done if it has one already. Whoever does it, it is the same operation: the taker of the
/// call, or the dispatcher if the taker died in between.
pub(crate) async fn link_call(
    room: &ControlRoom,
    call: CallId,
) -> Result<Option<Done<Linked>>, OperationError> {
    match link(room, call, ("link", "link_call"), join).await {
        Err(error) if error.is_final() => {
            tracing::warn!(code = error.code(), %call, "a call cannot join its incident; it opens one of its own");
            link(room, call, ("link_alone", "open_for_call"), open_alone).await
        }
        done => done,
    }
}

/// Gives a call the incident that `find` says, if it says one.
async fn link(
    room: &ControlRoom,
    call: CallId,
    (what, cause): (&'static str, &'static str),
    find: fn(&mut Draft<'_>, &mut Call) -> Result<Option<IncidentId>, Halt>,
) -> Result<Option<Done<Linked>>, OperationError> {
    let ask = Ask::by_dispatcher(format_args!("{what}:{call}"));
    room.commit_if(&ask, cause, &call, |draft| {
        let mut call = draft.call(call)?;
        let Some(incident) = find(draft, &mut call)? else { return Ok(Decision::Nothing) };
        let linked = Linked { call: call.id, incident };
        draft.put(Record::Call(call));
        Ok(Decision::Commit(linked))
    })
    .await
}

/// Joins a call that was taken and has no incident yet to the one it belongs to; gives which. The caller writes the
/// call, the incident is written here.
pub(super) fn join(draft: &mut Draft<'_>, call: &mut Call) -> Result<Option<IncidentId>, Halt> {
    if call.incident.is_some() || call.taken_at.is_none() {
        return Ok(None);
    }
    match joinable(draft, call)? {
        Joinable::Incident(mut incident) => {
            incident.list_call(call);
            call.incident = Some(incident.id);
            draft.put(Record::Incident(*incident));
            end_without_incident(draft, call.id);
            Ok(call.incident)
        }
        Joinable::Full(other) => Ok(Some(open_of_its_own(draft, call, Some(other)))),
        Joinable::None => Ok(Some(open_of_its_own(draft, call, None))),
    }
}

/// Opens an incident for a call that could not join the one it was said to be about: a person looks at both.
fn open_alone(draft: &mut Draft<'_>, call: &mut Call) -> Result<Option<IncidentId>, Halt> {
    if call.incident.is_some() || call.taken_at.is_none() {
        return Ok(None);
    }
    let named = match call.duplicate {
        DuplicateChoice::SameAs { incident } => Some(incident),
        DuplicateChoice::Unasked | DuplicateChoice::Separate => None,
    };
    Ok(Some(open_of_its_own(draft, call, named)))
}

/// Opens an incident of its own for a call, suspected to be a duplicate of `other`. The caller writes the call.
fn open_of_its_own(draft: &mut Draft<'_>, call: &mut Call, other: Option<IncidentId>) -> IncidentId {
    let mut incident = open_for(draft, call, None);
    incident.suspected_duplicate_of = other;
    if let Some(other) = other.filter(|other| !call.suspected_duplicate_of.contains(other)) {
        call.suspected_duplicate_of.insert(0, other);
    }
    let id = incident.id;
    call.incident = Some(id);
    draft.put(Record::Incident(incident));
    end_without_incident(draft, call.id);
    id
}

/// Tells people of a call that has no incident and gets none: nobody would look at it.
pub(crate) async fn tell_without_incident(
    room: &ControlRoom,
    call: CallId,
    why: &OperationError,
) -> Result<(), OperationError> {
    let ask = Ask::by_dispatcher(format_args!("call_without_incident:{call}"));
    room.commit(&ask, "call_without_incident", &call, |draft| {
        let about = About { call: Some(call), detail: why.code().to_owned(), ..About::default() };
        let alarm = raise(draft, AlarmCode::CallWithoutIncident, AlarmLevel::Operator, about);
        Ok(AlarmAnswer { alarm })
    })
    .await
    .map(drop)
}

/// Ends the alarm that a call has no incident.
fn end_without_incident(draft: &mut Draft<'_>, call: CallId) {
    let report = draft.report();
    end_alarms_of(draft, &report, call, &[AlarmCode::CallWithoutIncident]);
}

/// The call's incident is the one that a person opens for it, if nobody took the call, so that the centre gives it none,
/// or if the centre could give it none.
pub(crate) fn adopt(draft: &mut Draft<'_>, mut call: Call, incident: IncidentId) {
    let is_told = draft.picture.board.has_alarm(AlarmCode::CallWithoutIncident, call.id);
    if call.incident.is_none() && (call.taken_at.is_none() || is_told) {
        call.incident = Some(incident);
        end_without_incident(draft, call.id);
        draft.put(Record::Call(call));
    }
}

/// Whether a call can join the incident that it was said to be about.
enum Joinable {
    /// This one: the one named, or the one that survives where that was merged.
    Incident(Box<Incident>),
    /// It lists as many calls as it can.
    Full(IncidentId),
    /// There is none, or it is over.
    None,
}

/// The incident that the call can join. That its taker may see the one named was looked at when the call was taken.
fn joinable(draft: &mut Draft<'_>, call: &Call) -> Result<Joinable, Halt> {
    let DuplicateChoice::SameAs { incident: named } = call.duplicate else { return Ok(Joinable::None) };
    let mut next = named;
    for _ in 0..MERGES_FOLLOWED_MAX {
        let found = match draft.incident_unchecked(next) {
            Ok(incident) => incident,
            Err(Halt::Ended(OperationError::Refused(Refusal::UnknownIncident(_)))) => {
                return Ok(Joinable::None);
            }
            Err(halt) => return Err(halt),
        };
        match found.state() {
            IncidentState::Merged { into } => next = *into,
            IncidentState::Open | IncidentState::Held { .. } => {
                let full = found.calls.len() >= CALLS_PER_INCIDENT_MAX || must_have_room(&found).is_err();
                return Ok(if full { Joinable::Full(found.id) } else { Joinable::Incident(Box::new(found)) });
            }
            IncidentState::Closed { .. } | IncidentState::Cancelled { .. } => return Ok(Joinable::None),
        }
    }
    Ok(Joinable::None)
}
