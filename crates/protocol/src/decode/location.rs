//! Where something is.

use domain::location::{Location, LocationMethod};
use geography::{Position, PositionError};

use super::Fields;
use crate::record::v1 as wire;

/// The largest radius that says anything, in metres.
pub const UNCERTAINTY_M_MAX: u32 = 1_000_000;

/// What is known of a place, if the request says anything of it. `field` is its path in the request.
pub fn location(fields: &mut Fields, field: &str, given: Option<wire::Location>) -> Option<Location> {
    let given = given?;
    let place = |part: &str| format!("{field}.{part}");
    let position = given.position.and_then(|point| position(fields, &place("position"), point));
    if let Some(metres) = given.uncertainty_m.filter(|metres| *metres > UNCERTAINTY_M_MAX) {
        fields.refuse(
            place("uncertainty_m"),
            format_args!("is {metres}, at most {UNCERTAINTY_M_MAX} is taken"),
        );
    }
    // how a point was come by decides nothing, so a way this release does not know is no reason to refuse a call
    let method = wire::LocationMethod::try_from(given.method).unwrap_or_default();
    Some(Location {
        position,
        uncertainty_m: given.uncertainty_m,
        method: method_of(method),
        address: fields.line(&place("address"), given.address),
        landmark: fields.line(&place("landmark"), given.landmark),
    })
}

/// The same where saying nothing means that nobody knows.
pub fn location_or_unknown(fields: &mut Fields, field: &str, given: Option<wire::Location>) -> Location {
    location(fields, field, given).unwrap_or_default()
}

/// A point. `field` is its path in the request.
pub fn position(fields: &mut Fields, field: &str, point: wire::Position) -> Option<Position> {
    match Position::new(point.latitude, point.longitude) {
        Ok(position) => Some(position),
        Err(error) => {
            let part = match error {
                PositionError::LatitudeNotFinite(_) | PositionError::LatitudeOutOfRange(_) => "latitude",
                PositionError::LongitudeNotFinite(_) | PositionError::LongitudeOutOfRange(_) => "longitude",
            };
            fields.refuse(format!("{field}.{part}"), error);
            None
        }
    }
}

const fn method_of(method: wire::LocationMethod) -> LocationMethod {
    match method {
        wire::LocationMethod::Unspecified => LocationMethod::Unknown,
        wire::LocationMethod::Spoken => LocationMethod::Spoken,
        wire::LocationMethod::Cell => LocationMethod::Cell,
        wire::LocationMethod::Aml => LocationMethod::Aml,
        wire::LocationMethod::Map => LocationMethod::Map,
        wire::LocationMethod::Device => LocationMethod::Device,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode;

    fn read(given: wire::Location) -> Result<Location, Vec<String>> {
        let mut fields = Fields::new();
        let read = location(&mut fields, "location", Some(given));
        fields.all(|| read).map_err(|error| error.violations.into_iter().map(|it| it.field).collect())
    }

    #[test]
    fn a_location_reads_back_as_itself() {
        for method in [
            LocationMethod::Unknown,
            LocationMethod::Spoken,
            LocationMethod::Cell,
            LocationMethod::Aml,
            LocationMethod::Map,
            LocationMethod::Device,
        ] {
            let known = Location {
                position: Some(Position::new(42.87, 74.59).unwrap()),
                uncertainty_m: Some(30),
                method,
                address: "ул. Киевская, 57".to_owned(),
                landmark: "у восточных ворот базара".to_owned(),
            };
            assert_eq!(read(encode::location(&known)), Ok(known));
        }
        assert_eq!(read(encode::location(&Location::default())), Ok(Location::default()));
    }

    #[test]
    fn what_is_no_place_is_refused_by_the_name_of_its_field() {
        let at = |latitude, longitude| wire::Location {
            position: Some(wire::Position { latitude, longitude }),
            ..wire::Location::default()
        };
        for (latitude, longitude, field) in [
            (f64::NAN, 0.0, "location.position.latitude"),
            (f64::INFINITY, 0.0, "location.position.latitude"),
            (91.0, 0.0, "location.position.latitude"),
            (0.0, f64::NEG_INFINITY, "location.position.longitude"),
            (0.0, -180.5, "location.position.longitude"),
        ] {
            assert_eq!(read(at(latitude, longitude)), Err(vec![field.to_owned()]));
        }
        assert!(read(at(-0.0, 0.0)).is_ok());
        let far = wire::Location { uncertainty_m: Some(UNCERTAINTY_M_MAX + 1), ..wire::Location::default() };
        assert_eq!(read(far), Err(vec!["location.uncertainty_m".to_owned()]));
    }

    #[test]
    fn an_unknown_way_of_locating_is_no_reason_to_refuse() {
        let given = wire::Location { method: 999, ..wire::Location::default() };
        assert_eq!(read(given), Ok(Location::default()));
    }
}
