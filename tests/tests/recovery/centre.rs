//! A centre in a process of its own, to be killed.

use std::{
    env, fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
};

use identity::demo::DemoKeys;
use redis_store::scratch::Scratch;
use serde::{Deserialize, Serialize};
use server::{Configuration, Footing, JournalSetting, Remains};
use simulator::process::{CentreProcess, Launch};
use tempfile::TempDir;
use tonic::transport::Endpoint;

use crate::{
    city::Town,
    planted::Bug,
    platters::{Honesty, Platters, cut_power},
    points::{Points, Wanted},
};

/// Tells the child what to serve.
const ASKED: &str = "KEZEK_RECOVERY_ORDER";

/// The name of the test that the child runs.
const CHILD: &str = "a_centre_in_a_process_of_its_own";

/// What the child is told.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Order {
    configuration: Configuration,
    mischief: Mischief,
}

/// What is done to a centre from within.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Mischief {
    /// Where copies are kept of what its journal fsynced, so that its power can be cut.
    pub(crate) copies: Option<PathBuf>,
    /// How it is told where to kill itself.
    pub(crate) kill: Option<Wanted>,
    /// What is wrong with it.
    pub(crate) bug: Option<Bug>,
}

impl Mischief {
    /// What the centre stands on with all of that.
    fn footing(self) -> Footing {
        let mut footing = Footing::default();
        let is_lying = self.bug == Some(Bug::AcknowledgesBeforeFsync);
        if let Some(copies) = self.copies {
            let honesty = if is_lying { Honesty::Lies } else { Honesty::Honest };
            footing.disk = Arc::new(Platters::new(&copies, honesty).expect("copies can be kept"));
        }
        if let Some(wanted) = self.kill {
            let points = Points::new(wanted);
            footing.disk = points.disk(footing.disk);
            let over = Arc::clone(&points);
            footing.store = Box::new(move |store| over.store(store));
            footing.routes = Box::new(move |routes| points.routes(routes));
        }
        if let Some(bug) = self.bug {
            footing.journal = Box::new(move |journal| bug.in_journal(journal));
        }
        footing
    }
}

/// A centre of a town. It ends, with its own Redis if it has one, when this is dropped.
pub(crate) struct TownCentre {
    /// Its town.
    pub(crate) town: Town,
    /// Signs the tokens that it takes.
    pub(crate) keys: DemoKeys,
    /// Its process.
    pub(crate) process: CentreProcess,
    configuration: Configuration,
    /// What it is told when it starts the next time.
    order: Arc<Mutex<Order>>,
    root: TempDir,
}

/// Serves, in the child; returns at once in the parent.
pub(crate) async fn serve_if_asked() {
    let Ok(asked) = env::var(ASKED) else { return };
    let Order { configuration, mischief } = serde_json::from_str(&asked).expect("the parent wrote it");
    let mut running = Box::pin(server::start_on(configuration, mischief.footing())).await.expect("it starts");
    let failed = running.failed().await;
    panic!("the centre ended by itself: {failed:?}");
}

impl TownCentre {
    /// Starts a centre of the town with a Redis of its own and waits until it takes calls.
    pub(crate) async fn start(town: Town) -> Self {
        Self::start_as(town, |configuration| configuration, |_| Mischief::default()).await
    }

    /// Starts a centre of the town, over a Redis that the test keeps, whose power can be cut.
    pub(crate) async fn over(redis: &Scratch, town: Town, bug: Option<Bug>) -> Self {
        let redis = Some(redis.address().to_string());
        // a Redis that is slow for a moment must not make an answer another one
        let over = |configuration| Configuration { redis, store_wait_ms: 4_000, ..configuration };
        Self::start_as(town, over, |root| Mischief { copies: Some(copies(root)), kill: None, bug }).await
    }

    /// Starts a centre that is told otherwise than usual, and has mischief done to it, in a directory that is known then.
    pub(crate) async fn start_as(
        town: Town,
        change: impl FnOnce(Configuration) -> Configuration,
        mischief: impl FnOnce(&Path) -> Mischief,
    ) -> Self {
        let root = tempfile::tempdir().expect("a directory");
        let keys = DemoKeys::generate([7; 32]).expect("a seed is a key");
        fs::write(root.path().join("keys.json"), keys.jwks()).expect("the keys are written");
        let folder = root.path().join("directory");
        fs::create_dir(&folder).expect("a folder");
        for file in directory::write(&town.directory) {
            fs::write(folder.join(file.name), file.text).expect("the directory is written");
        }
        let configuration = change(configuration(root.path(), &town));
        let order = Order { configuration: configuration.clone(), mischief: mischief(root.path()) };
        let order = Arc::new(Mutex::new(order));
        let process = CentreProcess::start(launch(root.path(), &configuration, Arc::clone(&order))).await;
        let process = process.unwrap_or_else(|error| panic!("{error}"));
        Self { town, keys, process, configuration, order, root }
    }

    /// Changes what is done to it when it starts the next time.
    pub(crate) fn plan(&self, change: impl FnOnce(&mut Mischief)) {
        change(&mut self.order.lock().expect("nothing panics while it plans").mischief);
    }

    /// Where it is reached.
    pub(crate) fn endpoint(&self) -> Endpoint {
        Endpoint::from_shared(format!("http://{}", self.configuration.listen)).expect("an address is a URI")
    }

    /// Where the clients write what they know.
    pub(crate) fn histories(&self) -> PathBuf {
        self.root.path().join("histories")
    }

    /// How it is told where to kill itself, if it was started so.
    pub(crate) fn wanted(&self) -> Wanted {
        Wanted::in_directory(self.root.path())
    }

    /// Cuts the power of its journal. It must have been killed.
    pub(crate) fn cut_power(&self) {
        let journal = self.configuration.data_dir.join("journal");
        cut_power(&journal, &copies(self.root.path())).expect("files can be copied");
    }

    /// Kills the centre, once its store has all that it holds, and opens what it leaves.
    pub(crate) async fn remains(&mut self) -> Remains {
        self.process.has_given_all().await.unwrap_or_else(|error| panic!("{error}"));
        self.process.kill_centre().await.expect("a child can be killed");
        Remains::open(&self.configuration).await.expect("Redis is adopted")
    }
}

fn copies(root: &Path) -> PathBuf {
    root.join("copies")
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
fn launch(root: &Path, configuration: &Configuration, order: Arc<Mutex<Order>>) -> Launch {
    let binary = env::current_exe().expect("a test knows its binary");
    let command = move || {
        let order = order.lock().expect("nothing panics while it plans");
        let asked = serde_json::to_string(&*order).expect("an order is JSON");
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
