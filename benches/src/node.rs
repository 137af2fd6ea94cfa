//! A node that serves as it is deployed, put up for one turn: its own private Redis, a directory, tokens.

use std::{
    env, fs,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::Duration,
};

use domain::CentreId;
use futures::future::BoxFuture;
use identity::{
    Claims, Role,
    demo::{DemoKeys, Terms},
};
use jiff::Timestamp;
use redis_store::{Private, PrivateOptions, RedisStore, Settings};
use simulator::process::{CentreProcess, Launch};
use store::{Retention, SharedStore};
use tempfile::TempDir;
use tonic::{
    metadata::{Ascii, MetadataValue},
    transport::{Channel, Endpoint},
};

use crate::{
    processes::pid_in,
    side::{Fault, Watched},
};

/// What every variable of the environment that configures a node begins with.
const VARIABLES: &str = "KEZEK_";

/// Bytes a connection and a stream may have under way to us: so many that who serves is never the one who waits.
const CONNECTION_WINDOW_BYTES: u32 = 8 * 1024 * 1024;
const STREAM_WINDOW_BYTES: u32 = 1024 * 1024;

/// The window that a client has which asks for none (RFC 9113, 6.9.2).
const WINDOW_BYTES_UNASKED: u32 = 65_535;

/// Longest wait for a connection.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);

/// A node that serves, and ends when it is dropped.
pub type OwnNode = Box<dyn Send + Sync>;

/// How a centre is served.
#[derive(Clone)]
pub enum Serving {
    /// By this program in a process of its own, whose work can be measured.
    Program(PathBuf),
    /// In this process, by a function that is given the configuration's file: for a test, which must need no program.
    Here(fn(PathBuf) -> BoxFuture<'static, Result<OwnNode, String>>),
}

/// What a node is told beyond what is always so.
pub(crate) struct Setup {
    /// The centre's directory.
    pub(crate) directory: PathBuf,
    /// The centre that it describes.
    pub(crate) centre: &'static str,
    /// Most streams at once; absent: as it is deployed.
    pub(crate) streams_max: Option<usize>,
    /// Whether it keeps a journal.
    pub(crate) journal: Journal,
}

/// Whether a node keeps a journal, as its configuration calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Journal {
    /// It does: on a disk it is the same, and a test may keep its files in memory.
    Anywhere,
    /// It does not.
    Off,
}

impl Journal {
    const fn word(self) -> &'static str {
        match self {
            Self::Anywhere => "anywhere",
            Self::Off => "off",
        }
    }
}

impl Setup {
    /// The model centre, with a journal.
    pub(crate) fn model() -> Self {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/centres/bishkek");
        Self { directory, centre: "bishkek", streams_max: None, journal: Journal::Anywhere }
    }
}

/// A node that serves until it is dropped.
pub(crate) struct Node {
    pub(crate) address: SocketAddr,
    pub(crate) store: SharedStore,
    keys: DemoKeys,
    centre: CentreId,
    // in the order in which they are let go: who would start a dead Redis again, who serves and ends it, the folder
    redis: Private,
    _serving: OwnNode,
    folder: TempDir,
}

impl Node {
    /// Starts one and waits until it serves.
    ///
    /// # Errors
    /// It does not start, or its store cannot be reached.
    pub(crate) async fn start(serving: &Serving, setup: &Setup) -> Result<Self, Fault> {
        let folder = tempfile::tempdir().map_err(Fault::at("make a folder"))?;
        let keys = DemoKeys::generate([3; 32]).map_err(Fault::at("make keys"))?;
        let address = free_address()?;
        let file = configure(folder.path(), &keys, address, setup)?;
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
        let centre = CentreId::new(setup.centre).map_err(Fault::at("name the centre"))?;
        let at = redis.address().clone();
        let store = RedisStore::connect(at, &centre, Settings::MustBeSafe, Retention::default()).await;
        let store: SharedStore = Arc::new(store.map_err(Fault::at("read the centre's store"))?);
        Ok(Self { address, store, keys, centre, redis, _serving: served, folder })
    }

    /// The processes that do its work and nothing else: itself, unless it is served in this very process, and its Redis.
    pub(crate) fn processes(&self) -> Vec<Watched> {
        let redis = Watched { name: "redis", pid: self.redis.process().pid };
        let lock = fs::read_to_string(data(self.folder.path()).join("node.lock")).unwrap_or_default();
        let own = std::process::id();
        let kezek = pid_in(&lock).filter(|pid| *pid != own).map(|pid| Watched { name: "server", pid });
        kezek.into_iter().chain([redis]).collect()
    }

    /// The folder of its journal.
    pub(crate) fn journal(&self) -> PathBuf {
        data(self.folder.path()).join("journal")
    }

    /// What somebody of this role shows: the whole centre is theirs.
    ///
    /// # Errors
    /// The token cannot be made.
    pub(crate) fn token(&self, name: &str, role: Role) -> Result<MetadataValue<Ascii>, Fault> {
        self.token_of(Claims {
            name: name.to_owned(),
            role,
            centre: self.centre.clone(),
            desk: None,
            station: None,
            unit: None,
        })
    }

    /// What somebody shows.
    ///
    /// # Errors
    /// The token cannot be made.
    pub(crate) fn token_of(&self, claims: Claims) -> Result<MetadataValue<Ascii>, Fault> {
        let terms = Terms {
            issuer: "kezek".to_owned(),
            audience: "kezek".to_owned(),
            token_id: None,
            issued_at: Timestamp::now(),
            lifetime_seconds: 600,
        };
        let token = self.keys.sign(&claims, &terms).map_err(Fault::at("sign a token"))?;
        format!("Bearer {token}").parse().map_err(Fault::at("show a token"))
    }

    /// The centre that is served.
    pub(crate) const fn centre(&self) -> &CentreId {
        &self.centre
    }
}

/// A connection whose windows keep nobody waiting.
///
/// # Errors
/// Nobody answers there.
pub(crate) async fn wide_channel(address: SocketAddr) -> Result<Channel, Fault> {
    channel(address, CONNECTION_WINDOW_BYTES, STREAM_WINDOW_BYTES).await
}

/// A connection with the windows of a client that asks for none: while nobody reads, what is sent on it soon waits with who
/// sends.
///
/// # Errors
/// Nobody answers there.
pub(crate) async fn narrow_channel(address: SocketAddr) -> Result<Channel, Fault> {
    channel(address, WINDOW_BYTES_UNASKED, WINDOW_BYTES_UNASKED).await
}

async fn channel(address: SocketAddr, connection_bytes: u32, stream_bytes: u32) -> Result<Channel, Fault> {
    let endpoint = endpoint(address)?
        .initial_connection_window_size(connection_bytes)
        .initial_stream_window_size(stream_bytes);
    endpoint.connect().await.map_err(Fault::at("connect"))
}

/// A connection as any client has it.
///
/// # Errors
/// Nobody answers there.
pub(crate) async fn plain_channel(address: SocketAddr) -> Result<Channel, Fault> {
    endpoint(address)?.connect().await.map_err(Fault::at("connect"))
}

fn endpoint(address: SocketAddr) -> Result<Endpoint, Fault> {
    let endpoint =
        Endpoint::from_shared(format!("http://{address}")).map_err(Fault::at("name an address"))?;
    Ok(endpoint.tcp_nodelay(true).connect_timeout(CONNECT_WITHIN))
}

/// An address that nobody listens on.
///
/// # Errors
/// There is none.
pub(crate) fn free_address() -> Result<SocketAddr, Fault> {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    free.map_err(Fault::at("find a free port"))
}

fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}

/// Writes what the centre is told: everything that is not said is as it is deployed.
fn configure(folder: &Path, keys: &DemoKeys, address: SocketAddr, setup: &Setup) -> Result<PathBuf, Fault> {
    let public = folder.join("keys.json");
    fs::write(&public, keys.jwks()).map_err(Fault::at("write the keys"))?;
    let text = |path: &Path| toml::Value::from(path.display().to_string());
    let mut settings: toml::Table = [
        ("listen", toml::Value::from(address.to_string())),
        ("data_dir", text(&data(folder))),
        ("directory", text(&setup.directory)),
        ("keys", toml::Value::Array(vec![text(&public)])),
        ("drain_notice_ms", toml::Value::from(0)),
        ("journal", toml::Value::from(setup.journal.word())),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into_iter()
    .collect();
    if let Some(most) = setup.streams_max {
        let most = i64::try_from(most).map_err(Fault::at("write the configuration"))?;
        settings.insert("streams_max".to_owned(), toml::Value::from(most));
    }
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
