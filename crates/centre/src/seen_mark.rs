//! The highest place in a store's history that this node has seen, kept where a restored store cannot take it back.

mod file;

use std::{
    path::PathBuf,
    sync::{Mutex, MutexGuard},
};

use store::Cursor;

pub use file::FileSeenMark;

/// The highest place in a store's history that this node has seen: how a node notices, before anything commits, that a
/// store was put back to an older copy.
pub trait SeenMark: Send + Sync + 'static {
    /// What was seen last; absent if this node never saw a store.
    fn seen(&self) -> Option<Cursor>;

    /// Remembers what is seen now. Within one lineage a lower number changes nothing. Must be fast.
    fn record(&self, cursor: Cursor);

    /// True if all that was recorded is safe already.
    fn is_safe(&self) -> bool;

    /// Makes what was recorded safe against a loss of power; may block for as long as a disk takes.
    ///
    /// # Errors
    /// [`SeenMarkError`] if the disk does not take it. What was recorded still survives the end of this process if it
    /// could be written at all.
    fn sync(&self) -> Result<(), SeenMarkError>;
}

/// A mark on disk that could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the mark of what was seen cannot be kept in `{path}`")]
pub struct SeenMarkError {
    /// Where.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub source: std::io::Error,
}

/// A mark that ends with the process: for tests and simulations.
#[derive(Debug, Default)]
pub struct MemorySeenMark(Mutex<Option<Cursor>>);

impl MemorySeenMark {
    /// A mark that has seen this.
    pub const fn with(seen: Cursor) -> Self {
        Self(Mutex::new(Some(seen)))
    }

    fn seen(&self) -> MutexGuard<'_, Option<Cursor>> {
        self.0.lock().expect("nothing panics while it holds the mark")
    }
}

impl SeenMark for MemorySeenMark {
    fn seen(&self) -> Option<Cursor> {
        *self.seen()
    }

    fn record(&self, cursor: Cursor) {
        let mut seen = self.seen();
        *seen = Some(higher(*seen, cursor));
    }

    fn is_safe(&self) -> bool {
        true
    }

    fn sync(&self) -> Result<(), SeenMarkError> {
        Ok(())
    }
}

/// The later of the two in one lineage, else the new one.
fn higher(seen: Option<Cursor>, new: Cursor) -> Cursor {
    match seen {
        Some(seen) if seen.lineage == new.lineage && seen.number > new.number => seen,
        Some(_) | None => new,
    }
}
