//! Days of a small centre on virtual time: the same use cases, dispatcher and board that a server runs, over the store in
//! memory, with everything that can go wrong drawn from a seed. Some are a rush of a few minutes, some last 24 hours.
//!
//! It drives `operations` and nothing else: no network, no disk but that of whoever archives, and no time but the one it
//! is given. A day that fails says why and names its seed, and the same seed is the same day.

pub mod account;
pub mod archivist;
pub mod city;
pub mod deadlines;
pub mod ledger;
mod line;
pub mod mirror;
pub mod model;
pub mod people;
pub mod planted;
pub mod troubles;
pub mod troupe;
pub mod watchdog;
pub mod wire;
pub mod world;

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use domain::{RecordKey, RecordKind, record::Record};

use account::{Names, tell_since};
use archivist::Archivist;
use city::City;
use planted::Fault;

/// How long a whole day is.
const WHOLE_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long after the last call everybody goes on.
const EVENING: Duration = Duration::from_secs(120);

/// Changes told of a day that failed.
const TOLD: usize = 25;

/// How long a day is, and how much happens on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// Thirty calls within six or seven minutes, and something that breaks every few seconds.
    Rush,
    /// 24 hours, with a call now and then unless the day says how many: the stream is trimmed, long holds end, and what is over is archived.
    WholeDay,
}

/// Which day is lived.
#[derive(Clone)]
pub struct Day {
    /// What everything is drawn from.
    pub seed: u64,
    /// How long it is.
    pub span: Span,
    /// How many calls come on a whole day, at moments drawn over all of it; absent: one now and then, some forty. Where it
    /// is said, what is between records, on boards and due is looked at more seldom.
    pub calls: Option<usize>,
    /// A fault that is planted in it, to see that it is found.
    pub fault: Option<Fault>,
    /// Who moves what is over out of the store; without one it stays.
    pub archivist: Option<Arc<dyn Archivist>>,
}

impl Day {
    /// The rush of that seed.
    pub const fn rush(seed: u64) -> Self {
        Self { seed, span: Span::Rush, calls: None, fault: None, archivist: None }
    }

    /// The whole day of that seed.
    pub fn whole(seed: u64, archivist: Arc<dyn Archivist>) -> Self {
        Self { seed, span: Span::WholeDay, calls: None, fault: None, archivist: Some(archivist) }
    }
}

/// What happened on a day on which nothing was wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Which day.
    pub seed: u64,
    /// Calls that were acknowledged and are kept: whoever rang and was not reached is none.
    pub calls: usize,
    /// How many changes there were.
    pub changes: usize,
    /// Assignments that the dispatcher made.
    pub sent_automatically: usize,
    /// How often each kind of thing happened.
    pub counts: BTreeMap<&'static str, usize>,
    /// How many changes had each cause.
    pub causes: BTreeMap<String, usize>,
    /// Every change in a line, to compare two days.
    pub history: Vec<String>,
}

/// What was wrong on a day.
#[derive(Clone, Debug, thiserror::Error)]
pub struct Failure {
    /// Which day.
    pub seed: u64,
    /// How long it is.
    pub span: Span,
    /// How many calls were to come, where the day said so.
    pub calls: Option<usize>,
    /// What was wrong.
    pub what: String,
    /// What happened before.
    pub account: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}", self.account, self.what)?;
        let test = match self.span {
            Span::Rush => "one_rush",
            Span::WholeDay => "one_whole_day",
        };
        if let Some(calls) = self.calls {
            write!(f, "CALLS={calls} ")?;
        }
        write!(f, "SEED={} cargo test -p tests --test simulation {test}   plays this day again", self.seed)
    }
}

/// Lives a day. Must run where tokio's time is paused, on a runtime
/// of one thread: the same seed is then the same day.
///
/// # Errors
/// [`Failure`] with the first thing that was wrong.
pub async fn live(day: Day) -> Result<Report, Failure> {
    let (seed, span, calls) = (day.seed, day.span, day.calls);
    let city = City::new(day);
    let outcome = live_in(&city).await;
    let Some(what) = outcome.err().or_else(|| city.watchdog.found()) else { return Ok(report(&city, seed)) };
    let books = city.world.ledger.books();
    let after = books.entries.iter().rev().nth(TOLD).map(|entry| entry.number).unwrap_or_default();
    let mut names = Names::default();
    // everything is told, so that the names are those of the whole day
    let began = city.world.began();
    let told = tell_since(&mut names, &books.entries, domain::Version::ABSENT, began);
    let new = books.entries.iter().filter(|entry| entry.number > after).count();
    let account = told[told.len().saturating_sub(new)..].join("\n");
    let what = names.in_words(&what);
    Err(Failure { seed, span, calls, what, account })
}

async fn live_in(city: &Arc<City>) -> Result<(), String> {
    let room = city.room(city::NODES[0]);
    room.centre.current().await;
    let directory = model::directory_without(&[]);
    city.watchdog.tell_directory(&directory);
    let asked = city.request("adm");
    while operations::directory::apply_directory(&room, &asked, &directory, None).await.is_err() {
        city.rest(500).await;
    }
    let mut dice = city.dice("the day itself");
    let restores = rand::RngExt::random_bool(&mut dice, 0.25);
    let mut at_work = people::come_to_work(city);
    let troupe = &city.world.troupe;
    at_work.others.push(troupe.spawn(troubles::happen(Arc::clone(city), restores)));
    at_work.others.push(troupe.spawn(troubles::inspect(Arc::clone(city))));
    for node in city::NODES {
        at_work.others.push(troupe.spawn(mirror::mirror(Arc::clone(city), node)));
    }
    let mut evening = None;
    while evening.is_none_or(|evening| city.world.age() < evening) {
        city.rest(1_000).await;
        if let Some(found) = city.watchdog.found() {
            return Err(found);
        }
        if troupe.has_stopped() {
            return Err("somebody could not go on".to_owned());
        }
        if at_work.callers.is_over() {
            evening.get_or_insert(city.world.age() + EVENING);
        }
    }
    drop(at_work);
    at_the_end(city).await
}

/// Nothing that was acknowledged is lost, and everything agrees.
async fn at_the_end(city: &City) -> Result<(), String> {
    for name in city::NODES {
        city.at_post(name, |post| post.mend());
    }
    city.rest(15_000).await;
    let missing = {
        let books = city.world.ledger.books();
        let memory = city.memory();
        let mut lost = memory.acknowledged.iter().filter_map(|taken| {
            let key = RecordKey::new(RecordKind::Call, taken.call);
            match books.records.get(&key).map(|held| &held.record) {
                Some(Record::Call(call)) if call.incident.is_some() => None,
                Some(_) => Some(format!("call {} led to no incident", taken.call)),
                None => Some(format!("call {} was acknowledged and is lost", taken.call)),
            }
        });
        lost.next()
    };
    if let Some(missing) = missing {
        return Err(missing);
    }
    if let Some(archivist) = city.archivist() {
        archivist::all_kept(&city.world.ledger.books(), &archivist.lines()?)?;
    }
    let all = city.world.ledger.books().all();
    if let Some(violation) = domain::invariants::violations(&all).first() {
        return Err(violation.to_string());
    }
    city.world.index_violations().await.into_iter().next().map_or(Ok(()), Err)
}

fn report(city: &City, seed: u64) -> Report {
    let books = city.world.ledger.books();
    let history = books.entries.iter().map(|entry| {
        format!("{} {} {} {} {}", entry.number, entry.at, entry.actor, entry.cause, entry.operation)
    });
    let mut causes = BTreeMap::new();
    books.entries.iter().for_each(|entry| *causes.entry(entry.cause.clone()).or_default() += 1);
    let (calls, mut counts) = {
        let memory = city.memory();
        (memory.acknowledged.len(), memory.counts.clone())
    };
    counts.insert("streams were trimmed under a node", books.trimmed);
    counts.insert("records archived", books.forgotten.len());
    Report {
        seed,
        calls,
        changes: books.entries.len(),
        sent_automatically: city.watchdog.sent_automatically(),
        counts,
        causes,
        history: history.collect(),
    }
}
