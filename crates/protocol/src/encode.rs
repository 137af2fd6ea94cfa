//! From the domain to the wire: every record as clients see it, one file per area.
//!
//! Nothing here can fail, and nothing is left out: what a caller may see was decided before.

mod alarm;
mod assignment;
mod call;
mod centre;
mod command;
mod directory;
mod incident;
mod location;
mod milestone;
mod note;
mod recommendation;
mod record;
mod run;
mod unit;

use domain::{Version, record::Versioned};
use jiff::Timestamp;

pub use alarm::alarm;
pub use assignment::assignment;
pub use call::{call, call_flag, call_outcome};
pub use centre::{directory_head, dispatch};
pub use command::{command_help, verb};
pub use directory::directory;
pub use incident::incident;
pub use location::{location, position};
pub use milestone::{channel, milestone, step};
pub use note::note;
pub use recommendation::{candidate, excluded_unit, exclusion, exclusion_counts, recommendation};
pub use record::{record, record_key};
pub use run::run;
pub use unit::{desk, unit};

/// A time on the wire.
pub fn timestamp(time: Timestamp) -> prost_types::Timestamp {
    let (mut seconds, mut nanos) = (time.as_second(), time.subsec_nanosecond());
    if nanos < 0 {
        // the wire counts nanoseconds forward from the second before
        seconds -= 1;
        nanos += 1_000_000_000;
    }
    prost_types::Timestamp { seconds, nanos }
}

/// A record of which the version stands beside it.
pub fn versioned<T, Wire>(encode: impl FnOnce(&T, Version) -> Wire, held: &Versioned<T>) -> Wire {
    encode(&held.record, held.version)
}

/// The texts of several ids.
fn texts<Id: ToString>(ids: &[Id]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

/// The text of an id that may be absent: empty then.
fn text_or_empty<Id: ToString>(id: Option<&Id>) -> String {
    id.map(ToString::to_string).unwrap_or_default()
}
