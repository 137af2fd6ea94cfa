//! A district: an area that cannot be an impossible shape.
//!
//! Edges are straight in longitude and latitude, as in GeoJSON (RFC 7946). An area at the date line is given as
//! two polygons, one on each side, as that document asks.

mod ring;

use geo::{
    BoundingRect, CoordinatePosition, MultiPolygon, Polygon, Validation, coordinate_position::CoordPos,
};
use serde::{Deserialize, Serialize};

pub use self::ring::{CrossedSegments, RING_POINTS_MAX, RingName};
use crate::Position;

/// Why some rings are not an area. Vertices and segments are counted from 0 within their ring as given, segment
/// `n` going from vertex `n` to vertex `n + 1`; the first offender is named.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DistrictError {
    /// No polygon, or a polygon with no ring.
    #[error("there is no outer ring in polygon {polygon}")]
    NoRing {
        /// Which polygon, from 0.
        polygon: usize,
    },
    /// Fewer than four points, or fewer than three different ones.
    #[error("{ring} has {points} points; it needs 4 at least, 3 of them different, the last as the first")]
    TooFewPoints {
        /// Which ring.
        ring: RingName,
        /// How many it has, not counting the same one twice running.
        points: usize,
    },
    /// More than [`RING_POINTS_MAX`] points.
    #[error("{ring} has {points} points; simplify it to {RING_POINTS_MAX} at most")]
    TooManyPoints {
        /// Which ring.
        ring: RingName,
        /// How many it has.
        points: usize,
    },
    /// The last point is not the first.
    #[error("{ring} is open: its last point (vertex {last}) is not its first")]
    NotClosed {
        /// Which ring.
        ring: RingName,
        /// The vertex that should repeat vertex 0.
        last: usize,
    },
    /// A segment goes more than half way round the earth.
    #[error("{ring} crosses the date line at segment {segment}; give it as one polygon on each side")]
    CrossesDateLine {
        /// Which ring.
        ring: RingName,
        /// The first such segment.
        segment: usize,
    },
    /// Two segments cross, touch or lie on each other.
    #[error("{ring} crosses or touches itself: segments {} and {} meet at {}", .crossed.first, .crossed.second, .crossed.at)]
    SelfCrossing {
        /// Which ring.
        ring: RingName,
        /// The first two segments, and where.
        crossed: CrossedSegments,
    },
    /// The rings of one polygon do not fit: a hole outside, or across an edge, or in another hole.
    #[error("the rings of polygon {polygon} do not fit together: {why}")]
    RingsDoNotFit {
        /// Which polygon, from 0.
        polygon: usize,
        /// What is wrong with which rings.
        why: String,
    },
    /// Polygons of the district overlap or share an edge.
    #[error("the polygons do not fit together: {why}")]
    PolygonsDoNotFit {
        /// What is wrong with which polygons.
        why: String,
    },
}

/// A box of longitudes and latitudes, edges included, in degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// Lowest latitude.
    pub south: f64,
    /// Lowest longitude.
    pub west: f64,
    /// Highest latitude.
    pub north: f64,
    /// Highest longitude.
    pub east: f64,
}

impl Bounds {
    /// True if the place is inside or on the edge.
    pub fn contains(&self, place: Position) -> bool {
        (self.south..=self.north).contains(&place.latitude())
            && (self.west..=self.east).contains(&place.longitude())
    }

    /// True if the boxes share at least a point.
    pub fn touches(&self, other: &Self) -> bool {
        self.south <= other.north
            && other.south <= self.north
            && self.west <= other.east
            && other.west <= self.east
    }
}

/// An area with an id: one polygon or several, each with holes or none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Rings<Id>", into = "Rings<Id>")]
#[serde(bound(serialize = "Id: Clone + Serialize", deserialize = "Id: Deserialize<'de>"))]
pub struct District<Id> {
    id: Id,
    area: MultiPolygon<f64>,
    bounds: Bounds,
}

/// What a record says: for each polygon its outer ring, then its holes.
#[derive(Serialize, Deserialize)]
struct Rings<Id> {
    id: Id,
    polygons: Vec<Vec<Vec<Position>>>,
}

impl<Id> TryFrom<Rings<Id>> for District<Id> {
    type Error = DistrictError;
    fn try_from(rings: Rings<Id>) -> Result<Self, DistrictError> {
        Self::new(rings.id, &rings.polygons)
    }
}

impl<Id: Clone> From<District<Id>> for Rings<Id> {
    fn from(district: District<Id>) -> Self {
        Self { polygons: district.polygons(), id: district.id }
    }
}

impl<Id> District<Id> {
    /// Checks an area: for each polygon its outer ring, then its holes, each ring ending where it began.
    /// Rings may turn either way; a point given twice running is taken once.
    ///
    /// # Errors
    /// The first [`DistrictError`], rings in the order given, then how they fit together.
    pub fn new(id: Id, polygons: &[Vec<Vec<Position>>]) -> Result<Self, DistrictError> {
        if polygons.is_empty() {
            return Err(DistrictError::NoRing { polygon: 0 });
        }
        let area = polygons
            .iter()
            .enumerate()
            .map(|(number, rings)| checked_polygon(number, rings))
            .collect::<Result<Vec<_>, _>>()?;
        let area = MultiPolygon::new(area);
        if area.0.len() > 1 {
            area.check_validation()
                .map_err(|error| DistrictError::PolygonsDoNotFit { why: error.to_string() })?;
        }
        let rectangle = area.bounding_rect().expect("an area that passed the checks has points");
        let bounds = Bounds {
            south: rectangle.min().y,
            west: rectangle.min().x,
            north: rectangle.max().y,
            east: rectangle.max().x,
        };
        Ok(Self { id, area, bounds })
    }

    /// Whose area it is.
    pub const fn id(&self) -> &Id {
        &self.id
    }

    /// The smallest box around it.
    pub const fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// True if the place is inside or on an edge.
    pub fn contains(&self, place: Position) -> bool {
        self.bounds.contains(place)
            && self.area.0.iter().any(|polygon| match polygon.coordinate_position(&place.coord()) {
                CoordPos::Inside | CoordPos::OnBoundary => true,
                CoordPos::Outside => false,
            })
    }

    /// For each polygon its outer ring, then its holes, each ring ending where it began.
    pub fn polygons(&self) -> Vec<Vec<Vec<Position>>> {
        self.area.0.iter().map(rings_of).collect()
    }

    /// The shape, for computing with `geo`.
    pub(crate) const fn area(&self) -> &MultiPolygon<f64> {
        &self.area
    }
}

/// The rings of a polygon that was built from checked positions.
fn rings_of(polygon: &Polygon<f64>) -> Vec<Vec<Position>> {
    std::iter::once(polygon.exterior())
        .chain(polygon.interiors())
        .map(|ring| {
            ring.coords()
                .map(|c| Position::new(c.y, c.x).expect("a district is made of checked positions"))
                .collect()
        })
        .collect()
}

/// Checks each ring, then how they fit together.
fn checked_polygon(number: usize, rings: &[Vec<Position>]) -> Result<Polygon<f64>, DistrictError> {
    let mut checked = rings
        .iter()
        .enumerate()
        .map(|(ring, points)| ring::checked(RingName { polygon: number, ring }, points))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter();
    let exterior = checked.next().ok_or(DistrictError::NoRing { polygon: number })?;
    let polygon = Polygon::new(exterior, checked.collect());
    if !polygon.interiors().is_empty() {
        polygon
            .check_validation()
            .map_err(|error| DistrictError::RingsDoNotFit { polygon: number, why: error.to_string() })?;
    }
    Ok(polygon)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(points: &[(f64, f64)]) -> Vec<Position> {
        points.iter().map(|(x, y)| Position::new(*y, *x).unwrap()).collect()
    }

    /// A closed square by its south-west corner and side.
    fn square(x: f64, y: f64, side: f64) -> Vec<Position> {
        ring(&[(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)])
    }

    #[test]
    fn a_hole_is_outside_and_its_edge_is_inside() {
        let district = District::new("a", &[vec![square(0.0, 0.0, 9.0), square(3.0, 3.0, 3.0)]]).unwrap();
        let at = |x, y| district.contains(Position::new(y, x).unwrap());
        assert!(at(1.0, 1.0) && at(0.0, 0.0) && at(3.0, 4.0));
        assert!(!at(4.0, 4.0) && !at(9.1, 4.0));
        assert_eq!(district.bounds(), Bounds { south: 0.0, west: 0.0, north: 9.0, east: 9.0 });
    }

    #[test]
    fn rings_must_fit_together() {
        let refused = |polygons: &[Vec<Vec<Position>>]| District::new("a", polygons).unwrap_err();
        assert_eq!(refused(&[]), DistrictError::NoRing { polygon: 0 });
        assert_eq!(refused(&[vec![square(0.0, 0.0, 1.0)], vec![]]), DistrictError::NoRing { polygon: 1 });
        let hole_outside = refused(&[vec![square(0.0, 0.0, 2.0), square(5.0, 5.0, 1.0)]]);
        assert!(matches!(hole_outside, DistrictError::RingsDoNotFit { polygon: 0, .. }), "{hole_outside}");
        let hole_across = refused(&[vec![square(0.0, 0.0, 2.0), square(1.0, 1.0, 2.0)]]);
        assert!(matches!(hole_across, DistrictError::RingsDoNotFit { .. }), "{hole_across}");
        let overlapping = refused(&[vec![square(0.0, 0.0, 2.0)], vec![square(1.0, 1.0, 2.0)]]);
        assert!(matches!(overlapping, DistrictError::PolygonsDoNotFit { .. }), "{overlapping}");
    }

    #[test]
    fn an_area_at_the_date_line_is_two_polygons() {
        let west = ring(&[(-180.0, 0.0), (-179.0, 0.0), (-179.0, 1.0), (-180.0, 1.0), (-180.0, 0.0)]);
        let district = District::new("a", &[vec![square(179.0, 0.0, 1.0)], vec![west]]).unwrap();
        for x in [179.5, 180.0, -180.0, -179.5] {
            assert!(district.contains(Position::new(0.5, x).unwrap()), "{x}");
        }
        assert!(!district.contains(Position::new(0.5, 0.0).unwrap()));
    }

    #[test]
    fn json_reads_back_and_is_checked() {
        let district = District::new(
            7,
            &[vec![square(0.0, 0.0, 9.0), square(3.0, 3.0, 3.0)], vec![square(20.0, 0.0, 1.0)]],
        )
        .unwrap();
        let json = serde_json::to_string(&district).unwrap();
        assert_eq!(serde_json::from_str::<District<i32>>(&json).unwrap(), district);
        assert!(serde_json::from_str::<District<i32>>(r#"{"id":1,"polygons":[]}"#).is_err());
    }
}
