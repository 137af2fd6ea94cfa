//! From a directory to files: what `read` reads back to the same value.

use std::fmt::Write as _;

use domain::{
    directory::{Directory, District, PlanNeed, ResponsePlan, Titles},
    incident::{NeedMode, NeedTime},
};
use geography::Position;
use geojson::{Feature, FeatureCollection, Geometry, GeometryValue, JsonObject, JsonValue};
use toml::Value;

use crate::{
    Source,
    findings::Part,
    read::{CHOOSERS, MODES, TIMES},
};

/// Every file of the directory.
pub(crate) fn files(directory: &Directory) -> Vec<Source> {
    [
        (Part::Centre, centre(directory)),
        (Part::Districts, districts(directory)),
        (Part::Kinds, kinds(directory)),
        (Part::Stations, stations(directory)),
        (Part::Types, types(directory)),
        (Part::Units, units(directory)),
    ]
    .map(|(part, text)| Source { name: part.file().to_owned(), text })
    .into()
}

fn centre(directory: &Directory) -> String {
    let mut file = Table::default();
    let languages: Vec<Value> = directory.languages.iter().cloned().map(Value::String).collect();
    file.text("id", directory.centre.as_str());
    file.line("title", titles(&directory.title));
    file.line("illustrative", directory.illustrative);
    file.line("languages", Value::Array(languages));
    file.text("time_zone", &directory.time_zone);
    file.text("contact", &directory.contact);
    file.header("duplicates");
    file.line("within_m", directory.duplicates.within_m);
    file.line("within_s", directory.duplicates.within.0);
    file.header("travel");
    file.line("detour_factor", Value::Float(directory.travel.detour_factor));
    file.line("speed_km_h", Value::Float(directory.travel.speed_km_h));
    file.header("untyped");
    file.line("priority", directory.untyped_priority);
    file.line("plan", plan(&directory.untyped));
    file.0
}

fn stations(directory: &Directory) -> String {
    let mut file = Table::default();
    for (id, station) in &directory.stations {
        file.header(id.as_str());
        file.line("title", titles(&station.title));
        file.text("position", &degrees(station.position));
        if let Some(parent) = &station.parent {
            file.text("parent", parent.as_str());
        }
        file.text("contact", &station.contact);
    }
    file.0
}

fn kinds(directory: &Directory) -> String {
    let mut file = Table::default();
    for (id, kind) in &directory.kinds {
        file.header(id.as_str());
        file.line("title", titles(&kind.title));
        file.text("chosen_by", word(&CHOOSERS, kind.chosen_by));
        file.line("automatic", kind.automatic);
    }
    file.0
}

fn units(directory: &Directory) -> String {
    let mut file = Table::default();
    for (id, unit) in &directory.units {
        file.header(id.as_str());
        file.text("callsign", &unit.callsign);
        file.text("kind", unit.kind.as_str());
        file.text("desk", unit.desk.as_str());
        file.text("command", &unit.command);
        if let Some(beat) = unit.beat {
            file.text("beat", &degrees(beat));
        }
        if !unit.talkgroup.is_empty() {
            file.text("talkgroup", &unit.talkgroup);
        }
        if unit.radio_only {
            file.line("radio_only", true);
        }
    }
    file.0
}

fn types(directory: &Directory) -> String {
    let mut file = Table::default();
    for (id, incident_type) in &directory.types {
        file.header(id.as_str());
        file.line("title", titles(&incident_type.title));
        if let Some(parent) = &incident_type.parent {
            file.text("parent", parent.as_str());
        }
        file.line("priority", incident_type.priority);
        file.line("plan", plan(&incident_type.plan));
    }
    file.0
}

fn plan(plan: &ResponsePlan) -> String {
    if plan.needs.is_empty() {
        return "[]".to_owned();
    }
    let needs: String = plan.needs.iter().map(|line| format!("  {},\n", need(line))).collect();
    format!("[\n{needs}]")
}

fn need(need: &PlanNeed) -> String {
    // a plan has no requests yet: one that says so means a need that waits for them
    let when = match need.when {
        NeedTime::AtOnce => NeedTime::AtOnce,
        NeedTime::OnRequest | NeedTime::Requested => NeedTime::OnRequest,
    };
    let (when, mode): (&str, &str) = (word(&TIMES, when), word::<NeedMode>(&MODES, need.mode));
    let times = format!("desk_answer_s = {}, crew_answer_s = {}", need.desk_answer.0, need.crew_answer.0);
    format!(
        "{{ kind = {}, count = {}, when = \"{when}\", mode = \"{mode}\", {times} }}",
        quoted(need.kind.as_str()),
        need.count
    )
}

fn titles(titles: &Titles) -> String {
    let pairs: Vec<String> =
        titles.0.iter().map(|(language, text)| format!("{} = {}", quoted(language), quoted(text))).collect();
    format!("{{ {} }}", pairs.join(", "))
}

fn degrees(place: Position) -> String {
    format!("{}, {}", place.latitude(), place.longitude())
}

fn word<W: PartialEq>(words: &[(&'static str, W)], meaning: W) -> &'static str {
    words
        .iter()
        .find(|(_, known)| *known == meaning)
        .map(|(word, _)| *word)
        .expect("every meaning has a word")
}

fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

fn districts(directory: &Directory) -> String {
    let features = directory.districts.iter().map(|(id, district)| feature(id.as_str(), district)).collect();
    FeatureCollection { bbox: None, features, foreign_members: None }.to_string()
}

fn feature(id: &str, district: &District) -> Feature {
    let mut properties = JsonObject::new();
    properties.insert("id".to_owned(), JsonValue::from(id));
    properties.insert("station".to_owned(), JsonValue::from(district.station.as_str()));
    for (language, text) in &district.title.0 {
        properties.insert(format!("title_{language}"), JsonValue::from(text.as_str()));
    }
    let point = |place: &Position| geojson::Position::from([place.longitude(), place.latitude()]);
    let ring = |ring: &Vec<Position>| ring.iter().map(point).collect::<Vec<_>>();
    let coordinates =
        district.outlines.iter().map(|rings| rings.iter().map(ring).collect::<Vec<_>>()).collect();
    let geometry = Geometry::new(GeometryValue::MultiPolygon { coordinates });
    Feature { geometry: Some(geometry), properties: Some(properties), ..Feature::default() }
}

/// A TOML file as it grows, line by line.
#[derive(Default)]
struct Table(String);

impl Table {
    fn header(&mut self, name: &str) {
        let gap = if self.0.is_empty() { "" } else { "\n" };
        self.push(format_args!("{gap}[{name}]"));
    }

    fn text(&mut self, name: &str, text: &str) {
        self.line(name, quoted(text));
    }

    fn line(&mut self, name: &str, value: impl std::fmt::Display) {
        self.push(format_args!("{name} = {value}"));
    }

    fn push(&mut self, line: std::fmt::Arguments<'_>) {
        writeln!(self.0, "{line}").expect("a text takes any line");
    }
}
