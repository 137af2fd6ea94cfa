//! Working on incidents: opening, changing, joining and ending them.

mod change_incident;
mod close_incident;
mod hold_incident;
mod merge_incidents;
mod open_incident;
mod restrict_incident;

use domain::{IncidentId, RecordKey, RecordKind, incident::Incident, location::Location};
use serde::{Deserialize, Serialize};

pub use change_incident::{
    AddNote, ChangeLocation, ChangePriority, ChangeType, NoteAnswer, add_note, change_location,
    change_priority, change_type,
};
pub use close_incident::{
    CancelIncident, CloseIncident, ReopenIncident, cancel_incident, close_incident, reopen_incident,
};
pub use hold_incident::{HoldIncident, ReleaseIncident, hold_incident, release_incident};
pub use merge_incidents::{MergeAnswer, MergeIncidents, UnmergeIncident, merge_incidents, unmerge_incident};
pub use open_incident::{OpenIncident, open_incident};
pub use restrict_incident::{Readers, RestrictIncident, restrict_incident};

use crate::{Answer, draft::Draft};

/// An operation on one incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentAnswer {
    /// Which incident.
    pub incident: IncidentId,
}

impl Answer for IncidentAnswer {
    fn records(&self) -> Vec<RecordKey> {
        vec![RecordKey::new(RecordKind::Incident, self.incident)]
    }
}

/// Puts an incident at a place: its district and the station that answers for it follow.
pub(crate) fn place_incident(draft: &Draft<'_>, incident: &mut Incident, location: Location) {
    let in_force = draft.picture.directory.as_ref();
    let found = location.position.and_then(|position| in_force?.district_at(position));
    incident.district = found.map(|(id, _)| id.clone());
    incident.station = found.map(|(_, district)| district.station.clone());
    incident.location = location;
}
