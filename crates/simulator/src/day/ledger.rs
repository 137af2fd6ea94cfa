//! The store in memory with complete accounts: every record it ever held, and every change in order.
//!
//! It stands beneath everything that can go wrong, so what it says is what is true.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use domain::{
    OperationId, RecordKey, RecordKind, Version,
    record::{Record, Versioned},
};
use futures::FutureExt as _;
use jiff::Timestamp;
use store::{
    Answer, Changes, Commit, Cursor, Forgotten, Lineage, Memory, MemoryCopy, Outcome, Place, QueueScore,
    Read, Retention, SharedStore, Store,
};

/// One change as it was committed.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its number, in the lineage of its time.
    pub number: Version,
    /// What was asked for.
    pub operation: OperationId,
    /// Who asked.
    pub actor: String,
    /// What was asked.
    pub cause: String,
    /// When it was decided.
    pub at: Timestamp,
    /// The new state of each record it wrote.
    pub records: Vec<Record>,
    /// What the records it wrote were before; absent for new ones.
    pub before: Vec<Option<Record>>,
    /// A record that it put on an index where it does not belong, or left off one where it does.
    pub misplaced: Option<RecordKey>,
    /// A record that it was decided on, and that had moved on when it was committed.
    pub stale: Option<RecordKey>,
    /// A record that had left the store for the archive, and that it made again.
    pub revived: Option<RecordKey>,
}

/// Everything a store held at one moment.
#[derive(Clone, Debug, Default)]
pub struct Books {
    /// Every record, open and closed.
    pub records: BTreeMap<RecordKey, Versioned<Record>>,
    /// Every change of the present history, in order.
    pub entries: Vec<Entry>,
    /// Those of the records that left the store for the archive.
    pub forgotten: BTreeSet<RecordKey>,
    /// How often a reader came too late for the changes after its place.
    pub trimmed: usize,
}

/// A copy of a store with its accounts, to go back to.
#[derive(Clone, Debug)]
pub struct Copy {
    memory: MemoryCopy,
    books: Books,
}

/// Looks at each change the moment it is committed.
pub type Observer = Box<dyn FnMut(&Books, &Entry) + Send>;

/// The store in memory with complete accounts.
pub struct Ledger {
    memory: Arc<Memory>,
    store: SharedStore,
    books: Mutex<Books>,
    observer: Mutex<Option<Observer>>,
}

impl Ledger {
    /// A store at the beginning of `lineage`, on this clock.
    pub fn new(lineage: Lineage, time: store::TimeSource) -> Self {
        Self::with_faults(lineage, time, |memory| memory)
    }

    /// The same with a fault planted between the accounts and the memory, to see that it is found.
    pub fn with_faults(
        lineage: Lineage,
        time: store::TimeSource,
        plant: impl FnOnce(SharedStore) -> SharedStore,
    ) -> Self {
        let memory = Arc::new(Memory::with(lineage, Retention::default(), time));
        let store = plant(Arc::clone(&memory) as SharedStore);
        Self { memory, store, books: Mutex::default(), observer: Mutex::new(None) }
    }

    /// Lets `observer` look at every change from now on.
    pub fn observe(&self, observer: Observer) {
        *self.observer.lock().expect("nothing panics while it sets the observer") = Some(observer);
    }

    /// The accounts, for a moment.
    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().expect("nothing panics while it holds the books")
    }

    /// A copy of everything.
    pub fn copy(&self) -> Copy {
        Copy { memory: self.memory.copy(), books: self.books().clone() }
    }

    /// Goes back to a copy.
    pub fn restore(&self, copy: Copy) {
        let mut books = self.books();
        let trimmed = books.trimmed;
        *books = Books { trimmed, ..copy.books };
        drop(books);
        self.memory.restore(copy.memory);
    }

    /// Where it is.
    pub fn now_at(&self) -> Cursor {
        // memory answers at once
        self.memory.tip().now_or_never().and_then(Result::ok).unwrap_or(Cursor::NONE)
    }

    fn book(&self, number: Version, commit: Commit) {
        let mut books = self.books();
        let decided_on = commit.reads.iter().map(|read| (&read.key, read.version));
        let mut decided_on = decided_on.chain(commit.writes.iter().map(|write| (&write.key, write.version)));
        let stood = |key: &RecordKey| match books.records.get(key) {
            Some(held) if !books.forgotten.contains(key) => held.version,
            Some(_) | None => Version::ABSENT,
        };
        let stale = decided_on.find(|(key, version)| stood(key) != *version).map(|(key, _)| key.clone());
        let mut entry = Entry {
            number,
            operation: commit.operation,
            actor: commit.actor,
            cause: commit.cause,
            at: commit.at,
            records: Vec::with_capacity(commit.writes.len()),
            before: Vec::with_capacity(commit.writes.len()),
            misplaced: None,
            stale,
            revived: None,
        };
        for write in commit.writes {
            let record = Record::from_json(&write.key, &write.state).expect("what is committed is a record");
            if write.place != place(&record) {
                entry.misplaced = Some(write.key.clone());
            }
            // a directory that comes into force again has the parts it had before
            if books.forgotten.remove(&write.key) && write.key.kind != RecordKind::DirectoryPart {
                entry.revived = Some(write.key.clone());
            }
            let held = Versioned { version: number, record: record.clone() };
            entry.before.push(books.records.insert(write.key, held).map(|before| before.record));
            entry.records.push(record);
        }
        let mut observer = self.observer.lock().expect("an observer does not panic");
        if let Some(observer) = observer.as_mut() {
            observer(&books, &entry);
        }
        books.entries.push(entry);
    }
}

impl Books {
    /// Every record, as the rules of the domain want them.
    pub fn all(&self) -> Vec<Versioned<Record>> {
        self.records.values().cloned().collect()
    }

    /// The number of the last change.
    pub fn number(&self) -> Version {
        self.entries.last().map_or(Version::ABSENT, |entry| entry.number)
    }
}

/// Which indexes should list a record.
fn place(record: &Record) -> Place {
    Place {
        open: record.is_open(),
        queue: record.queue_place().map(|(priority, since)| QueueScore::new(priority.get(), since)),
        closed_at: record.ended_at(),
    }
}

impl Store for Ledger {
    fn commit(&self, commit: Commit) -> Answer<'_, Outcome> {
        async move {
            let outcome = self.store.commit(commit.clone()).await?;
            if let Outcome::Committed { number, .. } = outcome {
                self.book(number, commit);
            }
            Ok(outcome)
        }
        .boxed()
    }

    fn changes_after(&self, after: Cursor, limit: usize, wait: Duration) -> Answer<'_, Changes> {
        async move {
            let changes = self.store.changes_after(after, limit, wait).await?;
            if let Changes::Trimmed { .. } = changes {
                self.books().trimmed += 1;
            }
            Ok(changes)
        }
        .boxed()
    }

    fn forget(&self, records: Vec<Read>) -> Answer<'_, Forgotten> {
        async move {
            let keys: Vec<RecordKey> = records.iter().map(|read| read.key.clone()).collect();
            let forgotten = self.store.forget(records).await?;
            if forgotten == Forgotten::All {
                let mut books = self.books();
                // what an older copy of the store never held was gone before it was let go of
                let gone = keys.into_iter().filter(|key| books.records.contains_key(key));
                let gone: Vec<RecordKey> = gone.collect();
                books.forgotten.extend(gone);
            }
            Ok(forgotten)
        }
        .boxed()
    }

    store::forward!(store: get remembered tip open queue closed_before latest_closed);
    store::forward!(store: begin_lineage offer restoring put_back end_restore positions presence lease release time);
}

/// The ledger as every store is held.
pub type SharedLedger = Arc<Ledger>;
