//! Stores by the dozen, all of one kind, for tests in which one store is the older copy of another.

use std::sync::Arc;

use domain::CentreId;
use jiff::Timestamp;
use redis_store::{RedisStore, Settings, scratch::Scratch};
use store::{Lineage, Memory, Retention, SharedStore};

/// Where stores of one kind come from.
pub(crate) enum Shelf {
    /// Each is a memory of its own.
    Memory,
    /// Each is a centre of its own on this server.
    Redis {
        /// The server.
        scratch: Scratch,
        /// How many stores it has given out.
        taken: u32,
    },
}

impl Shelf {
    /// A store that holds nothing, not even a beginning.
    pub(crate) async fn empty(&mut self, retention: Retention) -> SharedStore {
        match self {
            Self::Memory => Arc::new(Memory::with(Lineage::NONE, retention, Arc::new(Timestamp::now))),
            Self::Redis { scratch, taken } => {
                *taken += 1;
                let centre = CentreId::new(format!("centre-{taken}")).expect("a slug");
                let settings = Settings::MustBeSafe;
                let store = RedisStore::connect(scratch.address(), &centre, settings, retention).await;
                Arc::new(store.expect("a store"))
            }
        }
    }

    /// A store at the beginning of this lineage.
    pub(crate) async fn begun(&mut self, lineage: Lineage) -> SharedStore {
        let store = self.empty(Retention::default()).await;
        store.begin_lineage(Lineage::NONE, lineage).await.expect("an answer");
        store
    }
}
