//! What the entries of a journal amount to, one after the other: which held commits wait, and which changes could be given
//! back.

use std::collections::{BTreeMap, HashMap, hash_map::Entry};

use domain::OperationId;
use store::{Cursor, Tail};

use crate::{
    Sequence,
    entry::{Answered, Gist},
    followed::Followed,
};

/// Where a journal stands after its entries. `P` is what is noted of each held commit that waits, and of the last changes.
#[derive(Debug)]
pub(crate) struct Standing<P> {
    /// The held commits that wait to be settled.
    pub(crate) unsettled: BTreeMap<Sequence, P>,
    by_operation: HashMap<OperationId, Vec<(Sequence, Answered)>>,
    /// The last changes, with none missing between them.
    pub(crate) tail: Option<Tail>,
    /// Where the last changes are.
    pub(crate) followed: Followed<P>,
}

impl<P> Default for Standing<P> {
    fn default() -> Self {
        Self {
            unsettled: BTreeMap::new(),
            by_operation: HashMap::new(),
            tail: None,
            followed: Followed::default(),
        }
    }
}

impl<P> Standing<P> {
    /// Takes in the next entry; `place` is for a held one and for a change.
    pub(crate) fn note(&mut self, sequence: Sequence, gist: Gist, place: P) {
        match gist {
            Gist::Held(held) => {
                self.unsettled.insert(sequence, place);
                self.by_operation.entry(held.operation).or_default().push((sequence, held));
            }
            Gist::Change { at, made } => {
                self.extend_tail(at, made.operation);
                // whoever was answered otherwise must be told
                self.settle(made.operation, |held| held == made);
                self.followed.note(sequence, made.operation, place);
            }
            Gist::Settled(operation) => self.settle(operation, |_| true),
        }
    }

    fn settle(&mut self, operation: OperationId, is_settled: impl Fn(Answered) -> bool) {
        let Entry::Occupied(mut waiting) = self.by_operation.entry(operation) else { return };
        waiting.get_mut().retain(|(sequence, held)| {
            let stays = !is_settled(*held);
            if !stays {
                self.unsettled.remove(sequence);
            }
            stays
        });
        if waiting.get().is_empty() {
            waiting.remove();
        }
    }

    /// A change that does not follow on the last one begins a tail of its own; one that is there already changes nothing.
    fn extend_tail(&mut self, at: Cursor, operation: OperationId) {
        let known = self.tail.filter(|tail| tail.lineage == at.lineage);
        let first = match known {
            Some(tail) if (tail.first..=tail.last).contains(&at.number) => return,
            Some(tail) if at.number == tail.last.next() => tail.first,
            Some(_) | None => at.number,
        };
        self.tail = Some(Tail { lineage: at.lineage, first, last: at.number, operation });
    }

    /// The changes up to this one are gone: the tail begins after it.
    pub(crate) fn forget(&mut self, gone: Option<Cursor>) {
        let Some((tail, gone)) = self.tail.as_mut().zip(gone) else { return };
        if tail.lineage == gone.lineage && tail.first <= gone.number {
            tail.first = gone.number.next();
        }
        if tail.first > tail.last {
            self.tail = None;
        }
    }

    /// The commit of an operation that was held first and waits.
    pub(crate) fn held(&self, operation: OperationId) -> Option<(Sequence, &P)> {
        let (first, _) = *self.by_operation.get(&operation)?.first()?;
        Some((first, self.unsettled.get(&first)?))
    }
}
