//! A client as the contract describes it, and what it should end with, said the plainest way.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "said the plainest way: a new kind of record belongs to nothing yet"
)]

use std::collections::{BTreeMap, BTreeSet};

use centre::{Centre, Frame, Scope, View, Watch, Watcher, redact};
use domain::{
    IncidentId, RecordKey, StationId, UnitId, Version, assignment::Assignment, directory::InForce,
    incident::Incident, record::Record, run::Run,
};
use store::Cursor;

/// A client: applies frames and checks that none is missing.
pub(crate) struct Client {
    pub(crate) watcher: Watcher,
    watch: Watch,
    /// What it holds, as text, by key.
    pub(crate) held: BTreeMap<RecordKey, String>,
    /// Where it may resume.
    pub(crate) cursor: Option<Cursor>,
    /// What `through` of the last frame was.
    through: Version,
    pub(crate) incomplete: bool,
    /// Whole pictures begun.
    pub(crate) resets: usize,
    /// The last states of records that ended.
    pub(crate) ended: BTreeMap<RecordKey, Record>,
}

/// Whoever watches that, as that person.
pub(crate) fn watcher(scope: Scope, reader: &str) -> Watcher {
    Watcher { scope, view: View::Full, reader: reader.to_owned() }
}

impl Client {
    pub(crate) fn new(centre: &Centre, watcher: Watcher) -> Self {
        Self {
            watch: centre.watch(watcher.clone(), None),
            watcher,
            held: BTreeMap::new(),
            cursor: None,
            through: Version::ABSENT,
            incomplete: true,
            resets: 0,
            ended: BTreeMap::new(),
        }
    }

    /// Connects anew, resuming where it was.
    pub(crate) fn reconnect(&mut self, centre: &Centre) {
        self.resume(centre, self.cursor);
    }

    /// Connects anew and claims to have been there.
    pub(crate) fn resume(&mut self, centre: &Centre, cursor: Option<Cursor>) {
        self.watch = centre.watch(self.watcher.clone(), cursor);
        self.through = cursor.map_or(Version::ABSENT, |cursor| cursor.number);
    }

    /// Takes one frame in.
    pub(crate) async fn frame(&mut self) -> Frame {
        let frame = self.watch.next().await;
        if frame.reset {
            self.resets += 1;
            self.held.clear();
            self.through = Version::ABSENT;
        }
        assert_eq!(frame.after, self.through, "a frame continues where the one before ended");
        assert!(frame.through >= frame.after);
        for record in &frame.records {
            self.held.insert(record.key.clone(), record.record.to_json());
        }
        for key in &frame.left {
            self.held.remove(key);
            if let Some(record) = frame.records.iter().find(|record| &record.key == key) {
                self.ended.insert(key.clone(), record.record.clone());
            }
        }
        self.through = frame.through;
        self.incomplete = frame.incomplete;
        if !frame.incomplete {
            self.cursor = Some(Cursor { lineage: frame.lineage, number: frame.through });
        }
        frame
    }

    /// Takes frames in until it has reached that place.
    pub(crate) async fn catch_up(&mut self, to: Cursor) {
        while self.incomplete || self.cursor != Some(to) {
            self.frame().await;
        }
    }

    /// True if it holds that.
    pub(crate) fn holds(&self, key: &RecordKey) -> bool {
        self.held.contains_key(key)
    }
}

/// What a store holds, to be asked the plainest way what is in a scope.
pub(crate) struct Plain<'a> {
    pub(crate) records: &'a [Record],
    pub(crate) directory: Option<&'a InForce>,
}

impl Plain<'_> {
    /// Every open record in the scope, as the view shows it.
    pub(crate) fn in_scope(&self, watcher: &Watcher) -> BTreeMap<RecordKey, String> {
        let open = self.records.iter().filter(|record| record.is_open());
        let seen = open.filter(|record| self.may_read(record, &watcher.reader));
        let seen = seen.filter(|record| match &watcher.scope {
            Scope::Centre => true,
            Scope::Station(station) => self.concerns_station(record, station),
            Scope::Unit(unit) => self.concerns_unit(record, unit),
            Scope::Incident(incident) => self.concerns_incident(record, *incident),
        });
        let shown = seen.map(|record| match watcher.view {
            View::Full => (record.key(), record.to_json()),
            View::Redacted => (record.key(), redact(record).to_json()),
        });
        shown.collect()
    }

    fn may_read(&self, record: &Record, reader: &str) -> bool {
        let Some(id) = incident_of(record) else { return true };
        let Some(incident) = self.incident(id) else { return false };
        incident.restriction.as_ref().is_none_or(|restriction| restriction.readers.contains(reader))
    }

    fn incident(&self, id: IncidentId) -> Option<&Incident> {
        self.records.iter().find_map(|record| match record {
            Record::Incident(incident) if incident.id == id => Some(incident),
            _ => None,
        })
    }

    fn assignments(&self, incident: IncidentId) -> impl Iterator<Item = &Assignment> {
        let open = self.records.iter().filter(|record| record.is_open());
        open.filter_map(move |record| match record {
            Record::Assignment(assignment) if assignment.incident == incident => Some(assignment),
            _ => None,
        })
    }

    fn runs(&self) -> impl Iterator<Item = &Run> {
        let open = self.records.iter().filter(|record| record.is_open());
        open.filter_map(Record::as_run)
    }

    fn stations(&self, incident: IncidentId) -> BTreeSet<&StationId> {
        let own = self.incident(incident).and_then(|incident| incident.station.as_ref());
        let desks = self.assignments(incident).map(|assignment| &assignment.desk);
        let runs = self.runs().filter(|run| run.incident == incident).map(|run| &run.desk);
        own.into_iter().chain(desks).chain(runs).collect()
    }

    fn desk(&self, unit: &UnitId) -> Option<&StationId> {
        Some(&self.directory?.directory.units.get(unit)?.desk)
    }

    fn concerns_station(&self, record: &Record, station: &StationId) -> bool {
        match record {
            Record::Dispatch(_) | Record::Directory(_) => true,
            Record::Desk(desk) => &desk.station == station,
            Record::Unit(unit) => {
                let run = self.runs().find(|run| Some(run.id) == unit.run());
                self.desk(&unit.id) == Some(station) || run.is_some_and(|run| &run.desk == station)
            }
            Record::Assignment(assignment) => &assignment.desk == station,
            Record::Alarm(alarm) if alarm.desk.is_some() || alarm.unit.is_some() => {
                let desk = alarm.unit.as_ref().and_then(|unit| self.desk(unit));
                alarm.desk.as_ref() == Some(station) || desk == Some(station)
            }
            Record::Run(run) if &run.desk == station => true,
            _ => incident_of(record).is_some_and(|incident| self.stations(incident).contains(station)),
        }
    }

    fn concerns_unit(&self, record: &Record, unit: &UnitId) -> bool {
        let goes_to = |incident| self.runs().any(|run| &run.unit == unit && run.incident == incident);
        match record {
            Record::Dispatch(_) | Record::Directory(_) => true,
            Record::Unit(known) => &known.id == unit,
            Record::Run(run) => &run.unit == unit,
            Record::Assignment(assignment) => {
                self.runs().any(|run| &run.unit == unit && assignment.runs.contains(&run.id))
            }
            Record::Alarm(alarm) if alarm.desk.is_some() || alarm.unit.is_some() => {
                alarm.unit.as_ref() == Some(unit)
            }
            _ => incident_of(record).is_some_and(goes_to),
        }
    }

    fn concerns_incident(&self, record: &Record, incident: IncidentId) -> bool {
        match record {
            Record::Dispatch(_) | Record::Directory(_) => true,
            Record::Unit(unit) => {
                self.runs().any(|run| Some(run.id) == unit.run() && run.incident == incident)
            }
            _ => incident_of(record) == Some(incident),
        }
    }
}

fn incident_of(record: &Record) -> Option<IncidentId> {
    match record {
        Record::Call(call) => call.incident,
        Record::Incident(incident) => Some(incident.id),
        Record::Assignment(assignment) => Some(assignment.incident),
        Record::Run(run) => Some(run.incident),
        Record::Alarm(alarm) => alarm.incident,
        _ => None,
    }
}
