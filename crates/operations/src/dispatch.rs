//! Sending: desks are asked, units are sent, both are stood down; always by a person or in a person's name.

mod assign_desk;
mod automatic;
mod request_resource;
mod send_unit;
mod stand_down;

use domain::{AssignmentId, IncidentId, RecordKey, RecordKind, RunId};
use serde::{Deserialize, Serialize};

pub use assign_desk::{AskedFor, AssignDesk, assign_desk};
pub(crate) use assign_desk::{desk_may_send, is_closing};
pub use automatic::{AutomaticAnswer, SetAutomatic, set_automatic};
pub use request_resource::{RequestResource, Requested, request_resource};
pub(crate) use send_unit::send;
pub use send_unit::{SendUnit, send_unit};
pub use stand_down::{Replacement, StandDown, Whom, stand_down};

use crate::Answer;

/// Who was given, sent or stood down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentAnswer {
    /// For which incident.
    pub incident: IncidentId,
    /// Under which assignment.
    pub assignment: AssignmentId,
    /// Which runs.
    pub runs: Vec<RunId>,
}

impl Answer for SentAnswer {
    fn records(&self) -> Vec<RecordKey> {
        let incident = RecordKey::new(RecordKind::Incident, self.incident);
        let assignment = RecordKey::new(RecordKind::Assignment, self.assignment);
        let runs = self.runs.iter().map(|run| RecordKey::new(RecordKind::Run, run));
        [incident, assignment].into_iter().chain(runs).collect()
    }
}
