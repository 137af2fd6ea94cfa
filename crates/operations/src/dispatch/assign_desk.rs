//! An operator gives an incident to a duty desk.

use domain::{
    AssignmentId, IncidentId, RecordKind, StationId, UnitId, Version,
    assignment::{Assignment, Purpose},
    directory::InForce,
    incident::{Incident, Responder},
    record::{Dropped, Record},
    refusal::Refusal,
};
use serde::Serialize;

use super::SentAnswer;
use crate::{
    Ask, ControlRoom, Done, OperationError,
    draft::{Draft, Halt},
    responding::{Awaits, Giving, give, must_be_open, open_assignments},
};

/// What the desk is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum AskedFor {
    /// To send somebody for this need, counted from 0.
    Need(usize),
    /// To know.
    Information,
}

/// An incident is given to a desk.
#[derive(Clone, Debug, Serialize)]
pub struct AssignDesk {
    /// Which incident.
    pub incident: IncidentId,
    /// The version the asker saw; absent means whatever is current.
    pub expected: Option<Version>,
    /// Which desk.
    pub desk: StationId,
    /// What for.
    pub asked: AskedFor,
    /// The unit recommended to it, if one is.
    pub recommended: Option<UnitId>,
}

/// Gives an incident to a desk. A desk that was passed over is asked again, because a person does.
///
/// # Errors
/// [`OperationError`]: no such incident, desk, unit or need; not open; the desk asked already; or the store.
pub async fn assign_desk(
    room: &ControlRoom,
    ask: &Ask,
    request: &AssignDesk,
) -> Result<Done<SentAnswer>, OperationError> {
    room.commit(ask, "assign_desk", request, |draft| {
        let in_force = draft.directory()?;
        let mut incident = draft.incident(request.incident)?;
        draft.expect(RecordKind::Incident, request.incident, request.expected)?;
        must_be_open(&incident)?;
        station_takes_work(draft, &in_force, &request.desk)?;
        let purpose = match request.asked {
            AskedFor::Need(need) => respond_purpose(&mut incident, need)?,
            AskedFor::Information => Purpose::Inform,
        };
        if let Some(unit) = &request.recommended {
            desk_may_send(draft, &in_force, unit, &request.desk, &purpose)?;
        }
        not_asked_already(&open_assignments(draft, &incident)?, request, &purpose)?;
        incident.ask_again(&Responder::Desk { station: request.desk.clone() });
        if let Some(unit) = &request.recommended {
            incident.ask_again(&Responder::Unit { unit: unit.clone() });
        }
        let id = AssignmentId::derived(draft.operation, "assignment");
        let giving = Giving {
            desk: &request.desk,
            purpose,
            recommended: request.recommended.as_ref(),
            awaits: Awaits::Desk,
        };
        let report = draft.report();
        give(draft, &mut incident, giving, id, &report)?;
        draft.put(Record::Incident(incident));
        Ok(SentAnswer { incident: request.incident, assignment: id, runs: Vec::new() })
    })
    .await
}

/// The purpose of serving one need. One on request is asked for by this.
fn respond_purpose(incident: &mut Incident, index: usize) -> Result<Purpose, Refusal> {
    let have = incident.needs.len();
    let need = incident.needs.get_mut(index).ok_or(Refusal::UnknownNeed { asked: index, have })?;
    need.request();
    Ok(Purpose::Respond { need: index, kind: need.kind.clone() })
}

/// Refuses a desk that has an open assignment for the same.
fn not_asked_already(open: &[Assignment], request: &AssignDesk, purpose: &Purpose) -> Result<(), Refusal> {
    let same = |given: &&Assignment| {
        given.desk == request.desk
            && &given.purpose == purpose
            && given.recommended_unit == request.recommended
    };
    match open.iter().find(same) {
        Some(given) => Err(Refusal::DeskAlreadyAssigned { desk: request.desk.clone(), assignment: given.id }),
        None => Ok(()),
    }
}

/// Refuses a station the directory does not have, or that the next one will not have.
pub(super) fn station_takes_work(
    draft: &mut Draft<'_>,
    in_force: &InForce,
    desk: &StationId,
) -> Result<(), Halt> {
    if !in_force.directory.stations.contains_key(desk) || is_closing(draft, &Dropped::Station(desk.clone()))?
    {
        return Err(Refusal::UnknownStation(desk.clone()).into());
    }
    Ok(())
}

/// True if the next directory will not have it.
pub(crate) fn is_closing(draft: &mut Draft<'_>, what: &Dropped) -> Result<bool, Halt> {
    Ok(draft.directory_head()?.is_some_and(|head| head.closing.contains(what)))
}

/// Refuses a unit that the desk cannot send for this purpose: one of another desk, of another kind than is needed, or
/// that the next directory will not have.
pub(crate) fn desk_may_send(
    draft: &mut Draft<'_>,
    in_force: &InForce,
    unit: &UnitId,
    desk: &StationId,
    purpose: &Purpose,
) -> Result<(), Halt> {
    let (entry, _) = in_force.directory.unit(unit).ok_or_else(|| Refusal::UnknownUnit(unit.clone()))?;
    if &entry.desk != desk {
        return Err(Refusal::UnitOfAnotherDesk { unit: unit.clone(), desk: entry.desk.clone() }.into());
    }
    match purpose {
        Purpose::Respond { kind: needed, .. } if needed != &entry.kind => {
            let (kind, needed) = (entry.kind.clone(), needed.clone());
            return Err(Refusal::UnitOfAnotherKind { unit: unit.clone(), kind, needed }.into());
        }
        Purpose::Respond { .. } | Purpose::Inform => {}
    }
    stays(draft, unit)
}

/// Refuses a unit that the next directory will not have: nothing new is given to it.
pub(super) fn stays(draft: &mut Draft<'_>, unit: &UnitId) -> Result<(), Halt> {
    if is_closing(draft, &Dropped::Unit(unit.clone()))? {
        return Err(Refusal::UnitClosing { unit: unit.clone() }.into());
    }
    Ok(())
}
