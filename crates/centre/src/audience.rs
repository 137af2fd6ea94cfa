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

/// The incident that a record belongs to, if it does.
pub const fn incident_of(record: &Record) -> Option<IncidentId> {
    match record {
        Record::Call(call) => call.incident,
        Record::Incident(incident) => Some(incident.id),
        Record::Assignment(assignment) => Some(assignment.incident),
        Record::Run(run) => Some(run.incident),
        Record::Note(note) => Some(note.incident),
        Record::Recommendation(recommendation) => Some(recommendation.incident),
        Record::Alarm(alarm) => alarm.incident,
        Record::Unit(_)
        | Record::Desk(_)
        | Record::Dispatch(_)
        | Record::Directory(_)
        | Record::DirectoryPart(_) => None,
    }
}

impl Surroundings<'_> {
    /// Whom a record concerns. It follows from the board and the directory alone, so a node that loads them comes to the
    /// same as one that has followed for days.
    pub(crate) fn audience(&self, record: &Record) -> Audience {
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
            Record::Alarm(alarm) => self.audience_of_alarm(alarm),
            Record::Call(_) | Record::Incident(_) | Record::Note(_) | Record::Recommendation(_) => {
                incident_of(record).map_or_else(Audience::default, |id| self.audience_of_incident(id))
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
    fn audience_of_alarm(&self, alarm: &Alarm) -> Audience {
        let of_incident =
            alarm.incident.map_or_else(Audience::default, |incident| self.audience_of_incident(incident));
        if alarm.desk.is_none() && alarm.unit.is_none() {
            return of_incident;
        }
        let entry = alarm.unit.as_ref().and_then(|unit| self.directory?.directory.units.get(unit));
        let desks = alarm.desk.iter().chain(entry.map(|entry| &entry.desk));
        Audience {
            stations: desks.cloned().collect(),
            units: alarm.unit.iter().cloned().collect(),
            ..of_incident
        }
    }

    /// The units of those runs that are still bound.
    fn units_on(&self, runs: &[RunId]) -> BTreeSet<UnitId> {
        runs.iter().filter_map(|id| Some(self.board.runs().get(id)?.record.unit.clone())).collect()
    }
}
