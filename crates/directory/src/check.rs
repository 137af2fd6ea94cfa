//! Whether the parts of a directory fit together, wherever it came from.

mod centre;
mod districts;
mod places;
mod plans;
mod stations;
mod texts;
mod units;

use std::collections::BTreeMap;

use domain::{Seconds, directory::Directory};

use crate::{
    ProblemCode,
    findings::{Findings, Part, Subject},
    limits, spelling,
};

/// Reports everything that does not fit.
pub(crate) fn directory(directory: &Directory, found: &mut Findings) {
    centre::check(directory, found);
    empty_parts(directory, found);
    stations::check(directory, found);
    districts::check(directory, found);
    texts::kinds(directory, found);
    units::check(directory, found);
    plans::check(directory, found);
    places::check(directory, found);
}

/// True if a desk or crew may be given this long to answer.
pub(crate) fn answer_fits(answer: Seconds) -> bool {
    (limits::ANSWER_MIN..=limits::ANSWER_MAX).contains(&answer)
}

fn empty_parts(directory: &Directory, found: &mut Findings) {
    let parts = [
        (Part::Districts, directory.districts.is_empty()),
        (Part::Kinds, directory.kinds.is_empty()),
        (Part::Stations, directory.stations.is_empty()),
        (Part::Types, directory.types.is_empty()),
        (Part::Units, directory.units.is_empty()),
    ];
    for (part, empty) in parts {
        if empty && found.sound(part) {
            let sentence = format!("there is no {} at all; write one at least", part.noun());
            found.report(Subject::whole(part), ProblemCode::EmptyPart, sentence);
        }
    }
}

/// Reports a reference to something that is not there, unless its part could not be read.
fn reference<Id: Ord + AsText, Entry>(
    subject: Subject,
    code: ProblemCode,
    (part, known): (Part, &BTreeMap<Id, Entry>),
    id: &Id,
    found: &mut Findings,
) {
    if found.sound(part) && !known.contains_key(id) {
        let hint = spelling::hint(id.text(), known.keys().map(AsText::text));
        let sentence = format!(
            "there is no {} `{}`{hint}; name one of {}, or add it there",
            part.noun(),
            id.text(),
            part.file()
        );
        found.report(subject, code, sentence);
    }
}

/// Every id that leads back to itself through its parents is reported, once for each circle.
fn parent_cycles<Id: Ord + AsText + Clone>(part: Part, parents: &BTreeMap<Id, Id>, found: &mut Findings) {
    for start in parents.keys() {
        let mut circle = vec![start];
        let mut next = parents.get(start);
        while let Some(id) = next {
            if id == start {
                report_cycle(part, &circle, found);
                break;
            }
            if circle.contains(&id) {
                break;
            }
            circle.push(id);
            next = parents.get(id);
        }
    }
}

/// Reports a circle at its lowest id only: it is one mistake, however many entries it runs through.
fn report_cycle<Id: Ord + AsText>(part: Part, circle: &[&Id], found: &mut Findings) {
    let start = circle[0];
    if circle.iter().all(|id| start <= *id) {
        let names: Vec<String> = circle.iter().chain([&start]).map(|id| format!("`{}`", id.text())).collect();
        let sentence = format!("is its own ancestor ({}); take one of these parents out", names.join(" → "));
        let subject = Subject::entry(part, start.text()).field("parent");
        found.report(subject, ProblemCode::ParentCycle, sentence);
    }
}

/// An id that has a text.
trait AsText {
    fn text(&self) -> &str;
}

macro_rules! as_text {
    ($($id:ty),*) => {
        $(impl AsText for $id {
            fn text(&self) -> &str {
                self.as_str()
            }
        })*
    };
}

as_text!(domain::StationId, domain::UnitKindId, domain::IncidentTypeId);
