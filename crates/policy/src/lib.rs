//! Recommends whom to send: a pure function from a situation to a recommendation with its reasons.
//!
//! It never sends anybody: it cannot reach the store, reads no clock and draws no random number, so that the same
//! situation gives the same recommendation in a replay years from now.

mod duplicates;
mod inform;
mod lookout;
mod recommend;
mod situation;

pub use duplicates::{LikelyDuplicate, Report, likely_duplicates};
pub use inform::informs;
pub use recommend::{NeedPlan, NeedSurvey, Recommendation, full, recommend};
pub use situation::Situation;
