//! A centre in a process of its own, with its private Redis: started, killed without a word, and started again.

use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use futures::future::BoxFuture;
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    process::{Child, Command},
    time::{Instant, sleep, timeout},
};

use crate::faults::{Machinery, Victim};

/// Longest wait for a centre to become ready: more than any recovery takes on a busy machine.
const READY: Duration = Duration::from_secs(120);

/// Longest wait for a centre that was told to stop: it promises 15 seconds, and its Redis ends after it.
const STOPPED: Duration = Duration::from_secs(60);

/// How often a centre is asked whether it is ready.
const POLL: Duration = Duration::from_millis(20);

/// Longer than a centre takes to count anew what its journal holds.
const COUNTED: Duration = Duration::from_millis(1_200);

/// How many lines of its log are quoted when it fails.
const LAST_WORDS: usize = 40;

/// How a centre's process is started and where its things are.
pub struct Launch {
    /// Makes the command that serves. Its output goes to the log.
    pub command: Box<dyn Fn() -> std::process::Command + Send + Sync>,
    /// Where the centre answers, every time it is started.
    pub address: SocketAddr,
    /// The directory of its private Redis.
    pub redis: PathBuf,
    /// Where its output is appended.
    pub log: PathBuf,
}

/// A centre in a process of its own. Dropped, it is killed, and its Redis with it.
pub struct CentreProcess {
    launch: Launch,
    child: Option<Child>,
}

/// Why a centre's process did not do as it was told.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// The process could not be started.
    #[error("the centre's process cannot be started")]
    Start(#[source] io::Error),
    /// The process could not be killed or waited for.
    #[error("the centre's process cannot be ended")]
    End(#[source] io::Error),
    /// It ended before it was ready.
    #[error("the centre ended before it was ready ({status}); it said:\n{last_words}")]
    Ended {
        /// How.
        status: ExitStatus,
        /// The end of its log.
        last_words: String,
    },
    /// It does not become ready.
    #[error("the centre is not ready after {READY:?}; it said:\n{last_words}")]
    NotReady {
        /// The end of its log.
        last_words: String,
    },
    /// Its journal keeps holding calls that the store does not have.
    #[error("the journal still held calls for the store after {READY:?}; the centre said:\n{last_words}")]
    HoldsOn {
        /// The end of its log.
        last_words: String,
    },
    /// It does not stop.
    #[error("the centre was told to stop and had not after {STOPPED:?}; it said:\n{last_words}")]
    NotStopped {
        /// The end of its log.
        last_words: String,
    },
}

impl CentreProcess {
    /// Starts the centre and waits until it takes calls.
    ///
    /// # Errors
    /// [`ProcessError`].
    pub async fn start(launch: Launch) -> Result<Self, ProcessError> {
        let mut process = Self { launch, child: None };
        process.start_again().await?;
        Ok(process)
    }

    /// What it said last, for a failed run.
    pub fn last_words(&self) -> String {
        let log = fs::read_to_string(&self.launch.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(LAST_WORDS)..].join("\n")
    }

    /// Tells the centre to stop (SIGTERM), waits until it and its Redis have, and says how it ended; nothing, if it does
    /// not run.
    ///
    /// # Errors
    /// [`ProcessError`].
    pub async fn stop(&mut self) -> Result<Option<ExitStatus>, ProcessError> {
        let Some(mut child) = self.child.take() else { return Ok(None) };
        if let Some(pid) = child.id().and_then(pid_of) {
            kill_process(pid, Signal::TERM).map_err(|error| ProcessError::End(error.into()))?;
        }
        match timeout(STOPPED, child.wait()).await {
            Ok(ended) => ended.map(Some).map_err(ProcessError::End),
            Err(_) => Err(ProcessError::NotStopped { last_words: self.last_words() }),
        }
    }

    /// Kills the centre and leaves its Redis.
    ///
    /// # Errors
    /// [`ProcessError`].
    pub async fn kill_centre(&mut self) -> Result<(), ProcessError> {
        match self.child.take() {
            Some(mut child) => child.kill().await.map_err(ProcessError::End),
            None => Ok(()),
        }
    }

    /// Waits until the store has everything that the centre's journal held for it: an audit, which looks into the store, would
    /// miss what comes later. It must run.
    ///
    /// # Errors
    /// [`ProcessError::HoldsOn`] if it does not come to an end.
    pub async fn has_given_all(&self) -> Result<(), ProcessError> {
        let deadline = Instant::now() + READY;
        let mut none_since: Option<Instant> = None;
        while Instant::now() < deadline {
            match (held_calls(self.launch.address).await, none_since) {
                (Some(0), Some(since)) if since.elapsed() > COUNTED => return Ok(()),
                (Some(0), since) => none_since = since.or_else(|| Some(Instant::now())),
                (Some(_) | None, _) => none_since = None,
            }
            sleep(POLL).await;
        }
        Err(ProcessError::HoldsOn { last_words: self.last_words() })
    }

    /// Waits until the centre ends by itself, and says how; nothing, if it does not run.
    ///
    /// # Errors
    /// [`ProcessError::End`].
    pub async fn ended(&mut self) -> Result<Option<ExitStatus>, ProcessError> {
        let Some(child) = &mut self.child else { return Ok(None) };
        let status = child.wait().await.map_err(ProcessError::End)?;
        self.child = None;
        Ok(Some(status))
    }

    /// Kills its Redis: whoever keeps it starts it again.
    fn kill_redis(&self) {
        // it may have ended in this very moment
        let _gone = self.signal_redis(Signal::KILL);
    }

    fn signal_redis(&self, signal: Signal) -> Result<(), String> {
        let pid = pid_of_redis(&self.launch.redis).ok_or("its Redis does not run")?;
        kill_process(pid, signal).map_err(|error| format!("its Redis cannot be signalled: {error}"))
    }

    async fn start_again(&mut self) -> Result<(), ProcessError> {
        if self.child.is_none() {
            self.child = Some(spawn(&self.launch).map_err(ProcessError::Start)?);
        }
        let deadline = Instant::now() + READY;
        while Instant::now() < deadline {
            if is_ready(self.launch.address).await {
                return Ok(());
            }
            if let Some(child) = &mut self.child
                && let Some(status) = child.try_wait().map_err(ProcessError::End)?
            {
                self.child = None;
                return Err(ProcessError::Ended { status, last_words: self.last_words() });
            }
            sleep(POLL).await;
        }
        Err(ProcessError::NotReady { last_words: self.last_words() })
    }
}

impl Machinery for CentreProcess {
    fn kill(&mut self, victim: Victim) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async move {
            let killed = match victim {
                Victim::Kezek => self.kill_centre().await,
                Victim::Redis => {
                    self.kill_redis();
                    Ok(())
                }
                Victim::Both => {
                    self.kill_redis();
                    self.kill_centre().await
                }
            };
            killed.map_err(|error| error.to_string())
        })
    }

    fn start(&mut self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async move { self.start_again().await.map_err(|error| error.to_string()) })
    }

    fn hold_up(&mut self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(std::future::ready(self.signal_redis(Signal::STOP)))
    }

    fn let_go(&mut self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(std::future::ready(self.signal_redis(Signal::CONT)))
    }
}

impl Drop for CentreProcess {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // the runtime reaps it
            let _ended = child.start_kill();
            self.kill_redis();
        }
    }
}

fn spawn(launch: &Launch) -> io::Result<Child> {
    let log = fs::File::options().create(true).append(true).open(&launch.log)?;
    let mut command = Command::from((launch.command)());
    command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).kill_on_drop(true).spawn()
}

fn pid_of(pid: u32) -> Option<Pid> {
    i32::try_from(pid).ok().and_then(Pid::from_raw)
}

/// The process that the directory's lock names, if it still lives there: its number may be another's by now.
fn pid_of_redis(directory: &Path) -> Option<Pid> {
    let lock = fs::read_to_string(directory.join("server.lock")).ok()?;
    let pid = lock.strip_prefix("pid ")?.lines().next()?;
    let lives_in = fs::read_link(format!("/proc/{pid}/cwd")).ok()?;
    let pid = pid.parse().ok().and_then(pid_of);
    pid.filter(|_| directory.canonicalize().is_ok_and(|directory| directory == lives_in))
}

/// True if the centre says that it is ready.
async fn is_ready(address: SocketAddr) -> bool {
    get(address, "/readyz").await.is_some_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

/// How many calls the centre's journal holds for its store, as it last counted them; nothing, if it does not say.
async fn held_calls(address: SocketAddr) -> Option<u64> {
    let metrics = get(address, "/metrics").await?;
    metrics.lines().find_map(|line| line.strip_prefix("kezek_held_calls ")?.parse().ok())
}

/// What the centre answers to a path that is not gRPC's; nothing, if it does not.
async fn get(address: SocketAddr, path: &str) -> Option<String> {
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: centre\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        io::Result::Ok(answer)
    };
    timeout(Duration::from_secs(2), ask).await.ok()?.ok()
}
