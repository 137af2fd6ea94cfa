//! From a command to the steps of the use cases that carry it out.

use command::{About, Command, Verb};
use domain::{
    IncidentId, IncidentTypeId, Priority, StationId, UnitId,
    assignment::AssignmentState,
    dispatch::Automatic,
    incident::{Incident, IncidentState},
    location::Location,
    unit::UnitState,
};
use store::Fingerprint;

use super::{
    Effect,
    asking::{self, Asked},
    changing, desks,
    error::CommandError,
    names::Look,
    reporting, sending,
    step::Step,
};
use crate::dispatch::Replacement;

/// What shows beside the effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shows {
    /// Nothing.
    Nothing,
    /// Whom the centre would send to this incident.
    Recommendation(IncidentId),
}

/// How something stood before a line changed it, for taking that back.
#[derive(Clone, Debug)]
pub(super) enum Former {
    /// What was done has no opposite.
    Nothing,
    /// Somebody was sent or asked by each step: they are stood down, and others in their place wanted or not.
    Sent(Vec<Replacement>),
    /// The incident was opened by it: it is cancelled.
    Opened,
    /// It had this priority, and was given another.
    Priority { former: Priority, given: Priority },
    /// It was of this type and priority, and became one of others.
    Type { former: (IncidentTypeId, Priority), given: (IncidentTypeId, Priority) },
    /// It was here, and was moved there.
    Location { former: Location, given: Location },
    /// The incident was in this state.
    Incident(IncidentState),
    /// The unit was in this state, with this crew.
    Unit { unit: UnitId, crew: Vec<String>, state: UnitState },
    /// Automatic sending stood so.
    Automatic { former: Automatic, given: Automatic },
}

/// What a command comes to.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// What whoever typed it sees.
    pub(super) effect: Effect,
    /// What is carried out, in this order.
    pub(super) steps: Vec<Step>,
    /// What is shown besides.
    pub(super) shows: Shows,
    /// How it was before.
    pub(super) former: Former,
}

impl Plan {
    /// Steps that nobody can take back.
    pub(super) const fn lasting(effect: Effect, steps: Vec<Step>) -> Self {
        Self { effect, steps, shows: Shows::Nothing, former: Former::Nothing }
    }

    /// Steps that can be taken back to how it was before.
    pub(super) const fn from(former: Former, effect: Effect, steps: Vec<Step>) -> Self {
        Self { effect, steps, shows: Shows::Nothing, former }
    }

    /// What the line was found to be about, as a text that is another one once it is about anything else: whoever presses a key
    /// by what a preview showed gives it back.
    pub(super) fn meaning(&self) -> String {
        let effect = &self.effect;
        let alarm = |step: &Step| if let Step::Acknowledge(it) = step { Some(it.alarm) } else { None };
        let of = (
            effect.verb.word(),
            effect.incident.as_ref().map(|named| named.id),
            effect.other.as_ref().map(|named| named.id),
            effect.units.iter().map(|unit| &unit.unit).collect::<Vec<_>>(),
            &effect.station,
            effect.call.as_ref().map(|named| named.id),
            self.steps.iter().filter_map(alarm).collect::<Vec<_>>(),
        );
        Fingerprint::of(format!("{of:?}").as_bytes()).to_string()
    }

    /// Nothing to carry out.
    pub(super) const fn showing(shows: Shows, effect: Effect) -> Self {
        Self { effect, steps: Vec::new(), shows, former: Former::Nothing }
    }
}

/// Looks up what a command names.
///
/// # Errors
/// [`CommandError`]: something named does not exist or fits several, or nothing is there to be done.
pub(super) async fn plan(look: &Look<'_>, command: &Command) -> Result<Plan, CommandError> {
    let mut plan = Box::pin(planned(look, command.verb, &command.about)).await?;
    if command.wrong_layout {
        plan.effect.cautions.insert(super::Caution::WrongLayout);
    }
    Ok(plan)
}

async fn planned(look: &Look<'_>, verb: Verb, about: &About) -> Result<Plan, CommandError> {
    match about {
        About::Nothing => asking::nothing(look, verb),
        About::Units { units, incident, said } if verb == Verb::Accept => {
            desks::accept(look, units, incident, said).await
        }
        About::Units { units, incident, .. } => sending::send(look, units, incident).await,
        About::Station { station, incident } => sending::cross_district(look, station, incident).await,
        About::Unit { unit, said, words } => reporting::report(look, unit, said, words),
        About::UnitState { unit, state } => reporting::duty(look, unit, state),
        About::Incident { incident } if verb == Verb::Recommend => {
            asking::about(look, Asked::Recommendation, incident).await
        }
        About::Incident { incident } if verb == Verb::View => {
            asking::about(look, Asked::View, incident).await
        }
        About::Incident { incident } if verb == Verb::Unmerge => changing::unmerge(look, incident).await,
        About::Incident { incident } => changing::release(look, incident).await,
        About::Text { incident, said, words } if verb == Verb::Return => {
            desks::give_back(look, incident, said, words).await
        }
        About::Text { incident, words, .. } => changing::by_words(look, verb, incident, words).await,
        About::Person { incident, person, said } => desks::received(look, incident, person, said).await,
        About::Recall { who, incident, reason } => sending::recall(look, who, incident, reason).await,
        About::Either { which, said } => desks::confirm(look, which.as_ref(), said).await,
        About::Priority { incident, priority, reason } => {
            changing::prioritize(look, incident, *priority, reason).await
        }
        About::Hold { incident, minutes, reason } => changing::hold(look, incident, *minutes, reason).await,
        About::Pair { incident, other } => changing::merge(look, incident, other).await,
        About::Resource { incident, kind, count, said, reason } => {
            changing::resource(look, incident, (kind, *count), said, reason).await
        }
        About::Closing { incident, result, basis } => changing::close(look, incident, result, basis).await,
        About::New { incident_type, place, narrative } => {
            changing::open(look, incident_type, place, narrative)
        }
        About::Alarm { which } => asking::acknowledge(look, which.as_ref()).await,
        About::Switch { to, reason } => asking::switch(look, *to, reason),
    }
}

/// The line as it is written in full, with what was found in place of what was typed.
pub(super) fn written(verb: Verb, about: About) -> String {
    Command { verb, about, wrong_layout: false }.to_string()
}

/// True if any run of the incident that the board shows is still out.
pub(super) fn has_open_runs(look: &Look<'_>, incident: &Incident) -> bool {
    look.room.centre.read(|picture| {
        let runs = picture.board.runs();
        incident.runs.iter().any(|id| runs.get(id).is_some_and(|run| run.record.state().is_open()))
    })
}

/// True if the desk was stood down and nobody said that they know it.
pub(super) const fn is_desk_stood_down(state: &AssignmentState) -> bool {
    matches!(state, AssignmentState::StandDownSent { .. })
}

/// The station of a duty officer, whose desk alone they speak for.
pub(super) fn own_station(look: &Look<'_>) -> Option<StationId> {
    look.asker.principal().and_then(identity::Principal::station).cloned()
}
