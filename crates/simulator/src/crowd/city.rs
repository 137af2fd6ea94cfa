//! What everybody in a city knows from the centre's directory.

use std::collections::{BTreeMap, BTreeSet};

use domain::{IdError, StationId, UnitId};
use geography::{Position, distance};
use protocol::{
    directory::v1::{ChosenBy, Directory},
    record::v1 as record,
};

use crate::laws::{Laws, Seed};

/// A drive to a place nobody knows takes this long, in seconds: the crew asks its way.
const DRIVE_UNKNOWN_S: f64 = 420.0;

/// No drive is shorter, in seconds: a unit has to be found, parked and left.
const DRIVE_S_MIN: f64 = 30.0;

/// Why a directory is no city.
#[derive(Debug, thiserror::Error)]
pub enum CityError {
    /// A name that is none.
    #[error("the directory names something that is no name")]
    Name(#[source] IdError),
    /// Nobody can be sent.
    #[error("no directory is in force, or it has no units")]
    NoUnits,
}

/// What everybody knows of a unit.
#[derive(Clone, Debug)]
pub struct UnitFacts {
    /// What it is called.
    pub callsign: String,
    /// What it is.
    pub kind: String,
    /// The desk that is told.
    pub station: StationId,
    /// Where it usually is.
    pub home: Option<Position>,
    /// True if it has a radio and no device.
    pub radio_only: bool,
}

/// Stations, units and kinds as everybody knows them.
#[derive(Clone, Debug)]
pub struct City {
    stations: BTreeMap<StationId, Option<Position>>,
    units: BTreeMap<UnitId, UnitFacts>,
    sent_by_centre: BTreeSet<String>,
}

impl City {
    /// Reads a city from a directory. If fewer than `radio_only` of its units have only a radio, the seed says which
    /// others leave their devices at home.
    ///
    /// # Errors
    /// [`CityError`].
    pub fn read(directory: &Directory, seed: Seed, radio_only: f64) -> Result<Self, CityError> {
        let mut stations = BTreeMap::new();
        for station in &directory.stations {
            let id = StationId::new(&station.station_id).map_err(CityError::Name)?;
            stations.insert(id, place(station.position.as_ref()));
        }
        let mut units = BTreeMap::new();
        for unit in &directory.units {
            let id = UnitId::new(&unit.unit_id).map_err(CityError::Name)?;
            let station = StationId::new(&unit.station_id).map_err(CityError::Name)?;
            let home = place(unit.beat.as_ref()).or_else(|| stations.get(&station).copied().flatten());
            let (callsign, kind) = (unit.callsign.clone(), unit.unit_kind_id.clone());
            units.insert(id, UnitFacts { callsign, kind, station, home, radio_only: unit.radio_only });
        }
        if units.is_empty() {
            return Err(CityError::NoUnits);
        }
        let sent_by_centre = directory
            .unit_kinds
            .iter()
            .filter(|kind| kind.chosen_by() == ChosenBy::Centre)
            .map(|kind| kind.unit_kind_id.clone())
            .collect();
        leave_devices_at_home(&mut units, seed, radio_only);
        Ok(Self { stations, units, sent_by_centre })
    }

    /// Every station.
    pub fn stations(&self) -> impl Iterator<Item = &StationId> {
        self.stations.keys()
    }

    /// Every unit.
    pub fn units(&self) -> impl Iterator<Item = (&UnitId, &UnitFacts)> {
        self.units.iter()
    }

    /// What is known of a unit.
    pub fn unit(&self, id: &str) -> Option<&UnitFacts> {
        self.units.get(&UnitId::new(id).ok()?)
    }

    /// True if the centre sends units of the kind itself.
    pub fn is_sent_by_centre(&self, kind: &str) -> bool {
        self.sent_by_centre.contains(kind)
    }

    /// How long a unit drives from where it usually is, in seconds.
    pub fn drive_s(&self, unit: &str, to: Option<&record::Position>, laws: &Laws) -> f64 {
        let home = self.unit(unit).and_then(|facts| facts.home);
        let (Some(home), Some(to)) = (home, place(to)) else { return DRIVE_UNKNOWN_S / laws.haste };
        let metres = distance(home, to).as_f64() * laws.detour;
        (metres / (laws.speed_km_h / 3.6)).max(DRIVE_S_MIN) / laws.haste
    }
}

/// Makes units radio-only until the share is reached.
fn leave_devices_at_home(units: &mut BTreeMap<UnitId, UnitFacts>, seed: Seed, share: f64) {
    let wanted = (units.len() as f64 * share).ceil();
    let mut have = units.values().filter(|facts| facts.radio_only).count() as f64;
    let mut order: Vec<(u128, UnitId)> = units
        .keys()
        .map(|id| (rand::RngExt::random(&mut seed.dice(&format!("radio/{id}"))), id.clone()))
        .collect();
    order.sort();
    for (_, id) in order {
        if have >= wanted {
            return;
        }
        if let Some(facts) = units.get_mut(&id)
            && !facts.radio_only
        {
            facts.radio_only = true;
            have += 1.0;
        }
    }
}

/// A position of the contract, if it is on the earth.
pub(super) fn place(position: Option<&record::Position>) -> Option<Position> {
    let position = position?;
    Position::new(position.latitude, position.longitude).ok()
}

#[cfg(test)]
mod tests {
    use protocol::directory::v1::{DirectoryUnit, Station, UnitKind};

    use super::*;

    fn directory() -> Directory {
        let position = Some(record::Position { latitude: 42.87, longitude: 74.60 });
        Directory {
            stations: vec![Station { station_id: "one".to_owned(), position, ..Station::default() }],
            unit_kinds: vec![UnitKind {
                unit_kind_id: "group".to_owned(),
                chosen_by: ChosenBy::Centre.into(),
                ..UnitKind::default()
            }],
            units: (0..10)
                .map(|number| DirectoryUnit {
                    unit_id: format!("u{number}"),
                    unit_kind_id: "group".to_owned(),
                    station_id: "one".to_owned(),
                    ..DirectoryUnit::default()
                })
                .collect(),
            ..Directory::default()
        }
    }

    #[test]
    fn a_fifth_of_the_units_has_only_a_radio_and_the_seed_says_which() {
        let radio = |seed| {
            let city = City::read(&directory(), Seed(seed), 0.2).unwrap();
            city.units().filter(|(_, facts)| facts.radio_only).map(|(id, _)| id.clone()).collect::<Vec<_>>()
        };
        assert_eq!(radio(1).len(), 2);
        assert_eq!(radio(1), radio(1));
        assert!((2..40).any(|seed| radio(seed) != radio(1)));
    }

    #[test]
    fn a_unit_drives_from_its_desk_and_longer_to_farther_places() {
        let city = City::read(&directory(), Seed(1), 0.0).unwrap();
        let to = |latitude| Some(record::Position { latitude, longitude: 74.60 });
        let near = city.drive_s("u1", to(42.88).as_ref(), &Laws::default());
        let far = city.drive_s("u1", to(42.95).as_ref(), &Laws::default());
        assert!(near > 100.0 && near < 160.0 && far > 5.0 * near, "{near} s, {far} s");
        assert!((city.drive_s("u1", None, &Laws::default()) - DRIVE_UNKNOWN_S).abs() < 1e-9);
        assert!(city.is_sent_by_centre("group") && !city.is_sent_by_centre("patrol"));
    }

    #[test]
    fn a_directory_without_units_is_no_city() {
        assert!(matches!(City::read(&Directory::default(), Seed(1), 0.2), Err(CityError::NoUnits)));
    }
}
