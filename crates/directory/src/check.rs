//! Whether the parts of a directory fit together, wherever it came from.

mod centre;
mod districts;
mod places;
mod plans;
mod stations;
mod texts;
mod units;

use std::collections::{BTreeMap, BTreeSet};

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

/// Reports every circle of parents once, at its lowest id: it is one mistake, however many entries it runs through.
fn parent_cycles<Id: Ord + AsText>(part: Part, parents: &BTreeMap<Id, Id>, found: &mut Findings) {
    let mut done: BTreeSet<&Id> = BTreeSet::new();
    for start in parents.keys() {
        let mut path: Vec<&Id> = Vec::new();
        let mut next = Some(start);
        while let Some(id) = next.filter(|id| done.insert(id)) {
            path.push(id);
            next = parents.get(id);
        }
        // the walk ended at an id that was seen: in this walk it closes a circle, in an earlier one it was dealt with
        if let Some(closing) = next
            && let Some(entry) = path.iter().position(|id| *id == closing)
        {
            report_cycle(part, &mut path[entry..], found);
        }
    }
}

fn report_cycle<Id: Ord + AsText>(part: Part, circle: &mut [&Id], found: &mut Findings) {
    let lowest = circle.iter().enumerate().min_by_key(|(_, id)| **id).map_or(0, |(place, _)| place);
    circle.rotate_left(lowest);
    let names: Vec<String> =
        circle.iter().chain(circle.first()).map(|id| format!("`{}`", id.text())).collect();
    let sentence = format!("is its own ancestor ({}); take one of these parents out", names.join(" → "));
    if let Some(first) = circle.first() {
        let subject = Subject::entry(part, first.text()).field("parent");
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

#[cfg(test)]
mod tests {
    use domain::StationId;

    use super::*;

    #[test]
    fn each_circle_is_reported_once_at_its_lowest_id_and_what_leads_into_it_is_not() {
        let id = |text: &str| StationId::new(text).unwrap();
        let parents = [("a", "c"), ("c", "d"), ("d", "b"), ("b", "c"), ("e", "a"), ("f", "f"), ("g", "gone")]
            .map(|(child, parent)| (id(child), id(parent)));
        let mut found = Findings::default();
        parent_cycles(Part::Stations, &parents.into(), &mut found);
        let said: Vec<String> = found.into_problems().into_iter().map(|problem| problem.message).collect();
        let advice = "; take one of these parents out";
        let expected = [
            format!("station `b`: is its own ancestor (`b` → `c` → `d` → `b`){advice}"),
            format!("station `f`: is its own ancestor (`f` → `f`){advice}"),
        ];
        assert_eq!(said, expected);
    }
}
