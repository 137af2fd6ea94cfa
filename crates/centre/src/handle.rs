//! The centre as everybody else holds it.

use std::{
    sync::{Arc, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard, atomic::AtomicUsize},
    time::Duration,
};

use domain::{StationId, Version};
use futures::future::BoxFuture;
use store::{Cursor, Lineage, PositionReport, Refusal, SharedJournal, SharedStore};
use tokio::sync::watch;

use crate::{
    clock::Clock,
    driver,
    due::Due,
    limits::{self, RingLimits},
    live::Live,
    picture::Picture,
    presence::{Attendance, Attending, Sight, Sights},
    scope::Watcher,
    seen_mark::SeenMark,
    status::Status,
    subscription::Subscription,
    tellings::Tellings,
    watch::Watch,
};

/// What a centre is made of.
#[derive(Clone)]
pub struct CentreConfig {
    /// The durable state.
    pub store: SharedStore,
    /// The centre's time; tied to the store's at each connect.
    pub clock: Arc<dyn Clock>,
    /// What this node has seen of the store.
    pub seen: Arc<dyn SeenMark>,
    /// The name of this node, for logs.
    pub node: String,
    /// Draws a lineage that was never drawn before: for an empty store, and for one that was found behind.
    pub new_lineage: Arc<dyn Fn() -> Lineage + Send + Sync>,
    /// How much of the past is kept for watchers.
    pub ring: RingLimits,
    /// What keeps each change before anybody sees it; absent on a node without a journal.
    pub journal: Option<SharedJournal>,
}

/// One centre's live picture. A clone is the same centre.
#[derive(Clone)]
pub struct Centre {
    shared: Arc<Shared>,
}

/// The board did not get there in time. What was committed is committed all the same.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the board is at {board} and did not reach {wanted} in time")]
pub struct NotReached {
    /// The number waited for.
    pub wanted: Version,
    /// Where the board is.
    pub board: Cursor,
    /// Whether it follows the store.
    pub status: Status,
}

/// How far watchers are told when they are woken. All of them go to the same place, so what is gathered for one is what
/// others need, however long it takes until each has had its turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stirred {
    /// The number of the board.
    pub(crate) through: Version,
    /// The count of positions taken in.
    pub(crate) moves: u64,
}

/// What the owner of a centre and everybody else share.
pub(crate) struct Shared {
    live: RwLock<Live>,
    pub(crate) clock: Arc<dyn Clock>,
    /// The number of the board; sent at each change and each load.
    pub(crate) applied: watch::Sender<Version>,
    /// Sent when there is something that a watcher or a timer could want to see; paced when many watch.
    pub(crate) stirred: watch::Sender<Stirred>,
    /// What was gathered for one watcher a moment ago.
    pub(crate) tellings: Tellings,
    pub(crate) watchers: AtomicUsize,
    /// Watchers that had everything there was to tell, since the last look: those who read. One that does not makes nobody
    /// else wait longer.
    pub(crate) on_time: AtomicUsize,
    /// Positions reported here that the store was not told yet; one per unit.
    pub(crate) reported: Mutex<std::collections::BTreeMap<domain::UnitId, PositionReport>>,
    /// The last change that this node made itself.
    committed: Mutex<Cursor>,
    attending: Mutex<Attending>,
    /// The last sight of the duty desks; absent before the first.
    pub(crate) sight: watch::Sender<Option<Sight>>,
}

impl Shared {
    /// The live picture, for a moment: never held across an await.
    pub(crate) fn live(&self) -> RwLockReadGuard<'_, Live> {
        self.live.read().expect("nothing panics while it changes the picture")
    }

    pub(crate) fn live_mut(&self) -> RwLockWriteGuard<'_, Live> {
        self.live.write().expect("nothing panics while it changes the picture")
    }

    /// Takes in positions; an older one than known changes nothing. Few at a time, so that nobody who reads waits for thousands.
    pub(crate) fn take_positions(&self, reports: Vec<PositionReport>) {
        let mut reports = reports.into_iter().peekable();
        while reports.peek().is_some() {
            self.live_mut().take_positions(reports.by_ref().take(limits::POSITIONS_TAKEN_AT_ONCE));
        }
    }

    /// Who is connected to this node, for a moment.
    pub(crate) fn attending(&self) -> MutexGuard<'_, Attending> {
        self.attending.lock().expect("nothing panics while it counts who is there")
    }

    /// Wakes watchers and timers.
    pub(crate) fn stir(&self) {
        let stirred = {
            let live = self.live();
            Stirred { through: live.picture.cursor.number, moves: live.moves() }
        };
        self.stirred.send_replace(stirred);
    }
}

impl Centre {
    /// The centre, and the task that owns it: it runs until it is dropped, and the picture moves only while it runs.
    pub fn start(config: CentreConfig) -> (Self, BoxFuture<'static, ()>) {
        let shared = Arc::new(Shared {
            live: RwLock::new(Live::new(config.ring)),
            clock: Arc::clone(&config.clock),
            applied: watch::Sender::new(Version::ABSENT),
            stirred: watch::Sender::new(Stirred::default()),
            tellings: Tellings::default(),
            watchers: AtomicUsize::new(0),
            on_time: AtomicUsize::new(0),
            reported: Mutex::default(),
            committed: Mutex::new(Cursor::NONE),
            attending: Mutex::default(),
            sight: watch::Sender::new(None),
        });
        let driver = driver::run(Arc::clone(&shared), config);
        (Self { shared }, Box::pin(driver))
    }

    /// Copies something out of the picture. Be short: the picture cannot move meanwhile.
    pub fn read<R>(&self, look: impl FnOnce(&Picture) -> R) -> R {
        look(&self.shared.live().picture)
    }

    /// Whether the picture is the store's.
    pub fn status(&self) -> Status {
        self.shared.live().picture.status.clone()
    }

    /// The centre's clock.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.shared.clock
    }

    /// Waits until the board shows the change of this number, for whoever must read what they wrote.
    ///
    /// # Errors
    /// [`NotReached`] if it does not within this time.
    pub async fn reached(&self, number: Version, within: Duration) -> Result<(), NotReached> {
        let mut applied = self.shared.applied.subscribe();
        let reached = tokio::time::timeout(within, applied.wait_for(|board| *board >= number)).await;
        match reached {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) | Err(_) => {
                let picture = &self.shared.live().picture;
                Err(NotReached { wanted: number, board: picture.cursor, status: picture.status.clone() })
            }
        }
    }

    /// Notes a change that this node made itself.
    pub fn committed(&self, change: Cursor) {
        let mut last = self.shared.committed.lock().expect("nothing panics while it notes a change");
        if last.lineage != change.lineage || last.number < change.number {
            *last = change;
        }
    }

    /// Waits until the board shows every change that this node made itself, so that whoever was answered and asks what
    /// became of it is told; not longer than this, and not at all for what another history lost.
    pub async fn own_changes(&self, within: Duration) {
        let last = *self.shared.committed.lock().expect("nothing panics while it notes a change");
        let comes = self.read(|picture| {
            let board = picture.cursor;
            picture.status.is_current() && last.lineage == board.lineage && last.number > board.number
        });
        if comes {
            let _late = self.reached(last.number, within).await;
        }
    }

    /// Waits until something was loaded and the picture is the store's.
    pub async fn current(&self) {
        let mut stirred = self.shared.stirred.subscribe();
        while !self.status().is_current() {
            if stirred.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Hears of every change from now on.
    pub fn changes(&self) -> Subscription {
        Subscription::new(Arc::clone(&self.shared))
    }

    /// Hears of deadlines as they fall due.
    pub fn due(&self) -> Due {
        Due::new(Arc::clone(&self.shared))
    }

    /// Watches. With `resume_after`, what followed that place, if this node still knows it; else the whole picture.
    pub fn watch(&self, watcher: Watcher, resume_after: Option<Cursor>) -> Watch {
        Watch::new(Arc::clone(&self.shared), watcher, resume_after)
    }

    /// Says that somebody of a duty desk is connected to this node, until what is returned is dropped.
    pub fn attend(&self, station: StationId) -> Attendance {
        Attendance::begin(Arc::clone(&self.shared), station)
    }

    /// Sees from now on which duty desks are connected to any node.
    pub fn sights(&self) -> Sights {
        Sights::new(&self.shared)
    }

    /// Takes in positions. The picture shows them at once; watchers, the store and so the other nodes are told within a
    /// second. Of each unit the one measured last counts.
    ///
    /// # Errors
    /// [`Refusal`] if one is no position or there are too many at once; nothing is taken in then.
    pub fn report_positions(&self, reports: Vec<PositionReport>) -> Result<(), Refusal> {
        store::within("positions", reports.len(), store::limits::POSITIONS_MAX)?;
        let reports: Vec<_> = reports.into_iter().map(PositionReport::checked).collect::<Result<_, _>>()?;
        {
            let mut reported =
                self.shared.reported.lock().expect("nothing panics while it holds the positions");
            let new = reports.iter().filter(|report| !reported.contains_key(&report.unit)).count();
            store::within("positions", reported.len() + new, store::limits::POSITIONS_MAX)?;
            for report in &reports {
                let known = reported.get(&report.unit);
                if known.is_none_or(|known| known.measured_at < report.measured_at) {
                    reported.insert(report.unit.clone(), report.clone());
                }
            }
        }
        self.shared.take_positions(reports);
        Ok(())
    }
}
