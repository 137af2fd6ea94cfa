//! How well the centre answers, tallied on this node from the changes it follows.
//!
//! It begins with what the node's journal still has; without a journal it knows from when the node started.

use std::{sync::Arc, time::Duration};

use centre::{Centre, Heard};
use domain::{
    RecordKind,
    record::Record,
    service_level::{self, Tally, WINDOW_MAX},
};
use futures::StreamExt as _;
use jiff::Timestamp;
use store::{Change, Cursor, SharedJournal, Tail};
use tokio::{sync::RwLock, time::Instant};

use crate::limits::LEVELS_READ_SLOW;

/// The tally of a node; absent until the board was read. Whoever follows the centre waits for a count without keeping a thread
/// that answers.
#[derive(Clone, Default)]
pub(crate) struct Levels(Arc<RwLock<Option<Tally>>>);

impl Levels {
    /// How every norm is kept in the `window` up to `now`. Restricted incidents count like any other, whoever asks: figures that
    /// left them out would be another centre's, and a number tells nothing of what is behind it. A day's cases are many, so they
    /// are counted off the threads that answer.
    pub(crate) async fn levels(
        &self,
        centre: &Centre,
        now: Timestamp,
        window: Duration,
    ) -> service_level::Levels {
        let (levels, centre) = (self.clone(), centre.clone());
        let counted = tokio::task::spawn_blocking(move || levels.count(&centre, now, window));
        counted.await.expect("nothing panics while it counts")
    }

    fn count(&self, centre: &Centre, now: Timestamp, window: Duration) -> service_level::Levels {
        let tally = self.0.blocking_read();
        let unknown = Tally::new(now);
        let tally = tally.as_ref().unwrap_or(&unknown);
        let waiting = centre.read(|picture| tally.waiting(&picture.board));
        tally.levels(&waiting, now, window)
    }

    async fn begin(&self, tally: Tally) {
        *self.0.write().await = Some(tally);
    }

    async fn note(&self, change: &domain::change::Change) {
        if let Some(tally) = self.0.write().await.as_mut() {
            change.records.iter().for_each(|record| tally.note(record, change.at));
        }
    }
}

/// Follows the centre for as long as this is polled.
pub(crate) async fn follow(levels: Levels, centre: Centre, journal: Option<SharedJournal>) {
    let mut changes = centre.changes();
    let mut was_slow = false;
    loop {
        match changes.next().await {
            // what follows goes on from the board of this moment, so what was before must be read again; but where that took so
            // long that more came meanwhile than is kept for whoever is slow, it would be read again and again
            Heard::Lost { .. } => {
                let journal = journal.as_ref().filter(|_| !was_slow);
                let began = Instant::now();
                levels.begin(read(&centre, journal).await).await;
                was_slow = began.elapsed() > LEVELS_READ_SLOW;
            }
            Heard::Changes(applied) => {
                for applied in applied.iter() {
                    levels.note(&applied.change).await;
                }
                was_slow = false;
            }
        }
    }
}

/// The tally of what was before, as far as it is known.
async fn read(centre: &Centre, journal: Option<&SharedJournal>) -> Tally {
    let now = centre.clock().now();
    let (cursor, open) = centre.read(|picture| {
        let open: Vec<Record> = picture.board.records().map(|held| held.record).collect();
        (picture.cursor, open)
    });
    let reaches = |tail: &Tail| tail.lineage == cursor.lineage && tail.last >= cursor.number;
    let kept = journal.and_then(|journal| Some((journal, journal.tail().filter(reaches)?)));
    let mut tally = match kept {
        Some((journal, tail)) => of_journal(journal, tail, cursor, now).await,
        None => Tally::new(now),
    };
    // an incident may be older than what is read, and its first unit be sent now
    open.iter().for_each(|record| tally.note(record, now));
    tally
}

/// The tally of the last day of a journal.
async fn of_journal(journal: &SharedJournal, tail: Tail, cursor: Cursor, now: Timestamp) -> Tally {
    let mut changes = journal.changes_after(domain::Version(tail.first.0.saturating_sub(1)));
    let runtime = tokio::runtime::Handle::current();
    let waiting = Arc::new(());
    let awaited = Arc::downgrade(&waiting);
    let read = tokio::task::spawn_blocking(move || {
        let oldest = now.checked_sub(WINDOW_MAX).unwrap_or(Timestamp::MIN);
        let mut tally = None;
        let mut last = domain::Version::ABSENT;
        while let Some(change) = runtime.block_on(changes.next()) {
            // a node that ends waits for whatever reads, so nothing is read on for nobody
            if awaited.strong_count() == 0 {
                return None;
            }
            // the first change of all has nothing before it that could be missing
            let since = if change.number.0 == 1 { Timestamp::MIN } else { change.at };
            let tally = tally.get_or_insert_with(|| Tally::new(since));
            last = change.number;
            if change.at >= oldest {
                take_in(tally, &change);
            }
        }
        tally.filter(|_| last >= cursor.number)
    });
    let read = read.await;
    drop(waiting);
    read.ok().flatten().unwrap_or_else(|| Tally::new(now))
}

fn take_in(tally: &mut Tally, change: &Change) {
    let counted = [RecordKind::Call, RecordKind::Incident, RecordKind::Assignment, RecordKind::Run];
    for record in change.records.iter().filter(|record| counted.contains(&record.key.kind)) {
        // one that cannot be read is told of where the change is followed
        if let Ok(read) = Record::from_json(&record.key, &record.state) {
            tally.note(&read, change.at);
        }
    }
}
