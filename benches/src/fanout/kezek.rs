//! A centre as it is deployed: changes are committed to its Redis, and it tells everybody who watches.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use domain::{OperationId, Version};
use futures::future::LocalBoxFuture;
use identity::Role;
use jiff::Timestamp;
use store::{Commit, Cursor, Fingerprint, Outcome, SharedStore};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::{
    Crowd, FanSide, Opened,
    arrivals::Arrivals,
    change::{self, UNITS},
    watching::{Door, Form, gather},
};
use crate::{
    node::{Node, Serving, Setup},
    side::{Asked, Fault, Target, Watched},
};

/// Where watchers ask.
const PATH: &str = "/kezek.watch.v1.WatchService/Watch";

/// Places for streams beyond those who watch.
const STREAMS_SPARE: u32 = 64;

/// How often a commit is sent that is not answered: where everything is full, the store answers late.
const ATTEMPTS: u32 = 20;

/// Between two of them.
const PAUSE: Duration = Duration::from_millis(100);

/// The first half of the name of every operation made here.
const OPERATIONS: u128 = 0x0190_fa70_0000_7000_8000_0000_0000_0000;

/// The side that tells from a store's changes.
pub(super) struct Centre {
    serving: Serving,
}

impl Centre {
    /// Its name.
    pub(super) const NAME: &'static str = "kezek";

    /// A centre that is served so.
    pub(super) const fn new(serving: Serving) -> Self {
        Self { serving }
    }
}

impl FanSide for Centre {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn open<'a>(
        &'a mut self,
        crowd: Crowd,
        arrivals: &'a Arc<Arrivals>,
    ) -> LocalBoxFuture<'a, Result<Box<dyn Opened>, Fault>> {
        Box::pin(async move {
            let streams_max = (crowd.watchers + crowd.silent + STREAMS_SPARE) as usize;
            let node =
                Node::start(&self.serving, &Setup { streams_max: Some(streams_max), ..Setup::model() })
                    .await?;
            let seen = node.store.tip().await.map_err(Fault::at("read the centre's store"))?;
            let door = Door {
                address: node.address,
                path: PATH,
                token: Some(node.token("watcher", Role::Operator)?),
                form: Form::Frame,
            };
            let watchers = gather(&door, crowd, arrivals).await?;
            let committing = Committing {
                store: Arc::clone(&node.store),
                seen,
                versions: (0..UNITS).map(|_| AtomicU64::new(0)).collect(),
                arrivals: Arc::clone(arrivals),
            };
            Ok(Box::new(Telling { target: Arc::new(committing), node, _watchers: watchers })
                as Box<dyn Opened>)
        })
    }
}

struct Telling {
    target: Arc<Committing>,
    // those who watch go before who tells them
    _watchers: JoinSet<()>,
    node: Node,
}

impl Opened for Telling {
    fn target(&self) -> Arc<dyn Target> {
        Arc::clone(&self.target) as _
    }

    fn processes(&self) -> Vec<Watched> {
        self.node.processes()
    }
}

/// Commits changes as another node would.
struct Committing {
    store: SharedStore,
    seen: Cursor,
    /// The version of each unit's record.
    versions: Arc<[AtomicU64]>,
    arrivals: Arc<Arrivals>,
}

fn version(versions: &[AtomicU64], number: u64) -> &AtomicU64 {
    let unit = usize::try_from(number % UNITS).expect("there are few units");
    &versions[unit]
}

impl Committing {
    fn commit(&self, number: u64) -> Commit {
        let version = Version(version(&self.versions, number).load(Ordering::Acquire));
        Commit {
            operation: OperationId::from_uuid(Uuid::from_u128(OPERATIONS | u128::from(number))),
            fingerprint: Fingerprint::from_bytes([1; 32]),
            answer: Arc::from("{}"),
            actor: "watched".to_owned(),
            cause: "sign_on".to_owned(),
            at: Timestamp::now(),
            seen: Some(self.seen),
            reads: Vec::new(),
            writes: vec![change::write(number, version)],
        }
    }
}

impl Target for Committing {
    fn ask(&self, number: u64) -> Asked {
        let commit = self.commit(number);
        let (store, arrivals) = (Arc::clone(&self.store), Arc::clone(&self.arrivals));
        let versions = Arc::clone(&self.versions);
        Box::pin(async move {
            // what became of a request that was not answered is asked by sending it again
            let mut outcome = store.commit(commit.clone()).await;
            for _ in 1..ATTEMPTS {
                if outcome.is_ok() {
                    break;
                }
                tokio::time::sleep(PAUSE).await;
                outcome = store.commit(commit.clone()).await;
            }
            match outcome.map_err(Fault::at("commit"))? {
                Outcome::Committed { number: written, .. } | Outcome::Repeated { number: written, .. } => {
                    arrivals.acknowledged(number);
                    version(&versions, number).store(written.0, Ordering::Release);
                    Ok(number.into())
                }
                other
                @ (Outcome::OtherContent { .. } | Outcome::Conflict { .. } | Outcome::Behind { .. }) => {
                    Err(Fault(format!("not committed: {other:?}")))
                }
            }
        })
    }
}
