//! When a stream ends by itself: its token's time is over, the server stops, or it is old.

use std::time::Duration;

use identity::{Principal, TokenRefusal};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tonic::Status;
use uuid::Uuid;

use crate::{
    codes::ServerCode,
    limits::{STREAM_AGE_JITTER, STREAM_AGE_MAX},
    status::{of_server, of_token},
    wall_clock,
};

/// When a stream ends by itself.
pub(in crate::services) struct StreamEnd {
    stopping: CancellationToken,
    old_at: Instant,
    expires_at: Instant,
}

impl StreamEnd {
    /// The end of a stream that begins now.
    pub(in crate::services) fn new(stopping: &CancellationToken, principal: &Principal) -> Self {
        let now = Instant::now();
        let left = principal.valid_until().duration_since(wall_clock::now());
        let left = Duration::try_from(left).unwrap_or(Duration::ZERO);
        let jitter = STREAM_AGE_JITTER.mul_f64(f64::from(Uuid::new_v4().as_bytes()[0]) / 256.0);
        Self {
            stopping: stopping.clone(),
            old_at: now + (STREAM_AGE_MAX - jitter),
            // a token may be valid longer than any stream lives
            expires_at: now + left.min(STREAM_AGE_MAX * 2),
        }
    }

    /// Waits for the end, and says why it came.
    pub(in crate::services) async fn wait(self) -> Status {
        tokio::select! {
            () = self.stopping.cancelled() => {
                let sentence = "this node is about to stop; resume, on another node if there is one";
                of_server(ServerCode::ShuttingDown, sentence, Vec::new())
            }
            () = tokio::time::sleep_until(self.expires_at) => of_token(TokenRefusal::Expired),
            () = tokio::time::sleep_until(self.old_at) => {
                let sentence = "this stream has reached its age; resume";
                of_server(ServerCode::StreamRenewal, sentence, Vec::new())
            }
        }
    }
}
