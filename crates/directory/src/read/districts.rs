//! `districts.geojson`: one feature a district, as any map program exports it.
//!
//! Members and properties that nobody here asks for are not looked at: map programs add their own.

use std::collections::BTreeMap;

use domain::{
    DistrictId,
    directory::{District, Titles},
};
use geography::Position;
use geojson::{Feature, GeometryValue, JsonValue, PolygonType, feature::Id};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::fields::out_of_range;
use crate::{
    ProblemCode,
    findings::{Findings, Part, Subject, numbered},
    lines::Lines,
};

/// The outside of the file. Features stay text, so that each knows its line and a broken one spoils no other.
#[derive(Deserialize)]
struct Collection<'a> {
    #[serde(rename = "type")]
    name: String,
    #[serde(borrow)]
    features: Vec<&'a RawValue>,
}

/// What precedes the language in the name of a title's property.
const TITLE: &str = "title_";

pub(super) fn read(text: &str, found: &mut Findings) -> BTreeMap<DistrictId, District> {
    let mut districts = BTreeMap::new();
    if !found.sound(Part::Districts) {
        return districts;
    }
    let lines = Lines::of(text);
    let features = match serde_json::from_str::<Collection<'_>>(text) {
        Ok(collection) if collection.name == "FeatureCollection" => collection.features,
        Ok(collection) => {
            let sentence = format!("the file is a `{}`; export a `FeatureCollection`", collection.name);
            return unreadable(found, 1, &sentence, districts);
        }
        Err(error) => {
            let sentence = format!("the file is not GeoJSON: {}", without_place(&error));
            return unreadable(found, line_of(&error), &sentence, districts);
        }
    };
    for (number, feature) in features.into_iter().enumerate() {
        // a feature is a piece of the text, so the distance between their beginnings is its place
        let offset = feature.get().as_ptr() as usize - text.as_ptr() as usize;
        let line = lines.line(offset);
        let subject = Subject::entry(Part::Districts, numbered(number + 1));
        found.place(subject.clone(), line);
        match serde_json::from_str::<Feature>(feature.get()) {
            Ok(feature) => read_feature(subject, line, feature, found, &mut districts),
            Err(error) => {
                let sentence =
                    format!("is not a GeoJSON feature: {}; export it again", without_place(&error));
                found.report(subject, ProblemCode::BadGeojson, sentence);
                found.doubt(Part::Districts);
            }
        }
    }
    districts
}

/// The line of a parser's error, from 1.
fn line_of(error: &serde_json::Error) -> u32 {
    u32::try_from(error.line()).unwrap_or(u32::MAX).max(1)
}

/// A parser's error without its line and column: the line is told apart, and that of a
/// feature is where it begins.
fn without_place(error: &serde_json::Error) -> String {
    let place = format!(" at line {} column {}", error.line(), error.column());
    let sentence = error.to_string();
    sentence.strip_suffix(&place).map(str::to_owned).unwrap_or(sentence)
}

fn unreadable(
    found: &mut Findings,
    line: u32,
    sentence: &str,
    none: BTreeMap<DistrictId, District>,
) -> BTreeMap<DistrictId, District> {
    found.report_at(Subject::whole(Part::Districts), Some(line), ProblemCode::BadGeojson, sentence);
    found.doubt(Part::Districts);
    none
}

/// Reads one feature and puts it among the districts.
fn read_feature(
    unnamed: Subject,
    line: u32,
    feature: Feature,
    found: &mut Findings,
    districts: &mut BTreeMap<DistrictId, District>,
) {
    let id = id_of(&unnamed, &feature, found);
    let subject = match &id {
        Some(id) => Subject::entry(Part::Districts, id),
        None => unnamed,
    };
    if id.as_ref().is_some_and(|id| districts.contains_key(id)) {
        let earlier = found.line(&subject).map_or_else(String::new, |line| format!(" on line {line}"));
        let sentence = format!(
            "is there already{earlier}; give one of them another id, or join them to one MultiPolygon"
        );
        found.report_at(subject.field("twice").field(line), Some(line), ProblemCode::DuplicateId, sentence);
        return;
    }
    found.place(subject.clone(), line);
    let district = District {
        title: titles_of(&subject, &feature, found),
        station: station_of(&subject, &feature, found),
        outlines: outlines_of(&subject, feature.geometry.map(|geometry| geometry.value), found),
    };
    districts.extend(id.map(|id| (id, district)));
}

/// The property `id`, or the feature's own id.
fn id_of(subject: &Subject, feature: &Feature, found: &mut Findings) -> Option<DistrictId> {
    let own = match &feature.id {
        Some(Id::String(text)) => Some(text.as_str()),
        Some(Id::Number(_)) | None => None,
    };
    let Some(text) = text_of(feature, "id").or(own) else {
        let sentence = "has no property `id`; write one, such as \"id\": \"leninsky\"";
        found.report(subject.clone(), ProblemCode::MissingField, sentence);
        return None;
    };
    match DistrictId::new(text) {
        Ok(id) => Some(id),
        Err(error) => {
            found.report(subject.clone(), ProblemCode::BadId, format!("{error}; rename it"));
            None
        }
    }
}

fn station_of(subject: &Subject, feature: &Feature, found: &mut Findings) -> domain::StationId {
    let read = match text_of(feature, "station") {
        Some(text) if !text.trim().is_empty() => domain::StationId::new(text).map_err(|error| {
            let sentence = format!("in `station`, {error}");
            found.report(subject.field("station"), ProblemCode::BadId, sentence);
        }),
        Some(_) | None => {
            let sentence = "has no property `station`; write the id of the station that answers for it";
            found.report(subject.field("station"), ProblemCode::DistrictWithoutStation, sentence);
            Err(())
        }
    };
    read.unwrap_or_else(|()| super::STAND_IN.parse().expect("the stand-in is an id"))
}

/// Every property `title_<language>`.
fn titles_of(subject: &Subject, feature: &Feature, found: &mut Findings) -> Titles {
    let mut titles = BTreeMap::new();
    for (name, value) in feature.properties.iter().flatten() {
        if let Some(language) = name.strip_prefix(TITLE) {
            let text = value.as_str();
            // map programs export an empty cell as null: no title, which the check reports
            if text.is_none() && *value != JsonValue::Null {
                let field = subject.field("title").field(language);
                found.report(
                    field,
                    ProblemCode::WrongType,
                    format!("`{name}` is {value}; write a text in quotes"),
                );
            }
            if *value != JsonValue::Null {
                titles.insert(language.to_owned(), text.unwrap_or_default().to_owned());
            }
        }
    }
    Titles(titles)
}

fn text_of<'a>(feature: &'a Feature, name: &str) -> Option<&'a str> {
    feature.property(name).and_then(JsonValue::as_str)
}

fn outlines_of(
    subject: &Subject,
    geometry: Option<GeometryValue>,
    found: &mut Findings,
) -> Vec<Vec<Vec<Position>>> {
    let geometry_subject = subject.field("geometry");
    let other = match geometry {
        Some(GeometryValue::Polygon { coordinates }) => {
            return polygons(&geometry_subject, vec![coordinates], found);
        }
        Some(GeometryValue::MultiPolygon { coordinates }) => {
            return polygons(&geometry_subject, coordinates, found);
        }
        Some(other) => format!("is a {}", other.type_name()),
        None => "has no geometry".to_owned(),
    };
    let sentence = format!("{other}; a district is a Polygon or a MultiPolygon: draw it as an area");
    found.report(geometry_subject, ProblemCode::NotAPolygon, sentence);
    Vec::new()
}

fn polygons(subject: &Subject, polygons: Vec<PolygonType>, found: &mut Findings) -> Vec<Vec<Vec<Position>>> {
    let mut read = |point: &geojson::Position| {
        let degrees = (point.as_slice().first().copied(), point.as_slice().get(1).copied());
        let (longitude, latitude) = (degrees.0.unwrap_or(f64::NAN), degrees.1.unwrap_or(f64::NAN));
        Position::new(latitude, longitude).unwrap_or_else(|error| {
            found.report(subject.clone(), ProblemCode::PositionOutOfRange, out_of_range(error));
            Position::new(0.0, 0.0).expect("zero is in every range")
        })
    };
    let mut ring = |ring: &Vec<geojson::Position>| ring.iter().map(&mut read).collect::<Vec<_>>();
    polygons.iter().map(|rings| rings.iter().map(&mut ring).collect()).collect()
}
