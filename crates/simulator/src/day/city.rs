//! The city on one day: the world, its two nodes, everybody's memory of what they were told, and how they insist.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use domain::{CallId, IncidentId, Version, board::Board};
use jiff::{SignedDuration, Timestamp};
use operations::{Answer, Ask, ControlRoom, Done, OperationError};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use store::{Lineage, SharedStore};
use tokio::sync::watch;

use super::{
    Day, Span,
    archivist::Archivist,
    planted::Planted,
    troupe::Part,
    watchdog::Watchdog,
    wire::{Weather, Wire},
    world::{Node, World, ask},
};

/// The names of the nodes.
pub const NODES: [&str; 2] = ["n1", "n2"];

/// The weather between a node and the store.
const WEATHER: Weather = Weather { requests_lost: 4, replies_lost: 8, twice: 15, delay_ms_max: 60 };

/// The longest that anybody rests on a whole day while there is nothing to do.
const LULL: Duration = Duration::from_secs(10 * 60);

/// How often somebody asks again before they give up.
const INSISTS: u32 = 40;

/// A call that was taken: from then on it can never be lost, but by going back to a copy that is older.
#[derive(Clone, Debug)]
pub struct Acknowledged {
    /// Which call.
    pub call: CallId,
    /// The incident it was said to be about.
    pub incident: Option<IncidentId>,
    /// In which history.
    pub lineage: Lineage,
    /// The change that took it.
    pub number: Version,
}

/// What everybody together remembers.
#[derive(Default)]
pub struct Memory {
    /// Every call that was acknowledged.
    pub acknowledged: Vec<Acknowledged>,
    /// Incidents that somebody ended.
    pub ended: Vec<IncidentId>,
    /// Incidents that somebody merged.
    pub merged: Vec<IncidentId>,
    /// How often each kind of thing happened.
    pub counts: BTreeMap<&'static str, usize>,
    /// True while an old copy was put back and no node has found it yet.
    pub going_back: bool,
    /// Since when nothing was broken on purpose, on the world's own clock.
    pub calm_since: Duration,
}

/// One node with its ways to the store.
pub struct Post {
    /// The node.
    pub node: Node,
    /// Its way.
    pub wire: Arc<Wire>,
    planted: Option<Arc<Planted>>,
    /// Whoever archives there, who has a way of their own: what they draw is nobody else's business.
    archiving: Option<(Arc<Wire>, Part)>,
}

/// The city on one day.
pub struct City {
    /// The world.
    pub world: World,
    /// Who looks at every change.
    pub watchdog: Arc<Watchdog>,
    day: Day,
    /// Whether there is anything to do.
    busy: watch::Sender<bool>,
    posts: Mutex<BTreeMap<&'static str, Post>>,
    memory: Mutex<Memory>,
    requests: Mutex<u64>,
}

impl City {
    /// The city on that day.
    pub fn new(day: Day) -> Arc<Self> {
        let world = World::with_faults(|memory| match day.fault {
            Some(fault) if fault.is_of_the_store() => Arc::new(Planted::new(memory, fault)),
            Some(_) | None => memory,
        });
        let watchdog =
            Arc::new(if day.calls.is_some() { Watchdog::of_a_busy_day() } else { Watchdog::default() });
        let looking = Arc::clone(&watchdog);
        let busy = watch::Sender::new(false);
        let telling = busy.clone();
        world.ledger.observe(Box::new(move |books, entry| {
            looking.look(books, entry);
            telling.send_replace(looking.is_busy());
        }));
        let city = Self {
            world,
            watchdog,
            day,
            busy,
            posts: Mutex::default(),
            memory: Mutex::default(),
            requests: Mutex::default(),
        };
        let city = Arc::new(city);
        NODES.iter().for_each(|name| city.start(name));
        city
    }

    /// Dice of their own for somebody of that name.
    pub fn dice(&self, name: &str) -> ChaCha8Rng {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.day.seed.to_le_bytes());
        for (place, byte) in name.bytes().enumerate() {
            seed[8 + place % 24] ^= byte.rotate_left(u32::try_from(place / 24).unwrap_or(0));
        }
        ChaCha8Rng::from_seed(seed)
    }

    /// Starts a node; if it ran before, it ends first and takes its mark along.
    pub fn start(&self, name: &'static str) {
        let mut posts = self.posts();
        let earlier = posts.remove(name);
        let mut store: SharedStore = self.world.ledger.clone();
        let mut planted = None;
        if let Some(fault) = self.day.fault.filter(|fault| !fault.is_of_the_store()) {
            let faulty = Arc::new(Planted::new(store, fault));
            store = Arc::clone(&faulty) as SharedStore;
            planted = Some(faulty);
        }
        let wire_seed = self.dice(name).random::<u64>() ^ self.world.ledger.books().number().0;
        let wire = Wire::new(store, self.world.pace, WEATHER, wire_seed);
        let node = self.world.node(name, wire.clone(), earlier.as_ref().map(|post| &post.node));
        let archiving = self.day.archivist.as_ref().map(|archivist| {
            let way = Wire::new(self.world.ledger.clone(), self.world.pace, WEATHER, !wire_seed);
            let room = ControlRoom { store: way.clone(), ..node.room.clone() };
            (way, self.world.troupe.spawn(archivist.archive(name, room)))
        });
        let mut post = Post { node, wire, planted, archiving };
        post.start_dispatcher(&self.world);
        posts.insert(name, post);
    }

    /// How long this day is.
    pub const fn span(&self) -> Span {
        self.day.span
    }

    /// How many calls come on this day, if it says so.
    pub const fn calls(&self) -> Option<usize> {
        self.day.calls
    }

    /// Who archives on this day, if anybody does.
    pub fn archivist(&self) -> Option<&dyn Archivist> {
        self.day.archivist.as_deref()
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.world.began() + SignedDuration::try_from(self.world.age()).unwrap_or_default()
    }

    /// Does something with a node.
    pub fn at_post<R>(&self, name: &str, act: impl FnOnce(&mut Post) -> R) -> Option<R> {
        self.posts().get_mut(name).map(act)
    }

    /// The control room of a node.
    pub fn room(&self, name: &str) -> ControlRoom {
        self.posts().get(name).expect("a node is replaced in one step").node.room.clone()
    }

    /// The control room of some node.
    pub fn some_room(&self, dice: &mut ChaCha8Rng) -> ControlRoom {
        self.room(NODES[dice.random_range(0..NODES.len())])
    }

    /// A board that somebody looks at.
    pub fn some_board(&self, dice: &mut ChaCha8Rng) -> Board {
        self.some_room(dice).centre.read(|picture| picture.board.clone())
    }

    /// What everybody together remembers, for a moment.
    pub fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().expect("nothing panics while it remembers")
    }

    fn posts(&self) -> MutexGuard<'_, BTreeMap<&'static str, Post>> {
        self.posts.lock().expect("nothing panics at the posts")
    }

    /// Counts that something happened.
    pub fn count(&self, what: &'static str) {
        *self.memory().counts.entry(what).or_default() += 1;
    }

    /// Something was broken on purpose just now.
    pub fn disturb(&self) {
        self.memory().calm_since = self.world.age();
    }

    /// Rests this long, or a little longer.
    pub async fn rest(&self, milliseconds: u64) {
        self.world.pace.rest(Duration::from_millis(milliseconds)).await;
    }

    /// Rests until this age of the world, or a little longer; at once if it is older.
    pub async fn rest_until(&self, age: Duration) {
        self.world.pace.rest(age.saturating_sub(self.world.age())).await;
    }

    /// Rests this long; on a whole day until there is something to do, or for [`LULL`].
    pub async fn rest_or_lull(&self, milliseconds: u64) {
        self.rest(milliseconds).await;
        if self.day.span == Span::WholeDay && !*self.busy.borrow() {
            let mut busy = self.busy.subscribe();
            let something = async { busy.wait_for(|busy| *busy).await.map(drop) };
            tokio::select! {
                biased;
                _ = something => {}
                () = self.world.pace.rest(LULL) => {}
            }
            self.rest(1).await;
        }
    }

    /// A new request of somebody.
    pub fn request(&self, who: &str) -> Ask {
        let mut requests = self.requests.lock().expect("nothing panics while it counts requests");
        *requests += 1;
        ask(who, &format!("request-{requests}"))
    }

    /// Asks until there is an answer: whatever is unknown is asked again under the same request id, at any node.
    pub async fn insist<A: Answer, F>(
        &self,
        dice: &mut ChaCha8Rng,
        asked: &Ask,
        act: impl Fn(ControlRoom, Ask) -> F,
    ) -> Result<Done<A>, OperationError>
    where
        F: Future<Output = Result<Done<A>, OperationError>>,
    {
        let mut last = None;
        let lineage = self.lineage();
        for _ in 0..INSISTS {
            let room = self.some_room(dice);
            match act(room, asked.clone()).await {
                Ok(done) => {
                    self.count(if done.receipt.repeated { "repeated" } else { "answered" });
                    return Ok(done);
                }
                Err(
                    error @ (OperationError::Store(_)
                    | OperationError::Behind
                    | OperationError::Conflict { .. }),
                ) => {
                    self.count("asked again");
                    last = Some(error);
                    let wait = dice.random_range(100..900);
                    self.rest(wait).await;
                }
                Err(error) => {
                    self.count("refused");
                    self.must_not_be_done(asked, &error, lineage);
                    return Err(error);
                }
            }
        }
        Err(last.expect("it was asked at least once"))
    }

    /// A request that was carried out is never refused when it is asked again.
    fn must_not_be_done(&self, asked: &Ask, error: &OperationError, lineage: Lineage) {
        if self.watchdog.was_done(asked.operation()) && lineage == self.lineage() {
            self.watchdog.bark(format!("what was done was refused: {} {}", asked.asker.name(), error.code()));
        }
    }

    /// The history the store is in.
    pub fn lineage(&self) -> Lineage {
        self.world.ledger.now_at().lineage
    }
}

impl Post {
    /// Cuts its ways to the store, or mends them.
    pub fn set_cut(&self, cut: bool) {
        self.ways().for_each(|way| way.set_cut(cut));
    }

    /// Mends its ways to the store for good: nothing happens on them any more.
    pub fn mend(&self) {
        self.set_cut(false);
        self.ways().for_each(|way| way.set_weather(Weather::default()));
    }

    fn ways(&self) -> impl Iterator<Item = &Arc<Wire>> {
        std::iter::once(&self.wire).chain(self.archiving.as_ref().map(|(way, _)| way))
    }

    /// Starts its dispatcher. If it is to forget, it forgets what runs now.
    pub fn start_dispatcher(&mut self, world: &World) {
        if let Some(planted) = &self.planted {
            let books = world.ledger.books();
            let awaited = books.records.values().filter(|held| held.record.is_open());
            planted.forget_awaited(awaited.map(|held| held.record.key().id).collect::<Vec<_>>());
        }
        self.node.start_dispatcher();
    }
}
