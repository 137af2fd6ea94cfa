//! Who must be told of an incident, whoever is sent.

use domain::{StationId, directory::Directory, incident::Incident};

/// The station that answers for the incident's district and is therefore told of it, whether or not it is asked to
/// send somebody.
///
/// None if the incident is restricted (its readers decide who knows) or lies in no district. A district that the
/// directory in force no longer has leaves the station the incident was given before.
pub fn informs(incident: &Incident, directory: &Directory) -> Option<StationId> {
    if incident.restriction.is_some() {
        return None;
    }
    let district = incident.district.as_ref()?;
    match directory.districts.get(district) {
        Some(known) => Some(known.station.clone()),
        None => incident.station.clone(),
    }
}
