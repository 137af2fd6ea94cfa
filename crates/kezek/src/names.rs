//! What a centre's directory calls things, and which record a person means by a spoken name.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use protocol::directory::v1::{Directory, Titles};
use protocol::record::v1::Location;

use crate::failure::Failure;
use crate::table::{plain, short};
use crate::time;

/// The names of a centre in one language. What it does not know keeps its id for a name.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    /// What people call the centre. Empty: not known.
    pub(crate) centre: String,
    /// The centre's time zone.
    pub(crate) zone: TimeZone,
    callsigns: BTreeMap<String, String>,
    types: BTreeMap<String, String>,
    kinds: BTreeMap<String, String>,
    stations: BTreeMap<String, String>,
    districts: BTreeMap<String, String>,
}

impl Default for Names {
    fn default() -> Self {
        Self::new(Directory::default(), "en")
    }
}

impl Names {
    /// The names of a directory in `language`, else in the centre's main one.
    pub(crate) fn new(directory: Directory, language: &str) -> Self {
        let main = directory.languages.first().cloned().unwrap_or_default();
        let said = |titles: &Option<Titles>, id: &str| title(titles.as_ref(), language, &main, id);
        let callsigns = directory.units.iter().map(|unit| (unit.unit_id.clone(), plain(&unit.callsign)));
        Self {
            centre: said(&directory.title, &directory.centre_id),
            zone: time::zone(&directory.time_zone).unwrap_or(TimeZone::UTC),
            callsigns: callsigns.collect(),
            types: directory
                .incident_types
                .iter()
                .map(|kind| (kind.incident_type_id.clone(), said(&kind.title, &kind.incident_type_id)))
                .collect(),
            kinds: directory
                .unit_kinds
                .iter()
                .map(|kind| (kind.unit_kind_id.clone(), said(&kind.title, &kind.unit_kind_id)))
                .collect(),
            stations: directory
                .stations
                .iter()
                .map(|station| (station.station_id.clone(), said(&station.title, &station.station_id)))
                .collect(),
            districts: directory
                .districts
                .iter()
                .map(|district| (district.district_id.clone(), said(&district.title, &district.district_id)))
                .collect(),
        }
    }

    /// What a unit is called on the radio.
    pub(crate) fn callsign<'a>(&'a self, unit_id: &'a str) -> &'a str {
        known(&self.callsigns, unit_id)
    }

    /// What happened, in words.
    pub(crate) fn incident_type<'a>(&'a self, id: &'a str) -> &'a str {
        if id.is_empty() { "type not known" } else { known(&self.types, id) }
    }

    /// A kind of unit in words.
    pub(crate) fn kind<'a>(&'a self, id: &'a str) -> &'a str {
        known(&self.kinds, id)
    }

    /// A station in words.
    pub(crate) fn station<'a>(&'a self, id: &'a str) -> &'a str {
        known(&self.stations, id)
    }

    /// A district in words.
    pub(crate) fn district<'a>(&'a self, id: &'a str) -> &'a str {
        known(&self.districts, id)
    }

    /// The unit that a person means: by its id, or by its callsign whatever the case of its letters.
    ///
    /// # Errors
    /// No unit is called that.
    pub(crate) fn unit_id(&self, said: &str) -> Result<String, Failure> {
        if self.callsigns.is_empty() || self.callsigns.contains_key(said) {
            return Ok(said.to_owned());
        }
        let called = said.to_lowercase();
        let mut found = self.callsigns.iter().filter(|(_, callsign)| callsign.to_lowercase() == called);
        found.next().map(|(id, _)| id.clone()).ok_or_else(|| {
            Failure::not_found(
                format!("no unit is called `{}`", plain(said)),
                "`kezek unit list` shows callsigns and ids",
            )
        })
    }

    /// The kind of unit that a person means: by its id or its title.
    ///
    /// # Errors
    /// There is no such kind.
    pub(crate) fn kind_id(&self, said: &str) -> Result<String, Failure> {
        id_of(&self.kinds, said, "kind of unit", "`kezek directory show --part kinds` lists them")
    }

    /// The station that a person means: by its id or its title.
    ///
    /// # Errors
    /// There is no such station.
    pub(crate) fn station_id(&self, said: &str) -> Result<String, Failure> {
        id_of(&self.stations, said, "station", "`kezek directory show --part stations` lists them")
    }

    /// The district that a person means: by its id or its title.
    ///
    /// # Errors
    /// There is no such district.
    pub(crate) fn district_id(&self, said: &str) -> Result<String, Failure> {
        id_of(&self.districts, said, "district", "`kezek directory show --part districts` lists them")
    }

    /// A time as it is shown.
    pub(crate) fn clock(&self, time: Option<&prost_types::Timestamp>, now: Timestamp) -> String {
        let time = time.and_then(time::to_timestamp);
        time.map_or_else(|| "--:--:--".to_owned(), |time| time::clock(time, now, &self.zone))
    }

    /// A place in words, at most `most` characters.
    pub(crate) fn place(&self, location: Option<&Location>, most: usize) -> String {
        let Some(location) = location else { return "place not known".to_owned() };
        let words = [location.address.as_str(), location.landmark.as_str()];
        let said: Vec<&str> = words.into_iter().filter(|text| !text.is_empty()).collect();
        match (&location.position, said.is_empty()) {
            (_, false) => short(&said.join(", "), most),
            (Some(position), true) => format!("{:.5}, {:.5}", position.latitude, position.longitude),
            (None, true) => "place not known".to_owned(),
        }
    }
}

fn known<'a>(names: &'a BTreeMap<String, String>, id: &'a str) -> &'a str {
    names.get(id).map_or(id, String::as_str)
}

fn id_of(names: &BTreeMap<String, String>, said: &str, what: &str, next: &str) -> Result<String, Failure> {
    if names.is_empty() || names.contains_key(said) {
        return Ok(said.to_owned());
    }
    let called = said.to_lowercase();
    let found = names.iter().find(|(_, title)| title.to_lowercase() == called);
    found
        .map(|(id, _)| id.clone())
        .ok_or_else(|| Failure::not_found(format!("no {what} is called `{}`", plain(said)), next))
}

/// A title in the language asked for, else in the main one, else in any; the id where there is none.
fn title(titles: Option<&Titles>, language: &str, main: &str, id: &str) -> String {
    let Some(titles) = titles else { return id.to_owned() };
    let by_language = &titles.by_language;
    let found = by_language.get(language).or_else(|| by_language.get(main));
    let any = || by_language.iter().min().map(|(_, text)| text);
    found.or_else(any).map_or_else(|| id.to_owned(), |text| plain(text))
}

#[cfg(test)]
pub(crate) mod tests {
    use protocol::directory::v1::{DirectoryUnit, District, IncidentType, Station, UnitKind};

    use super::*;

    /// A title in English and Russian.
    fn titles(en: &str, ru: &str) -> Option<Titles> {
        let texts = [("en", en), ("ru", ru)].map(|(tag, text)| (tag.to_owned(), text.to_owned()));
        Some(Titles { by_language: texts.into_iter().collect() })
    }

    /// Two units, a station, a type: enough to name things in tests.
    pub(crate) fn small_centre() -> Directory {
        let unit = |id: &str, callsign: &str| DirectoryUnit {
            unit_id: id.to_owned(),
            callsign: callsign.to_owned(),
            unit_kind_id: "patrol".to_owned(),
            station_id: "leninsky".to_owned(),
            ..DirectoryUnit::default()
        };
        Directory {
            centre_id: "bishkek".to_owned(),
            title: titles("City of Bishkek", "Город Бишкек"),
            languages: vec!["ru".to_owned()],
            time_zone: "Asia/Bishkek".to_owned(),
            districts: vec![District {
                district_id: "leninsky".to_owned(),
                title: titles("Leninsky", "Ленинский"),
                ..District::default()
            }],
            stations: vec![Station {
                station_id: "leninsky".to_owned(),
                title: titles("Leninsky District Police", "УВД Ленинского района"),
                ..Station::default()
            }],
            unit_kinds: vec![UnitKind {
                unit_kind_id: "patrol".to_owned(),
                title: titles("Patrol", "Патрульный наряд"),
                ..UnitKind::default()
            }],
            units: vec![unit("leninsky-11", "11"), unit("leninsky-12", "Лев 12")],
            incident_types: vec![IncidentType {
                incident_type_id: "shooting".to_owned(),
                title: titles("Shooting", "Стрельба"),
                ..IncidentType::default()
            }],
            ..Directory::default()
        }
    }

    #[test]
    fn units_are_named_as_on_the_radio() {
        let names = Names::new(small_centre(), "en");
        assert_eq!(names.unit_id("11").unwrap(), "leninsky-11");
        assert_eq!(names.unit_id("лев 12").unwrap(), "leninsky-12");
        assert_eq!(names.unit_id("leninsky-12").unwrap(), "leninsky-12");
        let failure = names.unit_id("99").unwrap_err();
        assert_eq!((failure.exit.code(), failure.message.as_str()), (4, "no unit is called `99`"));
        assert_eq!(names.kind_id("patrol").unwrap(), "patrol");
        assert_eq!(names.station_id("Leninsky district police").unwrap(), "leninsky");
        assert_eq!(names.district_id("leninsky").unwrap(), "leninsky");
        assert_eq!(names.district_id("nosuch").unwrap_err().exit.code(), 4);
    }

    #[test]
    fn titles_fall_back_to_the_main_language_and_then_to_the_id() {
        let names = Names::new(small_centre(), "ky");
        assert_eq!(names.incident_type("shooting"), "Стрельба");
        assert_eq!(names.incident_type("arson"), "arson");
        assert_eq!(names.incident_type(""), "type not known");
        assert_eq!(Names::new(small_centre(), "en").centre, "City of Bishkek");
    }

    #[test]
    fn without_a_directory_ids_stand_for_themselves() {
        let names = Names::default();
        assert_eq!((names.unit_id("x").unwrap().as_str(), names.callsign("x")), ("x", "x"));
        assert_eq!(
            names.clock(Some(&prost_types::Timestamp { seconds: 5, nanos: 0 }), Timestamp::UNIX_EPOCH),
            "00:00:05"
        );
    }

    #[test]
    fn a_place_is_said_in_words_before_numbers() {
        let names = Names::default();
        let position = protocol::record::v1::Position { latitude: 42.874_612, longitude: 74.569_8 };
        let mut location = Location { position: Some(position), ..Location::default() };
        assert_eq!(names.place(Some(&location), 40), "42.87461, 74.56980");
        location.landmark = "by the bazaar".to_owned();
        location.address = "Chuy 12".to_owned();
        assert_eq!(names.place(Some(&location), 40), "Chuy 12, by the bazaar");
        assert_eq!(names.place(None, 40), "place not known");
    }
}
