//! What arrived at whom: every change once at every watcher, and how long after it was due.

use std::{
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use tokio::sync::Notify;

use crate::load::{histogram, record};

/// One turn's arrivals, of all watchers.
pub(crate) struct Arrivals {
    watchers: u64,
    changes: u64,
    per_second: u32,
    warm: Duration,
    begin: OnceLock<Instant>,
    /// When each change was acknowledged to whoever made it, in nanoseconds after the beginning; 0: not yet.
    acknowledged: Vec<AtomicU64>,
    arrived: AtomicU64,
    double: AtomicU64,
    unasked: AtomicU64,
    frames: AtomicU64,
    resets: AtomicU64,
    /// Watchers that have everything.
    whole: AtomicU64,
    ended: OnceLock<Instant>,
    all: Notify,
    lanes: Mutex<Vec<Arc<Lane>>>,
}

/// What is measured on one connection: apart from the others, so that nobody waits for whoever counts.
#[derive(Debug)]
pub(super) struct Lane(Mutex<Waits>);

/// How long it took.
#[derive(Debug)]
pub(super) struct Waits {
    /// From the moment a change was due.
    pub(super) since_due: Histogram<u64>,
    /// From the moment it was acknowledged to whoever made it; nothing, where nobody acknowledges.
    pub(super) since_acknowledged: Histogram<u64>,
}

impl Waits {
    fn new() -> Self {
        Self { since_due: histogram(), since_acknowledged: histogram() }
    }
}

impl Arrivals {
    /// So many watchers, who are told of changes at this rate while it warms and while it is measured.
    pub(super) fn new(watchers: u32, per_second: u32, warm: Duration, measured: Duration) -> Self {
        let nanoseconds = (warm + measured).as_nanos() * u128::from(per_second);
        let changes = u64::try_from(nanoseconds.div_ceil(1_000_000_000)).unwrap_or(u64::MAX);
        Self {
            watchers: watchers.into(),
            changes,
            per_second,
            warm,
            begin: OnceLock::new(),
            acknowledged: (0..changes).map(|_| AtomicU64::new(0)).collect(),
            arrived: AtomicU64::new(0),
            double: AtomicU64::new(0),
            unasked: AtomicU64::new(0),
            frames: AtomicU64::new(0),
            resets: AtomicU64::new(0),
            whole: AtomicU64::new(0),
            ended: OnceLock::new(),
            all: Notify::new(),
            lanes: Mutex::default(),
        }
    }

    /// Says when the first change is due.
    pub(super) fn begin(&self, at: Instant) {
        // it is said once
        let _again = self.begin.set(at);
    }

    /// A connection on which watchers are told.
    pub(super) fn lane(&self) -> Arc<Lane> {
        let lane = Arc::new(Lane(Mutex::new(Waits::new())));
        self.lanes.lock().expect("nothing panics while it counts").push(Arc::clone(&lane));
        lane
    }

    /// Notes that whoever made a change was told that it is made.
    pub(super) fn acknowledged(&self, number: u64) {
        let after = self.begin.get().map_or(0, |begin| begin.elapsed().as_nanos());
        if let Some(known) = usize::try_from(number).ok().and_then(|index| self.acknowledged.get(index)) {
            known.store(u64::try_from(after).unwrap_or(u64::MAX), Ordering::Release);
        }
    }

    /// Waits until every watcher has everything, and says when that was; not longer than this.
    pub(super) async fn all_within(&self, within: Duration) -> Option<Instant> {
        let told = async {
            loop {
                let waiting = self.all.notified();
                if let Some(ended) = self.ended.get() {
                    return *ended;
                }
                waiting.await;
            }
        };
        tokio::time::timeout(within, told).await.ok()
    }

    /// What should have arrived: each change at each watcher.
    pub(super) fn wanted(&self) -> u64 {
        self.watchers * self.changes
    }

    /// What has, each counted once.
    pub(super) fn arrived(&self) -> u64 {
        self.arrived.load(Ordering::Relaxed)
    }

    /// What arrived more than once, though nobody began anew.
    pub(super) fn double(&self) -> u64 {
        self.double.load(Ordering::Relaxed)
    }

    /// What arrived and was never made.
    pub(super) fn unasked(&self) -> u64 {
        self.unasked.load(Ordering::Relaxed)
    }

    /// How many messages or frames it came in.
    pub(super) fn frames(&self) -> u64 {
        self.frames.load(Ordering::Relaxed)
    }

    /// How often a watcher was told to begin anew.
    pub(super) fn resets(&self) -> u64 {
        self.resets.load(Ordering::Relaxed)
    }

    /// How long everything took, of all connections.
    pub(super) fn waits(&self) -> Waits {
        let mut all = Waits::new();
        for lane in self.lanes.lock().expect("nothing panics while it counts").iter() {
            let lane = lane.0.lock().expect("nothing panics while it counts");
            all.since_due += &lane.since_due;
            all.since_acknowledged += &lane.since_acknowledged;
        }
        all
    }
}

/// One watcher.
pub(super) struct Reader {
    arrivals: Arc<Arrivals>,
    lane: Arc<Lane>,
    /// One bit for each change.
    seen: Vec<u64>,
    missing: u64,
}

impl Reader {
    /// A watcher on this connection.
    pub(super) fn new(arrivals: &Arc<Arrivals>, lane: &Arc<Lane>) -> Self {
        let words = usize::try_from(arrivals.changes.div_ceil(64)).expect("a turn's changes fit memory");
        let (seen, missing) = (vec![0; words], arrivals.changes);
        Self { arrivals: Arc::clone(arrivals), lane: Arc::clone(lane), seen, missing }
    }

    /// Takes in a picture begun anew: what is in it may have been told before.
    pub(super) fn begin_anew(&mut self, numbers: &[u64]) {
        self.arrivals.resets.fetch_add(1, Ordering::Relaxed);
        let new: Vec<u64> = numbers.iter().copied().filter(|number| !self.has(*number)).collect();
        self.take(&new);
    }

    fn has(&self, number: u64) -> bool {
        let word = usize::try_from(number / 64).ok().and_then(|word| self.seen.get(word));
        word.is_some_and(|word| word & (1 << (number % 64)) != 0)
    }

    /// Takes in what came at once.
    pub(super) fn take(&mut self, numbers: &[u64]) {
        let arrivals = &self.arrivals;
        let Some(begin) = arrivals.begin.get() else { return };
        let now = begin.elapsed();
        let mut new = 0;
        {
            let mut waits = self.lane.0.lock().expect("nothing panics while it counts");
            for number in numbers {
                if *number >= arrivals.changes {
                    arrivals.unasked.fetch_add(1, Ordering::Relaxed);
                    continue;
                }
                let index = usize::try_from(*number).expect("it is below the number of changes");
                let (word, bit) = (&mut self.seen[index / 64], 1 << (number % 64));
                if *word & bit != 0 {
                    arrivals.double.fetch_add(1, Ordering::Relaxed);
                    continue;
                }
                *word |= bit;
                new += 1;
                let due = Duration::from_nanos(number * 1_000_000_000 / u64::from(arrivals.per_second));
                if due >= arrivals.warm {
                    record(&mut waits.since_due, now.saturating_sub(due));
                    let known = arrivals.acknowledged[index].load(Ordering::Acquire);
                    // who was told before the maker was has waited for nothing since
                    let since = if known == 0 { now } else { Duration::from_nanos(known) };
                    record(&mut waits.since_acknowledged, now.saturating_sub(since));
                }
            }
        }
        arrivals.frames.fetch_add(1, Ordering::Relaxed);
        arrivals.arrived.fetch_add(new, Ordering::Relaxed);
        self.missing -= new;
        if new > 0
            && self.missing == 0
            && arrivals.whole.fetch_add(1, Ordering::Relaxed) + 1 == arrivals.watchers
        {
            let _again = arrivals.ended.set(Instant::now());
            arrivals.all.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_counts_once_at_each_watcher_and_what_was_never_made_is_found() {
        let arrivals = Arc::new(Arrivals::new(2, 100, Duration::ZERO, Duration::from_secs(1)));
        arrivals.begin(Instant::now());
        let lane = arrivals.lane();
        let (mut first, mut second) = (Reader::new(&arrivals, &lane), Reader::new(&arrivals, &lane));
        let all: Vec<u64> = (0..100).collect();
        first.take(&all);
        first.take(&[5, 100]);
        assert_eq!((arrivals.wanted(), arrivals.arrived()), (200, 100));
        assert_eq!((arrivals.double(), arrivals.unasked()), (1, 1));
        assert!(arrivals.ended.get().is_none(), "the second has nothing yet");
        second.take(&all[..50]);
        second.begin_anew(&all);
        assert_eq!((arrivals.arrived(), arrivals.double(), arrivals.resets()), (200, 1, 1));
        assert!(arrivals.ended.get().is_some());
        assert_eq!(arrivals.waits().since_due.len(), 200);
    }
}
