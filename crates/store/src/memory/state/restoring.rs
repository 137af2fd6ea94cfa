//! A store that is being restored: who offers what, what is put back, and how it ends.

use std::{collections::BTreeMap, time::Duration};

use domain::{OperationId, Version};
use jiff::Timestamp;

use super::{State, milliseconds};
use crate::{
    Change, Cursor, Ended, Ending, Lineage, Offer, Progress, PutBack, Refusal, Restoring, Retention, limits,
    within,
};

/// A restore that is under way.
#[derive(Clone, Debug)]
pub(super) struct Restore {
    lineage: Lineage,
    begun_ms: i64,
    lost_up_to: Version,
    forked: bool,
    /// The last offer of each node and when it was made.
    offers: BTreeMap<String, (Offer, i64)>,
}

impl State {
    pub(in crate::memory) fn offer(
        &mut self,
        offer: Offer,
        retention: &Retention,
        now: Timestamp,
    ) -> Result<Restoring, Refusal> {
        let now_ms = now.as_millisecond();
        let mut restore = match self.restore.clone() {
            Some(restore) if restore.lineage == offer.lineage => restore,
            Some(restore) => {
                return Ok(Restoring::Other { tip: self.tip, restoring: Some(restore.lineage) });
            }
            None if self.tip.lineage == offer.lineage && offer.last <= self.tip.number => {
                return Ok(match self.is_other(offer.last, offer.operation) {
                    true => Restoring::Forked { tip: self.tip },
                    false => Restoring::Whole { tip: self.tip },
                });
            }
            None if self.tip.lineage == offer.lineage || self.tip == Cursor::NONE => Restore {
                lineage: offer.lineage,
                begun_ms: now_ms,
                lost_up_to: Version::ABSENT,
                forked: false,
                offers: BTreeMap::new(),
            },
            None => return Ok(Restoring::Other { tip: self.tip, restoring: None }),
        };
        restore.offers.retain(|_, (_, renewed_ms)| is_fresh(*renewed_ms, now_ms, retention));
        if restore.offers.is_empty() || restore.begun_ms > now_ms {
            restore.begun_ms = now_ms;
        }
        restore.forked |= self.is_other(offer.last, offer.operation);
        restore.offers.insert(offer.node.clone(), (offer, now_ms));
        within("nodes that offer changes", restore.offers.len(), limits::OFFERING_NODES_MAX)?;
        self.tip.lineage = Lineage::NONE;
        let restore = self.restore.insert(restore);
        Ok(Restoring::UnderWay(restore.progress(self.tip.number, retention, now_ms)))
    }

    pub(in crate::memory) fn restoring(&self, retention: &Retention, now: Timestamp) -> Option<Progress> {
        let restore = self.restore.as_ref()?;
        Some(restore.progress(self.tip.number, retention, now.as_millisecond()))
    }

    pub(in crate::memory) fn put_back(
        &mut self,
        lineage: Lineage,
        after: Option<OperationId>,
        changes: Vec<Change>,
        retention: &Retention,
    ) -> PutBack {
        let (tip, number) = (self.tip, self.tip.number);
        let is_other = after.is_some_and(|after| self.is_other(number, after));
        let restore = self.restore.as_mut().filter(|restore| restore.lineage == lineage);
        let Some(restore) = restore else { return PutBack::NotRestoring { tip } };
        let Some(first) = changes.first() else { return PutBack::Done { number } };
        if number != Version::ABSENT && first.number != number.next() {
            return PutBack::Elsewhere { number };
        }
        restore.forked |= is_other;
        if restore.forked {
            return PutBack::Forked { number };
        }
        if first.number != number.next() {
            restore.lost_up_to = Version(first.number.0 - 1);
        }
        for change in changes {
            self.write(change, retention);
        }
        PutBack::Done { number: self.tip.number }
    }

    /// True if the change of this number is kept and another operation made it.
    fn is_other(&self, number: Version, operation: OperationId) -> bool {
        let kept = self.stream.iter().rev().find(|kept| kept.change.number == number);
        kept.is_some_and(|kept| kept.change.operation != operation)
    }

    pub(in crate::memory) fn end_restore(
        &mut self,
        lineage: Lineage,
        ending: Ending,
        grace: Duration,
        retention: &Retention,
        now: Timestamp,
    ) -> Ended {
        let restore = self.restore.as_ref().filter(|restore| restore.lineage == lineage);
        let Some(restore) = restore else { return Ended::Over { tip: self.tip } };
        let now_ms = now.as_millisecond();
        let progress = restore.progress(self.tip.number, retention, now_ms);
        let (may_end, next) = match ending {
            Ending::Whole => (progress.is_whole(), lineage),
            Ending::Under { new } => (!progress.is_whole() && !progress.is_reachable(), new),
        };
        if !may_end || now_ms.saturating_sub(restore.begun_ms) < milliseconds(grace) {
            return Ended::NotYet(progress);
        }
        self.restore = None;
        self.tip.lineage = next;
        Ended::Over { tip: self.tip }
    }
}

impl Restore {
    fn progress(&self, number: Version, retention: &Retention, now_ms: i64) -> Progress {
        let time = |ms| Timestamp::from_millisecond(ms).expect("it was read from a time");
        let fresh = self.offers.values().filter(|(_, renewed_ms)| is_fresh(*renewed_ms, now_ms, retention));
        Progress {
            lineage: self.lineage,
            number,
            lost_up_to: self.lost_up_to,
            forked: self.forked,
            at: time(now_ms),
            begun_at: time(self.begun_ms),
            offers: fresh.map(|(offer, _)| offer.clone()).collect(),
        }
    }
}

/// True if an offer counts. One from far ahead does not: the store's clock was set back since.
fn is_fresh(renewed_ms: i64, now_ms: i64, retention: &Retention) -> bool {
    now_ms.saturating_sub(renewed_ms).saturating_abs() < milliseconds(retention.offer_fresh_for)
}
