//! A model centre of two districts: small enough to follow by eye, with one of everything a plan can ask for.

use domain::{directory::Directory, location::Location};
use geography::Position;
use serde_json::{Value, json};

/// The id of the model centre.
pub const CENTRE: &str = "model";

/// The places that people in the model centre name, with latitude and longitude.
pub const PLACES: [(&str, f64, f64); 6] = [
    ("bazaar", 42.8510, 74.5410),
    ("park", 42.8600, 74.5710),
    ("cinema", 42.8500, 74.6320),
    ("lake", 42.8400, 74.6710),
    ("border", 42.8500, 74.5990),
    ("outside", 43.2000, 75.1000),
];

/// The duty desks of the model centre.
pub const DESKS: [&str; 3] = ["city", "east", "west"];

/// The units of the model centre: name, kind, duty desk, latitude and longitude of its beat.
const UNITS: [(&str, &str, &str, f64, f64); 7] = [
    ("e1", "patrol", "east", 42.8500, 74.6300),
    ("e2", "patrol", "east", 42.8400, 74.6700),
    ("g1", "scene-group", "city", 42.8500, 74.6000),
    ("g2", "scene-group", "city", 42.8550, 74.6050),
    ("k1", "inspector", "west", 42.8520, 74.5500),
    ("w1", "patrol", "west", 42.8500, 74.5400),
    ("w2", "patrol", "west", 42.8600, 74.5700),
];

/// The place of that name; only words for one that is on no map.
pub fn place(name: &str) -> Location {
    let known = PLACES.iter().find(|(place, _, _)| *place == name);
    let position = known.map(|(_, latitude, longitude)| {
        Position::new(*latitude, *longitude).expect("the places of the model are on the Earth")
    });
    Location { position, landmark: name.to_owned(), ..Location::default() }
}

/// The model centre without the units and desks of these names.
pub fn directory_without(dropped: &[&str]) -> Directory {
    let mut text = directory_json();
    for name in dropped {
        for part in ["units", "stations"] {
            if let Some(entries) = text[part].as_object_mut() {
                entries.remove(*name);
            }
        }
    }
    serde_json::from_value(text).expect("the model centre is a directory")
}

/// The names of all units.
pub fn units() -> impl Iterator<Item = &'static str> {
    UNITS.iter().map(|(unit, ..)| *unit)
}

/// The duty desk of a unit.
pub fn desk_of(unit: &str) -> Option<&'static str> {
    UNITS.iter().find(|(name, ..)| *name == unit).map(|(_, _, desk, ..)| *desk)
}

/// The kind of a unit.
pub fn kind_of(unit: &str) -> Option<&'static str> {
    UNITS.iter().find(|(name, ..)| *name == unit).map(|(_, kind, ..)| *kind)
}

fn directory_json() -> Value {
    let units = UNITS.iter().map(|(unit, kind, desk, latitude, longitude)| {
        let beat = json!({"latitude": latitude, "longitude": longitude});
        let entry = json!({
            "callsign": unit, "kind": kind, "command": desk, "desk": desk, "beat": beat, "radio_only": *unit == "e2",
        });
        ((*unit).to_owned(), entry)
    });
    json!({
        "centre": CENTRE, "title": {"en": "The model centre"}, "illustrative": true,
        "languages": ["ky", "ru"], "time_zone": "Asia/Bishkek",
        "duplicates": {"within_m": 80, "within": 600},
        "travel": {"detour_factor": 1.3, "speed_km_h": 40.0},
        "districts": {"east": district("east", 74.60, 74.70), "west": district("west", 74.50, 74.60)},
        "stations": {
            "city": station(42.8500, 74.6000), "east": station(42.8500, 74.6500), "west": station(42.8500, 74.5500),
        },
        "kinds": {
            "inspector": {"title": {"en": "Inspector"}, "chosen_by": "either", "automatic": false},
            "patrol": {"title": {"en": "Patrol"}, "chosen_by": "duty_desk", "automatic": true},
            "scene-group": {"title": {"en": "Crime-scene group"}, "chosen_by": "centre", "automatic": true},
        },
        "units": units.collect::<serde_json::Map<_, _>>(),
        "types": {
            "brawl": incident_type(2, &[patrols(1, "auto"), group()]),
            "noise": incident_type(4, &[patrols(1, "recommend")]),
            "robbery": incident_type(1, &[patrols(2, "auto"), group()]),
            "siege": incident_type(1, &[patrols(1, "auto"), one_more_patrol(), group()]),
            "theft": incident_type(3, &[patrols(1, "auto"), group()]),
        },
        "untyped": {"needs": [patrols(1, "recommend")]}, "untyped_priority": 3,
    })
}

fn district(station: &str, west: f64, east: f64) -> Value {
    let corner = |latitude: f64, longitude: f64| json!({"latitude": latitude, "longitude": longitude});
    let ring = json!([
        corner(42.80, west),
        corner(42.80, east),
        corner(42.90, east),
        corner(42.90, west),
        corner(42.80, west)
    ]);
    json!({"title": {"en": station}, "station": station, "outlines": [[ring]]})
}

fn station(latitude: f64, longitude: f64) -> Value {
    json!({"title": {}, "position": {"latitude": latitude, "longitude": longitude}, "contact": "102"})
}

fn incident_type(priority: u8, needs: &[Value]) -> Value {
    json!({"title": {}, "priority": priority, "plan": {"needs": needs}})
}

fn patrols(count: u8, mode: &str) -> Value {
    json!({
        "kind": "patrol", "count": count, "when": "at_once", "mode": mode, "desk_answer": 30, "crew_answer": 60,
    })
}

fn one_more_patrol() -> Value {
    json!({
        "kind": "patrol", "count": 1, "when": "on_request", "mode": "auto", "desk_answer": 30, "crew_answer": 60,
    })
}

fn group() -> Value {
    json!({
        "kind": "scene-group", "count": 1, "when": "on_request", "mode": "auto", "desk_answer": 30, "crew_answer": 60,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_is_a_directory_and_can_drop_a_unit() {
        assert_eq!(directory_without(&[]).units.len(), UNITS.len());
        assert_eq!(directory_without(&["w1"]).units.len(), UNITS.len() - 1);
        assert!(place("bazaar").position.is_some() && place("somewhere").position.is_none());
    }
}
