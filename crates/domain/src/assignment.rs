//! An assignment: one incident given to one duty desk.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    AssignmentId, IncidentId, RunId, StationId, UnitId, UnitKindId,
    milestone::{Milestone, Report, Step},
    refusal::{Lifecycle, StepRefusal},
    run::Run,
};

/// One incident given to one duty desk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    /// Which assignment.
    pub id: AssignmentId,
    /// What it is about.
    pub incident: IncidentId,
    /// The desk it is given to.
    pub desk: StationId,
    /// What the desk is asked.
    pub purpose: Purpose,
    /// The incident it was first given for, if that was merged into another since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<IncidentId>,
    /// The unit the centre recommends, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recommended_unit: Option<UnitId>,
    /// Runs sent under it, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<RunId>,
    /// By when the desk should say it is received; absent when nobody waits for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_due: Option<Timestamp>,
    /// True once the answer was late and an alarm was raised for it.
    #[serde(default)]
    pub overdue: bool,
    /// Every step as reported, oldest first.
    pub milestones: Vec<Milestone>,
    /// Where it stands. [`Assignment::sent`] and [`Assignment::step`] alone write it:
    ///
    /// ```compile_fail,E0616
    /// fn overwrite(assignment: &mut domain::assignment::Assignment, state: domain::assignment::AssignmentState) {
    ///     assignment.state = state;
    /// }
    /// ```
    state: AssignmentState,
}

/// What is known of an assignment when it is given.
#[derive(Clone, Debug)]
pub struct NewAssignment {
    /// Which assignment.
    pub id: AssignmentId,
    /// What it is about.
    pub incident: IncidentId,
    /// The desk it is given to.
    pub desk: StationId,
    /// What the desk is asked.
    pub purpose: Purpose,
    /// The unit the centre recommends, if it does.
    pub recommended_unit: Option<UnitId>,
    /// By when the desk should say it is received; absent when nobody waits for it.
    pub answer_due: Option<Timestamp>,
}

impl Assignment {
    /// An assignment on its way to the desk.
    pub fn sent(new: NewAssignment, report: &Report) -> Self {
        Self {
            id: new.id,
            incident: new.incident,
            desk: new.desk,
            purpose: new.purpose,
            moved_from: None,
            recommended_unit: new.recommended_unit,
            runs: Vec::new(),
            answer_due: new.answer_due,
            overdue: false,
            milestones: vec![report.milestone(Step::Sent)],
            state: AssignmentState::Sent,
        }
    }

    /// Where it stands.
    pub const fn state(&self) -> &AssignmentState {
        &self.state
    }

    /// Takes the step that an event is. Refused, it stands where it stood.
    ///
    /// # Errors
    /// [`StepRefusal`] as [`AssignmentState::next`] says.
    pub fn step(&mut self, event: AssignmentEvent) -> Result<(), StepRefusal> {
        self.state = self.state.clone().next(event)?;
        Ok(())
    }

    /// Leaves out of where it stands what people said and who they are. It stands where it stood.
    pub fn redact_state(&mut self) {
        match &mut self.state {
            AssignmentState::Received { person } | AssignmentState::Accepted { person } => person.clear(),
            AssignmentState::Returned { reason, by, .. } | AssignmentState::StandDownSent { by, reason } => {
                reason.clear();
                by.clear();
            }
            AssignmentState::StoodDown { confirmed_by } => confirmed_by.clear(),
            AssignmentState::Sent | AssignmentState::Delivered | AssignmentState::Done => {}
        }
    }

    /// True while somebody waits for the desk to say that it has the assignment.
    pub const fn awaits_desk(&self) -> bool {
        self.state.awaits_answer() && self.answer_due.is_some()
    }

    /// True while its desk has neither sent anybody nor given it back, and nobody stood it down.
    pub const fn is_undecided(&self) -> bool {
        match self.state {
            AssignmentState::Sent | AssignmentState::Delivered | AssignmentState::Received { .. } => {
                self.runs.is_empty()
            }
            AssignmentState::Accepted { .. }
            | AssignmentState::Done
            | AssignmentState::Returned { .. }
            | AssignmentState::StandDownSent { .. }
            | AssignmentState::StoodDown { .. } => false,
        }
    }

    /// The unit that is kept for it: recommended to its desk, which has yet to choose and still has time to. What is late is
    /// promised nobody any more: a unit that was told nothing must not be kept from others.
    pub fn promised_unit(&self) -> Option<&UnitId> {
        self.recommended_unit.as_ref().filter(|_| self.is_undecided() && !self.overdue)
    }

    /// With how many units it serves its need, `runs` being every run under it. A desk that has time to choose holds
    /// one place, and after that each unit counts for itself. None if it serves no longer: it was given back or called
    /// back, or ended before anybody was sent.
    pub fn serves_with<'r>(&self, runs: impl IntoIterator<Item = &'r Run>) -> Option<u8> {
        match self.state {
            AssignmentState::Returned { .. }
            | AssignmentState::StandDownSent { .. }
            | AssignmentState::StoodDown { .. } => return None,
            AssignmentState::Done if self.runs.is_empty() => return None,
            AssignmentState::Sent
            | AssignmentState::Delivered
            | AssignmentState::Received { .. }
            | AssignmentState::Accepted { .. }
            | AssignmentState::Done => {}
        }
        if self.is_undecided() {
            return Some(u8::from(!self.overdue));
        }
        let counting = runs.into_iter().filter(|run| run.counts()).count();
        Some(u8::try_from(counting).unwrap_or(u8::MAX))
    }
}

/// What a desk is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Purpose {
    /// To send somebody for one need of the incident.
    Respond {
        /// Position of the need in the incident's list, from 0.
        need: usize,
        /// The kind of unit needed.
        kind: UnitKindId,
    },
    /// To know: it lies in the desk's district.
    Inform,
}

/// Where an assignment stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum AssignmentState {
    /// On its way to the desk.
    Sent,
    /// The desk's console has it.
    Delivered,
    /// A person at the desk has it.
    Received {
        /// Who, as they gave their name.
        person: String,
    },
    /// The desk sent somebody.
    Accepted {
        /// Who accepted.
        person: String,
    },
    /// Its runs are over, or its incident is, or its desk sent enough units under another one for the same need.
    Done,
    /// The desk gave it back.
    Returned {
        /// Why.
        reason: String,
        /// Who gave it back.
        by: String,
        /// The desk that should have it instead, if they said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proposed_desk: Option<StationId>,
    },
    /// A person stood it down; the desk has not confirmed yet.
    StandDownSent {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// It was stood down and the desk knows it.
    StoodDown {
        /// Who confirmed.
        confirmed_by: String,
    },
}

/// What can happen to an assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssignmentEvent {
    /// The desk's console has it.
    Deliver,
    /// A person at the desk has it.
    Receive {
        /// Who.
        person: String,
    },
    /// The desk sends somebody.
    Accept {
        /// Who accepts.
        person: String,
    },
    /// Its last run is over, or its incident is, or its desk sent enough units under another one for the same need.
    Finish,
    /// The desk gives it back.
    Return {
        /// Why.
        reason: String,
        /// Who.
        by: String,
        /// The desk that should have it instead.
        proposed_desk: Option<StationId>,
    },
    /// A person stands it down.
    StandDown {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// The desk knows that it was stood down.
    ConfirmStandDown {
        /// Who confirmed.
        by: String,
    },
}

impl AssignmentEvent {
    /// The word for the event in refusals.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Deliver => "deliver",
            Self::Receive { .. } => "receive",
            Self::Accept { .. } => "accept",
            Self::Finish => "finish",
            Self::Return { .. } => "return",
            Self::StandDown { .. } => "stand_down",
            Self::ConfirmStandDown { .. } => "confirm_stand_down",
        }
    }
}

impl AssignmentState {
    /// The word for the state in refusals, metrics and on the wire.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Received { .. } => "received",
            Self::Accepted { .. } => "accepted",
            Self::Done => "done",
            Self::Returned { .. } => "returned",
            Self::StandDownSent { .. } => "stand_down_sent",
            Self::StoodDown { .. } => "stood_down",
        }
    }

    /// The events this state allows.
    pub const fn allowed(&self) -> &'static [&'static str] {
        match self {
            Self::Sent => &["deliver", "receive", "accept", "finish", "return", "stand_down"],
            Self::Delivered => &["deliver", "receive", "accept", "finish", "return", "stand_down"],
            Self::Received { .. } => &["deliver", "receive", "accept", "finish", "return", "stand_down"],
            Self::Accepted { .. } => &["deliver", "receive", "accept", "finish", "stand_down"],
            Self::StandDownSent { .. } => &["deliver", "finish", "confirm_stand_down"],
            Self::Done | Self::Returned { .. } | Self::StoodDown { .. } => &[],
        }
    }

    /// True until the desk owes nothing more.
    pub const fn is_open(&self) -> bool {
        match self {
            Self::Done | Self::Returned { .. } | Self::StoodDown { .. } => false,
            Self::Sent
            | Self::Delivered
            | Self::Received { .. }
            | Self::Accepted { .. }
            | Self::StandDownSent { .. } => true,
        }
    }

    /// True while nobody at the desk has said that it is received.
    pub const fn awaits_answer(&self) -> bool {
        match self {
            Self::Sent | Self::Delivered => true,
            Self::Received { .. }
            | Self::Accepted { .. }
            | Self::Done
            | Self::Returned { .. }
            | Self::StandDownSent { .. }
            | Self::StoodDown { .. } => false,
        }
    }

    /// The state after `event`. A delivery reported late, and a second receipt or acceptance, change nothing that
    /// came before: the first name stays.
    ///
    /// # Errors
    /// [`StepRefusal`] if this state does not allow the event; it names those it does.
    pub fn next(self, event: AssignmentEvent) -> Result<Self, StepRefusal> {
        let refusal = StepRefusal::new(Lifecycle::Assignment, self.as_str(), event.as_str(), self.allowed());
        match self {
            Self::Sent | Self::Delivered => match event {
                AssignmentEvent::Deliver => Ok(Self::Delivered),
                AssignmentEvent::Receive { person } => Ok(Self::Received { person }),
                AssignmentEvent::Accept { person } => Ok(Self::Accepted { person }),
                AssignmentEvent::Finish => Ok(Self::Done),
                AssignmentEvent::Return { reason, by, proposed_desk } => {
                    Ok(Self::Returned { reason, by, proposed_desk })
                }
                AssignmentEvent::StandDown { by, reason } => Ok(Self::StandDownSent { by, reason }),
                AssignmentEvent::ConfirmStandDown { .. } => Err(refusal),
            },
            Self::Received { .. } => match event {
                AssignmentEvent::Deliver | AssignmentEvent::Receive { .. } => Ok(self),
                AssignmentEvent::Accept { person } => Ok(Self::Accepted { person }),
                AssignmentEvent::Finish => Ok(Self::Done),
                AssignmentEvent::Return { reason, by, proposed_desk } => {
                    Ok(Self::Returned { reason, by, proposed_desk })
                }
                AssignmentEvent::StandDown { by, reason } => Ok(Self::StandDownSent { by, reason }),
                AssignmentEvent::ConfirmStandDown { .. } => Err(refusal),
            },
            Self::Accepted { .. } => match event {
                AssignmentEvent::Deliver
                | AssignmentEvent::Receive { .. }
                | AssignmentEvent::Accept { .. } => Ok(self),
                AssignmentEvent::Finish => Ok(Self::Done),
                AssignmentEvent::StandDown { by, reason } => Ok(Self::StandDownSent { by, reason }),
                AssignmentEvent::Return { .. } | AssignmentEvent::ConfirmStandDown { .. } => Err(refusal),
            },
            Self::StandDownSent { .. } => match event {
                AssignmentEvent::Deliver => Ok(self),
                AssignmentEvent::Finish => Ok(Self::Done),
                AssignmentEvent::ConfirmStandDown { by } => Ok(Self::StoodDown { confirmed_by: by }),
                AssignmentEvent::Receive { .. }
                | AssignmentEvent::Accept { .. }
                | AssignmentEvent::Return { .. }
                | AssignmentEvent::StandDown { .. } => Err(refusal),
            },
            Self::Done | Self::Returned { .. } | Self::StoodDown { .. } => Err(refusal),
        }
    }
}
