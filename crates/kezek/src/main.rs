//! The one binary: serve, demo, call, incident, unit, desk, alarm, cmd, watch, directory, replay, journal, token, config.
//!
//! Client commands speak to a centre over gRPC and know nothing that the contract does not say; what is legal is the
//! centre's to decide. Standard output is the answer, standard error everything else.

mod arguments;
mod codes;
mod commands;
mod demo;
mod exit;
mod failure;
mod inputs;
mod json;
mod keys;
mod names;
mod output;
mod screen;
mod session;
mod settings;
mod show;
mod table;
mod time;
mod watch;
mod words;

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use crate::arguments::{Arguments, Command, ConfigCommand};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::settings::Settings;

/// Records are many small texts that one thread makes and another lets go: the system's allocator took a fifth of the work
/// of a call for them (the decisions in `crates/README.md` have the figures).
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if is_failure(&error) && asks_for_json(std::env::args_os()) => {
            let is_missing = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
            let failure = Failure::usage(if is_missing {
                "a command is missing".to_owned()
            } else {
                first_paragraph(&error.to_string())
            });
            eprintln!("{}", failure.to_json());
            return failure.exit.into();
        }
        Err(error) => error.exit(),
    };
    let output = Output::new(arguments.json);
    if output.is_json() {
        output::tell_notes_as_json();
    }
    match run(arguments, output) {
        Ok(()) => Exit::Done.into(),
        Err(failure) => {
            if output.is_json() {
                eprintln!("{}", failure.to_json());
            } else {
                eprintln!("kezek: {failure}");
            }
            failure.exit.into()
        }
    }
}

/// False where somebody asked for the help or the version and gets it.
fn is_failure(error: &clap::Error) -> bool {
    !matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion)
}

/// Whether a command line that cannot be understood asks for JSON all the same.
fn asks_for_json(arguments: impl Iterator<Item = std::ffi::OsString>) -> bool {
    arguments.take_while(|argument| argument != "--").any(|argument| argument == "--json")
}

/// What is wrong, without the advice that follows for a person.
fn first_paragraph(text: &str) -> String {
    let lines = text.lines().take_while(|line| !line.trim().is_empty()).map(str::trim);
    let said = lines.collect::<Vec<_>>().join(" ");
    said.strip_prefix("error: ").unwrap_or(&said).to_owned()
}

/// Starts the runtime that a command needs and runs it.
fn run(arguments: Arguments, output: Output) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|cause| {
        Failure::new(
            Exit::Failed,
            codes::ClientCode::Machine,
            format!("no threads can be started: {cause}"),
            "",
        )
    })?;
    runtime.block_on(Box::pin(dispatch(arguments, output)))
}

async fn dispatch(arguments: Arguments, output: Output) -> Result<(), Failure> {
    let target = arguments.target;
    let session = async || Session::open(&target, output).await;
    match arguments.command {
        Command::Call { command } => commands::call::run(&session().await?, command).await,
        Command::Incident { command } => commands::incident::run(&session().await?, command).await,
        Command::Unit { command } => commands::unit::run(&session().await?, command).await,
        Command::Desk { command } => commands::desk::run(&session().await?, command).await,
        Command::Alarm { command } => commands::alarm::run(&session().await?, command).await,
        Command::Cmd(wanted) => {
            let line = wanted.line()?;
            Box::pin(commands::cmd::run(&session().await?.of_lines(), line, wanted)).await
        }
        Command::Watch(wanted) => watch::run(&target, output, wanted).await,
        Command::Directory { command: commands::directory::DirectoryCommand::Check { folders } } => {
            commands::directory::check(output, &folders)
        }
        Command::Directory { command } => commands::directory::run(&session().await?, command).await,
        Command::Serve(wanted) => commands::serve::run(&wanted).await,
        Command::Demo(wanted) => demo::run(output, &target.language, *wanted).await,
        Command::Replay(wanted) => commands::replay::run(output, &target, *wanted).await,
        Command::Journal { command } => commands::journal::run(output, command),
        Command::Token(wanted) => {
            let (config, data_dir) = (wanted.config.clone(), wanted.data_dir.clone());
            let loaded = settings::load(&Settings { config, data_dir, ..Settings::default() })?;
            commands::token::run(output, settings::issuer(&loaded.configuration), &wanted)
        }
        Command::Config { command: ConfigCommand::Show(wanted) } => {
            let (settings, problem) = settings::shown(&wanted)?;
            show_configuration(output, &settings);
            problem.map_or(Ok(()), Err)
        }
    }
}

fn show_configuration(output: Output, settings: &[server::Setting]) {
    if !output.is_json() {
        output::print(&settings::table(settings));
        return;
    }
    let one = |setting: &server::Setting| {
        let origin = settings::origin(&setting.origin);
        serde_json::json!({ "name": setting.name, "value": setting.value, "origin": origin })
    };
    let told: Vec<serde_json::Value> = settings.iter().map(one).collect();
    output::print(&serde_json::to_string_pretty(&told).expect("settings are texts"));
}
