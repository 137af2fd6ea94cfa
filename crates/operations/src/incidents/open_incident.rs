//! Opening an incident without a call, or one more for a call that told of several.

use domain::{
    CallId, IncidentTypeId, Priority, limits::NARRATIVE_BYTES_MAX, location::Location, record::Record,
    refusal::Refusal,
};
use serde::Serialize;

use super::{IncidentAnswer, Opening, opened};
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
    /// Where.
    pub location: Location,
    /// In words; may be empty.
    pub narrative: String,
    /// How it was reported.
    pub report: GivenReport,
}

/// Opens an incident.
///
/// # Errors
/// [`OperationError`]: a type the directory does not know, no such call, no directory, or the store.
pub async fn open_incident(
    room: &ControlRoom,
    ask: &Ask,
    request: &OpenIncident,
) -> Result<Done<IncidentAnswer>, OperationError> {
    limit("bytes of a narrative", request.narrative.len(), NARRATIVE_BYTES_MAX)?;
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
        let incident = opened(
            draft,
            Opening {
                number: number.clone(),
                incident_type: request.incident_type.clone(),
                priority: request.priority.unwrap_or(planned),
                plan: Some(plan),
                location: request.location.clone(),
                words: &request.narrative,
                call: request.call,
                report: &report,
            },
        );
        if let Some(call) = call {
            adopt(draft, call, incident.id);
        }
        let answer = IncidentAnswer { incident: incident.id };
        draft.put(Record::Incident(incident));
        Ok(answer)
    })
    .await
}
