//! `kezek demo`: a whole centre on one machine, with people in it. One command, and calls come in.

mod callers;
mod welcome;

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use server::{Footing, Running};
use simulator::connection::{Access, demo_minter};
use simulator::crowd::{Crowd, CrowdOptions};
use simulator::history::Histories;
use simulator::laws::{Laws, LogNormal, Seed};
use simulator::pace::Pace;
use tokio::sync::Notify;
use tonic::transport::Endpoint;

use crate::codes::ClientCode;
use crate::commands::serve::{asked_to_stop, not_served, start_log};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, note, print};
use crate::session::Target;
use crate::settings::{self, Settings, chain};
use crate::watch;

use self::welcome::Welcome;

/// The files of the model centre, so that the program needs no repository around it.
const BISHKEK: [(&str, &str); 6] = [
    ("centre.toml", include_str!("../../../deploy/centres/bishkek/centre.toml")),
    ("districts.geojson", include_str!("../../../deploy/centres/bishkek/districts.geojson")),
    ("kinds.toml", include_str!("../../../deploy/centres/bishkek/kinds.toml")),
    ("stations.toml", include_str!("../../../deploy/centres/bishkek/stations.toml")),
    ("types.toml", include_str!("../../../deploy/centres/bishkek/types.toml")),
    ("units.toml", include_str!("../../../deploy/centres/bishkek/units.toml")),
];

/// How the demo lives.
#[derive(Args, Clone, Debug)]
pub(crate) struct Demo {
    #[command(flatten)]
    settings: Settings,
    /// What callers, desks and crews are drawn from: the same seed is the same day
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many calls come in a minute, on average; 0 for none. More than 6 are too many for the crews of the model centre
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=600))]
    calls_per_minute: u32,
    /// Nobody at the desks and in the cars: you are everybody
    #[arg(long)]
    alone: bool,
}

/// Serves, gathers the people, tells what happens until Ctrl-C, and leaves nothing running.
pub(crate) async fn run(output: Output, language: &str, wanted: Demo) -> Result<(), Failure> {
    let mut configuration = configuration(&wanted.settings)?;
    start_log(&configuration)?;
    let ring = settings::with_demo_keys(&mut configuration)?.ok_or_else(|| {
        Failure::usage("the demo makes its own keys: leave --keys and KEZEK_KEYS out, or use `kezek serve`")
    })?;
    let folder = configuration.directory.clone().unwrap_or_default();
    let welcome = Welcome::make(&ring, &configuration, &folder)?;
    let footing = Footing { demo: welcome.holders(), ..Footing::default() };
    let stop = asked_to_stop()?;
    note("starting a centre with a private Redis …");
    let mut stop = Box::pin(stop);
    let running = tokio::select! {
        () = &mut stop => return Ok(()),
        started = Box::pin(server::start_on(configuration.clone(), footing)) => started.map_err(|error| not_served(&error))?,
    };
    let lived =
        Box::pin(live(&running, &configuration, &ring, &welcome, output, language, &wanted, stop)).await;
    note("ending: desks and crews go home, the private Redis stops …");
    running.drain().await;
    note("ended; what happened is kept, and the next demo goes on from there");
    lived
}

/// The demo's configuration: whatever is not said is chosen for a quiet first look.
fn configuration(wanted: &Settings) -> Result<server::Configuration, Failure> {
    let mut wanted = wanted.clone();
    let in_environment = |name: &str| std::env::var_os(name).is_some();
    if wanted.data_dir.is_none() && !in_environment("KEZEK_DATA_DIR") {
        wanted.data_dir = Some(PathBuf::from(".kezek/demo"));
    }
    if wanted.log.is_none() && !in_environment("KEZEK_LOG") {
        // the live log on standard output is what the demo is for
        wanted.log = Some("error".to_owned());
    }
    let mut configuration = settings::load(&wanted)?.configuration;
    if configuration.directory.is_none() {
        let folder = configuration.data_dir.join("bishkek");
        unpack(&folder).map_err(|cause| {
            Failure::usage(format!(
                "cannot write {}: {cause}; name another folder with --data-dir",
                folder.display()
            ))
        })?;
        configuration.directory = Some(folder);
    }
    // nobody shares out requests in front of a demo, so nobody needs notice
    configuration.drain_notice_ms = 0;
    Ok(configuration)
}

/// Writes the model centre's files.
fn unpack(folder: &Path) -> std::io::Result<()> {
    // the data directory comes into being here, and what callers say is kept in it
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    BISHKEK.into_iter().try_for_each(|(name, text)| std::fs::write(folder.join(name), text))
}

/// Everything between the first and the last moment of a running demo.
#[expect(clippy::too_many_arguments, reason = "each is one thing of a demo, named where it is made")]
async fn live(
    running: &Running,
    configuration: &server::Configuration,
    ring: &crate::keys::KeyRing,
    welcome: &Welcome,
    output: Output,
    language: &str,
    wanted: &Demo,
    stop: impl Future<Output = ()> + Send,
) -> Result<(), Failure> {
    let address = format!("http://{}", running.address());
    if !output.is_json() {
        print(&welcome.text(&address, output.paint()));
    }
    let histories =
        Histories::create(&configuration.data_dir.join("histories")).map_err(|error| not_lived(&error))?;
    let endpoint = Endpoint::from_shared(address.clone()).map_err(|error| not_lived(&error))?;
    let minter = demo_minter(ring.keys(), &configuration.issuer, &configuration.audience);
    let access = Access::new(endpoint, running.room().centre_id.clone(), minter, Pace::REAL, histories);
    let crowd = match wanted.alone {
        true => None,
        false => {
            let options = CrowdOptions { seed: Seed(wanted.seed), laws: brisk(), ..CrowdOptions::default() };
            Some(Box::pin(Crowd::gather(&access, options)).await.map_err(|error| not_lived(&error))?)
        }
    };
    let target = Target {
        address,
        token: Some(welcome.supervisor_token().to_owned()),
        token_file: None,
        certificate_authority: None,
        language: language.to_owned(),
    };
    let over = Arc::new(Notify::new());
    let calling = tokio::spawn(callers::call(access, Seed(wanted.seed), wanted.calls_per_minute));
    let ended = {
        let over = Arc::clone(&over);
        async move {
            over.notified().await;
        }
    };
    let told = tokio::select! {
        told = watch::tell(&target, output, ended) => told,
        () = stop => {
            over.notify_one();
            Ok(())
        }
    };
    calling.abort();
    // an aborted task says so and nothing else
    drop(calling.await);
    if let Some(crowd) = crowd {
        crowd.go_home().await;
    }
    told
}

/// People who are quicker than in life, so that a visitor sees a call from its first word to the last in two minutes.
/// Answers still take as long as a person's, and the deadlines are the centre's own.
fn brisk() -> Laws {
    Laws {
        receive: LogNormal::new(5.0, 0.4),
        accept: LogNormal::new(6.0, 0.4),
        acknowledge: LogNormal { median_s: 7.0, sigma: 0.4, longest_s: 40.0 },
        depart: LogNormal::new(5.0, 0.4),
        on_scene: LogNormal::new(35.0, 0.4),
        radio: LogNormal::new(6.0, 0.4),
        close: LogNormal::new(8.0, 0.4),
        end_call: LogNormal::new(30.0, 0.4),
        speed_km_h: 300.0,
        ..Laws::default()
    }
}

fn not_lived(error: &(dyn std::error::Error + 'static)) -> Failure {
    Failure::new(
        Exit::Failed,
        ClientCode::Demo,
        chain(error),
        "end it, remove its data directory and start again",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_else_reads_the_demos_data() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let data_dir = folder.path().join(".kezek/demo");
        unpack(&data_dir.join("bishkek")).unwrap();
        let mode = std::fs::metadata(&data_dir).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }

    #[test]
    fn the_model_centre_inside_the_program_has_no_problems() {
        let files: Vec<directory::Source> = BISHKEK
            .into_iter()
            .map(|(name, text)| directory::Source { name: name.to_owned(), text: text.to_owned() })
            .collect();
        let read = directory::read(&files);
        assert!(read.is_ok(), "{:?}", read.unwrap_err());
        let named: Vec<&str> = BISHKEK.into_iter().map(|(name, _)| name).collect();
        assert_eq!(named, directory::FILES);
    }
}
