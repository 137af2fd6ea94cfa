//! Positions, distances, district polygons and the nearest units, with no clock and no I/O.
//!
//! It never reads a file, a clock or a network, draws no random number, and knows no word of the control room
//! but "district": ids are whatever the caller orders its things by. The same input always gives the same answer.

mod distance;
mod district;
mod district_index;
mod nearest;
mod position;
mod quantity;
mod travel;

pub use distance::{EARTH_RADIUS, distance};
pub use district::{Bounds, CrossedSegments, District, DistrictError, RING_POINTS_MAX, RingName};
pub use district_index::{DistrictIndex, DuplicateDistrict, Overlap};
pub use nearest::{Places, UnitVector};
pub use position::{Position, PositionError};
pub use quantity::{Metres, MetresPerSecond, QuantityError, Seconds, SquareMetres};
pub use travel::{DETOUR_FACTOR_DEFAULT, SPEED_DEFAULT, TravelError, TravelEstimate, TravelModel};
