//! PostgreSQL with `synchronous_commit = on`: an acknowledgement after the fsync of a group, as ours is.
//!
//! It is asked for less than a centre is: one statement that keeps the request as it came, and a line about it for
//! whoever follows; nothing is decided or queued.

use std::{
    net::SocketAddr,
    os::unix::fs::chown,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use futures::future::BoxFuture;
use prost::Message as _;
use rustix::process::Signal;
use tempfile::TempDir;
use tokio::{
    process::{Child, Command},
    sync::Semaphore,
};
use tokio_postgres::{Client, Config, NoTls, Statement};

use super::{
    call::{id, name, request},
    peer::{self, Absent},
};
use crate::{
    machine,
    node::free_address,
    side::{Asked, Fault, Kept, Side, Stand, Target, Watched},
};

/// Connections: each is a process of its own, and more than these made it slower on two cores.
const CONNECTIONS: usize = 64;

/// Where Debian keeps the programs of a server.
const DEBIAN: &str = "/usr/lib/postgresql";

/// Whom a server runs as where we are root, which it refuses to be.
const USER: &str = "postgres";

const TABLES: &str = "
    DROP TABLE IF EXISTS event, call;
    CREATE TABLE call (id text PRIMARY KEY, request bytea NOT NULL, taken_at timestamptz NOT NULL DEFAULT now());
    CREATE TABLE event (number bigserial PRIMARY KEY, call text NOT NULL, request bytea NOT NULL);
";

const INSERT: &str = "
    WITH taken AS (INSERT INTO call (id, request) VALUES ($1, $2) RETURNING id, request)
    INSERT INTO event (call, request) SELECT id, request FROM taken
";

/// The side that inserts rows.
pub(crate) struct Postgres {
    address: SocketAddr,
    server: Child,
    version: String,
    _folder: TempDir,
}

impl Postgres {
    /// Its name.
    pub(crate) const NAME: &'static str = "postgres";

    /// Starts a cluster of its own.
    ///
    /// # Errors
    /// There is no program for it, or it cannot be started.
    pub(crate) async fn start() -> Result<Self, Absent> {
        let absent = |why: &str| Absent(format!("PostgreSQL: {why}"));
        let program = |name| machine::find(name, &debian());
        let (Some(initdb), Some(postgres)) = (program("initdb"), program("postgres")) else {
            return Err(absent("initdb and postgres are not installed"));
        };
        Self::start_program(&initdb, &postgres).await.map_err(|fault| absent(&fault.0))
    }

    async fn start_program(initdb: &Path, postgres: &Path) -> Result<Self, Fault> {
        let version =
            machine::version(postgres).ok_or_else(|| Fault("it does not say its version".to_owned()))?;
        let folder = tempfile::tempdir().map_err(Fault::at("make a folder"))?;
        if rustix::process::geteuid().is_root() {
            let user = user().ok_or_else(|| Fault(format!("we are root and there is no user `{USER}`")))?;
            chown(folder.path(), Some(user), None).map_err(Fault::at("give a folder away"))?;
        }
        let data = folder.path().join("data");
        let mut making = as_user(initdb);
        making
            .args(["--auth=trust", "--username=kezek", "--encoding=UTF8", "--no-locale", "--pgdata"])
            .arg(&data);
        let made = making.output().await.map_err(Fault::at("run initdb"))?;
        if !made.status.success() {
            return Err(Fault(format!("initdb: {}", String::from_utf8_lossy(&made.stderr))));
        }
        let address = free_address()?;
        let mut command = as_user(postgres);
        command.arg("-D").arg(&data).arg("-p").arg(address.port().to_string());
        for setting in [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=on",
            "synchronous_commit=on",
            "max_connections=100",
        ] {
            command.arg("-c").arg(setting);
        }
        let log = std::env::temp_dir().join(format!("kezek-bench-postgres-{}.log", address.port()));
        let server = peer::start(&mut command, &log)?;
        let ready = peer::ready(log.clone(), async || connect(address).await).await;
        // what it said is quoted where it failed, and is of no use afterwards
        let _left = std::fs::remove_file(&log);
        ready?;
        Ok(Self { address, server, version, _folder: folder })
    }

    /// What it says of its version.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }
}

/// Where Debian keeps the programs of each version.
fn debian() -> Vec<PathBuf> {
    let versions = std::fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    versions.map(|version| version.path().join("bin")).collect()
}

/// The number of the user that a server runs as.
fn user() -> Option<u32> {
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    let line = users.lines().find_map(|line| line.strip_prefix(USER)?.strip_prefix(':'))?;
    line.split(':').nth(1)?.parse().ok()
}

/// A program, run by somebody who is not root: it becomes that program, so its process id is the program's.
fn as_user(program: &Path) -> Command {
    if !rustix::process::geteuid().is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.arg(format!("--reuid={USER}")).arg(format!("--regid={USER}")).arg("--clear-groups").arg(program);
    command.current_dir("/");
    command
}

async fn connect(address: SocketAddr) -> Result<Client, Fault> {
    let mut config = Config::new();
    config.host(address.ip().to_string()).port(address.port()).user("kezek").dbname("postgres");
    let (client, connection) = config.connect(NoTls).await.map_err(Fault::at("connect to PostgreSQL"))?;
    tokio::spawn(async move {
        // it ends with its client; whoever asks is told of anything else
        let _ended = connection.await;
    });
    Ok(client)
}

impl Side for Postgres {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn stand(&mut self) -> BoxFuture<'_, Result<Box<dyn Stand>, Fault>> {
        Box::pin(async {
            let first = connect(self.address).await?;
            first.batch_execute(TABLES).await.map_err(Fault::at("make tables"))?;
            let mut idle = Vec::new();
            for _ in 0..CONNECTIONS {
                let client = connect(self.address).await?;
                let insert = client.prepare(INSERT).await.map_err(Fault::at("prepare a statement"))?;
                idle.push((client, insert));
            }
            let places = Arc::new(Semaphore::new(CONNECTIONS));
            let pool = Arc::new(Pool { idle: Arc::new(Mutex::new(idle)), places });
            Ok(Box::new(Standing { pool, first }) as Box<dyn Stand>)
        })
    }

    fn end(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            // its fast stop: connections are ended and nothing stays behind
            peer::stop(&mut self.server, Signal::INT).await;
        })
    }
}

struct Standing {
    pool: Arc<Pool>,
    first: Client,
}

impl Stand for Standing {
    fn target(&self) -> Arc<dyn Target> {
        Arc::clone(&self.pool) as _
    }

    fn processes(&self) -> Vec<Watched> {
        // each connection is a process, and so is whatever writes in the background
        Vec::new()
    }

    fn kept(&mut self) -> BoxFuture<'_, Result<Kept, Fault>> {
        Box::pin(async {
            let kept = "SELECT call.id FROM call JOIN event ON event.call = call.id";
            let rows = self.first.query(kept, &[]).await.map_err(Fault::at("read the table"))?;
            let names = rows.iter().map(|row| id(row.get(0))).collect::<Result<_, _>>()?;
            Ok(Kept { names: Some(names), own_changes: None })
        })
    }
}

/// Connections that nobody uses just now.
struct Pool {
    idle: Arc<Mutex<Vec<(Client, Statement)>>>,
    places: Arc<Semaphore>,
}

impl Target for Pool {
    fn ask(&self, number: u64) -> Asked {
        let (idle, places) = (Arc::clone(&self.idle), Arc::clone(&self.places));
        Box::pin(async move {
            let name = name(number);
            let content = request(number).encode_to_vec();
            let _place = places.acquire().await.map_err(Fault::at("wait for a connection"))?;
            let taken = idle.lock().expect("nothing panics while it holds the connections").pop();
            let (client, insert) =
                taken.ok_or_else(|| Fault("there are fewer connections than places".to_owned()))?;
            let inserted = client.execute(&insert, &[&name.to_string(), &content]).await;
            idle.lock().expect("nothing panics while it holds the connections").push((client, insert));
            inserted.map_err(Fault::at("insert"))?;
            Ok(name.as_u128())
        })
    }
}
