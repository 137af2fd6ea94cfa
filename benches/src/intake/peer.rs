//! Programs of others that are compared with: found, started in a folder of their own, and ended by their process id.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    process::{Child, Command},
    time::{Instant, sleep, timeout},
};

use crate::side::Fault;

/// Longest wait for one to answer.
const READY: Duration = Duration::from_secs(30);

/// How often one is asked whether it answers.
const POLL: Duration = Duration::from_millis(50);

/// Longest wait for one to end by itself.
const END: Duration = Duration::from_secs(10);

/// A program of others that cannot be compared with here, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Absent(pub(crate) String);

/// Starts one, with what it says in a file.
///
/// # Errors
/// It cannot be started.
pub(crate) fn start(command: &mut Command, log: &Path) -> Result<Child, Fault> {
    let said = std::fs::File::create(log).map_err(Fault::at("write a log"))?;
    let also_said = said.try_clone().map_err(Fault::at("write a log"))?;
    command.stdin(Stdio::null()).stdout(said).stderr(also_said).kill_on_drop(true);
    command.spawn().map_err(Fault::at("start a program"))
}

/// Asks again and again until it answers.
///
/// # Errors
/// It does not; what it said is quoted.
pub(crate) async fn ready<T, E: std::fmt::Display>(
    log: PathBuf,
    mut ask: impl AsyncFnMut() -> Result<T, E>,
) -> Result<T, Fault> {
    let deadline = Instant::now() + READY;
    loop {
        match ask().await {
            Ok(answer) => return Ok(answer),
            Err(error) if Instant::now() > deadline => {
                let said = std::fs::read_to_string(&log).unwrap_or_default();
                return Err(Fault(format!("it does not answer: {error}; it said:\n{said}")));
            }
            Err(_) => sleep(POLL).await,
        }
    }
}

/// Tells one to end, and ends it if it does not.
pub(crate) async fn stop(child: &mut Child, signal: Signal) {
    let pid = child.id().and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
    if let Some(pid) = pid
        && kill_process(pid, signal).is_ok()
        && timeout(END, child.wait()).await.is_ok()
    {
        return;
    }
    // it has ended already, or does now
    let _ended = child.kill().await;
}
