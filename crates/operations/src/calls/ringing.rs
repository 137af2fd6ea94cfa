//! A call rings, is answered, or is given up by the caller.

use domain::{
    CallId, RecordKind, Version,
    alarm::AlarmCode,
    call::{Call, CallEvent},
    milestone::Step,
    record::Record,
};
use jiff::Timestamp;
use serde::Serialize;

use super::{CallAnswer, coming, desk_or_own};
use crate::{
    Ask, ControlRoom, Done, OperationError,
    asker::{believed, line},
    responding::end_alarms_of,
};

/// A call rings.
#[derive(Clone, Debug, Serialize)]
pub struct ReportRinging {
    /// The caller's number as it came; empty when withheld.
    pub caller_number: String,
    /// The trunk; empty when unknown.
    pub trunk: String,
    /// What brought it; empty means the telephone.
    pub source: String,
    /// When it began to ring; absent means now.
    pub rang_at: Option<Timestamp>,
}

/// Records that a call rings.
///
/// # Errors
/// [`OperationError`]: a time that cannot be right, a text too long, or the store.
pub async fn report_ringing(
    room: &ControlRoom,
    ask: &Ask,
    request: &ReportRinging,
) -> Result<Done<CallAnswer>, OperationError> {
    line("caller_number", &request.caller_number)?;
    line("trunk", &request.trunk)?;
    line("source", &request.source)?;
    let number = room.numbers.next();
    room.commit(ask, "report_ringing", request, |draft| {
        let mut report = draft.report();
        if let Some(said) = request.rang_at {
            report.occurred_at = believed("rang_at", said, draft.now)?;
        }
        let came = (request.source.as_str(), request.caller_number.as_str());
        let new = coming(draft, &number, came, vec![report.milestone(Step::Rang)]);
        let call = Call::ringing(new, request.trunk.clone());
        let answer = CallAnswer { call: call.id };
        draft.put(Record::Call(call));
        Ok(answer)
    })
    .await
}

/// A ringing call is answered.
#[derive(Clone, Debug, Serialize)]
pub struct ReportAnswered {
    /// Which call.
    pub call: CallId,
    /// The version the asker saw; absent means whatever is current.
    pub expected: Option<Version>,
    /// The desk that answered; empty means the asker's own.
    pub desk: String,
    /// When; absent means now.
    pub answered_at: Option<Timestamp>,
}

/// Records that a call is answered.
///
/// # Errors
/// [`OperationError`]: no such call, not ringing, a time that cannot be right, or the store.
pub async fn report_answered(
    room: &ControlRoom,
    ask: &Ask,
    request: &ReportAnswered,
) -> Result<Done<CallAnswer>, OperationError> {
    line("desk", &request.desk)?;
    let event = CallEvent::Answer { desk: desk_or_own(&ask.asker, &request.desk).to_owned() };
    move_call(
        room,
        ask,
        "report_answered",
        request,
        Move {
            call: request.call,
            expected: request.expected,
            at: ("answered_at", request.answered_at),
            event,
            step: Step::Answered,
        },
    )
    .await
}

/// The caller gave up before anybody answered.
#[derive(Clone, Debug, Serialize)]
pub struct MarkAbandoned {
    /// Which call.
    pub call: CallId,
    /// The version the asker saw; absent means whatever is current.
    pub expected: Option<Version>,
    /// When; absent means now.
    pub abandoned_at: Option<Timestamp>,
}

/// Records that the caller gave up.
///
/// # Errors
/// [`OperationError`]: no such call, not ringing, a time that cannot be right, or the store.
pub async fn mark_abandoned(
    room: &ControlRoom,
    ask: &Ask,
    request: &MarkAbandoned,
) -> Result<Done<CallAnswer>, OperationError> {
    move_call(
        room,
        ask,
        "mark_abandoned",
        request,
        Move {
            call: request.call,
            expected: request.expected,
            at: ("abandoned_at", request.abandoned_at),
            event: CallEvent::Abandon,
            step: Step::Abandoned,
        },
    )
    .await
}

/// One step of a call.
struct Move {
    call: CallId,
    expected: Option<Version>,
    at: (&'static str, Option<Timestamp>),
    event: CallEvent,
    step: Step,
}

/// Takes a call one step further.
async fn move_call(
    room: &ControlRoom,
    ask: &Ask,
    cause: &'static str,
    request: &(impl Serialize + Sync),
    step: Move,
) -> Result<Done<CallAnswer>, OperationError> {
    room.commit(ask, cause, request, |draft| {
        let mut call = draft.visible_call(step.call)?;
        draft.expect(RecordKind::Call, step.call, step.expected)?;
        let mut report = draft.report();
        if let (field, Some(said)) = step.at {
            report.occurred_at = believed(field, said, draft.now)?;
        }
        call.step(step.event.clone())?;
        call.milestones.push(report.milestone(step.step));
        end_alarms_of(draft, &report, step.call, &[AlarmCode::CallUnanswered, AlarmCode::CallBackDue]);
        draft.put(Record::Call(call));
        Ok(CallAnswer { call: step.call })
    })
    .await
}
