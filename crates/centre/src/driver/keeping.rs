//! What is followed goes to the node's own journal before anybody sees it, so that it can be given back to a store that
//! loses it.

use std::time::Duration;

use domain::Version;
use store::{Change, Changes, Cursor, limits::CHANGES_MAX};

use super::follower::{Follower, Trouble};

impl Follower {
    /// Has the journal keep changes of this lineage. What it cannot keep is followed all the same: the store has it, and
    /// nobody at a screen may wait for a broken disk. People are told that the journal takes nothing.
    pub(super) async fn keep(&self, at: Cursor, changes: &[Change]) {
        let Some(journal) = self.config.journal.as_ref().filter(|_| !changes.is_empty()) else { return };
        if let Err(error) = journal.follow(at.lineage, changes.to_vec()).await {
            metrics::counter!("kezek_journal_missed_changes_total").increment(changes.len() as u64);
            tracing::error!(%error, number = %changes[0].number, "changes are followed that the journal does not keep");
        }
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
