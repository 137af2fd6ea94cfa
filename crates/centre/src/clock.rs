//! The centre's clock: monotonic, tied to the store's own time, never backwards.

use std::{
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use futures::{FutureExt as _, future::BoxFuture};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// The time of a centre.
pub trait Clock: Send + Sync + 'static {
    /// The time now; never earlier than any time it gave before.
    fn now(&self) -> Timestamp;

    /// Completes when the time has come; at once if it has passed.
    fn sleep_until(&self, time: Timestamp) -> BoxFuture<'static, ()>;

    /// Ties the clock to the store's own time, as read just now. A clock that is not tied to a store ignores it.
    fn tie(&self, store_time: Timestamp) {
        let _ = store_time;
    }
}

/// Runs on the monotonic clock of the machine (of tokio, so a test that pauses it has virtual time), from the time the
/// store had at connect. A cheap clone shares its state.
#[derive(Clone, Debug)]
pub struct SystemClock {
    state: std::sync::Arc<Mutex<State>>,
    rate: u32,
}

#[derive(Clone, Copy, Debug)]
struct State {
    /// From when on the time is told.
    anchor: Instant,
    /// The time at the anchor.
    time: Timestamp,
    /// How far the time at the anchor was ahead of the store; it is given back by running at half speed.
    ahead: Duration,
}

/// How long a sleeper sleeps before it looks again: a tie may have moved the time.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

impl SystemClock {
    /// A clock that shows `time` now and runs at the real rate.
    pub fn starting_at(time: Timestamp) -> Self {
        Self::at_rate(time, 1)
    }

    /// A clock that shows `time` now and runs `rate` centre seconds in each real second (at least 1). A clock at
    /// another rate than 1 is a replay's and is tied to nothing after its start.
    pub fn at_rate(time: Timestamp, rate: u32) -> Self {
        let state = State { anchor: Instant::now(), time, ahead: Duration::ZERO };
        Self { state: std::sync::Arc::new(Mutex::new(state)), rate: rate.max(1) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds the clock's state")
    }
}

impl State {
    fn at(&self, instant: Instant, rate: u32) -> Timestamp {
        let elapsed = instant.saturating_duration_since(self.anchor);
        let told = elapsed.saturating_sub(self.ahead.min(elapsed / 2)).saturating_mul(rate);
        later(self.time, told)
    }
}

/// The time so much later, or the last there is.
fn later(time: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| time.checked_add(by).ok()).unwrap_or(Timestamp::MAX)
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        self.state().at(Instant::now(), self.rate)
    }

    fn sleep_until(&self, time: Timestamp) -> BoxFuture<'static, ()> {
        let clock = self.clone();
        async move {
            loop {
                let now = clock.now();
                if now >= time {
                    return;
                }
                let remaining = time.duration_since(now).unsigned_abs() / clock.rate;
                // a timer of tokio counts milliseconds, so a shorter wait would be no wait
                tokio::time::sleep(remaining.clamp(Duration::from_millis(1), LOOK_AGAIN)).await;
            }
        }
        .boxed()
    }

    fn tie(&self, store_time: Timestamp) {
        if self.rate != 1 {
            return;
        }
        let instant = Instant::now();
        let mut state = self.state();
        let now = state.at(instant, 1);
        // ahead of the store, the time goes on at half speed until it meets; behind it, the time jumps
        let ahead = Duration::try_from(now.duration_since(store_time)).unwrap_or(Duration::ZERO);
        *state = State { anchor: instant, time: now.max(store_time), ahead };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(count: i64) -> Timestamp {
        Timestamp::from_second(count).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn it_runs_at_its_rate() {
        let clock = SystemClock::at_rate(second(100), 60);
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(clock.now(), second(220));
        clock.sleep_until(second(400)).await;
        assert!(clock.now() >= second(400) && clock.now() < second(401));
    }

    #[tokio::test(start_paused = true)]
    async fn a_tie_moves_it_forward_at_once_and_back_only_by_running_slowly() {
        let clock = SystemClock::starting_at(second(100));
        clock.tie(second(150));
        assert_eq!(clock.now(), second(150));
        clock.tie(second(140));
        assert_eq!(clock.now(), second(150), "never backwards");
        tokio::time::advance(Duration::from_secs(10)).await;
        assert_eq!(clock.now(), second(155), "half speed");
        tokio::time::advance(Duration::from_secs(30)).await;
        assert_eq!(clock.now(), second(180), "and at the store's time again");
    }

    #[tokio::test(start_paused = true)]
    async fn a_time_that_has_passed_is_not_waited_for() {
        let clock = SystemClock::starting_at(second(100));
        clock.sleep_until(second(50)).await;
        assert_eq!(clock.now(), second(100));
    }
}
