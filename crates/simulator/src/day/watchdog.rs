//! Looks at every change the moment it is committed, and says what must not be.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each rule is about the records it names, and a new kind of record is in no rule yet"
)]

use std::{
    cell::LazyCell,
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

use domain::{
    AssignmentId, IncidentId, OperationId, Version,
    assignment::AssignmentState,
    board::{Board, Gap},
    change::Change,
    directory::{Directory, DirectoryVersion, InForce},
    incident::{Incident, IncidentState},
    invariants,
    milestone::Milestone,
    record::{Record, Versioned},
    run::RunState,
};

use super::{
    ledger::{Books, Entry},
    line::{self, Served},
};

/// After each of how many of the last changes the board can be told, to compare it with those of nodes, which may be a little
/// late.
const CHANGES_KEPT: u64 = 256;

/// After how many changes a board is kept. The others are made of these: to copy one takes longer than to apply a change.
const BOARD_KEPT_EVERY: u64 = 16;

/// After how many changes the whole of the records is looked at again; every change is looked at for itself.
const LOOKED_AT_WHOLE_EVERY: u64 = 10;

/// The same on a day of many calls, where one look at everything takes as long as hundreds of changes: what is wrong
/// between records stays wrong, and is found later.
const LOOKED_AT_WHOLE_EVERY_ON_A_BUSY_DAY: u64 = 2_000;

/// What it has seen, and what it found.
#[derive(Default)]
pub struct Watchdog {
    state: Mutex<Seen>,
    is_busy_day: bool,
}

#[derive(Default)]
struct Seen {
    boards: Boards,
    operations: BTreeSet<OperationId>,
    directories: BTreeMap<DirectoryVersion, Arc<InForce>>,
    applied: Vec<Directory>,
    found: Vec<String>,
    sent_automatically: usize,
}

/// The board after the last change, and what those after the changes before it are made of.
#[derive(Default)]
struct Boards {
    last: Board,
    kept: VecDeque<Board>,
    /// Those after the first board that is kept.
    changes: VecDeque<Change>,
}

impl Boards {
    /// Begins with this one.
    fn from(board: Board) -> Self {
        Self { kept: VecDeque::from([board.clone()]), last: board, changes: VecDeque::new() }
    }

    fn apply(&mut self, change: Change) -> Result<(), Gap> {
        if self.last.number().0.is_multiple_of(BOARD_KEPT_EVERY) {
            self.kept.push_back(self.last.clone());
        }
        self.last.apply(&change)?;
        self.changes.push_back(change);
        while let Some(second) = self.kept.get(1).map(Board::number)
            && second.0 + CHANGES_KEPT <= self.last.number().0
        {
            self.kept.pop_front();
            while self.changes.front().is_some_and(|change| change.number <= second) {
                self.changes.pop_front();
            }
        }
        Ok(())
    }

    /// The board as it was after that change, if that is not long ago.
    fn at(&self, number: Version) -> Option<Board> {
        if number > self.last.number() {
            return None;
        }
        let mut board = self.kept.iter().rev().find(|board| board.number() <= number)?.clone();
        for change in &self.changes {
            if (board.number().next()..=number).contains(&change.number) {
                board.apply(change).ok()?;
            }
        }
        Some(board)
    }
}

impl Watchdog {
    /// One for a day of many calls: it looks at every change for itself, and seldom at what is between records.
    pub fn of_a_busy_day() -> Self {
        Self { is_busy_day: true, ..Self::default() }
    }

    /// Says what must not be.
    pub fn bark(&self, what: String) {
        self.seen().found.push(what);
    }

    /// The first thing that must not be, if anything was found.
    pub fn found(&self) -> Option<String> {
        self.seen().found.first().cloned()
    }

    /// How many assignments the dispatcher made.
    pub fn sent_automatically(&self) -> usize {
        self.seen().sent_automatically
    }

    /// True if an operation was done, in the history that the store is in.
    pub fn was_done(&self, operation: OperationId) -> bool {
        self.seen().operations.contains(&operation)
    }

    /// Tells of a directory that may come into force.
    pub fn tell_directory(&self, directory: &Directory) {
        self.seen().applied.push(directory.clone());
    }

    /// The board as it was after that change, if that is not long ago.
    pub fn board_at(&self, number: Version) -> Option<Board> {
        self.seen().boards.at(number)
    }

    /// True if there is anything to do: a call that is not over, an alarm, somebody who is asked or out, an incident that
    /// nobody holds.
    pub fn is_busy(&self) -> bool {
        let seen = self.seen();
        let board = &seen.boards.last;
        let is_held = |incident: &Incident| matches!(incident.state(), IncidentState::Held { .. });
        !(board.calls().is_empty()
            && board.alarms().is_empty()
            && board.assignments().is_empty()
            && board.runs().is_empty()
            && board.incidents().values().all(|held| is_held(&held.record)))
    }

    /// The store went back to these books.
    pub fn went_back(&self, books: &Books) {
        let mut seen = self.seen();
        seen.boards = Boards::from(Board::load(books.number(), books.all()));
        seen.operations = books.entries.iter().map(|entry| entry.operation).collect();
    }

    /// Looks at one change.
    pub fn look(&self, books: &Books, entry: &Entry) {
        let mut seen = self.seen();
        seen.operation(entry);
        seen.board(entry);
        let mut found = alone(entry);
        if entry.actor.starts_with(identity::SYSTEM_NAME_PREFIX) {
            found.extend(by_the_machine(entry));
            found.extend(seen.in_line(entry));
        }
        if self.is_busy_day {
            if entry.number.0.is_multiple_of(LOOKED_AT_WHOLE_EVERY_ON_A_BUSY_DAY) {
                found.extend(invariants::violations(&books.all()).iter().map(ToString::to_string));
            }
            return seen.note(entry, found);
        }
        let whole = entry.number.0.is_multiple_of(LOOKED_AT_WHOLE_EVERY);
        if whole || entry.records.iter().any(|record| matches!(record, Record::Run(_) | Record::Unit(_))) {
            let all = neighbours(books, entry, whole);
            found.extend(invariants::violations(&all).iter().map(ToString::to_string));
        }
        seen.note(entry, found);
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.state.lock().expect("nothing panics while it looks")
    }
}

impl Seen {
    /// Notes what was found of a change.
    fn note(&mut self, entry: &Entry, found: Vec<String>) {
        let told = found.into_iter().map(|what| format!("change {} ({}): {what}", entry.number, entry.cause));
        self.found.extend(told);
    }

    fn operation(&mut self, entry: &Entry) {
        if !self.operations.insert(entry.operation) {
            self.found.push(format!("change {} ({}): this was done before", entry.number, entry.cause));
        }
        if let Some(key) = &entry.stale {
            self.found.push(format!(
                "change {} ({}): {key} had moved on since it was decided",
                entry.number, entry.cause
            ));
        }
        if let Some(key) = &entry.revived {
            self.found.push(format!(
                "change {} ({}): {key} is in the archive and was made again",
                entry.number, entry.cause
            ));
        }
        if let Some(key) = &entry.misplaced {
            self.found.push(format!("change {}: {key} is on the wrong index", entry.number));
        }
    }

    fn board(&mut self, entry: &Entry) {
        if let Err(gap) = self.boards.apply(change(entry)) {
            self.found.push(gap.to_string());
        }
        if let Some(Versioned { record: head, .. }) = self.boards.last.directory()
            && !self.directories.contains_key(&head.version)
            && let Some(directory) = self.applied.last()
            && let Ok(in_force) = InForce::new(head.version, directory.clone())
        {
            self.directories.insert(head.version, Arc::new(in_force));
        }
    }

    /// Whoever was passed by in line, and counts what the dispatcher gave.
    fn in_line(&mut self, entry: &Entry) -> Vec<String> {
        let served = line::served(entry);
        self.sent_automatically += served.iter().map(|served| served.kinds.len()).sum::<usize>();
        let last = LazyCell::new(|| self.boards.at(Version(entry.number.0.checked_sub(1)?)));
        let passed = |served: &Served<'_>| {
            let seen = self.boards.at(served.why.board)?;
            let last = last.as_ref()?;
            let in_force = self.directories.get(&served.why.directory)?;
            line::passed_by(entry, served, in_force, [&seen, last])
        };
        served.iter().filter(|served| !served.kinds.is_empty()).filter_map(passed).collect()
    }
}

/// What a board is told of an entry.
pub(super) fn change(entry: &Entry) -> Change {
    Change {
        number: entry.number,
        operation: entry.operation,
        actor: entry.actor.clone(),
        cause: entry.cause.clone(),
        at: entry.at,
        records: entry.records.clone(),
    }
}

/// What must not be of one change, whoever made it: what was reported stays reported.
fn alone(entry: &Entry) -> Vec<String> {
    let mut found = Vec::new();
    for (record, before) in entry.records.iter().zip(&entry.before) {
        let Some(before) = before else { continue };
        let (then, now) = (milestones(before), milestones(record));
        if !now.starts_with(then) {
            found.push(format!("{} lost something that was reported", record.key()));
        }
        if now.windows(2).any(|pair| pair[1].recorded_at < pair[0].recorded_at) {
            found.push(format!("{} was recorded backwards", record.key()));
        }
    }
    found
}

fn milestones(record: &Record) -> &[Milestone] {
    match record {
        Record::Call(call) => &call.milestones,
        Record::Incident(incident) => &incident.milestones,
        Record::Assignment(assignment) => &assignment.milestones,
        Record::Run(run) => &run.milestones,
        Record::Unit(_)
        | Record::Desk(_)
        | Record::Note(_)
        | Record::Recommendation(_)
        | Record::Alarm(_)
        | Record::Dispatch(_)
        | Record::Directory(_)
        | Record::DirectoryPart(_) => &[],
    }
}

/// What a machine must not do: stand down, give back, end, or count less.
fn by_the_machine(entry: &Entry) -> Vec<String> {
    let mut found = Vec::new();
    for (record, before) in entry.records.iter().zip(&entry.before) {
        let recalled = match (record, before) {
            (Record::Assignment(now), Some(Record::Assignment(before))) => {
                before.state().is_open() && !now.state().is_open()
                    || matches!(now.state(), AssignmentState::StandDownSent { .. })
            }
            (Record::Run(now), Some(Record::Run(before))) => {
                before.state().is_open() && !now.state().is_open()
                    || matches!(now.state(), RunState::StandDownSent { .. })
            }
            (Record::Incident(now), Some(Record::Incident(before))) => {
                let serving = |incident: &Incident| -> BTreeSet<AssignmentId> {
                    incident.needs.iter().flat_map(|need| &need.serving).map(|it| it.assignment).collect()
                };
                !serving(now).is_superset(&serving(before))
                    || before.state().is_open() != now.state().is_open()
            }
            _ => false,
        };
        if recalled {
            found.push(format!("a machine recalled somebody: {}", record.key()));
        }
        if let (Record::Desk(now), Some(Record::Desk(before))) = (record, before)
            && before.link.down_since().is_some()
            && now.unanswered_in_a_row > before.unanswered_in_a_row
        {
            found.push(format!("{} is cut off and was counted as late", record.key()));
        }
    }
    found
}

/// The records of all incidents that a change touched, with all that belongs to those; or of all that are not over.
fn neighbours(books: &Books, entry: &Entry, whole: bool) -> Vec<Versioned<Record>> {
    let mut incidents: BTreeSet<IncidentId> = entry.records.iter().filter_map(incident_of).collect();
    let units: BTreeSet<_> = entry
        .records
        .iter()
        .filter_map(|record| match record {
            Record::Unit(unit) => unit.run(),
            Record::Run(run) => Some(run.id),
            _ => None,
        })
        .collect();
    for held in books.records.values() {
        match &held.record {
            Record::Run(run) if units.contains(&run.id) => drop(incidents.insert(run.incident)),
            Record::Incident(incident) => {
                let merged = matches!(incident.state(), IncidentState::Merged { .. });
                if merged || !incident.merged_from.is_empty() || whole && incident.state().is_on_board() {
                    incidents.insert(incident.id);
                }
            }
            _ => {}
        }
    }
    let belongs = |record: &Record| match record {
        Record::Unit(unit) => match unit.run() {
            None => false,
            Some(run) => whole || units.contains(&run),
        },
        Record::Run(run) => incidents.contains(&run.incident) || whole && run.state().is_open(),
        record => incident_of(record).is_some_and(|incident| incidents.contains(&incident)),
    };
    let mut all: Vec<_> = books.records.values().filter(|held| belongs(&held.record)).cloned().collect();
    if !whole {
        // the units of the runs that are looked at
        let mut named = BTreeSet::new();
        for held in &all {
            if let Record::Run(run) = &held.record
                && run.state().is_open()
            {
                named.insert(run.unit.clone());
            }
        }
        let missing = named.into_iter().filter(|unit| {
            !all.iter().any(|held| matches!(&held.record, Record::Unit(known) if &known.id == unit))
        });
        let keys: Vec<_> =
            missing.map(|unit| domain::RecordKey::new(domain::RecordKind::Unit, unit)).collect();
        all.extend(keys.iter().filter_map(|key| books.records.get(key)).cloned());
    }
    all
}

fn incident_of(record: &Record) -> Option<IncidentId> {
    match record {
        Record::Call(call) => call.incident,
        Record::Incident(incident) => Some(incident.id),
        Record::Assignment(assignment) => Some(assignment.incident),
        Record::Run(run) => Some(run.incident),
        Record::Note(note) => Some(note.incident),
        Record::Recommendation(recommendation) => Some(recommendation.incident),
        Record::Alarm(_)
        | Record::Unit(_)
        | Record::Desk(_)
        | Record::Dispatch(_)
        | Record::Directory(_)
        | Record::DirectoryPart(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use domain::dispatch::Dispatch;
    use jiff::Timestamp;

    use super::*;

    fn change(number: u64) -> Change {
        let dispatch = Dispatch { holder: format!("node {number}"), ..Dispatch::default() };
        Change {
            number: Version(number),
            operation: OperationId::derived("test", &number.to_string()),
            actor: String::new(),
            cause: String::new(),
            at: Timestamp::MIN,
            records: vec![Record::Dispatch(dispatch)],
        }
    }

    #[test]
    fn the_board_after_each_of_the_last_changes_is_as_it_was() {
        for first in [0, 16, 21] {
            let begin = Board::load(Version(first), Vec::new());
            let mut boards = Boards::from(begin.clone());
            let mut every = vec![begin];
            for number in first + 1..=first + 600 {
                boards.apply(change(number)).expect("the next change");
                let mut board = every.last().expect("it began with one").clone();
                board.apply(&change(number)).expect("the next change");
                every.push(board);
                let last = every.iter().rev().take(256);
                assert!(last.clone().all(|board| boards.at(board.number()).as_ref() == Some(board)));
            }
            assert_eq!(boards.at(Version(first + 601)), None);
            assert!(boards.kept.len() < 20 && boards.changes.len() < 300);
        }
    }
}
