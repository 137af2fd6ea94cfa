//! A centre in a process of its own, to be killed.

use std::{
    env, fs,
    fs::File,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use futures::future::BoxFuture;
use identity::demo::DemoKeys;
use redis_store::{Archive, Private, PrivateOptions, RedisStore, Settings};
use server::Configuration;
use simulator::faults::{Machinery, Victim};
use store::{Retention, SharedStore};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{Instant, sleep, timeout},
};
use tonic::transport::Endpoint;

use crate::city::Town;

/// Tells the child what to serve.
const ASKED: &str = "KEZEK_RECOVERY_CONFIGURATION";

/// The name of the test that the child runs.
const CHILD: &str = "a_centre_in_a_process_of_its_own";

/// Longest wait for a centre to become ready: more than any recovery takes on a busy machine.
const READY: Duration = Duration::from_secs(60);

/// A centre in a process of its own. It ends, with its Redis, when this is dropped.
pub(crate) struct Process {
    /// Its town.
    pub(crate) town: Town,
    /// Signs the tokens that it takes.
    pub(crate) keys: DemoKeys,
    root: TempDir,
    address: SocketAddr,
    child: Option<Child>,
}

/// What a centre leaves: its store and its archive.
pub(crate) struct Remains {
    /// Redis itself.
    pub(crate) store: SharedStore,
    /// The lines of the archive.
    pub(crate) archive: Vec<String>,
    redis: Private,
}

impl Remains {
    /// Ends Redis.
    pub(crate) fn end(self) {
        self.redis.end();
    }
}

/// Serves, in the child; returns at once in the parent.
pub(crate) async fn serve_if_asked() {
    let Ok(asked) = env::var(ASKED) else { return };
    let configuration: Configuration = serde_json::from_str(&asked).expect("the parent wrote it");
    let served = server::serve(configuration, std::future::pending()).await;
    panic!("the centre ended by itself: {served:?}");
}

impl Process {
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
        // it must come back at the same address, so the address is chosen here
        let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
        let address = free.expect("a free port");
        let mut process = Self { town, keys, root, address, child: None };
        process.start_again().await.expect("the centre starts");
        process
    }

    /// Where it is reached.
    pub(crate) fn endpoint(&self) -> Endpoint {
        Endpoint::from_shared(format!("http://{}", self.address)).expect("an address is a URI")
    }

    /// Where the clients write what they know.
    pub(crate) fn histories(&self) -> PathBuf {
        self.root.path().join("histories")
    }

    /// What it said last, for a failed test.
    pub(crate) fn last_words(&self) -> String {
        let log = fs::read_to_string(self.root.path().join("centre.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }

    /// Kills the centre and opens what it leaves.
    pub(crate) async fn remains(&mut self) -> Remains {
        self.kill_centre();
        let redis = Private::start(&self.data().join("redis"), PrivateOptions::default()).await;
        let redis = redis.expect("Redis is adopted");
        let address = redis.address().clone();
        let centre = &self.town.directory.centre;
        let store = RedisStore::connect(address, centre, Settings::MustBeSafe, Retention::default()).await;
        let directory = self.data().join("archive");
        let days = Archive::days(&directory).unwrap_or_default();
        let read = |day| Archive::read(&directory, day).expect("the archive can be read").records;
        let archive = days.into_iter().flat_map(read).collect();
        Remains { store: std::sync::Arc::new(store.expect("Redis answers")), archive, redis }
    }

    fn data(&self) -> PathBuf {
        self.root.path().join("data")
    }

    fn configuration(&self) -> Configuration {
        Configuration {
            listen: self.address,
            data_dir: self.data(),
            directory: Some(self.root.path().join("directory")),
            keys: vec![self.root.path().join("keys.json")],
            // some incidents must be in the archive when the audit comes
            archive_after_s: 5,
            drain_notice_ms: 0,
            ..Configuration::default()
        }
    }

    fn kill_centre(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("a child can be killed");
            child.wait().expect("a killed child ends");
        }
    }

    fn kill_redis(&self) {
        if let Some(pid) = pid_of_redis(&self.data().join("redis")) {
            let _status = Command::new("kill").args(["-9", &pid]).stderr(Stdio::null()).status();
        }
    }

    async fn start_again(&mut self) -> Result<(), String> {
        if self.child.is_none() {
            let log = File::options().create(true).append(true).open(self.root.path().join("centre.log"));
            let log = log.map_err(|error| error.to_string())?;
            let asked = serde_json::to_string(&self.configuration()).map_err(|error| error.to_string())?;
            let binary = env::current_exe().map_err(|error| error.to_string())?;
            let child = Command::new(binary)
                .args(["--exact", CHILD, "--nocapture"])
                .env(ASKED, asked)
                .stdin(Stdio::null())
                .stdout(log.try_clone().map_err(|error| error.to_string())?)
                .stderr(log)
                .spawn();
            self.child = Some(child.map_err(|error| error.to_string())?);
        }
        let deadline = Instant::now() + READY;
        while Instant::now() < deadline {
            if is_ready(self.address).await {
                return Ok(());
            }
            sleep(Duration::from_millis(20)).await;
        }
        Err(format!("the centre is not ready after {READY:?}; it said:\n{}", self.last_words()))
    }
}

impl Machinery for Process {
    fn kill(&mut self, victim: Victim) -> BoxFuture<'_, Result<(), String>> {
        match victim {
            Victim::Kezek => self.kill_centre(),
            Victim::Redis => self.kill_redis(),
            Victim::Both => {
                self.kill_redis();
                self.kill_centre();
            }
        }
        Box::pin(std::future::ready(Ok(())))
    }

    fn start(&mut self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(self.start_again())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill_centre();
        self.kill_redis();
    }
}

/// The process that the directory's lock names, if it still lives there: its number may be another's by now.
fn pid_of_redis(directory: &Path) -> Option<String> {
    let lock = fs::read_to_string(directory.join("server.lock")).ok()?;
    let pid = lock.strip_prefix("pid ")?.lines().next()?;
    let lives_in = fs::read_link(format!("/proc/{pid}/cwd")).ok()?;
    (lives_in == directory.canonicalize().ok()?).then(|| pid.to_owned())
}

/// True if the centre says that it is ready.
async fn is_ready(address: SocketAddr) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: centre\r\nConnection: close\r\n\r\n").await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        std::io::Result::Ok(answer.starts_with("HTTP/1.1 200"))
    };
    timeout(Duration::from_secs(2), ask).await.is_ok_and(|answer| answer.unwrap_or(false))
}
