//! Where something is.

use domain::location::{Location, LocationMethod};
use geography::Position;

use crate::record::v1 as wire;

/// A point.
pub const fn position(position: Position) -> wire::Position {
    wire::Position { latitude: position.latitude(), longitude: position.longitude() }
}

/// What is known of a place.
pub fn location(location: &Location) -> wire::Location {
    wire::Location {
        position: location.position.map(position),
        uncertainty_m: location.uncertainty_m,
        method: method(location.method).into(),
        address: location.address.clone(),
        landmark: location.landmark.clone(),
    }
}

const fn method(method: LocationMethod) -> wire::LocationMethod {
    match method {
        LocationMethod::Unknown => wire::LocationMethod::Unspecified,
        LocationMethod::Spoken => wire::LocationMethod::Spoken,
        LocationMethod::Cell => wire::LocationMethod::Cell,
        LocationMethod::Aml => wire::LocationMethod::Aml,
        LocationMethod::Map => wire::LocationMethod::Map,
        LocationMethod::Device => wire::LocationMethod::Device,
    }
}
