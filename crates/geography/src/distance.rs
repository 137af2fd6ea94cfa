//! The straight line over the ground between two places.

use crate::{Metres, Position};

/// Mean radius of the earth in metres: R1 = (2a + b) / 3 of WGS 84, with a = 6 378 137 m and
/// b = 6 356 752.314 m (H. Moritz, *Geodetic Reference System 1980*, Journal of Geodesy 74, 2000).
pub const EARTH_RADIUS: f64 = 6_371_008.8;

/// Great-circle distance by the haversine formula (R. W. Sinnott, *Virtues of the Haversine*, Sky and Telescope
/// 68, 1984), which keeps its precision for places metres apart.
///
/// The earth is taken as a sphere of [`EARTH_RADIUS`]; against the ellipsoid that is wrong by at most 0.6 %,
/// far less than any road differs from a straight line.
pub fn distance(a: Position, b: Position) -> Metres {
    let (latitude_a, latitude_b) = (a.latitude().to_radians(), b.latitude().to_radians());
    let half_latitude = ((b.latitude() - a.latitude()) / 2.0).to_radians().sin();
    let half_longitude = ((b.longitude() - a.longitude()) / 2.0).to_radians().sin();
    let haversine =
        half_latitude * half_latitude + latitude_a.cos() * latitude_b.cos() * half_longitude * half_longitude;
    // rounding may pass 1 by a bit between opposite ends of the earth
    Metres::computed(2.0 * EARTH_RADIUS * haversine.sqrt().min(1.0).asin())
}

#[cfg(test)]
mod tests {
    use geo::{Distance, Geodesic, Haversine, Point};
    use proptest::prelude::*;

    use super::*;

    fn at(latitude: f64, longitude: f64) -> Position {
        Position::new(latitude, longitude).unwrap()
    }

    fn assert_near(metres: Metres, expected: f64) {
        assert!(
            (metres.as_f64() - expected).abs() < 1e-6 * expected.max(1.0),
            "{metres} is not {expected} m"
        );
    }

    #[test]
    fn poles_date_line_and_opposite_ends() {
        let half_turn = std::f64::consts::PI * EARTH_RADIUS;
        assert_near(distance(at(90.0, 0.0), at(90.0, 120.0)), 0.0);
        assert_near(distance(at(90.0, 0.0), at(-90.0, 77.0)), half_turn);
        assert_near(distance(at(0.0, 0.0), at(0.0, 180.0)), half_turn);
        assert_near(distance(at(10.0, 180.0), at(10.0, -180.0)), 0.0);
        assert_near(distance(at(0.0, 179.5), at(0.0, -179.5)), half_turn / 180.0);
        assert_near(distance(at(42.0, 74.0), at(43.0, 74.0)), half_turn / 180.0);
    }

    #[test]
    fn metres_apart_is_still_precise() {
        let step = 1e-5_f64.to_radians() * EARTH_RADIUS;
        assert_near(distance(at(42.87, 74.6), at(42.870_01, 74.6)), step);
    }

    proptest! {
        #[test]
        fn agrees_with_another_haversine_and_nearly_with_the_ellipsoid(
            lat_a in -90.0..=90.0_f64, lon_a in -180.0..=180.0_f64,
            lat_b in -90.0..=90.0_f64, lon_b in -180.0..=180.0_f64,
        ) {
            let ours = distance(at(lat_a, lon_a), at(lat_b, lon_b)).as_f64();
            let (a, b) = (Point::new(lon_a, lat_a), Point::new(lon_b, lat_b));
            let haversine = Haversine.distance(a, b);
            prop_assert!((ours - haversine).abs() <= 1e-3 + 1e-6 * haversine, "{} and {}", ours, haversine);
            let ellipsoid = Geodesic.distance(a, b);
            prop_assert!((ours - ellipsoid).abs() <= 0.006 * ellipsoid + 1e-3, "{} and {}", ours, ellipsoid);
        }

        #[test]
        fn is_the_same_both_ways(
            lat_a in -90.0..=90.0_f64, lon_a in -180.0..=180.0_f64,
            lat_b in -90.0..=90.0_f64, lon_b in -180.0..=180.0_f64,
        ) {
            let (a, b) = (at(lat_a, lon_a), at(lat_b, lon_b));
            prop_assert_eq!(distance(a, b), distance(b, a));
            prop_assert_eq!(distance(a, a), Metres::ZERO);
        }
    }
}
