//! A run: one unit going to one incident under an assignment, from sent to clear.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    AssignmentId, IncidentId, RunId, StationId, UnitId,
    assignment::Assignment,
    milestone::{Milestone, Report, Step},
    refusal::{Lifecycle, StepRefusal},
};

/// One unit going to one incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Which run.
    pub id: RunId,
    /// Where it goes.
    pub incident: IncidentId,
    /// Under which assignment.
    pub assignment: AssignmentId,
    /// Who goes.
    pub unit: UnitId,
    /// The desk that is told.
    pub desk: StationId,
    /// By when the crew should acknowledge; absent when nobody waits for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_due: Option<Timestamp>,
    /// True once the answer was late and an alarm was raised for it.
    #[serde(default)]
    pub overdue: bool,
    /// Every step as reported, oldest first.
    pub milestones: Vec<Milestone>,
    /// Where it stands. [`Run::sent`] and [`Run::step`] alone write it:
    ///
    /// ```compile_fail,E0616
    /// fn overwrite(run: &mut domain::run::Run, state: domain::run::RunState) {
    ///     run.state = state;
    /// }
    /// ```
    state: RunState,
}

impl Run {
    /// The run of a unit under an assignment, as the crew is told to go.
    pub fn sent(
        id: RunId,
        assignment: &Assignment,
        unit: UnitId,
        answer_due: Option<Timestamp>,
        report: &Report,
    ) -> Self {
        Self {
            id,
            incident: assignment.incident,
            assignment: assignment.id,
            unit,
            desk: assignment.desk.clone(),
            answer_due,
            overdue: false,
            milestones: vec![report.milestone(Step::Sent)],
            state: RunState::Sent,
        }
    }

    /// Where it stands.
    pub const fn state(&self) -> &RunState {
        &self.state
    }

    /// Takes the step that an event is. Refused, it stands where it stood.
    ///
    /// ```
    /// use domain::run::{Run, RunEvent, RunState};
    ///
    /// fn arrive(run: &mut Run) -> Result<&RunState, domain::refusal::StepRefusal> {
    ///     run.step(RunEvent::Arrive)?;
    ///     Ok(run.state())
    /// }
    /// ```
    ///
    /// # Errors
    /// [`StepRefusal`] as [`RunState::next`] says.
    pub fn step(&mut self, event: RunEvent) -> Result<(), StepRefusal> {
        self.state = self.state.clone().next(event)?;
        Ok(())
    }

    /// Leaves out of where it stands what people said and who they are. It stands where it stood.
    pub fn redact_state(&mut self) {
        match &mut self.state {
            RunState::Cleared { disposition } => disposition.clear(),
            RunState::StandDownSent { by, reason } => {
                by.clear();
                reason.clear();
            }
            RunState::StoodDown { confirmed_by } => confirmed_by.clear(),
            RunState::Sent | RunState::Acknowledged | RunState::EnRoute | RunState::OnScene => {}
        }
    }

    /// True if its unit counts for the need it was sent for: it came, is coming or has time to say so, and nobody called
    /// it back.
    pub fn counts(&self) -> bool {
        match self.state {
            RunState::Sent | RunState::Acknowledged | RunState::EnRoute | RunState::OnScene => !self.overdue,
            // one that was stood down may say that it is free instead of that it knows
            RunState::Cleared { .. } => {
                !self.milestones.iter().any(|milestone| milestone.step == Step::StandDownSent)
            }
            RunState::StandDownSent { .. } | RunState::StoodDown { .. } => false,
        }
    }
}

/// Where a run stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum RunState {
    /// The crew was told to go.
    Sent,
    /// The crew said it goes.
    Acknowledged,
    /// It drives.
    EnRoute,
    /// It is there.
    OnScene,
    /// It is free again.
    Cleared {
        /// What the crew reported at the end.
        disposition: String,
    },
    /// A person stood it down; the crew has not confirmed yet.
    StandDownSent {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// It was stood down and knows it.
    StoodDown {
        /// Who confirmed.
        confirmed_by: String,
    },
}

/// What can happen to a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunEvent {
    /// The crew says it goes.
    Acknowledge,
    /// It drives.
    Depart,
    /// It is there.
    Arrive,
    /// It is free again.
    Clear {
        /// What the crew reported.
        disposition: String,
    },
    /// A person stands it down.
    StandDown {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// The crew knows that it was stood down.
    ConfirmStandDown {
        /// Who confirmed.
        by: String,
    },
    /// An earlier report was wrong: the run stands here instead. Only between acknowledged, en route and on scene.
    Correct {
        /// Where it really stands.
        to: OpenStep,
    },
}

/// The steps a correction may go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OpenStep {
    /// The crew said it goes.
    Acknowledged,
    /// It drives.
    EnRoute,
    /// It is there.
    OnScene,
}

impl From<OpenStep> for RunState {
    fn from(step: OpenStep) -> Self {
        match step {
            OpenStep::Acknowledged => Self::Acknowledged,
            OpenStep::EnRoute => Self::EnRoute,
            OpenStep::OnScene => Self::OnScene,
        }
    }
}

impl RunEvent {
    /// The word for the event in refusals.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Depart => "depart",
            Self::Arrive => "arrive",
            Self::Clear { .. } => "clear",
            Self::StandDown { .. } => "stand_down",
            Self::ConfirmStandDown { .. } => "confirm_stand_down",
            Self::Correct { .. } => "correct",
        }
    }
}

impl RunState {
    /// The word for the state in refusals, metrics and on the wire.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Acknowledged => "acknowledged",
            Self::EnRoute => "en_route",
            Self::OnScene => "on_scene",
            Self::Cleared { .. } => "cleared",
            Self::StandDownSent { .. } => "stand_down_sent",
            Self::StoodDown { .. } => "stood_down",
        }
    }

    /// The events this state allows.
    pub const fn allowed(&self) -> &'static [&'static str] {
        match self {
            Self::Sent => &["acknowledge", "depart", "arrive", "clear", "stand_down"],
            Self::Acknowledged | Self::EnRoute | Self::OnScene => {
                &["acknowledge", "depart", "arrive", "clear", "stand_down", "correct"]
            }
            Self::StandDownSent { .. } => &["acknowledge", "depart", "arrive", "clear", "confirm_stand_down"],
            Self::Cleared { .. } | Self::StoodDown { .. } => &[],
        }
    }

    /// True while the unit is bound to the run.
    pub const fn is_open(&self) -> bool {
        match self {
            Self::Cleared { .. } | Self::StoodDown { .. } => false,
            Self::Sent | Self::Acknowledged | Self::EnRoute | Self::OnScene | Self::StandDownSent { .. } => {
                true
            }
        }
    }

    /// True while the crew drives or works there: closing would hide officers at a scene.
    pub const fn is_moving(&self) -> bool {
        match self {
            Self::EnRoute | Self::OnScene => true,
            Self::Sent
            | Self::Acknowledged
            | Self::Cleared { .. }
            | Self::StandDownSent { .. }
            | Self::StoodDown { .. } => false,
        }
    }

    /// How far along the way, for telling a late report from a step forward.
    const fn rank(&self) -> u8 {
        match self {
            Self::Sent => 0,
            Self::Acknowledged => 1,
            Self::EnRoute => 2,
            Self::OnScene => 3,
            Self::StandDownSent { .. } | Self::Cleared { .. } | Self::StoodDown { .. } => 4,
        }
    }

    /// `to` if it is further along, else the same state: the report came late.
    fn at_least(self, to: Self) -> Self {
        if to.rank() > self.rank() { to } else { self }
    }

    /// The state after `event`. Steps may be skipped; a step already passed is a late report and changes nothing.
    ///
    /// # Errors
    /// [`StepRefusal`] if this state does not allow the event; it names those it does.
    pub fn next(self, event: RunEvent) -> Result<Self, StepRefusal> {
        let refusal = StepRefusal::new(Lifecycle::Run, self.as_str(), event.as_str(), self.allowed());
        match self {
            Self::Sent => match event {
                RunEvent::Acknowledge => Ok(Self::Acknowledged),
                RunEvent::Depart => Ok(Self::EnRoute),
                RunEvent::Arrive => Ok(Self::OnScene),
                RunEvent::Clear { disposition } => Ok(Self::Cleared { disposition }),
                RunEvent::StandDown { by, reason } => Ok(Self::StandDownSent { by, reason }),
                RunEvent::ConfirmStandDown { .. } | RunEvent::Correct { .. } => Err(refusal),
            },
            Self::Acknowledged | Self::EnRoute | Self::OnScene => match event {
                RunEvent::Acknowledge => Ok(self),
                RunEvent::Depart => Ok(self.at_least(Self::EnRoute)),
                RunEvent::Arrive => Ok(self.at_least(Self::OnScene)),
                RunEvent::Clear { disposition } => Ok(Self::Cleared { disposition }),
                RunEvent::StandDown { by, reason } => Ok(Self::StandDownSent { by, reason }),
                RunEvent::Correct { to } => Ok(to.into()),
                RunEvent::ConfirmStandDown { .. } => Err(refusal),
            },
            Self::StandDownSent { .. } => match event {
                RunEvent::Acknowledge | RunEvent::Depart | RunEvent::Arrive => Ok(self),
                RunEvent::Clear { disposition } => Ok(Self::Cleared { disposition }),
                RunEvent::ConfirmStandDown { by } => Ok(Self::StoodDown { confirmed_by: by }),
                RunEvent::StandDown { .. } | RunEvent::Correct { .. } => Err(refusal),
            },
            Self::Cleared { .. } | Self::StoodDown { .. } => Err(refusal),
        }
    }
}
