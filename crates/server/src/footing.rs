//! What a node stands on, where whoever proves something of it puts something of their own in between.

use std::{fmt, sync::Arc};

use console::Files;
use journal::disk::{RealDisk, SharedDisk};
use store::{SharedJournal, SharedStore};
use tonic::service::Routes;

use crate::pages::DemoHolder;

/// Given what a node would use, what it uses instead.
pub type Instead<T> = Box<dyn FnOnce(T) -> T + Send>;

/// What a node stands on. A node that serves a centre stands on the [default](Self::default): the machine's own disk, and
/// nothing in between.
pub struct Footing {
    /// The disk of its journal.
    pub disk: SharedDisk,
    /// Its store.
    pub store: Instead<SharedStore>,
    /// Its journal, as far as calls are held and changes are followed with it; its metrics and what is removed from it are
    /// those of the journal itself.
    pub journal: Instead<SharedJournal>,
    /// What answers requests, behind the entrance.
    pub routes: Instead<Routes>,
    /// The files of its web console.
    pub console: Arc<dyn Files>,
    /// Whom a visitor of a demo can be; nobody outside one. A field here and no setting, so that no file and no variable
    /// gives tokens away.
    pub demo: Vec<DemoHolder>,
}

impl Default for Footing {
    fn default() -> Self {
        Self {
            disk: Arc::new(RealDisk),
            store: Box::new(|store| store),
            journal: Box::new(|journal| journal),
            routes: Box::new(|routes| routes),
            console: console::embedded(),
            demo: Vec::new(),
        }
    }
}

impl fmt::Debug for Footing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Footing").field("disk", &self.disk).finish_non_exhaustive()
    }
}
