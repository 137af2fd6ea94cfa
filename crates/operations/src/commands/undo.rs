//! Taking back one's own last command: the opposite use case, asked like any other, and only while what was changed still
//! stands as it was left.

use centre::Picture;
use command::{About, Basis, CrewState, IncidentWord, Said, SwitchTo, Verb, Word};
use domain::{
    IncidentId, UnitId, Version,
    board::Board,
    dispatch::Automatic,
    incident::{Incident, IncidentState},
    unit::UnitState,
};
use jiff::Timestamp;

use super::{
    CommandMemory, Effect, Named, Typed,
    error::{CommandError, WhyNotUndone},
    plan::{Former, Plan, written},
    step::{Outcome, Step},
};
use crate::{
    Ask, Asker, ControlRoom,
    dispatch::{Replacement, SentAnswer, SetAutomatic, StandDown, Whom},
    incidents::{
        CancelIncident, ChangeLocation, ChangePriority, ChangeType, CloseIncident, HoldIncident,
        MergeIncidents, ReleaseIncident, ReopenIncident, UnmergeIncident,
    },
    units::{Duty, SetDuty},
};

/// Why, in the records of whatever is taken back.
const REASON: &str = "UNDO";

/// How a command is taken back.
#[derive(Clone, Debug)]
pub(super) enum Inverse {
    /// So.
    Plan(Box<Plan>),
    /// Not at all.
    Never(WhyNotUndone),
}

/// The steps that take back the asker's last command.
///
/// # Errors
/// [`CommandError::NothingToUndo`].
pub(super) fn planned(
    room: &ControlRoom,
    memory: &CommandMemory,
    asker: &Asker,
) -> Result<Plan, CommandError> {
    let nothing = |why| CommandError::NothingToUndo { why };
    let last = memory.last(&asker.name(), room.clock.now()).ok_or_else(|| nothing(WhyNotUndone::Nothing))?;
    match last.inverse {
        Inverse::Never(why) => Err(nothing(why)),
        Inverse::Plan(plan) => room
            .centre
            .read(|picture| guarded(picture, asker, *plan))
            .ok_or_else(|| nothing(WhyNotUndone::ChangedSince)),
    }
}

/// The plan, held to what it was found to stand on, unless somebody else has changed that since: what is looked at here and
/// what is set back are of one version, or nothing is.
fn guarded(picture: &Picture, asker: &Asker, mut plan: Plan) -> Option<Plan> {
    let stands = still_stands(&picture.board, &plan) && spares_others(&picture.board, asker, &plan);
    stands.then(|| {
        plan.steps.iter_mut().for_each(|step| hold_to(&picture.board, &plan.former, step));
        plan
    })
}

/// True unless somebody else has changed since what would be set back; what has a lifecycle is guarded by that.
fn still_stands(board: &Board, plan: &Plan) -> bool {
    let incident = plan.effect.incident.as_ref().and_then(|named| board.incidents().get(&named.id));
    let of_incident = |stands: &dyn Fn(&Incident) -> bool| incident.is_some_and(|held| stands(&held.record));
    match &plan.former {
        Former::Priority { former, .. } => of_incident(&|incident| incident.priority == *former),
        Former::Type { former, .. } => {
            of_incident(&|incident| incident.incident_type.as_ref() == Some(&former.0))
        }
        Former::Location { former, .. } => of_incident(&|incident| incident.location == *former),
        Former::Automatic { former, .. } => {
            board.dispatch().map_or_else(Automatic::default, |held| held.record.automatic) == *former
        }
        Former::Nothing | Former::Sent(_) | Former::Opened | Former::Incident(_) | Former::Unit { .. } => {
            true
        }
    }
}

/// True unless a step would take back what somebody else did meanwhile although its lifecycle lets it: stand down whom a desk
/// has sent since it was asked, or release what another holds by now.
fn spares_others(board: &Board, asker: &Asker, plan: &Plan) -> bool {
    let own = asker.name();
    let state = |id: &IncidentId| board.incidents().get(id).map(|held| held.record.state());
    plan.steps.iter().all(|step| {
        if let Step::StandDown(StandDown { whom: Whom::Assignment(id), .. }) = step {
            return board.assignments().get(id).is_none_or(|held| held.record.is_undecided());
        }
        if let Step::Release(ReleaseIncident { incident, .. }) = step
            && let Some(IncidentState::Held { by, .. }) = state(incident)
        {
            return *by == own;
        }
        true
    })
}

/// Holds a step to the version of what was looked at for it, where its lifecycle would let it go by what changed since.
fn hold_to(board: &Board, former: &Former, step: &mut Step) {
    let of_incident = |id: &IncidentId| board.incidents().get(id).map(|held| held.version);
    if let Step::ChangePriority(it) = step {
        it.expected = of_incident(&it.incident);
    } else if let Step::ChangeType(it) = step {
        it.expected = of_incident(&it.incident);
        keep_priority(board, former, it);
    } else if let Step::ChangeLocation(it) = step {
        it.expected = of_incident(&it.incident);
    } else if let Step::Release(it) = step {
        it.expected = of_incident(&it.incident);
    } else if let Step::SetAutomatic(it) = step {
        it.expected = board.dispatch().map(|held| held.version);
    } else if let Step::StandDown(it) = step
        && let Whom::Assignment(id) = &it.whom
    {
        it.expected = board.assignments().get(id).map(|held| held.version);
    }
}

/// Leaves the priority alone if somebody has set it since the type was changed.
fn keep_priority(board: &Board, former: &Former, undone: &mut ChangeType) {
    let current = board.incidents().get(&undone.incident).map(|held| held.record.priority);
    if let Former::Type { former: (_, left), .. } = former
        && current != Some(*left)
    {
        undone.priority = current;
    }
}

/// Remembers how to take back what was done by a line of this verb. Until when that goes; absent if it does not. What is
/// taken back is not taken back again: that would be a game of two people.
pub(super) fn note(
    memory: &CommandMemory,
    (ask, typed, verb): (&Ask, &Typed<'_>, Verb),
    planned: &Plan,
    outcomes: &[Outcome],
    effect: &Effect,
    now: Timestamp,
) -> Option<Timestamp> {
    let first = outcomes.first()?;
    if outcomes.iter().all(|outcome| outcome.receipt.repeated) {
        // the first time has noted it, and what was typed since must not be forgotten for it
        return None;
    }
    let inverse = match inverse(planned, outcomes, effect).filter(|_| verb != Verb::Undo) {
        Some(plan) if typed.permitted.contains(&plan.effect.verb) => Inverse::Plan(Box::new(plan)),
        Some(_) => Inverse::Never(WhyNotUndone::RoleMayNot),
        None => Inverse::Never(WhyNotUndone::NoInverse),
    };
    let can = matches!(inverse, Inverse::Plan(_));
    let until = memory.done(ask, first.receipt.cursor.number, inverse, now);
    can.then_some(until)
}

/// The opposite of what was done.
fn inverse(planned: &Plan, outcomes: &[Outcome], effect: &Effect) -> Option<Plan> {
    let incident = effect.incident.as_ref();
    let wrote = outcomes.first()?.receipt.cursor.number;
    match &planned.former {
        Former::Nothing => None,
        Former::Sent(replacements) => {
            let sent = outcomes.iter().zip(replacements);
            stand_down(
                effect,
                sent.filter_map(|(outcome, replacement)| Some((outcome.sent.as_ref()?, *replacement))),
            )
        }
        Former::Opened => incident.map(|incident| cancel(incident, None, REASON)),
        Former::Priority { former, given } => incident.map(|incident| {
            let about =
                |which| About::Priority { incident: which, priority: *former, reason: REASON.to_owned() };
            let mut effect = of_incident(Verb::Priority, incident, about);
            effect.priority = Some(*former);
            let (priority, reason) = (*former, REASON.to_owned());
            let step = ChangePriority { incident: incident.id, expected: None, priority, reason };
            let former = Former::Priority { former: *given, given: priority };
            Plan::from(former, effect, vec![Step::ChangePriority(step)])
        }),
        Former::Type { former, given } => incident.map(|incident| {
            let (incident_type, priority) = former.clone();
            let mut effect = with_words(Verb::Type, incident, incident_type.as_str());
            effect.incident_type = Some(incident_type.clone());
            let (incident, priority, reason) = (incident.id, Some(priority), REASON.to_owned());
            let step = ChangeType { incident, expected: None, incident_type, priority, reason };
            let former = Former::Type { former: given.clone(), given: former.clone() };
            Plan::from(former, effect, vec![Step::ChangeType(step)])
        }),
        Former::Location { former, given } => incident.map(|incident| {
            let mut effect = with_words(Verb::Location, incident, &former.address);
            effect.text.clone_from(&former.address);
            let (incident, location, reason) = (incident.id, former.clone(), REASON.to_owned());
            let step = ChangeLocation { incident, expected: None, location, reason };
            let former = Former::Location { former: given.clone(), given: former.clone() };
            Plan::from(former, effect, vec![Step::ChangeLocation(step)])
        }),
        Former::Incident(state) => {
            incident.and_then(|incident| to_state((planned.effect.verb, wrote), incident, effect, state))
        }
        Former::Unit { unit, crew, state } => to_duty(effect, (unit, wrote), crew, state),
        Former::Automatic { former, given } => Some(switch(*former, *given)),
    }
}

fn of_incident(
    verb: Verb,
    incident: &Named<IncidentId>,
    about: impl FnOnce(IncidentWord) -> About,
) -> Effect {
    let named = IncidentWord::Named(Word::new(&incident.number));
    let mut effect = Effect::of(verb, written(verb, about(named)));
    effect.incident = Some(incident.clone());
    effect
}

fn with_words(verb: Verb, incident: &Named<IncidentId>, words: &str) -> Effect {
    of_incident(verb, incident, |incident| About::Text {
        incident,
        said: Said::default(),
        words: words.to_owned(),
    })
}

/// Everybody who was sent or asked is stood down, the last first.
fn stand_down<'a>(
    effect: &Effect,
    sent: impl Iterator<Item = (&'a SentAnswer, Replacement)>,
) -> Option<Plan> {
    let reason = REASON.to_owned();
    let whom = |(sent, replacement): (&SentAnswer, Replacement)| -> Vec<(Whom, Replacement)> {
        let runs: Vec<Whom> = sent.runs.iter().copied().map(Whom::Run).collect();
        let whom = if runs.is_empty() { vec![Whom::Assignment(sent.assignment)] } else { runs };
        whom.into_iter().map(|whom| (whom, replacement)).collect()
    };
    let whom: Vec<(Whom, Replacement)> = sent.flat_map(whom).collect();
    let incident = effect.incident.as_ref()?;
    let units: Vec<&str> = effect.units.iter().map(|unit| unit.callsign.as_str()).collect();
    let who = match (&effect.station, units.as_slice()) {
        (Some(station), []) => station.to_string(),
        (_, units) => units.get(..whom.len()).unwrap_or(units).join(","),
    };
    let about = |incident| About::Recall { who: Word::new(who), incident, reason: reason.clone() };
    let mut undone = of_incident(Verb::StandDown, incident, about);
    undone.units = effect.units.iter().take(whom.len()).cloned().collect();
    undone.station.clone_from(&effect.station);
    undone.text.clone_from(&reason);
    let step = |(whom, replacement)| {
        Step::StandDown(StandDown { whom, expected: None, reason: reason.clone(), replacement })
    };
    Some(Plan::lasting(undone, whom.into_iter().rev().map(step).collect()))
}

fn cancel(incident: &Named<IncidentId>, expected: Option<Version>, reason: &str) -> Plan {
    let mut effect = with_words(Verb::Cancel, incident, reason);
    reason.clone_into(&mut effect.text);
    let step = CancelIncident { incident: incident.id, expected, reason: reason.to_owned() };
    Plan::lasting(effect, vec![Step::Cancel(step)])
}

/// Back from what `verb` made of an incident, as the version that it `wrote`, to the state it was in. It is held to that version:
/// another may have brought it into the same state again meanwhile, and ended, joined or opened it otherwise.
fn to_state(
    (verb, wrote): (Verb, Version),
    incident: &Named<IncidentId>,
    done: &Effect,
    former: &IncidentState,
) -> Option<Plan> {
    let (id, expected) = (incident.id, Some(wrote));
    let alone = |verb| of_incident(verb, incident, |incident| About::Incident { incident });
    match former {
        IncidentState::Open if verb == Verb::Hold => {
            let step = Step::Release(ReleaseIncident { incident: id, expected: None });
            Some(Plan::lasting(alone(Verb::Release), vec![step]))
        }
        IncidentState::Open if verb == Verb::Merge => {
            let mut effect = alone(Verb::Unmerge);
            effect.other.clone_from(&done.other);
            let step = Step::Unmerge(UnmergeIncident { incident: id, expected });
            Some(Plan::lasting(effect, vec![step]))
        }
        IncidentState::Open | IncidentState::Held { .. } if matches!(verb, Verb::Close | Verb::Cancel) => {
            let mut effect = with_words(Verb::Reopen, incident, REASON);
            REASON.clone_into(&mut effect.text);
            let step = ReopenIncident { incident: id, expected, reason: REASON.to_owned() };
            Some(Plan::lasting(effect, vec![Step::Reopen(step)]))
        }
        IncidentState::Open => None,
        IncidentState::Held { until, why, .. } => {
            let about = |incident| About::Hold { incident, minutes: 1, reason: why.clone() };
            let mut effect = of_incident(Verb::Hold, incident, about);
            effect.until = Some(*until);
            effect.text.clone_from(why);
            let step = HoldIncident { incident: id, expected, until: *until, reason: why.clone() };
            Some(Plan::lasting(effect, vec![Step::Hold(step)]))
        }
        IncidentState::Merged { into } => {
            let mut effect = Effect::of(
                Verb::Merge,
                written(
                    Verb::Merge,
                    About::Pair {
                        incident: IncidentWord::Named(Word::new(&incident.number)),
                        other: Word::new(into.to_string()),
                    },
                ),
            );
            effect.incident = Some(incident.clone());
            let step = MergeIncidents { incident: id, expected, into: *into };
            Some(Plan::lasting(effect, vec![Step::Merge(step)]))
        }
        IncidentState::Closed { closing } => {
            let about = |incident| About::Closing {
                incident,
                result: closing.disposition.clone(),
                basis: if closing.registration_number.is_empty() {
                    Basis::LawfulReason(closing.lawful_reason.clone())
                } else {
                    Basis::Number(closing.registration_number.clone())
                },
            };
            let mut effect = of_incident(Verb::Close, incident, about);
            effect.text.clone_from(&closing.disposition);
            let step = CloseIncident {
                incident: id,
                expected,
                disposition: closing.disposition.clone(),
                registration_number: closing.registration_number.clone(),
                lawful_reason: closing.lawful_reason.clone(),
            };
            Some(Plan::lasting(effect, vec![Step::Close(step)]))
        }
        IncidentState::Cancelled { reason, .. } => Some(cancel(incident, expected, reason)),
    }
}

/// Back to what a unit was fit for, with the crew it had, from what the line `wrote` of it.
fn to_duty(
    done: &Effect,
    (unit, wrote): (&UnitId, Version),
    crew: &[String],
    former: &UnitState,
) -> Option<Plan> {
    let (duty, state, word) = match (former, done.state) {
        (UnitState::SignedOff, _) => (Duty::SignOff, CrewState::Off, "off"),
        (UnitState::Available, "out") => (Duty::ReturnToService, CrewState::In, "in"),
        (UnitState::Available, _) => (Duty::SignOn { crew: crew.to_vec() }, CrewState::On, "on"),
        (UnitState::OutOfService { reason }, "in") => {
            let reason = reason.clone();
            (Duty::OutOfService { reason: reason.clone() }, CrewState::Out { reason }, "out")
        }
        // signed off while out of service: it would come back as one that can be sent
        (UnitState::OutOfService { .. } | UnitState::Assigned { .. }, _) => return None,
    };
    let callsign = done.units.first().map(|unit| unit.callsign.clone()).unwrap_or_default();
    let about = About::UnitState { unit: Word::new(callsign), state };
    let mut effect = Effect::of(Verb::UnitState, written(Verb::UnitState, about));
    effect.units.clone_from(&done.units);
    effect.state = word;
    let step = SetDuty { unit: unit.clone(), expected: Some(wrote), duty };
    Some(Plan::lasting(effect, vec![Step::SetDuty(step)]))
}

/// Automatic sending as it stood.
fn switch(former: Automatic, given: Automatic) -> Plan {
    let (to, word) = match former {
        Automatic::On => (SwitchTo::On, "on"),
        Automatic::Off => (SwitchTo::Off, "off"),
    };
    let about = About::Switch { to, reason: REASON.to_owned() };
    let mut effect = Effect::of(Verb::Automatic, written(Verb::Automatic, about));
    effect.state = word;
    let step = SetAutomatic { expected: None, automatic: former, reason: REASON.to_owned() };
    let former = Former::Automatic { former: given, given: former };
    Plan::from(former, effect, vec![Step::SetAutomatic(step)])
}
