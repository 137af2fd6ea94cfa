//! What it costs to tell everybody who watches of every change: a centre against NATS core and against what anybody would
//! write first.

mod arrivals;
mod change;
mod kezek;
mod nats;
pub mod plain;
mod turn;
mod watching;

use std::{path::PathBuf, sync::Arc, time::Duration};

use futures::future::LocalBoxFuture;

use crate::{
    figures::{Comparison, Figure, Figures, Wanted},
    intake::Peers,
    node::Serving,
    plan::{Cell, Load, Pace, Part, turns},
    report::{Told, Words},
    side::{Fault, Target, Watched},
};

use arrivals::Arrivals;
use kezek::Centre;
use nats::Nats;
use plain::Plain;

/// The side that is a centre.
pub(crate) const CENTRE: &str = Centre::NAME;

/// Changes a second everywhere.
const RATE: u32 = 1_000;

/// A control room, a country's, and everything that one node can do.
const FEW: Load = Load::Watched { watchers: 100, silent: 0, per_second: RATE };
const MANY_WATCHERS: u32 = 1_000;
const MANY: Load = Load::Watched { watchers: MANY_WATCHERS, silent: 0, per_second: RATE };
const FULL: Load = Load::Watched { watchers: 5_000, silent: 0, per_second: RATE };
/// As few, beside as many who never read.
const SILENT: Load = Load::Watched { watchers: 100, silent: 100, per_second: RATE };

/// One who watches: what is left is the work of following changes, however many are told of them.
const ALONE: Load = Load::Watched { watchers: 1, silent: 0, per_second: RATE };

/// Longest wait for somebody to be told for the first time: thousands begin at once.
const JOIN_WITHIN: Duration = Duration::from_secs(60);

/// What is measured beside rates, waits and work.
pub(crate) const SINCE_ACKNOWLEDGED_P50: &str = "since the commit p50, ms";
pub(crate) const SINCE_ACKNOWLEDGED_P99: &str = "since the commit p99, ms";
const PER_FRAME: &str = "changes per message";
const RESETS: &str = "resets";
const MEMORY_BEFORE: &str = "memory with all watching, MiB";
const MEMORY_MOST: &str = "memory at most, MiB";

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Crowd {
    /// Who reads.
    pub(crate) watchers: u32,
    /// Who has asked and never reads.
    pub(crate) silent: u32,
}

/// One of those who tell everybody.
pub(crate) trait FanSide: Send {
    /// One word for tables.
    fn name(&self) -> &'static str;

    /// Starts anew and lets everybody begin to watch.
    fn open<'a>(
        &'a mut self,
        crowd: Crowd,
        arrivals: &'a Arc<Arrivals>,
    ) -> LocalBoxFuture<'a, Result<Box<dyn Opened>, Fault>>;
}

/// One that tells everybody. Dropped, it ends whatever it started.
pub(crate) trait Opened: Send {
    /// Where changes are made.
    fn target(&self) -> Arc<dyn Target>;

    /// The processes that do the work and nothing else.
    fn processes(&self) -> Vec<Watched>;
}

/// How fan-out is measured.
pub struct Fanout {
    /// How a centre is served.
    pub serving: Serving,
    /// The program that serves a plain broadcast when it is told to; absent: it is served here.
    pub plain: Option<PathBuf>,
    /// Who else is asked.
    pub peers: Peers,
    /// How long and how often.
    pub pace: Pace,
    /// What of it is measured.
    pub part: Part,
    /// These loads and no others; empty for those that the goals name.
    pub loads: Vec<Load>,
}

impl Fanout {
    /// Measures, and ends whatever it started.
    ///
    /// # Errors
    /// A side cannot be started. One that is not there is left out, and the report says so.
    pub async fn run(self, tell: &dyn Fn(&str)) -> Result<Told, Fault> {
        let title = "A change is told to everybody who watches: what it costs and how long it takes";
        let mut told = Told::new("fanout", title, self.pace);
        told.words = Words { each: "delivery", done: "delivered" };
        told.facts.push(("a change".to_owned(), format!("{} bytes on the wire", change::size()?)));
        let mut sides: Vec<Box<dyn FanSide>> =
            vec![Box::new(Centre::new(self.serving)), Box::new(Plain::new(self.plain))];
        let found = match &self.peers {
            Peers::Installed { nats_server } => Nats::find(nats_server.as_deref()).map_err(|absent| absent.0),
            Peers::None => Err("NATS: not asked for".to_owned()),
        };
        let has_nats = found.is_ok();
        match found {
            Ok(nats) => {
                told.facts.push(("NATS".to_owned(), nats.version().to_owned()));
                sides.push(Box::new(nats));
            }
            Err(why) => {
                tell(&format!("left out: {why}"));
                told.not_measured.push(why);
            }
        }
        let cells = self.part.of(cells(has_nats, &self.loads));
        for round in 0..self.pace.rounds {
            for turn in turns(&cells, &self.pace, round) {
                let side = sides.iter_mut().find(|side| side.name() == turn.side);
                let side = side.ok_or_else(|| Fault(format!("there is no side `{}`", turn.side)))?;
                let figure = turn::take(side.as_mut(), turn, &self.pace, round + 1).await?;
                tell(&turn::line(&figure));
                told.figures.0.push(figure);
            }
        }
        told.comparisons = comparisons(&told.figures);
        told.notes = NOTES.map(str::to_owned).into();
        told.not_measured.extend(NOT_MEASURED.map(str::to_owned));
        Ok(told)
    }
}

/// Every load, and who bears it.
fn cells(has_nats: bool, loads: &[Load]) -> Vec<Cell> {
    let everybody = || {
        let nats = has_nats.then_some(Nats::NAME);
        [Centre::NAME, Plain::NAME].into_iter().chain(nats).collect::<Vec<_>>()
    };
    if !loads.is_empty() {
        return loads.iter().map(|load| Cell { load: *load, sides: everybody() }).collect();
    }
    vec![
        Cell { load: FEW, sides: everybody() },
        Cell { load: MANY, sides: everybody() },
        // its client is full there, not its server
        Cell { load: FULL, sides: vec![Centre::NAME, Plain::NAME] },
        Cell { load: SILENT, sides: vec![Centre::NAME] },
        Cell { load: ALONE, sides: vec![Centre::NAME] },
    ]
}

/// What is said of the figures, with what was aimed at.
fn comparisons(figures: &Figures) -> Vec<Comparison> {
    let mut all = Vec::new();
    let mut say = |what: String, wanted, ratios: Vec<f64>| all.push(Comparison { what, wanted, ratios });
    let (to_nats, to_plain) = ((Centre::NAME, Nats::NAME), (Centre::NAME, Plain::NAME));
    for (load, wanted) in [(MANY, Wanted::AtMost(0.7)), (FEW, Wanted::Told)] {
        let ratios = figures.ratio(to_nats, load, server_work);
        say(format!("work of the server per delivery, kezek v NATS core, {load}"), wanted, ratios);
        let ratios = figures.ratio(to_plain, load, server_work);
        say(format!("work of the server per delivery, kezek v plain, {load}"), Wanted::Told, ratios);
    }
    let what = format!("the same less what one watcher costs: following, keeping, deciding, {MANY}");
    say(what, Wanted::Told, beyond_one(figures));
    for (load, wanted) in [(FEW, Wanted::AtMost(1.4)), (MANY, Wanted::Told)] {
        let ratios = figures.ratio(to_nats, load, told_p99);
        say(format!("p99 from the commit to the watcher, kezek v NATS core, {load}"), wanted, ratios);
        let ratios = figures.ratio(to_nats, load, |figure| figure.latency_ms(99.0));
        say(
            format!("p99 from the moment it was due, commit and all, kezek v NATS core, {load}"),
            Wanted::Told,
            ratios,
        );
    }
    let capacity = figures.ratio(to_plain, FULL, |figure| Some(figure.per_second));
    say(format!("deliveries/s, kezek v plain, {FULL}"), Wanted::AtLeast(1.5), capacity);
    for (what, wanted, value) in [
        ("p50", Wanted::AtMost(1.1), p50 as fn(&Figure) -> Option<f64>),
        ("p99", Wanted::Told, p99),
        ("work of the server per delivery", Wanted::Told, server_work),
    ] {
        let ratios = with_and_without(figures, value);
        say(format!("{what} with {SILENT} v without"), wanted, ratios);
    }
    all
}

/// The work of telling alone, v NATS core: what a centre does for each change, whoever watches, is measured with one
/// watcher and taken off.
fn beyond_one(figures: &Figures) -> Vec<f64> {
    let ratios = figures.of(Centre::NAME, MANY).filter_map(|figure| {
        let same_round = |other: &&Figure| other.round == figure.round;
        let alone = server_work(figures.of(Centre::NAME, ALONE).find(same_round)?)?;
        let nats = server_work(figures.of(Nats::NAME, MANY).find(same_round)?)?;
        (nats > 0.0).then_some((server_work(figure)? - alone / f64::from(MANY_WATCHERS)) / nats)
    });
    ratios.collect()
}

/// One value beside those who never read, by the same without them, round by round.
fn with_and_without(figures: &Figures, value: fn(&Figure) -> Option<f64>) -> Vec<f64> {
    let with = figures.of(Centre::NAME, SILENT).filter_map(|figure| {
        let mut without = figures.of(Centre::NAME, FEW).filter(|other| other.round == figure.round);
        Some((value(figure)?, value(without.next()?)?))
    });
    with.filter(|(_, without)| *without > 0.0).map(|(with, without)| with / without).collect()
}

fn p50(figure: &Figure) -> Option<f64> {
    figure.latency_ms(50.0)
}

fn p99(figure: &Figure) -> Option<f64> {
    figure.latency_ms(99.0)
}

/// From the commit where there is one: who has none tells at once.
fn told_p99(figure: &Figure) -> Option<f64> {
    figure.beside.get(SINCE_ACKNOWLEDGED_P99).copied().or_else(|| figure.latency_ms(99.0))
}

fn server_work(figure: &Figure) -> Option<f64> {
    figure.work_us.get("server").copied().flatten()
}

const NOTES: [&str; 7] = [
    "100 x 1000/s is a hundred who watch and a thousand changes a second, each told to each: a hundred thousand deliveries \
     a second. Rates count until the last one has the last change, so what waits in queues at the end counts as well.",
    "kezek: each change is committed to the Redis of `kezek serve` (appendfsync always), which follows it, keeps it in its \
     journal and tells everybody who watches the whole centre; started anew for each turn. Its work per delivery holds all \
     of that.",
    "nats: core, a nats-server of its own, started anew for each turn, and async-nats; it keeps nothing.",
    "plain: a tonic server of its own in which each watcher has a receiver of one tokio broadcast and each message is \
     encoded for each watcher.",
    "Watchers share connections, 125 to each and eight at least, with windows that keep nobody waiting; they read the \
     number of each change from its bytes and decode nothing else. Those who are silent have connections of their own, \
     with the windows of a client that asks for none, and nothing is measured before nothing more has room there.",
    "Latency counts from the moment a change was due, so it holds whatever made it late; what is said `from the commit` \
     begins when whoever made the change was told that the store has it.",
    "After each turn every watcher must have been told of every change exactly once.",
];

const NOT_MEASURED: [&str; 4] = [
    "TLS, a network, more than one node",
    "more than one scope, view and reader at once",
    "p99.9 and maxima: on a shared machine they are the machine's",
    "NATS with 5,000 who watch: its client is full there, not its server",
];
