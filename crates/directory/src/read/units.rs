//! `units.toml`: what can be sent.

use std::collections::BTreeMap;

use domain::{UnitId, directory::UnitEntry};

use super::{document::Document, fields::Fields};
use crate::findings::{Findings, Part};

pub(super) fn read(text: &str, found: &mut Findings) -> BTreeMap<UnitId, UnitEntry> {
    let document = Document::parse(Part::Units, text, found);
    document.entries(found, read_unit).into_iter().collect()
}

fn read_unit(mut fields: Fields<'_, '_>) -> UnitEntry {
    let kind = fields.id("kind");
    if kind.is_none() {
        // how many units of each kind there are cannot be told any more
        fields.doubt();
    }
    let desk: domain::StationId = fields.required_id("desk");
    let unit = UnitEntry {
        callsign: fields.required_text("callsign", "\"21\""),
        kind: kind.unwrap_or_else(|| fields.required_id("kind")),
        command: fields.text("command").unwrap_or_else(|| desk.to_string()),
        beat: fields.position("beat"),
        talkgroup: fields.text("talkgroup").unwrap_or_default(),
        radio_only: fields.flag("radio_only"),
        desk,
    };
    fields.finish();
    unit
}
