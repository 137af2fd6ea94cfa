//! `cargo xtask bench`: what is compared with is installed, everything is built with optimisations, and it is measured.

use std::process::ExitCode;

use crate::program::{Failure, Program, target};
use crate::tools;

/// One measurement.
struct Measurement {
    /// One word, by which a person asks for it.
    name: &'static str,
    /// Does it, with what a person said after the name.
    work: fn(&[String]) -> Result<(), Failure>,
}

const MEASUREMENTS: [Measurement; 2] =
    [Measurement { name: "intake", work: intake }, Measurement { name: "recommend", work: recommend }];

/// Measures what is named, or everything.
pub(crate) fn bench(name: Option<&str>, options: &[String]) -> ExitCode {
    let chosen: Vec<&Measurement> =
        MEASUREMENTS.iter().filter(|known| name.is_none_or(|name| name == known.name)).collect();
    if chosen.is_empty() {
        let known: Vec<&str> = MEASUREMENTS.iter().map(|known| known.name).collect();
        eprintln!("cargo xtask bench: there is no such measurement; there are: {}", known.join(" "));
        return ExitCode::from(2);
    }
    for measurement in chosen {
        if let Err(Failure(told)) = (measurement.work)(options) {
            eprintln!("\n{}\n\ncargo xtask bench {}: FAILED", told.trim_end(), measurement.name);
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Builds what is measured as it is shipped, and what measures beside it: each alone, so that neither's needs change how
/// the other is built.
fn intake(options: &[String]) -> Result<(), Failure> {
    tools::require(&[tools::REDIS])?;
    let is_short = options.iter().any(|option| option == "--smoke" || option == "--no-peers");
    if !is_short {
        for tool in [tools::NATS, tools::POSTGRES] {
            if let Err(Failure(told)) = tools::require(&[tool]) {
                eprintln!("it is measured without: {}", told.trim_end());
            }
        }
    }
    let kezek = Program::cargo("build --release --locked --package kezek");
    let bench = Program::cargo("build --release --locked --package benches --bin benches");
    kezek.run()?;
    bench.run()?;
    let target =
        target().ok_or_else(|| Failure("the folder that cargo builds into is not known".to_owned()))?;
    let built = target.join("release/benches");
    Program::new(&built.to_string_lossy(), "intake").with(options.iter().cloned()).run()
}

/// Criterion's own figures, of single decisions in memory.
fn recommend(_options: &[String]) -> Result<(), Failure> {
    Program::cargo("bench --locked --package benches --bench recommend").run()
}
