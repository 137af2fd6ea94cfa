//! What happens when a deadline passes: an alarm is raised and another is asked as well. Nobody is withdrawn.

use domain::{
    AlarmId, AssignmentId, CallId, IncidentId, RunId,
    alarm::{AlarmCode, AlarmLevel, AlarmState},
    call::CallState,
    deadline::{Awaited, Deadline},
    incident::{IncidentState, Lateness, PassedOverReason, Responder},
    limits::UNANSWERED_UNTIL_SILENT,
    milestone::Step,
    record::Record,
    run::RunState,
};

use crate::{
    Ask, ControlRoom, OperationError,
    alarms::AlarmAnswer,
    decide::Decision,
    draft::{Draft, Halt},
    responding::{About, raise, served_need},
};

/// Acts on a deadline that passed. One that fires late finds that things have moved on and does nothing.
pub(super) async fn deadline_passed(room: &ControlRoom, deadline: Deadline) -> Result<(), OperationError> {
    let ask = Ask::by_dispatcher(format_args!("deadline:{:?}:{}", deadline.what, deadline.due));
    let (cause, key) = match deadline.what {
        Awaited::CallBack(id) => ("call_back_due", id.to_string()),
        Awaited::Release(id) => ("hold_over", id.to_string()),
        Awaited::Service(id) => ("queue_age", id.to_string()),
        Awaited::Receipt(id) => ("desk_unanswered", id.to_string()),
        Awaited::Acknowledgement(id) => ("crew_unanswered", id.to_string()),
        Awaited::Attention(id) => ("alarm_escalated", id.to_string()),
    };
    let decided = room
        .commit_if(&ask, cause, &key, |draft| {
            if draft.now < deadline.due || draft.dispatch()?.holder != room.node {
                return Ok(Decision::Nothing);
            }
            let alarm = match deadline.what {
                Awaited::CallBack(id) => call_back_due(draft, id)?,
                Awaited::Release(id) => hold_over(draft, id)?,
                Awaited::Service(id) => queue_age(draft, id)?,
                Awaited::Receipt(id) => desk_unanswered(draft, id)?,
                Awaited::Acknowledgement(id) => crew_unanswered(draft, id)?,
                Awaited::Attention(id) => escalate(draft, id)?,
            };
            Ok(alarm.map_or(Decision::Nothing, |alarm| Decision::Commit(AlarmAnswer { alarm })))
        })
        .await;
    match decided {
        Ok(_) | Err(OperationError::Refused(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

fn call_back_due(draft: &mut Draft<'_>, id: CallId) -> Result<Option<AlarmId>, Halt> {
    let call = draft.call(id)?;
    let due = matches!(call.state, CallState::CallBack { due, .. } if due <= draft.now);
    let about = About { call: Some(id), incident: call.incident, ..About::default() };
    Ok(due.then(|| raise(draft, AlarmCode::CallBackDue, AlarmLevel::Operator, about)))
}

fn hold_over(draft: &mut Draft<'_>, id: IncidentId) -> Result<Option<AlarmId>, Halt> {
    let incident = draft.incident(id)?;
    let over = matches!(incident.state, IncidentState::Held { until, .. } if until <= draft.now);
    let about = About { incident: Some(id), ..About::default() };
    Ok(over.then(|| raise(draft, AlarmCode::HoldOver, AlarmLevel::Operator, about)))
}

fn queue_age(draft: &mut Draft<'_>, id: IncidentId) -> Result<Option<AlarmId>, Halt> {
    let incident = draft.incident(id)?;
    let about = About { incident: Some(id), ..About::default() };
    Ok(incident.is_queued().then(|| raise(draft, AlarmCode::QueueAge, AlarmLevel::Operator, about)))
}

/// A desk did not answer: it stays asked, it counts as late, and the next best is wanted as well.
fn desk_unanswered(draft: &mut Draft<'_>, id: AssignmentId) -> Result<Option<AlarmId>, Halt> {
    let mut assignment = draft.assignment(id)?;
    let mut desk = draft.desk(&assignment.desk)?;
    // a desk that cannot see what it was given is not late: an operator is told to telephone it, and it is given time
    // anew when it is back
    let is_away = desk.link.down_since().is_some();
    if !assignment.state.awaits_answer() || assignment.overdue || is_away {
        return Ok(None);
    }
    assignment.overdue = true;
    assignment.milestones.push(draft.report().milestone(Step::AnswerOverdue));
    desk.unanswered_in_a_row += 1;
    let mut incident = draft.incident(assignment.incident)?;
    if let Some(need) = served_need(&mut incident, &assignment) {
        need.set_overdue(id, Lateness::Late);
        let late = Responder::Desk { station: assignment.desk.clone() };
        incident.pass_over(late, PassedOverReason::Unanswered, draft.now);
        draft.put(Record::Incident(incident));
    }
    if desk.unanswered_in_a_row == UNANSWERED_UNTIL_SILENT {
        let about = About { desk: Some(desk.station.clone()), ..About::default() };
        raise(draft, AlarmCode::DeskSilent, AlarmLevel::Supervisor, about);
    }
    let about = About {
        incident: Some(assignment.incident),
        assignment: Some(id),
        desk: Some(assignment.desk.clone()),
        ..About::default()
    };
    draft.put(Record::Desk(desk));
    draft.put(Record::Assignment(assignment));
    Ok(Some(raise(draft, AlarmCode::DeskUnanswered, AlarmLevel::Operator, about)))
}

/// A crew did not acknowledge: it stays sent, it counts as late, and the next best is wanted as well.
fn crew_unanswered(draft: &mut Draft<'_>, id: RunId) -> Result<Option<AlarmId>, Halt> {
    let mut run = draft.run(id)?;
    if run.state != RunState::Sent || run.overdue {
        return Ok(None);
    }
    run.overdue = true;
    run.milestones.push(draft.report().milestone(Step::AnswerOverdue));
    let mut unit = draft.unit(&run.unit)?;
    unit.unanswered_in_a_row += 1;
    let assignment = draft.assignment(run.assignment)?;
    let mut incident = draft.incident(run.incident)?;
    if let Some(need) = served_need(&mut incident, &assignment) {
        need.set_overdue(assignment.id, Lateness::Late);
    }
    let late = Responder::Unit { unit: run.unit.clone() };
    incident.pass_over(late, PassedOverReason::Unanswered, draft.now);
    if unit.unanswered_in_a_row == UNANSWERED_UNTIL_SILENT {
        let about = About { unit: Some(unit.id.clone()), ..About::default() };
        raise(draft, AlarmCode::UnitSilent, AlarmLevel::Supervisor, about);
    }
    let about = About {
        incident: Some(run.incident),
        assignment: Some(run.assignment),
        run: Some(id),
        desk: Some(run.desk.clone()),
        unit: Some(run.unit.clone()),
        ..About::default()
    };
    draft.put(Record::Incident(incident));
    draft.put(Record::Unit(unit));
    draft.put(Record::Run(run));
    Ok(Some(raise(draft, AlarmCode::CrewUnanswered, AlarmLevel::Operator, about)))
}

/// No operator took an alarm: it goes to the supervisor.
fn escalate(draft: &mut Draft<'_>, id: AlarmId) -> Result<Option<AlarmId>, Halt> {
    let mut alarm = draft.alarm(id)?;
    if alarm.state != AlarmState::Raised || alarm.level == AlarmLevel::Supervisor {
        return Ok(None);
    }
    alarm.level = AlarmLevel::Supervisor;
    draft.put(Record::Alarm(alarm));
    Ok(Some(id))
}
