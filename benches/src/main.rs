//! `cargo xtask bench NAME`: measures, tells on standard error what it does, and leaves a report.
//!
//! Exit codes: 0 measured, and everything acknowledged was kept; 1 something was not kept as acknowledged, or could not
//! be measured; 2 the command was not understood.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use benches::{
    country::Country,
    dispatch::Dispatch,
    fanout::{Fanout, plain},
    growth::Growth,
    intake::{Intake, Peers, echo},
    nearest::Nearest,
    node::Serving,
    plan::{Load, Pace, Part},
    report::Told,
    side::Fault,
};
use clap::{Args, Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

/// The same as the product's: what it is compared with in this process, and who asks, must not be slower for another.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Threads that ask, beside the one that keeps a schedule: more would take from those who answer.
const ASKING_THREADS: usize = 1;

/// Measurements of Kezek, in turns with what it is compared with.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Taking calls: over gRPC, as a bare commit, as a bare echo, and by others
    Intake(Options),
    /// Telling everybody who watches: a centre, NATS core, and a plain broadcast
    Fanout(Options),
    /// From a call's acknowledgement to the desk that sees whom the centre sends, against one bare commit
    Dispatch(Options),
    /// The nearest ten of ten thousand units, against Redis's GEOSEARCH
    Nearest(Options),
    /// What calls and deliveries cost with 10 and 100 times the open incidents, units and watchers
    Growth {
        #[command(flatten)]
        options: Options,
        /// The largest factor that is tried
        #[arg(long, default_value_t = 100)]
        most: u32,
    },
    /// A day of a whole country on virtual time: what every centre's day costs, and that nothing was wrong on it
    Country {
        /// Centres
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
        centres: u32,
        /// Calls that come to each of them
        #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..))]
        calls: u32,
        /// What the first centre's day is drawn from; the next ones follow
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// As short as it can be, to see that everything works: two centres, few calls
        #[arg(long)]
        smoke: bool,
        /// Where the report goes; by default a folder of its own in target/bench
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Serves the floor of gRPC; started by `intake` itself
    #[command(hide = true)]
    Echo {
        /// The answer, as it goes over the wire
        answer: PathBuf,
    },
    /// Serves a plain broadcast; started by `fanout` itself
    #[command(hide = true)]
    Plain,
}

#[derive(Args)]
struct Options {
    /// How often everybody bears every load
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// How long each load is measured, in seconds
    #[arg(long, default_value_t = 1.0)]
    seconds: f64,
    /// How long each load lasts before it is measured, in seconds
    #[arg(long, default_value_t = 0.4)]
    warm_seconds: f64,
    /// What the order within a round is drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// As short as it can be, to see that everything works: no figure means anything
    #[arg(long)]
    smoke: bool,
    /// Only this load, such as `256`, `1000/s` or `100x1000/s`; may be said several times
    #[arg(long = "load", value_name = "LOAD")]
    loads: Vec<Load>,
    /// Only this side, such as `unary`; may be said several times
    #[arg(long = "side", value_name = "SIDE")]
    sides: Vec<String>,
    /// Leave out the programs of others
    #[arg(long)]
    no_peers: bool,
    /// A nats-server of one's own
    #[arg(long)]
    nats_server: Option<PathBuf>,
    /// The kezek to measure; by default the one beside this program
    #[arg(long)]
    kezek: Option<PathBuf>,
    /// Where the report goes; by default a folder of its own in target/bench
    #[arg(long)]
    out: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut runtime = match &arguments.command {
        Command::Intake(_)
        | Command::Fanout(_)
        | Command::Dispatch(_)
        | Command::Nearest(_)
        | Command::Growth { .. }
        | Command::Country { .. } => {
            let mut runtime = tokio::runtime::Builder::new_multi_thread();
            runtime.worker_threads(ASKING_THREADS);
            runtime
        }
        // as a centre serves
        Command::Echo { .. } | Command::Plain => tokio::runtime::Builder::new_multi_thread(),
    };
    let done = runtime.enable_all().build().map_err(Fault::at("start threads")).and_then(|runtime| {
        runtime.block_on(async {
            match arguments.command {
                Command::Intake(options) => Box::pin(intake(options)).await,
                Command::Fanout(options) => Box::pin(fanout(options)).await,
                Command::Dispatch(options) => Box::pin(dispatch(options)).await,
                Command::Nearest(options) => Box::pin(nearest(options)).await,
                Command::Growth { options, most } => Box::pin(growth(options, most)).await,
                Command::Country { smoke, centres, calls, seed, out } => {
                    let (centres, calls) = if smoke { (2, 5) } else { (centres, calls) };
                    country(Country { centres, calls, seed }, out.as_deref()).await
                }
                Command::Echo { answer } => echo::serve(&answer).await,
                Command::Plain => plain::serve().await,
            }
        })
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("bench: {fault}");
            ExitCode::FAILURE
        }
    }
}

async fn intake(options: Options) -> Result<(), Fault> {
    let own = own()?;
    let (serving, peers, part) = (options.serving(&own)?, options.peers(), options.part());
    let intake = Intake { serving, echo: Some(own.clone()), peers, pace: options.pace()?, part };
    let told = unless_interrupted(intake.run(&tell)).await?;
    finish(&told, options.out.as_deref(), &own)
}

async fn fanout(options: Options) -> Result<(), Fault> {
    let own = own()?;
    let (serving, peers, part) =
        (options.serving(&own)?, options.peers(), Part { loads: Vec::new(), ..options.part() });
    let (pace, loads) = (options.pace()?, options.loads.clone());
    let fanout = Fanout { serving, plain: Some(own.clone()), peers, pace, part, loads };
    let told = unless_interrupted(fanout.run(&tell)).await?;
    finish(&told, options.out.as_deref(), &own)
}

async fn dispatch(options: Options) -> Result<(), Fault> {
    let own = own()?;
    let (serving, pace, part) = (options.serving(&own)?, options.pace()?, options.part());
    let told = unless_interrupted(Dispatch { serving, pace, part }.run(&tell)).await?;
    finish(&told, options.out.as_deref(), &own)
}

async fn nearest(options: Options) -> Result<(), Fault> {
    let (own, pace, part) = (own()?, options.pace()?, options.part());
    let told = unless_interrupted(Nearest { pace, part }.run(&tell)).await?;
    finish(&told, options.out.as_deref(), &own)
}

async fn growth(options: Options, most: u32) -> Result<(), Fault> {
    let own = own()?;
    let (serving, pace) = (options.serving(&own)?, options.pace()?);
    let told = unless_interrupted(Growth { serving, pace, most }.run(&tell)).await?;
    finish(&told, options.out.as_deref(), &own)
}

async fn country(country: Country, out: Option<&Path>) -> Result<(), Fault> {
    let own = own()?;
    let told = unless_interrupted(country.run(&tell)).await?;
    finish(&told, out, &own)
}

fn own() -> Result<PathBuf, Fault> {
    std::env::current_exe().map_err(Fault::at("find this program"))
}

fn tell(said: &str) {
    eprintln!("{said}");
}

/// Does it to the end, or lets go of it in the middle: everything that was started ends then.
async fn unless_interrupted(run: impl Future<Output = Result<Told, Fault>>) -> Result<Told, Fault> {
    tokio::select! {
        told = run => told,
        () = interrupted() => Err(Fault("interrupted".to_owned())),
    }
}

/// Waits until somebody wants it to end. Where that cannot be heard, nobody can say it.
async fn interrupted() {
    let Ok(mut told) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = told.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

impl Options {
    fn serving(&self, own: &Path) -> Result<Serving, Fault> {
        let kezek = self.kezek.clone().unwrap_or_else(|| own.with_file_name("kezek"));
        if kezek.is_file() {
            Ok(Serving::Program(kezek))
        } else {
            Err(Fault(format!("there is no `{}`: build it, or name another with --kezek", kezek.display())))
        }
    }

    fn peers(&self) -> Peers {
        if self.no_peers || self.smoke {
            Peers::None
        } else {
            Peers::Installed { nats_server: self.nats_server.clone() }
        }
    }

    fn part(&self) -> Part {
        Part { loads: self.loads.clone(), sides: self.sides.clone() }
    }

    fn pace(&self) -> Result<Pace, Fault> {
        let span =
            |seconds: f64| Duration::try_from_secs_f64(seconds).map_err(Fault::at("take a time in seconds"));
        let (rounds, warm, measured) = match self.smoke {
            true => (1, Duration::from_millis(50), Duration::from_millis(200)),
            false => (self.rounds, span(self.warm_seconds)?, span(self.seconds)?),
        };
        Ok(Pace { rounds, warm, measured, seed: self.seed })
    }
}

/// Writes the report, and says whether anything was not kept as acknowledged.
fn finish(told: &Told, out: Option<&Path>, own: &Path) -> Result<(), Fault> {
    let folder = out.map_or_else(|| default_folder(told.name, own), Path::to_path_buf);
    let files = told.write(&folder)?;
    eprintln!("\n{}", told.table());
    for file in [&files.page, &files.table, &files.figures] {
        eprintln!("{}", file.display());
    }
    let faults = told.figures.faults();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Fault(format!("not kept as acknowledged:\n{}", faults.join("\n"))))
    }
}

/// A folder of its own beside what cargo builds.
fn default_folder(name: &str, own: &Path) -> PathBuf {
    let target = own.ancestors().nth(2).unwrap_or(Path::new("target"));
    let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    target.join("bench").join(format!("{name}-{now}"))
}
