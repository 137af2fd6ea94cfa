//! Taking calls: from the first ring to the disposition.

mod add_to_call;
mod call_back;
mod end_call;
mod link_call;
mod ringing;
mod take_call;

use domain::{CallId, RecordKey, RecordKind};
use serde::{Deserialize, Serialize};

pub use add_to_call::{AddToCall, add_to_call};
pub use call_back::{CallBackOutcome, ReportCallBack, StartCallBack, report_call_back, start_call_back};
pub use end_call::{EndCall, decide_call, end_call};
pub(crate) use link_call::link_call;
pub use ringing::{
    MarkAbandoned, ReportAnswered, ReportRinging, mark_abandoned, report_answered, report_ringing,
};
pub(crate) use take_call::summarize;
pub use take_call::{TakeCall, Taken, take_call};

use crate::Answer;

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
