//! NATS core: a message is passed on to whoever has asked for it, and kept nowhere.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use async_nats::{Client, Subscriber};
use futures::{StreamExt as _, future::LocalBoxFuture};
use prost::Message as _;
use tempfile::TempDir;
use tokio::{
    process::{Child, Command},
    task::JoinSet,
};

use super::{
    Crowd, FanSide, Opened,
    arrivals::{Arrivals, Reader},
    change::{number_in, record},
    watching::connections,
};
use crate::{
    intake::peer::{self, Absent},
    machine,
    node::free_address,
    side::{Asked, Fault, Target, Watched},
};

/// Where changes are published.
const SUBJECT: &str = "changes";

/// Messages that a watcher takes at once if they are there.
const AT_ONCE: usize = 256;

/// The side that passes messages on.
pub(super) struct Nats {
    program: PathBuf,
    version: String,
}

impl Nats {
    /// Its name.
    pub(super) const NAME: &'static str = "nats";

    /// Finds it: this program, or the one on the path.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn find(program: Option<&Path>) -> Result<Self, Absent> {
        let absent = |why: &str| Absent(format!("NATS: {why}"));
        let found = program.map(PathBuf::from).or_else(|| machine::find("nats-server", &[]));
        let program = found.ok_or_else(|| absent("there is no nats-server"))?;
        let version =
            machine::version(&program).ok_or_else(|| absent("nats-server does not say its version"))?;
        Ok(Self { program, version })
    }

    /// What it says of its version.
    pub(super) fn version(&self) -> &str {
        &self.version
    }
}

impl FanSide for Nats {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn open<'a>(
        &'a mut self,
        crowd: Crowd,
        arrivals: &'a Arc<Arrivals>,
    ) -> LocalBoxFuture<'a, Result<Box<dyn Opened>, Fault>> {
        Box::pin(async move {
            let folder = tempfile::tempdir().map_err(Fault::at("make a folder"))?;
            let address = free_address()?;
            let log = folder.path().join("nats.log");
            let (host, port) = (address.ip().to_string(), address.port().to_string());
            let mut command = Command::new(&self.program);
            command.args(["--addr", &host, "--port", &port]);
            let server = peer::start(&mut command, &log)?;
            let url = address.to_string();
            let client = peer::ready(log, async || async_nats::connect(&url).await).await?;
            let mut watchers = JoinSet::new();
            for number in 0..connections(crowd.watchers) {
                let client = async_nats::connect(&url).await.map_err(Fault::at("connect"))?;
                let lane = arrivals.lane();
                let here =
                    (crowd.watchers as usize).saturating_sub(number).div_ceil(connections(crowd.watchers));
                for _ in 0..here {
                    let told = client.subscribe(SUBJECT).await.map_err(Fault::at("subscribe"))?;
                    watchers.spawn(watch(told, Reader::new(arrivals, &lane)));
                }
                client.flush().await.map_err(Fault::at("subscribe"))?;
            }
            let target = Arc::new(Publisher { client });
            Ok(Box::new(Passing { target, _watchers: watchers, server, _folder: folder }) as Box<dyn Opened>)
        })
    }
}

async fn watch(told: Subscriber, mut reader: Reader) {
    let mut told = told.ready_chunks(AT_ONCE);
    while let Some(messages) = told.next().await {
        let numbers: Vec<u64> = messages.iter().filter_map(|message| number_in(&message.payload)).collect();
        reader.take(&numbers);
    }
}

struct Passing {
    target: Arc<Publisher>,
    _watchers: JoinSet<()>,
    server: Child,
    _folder: TempDir,
}

impl Opened for Passing {
    fn target(&self) -> Arc<dyn Target> {
        Arc::clone(&self.target) as _
    }

    fn processes(&self) -> Vec<Watched> {
        self.server.id().map(|pid| Watched { name: "server", pid }).into_iter().collect()
    }
}

struct Publisher {
    client: Client,
}

impl Target for Publisher {
    fn ask(&self, number: u64) -> Asked {
        let client = self.client.clone();
        Box::pin(async move {
            let payload = record(number)?.encode_to_vec().into();
            client.publish(SUBJECT, payload).await.map_err(Fault::at("publish"))?;
            Ok(number.into())
        })
    }
}
