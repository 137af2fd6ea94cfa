//! A day of a whole country: many centres, each with all its callers, desks and crews, live 24 hours of virtual time, and
//! what that costs is told.
//!
//! It measures nobody's latency: on virtual time nobody waits. What it shows is that nothing was wrong on any of the days,
//! and how much work and memory they took together.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use domain::Seconds;
use futures::future::BoxFuture;
use operations::ControlRoom;
use redis_store::Archive;
use simulator::day::{Day, Report, archivist::Archivist, city::NODES, live};
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::{
    figures::{Figure, Verdict, count},
    load::histogram,
    plan::{Load, Pace},
    processes::{resident_mib, worked, worked_here},
    report::{Told, Words},
    side::Fault,
};

/// What is over leaves a centre's store after so long, so that most of a day does before it ends.
const ARCHIVED_AFTER: Seconds = Seconds(2 * 3600);

/// The only side.
const CENTRE: &str = "centre";

const CAME: &str = "calls that came";
const CHANGES: &str = "changes";
const SENT: &str = "sent by the dispatcher";
const LASTED: &str = "time of a day, s";

/// How large the country is.
#[derive(Clone, Copy, Debug)]
pub struct Country {
    /// Its centres.
    pub centres: u32,
    /// Calls that come to each of them on that day.
    pub calls: u32,
    /// What the first centre's day is drawn from; the next ones follow.
    pub seed: u64,
}

impl Country {
    /// Lives the day of every centre, as many at once as there are cores.
    ///
    /// # Errors
    /// A law was broken on one of the days, or a day could not be lived.
    pub async fn run(self, tell: &dyn Fn(&str)) -> Result<Told, Fault> {
        let own = std::process::id();
        let work = || worked(own).ok_or_else(|| Fault("the work of this process cannot be read".to_owned()));
        let cores = thread::available_parallelism().map_err(Fault::at("count the cores"))?.get();
        let (began, before) = (Instant::now(), work()?);
        let (lived, mut days) = unbounded_channel();
        let next = Arc::new(AtomicU64::new(0));
        for number in 0..cores {
            let (lived, next) = (lived.clone(), Arc::clone(&next));
            let named = thread::Builder::new().name(format!("centres-{number}"));
            named.spawn(move || self.live(&next, &lived)).map_err(Fault::at("start a thread"))?;
        }
        drop(lived);
        let mut figures = Vec::new();
        while let Some(day) = days.recv().await {
            let figure = day?.figure(self.calls, cores);
            figures.push(figure);
            let (done, all) = (figures.len(), self.centres);
            tell(&format!("{done:>4} of {all} centres after {:.0} s", began.elapsed().as_secs_f64()));
        }
        if figures.len() as u64 != u64::from(self.centres) {
            return Err(Fault("a day ended without an outcome".to_owned()));
        }
        let (lasted, worked) = (began.elapsed(), work()?.saturating_sub(before));
        Ok(self.told(figures, lasted, worked, cores))
    }

    /// Lives one day after the other, until none is left or nobody asks any more.
    fn live(self, next: &AtomicU64, lived: &UnboundedSender<Result<Lived, Fault>>) {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= u64::from(self.centres) || lived.send(self.day(number)).is_err() {
                return;
            }
        }
    }

    /// The day of one centre, on the thread that asks.
    fn day(self, number: u64) -> Result<Lived, Fault> {
        let folder = tempfile::tempdir().map_err(Fault::at("make a folder"))?;
        let archive = Arc::new(Archives { folder });
        let calls = usize::try_from(self.calls).map_err(Fault::at("count calls"))?;
        let day = Day { calls: Some(calls), ..Day::whole(self.seed.wrapping_add(number), archive) };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .max_blocking_threads(1)
            .build()
            .map_err(Fault::at("make a runtime"))?;
        let (began, before) = (Instant::now(), worked_here());
        let report = runtime.block_on(Box::pin(live(day))).map_err(Fault::at("live a day"))?;
        let worked = worked_here().zip(before).map(|(after, before)| after.saturating_sub(before));
        Ok(Lived { number, report, lasted: began.elapsed(), worked })
    }

    fn told(self, mut figures: Vec<Figure>, lasted: Duration, worked: Duration, cores: usize) -> Told {
        let Self { centres, calls, seed } = self;
        let pace = Pace { rounds: centres, warm: Duration::ZERO, measured: lasted, seed };
        let mut told = Told::new("country", "A day of a whole country on one machine", pace);
        told.words = Words { each: "call", done: "acknowledged" };
        told.how = Some(format!(
            "{centres} centres with {calls} calls each live 24 hours of virtual time, {cores} at once; drawn from the seeds from \
             {seed} on"
        ));
        figures.sort_unstable_by_key(|figure| figure.round);
        told.figures.0 = figures;
        let sum = |of: &dyn Fn(&Figure) -> f64| told.figures.0.iter().map(of).sum::<f64>();
        let beside = |name: &'static str| sum(&|figure| figure.beside.get(name).copied().unwrap_or_default());
        let acknowledged = sum(&|figure| count(figure.verdict.acknowledged));
        let (work_s, lasted_s) = (worked.as_secs_f64(), lasted.as_secs_f64());
        told.totals = vec![
            (CAME, beside(CAME)),
            ("calls acknowledged and kept", acknowledged),
            (CHANGES, beside(CHANGES)),
            (SENT, beside(SENT)),
            ("CPU, s", work_s),
            ("CPU per call, ms", work_s * 1e3 / beside(CAME).max(1.0)),
            ("CPU per change, ms", work_s * 1e3 / beside(CHANGES).max(1.0)),
            ("cores busy on average", work_s / lasted_s.max(f64::MIN_POSITIVE)),
            ("time, s", lasted_s),
        ];
        if let Some((_, most)) = resident_mib(std::process::id()) {
            told.totals.push(("memory of the process at most, MiB", most));
        }
        told.notes = NOTES.map(str::to_owned).into();
        told.not_measured.extend(NOT_MEASURED.map(str::to_owned));
        told
    }
}

/// The day of one centre as it was lived.
struct Lived {
    /// Which centre, from 0.
    number: u64,
    report: Report,
    /// How long it took.
    lasted: Duration,
    /// How long its thread was on a processor; absent where that cannot be read.
    worked: Option<Duration>,
}

impl Lived {
    fn figure(&self, came: u32, cores: usize) -> Figure {
        let Self { number, report, lasted, worked } = self;
        let acknowledged = report.calls as u64;
        let each = worked.map(|worked| worked.as_secs_f64() * 1e6 / f64::from(came.max(1)));
        let beside = [
            (CAME, f64::from(came)),
            (CHANGES, count(report.changes as u64)),
            (SENT, count(report.sent_automatically as u64)),
            (LASTED, lasted.as_secs_f64()),
        ];
        Figure {
            round: u32::try_from(number + 1).unwrap_or(u32::MAX),
            load: Load::Closed { in_flight: cores },
            side: CENTRE,
            per_second: count(acknowledged) / lasted.as_secs_f64().max(f64::MIN_POSITIVE),
            latency_us: histogram(),
            lateness_us: histogram(),
            work_us: BTreeMap::from([("thread", each)]),
            failures: BTreeMap::new(),
            own_changes: None,
            beside: beside.into(),
            // a day on which anything is lost, double or unasked fails
            verdict: Verdict {
                sent: acknowledged,
                acknowledged,
                kept: Some(acknowledged),
                lost: 0,
                double: 0,
                unasked: 0,
                unanswered: 0,
            },
        }
    }
}

/// A server's own archiver, with a folder for each node of one centre.
struct Archives {
    folder: TempDir,
}

impl Archives {
    fn folder(&self, node: &str) -> PathBuf {
        self.folder.path().join(node)
    }
}

impl Archivist for Archives {
    fn archive(&self, node: &'static str, room: ControlRoom) -> BoxFuture<'static, ()> {
        Box::pin(server::archive(room, self.folder(node), ARCHIVED_AFTER))
    }

    fn lines(&self) -> Result<Vec<String>, String> {
        let mut lines = Vec::new();
        for node in NODES {
            let folder = self.folder(node);
            for day in Archive::days(&folder).map_err(|error| error.to_string())? {
                lines.extend(Archive::read(&folder, day).map_err(|error| error.to_string())?.records);
            }
        }
        Ok(lines)
    }
}

const NOTES: [&str; 6] = [
    "A centre is two nodes with a board, a dispatcher and an archiver each, over one store in memory, with three desks, seven \
     units and three operators; nodes die, are cut off and start again all day.",
    "Work and memory are those of everything together: also of those who call, answer and drive, and of those who look at \
     every change for what must not be. What a server alone would need is less.",
    "Memory is that of as many centres as live at once, with a complete account of each one's day; what has been lived is let \
     go of.",
    "Calls come at moments drawn over the day. Whoever rings and is not reached, and whoever called after the copy of the \
     store that was put back, is not among those acknowledged and kept.",
    "The day of each centre fails if a call that was acknowledged is lost, a record or an index is wrong, a deadline is missed, \
     a board or a watcher is shown anything else than the store holds, or the archive lacks what left the store. What is \
     between records is looked at after every 2,000 changes and at the end, boards and deadlines every three minutes, what a watcher \
     holds with every fiftieth frame.",
    "A round is a centre.",
];

const NOT_MEASURED: [&str; 2] = [
    "gRPC, Redis, the journal, a network: what they cost is measured by `intake`, `dispatch` and `fanout`",
    "all centres at the same moment: as many live at once as there are cores, one after the other",
];
