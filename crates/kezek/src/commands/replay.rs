//! `kezek replay`: a recorded trace of calls against a running centre, with seeded desks and crews, a report and an audit.

mod own;
mod told;

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use server::Remains;
use simulator::audit::{Claim, Verdict, audit};
use simulator::connection::{Access, demo_minter};
use simulator::faults::{self, FaultPlan, FaultReport, OutagePlan, OutageReport, Victim};
use simulator::history::{Histories, read_all};
use simulator::laws::Seed;
use simulator::pace::{ClockRateError, Pace, check_clock_rate};
use simulator::process::CentreProcess;
use simulator::replay::{Progress, ReplayOptions, Report, Spacing, replay};
use simulator::trace::{Mapping, Trace, read};
use tonic::transport::Endpoint;

use crate::codes::ClientCode;
use crate::commands::serve::{not_served, start_log};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::keys::KeyRing;
use crate::output::{Output, note};
use crate::session::{Target, cannot_read};
use crate::settings::{self, Settings, chain};

/// A trace of at most this many calls is too short for every kind of trouble to occur in it.
const SHORT_RUN_CALLS: usize = 1_000;

/// What is replayed and how.
#[derive(Args, Clone, Debug)]
pub(crate) struct Replay {
    /// The trace: comma-separated, with a first line of column names
    #[arg(value_name = "FILE")]
    trace: PathBuf,
    /// Which column means what, in TOML; without it: call, received_at, latitude, longitude, type_code, type, emergent
    #[arg(long, value_name = "FILE")]
    columns: Option<PathBuf>,
    /// Only the first so many calls
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Calls come so many times closer than in the trace, on the centre's clock
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    scale: f64,
    /// Calls as fast as the centre takes them, and nobody dispatches: says something of intake and of nothing else
    #[arg(long, conflicts_with = "scale")]
    flat_out: bool,
    /// How many callers at once, flat out
    #[arg(long, value_name = "N", default_value_t = 64, requires = "flat_out")]
    callers: usize,
    /// How many operators take calls
    #[arg(long, value_name = "N", default_value_t = 4)]
    takers: usize,
    /// What desks and crews are drawn from: the same seed is the same day
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How long to wait for open incidents after the last call, in seconds of real time
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    patience: u64,
    /// Where every client's own history is written
    #[arg(long, value_name = "DIR")]
    histories: Option<PathBuf>,
    /// Start a centre of its own for the run, in a new folder of the data directory, and audit it
    #[arg(long)]
    own: bool,
    /// Audit the centre at --address as well: its store is the one that --data-dir or --redis names
    #[arg(long, conflicts_with = "own")]
    audit: bool,
    /// Kill its centre, its Redis or both, as `kill -9` does, while calls come in; then start it again
    #[arg(long, value_enum, value_name = "WHAT", requires = "own", conflicts_with = "redis")]
    kill: Option<Killed>,
    /// Hold its Redis up for so many seconds while calls come in, as one whose machine hangs; then let it go on
    #[arg(long, value_name = "SECONDS", requires = "own", conflicts_with_all = ["redis", "kill"])]
    away: Option<u64>,
    /// How often it is killed; the trace is replayed until it was
    #[arg(long, value_name = "N", default_value_t = 20, requires = "kill")]
    times: u32,
    /// Build that centre from these stations: rows of station,latitude,longitude
    #[arg(long, value_name = "FILE", requires_all = ["own", "districts"])]
    stations: Option<PathBuf>,
    /// Build that centre from these districts: GeoJSON with the properties district and station
    #[arg(long, value_name = "FILE", requires_all = ["own", "stations"])]
    districts: Option<PathBuf>,
    /// Units at each station of a centre that is built
    #[arg(long, value_name = "N", default_value_t = 3)]
    units_per_station: u32,
    /// How long a desk of a centre that is built has to say that it received, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    desk_answer: u32,
    /// How long a crew of a centre that is built has to acknowledge, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    crew_answer: u32,
    /// Time zone of a centre that is built
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    time_zone: String,
    #[command(flatten)]
    settings: Settings,
}

/// What is killed in a run with kills.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Killed {
    /// The centre's own process
    Kezek,
    /// Its private redis-server
    Redis,
    /// Both at once
    Both,
}

impl Killed {
    /// What it is called where kills are drawn.
    const fn victim(self) -> Victim {
        match self {
            Self::Kezek => Victim::Kezek,
            Self::Redis => Victim::Redis,
            Self::Both => Victim::Both,
        }
    }
}

/// Replays and reports, and audits where the store can be opened.
pub(crate) async fn run(output: Output, target: &Target, wanted: Replay) -> Result<(), Failure> {
    let trace = trace(&wanted)?;
    let run = format!("r{}", uuid::Uuid::now_v7().simple()).chars().take(24).collect::<String>();
    let mut configuration = configuration(&wanted)?;
    start_log(&configuration)?;
    if wanted.own {
        own::prepare(&wanted, &trace, &run, &mut configuration)?;
    }
    name_centre(&mut configuration)?;
    let stage = Stage {
        folder: wanted
            .histories
            .clone()
            .unwrap_or_else(|| configuration.data_dir.join("histories").join(&run)),
        ring: KeyRing::open(&configuration.data_dir)?,
        run,
        configuration,
    };
    if !wanted.own {
        let ran = Box::pin(drive(&wanted, &stage, &trace, &target.address, None, output)).await?;
        let verdict = if wanted.audit { Some(judge(&wanted, &stage, &trace).await?) } else { None };
        return told::tell(output, &ran, verdict.as_ref(), &stage.folder);
    }
    let mut centre = own::start(&stage.configuration).await?;
    let address = format!("http://{}", stage.configuration.listen);
    let ran = Box::pin(drive(&wanted, &stage, &trace, &address, Some(&mut centre), output)).await;
    let given = match &ran {
        Ok(_) => centre.has_given_all().await.map_err(|error| not_replayed(&error)),
        Err(_) => Ok(()),
    };
    // whoever has gone home changes nothing any more, and neither does a centre that has stopped
    let stopped = centre.stop().await.map_err(|error| not_replayed(&error));
    let ran = ran?;
    given?;
    stopped?;
    let verdict = judge(&wanted, &stage, &trace).await?;
    told::tell(output, &ran, Some(&verdict), &stage.folder)
}

/// What a run is made with.
struct Stage {
    run: String,
    configuration: server::Configuration,
    ring: KeyRing,
    /// Where the clients' histories are.
    folder: PathBuf,
}

/// What a run showed: one replay, several with kills in them, or one around an outage.
#[derive(Serialize)]
#[serde(untagged)]
enum Ran {
    Calmly(Box<Report>),
    Killed(FaultReport),
    WithOutage(Box<OutageReport>),
}

/// The trace, by its columns.
fn trace(wanted: &Replay) -> Result<Trace, Failure> {
    let mapping = match &wanted.columns {
        Some(file) => {
            let text = fs::read_to_string(file).map_err(|cause| cannot_read(file, &cause))?;
            Mapping::from_toml(&text)
                .map_err(|error| Failure::usage(format!("{}: {}", file.display(), chain(&error))))?
        }
        None => Mapping::default(),
    };
    let file = File::open(&wanted.trace).map_err(|cause| cannot_read(&wanted.trace, &cause))?;
    let mut trace = read(file, &mapping)
        .map_err(|error| Failure::usage(format!("{}: {}", wanted.trace.display(), chain(&error))))?;
    if let Some(limit) = wanted.limit {
        trace.truncate(limit);
    }
    for bad in trace.bad_rows.iter().take(5) {
        note(&format!("{}:{}: {}; left out", wanted.trace.display(), bad.line, bad.what));
    }
    Ok(trace)
}

/// The configuration that is set, quieter than a server's.
fn configuration(wanted: &Replay) -> Result<server::Configuration, Failure> {
    let mut settings = wanted.settings.clone();
    if settings.log.is_none() {
        settings.log = Some("error".to_owned());
    }
    Ok(settings::load(&settings)?.configuration)
}

/// Drives a centre with the trace, and kills it or holds its Redis up meanwhile if that is wanted.
async fn drive(
    wanted: &Replay,
    stage: &Stage,
    trace: &Trace,
    address: &str,
    own: Option<&mut CentreProcess>,
    output: Output,
) -> Result<Ran, Failure> {
    let access = access(stage, address)?;
    // a centre of its own was started at this very rate, and flat out nobody lives by it
    if !wanted.own && !wanted.flat_out {
        check_clock_rate(&access).await.map_err(|error| of_clock_rate(&error))?;
    }
    let mut options = ReplayOptions::new(&stage.run, Seed(wanted.seed));
    options.takers = wanted.takers;
    options.patience = Duration::from_secs(wanted.patience);
    options.spacing = Spacing::Scaled(wanted.scale);
    if wanted.flat_out {
        options.spacing = Spacing::FlatOut { callers: wanted.callers };
        options.crowd = None;
    }
    let bar = bar(trace.calls.len() as u64, output);
    let shown = bar.clone();
    let show = move |progress: Progress| {
        shown.set_position(progress.taken + progress.failed);
        shown.set_message(format!(
            "{} open, {} ended, {} failed",
            progress.open, progress.ended, progress.failed
        ));
    };
    let seed = Seed(wanted.seed);
    let ran = match (wanted.kill, wanted.away, own) {
        (Some(kill), _, Some(centre)) => {
            let plan = FaultPlan::new(kill.victim(), wanted.times, seed);
            let report = Box::pin(faults::run(&access, trace, &options, &plan, centre, show)).await;
            report.map(Ran::Killed).map_err(|error| not_replayed(&error))
        }
        (None, Some(seconds), Some(centre)) => {
            let plan = OutagePlan::new(Duration::from_secs(seconds), seed);
            let report = faults::run_with_outage(&access, trace, &options, &plan, centre, show);
            let report = Box::pin(report).await;
            report.map(|report| Ran::WithOutage(Box::new(report))).map_err(|error| not_replayed(&error))
        }
        (_, _, _) => {
            let report = Box::pin(replay(&access, trace, &options, show)).await;
            report.map(|report| Ran::Calmly(Box::new(report))).map_err(|error| not_replayed(&error))
        }
    };
    bar.finish_and_clear();
    ran
}

/// How the simulated people reach the centre.
fn access(stage: &Stage, address: &str) -> Result<Access, Failure> {
    let histories = Histories::create(&stage.folder).map_err(|error| not_replayed(&error))?;
    let endpoint = Endpoint::from_shared(address.to_owned())
        .map_err(|error| Failure::usage(format!("`{address}` is no address: {error}")))?;
    let pace = Pace::new(f64::from(stage.configuration.clock_rate))
        .map_err(|error| Failure::usage(error.to_string()))?;
    let minter = demo_minter(stage.ring.keys(), &stage.configuration.issuer, &stage.configuration.audience);
    let centre = stage.configuration.centre.clone().expect("it was named before the stage was set");
    Ok(Access::new(endpoint, centre, minter, pace, histories))
}

/// Names the centre, which tokens and the store must be told: the one that is set, or that the directory names.
fn name_centre(configuration: &mut server::Configuration) -> Result<(), Failure> {
    if configuration.centre.is_some() {
        return Ok(());
    }
    let Some(folder) = &configuration.directory else {
        return Err(Failure::usage("name the centre with --centre, or its folder with --directory"));
    };
    let read = directory::read(&super::directory::sources(folder)?).map_err(|_| {
        Failure::usage(format!("`kezek directory check {}` names what is wrong", folder.display()))
    })?;
    configuration.centre = Some(read.centre);
    Ok(())
}

fn bar(total: u64, output: Output) -> ProgressBar {
    let target = if output.is_json() { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let style =
        ProgressStyle::with_template("{elapsed_precise} [{wide_bar}] {pos}/{len} calls, {per_sec}, {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(total), target).with_style(style)
}

/// Lays what the clients know beside the store. A record that goes to the archive meanwhile would be in neither, so
/// this is done again until the archive stays as it was.
async fn judge(wanted: &Replay, stage: &Stage, trace: &Trace) -> Result<Verdict, Failure> {
    let claim = match (wanted.flat_out, trace.calls.len() <= SHORT_RUN_CALLS) {
        (true, _) => Claim::Intake,
        (false, true) => Claim::ShortRun,
        (false, false) => Claim::Everything,
    };
    let known = read_all(&stage.folder).map_err(|error| not_replayed(&error))?;
    let remains = Remains::open(&stage.configuration).await.map_err(|error| not_served(&error))?;
    let archived = || remains.archive().map_err(|error| not_replayed(&error));
    let mut archive = archived()?;
    let verdict = loop {
        let verdict = audit(remains.store(), &known, &archive, claim).await;
        let now = archived()?;
        if now.len() == archive.len() {
            break verdict;
        }
        archive = now;
    };
    remains.close().await.map_err(|error| not_served(&error))?;
    verdict.map_err(|error| not_replayed(&error))
}

fn of_clock_rate(error: &ClockRateError) -> Failure {
    let hint = match error {
        ClockRateError::Differs { .. } => {
            "say the rate that the centre was started with as --clock-rate: desks and crews live by it"
        }
        ClockRateError::Token(_) | ClockRateError::Watch(_) | ClockRateError::Silent => {
            "the centre must run and take this machine's demo tokens"
        }
    };
    let exit = match error {
        ClockRateError::Differs { .. } => Exit::Usage,
        ClockRateError::Token(_) | ClockRateError::Watch(_) | ClockRateError::Silent => Exit::Failed,
    };
    Failure::new(exit, ClientCode::Replay, chain(error), hint)
}

fn not_replayed(error: &(dyn std::error::Error + 'static)) -> Failure {
    Failure::new(
        Exit::Failed,
        ClientCode::Replay,
        chain(error),
        "the centre must run and take this machine's demo tokens",
    )
}
