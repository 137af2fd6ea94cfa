//! `cargo xtask run`: from a fresh clone to a working Bishkek demo; `cargo xtask pictures`: what it looks like.

use std::os::unix::process::CommandExt;
use std::process::ExitCode;

use crate::program::{Failure, Program};
use crate::{console, tools};

/// Installs what is missing, builds, and becomes `kezek demo`.
pub(crate) fn run(release: bool, demo_arguments: &[String]) -> ExitCode {
    match prepare_and_become(release, demo_arguments) {
        Ok(never) => match never {},
        Err(Failure(told)) => {
            eprintln!("\n{}\n\ncargo xtask run: FAILED", told.trim_end());
            ExitCode::FAILURE
        }
    }
}

/// This process is replaced by the demo, not its parent: Ctrl-C and SIGTERM reach the demo itself, the shell waits
/// until it has ended cleanly, and its exit code is ours.
fn prepare_and_become(release: bool, demo_arguments: &[String]) -> Result<std::convert::Infallible, Failure> {
    prepare(release)?;
    let profile = profile(release);
    let run = format!("run --quiet --locked --package kezek --features console{profile} -- demo");
    let demo = Program::cargo(&run).with(demo_arguments.iter().cloned());
    let cause = demo.command().exec();
    Err(Failure(format!("`{demo}` could not be started: {cause}")))
}

fn profile(release: bool) -> &'static str {
    if release { " --release" } else { "" }
}

/// Installs what is missing, and builds the console and the program that carries it.
///
/// # Errors
/// When something cannot be installed, or does not build.
pub(crate) fn prepare(release: bool) -> Result<(), Failure> {
    tools::require(&[tools::REDIS, tools::MAKE, tools::NODE, tools::NPM])?;
    console::build()?;
    Program::cargo(&format!("build --locked --package kezek --features console{}", profile(release))).run()
}

/// Takes the README's pictures of a living demo.
pub(crate) fn pictures() -> ExitCode {
    match prepare(false).and_then(|()| console::pictures()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(told)) => {
            eprintln!("\n{}\n\ncargo xtask pictures: FAILED", told.trim_end());
            ExitCode::FAILURE
        }
    }
}
