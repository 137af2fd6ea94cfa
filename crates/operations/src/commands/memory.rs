//! What this node remembers of the lines that people typed: the last few of each, for a request that is sent again and for
//! taking the last one back.
//!
//! Nothing is lost with it: what was done is in the store, and a line that is typed again elsewhere is decided there.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard},
};

use domain::{IncidentId, Seconds, Version};
use jiff::Timestamp;

use super::{Typed, plan::Plan, undo::Inverse};
use crate::{Ask, RequestId, asker::after, queries::SpokenNumbers};

/// How long a command can be taken back: long enough to see what one did, too short for anybody to have driven off on it.
pub(super) const UNDO_WITHIN: Seconds = Seconds(10);

/// People and programs whose lines are remembered, several times a large centre. Whoever typed longest ago is forgotten.
const PRINCIPALS_MAX: usize = 1_024;

/// Requests remembered of each: whoever gets no answer sends the last one or two again, not the tenth.
const REQUESTS_MAX: usize = 8;

/// A request that was carried out or begun.
#[derive(Clone, Debug)]
pub(super) struct Remembered {
    request: RequestId,
    line: String,
    selected: Option<IncidentId>,
    pub(super) plan: Plan,
    /// The change of its first step, once there is one.
    pub(super) number: Version,
}

impl Remembered {
    /// True if the same was typed, about the same.
    pub(super) fn is_of(&self, typed: &Typed<'_>) -> bool {
        self.line == typed.line && self.selected == typed.selected
    }
}

/// The last command of somebody, and how to take it back.
#[derive(Clone, Debug)]
pub(super) struct Last {
    /// Until when.
    pub(super) until: Timestamp,
    /// How.
    pub(super) inverse: Inverse,
}

#[derive(Debug, Default)]
struct Principal {
    requests: VecDeque<Remembered>,
    last: Option<Last>,
    typed_at: Timestamp,
}

/// What a node remembers of typed lines, and of numbers that they name. Bounded, whatever is typed.
#[derive(Debug, Default)]
pub struct CommandMemory {
    principals: Mutex<HashMap<String, Principal>>,
    pub(super) spoken: SpokenNumbers,
}

impl CommandMemory {
    fn held(&self) -> MutexGuard<'_, HashMap<String, Principal>> {
        self.principals.lock().expect("nothing panics while it remembers")
    }

    /// The same request, if it is known here.
    pub(super) fn known(&self, ask: &Ask) -> Option<Remembered> {
        let held = self.held();
        let requests = &held.get(&ask.asker.name())?.requests;
        requests.iter().find(|known| known.request == ask.request).cloned()
    }

    /// A request is about to be carried out.
    pub(super) fn begin(&self, ask: &Ask, typed: &Typed<'_>, plan: &Plan, now: Timestamp) {
        let mut held = self.held();
        let name = ask.asker.name();
        if !held.contains_key(&name) && held.len() >= PRINCIPALS_MAX {
            let oldest = held.iter().min_by_key(|(_, other)| other.typed_at).map(|(name, _)| name.clone());
            oldest.map(|oldest| held.remove(&oldest));
        }
        let own = held.entry(name).or_default();
        own.typed_at = now;
        if own.requests.iter().any(|known| known.request == ask.request && known.is_of(typed)) {
            return;
        }
        // what was sent under this id before came to nothing
        own.requests.retain(|known| known.request != ask.request);
        if own.requests.len() >= REQUESTS_MAX {
            own.requests.pop_front();
        }
        own.requests.push_back(Remembered {
            request: ask.request.clone(),
            line: typed.line.to_owned(),
            selected: typed.selected,
            plan: plan.clone(),
            number: Version::ABSENT,
        });
    }

    /// A request was carried out, as this change, and can be taken back so. Until when, if it can.
    pub(super) fn done(&self, ask: &Ask, number: Version, inverse: Inverse, now: Timestamp) -> Timestamp {
        let until = after(now, UNDO_WITHIN);
        if let Some(own) = self.held().get_mut(&ask.asker.name()) {
            if let Some(known) = own.requests.iter_mut().find(|known| known.request == ask.request) {
                known.number = number;
            }
            own.last = Some(Last { until, inverse });
        }
        until
    }

    /// The last command of somebody, while it can be taken back.
    pub(super) fn last(&self, name: &str, now: Timestamp) -> Option<Last> {
        self.held().get(name)?.last.clone().filter(|last| now <= last.until)
    }
}
