//! A person stands a desk or a unit down, which is itself confirmed.

use domain::{
    AssignmentId, RecordKind, RunId, Version,
    assignment::{Assignment, AssignmentEvent, Purpose},
    incident::{Incident, NeedTime, PassedOverReason, Responder},
    milestone::{Report, Step},
    record::Record,
    run::{Run, RunEvent, RunState},
};
use serde::Serialize;

use super::SentAnswer;
use crate::{
    Ask, ControlRoom, Done, OperationError,
    asker::line,
    draft::{Draft, Halt},
    responding::{end_alarms, open_runs_under, recount, settle_lead},
};

/// Who is stood down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Whom {
    /// A desk, and every unit it sent.
    Assignment(AssignmentId),
    /// One unit; its desk too if none of its units came or is out any more.
    Run(RunId),
}

/// Somebody is stood down.
#[derive(Clone, Debug, Serialize)]
pub struct StandDown {
    /// Who.
    pub whom: Whom,
    /// The version the asker saw of it; absent means whatever is current.
    pub expected: Option<Version>,
    /// Why.
    pub reason: String,
    /// Whether somebody else is wanted in their place.
    pub replacement: Replacement,
}

/// Whether somebody else is wanted in the place of who is stood down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Replacement {
    /// Somebody is, as far as the incident's plan or a person asked for units of the kind.
    Wanted,
    /// Nobody is: the kind was asked for by sending them alone.
    Unwanted,
}

/// Stands somebody down. What they served is unfilled again, unless nobody wants a replacement, and they are not asked again
/// until a person does.
///
/// # Errors
/// [`OperationError`]: no such assignment or run, over already, or the store.
pub async fn stand_down(
    room: &ControlRoom,
    ask: &Ask,
    request: &StandDown,
) -> Result<Done<SentAnswer>, OperationError> {
    line("reason", &request.reason)?;
    room.commit(ask, "stand_down", request, |draft| {
        let report = draft.report();
        let (assignment, asked) = match request.whom {
            Whom::Assignment(id) => {
                let assignment = draft.visible_assignment(id)?;
                draft.expect(RecordKind::Assignment, id, request.expected)?;
                let runs = still_out(draft, &assignment)?;
                (assignment, runs)
            }
            Whom::Run(id) => {
                let run = draft.visible_run(id)?;
                draft.expect(RecordKind::Run, id, request.expected)?;
                (draft.assignment(run.assignment)?, vec![run])
            }
        };
        let mut incident = draft.incident(assignment.incident)?;
        let mut answer = SentAnswer { incident: incident.id, assignment: assignment.id, runs: Vec::new() };
        for run in asked {
            answer.runs.push(run.id);
            stand_down_unit(draft, &mut incident, run, &request.reason, &report)?;
        }
        let serves = recount(draft, &mut incident, &assignment)?;
        let purpose = assignment.purpose.clone();
        let is_over = serves == Some(0) && still_out(draft, &assignment)?.is_empty();
        if matches!(request.whom, Whom::Assignment(_)) || is_over {
            stand_down_desk(draft, &mut incident, assignment, request, &report)?;
        }
        if request.replacement == Replacement::Unwanted {
            withdraw(draft, &mut incident, &purpose)?;
        }
        draft.put(Record::Incident(incident));
        Ok(answer)
    })
    .await
}

/// Nobody wants what an assignment was for any more, unless the plan of what the incident is by now does.
fn withdraw(draft: &mut Draft<'_>, incident: &mut Incident, purpose: &Purpose) -> Result<(), Halt> {
    let Purpose::Respond { need, kind } = purpose else { return Ok(()) };
    let in_force = draft.directory()?;
    let (plan, _) = in_force.directory.plan(incident.incident_type.as_ref());
    let is_planned = plan.needs.iter().any(|line| &line.kind == kind && line.when == NeedTime::AtOnce);
    if let Some(need) = incident.needs.get_mut(*need).filter(|_| !is_planned) {
        need.withdraw();
    }
    Ok(())
}

/// The runs of an assignment that are out and not stood down yet.
fn still_out(draft: &mut Draft<'_>, assignment: &Assignment) -> Result<Vec<Run>, Halt> {
    let mut out = open_runs_under(draft, assignment)?;
    out.retain(|run| !matches!(run.state(), RunState::StandDownSent { .. }));
    Ok(out)
}

/// Stands one unit down.
fn stand_down_unit(
    draft: &mut Draft<'_>,
    incident: &mut Incident,
    mut run: Run,
    reason: &str,
    report: &Report,
) -> Result<(), Halt> {
    let event = RunEvent::StandDown { by: report.by.name.clone(), reason: reason.to_owned() };
    run.step(event)?;
    run.milestones.push(report.milestone(Step::StandDownSent));
    incident.pass_over(Responder::Unit { unit: run.unit.clone() }, PassedOverReason::StoodDown, draft.now);
    end_alarms(draft, report, run.id);
    draft.put(Record::Run(run));
    Ok(())
}

/// Stands the desk down.
fn stand_down_desk(
    draft: &mut Draft<'_>,
    incident: &mut Incident,
    mut assignment: Assignment,
    request: &StandDown,
    report: &Report,
) -> Result<(), Halt> {
    let event = AssignmentEvent::StandDown { by: report.by.name.clone(), reason: request.reason.clone() };
    assignment.step(event)?;
    assignment.milestones.push(report.milestone(Step::StandDownSent));
    recount(draft, incident, &assignment)?;
    settle_lead(draft, incident)?;
    if matches!(request.whom, Whom::Assignment(_)) {
        let desk = Responder::Desk { station: assignment.desk.clone() };
        incident.pass_over(desk, PassedOverReason::StoodDown, draft.now);
    }
    end_alarms(draft, report, assignment.id);
    draft.put(Record::Assignment(assignment));
    Ok(())
}
