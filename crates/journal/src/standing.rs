//! What the entries of a journal amount to, one after the other: which held commits wait, and which changes could be given
//! back.

use std::collections::{BTreeMap, HashMap};

use domain::OperationId;
use store::{Cursor, Tail};

use crate::{Sequence, entry::Gist};

/// Where a journal stands after its entries. `P` is what is noted of each held commit that waits.
#[derive(Debug)]
pub(crate) struct Standing<P> {
    /// The held commits that wait to be settled.
    pub(crate) unsettled: BTreeMap<Sequence, P>,
    by_operation: HashMap<OperationId, Vec<Sequence>>,
    /// The last changes, with none missing between them.
    pub(crate) tail: Option<Tail>,
}

impl<P> Default for Standing<P> {
    fn default() -> Self {
        Self { unsettled: BTreeMap::new(), by_operation: HashMap::new(), tail: None }
    }
}

impl<P> Standing<P> {
    /// Takes in the next entry; `place` is for a held one.
    pub(crate) fn note(&mut self, sequence: Sequence, gist: Gist, place: P) {
        match gist {
            Gist::Held(operation) => {
                self.unsettled.insert(sequence, place);
                self.by_operation.entry(operation).or_default().push(sequence);
            }
            Gist::Change { at, operation } => {
                self.extend_tail(at, operation);
                self.settle(operation);
            }
            Gist::Settled(operation) => self.settle(operation),
        }
    }

    fn settle(&mut self, operation: OperationId) {
        for held in self.by_operation.remove(&operation).unwrap_or_default() {
            self.unsettled.remove(&held);
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

    /// The commit of an operation that was held first and waits.
    pub(crate) fn held(&self, operation: OperationId) -> Option<(Sequence, &P)> {
        let first = *self.by_operation.get(&operation)?.first()?;
        Some((first, self.unsettled.get(&first)?))
    }
}
