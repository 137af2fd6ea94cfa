//! Working on incidents: opening, changing, joining and ending them.

mod change_incident;
mod close_incident;
mod hold_incident;
mod merge_incidents;
mod open_incident;
mod restrict_incident;

use domain::{
    IncidentId, IncidentTypeId, Priority, RecordKey, RecordKind, SpokenNumber,
    call::Call,
    directory::ResponsePlan,
    incident::{Incident, Need, NewIncident},
    limits::SUMMARY_CHARS_MAX,
    location::Location,
    milestone::Report,
};
use serde::{Deserialize, Serialize};

pub use change_incident::{
    AddNote, ChangeLocation, ChangePriority, ChangeType, NoteAnswer, add_note, change_location,
    change_priority, change_type,
};
pub(crate) use change_incident::{become_type, priority_as};
pub use close_incident::{
    CancelIncident, CloseIncident, ReopenIncident, cancel_incident, close_incident, reopen_incident,
};
pub use hold_incident::{HoldIncident, ReleaseIncident, hold_incident, release_incident};
pub use merge_incidents::{MergeAnswer, MergeIncidents, UnmergeIncident, merge_incidents, unmerge_incident};
pub use open_incident::{OpenIncident, open_incident};
pub use restrict_incident::{Readers, RestrictIncident, restrict_incident};

use crate::{Answer, calls::is_garbled, draft::Draft};

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

/// What an incident is opened with.
pub(crate) struct Opening<'a> {
    pub(crate) number: SpokenNumber,
    pub(crate) incident_type: Option<IncidentTypeId>,
    pub(crate) priority: Priority,
    pub(crate) plan: Option<&'a ResponsePlan>,
    pub(crate) location: Location,
    /// What was said of it, of which the first words stand in lists.
    pub(crate) words: &'a str,
    /// The call that led to it, if one did.
    pub(crate) call: Option<&'a Call>,
    pub(crate) report: &'a Report,
}

/// The incident that the operation opens. The caller writes it.
pub(crate) fn opened(draft: &Draft<'_>, opening: Opening<'_>) -> Incident {
    let new = NewIncident {
        id: IncidentId::derived(draft.operation, "incident"),
        number: opening.number,
        incident_type: opening.incident_type,
        priority: opening.priority,
        summary: summarize(opening.words),
        needs: opening.plan.map(|plan| plan.needs.iter().map(Need::planned).collect()).unwrap_or_default(),
    };
    let mut incident = Incident::open(new, opening.report);
    if let Some(call) = opening.call {
        incident.list_call(call);
    }
    place_incident(draft, &mut incident, opening.location);
    incident
}

/// The first words of a text, on one line and without characters that would change a list.
fn summarize(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .filter(|letter| !is_garbled(letter.encode_utf8(&mut [0; 4])))
        .take(SUMMARY_CHARS_MAX)
        .collect()
}
