//! Positions that are possible and yet look wrong: swapped, or far from everything else.

use domain::directory::Directory;
use geography::{Bounds, District, Position, distance};

use crate::{
    ProblemCode,
    findings::{Findings, Part, Subject},
    limits,
};

/// What is wrong with a place, and the sentence for it.
type Doubt = (ProblemCode, String);

pub(super) fn check(directory: &Directory, found: &mut Findings) {
    let shapes: Vec<_> = directory
        .districts
        .iter()
        .filter_map(|(id, district)| District::new(id, &district.outlines).ok())
        .collect();
    let points: Vec<(Subject, &str, Position)> = points(directory);
    let Some(middle) = middle(&shapes, &points) else {
        return;
    };
    let mut ground: Option<Bounds> = None;
    for shape in &shapes {
        match doubt_of(centre_of(shape.bounds()), limits::SPREAD_MAX, |place| distance(place, middle)) {
            Some((code, sentence)) => {
                let subject = Subject::entry(Part::Districts, shape.id()).field("geometry").field("place");
                found.report(subject, code, sentence);
            }
            None => ground = Some(ground.map_or(shape.bounds(), |ground| around(ground, shape.bounds()))),
        }
    }
    let Some(ground) = ground else {
        return;
    };
    for (subject, name, place) in points {
        let doubt = doubt_of(place, limits::OUTSIDE_MAX, |place| distance(place, nearest_in(ground, place)));
        if let Some((code, sentence)) = doubt {
            found.report(subject, code, format!("`{name}` {sentence}"));
        }
    }
}

/// Every single place of the directory.
fn points(directory: &Directory) -> Vec<(Subject, &'static str, Position)> {
    let stations = directory.stations.iter().map(|(id, station)| {
        (Subject::entry(Part::Stations, id).field("position"), "position", station.position)
    });
    let beats = directory
        .units
        .iter()
        .filter_map(|(id, unit)| Some((Subject::entry(Part::Units, id).field("beat"), "beat", unit.beat?)));
    stations.chain(beats).collect()
}

/// What is wrong with a place that is further than `most` from where it should be.
fn doubt_of(
    place: Position,
    most: geography::Metres,
    away: impl Fn(Position) -> geography::Metres,
) -> Option<Doubt> {
    if away(place) <= most {
        return None;
    }
    let swapped = Position::new(place.longitude(), place.latitude()).ok();
    if swapped.is_some_and(|swapped| away(swapped) <= most) {
        let sentence = format!(
            "lies at latitude {}, longitude {}, which looks swapped; write latitude first in TOML, longitude first in GeoJSON",
            place.latitude(),
            place.longitude()
        );
        return Some((ProblemCode::PositionSwapped, sentence));
    }
    let kilometres = away(place).as_f64() / 1000.0;
    let sentence = format!("({place}) lies {kilometres:.0} km from where the centre is; correct it");
    Some((ProblemCode::PositionFar, sentence))
}

/// The median latitude and longitude of everything: a few wrong places do not move it.
fn middle<Id>(shapes: &[District<Id>], points: &[(Subject, &str, Position)]) -> Option<Position> {
    let centres = shapes.iter().map(|shape| centre_of(shape.bounds()));
    let all: Vec<Position> = centres.chain(points.iter().map(|(_, _, place)| *place)).collect();
    let median = |of: fn(Position) -> f64| {
        let mut degrees: Vec<f64> = all.iter().map(|place| of(*place)).collect();
        degrees.sort_by(f64::total_cmp);
        degrees.get(degrees.len() / 2).copied()
    };
    Position::new(median(Position::latitude)?, median(Position::longitude)?).ok()
}

fn centre_of(bounds: Bounds) -> Position {
    Position::new((bounds.south + bounds.north) / 2.0, (bounds.west + bounds.east) / 2.0)
        .expect("between two positions lies a position")
}

/// The smallest box around two.
const fn around(a: Bounds, b: Bounds) -> Bounds {
    Bounds {
        south: a.south.min(b.south),
        west: a.west.min(b.west),
        north: a.north.max(b.north),
        east: a.east.max(b.east),
    }
}

/// The place in the box that is nearest to `place`.
fn nearest_in(ground: Bounds, place: Position) -> Position {
    Position::new(
        place.latitude().clamp(ground.south, ground.north),
        place.longitude().clamp(ground.west, ground.east),
    )
    .expect("a district's bounds are positions")
}
