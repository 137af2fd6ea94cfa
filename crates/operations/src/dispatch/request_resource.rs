//! Somebody asks for more: a crime-scene group from the scene, another patrol.

use domain::{
    IncidentId, RecordKey, RecordKind, UnitKindId, Version,
    incident::{Need, NeedMode, NeedTime},
    limits::{NEEDS_PER_INCIDENT_MAX, UNITS_PER_NEED_MAX},
    milestone::Step,
    record::Record,
    refusal::Refusal,
};
use serde::{Deserialize, Serialize};

use crate::{
    Answer, Ask, ControlRoom, Done, GivenReport, OperationError,
    asker::{limit, line},
    responding::{must_be_open, must_have_room},
};

/// More is needed.
#[derive(Clone, Debug, Serialize)]
pub struct RequestResource {
    /// For which incident.
    pub incident: IncidentId,
    /// The version the asker saw of it; absent means whatever is current.
    pub expected: Option<Version>,
    /// What kind of unit.
    pub kind: UnitKindId,
    /// How many more; 1 to 40.
    pub units: u8,
    /// Why.
    pub reason: String,
    /// How it was reported.
    pub report: GivenReport,
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requested {
    /// For which incident.
    pub incident: IncidentId,
    /// Position of the need in its list, from 0.
    pub need: usize,
}

impl Answer for Requested {
    fn records(&self) -> Vec<RecordKey> {
        vec![RecordKey::new(RecordKind::Incident, self.incident)]
    }
}

/// Asks for more, and keeps who asked, when, over which channel and why. A need of that kind that was on request is
/// wanted from now on; if there is none, one is added.
///
/// # Errors
/// [`OperationError`]: no such incident or kind, not open, not the asker's, too many, or the store.
pub async fn request_resource(
    room: &ControlRoom,
    ask: &Ask,
    request: &RequestResource,
) -> Result<Done<Requested>, OperationError> {
    line("reason", &request.reason)?;
    room.commit(ask, "request_resource", request, |draft| {
        let in_force = draft.directory()?;
        let kind = in_force.directory.kinds.get(&request.kind);
        let kind = kind.ok_or_else(|| Refusal::UnknownKind(request.kind.clone()))?;
        let mut incident = draft.incident(request.incident)?;
        draft.expect(RecordKind::Incident, request.incident, request.expected)?;
        must_be_open(&incident)?;
        let report = request.report.recorded(draft.asker, draft.now)?;
        let on_request = |need: &Need| need.kind == request.kind && need.when == NeedTime::OnRequest;
        let index = match incident.needs.iter().position(on_request) {
            Some(index) => {
                let need = &mut incident.needs[index];
                need.request();
                // whoever serves it already, after a merge or another type, was not asked for now
                let serving = u8::try_from(need.units()).unwrap_or(u8::MAX);
                need.count = request.units.max(1).saturating_add(serving);
                index
            }
            None => {
                let mode = if kind.automatic { NeedMode::Auto } else { NeedMode::Recommend };
                let (kind, units) = (request.kind.clone(), request.units.max(1));
                incident.needs.push(Need::asked_for(kind, units, mode, incident.needs.first()));
                incident.needs.len() - 1
            }
        };
        limit("needs of one incident", incident.needs.len(), NEEDS_PER_INCIDENT_MAX)?;
        limit("units of one need", incident.needs[index].count.into(), UNITS_PER_NEED_MAX.into())?;
        incident.milestones.push(report.milestone(Step::ResourceRequested).with_detail(asked(request)));
        must_have_room(&incident)?;
        draft.put(Record::Incident(incident));
        Ok(Requested { incident: request.incident, need: index })
    })
    .await
}

/// What was asked for and why, as it stands in the history.
fn asked(request: &RequestResource) -> String {
    let asked = format!("{} {}", request.units.max(1), request.kind);
    if request.reason.is_empty() { asked } else { format!("{asked}: {}", request.reason) }
}
