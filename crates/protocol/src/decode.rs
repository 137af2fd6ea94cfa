//! From the wire to the domain: what a request says, or every field of it that is wrong.
//!
//! It decides only what is malformed. A value it passes on may still be refused by the domain, never by nobody.

mod call;
mod fields;
mod location;
mod odd;
mod report;

pub use call::{call_outcome, duplicate_choice};
pub use fields::{Fields, Malformed, Violation, timestamp};
pub use location::{UNCERTAINTY_M_MAX, location, location_or_unknown, position};
pub use odd::Odd;
pub use report::{GivenReport, report};
