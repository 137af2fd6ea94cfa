//! Where the changes are that were followed last, by the operations that made them.

use std::collections::{HashMap, VecDeque};

use domain::OperationId;

use crate::{Sequence, limits::FOLLOWED_KNOWN_MAX};

/// The last changes of a journal, as many as [`FOLLOWED_KNOWN_MAX`]. `P` is what is noted of each.
#[derive(Debug)]
pub(crate) struct Followed<P> {
    places: HashMap<OperationId, (Sequence, P)>,
    order: VecDeque<(Sequence, OperationId)>,
}

impl<P> Default for Followed<P> {
    fn default() -> Self {
        Self { places: HashMap::new(), order: VecDeque::new() }
    }
}

impl<P> Followed<P> {
    /// Notes a change that was followed.
    pub(crate) fn note(&mut self, sequence: Sequence, operation: OperationId, place: P) {
        self.places.insert(operation, (sequence, place));
        self.order.push_back((sequence, operation));
        if self.order.len() > FOLLOWED_KNOWN_MAX {
            self.forget_first();
        }
    }

    /// The entries up to this one are gone.
    pub(crate) fn forget(&mut self, last: Sequence) {
        while self.order.front().is_some_and(|(sequence, _)| *sequence <= last) {
            self.forget_first();
        }
    }

    /// Where the change of an operation is.
    pub(crate) fn find(&self, operation: OperationId) -> Option<(Sequence, &P)> {
        self.places.get(&operation).map(|(sequence, place)| (*sequence, place))
    }

    fn forget_first(&mut self) {
        let Some((sequence, operation)) = self.order.pop_front() else { return };
        // one that was followed again has another place
        if self.places.get(&operation).is_some_and(|(known, _)| *known == sequence) {
            self.places.remove(&operation);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(number: u64) -> OperationId {
        OperationId::derived("somebody", &number.to_string())
    }

    #[test]
    fn the_last_changes_are_known_until_their_entries_are_gone() {
        let mut followed = Followed::default();
        let all = FOLLOWED_KNOWN_MAX as u64 + 10;
        for number in 1..=all {
            followed.note(Sequence::from_u64(number), operation(number), number);
        }
        assert_eq!((followed.find(operation(10)), followed.places.len()), (None, FOLLOWED_KNOWN_MAX));
        assert_eq!(followed.find(operation(11)), Some((Sequence::from_u64(11), &11)));
        // a lineage that begins anew may have the same operation again
        followed.note(Sequence::from_u64(all + 1), operation(12), 0);
        followed.forget(Sequence::from_u64(all));
        assert_eq!(followed.find(operation(12)), Some((Sequence::from_u64(all + 1), &0)));
        assert_eq!(followed.places.len(), 1);
    }
}
