//! The time of the world, by which tokens are valid.
//!
//! A replay runs the centre's clock faster; tokens are not issued by that clock, so they are not checked by it.

use jiff::Timestamp;

/// The time now.
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}
