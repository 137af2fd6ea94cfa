//! What was done of a line before, by another node or before this one started.
//!
//! What was planned then is known nowhere else, so of a line of several steps only what says outright whom to send is gone on
//! with here. Of every other it is told how much was done.

use command::{About, Command, Verb, Word};
use domain::Version;
use store::{Cursor, Fingerprint, Remembered};

use super::{CommandError, Effect, Ran, Typed, error::half_done, plan::Plan, step::Step};
use crate::{
    Ask, ControlRoom, Durability, OperationError, Receipt, desk::AssignmentAnswer, dispatch::SentAnswer,
};

/// How much of a request was done before.
pub(super) enum Before {
    /// Nothing.
    Nothing,
    /// These first steps of several.
    Some(Vec<Remembered>),
    /// All of it; the last change it made.
    All(Version),
}

/// The digest of what was typed, by which the steps of a line are known again whatever its words mean by then.
pub(super) fn digest(typed: &Typed<'_>) -> Fingerprint {
    let selected = typed.selected.map(|id| id.to_string()).unwrap_or_default();
    Fingerprint::of(format!("line\n{selected}\n{}", typed.line).as_bytes())
}

/// The request of a step that is not the last.
pub(super) fn step(ask: &Ask, place: usize) -> Ask {
    ask.step(&place.to_string())
}

/// What the store knows of a request.
///
/// # Errors
/// [`OperationError`]: something else was asked under its id, or the store.
pub(super) async fn of(room: &ControlRoom, ask: &Ask) -> Result<Before, OperationError> {
    if let Some(last) = remembered(room, ask).await? {
        return Ok(Before::All(last.number));
    }
    let mut done = Vec::new();
    while let Some(first) = remembered(room, &step(ask, done.len())).await? {
        done.push(first);
    }
    Ok(if done.is_empty() { Before::Nothing } else { Before::Some(done) })
}

async fn remembered(room: &ControlRoom, ask: &Ask) -> Result<Option<Remembered>, OperationError> {
    let remembered = room.store.remembered(ask.operation()).await.map_err(OperationError::Store)?;
    match remembered {
        Some(known) if ask.line != Some(known.fingerprint) => {
            Err(OperationError::OtherContent { number: known.number })
        }
        known => Ok(known),
    }
}

/// The answer to a line of which all was done.
pub(super) fn answered(room: &ControlRoom, command: &Command, number: Version) -> Ran {
    let seen = room.centre.read(|picture| picture.cursor);
    let cursor = Cursor { lineage: seen.lineage, number };
    let receipt = Receipt { cursor, durability: Durability::Stored, repeated: true };
    let effect = Effect::of(command.verb, command.to_string());
    Ran { receipt: Some(receipt), effect, recommendation: None, undo_until: None }
}

/// The plan by which the rest is done too: those who were sent are not sent again, for each step is done once.
///
/// # Errors
/// [`CommandError::Partly`]: the line cannot be gone on with, for it means something else by now or is refused.
pub(super) fn the_rest(
    command: &Command,
    done: &[Remembered],
    planned: Result<Plan, CommandError>,
) -> Result<Plan, CommandError> {
    let (left, error) = match planned {
        Ok(plan) if command.verb == Verb::Dispatch && goes_on(&plan, done) => return Ok(plan),
        // what would be taken back now is another line
        Ok(_) if command.verb == Verb::Undo => (0, CommandError::MeansAnother),
        Ok(plan) => (left(&plan, done), CommandError::MeansAnother),
        Err(error) => (0, error),
    };
    let named = if let About::Units { units, .. } = &command.about { units.as_slice() } else { &[] };
    let names: Vec<&str> = named.iter().map(Word::as_str).collect();
    let steps = if names.is_empty() { done.len() + left } else { names.len() };
    Err(half_done(&names, done.len(), steps, error))
}

/// True if whoever was sent was sent to where the plan would send the others.
fn goes_on(plan: &Plan, done: &[Remembered]) -> bool {
    let incident = plan.effect.incident.as_ref().map(|named| named.id);
    let sent = |step: &Remembered| serde_json::from_str::<SentAnswer>(&step.answer).ok();
    plan.steps.len() > done.len()
        && done.iter().all(|step| sent(step).is_some_and(|sent| incident == Some(sent.incident)))
}

/// How many assignments a desk's line would still be about beside those that were done; 0 unless they are of one incident.
fn left(plan: &Plan, done: &[Remembered]) -> usize {
    let incident = plan.effect.incident.as_ref().map(|named| named.id);
    let answer = |step: &Remembered| {
        let answer = serde_json::from_str::<AssignmentAnswer>(&step.answer).ok();
        answer.filter(|answer| incident == Some(answer.incident))
    };
    let Some(done) = done.iter().map(answer).collect::<Option<Vec<_>>>() else { return 0 };
    let is_left = |id| done.iter().all(|answer| answer.assignment != id);
    plan.steps.iter().filter_map(Step::assignment).filter(|id| is_left(*id)).count()
}
