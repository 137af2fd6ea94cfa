//! Lines that a duty desk says to what it was given: received, accepted, returned, and that it knows it was stood down.

use std::{collections::BTreeSet, sync::Arc};

use command::{About, IncidentWord, Said, Verb, Word};
use domain::{
    StationId, UnitId,
    assignment::{Assignment, Purpose},
    incident::Incident,
    refusal::Sought,
};

use super::{
    CommandError, Effect, Named,
    names::{Look, ambiguous, found_incident, nothing_so},
    plan::{Plan, is_desk_stood_down, own_station, written},
    reporting,
    step::Step,
};
use crate::desk::{AcceptAssignment, ConfirmStandDown, ReportReceived, ReturnAssignment};

/// The assignments of an incident that fit, of the asker's own desk where they have one and of the desk that is named; oldest
/// first. Those of several desks are refused with each of them, for nobody knows which was meant.
fn given(
    look: &Look<'_>,
    incident: &Incident,
    named: Option<&Word>,
    fits: impl Fn(&Assignment) -> bool,
) -> Result<Vec<Arc<Assignment>>, CommandError> {
    let own = own_station(look);
    let named = named.map(|word| look.station(word)).transpose()?;
    let found: Vec<Arc<Assignment>> = look.room.centre.read(|picture| {
        let held = incident.assignments.iter().filter_map(|id| picture.board.assignments().get(id));
        let own = held.filter(|held| own.as_ref().is_none_or(|own| &held.record.desk == own));
        let wanted = own.filter(|held| named.as_ref().is_none_or(|named| &held.record.desk == named));
        wanted.filter(|held| fits(&held.record)).map(|held| Arc::clone(&held.record)).collect()
    });
    let Some(first) = found.first() else {
        let desk = named.or(own).map(|desk| format!("{desk} ")).unwrap_or_default();
        return Err(nothing_so(Sought::Assignment, &format!("{desk}{}", incident.number)).into());
    };
    if found.iter().any(|other| other.desk != first.desk) {
        let desks: BTreeSet<&StationId> = found.iter().map(|it| &it.desk).collect();
        let number = incident.number.as_str();
        return Err(ambiguous(number, desks.iter().map(|desk| format!("#{number} @{desk}"))));
    }
    Ok(found)
}

fn effect(verb: Verb, about: About, incident: &Incident, desk: &StationId) -> Effect {
    let mut effect = Effect::of(verb, written(verb, about));
    effect.incident = Some(Named::from(incident));
    effect.station = Some(desk.clone());
    effect
}

/// `RC`: the desk has all it was given of an incident and has not answered, or what it answered already.
pub(super) async fn received(
    look: &Look<'_>,
    incident: &IncidentWord,
    person: &str,
    said: &Said,
) -> Result<Plan, CommandError> {
    let incident = look.incident(incident).await?;
    let named = said.desk.as_ref();
    let awaiting = given(look, &incident, named, |assignment| assignment.state().awaits_answer());
    let assignments = match awaiting {
        Ok(awaiting) => awaiting,
        Err(CommandError::Line(refusal)) => return Err(refusal.into()),
        Err(_) => given(look, &incident, named, Assignment::is_undecided)?,
    };
    let about =
        About::Person { incident: found_incident(&incident), person: person.to_owned(), said: said.clone() };
    let mut effect = effect(Verb::Received, about, &incident, &assignments[0].desk);
    let report = look.report(said, &mut effect);
    assignments.iter().for_each(|given| effect.caution_before_sent(&given.milestones));
    if !person.is_empty() {
        person.clone_into(&mut effect.person);
    }
    let step = |assignment: &Arc<Assignment>| {
        let (person, report) = (person.to_owned(), report.clone());
        Step::Received(ReportReceived { assignment: assignment.id, expected: None, person, report })
    };
    Ok(Plan::lasting(effect, assignments.iter().map(step).collect()))
}

/// `AC`: the desk of the units accepts with them.
pub(super) async fn accept(
    look: &Look<'_>,
    units: &[Word],
    incident: &IncidentWord,
    said: &Said,
) -> Result<Plan, CommandError> {
    let incident = look.incident(incident).await?;
    let (mut ids, mut affected, mut callsigns) = (Vec::new(), Vec::new(), Vec::new());
    for word in units {
        let (id, entry) = look.unit(word)?;
        affected.push(look.affected(&id, &entry));
        callsigns.push(Word::new(&entry.callsign));
        ids.push(id);
    }
    let assignment = accepted(look, &incident, &ids)?;
    let about = About::Units { units: callsigns, incident: found_incident(&incident), said: said.clone() };
    let mut effect = effect(Verb::Accept, about, &incident, &assignment.desk);
    effect.units = affected;
    let report = look.report(said, &mut effect);
    effect.caution_before_sent(&assignment.milestones);
    let person = String::new();
    let step = AcceptAssignment { assignment: assignment.id, expected: None, units: ids, person, report };
    Ok(Plan::lasting(effect, vec![Step::Accept(step)]))
}

/// The assignment that the desk of the first unit accepts with these: one that recommends it, else one of its kind that is
/// not decided yet, else one of its kind, else any that is open; of those the oldest.
fn accepted(look: &Look<'_>, incident: &Incident, units: &[UnitId]) -> Result<Arc<Assignment>, CommandError> {
    let first = units.first().and_then(|id| Some((id, look.in_force.directory.units.get(id)?)));
    let Some((unit, entry)) = first else {
        return Err(nothing_so(Sought::Assignment, incident.number.as_str()).into());
    };
    let is_open = |held: &Assignment| {
        held.desk == entry.desk && held.state().is_open() && !is_desk_stood_down(held.state())
    };
    let open = given(look, incident, None, is_open)?;
    let rank = |held: &Arc<Assignment>| {
        let recommends = held.recommended_unit.as_ref() == Some(unit);
        let of_kind = matches!(&held.purpose, Purpose::Respond { kind, .. } if kind == &entry.kind);
        (!(recommends && held.is_undecided()), !(of_kind && held.is_undecided()), !of_kind)
    };
    let best = open.iter().min_by_key(|held| rank(held)).map(Arc::clone);
    best.ok_or_else(|| nothing_so(Sought::Assignment, incident.number.as_str()).into())
}

/// `RT`: the desk gives back all it was asked of an incident and has not decided.
pub(super) async fn give_back(
    look: &Look<'_>,
    incident: &IncidentWord,
    said: &Said,
    reason: &str,
) -> Result<Plan, CommandError> {
    let incident = look.incident(incident).await?;
    let asks = |held: &Assignment| held.is_undecided() && held.purpose != Purpose::Inform;
    let named = said.desk.as_ref();
    let assignments = match given(look, &incident, named, asks) {
        Ok(asked) => asked,
        Err(CommandError::Line(refusal)) => return Err(refusal.into()),
        Err(_) => given(look, &incident, named, |held| held.state().is_open())?,
    };
    let about =
        About::Text { incident: found_incident(&incident), said: said.clone(), words: reason.to_owned() };
    let mut effect = effect(Verb::Return, about, &incident, &assignments[0].desk);
    reason.clone_into(&mut effect.text);
    let report = look.report(said, &mut effect);
    assignments.iter().for_each(|given| effect.caution_before_sent(&given.milestones));
    let step = |assignment: &Arc<Assignment>| {
        let (reason, report) = (reason.to_owned(), report.clone());
        let id = assignment.id;
        Step::Return(ReturnAssignment { assignment: id, expected: None, reason, proposed: None, report })
    };
    Ok(Plan::lasting(effect, assignments.iter().map(step).collect()))
}

/// `CF`: whoever was stood down knows it, a unit or the desk of an incident. What could be both is refused with both.
pub(super) async fn confirm(
    look: &Look<'_>,
    which: Option<&Word>,
    said: &Said,
) -> Result<Plan, CommandError> {
    let unit = match which {
        Some(word) => look.find_unit(word)?,
        None => None,
    };
    let by_unit = unit.as_ref().map(|(id, _)| reporting::confirm(look, id, said)).transpose()?.flatten();
    let incident = which.map_or(IncidentWord::Selected, |word| IncidentWord::Named(word.clone()));
    let by_desk = desk_confirms(look, &incident, said).await;
    match (by_unit, by_desk, unit) {
        (Some(_), Ok(by_desk), unit) => {
            let word = which.map(Word::as_str).unwrap_or_default();
            let unit = unit.map(|(id, _)| id.to_string()).unwrap_or_default();
            let number =
                by_desk.effect.incident.map(|incident| format!("#{}", incident.number)).unwrap_or_default();
            Err(ambiguous(word, [unit, number]))
        }
        (Some(by_unit), Err(_), _) => Ok(by_unit),
        (None, Ok(by_desk), _) => Ok(by_desk),
        // the unit is known and was not stood down, which is what whoever named it must hear
        (None, Err(_), Some((id, _))) => {
            let (run, _) = reporting::run_of(look, &id, "confirm_stand_down")?;
            Err(not_stood_down(look, run))
        }
        (None, Err(error), None) => Err(error),
    }
}

/// That a run was not stood down, as its lifecycle refuses it; a run whose incident the asker may not read does not exist
/// for them, so neither does its state.
fn not_stood_down(look: &Look<'_>, run: domain::RunId) -> CommandError {
    use domain::refusal::{Lifecycle, Refusal, StepRefusal};
    look.room.centre.read(|picture| match picture.board.runs().get(&run) {
        Some(held) if look.reads_of(picture, held.record.incident) => {
            let state = held.record.state();
            let (lifecycle, event) = (Lifecycle::Run, "confirm_stand_down");
            Refusal::Step(StepRefusal::new(lifecycle, state.as_str(), event, state.allowed())).into()
        }
        Some(_) | None => Refusal::UnknownRun(run).into(),
    })
}

async fn desk_confirms(look: &Look<'_>, incident: &IncidentWord, said: &Said) -> Result<Plan, CommandError> {
    let incident = look.incident(incident).await?;
    let assignments = given(look, &incident, said.desk.as_ref(), |held| is_desk_stood_down(held.state()))?;
    let about = About::Either { which: Some(Word::new(incident.number.as_str())), said: said.clone() };
    let mut effect = effect(Verb::ConfirmStandDown, about, &incident, &assignments[0].desk);
    let report = look.report(said, &mut effect);
    assignments.iter().for_each(|given| effect.caution_before_sent(&given.milestones));
    let step = |held: &Arc<Assignment>| {
        let report = report.clone();
        Step::ConfirmStandDown(ConfirmStandDown { assignment: held.id, expected: None, report })
    };
    Ok(Plan::lasting(effect, assignments.iter().map(step).collect()))
}
