//! Ending an incident: closed with a result, cancelled with a reason, and reopened when it was not over after all.

use domain::{
    IncidentId, RecordKind, Version,
    assignment::AssignmentEvent,
    incident::{Closing, Incident, IncidentEvent, NeedTime, Supply},
    milestone::Step,
    note::NotedChange,
    record::Record,
    refusal::Refusal,
};
use serde::Serialize;

use super::{IncidentAnswer, change_incident::write_reason};
use crate::{
    Ask, ControlRoom, Done, OperationError,
    asker::line,
    draft::{Draft, Halt},
    responding::{end_alarms, must_have_room, open_assignments, open_runs, recount, runs_open},
};

/// An incident is over.
#[derive(Clone, Debug, Serialize)]
pub struct CloseIncident {
    /// Which.
    pub incident: IncidentId,
    /// The version the asker saw; absent means whatever is current.
    pub expected: Option<Version>,
    /// The result, in the centre's own words.
    pub disposition: String,
    /// Under which number the report is registered; empty only with a lawful reason.
    pub registration_number: String,
    /// Why there is none; empty only with a number.
    pub lawful_reason: String,
}

/// Closes an incident. Refused while a unit is bound to it: closing must never hide officers at a scene.
///
/// # Errors
/// [`OperationError`]: no such incident, not open, runs open, nothing registered and no reason, or the store.
pub async fn close_incident(
    room: &ControlRoom,
    ask: &Ask,
    request: &CloseIncident,
) -> Result<Done<IncidentAnswer>, OperationError> {
    line("disposition", &request.disposition)?;
    line("registration_number", &request.registration_number)?;
    line("lawful_reason", &request.lawful_reason)?;
    if request.registration_number.trim().is_empty() && request.lawful_reason.trim().is_empty() {
        return Err(Refusal::ClosingIncomplete.into());
    }
    room.commit(ask, "close_incident", request, |draft| {
        let closing = Closing {
            disposition: request.disposition.clone(),
            registration_number: request.registration_number.clone(),
            lawful_reason: request.lawful_reason.clone(),
            by: draft.asker.name(),
            at: draft.now,
        };
        end(draft, (request.incident, request.expected), IncidentEvent::Close { closing }, Step::Closed)
    })
    .await
}

/// An incident was never to be served.
#[derive(Clone, Debug, Serialize)]
pub struct CancelIncident {
    /// Which.
    pub incident: IncidentId,
    /// The version the asker saw; absent means whatever is current.
    pub expected: Option<Version>,
    /// Why.
    pub reason: String,
}

/// Cancels an incident. Refused while a unit is bound to it.
///
/// # Errors
/// [`OperationError`]: no such incident, over already, runs open, or the store.
pub async fn cancel_incident(
    room: &ControlRoom,
    ask: &Ask,
    request: &CancelIncident,
) -> Result<Done<IncidentAnswer>, OperationError> {
    line("reason", &request.reason)?;
    room.commit(ask, "cancel_incident", request, |draft| {
        let (reason, by, at) = (request.reason.clone(), draft.asker.name(), draft.now);
        let event = IncidentEvent::Cancel { reason, by, at };
        end(draft, (request.incident, request.expected), event, Step::Cancelled)
    })
    .await
}

/// Ends an incident, finishes what its desks were asked, and ends its alarms.
fn end(
    draft: &mut Draft<'_>,
    (id, expected): (IncidentId, Option<Version>),
    event: IncidentEvent,
    step: Step,
) -> Result<IncidentAnswer, Halt> {
    let mut incident = draft.incident(id)?;
    draft.expect(RecordKind::Incident, id, expected)?;
    incident.step(event)?;
    let runs = open_runs(draft, &incident)?;
    if !runs.is_empty() {
        return Err(runs_open(&runs).into());
    }
    let report = draft.report();
    for mut assignment in open_assignments(draft, &incident)? {
        assignment.step(AssignmentEvent::Finish)?;
        assignment.milestones.push(report.milestone(Step::Done));
        if assignment.runs.is_empty() {
            // nobody was sent, so nobody came
            recount(draft, &mut incident, &assignment)?;
        }
        draft.put(Record::Assignment(assignment));
    }
    incident.milestones.push(report.milestone(step));
    end_alarms(draft, &report, id);
    draft.put(Record::Incident(incident));
    Ok(IncidentAnswer { incident: id })
}

/// An incident is not over after all.
#[derive(Clone, Debug, Serialize)]
pub struct ReopenIncident {
    /// Which.
    pub incident: IncidentId,
    /// The version the asker saw; absent means whatever is current.
    pub expected: Option<Version>,
    /// Why.
    pub reason: String,
}

/// Opens an incident again. What it needed at once it needs again, whoever was passed over may be asked again, and the
/// station of its district is told again.
///
/// # Errors
/// [`OperationError`]: no such incident, neither closed nor cancelled, or the store.
pub async fn reopen_incident(
    room: &ControlRoom,
    ask: &Ask,
    request: &ReopenIncident,
) -> Result<Done<IncidentAnswer>, OperationError> {
    line("reason", &request.reason)?;
    room.commit(ask, "reopen_incident", request, |draft| {
        let mut incident = draft.incident(request.incident)?;
        draft.expect(RecordKind::Incident, request.incident, request.expected)?;
        incident.step(IncidentEvent::Reopen)?;
        ask_for_everybody_again(&mut incident);
        incident.milestones.push(draft.report().milestone(Step::Reopened));
        write_reason(draft, &mut incident, vec![NotedChange::Reopened], request.reason.clone())?;
        must_have_room(&incident)?;
        draft.put(Record::Incident(incident));
        Ok(IncidentAnswer { incident: request.incident })
    })
    .await
}

/// Nobody serves a reopened incident yet.
fn ask_for_everybody_again(incident: &mut Incident) {
    incident.passed_over.clear();
    incident.lead_desk = None;
    // whoever was chosen before it was closed can be explained all the same
    incident.earlier_recommendations.extend(incident.recommendation.take());
    for need in &mut incident.needs {
        need.serving.clear();
        need.supply = Supply::Enough;
        if need.when == NeedTime::Requested {
            need.when = NeedTime::OnRequest;
        }
    }
}
