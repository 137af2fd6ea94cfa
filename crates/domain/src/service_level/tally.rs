//! What was decided in the last day, kept as it follows from changes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use super::{Case, Level, Measure, NORMS, Norm, Outcome, case};
use crate::{
    AssignmentId, CallId, IncidentId, Priority, RunId, board::Board, call::Call, incident::Incident,
    record::Record, run::Run,
};

/// The longest time that is counted over.
pub const WINDOW_MAX: Duration = Duration::from_hours(24);

/// Most cases of a measure that are kept: the calls of the largest centre's day many times over, in a few megabytes. Of more,
/// the oldest are forgotten, and it is said from when on cases are counted.
pub const CASES_MAX: usize = 50_000;

/// How urgent an incident must be for its dispatch to be measured: one of the two most urgent priorities.
const URGENT: u8 = 2;

/// What was decided, and what of each incident decides it.
#[derive(Clone, Debug)]
pub struct Tally {
    /// From when on nothing is missing.
    since: Timestamp,
    answers: Kept<CallId, Case>,
    desk_receipts: Kept<AssignmentId, Case>,
    crew_receipts: Kept<RunId, Case>,
    incidents: Kept<IncidentId, Beginning>,
}

/// How an incident began.
#[derive(Clone, Copy, Debug, Default)]
struct Beginning {
    /// Absent: nothing was heard of the incident itself.
    priority: Option<Priority>,
    /// When the first of its calls was answered.
    answered_at: Option<Timestamp>,
    /// When the first unit was sent.
    sent_at: Option<Timestamp>,
}

/// What is waited for at one moment, by what is measured.
#[derive(Clone, Debug, Default)]
pub struct Waiting(BTreeMap<Measure, Vec<Case>>);

/// How every norm is kept.
#[derive(Clone, Debug)]
pub struct Levels {
    /// Every norm, in a fixed order.
    pub levels: Vec<(&'static Norm, Level)>,
    /// From when on cases are counted.
    pub since: Timestamp,
    /// How many calls were abandoned.
    pub abandoned: u64,
}

impl Tally {
    /// Nothing yet, of a history that is known from `since` on.
    pub fn new(since: Timestamp) -> Self {
        Self {
            since,
            answers: Kept::new(),
            desk_receipts: Kept::new(),
            crew_receipts: Kept::new(),
            incidents: Kept::new(),
        }
    }

    /// Takes in a record as a change at `at` left it. One that was taken in already changes nothing.
    pub fn note(&mut self, record: &Record, at: Timestamp) {
        match record {
            Record::Call(call) => self.note_call(call, at),
            Record::Incident(incident) => self.note_incident(incident, at),
            Record::Assignment(assignment) => {
                let case = case::desk_receipt(assignment);
                self.forgot(|tally| tally.desk_receipts.decide(assignment.id, case, at));
            }
            Record::Run(run) => self.note_run(run, at),
            Record::Unit(_)
            | Record::Desk(_)
            | Record::Note(_)
            | Record::Recommendation(_)
            | Record::Alarm(_)
            | Record::Dispatch(_)
            | Record::Directory(_)
            | Record::DirectoryPart(_) => {}
        }
    }

    fn note_call(&mut self, call: &Call, at: Timestamp) {
        self.forgot(|tally| tally.answers.decide(call.id, case::answer(call), at));
        if let Some((incident, answered_at)) = call.incident.zip(case::answered_at(call)) {
            self.begin(incident, at, |beginning| {
                beginning.answered_at = earlier(beginning.answered_at, answered_at)
            });
        }
    }

    fn note_incident(&mut self, incident: &Incident, at: Timestamp) {
        self.begin(incident.id, at, |beginning| beginning.priority = Some(incident.priority));
    }

    fn note_run(&mut self, run: &Run, at: Timestamp) {
        self.forgot(|tally| tally.crew_receipts.decide(run.id, case::crew_receipt(run), at));
        if let Some(sent) = run.milestones.first() {
            let sent_at = sent.recorded_at;
            self.begin(run.incident, at, |beginning| beginning.sent_at = earlier(beginning.sent_at, sent_at));
        }
    }

    fn begin(&mut self, incident: IncidentId, at: Timestamp, change: impl FnOnce(&mut Beginning)) {
        let mut beginning = self.incidents.get(&incident).copied().unwrap_or_default();
        change(&mut beginning);
        self.forgot(|tally| tally.incidents.keep(incident, at, beginning, at));
    }

    /// From when on nothing is missing, after something was forgotten for its number.
    fn forgot(&mut self, change: impl FnOnce(&mut Self) -> Option<Timestamp>) {
        if let Some(last) = change(self) {
            self.since = self.since.max(last);
        }
    }

    /// Who waits now. Be short with the board: this looks at what is open and nothing else.
    pub fn waiting(&self, board: &Board) -> Waiting {
        Waiting(BTreeMap::from([
            (Measure::Answer, waiting(board.calls().values(), case::answer)),
            (Measure::Dispatch, self.undispatched(board)),
            (Measure::DeskReceipt, waiting(board.assignments().values(), case::desk_receipt)),
            (Measure::CrewReceipt, waiting(board.runs().values(), case::crew_receipt)),
        ]))
    }

    /// How every norm is kept in the `window` up to `now`.
    pub fn levels(&self, waiting: &Waiting, now: Timestamp, window: Duration) -> Levels {
        let from = now.checked_sub(window.min(WINDOW_MAX)).unwrap_or(Timestamp::MIN);
        let since = self.since.max(from);
        let cases = |(measure, waiting): (&Measure, &Vec<Case>)| {
            let is_counted = |case: &Case| case.decided_at().is_some_and(|at| since < at && at <= now);
            let decided = self.decided(*measure).into_iter().filter(is_counted);
            (*measure, decided.chain(waiting.iter().copied()).collect::<Vec<_>>())
        };
        let counted: BTreeMap<Measure, Vec<Case>> = waiting.0.iter().map(cases).collect();
        let of = |measure| counted.get(&measure).into_iter().flatten();
        let levels = NORMS.iter().map(|norm| (norm, norm.level(of(norm.measure), now))).collect();
        let gave_up = |case: &&Case| matches!(case.outcome, Outcome::Abandoned { .. });
        Levels { levels, since, abandoned: of(Measure::Answer).filter(gave_up).count() as u64 }
    }

    fn decided(&self, measure: Measure) -> Vec<Case> {
        match measure {
            Measure::Answer => self.answers.all(),
            Measure::Dispatch => self.dispatches(),
            Measure::DeskReceipt => self.desk_receipts.all(),
            Measure::CrewReceipt => self.crew_receipts.all(),
        }
    }

    /// The first sending of a unit to each urgent incident that somebody called about before.
    fn dispatches(&self) -> Vec<Case> {
        let case = |beginning: Beginning| {
            let is_urgent = beginning.priority.is_some_and(is_urgent);
            let (began_at, at) = beginning.answered_at.zip(beginning.sent_at)?;
            (is_urgent && began_at <= at).then_some(Case { began_at, outcome: Outcome::Met { at } })
        };
        self.incidents.all().into_iter().filter_map(case).collect()
    }

    /// Urgent incidents that nobody was sent to.
    fn undispatched(&self, board: &Board) -> Vec<Case> {
        let incidents = board.incidents().values().map(|held| &*held.record);
        let unserved = incidents.filter(|incident| {
            incident.state().is_open() && is_urgent(incident.priority) && incident.runs.is_empty()
        });
        let case = |incident: &Incident| {
            let on_board = incident.calls.iter().filter_map(|call| board.calls().get(call));
            let began_at = on_board.filter_map(|held| case::answered_at(&held.record)).min();
            let known = self.incidents.get(&incident.id).and_then(|beginning| beginning.answered_at);
            Some(Case { began_at: known.into_iter().chain(began_at).min()?, outcome: Outcome::Waiting })
        };
        unserved.filter_map(case).collect()
    }
}

fn is_urgent(priority: Priority) -> bool {
    priority.get() <= URGENT
}

fn earlier(known: Option<Timestamp>, at: Timestamp) -> Option<Timestamp> {
    Some(known.map_or(at, |known| known.min(at)))
}

/// Those of the records on a shelf that are waited for.
fn waiting<'a, T: 'a>(
    shelf: impl Iterator<Item = &'a crate::record::Versioned<std::sync::Arc<T>>>,
    case: impl Fn(&T) -> Option<Case>,
) -> Vec<Case> {
    let cases = shelf.filter_map(|held| case(&held.record));
    cases.filter(|case| case.outcome == Outcome::Waiting).collect()
}

/// Things by id and age, the oldest of which are forgotten.
#[derive(Clone, Debug)]
struct Kept<Id, T> {
    things: BTreeMap<Id, (Timestamp, T)>,
    by_age: BTreeSet<(Timestamp, Id)>,
}

impl<Id: Copy + Ord, T: Copy> Kept<Id, T> {
    const fn new() -> Self {
        Self { things: BTreeMap::new(), by_age: BTreeSet::new() }
    }

    fn get(&self, id: &Id) -> Option<&T> {
        self.things.get(id).map(|(_, thing)| thing)
    }

    fn all(&self) -> Vec<T> {
        self.things.values().map(|(_, thing)| *thing).collect()
    }

    /// Keeps a thing of a time, in the place of what was kept under its id. Gives the time of the last that was forgotten
    /// though it was young enough.
    fn keep(&mut self, id: Id, of: Timestamp, thing: T, now: Timestamp) -> Option<Timestamp> {
        if let Some((known, _)) = self.things.insert(id, (of, thing)) {
            self.by_age.remove(&(known, id));
        }
        self.by_age.insert((of, id));
        let horizon = now.checked_sub(WINDOW_MAX).unwrap_or(Timestamp::MIN);
        let mut forgotten = None;
        while let Some((of, id)) = self.by_age.first().copied()
            && (of < horizon || self.things.len() > CASES_MAX)
        {
            self.by_age.pop_first();
            self.things.remove(&id);
            forgotten = (of >= horizon).then_some(of).or(forgotten);
        }
        forgotten
    }
}

impl<Id: Copy + Ord> Kept<Id, Case> {
    /// Keeps a case once it is decided.
    fn decide(&mut self, id: Id, case: Option<Case>, now: Timestamp) -> Option<Timestamp> {
        let case = case?;
        self.keep(id, case.decided_at()?, case, now)
    }
}
