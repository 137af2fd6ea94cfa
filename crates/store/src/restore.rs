//! What gives a store back what it lost: the same changes at the same numbers in the same lineage, in order.
//!
//! A store that was put back to an older copy, or emptied, lacks changes that nodes still hold. They say which they hold
//! ([`Offer`]), and from then on nothing commits until the store has them again or goes on under a new lineage. So every
//! number keeps its meaning, and whoever had seen the store so far goes on from there. No change is ever put anywhere but
//! at its own number, none is left out, and none is made up. Nor is any put back on top of another history: a store that
//! took something else before anybody noticed what it had lost is forked, and goes on under a new lineage.

use domain::{OperationId, Version};
use jiff::Timestamp;

use crate::{Change, Cursor, Lineage, Refusal, commit::check_key, limits, within};

/// What one node holds of a lineage: every change from the first to the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Which node. Its next offer replaces this one.
    pub node: String,
    /// Of which lineage.
    pub lineage: Lineage,
    /// The first change it holds; never 0.
    pub first: Version,
    /// The last change it holds, not before the first.
    pub last: Version,
    /// The operation of that change: another one at its number in the store is another history.
    pub operation: OperationId,
}

impl Offer {
    /// Checks everything that can be known without the store.
    ///
    /// # Errors
    /// No node, a name or a number beyond its limit, no lineage, or no change at all.
    pub fn check(&self) -> Result<(), Refusal> {
        within("bytes of a node's name", self.node.len(), limits::HOLDER_BYTES_MAX)?;
        within_numbers(self.last)?;
        let holds_some = Version::ABSENT < self.first && self.first <= self.last;
        if self.node.is_empty() || self.lineage == Lineage::NONE || !holds_some {
            return Err(Refusal::Offer { first: self.first, last: self.last });
        }
        Ok(())
    }

    /// True if the node can go on after this change.
    fn goes_on_after(&self, number: Version) -> bool {
        self.first <= number.next() && number < self.last
    }
}

/// How far a restore is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The lineage that is being restored. The store's own is [`Lineage::NONE`] meanwhile.
    pub lineage: Lineage,
    /// The last change the store has.
    pub number: Version,
    /// Everything up to this change is lost for good: the store was empty, and the first change that was put back is the
    /// one after it. Records that no later change wrote are missing. 0 if nothing is.
    pub lost_up_to: Version,
    /// True once a node held another change than the store at the same number: what was lost belongs to another history
    /// than what the store took since, and nothing can be put back any more.
    pub forked: bool,
    /// When it was asked, by the store's own time.
    pub at: Timestamp,
    /// When it began, by the store's own time: with the first offer, or with the first after a time in which no node
    /// renewed its own.
    pub begun_at: Timestamp,
    /// The offers that count, by node: those renewed within [`Retention::offer_fresh_for`](crate::Retention).
    pub offers: Vec<Offer>,
}

impl Progress {
    /// How far the store goes once all that is offered is put back; 0 if nothing is offered.
    pub fn wanted(&self) -> Version {
        self.offers.iter().map(|offer| offer.last).max().unwrap_or(Version::ABSENT)
    }

    /// The first change that anybody offers: where an emptied store may begin at the earliest. Absent if nothing is
    /// offered.
    pub fn first(&self) -> Option<Version> {
        self.offers.iter().map(|offer| offer.first).min()
    }

    /// True if some node can go on where the store is. Every node can go on with an emptied store, and none with a
    /// forked one.
    pub fn is_reachable(&self) -> bool {
        let is_empty = self.number == Version::ABSENT;
        !self.forked && self.offers.iter().any(|offer| is_empty || offer.goes_on_after(self.number))
    }

    /// True if the store has everything that is offered, and something is: a store without offers misses what nobody
    /// who could tell is there to tell. A forked one lacks something whatever its number.
    pub fn is_whole(&self) -> bool {
        !self.forked && !self.offers.is_empty() && self.wanted() <= self.number
    }
}

/// What came of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a store that is being restored takes no commits until somebody puts back what it lost"]
pub enum Restoring {
    /// The store goes as far as the node, by the same last change if it still keeps that one; nothing was written.
    Whole {
        /// Where the store is.
        tip: Cursor,
    },
    /// The store is being restored, from now on or since before, and the offer counts.
    UnderWay(Progress),
    /// The store goes as far as the node and has another change at the node's last number: it lost changes and took
    /// others since. Nothing was written; it can only go on under a new lineage
    /// ([`Store::begin_lineage`](crate::Store::begin_lineage)).
    Forked {
        /// Where the store is.
        tip: Cursor,
    },
    /// The store is of another lineage; nothing was written.
    Other {
        /// Where the store is.
        tip: Cursor,
        /// The lineage that it is being restored to, if it is.
        restoring: Option<Lineage>,
    },
}

/// What came of putting changes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "only what was done is there"]
pub enum PutBack {
    /// All of them are there.
    Done {
        /// The last change the store has now.
        number: Version,
    },
    /// Nothing was written: they do not begin where the store is. Somebody was faster, or there is a gap between.
    Elsewhere {
        /// The last change the store has.
        number: Version,
    },
    /// Nothing was put back: the last change of the store is another than the node has at its number, which is noted
    /// ([`Progress::forked`]).
    Forked {
        /// The last change the store has.
        number: Version,
    },
    /// Nothing was written: that lineage is not being restored, or no longer.
    NotRestoring {
        /// Where the store is.
        tip: Cursor,
    },
}

/// How a restore shall end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With everything that was offered: the lineage goes on.
    Whole,
    /// Without what nobody can give: a new lineage begins where the store is.
    Under {
        /// The new lineage.
        new: Lineage,
    },
}

/// What came of ending a restore.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a restore that has not ended takes no commits"]
pub enum Ended {
    /// That lineage is not being restored any more, by this call or an earlier one.
    Over {
        /// Where the store is. Its lineage tells how the restore ended.
        tip: Cursor,
    },
    /// It cannot end like this, or not yet; nothing was written.
    NotYet(Progress),
}

/// How many of these changes, from the front, one call may put back; at least one, if there is any.
pub fn fitting(changes: &[Change]) -> usize {
    let (mut records, mut bytes) = (0, 0);
    let fits = changes.iter().take(limits::PUT_BACK_CHANGES_MAX).take_while(|change| {
        records += change.records.len();
        bytes += change.stream_bytes();
        records <= limits::PUT_BACK_RECORDS_MAX && bytes <= limits::PUT_BACK_BYTES_MAX
    });
    fits.count().max(1).min(changes.len())
}

/// Checks what a store is asked to take back.
///
/// # Errors
/// Too much at once, numbers that do not follow on each other, or a key that cannot be one.
pub fn check_put_back(changes: &[Change]) -> Result<(), Refusal> {
    within("changes to put back", changes.len(), limits::PUT_BACK_CHANGES_MAX)?;
    let records = changes.iter().map(|change| change.records.len()).sum();
    within("records to put back", records, limits::PUT_BACK_RECORDS_MAX)?;
    let bytes: u64 = changes.iter().map(Change::stream_bytes).sum();
    let (found, limit) = (usize::try_from(bytes), usize::try_from(limits::PUT_BACK_BYTES_MAX));
    within("bytes to put back", found.unwrap_or(usize::MAX), limit.unwrap_or(usize::MAX))?;
    let mut expected = changes.first().map_or(Version::ABSENT, |change| change.number.max(Version(1)));
    for change in changes {
        within_numbers(change.number)?;
        if change.number != expected {
            return Err(Refusal::NotDense { expected, found: change.number });
        }
        expected = expected.next();
        within("records of a change", change.records.len(), limits::WRITES_MAX)?;
        change.records.iter().try_for_each(|record| check_key(&record.key))?;
    }
    Ok(())
}

/// Checks how a restore shall end.
///
/// # Errors
/// A new lineage that is none, or not new.
pub fn check_ending(lineage: Lineage, ending: Ending) -> Result<(), Refusal> {
    match ending {
        Ending::Under { new: Lineage::NONE } => Err(Refusal::NoLineage),
        Ending::Under { new } if new == lineage => Err(Refusal::SameLineage),
        Ending::Under { .. } | Ending::Whole => Ok(()),
    }
}

/// Checks that a number is one that a store can count to.
fn within_numbers(number: Version) -> Result<(), Refusal> {
    let (found, limit) = (usize::try_from(number.0), usize::try_from(limits::NUMBER_MAX));
    within("as the number of a change", found.unwrap_or(usize::MAX), limit.unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::{RecordKey, RecordKind};
    use uuid::Uuid;

    use super::*;
    use crate::{ChangedRecord, Fingerprint, Place};

    const LINEAGE: Lineage = Lineage::from_uuid(Uuid::from_u128(1));

    fn offer(node: &str, first: u64, last: u64) -> Offer {
        let operation = OperationId::derived("test", &last.to_string());
        Offer {
            node: node.to_owned(),
            lineage: LINEAGE,
            first: Version(first),
            last: Version(last),
            operation,
        }
    }

    fn progress(number: u64, offers: Vec<Offer>) -> Progress {
        let at = Timestamp::UNIX_EPOCH;
        Progress {
            lineage: LINEAGE,
            number: Version(number),
            lost_up_to: Version::ABSENT,
            forked: false,
            at,
            begun_at: at,
            offers,
        }
    }

    fn change(number: u64, bytes: usize) -> Change {
        Change {
            number: Version(number),
            operation: OperationId::derived("test", &number.to_string()),
            fingerprint: Fingerprint::of(b"test"),
            answer: Arc::from("x".repeat(bytes)),
            actor: String::new(),
            cause: String::new(),
            at: Timestamp::UNIX_EPOCH,
            records: Vec::new(),
        }
    }

    #[test]
    fn what_is_wanted_and_who_can_go_on_follows_from_the_offers() {
        let offers = vec![offer("a", 5, 9), offer("b", 12, 20)];
        for (number, is_reachable, is_whole) in
            [(0, true, false), (3, false, false), (4, true, false), (8, true, false), (9, false, false)]
                .into_iter()
                .chain([(10, false, false), (11, true, false), (19, true, false), (20, false, true)])
        {
            let progress = progress(number, offers.clone());
            assert_eq!((progress.wanted(), progress.first()), (Version(20), Some(Version(5))));
            let said = (progress.is_reachable(), progress.is_whole());
            assert_eq!(said, (is_reachable, is_whole), "at {number}");
            let forked = Progress { forked: true, ..progress };
            assert!(!forked.is_reachable() && !forked.is_whole(), "{forked:?}");
        }
        for number in [0, 7] {
            let nobody = progress(number, Vec::new());
            assert_eq!((nobody.wanted(), nobody.first()), (Version::ABSENT, None));
            assert!(!nobody.is_reachable() && !nobody.is_whole(), "who could tell is not there: {nobody:?}");
        }
    }

    #[test]
    fn an_offer_names_a_node_a_lineage_and_changes() {
        assert_eq!(offer("a", 1, 1).check(), Ok(()));
        assert_eq!(offer("a", 1, limits::NUMBER_MAX).check(), Ok(()));
        let of_none = Offer { lineage: Lineage::NONE, ..offer("a", 1, 1) };
        for refused in [offer("", 1, 1), offer("a", 0, 1), offer("a", 3, 2), of_none] {
            assert!(matches!(refused.check(), Err(Refusal::Offer { .. })), "{refused:?}");
        }
        let long = "a".repeat(limits::HOLDER_BYTES_MAX + 1);
        for refused in [offer(&long, 1, 1), offer("a", 1, limits::NUMBER_MAX + 1), offer("a", 1, u64::MAX)] {
            assert!(matches!(refused.check(), Err(Refusal::Limit { .. })), "{refused:?}");
        }
    }

    #[test]
    fn as_much_as_fits_is_never_refused_and_one_more_is() {
        let small: Vec<_> = (7..7 + 2 * limits::PUT_BACK_CHANGES_MAX as u64).map(|n| change(n, 9)).collect();
        let large: Vec<_> = (1..20).map(|number| change(number, limits::COMMIT_BYTES_MAX / 2)).collect();
        let mut wide: Vec<_> = (1..20).map(|number| change(number, 1)).collect();
        for change in &mut wide {
            let key = RecordKey::new(RecordKind::Note, 1);
            let record = ChangedRecord { key, state: "{}".into(), place: Place::NOWHERE };
            change.records.resize(limits::WRITES_MAX, record);
        }
        for changes in [small, large, wide] {
            let fit = fitting(&changes);
            assert!(0 < fit && fit < changes.len());
            assert_eq!(check_put_back(&changes[..fit]), Ok(()));
            let more = check_put_back(&changes[..=fit]);
            assert!(matches!(more, Err(Refusal::Limit { .. })), "{more:?}");
        }
        assert_eq!((fitting(&[]), check_put_back(&[])), (0, Ok(())));
    }

    #[test]
    fn what_is_put_back_follows_on_without_a_gap() {
        let refused = |numbers: &[u64]| {
            let changes: Vec<_> = numbers.iter().map(|number| change(*number, 1)).collect();
            check_put_back(&changes).err()
        };
        let not_dense =
            |expected, found| Some(Refusal::NotDense { expected: Version(expected), found: Version(found) });
        assert_eq!(refused(&[4, 5, 6]), None);
        assert_eq!(refused(&[4, 6]), not_dense(5, 6));
        assert_eq!(refused(&[4, 4]), not_dense(5, 4));
        assert_eq!(refused(&[0, 1]), not_dense(1, 0));
        assert!(matches!(refused(&[limits::NUMBER_MAX + 1]), Some(Refusal::Limit { .. })));
    }
}
