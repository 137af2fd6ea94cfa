//! Servers that are started again from this very program, so that their work is not that of whoever asks: each listens on a
//! port of its own, says it on standard output, and ends when it is let go.

use std::{net::SocketAddr, path::Path, process::Stdio};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpListener,
    process::Command,
    task::JoinSet,
};

use crate::side::{Fault, Watched};

/// A server that serves until it is dropped.
pub(crate) struct OwnServer {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// Its process, if it has one of its own.
    pid: Option<u32>,
    _serving: Box<dyn Send>,
}

impl OwnServer {
    /// Starts this program again with these arguments. What is to be kept for as long as it serves may be given along.
    ///
    /// # Errors
    /// It cannot be started, or does not say where it listens.
    pub(crate) async fn start(
        program: &Path,
        arguments: &[&Path],
        keeps: impl Send + 'static,
    ) -> Result<Self, Fault> {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().map_err(Fault::at("start a server"))?;
        let silent = || Fault("the server does not say where it is".to_owned());
        let said = child.stdout.take().ok_or_else(silent)?;
        let line = BufReader::new(said).lines().next_line().await;
        let line = line.map_err(Fault::at("hear where the server is"))?;
        let address = line.and_then(|line| line.parse().ok()).ok_or_else(silent)?;
        Ok(Self { address, pid: child.id(), _serving: Box::new((child, keeps)) })
    }

    /// Serves in this very process.
    ///
    /// # Errors
    /// No port can be had.
    pub(crate) async fn here<S>(serve: impl FnOnce(TcpListener) -> S) -> Result<Self, Fault>
    where
        S: Future<Output = Result<(), Fault>> + Send + 'static,
    {
        let (listener, address) = listen().await?;
        // a set ends its tasks when it is dropped
        let mut serving = JoinSet::new();
        serving.spawn(serve(listener));
        Ok(Self { address, pid: None, _serving: Box::new(serving) })
    }

    /// Its process; none where it is served by the one that asks, whose work would be both sides'.
    pub(crate) fn processes(&self) -> Vec<Watched> {
        self.pid.map(|pid| Watched { name: "server", pid }).into_iter().collect()
    }
}

/// Listens, and says on standard output where.
///
/// # Errors
/// No port can be had, or nobody hears where.
pub(crate) async fn listen_and_say() -> Result<TcpListener, Fault> {
    let (listener, address) = listen().await?;
    let mut told = tokio::io::stdout();
    told.write_all(format!("{address}\n").as_bytes()).await.map_err(Fault::at("say the address"))?;
    told.flush().await.map_err(Fault::at("say the address"))?;
    Ok(listener)
}

async fn listen() -> Result<(TcpListener, SocketAddr), Fault> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(Fault::at("listen"))?;
    let address = listener.local_addr().map_err(Fault::at("listen"))?;
    Ok((listener, address))
}
