//! Quantities with their unit in the type, so that metres are never added to seconds.
//!
//! Each is a finite number, never negative, and so has a total order: the order in which units are sent
//! cannot depend on a NaN.

use std::{cmp::Ordering, fmt, ops::Add};

use serde::{Deserialize, Serialize};

/// Why a number is not a quantity.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum QuantityError {
    /// NaN or an infinity.
    #[error("{0} is not a finite number")]
    NotFinite(f64),
    /// Below zero.
    #[error("{0} is below zero")]
    Negative(f64),
}

/// Refuses what no quantity may be, and turns -0 into 0.
fn checked(value: f64) -> Result<f64, QuantityError> {
    if !value.is_finite() {
        return Err(QuantityError::NotFinite(value));
    }
    if value < 0.0 {
        return Err(QuantityError::Negative(value));
    }
    Ok(value + 0.0)
}

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident, $symbol:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
        #[serde(try_from = "f64", into = "f64")]
        pub struct $name(f64);

        impl $name {
            /// Nothing of it.
            pub const ZERO: Self = Self(0.0);

            /// Checks the number.
            ///
            /// # Errors
            /// [`QuantityError`] unless it is finite and not below zero.
            pub fn new(value: f64) -> Result<Self, QuantityError> {
                checked(value).map(Self)
            }

            /// A whole number of it; always valid, so usable in constants.
            pub const fn whole(value: u32) -> Self {
                Self(value as f64)
            }

            /// Wraps the result of our own arithmetic; an overflow is kept as the largest number.
            #[allow(dead_code, reason = "not every quantity is computed here")]
            pub(crate) fn computed(value: f64) -> Self {
                Self(checked(value.min(f64::MAX)).expect("a computed quantity is a number and not below zero"))
            }

            /// The number alone.
            pub const fn as_f64(self) -> f64 {
                self.0
            }

            /// The number rounded up to a whole one, for people and for the wire.
            pub fn rounded_up(self) -> u64 {
                self.0.ceil() as u64
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.cmp(other) == Ordering::Equal
            }
        }

        impl Eq for $name {}

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                self.0.total_cmp(&other.0)
            }
        }

        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self::computed(self.0 + other.0)
            }
        }

        impl TryFrom<f64> for $name {
            type Error = QuantityError;
            fn try_from(value: f64) -> Result<Self, QuantityError> {
                Self::new(value)
            }
        }

        impl From<$name> for f64 {
            fn from(quantity: $name) -> Self {
                quantity.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:.0} {}", self.0, $symbol)
            }
        }
    };
}

quantity!(
    /// A length on the ground.
    Metres,
    "m"
);
quantity!(
    /// A length of time.
    Seconds,
    "s"
);
quantity!(
    /// An area on the ground.
    SquareMetres,
    "m²"
);
quantity!(
    /// A speed on the ground.
    MetresPerSecond,
    "m/s"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_is_finite_and_not_below_zero() {
        assert_eq!(Metres::new(-1.0), Err(QuantityError::Negative(-1.0)));
        assert_eq!(Metres::new(f64::INFINITY), Err(QuantityError::NotFinite(f64::INFINITY)));
        assert!(matches!(Metres::new(f64::NAN), Err(QuantityError::NotFinite(_))));
        assert_eq!(Metres::new(-0.0), Ok(Metres::ZERO));
        assert!(serde_json::from_str::<Metres>("-3").is_err());
        assert_eq!(serde_json::from_str::<Metres>("3").unwrap(), Metres::whole(3));
        assert_eq!(serde_json::to_string(&Metres::new(2.5).unwrap()).unwrap(), "2.5");
    }

    #[test]
    fn quantities_are_ordered_added_and_said() {
        assert!(Seconds::whole(2) < Seconds::whole(10));
        assert_eq!(Metres::whole(2) + Metres::whole(3), Metres::whole(5));
        assert_eq!(Metres::new(1234.4).unwrap().to_string(), "1234 m");
        assert_eq!(Metres::new(1234.4).unwrap().rounded_up(), 1235);
        assert_eq!(
            Metres::new(f64::MAX).unwrap() + Metres::new(f64::MAX).unwrap(),
            Metres::new(f64::MAX).unwrap()
        );
    }
}
