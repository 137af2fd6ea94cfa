//! What happens when a deadline passes: an alarm is raised and another is asked as well. Nobody is withdrawn.

use domain::{
    AlarmId, AssignmentId, CallId, IncidentId, RunId,
    alarm::{About, AlarmCode, AlarmLevel, AlarmState},
    assignment::{Assignment, AssignmentState, Purpose},
    call::CallState,
    deadline::{Awaited, Deadline},
    incident::{IncidentState, PassedOverReason, Responder},
    limits::UNANSWERED_UNTIL_SILENT,
    milestone::Step,
    record::Record,
    run::RunState,
};
use futures::future::join_all;

use super::{OwnAnswer, is_holder, refused_is_nothing};
use crate::{
    Ask, ControlRoom, OperationError,
    alarms::AlarmAnswer,
    decide::Decision,
    draft::{Draft, Halt},
    responding::{raise, recount},
};

/// Most alarms that go to the supervisor by one commit: a storm that leaves hundreds to nobody must not keep an incident
/// waiting for as many commits.
const ESCALATED_TOGETHER_MAX: usize = 32;

/// Most deadlines that are acted on at once: a store that is slow must not make the last of many wait for all the others, and
/// those of one desk, which each change its record, are decided again by whoever comes second.
const ACTED_ON_AT_ONCE_MAX: usize = 4;
const _: () =
    assert!(ACTED_ON_AT_ONCE_MAX <= 30, "join_all asks more than 30 in the order in which they are woken");

/// Acts on deadlines that passed: alarms that nobody took go to the supervisor together, everything else is done for itself.
/// What could not be done stays on the board, and is given again.
pub(super) async fn deadlines_passed(room: &ControlRoom, passed: Vec<Deadline>) {
    let (mut untaken, mut others) = (Vec::new(), Vec::new());
    for deadline in passed {
        match deadline.what {
            Awaited::Attention(alarm) => untaken.push((alarm, deadline)),
            Awaited::Answer(_)
            | Awaited::CallBack(_)
            | Awaited::Release(_)
            | Awaited::Service(_)
            | Awaited::Receipt(_)
            | Awaited::Acceptance(_)
            | Awaited::Acknowledgement(_)
            | Awaited::DeskStandDown(_)
            | Awaited::CrewStandDown(_) => others.push(deadline),
        }
    }
    let mut beaten = Vec::new();
    for together in others.chunks(ACTED_ON_AT_ONCE_MAX) {
        // `join_all` asks so few again in their order whenever one is woken; in the order in which the board's waiters are woken,
        // which tokio draws at random, one seed would be two days
        let done = join_all(together.iter().map(|deadline| deadline_passed(room, *deadline))).await;
        for (deadline, done) in together.iter().zip(done) {
            if is_beaten(&done) {
                beaten.push(*deadline);
            } else {
                tell_failed(done, &[*deadline]);
            }
        }
    }
    for deadline in beaten {
        tell_failed(deadline_passed(room, deadline).await, &[deadline]);
    }
    for together in untaken.chunks(ESCALATED_TOGETHER_MAX) {
        let done = escalate_together(room, together).await;
        // one that is refused, or changes all the time, keeps the others from nobody
        if is_beaten(&done) || done.as_ref().is_err_and(OperationError::is_final) {
            for (_, deadline) in together {
                tell_failed(deadline_passed(room, *deadline).await, &[*deadline]);
            }
        } else {
            tell_failed(done, &together.iter().map(|(_, deadline)| *deadline).collect::<Vec<_>>());
        }
    }
}

/// True if others were faster each time: of several that change one record, one at a time gets through.
const fn is_beaten(done: &Result<(), OperationError>) -> bool {
    matches!(done, Err(OperationError::Conflict { .. }))
}

fn tell_failed(done: Result<(), OperationError>, deadlines: &[Deadline]) {
    if let Err(error) = done {
        tracing::warn!(
            code = error.code(),
            ?deadlines,
            "deadlines could not be acted on; they will be again"
        );
    }
}

/// Has alarms that nobody took go to the supervisor, by one change.
async fn escalate_together(room: &ControlRoom, alarms: &[(AlarmId, Deadline)]) -> Result<(), OperationError> {
    let named: Vec<String> = alarms.iter().map(|(id, deadline)| format!("{id}:{}", deadline.due)).collect();
    let ask = Ask::by_dispatcher(format_args!("deadlines:alarm_escalated:{}", named.join(",")));
    let decided = room
        .commit_if(&ask, "alarm_escalated", &named, |draft| {
            if !is_holder(draft, room)? {
                return Ok(Decision::Nothing);
            }
            for (id, deadline) in alarms {
                if deadline.due <= draft.now {
                    let _alarm = escalate(draft, *id)?;
                }
            }
            Ok(if draft.is_empty() { Decision::Nothing } else { Decision::Commit(OwnAnswer {}) })
        })
        .await;
    decided.map(drop)
}

/// Acts on a deadline that passed. One that fires late finds that things have moved on and does nothing.
async fn deadline_passed(room: &ControlRoom, deadline: Deadline) -> Result<(), OperationError> {
    let (cause, key) = match deadline.what {
        Awaited::Answer(id) => ("call_unanswered", id.to_string()),
        Awaited::CallBack(id) => ("call_back_due", id.to_string()),
        Awaited::Release(id) => ("hold_over", id.to_string()),
        Awaited::Service(id) => ("queue_age", id.to_string()),
        Awaited::Receipt(id) => ("desk_unanswered", id.to_string()),
        Awaited::Acceptance(id) => ("nobody_sent", id.to_string()),
        Awaited::Acknowledgement(id) => ("crew_unanswered", id.to_string()),
        Awaited::DeskStandDown(id) => ("desk_stand_down_unconfirmed", id.to_string()),
        Awaited::CrewStandDown(id) => ("crew_stand_down_unconfirmed", id.to_string()),
        Awaited::Attention(id) => ("alarm_escalated", id.to_string()),
    };
    let ask = Ask::by_dispatcher(format_args!("deadline:{cause}:{key}:{}", deadline.due));
    let decided = room
        .commit_if(&ask, cause, &key, |draft| {
            if draft.now < deadline.due || !is_holder(draft, room)? {
                return Ok(Decision::Nothing);
            }
            let alarm = match deadline.what {
                Awaited::Answer(id) => call_unanswered(draft, id)?,
                Awaited::CallBack(id) => call_back_due(draft, id)?,
                Awaited::Release(id) => hold_over(draft, id)?,
                Awaited::Service(id) => queue_age(draft, id)?,
                Awaited::Receipt(id) => desk_unanswered(draft, id)?,
                Awaited::Acceptance(id) => nobody_sent(draft, id)?,
                Awaited::Acknowledgement(id) => crew_unanswered(draft, id)?,
                Awaited::DeskStandDown(id) => desk_stand_down_unconfirmed(draft, id)?,
                Awaited::CrewStandDown(id) => crew_stand_down_unconfirmed(draft, id)?,
                Awaited::Attention(id) => escalate(draft, id)?,
            };
            Ok(alarm.map_or(Decision::Nothing, |alarm| Decision::Commit(AlarmAnswer { alarm })))
        })
        .await;
    refused_is_nothing(decided)
}

fn call_unanswered(draft: &mut Draft<'_>, id: CallId) -> Result<Option<AlarmId>, Halt> {
    let call = draft.call(id)?;
    let rings = matches!(call.state(), CallState::Ringing { .. });
    let about = About { call: Some(id), ..About::default() };
    Ok(rings.then(|| raise(draft, AlarmCode::CallUnanswered, AlarmLevel::Operator, about)))
}

fn call_back_due(draft: &mut Draft<'_>, id: CallId) -> Result<Option<AlarmId>, Halt> {
    let call = draft.call(id)?;
    let due = match call.state() {
        CallState::CallBack { due, .. } => *due <= draft.now,
        CallState::Abandoned => true,
        CallState::Ringing { .. }
        | CallState::Answered { .. }
        | CallState::NeedsDecision
        | CallState::Ended { .. } => false,
    };
    let about = About { call: Some(id), incident: call.incident, ..About::default() };
    Ok(due.then(|| raise(draft, AlarmCode::CallBackDue, AlarmLevel::Operator, about)))
}

fn hold_over(draft: &mut Draft<'_>, id: IncidentId) -> Result<Option<AlarmId>, Halt> {
    let incident = draft.incident(id)?;
    let over = matches!(incident.state(), IncidentState::Held { until, .. } if *until <= draft.now);
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
    let assignment = draft.assignment(id)?;
    let mut desk = draft.desk(&assignment.desk)?;
    // a desk that cannot see what it was given is not late: an operator is told to telephone it, and it is given time
    // anew when it is back
    let is_away = desk.link.down_since().is_some();
    if !assignment.state().awaits_answer() || assignment.overdue || is_away {
        return Ok(None);
    }
    desk.unanswered_in_a_row += 1;
    if desk.unanswered_in_a_row == UNANSWERED_UNTIL_SILENT {
        let about = About { desk: Some(desk.station.clone()), ..About::default() };
        raise(draft, AlarmCode::DeskSilent, AlarmLevel::Supervisor, about);
    }
    draft.put(Record::Desk(desk));
    let about = About::assignment(&assignment);
    desk_is_late(draft, assignment)?;
    Ok(Some(raise(draft, AlarmCode::DeskUnanswered, AlarmLevel::Operator, about)))
}

/// A desk received and sent nobody: it stays asked, it counts as late, and the next best is wanted as well. It answered,
/// so it is not silent.
fn nobody_sent(draft: &mut Draft<'_>, id: AssignmentId) -> Result<Option<AlarmId>, Halt> {
    let assignment = draft.assignment(id)?;
    let has_received = matches!(assignment.state(), AssignmentState::Received { .. });
    if !has_received || assignment.overdue || !assignment.runs.is_empty() {
        return Ok(None);
    }
    let about = About::assignment(&assignment);
    desk_is_late(draft, assignment)?;
    Ok(Some(raise(draft, AlarmCode::NobodySent, AlarmLevel::Operator, about)))
}

/// Marks an assignment late. Where it serves a need, that wants another, and not from the same desk.
fn desk_is_late(draft: &mut Draft<'_>, mut assignment: Assignment) -> Result<(), Halt> {
    assignment.overdue = true;
    assignment.milestones.push(draft.report().milestone(Step::AnswerOverdue));
    let mut incident = draft.incident(assignment.incident)?;
    if matches!(assignment.purpose, Purpose::Respond { .. }) {
        recount(draft, &mut incident, &assignment)?;
        let late = Responder::Desk { station: assignment.desk.clone() };
        incident.pass_over(late, PassedOverReason::Unanswered, draft.now);
        draft.put(Record::Incident(incident));
    }
    draft.put(Record::Assignment(assignment));
    Ok(())
}

fn desk_stand_down_unconfirmed(draft: &mut Draft<'_>, id: AssignmentId) -> Result<Option<AlarmId>, Halt> {
    let assignment = draft.assignment(id)?;
    let waits = matches!(assignment.state(), AssignmentState::StandDownSent { .. });
    let about = About::assignment(&assignment);
    Ok(waits.then(|| raise(draft, AlarmCode::StandDownUnconfirmed, AlarmLevel::Operator, about)))
}

fn crew_stand_down_unconfirmed(draft: &mut Draft<'_>, id: RunId) -> Result<Option<AlarmId>, Halt> {
    let run = draft.run(id)?;
    let waits = matches!(run.state(), RunState::StandDownSent { .. });
    let about = About::run(&run);
    Ok(waits.then(|| raise(draft, AlarmCode::StandDownUnconfirmed, AlarmLevel::Operator, about)))
}

/// A crew did not acknowledge: it stays sent, it counts as late, and the next best is wanted as well.
fn crew_unanswered(draft: &mut Draft<'_>, id: RunId) -> Result<Option<AlarmId>, Halt> {
    let mut run = draft.run(id)?;
    if *run.state() != RunState::Sent || run.overdue {
        return Ok(None);
    }
    run.overdue = true;
    run.milestones.push(draft.report().milestone(Step::AnswerOverdue));
    let mut unit = draft.unit(&run.unit)?;
    unit.unanswered_in_a_row += 1;
    let assignment = draft.assignment(run.assignment)?;
    let mut incident = draft.incident(run.incident)?;
    draft.put(Record::Run(run.clone()));
    recount(draft, &mut incident, &assignment)?;
    let late = Responder::Unit { unit: run.unit.clone() };
    incident.pass_over(late, PassedOverReason::Unanswered, draft.now);
    if unit.unanswered_in_a_row == UNANSWERED_UNTIL_SILENT {
        let about = About { unit: Some(unit.id.clone()), ..About::default() };
        raise(draft, AlarmCode::UnitSilent, AlarmLevel::Supervisor, about);
    }
    let about = About::run(&run);
    draft.put(Record::Incident(incident));
    draft.put(Record::Unit(unit));
    Ok(Some(raise(draft, AlarmCode::CrewUnanswered, AlarmLevel::Operator, about)))
}

/// No operator took an alarm: it goes to the supervisor.
fn escalate(draft: &mut Draft<'_>, id: AlarmId) -> Result<Option<AlarmId>, Halt> {
    let mut alarm = draft.alarm(id)?;
    if *alarm.state() != AlarmState::Raised || alarm.level == AlarmLevel::Supervisor {
        return Ok(None);
    }
    alarm.level = AlarmLevel::Supervisor;
    draft.put(Record::Alarm(alarm));
    Ok(Some(id))
}
