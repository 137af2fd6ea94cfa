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
pub(crate) struct StreamEnd {
    stopping: CancellationToken,
    old_at: Instant,
    /// When the token is over; nothing where none was needed.
    expires_at: Option<Instant>,
}

impl StreamEnd {
    /// The end of a stream that begins now.
    pub(crate) fn new(stopping: &CancellationToken, principal: &Principal) -> Self {
        let left = principal.valid_until().duration_since(wall_clock::now());
        let left = Duration::try_from(left).unwrap_or(Duration::ZERO);
        // a token may be valid longer than any stream lives
        let expires_at = Instant::now() + left.min(STREAM_AGE_MAX * 2);
        Self { expires_at: Some(expires_at), ..Self::of_anybody(stopping) }
    }

    /// The end of a stream that begins now and needs no token.
    pub(crate) fn of_anybody(stopping: &CancellationToken) -> Self {
        let jitter = STREAM_AGE_JITTER.mul_f64(f64::from(Uuid::new_v4().as_bytes()[0]) / 256.0);
        let old_at = Instant::now() + (STREAM_AGE_MAX - jitter);
        Self { stopping: stopping.clone(), old_at, expires_at: None }
    }

    /// Waits for the end, and says why it came. It is looked at whenever a stream has something to tell, so it is one timer.
    pub(crate) async fn wait(self) -> Status {
        let ends_with_token = self.expires_at.filter(|expires_at| *expires_at < self.old_at);
        tokio::select! {
            () = self.stopping.cancelled() => {
                let sentence = "this node is about to stop; resume, on another node if there is one";
                of_server(ServerCode::ShuttingDown, sentence, Vec::new())
            }
            () = tokio::time::sleep_until(ends_with_token.unwrap_or(self.old_at)) => {
                if ends_with_token.is_some() {
                    return of_token(TokenRefusal::Expired);
                }
                let sentence = "this stream has reached its age; resume";
                of_server(ServerCode::StreamRenewal, sentence, Vec::new())
            }
        }
    }
}
