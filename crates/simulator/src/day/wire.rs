//! The way between one node and the store, on which requests and replies take time and are lost, sent twice, or held up.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use futures::FutureExt as _;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use store::{Answer, Changes, Commit, Cursor, Lease, Outcome, SharedStore, Store, StoreError};
use tokio::time::Instant;

/// What happens to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// It never arrives, and nobody knows.
    RequestLost,
    /// It is carried out, and the reply never arrives.
    ReplyLost,
    /// It arrives twice.
    Twice,
    /// The store refuses it as too large.
    Refused,
}

/// How likely mishaps are, each in a thousand requests.
#[derive(Clone, Copy, Debug, Default)]
pub struct Weather {
    /// Requests that never arrive.
    pub requests_lost: u32,
    /// Replies that never arrive.
    pub replies_lost: u32,
    /// Requests that arrive twice.
    pub twice: u32,
    /// The longest way there or back, in milliseconds; 0 for none at all.
    pub delay_ms_max: u64,
}

/// How long a node waits for a reply before it calls the outcome unknown.
const PATIENCE: Duration = Duration::from_millis(800);

/// How often a stream that is held up looks whether it may go on.
const DEAF: Duration = Duration::from_millis(50);

/// The way between one node and the store.
pub struct Wire {
    store: SharedStore,
    pace: Pace,
    state: Mutex<State>,
}

/// Keeps everything that people and messages do off the moments at which nodes do their rounds. A round makes its marks
/// safe on another thread; whatever happened at the same moment would happen before or after it by chance.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    began: Instant,
}

/// Milliseconds between two moments at which rounds may begin.
const ROUND_MS: u128 = 10;

/// How long after such a moment everything else happens.
const OFF_ROUND_MS: u128 = 3;

impl Default for Pace {
    fn default() -> Self {
        Self::new()
    }
}

impl Pace {
    /// A pace that begins now, with the first round.
    pub fn new() -> Self {
        Self { began: Instant::now() }
    }

    /// Rests about this long, and wakes off every round.
    pub async fn rest(&self, time: Duration) {
        self.until(time, OFF_ROUND_MS).await;
    }

    /// Rests about this long, and wakes when a round may begin.
    pub async fn rest_until_round(&self, time: Duration) {
        self.until(time, 0).await;
    }

    async fn until(&self, time: Duration, phase_ms: u128) {
        let earliest_ms = (self.began.elapsed() + time).as_millis();
        let missing_ms = (phase_ms + ROUND_MS - earliest_ms % ROUND_MS) % ROUND_MS;
        let at_ms = u64::try_from(earliest_ms + missing_ms).expect("a day has few milliseconds");
        tokio::time::sleep_until(self.began + Duration::from_millis(at_ms)).await;
    }
}

struct State {
    random: ChaCha8Rng,
    weather: Weather,
    cut: bool,
    deaf: bool,
    /// Mishaps that are to happen to the next commit of that cause.
    planned: VecDeque<(String, Mishap)>,
}

impl Wire {
    /// A way to `store` in this weather; the same seed makes the same mishaps.
    pub fn new(store: SharedStore, pace: Pace, weather: Weather, seed: u64) -> Arc<Self> {
        let random = ChaCha8Rng::seed_from_u64(seed);
        let state = State { random, weather, cut: false, deaf: false, planned: VecDeque::new() };
        Arc::new(Self { store, pace, state: Mutex::new(state) })
    }

    /// Cuts the way, or mends it.
    pub fn set_cut(&self, cut: bool) {
        self.state().cut = cut;
    }

    /// Holds the stream of changes up, or lets it go on; everything else passes.
    pub fn set_deaf(&self, deaf: bool) {
        self.state().deaf = deaf;
    }

    /// Changes the weather.
    pub fn set_weather(&self, weather: Weather) {
        self.state().weather = weather;
    }

    /// Plans what happens to the next commit of that cause.
    pub fn plan(&self, cause: &str, mishap: Mishap) {
        self.state().planned.push_back((cause.to_owned(), mishap));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it draws a mishap")
    }

    /// Goes one way; fails if it is cut.
    async fn pass(&self) -> Result<(), StoreError> {
        let delay = self.state().delay();
        if !delay.is_zero() {
            self.pace.rest(delay).await;
        }
        if self.state().cut {
            return Err(StoreError::Unavailable { reason: "the way is cut".to_owned(), source: None });
        }
        Ok(())
    }

    /// Asks and brings the answer back, for requests that change nothing or may be repeated.
    fn ask<'a, T: Send + 'a>(&'a self, asked: Answer<'a, T>) -> Answer<'a, T> {
        async move {
            self.pass().await?;
            let mishap = self.state().mishap(None);
            if mishap == Some(Mishap::RequestLost) {
                return self.silence().await;
            }
            let answer = asked.await;
            if mishap == Some(Mishap::ReplyLost) {
                return self.silence().await;
            }
            self.pass().await?;
            answer
        }
        .boxed()
    }

    async fn silence<T>(&self) -> Result<T, StoreError> {
        self.pace.rest(PATIENCE).await;
        Err(StoreError::Unknown { source: None })
    }
}

impl State {
    fn delay(&mut self) -> Duration {
        match self.weather.delay_ms_max {
            0 => Duration::ZERO,
            longest => Duration::from_millis(self.random.random_range(1..=longest)),
        }
    }

    fn mishap(&mut self, cause: Option<&str>) -> Option<Mishap> {
        if let Some(place) = self.planned.iter().position(|(planned, _)| Some(planned.as_str()) == cause) {
            return self.planned.remove(place).map(|(_, mishap)| mishap);
        }
        let Weather { requests_lost, replies_lost, twice, .. } = self.weather;
        if requests_lost + replies_lost + twice == 0 {
            return None;
        }
        let drawn = self.random.random_range(0..1000);
        if drawn < requests_lost {
            Some(Mishap::RequestLost)
        } else if drawn < requests_lost + replies_lost {
            Some(Mishap::ReplyLost)
        } else if drawn < requests_lost + replies_lost + twice {
            Some(Mishap::Twice)
        } else {
            None
        }
    }
}

impl Store for Wire {
    fn commit(&self, commit: Commit) -> Answer<'_, Outcome> {
        async move {
            self.pass().await?;
            let mishap = self.state().mishap(Some(&commit.cause));
            let outcome = match mishap {
                Some(Mishap::RequestLost) => return self.silence().await,
                Some(Mishap::Refused) => {
                    let refusal = store::Refusal::Limit { what: "bytes of one commit", found: 2, limit: 1 };
                    return Err(StoreError::Refused(refusal));
                }
                Some(Mishap::Twice) => {
                    let first = self.store.commit(commit.clone()).await;
                    let _ = self.store.commit(commit).await;
                    first
                }
                Some(Mishap::ReplyLost) | None => self.store.commit(commit).await,
            };
            if mishap == Some(Mishap::ReplyLost) {
                return self.silence().await;
            }
            // what happened to the reply on a way that was cut meanwhile, nobody knows
            match self.pass().await {
                Ok(()) => outcome,
                Err(_) => Err(StoreError::Unknown { source: None }),
            }
        }
        .boxed()
    }

    fn changes_after(&self, after: Cursor, limit: usize, wait: Duration) -> Answer<'_, Changes> {
        async move {
            let changes = self.ask(self.store.changes_after(after, limit, wait)).await;
            while self.state().deaf {
                self.pace.rest(DEAF).await;
            }
            changes
        }
        .boxed()
    }

    store::forward!(store through ask: get remembered tip open queue closed_before latest_closed forget);
    store::forward!(store through ask: begin_lineage offer restoring put_back end_restore positions presence);
    store::forward!(store through ask: time);

    // who holds the lease is taken down at once, so it must not be asked before the way is known to be open
    fn lease(&self, holder: &str, ttl: Duration) -> Answer<'_, Lease> {
        let holder = holder.to_owned();
        self.ask(async move { self.store.lease(&holder, ttl).await }.boxed())
    }

    fn release(&self, holder: &str) -> Answer<'_, ()> {
        let holder = holder.to_owned();
        self.ask(async move { self.store.release(&holder).await }.boxed())
    }
}
