//! An operator sends a unit, and its desk is told.

use domain::{
    AssignmentId, IncidentId, RecordKind, RunId, UnitId, Version,
    assignment::Purpose,
    directory::{InForce, UnitEntry},
    incident::{Incident, Responder},
    limits::NEEDS_PER_INCIDENT_MAX,
    record::Record,
    refusal::Refusal,
};
use serde::Serialize;

use super::{
    SentAnswer,
    assign_desk::{station_takes_work, stays},
};
use crate::{
    Ask, ControlRoom, Done, OperationError,
    asker::limit,
    draft::{Draft, Halt},
    responding::{Awaits, Giving, give, must_be_open, need_for, start_run},
};

/// A unit is sent.
#[derive(Clone, Debug, Serialize)]
pub struct SendUnit {
    /// To which incident.
    pub incident: IncidentId,
    /// The version the asker saw of it; absent means whatever is current.
    pub expected: Option<Version>,
    /// Which unit.
    pub unit: UnitId,
}

/// Sends a unit whose kind the centre may choose. It serves the first unfilled need of its kind, else one more of it.
///
/// # Errors
/// [`OperationError`]: no such incident or unit; not open; the unit not available or chosen by its desk; or the store.
pub async fn send_unit(
    room: &ControlRoom,
    ask: &Ask,
    request: &SendUnit,
) -> Result<Done<SentAnswer>, OperationError> {
    room.commit(ask, "send_unit", request, |draft| {
        let in_force = draft.directory()?;
        let mut incident = draft.incident(request.incident)?;
        draft.expect(RecordKind::Incident, request.incident, request.expected)?;
        must_be_open(&incident)?;
        let entry = sendable(draft, &in_force, &request.unit)?;
        let need = serve_one_more(&mut incident, &entry)?;
        incident.ask_again(&Responder::Unit { unit: request.unit.clone() });
        let answer = send(draft, &mut incident, need, &request.unit, &entry, "")?;
        draft.put(Record::Incident(incident));
        Ok(answer)
    })
    .await
}

/// The unit's entry, if the centre may send it.
fn sendable(draft: &mut Draft<'_>, in_force: &InForce, unit: &UnitId) -> Result<UnitEntry, Halt> {
    let (entry, kind) = in_force.directory.unit(unit).ok_or_else(|| Refusal::UnknownUnit(unit.clone()))?;
    stays(draft, unit)?;
    if !kind.chosen_by.centre_may_send() {
        return Err(Refusal::DeskChooses { kind: entry.kind.clone(), desk: entry.desk.clone() }.into());
    }
    station_takes_work(draft, in_force, &entry.desk)?;
    Ok(entry.clone())
}

/// The need the unit serves; one of its own, asked for by this, if the incident has none of its kind.
fn serve_one_more(incident: &mut Incident, entry: &UnitEntry) -> Result<usize, Refusal> {
    let index = need_for(incident, &entry.kind);
    limit("needs of one incident", incident.needs.len(), NEEDS_PER_INCIDENT_MAX)?;
    incident.needs[index].request();
    Ok(index)
}

/// Gives the incident to the unit's desk and sends the unit at once. `label` tells several in one operation apart.
pub(crate) fn send(
    draft: &mut Draft<'_>,
    incident: &mut Incident,
    need: usize,
    unit: &UnitId,
    entry: &UnitEntry,
    label: &str,
) -> Result<SentAnswer, Halt> {
    let id = AssignmentId::derived(draft.operation, &format!("assignment{label}"));
    let purpose = Purpose::Respond { need, kind: entry.kind.clone() };
    let giving = Giving { desk: &entry.desk, purpose, recommended: Some(unit), awaits: Awaits::Nobody };
    let report = draft.report();
    let mut assignment = give(draft, incident, giving, id, &report)?;
    let run = RunId::derived(draft.operation, &format!("run{label}"));
    start_run(draft, incident, &mut assignment, unit, run, &report)?;
    Ok(SentAnswer { incident: incident.id, assignment: id, runs: vec![run] })
}
