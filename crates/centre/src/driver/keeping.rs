//! What is followed goes to the node's own journal before anybody sees it, so that it can be given back to a store that
//! loses it.

use std::time::Duration;

use domain::Version;
use store::{Change, Changes, Cursor, NotKept, limits::CHANGES_MAX};
use tokio::time::Instant;

use super::follower::{Follower, Trouble};
use crate::limits::{JOURNAL_RETRY, JOURNAL_WAIT};

impl Follower {
    /// Has the journal keep changes of this lineage, and before them what it could not keep earlier. What it cannot keep is
    /// followed all the same: the store has it, and nobody at a screen may wait for a broken disk. People are told that the
    /// journal takes nothing, and it is asked again after a while.
    pub(super) async fn keep_up(&mut self, at: Cursor, changes: &[Change]) -> Result<(), Trouble> {
        let is_resting = self.journal_failed_at.is_some_and(|failed| failed.elapsed() < JOURNAL_RETRY);
        let kept = !is_resting
            && (self.journal_failed_at.is_none() || self.catch_up(at).await?)
            && self.keep(at, changes).await;
        if !kept {
            metrics::counter!("kezek_journal_missed_changes_total").increment(changes.len() as u64);
        }
        Ok(())
    }

    /// Has the journal keep what the store has beyond the journal's last change, as far back as the store still keeps
    /// changes: what this node missed while it was away, or all of it if its journal is new. True if it has all of it then.
    pub(super) async fn catch_up(&mut self, tip: Cursor) -> Result<bool, Trouble> {
        let Some(journal) = &self.config.journal else { return Ok(true) };
        let known = journal.tail().filter(|tail| tail.lineage == tip.lineage);
        let mut after = Cursor { number: known.map_or(Version::ABSENT, |tail| tail.last), ..tip };
        while after.number < tip.number {
            match self.config.store.changes_after(after, CHANGES_MAX, Duration::ZERO).await? {
                Changes::Some(changes) => {
                    if !self.keep(tip, &changes).await {
                        return Ok(false);
                    }
                    after.number = changes.last().map_or(tip.number, |last| last.number);
                }
                Changes::Trimmed { first } => after.number = Version(first.0 - 1),
                Changes::None => break,
                Changes::Behind { .. } => return Err(Trouble::Reload("lineage")),
            }
        }
        Ok(true)
    }

    /// True if the journal has these changes on its disk.
    async fn keep(&mut self, at: Cursor, changes: &[Change]) -> bool {
        let (Some(journal), Some(first)) = (&self.config.journal, changes.first()) else { return true };
        let kept = tokio::time::timeout(JOURNAL_WAIT, journal.follow(at.lineage, changes.to_vec())).await;
        let kept = kept.unwrap_or_else(|_| Err(NotKept::Sealed("its disk does not answer".into())));
        self.journal_failed_at = kept.as_ref().err().map(|_| Instant::now());
        if let Err(error) = kept {
            tracing::error!(%error, number = %first.number, "changes are followed that the journal does not keep");
            return false;
        }
        true
    }
}
