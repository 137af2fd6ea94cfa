//! A centre made from a trace: its stations, its districts and the types it saw, so that it can be replayed.

use std::collections::BTreeMap;

use directory::Problem;
use domain::{
    CentreId, DistrictId, IdError, IncidentTypeId, Priority, Seconds, StationId, UnitId, UnitKindId,
    directory::{
        ChosenBy, Directory, District, DuplicateRule, IncidentType, PlanNeed, ResponsePlan, Station, Titles,
        Travel, UnitEntry, UnitKind,
    },
    incident::{NeedMode, NeedTime},
};
use geography::Position;
use serde::Deserialize;

use super::{Trace, TraceCall};

/// What a centre is made with beside its trace.
#[derive(Clone, Debug, PartialEq)]
pub struct CentrePlan {
    /// Its id.
    pub centre: CentreId,
    /// What people call it.
    pub title: String,
    /// IANA name of its time zone.
    pub time_zone: String,
    /// Units at each station.
    pub units_per_station: u32,
    /// Every so many units one has only a radio; 5 makes a fifth.
    pub radio_only_every: u32,
    /// How long a desk has to say "received".
    pub desk_answer: Seconds,
    /// How long a crew has to acknowledge.
    pub crew_answer: Seconds,
}

impl CentrePlan {
    /// Three units a station, a fifth of them with only a radio. A desk has 30 s, as Decree 1931 of the Government of
    /// the Russian Federation asks; a crew has 60 s.
    pub fn new(centre: CentreId, title: impl Into<String>, time_zone: impl Into<String>) -> Self {
        Self {
            centre,
            title: title.into(),
            time_zone: time_zone.into(),
            units_per_station: 3,
            radio_only_every: 5,
            desk_answer: Seconds(30),
            crew_answer: Seconds(60),
        }
    }
}

/// Why no centre can be made.
#[derive(Debug, thiserror::Error)]
pub enum CentreError {
    /// The list of stations cannot be read.
    #[error("the stations cannot be read")]
    Stations(#[source] csv::Error),
    /// The districts are not what they should be.
    #[error("the districts cannot be read")]
    Districts(#[source] serde_json::Error),
    /// A place that is none.
    #[error("{what} `{name}` lies nowhere: {reason}")]
    Place {
        /// Of what.
        what: &'static str,
        /// Which one.
        name: String,
        /// Why.
        reason: String,
    },
    /// A name of which no id can be made.
    #[error("no id can be made of a name")]
    Name(#[source] IdError),
    /// The centre would not be accepted.
    #[error("the centre has {} problems, the first: {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Problems(Vec<Problem>),
}

/// A row of the list of stations.
#[derive(Deserialize)]
struct StationRow {
    station: String,
    latitude: f64,
    longitude: f64,
}

/// A GeoJSON collection of districts, as far as it is needed.
#[derive(Deserialize)]
struct Collection {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    properties: Properties,
    geometry: Geometry,
}

#[derive(Deserialize)]
struct Properties {
    district: serde_json::Value,
    station: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Geometry {
    Polygon { coordinates: Vec<Vec<[f64; 2]>> },
    MultiPolygon { coordinates: Vec<Vec<Vec<[f64; 2]>>> },
}

/// The one kind of unit such a centre has.
const KIND: &str = "patrol";

/// Makes a centre. `stations` are rows of `station,latitude,longitude`; `districts` a GeoJSON collection whose features
/// have the properties `district` and `station`. Types come from the trace: one that is mostly answered with lights and
/// sirens is urgent and sent for automatically, any other waits for an operator.
///
/// # Errors
/// [`CentreError`].
pub fn centre_from_trace(
    stations: &str,
    districts: &str,
    trace: &Trace,
    plan: &CentrePlan,
) -> Result<Directory, CentreError> {
    let stations = read_stations(stations)?;
    let directory = Directory {
        centre: plan.centre.clone(),
        title: english(&plan.title),
        illustrative: true,
        languages: vec!["en".to_owned()],
        time_zone: plan.time_zone.clone(),
        contact: "internal line 0".to_owned(),
        duplicates: DuplicateRule::default(),
        travel: Travel::default(),
        districts: read_districts(districts)?,
        kinds: kinds()?,
        units: units(&stations, plan)?,
        stations,
        types: types(trace, plan)?,
        untyped: ResponsePlan { needs: vec![need(plan, NeedMode::Recommend)?] },
        untyped_priority: Priority::new(3).expect("3 lies between 1 and 5"),
    };
    let problems = directory::check(&directory);
    if problems.is_empty() { Ok(directory) } else { Err(CentreError::Problems(problems)) }
}

/// The id of a trace's type in a centre made from it; empty for a call without a type.
pub fn type_id(call: &TraceCall) -> String {
    if call.type_code.is_empty() { String::new() } else { slug("type", &call.type_code) }
}

fn read_stations(text: &str) -> Result<BTreeMap<StationId, Station>, CentreError> {
    let mut stations = BTreeMap::new();
    for row in csv::Reader::from_reader(text.as_bytes()).deserialize() {
        let row: StationRow = row.map_err(CentreError::Stations)?;
        let station = Station {
            title: english(&format!("Station {}", row.station)),
            position: place("station", &row.station, [row.longitude, row.latitude])?,
            parent: None,
            contact: format!("internal line {}", row.station),
        };
        stations.insert(station_id(&row.station)?, station);
    }
    Ok(stations)
}

fn read_districts(text: &str) -> Result<BTreeMap<DistrictId, District>, CentreError> {
    let collection: Collection = serde_json::from_str(text).map_err(CentreError::Districts)?;
    let mut districts = BTreeMap::new();
    for Feature { properties, geometry } in collection.features {
        let (name, station) = (plain(&properties.district), plain(&properties.station));
        let polygons = match geometry {
            Geometry::Polygon { coordinates } => vec![coordinates],
            Geometry::MultiPolygon { coordinates } => coordinates,
        };
        let point = |at: &[f64; 2]| place("district", &name, *at);
        let ring = |ring: &Vec<[f64; 2]>| ring.iter().map(point).collect::<Result<Vec<_>, _>>();
        let rings = |rings: &Vec<Vec<[f64; 2]>>| rings.iter().map(ring).collect::<Result<Vec<_>, _>>();
        let district = District {
            title: english(&format!("District {name}")),
            station: station_id(&station)?,
            outlines: polygons.iter().map(rings).collect::<Result<_, _>>()?,
        };
        districts.insert(DistrictId::new(slug("district", &name)).map_err(CentreError::Name)?, district);
    }
    Ok(districts)
}

fn kinds() -> Result<BTreeMap<UnitKindId, UnitKind>, CentreError> {
    let kind = UnitKind { title: english("Patrol"), chosen_by: ChosenBy::Either, automatic: true };
    Ok(BTreeMap::from([(UnitKindId::new(KIND).map_err(CentreError::Name)?, kind)]))
}

fn units(
    stations: &BTreeMap<StationId, Station>,
    plan: &CentrePlan,
) -> Result<BTreeMap<UnitId, UnitEntry>, CentreError> {
    let mut units = BTreeMap::new();
    let mut count = 0;
    for (station, at) in stations {
        for number in 1..=plan.units_per_station {
            count += 1;
            let id = UnitId::new(format!("{station}-{number}")).map_err(CentreError::Name)?;
            let unit = UnitEntry {
                callsign: format!("{count}"),
                kind: UnitKindId::new(KIND).map_err(CentreError::Name)?,
                command: station.to_string(),
                desk: station.clone(),
                beat: Some(at.position),
                talkgroup: station.to_string(),
                radio_only: plan.radio_only_every > 0 && count % plan.radio_only_every == 0,
            };
            units.insert(id, unit);
        }
    }
    Ok(units)
}

/// The types of a trace, each urgent and automatic if most of its calls were answered with lights and sirens.
fn types(trace: &Trace, plan: &CentrePlan) -> Result<BTreeMap<IncidentTypeId, IncidentType>, CentreError> {
    let mut seen: BTreeMap<String, (&str, u32, u32)> = BTreeMap::new();
    for call in trace.calls.iter().filter(|call| !call.type_code.is_empty()) {
        let (_, all, emergent) = seen.entry(type_id(call)).or_insert((&call.type_title, 0, 0));
        *all += 1;
        *emergent += u32::from(call.emergent);
    }
    let mut types = BTreeMap::new();
    for (id, (title, all, emergent)) in seen {
        let (priority, mode) =
            if 2 * emergent >= all { (2, NeedMode::Auto) } else { (4, NeedMode::Recommend) };
        let title: String = title.chars().filter(|letter| !letter.is_control()).take(80).collect();
        let known = IncidentType {
            title: english(&title),
            parent: None,
            priority: Priority::new(priority).expect("both lie between 1 and 5"),
            plan: ResponsePlan { needs: vec![need(plan, mode)?] },
        };
        types.insert(IncidentTypeId::new(id).map_err(CentreError::Name)?, known);
    }
    Ok(types)
}

fn need(plan: &CentrePlan, mode: NeedMode) -> Result<PlanNeed, CentreError> {
    Ok(PlanNeed {
        kind: UnitKindId::new(KIND).map_err(CentreError::Name)?,
        count: 1,
        when: NeedTime::AtOnce,
        mode,
        desk_answer: plan.desk_answer,
        crew_answer: plan.crew_answer,
    })
}

fn station_id(name: &str) -> Result<StationId, CentreError> {
    StationId::new(slug("station", name)).map_err(CentreError::Name)
}

/// An id of a name: what no id may have becomes a hyphen.
fn slug(what: &str, name: &str) -> String {
    let letters: String = format!("{what}-{name}")
        .to_lowercase()
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' })
        .take(40)
        .collect();
    letters.trim_matches('-').to_owned()
}

fn english(text: &str) -> Titles {
    Titles(BTreeMap::from([("en".to_owned(), text.to_owned())]))
}

/// A name that may be a number in one file and a text in the other.
fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn place(what: &'static str, name: &str, [longitude, latitude]: [f64; 2]) -> Result<Position, CentreError> {
    Position::new(latitude, longitude).map_err(|error| CentreError::Place {
        what,
        name: name.to_owned(),
        reason: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Mapping, read};

    const STATIONS: &str = "station,latitude,longitude,calls\n11,42.85,74.55,9\n12,42.85,74.65,3\n";
    const DISTRICTS: &str = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"district":"11","station":11},"geometry":{"type":"Polygon",
         "coordinates":[[[74.5,42.8],[74.6,42.8],[74.6,42.9],[74.5,42.9],[74.5,42.8]]]}},
        {"type":"Feature","properties":{"district":"12","station":12},"geometry":{"type":"Polygon",
         "coordinates":[[[74.6,42.8],[74.7,42.8],[74.7,42.9],[74.6,42.9],[74.6,42.8]]]}}]}"#;

    fn plan() -> CentrePlan {
        CentrePlan::new(CentreId::new("trace").unwrap(), "Trace", "America/Denver")
    }

    fn trace() -> Trace {
        let rows = "call,received_at,latitude,longitude,type_code,type,category,emergent\n\
                    1,2019-04-01T01:03:00-06:00,42.85,74.55,321,Medical,R,yes\n\
                    2,2019-04-01T01:04:00-06:00,42.85,74.65,554,Assist,S,no\n";
        read(rows.as_bytes(), &Mapping::default()).unwrap()
    }

    #[test]
    fn a_centre_has_the_stations_districts_and_types_and_reads_back_from_its_files() {
        let made = centre_from_trace(STATIONS, DISTRICTS, &trace(), &plan()).unwrap();
        assert_eq!((made.stations.len(), made.districts.len(), made.units.len()), (2, 2, 6));
        assert_eq!(made.units.values().filter(|unit| unit.radio_only).count(), 1);
        let medical = &made.types[&IncidentTypeId::new("type-321").unwrap()];
        assert_eq!((medical.priority.get(), medical.plan.needs[0].mode), (2, NeedMode::Auto));
        let assist = &made.types[&IncidentTypeId::new("type-554").unwrap()];
        assert_eq!((assist.priority.get(), assist.plan.needs[0].mode), (4, NeedMode::Recommend));
        assert_eq!(directory::read(&directory::write(&made)), Ok(made));
    }

    #[test]
    fn what_does_not_fit_together_is_said() {
        let unknown = DISTRICTS.replace("\"station\":12", "\"station\":99");
        let refused = centre_from_trace(STATIONS, &unknown, &trace(), &plan()).unwrap_err();
        assert!(matches!(refused, CentreError::Problems(_)), "{refused}");
        assert!(matches!(
            centre_from_trace("station,latitude,longitude\n1,x,2\n", DISTRICTS, &trace(), &plan()),
            Err(CentreError::Stations(_))
        ));
    }
}
