//! What is known of others in line while one is served, beside what the board shows.

use std::collections::{BTreeMap, BTreeSet};

use domain::{IncidentId, UnitId, Version};

/// The number of what is decided and not committed yet: no board shows it.
pub(super) const UNCOMMITTED: Version = Version(u64::MAX);

/// What an incident was given by a commit.
#[derive(Clone, Debug)]
pub(super) struct Given {
    /// The change that it made.
    pub(super) number: Version,
    /// The units that were sent or promised.
    pub(super) units: BTreeSet<UnitId>,
    /// True if it waits for nobody any more whom the centre sends by itself.
    pub(super) is_enough: bool,
}

/// What is known of others in line while one is served.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// Incidents that cannot be served until they change: they keep nobody waiting who stands behind them.
    pub(super) stuck: BTreeSet<IncidentId>,
    /// What was given a moment ago, until its change is heard.
    pub(super) given: BTreeMap<IncidentId, Given>,
}

impl Line {
    /// True if an incident keeps nobody waiting: it cannot be served, or was given enough and a board of this number does not
    /// show that yet.
    pub(super) fn passes_over(&self, incident: IncidentId, board: Version) -> bool {
        let given = self.given.get(&incident).filter(|given| given.number > board);
        self.stuck.contains(&incident) || given.is_some_and(|given| given.is_enough)
    }

    /// The units that were sent or promised and stand as they did before on a board of this number.
    pub(super) fn taken(&self, board: Version) -> BTreeSet<UnitId> {
        let unseen = self.given.values().filter(|given| given.number > board);
        unseen.flat_map(|given| &given.units).cloned().collect()
    }

    /// An incident was given something that no board shows yet.
    pub(super) fn gives(&mut self, incident: IncidentId, given: Given) {
        self.given.insert(incident, given);
    }

    /// Forgets what was heard.
    pub(super) fn catch_up(&mut self, heard: Version) {
        self.given.retain(|_, given| given.number > heard);
    }
}
