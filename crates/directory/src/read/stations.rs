//! `stations.toml`: stations and substations, each with its duty desk.

use std::collections::BTreeMap;

use domain::{StationId, directory::Station};

use super::{document::Document, fields::Fields};
use crate::findings::{Findings, Part};

pub(super) fn read(text: &str, found: &mut Findings) -> BTreeMap<StationId, Station> {
    let document = Document::parse(Part::Stations, text, found);
    document.entries(found, read_station).into_iter().collect()
}

fn read_station(mut fields: Fields<'_, '_>) -> Station {
    let station = Station {
        title: fields.titles("title"),
        position: fields.required_position("position"),
        parent: fields.id("parent"),
        // one that is missing is as empty as one that is blank: the check says so
        contact: fields.text("contact").unwrap_or_default(),
    };
    fields.finish();
    station
}
