//! A duty desk as it stands now. What it is (station, contact) is the directory's to say.

use serde::{Deserialize, Serialize};

use crate::{StationId, limits::UNANSWERED_UNTIL_SILENT};

/// How a duty desk answers. A desk without a record answers and is reachable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desk {
    /// Whose desk.
    pub station: StationId,
    /// Assignments in a row that were not received in time.
    #[serde(default)]
    pub unanswered_in_a_row: u32,
}

impl Desk {
    /// A desk that has missed nothing.
    pub const fn answering(station: StationId) -> Self {
        Self { station, unanswered_in_a_row: 0 }
    }

    /// True if it missed so many in a row that it is ranked last until it answers.
    pub const fn is_silent(&self) -> bool {
        self.unanswered_in_a_row >= UNANSWERED_UNTIL_SILENT
    }
}
