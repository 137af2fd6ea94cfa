//! A centre that serves as it is deployed: its own private Redis, the model centre's directory, tokens, its limits.

use std::{
    env, fs,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use domain::{CentreId, Version};
use futures::future::BoxFuture;
use identity::demo::DemoKeys;
use redis_store::{Private, PrivateOptions, RedisStore, Settings};
use simulator::process::{CentreProcess, Launch};
use store::{Retention, SharedStore};
use tempfile::TempDir;

use super::{
    call::{Sample, calls_in},
    gateways::Gateways,
};
use crate::{
    processes::pid_in,
    side::{Fault, Kept, Side, Stand, Target, Watched},
};

/// Calls taken before the one that everybody else's payload is made of: a centre that has nothing open finds no likely
/// duplicates, so its first call is smaller than a usual one.
const CALLS_BEFORE_SAMPLE: u64 = 200;

/// How long what the journal holds may take to reach the store.
const GIVEN_WITHIN: Duration = Duration::from_secs(60);

/// How often it is looked whether it has.
const GIVEN_LOOKED_EVERY: Duration = Duration::from_millis(200);

/// What every variable of the environment that configures a node begins with.
const VARIABLES: &str = "KEZEK_";

/// A node that serves, and ends when it is dropped.
pub type OwnNode = Box<dyn Send>;

/// How a centre is served.
#[derive(Clone)]
pub enum Serving {
    /// By this program in a process of its own, whose work can be measured.
    Program(PathBuf),
    /// In this process, by a function that is given the configuration's file: for a test, which must need no program.
    Here(fn(PathBuf) -> BoxFuture<'static, Result<OwnNode, String>>),
}

/// A side that brings calls to a centre.
pub(crate) struct Centre {
    serving: Serving,
    way: Way,
}

/// How calls come, and whether the centre keeps a journal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Each as a request of its own.
    Unary,
    /// Over one stream of each gateway.
    Stream,
    /// Each as a request of its own, to a centre without a journal.
    WithoutJournal,
}

impl Way {
    /// The name of the side.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Unary => "unary",
            Self::Stream => "stream",
            Self::WithoutJournal => "no-journal",
        }
    }
}

impl Centre {
    /// A centre that is served so.
    pub(crate) const fn new(serving: Serving, way: Way) -> Self {
        Self { serving, way }
    }

    /// Lets a centre take some calls, and reads what it did for the last of them.
    ///
    /// # Errors
    /// The centre cannot be started or asked.
    pub(crate) async fn sample(&self) -> Result<Sample, Fault> {
        let centre = Standing::start(&self.serving, Way::Unary).await?;
        let response = centre.gateways.first_takes(CALLS_BEFORE_SAMPLE).await?;
        Sample::read(&centre.store, response).await
    }
}

impl Side for Centre {
    fn name(&self) -> &'static str {
        self.way.name()
    }

    fn stand(&mut self) -> BoxFuture<'_, Result<Box<dyn Stand>, Fault>> {
        Box::pin(async { Ok(Box::new(Standing::start(&self.serving, self.way).await?) as Box<dyn Stand>) })
    }
}

/// A centre that takes calls.
struct Standing {
    gateways: Arc<Gateways>,
    way: Way,
    store: SharedStore,
    /// Where the store was before the first call.
    beginning: Version,
    // in the order in which they are let go: who would start a dead Redis again, who serves and ends it, the folder
    redis: Private,
    _serving: OwnNode,
    folder: TempDir,
}

impl Standing {
    async fn start(serving: &Serving, way: Way) -> Result<Self, Fault> {
        let folder = tempfile::tempdir().map_err(Fault::at("make a folder"))?;
        let keys = DemoKeys::generate([3; 32]).map_err(Fault::at("make keys"))?;
        let address = free_address()?;
        let file = configure(folder.path(), &keys, address, way)?;
        let served = match serving {
            Serving::Program(program) => {
                let launch = launch(folder.path(), program, &file, address);
                let started = CentreProcess::start(launch).await;
                Box::new(started.map_err(Fault::at("start a centre"))?) as OwnNode
            }
            Serving::Here(serve) => {
                let started = serve(file).await;
                started.map_err(|cause| Fault(format!("cannot start a centre: {cause}")))?
            }
        };
        // it runs already, so this only finds it
        let redis = Private::start(&data(folder.path()).join("redis"), PrivateOptions::default()).await;
        let redis = redis.map_err(Fault::at("find the centre's Redis"))?;
        let centre = CentreId::new("bishkek").map_err(Fault::at("name the centre"))?;
        let address_of_redis = redis.address().clone();
        let store =
            RedisStore::connect(address_of_redis, &centre, Settings::MustBeSafe, Retention::default()).await;
        let store: SharedStore = Arc::new(store.map_err(Fault::at("read the centre's store"))?);
        let gateways = Arc::new(Gateways::connect(address, &keys, &centre, way).await?);
        let beginning = store.tip().await.map_err(Fault::at("read the centre's store"))?.number;
        Ok(Self { gateways, way, store, beginning, redis, _serving: served, folder })
    }
}

impl Stand for Standing {
    fn target(&self) -> Arc<dyn Target> {
        Arc::clone(&self.gateways) as _
    }

    fn processes(&self) -> Vec<Watched> {
        let redis = Watched { name: "redis", pid: self.redis.process().pid };
        let lock = fs::read_to_string(data(self.folder.path()).join("node.lock")).unwrap_or_default();
        // served here, the process is the one that asks, and its work would be both sides'
        let own = std::process::id();
        let kezek = pid_in(&lock).filter(|pid| *pid != own).map(|pid| Watched { name: "server", pid });
        kezek.into_iter().chain([redis]).collect()
    }

    fn kept(&mut self) -> BoxFuture<'_, Result<Kept, Fault>> {
        Box::pin(async {
            if self.way != Way::WithoutJournal {
                all_given(&data(self.folder.path()).join("journal")).await?;
            }
            let names = calls_in(&self.store).await?;
            let tip = self.store.tip().await.map_err(Fault::at("read the centre's store"))?;
            let changes = tip.number.0 - self.beginning.0;
            Ok(Kept { own_changes: Some(changes.saturating_sub(names.len() as u64)), names: Some(names) })
        })
    }
}

/// Waits until what was acknowledged from the journal alone has reached the store.
async fn all_given(journal: &Path) -> Result<(), Fault> {
    let until = Instant::now() + GIVEN_WITHIN;
    loop {
        let verified = journal::verify(journal).map_err(Fault::at("read the centre's journal"))?;
        match verified.waiting.len() {
            0 => return Ok(()),
            waiting if Instant::now() >= until => {
                return Err(Fault(format!("{waiting} calls in the journal do not reach the store")));
            }
            _ => tokio::time::sleep(GIVEN_LOOKED_EVERY).await,
        }
    }
}

fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}

/// An address that nobody listens on.
///
/// # Errors
/// There is none.
pub(crate) fn free_address() -> Result<SocketAddr, Fault> {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    free.map_err(Fault::at("find a free port"))
}

/// Writes what the centre is told: everything that is not said is as it is deployed.
fn configure(folder: &Path, keys: &DemoKeys, address: SocketAddr, way: Way) -> Result<PathBuf, Fault> {
    let public = folder.join("keys.json");
    fs::write(&public, keys.jwks()).map_err(Fault::at("write the keys"))?;
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/centres/bishkek");
    let text = |path: &Path| toml::Value::from(path.display().to_string());
    let settings: toml::Table = [
        ("listen", toml::Value::from(address.to_string())),
        ("data_dir", text(&data(folder))),
        ("directory", text(&directory)),
        ("keys", toml::Value::Array(vec![text(&public)])),
        ("drain_notice_ms", toml::Value::from(0)),
        // on a disk it is the same, and a test may keep its files in memory
        ("journal", toml::Value::from(if way == Way::WithoutJournal { "off" } else { "anywhere" })),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into_iter()
    .collect();
    let file = folder.join("kezek.toml");
    fs::write(&file, settings.to_string()).map_err(Fault::at("write the configuration"))?;
    Ok(file)
}

fn launch(folder: &Path, program: &Path, file: &Path, address: SocketAddr) -> Launch {
    let (program, file) = (program.to_owned(), file.to_owned());
    let command = move || {
        let mut command = Command::new(&program);
        command.arg("serve").arg("--config").arg(&file);
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with(VARIABLES)) {
            command.env_remove(name);
        }
        command
    };
    Launch {
        command: Box::new(command),
        address,
        redis: data(folder).join("redis"),
        log: folder.join("centre.log"),
    }
}
