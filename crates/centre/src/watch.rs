//! A watch: one watcher's way through the ring.

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{Arc, atomic::Ordering},
};

use domain::Version;
use store::Cursor;
use tokio::{
    sync::watch,
    time::{Instant, Sleep},
};

use crate::{
    frame::{Body, Frame, Gathered},
    handle::{Shared, Stirred},
    limits,
    live::Live,
    scope::Watcher,
    tellings::{Stretch, Telling},
};

/// One watcher. It holds a place in the ring, the rest of a picture it is being told, and no queue: who does not ask
/// for frames costs nothing and slows nobody, and is told the whole picture when the ring has passed it.
pub struct Watch {
    shared: Arc<Shared>,
    watcher: Watcher,
    stirred: watch::Receiver<Stirred>,
    place: Place,
    /// Parts of a frame that were not given yet.
    parts: VecDeque<Frame>,
    /// When the last frame was given.
    told_at: Instant,
    /// The count of positions told.
    moves: u64,
    /// What it had been told to the end when it last waited.
    waited_after: Stirred,
    /// Wakes it if nothing else does. It may be early and is set anew only then: setting it at every frame costs more than
    /// looking once too often.
    alarm: Pin<Box<Sleep>>,
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
    Tell(VecDeque<Frame>),
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
            waited_after: Stirred::default(),
            alarm: Box::pin(tokio::time::sleep_until(now + limits::HEARTBEAT)),
        }
    }

    /// Waits for the next frame: at the latest after [two seconds](limits::HEARTBEAT), unless the picture is not known
    /// to be current. Then nothing comes, and a client calls its own picture old. Safe to drop.
    pub async fn next(&mut self) -> Frame {
        loop {
            let stirred = *self.stirred.borrow_and_update();
            if let Some(frame) = self.parts.pop_front() {
                self.told_at = Instant::now();
                return frame;
            }
            let shared = Arc::clone(&self.shared);
            let next = self.look(&shared.live(), &shared, stirred);
            match next {
                Next::Tell(frames) => {
                    self.parts = frames;
                    continue;
                }
                Next::Wait => {}
            }
            if self.waited_after != stirred {
                self.waited_after = stirred;
                shared.on_time.fetch_add(1, Ordering::Relaxed);
            }
            let wake_at = match self.place {
                Place::Opened { until, .. } => until,
                Place::Following { .. } => self.told_at + limits::HEARTBEAT,
            };
            // a time that has passed is one at which nothing could be told: only a change helps
            let waits = wake_at > Instant::now();
            if waits && (self.alarm.deadline() > wake_at || self.alarm.is_elapsed()) {
                self.alarm.as_mut().reset(wake_at);
            }
            tokio::select! {
                changed = self.stirred.changed() => {
                    if changed.is_err() {
                        std::future::pending::<()>().await;
                    }
                }
                () = self.alarm.as_mut(), if waits => {}
            }
        }
    }

    fn look(&mut self, live: &Live, shared: &Shared, stirred: Stirred) -> Next {
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
                    self.what_followed(live, shared, stirred)
                }
            }
            Place::Following { generation, .. } if generation != live.generation => {
                self.whole_picture(live, shared, Some(live.cause))
            }
            Place::Following { read, .. } if read < live.ring.base() => {
                self.whole_picture(live, shared, Some("overtaken"))
            }
            Place::Following { .. } => self.what_followed(live, shared, stirred),
        }
    }

    fn whole_picture(&mut self, live: &Live, shared: &Shared, cause: Option<&'static str>) -> Next {
        if let Some(cause) = cause {
            metrics::counter!("kezek_watch_resets_total", "cause" => cause).increment(1);
        }
        let number = live.picture.cursor.number;
        self.place = Place::Following { generation: live.generation, told: number, read: number };
        self.moves = live.moves();
        let positions = live.positions_between(0, self.moves, &self.watcher);
        let bodies = Body::parts(live.in_scope(&self.watcher), Vec::new(), positions);
        let frame = Frame { reset: true, ..frame(live, shared, Version::ABSENT, number) };
        Next::Tell(frame.with_each(&bodies).collect())
    }

    fn what_followed(&mut self, live: &Live, shared: &Shared, stirred: Stirred) -> Next {
        let Place::Following { generation, told, read } = self.place else { return Next::Wait };
        let beat = self.told_at + limits::HEARTBEAT <= Instant::now() && live.picture.status.is_current();
        if read >= stirred.through && self.moves >= stirred.moves && !beat {
            return Next::Wait;
        }
        let stretch = Stretch {
            generation,
            read,
            through: stirred.through,
            moves: self.moves,
            moves_through: stirred.moves,
        };
        let telling = self.telling(live, shared, stretch);
        let read = telling.reached;
        // a picture may have had more positions than were announced since
        self.moves = self.moves.max(stirred.moves);
        if telling.is_empty() && !beat {
            self.place = Place::Following { generation, told, read };
            return Next::Wait;
        }
        self.place = Place::Following { generation, told: read, read };
        Next::Tell(frame(live, shared, told, read).with_each(&telling.bodies).collect())
    }

    /// What there is to tell about a stretch: gathered now, or a moment ago for somebody who watches the same.
    fn telling(&self, live: &Live, shared: &Shared, stretch: Stretch) -> Arc<Telling> {
        if let Some(known) = shared.tellings.find(stretch, &self.watcher) {
            return known;
        }
        let mut gathered = Gathered::default();
        let mut reached = stretch.read;
        for applied in live.ring.after(stretch.read) {
            if gathered.is_full() || applied.change.number > stretch.through {
                break;
            }
            gathered.add(applied, &self.watcher);
            reached = applied.change.number;
        }
        let is_readers_own = gathered.is_readers_own();
        let positions = live.positions_between(stretch.moves, stretch.moves_through, &self.watcher);
        let (records, left) = gathered.into_parts();
        let telling = Arc::new(Telling { reached, bodies: Body::parts(records, left, positions) });
        if !is_readers_own {
            shared.tellings.keep(stretch, &self.watcher, &telling);
        }
        telling
    }
}

/// A frame that tells nothing yet.
fn frame(live: &Live, shared: &Shared, after: Version, through: Version) -> Frame {
    Frame {
        lineage: live.picture.cursor.lineage,
        after,
        through,
        reset: false,
        incomplete: false,
        body: Arc::default(),
        age: live.picture.age(),
        at: shared.clock.now(),
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let watchers = self.shared.watchers.fetch_sub(1, Ordering::Relaxed) - 1;
        metrics::gauge!("kezek_watchers").set(watchers as f64);
    }
}
