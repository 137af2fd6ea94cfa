//! Whether this node takes requests: the store is followed, and nobody has asked it to stop.

use std::{sync::Arc, time::Duration};

use centre::Centre;
use tokio_util::sync::CancellationToken;
use tonic_health::{ServingStatus, server::HealthReporter};

/// How often the store's state is looked at for the health service; readiness looks at each request.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Whether this node takes requests.
#[derive(Clone)]
pub(crate) struct Readiness {
    centre: Centre,
    draining: CancellationToken,
}

impl Readiness {
    /// Ready while the store is followed and nothing is draining.
    pub(crate) const fn new(centre: Centre, draining: CancellationToken) -> Self {
        Self { centre, draining }
    }

    /// Why it is not ready, if it is not.
    pub(crate) fn obstacle(&self) -> Option<&'static str> {
        if self.draining.is_cancelled() {
            return Some("draining");
        }
        match self.centre.status() {
            centre::Status::Current => None,
            centre::Status::Starting => Some("starting"),
            centre::Status::Away { .. } => Some("store away"),
            centre::Status::Behind { .. } => Some("store behind"),
        }
    }

    /// How many records of the store cannot be read. Calls are taken all the same.
    pub(crate) fn damaged(&self) -> usize {
        self.centre.read(|picture| picture.damaged.len())
    }

    /// Keeps the health service true, for ever: of the node as a whole and of each service.
    pub(crate) async fn report(self, reporter: HealthReporter, services: Arc<[String]>) {
        let mut told = None;
        loop {
            let status =
                if self.obstacle().is_none() { ServingStatus::Serving } else { ServingStatus::NotServing };
            if told != Some(status) {
                reporter.set_service_status("", status).await;
                for service in services.iter() {
                    reporter.set_service_status(service, status).await;
                }
                told = Some(status);
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = self.draining.cancelled(), if !self.draining.is_cancelled() => {}
            }
        }
    }
}
