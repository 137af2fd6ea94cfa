//! NATS JetStream with a file and `sync_interval: always`: an acknowledgement after the fsync, as ours is. A version from
//! before that setting acknowledges what only its memory has, and is told as such.
//!
//! It is asked for less than a centre is: one message appended, which is the request as it came; nothing is decided,
//! indexed, or remembered against a repetition.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use async_nats::jetstream::{
    self,
    context::Context,
    stream::{Config, StorageType, Stream},
};
use futures::future::BoxFuture;
use prost::Message as _;
use rustix::process::Signal;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::{
    call::request,
    peer::{self, Absent},
};
use crate::{
    machine,
    node::free_address,
    side::{Asked, Fault, Kept, Name, Side, Stand, Target, Watched},
};

/// What `sync_interval: always` came with.
const VERSION: (u32, u32) = (2, 10);

/// Where calls are published.
const SUBJECT: &str = "calls";

/// When a message is on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Syncs {
    /// Before it is acknowledged.
    First,
    /// Two minutes later at most, whatever was acknowledged meanwhile.
    Later,
}

/// The side that publishes to a stream.
pub(crate) struct JetStream {
    context: Context,
    server: Child,
    version: String,
    syncs: Syncs,
    _folder: TempDir,
}

impl JetStream {
    /// Its name.
    pub(crate) const NAME: &'static str = "jetstream";

    /// Starts a server of its own: this program, or the one on the path.
    ///
    /// # Errors
    /// There is none that can be compared with.
    pub(crate) async fn start(program: Option<&Path>) -> Result<Self, Absent> {
        let absent = |why: &str| Absent(format!("NATS JetStream: {why}"));
        let found = program.map(PathBuf::from).or_else(|| machine::find("nats-server", &[]));
        let program = found.ok_or_else(|| absent("there is no nats-server"))?;
        let version =
            machine::version(&program).ok_or_else(|| absent("nats-server does not say its version"))?;
        let is_new = machine::two_numbers(&version).is_some_and(|numbers| numbers >= VERSION);
        let syncs = if is_new { Syncs::First } else { Syncs::Later };
        Self::start_program(&program, version, syncs).await.map_err(|fault| absent(&fault.0))
    }

    async fn start_program(program: &Path, version: String, syncs: Syncs) -> Result<Self, Fault> {
        let folder = tempfile::tempdir().map_err(Fault::at("make a folder"))?;
        let address = free_address()?;
        let (settings, log) = (folder.path().join("nats.conf"), folder.path().join("nats.log"));
        let always = match syncs {
            Syncs::First => "  sync_interval: always\n",
            Syncs::Later => "",
        };
        let text = format!(
            "listen: \"{address}\"\njetstream {{\n  store_dir: \"{}\"\n{always}}}\n",
            folder.path().join("store").display()
        );
        std::fs::write(&settings, text).map_err(Fault::at("write the settings"))?;
        let server = peer::start(Command::new(program).arg("--config").arg(&settings), &log)?;
        let url = address.to_string();
        let context = peer::ready(log, async || {
            let client = async_nats::connect(&url).await.map_err(|error| error.to_string())?;
            let context = jetstream::new(client);
            // an account is told in other words by each version
            context.get_or_create_stream(config()).await.map_err(|error| error.to_string())?;
            Ok::<_, String>(context)
        });
        Ok(Self { context: context.await?, server, version, syncs, _folder: folder })
    }

    /// When what it acknowledges is on the disk.
    pub(crate) const fn syncs(&self) -> Syncs {
        self.syncs
    }

    /// What it says of its version.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// A stream that holds nothing.
    async fn stream(&self) -> Result<Stream, Fault> {
        match self.context.delete_stream(SUBJECT).await {
            // there is none before the first cell
            Ok(_) | Err(_) => {}
        }
        self.context.create_stream(config()).await.map_err(Fault::at("make a stream"))
    }
}

/// The stream that is published to.
fn config() -> Config {
    Config {
        name: SUBJECT.to_owned(),
        subjects: vec![SUBJECT.to_owned()],
        storage: StorageType::File,
        num_replicas: 1,
        ..Config::default()
    }
}

impl Side for JetStream {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn stand(&mut self) -> BoxFuture<'_, Result<Box<dyn Stand>, Fault>> {
        Box::pin(async {
            let stream = self.stream().await?;
            let publisher = Arc::new(Publisher(self.context.clone()));
            Ok(Box::new(Standing { publisher, stream, pid: self.server.id() }) as Box<dyn Stand>)
        })
    }

    fn end(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(peer::stop(&mut self.server, Signal::TERM))
    }
}

struct Standing {
    publisher: Arc<Publisher>,
    stream: Stream,
    pid: Option<u32>,
}

impl Stand for Standing {
    fn target(&self) -> Arc<dyn Target> {
        Arc::clone(&self.publisher) as _
    }

    fn processes(&self) -> Vec<Watched> {
        self.pid.map(|pid| Watched { name: "server", pid }).into_iter().collect()
    }

    fn kept(&mut self) -> BoxFuture<'_, Result<Kept, Fault>> {
        Box::pin(async {
            let state = self.stream.get_info().await.map_err(Fault::at("read the stream"))?.state;
            // numbers are given one after the other, so the first and the last say all, if as many are held
            let first_to_last = state.last_sequence + 1 - state.first_sequence.min(state.last_sequence + 1);
            if first_to_last != state.messages {
                return Err(Fault(format!("{} messages are held of {first_to_last}", state.messages)));
            }
            let held = state.last_sequence + 1 - state.messages..=state.last_sequence;
            Ok(Kept { names: Some(held.map(Name::from).collect()), own_changes: None })
        })
    }
}

struct Publisher(Context);

impl Target for Publisher {
    fn ask(&self, number: u64) -> Asked {
        let context = self.0.clone();
        Box::pin(async move {
            let sent = context.publish(SUBJECT, request(number).encode_to_vec().into()).await;
            let answer = sent.map_err(Fault::at("publish"))?.await.map_err(Fault::at("publish"))?;
            if answer.duplicate {
                Err(Fault("taken for a repetition".to_owned()))
            } else {
                Ok(answer.sequence.into())
            }
        })
    }
}
