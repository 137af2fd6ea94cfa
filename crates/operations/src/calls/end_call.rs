//! A call is over.

use domain::{
    CallId, RecordKind, Version,
    alarm::AlarmCode,
    call::{CallDisposition, CallEvent, CallOutcome, CallState},
    milestone::Step,
    record::Record,
    refusal::{Lifecycle, Refusal, StepRefusal},
};
use jiff::Timestamp;
use serde::Serialize;

use super::{CallAnswer, link_call::join};
use crate::{
    Ask, ControlRoom, Done, OperationError,
    asker::{believed, line},
    draft::Halt,
    responding::end_alarms_of,
};

/// A call is over.
#[derive(Clone, Debug, Serialize)]
pub struct EndCall {
    /// Which call.
    pub call: CallId,
    /// The version the asker saw; absent means whatever is current.
    pub expected: Option<Version>,
    /// What became of it.
    pub outcome: CallOutcome,
    /// In a person's words; may be empty.
    pub remark: String,
    /// When; absent means now.
    pub ended_at: Option<Timestamp>,
}

/// Ends a call that was answered.
///
/// # Errors
/// [`OperationError`]: no such call, not answered, a time that cannot be right, or the store.
pub async fn end_call(
    room: &ControlRoom,
    ask: &Ask,
    request: &EndCall,
) -> Result<Done<CallAnswer>, OperationError> {
    end(room, ask, "end_call", request, |state| {
        matches!(state, CallState::Answered { .. } | CallState::Ended { .. })
    })
    .await
}

/// Ends a call whose caller could not be reached again: a person decides what that means.
///
/// # Errors
/// [`OperationError`]: no such call, no decision needed, an incident that nobody opened, or the store.
pub async fn decide_call(
    room: &ControlRoom,
    ask: &Ask,
    request: &EndCall,
) -> Result<Done<CallAnswer>, OperationError> {
    end(room, ask, "decide_call", request, |state| {
        matches!(state, CallState::NeedsDecision | CallState::Ended { .. })
    })
    .await
}

/// Ends a call from a state that `fits`.
async fn end(
    room: &ControlRoom,
    ask: &Ask,
    cause: &'static str,
    request: &EndCall,
    fits: fn(&CallState) -> bool,
) -> Result<Done<CallAnswer>, OperationError> {
    line("remark", &request.remark)?;
    room.commit(ask, cause, request, |draft| {
        let mut call = draft.visible_call(request.call)?;
        draft.expect(RecordKind::Call, request.call, request.expected)?;
        if !fits(call.state()) {
            let state = call.state().as_str();
            return Err(Halt::from(StepRefusal::new(Lifecycle::Call, state, cause, call.state().allowed())));
        }
        let decides = *call.state() == CallState::NeedsDecision;
        let mut report = draft.report();
        if let Some(said) = request.ended_at {
            report.occurred_at = believed("ended_at", said, draft.now)?;
        }
        let disposition = CallDisposition {
            outcome: request.outcome,
            remark: request.remark.clone(),
            by: report.by.name.clone(),
        };
        call.step(CallEvent::End { disposition })?;
        call.milestones.push(report.milestone(Step::Ended));
        // nobody looks at a call that is over: what it was about must not be forgotten with it
        join(draft, &mut call)?;
        if decides && request.outcome == CallOutcome::Incident && call.incident.is_none() {
            return Err(Refusal::NoIncidentOfCall(call.id).into());
        }
        let decided = [AlarmCode::CallNeedsDecision, AlarmCode::CallBackDue];
        end_alarms_of(draft, &report, request.call, &decided);
        draft.put(Record::Call(call));
        Ok(CallAnswer { call: request.call })
    })
    .await
}
