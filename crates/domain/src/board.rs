//! The board: everything open in a centre now, built only from changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::{
    AlarmId, AssignmentId, CallId, IncidentId, Priority, RecordKey, RecordKind, RunId, StationId, UnitId,
    Version,
    alarm::{Alarm, AlarmCode, Subject},
    assignment::Assignment,
    call::Call,
    change::Change,
    deadline::Deadline,
    desk::Desk,
    dispatch::Dispatch,
    incident::Incident,
    record::{DirectoryHead, Record, Versioned},
    run::Run,
    unit::Unit,
    whereabouts::Whereabouts,
};

/// Records of one kind, by id.
pub type Shelf<Id, T> = BTreeMap<Id, Versioned<Arc<T>>>;

/// Everything open in a centre now. Cloning it is cheap enough for a test, not for a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Board {
    number: Version,
    calls: Shelf<CallId, Call>,
    incidents: Shelf<IncidentId, Incident>,
    assignments: Shelf<AssignmentId, Assignment>,
    runs: Shelf<RunId, Run>,
    units: Shelf<UnitId, Unit>,
    desks: Shelf<StationId, Desk>,
    alarms: Shelf<AlarmId, Alarm>,
    dispatch: Option<Versioned<Arc<Dispatch>>>,
    directory: Option<Versioned<Arc<DirectoryHead>>>,
    queue: BTreeSet<(Priority, Timestamp, IncidentId)>,
    deadlines: BTreeSet<Deadline>,
    whereabouts: Whereabouts,
    /// The alarms by everything they are about, and by their code.
    alarmed: BTreeSet<(Subject, AlarmCode, AlarmId)>,
    promised: BTreeSet<(UnitId, AssignmentId)>,
}

/// A change that does not follow on the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("change {found} does not follow on {board}")]
pub struct Gap {
    /// The last change on the board.
    pub board: Version,
    /// The change that came.
    pub found: Version,
}

impl Board {
    /// A board of records as they were loaded from a store. `through` is the number from which changes must be applied
    /// next; the records may be newer than that, as long as every change after `through` is applied before the board
    /// is shown to anybody.
    pub fn load(through: Version, records: impl IntoIterator<Item = Versioned<Record>>) -> Self {
        let mut board = Self { number: through, ..Self::default() };
        for loaded in records {
            board.put(loaded.version, &loaded.record);
        }
        board
    }

    /// The number of the last change applied.
    pub const fn number(&self) -> Version {
        self.number
    }

    /// Calls that are not over.
    pub const fn calls(&self) -> &Shelf<CallId, Call> {
        &self.calls
    }

    /// Incidents that are open or held.
    pub const fn incidents(&self) -> &Shelf<IncidentId, Incident> {
        &self.incidents
    }

    /// Assignments whose desk still owes something.
    pub const fn assignments(&self) -> &Shelf<AssignmentId, Assignment> {
        &self.assignments
    }

    /// Runs whose unit is still bound.
    pub const fn runs(&self) -> &Shelf<RunId, Run> {
        &self.runs
    }

    /// Units on duty. A unit that is not here is signed off.
    pub const fn units(&self) -> &Shelf<UnitId, Unit> {
        &self.units
    }

    /// Desks that missed an answer. A desk that is not here has missed none.
    pub const fn desks(&self) -> &Shelf<StationId, Desk> {
        &self.desks
    }

    /// Alarms that are not over.
    pub const fn alarms(&self) -> &Shelf<AlarmId, Alarm> {
        &self.alarms
    }

    /// Who may dispatch automatically; absent before the first dispatcher.
    pub const fn dispatch(&self) -> Option<&Versioned<Arc<Dispatch>>> {
        self.dispatch.as_ref()
    }

    /// Which directory is in force; absent before the first was applied.
    pub const fn directory(&self) -> Option<&Versioned<Arc<DirectoryHead>>> {
        self.directory.as_ref()
    }

    /// Open incidents with an unfilled need: by priority, then age, then id.
    pub const fn queue(&self) -> &BTreeSet<(Priority, Timestamp, IncidentId)> {
        &self.queue
    }

    /// Every deadline that runs, the nearest first.
    pub const fn deadlines(&self) -> &BTreeSet<Deadline> {
        &self.deadlines
    }

    /// The incidents by where they are and who called about them.
    pub const fn whereabouts(&self) -> &Whereabouts {
        &self.whereabouts
    }

    /// The units that are kept for an assignment whose desk has yet to choose, as [`Assignment::promised_unit`] says.
    pub const fn promised(&self) -> &BTreeSet<(UnitId, AssignmentId)> {
        &self.promised
    }

    /// Alarms about one thing that are not over.
    pub fn alarms_about(&self, subject: impl Into<Subject>) -> impl Iterator<Item = &Versioned<Arc<Alarm>>> {
        let subject = subject.into();
        let about = self.alarmed.range((subject.clone(), AlarmCode::FIRST, AlarmId::FIRST)..);
        let about = about.take_while(move |(other, _, _)| *other == subject);
        about.filter_map(|(_, _, id)| self.alarms.get(id))
    }

    /// Those of one code among them.
    pub fn alarms_of(
        &self,
        code: AlarmCode,
        subject: impl Into<Subject>,
    ) -> impl Iterator<Item = &Versioned<Arc<Alarm>>> {
        let subject = subject.into();
        let range = (subject.clone(), code, AlarmId::FIRST)..=(subject, code, AlarmId::LAST);
        self.alarmed.range(range).filter_map(|(_, _, id)| self.alarms.get(id))
    }

    /// True if an alarm of this code about it is not over.
    pub fn has_alarm(&self, code: AlarmCode, subject: impl Into<Subject>) -> bool {
        self.alarms_of(code, subject).next().is_some()
    }

    /// How many records it holds.
    pub fn len(&self) -> usize {
        self.calls.len()
            + self.incidents.len()
            + self.assignments.len()
            + self.runs.len()
            + self.units.len()
            + self.desks.len()
            + self.alarms.len()
            + usize::from(self.dispatch.is_some())
            + usize::from(self.directory.is_some())
    }

    /// True if nothing is open.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Applies the next change.
    ///
    /// # Errors
    /// [`Gap`] if it is not the next one; the board is unchanged.
    pub fn apply(&mut self, change: &Change) -> Result<(), Gap> {
        if change.number != self.number.next() {
            return Err(Gap { board: self.number, found: change.number });
        }
        self.number = change.number;
        for record in &change.records {
            self.put(change.number, record);
        }
        Ok(())
    }

    /// The record that `key` names, if it is on the board.
    pub fn get(&self, key: &RecordKey) -> Option<Versioned<Record>> {
        match key.kind {
            RecordKind::Call => lookup(&self.calls, key, Record::Call),
            RecordKind::Incident => lookup(&self.incidents, key, Record::Incident),
            RecordKind::Assignment => lookup(&self.assignments, key, Record::Assignment),
            RecordKind::Run => lookup(&self.runs, key, Record::Run),
            RecordKind::Unit => lookup(&self.units, key, Record::Unit),
            RecordKind::Desk => lookup(&self.desks, key, Record::Desk),
            RecordKind::Alarm => lookup(&self.alarms, key, Record::Alarm),
            RecordKind::Dispatch => self.dispatch.as_ref().map(|held| copied(held, Record::Dispatch)),
            RecordKind::Directory => self.directory.as_ref().map(|held| copied(held, Record::Directory)),
            RecordKind::Note | RecordKind::Recommendation | RecordKind::DirectoryPart => None,
        }
    }

    /// Every record on the board, in a fixed order.
    pub fn records(&self) -> impl Iterator<Item = Versioned<Record>> + '_ {
        let calls = self.calls.values().map(|held| copied(held, Record::Call));
        let incidents = self.incidents.values().map(|held| copied(held, Record::Incident));
        let assignments = self.assignments.values().map(|held| copied(held, Record::Assignment));
        let runs = self.runs.values().map(|held| copied(held, Record::Run));
        let units = self.units.values().map(|held| copied(held, Record::Unit));
        let desks = self.desks.values().map(|held| copied(held, Record::Desk));
        let alarms = self.alarms.values().map(|held| copied(held, Record::Alarm));
        let dispatch = self.dispatch.iter().map(|held| copied(held, Record::Dispatch));
        let directory = self.directory.iter().map(|held| copied(held, Record::Directory));
        directory
            .chain(dispatch)
            .chain(units)
            .chain(desks)
            .chain(incidents)
            .chain(calls)
            .chain(assignments)
            .chain(runs)
            .chain(alarms)
    }

    /// Puts one record where it belongs, unless the board has a newer one.
    fn put(&mut self, version: Version, record: &Record) {
        let open = record.is_open();
        match record {
            Record::Call(call) => {
                let before = shelve(&mut self.calls, call.id, version, call, open);
                self.reindex(before, Record::Call, record);
            }
            Record::Incident(incident) => {
                let before = shelve(&mut self.incidents, incident.id, version, incident, open);
                self.reindex(before, Record::Incident, record);
            }
            Record::Assignment(assignment) => {
                let before = shelve(&mut self.assignments, assignment.id, version, assignment, open);
                self.reindex(before, Record::Assignment, record);
            }
            Record::Run(run) => {
                let before = shelve(&mut self.runs, run.id, version, run, open);
                self.reindex(before, Record::Run, record);
            }
            Record::Unit(unit) => {
                shelve(&mut self.units, unit.id.clone(), version, unit, open);
            }
            Record::Desk(desk) => {
                shelve(&mut self.desks, desk.station.clone(), version, desk, open);
            }
            Record::Alarm(alarm) => {
                let before = shelve(&mut self.alarms, alarm.id, version, alarm, open);
                self.reindex(before, Record::Alarm, record);
            }
            Record::Dispatch(dispatch) => replace(&mut self.dispatch, version, dispatch),
            Record::Directory(head) => replace(&mut self.directory, version, head),
            Record::Note(_) | Record::Recommendation(_) | Record::DirectoryPart(_) => {}
        }
    }

    /// Keeps the indexes true after a record was shelved; of a stale one there is nothing to do.
    fn reindex<T: Clone>(&mut self, shelved: Shelved<T>, wrap: fn(T) -> Record, now: &Record) {
        let before = match shelved {
            Shelved::Stale => return,
            Shelved::Instead(before) => Some(wrap(Arc::unwrap_or_clone(before))),
            Shelved::New => None,
        };
        if let Some(before) = before {
            self.index(&before, Entry::Gone);
        }
        if now.is_open() {
            self.index(now, Entry::Made);
        }
    }

    /// Makes a record's entries in the indexes, or takes them out as they were made.
    fn index(&mut self, record: &Record, entry: Entry) {
        if let Some(deadline) = Deadline::of(record) {
            entry.note(&mut self.deadlines, deadline);
        }
        match record {
            Record::Incident(incident) => {
                if let Some((priority, since)) = record.queue_place() {
                    entry.note(&mut self.queue, (priority, since, incident.id));
                }
                match entry {
                    Entry::Made => self.whereabouts.insert(incident),
                    Entry::Gone => self.whereabouts.remove(incident),
                }
            }
            Record::Assignment(assignment) => {
                if let Some(unit) = assignment.promised_unit() {
                    entry.note(&mut self.promised, (unit.clone(), assignment.id));
                }
            }
            Record::Alarm(alarm) => {
                for subject in alarm.subjects() {
                    entry.note(&mut self.alarmed, (subject, alarm.code, alarm.id));
                }
            }
            Record::Call(_)
            | Record::Run(_)
            | Record::Unit(_)
            | Record::Desk(_)
            | Record::Note(_)
            | Record::Recommendation(_)
            | Record::Dispatch(_)
            | Record::Directory(_)
            | Record::DirectoryPart(_) => {}
        }
    }
}

/// What becomes of a record's entry in an index.
#[derive(Clone, Copy)]
enum Entry {
    Made,
    Gone,
}

impl Entry {
    fn note<T: Ord>(self, index: &mut BTreeSet<T>, place: T) {
        match self {
            Self::Made => index.insert(place),
            Self::Gone => index.remove(&place),
        };
    }
}

/// What shelving a record came to.
enum Shelved<T> {
    /// The board has a newer one.
    Stale,
    /// There was none before.
    New,
    /// It stands where this one stood, or has taken it off.
    Instead(Arc<T>),
}

/// Puts `record` on the shelf if it is open and newer than what is there, and takes that off if it is closed and newer.
fn shelve<Id: Ord, T: Clone>(
    shelf: &mut Shelf<Id, T>,
    id: Id,
    version: Version,
    record: &T,
    open: bool,
) -> Shelved<T> {
    if shelf.get(&id).is_some_and(|held| held.version >= version) {
        return Shelved::Stale;
    }
    let before = match open {
        true => shelf.insert(id, Versioned { version, record: Arc::new(record.clone()) }),
        false => shelf.remove(&id),
    };
    before.map_or(Shelved::New, |before| Shelved::Instead(before.record))
}

/// Replaces the one record of its kind unless it is newer.
fn replace<T: Clone>(place: &mut Option<Versioned<Arc<T>>>, version: Version, record: &T) {
    if place.as_ref().is_none_or(|held| held.version < version) {
        *place = Some(Versioned { version, record: Arc::new(record.clone()) });
    }
}

/// Looks up the id that `key` spells.
fn lookup<Id: Ord + std::str::FromStr, T: Clone>(
    shelf: &Shelf<Id, T>,
    key: &RecordKey,
    wrap: fn(T) -> Record,
) -> Option<Versioned<Record>> {
    let id = key.id.parse().ok()?;
    shelf.get(&id).map(|held| copied(held, wrap))
}

/// Copies a record off the board.
fn copied<T: Clone>(held: &Versioned<Arc<T>>, wrap: fn(T) -> Record) -> Versioned<Record> {
    Versioned { version: held.version, record: wrap((*held.record).clone()) }
}
