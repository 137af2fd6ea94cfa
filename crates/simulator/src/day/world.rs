//! A world: one store, one clock, the people of the model centre, and nodes that come and go.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use centre::{Centre, CentreConfig, Clock, MemorySeenMark, RingLimits, SystemClock};
use domain::{CentreId, StationId, UnitId, directory::Directory, invariants};
use identity::{Claims, Principal, Role};
use jiff::Timestamp;
use operations::{Ask, Asker, ControlRoom, MemoryNumbers, RequestId};
use store::{Lineage, SharedStore, Store as _};
use uuid::Uuid;

use super::{
    ledger::{Ledger, SharedLedger},
    model,
    troupe::{Part, Troupe},
    wire::Pace,
};

/// How long a board may take to show what is in the store, when nothing is in the way.
const CATCH_UP: Duration = Duration::from_secs(30);

/// One store and one clock.
pub struct World {
    /// What is true.
    pub ledger: SharedLedger,
    /// The time of everybody.
    pub clock: Arc<SystemClock>,
    /// The pace of everybody.
    pub pace: Pace,
    /// Everybody who lives in it.
    pub troupe: Arc<Troupe>,
    numbers: Arc<MemoryNumbers>,
    lineages: Arc<AtomicU64>,
    began: Timestamp,
}

/// One node: a board that follows the store, and perhaps a dispatcher. Dropped, it dies.
pub struct Node {
    /// What it acts with.
    pub room: ControlRoom,
    seen: Arc<MemorySeenMark>,
    dispatcher: Option<Part>,
    /// Follows the store for as long as the node is there.
    _follower: Part,
    troupe: Arc<Troupe>,
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    /// A world in the morning, with an empty store. Must be made where tokio's time is paused, so that its time is
    /// virtual.
    pub fn new() -> Self {
        Self::with_faults(|memory| memory)
    }

    /// The same with a fault planted in its store.
    pub fn with_faults(plant: impl FnOnce(SharedStore) -> SharedStore) -> Self {
        let began: Timestamp = "2030-01-01T08:00:00Z".parse().expect("the morning is a time");
        let clock = Arc::new(SystemClock::starting_at(began));
        let time = Arc::clone(&clock);
        let ledger = Arc::new(Ledger::with_faults(lineage(1), Arc::new(move || time.now()), plant));
        let pace = Pace::new();
        let troupe = Arc::new(Troupe::new());
        Self {
            ledger,
            clock,
            pace,
            troupe,
            numbers: Arc::default(),
            lineages: Arc::new(AtomicU64::new(2)),
            began,
        }
    }

    /// The time since the world began.
    pub fn age(&self) -> Duration {
        self.clock.now().duration_since(self.began).unsigned_abs()
    }

    /// When it began.
    pub const fn began(&self) -> Timestamp {
        self.began
    }

    /// A node over `store`, without a dispatcher. One that takes the mark of an earlier node is that node started again.
    pub fn node(&self, name: &str, store: SharedStore, earlier: Option<&Node>) -> Node {
        let seen = earlier.map_or_else(Arc::default, |earlier| Arc::clone(&earlier.seen));
        let drawn = Arc::clone(&self.lineages);
        let (centre, follower) = Centre::start(CentreConfig {
            store: Arc::clone(&store),
            clock: self.clock.clone(),
            seen: seen.clone(),
            node: name.to_owned(),
            new_lineage: Arc::new(move || lineage(drawn.fetch_add(1, Ordering::Relaxed))),
            ring: RingLimits::default(),
            journal: None,
        });
        let room = ControlRoom {
            centre_id: CentreId::new(model::CENTRE).expect("the model's name is a slug"),
            store,
            centre,
            clock: self.clock.clone(),
            numbers: self.numbers.clone(),
            node: name.to_owned(),
            holding: None,
        };
        Node {
            room,
            seen,
            _follower: self.troupe.spawn(follower),
            dispatcher: None,
            troupe: Arc::clone(&self.troupe),
        }
    }

    /// Puts a directory in force through `room`.
    ///
    /// # Errors
    /// What the operation says.
    pub async fn apply(
        &self,
        room: &ControlRoom,
        ask: &Ask,
        directory: &Directory,
    ) -> Result<(), operations::directory::ApplyError> {
        operations::directory::apply_directory(room, ask, directory, None).await.map(drop)
    }

    /// What does not hold between the records of the store, and between them and the board of `node` once it has them.
    pub async fn violations(&self, node: &Node) -> Vec<String> {
        let number = self.ledger.books().number();
        let mut found = Vec::new();
        if let Err(error) = node.room.centre.reached(number, CATCH_UP).await {
            found.push(error.to_string());
        }
        let all = self.ledger.books().all();
        found.extend(invariants::violations(&all).iter().map(ToString::to_string));
        let board = node.room.centre.read(|picture| picture.board.clone());
        if board.number() == self.ledger.books().number() {
            found.extend(invariants::board_violations(&board, &all).iter().map(ToString::to_string));
        }
        found.extend(self.index_violations().await);
        found
    }

    /// What the store's indexes list otherwise than its records say.
    pub async fn index_violations(&self) -> Vec<String> {
        let mut open = Vec::new();
        let mut queue = Vec::new();
        for (key, held) in &self.ledger.books().records {
            if held.record.is_open() {
                open.push(key.to_string());
            }
            if held.record.queue_place().is_some() {
                queue.push(key.to_string());
            }
        }
        let mut found = Vec::new();
        let names = |keys: Vec<domain::RecordKey>| {
            let mut names: Vec<_> = keys.iter().map(ToString::to_string).collect();
            names.sort_unstable();
            names
        };
        open.sort_unstable();
        queue.sort_unstable();
        if let Ok(listed) = self.ledger.open().await
            && names(listed) != open
        {
            found.push("the index of open records is not that of the records".to_owned());
        }
        if let Ok(listed) = self.ledger.queue(0, usize::MAX).await
            && names(listed.into_iter().map(|(key, _)| key).collect()) != queue
        {
            found.push("the queue's index is not that of the records".to_owned());
        }
        found
    }
}

impl Node {
    /// Starts its dispatcher, if it has none.
    pub fn start_dispatcher(&mut self) {
        if self.dispatcher.is_none() {
            self.dispatcher = Some(self.troupe.spawn(operations::dispatcher::run(self.room.clone())));
        }
    }

    /// Its dispatcher dies at once, whatever it was doing.
    pub fn kill_dispatcher(&mut self) {
        self.dispatcher = None;
    }

    /// True if it has a dispatcher.
    pub const fn dispatches(&self) -> bool {
        self.dispatcher.is_some()
    }
}

/// The lineage of that number.
fn lineage(number: u64) -> Lineage {
    Lineage::from_uuid(Uuid::from_u128(u128::from(number)))
}

/// The person of that name: a duty officer if a desk is called so, a crew if a unit is, the supervisor `sup`, the
/// administrator `adm`, the gateway `gateway`, and else an operator.
pub fn person(name: &str) -> Asker {
    let role = match name {
        "sup" => Role::Supervisor,
        "adm" => Role::Administrator,
        "gateway" => Role::Integration,
        desk if model::DESKS.contains(&desk) => Role::DutyOfficer,
        unit if model::desk_of(unit).is_some() => Role::Crew,
        _ => Role::Operator,
    };
    let slug = "the people of the model bear the names of their desks and units";
    let claims = Claims {
        name: name.to_owned(),
        role,
        centre: CentreId::new(model::CENTRE).expect("the model's name is a slug"),
        desk: None,
        station: (role == Role::DutyOfficer).then(|| StationId::new(name).expect(slug)),
        unit: (role == Role::Crew).then(|| UnitId::new(name).expect(slug)),
    };
    let principal = Principal::new(claims, None, Timestamp::MAX);
    Asker::Principal(principal.expect("each role has exactly what it needs"))
}

/// That person asking under that request id.
pub fn ask(name: &str, request: &str) -> Ask {
    let request = RequestId::new(request).expect("the requests of a simulation are named by plain words");
    Ask::new(person(name), request)
}
