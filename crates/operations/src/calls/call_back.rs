//! Calling back: a dropped or abandoned caller is called, three times at least, then a person decides.

use domain::{
    CallId, RecordKind, Version,
    alarm::{About, AlarmCode, AlarmLevel},
    call::{CallEvent, CallState},
    limits::{CALL_BACK_RING, CALL_BACK_WITHIN},
    milestone::Step,
    record::Record,
};
use jiff::Timestamp;
use serde::Serialize;

use super::{CallAnswer, desk_or_own};
use crate::{
    Ask, ControlRoom, Done, OperationError,
    asker::{after, believed},
    responding::{end_alarms_of, raise},
};

/// A caller is to be called back.
#[derive(Clone, Debug, Serialize)]
pub struct StartCallBack {
    /// Which call.
    pub call: CallId,
    /// The version the asker saw; absent means whatever is current.
    pub expected: Option<Version>,
}

/// Puts a call among those to be called back, within the time the norm gives.
///
/// # Errors
/// [`OperationError`]: no such call, neither answered nor abandoned, or the store.
pub async fn start_call_back(
    room: &ControlRoom,
    ask: &Ask,
    request: &StartCallBack,
) -> Result<Done<CallAnswer>, OperationError> {
    room.commit(ask, "start_call_back", request, |draft| {
        let mut call = draft.visible_call(request.call)?;
        draft.expect(RecordKind::Call, request.call, request.expected)?;
        call.step(CallEvent::CallBack { due: after(draft.now, CALL_BACK_WITHIN) })?;
        let report = draft.report();
        end_alarms_of(draft, &report, request.call, &[AlarmCode::CallBackDue]);
        draft.put(Record::Call(call));
        Ok(CallAnswer { call: request.call })
    })
    .await
}

/// What came of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum CallBackOutcome {
    /// The caller answered.
    Answered,
    /// It rang in vain.
    NoAnswer,
    /// The line was busy.
    Busy,
    /// The number could not be reached.
    Unreachable,
}

impl CallBackOutcome {
    /// The word for it in the history of the call.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::NoAnswer => "no_answer",
            Self::Busy => "busy",
            Self::Unreachable => "unreachable",
        }
    }
}

/// One attempt to call back is over.
#[derive(Clone, Debug, Serialize)]
pub struct ReportCallBack {
    /// Which call.
    pub call: CallId,
    /// The version the asker saw; absent means whatever is current.
    pub expected: Option<Version>,
    /// What came of it.
    pub outcome: CallBackOutcome,
    /// When; absent means now.
    pub occurred_at: Option<Timestamp>,
}

/// Records one attempt and how it went. After the last one that fails, an alarm asks a person to decide.
///
/// # Errors
/// [`OperationError`]: no such call, not to be called back, a time that cannot be right, or the store.
pub async fn report_call_back(
    room: &ControlRoom,
    ask: &Ask,
    request: &ReportCallBack,
) -> Result<Done<CallAnswer>, OperationError> {
    room.commit(ask, "report_call_back", request, |draft| {
        let mut call = draft.visible_call(request.call)?;
        draft.expect(RecordKind::Call, request.call, request.expected)?;
        let mut report = draft.report();
        if let Some(said) = request.occurred_at {
            report.occurred_at = believed("occurred_at", said, draft.now)?;
        }
        let event = match request.outcome {
            CallBackOutcome::Answered => CallEvent::Answer { desk: desk_or_own(draft.asker, "").to_owned() },
            CallBackOutcome::NoAnswer | CallBackOutcome::Busy | CallBackOutcome::Unreachable => {
                CallEvent::CallBackFailed { due: after(draft.now, CALL_BACK_RING) }
            }
        };
        call.step(event)?;
        call.milestones.push(report.milestone(Step::CalledBack).with_detail(request.outcome.as_str()));
        end_alarms_of(draft, &report, request.call, &[AlarmCode::CallBackDue]);
        if *call.state() == CallState::NeedsDecision {
            let about = About { call: Some(call.id), incident: call.incident, ..About::default() };
            raise(draft, AlarmCode::CallNeedsDecision, AlarmLevel::Operator, about);
        }
        draft.put(Record::Call(call));
        Ok(CallAnswer { call: request.call })
    })
    .await
}
