//! `kezek replay`: a recorded trace of calls against a running centre, with seeded desks and crews, a report and an audit.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;
use server::Running;
use simulator::audit::{Claim, Verdict, audit};
use simulator::connection::{Access, demo_minter};
use simulator::history::{Histories, read_all};
use simulator::laws::Seed;
use simulator::pace::Pace;
use simulator::replay::{Progress, ReplayOptions, Report, Spacing, replay};
use simulator::trace::{CentrePlan, Mapping, Trace, centre_from_trace, read};
use tonic::transport::Endpoint;

use crate::commands::serve::{not_served, start_log};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::keys::KeyRing;
use crate::output::{Output, note, print};
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
    /// Start a centre of its own for the run (and audit it), instead of driving the one at --address
    #[arg(long)]
    own: bool,
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

/// Replays, reports, and audits where the store is its own.
pub(crate) async fn run(output: Output, target: &Target, wanted: Replay) -> Result<(), Failure> {
    let trace = trace(&wanted)?;
    let mut configuration = configuration(&wanted, &trace)?;
    start_log(&configuration)?;
    let ring = KeyRing::open(&configuration.data_dir)?;
    let run = format!("r{}", uuid::Uuid::now_v7().simple()).chars().take(24).collect::<String>();
    let folder =
        wanted.histories.clone().unwrap_or_else(|| configuration.data_dir.join("histories").join(&run));
    let mut running = if wanted.own {
        settings::with_demo_keys(&mut configuration)?;
        let started = Box::pin(server::start(configuration.clone())).await;
        Some(started.map_err(|error| not_served(&error))?)
    } else {
        None
    };
    let address =
        running.as_ref().map_or_else(|| target.address.clone(), |own| format!("http://{}", own.address()));
    let replayed =
        Box::pin(drive(&wanted, &configuration, &ring, &trace, &address, (&run, &folder), output)).await;
    let judged = match (&replayed, &mut running) {
        (Ok(_), Some(running)) => Some(Box::pin(judge(running, &wanted, &trace, &folder)).await),
        (Ok(_) | Err(_), None) | (Err(_), Some(_)) => None,
    };
    if let Some(running) = running {
        running.drain().await;
    }
    tell(output, &replayed?, judged.transpose()?.as_ref(), &folder)
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

/// The configuration: for a run of its own a folder of its own, a free port, and nothing that leaves the store early.
fn configuration(wanted: &Replay, trace: &Trace) -> Result<server::Configuration, Failure> {
    let mut settings = wanted.settings.clone();
    if settings.log.is_none() {
        settings.log = Some("error".to_owned());
    }
    if wanted.own && settings.listen.is_none() {
        settings.listen = Some(([127, 0, 0, 1], 0).into());
    }
    let mut configuration = settings::load(&settings)?.configuration;
    if wanted.own {
        // the audit reads the store: what went to the archive would have to be read from there
        configuration.archive_after_s = u32::MAX;
        configuration.drain_notice_ms = 0;
        if let (Some(stations), Some(districts)) = (&wanted.stations, &wanted.districts) {
            configuration.directory =
                Some(build(wanted, trace, stations, districts, &configuration.data_dir)?);
            configuration.centre = None;
        }
    }
    Ok(configuration)
}

/// Builds a centre from a trace's stations and districts, and writes its files.
fn build(
    wanted: &Replay,
    trace: &Trace,
    stations: &Path,
    districts: &Path,
    data_dir: &Path,
) -> Result<PathBuf, Failure> {
    let text = |file: &Path| fs::read_to_string(file).map_err(|cause| cannot_read(file, &cause));
    let name = wanted.settings.centre.as_deref().unwrap_or("replay");
    let plan = CentrePlan {
        centre: name.parse().map_err(|error| Failure::usage(format!("--centre: {error}")))?,
        title: format!("A centre built from {}", wanted.trace.display()),
        time_zone: wanted.time_zone.clone(),
        units_per_station: wanted.units_per_station,
        radio_only_every: 5,
        desk_answer: seconds(wanted.desk_answer)?,
        crew_answer: seconds(wanted.crew_answer)?,
    };
    let built = centre_from_trace(&text(stations)?, &text(districts)?, trace, &plan)
        .map_err(|error| Failure::usage(chain(&error)))?;
    let folder = data_dir.join("centre");
    let failed =
        |cause: std::io::Error| Failure::usage(format!("cannot write {}: {cause}", folder.display()));
    fs::create_dir_all(&folder).map_err(failed)?;
    for file in directory::write(&built) {
        fs::write(folder.join(&file.name), &file.text).map_err(failed)?;
    }
    Ok(folder)
}

/// A number of seconds in whatever type holds them.
fn seconds<S: serde::de::DeserializeOwned>(number: u32) -> Result<S, Failure> {
    serde_json::from_value(json!(number))
        .map_err(|_| Failure::usage(format!("{number} seconds are too many")))
}

/// Drives a centre with the trace.
async fn drive(
    wanted: &Replay,
    configuration: &server::Configuration,
    ring: &KeyRing,
    trace: &Trace,
    address: &str,
    (run, folder): (&str, &Path),
    output: Output,
) -> Result<Report, Failure> {
    let histories = Histories::create(folder).map_err(|error| not_replayed(&error))?;
    let endpoint = Endpoint::from_shared(address.to_owned())
        .map_err(|error| Failure::usage(format!("`{address}` is no address: {error}")))?;
    let pace =
        Pace::new(f64::from(configuration.clock_rate)).map_err(|error| Failure::usage(error.to_string()))?;
    let minter = demo_minter(ring.keys(), &configuration.issuer, &configuration.audience);
    let centre = wanted_centre(configuration)?;
    let access = Access::new(endpoint, centre, minter, pace, histories);
    let mut options = ReplayOptions::new(run, Seed(wanted.seed));
    options.takers = wanted.takers;
    options.patience = Duration::from_secs(wanted.patience);
    options.spacing = Spacing::Scaled(wanted.scale);
    if wanted.flat_out {
        options.spacing = Spacing::FlatOut { callers: wanted.callers };
        options.crowd = None;
    }
    let bar = bar(trace.calls.len() as u64, output);
    let shown = bar.clone();
    let report = Box::pin(replay(&access, trace, &options, move |progress: Progress| {
        shown.set_position(progress.taken + progress.failed);
        shown.set_message(format!(
            "{} open, {} ended, {} failed",
            progress.open, progress.ended, progress.failed
        ));
    }))
    .await
    .map_err(|error| not_replayed(&error));
    bar.finish_and_clear();
    report
}

/// The centre that tokens name: the one that is set, or that the directory names.
fn wanted_centre<C: std::str::FromStr>(configuration: &server::Configuration) -> Result<C, Failure> {
    let named = match (&configuration.centre, &configuration.directory) {
        (Some(centre), _) => centre.to_string(),
        (None, Some(folder)) => {
            let read = directory::read(&super::directory::sources(folder)?);
            let read = read.map_err(|_| {
                Failure::usage(format!("`kezek directory check {}` names what is wrong", folder.display()))
            })?;
            read.centre.to_string()
        }
        (None, None) => {
            return Err(Failure::usage("name the centre with --centre, or its folder with --directory"));
        }
    };
    named.parse().map_err(|_| Failure::usage(format!("`{named}` names no centre")))
}

fn bar(total: u64, output: Output) -> ProgressBar {
    let target = if output.is_json() { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let style =
        ProgressStyle::with_template("{elapsed_precise} [{wide_bar}] {pos}/{len} calls, {per_sec}, {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(total), target).with_style(style)
}

/// Lays what the clients know beside the store, once nobody changes it any more.
async fn judge(
    running: &mut Running,
    wanted: &Replay,
    trace: &Trace,
    folder: &Path,
) -> Result<Verdict, Failure> {
    let claim = match (wanted.flat_out, trace.calls.len() <= SHORT_RUN_CALLS) {
        (true, _) => Claim::Intake,
        (false, true) => Claim::ShortRun,
        (false, false) => Claim::Everything,
    };
    let histories = read_all(folder).map_err(|error| not_replayed(&error))?;
    running.stop_serving().await;
    audit(&running.room().store, &histories, &[], claim).await.map_err(|error| not_replayed(&error))
}

/// Prints the report and the verdict.
fn tell(output: Output, report: &Report, verdict: Option<&Verdict>, folder: &Path) -> Result<(), Failure> {
    if output.is_json() {
        let told = json!({ "report": report, "audit": verdict, "histories": folder });
        print(&serde_json::to_string_pretty(&told).expect("a report is texts and numbers"));
    } else {
        print(&report.to_string());
        match verdict {
            Some(verdict) => print(&verdict.to_string()),
            None => print(
                "audit                none: the store is not this program's; --own starts a centre and audits it",
            ),
        }
        print(&format!("histories            {}", folder.display()));
    }
    match verdict {
        Some(verdict) if !verdict.is_clean() => Err(Failure::new(
            Exit::Refused,
            "AUDIT",
            format!(
                "the audit found {} that must not be",
                crate::table::count(verdict.findings.len(), "thing", "things")
            ),
            "the findings are above; the same --seed replays the same day",
        )),
        Some(_) | None => Ok(()),
    }
}

fn not_replayed(error: &dyn std::error::Error) -> Failure {
    Failure::new(
        Exit::Failed,
        "REPLAY",
        chain(error),
        "the centre must run and take this machine's demo tokens",
    )
}
