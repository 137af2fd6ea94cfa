//! Nobody is at the incident any more: the operator reads it through and closes it.

use std::sync::Arc;

use protocol::dispatch::v1::{
    CloseIncidentRequest, GetIncidentRequest, GetIncidentResponse, close_incident_request::Basis,
    get_incident_request::Name,
};
use protocol::record::v1::{Incident, run_state};

use super::{Room, is_open};
use crate::crowd::{hands::Done, scene::is_run_open, stage::fresh};

/// Closes an incident, if it is still done after the operator read it.
pub(super) async fn close(room: &Arc<Room>, incident: &Incident) -> Done {
    let id = incident.incident_id.as_str();
    room.stage.takes_time(room.stage.options.laws.close, &format!("close/{id}")).await;
    let Some(before) = get(room, id).await.filter(is_done) else {
        return room.again_after(room.stage.options.laws.settle_s).await;
    };
    let request = CloseIncidentRequest {
        request_id: fresh(),
        incident_id: id.to_owned(),
        expected_version: before.incident.as_ref().map(|incident| incident.version),
        disposition: "seen to".to_owned(),
        basis: Some(basis(&before)),
    };
    room.stage.figures.begin_closing();
    if room.ask(room.operator(id), request).await.is_ok()
        && let Some(after) = get(room, id).await
    {
        room.stage.figures.closed(&after);
    }
    room.stage.figures.end_closing();
    room.again_after(room.stage.options.laws.settle_s).await
}

async fn get(room: &Room, id: &str) -> Option<GetIncidentResponse> {
    let request = GetIncidentRequest { name: Some(Name::IncidentId(id.to_owned())) };
    room.operator(id).ask(request).await.ok()
}

/// True if it is open, nobody is bound to it, and nobody is wanted.
fn is_done(answer: &GetIncidentResponse) -> bool {
    let Some(incident) = &answer.incident else { return false };
    is_open(incident) && !incident.queued && !answer.runs.iter().any(is_run_open)
}

/// What the law wants: a number in the register if a unit was there, else why there is none.
fn basis(answer: &GetIncidentResponse) -> Basis {
    let was_there = answer.runs.iter().any(|run| {
        matches!(
            run.state.as_ref().and_then(|state| state.state.as_ref()),
            Some(run_state::State::Cleared(_))
        )
    });
    let number = answer.incident.as_ref().map(|incident| incident.spoken_number.clone()).unwrap_or_default();
    if was_there {
        Basis::RegistrationNumber(format!("R-{number}"))
    } else {
        Basis::LawfulReason("nobody had to be sent".to_owned())
    }
}
