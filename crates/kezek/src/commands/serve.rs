//! `kezek serve`: one node of a centre.

use clap::Args;
use server::ServeError;
use tokio::signal::unix::{SignalKind, signal};

use crate::codes::ClientCode;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::settings::{self, Settings};

/// What `kezek serve` is told.
#[derive(Args, Clone, Debug)]
pub(crate) struct Serve {
    #[command(flatten)]
    settings: Settings,
    /// Where no keys are configured, check tokens with demo keys made on this machine: for trying things out
    #[arg(long)]
    demo_keys: bool,
}

/// Serves until SIGTERM or Ctrl-C, then drains.
pub(crate) async fn run(wanted: &Serve) -> Result<(), Failure> {
    let loaded = settings::load(&wanted.settings)?;
    let mut configuration = loaded.configuration;
    start_log(&configuration)?;
    if wanted.demo_keys {
        settings::warn_of_demo_keys(settings::with_demo_keys(&mut configuration)?.as_ref());
    }
    settings::must_have_keys(&configuration)?;
    Box::pin(server::serve(configuration, asked_to_stop()?)).await.map_err(|error| not_served(&error))
}

/// Starts the log of this process.
pub(crate) fn start_log(configuration: &server::Configuration) -> Result<(), Failure> {
    server::telemetry::start_log(configuration).map_err(|error| {
        Failure::new(
            Exit::Usage,
            ClientCode::Configuration,
            settings::chain(&error),
            "correct `log` and start again",
        )
    })
}

/// Completes on SIGTERM or Ctrl-C.
pub(crate) fn asked_to_stop() -> Result<impl Future<Output = ()> + Send + use<>, Failure> {
    let listen = |kind| {
        signal(kind).map_err(|cause| {
            Failure::new(Exit::Failed, ClientCode::Machine, format!("no signals can be heard: {cause}"), "")
        })
    };
    let (mut terminate, mut interrupt) = (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Why a node does not serve, and whether starting it again could help.
pub(crate) fn not_served(error: &ServeError) -> Failure {
    let (exit, reason, next) = match error {
        ServeError::Configuration(_) | ServeError::Keys(_) | ServeError::Tls(_) | ServeError::Clock(_) => {
            (Exit::Usage, ClientCode::Configuration, "`kezek config show` lists every value with its origin")
        }
        ServeError::NoCentre => (
            Exit::Usage,
            ClientCode::NoCentre,
            "name a centre's folder with --directory (deploy/centres/bishkek is one), or try `kezek demo`",
        ),
        ServeError::OtherCentre { .. } => (
            Exit::Usage,
            ClientCode::DirectoryOfOtherCentre,
            "leave --centre out, or name the folder of that centre",
        ),
        ServeError::DirectoryProblems { .. } => (
            Exit::Usage,
            ClientCode::DirectoryProblems,
            "`kezek directory check DIR` names every problem with file and line",
        ),
        ServeError::DirectoryFiles { .. } | ServeError::Directory(_) => (
            Exit::Usage,
            ClientCode::Directory,
            "`kezek directory check DIR` names every problem with file and line",
        ),
        ServeError::DataDirectory { .. } => {
            (Exit::Usage, ClientCode::DataDirectory, "name a folder that this user may write with --data-dir")
        }
        ServeError::DataDirectoryInUse { .. } => (
            Exit::Failed,
            ClientCode::DataDirectoryInUse,
            "end that process, or name another folder with --data-dir",
        ),
        ServeError::Listen { .. } => {
            (Exit::Failed, ClientCode::Listen, "end whatever holds the port, or take another with --listen")
        }
        ServeError::Private(_) => (
            Exit::Failed,
            ClientCode::PrivateRedis,
            "redis-server 7.0 or newer or Valkey must be installed; its log is in the data directory",
        ),
        ServeError::Journal(error) => (
            if error.may_pass() { Exit::Failed } else { Exit::Usage },
            ClientCode::Journal,
            "deploy/runbook/JOURNAL.md says what to do for each cause",
        ),
        ServeError::Store(_) => (
            Exit::Failed,
            ClientCode::Store,
            "the message names what Redis refused; deploy/redis/ has settings that are safe",
        ),
        ServeError::SeenMark(_) | ServeError::Numbers(_) => (
            Exit::Failed,
            ClientCode::DataDirectory,
            "a file in the data directory is damaged or cannot be written",
        ),
        ServeError::Reflection(_) | ServeError::PartEnded { .. } => {
            (Exit::Failed, ClientCode::Fault, "this is a fault of ours: start it again and report the log")
        }
    };
    Failure::new(exit, reason, settings::chain(error), next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_start_cannot_mend_ends_with_the_code_that_keeps_systemd_from_trying() {
        assert_eq!(not_served(&ServeError::NoCentre).exit.code(), 2);
        assert_eq!(not_served(&ServeError::PartEnded { part: "picture" }).exit.code(), 6);
    }
}
