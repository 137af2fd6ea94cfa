//! What somebody waits for, as a record tells it.

use std::time::Duration;

use jiff::Timestamp;

use crate::{
    assignment::Assignment,
    call::{Call, CallState},
    milestone::{Milestone, Step},
    run::{Run, RunState},
};

/// One thing that somebody waits or waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    /// Since when.
    pub began_at: Timestamp,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is waited for.
    Waiting,
    /// It came.
    Met {
        /// When.
        at: Timestamp,
    },
    /// Whoever waited gave up.
    Abandoned {
        /// When.
        at: Timestamp,
    },
}

impl Case {
    /// When it was decided; absent while it is waited for.
    pub const fn decided_at(&self) -> Option<Timestamp> {
        match self.outcome {
            Outcome::Waiting => None,
            Outcome::Met { at } | Outcome::Abandoned { at } => Some(at),
        }
    }

    /// How long it took until `at`; nothing if that was before it began, as two clocks may say.
    pub(super) fn took_until(&self, at: Timestamp) -> Duration {
        Duration::try_from(at.duration_since(self.began_at)).unwrap_or_default()
    }
}

/// When a step was first said to have happened.
fn first(milestones: &[Milestone], step: Step) -> Option<&Milestone> {
    milestones.iter().find(|milestone| milestone.step == step)
}

/// When the centre first heard that one of these steps was done. By the centre's time: that of a reporter is their word.
fn heard(milestones: &[Milestone], steps: &[Step]) -> Option<Timestamp> {
    let of_them = milestones.iter().filter(|milestone| steps.contains(&milestone.step));
    of_them.map(|milestone| milestone.recorded_at).min()
}

/// When a call was answered, if it was.
pub(super) fn answered_at(call: &Call) -> Option<Timestamp> {
    first(&call.milestones, Step::Answered).map(|milestone| milestone.occurred_at)
}

/// The answer to a call. Absent: nobody reported when it rang.
pub fn answer(call: &Call) -> Option<Case> {
    // who passes a call on says when it rang, often after it was answered: what counts is when it happened
    let began_at = first(&call.milestones, Step::Rang)?.occurred_at;
    let abandoned_at = first(&call.milestones, Step::Abandoned).map(|milestone| milestone.occurred_at);
    let outcome = match (answered_at(call), abandoned_at) {
        (Some(at), None) => Outcome::Met { at },
        (Some(at), Some(abandoned_at)) if at <= abandoned_at => Outcome::Met { at },
        (Some(_) | None, Some(at)) => Outcome::Abandoned { at },
        (None, None) => match call.state() {
            CallState::Ringing { .. } => Outcome::Waiting,
            CallState::Answered { .. }
            | CallState::Abandoned
            | CallState::CallBack { .. }
            | CallState::NeedsDecision
            | CallState::Ended { .. } => return None,
        },
    };
    Some(Case { began_at, outcome })
}

/// The receipt of an assignment by its desk. Absent: nobody waits for it, or it was stood down before.
pub fn desk_receipt(assignment: &Assignment) -> Option<Case> {
    assignment.answer_due?;
    let began_at = heard(&assignment.milestones, &[Step::Sent])?;
    // whoever accepts or gives back had it
    let outcome = match heard(&assignment.milestones, &[Step::Received, Step::Accepted, Step::Returned]) {
        Some(at) => Outcome::Met { at },
        None if assignment.state().awaits_answer() => Outcome::Waiting,
        None => return None,
    };
    Some(Case { began_at, outcome })
}

/// The acknowledgement of a run by its crew. Absent: nobody waits for it, or it was stood down before.
pub fn crew_receipt(run: &Run) -> Option<Case> {
    run.answer_due?;
    let began_at = heard(&run.milestones, &[Step::Sent])?;
    // whoever drives knows that they were sent
    let outcome = match heard(&run.milestones, &[Step::Acknowledged, Step::EnRoute, Step::OnScene]) {
        Some(at) => Outcome::Met { at },
        None if *run.state() == RunState::Sent => Outcome::Waiting,
        None => return None,
    };
    Some(Case { began_at, outcome })
}
