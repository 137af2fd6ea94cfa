//! A node that serves, and how it stops: it says so, lets everybody finish, and leaves everything on the disk.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use operations::ControlRoom;
use redis_store::Private;
use tokio::{task::JoinSet, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    configuration::Configuration,
    hold::Hold,
    limits::{DRAIN_TIME_MAX, LEASE_RELEASE_MAX, REDIS_STOP_MAX},
    listen,
    numbers::FileNumbers,
    start::{ServeError, start},
    telemetry,
};

/// A node that serves. Dropped without [`drain`](Self::drain), it ends as in a crash; a private Redis runs on, for the
/// next start to adopt.
pub struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) room: ControlRoom,
    pub(crate) numbers: Arc<FileNumbers>,
    pub(crate) private: Option<Private>,
    pub(crate) parts: JoinSet<&'static str>,
    pub(crate) connections: TaskTracker,
    pub(crate) draining: CancellationToken,
    pub(crate) closing: CancellationToken,
    pub(crate) cutting: CancellationToken,
    pub(crate) ending: CancellationToken,
    pub(crate) notice: Duration,
    /// The data directory is this node's until the very end: also while its Redis stops.
    #[expect(dead_code, reason = "it is let go when this is dropped")]
    pub(crate) hold: Hold,
}

impl Running {
    /// Where it listens; with the port it got, if any was asked for.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The control room, for whoever shares the process: tests and the simulator.
    pub const fn room(&self) -> &ControlRoom {
        &self.room
    }

    /// The private Redis, if it has one.
    pub const fn private(&self) -> Option<&Private> {
        self.private.as_ref()
    }

    /// The metrics of this process as Prometheus reads them.
    pub fn metrics(&self) -> String {
        telemetry::metrics().render()
    }

    /// Waits until a part of the node ends that never should. The node is then of no use: drain it and start anew.
    pub async fn failed(&mut self) -> ServeError {
        match self.parts.join_next().await {
            Some(Ok(part)) => ServeError::PartEnded { part },
            Some(Err(error)) => {
                tracing::error!(%error, "a part of the node ended in a panic");
                ServeError::PartEnded { part: "background work" }
            }
            None => std::future::pending().await,
        }
    }

    /// Stops serving and dispatching and leaves the store up, for whoever reads it when everybody has gone home: says that
    /// it is not ready, ends the streams with the advice to resume elsewhere, and lets requests in flight finish.
    pub async fn stop_serving(&mut self) {
        tracing::info!("draining");
        self.draining.cancel();
        tokio::time::sleep(self.notice).await;
        self.closing.cancel();
        self.ending.cancel();
        if !listen::wait_for_connections(&self.connections, DRAIN_TIME_MAX).await {
            tracing::warn!(
                left = self.connections.len(),
                "some connections did not end in time; they are cut"
            );
        }
        self.cutting.cancel();
        self.parts.shutdown().await;
        match timeout(LEASE_RELEASE_MAX, self.room.store.release(&self.room.node)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::debug!(%error, "the dispatcher's lease runs out by itself"),
            Err(_) => tracing::debug!("the store does not answer; the dispatcher's lease runs out by itself"),
        }
        if let Err(error) = self.numbers.close() {
            tracing::warn!(%error, "some spoken numbers will be left out");
        }
    }

    /// Stops serving, and its Redis with it. Takes less than [`STOP_MAX`] whatever clients and Redis do.
    ///
    /// [`STOP_MAX`]: crate::limits::STOP_MAX
    pub async fn drain(mut self) {
        self.stop_serving().await;
        if let Some(private) = self.private.take() {
            match timeout(REDIS_STOP_MAX, private.stop()).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::error!(error, "the private Redis did not stop; the next start adopts it");
                }
                Err(_) => tracing::warn!(
                    "the private Redis is still ending; the next start waits for it or adopts it"
                ),
            }
        }
        tracing::info!("drained");
    }

    /// Ends at once as in a crash, and its private Redis with it: for tests, which leave nothing behind.
    pub fn end(mut self) {
        if let Some(private) = self.private.take() {
            private.end();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.closing.cancel();
        self.ending.cancel();
        self.cutting.cancel();
    }
}

/// Serves until `shutdown` completes, then drains. One that comes while the node still starts ends it at once: nothing
/// was promised to anybody yet, and a private Redis that runs already is adopted by the next start.
///
/// # Errors
/// [`ServeError`] if the node does not start, or a part of it ends that never should.
pub async fn serve(
    configuration: Configuration,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    tokio::pin!(shutdown);
    let mut running = tokio::select! {
        () = shutdown.as_mut() => return Ok(()),
        started = Box::pin(start(configuration)) => started?,
    };
    let ended = tokio::select! {
        () = shutdown => Ok(()),
        error = running.failed() => Err(error),
    };
    running.drain().await;
    ended
}
