//! One closed line around an area or a hole.

use std::fmt;

use geo::{
    Line, LineString,
    line_intersection::{LineIntersection, line_intersection},
};

use super::DistrictError;
use crate::Position;

/// Most points in a ring: a city's surveyed boundary has a few thousand, and a map drawn in metre
/// steps should be simplified before it is asked about at every call.
pub const RING_POINTS_MAX: usize = 20_000;

/// Names a ring of a district.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RingName {
    /// Which polygon, from 0.
    pub polygon: usize,
    /// Which ring of it: 0 is the outer one, then its holes.
    pub ring: usize,
}

impl fmt::Display for RingName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ring {
            0 => write!(f, "the outer ring of polygon {}", self.polygon),
            hole => write!(f, "hole {hole} of polygon {}", self.polygon),
        }
    }
}

/// Two segments of a ring that meet where they should not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CrossedSegments {
    /// The earlier segment.
    pub first: usize,
    /// The later segment.
    pub second: usize,
    /// Where they meet; of a stretch they share, one end.
    pub at: Position,
}

/// A segment between two different points, with the number its first vertex had in the ring as given.
struct Segment {
    number: usize,
    line: Line<f64>,
}

impl Segment {
    fn west(&self) -> f64 {
        self.line.start.x.min(self.line.end.x)
    }

    fn east(&self) -> f64 {
        self.line.start.x.max(self.line.end.x)
    }
}

/// Checks one ring: length, closed, date line, crossings, in this order.
pub(super) fn checked(ring: RingName, points: &[Position]) -> Result<LineString<f64>, DistrictError> {
    if points.len() > RING_POINTS_MAX {
        return Err(DistrictError::TooManyPoints { ring, points: points.len() });
    }
    if points.len() < 4 {
        return Err(DistrictError::TooFewPoints { ring, points: points.len() });
    }
    let last = points.len() - 1;
    if points[0] != points[last] {
        return Err(DistrictError::NotClosed { ring, last });
    }
    let segments: Vec<Segment> = points
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| pair[0] != pair[1])
        .map(|(number, pair)| Segment { number, line: Line::new(pair[0].coord(), pair[1].coord()) })
        .collect();
    if segments.len() < 3 {
        // a ring of n segments has n + 1 points, the last as the first
        return Err(DistrictError::TooFewPoints { ring, points: segments.len() + 1 });
    }
    if let Some(long) = segments.iter().find(|segment| segment.east() - segment.west() > 180.0) {
        return Err(DistrictError::CrossesDateLine { ring, segment: long.number });
    }
    if let Some(crossed) = first_crossing(&segments) {
        return Err(DistrictError::SelfCrossing { ring, crossed });
    }
    let mut line: Vec<_> = segments.iter().map(|segment| segment.line.start).collect();
    line.push(points[last].coord());
    Ok(LineString::new(line))
}

/// The first pair of segments that meet elsewhere than at the vertex between them.
fn first_crossing(segments: &[Segment]) -> Option<CrossedSegments> {
    // from west to east, each segment is compared only with those that begin before it ends
    let mut order: Vec<usize> = (0..segments.len()).collect();
    order.sort_by(|a, b| segments[*a].west().total_cmp(&segments[*b].west()));
    let mut found: Option<CrossedSegments> = None;
    for (place, one) in order.iter().enumerate() {
        let east = segments[*one].east();
        for other in order[place + 1..].iter().take_while(|other| segments[**other].west() <= east) {
            let (first, second) = (*one.min(other), *one.max(other));
            let Some(at) = meeting(segments, first, second) else { continue };
            let crossed =
                CrossedSegments { first: segments[first].number, second: segments[second].number, at };
            if found.is_none_or(|known| (crossed.first, crossed.second) < (known.first, known.second)) {
                found = Some(crossed);
            }
        }
    }
    found
}

/// Where two segments meet although they should not; neighbours may share their vertex and nothing else.
fn meeting(segments: &[Segment], first: usize, second: usize) -> Option<Position> {
    let neighbours = second == first + 1 || (first == 0 && second == segments.len() - 1);
    let at = match line_intersection(segments[first].line, segments[second].line)? {
        LineIntersection::SinglePoint { .. } if neighbours => return None,
        LineIntersection::SinglePoint { intersection, .. } => intersection,
        LineIntersection::Collinear { intersection } => intersection.start,
    };
    // the point lies between places that are in range; rounding may push it over by a bit
    Position::new(at.y.clamp(-90.0, 90.0), at.x.clamp(-180.0, 180.0)).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RING: RingName = RingName { polygon: 0, ring: 0 };

    fn check(points: &[(f64, f64)]) -> Result<LineString<f64>, DistrictError> {
        let points: Vec<Position> = points.iter().map(|(x, y)| Position::new(*y, *x).unwrap()).collect();
        checked(RING, &points)
    }

    fn crossing(points: &[(f64, f64)]) -> (usize, usize, f64, f64) {
        match check(points) {
            Err(DistrictError::SelfCrossing { crossed, .. }) => {
                (crossed.first, crossed.second, crossed.at.longitude(), crossed.at.latitude())
            }
            other => panic!("expected a crossing, got {other:?}"),
        }
    }

    #[test]
    fn a_ring_is_closed_and_has_three_sides() {
        let closed = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)];
        assert!(check(&closed).is_ok());
        assert_eq!(check(&closed[..3]), Err(DistrictError::TooFewPoints { ring: RING, points: 3 }));
        let open = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
        assert_eq!(check(&open), Err(DistrictError::NotClosed { ring: RING, last: 3 }));
        let flat = [(0.0, 0.0), (1.0, 0.0), (1.0, 0.0), (0.0, 0.0)];
        assert_eq!(check(&flat), Err(DistrictError::TooFewPoints { ring: RING, points: 3 }));
    }

    #[test]
    fn a_point_given_twice_running_is_taken_once_and_numbers_stay_as_given() {
        let ring = check(&[(0.0, 0.0), (1.0, 0.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)]).unwrap();
        assert_eq!(ring.0.len(), 4);
        let bow = [(0.0, 0.0), (0.0, 0.0), (2.0, 2.0), (2.0, 0.0), (0.0, 2.0), (0.0, 0.0)];
        assert_eq!(crossing(&bow), (1, 3, 1.0, 1.0));
    }

    #[test]
    fn crossings_touches_and_spikes_are_named() {
        assert_eq!(crossing(&[(0.0, 0.0), (2.0, 2.0), (2.0, 0.0), (0.0, 2.0), (0.0, 0.0)]), (0, 2, 1.0, 1.0));
        // a vertex that touches an earlier segment
        let touch = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (2.0, 0.0), (0.0, 4.0), (0.0, 0.0)];
        assert_eq!(crossing(&touch), (0, 2, 2.0, 0.0));
        // out and back over the same ground
        let spike = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (4.0, 2.0), (0.0, 4.0), (0.0, 0.0)];
        let (first, second, ..) = crossing(&spike);
        assert_eq!((first, second), (1, 2));
        // on from the last segment over the first
        let tail = [(1.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 0.0), (2.0, 0.0), (1.0, 0.0)];
        let (first, ..) = crossing(&tail);
        assert_eq!(first, 0);
    }

    #[test]
    fn a_straight_run_of_vertices_is_no_crossing() {
        assert!(check(&[(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (2.0, 1.0), (0.0, 1.0), (0.0, 0.0)]).is_ok());
    }

    #[test]
    fn the_date_line_is_named() {
        let across = [(179.0, 0.0), (-179.0, 0.0), (-179.0, 1.0), (179.0, 1.0), (179.0, 0.0)];
        assert_eq!(check(&across), Err(DistrictError::CrossesDateLine { ring: RING, segment: 0 }));
    }

    #[test]
    fn a_ring_as_long_as_allowed_is_checked_quickly_and_a_longer_one_refused() {
        let circle = |count: usize| -> Vec<(f64, f64)> {
            let mut points: Vec<_> = (0..count - 1)
                .map(|n| (std::f64::consts::TAU * n as f64 / (count - 1) as f64).sin_cos())
                .collect();
            points.push(points[0]);
            points
        };
        assert!(check(&circle(RING_POINTS_MAX)).is_ok());
        let points = RING_POINTS_MAX + 1;
        assert_eq!(check(&circle(points)), Err(DistrictError::TooManyPoints { ring: RING, points }));
    }

    proptest! {
        #[test]
        fn a_star_is_accepted_and_swapping_two_of_its_vertices_is_not(
            radii in prop::collection::vec(1.0..2.0_f64, 8..40),
            swap in 0..8_usize,
        ) {
            let count = radii.len();
            let mut points: Vec<(f64, f64)> = radii
                .iter()
                .enumerate()
                .map(|(n, radius)| {
                    let (sin, cos) = (std::f64::consts::TAU * n as f64 / count as f64).sin_cos();
                    (74.6 + radius * cos, 42.87 + radius * sin)
                })
                .collect();
            points.push(points[0]);
            prop_assert!(check(&points).is_ok());
            // opposite vertices exchanged make four chords through the middle
            points.swap(1 + swap % (count / 2 - 1), 1 + swap % (count / 2 - 1) + count / 2 - 1);
            let is_self_crossing = matches!(check(&points), Err(DistrictError::SelfCrossing { .. }));
            prop_assert!(is_self_crossing);
        }
    }
}
