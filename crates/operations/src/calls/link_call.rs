//! A call that a person said is about an incident joins it; if that is over meanwhile, it opens one of its own.

use domain::{
    CallId, IncidentId, RecordKey, RecordKind,
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
    decide::Decision,
    draft::{Draft, Halt},
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

/// Joins a call to the incident it is the same as. Nothing is to be done if it has one already. Whoever does it, it is
/// the same operation: the taker of the call, or the dispatcher if the taker died in between.
pub(crate) async fn link_call(
    room: &ControlRoom,
    call: CallId,
) -> Result<Option<Done<Linked>>, OperationError> {
    let ask = Ask::by_dispatcher(format_args!("link:{call}"));
    room.commit_if(&ask, "link_call", &call, |draft| {
        let mut call = draft.call(call)?;
        let Some(incident) = join(draft, &mut call)? else { return Ok(Decision::Nothing) };
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
    let incident = match joinable(draft, call)? {
        Some(mut incident) => {
            incident.calls.push(call.id);
            incident
        }
        None => open_for(draft, call, None),
    };
    call.incident = Some(incident.id);
    draft.put(Record::Incident(incident));
    Ok(call.incident)
}

/// The incident that the call can join: the one named, or the one that survives where that was merged.
fn joinable(draft: &mut Draft<'_>, call: &Call) -> Result<Option<Incident>, Halt> {
    let DuplicateChoice::SameAs { incident: named } = call.duplicate else { return Ok(None) };
    let mut next = named;
    for _ in 0..MERGES_FOLLOWED_MAX {
        let found = match draft.incident_unchecked(next) {
            Ok(incident) => incident,
            Err(Halt::Ended(OperationError::Refused(Refusal::UnknownIncident(_)))) => return Ok(None),
            Err(halt) => return Err(halt),
        };
        match found.state {
            IncidentState::Merged { into } => next = into,
            IncidentState::Open | IncidentState::Held { .. } => {
                return Ok((found.calls.len() < CALLS_PER_INCIDENT_MAX).then_some(found));
            }
            IncidentState::Closed { .. } | IncidentState::Cancelled { .. } => return Ok(None),
        }
    }
    Ok(None)
}
