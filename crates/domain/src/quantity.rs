//! Quantities that would otherwise be bare numbers.

use std::fmt;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// A whole number of seconds, 0 and up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds(pub u32);

impl Seconds {
    /// The same length as a duration that can be added to a timestamp.
    pub const fn duration(self) -> SignedDuration {
        SignedDuration::from_secs(self.0 as i64)
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", self.0)
    }
}

/// How urgent an incident is: 1 is the most urgent, 5 the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Priority(u8);

/// A priority outside 1..=5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("priority {0} is not between 1 (most urgent) and 5")]
pub struct PriorityError(pub u8);

impl Priority {
    /// The most urgent.
    pub const TOP: Self = Self(1);
    /// The least urgent.
    pub const LEAST: Self = Self(5);

    /// Checks the number.
    ///
    /// # Errors
    /// [`PriorityError`] unless it is 1 to 5.
    pub const fn new(number: u8) -> Result<Self, PriorityError> {
        if number >= Self::TOP.0 && number <= Self::LEAST.0 {
            Ok(Self(number))
        } else {
            Err(PriorityError(number))
        }
    }

    /// The number, 1 to 5.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Priority {
    type Error = PriorityError;
    fn try_from(number: u8) -> Result<Self, PriorityError> {
        Self::new(number)
    }
}

impl From<Priority> for u8 {
    fn from(priority: Priority) -> Self {
        priority.0
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
