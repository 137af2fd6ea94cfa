//! A centre in a process of its own, to be killed.

use std::{
    env, fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
};

use identity::demo::DemoKeys;
use server::{Configuration, JournalSetting, Remains};
use simulator::process::{CentreProcess, Launch};
use tempfile::TempDir;
use tonic::transport::Endpoint;

use crate::city::Town;

/// Tells the child what to serve.
const ASKED: &str = "KEZEK_RECOVERY_CONFIGURATION";

/// The name of the test that the child runs.
const CHILD: &str = "a_centre_in_a_process_of_its_own";

/// A centre of a town. It ends, with its Redis, when this is dropped.
pub(crate) struct TownCentre {
    /// Its town.
    pub(crate) town: Town,
    /// Signs the tokens that it takes.
    pub(crate) keys: DemoKeys,
    /// Its process.
    pub(crate) process: CentreProcess,
    configuration: Configuration,
    root: TempDir,
}

/// Serves, in the child; returns at once in the parent.
pub(crate) async fn serve_if_asked() {
    let Ok(asked) = env::var(ASKED) else { return };
    let configuration: Configuration = serde_json::from_str(&asked).expect("the parent wrote it");
    let served = server::serve(configuration, std::future::pending()).await;
    panic!("the centre ended by itself: {served:?}");
}

impl TownCentre {
    /// Starts a centre of the town and waits until it takes calls.
    pub(crate) async fn start(town: Town) -> Self {
        let root = tempfile::tempdir().expect("a directory");
        let keys = DemoKeys::generate([7; 32]).expect("a seed is a key");
        fs::write(root.path().join("keys.json"), keys.jwks()).expect("the keys are written");
        let folder = root.path().join("directory");
        fs::create_dir(&folder).expect("a folder");
        for file in directory::write(&town.directory) {
            fs::write(folder.join(file.name), file.text).expect("the directory is written");
        }
        let configuration = configuration(root.path(), &town);
        let process = CentreProcess::start(launch(root.path(), &configuration)).await;
        let process = process.unwrap_or_else(|error| panic!("{error}"));
        Self { town, keys, process, configuration, root }
    }

    /// Where it is reached.
    pub(crate) fn endpoint(&self) -> Endpoint {
        Endpoint::from_shared(format!("http://{}", self.configuration.listen)).expect("an address is a URI")
    }

    /// Where the clients write what they know.
    pub(crate) fn histories(&self) -> PathBuf {
        self.root.path().join("histories")
    }

    /// Kills the centre and opens what it leaves.
    pub(crate) async fn remains(&mut self) -> Remains {
        self.process.kill_centre().await.expect("a child can be killed");
        Remains::open(&self.configuration).await.expect("Redis is adopted")
    }
}

fn configuration(root: &Path, town: &Town) -> Configuration {
    // it must come back at the same address, so the address is chosen here
    let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    Configuration {
        centre: Some(town.directory.centre.clone()),
        listen: free.expect("a free port"),
        data_dir: root.join("data"),
        directory: Some(root.join("directory")),
        keys: vec![root.join("keys.json")],
        // some incidents must be in the archive when the audit comes
        archive_after_s: 5,
        // where tests keep their files may be in memory
        journal: JournalSetting::Anywhere,
        drain_notice_ms: 0,
        ..Configuration::default()
    }
}

/// How this very binary is started again to serve.
fn launch(root: &Path, configuration: &Configuration) -> Launch {
    let asked = serde_json::to_string(configuration).expect("a configuration is JSON");
    let binary = env::current_exe().expect("a test knows its binary");
    let command = move || {
        let mut command = Command::new(&binary);
        command.args(["--exact", CHILD, "--nocapture"]).env(ASKED, &asked);
        command
    };
    Launch {
        command: Box::new(command),
        address: configuration.listen,
        redis: configuration.data_dir.join("redis"),
        log: root.join("centre.log"),
    }
}
