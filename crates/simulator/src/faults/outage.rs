//! A store that is away while calls come in: its server answers nothing for so long, and then goes on where it was.

use std::{sync::Arc, time::Duration};

use serde::Serialize;
use tokio::time::{Instant, sleep};

use super::{FaultError, Machinery, Sight, between, wait_for_calls};
use crate::{
    connection::Access,
    laws::Seed,
    replay::{Progress, ReplayOptions, Report, replay},
    trace::Trace,
};

/// When a store is away, and for how long.
#[derive(Clone, Debug, PartialEq)]
pub struct OutagePlan {
    /// How long, in real time.
    pub away: Duration,
    /// Decides when.
    pub seed: Seed,
    /// From the first acknowledged call to the outage, in real time: drawn between the two.
    pub after: (Duration, Duration),
}

impl OutagePlan {
    /// Away for so long, from half a second to three seconds after the first call.
    pub const fn new(away: Duration, seed: Seed) -> Self {
        Self { away, seed, after: (Duration::from_millis(500), Duration::from_secs(3)) }
    }
}

/// One outage.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Outage {
    /// When it began, in real seconds from the start of the replay.
    pub at_s: f64,
    /// How long it lasted, in real seconds.
    pub away_s: f64,
    /// How many calls were acknowledged before it.
    pub taken_before: u64,
    /// How many were acknowledged while it lasted.
    pub taken_meanwhile: u64,
    /// How long until the centre was ready again, in real seconds from its end.
    pub recovered_s: f64,
}

/// What a replay with an outage showed. Whether anything was lost is the audit's to say.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OutageReport {
    /// The outage.
    pub outage: Outage,
    /// The replay around it.
    pub replay: Report,
}

/// Replays the trace once, with its store away for a while as soon as calls come in. The store is back when this returns.
///
/// # Errors
/// [`FaultError`]; [`FaultError::Idle`] if no call was acknowledged while the store was away.
pub async fn run_with_outage(
    access: &Access,
    trace: &Trace,
    options: &ReplayOptions,
    plan: &OutagePlan,
    machinery: &mut dyn Machinery,
    progress: impl Fn(Progress) + Send + Sync + 'static,
) -> Result<OutageReport, FaultError> {
    let sight = Arc::new(Sight::default());
    let seen = {
        let sight = Arc::clone(&sight);
        move |told: Progress| {
            sight.tell(told);
            progress(told);
        }
    };
    let (replayed, outage) =
        tokio::join!(replay(access, trace, options, seen), hold_up(plan, machinery, &sight));
    let outage = outage.map_err(FaultError::Machinery)?;
    let replay = replayed.map_err(FaultError::Replay)?;
    match outage {
        Some(outage) if outage.taken_meanwhile > 0 => Ok(OutageReport { outage, replay }),
        Some(_) | None => Err(FaultError::Idle { away: plan.away }),
    }
}

/// Holds the store up once calls come in; nothing, if they were over before.
async fn hold_up(
    plan: &OutagePlan,
    machinery: &mut dyn Machinery,
    sight: &Sight,
) -> Result<Option<Outage>, String> {
    let started = Instant::now();
    wait_for_calls(sight).await;
    sleep(between(plan.after, plan.seed, "outage")).await;
    if sight.is_over() {
        return Ok(None);
    }
    let (at, taken_before) = (Instant::now(), sight.now().taken);
    machinery.hold_up().await?;
    sleep(plan.away).await;
    let taken = sight.now().taken;
    machinery.let_go().await?;
    let back = Instant::now();
    machinery.start().await?;
    Ok(Some(Outage {
        at_s: at.duration_since(started).as_secs_f64(),
        away_s: back.duration_since(at).as_secs_f64(),
        taken_before,
        taken_meanwhile: taken - taken_before,
        recovered_s: back.elapsed().as_secs_f64(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::tests::Counting;

    #[tokio::test(start_paused = true)]
    async fn a_store_is_held_up_for_as_long_as_planned_and_let_go() {
        let (mut machinery, sight) = (Counting(Vec::new()), Sight::default());
        sight.tell(Progress { total: 9, taken: 1, ..Progress::default() });
        let plan = OutagePlan::new(Duration::from_secs(60), Seed(1));
        let outage = hold_up(&plan, &mut machinery, &sight).await.unwrap().unwrap();
        assert_eq!(machinery.0, ["hold up", "let go", "start"]);
        assert!((60.0..60.1).contains(&outage.away_s), "{outage:?}");
        assert!((0.5..3.1).contains(&outage.at_s), "{outage:?}");
        assert_eq!((outage.taken_before, outage.taken_meanwhile), (1, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_is_left_alone_once_every_call_is_taken() {
        let (mut machinery, sight) = (Counting(Vec::new()), Sight::default());
        sight.tell(Progress { total: 9, taken: 9, ..Progress::default() });
        let plan = OutagePlan::new(Duration::from_secs(60), Seed(1));
        assert_eq!(hold_up(&plan, &mut machinery, &sight).await.unwrap(), None);
        assert!(machinery.0.is_empty());
    }
}
