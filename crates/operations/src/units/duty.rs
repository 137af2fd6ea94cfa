//! A unit comes on duty, goes off, cannot be sent for a while, or can again.

use domain::{
    RecordKind, UnitId, Version, alarm::AlarmCode, limits::CREW_MAX, record::Record, refusal::Refusal,
    unit::UnitEvent,
};
use serde::Serialize;

use super::UnitAnswer;
use crate::{
    Ask, ControlRoom, Done, OperationError,
    asker::{limit, line},
    responding::{end_alarms_of, may_report_for},
};

/// What is said of a unit's duty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Duty {
    /// These people come on duty in it.
    SignOn {
        /// Names or badge numbers.
        crew: Vec<String>,
    },
    /// They go off duty.
    SignOff,
    /// It cannot be sent for a while.
    OutOfService {
        /// Why.
        reason: String,
    },
    /// It can be sent again.
    ReturnToService,
}

/// A unit's duty changes.
#[derive(Clone, Debug, Serialize)]
pub struct SetDuty {
    /// Which unit.
    pub unit: UnitId,
    /// The version the asker saw; absent means whatever is current.
    pub expected: Option<Version>,
    /// How.
    pub duty: Duty,
}

/// Changes a unit's duty. A unit on a run is refused: its run must end first.
///
/// # Errors
/// [`OperationError`]: no such unit, not the asker's, not in that state, or the store.
pub async fn set_duty(
    room: &ControlRoom,
    ask: &Ask,
    request: &SetDuty,
) -> Result<Done<UnitAnswer>, OperationError> {
    match &request.duty {
        Duty::SignOn { crew } => {
            limit("names of a crew", crew.len(), CREW_MAX)?;
            crew.iter().try_for_each(|name| line("crew", name))?;
        }
        Duty::OutOfService { reason } => line("reason", reason)?,
        Duty::SignOff | Duty::ReturnToService => {}
    }
    let cause = match request.duty {
        Duty::SignOn { .. } => "sign_on",
        Duty::SignOff => "sign_off",
        Duty::OutOfService { .. } => "out_of_service",
        Duty::ReturnToService => "return_to_service",
    };
    room.commit(ask, cause, request, |draft| {
        let in_force = draft.directory()?;
        let entry = in_force.directory.units.get(&request.unit);
        let entry = entry.ok_or_else(|| Refusal::UnknownUnit(request.unit.clone()))?;
        may_report_for(draft, &request.unit, &entry.desk)?;
        let mut unit = draft.unit(&request.unit)?;
        draft.expect(RecordKind::Unit, &request.unit, request.expected)?;
        let event = match &request.duty {
            Duty::SignOn { crew } => {
                unit.crew.clone_from(crew);
                unit.unanswered_in_a_row = 0;
                UnitEvent::SignOn
            }
            Duty::SignOff => {
                unit.crew.clear();
                unit.unanswered_in_a_row = 0;
                UnitEvent::SignOff
            }
            Duty::OutOfService { reason } => UnitEvent::OutOfService { reason: reason.clone() },
            Duty::ReturnToService => UnitEvent::ReturnToService,
        };
        unit.step(event)?;
        unit.since = draft.now;
        if unit.unanswered_in_a_row == 0 {
            let report = draft.report();
            end_alarms_of(draft, &report, request.unit.clone(), &[AlarmCode::UnitSilent]);
        }
        draft.put(Record::Unit(unit));
        Ok(UnitAnswer { unit: request.unit.clone() })
    })
    .await
}
