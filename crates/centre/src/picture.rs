//! What is shown: the board, the directory in force, where units are, and whether all of it is true now.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use domain::{RecordKey, UnitId, Version, board::Board, directory::InForce, fleet::Fleet};
use store::{Cursor, PositionReport};
use tokio::time::Instant;

use crate::status::Status;

/// What is shown at one moment. Read it with [`Centre::read`](crate::Centre::read) and copy out what is needed.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Everything open, as after the change of `cursor`.
    pub board: Board,
    /// The directory in force on that board; absent before the first was applied, and if it cannot be read.
    pub directory: Option<Arc<InForce>>,
    /// Of each unit that ever told, where it was and when it measured that; not numbered, and as old as it says.
    pub positions: BTreeMap<UnitId, PositionReport>,
    /// The units of that directory as they stand on that board and where they were last seen: what recommendations look at.
    pub fleet: Fleet,
    /// Where in the store's history the board is: pass it as a commit's `seen`. [`Cursor::NONE`] before the first load.
    pub cursor: Cursor,
    /// Records of the store that cannot be read here, with the version at which they were met: of a newer release, or
    /// damaged. The board is shown without them, and nothing that touches one is committed.
    pub damaged: BTreeMap<RecordKey, Version>,
    /// Whether it is the store's picture now.
    pub status: Status,
    /// When it was last known to be the store's picture. Absent before the first load.
    pub current_at: Option<Instant>,
}

impl Picture {
    /// How long ago, in real time, it was last known to be the store's picture.
    pub fn age(&self) -> Duration {
        self.current_at.map_or(Duration::MAX, |at| at.elapsed())
    }

    /// Nothing yet.
    pub(crate) fn empty() -> Self {
        Self {
            board: Board::default(),
            directory: None,
            positions: BTreeMap::new(),
            fleet: Fleet::default(),
            cursor: Cursor::NONE,
            damaged: BTreeMap::new(),
            status: Status::Starting,
            current_at: None,
        }
    }
}
