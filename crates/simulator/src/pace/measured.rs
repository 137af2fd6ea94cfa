//! Whether the centre's clock runs at the pace the people live by: read off the frames of a watch, each of which tells
//! the centre's time.
//!
//! People who hurry more or less than the clock make every answer late, or none: what such a replay shows is worth nothing.

use std::time::Duration;

use jiff::Timestamp;
use protocol::watch::v1::{
    Scope, WatchRequest,
    scope::{self, Centre},
    watch_service_client::WatchServiceClient,
};
use tokio::time::{Instant, timeout};

use crate::{
    connection::{Access, Failure},
    crowd::from_wire,
};

/// How much real time must lie between two frames: a rate read off a shorter time would be mostly chance.
const MEASURED_OVER: Duration = Duration::from_millis(1_500);

/// How long to wait for them: heartbeats come every two seconds.
const PATIENCE: Duration = Duration::from_secs(15);

/// How many times the one rate may be the other before they differ clearly. A machine that is busy holds frames up for
/// some tenths of a second, which is less.
const DIFFERS: f64 = 1.5;

/// The largest frame the contract allows is 1 MiB; a little more for the rest of the message.
const FRAME_BYTES_MAX: usize = 2 << 20;

/// Why it is not known that the centre's clock runs at the pace.
#[derive(Debug, thiserror::Error)]
pub enum ClockRateError {
    /// It runs at another.
    #[error(
        "the centre's clock runs about {measured:.1} times as fast as this machine's, and not {said} times"
    )]
    Differs {
        /// The rate by its frames.
        measured: f64,
        /// The rate the people would live by.
        said: f64,
    },
    /// No watch could be begun.
    #[error("the centre's clock cannot be watched")]
    Token(#[source] Failure),
    /// The watch broke.
    #[error("the centre's clock cannot be watched")]
    Watch(#[source] Box<tonic::Status>),
    /// No frames came.
    #[error("the centre did not tell its time within {} s", PATIENCE.as_secs())]
    Silent,
}

/// Compares the rate of the centre's clock with the pace of `access`.
///
/// # Errors
/// [`ClockRateError`].
pub async fn check_clock_rate(access: &Access) -> Result<(), ClockRateError> {
    let measured = timeout(PATIENCE, measure(access)).await.map_err(|_| ClockRateError::Silent)??;
    let said = access.pace().clock_rate();
    if differs(measured, said) { Err(ClockRateError::Differs { measured, said }) } else { Ok(()) }
}

/// Seconds of the centre's clock in one second, as the frames of a watch have it.
async fn measure(access: &Access) -> Result<f64, ClockRateError> {
    let person = access.operator("clock-reader");
    let scope = Some(Scope { scope: Some(scope::Scope::Centre(Centre {})) });
    let request = WatchRequest { scope, view: 0, resume_after: None };
    let request = person.signed(request).map_err(ClockRateError::Token)?;
    let mut client = WatchServiceClient::new(person.channel()).max_decoding_message_size(FRAME_BYTES_MAX);
    let broken = |status| ClockRateError::Watch(Box::new(status));
    let mut frames = client.watch(request).await.map_err(broken)?.into_inner();
    let mut first = None;
    while let Some(frame) = frames.message().await.map_err(broken)? {
        let Some(told) = from_wire(frame.server_time.as_ref()) else { continue };
        let now = Instant::now();
        let (first_told, first_at) = *first.get_or_insert((told, now));
        let real = now.duration_since(first_at);
        if real >= MEASURED_OVER {
            return Ok(rate(first_told, told, real));
        }
    }
    Err(ClockRateError::Silent)
}

fn rate(from: Timestamp, to: Timestamp, real: Duration) -> f64 {
    to.duration_since(from).as_secs_f64() / real.as_secs_f64()
}

fn differs(measured: f64, said: f64) -> bool {
    measured > said * DIFFERS || said > measured * DIFFERS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_differ_clearly_and_a_late_frame_is_no_difference() {
        for (measured, said) in [(1.0, 1.0), (0.8, 1.0), (1.3, 1.0), (58.0, 60.0), (75.0, 60.0)] {
            assert!(!differs(measured, said), "{measured} and {said}");
        }
        for (measured, said) in [(1.0, 10.0), (10.0, 1.0), (60.0, 30.0), (2.0, 1.0), (0.0, 1.0)] {
            assert!(differs(measured, said), "{measured} and {said}");
        }
        let (from, to) = (Timestamp::UNIX_EPOCH, Timestamp::from_second(120).unwrap());
        assert!((rate(from, to, Duration::from_secs(2)) - 60.0).abs() < 1e-9);
    }
}
