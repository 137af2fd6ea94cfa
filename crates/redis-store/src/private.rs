//! The private redis-server of one machine: in its own directory, on its own unix socket, alone.
//!
//! The server outlives the process that started it. Its standard input is an open, locked file, so the kernel holds
//! the lock exactly as long as the server lives, whoever started it and whatever became of them: while the lock is
//! held nobody starts a second one, and whoever comes waits for it to answer, or to end. A second lock makes those
//! who come take turns; a third, shared one counts who uses the server, so that only the last stops it.

mod place;
mod program;

use std::{
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use redis::{AsyncConnectionConfig, Client, Value, cmd};
use tokio::{
    process::Child,
    task::JoinHandle,
    time::{Instant, sleep},
};

use crate::{Address, limits, reply::text_of};
use place::Place;
pub use place::SOCKET_PATH_BYTES_MAX;

/// Longest wait for a server to load its data, or to end.
const READY: Duration = Duration::from_secs(120);

/// Longest wait for a server that was killed: a file it was just writing is written to its end.
const END: Duration = Duration::from_secs(5);

/// How often a lock is tried and a server asked: nothing tells us when either changes.
const POLL: Duration = Duration::from_millis(10);

/// How often the life of a server somebody else started is looked at.
const WATCH: Duration = Duration::from_millis(100);

/// Longest pause before a server that keeps dying is started again.
const RESTART_PAUSE_MAX: Duration = Duration::from_secs(2);

/// How the server is run.
#[derive(Clone, Debug, Default)]
pub struct PrivateOptions {
    /// The program; absent means `redis-server`, else `valkey-server`, found on the path.
    pub program: Option<PathBuf>,
    /// Most bytes of data; absent means no limit. Beyond it writes are refused and nothing is deleted.
    pub memory_bytes_max: Option<u64>,
}

/// A running redis-server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its process id.
    pub pid: u32,
    /// The id it gave itself when it started.
    pub run_id: String,
}

/// How one came by the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obtained {
    /// It was not running.
    Started,
    /// It was running already.
    Adopted,
}

/// What became of the server when one stopped using it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Released {
    /// It has ended, with everything on the disk.
    Stopped,
    /// Another process uses it, so it runs on.
    StillUsed,
}

/// Why there is no private server.
#[derive(Debug, thiserror::Error)]
pub enum PrivateError {
    /// There is no such program.
    #[error(
        "neither `redis-server` nor `valkey-server` is installed: install one (for instance `apt install \
         redis-server`), or name a running Redis instead"
    )]
    NotInstalled,
    /// The program is too old or is something else.
    #[error("`{program}` says it is `{said}`, but Redis 7.0 or newer, or Valkey, is needed")]
    Program {
        /// Its path.
        program: PathBuf,
        /// What it said.
        said: String,
    },
    /// A file or directory could not be used.
    #[error("cannot {step} `{path}`")]
    File {
        /// What was tried.
        step: &'static str,
        /// With what.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// The directory is open to others.
    #[error("`{directory}` must belong to this user and be closed to all others (chmod 700)")]
    NotPrivate {
        /// The directory.
        directory: PathBuf,
    },
    /// The data are gone: Redis would start empty, as if no call had ever been taken.
    #[error(
        "`{directory}` held data before, but its append-only files are missing or empty: put them back, or, if they \
         are lost for good, remove the file `{marker}` to begin with nothing"
    )]
    DataMissing {
        /// The directory.
        directory: PathBuf,
        /// The file that says that it held data.
        marker: PathBuf,
    },
    /// The server ended instead of answering.
    #[error("redis-server ended ({status}); its last words: {log}")]
    Ended {
        /// How it ended.
        status: String,
        /// The end of its log.
        log: String,
    },
    /// Somebody holds the directory but does not answer.
    #[error("whoever holds `{directory}` neither answers nor ends")]
    NotReady {
        /// The directory.
        directory: PathBuf,
    },
    /// The socket leads to a server with another directory.
    #[error("the socket in `{directory}` leads to a redis-server of `{other}`")]
    Foreign {
        /// Our directory.
        directory: PathBuf,
        /// Its directory.
        other: String,
    },
}

/// A private redis-server in use. Dropped without [`stop`](Self::stop), it runs on, for the next to adopt.
pub struct Private {
    place: Arc<Place>,
    process: Arc<Mutex<Process>>,
    obtained: Obtained,
    keeper: JoinHandle<()>,
    /// Shared while it is used.
    users: File,
}

impl Private {
    /// Starts the server of this directory, or adopts the running one, and starts it again whenever it dies.
    ///
    /// # Errors
    /// See [`PrivateError`].
    pub async fn start(directory: &Path, options: PrivateOptions) -> Result<Self, PrivateError> {
        let place = Arc::new(Place::prepare(directory, options)?);
        let users = place.wait_for_lock(&place.users_lock(), File::try_lock_shared).await?;
        let server = obtain(&place).await?;
        tracing::info!(
            directory = %place.directory.display(),
            pid = server.process.pid,
            obtained = ?server.obtained,
            "the private redis-server is ready"
        );
        let (process, obtained) = (Arc::new(Mutex::new(server.process)), server.obtained);
        let keeper = tokio::spawn(keep(Arc::clone(&place), Arc::clone(&process), server.child));
        Ok(Self { place, process, obtained, keeper, users })
    }

    /// Where it answers.
    pub fn address(&self) -> &Address {
        &self.place.address
    }

    /// Where its data are.
    pub fn directory(&self) -> &Path {
        &self.place.directory
    }

    /// The process that runs now.
    pub fn process(&self) -> Process {
        self.process.lock().expect("nothing panics while it holds the process").clone()
    }

    /// Whether this call started it or found it.
    pub fn obtained(&self) -> Obtained {
        self.obtained
    }

    /// Ends it as a crash would, for tests of recovery: it is started again.
    pub fn kill(&self) {
        kill(&self.process());
    }

    /// Ends it as a crash would, for good, and blocks until it and all that it had begun have ended, or for a few
    /// seconds.
    pub fn end(self) {
        self.keeper.abort();
        let deadline = Instant::now() + END;
        while Instant::now() < deadline && !self.place.is_free() {
            kill(&self.place.noted_process().unwrap_or_else(|| self.process()));
            std::thread::sleep(POLL);
        }
    }

    /// Stops using it. The last who does so ends it, and waits until it has.
    ///
    /// # Errors
    /// The server does not end, or a lock cannot be used.
    pub async fn stop(self) -> Result<Released, PrivateError> {
        self.keeper.abort();
        let place = &self.place;
        let _turn = place.wait_for_lock(&place.turn_lock(), File::try_lock).await?;
        // Our shared lock becomes an exclusive one, unless somebody else has a shared one.
        if !place.try_lock(&place.users_lock(), &self.users, File::try_lock)? {
            return Ok(Released::StillUsed);
        }
        if let Some(mut connection) = place.connection().await {
            // It closes the connection instead of answering.
            if let Err(error) = cmd("SHUTDOWN").query_async::<Value>(&mut connection).await {
                tracing::debug!(%error, "redis-server was told to end");
            }
        }
        place.wait_for_lock(&place.server_lock(), File::try_lock).await?;
        Ok(Released::Stopped)
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

/// Ends a process as a crash would.
fn kill(process: &Process) {
    let pid = i32::try_from(process.pid).ok().and_then(rustix::process::Pid::from_raw);
    if let Some(pid) = pid
        && let Err(error) = rustix::process::kill_process(pid, rustix::process::Signal::KILL)
    {
        tracing::debug!(%error, "the private redis-server had ended already");
    }
}

/// A server one has come by.
struct Server {
    process: Process,
    obtained: Obtained,
    /// Held so that it can be waited for, if it is our child.
    child: Option<Child>,
}

/// Starts the server, or finds the one that holds the directory.
async fn obtain(place: &Place) -> Result<Server, PrivateError> {
    let _turn = place.wait_for_lock(&place.turn_lock(), File::try_lock).await?;
    let deadline = Instant::now() + READY;
    loop {
        let lock = place.open_lock(&place.server_lock())?;
        if place.try_lock(&place.server_lock(), &lock, File::try_lock)? {
            return start(place, lock).await;
        }
        if let Some(process) = place.ask().await? {
            place.note_process(&process)?;
            return Ok(Server { process, obtained: Obtained::Adopted, child: None });
        }
        if Instant::now() > deadline {
            return Err(PrivateError::NotReady { directory: place.directory.clone() });
        }
        sleep(POLL).await;
    }
}

/// Starts the server, which inherits the lock, and waits until it answers.
async fn start(place: &Place, lock: File) -> Result<Server, PrivateError> {
    place.check_data()?;
    let mut child = program::spawn(place, lock)?;
    let deadline = Instant::now() + READY;
    loop {
        let ended = child.try_wait().map_err(place.failed("wait for the server in", &place.directory))?;
        if let Some(status) = ended {
            return Err(PrivateError::Ended { status: status.to_string(), log: place.log_tail() });
        }
        if let Some(process) = place.ask().await? {
            place.note_process(&process)?;
            place.note_data()?;
            return Ok(Server { process, obtained: Obtained::Started, child: Some(child) });
        }
        if Instant::now() > deadline {
            return Err(PrivateError::NotReady { directory: place.directory.clone() });
        }
        sleep(POLL).await;
    }
}

/// Starts the server again whenever it has ended.
async fn keep(place: Arc<Place>, process: Arc<Mutex<Process>>, mut child: Option<Child>) {
    let mut pause = POLL;
    loop {
        let since = Instant::now();
        let known = process.lock().expect("nothing panics while it holds the process").clone();
        wait_for_end(&place, &known, child.take()).await;
        tracing::error!(
            directory = %place.directory.display(),
            pid = known.pid,
            "the private redis-server has ended; it is started again"
        );
        if since.elapsed() > RESTART_PAUSE_MAX {
            pause = POLL;
        }
        loop {
            sleep(pause).await;
            pause = (pause * 2).min(RESTART_PAUSE_MAX);
            match obtain(&place).await {
                Ok(server) => {
                    *process.lock().expect("nothing panics while it holds the process") = server.process;
                    child = server.child;
                    break;
                }
                Err(error) => {
                    let cause = std::error::Error::source(&error).map(ToString::to_string);
                    tracing::error!(%error, cause, "the private redis-server cannot be started");
                }
            }
        }
    }
}

/// Waits until this server no longer holds the directory: nobody does, or another that somebody else has started.
async fn wait_for_end(place: &Place, known: &Process, child: Option<Child>) {
    if let Some(mut child) = child
        && let Err(error) = child.wait().await
    {
        tracing::debug!(%error, "the private redis-server cannot be waited for");
    }
    loop {
        if place.is_free() || place.noted_process().is_some_and(|noted| noted != *known) {
            return;
        }
        sleep(WATCH).await;
    }
}

impl Place {
    /// Takes a lock, waiting for it.
    async fn wait_for_lock(
        &self,
        path: &Path,
        take: fn(&File) -> Result<(), TryLockError>,
    ) -> Result<File, PrivateError> {
        let lock = self.open_lock(path)?;
        let deadline = Instant::now() + READY;
        while !self.try_lock(path, &lock, take)? {
            if Instant::now() > deadline {
                return Err(PrivateError::NotReady { directory: self.directory.clone() });
            }
            sleep(POLL).await;
        }
        Ok(lock)
    }

    /// Takes a lock, if nobody else has it.
    fn try_lock(
        &self,
        path: &Path,
        lock: &File,
        take: fn(&File) -> Result<(), TryLockError>,
    ) -> Result<bool, PrivateError> {
        match take(lock) {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(source)) => Err(self.failed("lock", path)(source)),
        }
    }

    /// True if no server holds the directory. The lock is let go at once: whoever starts a server takes it again, in
    /// turn.
    fn is_free(&self) -> bool {
        let path = self.server_lock();
        let free = self.open_lock(&path).and_then(|lock| self.try_lock(&path, &lock, File::try_lock));
        free.unwrap_or(true)
    }

    /// A connection to whoever answers at the socket, if anybody does.
    async fn connection(&self) -> Option<redis::aio::MultiplexedConnection> {
        let client = Client::open(self.address.info()).ok()?;
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(limits::CONNECT))
            .set_response_timeout(Some(limits::RESPONSE));
        client.get_multiplexed_async_connection_with_config(&config).await.ok()
    }

    /// The process that answers at the socket, once it has loaded its data and if it is ours.
    async fn ask(&self) -> Result<Option<Process>, PrivateError> {
        let Some(mut connection) = self.connection().await else { return Ok(None) };
        let Ok(info) = cmd("INFO").query_async::<Value>(&mut connection).await else { return Ok(None) };
        let info = text_of(&info).unwrap_or_default();
        let field = |name: &str| info.lines().find_map(|line| line.trim_end().strip_prefix(name));
        let pid = field("process_id:").and_then(|pid| pid.parse().ok());
        let (Some(pid), Some(run_id), Some("0")) = (pid, field("run_id:"), field("loading:")) else {
            return Ok(None);
        };
        let mut config = cmd("CONFIG");
        config.arg("GET").arg("dir");
        let Ok((_, other)) = config.query_async::<(String, String)>(&mut connection).await else {
            return Ok(None);
        };
        if Path::new(&other) != self.directory {
            return Err(PrivateError::Foreign { directory: self.directory.clone(), other });
        }
        Ok(Some(Process { pid, run_id: run_id.to_owned() }))
    }
}
