//! The centre that a replay starts for itself: a process of its own, so that it can be killed, in a folder of its own, so
//! that nothing of an earlier run is in it.

use std::fs::{self, DirBuilder};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use simulator::process::{CentreProcess, Launch};
use simulator::trace::{CentrePlan, Trace, centre_from_trace};

use super::{Replay, not_replayed};
use crate::codes::ClientCode;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::cannot_read;
use crate::settings::{self, chain};

/// What every variable of the environment that configures a node begins with.
const VARIABLES: &str = "KEZEK_";

/// Sets what a run of its own needs: a folder, a port, keys and, if it is built, a directory.
pub(super) fn prepare(
    wanted: &Replay,
    trace: &Trace,
    run: &str,
    configuration: &mut server::Configuration,
) -> Result<(), Failure> {
    let folder = configuration.data_dir.join("replays").join(run);
    // what callers say in a trace is in it
    let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
    made.map_err(|cause| cannot_write(&folder, &cause))?;
    configuration.data_dir = folder;
    if wanted.settings.listen.is_none() {
        // it must come back at the same address after it was killed, so the address is chosen here
        configuration.listen = free_port().map_err(|cause| not_replayed(&cause))?;
    }
    configuration.drain_notice_ms = 0;
    if let (Some(stations), Some(districts)) = (&wanted.stations, &wanted.districts) {
        configuration.directory = Some(build(wanted, trace, stations, districts, &configuration.data_dir)?);
        configuration.centre = None;
    }
    settings::with_demo_keys(configuration).map(drop)
}

/// Starts it and waits until it takes calls.
pub(super) async fn start(configuration: &server::Configuration) -> Result<CentreProcess, Failure> {
    let file = configuration.data_dir.join("kezek.toml");
    let text = toml::to_string(configuration).map_err(|error| not_replayed(&error))?;
    fs::write(&file, text).map_err(|cause| cannot_write(&file, &cause))?;
    let program = std::env::current_exe().map_err(|cause| not_replayed(&cause))?;
    let command = move || {
        let mut command = Command::new(&program);
        command.arg("serve").arg("--config").arg(&file);
        // the file says everything, and what this process was told by its environment is in it already
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with(VARIABLES))
        {
            command.env_remove(name);
        }
        command
    };
    let launch = Launch {
        command: Box::new(command),
        address: configuration.listen,
        redis: configuration.data_dir.join("redis"),
        log: configuration.data_dir.join("centre.log"),
    };
    CentreProcess::start(launch).await.map_err(|error| {
        Failure::new(
            Exit::Failed,
            ClientCode::Replay,
            chain(&error),
            "`kezek serve --config` with the kezek.toml beside that log shows the same",
        )
    })
}

fn free_port() -> std::io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}

fn cannot_write(path: &Path, cause: &std::io::Error) -> Failure {
    Failure::usage(format!("cannot write {}: {cause}", path.display()))
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
    let failed = |cause: std::io::Error| cannot_write(&folder, &cause);
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
