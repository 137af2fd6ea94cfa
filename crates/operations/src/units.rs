//! What crews and units do: on and off duty, and every step of a run.

mod duty;
mod report_run;

use domain::{RecordKey, RecordKind, UnitId};
use serde::{Deserialize, Serialize};

pub use duty::{Duty, SetDuty, set_duty};
pub use report_run::{ReportRun, RunAnswer, RunReport, report_run};

use crate::Answer;

/// An operation on one unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitAnswer {
    /// Which unit.
    pub unit: UnitId,
}

impl Answer for UnitAnswer {
    fn records(&self) -> Vec<RecordKey> {
        vec![RecordKey::new(RecordKind::Unit, &self.unit)]
    }
}
