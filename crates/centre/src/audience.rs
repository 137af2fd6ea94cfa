//! Whom a record concerns. Computed from the board when a change is applied, before and after it, so that a watcher
//! needs no memory of its own to know what enters and leaves its scope.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    IncidentId, RunId, StationId, UnitId, alarm::Alarm, board::Board, directory::InForce, incident::Incident,
    record::Record,
};

/// Whom a record concerns; the whole centre always.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Audience {
    /// Every station, unit and incident as well.
    pub(crate) everyone: bool,
    pub(crate) stations: BTreeSet<StationId>,
    pub(crate) units: BTreeSet<UnitId>,
    pub(crate) incidents: BTreeSet<IncidentId>,
    /// Who alone may read it; absent if it is not restricted.
    pub(crate) readers: Option<BTreeSet<String>>,
}

impl Audience {
    /// Something that nobody may read: what it belongs to is not known, so neither is who may.
    fn nobody() -> Self {
        Self { readers: Some(BTreeSet::new()), ..Self::default() }
    }

    pub(crate) fn may_read(&self, reader: &str) -> bool {
        self.readers.as_ref().is_none_or(|readers| readers.contains(reader))
    }

    /// Also those whom `other` concerned; who may read it does not change.
    pub(crate) fn and_also(mut self, other: &Self) -> Self {
        self.everyone |= other.everyone;
        self.stations.extend(other.stations.iter().cloned());
        self.units.extend(other.units.iter().cloned());
        self.incidents.extend(other.incidents.iter().copied());
        self
    }
}

/// What an audience is computed from.
#[derive(Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    pub(crate) board: &'a Board,
    pub(crate) directory: Option<&'a InForce>,
    /// Incidents that are not on the board but are known, because something on it belongs to them.
    pub(crate) ended: &'a BTreeMap<IncidentId, Incident>,
}

impl Surroundings<'_> {
    /// The incident that a record belongs to, if it does.
    pub(crate) fn incident_of(&self, record: &Record) -> Option<IncidentId> {
        match record {
            Record::Call(call) => call.incident,
            Record::Incident(incident) => Some(incident.id),
            Record::Assignment(assignment) => Some(assignment.incident),
            Record::Run(run) => Some(run.incident),
            Record::Note(note) => Some(note.incident),
            Record::Recommendation(recommendation) => Some(recommendation.incident),
            Record::Alarm(alarm) => self.incident_of_alarm(alarm),
            Record::Unit(_)
            | Record::Desk(_)
            | Record::Dispatch(_)
            | Record::Directory(_)
            | Record::DirectoryPart(_) => None,
        }
    }

    fn incident_of_alarm(&self, alarm: &Alarm) -> Option<IncidentId> {
        let by_assignment = || Some(self.board.assignments().get(&alarm.assignment?)?.record.incident);
        let by_run = || Some(self.board.runs().get(&alarm.run?)?.record.incident);
        let by_call = || self.board.calls().get(&alarm.call?)?.record.incident;
        alarm.incident.or_else(by_assignment).or_else(by_run).or_else(by_call)
    }

    /// Whom a record concerns that belongs to `incident`, if to any.
    pub(crate) fn audience(&self, record: &Record, incident: Option<IncidentId>) -> Audience {
        match record {
            Record::Unit(unit) => {
                let desk = self.directory.and_then(|known| known.directory.units.get(&unit.id));
                let run = unit.run().and_then(|run| self.board.runs().get(&run));
                Audience {
                    stations: desk
                        .map(|entry| entry.desk.clone())
                        .into_iter()
                        .chain(run.map(|run| run.record.desk.clone()))
                        .collect(),
                    units: BTreeSet::from([unit.id.clone()]),
                    incidents: run.map(|run| run.record.incident).into_iter().collect(),
                    ..Audience::default()
                }
            }
            Record::Desk(desk) => {
                Audience { stations: BTreeSet::from([desk.station.clone()]), ..Audience::default() }
            }
            Record::Dispatch(_) | Record::Directory(_) => Audience { everyone: true, ..Audience::default() },
            Record::DirectoryPart(_) => Audience::nobody(),
            Record::Assignment(assignment) => {
                let stations = BTreeSet::from([assignment.desk.clone()]);
                let units = self.units_on(&assignment.runs);
                Audience { stations, units, ..self.audience_of_incident(assignment.incident) }
            }
            Record::Run(run) => {
                let units = BTreeSet::from([run.unit.clone()]);
                let mut audience = Audience { units, ..self.audience_of_incident(run.incident) };
                audience.stations.insert(run.desk.clone());
                audience
            }
            Record::Alarm(alarm) => self.audience_of_alarm(alarm, incident),
            Record::Call(_) | Record::Incident(_) | Record::Note(_) | Record::Recommendation(_) => {
                incident.map_or_else(Audience::default, |incident| self.audience_of_incident(incident))
            }
        }
    }

    fn audience_of_incident(&self, id: IncidentId) -> Audience {
        let on_board = self.board.incidents().get(&id).map(|held| &*held.record);
        let Some(incident) = on_board.or_else(|| self.ended.get(&id)) else { return Audience::nobody() };
        let mut stations: BTreeSet<_> = incident.station.iter().cloned().collect();
        let assignments = incident.assignments.iter().filter_map(|id| self.board.assignments().get(id));
        stations.extend(assignments.map(|held| held.record.desk.clone()));
        let runs = incident.runs.iter().filter_map(|id| self.board.runs().get(id));
        stations.extend(runs.map(|held| held.record.desk.clone()));
        Audience {
            everyone: false,
            stations,
            units: self.units_on(&incident.runs),
            incidents: BTreeSet::from([id]),
            readers: incident.restriction.as_ref().map(|restriction| restriction.readers.clone()),
        }
    }

    /// An alarm that names a desk or a unit is about those; any other one about its incident, if it has one.
    fn audience_of_alarm(&self, alarm: &Alarm, incident: Option<IncidentId>) -> Audience {
        let of_incident = incident.map_or_else(Audience::default, |id| self.audience_of_incident(id));
        let assignment = alarm.assignment.and_then(|id| self.board.assignments().get(&id));
        let run = alarm.run.and_then(|id| self.board.runs().get(&id));
        let units: BTreeSet<_> =
            alarm.unit.iter().chain(run.iter().map(|held| &held.record.unit)).cloned().collect();
        let mut stations: BTreeSet<_> = alarm.desk.iter().cloned().collect();
        stations.extend(assignment.map(|held| held.record.desk.clone()));
        stations.extend(run.map(|held| held.record.desk.clone()));
        let entries = units.iter().filter_map(|unit| self.directory?.directory.units.get(unit));
        stations.extend(entries.map(|entry| entry.desk.clone()));
        if stations.is_empty() && units.is_empty() {
            return of_incident;
        }
        Audience { stations, units, ..of_incident }
    }

    /// The units of those runs that are still bound.
    fn units_on(&self, runs: &[RunId]) -> BTreeSet<UnitId> {
        runs.iter().filter_map(|id| Some(self.board.runs().get(id)?.record.unit.clone())).collect()
    }
}
