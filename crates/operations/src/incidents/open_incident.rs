//! Opening an incident without a call, or one more for a call that told of several.

use domain::{
    CallId, IncidentTypeId, Priority, call::Call, limits::NOTE_BYTES_MAX, location::Location, record::Record,
    refusal::Refusal,
};
use serde::Serialize;

use super::{IncidentAnswer, Opening, change_incident::write_note, opened};
use crate::{
    Ask, ControlRoom, Done, GivenReport, OperationError,
    asker::{limit, line},
    calls::adopt,
};

/// What a patrol found, or what a call told of beside its first matter.
#[derive(Clone, Debug, Serialize)]
pub struct OpenIncident {
    /// The call that told of it; absent if none did.
    pub call: Option<CallId>,
    /// What happened; absent until somebody says.
    pub incident_type: Option<IncidentTypeId>,
    /// How urgent it is; absent means as its type says.
    pub priority: Option<Priority>,
    /// Where; one that says nothing means where the call says.
    pub location: Location,
    /// In words, kept as its first note; empty if there is nothing to say beyond the call.
    pub narrative: String,
    /// How it was reported.
    pub report: GivenReport,
}

/// Opens an incident. What it is not told it takes from its call: the place, and the first words.
///
/// # Errors
/// [`OperationError`]: a type the directory does not know, no such call, no directory, or the store.
pub async fn open_incident(
    room: &ControlRoom,
    ask: &Ask,
    request: &OpenIncident,
) -> Result<Done<IncidentAnswer>, OperationError> {
    limit("bytes of a note", request.narrative.len(), NOTE_BYTES_MAX)?;
    line("address", &request.location.address)?;
    line("landmark", &request.location.landmark)?;
    let number = room.numbers.next();
    room.commit(ask, "open_incident", request, |draft| {
        let in_force = draft.directory()?;
        if let Some(id) =
            request.incident_type.as_ref().filter(|id| !in_force.directory.types.contains_key(id))
        {
            return Err(Refusal::UnknownType(id.clone()).into());
        }
        let call = request.call.map(|call| draft.visible_call(call)).transpose()?;
        let report = request.report.recorded(draft.asker, draft.now)?;
        let (plan, planned) = in_force.directory.plan(request.incident_type.as_ref());
        let mut incident = opened(
            draft,
            Opening {
                number: number.clone(),
                incident_type: request.incident_type.clone(),
                priority: request.priority.unwrap_or(planned),
                plan: Some(plan),
                location: place(request, call.as_ref()),
                words: words(request, call.as_ref()),
                call: call.as_ref(),
                report: &report,
            },
        );
        if let Some(call) = call {
            adopt(draft, call, incident.id);
        }
        if !request.narrative.trim().is_empty() {
            write_note(draft, &mut incident, request.narrative.clone())?;
        }
        let answer = IncidentAnswer { incident: incident.id };
        draft.put(Record::Incident(incident));
        Ok(answer)
    })
    .await
}

/// Where it is: as whoever opens it says, else as the call said last.
fn place(request: &OpenIncident, call: Option<&Call>) -> Location {
    if !request.location.is_unknown() {
        return request.location.clone();
    }
    call.map(|call| call.latest_location().clone()).unwrap_or_default()
}

/// The words that stand for it in lists: those of whoever opens it, else those of the call.
fn words<'a>(request: &'a OpenIncident, call: Option<&'a Call>) -> &'a str {
    match call {
        Some(call) if request.narrative.trim().is_empty() => &call.narrative,
        Some(_) | None => &request.narrative,
    }
}
