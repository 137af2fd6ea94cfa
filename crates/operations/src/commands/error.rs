//! Why a line was not carried out, or not all of it.

use std::collections::BTreeSet;

use command::{About, CommandRefusal, CrewState, IncidentWord, Verb, Word};
use domain::{
    UnitId,
    refusal::{Lifecycle, Refusal, StepRefusal},
    unit::UnitState,
};
use identity::ScopeRefusal;

use super::{
    Effect,
    plan::{Plan, written},
};
use crate::OperationError;

/// Why there is nothing to take back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyNotUndone {
    /// The asker's last command on this node is too long ago, or there was none.
    Nothing,
    /// What was done has no opposite: a report is corrected by another report, a note by another note.
    NoInverse,
    /// Somebody has changed the same since.
    ChangedSince,
    /// The asker's role may not do the opposite.
    RoleMayNot,
}

impl WhyNotUndone {
    /// The word for it among the facts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::NoInverse => "no_inverse",
            Self::ChangedSince => "changed_since",
            Self::RoleMayNot => "role_may_not",
        }
    }

    /// The same in a sentence.
    const fn phrase(self) -> &'static str {
        match self {
            Self::Nothing => "no command of yours within the last 10 s is known here",
            Self::NoInverse => "your last command has no opposite; say what is right by another one",
            Self::ChangedSince => "somebody has changed the same since",
            Self::RoleMayNot => "your role may not do the opposite of your last command",
        }
    }
}

/// A line that was not carried out, or not all of it.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// It cannot be read, or fits several.
    #[error(transparent)]
    Line(CommandRefusal),
    /// The role may not do such things.
    #[error("your role may not use `{}`", verb.word())]
    RoleMayNot {
        /// What was asked.
        verb: Verb,
    },
    /// There is nothing to take back.
    #[error("there is nothing to undo: {}", why.phrase())]
    NothingToUndo {
        /// Why not.
        why: WhyNotUndone,
    },
    /// The line means something else by now than what its preview showed. Nothing was done.
    #[error("what the line means has changed since it was shown; look again")]
    MeansAnother,
    /// A unit, or the run it is on, does not allow what was said of it. Nothing was done.
    #[error("of unit {callsign}: {refusal}")]
    OfUnit {
        /// Which.
        unit: UnitId,
        /// What it is called.
        callsign: String,
        /// What it does not allow, and what it would.
        refusal: StepRefusal,
    },
    /// The use case refused, and another line would do or help. Nothing was done.
    #[error("{refusal}")]
    Instead {
        /// What it refused.
        refusal: Refusal,
        /// What to type instead.
        remedy: String,
    },
    /// The use case refused, or the store gave no answer. Nothing was done.
    #[error(transparent)]
    Operation(OperationError),
    /// Some of it was done before the rest was refused.
    #[error("{error}; done before that: {}", done.join(", "))]
    Partly {
        /// What was done.
        done: Vec<String>,
        /// What was not; empty where that is not known.
        refused: Vec<String>,
        /// Why not.
        error: Box<CommandError>,
    },
}

impl CommandError {
    /// The code as operators see it and as its runbook page is named; those of others are theirs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Line(refusal) => refusal.code(),
            Self::RoleMayNot { .. } => "ROLE_NOT_ALLOWED",
            Self::NothingToUndo { .. } => "NOTHING_TO_UNDO",
            Self::MeansAnother => "VERSION_MOVED",
            Self::OfUnit { refusal, .. } => Refusal::Step(refusal.clone()).code(),
            Self::Instead { refusal, .. } => refusal.code(),
            Self::Operation(error) => error.code(),
            Self::Partly { error, .. } => error.code(),
        }
    }
}

impl From<CommandRefusal> for CommandError {
    fn from(refusal: CommandRefusal) -> Self {
        Self::Line(refusal)
    }
}

impl From<OperationError> for CommandError {
    fn from(error: OperationError) -> Self {
        Self::Operation(error)
    }
}

impl From<Refusal> for CommandError {
    fn from(refusal: Refusal) -> Self {
        Self::Operation(OperationError::Refused(refusal))
    }
}

impl From<ScopeRefusal> for CommandError {
    fn from(refusal: ScopeRefusal) -> Self {
        Self::Operation(OperationError::OutOfScope(refusal))
    }
}

/// The refusal of a line, to somebody who may use these verbs. Where it is about one unit and that or its run does not allow it,
/// it says which: whoever typed a line reads callsigns, and no ids.
pub(super) fn of_line(planned: &Plan, permitted: &BTreeSet<Verb>, error: OperationError) -> CommandError {
    let OperationError::Refused(refusal) = error else { return error.into() };
    match (refusal, planned.effect.units.as_slice(), planned.steps.as_slice()) {
        (Refusal::Step(refusal), [unit], [_])
            if matches!(refusal.lifecycle, Lifecycle::Run | Lifecycle::Unit) =>
        {
            let (unit, callsign) = (unit.unit.clone(), unit.callsign.clone());
            CommandError::OfUnit { unit, callsign, refusal }
        }
        (refusal, ..) => match instead(&planned.effect, permitted, &refusal) {
            Some(remedy) => CommandError::Instead { refusal, remedy },
            None => refusal.into(),
        },
    }
}

/// What to type where a unit cannot be sent: that it can be again, or whom else to send.
fn instead(effect: &Effect, permitted: &BTreeSet<Verb>, refusal: &Refusal) -> Option<String> {
    let Refusal::UnitNotAvailable { unit, state, .. } = refusal else { return None };
    let unit = effect.units.iter().find(|affected| affected.unit == *unit)?;
    let is = |known: UnitState| known.as_str() == *state;
    let duty = |state| (Verb::UnitState, About::UnitState { unit: Word::new(&unit.callsign), state });
    let (verb, about) = if is(UnitState::SignedOff) {
        duty(CrewState::On)
    } else if is(UnitState::OutOfService { reason: String::new() }) {
        duty(CrewState::In)
    } else {
        let number = Word::new(&effect.incident.as_ref()?.number);
        (Verb::Recommend, About::Incident { incident: IncidentWord::Named(number) })
    };
    permitted.contains(&verb).then(|| written(verb, about))
}

/// The refusal of a step after `done` others; nothing of a kind of its own where none was done.
pub(super) fn partly(planned: &Plan, done: usize, error: CommandError) -> CommandError {
    if done == 0 {
        return error;
    }
    let names: Vec<&str> = planned.effect.units.iter().map(|unit| unit.callsign.as_str()).collect();
    half_done(&names, done, planned.steps.len(), error)
}

/// The refusal of whatever comes after the first `done` of so many steps; each is told by whom it is about, else by its place.
pub(super) fn half_done(names: &[&str], done: usize, steps: usize, error: CommandError) -> CommandError {
    let label = |place: usize| names.get(place).map_or_else(|| (place + 1).to_string(), ToString::to_string);
    let labels = |places: std::ops::Range<usize>| places.map(label).collect();
    CommandError::Partly { done: labels(0..done), refused: labels(done..steps), error: Box::new(error) }
}
