//! One look at every unit of the kinds that are needed: where it is, how far that is, and how it ranks.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
    iter::Peekable,
};

use domain::{
    RunId, Seconds, StationId, UnitId, UnitKindId,
    assignment::{Assignment, Purpose},
    directory::{Directory, Travel, UnitEntry},
    incident::{PassedOverReason, Responder},
    limits::{POSITION_FRESH, UNANSWERED_UNTIL_SILENT},
    recommendation::{Candidate, Excluded, Exclusion, PositionSource},
    record::Dropped,
    unit::{Unit, UnitState},
};
use geography::{Metres, MetresPerSecond, Position, TravelModel, distance};
use jiff::Timestamp;

use crate::{KnownPosition, Situation};

/// How many steps up from a substation its station is looked for; a chain that long is a mistake in the directory.
const PARENTS_MAX: usize = 8;

/// A unit of a kind that is needed, seen from the incident.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'a> {
    pub(crate) unit: &'a UnitId,
    pub(crate) entry: &'a UnitEntry,
    state: &'a UnitState,
    closing: bool,
    passed_over: Option<PassedOverReason>,
    promised: bool,
    own_district: bool,
    silent: bool,
    distance_m: Option<u32>,
    travel: Option<Seconds>,
    position_from: PositionSource,
    position_age: Option<Seconds>,
    nearness: Nearness,
}

/// How near a unit is; the less the nearer. Whole seconds and then the own district where the place is known; the own
/// district first where it is not.
pub(crate) type Nearness = (u32, u32);

impl<'a> Seen<'a> {
    /// What orders candidates, best first: those who answer, then the nearest, then by id.
    pub(crate) const fn rank(&self) -> (bool, Nearness, &'a UnitId) {
        (self.silent, self.nearness, self.unit)
    }

    /// What orders units by nearness alone, whether or not they answer.
    pub(crate) const fn nearness(&self) -> (Nearness, &'a UnitId) {
        (self.nearness, self.unit)
    }

    /// Why the unit cannot be sent for a need, if it cannot. What the unit does comes first, because asking its
    /// desk again would not change it; then what was answered for this incident; then who serves already; then to
    /// whom the unit is promised, be it here for an earlier need: `taken`.
    pub(crate) fn why_not(&self, serving: &Serving<'_>, taken: &[&UnitId]) -> Option<Exclusion> {
        match self.state {
            UnitState::SignedOff => Some(Exclusion::SignedOff),
            UnitState::OutOfService { .. } => Some(Exclusion::OutOfService),
            UnitState::Assigned { run } if serving.runs.contains(run) => Some(Exclusion::AlreadyServing),
            UnitState::Assigned { .. } => Some(Exclusion::OnRun),
            UnitState::Available if self.closing => Some(Exclusion::OutOfService),
            UnitState::Available => {
                if let Some(why) = self.passed_over {
                    Some(exclusion(why))
                } else if serving.desks.contains(&&self.entry.desk) {
                    Some(Exclusion::AlreadyServing)
                } else if self.promised || taken.contains(&self.unit) {
                    Some(Exclusion::Promised)
                } else {
                    None
                }
            }
        }
    }

    pub(crate) fn candidate(&self) -> Candidate {
        Candidate {
            unit: self.unit.clone(),
            desk: self.entry.desk.clone(),
            distance_m: self.distance_m,
            travel: self.travel,
            position_from: self.position_from,
            position_age: self.position_age,
            own_district: self.own_district,
            silent: self.silent,
        }
    }

    pub(crate) fn excluded(&self, why: Exclusion) -> Excluded {
        Excluded { unit: self.unit.clone(), distance_m: self.distance_m, why }
    }
}

/// The exclusion that follows from having been passed over.
const fn exclusion(why: PassedOverReason) -> Exclusion {
    match why {
        PassedOverReason::Unanswered => Exclusion::Unanswered,
        PassedOverReason::Returned => Exclusion::Returned,
        PassedOverReason::StoodDown => Exclusion::StoodDown,
    }
}

/// Who serves one need of the incident already.
#[derive(Default)]
pub(crate) struct Serving<'a> {
    /// Desks that were asked for the need and have not chosen yet; empty where the centre itself chooses the unit.
    pub(crate) desks: Vec<&'a StationId>,
    /// Runs under the need's open assignments.
    pub(crate) runs: Vec<RunId>,
}

impl<'a> Serving<'a> {
    /// Reads the incident's open assignments. `asks_desk` is whether a desk is asked for units of the need's kind.
    pub(crate) fn of(situation: &Situation<'a>, asked: usize, asks_desk: AsksDesk) -> Self {
        let mut serving = Self::default();
        for held in situation.incident.assignments.iter().filter_map(|id| situation.assignments.get(id)) {
            let assignment: &'a Assignment = &held.record;
            let Purpose::Respond { need, .. } = &assignment.purpose else { continue };
            if assignment.state().is_open() && *need == asked {
                serving.runs.extend(&assignment.runs);
                if asks_desk == AsksDesk::Yes && assignment.is_undecided() {
                    serving.desks.push(&assignment.desk);
                }
            }
        }
        serving
    }
}

/// Whether the desk is asked and chooses, or the centre sends the unit.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum AsksDesk {
    Yes,
    No,
}

/// What is known of a desk for this incident.
struct DeskView {
    position: Position,
    closing: bool,
    own_district: bool,
    silent: bool,
    passed_over: Option<PassedOverReason>,
}

/// From where distances are taken.
#[derive(Clone, Copy)]
enum Target {
    /// The incident itself.
    Incident(Position),
    /// The station that answers for it, standing in for a place nobody knows: it orders units and is never shown.
    Station(Position),
    /// Nowhere.
    Unknown,
}

/// Looks once at every unit of `kinds`, in order of id.
pub(crate) fn survey<'a>(situation: &Situation<'a>, kinds: &BTreeSet<&UnitKindId>) -> Vec<Seen<'a>> {
    let directory: &'a Directory = &situation.directory.directory;
    let desks = desk_views(situation);
    let target = target(situation);
    let model = travel_model(directory.travel);
    let units_passed_over: BTreeMap<&UnitId, PassedOverReason> = situation
        .incident
        .passed_over
        .iter()
        .filter_map(|entry| match &entry.who {
            Responder::Unit { unit } => Some((unit, entry.why)),
            Responder::Desk { .. } => None,
        })
        .collect();
    let promised = promised(situation);
    let closing: BTreeSet<&UnitId> = situation.closing.iter().filter_map(dropped_unit).collect();
    let mut seen = Vec::with_capacity(directory.units.len());
    // all three are in order of id, so walking them side by side finds each unit without a search
    let mut on_duty = situation.units.iter().peekable();
    let mut positions = situation.positions.in_order().peekable();
    for (unit, entry) in &directory.units {
        if !kinds.contains(&entry.kind) {
            continue;
        }
        let record: Option<&'a Unit> = along(&mut on_duty, unit).map(|held| &*held.record);
        let known = along(&mut positions, unit);
        let desk = desks.get(&entry.desk);
        let own_district = desk.is_some_and(|desk| desk.own_district);
        let (place, position_from, position_age) = place(situation.now, known, entry, desk);
        let (distance_m, travel, nearness) = nearness(target, place, own_district, model);
        seen.push(Seen {
            unit,
            entry,
            state: record.map_or(&UnitState::SignedOff, Unit::state),
            closing: closing.contains(unit) || desk.is_none_or(|desk| desk.closing),
            passed_over: units_passed_over.get(unit).copied().or(desk.and_then(|desk| desk.passed_over)),
            promised: promised.contains(unit),
            own_district,
            silent: desk.is_some_and(|desk| desk.silent)
                || record.is_some_and(|record| record.unanswered_in_a_row >= UNANSWERED_UNTIL_SILENT),
            distance_m,
            travel,
            position_from,
            position_age,
            nearness,
        });
    }
    seen
}

/// Goes along what is in order of id up to a unit, and takes what there is of it.
fn along<'a, T>(in_order: &mut Peekable<impl Iterator<Item = (&'a UnitId, T)>>, unit: &UnitId) -> Option<T> {
    loop {
        match in_order.peek()?.0.cmp(unit) {
            Ordering::Less => drop(in_order.next()),
            Ordering::Equal => return in_order.next().map(|(_, found)| found),
            Ordering::Greater => return None,
        }
    }
}

/// Units that a desk was asked for, for whatever incident, and has neither sent nor replaced by another, and those taken
/// since. The promise lapses when the desk's answer is late: a unit nobody told anything must not be kept from others.
fn promised<'a>(situation: &Situation<'a>) -> BTreeSet<&'a UnitId> {
    let assignments = situation.assignments.values().map(|held| &*held.record);
    assignments
        .filter(|assignment| assignment.is_undecided() && !assignment.overdue)
        .filter_map(|assignment| assignment.recommended_unit.as_ref())
        .chain(situation.taken)
        .collect()
}

/// The unit that the next directory will not have, if it is one.
const fn dropped_unit(dropped: &Dropped) -> Option<&UnitId> {
    match dropped {
        Dropped::Unit(id) => Some(id),
        Dropped::Station(_) => None,
    }
}

/// The station that the next directory will not have, if it is one.
const fn dropped_station(dropped: &Dropped) -> Option<&StationId> {
    match dropped {
        Dropped::Station(id) => Some(id),
        Dropped::Unit(_) => None,
    }
}

/// What is known of each desk for this incident.
fn desk_views<'a>(situation: &Situation<'a>) -> BTreeMap<&'a StationId, DeskView> {
    let stations = &situation.directory.directory.stations;
    let mut views: BTreeMap<&StationId, DeskView> = stations
        .iter()
        .map(|(id, station)| {
            let view = DeskView {
                position: station.position,
                closing: situation.closing.iter().any(|closing| dropped_station(closing) == Some(id)),
                own_district: situation
                    .incident
                    .station
                    .as_ref()
                    .is_some_and(|own| is_or_belongs_to(&situation.directory.directory, id, own)),
                silent: situation.desks.get(id).is_some_and(|held| held.record.is_silent()),
                passed_over: None,
            };
            (id, view)
        })
        .collect();
    for entry in &situation.incident.passed_over {
        match &entry.who {
            Responder::Desk { station } => {
                if let Some(view) = views.get_mut(station) {
                    view.passed_over.get_or_insert(entry.why);
                }
            }
            Responder::Unit { .. } => {}
        }
    }
    views
}

/// True if `desk` is the station `own` or a substation of it.
fn is_or_belongs_to(directory: &Directory, desk: &StationId, own: &StationId) -> bool {
    std::iter::successors(Some(desk), |id| directory.stations.get(*id)?.parent.as_ref())
        .take(PARENTS_MAX)
        .any(|id| id == own)
}

/// From where distances are taken.
fn target(situation: &Situation<'_>) -> Target {
    let stations = &situation.directory.directory.stations;
    match (situation.incident.location.position, &situation.incident.station) {
        (Some(position), _) => Target::Incident(position),
        (None, Some(own)) => {
            stations.get(own).map_or(Target::Unknown, |station| Target::Station(station.position))
        }
        (None, None) => Target::Unknown,
    }
}

/// Where a unit is taken to be: its fresh position, else its beat, else its desk.
fn place(
    now: Timestamp,
    known: Option<KnownPosition>,
    entry: &UnitEntry,
    desk: Option<&DeskView>,
) -> (Option<Position>, PositionSource, Option<Seconds>) {
    if let Some(known) = known {
        let age = age(now, known.measured_at);
        if age <= POSITION_FRESH {
            return (Some(known.position), PositionSource::Reported, Some(age));
        }
    }
    match entry.beat {
        Some(beat) => (Some(beat), PositionSource::Beat, None),
        None => (desk.map(|desk| desk.position), PositionSource::Desk, None),
    }
}

/// How far and how long it is, and how near that makes the unit. A unit whose own place is unknown comes last.
fn nearness(
    target: Target,
    place: Option<Position>,
    own_district: bool,
    model: TravelModel,
) -> (Option<u32>, Option<Seconds>, Nearness) {
    let elsewhere = u32::from(!own_district);
    let way = |from: Position| {
        place.map(|to| {
            let line = distance(from, to);
            (whole_metres(line), travel_time(model, line))
        })
    };
    match target {
        Target::Incident(position) => match way(position) {
            Some((metres, time)) => (Some(metres), Some(time), (time.0, elsewhere)),
            None => (None, None, (u32::MAX, elsewhere)),
        },
        Target::Station(position) => {
            (None, None, (elsewhere, way(position).map_or(u32::MAX, |(_, time)| time.0)))
        }
        Target::Unknown => (None, None, (elsewhere, 0)),
    }
}

/// The centre's travel model. The directory is checked before it is applied; should one be absurd all the same, the
/// default estimates, because a wrong time shown is better than nobody sent.
fn travel_model(travel: Travel) -> TravelModel {
    MetresPerSecond::new(travel.speed_km_h / 3.6)
        .ok()
        .and_then(|speed| TravelModel::new(travel.detour_factor, speed).ok())
        .unwrap_or_default()
}

/// The time a straight line takes, in whole seconds: units whose times look the same to a person are equally near.
fn travel_time(model: TravelModel, line: Metres) -> Seconds {
    Seconds(u32::try_from(model.estimate(line).time.rounded_up()).unwrap_or(u32::MAX))
}

/// A distance in whole metres.
pub(crate) fn whole_metres(line: Metres) -> u32 {
    u32::try_from(line.rounded_up()).unwrap_or(u32::MAX)
}

/// How long before `now` something was, in whole seconds; 0 if it is not before.
pub(crate) fn age(now: Timestamp, then: Timestamp) -> Seconds {
    let seconds = now.duration_since(then).as_secs();
    Seconds(u32::try_from(seconds.max(0)).unwrap_or(u32::MAX))
}
