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
use identity::{
    Claims, Role,
    demo::{DemoKeys, Terms},
};
use jiff::Timestamp;
use protocol::intake::v1::{TakeCallResponse, intake_service_client::IntakeServiceClient};
use redis_store::{Private, PrivateOptions, RedisStore, Settings};
use simulator::process::{CentreProcess, Launch};
use store::{Retention, SharedStore};
use tempfile::TempDir;
use tonic::{
    Request,
    metadata::{Ascii, MetadataValue},
    transport::{Channel, Endpoint},
};

use super::call::{Sample, calls_in, id, request};
use crate::{
    processes::pid_in,
    side::{Asked, Fault, Kept, Side, Stand, Target, Watched},
};

/// Connections, each with an identity of its own, as gateways have them: a centre takes 128 requests at once on one
/// connection and 64 connections of one identity, so eight of each stand in the way of nothing that is measured.
const GATEWAYS: usize = 8;

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

/// The side that asks a centre over gRPC.
pub(crate) struct Unary {
    serving: Serving,
}

impl Unary {
    /// Its name.
    pub(crate) const NAME: &'static str = "unary";

    /// A centre that is served so.
    pub(crate) const fn new(serving: Serving) -> Self {
        Self { serving }
    }

    /// Lets a centre take some calls, and reads what it did for the last of them.
    ///
    /// # Errors
    /// The centre cannot be started or asked.
    pub(crate) async fn sample(&self) -> Result<Sample, Fault> {
        let centre = Standing::start(&self.serving).await?;
        let gateway = &centre.gateways.0[0];
        for number in 0..CALLS_BEFORE_SAMPLE {
            gateway.take(number).await?;
        }
        let response = gateway.take(CALLS_BEFORE_SAMPLE).await?;
        Sample::read(&centre.store, response).await
    }
}

impl Side for Unary {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn stand(&mut self) -> BoxFuture<'_, Result<Box<dyn Stand>, Fault>> {
        Box::pin(async { Ok(Box::new(Standing::start(&self.serving).await?) as Box<dyn Stand>) })
    }
}

/// A centre that takes calls.
struct Standing {
    gateways: Arc<Gateways>,
    store: SharedStore,
    /// Where the store was before the first call.
    beginning: Version,
    // in the order in which they are let go: who would start a dead Redis again, who serves and ends it, the folder
    redis: Private,
    _serving: OwnNode,
    folder: TempDir,
}

impl Standing {
    async fn start(serving: &Serving) -> Result<Self, Fault> {
        let folder = tempfile::tempdir().map_err(Fault::at("make a folder"))?;
        let keys = DemoKeys::generate([3; 32]).map_err(Fault::at("make keys"))?;
        let address = free_address()?;
        let file = configure(folder.path(), &keys, address)?;
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
        let gateways = Arc::new(Gateways::connect(address, &keys, &centre).await?);
        let beginning = store.tip().await.map_err(Fault::at("read the centre's store"))?.number;
        Ok(Self { gateways, store, beginning, redis, _serving: served, folder })
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
            all_given(&data(self.folder.path()).join("journal")).await?;
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
fn configure(folder: &Path, keys: &DemoKeys, address: SocketAddr) -> Result<PathBuf, Fault> {
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
        ("journal", toml::Value::from("anywhere")),
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

/// Those who bring calls.
struct Gateways(Vec<Gateway>);

struct Gateway {
    client: IntakeServiceClient<Channel>,
    token: MetadataValue<Ascii>,
}

impl Gateways {
    async fn connect(address: SocketAddr, keys: &DemoKeys, centre: &CentreId) -> Result<Self, Fault> {
        let mut gateways = Vec::new();
        for number in 1..=GATEWAYS {
            let claims = Claims {
                name: format!("gateway-{number}"),
                role: Role::Integration,
                centre: centre.clone(),
                desk: None,
                station: None,
                unit: None,
            };
            let terms = Terms {
                issuer: "kezek".to_owned(),
                audience: "kezek".to_owned(),
                token_id: None,
                issued_at: Timestamp::now(),
                lifetime_seconds: 600,
            };
            let token = keys.sign(&claims, &terms).map_err(Fault::at("sign a token"))?;
            let token = format!("Bearer {token}").parse().map_err(Fault::at("show a token"))?;
            gateways.push(Gateway { client: client(address).await?, token });
        }
        Ok(Self(gateways))
    }
}

/// A connection of its own.
///
/// # Errors
/// Nobody answers there.
pub(crate) async fn client(address: SocketAddr) -> Result<IntakeServiceClient<Channel>, Fault> {
    let endpoint =
        Endpoint::from_shared(format!("http://{address}")).map_err(Fault::at("name an address"))?;
    let channel = endpoint.tcp_nodelay(true).connect().await.map_err(Fault::at("connect"))?;
    Ok(IntakeServiceClient::new(channel))
}

impl Gateway {
    fn take(&self, number: u64) -> impl Future<Output = Result<TakeCallResponse, Fault>> + Send + use<> {
        let mut client = self.client.clone();
        let mut asked = Request::new(request(number));
        asked.metadata_mut().insert("authorization", self.token.clone());
        async move {
            let answer = client.take_call(asked).await;
            answer.map(tonic::Response::into_inner).map_err(|status| refused(&status))
        }
    }
}

/// A refusal without its details, which differ from one to the next.
pub(crate) fn refused(status: &tonic::Status) -> Fault {
    Fault(format!("{:?}: {}", status.code(), status.message()))
}

impl Target for Gateways {
    fn ask(&self, number: u64) -> Asked {
        let turn = usize::try_from(number % GATEWAYS as u64).expect("there are few gateways");
        let taking = self.0[turn].take(number);
        Box::pin(async move { id(&taking.await?.call_id) })
    }
}
