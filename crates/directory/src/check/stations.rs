//! Stations: reachable by voice, and substations below a station.

use std::collections::BTreeMap;

use domain::directory::Directory;

use super::{parent_cycles, reference, texts};
use crate::{
    ProblemCode,
    findings::{Findings, Part, Subject},
};

pub(super) fn check(directory: &Directory, found: &mut Findings) {
    let mut parents = BTreeMap::new();
    for (id, station) in &directory.stations {
        let subject = Subject::entry(Part::Stations, id);
        texts::titles(&subject, &station.title, &directory.languages, found);
        if station.contact.trim().is_empty() {
            let sentence = "has no `contact`; write the telephone number or talkgroup of its duty desk: it is what is left when the link is down";
            found.report(subject.field("contact"), ProblemCode::StationWithoutContact, sentence);
        } else {
            texts::line_or_nothing(subject.field("contact"), "`contact`", &station.contact, found);
        }
        if let Some(parent) = &station.parent {
            let known = (Part::Stations, &directory.stations);
            reference(subject.field("parent"), ProblemCode::UnknownParent, known, parent, found);
            parents.insert(id.clone(), parent.clone());
        }
    }
    parent_cycles(Part::Stations, &parents, found);
}
