//! The command line.

use clap::{Parser, Subcommand};

use crate::commands::alarm::AlarmCommand;
use crate::commands::call::CallCommand;
use crate::commands::cmd::Cmd;
use crate::commands::desk::DeskCommand;
use crate::commands::directory::DirectoryCommand;
use crate::commands::incident::IncidentCommand;
use crate::commands::journal::JournalCommand;
use crate::commands::replay::Replay;
use crate::commands::serve::Serve;
use crate::commands::token::Token;
use crate::commands::unit::UnitCommand;
use crate::demo::Demo;
use crate::session::Target;
use crate::settings::Settings;
use crate::watch::Watch;

/// Emergency call-response dispatch: from a call to a unit at the scene, watched live
#[derive(Debug, Parser)]
#[command(name = "kezek", version, propagate_version = true, after_help = crate::exit::table(), subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Arguments {
    /// Where the centre is and who asks.
    #[command(flatten)]
    pub(crate) target: Target,
    /// Print answers as JSON, under the field names of the contract in proto/, and failures and notes as JSON lines on standard error
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Everything it can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Take calls, find their duplicates, add to them, end them
    Call {
        #[command(subcommand)]
        command: CallCommand,
    },
    /// Open, read, send to, change and end incidents
    Incident {
        #[command(subcommand)]
        command: IncidentCommand,
    },
    /// Units on and off duty, their runs step by step, where they are
    Unit {
        #[command(subcommand)]
        command: UnitCommand,
    },
    /// What a duty desk was given and what it says to that
    Desk {
        #[command(subcommand)]
        command: DeskCommand,
    },
    /// What a person must see and act on
    Alarm {
        #[command(subcommand)]
        command: AlarmCommand,
    },
    /// A typed line as every console takes it: "D 21 1043"; `?` lists them
    Cmd(Cmd),
    /// Follow a centre live: a board on a terminal, else a line per change
    Watch(Watch),
    /// Check, apply and show a centre's directory
    Directory {
        #[command(subcommand)]
        command: DirectoryCommand,
    },
    /// Serve a centre on this machine
    Serve(Box<Serve>),
    /// A whole centre with simulated callers, desks and crews, to watch and to try
    Demo(Box<Demo>),
    /// Drive a centre with a recorded trace of calls, report, and audit
    Replay(Box<Replay>),
    /// What a node's journal holds: the calls it took while the store was away, and what it followed
    Journal {
        #[command(subcommand)]
        command: JournalCommand,
    },
    /// Make a token with this machine's demo keys
    Token(Box<Token>),
    /// What is set, and by whom
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
}

/// What can be asked of the configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show every value and where it comes from: default, file, environment, command line
    Show(Box<Settings>),
}

#[cfg(test)]
mod tests;
