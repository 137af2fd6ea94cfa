//! How a dispatcher hears of changes: in order, none left out, or told that it must read the board anew.

use std::sync::Arc;

use domain::{Version, change::Change};
use tokio::sync::watch;

use crate::{handle::Shared, limits, ring::Entry, status::StoreBehind};

/// A change as it was applied to the board.
#[derive(Debug)]
pub struct Applied {
    /// The change.
    pub change: Change,
    /// What it means to watchers.
    pub(crate) entries: Vec<Entry>,
    /// About how large it is.
    pub(crate) bytes: usize,
}

/// What a subscriber hears.
#[derive(Clone, Debug)]
pub enum Heard {
    /// The next changes, at least one; the board shows them already, and perhaps later ones.
    Changes(Vec<Arc<Applied>>),
    /// Read the board: it was loaded, or the subscriber was too slow for the ring. Always the first that is heard.
    /// Changes heard from now on follow on the board as it is at this moment or before, so a change may already be on
    /// the board that is read.
    Lost {
        /// The store was found behind: somebody must be told. Told until another `Lost` follows on it.
        behind: Option<StoreBehind>,
    },
}

/// A subscriber to the changes. It holds a place in the ring and no queue.
pub struct Subscription {
    shared: Arc<Shared>,
    applied: watch::Receiver<Version>,
    generation: u64,
    heard: Version,
}

impl Subscription {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let applied = shared.applied.subscribe();
        Self { shared, applied, generation: 0, heard: Version::ABSENT }
    }

    /// Waits for what comes next. Safe to drop.
    pub async fn next(&mut self) -> Heard {
        loop {
            self.applied.mark_unchanged();
            if let Some(heard) = self.take() {
                return heard;
            }
            if self.applied.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    fn take(&mut self) -> Option<Heard> {
        let shared = Arc::clone(&self.shared);
        let live = shared.live();
        if live.generation == 0 {
            return None;
        }
        if live.generation != self.generation || self.heard < live.ring.base() {
            let behind = live.behind.filter(|(generation, _)| *generation > self.generation);
            self.generation = live.generation;
            self.heard = live.picture.cursor.number;
            return Some(Heard::Lost { behind: behind.map(|(_, behind)| behind) });
        }
        let changes: Vec<_> = live.ring.after(self.heard).take(limits::HEARD_MAX).cloned().collect();
        self.heard = changes.last()?.change.number;
        Some(Heard::Changes(changes))
    }
}
