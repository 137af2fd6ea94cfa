//! Drives a running centre with a recorded trace: every call in its order and, scaled, at its distance from the one
//! before; or as fast as the centre takes them.
//!
//! With a crowd, what follows is lived through to the end. Flat out nobody dispatches, so such a run says something of
//! intake and of nothing else.

mod latency;
mod report;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use protocol::{
    intake::v1::{EndCallRequest, TakeCallRequest, TakeCallResponse},
    record::v1::{CallOutcome, DuplicateChoice, Location, LocationMethod, Position, duplicate_choice},
};
use tokio::{sync::Semaphore, task::JoinSet, time::Instant};

pub(crate) use latency::histogram;
pub use latency::{Latency, Quantiles};
pub use report::{DispatchReport, IntervalReport, Report};

use crate::{
    connection::{Access, Failure, Person},
    crowd::{Crowd, CrowdError, CrowdOptions},
    history::HistoryError,
    laws::{LogNormal, Seed},
    trace::{Trace, TraceCall, type_id},
};

/// Calls in flight at once: beyond it the callers hear the engaged tone, and the report says how late they were.
const IN_FLIGHT_MAX: usize = 512;

/// How often progress is told.
const PROGRESS: Duration = Duration::from_millis(200);

/// How calls follow on each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spacing {
    /// As in the trace, so many times closer on the centre's own clock: 1 is life.
    Scaled(f64),
    /// As fast as so many callers at once get their answers.
    FlatOut {
        /// How many.
        callers: usize,
    },
}

/// How a trace is replayed.
#[derive(Clone, Debug)]
pub struct ReplayOptions {
    /// A name for this run that no earlier run on the same centre had, at most 24 letters, digits and hyphens: request
    /// ids begin with it.
    pub run: String,
    /// How calls follow on each other.
    pub spacing: Spacing,
    /// How many operators take calls.
    pub takers: usize,
    /// Who dispatches, receives and drives; absent for intake alone.
    pub crowd: Option<CrowdOptions>,
    /// How long, in real time, the run waits for open incidents after the last call.
    pub patience: Duration,
}

impl ReplayOptions {
    /// A run with everybody in it, at the distances of the trace.
    pub fn new(run: impl Into<String>, seed: Seed) -> Self {
        let crowd = CrowdOptions { seed, ..CrowdOptions::default() };
        Self {
            run: run.into(),
            spacing: Spacing::Scaled(1.0),
            takers: 4,
            crowd: Some(crowd),
            patience: Duration::from_secs(300),
        }
    }
}

/// How far a replay is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Calls of the trace.
    pub total: u64,
    /// Calls acknowledged.
    pub taken: u64,
    /// Calls given up.
    pub failed: u64,
    /// Incidents open now, as the operators see it.
    pub open: u64,
    /// Incidents that ended.
    pub ended: u64,
    /// Lines of the histories that are on the disk.
    pub known: u64,
}

/// Why there was no replay.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The crowd did not gather.
    #[error("nobody came to work")]
    Crowd(#[source] CrowdError),
    /// What the clients know could not be written.
    #[error("the histories cannot be written")]
    History(#[source] HistoryError),
    /// The spacing is none.
    #[error("calls cannot follow {0} times closer than in the trace")]
    Spacing(f64),
}

/// What all callers share.
struct Intake {
    run: String,
    takers: Vec<Arc<Person>>,
    seed: Seed,
    /// Share of calls sent twice with the same request id, and how long callers talk.
    repeated: f64,
    talk: Option<LogNormal>,
    latency: Latency,
    crowd: Option<Crowd>,
    taken: AtomicU64,
    failed: AtomicU64,
    suspected: AtomicU64,
    ended: AtomicU64,
}

/// Replays a trace and reports. Every client's history is in the directory that `access` writes to.
///
/// # Errors
/// [`ReplayError`]. Calls that could not be taken are no error: the report and the histories name them.
pub async fn replay(
    access: &Access,
    trace: &Trace,
    options: &ReplayOptions,
    progress: impl Fn(Progress) + Send + Sync + 'static,
) -> Result<Report, ReplayError> {
    if let Spacing::Scaled(scale) = options.spacing
        && !(scale.is_finite() && scale > 0.0)
    {
        return Err(ReplayError::Spacing(scale));
    }
    let crowd = match &options.crowd {
        Some(crowd) => Some(Crowd::gather(access, crowd.clone()).await.map_err(ReplayError::Crowd)?),
        None => None,
    };
    let intake = Arc::new(Intake::new(access, options, crowd));
    let total = trace.calls.len() as u64;
    let telling = {
        let (intake, access) = (Arc::clone(&intake), access.clone());
        tokio::spawn(async move {
            loop {
                progress(intake.progress(total, &access));
                tokio::time::sleep(PROGRESS).await;
            }
        })
    };
    let started = Instant::now();
    match options.spacing {
        Spacing::Scaled(scale) => spaced(&intake, access, trace, scale).await,
        Spacing::FlatOut { callers } => flat_out(&intake, trace, callers.max(1)).await,
    }
    let taking = started.elapsed();
    let quiet = match &intake.crowd {
        Some(crowd) => crowd.quiet(options.patience).await,
        None => true,
    };
    let whole = started.elapsed();
    telling.abort();
    // whoever told the progress holds the intake no longer once the task is gone
    let _cancelled = telling.await;
    access.histories().settled().await.map_err(ReplayError::History)?;
    let report = report::of(access, trace, options, &intake, report::Times { taking, whole, quiet });
    if let Some(crowd) = Arc::into_inner(intake).and_then(|intake| intake.crowd) {
        crowd.go_home().await;
    }
    Ok(report)
}

/// Calls at their distances from each other. One that comes due late is measured from when it was due, so a centre that
/// stalls cannot hide it.
async fn spaced(intake: &Arc<Intake>, access: &Access, trace: &Trace, scale: f64) {
    let mut tasks = JoinSet::new();
    let lines = Arc::new(Semaphore::new(IN_FLIGHT_MAX));
    let mut due = Instant::now();
    let mut before = trace.calls.first().map(|call| call.at);
    for (number, call) in trace.calls.iter().enumerate() {
        let gap = before.map_or(0.0, |before| call.at.duration_since(before).as_secs_f64());
        before = Some(call.at);
        due += access.pace().wait(gap / scale);
        tokio::time::sleep_until(due).await;
        let line = Arc::clone(&lines).acquire_owned().await.expect("nobody closes the lines");
        let (intake, call) = (Arc::clone(intake), call.clone());
        while tasks.try_join_next().is_some() {}
        tasks.spawn(async move {
            intake.take(number, &call, due).await;
            drop(line);
        });
    }
    tasks.join_all().await;
}

/// Calls as fast as their callers get through. Each caller waits for the answer, so there is nothing to correct.
async fn flat_out(intake: &Arc<Intake>, trace: &Trace, callers: usize) {
    let next = Arc::new(AtomicU64::new(0));
    let calls: Arc<[TraceCall]> = trace.calls.clone().into();
    let mut tasks = JoinSet::new();
    for _ in 0..callers {
        let (intake, next, calls) = (Arc::clone(intake), Arc::clone(&next), Arc::clone(&calls));
        tasks.spawn(async move {
            loop {
                let number = usize::try_from(next.fetch_add(1, Ordering::Relaxed)).unwrap_or(usize::MAX);
                let Some(call) = calls.get(number) else { return };
                intake.take(number, call, Instant::now()).await;
            }
        });
    }
    tasks.join_all().await;
}

impl Intake {
    fn new(access: &Access, options: &ReplayOptions, crowd: Option<Crowd>) -> Self {
        let takers =
            (0..options.takers.max(1)).map(|number| Arc::new(access.operator(&format!("taker-{number}"))));
        let laws = options.crowd.as_ref().map(|crowd| &crowd.laws);
        Self {
            run: options.run.clone(),
            takers: takers.collect(),
            seed: options.crowd.as_ref().map_or(Seed(1), |crowd| crowd.seed),
            repeated: laws.map_or(0.02, |laws| laws.repeated),
            talk: laws.map(|laws| laws.end_call),
            latency: Latency::default(),
            crowd,
            taken: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            suspected: AtomicU64::new(0),
            ended: AtomicU64::new(0),
        }
    }

    fn progress(&self, total: u64, access: &Access) -> Progress {
        let crowd = self.crowd.as_ref();
        Progress {
            total,
            taken: self.taken.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
            open: crowd.map_or(0, |crowd| crowd.open_incidents() as u64),
            ended: crowd.map_or(0, |crowd| crowd.figures().ended()),
            known: access.histories().known(),
        }
    }

    /// Takes one call that came due at `due`, and ends it when the caller has said everything.
    async fn take(self: &Arc<Self>, number: usize, call: &TraceCall, due: Instant) {
        let taker = Arc::clone(&self.takers[number % self.takers.len()]);
        let request = request(&format!("{}.{number}", self.run), call);
        let answer: Result<TakeCallResponse, Failure> = taker.ask(request.clone()).await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                tracing::warn!(line = call.line, %error, "a call was not taken");
                self.failed.fetch_add(1, Ordering::Relaxed);
                return;
            }
        };
        self.latency.record(due.elapsed());
        self.taken.fetch_add(1, Ordering::Relaxed);
        self.suspected.fetch_add(u64::from(!answer.suspected_duplicate_of.is_empty()), Ordering::Relaxed);
        if let Some(crowd) = self.crowd.as_ref().filter(|_| !answer.incident_id.is_empty()) {
            crowd.figures().acknowledged(&answer.incident_id);
        }
        if self.seed.chance(&format!("again/{number}"), self.repeated) {
            // the same request again gets the same answer; the audit compares the two
            let _again = taker.ask(request).await;
        }
        if let Some(talk) = self.talk {
            let seconds = talk.draw(&mut self.seed.dice(&format!("talk/{number}")));
            let (intake, run) = (Arc::clone(self), self.run.clone());
            tokio::spawn(async move {
                taker.access().pace().sleep(seconds).await;
                intake.end(&taker, format!("{run}.{number}.end"), answer.call_id).await;
            });
        }
    }

    async fn end(&self, taker: &Person, request_id: String, call_id: String) {
        let outcome = CallOutcome::Incident.into();
        let request = EndCallRequest { request_id, call_id, outcome, ..EndCallRequest::default() };
        if taker.ask(request).await.is_ok() {
            self.ended.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A call of a trace as an operator types it.
pub fn request(request_id: &str, call: &TraceCall) -> TakeCallRequest {
    let position =
        call.position.map(|place| Position { latitude: place.latitude(), longitude: place.longitude() });
    let location = position.map(|position| Location {
        position: Some(position),
        method: LocationMethod::Cell.into(),
        ..Location::default()
    });
    let narrative = if call.narrative.is_empty() {
        format!("{} ({})", call.type_title, call.id)
    } else {
        call.narrative.clone()
    };
    TakeCallRequest {
        request_id: request_id.to_owned(),
        caller_number: call.caller_number.clone(),
        location,
        incident_type_id: type_id(call),
        priority: call.priority.map(u32::from),
        language: call.language.clone(),
        narrative,
        source: "telephone".to_owned(),
        duplicate: Some(DuplicateChoice {
            choice: Some(duplicate_choice::Choice::Unasked(duplicate_choice::Unasked {})),
        }),
        ..TakeCallRequest::default()
    }
}
