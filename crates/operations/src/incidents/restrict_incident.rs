//! Keeping an incident from all but its readers, such as a complaint against a station.

use std::collections::BTreeSet;

use domain::{IncidentId, RecordKind, Version, incident::Restriction, limits::READERS_MAX, record::Record};
use serde::Serialize;

use super::IncidentAnswer;
use crate::{
    Ask, ControlRoom, Done, OperationError,
    asker::{limit, line},
    responding::must_have_room,
};

/// Who may see it from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Readers {
    /// These persons, as their tokens name them, and whoever restricts it.
    Only {
        /// Who.
        names: BTreeSet<String>,
        /// Why, for those readers.
        reason: String,
    },
    /// Everybody with a right to the centre again.
    Everybody,
}

/// Who may see an incident is to change.
#[derive(Clone, Debug, Serialize)]
pub struct RestrictIncident {
    /// Which.
    pub incident: IncidentId,
    /// The version the asker saw; absent means whatever is current.
    pub expected: Option<Version>,
    /// Who may.
    pub readers: Readers,
}

/// Changes who may see an incident. For everybody else it does not exist.
///
/// # Errors
/// [`OperationError`]: no such incident, too many readers, or the store.
pub async fn restrict_incident(
    room: &ControlRoom,
    ask: &Ask,
    request: &RestrictIncident,
) -> Result<Done<IncidentAnswer>, OperationError> {
    if let Readers::Only { names, reason } = &request.readers {
        limit("readers", names.len(), READERS_MAX)?;
        line("reason", reason)?;
        names.iter().try_for_each(|name| line("reader", name))?;
    }
    room.commit(ask, "restrict_incident", request, |draft| {
        let mut incident = draft.incident(request.incident)?;
        draft.expect(RecordKind::Incident, request.incident, request.expected)?;
        incident.restriction = match &request.readers {
            Readers::Only { names, reason } => {
                let by = draft.asker.name();
                let mut readers = names.clone();
                readers.insert(by.clone());
                Some(Restriction { readers, reason: reason.clone(), by })
            }
            Readers::Everybody => None,
        };
        must_have_room(&incident)?;
        draft.put(Record::Incident(incident));
        Ok(IncidentAnswer { incident: request.incident })
    })
    .await
}
