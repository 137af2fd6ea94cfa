//! Every unit of a directory as whoever recommends looks at it: ready before anybody asks.
//!
//! It says nothing that the directory, the board and the positions told do not say. A recommendation that gathered them anew
//! would spend most of its time on finding the same two thousand units in three maps.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::Arc,
};

use geography::{Places, Position, UnitVector};
use jiff::Timestamp;

use crate::{
    RunId, StationId, UnitId, UnitKindId,
    board::Shelf,
    directory::Directory,
    recommendation::PositionSource,
    unit::{Unit, UnitState},
};

/// Every unit of a directory, kind by kind, with what was last heard of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fleet {
    /// By kind, and those of one kind in order of id.
    members: Vec<Member>,
    kinds: BTreeMap<UnitKindId, OfKind>,
    /// Where among the members each unit is.
    indices: BTreeMap<UnitId, usize>,
    /// Which member is on which run.
    runs: BTreeSet<(RunId, usize)>,
}

/// The units of one kind.
#[derive(Clone, Debug, Default, PartialEq)]
struct OfKind {
    /// Which of the members they are.
    members: Range<usize>,
    doing: Doing,
    /// Which members have which desk, by its place among the stations.
    by_station: BTreeMap<Option<usize>, Vec<usize>>,
    /// Where each may be taken to be.
    spots: Places<Spot>,
}

/// A point at which a unit may be taken to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Spot {
    /// Which member's.
    of: usize,
    /// True for where it was last, false for where it usually is.
    is_sighting: bool,
}

/// How many units of a kind do what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Doing {
    /// Nobody is on duty in them.
    pub signed_off: usize,
    /// On duty, and cannot be sent.
    pub out_of_service: usize,
    /// On a run.
    pub assigned: usize,
    /// On duty and free.
    pub available: usize,
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
            let mut of_kind = OfKind { members: first..first + members.len(), ..OfKind::default() };
            for (index, member) in of_kind.members.clone().zip(&members) {
                of_kind.by_station.entry(member.station).or_default().push(index);
                if let Some(usual) = member.usual {
                    of_kind.spots.insert(Spot { of: index, is_sighting: false }, usual);
                }
                *of_kind.doing.count_of(member.state()) += 1;
                fleet.runs.extend(member.run().map(|run| (run, index)));
            }
            fleet.members.extend(members);
            fleet.kinds.insert(kind.clone(), of_kind);
        }
        fleet.indices = fleet.members.iter().map(|member| member.unit.clone()).zip(0..).collect();
        fleet
    }

    /// The index of a unit in it; absent if the directory has no such unit.
    pub fn index_of(&self, unit: &UnitId) -> Option<usize> {
        self.indices.get(unit).copied()
    }

    /// The unit of an index.
    pub fn get(&self, index: usize) -> Option<&Member> {
        self.members.get(index)
    }

    /// The units of a kind with their indices, in order of id.
    pub fn of_kind(&self, kind: &UnitKindId) -> impl Iterator<Item = (usize, &Member)> {
        let members = self.kinds.get(kind).map(|of_kind| of_kind.members.clone()).unwrap_or_default();
        members.clone().zip(self.members.get(members).unwrap_or_default())
    }

    /// The units of a kind with their indices, nearest to `from` first; of those equally near any may come before the others.
    /// Each is where it was last if `is_fresh` says so of that, else where it usually is; one whose place is unknown is left
    /// out.
    pub fn by_distance(
        &self,
        kind: &UnitKindId,
        from: UnitVector,
        is_fresh: impl Fn(&Sighting) -> bool,
    ) -> impl Iterator<Item = (usize, &Member)> {
        let spots = self.kinds.get(kind).into_iter().flat_map(move |of_kind| of_kind.spots.by_distance(from));
        spots.filter_map(move |spot| {
            let member = self.get(spot.of)?;
            let is_there = spot.is_sighting == member.seen.as_ref().is_some_and(&is_fresh);
            is_there.then_some((spot.of, member))
        })
    }

    /// How many units of a kind do what.
    pub fn doing(&self, kind: &UnitKindId) -> Doing {
        self.kinds.get(kind).map(|of_kind| of_kind.doing).unwrap_or_default()
    }

    /// The indices of the units of a kind whose desk has this place among the stations; absent for those whose desk the
    /// directory lacks.
    pub fn of_station(&self, kind: &UnitKindId, station: Option<usize>) -> &[usize] {
        let of_station = self.kinds.get(kind).and_then(|of_kind| of_kind.by_station.get(&station));
        of_station.map_or(&[], Vec::as_slice)
    }

    /// The indices of the units on a run: one, or none.
    pub fn on_run(&self, run: RunId) -> impl Iterator<Item = usize> {
        self.runs.range((run, 0)..=(run, usize::MAX)).map(|(_, index)| *index)
    }

    /// True if the unit of this index is of that kind.
    pub fn is_of_kind(&self, index: usize, kind: &UnitKindId) -> bool {
        self.kinds.get(kind).is_some_and(|of_kind| of_kind.members.contains(&index))
    }

    /// Takes in how a unit stands on the board; absent if it is not there. Of one that the directory does not have nothing is
    /// kept.
    pub fn stands(&mut self, unit: &UnitId, on_duty: Option<Arc<Unit>>) {
        let Some((index, member, of_kind)) = self.member(unit) else { return };
        *of_kind.doing.count_of(member.state()) -= 1;
        let before = member.run();
        member.on_duty = on_duty;
        *of_kind.doing.count_of(member.state()) += 1;
        let after = member.run();
        if let Some(run) = before {
            self.runs.remove(&(run, index));
        }
        self.runs.extend(after.map(|run| (run, index)));
    }

    /// Takes in where a unit was last, in degrees of latitude and longitude. What is no place on the earth is left out.
    pub fn seen(&mut self, unit: &UnitId, (latitude, longitude): (f64, f64), measured_at: Timestamp) {
        let Ok(position) = Position::new(latitude, longitude) else { return };
        let Some((index, member, of_kind)) = self.member(unit) else { return };
        let at = UnitVector::from(position);
        let before = member.seen.replace(Sighting { at, measured_at });
        if before.is_some_and(|before| before.at == at) {
            return;
        }
        let spot = Spot { of: index, is_sighting: true };
        if let Some(before) = before {
            of_kind.spots.remove(spot, before.at);
        }
        of_kind.spots.insert(spot, at);
    }

    /// A unit with its index and those of its kind.
    fn member(&mut self, unit: &UnitId) -> Option<(usize, &mut Member, &mut OfKind)> {
        let index = self.index_of(unit)?;
        let of_kind = self.kinds.values_mut().find(|of_kind| of_kind.members.contains(&index))?;
        Some((index, self.members.get_mut(index)?, of_kind))
    }
}

impl Member {
    /// What it does; one that is not on the board is signed off.
    pub fn state(&self) -> &UnitState {
        self.on_duty.as_deref().map_or(&UnitState::SignedOff, Unit::state)
    }

    /// The run it is on.
    fn run(&self) -> Option<RunId> {
        match self.state() {
            UnitState::Assigned { run } => Some(*run),
            UnitState::SignedOff | UnitState::OutOfService { .. } | UnitState::Available => None,
        }
    }
}

impl Doing {
    /// How many units of the kind there are.
    pub const fn all(&self) -> usize {
        self.signed_off + self.out_of_service + self.assigned + self.available
    }

    const fn count_of(&mut self, state: &UnitState) -> &mut usize {
        match state {
            UnitState::SignedOff => &mut self.signed_off,
            UnitState::OutOfService { .. } => &mut self.out_of_service,
            UnitState::Assigned { .. } => &mut self.assigned,
            UnitState::Available => &mut self.available,
        }
    }
}
