//! A place on the earth that cannot be invalid.

use serde::{Deserialize, Serialize};

/// Why two numbers are not a place.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum PositionError {
    /// The latitude is NaN or an infinity.
    #[error("latitude {0} is not a finite number")]
    LatitudeNotFinite(f64),
    /// The longitude is NaN or an infinity.
    #[error("longitude {0} is not a finite number")]
    LongitudeNotFinite(f64),
    /// The latitude is beyond a pole.
    #[error("latitude {0} is not within -90 to 90 degrees")]
    LatitudeOutOfRange(f64),
    /// The longitude is beyond the date line.
    #[error("longitude {0} is not within -180 to 180 degrees")]
    LongitudeOutOfRange(f64),
}

/// A place, in degrees of WGS 84.
///
/// Both numbers are finite and in range, and neither is -0, so equal places are equal bit by bit. Longitudes
/// -180 and 180 are kept as given: one meridian, written twice.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Degrees")]
pub struct Position {
    latitude: f64,
    longitude: f64,
}

impl Eq for Position {}

/// What a record or a request says, before it is checked.
#[derive(Deserialize)]
struct Degrees {
    latitude: f64,
    longitude: f64,
}

impl Position {
    /// Checks a latitude (-90 to 90 degrees north) and a longitude (-180 to 180 degrees east), in this order.
    ///
    /// # Errors
    /// The first [`PositionError`] that applies.
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, PositionError> {
        if !latitude.is_finite() {
            return Err(PositionError::LatitudeNotFinite(latitude));
        }
        if !(-90.0..=90.0).contains(&latitude) {
            return Err(PositionError::LatitudeOutOfRange(latitude));
        }
        if !longitude.is_finite() {
            return Err(PositionError::LongitudeNotFinite(longitude));
        }
        if !(-180.0..=180.0).contains(&longitude) {
            return Err(PositionError::LongitudeOutOfRange(longitude));
        }
        // adding 0 turns -0 into 0 and changes nothing else
        Ok(Self { latitude: latitude + 0.0, longitude: longitude + 0.0 })
    }

    /// Degrees north, -90 to 90.
    pub const fn latitude(self) -> f64 {
        self.latitude
    }

    /// Degrees east, -180 to 180.
    pub const fn longitude(self) -> f64 {
        self.longitude
    }

    /// The same place for `geo`, x being the longitude.
    pub(crate) const fn coord(self) -> geo::Coord<f64> {
        geo::Coord { x: self.longitude, y: self.latitude }
    }
}

impl TryFrom<Degrees> for Position {
    type Error = PositionError;
    fn try_from(degrees: Degrees) -> Result<Self, PositionError> {
        Self::new(degrees.latitude, degrees.longitude)
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // six decimals are 11 cm at most
        write!(f, "{:.6}, {:.6}", self.latitude, self.longitude)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_finite_and_in_range() {
        assert!(Position::new(90.0, 180.0).is_ok());
        assert!(Position::new(-90.0, -180.0).is_ok());
        assert_eq!(Position::new(90.1, 0.0), Err(PositionError::LatitudeOutOfRange(90.1)));
        assert_eq!(Position::new(0.0, -180.1), Err(PositionError::LongitudeOutOfRange(-180.1)));
        assert!(matches!(Position::new(f64::NAN, 0.0), Err(PositionError::LatitudeNotFinite(_))));
        assert_eq!(Position::new(0.0, f64::INFINITY), Err(PositionError::LongitudeNotFinite(f64::INFINITY)));
    }

    #[test]
    fn minus_zero_is_zero() {
        let place = Position::new(-0.0, -0.0).unwrap();
        assert!(place.latitude().is_sign_positive() && place.longitude().is_sign_positive());
    }

    #[test]
    fn json_is_checked_on_the_way_in() {
        let place = Position::new(42.87, 74.6).unwrap();
        let json = serde_json::to_string(&place).unwrap();
        assert_eq!(json, r#"{"latitude":42.87,"longitude":74.6}"#);
        assert_eq!(serde_json::from_str::<Position>(&json).unwrap(), place);
        let refused = serde_json::from_str::<Position>(r#"{"latitude":91,"longitude":0}"#).unwrap_err();
        assert!(refused.to_string().contains("latitude 91 is not within"), "{refused}");
    }
}
