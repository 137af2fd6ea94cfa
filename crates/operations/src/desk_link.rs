//! A duty desk whose link is down: who gives it something is told to use telephone or radio, and it is given time anew
//! when it is back.
//!
//! Nothing here counts an answer as late or asks anybody else: no machine can know what a person says on the telephone.

use domain::{
    AlarmId, OperationId,
    alarm::{About, AlarmCode, AlarmLevel},
    assignment::Assignment,
    desk::DeskLink,
    limits::DESK_ANSWER_UNPLANNED,
    record::Record,
};
use jiff::Timestamp;

use crate::{
    Asker,
    asker::after,
    draft::{Draft, Halt},
    responding::{desk_answer, raise_as},
};

/// The one alarm by which an operator is told of an assignment during one outage of its desk's link, whoever raises it.
pub(crate) fn alarm_id(assignment: &Assignment, since: Timestamp) -> AlarmId {
    let told = format!("desk_link_down:{}:{since}", assignment.id);
    AlarmId::derived(OperationId::derived(&Asker::DISPATCHER.name(), &told), AlarmCode::DeskLinkDown.as_str())
}

/// Raises the alarm for an assignment that is just being given, if the board shows its desk's link down. A board that is
/// a moment old shows it later, and then the dispatcher raises it.
pub(crate) fn warn_if_down(draft: &mut Draft<'_>, assignment: &Assignment) -> Result<(), Halt> {
    let shown = draft.picture.board.desks().get(&assignment.desk).map(|held| held.record.link);
    // only a desk that is down on the board is read, so that giving depends on no desk that is there
    if shown.and_then(DeskLink::down_since).is_some()
        && let Some(since) = draft.desk(&assignment.desk)?.link.down_since()
        && assignment.awaits_desk()
    {
        warn(draft, assignment, since);
    }
    Ok(())
}

/// Raises the alarm.
pub(crate) fn warn(draft: &mut Draft<'_>, assignment: &Assignment, since: Timestamp) -> AlarmId {
    let id = alarm_id(assignment, since);
    raise_as(draft, id, AlarmCode::DeskLinkDown, AlarmLevel::Operator, About::assignment(assignment));
    id
}

/// Gives a desk that is back a full answer time for an assignment, unless it has more. True if that changed anything.
pub(crate) fn give_time(draft: &mut Draft<'_>, mut assignment: Assignment) -> Result<bool, Halt> {
    let incident = draft.incident_unchecked(assignment.incident)?;
    let answer = desk_answer(&incident, &assignment.purpose).unwrap_or(DESK_ANSWER_UNPLANNED);
    let full = after(draft.now, answer);
    if !assignment.awaits_desk() || assignment.overdue || assignment.answer_due.is_none_or(|due| due >= full)
    {
        return Ok(false);
    }
    assignment.answer_due = Some(full);
    draft.put(Record::Assignment(assignment));
    Ok(true)
}
