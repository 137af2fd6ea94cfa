//! Saves what a store lost for good from being forgotten: what can be made again is held anew, and people are told of the
//! rest.

use std::collections::{BTreeMap, BTreeSet};

use domain::{RecordKey, Version};
use futures::StreamExt as _;
use store::{Change, ChangedRecord, Commit, SharedJournal, Tail, Write, limits::CHANGES_MAX};

use super::follower::{Follower, Trouble};
use crate::status::Unmade;

impl Follower {
    /// Looks through the end of a journal for what the store does not have and never will under its numbers. A change that
    /// only created records of which one still goes on, such as a call that was taken, is held to be made again. What changed
    /// others depends on what became of them, so it is for people.
    pub(super) async fn rescue(
        &self,
        journal: &SharedJournal,
        tail: Tail,
    ) -> Result<Option<Unmade>, Trouble> {
        let mut touched: BTreeSet<RecordKey> = BTreeSet::new();
        let Lost { changes, unread } = self.lost(journal, tail).await?;
        let mut unmade = unread;
        let ends = ends(&changes);
        for change in changes {
            let keys: Vec<RecordKey> = change.records.iter().map(|record| record.key.clone()).collect();
            let is_first = keys.iter().all(|key| !touched.contains(key));
            // what was over already must not begin again: somebody would be sent to it
            let goes_on = keys.iter().any(|key| ends.get(key) == Some(&true));
            let is_new =
                is_first && goes_on && self.config.store.get(&keys).await?.iter().all(Option::is_none);
            let number = change.number;
            touched.extend(keys);
            let held = is_new
                && match journal.hold(made_again(change)).await {
                    Ok(()) => true,
                    Err(error) => {
                        tracing::error!(%number, %error, "a lost change cannot be held to be made again");
                        false
                    }
                };
            if held {
                tracing::warn!(%number, "a change that the store lost is held to be made again");
            } else {
                tracing::error!(%number, "a change that the store lost is for people to look at");
                unmade = Some(with(unmade, tail, number, number));
            }
        }
        Ok(unmade)
    }

    /// The changes at the end of a tail that the store has not made, in order: from the last one back to one that it has
    /// made as the change of that very number.
    async fn lost(&self, journal: &SharedJournal, tail: Tail) -> Result<Lost, Trouble> {
        let mut lost = Lost { changes: Vec::new(), unread: None };
        let mut end = tail.last;
        'back: while end >= tail.first {
            let begin = Version(end.0.saturating_sub(CHANGES_MAX as u64 - 1)).max(tail.first);
            let count = usize::try_from(end.0 - begin.0 + 1).unwrap_or(CHANGES_MAX);
            let changes: Vec<Change> =
                journal.changes_after(Version(begin.0 - 1)).take(count).collect().await;
            if changes.len() < count {
                // it ends where one cannot be read
                let first = Version(begin.0 + changes.len() as u64);
                lost.unread = Some(with(lost.unread, tail, first, end));
            }
            for change in changes.into_iter().rev() {
                match self.config.store.remembered(change.operation).await? {
                    Some(made) if made.number == change.number => break 'back,
                    // made again since, as another change
                    Some(_) => {}
                    None => lost.changes.push(change),
                }
            }
            end = Version(begin.0 - 1);
        }
        lost.changes.reverse();
        Ok(lost)
    }
}

/// What a store lost for good.
struct Lost {
    /// What of it could be read, in order.
    changes: Vec<Change>,
    /// What could not.
    unread: Option<Unmade>,
}

/// Whether each record was open when it was written last.
fn ends(changes: &[Change]) -> BTreeMap<RecordKey, bool> {
    let records = changes.iter().flat_map(|change| &change.records);
    records.map(|record| (record.key.clone(), record.place.open)).collect()
}

/// The same with these changes among them.
fn with(unmade: Option<Unmade>, tail: Tail, first: Version, last: Version) -> Unmade {
    let (known_first, known_last) = unmade.map_or((first, last), |unmade| (unmade.first, unmade.last));
    Unmade { lineage: tail.lineage, first: first.min(known_first), last: last.max(known_last) }
}

/// The commit that makes a change again which created all it wrote.
fn made_again(change: Change) -> Commit {
    let Change { operation, fingerprint, answer, actor, cause, at, records, number: _ } = change;
    let writes = records.into_iter().map(|ChangedRecord { key, state, place }| Write {
        key,
        version: Version::ABSENT,
        state,
        place,
    });
    let (reads, writes) = (Vec::new(), writes.collect());
    Commit { operation, fingerprint, answer, actor, cause, at, seen: None, reads, writes }
}
