//! The same commit by the same function on one connection, with nobody around it: each by a call of its own, which is the
//! floor that a centre is compared with, or together as a centre sends them.
//!
//! It goes through `redis-store`'s own commit, so the arguments are written and the answer is read as in a centre; what
//! a centre takes longer is its own. Redis is reached as a centre reaches it, by the socket of a private server.

use std::sync::Arc;

use domain::CentreId;
use futures::future::BoxFuture;
use redis_store::scratch::Scratch;
use store::{Cursor, Outcome, Retention, SharedStore};

use super::call::{Sample, calls_in};
use crate::side::{Asked, Fault, Kept, Side, Stand, Target, Watched};

/// The side that commits to a store and does nothing else.
pub(crate) struct Raw {
    going: Going,
    sample: Arc<Sample>,
}

/// How its commits go to Redis.
#[derive(Clone, Copy)]
enum Going {
    Alone,
    Together,
}

impl Raw {
    /// The name of the one that makes a call of every commit.
    pub(crate) const NAME: &'static str = "raw";

    /// The name of the one that sends many together.
    pub(crate) const GROUPED: &'static str = "raw-grouped";

    /// Commits what a centre committed, each by a call of its own.
    pub(crate) const fn alone(sample: Arc<Sample>) -> Self {
        Self { going: Going::Alone, sample }
    }

    /// The same, of which many go together as they do in a centre once many have queued.
    pub(crate) const fn grouped(sample: Arc<Sample>) -> Self {
        Self { going: Going::Together, sample }
    }
}

impl Side for Raw {
    fn name(&self) -> &'static str {
        match self.going {
            Going::Alone => Self::NAME,
            Going::Together => Self::GROUPED,
        }
    }

    fn stand(&mut self) -> BoxFuture<'_, Result<Box<dyn Stand>, Fault>> {
        Box::pin(async {
            let redis = Scratch::start().await.map_err(Fault::at("start a Redis"))?;
            let centre = CentreId::new("bishkek").map_err(Fault::at("name the centre"))?;
            let store = redis.redis_store(&centre, Retention::default()).await;
            let store = store.map_err(Fault::at("open a store"))?;
            let store: SharedStore = Arc::new(match self.going {
                Going::Alone => store.each_alone(),
                Going::Together => store,
            });
            let seen = store.tip().await.map_err(Fault::at("read a store"))?;
            let sample = Arc::clone(&self.sample);
            let target = Arc::new(Committing { store, seen, sample });
            Ok(Box::new(Standing { target, redis }) as Box<dyn Stand>)
        })
    }
}

struct Standing {
    target: Arc<Committing>,
    redis: Scratch,
}

struct Committing {
    store: SharedStore,
    seen: Cursor,
    sample: Arc<Sample>,
}

impl Target for Committing {
    fn ask(&self, number: u64) -> Asked {
        let (name, commit) = self.sample.commit(number, self.seen);
        let store = Arc::clone(&self.store);
        Box::pin(async move {
            match store.commit(commit).await.map_err(Fault::at("commit"))? {
                Outcome::Committed { .. } => Ok(name),
                other @ (Outcome::Repeated { .. }
                | Outcome::OtherContent { .. }
                | Outcome::Conflict { .. }
                | Outcome::Behind { .. }) => Err(Fault(format!("not committed: {other:?}"))),
            }
        })
    }
}

impl Stand for Standing {
    fn target(&self) -> Arc<dyn Target> {
        Arc::clone(&self.target) as _
    }

    fn processes(&self) -> Vec<Watched> {
        vec![Watched { name: "redis", pid: self.redis.private().process().pid }]
    }

    fn kept(&mut self) -> BoxFuture<'_, Result<Kept, Fault>> {
        Box::pin(async {
            let store = &self.target.store;
            let names = calls_in(store).await?;
            let tip = store.tip().await.map_err(Fault::at("read a store"))?;
            let own = tip.number.0.abs_diff(self.target.seen.number.0 + names.len() as u64);
            Ok(Kept { names: Some(names), own_changes: Some(own) })
        })
    }
}
