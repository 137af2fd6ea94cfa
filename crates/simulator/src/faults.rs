//! Kills and outages while a trace is replayed: what dies or hangs at a moment nobody chose must cost no call and send no unit
//! twice.
//!
//! How a process is killed and started again is the caller's to know ([`Machinery`]); when, is drawn here.

mod outage;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::future::BoxFuture;
use rand::RngExt as _;
use serde::Serialize;
use tokio::time::{Instant, sleep};

pub use outage::{Outage, OutagePlan, OutageReport, run_with_outage};

use crate::{
    connection::Access,
    laws::Seed,
    replay::{Progress, ReplayError, ReplayOptions, Report, replay},
    trace::Trace,
};

/// What is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Victim {
    /// The centre's own process.
    Kezek,
    /// Its Redis.
    Redis,
    /// Both at once.
    Both,
}

impl Victim {
    /// The word for it in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kezek => "kezek",
            Self::Redis => "redis",
            Self::Both => "both",
        }
    }
}

/// The processes of a centre, to be killed and started.
pub trait Machinery: Send {
    /// Ends the victim as `kill -9` does: without a word, at once.
    ///
    /// # Errors
    /// What went wrong, for a person.
    fn kill(&mut self, victim: Victim) -> BoxFuture<'_, Result<(), String>>;

    /// Starts whatever of the centre does not run and waits until it is ready to take calls, at the same address.
    ///
    /// # Errors
    /// What went wrong, for a person.
    fn start(&mut self) -> BoxFuture<'_, Result<(), String>>;

    /// Has Redis answer nothing and not end, as one whose machine hangs.
    ///
    /// # Errors
    /// What went wrong, for a person.
    fn hold_up(&mut self) -> BoxFuture<'_, Result<(), String>>;

    /// Lets a Redis that is held up go on where it was.
    ///
    /// # Errors
    /// What went wrong, for a person.
    fn let_go(&mut self) -> BoxFuture<'_, Result<(), String>>;
}

/// What is killed, how often and how closely.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultPlan {
    /// What.
    pub victim: Victim,
    /// How often.
    pub times: u32,
    /// Decides when.
    pub seed: Seed,
    /// From the centre's readiness to the next kill, in real time: drawn between the two.
    pub between: (Duration, Duration),
    /// From a kill to the new start, in real time: drawn between the two.
    pub away: (Duration, Duration),
}

impl FaultPlan {
    /// Kills half a second to three seconds after the centre is ready, and starts it within half a second.
    pub const fn new(victim: Victim, times: u32, seed: Seed) -> Self {
        let between = (Duration::from_millis(500), Duration::from_secs(3));
        let away = (Duration::ZERO, Duration::from_millis(500));
        Self { victim, times, seed, between, away }
    }
}

/// One kill.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Kill {
    /// What was killed.
    pub victim: Victim,
    /// When, in real seconds from the start of the replay.
    pub at_s: f64,
    /// How many calls were acknowledged by then.
    pub taken: u64,
    /// How long until the centre was ready again, in real seconds.
    pub recovered_s: f64,
}

/// What a replay with kills showed. Whether anything was lost is the audit's to say.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FaultReport {
    /// Every kill, in order.
    pub kills: Vec<Kill>,
    /// One report for each time the trace was replayed until the kills were done.
    pub replays: Vec<Report>,
}

/// Why faults could not be tried.
#[derive(Debug, thiserror::Error)]
pub enum FaultError {
    /// The centre could not be killed or started.
    #[error("the machinery failed: {0}")]
    Machinery(String),
    /// The replay did not run.
    #[error("the replay did not run")]
    Replay(#[source] ReplayError),
    /// The trace is over before anything can be killed, however often it is replayed.
    #[error("only {kills} of {times} kills fell into {replays} replays: the trace is too short or too close")]
    TooShort {
        /// How many there were.
        kills: usize,
        /// How many there should have been.
        times: u32,
        /// How often the trace was replayed.
        replays: usize,
    },
    /// Nobody called while the store was away.
    #[error("no call was taken in the {away:?} in which Redis was away: the trace is too short or too close")]
    Idle {
        /// How long it should have been.
        away: Duration,
    },
}

/// What a killer sees of a replay.
#[derive(Debug, Default)]
struct Sight {
    progress: Mutex<Progress>,
    is_over: AtomicBool,
}

impl Sight {
    fn now(&self) -> Progress {
        *self.progress.lock().expect("nothing panics while it looks")
    }

    fn tell(&self, progress: Progress) {
        *self.progress.lock().expect("nothing panics while it looks") = progress;
    }

    /// True once no call comes in any more.
    fn is_over(&self) -> bool {
        let now = self.now();
        self.is_over.load(Ordering::SeqCst) || (now.total > 0 && now.taken + now.failed >= now.total)
    }
}

/// Replays the trace again and again, under new request ids, until everything was killed as often as planned while
/// calls came in. The centre runs when this returns.
///
/// # Errors
/// [`FaultError`].
pub async fn run(
    access: &Access,
    trace: &Trace,
    options: &ReplayOptions,
    plan: &FaultPlan,
    machinery: &mut dyn Machinery,
    progress: impl Fn(Progress) + Send + Sync + Clone + 'static,
) -> Result<FaultReport, FaultError> {
    let mut report = FaultReport { kills: Vec::new(), replays: Vec::new() };
    let started = Instant::now();
    for round in 0.. {
        let kills = report.kills.len();
        if kills >= plan.times as usize {
            break;
        }
        // every replay should see at least one kill; twice as many leave room for bad luck
        if round > 2 * plan.times as usize {
            return Err(FaultError::TooShort { kills, times: plan.times, replays: round });
        }
        let mut options = options.clone();
        options.run = format!("{}-{round}", options.run);
        let sight = Arc::new(Sight::default());
        let seen = {
            let (sight, progress) = (Arc::clone(&sight), progress.clone());
            move |told: Progress| {
                sight.tell(told);
                progress(told);
            }
        };
        let replaying = replay(access, trace, &options, seen);
        let killing = kill_on(plan, &mut report.kills, machinery, started, &sight);
        tokio::pin!(replaying, killing);
        let replayed = tokio::select! {
            replayed = &mut replaying => {
                // a kill under way is finished, so that the centre runs for the next round and for the audit
                sight.is_over.store(true, Ordering::SeqCst);
                killing.await.map_err(FaultError::Machinery)?;
                replayed
            }
            killed = &mut killing => {
                killed.map_err(FaultError::Machinery)?;
                replaying.await
            }
        };
        report.replays.push(replayed.map_err(FaultError::Replay)?);
    }
    Ok(report)
}

/// Kills and starts, until it was often enough or no calls come in any more.
async fn kill_on(
    plan: &FaultPlan,
    kills: &mut Vec<Kill>,
    machinery: &mut dyn Machinery,
    started: Instant,
    sight: &Sight,
) -> Result<(), String> {
    wait_for_calls(sight).await;
    while kills.len() < plan.times as usize {
        let label = format!("kill/{}", kills.len());
        sleep(between(plan.between, plan.seed, &label)).await;
        if sight.is_over() {
            return Ok(());
        }
        let taken = sight.now().taken;
        let at = Instant::now();
        machinery.kill(plan.victim).await?;
        sleep(between(plan.away, plan.seed, &format!("{label}/away"))).await;
        machinery.start().await?;
        kills.push(Kill {
            victim: plan.victim,
            at_s: at.duration_since(started).as_secs_f64(),
            taken,
            recovered_s: at.elapsed().as_secs_f64(),
        });
    }
    Ok(())
}

/// Waits until the first call was taken: what dies before is no fault of the replay.
async fn wait_for_calls(sight: &Sight) {
    while sight.now().taken == 0 && !sight.is_over() {
        sleep(Duration::from_millis(20)).await;
    }
}

fn between((least, most): (Duration, Duration), seed: Seed, label: &str) -> Duration {
    let share: f64 = seed.dice(label).random();
    least + most.saturating_sub(least).mul_f64(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_drawn_from_the_seed_within_their_bounds() {
        let bounds = (Duration::from_millis(500), Duration::from_secs(3));
        let draws: Vec<Duration> = (0..50).map(|n| between(bounds, Seed(1), &format!("kill/{n}"))).collect();
        assert!(draws.iter().all(|draw| *draw >= bounds.0 && *draw <= bounds.1));
        assert!(draws.iter().any(|draw| draw != &draws[0]));
        assert_eq!(draws[7], between(bounds, Seed(1), "kill/7"));
    }

    /// Machinery that only says what it was told.
    pub(super) struct Counting(pub(super) Vec<&'static str>);

    impl Machinery for Counting {
        fn kill(&mut self, _: Victim) -> BoxFuture<'_, Result<(), String>> {
            self.0.push("kill");
            Box::pin(std::future::ready(Ok(())))
        }
        fn start(&mut self) -> BoxFuture<'_, Result<(), String>> {
            self.0.push("start");
            Box::pin(std::future::ready(Ok(())))
        }
        fn hold_up(&mut self) -> BoxFuture<'_, Result<(), String>> {
            self.0.push("hold up");
            Box::pin(std::future::ready(Ok(())))
        }
        fn let_go(&mut self) -> BoxFuture<'_, Result<(), String>> {
            self.0.push("let go");
            Box::pin(std::future::ready(Ok(())))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn kills_come_in_pairs_with_starts_and_stop_when_they_are_enough() {
        let (mut machinery, mut kills) = (Counting(Vec::new()), Vec::new());
        let plan = FaultPlan::new(Victim::Both, 3, Seed(1));
        let sight = Sight::default();
        sight.tell(Progress { total: 9, taken: 1, ..Progress::default() });
        kill_on(&plan, &mut kills, &mut machinery, Instant::now(), &sight).await.unwrap();
        assert_eq!(machinery.0, ["kill", "start", "kill", "start", "kill", "start"]);
        assert!(kills.windows(2).all(|two| two[0].at_s < two[1].at_s));
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_killed_once_every_call_is_taken() {
        let (mut machinery, mut kills) = (Counting(Vec::new()), Vec::new());
        let sight = Sight::default();
        sight.tell(Progress { total: 9, taken: 9, ..Progress::default() });
        let plan = FaultPlan::new(Victim::Kezek, 3, Seed(1));
        kill_on(&plan, &mut kills, &mut machinery, Instant::now(), &sight).await.unwrap();
        assert!(machinery.0.is_empty() && kills.is_empty());
    }
}
