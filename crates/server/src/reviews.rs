//! Looking back: the journal is read off the runtime's threads, and what was to be seen is given frame by frame.
//!
//! It holds one board and a few frames for each who looks, whatever the length of what is looked at.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard},
};

use centre::{Body, Centre, Past, PastError, Withheld, incident_of, readable_incidents};
use domain::{IncidentId, RecordKey, RecordKind, Version, incident::Incident, record::Record};
use futures::StreamExt as _;
use jiff::Timestamp;
use store::{Change, Cursor, SharedJournal, SharedStore, Tail};
use tokio::{
    runtime::Handle,
    sync::{Notify, mpsc},
    time::Instant,
};

use crate::limits::{REVIEW_FRAMES_AHEAD, REVIEW_PLACE_WAIT, REVIEWS_MAX};

/// What a node can look back at, and who does.
#[derive(Clone)]
pub(crate) struct Reviews {
    journal: Option<SharedJournal>,
    looking: Arc<Looking>,
}

/// Those who look back now.
#[derive(Default)]
struct Looking {
    names: Mutex<BTreeSet<String>>,
    /// Told when one of them ended.
    ended: Notify,
}

/// Why nobody more may look back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Busy {
    /// They do already.
    Caller,
    /// Enough others do.
    Node,
}

/// A place among those who look back.
pub(crate) struct Place {
    looking: Arc<Looking>,
    name: String,
}

/// What is kept.
pub(crate) struct Kept {
    journal: SharedJournal,
    tail: Tail,
}

/// Whose past is looked at from when until when, and by whom.
pub(crate) struct Asked {
    pub(crate) reader: String,
    pub(crate) from: Timestamp,
    pub(crate) until: Timestamp,
}

/// A frame of the past.
#[derive(Debug)]
pub(crate) struct PastFrame {
    pub(crate) after: Cursor,
    pub(crate) through: Version,
    pub(crate) reset: bool,
    pub(crate) incomplete: bool,
    pub(crate) at: Timestamp,
    pub(crate) actor: String,
    pub(crate) cause: String,
    pub(crate) body: Arc<Body>,
}

/// Why the past cannot be told to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    /// The journal does not go back so far.
    #[error("the past is kept since {since}")]
    NotKept {
        /// From when on nothing is missing.
        since: Timestamp,
    },
    /// What follows cannot be told truly.
    #[error("the past cannot be told on")]
    Past(#[from] PastError),
    /// The journal ended before what it had.
    #[error("the journal cannot be read on after change {0}")]
    Journal(Version),
}

impl Reviews {
    /// Of what a journal keeps; of nothing without one.
    pub(crate) fn of(journal: Option<SharedJournal>) -> Self {
        Self { journal, looking: Arc::default() }
    }

    /// What is kept; absent where nothing is.
    pub(crate) fn kept(&self) -> Option<Kept> {
        let journal = self.journal.clone()?;
        let tail = journal.tail()?;
        Some(Kept { journal, tail })
    }

    /// A place for somebody, until it is dropped. Whoever ended a look a moment ago and begins the next waits until what read
    /// for them has noticed.
    pub(crate) async fn place(&self, name: &str) -> Result<Place, Busy> {
        let until = Instant::now() + REVIEW_PLACE_WAIT;
        loop {
            let mut ended = std::pin::pin!(self.looking.ended.notified());
            ended.as_mut().enable();
            let busy = match self.place_now(name) {
                Ok(place) => return Ok(place),
                Err(busy) => busy,
            };
            if tokio::time::timeout_at(until, ended).await.is_err() {
                return Err(busy);
            }
        }
    }

    fn place_now(&self, name: &str) -> Result<Place, Busy> {
        let mut looking = self.looking.names();
        if looking.contains(name) {
            return Err(Busy::Caller);
        }
        if looking.len() >= REVIEWS_MAX {
            return Err(Busy::Node);
        }
        looking.insert(name.to_owned());
        Ok(Place { looking: Arc::clone(&self.looking), name: name.to_owned() })
    }
}

impl Looking {
    fn names(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.names.lock().expect("nothing panics while it counts who looks back")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.looking.names().remove(&self.name);
        self.looking.ended.notify_waiters();
    }
}

const fn before(first: Version) -> Version {
    Version(first.0.saturating_sub(1))
}

/// Begins to look back. What reads ends once nobody takes the frames any more, and gives the place back then.
pub(crate) fn begin(
    kept: Kept,
    asked: Asked,
    place: Place,
    store: SharedStore,
) -> mpsc::Receiver<Result<PastFrame, Broken>> {
    let (frames, taken) = mpsc::channel(REVIEW_FRAMES_AHEAD);
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        let review = Review { kept, asked, store, runtime, frames };
        if let Err(broken) = review.tell() {
            // whoever left needs no reason
            drop(review.frames.blocking_send(Err(broken)));
        }
        drop(place);
    });
    taken
}

/// Somebody's look back.
struct Review {
    kept: Kept,
    asked: Asked,
    store: SharedStore,
    runtime: Handle,
    frames: mpsc::Sender<Result<PastFrame, Broken>>,
}

/// Whether anybody listens still.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Heard {
    Yes,
    No,
}

impl Review {
    fn tell(&self) -> Result<(), Broken> {
        let begin = Cursor { lineage: self.kept.tail.lineage, number: before(self.kept.tail.first) };
        let mut past = Past::begin(begin, self.asked.reader.clone(), self.withheld()?);
        let (mut told, mut last) = (None, begin.number);
        for change in self.changes() {
            if told.is_none() && change.at > self.asked.from {
                told = Some(past.number());
                if self.give_picture(&past) == Heard::No {
                    return Ok(());
                }
            }
            if change.at > self.asked.until || self.frames.is_closed() {
                return Ok(());
            }
            let (at, actor, cause) = (change.at, change.actor.clone(), change.cause.clone());
            past.apply(change, |ended| self.incidents(ended))?;
            last = past.number();
            let Some(through) = told else { continue };
            let bodies: Vec<_> = past.last().into_iter().filter(|body| !body.is_empty()).collect();
            if bodies.is_empty() {
                continue;
            }
            let after = Cursor { lineage: past.lineage(), number: through };
            let through = past.number();
            told = Some(through);
            let frame = PastFrame {
                after,
                through,
                reset: false,
                incomplete: false,
                at,
                actor,
                cause,
                body: Arc::default(),
            };
            if self.give(frame, bodies) == Heard::No {
                return Ok(());
            }
        }
        if told.is_none() {
            self.give_picture(&past);
        }
        if last < self.kept.tail.last && !self.frames.is_closed() {
            Err(Broken::Journal(last))
        } else {
            Ok(())
        }
    }

    /// What the reader may not read as things are now; and refuses what is older than the journal, or a journal that does not
    /// say. Before the first change of all there was nothing, so nothing of it is missing.
    fn withheld(&self) -> Result<Withheld, Broken> {
        let mut withheld = Withheld::default();
        let mut last = before(self.kept.tail.first);
        for change in self.changes() {
            last = change.number;
            let is_first = change.number == self.kept.tail.first && change.number.0 > 1;
            if is_first && change.at > self.asked.from {
                return Err(Broken::NotKept { since: change.at });
            }
            withheld.note(&change, &self.asked.reader);
        }
        // whoever was kept from reading something in what cannot be read must not be told of it
        if last < self.kept.tail.last {
            return Err(Broken::Journal(last));
        }
        if !withheld.is_empty() {
            self.changes().for_each(|change| withheld.note_belonging(&change));
        }
        Ok(withheld)
    }

    /// Everything that is kept, in order, for as long as anybody listens.
    fn changes(&self) -> impl Iterator<Item = Change> {
        let mut changes = self.kept.journal.changes_after(before(self.kept.tail.first));
        std::iter::from_fn(move || self.runtime.block_on(changes.next()))
            .take_while(|_| !self.frames.is_closed())
    }

    fn give_picture(&self, past: &Past) -> Heard {
        let after = Cursor { lineage: past.lineage(), number: Version::ABSENT };
        let frame = PastFrame {
            after,
            through: past.number(),
            reset: true,
            incomplete: false,
            at: self.asked.from,
            actor: String::new(),
            cause: String::new(),
            body: Arc::default(),
        };
        self.give(frame, past.picture())
    }

    /// Gives a frame in parts. Only the last says how far it all goes.
    fn give(&self, frame: PastFrame, bodies: Vec<Arc<Body>>) -> Heard {
        let last = bodies.len().saturating_sub(1);
        for (index, body) in bodies.into_iter().enumerate() {
            let part = PastFrame {
                through: if index == last { frame.through } else { frame.after.number },
                incomplete: index != last,
                reset: frame.reset && index == 0,
                actor: frame.actor.clone(),
                cause: frame.cause.clone(),
                body,
                ..frame
            };
            if self.frames.blocking_send(Ok(part)).is_err() {
                return Heard::No;
            }
        }
        Heard::Yes
    }

    /// Incidents as they are now. Of those that nobody has any more it is not known who may read them, so nobody sees what
    /// belongs to them.
    fn incidents(&self, wanted: BTreeSet<IncidentId>) -> Vec<Incident> {
        let keys: Vec<_> = wanted.into_iter().map(|it| RecordKey::new(RecordKind::Incident, it)).collect();
        let mut incidents = Vec::new();
        for keys in keys.chunks(store::limits::GET_KEYS_MAX) {
            let Ok(found) = self.runtime.block_on(self.store.get(keys)) else { continue };
            let found = keys.iter().cloned().zip(found).filter_map(|(key, found)| Some((key, found?)));
            incidents.extend(readable_incidents(found));
        }
        incidents
    }
}

/// True if the reader may not read this as the board is now: what was restricted after the look began is withheld from then on,
/// with the calls that led to it later.
pub(crate) fn is_withheld_now(centre: &Centre, record: &Record, reader: &str) -> bool {
    centre.read(|picture| {
        let call = if let Record::Call(call) = record { picture.board.calls().get(&call.id) } else { None };
        let led_to = call.and_then(|call| call.record.incident);
        incident_of(record).into_iter().chain(led_to).any(|incident| {
            let held = picture.board.incidents().get(&incident);
            let restriction = held.and_then(|held| held.record.restriction.as_ref());
            restriction.is_some_and(|restriction| !restriction.readers.contains(reader))
        })
    })
}
