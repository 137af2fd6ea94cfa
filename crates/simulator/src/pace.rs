//! How fast the simulated people live: as fast as the centre's clock runs.

mod measured;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

pub use measured::{ClockRateError, check_clock_rate};

/// How many seconds of the centre's clock pass in one second. The centre must be told the same (`clock_rate`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace(f64);

/// A clock rate that is none.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("a clock rate is a number from 1 to 10000, not {0}")]
pub struct PaceError(f64);

impl Pace {
    /// The centre's clock is everybody's clock.
    pub const REAL: Self = Self(1.0);

    /// Checks the rate.
    ///
    /// # Errors
    /// [`PaceError`] unless it is 1 to 10,000.
    pub fn new(clock_rate: f64) -> Result<Self, PaceError> {
        if (1.0..=10_000.0).contains(&clock_rate) { Ok(Self(clock_rate)) } else { Err(PaceError(clock_rate)) }
    }

    /// The rate.
    pub const fn clock_rate(self) -> f64 {
        self.0
    }

    /// How long `seconds` of the centre's clock take.
    pub fn wait(self, seconds: f64) -> Duration {
        Duration::from_secs_f64((seconds / self.0).clamp(0.0, 86_400.0))
    }

    /// Sleeps `seconds` of the centre's clock.
    pub async fn sleep(self, seconds: f64) {
        tokio::time::sleep(self.wait(seconds)).await;
    }

    /// How many seconds of the centre's clock pass in `real`.
    pub fn passed(self, real: Duration) -> f64 {
        real.as_secs_f64() * self.0
    }
}

/// The centre's clock as the frames of a watch tell it, carried on at the pace between them.
#[derive(Clone, Debug)]
pub struct CentreClock {
    pace: Pace,
    told: Arc<Mutex<Option<(Timestamp, Instant)>>>,
}

impl CentreClock {
    /// A clock that nobody has set yet.
    pub fn new(pace: Pace) -> Self {
        Self { pace, told: Arc::default() }
    }

    /// A frame told the time.
    pub fn tell(&self, time: Timestamp) {
        let mut told = self.told.lock().expect("nothing panics while it holds the time");
        *told = Some((time, Instant::now()));
    }

    /// The time `seconds_ago` on the centre's clock; absent until a frame told it.
    pub fn ago(&self, seconds_ago: f64) -> Option<Timestamp> {
        let told = *self.told.lock().expect("nothing panics while it holds the time");
        let (time, at) = told?;
        let passed = self.pace.passed(at.elapsed()) - seconds_ago;
        time.checked_add(SignedDuration::try_from_secs_f64(passed).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_faster_clock_makes_every_wait_shorter() {
        let pace = Pace::new(60.0).unwrap();
        assert_eq!(pace.wait(60.0), Duration::from_secs(1));
        assert!((pace.passed(Duration::from_secs(2)) - 120.0).abs() < 1e-9);
        assert_eq!(pace.wait(-5.0), Duration::ZERO);
        for bad in [0.0, 0.5, -1.0, f64::NAN, f64::INFINITY] {
            assert!(Pace::new(bad).is_err(), "{bad} was taken");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_centres_clock_runs_on_between_frames() {
        let clock = CentreClock::new(Pace::new(10.0).unwrap());
        assert_eq!(clock.ago(0.0), None);
        clock.tell(Timestamp::UNIX_EPOCH);
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!(clock.ago(5.0), Timestamp::from_second(25).ok());
    }
}
