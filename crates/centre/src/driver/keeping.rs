//! What is followed goes to the node's own journal before anybody sees it, so that it can be given back to a store that
//! loses it.

use std::time::Duration;

use domain::Version;
use store::{Change, Changes, Cursor, NotKept, limits::CHANGES_MAX};

use super::follower::{Follower, Trouble};
use crate::limits::JOURNAL_WAIT;

impl Follower {
    /// Has the journal keep changes of this lineage. What it cannot keep is followed all the same: the store has it, and
    /// nobody at a screen may wait for a broken disk. People are told that the journal takes nothing.
    pub(super) async fn keep(&self, at: Cursor, changes: &[Change]) {
        let Some(journal) = self.config.journal.as_ref().filter(|_| !changes.is_empty()) else { return };
        let kept = tokio::time::timeout(JOURNAL_WAIT, journal.follow(at.lineage, changes.to_vec())).await;
        if let Err(error) = kept.unwrap_or_else(|_| Err(NotKept::Sealed("its disk does not answer".into()))) {
            metrics::counter!("kezek_journal_missed_changes_total").increment(changes.len() as u64);
            tracing::error!(%error, number = %changes[0].number, "changes are followed that the journal does not keep");
        }
    }

    /// True if the journal ends before what stands right before these changes, because it could not keep all of them.
    pub(super) fn misses(&self, at: Cursor, changes: &[Change]) -> bool {
        let tail = self.config.journal.as_ref().and_then(|journal| journal.tail());
        let (Some(tail), Some(first)) = (tail, changes.first()) else { return false };
        tail.lineage == at.lineage && tail.last.next() < first.number
    }

    /// Has the journal keep what the store has beyond the journal's last change, as far back as the store still keeps
    /// changes: what this node missed while it was away, or all of it if its journal is new.
    pub(super) async fn catch_up(&self, tip: Cursor) -> Result<(), Trouble> {
        let Some(journal) = &self.config.journal else { return Ok(()) };
        let known = journal.tail().filter(|tail| tail.lineage == tip.lineage);
        let mut after = Cursor { number: known.map_or(Version::ABSENT, |tail| tail.last), ..tip };
        while after.number < tip.number {
            match self.config.store.changes_after(after, CHANGES_MAX, Duration::ZERO).await? {
                Changes::Some(changes) => {
                    self.keep(tip, &changes).await;
                    after.number = changes.last().map_or(tip.number, |last| last.number);
                }
                Changes::Trimmed { first } => after.number = Version(first.0 - 1),
                Changes::None => break,
                Changes::Behind { .. } => return Err(Trouble::Reload("lineage")),
            }
        }
        Ok(())
    }
}
