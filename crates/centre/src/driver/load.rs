//! Loads the whole picture from a store, and looks first whether the store is the one this node knows.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use domain::{
    IncidentId, RecordKey, RecordKind, Version,
    board::Board,
    incident::Incident,
    record::{Record, Versioned},
};
use store::{
    Changes, Cursor, Lineage,
    limits::{CHANGES_MAX, GET_KEYS_MAX},
};

use super::{
    follower::{Follower, Trouble},
    readable::{Decoded, count, decode, read},
    restoring::Lack,
};
use crate::{directory, live::Loaded, status::Status};

/// What a store is to a node that has seen one before, or has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Judged {
    /// Nothing of it was seen.
    New,
    /// It is as far as what was seen of it.
    Known {
        /// What was seen.
        seen: Cursor,
    },
    /// It holds nothing, and nothing was seen: a beginning.
    Empty,
    /// It goes on under another lineage than was seen: somebody found it behind before.
    OtherLineage {
        /// What was seen.
        seen: Cursor,
    },
    /// It lacks what was seen.
    Behind {
        /// What was seen.
        seen: Cursor,
    },
}

fn judge(tip: Cursor, seen: Option<Cursor>) -> Judged {
    match seen {
        None if tip.lineage == Lineage::NONE => Judged::Empty,
        None => Judged::New,
        Some(seen) if tip.lineage == Lineage::NONE => Judged::Behind { seen },
        Some(seen) if tip.lineage != seen.lineage => Judged::OtherLineage { seen },
        Some(seen) if tip.number < seen.number => Judged::Behind { seen },
        Some(seen) => Judged::Known { seen },
    }
}

impl Follower {
    /// Loads the picture and shows it. The store's tip is read first and again after the records: the changes between
    /// are applied before anybody sees the board, so what is shown is the store at one number.
    pub(super) async fn load(&mut self, cause: &'static str) -> Result<(), Trouble> {
        let begin = self.known_store().await?;
        self.catch_up(begin).await?;
        let keys = self.config.store.open().await?;
        let (records, mut damaged) = self.records(&keys).await?;
        let mut board = Board::load(begin.number, records);
        let tip = self.config.store.tip().await?;
        let mut cursor = begin;
        while board.number() < tip.number {
            let changes = match self.config.store.changes_after(cursor, CHANGES_MAX, Duration::ZERO).await? {
                Changes::Some(changes) => changes,
                Changes::None | Changes::Trimmed { .. } => return Err(Trouble::Reload("reload")),
                Changes::Behind { .. } => return Err(Trouble::Reload("lineage")),
            };
            self.keep_up(cursor, &changes).await?;
            for change in changes {
                let Decoded { change, damaged: unread, .. } = decode(change);
                if unread.iter().any(|(key, _)| board.get(key).is_some()) {
                    return Err(Trouble::Reload("damaged"));
                }
                for record in &change.records {
                    damaged.remove(&record.key());
                }
                damaged.extend(unread);
                board.apply(&change).map_err(|_| Trouble::Reload("reload"))?;
            }
            cursor.number = board.number();
        }
        if tip.lineage != begin.lineage {
            return Err(Trouble::Reload("lineage"));
        }
        let directory = match board.directory() {
            Some(head) => directory::load(&*self.config.store, &head.record).await?,
            None => None,
        };
        let ended = self.ended_incidents(&board).await?;
        count(damaged.len());
        let lineage = begin.lineage;
        let behind = self.behind.take();
        let loaded = Loaded { lineage, board, ended, directory, damaged, cause, behind };
        let number = loaded.board.number();
        self.shared.live_mut().install(loaded);
        self.load = None;
        self.config.seen.record(Cursor { number, ..begin });
        self.shared.applied.send_replace(number);
        self.become_current().await
    }

    /// Where the store is, once it is one whose numbers mean what this node takes them to mean. A store that is behind
    /// is given back what it lost, or goes on under a new lineage, before anything of it is loaded; until then nothing commits.
    async fn known_store(&mut self) -> Result<Cursor, Trouble> {
        let tip = self.config.store.tip().await?;
        match judge(tip, self.seen(tip)) {
            Judged::New => Ok(tip),
            Judged::Empty => self.begin_lineage(tip).await,
            Judged::OtherLineage { seen } => {
                self.restored(tip, Lack { seen, found: tip, missing_up_to: Version::ABSENT }).await
            }
            Judged::Known { seen } => self.made_whole(tip, seen).await,
            Judged::Behind { seen } => {
                tracing::error!(node = self.config.node, %seen, store = %tip, "the store is behind what this node has seen");
                self.shared.live_mut().picture.status = Status::Behind { store: tip, seen };
                self.shared.stir();
                self.made_whole(tip, seen).await
            }
        }
    }

    /// The last change of this store that this node has seen, by its mark and its journal.
    fn seen(&self, tip: Cursor) -> Option<Cursor> {
        let mark = self.config.seen.seen();
        let kept = self.config.journal.as_ref().and_then(|journal| journal.tail()).map(|tail| tail.end());
        match (mark, kept) {
            (Some(mark), Some(kept)) if mark.lineage == kept.lineage => {
                Some(Cursor { number: mark.number.max(kept.number), ..mark })
            }
            // a crash may have come between the one and the other: the lineage that the store has is not the older one
            (Some(_), Some(kept)) if kept.lineage == tip.lineage => Some(kept),
            (mark, kept) => mark.or(kept),
        }
    }

    pub(super) async fn begin_lineage(&self, tip: Cursor) -> Result<Cursor, Trouble> {
        let new = (self.config.new_lineage)();
        let begun = self.config.store.begin_lineage(tip.lineage, new).await?;
        if begun.lineage == Lineage::NONE { self.outlast().await } else { Ok(begun) }
    }

    /// Reads records, and beside them those that cannot be read.
    async fn records(
        &self,
        keys: &[RecordKey],
    ) -> Result<(Vec<Versioned<Record>>, BTreeMap<RecordKey, Version>), Trouble> {
        let mut records = Vec::with_capacity(keys.len());
        let mut damaged = BTreeMap::new();
        for keys in keys.chunks(GET_KEYS_MAX) {
            let found = self.config.store.get(keys).await?;
            for (key, found) in keys.iter().zip(found) {
                let Some(found) = found else { continue };
                match read(key, found.version, &found.state) {
                    Ok(read) => records.push(read),
                    Err((key, version)) => _ = damaged.insert(key, version),
                }
            }
        }
        Ok((records, damaged))
    }

    /// Incidents that are not on the board though something on it belongs to them: they say who may read it.
    async fn ended_incidents(&self, board: &Board) -> Result<Vec<Incident>, Trouble> {
        let calls = board.calls().values().filter_map(|held| held.record.incident);
        let assignments = board.assignments().values().map(|held| held.record.incident);
        let runs = board.runs().values().map(|held| held.record.incident);
        let alarms = board.alarms().values().filter_map(|held| held.record.incident);
        let named: BTreeSet<IncidentId> = calls.chain(assignments).chain(runs).chain(alarms).collect();
        let missing = named.into_iter().filter(|incident| !board.incidents().contains_key(incident));
        self.incidents(missing.collect()).await
    }

    /// Reads incidents; those that do not exist or cannot be read are left out, and what belongs to them nobody sees.
    pub(super) async fn incidents(&self, ids: BTreeSet<IncidentId>) -> Result<Vec<Incident>, Trouble> {
        let keys: Vec<_> =
            ids.into_iter().map(|incident| RecordKey::new(RecordKind::Incident, incident)).collect();
        let (records, _) = self.records(&keys).await?;
        let incidents = records.into_iter().filter_map(|read| {
            if let Record::Incident(incident) = read.record { Some(incident) } else { None }
        });
        Ok(incidents.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(lineage: u128, number: u64) -> Cursor {
        Cursor { lineage: Lineage::from_uuid(uuid::Uuid::from_u128(lineage)), number: Version(number) }
    }

    #[test]
    fn a_store_is_known_by_its_lineage_and_its_number() {
        let table = [
            (Cursor::NONE, None, Judged::Empty),
            (cursor(1, 5), None, Judged::New),
            (cursor(1, 5), Some(cursor(1, 5)), Judged::Known { seen: cursor(1, 5) }),
            (cursor(1, 6), Some(cursor(1, 5)), Judged::Known { seen: cursor(1, 5) }),
            (cursor(1, 4), Some(cursor(1, 5)), Judged::Behind { seen: cursor(1, 5) }),
            (Cursor::NONE, Some(cursor(1, 5)), Judged::Behind { seen: cursor(1, 5) }),
            (cursor(2, 4), Some(cursor(1, 5)), Judged::OtherLineage { seen: cursor(1, 5) }),
            (cursor(2, 9), Some(cursor(1, 5)), Judged::OtherLineage { seen: cursor(1, 5) }),
        ];
        for (tip, seen, judged) in table {
            assert_eq!(judge(tip, seen), judged, "{tip} after {seen:?}");
        }
    }
}
