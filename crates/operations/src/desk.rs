//! What a duty desk says: delivered, received, accepted, returned, stood down.

use domain::{
    AssignmentId, RecordKey, RecordKind, RunId, StationId, UnitId, Version,
    alarm::{About, AlarmCode, AlarmLevel},
    assignment::{Assignment, AssignmentEvent, Purpose},
    incident::{PassedOverReason, Responder},
    limits::{SEND_WITHIN, UNITS_PER_NEED_MAX, WORK_BYTES_MAX},
    milestone::{Report, Step},
    record::Record,
    refusal::Refusal,
};
use identity::may_act_for_station;
use serde::{Deserialize, Serialize};

use crate::{
    Answer, Ask, Asker, ControlRoom, Done, GivenReport, OperationError,
    answered::desk_answers,
    asker::{after, limit, line},
    dispatch::{SentAnswer, desk_may_send},
    draft::{Draft, Halt},
    responding::{
        cover_others, desk_answered, end_alarms, must_be_open, open_runs_under, raise, recount, runs_open,
        settle_lead, start_run,
    },
};

/// An operation on one assignment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignmentAnswer {
    /// Which assignment.
    pub assignment: AssignmentId,
    /// Of which incident.
    pub incident: domain::IncidentId,
}

impl Answer for AssignmentAnswer {
    fn records(&self) -> Vec<RecordKey> {
        vec![
            RecordKey::new(RecordKind::Assignment, self.assignment),
            RecordKey::new(RecordKind::Incident, self.incident),
        ]
    }
}

/// The desk's console has an assignment.
#[derive(Clone, Debug, Serialize)]
pub struct ReportDelivered {
    /// Which.
    pub assignment: AssignmentId,
}

/// Records that an assignment has reached the desk's screen. One that had, or that a person has answered, stays as it is.
///
/// # Errors
/// [`OperationError`]: no such assignment, over, another desk's, or the store.
pub async fn report_delivered(
    room: &ControlRoom,
    ask: &Ask,
    request: &ReportDelivered,
) -> Result<Done<AssignmentAnswer>, OperationError> {
    room.commit(ask, "report_delivered", request, |draft| {
        let mut assignment = own(draft, request.assignment, None)?;
        let before = assignment.state().clone();
        assignment.step(AssignmentEvent::Deliver)?;
        // a screen may say so each time it is opened
        if *assignment.state() != before {
            assignment.milestones.push(draft.report().milestone(Step::Delivered));
        }
        let answer = AssignmentAnswer { assignment: assignment.id, incident: assignment.incident };
        draft.put(Record::Assignment(assignment));
        Ok(answer)
    })
    .await
}

/// A person at the desk has an assignment.
#[derive(Clone, Debug, Serialize)]
pub struct ReportReceived {
    /// Which.
    pub assignment: AssignmentId,
    /// The version the asker saw; absent means whatever is current.
    pub expected: Option<Version>,
    /// Who has it, as they gave their name; empty means the asker.
    pub person: String,
    /// How it was reported.
    pub report: GivenReport,
}

/// Records who received an assignment. A second receipt keeps the first name; whoever had let the time to send somebody pass
/// has it anew.
///
/// # Errors
/// [`OperationError`]: no such assignment, over, another desk's, or the store.
pub async fn report_received(
    room: &ControlRoom,
    ask: &Ask,
    request: &ReportReceived,
) -> Result<Done<AssignmentAnswer>, OperationError> {
    line("person", &request.person)?;
    room.commit(ask, "report_received", request, |draft| {
        let mut assignment = own(draft, request.assignment, request.expected)?;
        let report = request.report.recorded(draft.asker, draft.now)?;
        let person = person(&request.person, &report);
        // who let the time pass and says so once more has it anew: they count again, and would be late by a deadline that
        // was noticed before
        let has_time_anew = assignment.state().awaits_answer() || assignment.overdue;
        desk_answers(draft, &assignment, &report)?;
        let milestone = report.milestone(Step::Received).with_detail(person.as_str());
        assignment.step(AssignmentEvent::Receive { person })?;
        assignment.milestones.push(milestone);
        let bytes = Record::Assignment(assignment.clone()).to_json().len();
        limit("bytes of one assignment", bytes, WORK_BYTES_MAX)?;
        desk_answered(draft, &mut assignment, &report)?;
        if has_time_anew {
            assignment.answer_due = Some(after(report.recorded_at, SEND_WITHIN));
        }
        let answer = AssignmentAnswer { assignment: assignment.id, incident: assignment.incident };
        draft.put(Record::Assignment(assignment));
        Ok(answer)
    })
    .await
}

/// The desk sends somebody.
#[derive(Clone, Debug, Serialize)]
pub struct AcceptAssignment {
    /// Which assignment.
    pub assignment: AssignmentId,
    /// The version the asker saw; absent means whatever is current.
    pub expected: Option<Version>,
    /// The units it sends; at least one unless the assignment only informs.
    pub units: Vec<UnitId>,
    /// Who decided, as they gave their name; empty means the asker.
    pub person: String,
    /// How it was reported.
    pub report: GivenReport,
}

/// Accepts an assignment and sends the units the desk chose. Where they are more than one, they also fill the places for
/// which the same desk was asked besides and has not chosen yet.
///
/// # Errors
/// [`OperationError`]: no such assignment, over, another desk's; a unit that is another desk's, of another kind than is
/// needed, being dropped or not available; or the store.
pub async fn accept_assignment(
    room: &ControlRoom,
    ask: &Ask,
    request: &AcceptAssignment,
) -> Result<Done<SentAnswer>, OperationError> {
    line("person", &request.person)?;
    limit("units of one acceptance", request.units.len(), UNITS_PER_NEED_MAX.into())?;
    room.commit(ask, "accept_assignment", request, |draft| {
        let in_force = draft.directory()?;
        let mut assignment = own(draft, request.assignment, request.expected)?;
        let report = request.report.recorded(draft.asker, draft.now)?;
        let person = person(&request.person, &report);
        desk_answers(draft, &assignment, &report)?;
        let milestone = report.milestone(Step::Accepted).with_detail(person.as_str());
        assignment.step(AssignmentEvent::Accept { person })?;
        assignment.milestones.push(milestone);
        desk_answered(draft, &mut assignment, &report)?;
        let mut incident = draft.incident_unchecked(assignment.incident)?;
        must_be_open(&incident)?;
        let mut answer = SentAnswer { incident: incident.id, assignment: assignment.id, runs: Vec::new() };
        if assignment.purpose == Purpose::Inform && !request.units.is_empty() {
            return Err(Refusal::OnlyInforms.into());
        }
        if assignment.purpose != Purpose::Inform && request.units.is_empty() && assignment.runs.is_empty() {
            return Err(Refusal::Limit { what: "units chosen (at least one)", limit: 1, value: 0 }.into());
        }
        draft.put(Record::Assignment(assignment.clone()));
        // one of them takes the place that the desk was asked to fill by this assignment
        let spare = request.units.len().saturating_sub(usize::from(assignment.runs.is_empty()));
        for (place, unit) in request.units.iter().enumerate() {
            desk_may_send(draft, &in_force, unit, &assignment.desk, &assignment.purpose)?;
            let id = RunId::derived(draft.operation, &format!("run{place}"));
            start_run(draft, &mut incident, &mut assignment, unit, id, &report)?;
            answer.runs.push(id);
        }
        cover_others(draft, &mut incident, &assignment, &request.units, spare, &report)?;
        draft.put(Record::Incident(incident));
        Ok(answer)
    })
    .await
}

/// The desk gives an assignment back.
#[derive(Clone, Debug, Serialize)]
pub struct ReturnAssignment {
    /// Which.
    pub assignment: AssignmentId,
    /// The version the asker saw; absent means whatever is current.
    pub expected: Option<Version>,
    /// Why.
    pub reason: String,
    /// The desk that should have it instead, if they say.
    pub proposed: Option<StationId>,
    /// How it was reported.
    pub report: GivenReport,
}

/// Returns an assignment. Its need is unfilled again, and an operator is told. Refused while a unit is out under it:
/// whoever is at the scene would be forgotten, and another sent.
///
/// # Errors
/// [`OperationError`]: no such assignment, accepted or over, another desk's, runs open, no such desk proposed, or the
/// store.
pub async fn return_assignment(
    room: &ControlRoom,
    ask: &Ask,
    request: &ReturnAssignment,
) -> Result<Done<AssignmentAnswer>, OperationError> {
    line("reason", &request.reason)?;
    room.commit(ask, "return_assignment", request, |draft| {
        let in_force = draft.directory()?;
        if let Some(proposed) =
            request.proposed.as_ref().filter(|id| !in_force.directory.stations.contains_key(*id))
        {
            return Err(Refusal::UnknownStation(proposed.clone()).into());
        }
        let mut assignment = own(draft, request.assignment, request.expected)?;
        let report = request.report.recorded(draft.asker, draft.now)?;
        let (reason, by) = (request.reason.clone(), report.by.name.clone());
        let proposed_desk = request.proposed.clone();
        desk_answers(draft, &assignment, &report)?;
        assignment.step(AssignmentEvent::Return { reason, by, proposed_desk })?;
        let out = open_runs_under(draft, &assignment)?;
        if !out.is_empty() {
            return Err(runs_open(&out).into());
        }
        assignment.milestones.push(report.milestone(Step::Returned));
        desk_answered(draft, &mut assignment, &report)?;
        let mut incident = draft.incident_unchecked(assignment.incident)?;
        recount(draft, &mut incident, &assignment)?;
        settle_lead(draft, &mut incident)?;
        let desk = Responder::Desk { station: assignment.desk.clone() };
        incident.pass_over(desk, PassedOverReason::Returned, draft.now);
        let about = About { detail: request.reason.clone(), ..About::assignment(&assignment) };
        raise(draft, AlarmCode::AssignmentReturned, AlarmLevel::Operator, about);
        let answer = AssignmentAnswer { assignment: assignment.id, incident: incident.id };
        draft.put(Record::Incident(incident));
        draft.put(Record::Assignment(assignment));
        Ok(answer)
    })
    .await
}

/// The desk knows that it was stood down.
#[derive(Clone, Debug, Serialize)]
pub struct ConfirmStandDown {
    /// Which assignment.
    pub assignment: AssignmentId,
    /// The version the asker saw; absent means whatever is current.
    pub expected: Option<Version>,
    /// How it was reported.
    pub report: GivenReport,
}

/// Records that the desk knows it was stood down.
///
/// # Errors
/// [`OperationError`]: no such assignment, not stood down, another desk's, or the store.
pub async fn confirm_stand_down(
    room: &ControlRoom,
    ask: &Ask,
    request: &ConfirmStandDown,
) -> Result<Done<AssignmentAnswer>, OperationError> {
    room.commit(ask, "confirm_assignment_stand_down", request, |draft| {
        let mut assignment = own(draft, request.assignment, request.expected)?;
        let report = request.report.recorded(draft.asker, draft.now)?;
        let by = person("", &report);
        assignment.step(AssignmentEvent::ConfirmStandDown { by })?;
        assignment.milestones.push(report.milestone(Step::StoodDown));
        end_alarms(draft, &report, request.assignment);
        let answer = AssignmentAnswer { assignment: assignment.id, incident: assignment.incident };
        draft.put(Record::Assignment(assignment));
        Ok(answer)
    })
    .await
}

/// The assignment, if the asker may act for its desk.
fn own(draft: &mut Draft<'_>, id: AssignmentId, expected: Option<Version>) -> Result<Assignment, Halt> {
    let assignment = draft.visible_assignment(id)?;
    match draft.asker {
        Asker::Principal(principal) => may_act_for_station(principal, &assignment.desk)?,
        Asker::System { .. } => {}
    }
    draft.expect(RecordKind::Assignment, id, expected)?;
    Ok(assignment)
}

/// Who it is by: as they gave their name, else on whose word, else who reported.
fn person(named: &str, report: &Report) -> String {
    let candidates = [named, &report.by.on_behalf_of, &report.by.name];
    candidates.into_iter().find(|name| !name.trim().is_empty()).unwrap_or_default().to_owned()
}
