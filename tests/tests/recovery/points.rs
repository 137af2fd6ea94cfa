//! Named points at which a centre's process kills itself: on the way of a call through the journal and the store to its answer.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use futures::FutureExt as _;
use journal::disk::{Fault, HookedDisk, SharedDisk, Step};
use rustix::process::{Signal, getpid, kill_process};
use serde::{Deserialize, Serialize};
use store::{Answer, Commit, Outcome, SharedStore, Store};
use tonic::service::Routes;

/// The way of a call on which it is counted.
const CALL: &str = "/kezek.intake.v1.IntakeService/TakeCall";

/// A moment on the way of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Point {
    /// The journal is about to write.
    BeforeWrite,
    /// It wrote, and a power cut could take it.
    AfterWrite,
    /// It is about to fsync.
    BeforeFsync,
    /// It fsynced, and nobody was told.
    AfterFsync,
    /// A call is about to be given to the store.
    BeforeCommit,
    /// The store has it, and nobody was told.
    AfterCommit,
    /// Its answer is about to leave.
    BeforeAnswer,
}

impl Point {
    /// All of them.
    pub(crate) const ALL: [Self; 7] = [
        Self::BeforeWrite,
        Self::AfterWrite,
        Self::BeforeFsync,
        Self::AfterFsync,
        Self::BeforeCommit,
        Self::AfterCommit,
        Self::BeforeAnswer,
    ];
}

/// At which passing of which point the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kill {
    /// Which point.
    pub(crate) point: Point,
    /// At which passing, from 1, after a call came in: what a node does by itself is not on a call's way.
    pub(crate) passing: u32,
}

/// The files by which a test and the process that it kills speak.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Wanted {
    order: PathBuf,
    mark: PathBuf,
}

impl Wanted {
    /// Files in this directory.
    pub(crate) fn in_directory(root: &Path) -> Self {
        Self { order: root.join("kill"), mark: root.join("killed") }
    }

    /// Has the process kill itself once the next calls come in.
    pub(crate) fn order(&self, kill: Kill) {
        let written = self.order.with_extension("written");
        fs::write(&written, serde_json::to_string(&kill).expect("an order is JSON")).expect("it is written");
        fs::rename(written, &self.order).expect("it is named");
    }

    /// Where the process killed itself, if it did; the next one does not.
    pub(crate) fn take_mark(&self) -> Option<String> {
        let mark = fs::read_to_string(&self.mark).ok()?;
        fs::remove_file(&self.mark).and_then(|()| fs::remove_file(&self.order)).expect("both were there");
        Some(mark)
    }
}

/// Counts passings, and ends the process at the one that is wanted.
#[derive(Debug)]
pub(crate) struct Points {
    wanted: Wanted,
    kill: OnceLock<Kill>,
    passings: AtomicU32,
}

impl Points {
    pub(crate) fn new(wanted: Wanted) -> Arc<Self> {
        Arc::new(Self { wanted, kill: OnceLock::new(), passings: AtomicU32::new(0) })
    }

    /// A call comes in: from now on passings count, if a kill is wanted by now.
    fn look(&self) {
        if self.kill.get().is_none()
            && let Ok(order) = fs::read_to_string(&self.wanted.order)
        {
            let kill = serde_json::from_str(&order).expect("the test wrote it");
            let _another_call_was_faster = self.kill.set(kill);
        }
    }

    fn pass(&self, point: Point) {
        let Some(kill) = self.kill.get().filter(|kill| kill.point == point) else { return };
        if self.passings.fetch_add(1, Ordering::SeqCst) + 1 == kill.passing {
            fs::write(&self.wanted.mark, format!("{point:?}")).expect("the mark is written");
            kill_process(getpid(), Signal::KILL).expect("a process may kill itself");
            // no thread of it goes on for long, and this one not at all
            loop {
                std::thread::park();
            }
        }
    }

    /// The disk with the journal's points on it.
    pub(crate) fn disk(self: &Arc<Self>, disk: SharedDisk) -> SharedDisk {
        let points = Arc::clone(self);
        Arc::new(HookedDisk::new(disk, move |step, _| {
            match step {
                Step::Write => points.pass(Point::BeforeWrite),
                Step::Written => points.pass(Point::AfterWrite),
                Step::Sync => points.pass(Point::BeforeFsync),
                Step::Synced => points.pass(Point::AfterFsync),
                Step::Create | Step::SetLength | Step::SyncDirectory | Step::Remove => {}
            }
            Fault::None
        }))
    }

    /// The store with its points on it.
    pub(crate) fn store(self: &Arc<Self>, beneath: SharedStore) -> SharedStore {
        Arc::new(PointedStore { beneath, points: Arc::clone(self) })
    }

    /// The routes with their points on them.
    pub(crate) fn routes(self: &Arc<Self>, routes: Routes) -> Routes {
        let points = Arc::clone(self);
        let router = routes.into_axum_router();
        router
            .layer(axum::middleware::from_fn(
                move |request: axum::extract::Request, next: axum::middleware::Next| {
                    let points = Arc::clone(&points);
                    async move {
                        let is_call = request.uri().path() == CALL;
                        if is_call {
                            points.look();
                        }
                        let response = next.run(request).await;
                        if is_call {
                            points.pass(Point::BeforeAnswer);
                        }
                        response
                    }
                },
            ))
            .into()
    }
}

struct PointedStore {
    beneath: SharedStore,
    points: Arc<Points>,
}

impl Store for PointedStore {
    fn commit(&self, commit: Commit) -> Answer<'_, Outcome> {
        async move {
            let is_call = commit.cause == "take_call";
            if is_call {
                self.points.pass(Point::BeforeCommit);
            }
            let outcome = self.beneath.commit(commit).await;
            if is_call && matches!(outcome, Ok(Outcome::Committed { .. })) {
                self.points.pass(Point::AfterCommit);
            }
            outcome
        }
        .boxed()
    }

    store::forward!(beneath: get remembered tip open queue changes_after closed_before latest_closed forget);
    store::forward!(beneath: begin_lineage offer restoring put_back end_restore positions presence lease release time);
}
