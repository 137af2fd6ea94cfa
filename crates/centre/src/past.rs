//! What somebody may see of the past: the picture as it was, and every change after it, from changes alone.
//!
//! The same core that makes the live picture makes this one, so a watcher was told the same then. What is restricted by now is
//! withheld of then as well, or whoever may not read it would only have to ask about yesterday.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use domain::{
    IncidentId, RecordKey, RecordKind, Version,
    board::{Board, Gap},
    incident::Incident,
    record::{Record, Versioned},
};
use store::{Change, Cursor, Lineage};

use crate::{
    audience::incident_of,
    driver::readable::{self, Decoded},
    frame::{Body, Gathered},
    limits::RingLimits,
    live::{DirectoryAfter, Live, Loaded},
    scope::{Scope, View, Watcher},
    subscription::Applied,
};

/// Incidents that a reader may not read as things are now, with what belonged to them at any time.
#[derive(Clone, Debug, Default)]
pub struct Withheld {
    incidents: BTreeSet<IncidentId>,
    belonging: BTreeSet<RecordKey>,
}

impl Withheld {
    /// Takes in who may read the incidents of a change. Later changes have the last word.
    pub fn note(&mut self, change: &Change, reader: &str) {
        for record in change.records.iter().filter(|record| record.key.kind == RecordKind::Incident) {
            let Ok(Record::Incident(incident)) = Record::from_json(&record.key, &record.state) else {
                // what nobody can read tells nobody who may
                self.incidents.extend(record.key.id.parse::<IncidentId>());
                continue;
            };
            let is_withheld = incident.restriction.as_ref().is_some_and(|it| !it.readers.contains(reader));
            match is_withheld {
                true => self.incidents.insert(incident.id),
                false => self.incidents.remove(&incident.id),
            };
        }
    }

    /// True if nothing is withheld, so that nobody need look for what belongs to it.
    pub fn is_empty(&self) -> bool {
        self.incidents.is_empty()
    }

    /// Takes in what of a change belongs to a withheld incident: a call that led to it was there before it.
    pub fn note_belonging(&mut self, change: &Change) {
        let kinds = [RecordKind::Call, RecordKind::Alarm];
        for record in change.records.iter().filter(|record| kinds.contains(&record.key.kind)) {
            let Ok(read) = Record::from_json(&record.key, &record.state) else { continue };
            if incident_of(&read).is_some_and(|incident| self.incidents.contains(&incident)) {
                self.belonging.insert(record.key.clone());
            }
        }
    }

    fn is_withheld(&self, key: &RecordKey, record: &Record) -> bool {
        self.belonging.contains(key) || incident_of(record).is_some_and(|it| self.incidents.contains(&it))
    }
}

/// Why the past cannot be told on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PastError {
    /// A change is missing.
    #[error(transparent)]
    Gap(#[from] Gap),
    /// A record that is shown was changed, and how cannot be read.
    #[error("{key} as of change {version} cannot be read")]
    Unreadable {
        /// Which record.
        key: RecordKey,
        /// By which change.
        version: Version,
    },
}

/// The past of a centre, from one change to the next, as one reader may see it.
pub struct Past {
    live: Live,
    watcher: Watcher,
    withheld: Withheld,
    last: Option<Arc<Applied>>,
}

impl Past {
    /// A past of which nothing is known yet: it goes on with the change after `begin`.
    pub fn begin(begin: Cursor, reader: String, withheld: Withheld) -> Self {
        // one change is told at once, however large
        let mut live = Live::new(RingLimits { changes: 1, bytes: 0 });
        live.install(Loaded {
            lineage: begin.lineage,
            board: Board::load(begin.number, []),
            ended: Vec::new(),
            directory: None,
            damaged: BTreeMap::new(),
            cause: "review",
            behind: None,
        });
        Self {
            live,
            watcher: Watcher { scope: Scope::Centre, view: View::Full, reader },
            withheld,
            last: None,
        }
    }

    /// The line of history.
    pub fn lineage(&self) -> Lineage {
        self.live.picture.cursor.lineage
    }

    /// The number of the last change.
    pub fn number(&self) -> Version {
        self.live.picture.cursor.number
    }

    /// Takes in the next change. `ended` reads incidents that were over before anything of them was heard.
    ///
    /// # Errors
    /// It cannot be told truly what came then.
    pub fn apply(
        &mut self,
        change: Change,
        ended: impl FnOnce(BTreeSet<IncidentId>) -> Vec<Incident>,
    ) -> Result<(), PastError> {
        let Decoded { change, sizes, damaged } = readable::decode(change);
        if let Some((key, version)) = damaged.into_iter().find(|(key, _)| self.live.knows(key)) {
            return Err(PastError::Unreadable { key, version });
        }
        let unknown = self.live.unknown_incidents(&change);
        let ended = if unknown.is_empty() { Vec::new() } else { ended(unknown) };
        let number = change.number;
        self.live.apply(change, &sizes, DirectoryAfter::Same, ended)?;
        self.last = self.live.ring.after(Version(number.0 - 1)).next().cloned();
        Ok(())
    }

    /// The whole picture, in parts that fit a frame each; one, if there is nothing.
    pub fn picture(&self) -> Vec<Arc<Body>> {
        let mut records = self.live.in_scope(&self.watcher);
        records.retain(|shown| !self.withheld.is_withheld(&shown.key, &shown.record));
        Body::parts(records, Vec::new(), Vec::new())
    }

    /// What the last change means, in parts that fit a frame each; one, if it means nothing to the reader.
    pub fn last(&self) -> Vec<Arc<Body>> {
        let Some(last) = &self.last else { return vec![Arc::default()] };
        let mut gathered = Gathered::default();
        gathered.add(last, &self.watcher);
        let (mut records, mut left) = gathered.into_parts();
        let entries = || last.entries.iter();
        let withheld: BTreeSet<&RecordKey> = entries()
            .filter(|entry| self.withheld.is_withheld(&entry.key, &entry.record.full.record))
            .map(|entry| &entry.key)
            .collect();
        records.retain(|shown| !withheld.contains(&shown.key));
        left.retain(|key| !withheld.contains(key));
        Body::parts(records, left, Vec::new())
    }
}

/// Incidents as a store has them now; of those it does not have, or that cannot be read, nobody learns who may read them.
pub fn readable_incidents(found: impl IntoIterator<Item = (RecordKey, store::Versioned)>) -> Vec<Incident> {
    let read = found.into_iter().filter_map(|(key, found)| {
        let Versioned { record, .. } = readable::read(&key, found.version, &found.state).ok()?;
        if let Record::Incident(incident) = record { Some(incident) } else { None }
    });
    read.collect()
}
