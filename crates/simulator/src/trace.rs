//! A recorded trace: a centre's calls as its own system exported them, one row each.
//!
//! A [`Mapping`] says which column is what, so any centre's export can be read. A row that cannot be read is named with
//! its line and left out; a row without coordinates is a call without a location, as in life.

mod centre;
mod mapping;
mod reading;

use geography::Position;
use jiff::Timestamp;

pub use centre::{CentreError, CentrePlan, centre_from_trace, type_id};
pub use mapping::{Columns, Mapping, MappingError, Priorities, TimeColumn};
pub use reading::read;

/// A trace as it was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// Its calls, in the order of the file.
    pub calls: Vec<TraceCall>,
    /// Rows that could not be read.
    pub bad_rows: Vec<BadRow>,
}

/// One call of a trace.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceCall {
    /// The line of the file it begins on, from 1.
    pub line: u64,
    /// Its id in the file.
    pub id: String,
    /// When it came in. Rows of one minute in a file that knows no seconds are spread over that minute.
    pub at: Timestamp,
    /// Where; absent where the file does not say.
    pub position: Option<Position>,
    /// The code of its type; empty where the file does not say.
    pub type_code: String,
    /// What people call the type; the code where the file does not say.
    pub type_title: String,
    /// Whether it was answered with lights and sirens.
    pub emergent: bool,
    /// How urgent it is, 1 to 5; absent where only its type says.
    pub priority: Option<u8>,
    /// The caller's words; empty where the file does not say.
    pub narrative: String,
    /// The caller's number; empty where the file does not say.
    pub caller_number: String,
    /// The caller's language; empty where the file does not say.
    pub language: String,
}

/// A row that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct BadRow {
    /// The line it begins on, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub what: String,
}

/// Why a file is no trace at all.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The first line names no columns.
    #[error("the first line is not a list of columns")]
    Heading(#[source] csv::Error),
    /// A column that the mapping names is not there.
    #[error("there is no column `{column}`; the columns are {columns}")]
    NoColumn {
        /// Which column.
        column: String,
        /// Those that are there.
        columns: String,
    },
    /// The mapping names a time zone that is none.
    #[error("`{zone}` is no time zone")]
    Zone {
        /// Which.
        zone: String,
        /// Why.
        #[source]
        source: jiff::Error,
    },
    /// Not one row could be read.
    #[error("not one row could be read; the first that could not: {0}")]
    Nothing(BadRow),
}

impl Trace {
    /// The first `count` calls.
    pub fn truncate(&mut self, count: usize) {
        self.calls.truncate(count);
    }
}
