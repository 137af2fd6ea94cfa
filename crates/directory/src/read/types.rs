//! `types.toml`: incident types and what is done for each.

use std::collections::BTreeMap;

use domain::{IncidentTypeId, directory::IncidentType};

use super::{document::Document, plan};
use crate::findings::{Findings, Part};

pub(super) fn read(
    text: &str,
    answers: plan::Answers,
    found: &mut Findings,
) -> BTreeMap<IncidentTypeId, IncidentType> {
    let document = Document::parse(Part::Types, text, found);
    let entries = document.entries(found, |mut fields| {
        let incident_type = IncidentType {
            title: fields.titles("title"),
            parent: fields.id("parent"),
            priority: plan::priority(&mut fields),
            plan: plan::read(&mut fields, answers),
        };
        fields.finish();
        incident_type
    });
    entries.into_iter().collect()
}
