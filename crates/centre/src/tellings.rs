//! What was gathered for one watcher, kept for a moment for all who watch the same from the same place.
//!
//! Gathering looks at every record of every change and encoding writes each of them, so a thousand who watch one centre
//! cost a thousand times that unless it is done once. Nothing here tells whom a record concerns: what differs from one
//! reader to the next is never kept.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use domain::Version;

use crate::{
    frame::Body,
    limits::TELLINGS_MAX,
    scope::{Scope, View, Watcher},
};

/// From where to where a watcher is told, besides what it watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// Of which load.
    pub(crate) generation: u64,
    /// The number it was looked through for.
    pub(crate) read: Version,
    /// The number up to which it is told at most.
    pub(crate) through: Version,
    /// The count of positions it was told.
    pub(crate) moves: u64,
    /// The count up to which it is told.
    pub(crate) moves_through: u64,
}

/// What there is to tell about a stretch.
#[derive(Debug)]
pub(crate) struct Telling {
    /// The number reached: less than was wanted, where one frame does not hold it.
    pub(crate) reached: Version,
    /// What is told, in one body or several.
    pub(crate) bodies: Vec<Arc<Body>>,
}

impl Telling {
    /// True if nothing in the scope happened.
    pub(crate) fn is_empty(&self) -> bool {
        self.bodies.iter().all(|body| body.is_empty())
    }
}

/// The last tellings that are everybody's who watches the same.
#[derive(Debug, Default)]
pub(crate) struct Tellings(Mutex<VecDeque<Known>>);

#[derive(Debug)]
struct Known {
    stretch: Stretch,
    scope: Scope,
    view: View,
    telling: Arc<Telling>,
}

impl Tellings {
    /// What was gathered for somebody who watches the same, about the same stretch.
    pub(crate) fn find(&self, stretch: Stretch, watcher: &Watcher) -> Option<Arc<Telling>> {
        let known = self.0.lock().expect("nothing panics while it looks");
        // whoever is on time asks for the latest
        let mut latest_first = known.iter().rev();
        let found = latest_first.find(|known| {
            known.stretch == stretch && known.view == watcher.view && known.scope == watcher.scope
        });
        found.map(|known| Arc::clone(&known.telling))
    }

    /// Keeps what was gathered for a watcher and is the same for every reader.
    pub(crate) fn keep(&self, stretch: Stretch, watcher: &Watcher, telling: &Arc<Telling>) {
        let (scope, view, telling) = (watcher.scope.clone(), watcher.view, Arc::clone(telling));
        let mut known = self.0.lock().expect("nothing panics while it keeps");
        if known.len() == TELLINGS_MAX {
            known.pop_front();
        }
        known.push_back(Known { stretch, scope, view, telling });
    }
}
