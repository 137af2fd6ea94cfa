//! The one switch that stops all automatic sending.

use domain::{
    RecordKey, RecordKind, Version,
    dispatch::Automatic,
    record::{Record, THE_ONE},
};
use serde::{Deserialize, Serialize};

use crate::{Answer, Ask, ControlRoom, Done, OperationError, asker::line};

/// Automatic sending is switched.
#[derive(Clone, Debug, Serialize)]
pub struct SetAutomatic {
    /// The version the asker saw; absent means whatever is current.
    pub expected: Option<Version>,
    /// On or off.
    pub automatic: Automatic,
    /// Why.
    pub reason: String,
}

/// How the switch stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutomaticAnswer {
    /// On or off.
    pub automatic: Automatic,
}

impl Answer for AutomaticAnswer {
    fn records(&self) -> Vec<RecordKey> {
        vec![RecordKey::new(RecordKind::Dispatch, THE_ONE)]
    }
}

/// Switches automatic sending on or off. A dispatcher that was deciding meanwhile gets a conflict.
///
/// # Errors
/// [`OperationError`]: the record moved, or the store.
pub async fn set_automatic(
    room: &ControlRoom,
    ask: &Ask,
    request: &SetAutomatic,
) -> Result<Done<AutomaticAnswer>, OperationError> {
    line("reason", &request.reason)?;
    room.commit(ask, "set_automatic", request, |draft| {
        let mut dispatch = draft.dispatch()?;
        draft.expect(RecordKind::Dispatch, THE_ONE, request.expected)?;
        dispatch.automatic = request.automatic;
        dispatch.switched_by = draft.asker.name();
        dispatch.reason.clone_from(&request.reason);
        draft.put(Record::Dispatch(dispatch));
        Ok(AutomaticAnswer { automatic: request.automatic })
    })
    .await
}
