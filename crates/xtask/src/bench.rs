//! `cargo xtask bench`: what is compared with is installed, everything is built with optimisations, and it is measured.

use std::process::ExitCode;

use crate::program::{Failure, Program, target};
use crate::{run, tools};

/// One measurement.
struct Measurement {
    /// One word, by which a person asks for it.
    name: &'static str,
    /// What it measures, in a line.
    what: &'static str,
    /// Does it, with what a person said after the name.
    work: fn(&'static str, &[String]) -> Result<(), Failure>,
    /// The programs of others that it compares with, where they are there.
    peers: &'static [tools::Tool],
}

const MEASUREMENTS: [Measurement; 8] = [
    Measurement {
        name: "intake",
        what: "a call taken over gRPC, against the bare commit, an echo, JetStream and PostgreSQL",
        work: harness,
        peers: &[tools::NATS, tools::POSTGRES],
    },
    Measurement {
        name: "dispatch",
        what: "from a call's acknowledgement to the desk that sees whom the centre sends",
        work: harness,
        peers: &[],
    },
    Measurement {
        name: "fanout",
        what: "a change told to 100, 1,000 and 5,000 who watch, against NATS core and a plain broadcast",
        work: harness,
        peers: &[tools::NATS],
    },
    Measurement {
        name: "growth",
        what: "what calls and deliveries cost with 10 and 100 times the incidents, units and watchers",
        work: harness,
        peers: &[],
    },
    Measurement {
        name: "nearest",
        what: "the nearest ten of ten thousand units, against Redis's GEOSEARCH",
        work: harness,
        peers: &[],
    },
    Measurement {
        name: "country",
        what: "a day of 100 centres with 2,000 calls each, on virtual time: its work and memory",
        work: harness,
        peers: &[],
    },
    Measurement {
        name: "recommend",
        what: "one recommendation with three needs among 2,000 units, in memory",
        work: recommend,
        peers: &[],
    },
    Measurement {
        name: "console",
        what: "the operator's desk in a browser with 1,000 queued incidents, 500 units and 200 changes a second",
        work: console,
        peers: &[],
    },
];

/// Measures what is named. Unnamed, it says what can be: all together take the better part of an hour.
pub(crate) fn bench(name: Option<&str>, options: &[String]) -> ExitCode {
    let Some(name) = name else {
        eprint!("{}", listed());
        return ExitCode::SUCCESS;
    };
    let Some(measurement) = MEASUREMENTS.iter().find(|known| name == known.name) else {
        eprint!("cargo xtask bench: there is no such measurement\n\n{}", listed());
        return ExitCode::from(2);
    };
    match measured(measurement, options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(told)) => {
            eprintln!("\n{}\n\ncargo xtask bench {name}: FAILED", told.trim_end());
            ExitCode::FAILURE
        }
    }
}

/// Every measurement in a line.
fn listed() -> String {
    let lines = MEASUREMENTS.iter().map(|Measurement { name, what, .. }| format!("  {name:<10} {what}\n"));
    format!(
        "cargo xtask bench NAME [OPTION...]\n\n{}\n--help after NAME tells its options, --smoke shows within seconds that \
         it works\n",
        lines.collect::<String>()
    )
}

fn measured(measurement: &Measurement, options: &[String]) -> Result<(), Failure> {
    let is_short = options.iter().any(|option| option == "--smoke" || option == "--no-peers");
    for tool in measurement.peers.iter().filter(|_| !is_short) {
        if let Err(Failure(told)) = tools::require(&[*tool]) {
            eprintln!("it is measured without: {}", told.trim_end());
        }
    }
    (measurement.work)(measurement.name, options)
}

/// Builds what is measured as it is shipped, and what measures beside it: each alone, so that neither's needs change how
/// the other is built.
fn harness(name: &'static str, options: &[String]) -> Result<(), Failure> {
    tools::require(&[tools::REDIS, tools::MAKE])?;
    let kezek = Program::cargo("build --release --locked --package kezek");
    let bench = Program::cargo("build --release --locked --package benches --bin benches");
    kezek.run()?;
    bench.run()?;
    let target =
        target().ok_or_else(|| Failure("the folder that cargo builds into is not known".to_owned()))?;
    let built = target.join("release/benches");
    Program::new(&built.to_string_lossy(), name).with(options.iter().cloned()).run()
}

/// Criterion's own figures, of single decisions in memory.
fn recommend(_name: &'static str, _options: &[String]) -> Result<(), Failure> {
    Program::cargo("bench --locked --package benches --bench recommend").run()
}

/// In a real browser, in front of the program as it is shipped.
fn console(_name: &'static str, options: &[String]) -> Result<(), Failure> {
    run::prepare(true)?;
    crate::console::bench(options)
}
