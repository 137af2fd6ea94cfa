//! `centre.toml`: the centre itself.

use std::collections::BTreeMap;

use domain::{
    Seconds,
    directory::{Directory, DuplicateRule, Travel},
};

use super::{document::Document, fields::Fields, plan};
use crate::{
    ProblemCode,
    findings::{Findings, Part},
};

/// A directory with no entry yet, and what its plans take from the centre.
pub(super) struct Centre {
    pub(super) directory: Directory,
    pub(super) answers: plan::Answers,
}

pub(super) fn read(text: &str, found: &mut Findings) -> Centre {
    let document = Document::parse(Part::Centre, text, found);
    let read_through = found.sound(Part::Centre);
    let mut unread = Findings::default();
    // a file that could not be read was reported; that all its fields are missing need not be said
    let mut fields = document.whole(if read_through { found } else { &mut unread });
    let answers = fields.inner("answers").map(plan::answers).unwrap_or_default();
    let (untyped_priority, untyped) = match fields.inner("untyped") {
        Some(mut untyped) => {
            let read = (plan::priority(&mut untyped), plan::read(&mut untyped, answers));
            untyped.finish();
            read
        }
        None => {
            let sentence = "there is no [untyped]; write its `priority` and `plan`: what is done for a call whose type nobody knows";
            fields.report("untyped", ProblemCode::MissingField, sentence);
            (domain::Priority::LEAST, domain::directory::ResponsePlan::default())
        }
    };
    let directory = Directory {
        centre: fields.required_id("id"),
        title: fields.titles("title"),
        illustrative: fields.flag("illustrative"),
        languages: fields.texts("languages", "[\"ky\", \"ru\"]"),
        time_zone: fields.required_text("time_zone", "\"Asia/Bishkek\""),
        contact: fields.required_text("contact", "\"+996 312 00-00-00\""),
        duplicates: fields.inner("duplicates").map(duplicates).unwrap_or_default(),
        travel: fields.inner("travel").map(travel).unwrap_or_default(),
        districts: BTreeMap::new(),
        stations: BTreeMap::new(),
        kinds: BTreeMap::new(),
        units: BTreeMap::new(),
        types: BTreeMap::new(),
        untyped,
        untyped_priority,
    };
    fields.finish();
    Centre { directory, answers }
}

fn duplicates(mut fields: Fields<'_, '_>) -> DuplicateRule {
    let code = ProblemCode::DuplicatesOutOfRange;
    let usual = DuplicateRule::default();
    let rule = DuplicateRule {
        within_m: fields.whole("within_m", code, "metres above 0").unwrap_or(usual.within_m),
        within: fields.whole("within_s", code, "seconds above 0").map_or(usual.within, Seconds),
    };
    fields.finish();
    rule
}

fn travel(mut fields: Fields<'_, '_>) -> Travel {
    let usual = Travel::default();
    let travel = Travel {
        detour_factor: fields.number("detour_factor").unwrap_or(usual.detour_factor),
        speed_km_h: fields.number("speed_km_h").unwrap_or(usual.speed_km_h),
    };
    fields.finish();
    travel
}
