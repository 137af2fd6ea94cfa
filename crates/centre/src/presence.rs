//! Who is there: which duty desks have somebody at this node, and what the nodes together see of all desks.

use std::{collections::BTreeMap, sync::Arc};

use domain::StationId;
use store::{Presence, limits::DESKS_HEARD_MAX};
use tokio::{sync::watch, time::Instant};

use crate::handle::Shared;

/// Somebody of a duty desk is connected to this node, for as long as this value is held.
pub struct Attendance {
    shared: Arc<Shared>,
    station: StationId,
}

/// What a node saw of all duty desks at one moment.
#[derive(Clone, Debug)]
pub struct Sight {
    /// When each desk was last heard.
    pub presence: Presence,
    /// When this node saw that, by its own monotonic clock.
    pub seen_at: Instant,
}

/// Sees the duty desks once a second, for as long as the store says. The store is asked only while somebody looks or
/// somebody is there.
pub struct Sights {
    sight: watch::Receiver<Option<Sight>>,
}

/// How many people of each duty desk are connected to this node.
pub(crate) type Attending = BTreeMap<StationId, usize>;

impl Attendance {
    pub(crate) fn begin(shared: Arc<Shared>, station: StationId) -> Self {
        *shared.attending().entry(station.clone()).or_default() += 1;
        Self { shared, station }
    }
}

impl Drop for Attendance {
    fn drop(&mut self) {
        let mut attending = self.shared.attending();
        if let Some(people) = attending.get_mut(&self.station) {
            *people -= 1;
            if *people == 0 {
                attending.remove(&self.station);
            }
        }
    }
}

impl Sights {
    pub(crate) fn new(shared: &Shared) -> Self {
        let mut sight = shared.sight.subscribe();
        sight.mark_unchanged();
        Self { sight }
    }

    /// Waits for the next sight; none comes while the store is away. Safe to drop.
    pub async fn next(&mut self) -> Sight {
        loop {
            if self.sight.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
            if let Some(sight) = self.sight.borrow_and_update().clone() {
                return sight;
            }
        }
    }
}

/// The duty desks with somebody at this node.
pub(crate) fn here(shared: &Shared) -> Vec<StationId> {
    shared.attending().keys().take(DESKS_HEARD_MAX).cloned().collect()
}
