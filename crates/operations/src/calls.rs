//! Taking calls: from the first ring to the disposition.

mod add_to_call;
mod call_back;
mod came;
mod end_call;
mod link_call;
mod ringing;
mod take_call;

use domain::{CallId, RecordKey, RecordKind, SpokenNumber, call::NewCall, milestone::Milestone};
use serde::{Deserialize, Serialize};

pub use add_to_call::{AddToCall, add_to_call};
pub use call_back::{CallBackOutcome, ReportCallBack, StartCallBack, report_call_back, start_call_back};
pub use end_call::{EndCall, decide_call, end_call};
pub(crate) use link_call::{adopt, link_call, tell_without_incident};
pub use ringing::{
    MarkAbandoned, ReportAnswered, ReportRinging, mark_abandoned, report_answered, report_ringing,
};
pub(crate) use take_call::is_garbled;
pub use take_call::{TakeCall, Taken, take_call};

use crate::{Answer, Asker, draft::Draft};

/// An operation on one call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallAnswer {
    /// Which call.
    pub call: CallId,
}

impl Answer for CallAnswer {
    fn records(&self) -> Vec<RecordKey> {
        vec![RecordKey::new(RecordKind::Call, self.call)]
    }
}

/// A call of which nothing is known yet but how it came.
fn coming(
    draft: &Draft<'_>,
    number: &SpokenNumber,
    (source, caller_number): (&str, &str),
    milestones: Vec<Milestone>,
) -> NewCall {
    NewCall {
        id: CallId::derived(draft.operation, "call"),
        number: number.clone(),
        source: if source.is_empty() { "telephone" } else { source }.to_owned(),
        caller_number: caller_number.to_owned(),
        milestones,
    }
}

/// The desk that a request names, else the asker's own; empty if neither is known.
fn desk_or_own<'a>(asker: &'a Asker, named: &'a str) -> &'a str {
    let own = asker.principal().and_then(identity::Principal::desk).unwrap_or_default();
    if named.is_empty() { own } else { named }
}
