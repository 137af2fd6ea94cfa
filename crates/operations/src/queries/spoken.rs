//! The numbers of incidents that are over, kept as they are learnt: a line is looked at again while it stands, and must not have
//! all that is over walked through each time.
//!
//! It keeps no record. Whoever is told of an incident reads it and looks whether the asker may see it.

use std::collections::{HashMap, HashSet};

use domain::{IncidentId, RecordKind};
use store::limits::GET_KEYS_MAX;
use tokio::sync::Mutex;

use super::over::{SEARCHED_MAX, merged, merged_on_board};
use crate::{ControlRoom, OperationError};

/// Incidents that are kept before all is learnt anew: what the archive took long ago is found by nobody.
const KEPT_MAX: usize = 2 * SEARCHED_MAX;

/// The numbers of what is over or merged into something.
#[derive(Debug, Default)]
pub(crate) struct SpokenNumbers(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    numbers: HashMap<String, IncidentId>,
    incidents: HashSet<IncidentId>,
}

impl SpokenNumbers {
    /// The incident that people call by this number and that is not on the board: the latest that ended, or what was merged into
    /// one. One that is opened again, joined and ended before anybody looks is known without what was joined to it.
    ///
    /// # Errors
    /// [`OperationError::Store`].
    pub(crate) async fn find(
        &self,
        room: &ControlRoom,
        number: &str,
    ) -> Result<Option<IncidentId>, OperationError> {
        let mut kept = self.0.lock().await;
        kept.learn(room).await?;
        Ok(kept.numbers.get(number).copied())
    }
}

impl Kept {
    /// Reads what has ended or was merged since, and no more.
    async fn learn(&mut self, room: &ControlRoom) -> Result<(), OperationError> {
        if self.incidents.len() > KEPT_MAX {
            *self = Self::default();
        }
        let mut new = self.ended(room).await?;
        new.reverse();
        new.extend(merged_on_board(room).into_iter().filter(|id| !self.incidents.contains(id)));
        // in order, so that of several with one number the latest is kept
        let found = merged(room, new.iter().copied()).await?;
        let place: HashMap<IncidentId, usize> = new.iter().copied().zip(0..).collect();
        let mut found: Vec<_> = found.iter().map(|held| &held.record).collect();
        found.sort_by_key(|incident| place.get(&incident.id));
        for incident in found {
            self.numbers.insert(incident.number.to_string(), incident.id);
            self.incidents.insert(incident.id);
        }
        Ok(())
    }

    /// What has ended since, the latest first: the index as far as a page of it is known. One that was opened again and has
    /// ended again stands above others that are not.
    async fn ended(&self, room: &ControlRoom) -> Result<Vec<IncidentId>, OperationError> {
        let (mut new, mut searched) = (Vec::new(), 0);
        while searched < SEARCHED_MAX {
            let keys = room.store.latest_closed(searched, GET_KEYS_MAX).await;
            let keys = keys.map_err(OperationError::Store)?;
            searched += keys.len();
            let incidents = keys.iter().filter(|key| key.kind == RecordKind::Incident);
            let ids: Vec<IncidentId> = incidents.filter_map(|key| key.id.parse().ok()).collect();
            new.extend(ids.iter().filter(|id| !self.incidents.contains(id)));
            let is_known = !ids.is_empty() && ids.iter().all(|id| self.incidents.contains(id));
            if keys.is_empty() || is_known {
                break;
            }
        }
        Ok(new)
    }
}
