//! The ring: the last changes, bounded by number and bytes, for everybody who lags a little.

use std::{collections::VecDeque, sync::Arc};

use domain::{RecordKey, Version};

use crate::{
    audience::Audience,
    limits::RingLimits,
    scope::Watcher,
    subscription::Applied,
    view::{BothViews, ViewRecord},
};

/// What a change means for one record: written by it, or only seen by others because of it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) key: RecordKey,
    pub(crate) record: Arc<BothViews>,
    /// True if the change wrote it.
    pub(crate) written: bool,
    /// Whom it concerned before; absent if it was not on the board.
    pub(crate) before: Option<Arc<Audience>>,
    /// Whom it concerns now.
    pub(crate) after: After,
}

/// Whom a record concerns after a change.
#[derive(Debug)]
pub(crate) enum After {
    /// It is on the board and concerns these.
    OnBoard(Arc<Audience>),
    /// It is not on the board; these may see its last state.
    Gone(Arc<Audience>),
}

/// What a watcher is told of an entry.
pub(crate) enum Told {
    Nothing,
    Record(Arc<ViewRecord>),
    /// Its last state, and that it left.
    LastRecord(Arc<ViewRecord>),
    Left,
}

impl Entry {
    /// True if not everybody in its scope may read it, or might before.
    pub(crate) fn is_restricted(&self) -> bool {
        let (After::OnBoard(after) | After::Gone(after)) = &self.after;
        after.readers.is_some() || self.before.as_ref().is_some_and(|before| before.readers.is_some())
    }

    pub(crate) fn told(&self, watcher: &Watcher) -> Told {
        let was = self.before.as_ref().is_some_and(|audience| watcher.sees(audience));
        match &self.after {
            After::OnBoard(audience) if watcher.sees(audience) => {
                if self.written || !was {
                    Told::Record(self.record.of(watcher.view))
                } else {
                    Told::Nothing
                }
            }
            After::Gone(audience) if watcher.sees(audience) => Told::LastRecord(self.record.of(watcher.view)),
            After::OnBoard(_) | After::Gone(_) if was => Told::Left,
            After::OnBoard(_) | After::Gone(_) => Told::Nothing,
        }
    }
}

/// The last changes.
#[derive(Debug)]
pub(crate) struct Ring {
    limits: RingLimits,
    /// The number before the first change kept.
    base: Version,
    changes: VecDeque<Arc<Applied>>,
    bytes: usize,
}

impl Ring {
    pub(crate) fn new(limits: RingLimits, base: Version) -> Self {
        Self { limits, base, changes: VecDeque::new(), bytes: 0 }
    }

    /// Begins anew after the change of this number.
    pub(crate) fn restart(&mut self, base: Version) {
        *self = Self::new(self.limits, base);
    }

    /// The place from which on nothing is left out.
    pub(crate) fn base(&self) -> Version {
        self.base
    }

    /// Adds the next change and drops what is over the limits; the last one stays whatever its size.
    pub(crate) fn push(&mut self, applied: Arc<Applied>) {
        self.bytes += applied.bytes;
        self.changes.push_back(applied);
        while self.changes.len() > 1
            && (self.changes.len() > self.limits.changes || self.bytes > self.limits.bytes)
        {
            let Some(dropped) = self.changes.pop_front() else { return };
            self.bytes -= dropped.bytes;
            self.base = dropped.change.number;
        }
    }

    /// The changes after this number, which is `base` or later.
    pub(crate) fn after(&self, number: Version) -> impl Iterator<Item = &Arc<Applied>> {
        let skipped = usize::try_from(number.0.saturating_sub(self.base.0)).unwrap_or(usize::MAX);
        self.changes.range(skipped.min(self.changes.len())..)
    }
}
