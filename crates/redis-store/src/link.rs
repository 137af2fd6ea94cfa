//! The link to Redis: one shared connection, watched, given up when it is no good, and made again with growing pauses.
//!
//! It never sends anything twice: whether to ask again is the caller's to decide, with the same operation id.

use std::{
    sync::{
        Arc, Mutex, Weak,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use domain::causes::with_causes;
use redis::{
    AsyncConnectionConfig, Client, Cmd, PushInfo, PushKind, RedisError, Value,
    aio::{MultiplexedConnection, SendError},
};
use store::StoreError;
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout_at},
};

use crate::{
    Address, Settings,
    fault::{Effect, Health, health, meaning, unavailable},
    library, limits,
};

/// The link to one Redis, shared by every request of a store.
pub(crate) struct Link {
    address: Address,
    state: Arc<watch::Sender<State>>,
    /// Idle connections for blocking reads. A dropped read drops its connection, so what is here is silent.
    followers: Mutex<Vec<(u64, MultiplexedConnection)>>,
}

/// Whether Redis can be asked.
#[derive(Clone)]
enum State {
    /// Not now, and why.
    Down { generation: u64, why: Arc<str> },
    /// Yes, over this connection.
    Up { generation: u64, connection: MultiplexedConnection, timeouts: Arc<AtomicU32> },
}

impl Link {
    /// Connects, checks the server, and keeps the link from then on.
    ///
    /// # Errors
    /// Whatever the first attempt finds: later ones are made in the background.
    pub(crate) async fn connect(address: Address, settings: Settings) -> Result<Self, StoreError> {
        let down = State::Down { generation: 0, why: "not connected yet".into() };
        let (sender, receiver) = watch::channel(down);
        let state = Arc::new(sender);
        let connection = establish(&address, settings, &state, 1).await?;
        state.send_replace(State::up(1, connection));
        let supervisor = Supervisor { address: address.clone(), settings, state: Arc::downgrade(&state) };
        tokio::spawn(supervisor.keep(receiver));
        Ok(Self { address, state, followers: Mutex::new(Vec::new()) })
    }

    /// Asks Redis one thing, once.
    pub(crate) async fn ask(&self, command: &Cmd, effect: Effect) -> Result<Value, StoreError> {
        let deadline = Instant::now() + limits::LINK;
        let (generation, mut connection, timeouts) = self.up(deadline).await?;
        let deadline = Instant::now() + limits::RESPONSE + limits::BLOCKING_MARGIN;
        let Ok(answer) = timeout_at(deadline, command.query_async::<Value>(&mut connection)).await else {
            self.silent(generation, &timeouts);
            return Err(match effect {
                Effect::Writes => StoreError::Unknown { source: None },
                Effect::Reads => StoreError::Unavailable {
                    reason: "Redis did not answer in time".to_owned(),
                    source: None,
                },
            });
        };
        self.judged(answer, (generation, &timeouts), effect)
    }

    /// Takes what an answer says of the link, and what it means to whoever asked.
    fn judged<T>(
        &self,
        answer: Result<T, RedisError>,
        (generation, timeouts): (u64, &AtomicU32),
        effect: Effect,
    ) -> Result<T, StoreError> {
        let said = answer.as_ref().err().map(|error| (health(error), error));
        match said {
            None | Some((Health::Good, _)) => timeouts.store(0, Ordering::Relaxed),
            Some((Health::Silent, _)) => self.silent(generation, timeouts),
            Some((Health::Bad, error)) => give_up(&self.state, generation, &error.to_string()),
        }
        answer.map_err(|error| meaning(error, effect))
    }

    /// Asks Redis to change something, and then on the same connection how many replicas have it: it answers once so many
    /// have, or after a while.
    pub(crate) async fn ask_replicated(
        &self,
        command: &Cmd,
        replicas: u32,
        within: Duration,
    ) -> Result<(Value, u32), StoreError> {
        let (generation, _, timeouts) = self.up(Instant::now() + limits::LINK).await?;
        let deadline = Instant::now() + limits::RESPONSE;
        let mut both = redis::pipe();
        both.add_command(command.clone());
        both.cmd("WAIT").arg(replicas).arg(within.as_millis());
        let asked = timeout_at(deadline, async {
            let mut writer = self.follower_of(generation).await?;
            let answered = both.query_async::<(Value, u32)>(&mut writer.connection).await;
            Ok::<_, StoreError>((writer, answered))
        });
        let Ok(asked) = asked.await else {
            self.silent(generation, &timeouts);
            return Err(StoreError::Unknown { source: None });
        };
        let (writer, answered) = asked?;
        let answered = self.judged(answered, (generation, &timeouts), Effect::Writes)?;
        self.keep_follower(writer);
        Ok(answered)
    }

    /// Takes a connection of one's own, for a read that blocks. Give it back with [`Self::keep_follower`] only after
    /// it has answered everything.
    pub(crate) async fn follower(&self) -> Result<Follower, StoreError> {
        let (generation, ..) = self.up(Instant::now() + limits::LINK).await?;
        self.follower_of(generation).await
    }

    /// The same of a link that is up.
    async fn follower_of(&self, generation: u64) -> Result<Follower, StoreError> {
        if let Some(connection) = self.idle_follower(generation) {
            return Ok(Follower { generation, connection });
        }
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(limits::CONNECT))
            .set_response_timeout(None);
        let connection = open(&self.address, &config).await?;
        Ok(Follower { generation, connection })
    }

    /// A connection that was kept, unless it is older than the link.
    fn idle_follower(&self, generation: u64) -> Option<MultiplexedConnection> {
        let mut idle = self.followers.lock().expect("nothing panics while it holds the followers");
        idle.retain(|(made_in, _)| *made_in == generation);
        idle.pop().map(|(_, connection)| connection)
    }

    /// Keeps a connection for the next blocking read.
    pub(crate) fn keep_follower(&self, follower: Follower) {
        let mut idle = self.followers.lock().expect("nothing panics while it holds the followers");
        if idle.len() < limits::FOLLOWERS_MAX {
            idle.push((follower.generation, follower.connection));
        }
    }

    /// The connection, waiting until the deadline for one.
    async fn up(
        &self,
        deadline: Instant,
    ) -> Result<(u64, MultiplexedConnection, Arc<AtomicU32>), StoreError> {
        let mut receiver = self.state.subscribe();
        loop {
            let why = match &*receiver.borrow_and_update() {
                State::Up { generation, connection, timeouts } => {
                    return Ok((*generation, connection.clone(), Arc::clone(timeouts)));
                }
                State::Down { why, .. } => why.to_string(),
            };
            if timeout_at(deadline, receiver.changed()).await.is_err() {
                return Err(StoreError::Unavailable { reason: why, source: None });
            }
        }
    }

    fn silent(&self, generation: u64, timeouts: &AtomicU32) {
        if timeouts.fetch_add(1, Ordering::Relaxed) + 1 >= limits::TIMEOUTS_IN_A_ROW {
            give_up(&self.state, generation, "Redis did not answer several times in a row");
        }
    }
}

/// A connection for reads that block.
pub(crate) struct Follower {
    generation: u64,
    connection: MultiplexedConnection,
}

impl Follower {
    /// Asks, and waits this long for the answer. After an error the connection must be dropped.
    pub(crate) async fn ask(&mut self, command: &Cmd, wait: Duration) -> Result<Value, StoreError> {
        let deadline = Instant::now() + wait;
        match timeout_at(deadline, command.query_async::<Value>(&mut self.connection)).await {
            Ok(answer) => answer.map_err(|error| meaning(error, Effect::Reads)),
            Err(_) => Err(StoreError::Unavailable {
                reason: "Redis did not answer in time".to_owned(),
                source: None,
            }),
        }
    }
}

impl State {
    fn up(generation: u64, connection: MultiplexedConnection) -> Self {
        Self::Up { generation, connection, timeouts: Arc::new(AtomicU32::new(0)) }
    }
}

/// Marks a connection as no good, unless it has been replaced since.
fn give_up(state: &watch::Sender<State>, of: u64, why: &str) {
    state.send_if_modified(|state| {
        let State::Up { generation, .. } = state else { return false };
        let generation = *generation;
        if generation != of {
            return false;
        }
        tracing::warn!(why, "the link to Redis is down");
        *state = State::Down { generation, why: why.into() };
        true
    });
}

/// Makes the link again whenever it is down, until the store is dropped.
struct Supervisor {
    address: Address,
    settings: Settings,
    state: Weak<watch::Sender<State>>,
}

impl Supervisor {
    async fn keep(self, mut receiver: watch::Receiver<State>) {
        loop {
            let is_down = |state: &State| matches!(state, State::Down { .. });
            let last = match receiver.wait_for(is_down).await {
                Ok(state) => match *state {
                    State::Down { generation, .. } | State::Up { generation, .. } => generation,
                },
                Err(_) => return,
            };
            if self.reconnect(last + 1).await.is_none() {
                return;
            }
        }
    }

    /// Tries until it succeeds; `None` once nobody wants the link any more.
    async fn reconnect(&self, generation: u64) -> Option<()> {
        let mut pause = limits::BACKOFF_MIN;
        loop {
            let state = self.state.upgrade()?;
            match establish(&self.address, self.settings, &state, generation).await {
                Ok(connection) => {
                    tracing::info!(address = %self.address, "the link to Redis is up");
                    state.send_replace(State::up(generation, connection));
                    return Some(());
                }
                Err(error) => {
                    let why = with_causes(&error);
                    tracing::debug!(why, address = %self.address, "Redis cannot be used yet");
                    state.send_replace(State::Down { generation: generation - 1, why: why.into() });
                }
            }
            drop(state);
            sleep(pause).await;
            pause = (pause * 2).min(limits::BACKOFF_MAX);
        }
    }
}

/// Connects, and makes sure that the server is one that may be used and has our functions.
async fn establish(
    address: &Address,
    settings: Settings,
    state: &Arc<watch::Sender<State>>,
    generation: u64,
) -> Result<MultiplexedConnection, StoreError> {
    let watched = Arc::downgrade(state);
    let on_push = move |push: PushInfo| {
        if push.kind == PushKind::Disconnection
            && let Some(state) = watched.upgrade()
        {
            give_up(&state, generation, "Redis closed the connection");
        }
        Ok::<(), SendError>(())
    };
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(limits::CONNECT))
        .set_response_timeout(Some(limits::RESPONSE))
        .set_push_sender(on_push);
    let mut connection = open(address, &config).await?;
    crate::settings::check(&mut connection, settings).await?;
    library::ensure(&mut connection).await?;
    Ok(connection)
}

async fn open(
    address: &Address,
    config: &AsyncConnectionConfig,
) -> Result<MultiplexedConnection, StoreError> {
    let client = Client::open(address.info()).map_err(|error| meaning(error, Effect::Reads))?;
    let connected = client.get_multiplexed_async_connection_with_config(config).await;
    connected.map_err(|error| {
        if error.is_io_error() || error.is_timeout() {
            unavailable("Redis cannot be reached", error)
        } else {
            meaning(error, Effect::Reads)
        }
    })
}
