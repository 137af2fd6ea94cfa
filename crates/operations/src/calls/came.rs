//! How a call came in, by the word of whoever takes it: whatever cannot be right is flagged and refuses nothing.

use std::collections::BTreeSet;

use domain::{
    call::{Call, CallFlag},
    milestone::{Report, Step, latest},
};
use jiff::Timestamp;

use super::TakeCall;
use crate::{asker::believed, draft::Draft};

/// How the call came in, where whoever takes it says more of that than is known.
pub(super) fn came_as_said(call: &mut Call, request: &TakeCall) {
    for (known, said) in [
        (&mut call.caller_number, &request.caller_number),
        (&mut call.trunk, &request.trunk),
        (&mut call.source, &request.source),
    ] {
        if !said.is_empty() {
            known.clone_from(said);
        }
    }
}

/// When a call that goes on rang, where whoever takes it says otherwise than is known.
pub(super) fn ring_as_said(
    draft: &Draft<'_>,
    call: &mut Call,
    request: &TakeCall,
    report: &Report,
    flags: &mut BTreeSet<CallFlag>,
) {
    let Some(occurred_at) = rang_at(request, draft.now, flags) else { return };
    if latest(&call.milestones, Step::Rang).is_none_or(|rang| rang.occurred_at != occurred_at) {
        call.milestones.push(Report { occurred_at, ..report.clone() }.milestone(Step::Rang));
    }
}

/// When it rang, if that was said and can be right.
pub(super) fn rang_at(
    request: &TakeCall,
    now: Timestamp,
    flags: &mut BTreeSet<CallFlag>,
) -> Option<Timestamp> {
    let rang_at = believed("rang_at", request.rang_at?, now).ok();
    if rang_at.is_none() {
        flags.insert(CallFlag::BadTime);
    }
    rang_at
}

/// The time somebody said; now, and a flag, if it cannot be right.
pub(super) fn said_or_now(
    said: Option<Timestamp>,
    now: Timestamp,
    flags: &mut BTreeSet<CallFlag>,
) -> Timestamp {
    match said.map(|said| believed("answered_at", said, now)) {
        Some(Ok(said)) => said,
        Some(Err(_)) => {
            flags.insert(CallFlag::BadTime);
            now
        }
        None => now,
    }
}
