//! The units of a kind as they are seen from an incident: where each is, how far that is, how it ranks, why it cannot be sent.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    RunId, Seconds, StationId, UnitId, UnitKindId,
    assignment::{Assignment, Purpose},
    directory::{Directory, Travel},
    fleet::{Doing, Member, Sighting},
    incident::{PassedOverReason, Responder},
    limits::{POSITION_FRESH, UNANSWERED_UNTIL_SILENT},
    recommendation::{Candidate, Excluded, Exclusion, PositionSource},
    record::Dropped,
    unit::UnitState,
};
use geography::{Metres, MetresPerSecond, TravelModel, UnitVector};
use jiff::Timestamp;

use crate::Situation;

/// How many steps up from a substation its station is looked for; a chain that long is a mistake in the directory.
const PARENTS_MAX: usize = 8;

/// A unit of a kind that is needed, seen from the incident. Small: a centre may have thousands, and few are ever shown.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'a> {
    pub(crate) member: &'a Member,
    /// Why it cannot be sent though it is free.
    hindered: Hindered,
    own_district: bool,
    silent: bool,
    /// True if it is taken to be where it was seen last.
    by_sighting: bool,
    distance_m: Option<u32>,
    nearness: Nearness,
}

/// What keeps a unit from being sent, beside what it does and who serves already.
#[derive(Clone, Copy, Default)]
struct Hindered {
    closing: bool,
    promised: bool,
    passed_over: Option<PassedOverReason>,
}

/// How near a unit is; the less the nearer. Whole seconds and then the own district where the place is known; the own
/// district first where it is not.
pub(crate) type Nearness = (u32, u32);

impl<'a> Seen<'a> {
    /// What orders candidates, best first: those who answer, then the nearest, then by id.
    pub(crate) const fn rank(&self) -> (bool, Nearness, &'a UnitId) {
        (self.silent, self.nearness, &self.member.unit)
    }

    /// True if it or its desk missed so many answers that it ranks last.
    pub(crate) const fn is_silent(&self) -> bool {
        self.silent
    }

    /// What orders units by nearness alone, whether or not they answer.
    pub(crate) const fn nearness(&self) -> (Nearness, &'a UnitId) {
        (self.nearness, &self.member.unit)
    }

    /// Why the unit cannot be sent for a need, if it cannot. What the unit does comes first, because asking its
    /// desk again would not change it; then what was answered for this incident; then who serves already; then to
    /// whom the unit is promised, be it here for an earlier need: `taken`.
    pub(crate) fn why_not(&self, serving: &Serving<'_>, taken: &[&UnitId]) -> Option<Exclusion> {
        match self.member.state() {
            UnitState::SignedOff => Some(Exclusion::SignedOff),
            UnitState::OutOfService { .. } => Some(Exclusion::OutOfService),
            UnitState::Assigned { run } if serving.runs.contains(run) => Some(Exclusion::AlreadyServing),
            UnitState::Assigned { .. } => Some(Exclusion::OnRun),
            UnitState::Available if self.hindered.closing => Some(Exclusion::OutOfService),
            UnitState::Available => {
                if let Some(why) = self.hindered.passed_over {
                    Some(exclusion(why))
                } else if serving.desks.contains(&&self.member.desk) {
                    Some(Exclusion::AlreadyServing)
                } else if self.hindered.promised || taken.contains(&&self.member.unit) {
                    Some(Exclusion::Promised)
                } else {
                    None
                }
            }
        }
    }

    pub(crate) fn candidate(&self, now: Timestamp) -> Candidate {
        let sighting = self.member.seen.filter(|_| self.by_sighting);
        Candidate {
            unit: self.member.unit.clone(),
            desk: self.member.desk.clone(),
            distance_m: self.distance_m,
            travel: self.distance_m.map(|_| Seconds(self.nearness.0)),
            position_from: sighting.map_or(self.member.usual_from, |_| PositionSource::Reported),
            position_age: sighting.map(|sighting| age(now, sighting.measured_at)),
            own_district: self.own_district,
            silent: self.silent,
        }
    }

    pub(crate) fn excluded(&self, why: Exclusion) -> Excluded {
        Excluded { unit: self.member.unit.clone(), distance_m: self.distance_m, why }
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
    closing: bool,
    own_district: bool,
    silent: bool,
    passed_over: Option<PassedOverReason>,
}

/// From where distances are taken.
#[derive(Clone, Copy)]
enum Target {
    /// The incident itself.
    Incident(UnitVector),
    /// The station that answers for it, standing in for a place nobody knows: it orders units and is never shown.
    Station(UnitVector),
    /// Nowhere.
    Unknown,
}

/// Sees the units from an incident.
pub(crate) struct Lookout<'a> {
    situation: Situation<'a>,
    desks: Vec<DeskView>,
    target: Target,
    model: TravelModel,
    /// What keeps units from being sent, by their index; nothing for one that is not here.
    hindered: BTreeMap<usize, Hindered>,
}

impl<'a> Lookout<'a> {
    pub(crate) fn new(situation: &Situation<'a>) -> Self {
        Self {
            situation: *situation,
            desks: desk_views(situation),
            target: target(situation),
            model: travel_model(situation.directory.directory.travel),
            hindered: hindered(situation),
        }
    }

    /// Every unit of a kind, in order of id.
    pub(crate) fn all(&self, kind: &UnitKindId) -> impl Iterator<Item = Seen<'a>> {
        self.situation.fleet.of_kind(kind).map(|(index, member)| self.look(index, member))
    }

    /// The units of a kind, nearest first, but for those whose place is unknown; of those equally near any may come before the
    /// others. `None` where something else than distance makes units near: nobody knows the incident's place.
    pub(crate) fn by_distance(&self, kind: &UnitKindId) -> Option<impl Iterator<Item = Seen<'a>>> {
        let Target::Incident(here) = self.target else { return None };
        let now = self.situation.now;
        let spots = self.situation.fleet.by_distance(kind, here, move |seen| is_fresh(now, seen));
        Some(spots.map(|(index, member)| self.look(index, member)))
    }

    /// How many units of a kind do what.
    pub(crate) fn doing(&self, kind: &UnitKindId) -> Doing {
        self.situation.fleet.doing(kind)
    }

    /// How many units of a kind cannot be sent, by reason. It looks only at those that are on duty, free and kept from it.
    pub(crate) fn excluded(
        &self,
        kind: &UnitKindId,
        serving: &Serving<'_>,
        taken: &[&UnitId],
    ) -> BTreeMap<Exclusion, u32> {
        let fleet = self.situation.fleet;
        let doing = self.doing(kind);
        let on_runs = serving.runs.iter().flat_map(|run| fleet.on_run(*run));
        let on_runs: BTreeSet<usize> = on_runs.filter(|index| fleet.is_of_kind(*index, kind)).collect();
        let mut counts = BTreeMap::from([
            (Exclusion::SignedOff, doing.signed_off),
            (Exclusion::OutOfService, doing.out_of_service),
            (Exclusion::OnRun, doing.assigned - on_runs.len()),
            (Exclusion::AlreadyServing, on_runs.len()),
        ]);
        for index in self.may_be_kept(kind, serving, taken) {
            let Some(member) = fleet.get(index) else { continue };
            if *member.state() == UnitState::Available
                && let Some(why) = self.look(index, member).why_not(serving, taken)
            {
                *counts.entry(why).or_insert(0) += 1;
            }
        }
        counts.retain(|_, count| *count > 0);
        counts.into_iter().map(|(why, count)| (why, u32::try_from(count).unwrap_or(u32::MAX))).collect()
    }

    /// The indices of the units of a kind that may be kept from being sent though they are free: for themselves or for their desk.
    fn may_be_kept(&self, kind: &UnitKindId, serving: &Serving<'_>, taken: &[&UnitId]) -> BTreeSet<usize> {
        let fleet = self.situation.fleet;
        let stations = self.situation.directory.directory.stations.keys();
        let is_kept = |(id, desk): (&StationId, &DeskView)| {
            desk.closing || desk.passed_over.is_some() || serving.desks.contains(&id)
        };
        let kept = stations.zip(&self.desks).enumerate().filter(|(_, desk)| is_kept(*desk));
        // those of a desk that is no station are sent nowhere
        let kept = kept.map(|(place, _)| Some(place)).chain([None]);
        let of_desks = kept.flat_map(|station| fleet.of_station(kind, station)).copied();
        let taken = taken.iter().filter_map(|unit| fleet.index_of(unit));
        let themselves =
            self.hindered.keys().copied().chain(taken).filter(|index| fleet.is_of_kind(*index, kind));
        of_desks.chain(themselves).collect()
    }

    fn look(&self, index: usize, member: &'a Member) -> Seen<'a> {
        let desk = member.station.and_then(|station| self.desks.get(station));
        let own_district = desk.is_some_and(|desk| desk.own_district);
        let fresh = member.seen.filter(|seen| is_fresh(self.situation.now, seen));
        let at = fresh.map(|seen| seen.at).or(member.usual);
        let (distance_m, nearness) = nearness(self.target, at, own_district, self.model);
        let mut hindered = self.hindered.get(&index).copied().unwrap_or_default();
        hindered.closing |= desk.is_none_or(|desk| desk.closing);
        hindered.passed_over = hindered.passed_over.or(desk.and_then(|desk| desk.passed_over));
        let unanswered = member.on_duty.as_ref().map_or(0, |unit| unit.unanswered_in_a_row);
        let silent = unanswered >= UNANSWERED_UNTIL_SILENT || desk.is_some_and(|desk| desk.silent);
        Seen { member, hindered, own_district, silent, by_sighting: fresh.is_some(), distance_m, nearness }
    }
}

/// True if a unit is taken to be where it was last.
fn is_fresh(now: Timestamp, seen: &Sighting) -> bool {
    age(now, seen.measured_at) <= POSITION_FRESH
}

/// What keeps units of the fleet from being sent, by their index: that one was passed over for this incident, that it is
/// promised or was taken, for whatever incident, that the next directory will not have it.
fn hindered(situation: &Situation<'_>) -> BTreeMap<usize, Hindered> {
    let mut hindered = BTreeMap::new();
    let mut mark = |unit: &UnitId, how: &dyn Fn(&mut Hindered)| {
        if let Some(index) = situation.fleet.index_of(unit) {
            how(hindered.entry(index).or_default());
        }
    };
    for entry in &situation.incident.passed_over {
        match &entry.who {
            Responder::Unit { unit } => mark(unit, &|marked| marked.passed_over = Some(entry.why)),
            Responder::Desk { .. } => {}
        }
    }
    let promised = situation.promised.iter().map(|(unit, _)| unit).chain(situation.taken);
    promised.for_each(|unit| mark(unit, &|marked| marked.promised = true));
    for unit in situation.closing.iter().filter_map(dropped_unit) {
        mark(unit, &|marked| marked.closing = true);
    }
    hindered
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

/// What is known of each desk for this incident, in the order of the directory's stations.
fn desk_views(situation: &Situation<'_>) -> Vec<DeskView> {
    let directory = &situation.directory.directory;
    let own = situation.incident.station.as_ref();
    let passed_over = |desk: &StationId| {
        let entries = situation.incident.passed_over.iter();
        let mut of_desk = entries.filter_map(|entry| match &entry.who {
            Responder::Desk { station } => (station == desk).then_some(entry.why),
            Responder::Unit { .. } => None,
        });
        of_desk.next()
    };
    let view = |id: &StationId| DeskView {
        closing: situation.closing.iter().any(|closing| dropped_station(closing) == Some(id)),
        own_district: own.is_some_and(|own| is_or_belongs_to(directory, id, own)),
        silent: situation.desks.get(id).is_some_and(|held| held.record.is_silent()),
        passed_over: passed_over(id),
    };
    directory.stations.keys().map(view).collect()
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
        (Some(position), _) => Target::Incident(position.into()),
        (None, Some(own)) => {
            stations.get(own).map_or(Target::Unknown, |station| Target::Station(station.position.into()))
        }
        (None, None) => Target::Unknown,
    }
}

/// How far it is in metres, and how near that makes the unit. A unit whose own place is unknown comes last.
fn nearness(
    target: Target,
    place: Option<UnitVector>,
    own_district: bool,
    model: TravelModel,
) -> (Option<u32>, Nearness) {
    let elsewhere = u32::from(!own_district);
    let time = |line| travel_time(model, line).0;
    match target {
        Target::Incident(here) => match place.map(|place| here.distance(place)) {
            Some(line) => (Some(whole_metres(line)), (time(line), elsewhere)),
            None => (None, (u32::MAX, elsewhere)),
        },
        Target::Station(own) => {
            (None, (elsewhere, place.map_or(u32::MAX, |place| time(own.distance(place)))))
        }
        Target::Unknown => (None, (elsewhere, 0)),
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
