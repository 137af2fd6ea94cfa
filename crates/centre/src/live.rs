//! The pure core of the live picture: changes go in one by one; the board, what watchers may see and the ring come out.
//!
//! It reads no clock and waits for nothing, so any history can be replayed through it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use domain::{
    IncidentId, RecordKey, RecordKind, UnitId, Version,
    board::{Board, Gap},
    change::Change,
    directory::InForce,
    fleet::Fleet,
    incident::Incident,
    record::{Record, Versioned},
};
use jiff::Timestamp;
use store::{Cursor, Lineage, PositionReport};

use crate::{
    audience::{Audience, Surroundings, incident_of},
    limits::RingLimits,
    picture::Picture,
    ring::{After, Entry, Ring},
    scope::Watcher,
    status::StoreBehind,
    subscription::Applied,
    view::{BothViews, ViewRecord},
};

/// What an entry of the ring costs besides its record's text.
const ENTRY_BYTES: usize = 256;

/// Everything that is known of a centre now.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) picture: Picture,
    pub(crate) ring: Ring,
    /// Counts loads; 0 before the first. Whoever follows starts anew when it moves.
    pub(crate) generation: u64,
    /// Why the last load was made.
    pub(crate) cause: &'static str,
    /// The last time the store was found behind, and the load that followed.
    pub(crate) behind: Option<(u64, StoreBehind)>,
    /// No deadline is due before this: the end of the last outage and a grace.
    pub(crate) grace_until: Timestamp,
    /// Every record on the board, as it is shown.
    shown: BTreeMap<RecordKey, Shown>,
    /// The records on the board that belong to each incident, itself not included.
    dependents: HashMap<IncidentId, BTreeSet<RecordKey>>,
    /// Incidents that are not on the board though something on it belongs to them.
    ended: BTreeMap<IncidentId, Incident>,
    /// Counts positions taken in, and says at which count each unit moved last, and the other way round.
    moves: u64,
    moved: BTreeMap<UnitId, u64>,
    by_move: BTreeMap<u64, UnitId>,
}

/// A record on the board, as it is shown.
#[derive(Debug)]
struct Shown {
    record: Arc<BothViews>,
    incident: Option<IncidentId>,
    audience: Arc<Audience>,
}

/// What was loaded from a store.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) lineage: Lineage,
    /// The open records, each with its size in bytes, as after the change of the board's number.
    pub(crate) board: Board,
    /// Incidents that are not open though an open record belongs to them.
    pub(crate) ended: Vec<Incident>,
    pub(crate) directory: Option<Arc<InForce>>,
    /// Records that could not be read.
    pub(crate) damaged: BTreeMap<RecordKey, Version>,
    pub(crate) cause: &'static str,
    pub(crate) behind: Option<StoreBehind>,
}

/// What a change does to the directory in force.
#[derive(Debug)]
pub(crate) enum DirectoryAfter {
    /// Nothing.
    Same,
    /// This one is in force; absent if it cannot be read.
    New(Option<Arc<InForce>>),
}

impl Live {
    pub(crate) fn new(limits: RingLimits) -> Self {
        Self {
            picture: Picture::empty(),
            ring: Ring::new(limits, Version::ABSENT),
            generation: 0,
            cause: "start",
            behind: None,
            grace_until: Timestamp::MIN,
            shown: BTreeMap::new(),
            dependents: HashMap::new(),
            ended: BTreeMap::new(),
            moves: 0,
            moved: BTreeMap::new(),
            by_move: BTreeMap::new(),
        }
    }

    /// Begins anew with what was loaded. Everybody who follows starts anew.
    pub(crate) fn install(&mut self, loaded: Loaded) {
        self.generation += 1;
        self.cause = loaded.cause;
        self.picture.cursor = Cursor { lineage: loaded.lineage, number: loaded.board.number() };
        self.picture.board = loaded.board;
        self.picture.directory = loaded.directory;
        self.muster();
        self.picture.damaged = loaded.damaged;
        if let Some(behind) = loaded.behind {
            self.behind = Some((self.generation, StoreBehind { now: self.picture.cursor, ..behind }));
        }
        self.ring.restart(self.picture.cursor.number);
        self.shown.clear();
        self.dependents.clear();
        self.ended = loaded.ended.into_iter().map(|incident| (incident.id, incident)).collect();
        let records: Vec<_> = self.picture.board.records().collect();
        for Versioned { version, record } in records {
            let bytes = record.to_json().len();
            let incident = incident_of(&record);
            let audience = Arc::new(self.surroundings().audience(&record));
            let key = record.key();
            self.depend(&key, incident);
            self.shown
                .insert(key, Shown { record: BothViews::new(version, record, bytes), incident, audience });
        }
        self.drop_ended();
    }

    /// The incidents that a change's records belong to and that are not known: ended, with nothing on the board. Who may
    /// read them must be known before the change is applied.
    pub(crate) fn unknown_incidents(&self, change: &Change) -> BTreeSet<IncidentId> {
        let mut named: BTreeSet<_> = change.records.iter().filter_map(incident_of).collect();
        for record in &change.records {
            if let Record::Incident(incident) = record {
                named.remove(&incident.id);
            }
        }
        let board = self.picture.board.incidents();
        named.retain(|incident| !board.contains_key(incident) && !self.ended.contains_key(incident));
        named
    }

    /// True if something of this record is known that is not true any more once the record cannot be read.
    pub(crate) fn knows(&self, key: &RecordKey) -> bool {
        let ended = || key.id.parse().is_ok_and(|incident| self.ended.contains_key(&incident));
        self.shown.contains_key(key) || (key.kind == RecordKind::Incident && ended())
    }

    /// Applies the next change: to the board, to what is shown, to the ring. `sizes` are those of its records in bytes, `ended` the incidents that were
    /// [unknown](Self::unknown_incidents), as far as there are any.
    pub(crate) fn apply(
        &mut self,
        change: Change,
        sizes: &[usize],
        directory: DirectoryAfter,
        ended: Vec<Incident>,
    ) -> Result<(), Gap> {
        let mut affected: BTreeSet<RecordKey> = BTreeSet::new();
        for record in &change.records {
            let before = self.shown.get(&record.key()).and_then(|shown| shown.incident);
            self.touch(before, &mut affected);
            self.touch(incident_of(record), &mut affected);
            if let Record::Run(run) = record {
                affected.insert(RecordKey::new(RecordKind::Unit, &run.unit));
            }
        }
        self.picture.board.apply(&change)?;
        self.picture.cursor.number = change.number;
        self.ended.extend(ended.into_iter().map(|incident| (incident.id, incident)));
        if let DirectoryAfter::New(directory) = directory {
            self.picture.directory = directory;
            self.muster();
            affected.extend(self.shown.keys().cloned());
        }
        self.note_ended(&change);
        self.note_units(&change);
        let mut entries = Vec::with_capacity(change.records.len());
        let mut bytes = 0;
        for (record, size) in change.records.iter().zip(sizes) {
            let key = record.key();
            self.picture.damaged.remove(&key);
            affected.remove(&key);
            if key.kind != RecordKind::DirectoryPart {
                let entry = self.write(change.number, key, record, *size);
                bytes += entry.record.full.bytes;
                entries.push(entry);
            }
        }
        entries.extend(affected.into_iter().filter_map(|key| self.see_again(key)));
        bytes += entries.len() * ENTRY_BYTES;
        self.drop_ended();
        self.ring.push(Arc::new(Applied { change, entries, bytes }));
        Ok(())
    }

    fn note_ended(&mut self, change: &Change) {
        for record in &change.records {
            if let Record::Incident(incident) = record {
                if incident.state().is_on_board() {
                    self.ended.remove(&incident.id);
                } else {
                    self.ended.insert(incident.id, incident.clone());
                }
            }
        }
    }

    /// Gathers the fleet anew: of the directory in force, as the board and the positions are.
    fn muster(&mut self) {
        let Picture { board, directory, positions, fleet, .. } = &mut self.picture;
        let of = |in_force: &Arc<InForce>| Fleet::new(&in_force.directory, board.units());
        *fleet = directory.as_ref().map(of).unwrap_or_default();
        for (unit, told) in positions {
            fleet.seen(unit, (told.latitude, told.longitude), told.measured_at);
        }
    }

    fn note_units(&mut self, change: &Change) {
        for record in &change.records {
            if let Record::Unit(unit) = record {
                let held = self.picture.board.units().get(&unit.id);
                self.picture.fleet.stands(&unit.id, held.map(|held| Arc::clone(&held.record)));
            }
        }
    }

    /// Shows a record that a change wrote.
    fn write(&mut self, version: Version, key: RecordKey, record: &Record, size: usize) -> Entry {
        let before = self.shown.remove(&key);
        if let Some(incident) = before.as_ref().and_then(|shown| shown.incident) {
            self.independ(&key, incident);
        }
        let before = before.map(|shown| shown.audience);
        let incident = incident_of(record);
        let audience = self.surroundings().audience(record);
        let both = BothViews::new(version, record.clone(), size);
        let after = if record.is_open() {
            let audience = Arc::new(audience);
            self.depend(&key, incident);
            let shown = Shown { record: Arc::clone(&both), incident, audience: Arc::clone(&audience) };
            self.shown.insert(key.clone(), shown);
            After::OnBoard(audience)
        } else {
            // whoever had it sees how it ended, if they may still read it
            let had_it = before.as_deref().cloned().unwrap_or_default();
            After::Gone(Arc::new(audience.and_also(&had_it)))
        };
        Entry { key, record: both, written: true, before, after }
    }

    /// Computes anew whom a record concerns that the change did not write; `None` if that is as it was.
    fn see_again(&mut self, key: RecordKey) -> Option<Entry> {
        let shown = self.shown.get(&key)?;
        let now = self.surroundings().audience(&shown.record.full.record);
        if now == *shown.audience {
            return None;
        }
        let now = Arc::new(now);
        let shown = self.shown.get_mut(&key)?;
        let before = std::mem::replace(&mut shown.audience, Arc::clone(&now));
        let record = Arc::clone(&shown.record);
        Some(Entry { key, record, written: false, before: Some(before), after: After::OnBoard(now) })
    }

    /// Adds the incident and all that belongs to it to what a change affects.
    fn touch(&self, incident: Option<IncidentId>, affected: &mut BTreeSet<RecordKey>) {
        let Some(incident) = incident else { return };
        affected.insert(RecordKey::new(RecordKind::Incident, incident));
        let Some(dependents) = self.dependents.get(&incident) else { return };
        affected.extend(dependents.iter().cloned());
        // a unit concerns whom its run concerns
        for run in dependents.iter().filter(|key| key.kind == RecordKind::Run) {
            let run = self.shown.get(run).map(|shown| &shown.record.full.record);
            if let Some(Record::Run(run)) = run {
                affected.insert(RecordKey::new(RecordKind::Unit, &run.unit));
            }
        }
    }

    fn surroundings(&self) -> Surroundings<'_> {
        Surroundings {
            board: &self.picture.board,
            directory: self.picture.directory.as_deref(),
            ended: &self.ended,
        }
    }

    fn depend(&mut self, key: &RecordKey, incident: Option<IncidentId>) {
        if let Some(incident) = incident
            && key.kind != RecordKind::Incident
        {
            self.dependents.entry(incident).or_default().insert(key.clone());
        }
    }

    fn independ(&mut self, key: &RecordKey, incident: IncidentId) {
        if let Some(dependents) = self.dependents.get_mut(&incident) {
            dependents.remove(key);
            if dependents.is_empty() {
                self.dependents.remove(&incident);
            }
        }
    }

    /// Forgets ended incidents that nothing on the board belongs to.
    fn drop_ended(&mut self) {
        let dependents = &self.dependents;
        self.ended.retain(|incident, _| dependents.contains_key(incident));
    }

    /// Every record on the board that the watcher sees.
    pub(crate) fn in_scope(&self, watcher: &Watcher) -> Vec<Arc<ViewRecord>> {
        let seen = self.shown.values().filter(|shown| watcher.sees(&shown.audience));
        seen.map(|shown| shown.record.of(watcher.view)).collect()
    }

    /// Takes in positions; an older one than known changes nothing.
    pub(crate) fn take_positions(&mut self, reports: impl IntoIterator<Item = PositionReport>) {
        for report in reports {
            let known = self.picture.positions.get(&report.unit);
            if known.is_none_or(|known| known.measured_at < report.measured_at) {
                self.moves += 1;
                if let Some(last) = self.moved.insert(report.unit.clone(), self.moves) {
                    self.by_move.remove(&last);
                }
                self.by_move.insert(self.moves, report.unit.clone());
                let at = (report.latitude, report.longitude);
                self.picture.fleet.seen(&report.unit, at, report.measured_at);
                self.picture.positions.insert(report.unit.clone(), report);
            }
        }
    }

    /// How many positions were taken in.
    pub(crate) const fn moves(&self) -> u64 {
        self.moves
    }

    /// Positions taken in after one count and up to another, of units in the scope that are on duty. Who moved again since
    /// is told of then.
    pub(crate) fn positions_between(
        &self,
        after: u64,
        through: u64,
        watcher: &Watcher,
    ) -> Vec<PositionReport> {
        let seen = |unit: &&UnitId| {
            let shown = self.shown.get(&RecordKey::new(RecordKind::Unit, unit));
            shown.is_some_and(|shown| watcher.sees(&shown.audience))
        };
        if after >= through {
            return Vec::new();
        }
        let moved = self.by_move.range(after + 1..=through).map(|(_, unit)| unit).filter(seen);
        moved.filter_map(|unit| self.picture.positions.get(unit).cloned()).collect()
    }
}
