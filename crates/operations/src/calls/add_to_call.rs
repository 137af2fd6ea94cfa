//! Something is added to a call: more words, a better place.

use domain::{
    CallId, RecordKind, Version,
    call::Addition,
    limits::{ADDITIONS_MAX, CALL_BYTES_MAX, NARRATIVE_BYTES_MAX},
    location::Location,
    record::Record,
};
use serde::Serialize;

use super::CallAnswer;
use crate::{
    Ask, ControlRoom, Done, OperationError,
    asker::{limit, line},
    incidents::place_incident,
};

/// More of what the caller says.
#[derive(Clone, Debug, Serialize)]
pub struct AddToCall {
    /// Which call.
    pub call: CallId,
    /// The version the asker saw; absent means whatever is current.
    pub expected: Option<Version>,
    /// More words; may be empty if a place is given.
    pub narrative: String,
    /// A better place; absent if only words are added.
    pub location: Option<Location>,
}

/// Adds to a call. A first position also becomes the position of its incident, if that has none.
///
/// # Errors
/// [`OperationError`]: no such call, too much, or the store.
pub async fn add_to_call(
    room: &ControlRoom,
    ask: &Ask,
    request: &AddToCall,
) -> Result<Done<CallAnswer>, OperationError> {
    limit("bytes of a narrative", request.narrative.len(), NARRATIVE_BYTES_MAX)?;
    if let Some(location) = &request.location {
        line("address", &location.address)?;
        line("landmark", &location.landmark)?;
    }
    room.commit(ask, "add_to_call", request, |draft| {
        let mut call = draft.visible_call(request.call)?;
        draft.expect(RecordKind::Call, request.call, request.expected)?;
        limit("additions to one call", call.additions.len() + 1, ADDITIONS_MAX)?;
        call.additions.push(Addition {
            at: draft.now,
            by: draft.asker.name(),
            narrative: request.narrative.clone(),
            location: request.location.clone(),
        });
        if let (Some(location), Some(id)) = (&request.location, call.incident) {
            let mut incident = draft.incident_unchecked(id)?;
            if incident.location.position.is_none()
                && location.position.is_some()
                && incident.state().is_on_board()
            {
                place_incident(draft, &mut incident, location.clone());
                draft.put(Record::Incident(incident));
            }
        }
        limit(
            "bytes of one call with its additions",
            Record::Call(call.clone()).to_json().len(),
            CALL_BYTES_MAX,
        )?;
        draft.put(Record::Call(call));
        Ok(CallAnswer { call: request.call })
    })
    .await
}
