//! Every unit of a directory as whoever recommends looks at it: ready before anybody asks.
//!
//! It says nothing that the directory, the board and the positions told do not say. A recommendation that gathered them anew
//! would spend most of its time on finding the same two thousand units in three maps.

use std::{collections::BTreeMap, ops::Range, sync::Arc};

use geography::{Position, UnitVector};
use jiff::Timestamp;

use crate::{
    StationId, UnitId, UnitKindId, board::Shelf, directory::Directory, recommendation::PositionSource,
    unit::Unit,
};

/// Every unit of a directory, kind by kind, with what was last heard of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fleet {
    /// By kind, and those of one kind in order of id.
    members: Vec<Member>,
    kinds: BTreeMap<UnitKindId, Range<usize>>,
    places: BTreeMap<UnitId, usize>,
}

/// One unit of a [`Fleet`].
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Which.
    pub unit: UnitId,
    /// The desk that is told of its runs.
    pub desk: StationId,
    /// The place of that desk among the stations of the directory, in order of id; absent if there is no such station.
    pub station: Option<usize>,
    /// How it stands; absent while it is signed off.
    pub on_duty: Option<Arc<Unit>>,
    /// Where it is taken to be while nobody knows better: its beat, else its desk.
    pub usual: Option<UnitVector>,
    /// Which of the two that is.
    pub usual_from: PositionSource,
    /// Where it was last, however long ago.
    pub seen: Option<Sighting>,
}

/// Where a unit was, and when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sighting {
    /// Where.
    pub at: UnitVector,
    /// When the device measured it.
    pub measured_at: Timestamp,
}

impl Fleet {
    /// The units of a directory as they stand on a board. None was seen anywhere yet.
    pub fn new(directory: &Directory, units: &Shelf<UnitId, Unit>) -> Self {
        let stations: BTreeMap<&StationId, usize> = directory.stations.keys().zip(0..).collect();
        let mut by_kind: BTreeMap<&UnitKindId, Vec<Member>> = BTreeMap::new();
        for (unit, entry) in &directory.units {
            let station = directory.stations.get(&entry.desk);
            let (usual, usual_from) = match entry.beat {
                Some(beat) => (Some(beat), PositionSource::Beat),
                None => (station.map(|station| station.position), PositionSource::Desk),
            };
            by_kind.entry(&entry.kind).or_default().push(Member {
                unit: unit.clone(),
                desk: entry.desk.clone(),
                station: stations.get(&entry.desk).copied(),
                on_duty: units.get(unit).map(|held| Arc::clone(&held.record)),
                usual: usual.map(UnitVector::from),
                usual_from,
                seen: None,
            });
        }
        let mut fleet = Self::default();
        for (kind, members) in by_kind {
            let first = fleet.members.len();
            fleet.members.extend(members);
            fleet.kinds.insert(kind.clone(), first..fleet.members.len());
        }
        fleet.places = fleet.members.iter().map(|member| member.unit.clone()).zip(0..).collect();
        fleet
    }

    /// How many units it has.
    pub const fn len(&self) -> usize {
        self.members.len()
    }

    /// True if it has none.
    pub const fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The place of a unit in it, below [`Self::len`]; absent if the directory has no such unit.
    pub fn place(&self, unit: &UnitId) -> Option<usize> {
        self.places.get(unit).copied()
    }

    /// The units of a kind with their places, in order of id.
    pub fn of_kind(&self, kind: &UnitKindId) -> impl Iterator<Item = (usize, &Member)> {
        let places = self.kinds.get(kind).cloned().unwrap_or_default();
        places.clone().zip(self.members.get(places).unwrap_or_default())
    }

    /// Takes in how a unit stands on the board; absent if it is not there. Of one that the directory does not have nothing is
    /// kept.
    pub fn stands(&mut self, unit: &UnitId, on_duty: Option<Arc<Unit>>) {
        if let Some(member) = self.member(unit) {
            member.on_duty = on_duty;
        }
    }

    /// Takes in where a unit was last, in degrees of latitude and longitude. What is no place on the earth is left out.
    pub fn seen(&mut self, unit: &UnitId, (latitude, longitude): (f64, f64), measured_at: Timestamp) {
        let Ok(position) = Position::new(latitude, longitude) else { return };
        if let Some(member) = self.member(unit) {
            member.seen = Some(Sighting { at: position.into(), measured_at });
        }
    }

    fn member(&mut self, unit: &UnitId) -> Option<&mut Member> {
        self.members.get_mut(*self.places.get(unit)?)
    }
}
