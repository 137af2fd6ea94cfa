//! `kinds.toml`: kinds of unit.

use std::collections::BTreeMap;

use domain::{
    UnitKindId,
    directory::{ChosenBy, UnitKind},
};

use super::{document::Document, fields::Fields};
use crate::findings::{Findings, Part};

/// Words for who chooses a unit.
pub(crate) const CHOOSERS: [(&str, ChosenBy); 3] =
    [("centre", ChosenBy::Centre), ("duty_desk", ChosenBy::DutyDesk), ("either", ChosenBy::Either)];

pub(super) fn read(text: &str, found: &mut Findings) -> BTreeMap<UnitKindId, UnitKind> {
    let document = Document::parse(Part::Kinds, text, found);
    document.entries(found, read_kind).into_iter().collect()
}

fn read_kind(mut fields: Fields<'_, '_>) -> UnitKind {
    let kind = UnitKind {
        title: fields.titles("title"),
        chosen_by: fields.required_word("chosen_by", &CHOOSERS, ChosenBy::Either),
        automatic: fields.required_flag("automatic"),
    };
    fields.finish();
    kind
}
