//! A unit as it stands now. What it is (kind, desk, callsign) is the directory's to say.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    RunId, UnitId,
    refusal::{Lifecycle, StepRefusal},
};

/// What a unit is doing. A unit without a record is signed off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Which unit.
    pub id: UnitId,
    /// Names or badge numbers of the people on board, as they signed on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub crew: Vec<String>,
    /// When the state last changed.
    pub since: Timestamp,
    /// Runs in a row that were not acknowledged in time; two make the unit silent.
    #[serde(default)]
    pub unanswered_in_a_row: u32,
    /// Where it stands. [`Unit::signed_off`] and [`Unit::step`] alone write it:
    ///
    /// ```compile_fail,E0616
    /// fn overwrite(unit: &mut domain::unit::Unit, state: domain::unit::UnitState) {
    ///     unit.state = state;
    /// }
    /// ```
    state: UnitState,
}

impl Unit {
    /// A unit nobody has signed on.
    pub const fn signed_off(id: UnitId, since: Timestamp) -> Self {
        Self { id, crew: Vec::new(), since, unanswered_in_a_row: 0, state: UnitState::SignedOff }
    }

    /// The run it is on, if any.
    pub const fn run(&self) -> Option<RunId> {
        match self.state {
            UnitState::Assigned { run } => Some(run),
            UnitState::SignedOff | UnitState::Available | UnitState::OutOfService { .. } => None,
        }
    }

    /// Where it stands.
    pub const fn state(&self) -> &UnitState {
        &self.state
    }

    /// Takes the step that an event is. Refused, it stands where it stood.
    ///
    /// # Errors
    /// [`StepRefusal`] as [`UnitState::next`] says.
    pub fn step(&mut self, event: UnitEvent) -> Result<(), StepRefusal> {
        self.state = self.state.clone().next(event)?;
        Ok(())
    }

    /// Leaves out of where it stands what people said and who they are. It stands where it stood.
    pub fn redact_state(&mut self) {
        match &mut self.state {
            UnitState::OutOfService { reason } => reason.clear(),
            UnitState::SignedOff | UnitState::Available | UnitState::Assigned { .. } => {}
        }
    }
}

/// Where a unit stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum UnitState {
    /// Nobody is on duty in it.
    SignedOff,
    /// It can be sent.
    Available,
    /// It is on a run, and on no other.
    Assigned {
        /// Which.
        run: RunId,
    },
    /// It is on duty and cannot be sent.
    OutOfService {
        /// Why: a meal, a repair, a court.
        reason: String,
    },
}

/// What can happen to a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnitEvent {
    /// A crew comes on duty.
    SignOn,
    /// The crew goes off duty.
    SignOff,
    /// It is sent.
    Assign {
        /// On which run.
        run: RunId,
    },
    /// Its run ended.
    Free {
        /// Which run.
        run: RunId,
    },
    /// It cannot be sent for a while.
    OutOfService {
        /// Why.
        reason: String,
    },
    /// It can be sent again.
    ReturnToService,
}

impl UnitEvent {
    /// The word for the event in refusals.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::SignOn => "sign_on",
            Self::SignOff => "sign_off",
            Self::Assign { .. } => "assign",
            Self::Free { .. } => "free",
            Self::OutOfService { .. } => "out_of_service",
            Self::ReturnToService => "return_to_service",
        }
    }
}

impl UnitState {
    /// The word for the state in refusals, metrics and on the wire.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::SignedOff => "signed_off",
            Self::Available => "available",
            Self::Assigned { .. } => "assigned",
            Self::OutOfService { .. } => "out_of_service",
        }
    }

    /// The events this state allows.
    pub const fn allowed(&self) -> &'static [&'static str] {
        match self {
            Self::SignedOff => &["sign_on"],
            Self::Available => &["sign_off", "assign", "out_of_service"],
            Self::Assigned { .. } => &["free"],
            Self::OutOfService { .. } => &["sign_off", "return_to_service"],
        }
    }

    /// The state after `event`.
    ///
    /// # Errors
    /// [`StepRefusal`] if this state does not allow the event; it names those it does.
    pub fn next(self, event: UnitEvent) -> Result<Self, StepRefusal> {
        let refusal = StepRefusal::new(Lifecycle::Unit, self.as_str(), event.as_str(), self.allowed());
        match self {
            Self::SignedOff => match event {
                UnitEvent::SignOn => Ok(Self::Available),
                UnitEvent::SignOff
                | UnitEvent::Assign { .. }
                | UnitEvent::Free { .. }
                | UnitEvent::OutOfService { .. }
                | UnitEvent::ReturnToService => Err(refusal),
            },
            Self::Available => match event {
                UnitEvent::SignOff => Ok(Self::SignedOff),
                UnitEvent::Assign { run } => Ok(Self::Assigned { run }),
                UnitEvent::OutOfService { reason } => Ok(Self::OutOfService { reason }),
                UnitEvent::SignOn | UnitEvent::Free { .. } | UnitEvent::ReturnToService => Err(refusal),
            },
            Self::Assigned { run: active } => match event {
                UnitEvent::Free { run } if run == active => Ok(Self::Available),
                UnitEvent::Free { .. }
                | UnitEvent::SignOn
                | UnitEvent::SignOff
                | UnitEvent::Assign { .. }
                | UnitEvent::OutOfService { .. }
                | UnitEvent::ReturnToService => Err(refusal),
            },
            Self::OutOfService { .. } => match event {
                UnitEvent::SignOff => Ok(Self::SignedOff),
                UnitEvent::ReturnToService => Ok(Self::Available),
                UnitEvent::SignOn
                | UnitEvent::Assign { .. }
                | UnitEvent::Free { .. }
                | UnitEvent::OutOfService { .. } => Err(refusal),
            },
        }
    }
}
