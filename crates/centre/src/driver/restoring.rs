//! Gives a store back what it lost, as far as this node's journal holds it.

use std::time::Duration;

use domain::Version;
use futures::StreamExt as _;
use store::{
    Change, Cursor, Ended, Ending, Lineage, Offer, Progress, PutBack, Restoring, SharedJournal, Tail, fitting,
};
use tokio::time::Instant;

use super::follower::{Follower, Trouble};
use crate::{
    limits::{OFFER_EVERY, PUT_BACK_FOR, RESTORE_GRACE},
    status::{Status, StoreBehind},
};

impl Follower {
    /// Where a store is that this node has seen before, once it has all that this node has seen: it says what its journal
    /// holds, and what the store lacks of that is put back. The lineage is a new one if not everything could be. Until then
    /// nobody commits.
    pub(super) async fn made_whole(&mut self, tip: Cursor, seen: Cursor) -> Result<Cursor, Trouble> {
        let Some((journal, tail)) = self.kept_of(seen) else {
            return self.restored(tip, Lost { seen, found: tip, missing_up_to: Version::ABSENT }).await;
        };
        let offer = Offer {
            node: self.config.node.clone(),
            lineage: tail.lineage,
            first: tail.first,
            last: tail.last,
            operation: tail.operation,
        };
        let mut missing_up_to = Version::ABSENT;
        loop {
            match self.config.store.offer(offer.clone()).await? {
                Restoring::UnderWay(progress) => {
                    self.show_progress(&progress, seen);
                    missing_up_to = progress.lost_up_to;
                    if let Some(now) = self.step(&journal, tail, &progress).await? {
                        return self.restored(now, Lost { seen, found: tip, missing_up_to }).await;
                    }
                }
                Restoring::Whole { tip: now } => {
                    return self.restored(now, Lost { seen, found: tip, missing_up_to }).await;
                }
                // others have taken its numbers for something else since: nobody may take them for what was seen
                Restoring::Forked { tip: now } => {
                    let now = self.begin_lineage(now).await?;
                    return self.restored(now, Lost { seen, found: tip, missing_up_to }).await;
                }
                Restoring::Other { tip: now, restoring: None } => {
                    return self.restored(now, Lost { seen, found: tip, missing_up_to }).await;
                }
                Restoring::Other { restoring: Some(other), .. } => {
                    return Err(Trouble::Away(
                        format!("the store is being restored to lineage {other}").into(),
                    ));
                }
            }
        }
    }

    /// The journal, and what it could give back of the history of this change; absent if that is nothing.
    fn kept_of(&self, seen: Cursor) -> Option<(SharedJournal, Tail)> {
        let journal = self.config.journal.clone()?;
        let tail = journal.tail().filter(|tail| tail.lineage == seen.lineage)?;
        Some((journal, tail))
    }

    /// A store that has all that its nodes' journals hold and still lacks what this node has shown goes on under a new
    /// lineage: its next numbers mean something else than those that were seen.
    pub(super) async fn restored(&mut self, now: Cursor, lost: Lost) -> Result<Cursor, Trouble> {
        let Lost { seen, found, missing_up_to } = lost;
        let lacks = now.lineage == Lineage::NONE || (now.lineage == seen.lineage && now.number < seen.number);
        let now = if lacks { self.begin_lineage(now).await? } else { now };
        if now.lineage == seen.lineage
            && found.lineage == seen.lineage
            && found.number >= seen.number
            && missing_up_to == Version::ABSENT
        {
            return Ok(now);
        }
        let is_whole = now.lineage == seen.lineage && missing_up_to == Version::ABSENT;
        let outcome = if is_whole {
            "whole"
        } else if now.lineage == seen.lineage {
            "in_part"
        } else {
            "new_lineage"
        };
        metrics::counter!("kezek_store_restores_total", "outcome" => outcome).increment(1);
        tracing::error!(node = self.config.node, %seen, %found, %now, outcome, "the store was behind what this node has seen");
        let unmade = match self.kept_of(seen) {
            Some((journal, tail)) if now.lineage != tail.lineage => self.rescue(&journal, tail).await?,
            Some(_) | None => None,
        };
        self.behind.get_or_insert(StoreBehind { seen, found, now, missing_up_to, unmade });
        Ok(now)
    }

    /// Does what this node can do for a restore, and waits a little if it can do nothing. Where the store is, once it is
    /// over.
    async fn step(
        &self,
        journal: &SharedJournal,
        tail: Tail,
        progress: &Progress,
    ) -> Result<Option<Cursor>, Trouble> {
        let ending = if progress.is_whole() {
            Ending::Whole
        } else if can_give(tail, progress) {
            self.put_back(journal, tail, progress.number).await?;
            return Ok(None);
        } else if progress.is_reachable() {
            tokio::time::sleep(OFFER_EVERY).await;
            return Ok(None);
        } else {
            Ending::Under { new: (self.config.new_lineage)() }
        };
        match self.config.store.end_restore(tail.lineage, ending, RESTORE_GRACE).await? {
            Ended::Over { tip } => Ok(Some(tip)),
            Ended::NotYet(_) => {
                tokio::time::sleep(OFFER_EVERY).await;
                Ok(None)
            }
        }
    }

    /// Puts back what follows on where the store is, for a while: then the offer must be renewed.
    async fn put_back(&self, journal: &SharedJournal, tail: Tail, number: Version) -> Result<(), Trouble> {
        let until = Instant::now() + PUT_BACK_FOR;
        // the change before tells whether the store is the one that this node has seen
        let from = if number < tail.first { tail.first } else { number };
        let mut changes = journal.changes_after(Version(from.0 - 1));
        let mut before = None;
        if from == number {
            let Some(last) = changes.next().await else { return Err(unreadable()) };
            before = Some(last.operation);
        }
        let mut chunk: Vec<Change> = Vec::new();
        while Instant::now() < until {
            while chunk.is_empty() || fitting(&chunk) == chunk.len() {
                let Some(change) = changes.next().await else { break };
                chunk.push(change);
            }
            if chunk.is_empty() {
                return Ok(());
            }
            let rest = chunk.split_off(fitting(&chunk));
            let last = chunk.last().map(|last| last.operation);
            match self.config.store.put_back(tail.lineage, before, chunk).await? {
                PutBack::Done { number } => {
                    metrics::gauge!("kezek_restore_number").set(number.0 as f64);
                    before = last;
                }
                // somebody was faster, or it is over: the next offer tells
                PutBack::Elsewhere { .. } | PutBack::Forked { .. } | PutBack::NotRestoring { .. } => {
                    return Ok(());
                }
            }
            chunk = rest;
        }
        Ok(())
    }

    fn show_progress(&self, progress: &Progress, seen: Cursor) {
        metrics::gauge!("kezek_restore_number").set(progress.number.0 as f64);
        metrics::gauge!("kezek_restore_wanted").set(progress.wanted().0 as f64);
        let store = Cursor { lineage: progress.lineage, number: progress.number };
        self.shared.live_mut().picture.status = Status::Behind { store, seen };
        self.shared.stir();
    }
}

/// What a store lacked when it was looked at first.
pub(super) struct Lost {
    /// What this node had seen.
    pub(super) seen: Cursor,
    /// Where the store was.
    pub(super) found: Cursor,
    /// See [`Progress::lost_up_to`].
    pub(super) missing_up_to: Version,
}

/// True if the journal goes on where the store is. With an emptied store whoever holds most begins, once all nodes had
/// time to say what they hold.
fn can_give(tail: Tail, progress: &Progress) -> bool {
    if progress.forked {
        return false;
    }
    if progress.number == Version::ABSENT {
        let waited = progress.at.duration_since(progress.begun_at);
        let is_time = Duration::try_from(waited).is_ok_and(|waited| waited >= RESTORE_GRACE);
        return is_time && progress.first() == Some(tail.first);
    }
    tail.first <= progress.number.next() && progress.number < tail.last
}

fn unreadable() -> Trouble {
    Trouble::Away("the journal cannot be read where the store goes on".into())
}
