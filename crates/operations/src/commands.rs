//! The command line: what a typed line would do, doing it, and taking it back.
//!
//! It only looks up what a line names and hands it to the use case that does such things; what is legal, in scope and done
//! once is theirs to say. A preview is the very use case, rehearsed: decided as it would be, and not committed.

mod asking;
mod before;
mod changing;
mod desks;
mod effect;
mod error;
mod memory;
mod names;
mod plan;
mod reporting;
mod sending;
mod step;
mod strip;
mod undo;

use std::{collections::BTreeSet, sync::Arc};

use command::{Command, Verb, parse, verb_of};
use domain::{IncidentId, SpokenNumber, Version};
use jiff::Timestamp;

pub use effect::{AffectedUnit, Caution, Effect, Named};
pub use error::{CommandError, WhyNotUndone};
pub use memory::CommandMemory;

use self::{
    before::Before,
    names::{Depth, Look},
    plan::{Plan, Shows, plan},
    step::Outcome,
};
use crate::{
    Ask, Asker, ControlRoom, Numbers, OperationError, Receipt,
    queries::{self, Standing, Surveyed},
};

/// What is typed, where and by whom it may be.
#[derive(Clone, Copy, Debug)]
pub struct Typed<'a> {
    /// The line.
    pub line: &'a str,
    /// The incident that is selected on the asker's screen, for a line that names none.
    pub selected: Option<IncidentId>,
    /// The verbs whose use cases the asker's role may call.
    pub permitted: &'a BTreeSet<Verb>,
    /// What a preview found the line to mean, [`Effect::meaning`]: it is not carried out if it means something else by now.
    /// Empty if nobody saw one.
    pub meaning: &'a str,
}

/// A line that was carried out.
#[derive(Clone, Debug)]
pub struct Ran {
    /// The last change it made; absent for one that changes nothing.
    pub receipt: Option<Receipt>,
    /// What was done.
    pub effect: Effect,
    /// Whom the centre would send, if that was asked.
    pub recommendation: Option<(IncidentId, Surveyed)>,
    /// Until when it can be taken back, as far as the state allows; absent if it cannot.
    pub undo_until: Option<Timestamp>,
}

/// Gives no number: a rehearsal opens nothing that people could speak of.
struct NoNumbers;

impl Numbers for NoNumbers {
    fn next(&self) -> SpokenNumber {
        SpokenNumber::new(None, 0)
    }
}

/// What a line would do now. Changes nothing.
///
/// # Errors
/// [`CommandError`]: as running it would be refused.
pub async fn preview(
    room: &ControlRoom,
    memory: &CommandMemory,
    asker: &Asker,
    typed: Typed<'_>,
) -> Result<Standing<Effect>, CommandError> {
    let command = permitted(&typed)?;
    let planned = if command.verb == Verb::Undo {
        undo::planned(room, memory, asker)?
    } else {
        let kept = Depth::Kept(&memory.spoken);
        plan(&look(room, asker, &typed, command.verb, kept)?, &command).await?
    };
    let rehearsing = ControlRoom { numbers: Arc::new(NoNumbers), holding: None, ..room.clone() };
    let ask = Ask::rehearsing(asker.clone());
    for step in &planned.steps {
        let rehearsed = Box::pin(step.carry_out(&rehearsing, &ask)).await;
        rehearsed.map_err(|error| error::of_line(&planned, typed.permitted, error))?;
    }
    let as_of = room.centre.read(|picture| picture.cursor);
    let meaning = planned.meaning();
    Ok(Standing { value: Effect { meaning, ..planned.effect }, as_of })
}

/// Does what a line says. The same request is done once, however often it is sent: a node that knows it carries out what was
/// planned then under the same ids, so that nothing is done twice and whatever was not done yet is. Any other asks the store
/// what was done of it.
///
/// # Errors
/// [`CommandError`]: the line cannot be read, the role may not, what it names does not exist or fits several, or the use
/// case refused.
pub async fn run(
    room: &ControlRoom,
    memory: &CommandMemory,
    ask: &Ask,
    typed: Typed<'_>,
) -> Result<Ran, CommandError> {
    let command = permitted(&typed)?;
    let ask = &ask.of_line(before::digest(&typed));
    if let Some(known) = memory.known(ask) {
        if known.is_of(&typed) {
            return carry_out(room, memory, (ask, &typed, command.verb), known.plan).await;
        }
        if known.number != Version::ABSENT {
            return Err(OperationError::OtherContent { number: known.number }.into());
        }
    }
    let planned = if command.verb == Verb::Undo {
        undo::planned(room, memory, &ask.asker)
    } else {
        match look(room, &ask.asker, &typed, command.verb, Depth::All) {
            Ok(look) => plan(&look, &command).await,
            Err(error) => Err(error),
        }
    };
    let planned = planned.and_then(|plan| as_seen(plan, typed.meaning));
    let changes_nothing = planned.as_ref().is_ok_and(|plan| plan.steps.is_empty());
    let before = if changes_nothing { Before::Nothing } else { before::of(room, ask).await? };
    let planned = match before {
        // what it named then may be over now, and nobody is to be told that nothing was done
        Before::All(number) => return Ok(before::answered(room, &command, number)),
        Before::Some(done) => before::the_rest(&command, &done, planned)?,
        Before::Nothing => planned?,
    };
    carry_out(room, memory, (ask, &typed, command.verb), planned).await
}

/// The plan, unless somebody saw another.
fn as_seen(plan: Plan, meaning: &str) -> Result<Plan, CommandError> {
    if meaning.is_empty() || meaning == plan.meaning() { Ok(plan) } else { Err(CommandError::MeansAnother) }
}

/// The command, if the role of whoever typed it may do such things.
fn permitted(typed: &Typed<'_>) -> Result<Command, CommandError> {
    // before what the line lacks: nobody is to be asked for the reason of what they may not do
    match verb_of(typed.line) {
        Some(verb) if !typed.permitted.contains(&verb) => Err(CommandError::RoleMayNot { verb }),
        _ => parse(typed.line).map_err(|refusal| {
            let refusal = refusal.offering(typed.permitted);
            let is_selected = typed.selected.is_some();
            if is_selected { refusal.into() } else { refusal.where_none_is_selected().into() }
        }),
    }
}

fn look<'a>(
    room: &'a ControlRoom,
    asker: &'a Asker,
    typed: &Typed<'_>,
    verb: Verb,
    depth: Depth<'a>,
) -> Result<Look<'a>, CommandError> {
    Ok(Look {
        room,
        asker,
        verb,
        depth,
        selected: typed.selected,
        in_force: queries::directory(room)?,
        now: room.clock.now(),
    })
}

/// Carries out what was planned: each step under an id that follows from that of the request. The last has the request's own, so
/// that any node can tell by that whether all of it was done.
async fn carry_out(
    room: &ControlRoom,
    memory: &CommandMemory,
    (ask, typed, verb): (&Ask, &Typed<'_>, Verb),
    planned: Plan,
) -> Result<Ran, CommandError> {
    let now = room.clock.now();
    if !planned.steps.is_empty() {
        memory.begin(ask, typed, &planned, now);
    }
    let mut outcomes: Vec<Outcome> = Vec::with_capacity(planned.steps.len());
    let mut refused = None;
    for (place, step) in planned.steps.iter().enumerate() {
        let is_last = place + 1 == planned.steps.len();
        let own = if is_last { ask.clone() } else { before::step(ask, place) };
        match Box::pin(step.carry_out(room, &own)).await {
            Ok(outcome) => outcomes.push(outcome),
            Err(error) => {
                refused = Some(error);
                break;
            }
        }
    }
    let mut effect = planned.effect.clone();
    if let Some(opened) = outcomes.first().and_then(|outcome| outcome.opened.clone()) {
        effect.incident = Some(opened);
    }
    let undo_until = undo::note(memory, (ask, typed, verb), &planned, &outcomes, &effect, now);
    if let Some(error) = refused {
        let error = error::of_line(&planned, typed.permitted, error);
        return Err(error::partly(&planned, outcomes.len(), error));
    }
    let recommendation = match planned.shows {
        Shows::Recommendation(incident) => {
            Some((incident, queries::recommend(room, &ask.asker, incident, None).await?))
        }
        Shows::Nothing => None,
    };
    Ok(Ran { receipt: receipt(&outcomes), effect, recommendation, undo_until })
}

/// What became of all of it: the last change, repeated if all were.
fn receipt(outcomes: &[Outcome]) -> Option<Receipt> {
    let last = outcomes.last()?.receipt;
    Some(Receipt { repeated: outcomes.iter().all(|outcome| outcome.receipt.repeated), ..last })
}
