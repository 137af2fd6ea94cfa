//! Loads: requests in a loop of so many at once, or on a constant schedule whatever becomes of them.

mod closed;
mod open;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use tokio::time::sleep_until;

use crate::{
    plan::{Load, Pace},
    processes::all_worked,
    side::{Fault, Name, Target, Watched},
};

/// Longest latency that is told apart from longer ones, in microseconds: nobody waits longer for an acknowledgement.
const LATENCY_MAX_US: u64 = 60_000_000;

/// Digits of a latency that are kept.
const DIGITS: u8 = 3;

/// How long what is still under way at the end of a load may take; what takes longer counts as failed.
const GRACE: Duration = Duration::from_secs(30);

/// What came of one load.
#[derive(Debug)]
pub struct Borne {
    /// Requests that were sent, those before the measuring among them.
    pub sent: u64,
    /// The names of all that were acknowledged.
    pub names: Vec<Name>,
    /// How many failed, by what was said.
    pub failures: BTreeMap<String, u64>,
    /// Latencies of what was measured, in microseconds.
    pub latency_us: Histogram<u64>,
    /// How late requests were sent, in microseconds; empty for a closed load, which has no schedule.
    pub lateness_us: Histogram<u64>,
    /// Acknowledgements while it was measured.
    pub acknowledged: u64,
    /// How long was measured.
    pub measured: Duration,
    /// How long each process worked meanwhile; absent where it could not be read.
    pub worked: Vec<Option<Duration>>,
}

/// An empty histogram of microseconds.
///
/// # Panics
/// Never: the bounds are constants that fit.
pub fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LATENCY_MAX_US, DIGITS).expect("the bounds are in order and the digits few")
}

/// Adds one duration.
pub(crate) fn record(histogram: &mut Histogram<u64>, time: Duration) {
    let us = u64::try_from(time.as_micros()).unwrap_or(LATENCY_MAX_US);
    histogram.saturating_record(us.max(1));
}

/// When a load begins, when measuring begins and when it ends.
#[derive(Clone, Copy, Debug)]
struct Times {
    begin: Instant,
    from: Instant,
    until: Instant,
}

/// Bears a load on a target and measures it.
pub async fn bear(target: Arc<dyn Target>, load: Load, pace: &Pace, watched: &[Watched]) -> Borne {
    bear_from(Instant::now(), target, load, pace, watched).await
}

/// The same from a moment that somebody else must know.
pub async fn bear_from(
    begin: Instant,
    target: Arc<dyn Target>,
    load: Load,
    pace: &Pace,
    watched: &[Watched],
) -> Borne {
    let from = begin + pace.warm;
    let times = Times { begin, from, until: from + pace.measured };
    let count = Arc::new(AtomicU64::new(0));
    let bearing = match load {
        Load::Closed { in_flight } => closed::begin(target, in_flight, times, &count),
        Load::Open { per_second } | Load::Watched { per_second, .. } => {
            open::begin(target, per_second, times, &count)
        }
    };
    let sample = async |at: Instant| {
        sleep_until(at.into()).await;
        (Instant::now(), count.load(Ordering::Relaxed), all_worked(watched))
    };
    let (began, before, worked_before) = sample(times.from).await;
    let (ended, after, worked_after) = sample(times.until).await;
    let mut borne = bearing.await;
    borne.acknowledged = after - before;
    borne.measured = ended - began;
    let spans = worked_before.into_iter().zip(worked_after);
    borne.worked = spans.map(|(before, after)| after?.checked_sub(before?)).collect();
    borne
}

/// What one task saw.
struct Seen {
    names: Vec<Name>,
    failures: Vec<Fault>,
    latency_us: Histogram<u64>,
}

impl Borne {
    fn new() -> Self {
        Self {
            sent: 0,
            names: Vec::new(),
            failures: BTreeMap::new(),
            latency_us: histogram(),
            lateness_us: histogram(),
            acknowledged: 0,
            measured: Duration::ZERO,
            worked: Vec::new(),
        }
    }

    fn fail(&mut self, said: &str) {
        *self.failures.entry(said.to_owned()).or_default() += 1;
    }

    /// How many requests came to nothing that is known.
    pub fn failed(&self) -> u64 {
        self.failures.values().sum()
    }
}
