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

/// A line about what a desk was given of an incident, as far as it goes whichever desk is meant.
struct Line<'a> {
    verb: Verb,
    incident: &'a Incident,
    said: &'a Said,
    /// What it is about with this said of it.
    about: &'a dyn Fn(Said) -> About,
}

impl Line<'_> {
    /// The line in full, about this desk.
    fn of(&self, desk: &StationId) -> String {
        let said = Said { desk: Some(Word::new(desk.as_str())), ..self.said.clone() };
        written(self.verb, (self.about)(said))
    }

    /// The assignments of the incident that fit, of the asker's own desk where they have one and of the desk that is named;
    /// oldest first. Those of several desks are refused with the line in full for each: nobody knows which was meant.
    fn given(
        &self,
        look: &Look<'_>,
        fits: impl Fn(&Assignment) -> bool,
    ) -> Result<Vec<Arc<Assignment>>, CommandError> {
        let named = self.said.desk.as_ref().map(|word| look.station(word)).transpose()?;
        let found = given(look, self.incident, named.as_ref(), fits)?;
        let desks: BTreeSet<&StationId> = found.iter().map(|it| &it.desk).collect();
        if desks.len() > 1 {
            let number = self.incident.number.as_str();
            return Err(ambiguous(number, desks.iter().map(|desk| self.of(desk))));
        }
        Ok(found)
    }

    /// The same of those that fit best, or where there are none, of those that fit as well.
    fn given_or(
        &self,
        look: &Look<'_>,
        best: impl Fn(&Assignment) -> bool,
        else_fits: impl Fn(&Assignment) -> bool,
    ) -> Result<Vec<Arc<Assignment>>, CommandError> {
        match self.given(look, best) {
            Err(CommandError::Operation(_)) => self.given(look, else_fits),
            found => found,
        }
    }
}

/// The assignments of an incident that fit, of the asker's own desk where they have one and of this one; oldest first.
fn given(
    look: &Look<'_>,
    incident: &Incident,
    desk: Option<&StationId>,
    fits: impl Fn(&Assignment) -> bool,
) -> Result<Vec<Arc<Assignment>>, CommandError> {
    let own = own_station(look);
    let is_of =
        |wanted: Option<&StationId>, held: &Assignment| wanted.is_none_or(|wanted| &held.desk == wanted);
    let found: Vec<Arc<Assignment>> = look.room.centre.read(|picture| {
        let held = incident.assignments.iter().filter_map(|id| picture.board.assignments().get(id));
        let held = held.map(|held| &held.record);
        let wanted = held.filter(|held| is_of(own.as_ref(), held) && is_of(desk, held));
        wanted.filter(|held| fits(held)).map(Arc::clone).collect()
    });
    if found.is_empty() {
        let desk = desk.or(own.as_ref()).map(|desk| format!("{desk} ")).unwrap_or_default();
        return Err(nothing_so(Sought::Assignment, &format!("{desk}{}", incident.number)).into());
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
    let about = |said| About::Person { incident: found_incident(&incident), person: person.to_owned(), said };
    let line = Line { verb: Verb::Received, incident: &incident, said, about: &about };
    let awaits = |assignment: &Assignment| assignment.state().awaits_answer();
    let assignments = line.given_or(look, awaits, Assignment::is_undecided)?;
    let mut effect = effect(Verb::Received, about(said.clone()), &incident, &assignments[0].desk);
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
    let about = |said| About::Text { incident: found_incident(&incident), said, words: reason.to_owned() };
    let line = Line { verb: Verb::Return, incident: &incident, said, about: &about };
    let assignments = line.given_or(look, asks, |held| held.state().is_open())?;
    let mut effect = effect(Verb::Return, about(said.clone()), &incident, &assignments[0].desk);
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
    let incident = which.map_or(IncidentWord::Selected, |word| IncidentWord::Named(word.clone()));
    if said.desk.is_some() {
        return desk_confirms(look, &incident, said).await;
    }
    let unit = match which {
        Some(word) => look.find_unit(word)?,
        None => None,
    };
    let by_unit = unit.as_ref().map(|(id, _)| reporting::confirm(look, id, said)).transpose()?.flatten();
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
    let number = Word::new(incident.number.as_str());
    let about = |said| About::Either { which: Some(number.clone()), said };
    let line = Line { verb: Verb::ConfirmStandDown, incident: &incident, said, about: &about };
    let assignments = line.given(look, |held| is_desk_stood_down(held.state()))?;
    let mut effect = effect(Verb::ConfirmStandDown, about(said.clone()), &incident, &assignments[0].desk);
    let report = look.report(said, &mut effect);
    assignments.iter().for_each(|given| effect.caution_before_sent(&given.milestones));
    let step = |held: &Arc<Assignment>| {
        let report = report.clone();
        Step::ConfirmStandDown(ConfirmStandDown { assignment: held.id, expected: None, report })
    };
    Ok(Plan::lasting(effect, assignments.iter().map(step).collect()))
}
