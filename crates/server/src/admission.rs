//! How many requests and streams are worked on at once: beyond that they are refused, never queued without end.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::Status;

use crate::{
    access::Treatment,
    codes::ServerCode,
    limits::{HEALTH_STREAMS_MAX, INTAKE_RESERVE_PERCENT},
    status,
};

/// Places for requests and streams.
#[derive(Clone, Debug)]
pub(crate) struct Admission {
    requests: Arc<Semaphore>,
    /// Only calls coming in may use these.
    reserve: Arc<Semaphore>,
    streams: Arc<Semaphore>,
    /// Streams of health, which need no token.
    health: Arc<Semaphore>,
}

impl Admission {
    /// So many requests and streams at once.
    pub(crate) fn new(requests_max: usize, streams_max: usize) -> Self {
        let reserve = requests_max * INTAKE_RESERVE_PERCENT / 100;
        Self {
            requests: Arc::new(Semaphore::new(requests_max - reserve)),
            reserve: Arc::new(Semaphore::new(reserve)),
            streams: Arc::new(Semaphore::new(streams_max)),
            health: Arc::new(Semaphore::new(HEALTH_STREAMS_MAX)),
        }
    }

    /// A place for one request or stream, held as long as the permit. A call coming in waits for one; its request's
    /// time bounds that.
    pub(crate) async fn admit(&self, treatment: Treatment) -> Result<OwnedSemaphorePermit, Status> {
        match treatment {
            Treatment::Intake => match Arc::clone(&self.requests).try_acquire_owned() {
                Ok(permit) => Ok(permit),
                Err(_) => Arc::clone(&self.reserve)
                    .acquire_owned()
                    .await
                    .map_err(|_| too_many(ServerCode::TooManyRequests, "requests")),
            },
            Treatment::Unary | Treatment::Long => Arc::clone(&self.requests)
                .try_acquire_owned()
                .map_err(|_| too_many(ServerCode::TooManyRequests, "requests")),
            Treatment::Stream | Treatment::Feed => Arc::clone(&self.streams)
                .try_acquire_owned()
                .map_err(|_| too_many(ServerCode::TooManyStreams, "streams")),
        }
    }

    /// A place for one stream of health.
    pub(crate) fn admit_health(&self) -> Result<OwnedSemaphorePermit, Status> {
        let place = Arc::clone(&self.health).try_acquire_owned();
        place.map_err(|_| too_many(ServerCode::TooManyStreams, "streams of health"))
    }
}

fn too_many(code: ServerCode, what: &str) -> Status {
    let sentence = format!("more {what} at once than are taken; try again in a moment");
    status::of_server(code, sentence, vec![("what", what.to_owned())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_flood_of_anything_else_leaves_room_for_calls() {
        let admission = Admission::new(8, 1);
        let mut held = Vec::new();
        while let Ok(permit) = admission.admit(Treatment::Unary).await {
            held.push(permit);
        }
        assert_eq!(held.len(), 6, "a quarter is kept");
        let first = admission.admit(Treatment::Intake).await.unwrap();
        let _second = admission.admit(Treatment::Intake).await.unwrap();
        // the third waits for a place, and gets the first that is free
        let waiting = tokio::spawn({
            let admission = admission.clone();
            async move { admission.admit(Treatment::Intake).await.is_ok() }
        });
        drop(first);
        assert!(waiting.await.unwrap());
        let _stream = admission.admit(Treatment::Stream).await.unwrap();
        assert!(admission.admit(Treatment::Stream).await.is_err());
    }
}
