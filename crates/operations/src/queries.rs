//! What people look up: answered from the picture of the centre, and from the store for what is over.

mod history;
mod likely;
mod list;
mod now;

pub use history::{History, Name, call, incident};
pub use likely::{Likeness, find_likely_duplicates, likely_duplicates};
pub use list::{Listed, Page, Selection, StateName, list_incidents};
pub use now::{
    DeskNow, Standing, Surveyed, UnitNow, alarms, desk, directory, dispatch, recommend, run, units,
};

use centre::Picture;
use domain::{incident::Incident, refusal::Refusal};
use identity::{Reach, may_read};

use crate::{
    Asker,
    draft::{Draft, Halt},
};

/// True if the asker may see the incident: it is not restricted, or they are a reader; and it is in their reach: the
/// whole centre, an incident their desk has to do with, or one their unit is on.
pub(crate) fn may_see(picture: &Picture, asker: &Asker, incident: &Incident) -> bool {
    let Asker::Principal(principal) = asker else { return true };
    let readers = incident.restriction.as_ref().map(|restriction| &restriction.readers);
    if may_read(principal, readers).is_err() {
        return false;
    }
    match Reach::of(principal) {
        Reach::Centre => true,
        Reach::Station(own) => {
            incident.station.as_ref() == Some(&own)
                || incident.lead_desk.as_ref() == Some(&own)
                || incident
                    .assignments
                    .iter()
                    .filter_map(|id| picture.board.assignments().get(id))
                    .any(|assignment| assignment.record.desk == own)
        }
        Reach::Unit(own) => incident
            .runs
            .iter()
            .filter_map(|id| picture.board.runs().get(id))
            .any(|run| run.record.unit == own),
    }
}

/// Refuses, as if it did not exist, an incident that the asker may not see.
pub(crate) fn must_reach_incident(draft: &Draft<'_>, incident: &Incident) -> Result<(), Halt> {
    if may_see(draft.picture, draft.asker, incident) {
        Ok(())
    } else {
        Err(Refusal::UnknownIncident(incident.id).into())
    }
}
