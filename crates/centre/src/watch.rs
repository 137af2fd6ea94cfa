//! A watch: one watcher's way through the ring.

use std::{
    collections::VecDeque,
    sync::{Arc, atomic::Ordering},
};

use domain::Version;
use store::Cursor;
use tokio::{sync::watch, time::Instant};

use crate::{
    frame::{Frame, Gathered},
    handle::Shared,
    limits,
    live::Live,
    scope::Watcher,
};

/// One watcher. It holds a place in the ring, the rest of a picture it is being told, and no queue: who does not ask
/// for frames costs nothing and slows nobody, and is told the whole picture when the ring has passed it.
pub struct Watch {
    shared: Arc<Shared>,
    watcher: Watcher,
    stirred: watch::Receiver<u64>,
    place: Place,
    /// Parts of a frame that were not given yet.
    parts: VecDeque<Frame>,
    /// When the last frame was given.
    told_at: Instant,
    /// The count of positions told.
    moves: u64,
}

/// Where a watcher is.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// It has been told nothing yet.
    Opened {
        /// What it knows from an earlier watch.
        resume_after: Option<Cursor>,
        /// Until when to wait for this node to know as much.
        until: Instant,
    },
    /// It is on its way.
    Following {
        /// Of which load.
        generation: u64,
        /// The number its last frame reached.
        told: Version,
        /// The number it was looked through for; what lies between is outside its scope.
        read: Version,
    },
}

/// What to do next for a watcher.
enum Next {
    Tell(Frame),
    Wait,
}

impl Watch {
    pub(crate) fn new(shared: Arc<Shared>, watcher: Watcher, resume_after: Option<Cursor>) -> Self {
        let watchers = shared.watchers.fetch_add(1, Ordering::Relaxed) + 1;
        metrics::gauge!("kezek_watchers").set(watchers as f64);
        let stirred = shared.stirred.subscribe();
        let now = Instant::now();
        Self {
            shared,
            watcher,
            stirred,
            place: Place::Opened { resume_after, until: now + limits::AHEAD_WAIT },
            parts: VecDeque::new(),
            told_at: now,
            moves: 0,
        }
    }

    /// Waits for the next frame: at the latest after [two seconds](limits::HEARTBEAT), unless the picture is not known
    /// to be current. Then nothing comes, and a client calls its own picture old. Safe to drop.
    pub async fn next(&mut self) -> Frame {
        loop {
            self.stirred.mark_unchanged();
            if let Some(frame) = self.parts.pop_front() {
                self.told_at = Instant::now();
                return frame;
            }
            let shared = Arc::clone(&self.shared);
            let next = self.look(&shared.live(), &shared);
            match next {
                Next::Tell(frame) => {
                    self.parts.extend(frame.parts());
                    continue;
                }
                Next::Wait => {}
            }
            let wake_at = match self.place {
                Place::Opened { until, .. } => until,
                Place::Following { .. } => self.told_at + limits::HEARTBEAT,
            };
            // a time that has passed is one at which nothing could be told: only a change helps
            let waits = wake_at > Instant::now();
            tokio::select! {
                changed = self.stirred.changed() => {
                    if changed.is_err() {
                        std::future::pending::<()>().await;
                    }
                }
                () = tokio::time::sleep_until(wake_at), if waits => {}
            }
        }
    }

    fn look(&mut self, live: &Live, shared: &Shared) -> Next {
        if live.generation == 0 {
            return Next::Wait;
        }
        match self.place {
            Place::Opened { resume_after: None, .. } => self.whole_picture(live, shared, None),
            Place::Opened { resume_after: Some(cursor), until } => {
                let here = live.picture.cursor;
                if cursor.lineage != here.lineage {
                    self.whole_picture(live, shared, Some("lineage"))
                } else if cursor.number > here.number {
                    // another node may have told it what this one will know in a moment
                    if Instant::now() < until {
                        return Next::Wait;
                    }
                    self.whole_picture(live, shared, Some("ahead"))
                } else if cursor.number < live.ring.base() {
                    self.whole_picture(live, shared, Some("trimmed"))
                } else {
                    let (told, read) = (cursor.number, cursor.number);
                    self.place = Place::Following { generation: live.generation, told, read };
                    self.what_followed(live, shared)
                }
            }
            Place::Following { generation, .. } if generation != live.generation => {
                self.whole_picture(live, shared, Some(live.cause))
            }
            Place::Following { read, .. } if read < live.ring.base() => {
                self.whole_picture(live, shared, Some("overtaken"))
            }
            Place::Following { .. } => self.what_followed(live, shared),
        }
    }

    fn whole_picture(&mut self, live: &Live, shared: &Shared, cause: Option<&'static str>) -> Next {
        if let Some(cause) = cause {
            metrics::counter!("kezek_watch_resets_total", "cause" => cause).increment(1);
        }
        let Cursor { lineage, number } = live.picture.cursor;
        self.place = Place::Following { generation: live.generation, told: number, read: number };
        let (moves, positions) = live.positions_after(0, &self.watcher);
        self.moves = moves;
        Next::Tell(Frame {
            lineage,
            after: Version::ABSENT,
            through: number,
            reset: true,
            incomplete: false,
            records: live.in_scope(&self.watcher),
            left: Vec::new(),
            positions,
            age: live.picture.age(),
            at: shared.clock.now(),
        })
    }

    fn what_followed(&mut self, live: &Live, shared: &Shared) -> Next {
        let Place::Following { generation, told, mut read } = self.place else { return Next::Wait };
        let mut gathered = Gathered::default();
        for applied in live.ring.after(read) {
            if gathered.is_full() {
                break;
            }
            gathered.add(applied, &self.watcher);
            read = applied.change.number;
        }
        let beat = self.told_at + limits::HEARTBEAT <= Instant::now() && live.picture.status.is_current();
        let (moves, positions) = live.positions_after(self.moves, &self.watcher);
        if gathered.is_empty() && positions.is_empty() && !beat {
            self.place = Place::Following { generation, told, read };
            return Next::Wait;
        }
        self.moves = moves;
        self.place = Place::Following { generation, told: read, read };
        let (records, left) = gathered.into_parts();
        Next::Tell(Frame {
            lineage: live.picture.cursor.lineage,
            after: told,
            through: read,
            reset: false,
            incomplete: false,
            records,
            left,
            positions,
            age: live.picture.age(),
            at: shared.clock.now(),
        })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let watchers = self.shared.watchers.fetch_sub(1, Ordering::Relaxed) - 1;
        metrics::gauge!("kezek_watchers").set(watchers as f64);
    }
}
