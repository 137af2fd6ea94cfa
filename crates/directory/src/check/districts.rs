//! Districts: a station each, proper shapes, no ground twice.

use domain::{DistrictId, directory::Directory};
use geography::{District, DistrictError, DistrictIndex};

use super::{reference, texts};
use crate::{
    ProblemCode,
    findings::{Findings, Part, Subject},
    limits,
};

pub(super) fn check(directory: &Directory, found: &mut Findings) {
    let mut shapes = Vec::new();
    for (id, district) in &directory.districts {
        let subject = Subject::entry(Part::Districts, id);
        texts::titles(&subject, &district.title, &directory.languages, found);
        let stations = (Part::Stations, &directory.stations);
        reference(subject.field("station"), ProblemCode::UnknownStation, stations, &district.station, found);
        match District::new(id.clone(), &district.outlines) {
            Ok(shape) => shapes.push(shape),
            Err(error) => {
                let (code, advice) = of_shape(&error);
                found.report(subject.field("geometry"), code, format!("{error}; {advice}"));
            }
        }
    }
    overlaps(shapes, found);
}

/// The code and the advice for a shape that is none.
const fn of_shape(error: &DistrictError) -> (ProblemCode, &'static str) {
    match error {
        DistrictError::NotClosed { .. } => (ProblemCode::PolygonOpen, "repeat its first point as its last"),
        DistrictError::SelfCrossing { .. } => {
            (ProblemCode::PolygonCrossesItself, "redraw it there, or put its points in order")
        }
        DistrictError::NoRing { .. }
        | DistrictError::TooFewPoints { .. }
        | DistrictError::TooManyPoints { .. }
        | DistrictError::CrossesDateLine { .. }
        | DistrictError::RingsDoNotFit { .. }
        | DistrictError::PolygonsDoNotFit { .. } => (ProblemCode::PolygonUnfit, "redraw it"),
    }
}

fn overlaps(shapes: Vec<District<DistrictId>>, found: &mut Findings) {
    let index = DistrictIndex::new(shapes).expect("a map's keys are different");
    for overlap in index.overlaps(limits::OVERLAP_MAX) {
        let sentence = format!(
            "claims {} that `{}` claims too; move one border to the other (up to {} is let pass)",
            overlap.area,
            overlap.first,
            limits::OVERLAP_MAX
        );
        // the feature further down is the one to look at: the other was there before
        let subject = Subject::entry(Part::Districts, &overlap.second).field("geometry");
        found.report(subject.field("overlap").field(&overlap.first), ProblemCode::DistrictsOverlap, sentence);
    }
}
