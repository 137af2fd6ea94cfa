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
            return self.restored(tip, Lack { seen, found: tip, missing_up_to: Version::ABSENT }).await;
        };
        let offer = self.offer(tail);
        let mut missing_up_to = Version::ABSENT;
        let now = loop {
            match self.config.store.offer(offer.clone()).await? {
                Restoring::UnderWay(progress) => {
                    self.show_progress(&progress, seen);
                    missing_up_to = progress.lost_up_to;
                    match self.step(&journal, tail, &progress).await? {
                        Step::GoOn => {}
                        Step::Wait => tokio::time::sleep(OFFER_EVERY).await,
                        Step::Over(now) => break now,
                        // it offers no more: what it cannot read nobody may wait for
                        Step::Unreadable => break self.outlast().await?,
                    }
                }
                Restoring::Whole { tip: now } | Restoring::Other { tip: now, restoring: None } => break now,
                // others have taken its numbers for something else since: nobody may take them for what was seen
                Restoring::Forked { tip: now } => break self.begin_lineage(now).await?,
                Restoring::Other { restoring: Some(_), .. } => break self.outlast().await?,
            }
        };
        self.restored(now, Lack { seen, found: tip, missing_up_to }).await
    }

    /// Waits until a restore is over to which this node has nothing to give, and ends one that nobody can go on with: those
    /// who could may be gone for good. Where the store is then.
    pub(super) async fn outlast(&self) -> Result<Cursor, Trouble> {
        while let Some(progress) = self.config.store.restoring().await? {
            if !progress.is_reachable() && !progress.is_whole() {
                let ending = Ending::Under { new: (self.config.new_lineage)() };
                match self.config.store.end_restore(progress.lineage, ending, RESTORE_GRACE).await? {
                    Ended::Over { tip } => return Ok(tip),
                    Ended::NotYet(_) => {}
                }
            }
            tokio::time::sleep(OFFER_EVERY).await;
        }
        Ok(self.config.store.tip().await?)
    }

    /// True if the store has the very history that this node's journal ends with. It is asked whenever the store was away: a
    /// store that lost changes may have taken others for them meanwhile.
    pub(super) async fn is_as_it_was(&self, seen: Cursor) -> Result<bool, Trouble> {
        let Some((_, tail)) = self.kept_of(seen) else { return Ok(true) };
        let offered = self.config.store.offer(self.offer(tail)).await?;
        Ok(matches!(offered, Restoring::Whole { .. }))
    }

    fn offer(&self, tail: Tail) -> Offer {
        Offer {
            node: self.config.node.clone(),
            lineage: tail.lineage,
            first: tail.first,
            last: tail.last,
            operation: tail.operation,
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
    pub(super) async fn restored(&mut self, now: Cursor, lack: Lack) -> Result<Cursor, Trouble> {
        let Lack { seen, found, missing_up_to } = lack;
        let lacks = now.lineage == Lineage::NONE || (now.lineage == seen.lineage && now.number < seen.number);
        let now = if lacks { self.begin_lineage(now).await? } else { now };
        let lacked = found.lineage != seen.lineage || found.number < seen.number;
        let outcome = match (now.lineage == seen.lineage, missing_up_to) {
            (true, Version::ABSENT) if !lacked => return Ok(now),
            (true, Version::ABSENT) => "whole",
            (true, _) => "in_part",
            (false, _) => "new_lineage",
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

    /// Does what this node can do for a restore.
    async fn step(&self, journal: &SharedJournal, tail: Tail, progress: &Progress) -> Result<Step, Trouble> {
        let ending = if progress.is_whole() {
            Ending::Whole
        } else if can_give(tail, progress) {
            return self.put_back(journal, tail, progress.number).await;
        } else if progress.is_reachable() {
            return Ok(Step::Wait);
        } else {
            Ending::Under { new: (self.config.new_lineage)() }
        };
        Ok(match self.config.store.end_restore(tail.lineage, ending, RESTORE_GRACE).await? {
            Ended::Over { tip } => Step::Over(tip),
            Ended::NotYet(_) => Step::Wait,
        })
    }

    /// Puts back what follows on where the store is, for a while: then the offer must be renewed.
    async fn put_back(&self, journal: &SharedJournal, tail: Tail, number: Version) -> Result<Step, Trouble> {
        let until = Instant::now() + PUT_BACK_FOR;
        // the change before tells whether the store is the one that this node has seen
        let from = number.max(tail.first);
        let mut changes = journal.changes_after(Version(from.0 - 1));
        let mut before = None;
        if from == number {
            let Some(last) = changes.next().await else { return Ok(unreadable(number)) };
            before = Some(last.operation);
        }
        let (mut chunk, mut reached): (Vec<Change>, _) = (Vec::new(), number);
        while Instant::now() < until && reached < tail.last {
            while chunk.is_empty() || fitting(&chunk) == chunk.len() {
                let Some(change) = changes.next().await else { break };
                chunk.push(change);
            }
            let rest = chunk.split_off(fitting(&chunk));
            let Some(last) = chunk.last().map(|last| last.operation) else { return Ok(unreadable(reached)) };
            match self.config.store.put_back(tail.lineage, before, chunk).await? {
                PutBack::Done { number } => {
                    metrics::gauge!("kezek_restore_number").set(number.0 as f64);
                    (before, reached) = (Some(last), number);
                }
                // somebody was faster, or it is over: the next offer tells
                PutBack::Elsewhere { .. } | PutBack::Forked { .. } | PutBack::NotRestoring { .. } => {
                    return Ok(Step::Wait);
                }
            }
            chunk = rest;
        }
        Ok(Step::GoOn)
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
pub(super) struct Lack {
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

/// What a step of a restore came to.
enum Step {
    /// Something was put back, and more may be.
    GoOn,
    /// Nothing is to be done now.
    Wait,
    /// It is over, and the store is here.
    Over(Cursor),
    /// The journal cannot be read where the store goes on.
    Unreadable,
}

fn unreadable(after: Version) -> Step {
    tracing::error!(%after, "the journal cannot be read where the store goes on");
    Step::Unreadable
}
