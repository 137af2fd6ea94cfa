//! Lines that send units, ask desks and stand them down.

use std::collections::BTreeMap;

use command::{About, CommandRefusal, Expected, IncidentWord, Said, Verb, Word};
use domain::{
    AssignmentId, StationId, UnitId, UnitKindId,
    directory::UnitEntry,
    incident::{Incident, Need},
    refusal::{Refusal, Sought},
};

use super::{
    AffectedUnit, Caution, CommandError, Effect, Named,
    names::{Look, found_incident, nothing_so},
    plan::{Former, Plan, written},
    step::Step,
};
use crate::{
    dispatch::{AskedFor, AssignDesk, Replacement, SendUnit, StandDown, Whom},
    queries,
    responding::need_of_kind,
};

/// `D`: each unit is sent by itself, or its desk is asked for it where the desk chooses units of its kind.
pub(super) async fn send(
    look: &Look<'_>,
    units: &[Word],
    incident: &IncidentWord,
) -> Result<Plan, CommandError> {
    let incident = look.incident(incident).await?;
    let (mut steps, mut affected, mut callsigns) = (Vec::new(), Vec::new(), Vec::new());
    let mut replacements = Vec::new();
    let mut wanted: BTreeMap<UnitKindId, usize> = BTreeMap::new();
    for word in units {
        let (id, entry) = look.unit(word)?;
        let kind = look.in_force.directory.kinds.get(&entry.kind);
        let through_desk = !kind.is_some_and(|kind| kind.chosen_by.centre_may_send());
        steps.push(if through_desk { ask_desk(&incident, &id, &entry)? } else { send_it(&incident, &id) });
        replacements.push(replacement(&incident, &entry.kind));
        affected.push(AffectedUnit { through_desk, ..look.affected(&id, &entry) });
        callsigns.push(Word::new(&entry.callsign));
        *wanted.entry(entry.kind).or_default() += 1;
    }
    let about = About::Units { units: callsigns, incident: found_incident(&incident), said: Said::default() };
    let mut effect = Effect::of(Verb::Dispatch, written(Verb::Dispatch, about));
    effect.incident = Some(Named::from(&*incident));
    effect.units = affected;
    judge(look, &incident, &wanted, &mut effect).await;
    Ok(Plan::from(Former::Sent(replacements), effect, steps))
}

/// Whether somebody else is wanted where a unit of the kind is sent and taken back: where what it serves was wanted before.
fn replacement(incident: &Incident, kind: &UnitKindId) -> Replacement {
    let serves = need_of_kind(incident, kind).and_then(|need| incident.needs.get(need));
    if serves.is_some_and(Need::is_active) { Replacement::Wanted } else { Replacement::Unwanted }
}

fn send_it(incident: &Incident, unit: &UnitId) -> Step {
    Step::SendUnit(SendUnit { incident: incident.id, expected: None, unit: unit.clone() })
}

/// Asks a unit's desk for it, for the need it would serve.
fn ask_desk(incident: &Incident, unit: &UnitId, entry: &UnitEntry) -> Result<Step, CommandError> {
    let have = incident.needs.len();
    let need = need_of_kind(incident, &entry.kind).ok_or(Refusal::UnknownNeed { asked: have, have })?;
    Ok(Step::AssignDesk(AssignDesk {
        incident: incident.id,
        expected: None,
        desk: entry.desk.clone(),
        asked: AskedFor::Need(need),
        recommended: Some(unit.clone()),
    }))
}

/// How long each unit takes, whether somebody is nearer and whether anybody of its kind is needed. An incident for which
/// nobody can be recommended is judged by nobody: the use case says why it cannot be served.
async fn judge(
    look: &Look<'_>,
    incident: &Incident,
    wanted: &BTreeMap<UnitKindId, usize>,
    effect: &mut Effect,
) {
    let Ok(surveyed) = queries::recommend(look.room, look.asker, incident.id, None).await else { return };
    let (surveys, _) = surveyed.value;
    let named: Vec<UnitId> = effect.units.iter().map(|unit| unit.unit.clone()).collect();
    for unit in &mut effect.units {
        let of_unit = |survey: &&policy::NeedSurvey| survey.candidates.iter().any(|it| it.unit == unit.unit);
        let Some(survey) = surveys.iter().find(of_unit) else { continue };
        unit.travel = survey.candidates.iter().find(|it| it.unit == unit.unit).and_then(|it| it.travel);
        let nearer = survey.candidates.iter().filter(|it| !named.contains(&it.unit));
        let mut nearer = nearer.filter(|it| it.travel.is_some() && it.travel < unit.travel);
        if nearer.next().is_some() {
            effect.cautions.insert(Caution::NotNearest);
        }
    }
    for (kind, count) in wanted {
        let of_kind = |need: &&Need| &need.kind == kind;
        if incident.needs.iter().filter(of_kind).map(Need::missing).sum::<usize>() < *count {
            effect.cautions.insert(Caution::NotNeeded);
        }
    }
}

/// `X`: another station's desk is asked for what is first missing, or told where nothing is.
pub(super) async fn cross_district(
    look: &Look<'_>,
    station: &Word,
    incident: &IncidentWord,
) -> Result<Plan, CommandError> {
    let incident = look.incident(incident).await?;
    let desk = look.station(station)?;
    let missing = incident.needs.iter().position(Need::is_unfilled);
    let asked = missing.map_or(AskedFor::Information, AskedFor::Need);
    let about = About::Station { station: Word::new(desk.as_str()), incident: found_incident(&incident) };
    let mut effect = Effect::of(Verb::CrossDistrict, written(Verb::CrossDistrict, about));
    effect.incident = Some(Named::from(&*incident));
    effect.station = Some(desk.clone());
    effect.kind = missing.and_then(|need| incident.needs.get(need)).map(|need| need.kind.clone());
    if missing.is_none() {
        effect.cautions.insert(Caution::NotNeeded);
    }
    let step = AssignDesk { incident: incident.id, expected: None, desk, asked, recommended: None };
    Ok(Plan::from(Former::Sent(vec![Replacement::Wanted]), effect, vec![Step::AssignDesk(step)]))
}

/// `SD`: a unit is stood down from its run, or a desk from all it was asked for one incident.
pub(super) async fn recall(
    look: &Look<'_>,
    who: &Word,
    incident: &IncidentWord,
    reason: &str,
) -> Result<Plan, CommandError> {
    match look.find_unit(who)? {
        Some((id, entry)) => recall_unit(look, (who, &id, &entry), incident, reason).await,
        None => recall_desk(look, who, incident, reason).await,
    }
}

async fn recall_unit(
    look: &Look<'_>,
    (who, id, entry): (&Word, &UnitId, &UnitEntry),
    incident: &IncidentWord,
    reason: &str,
) -> Result<Plan, CommandError> {
    let (run, incident_id) = super::reporting::run_of(look, id, "stand_down")?;
    let of_run = look.incident_of_run(incident_id, run).await?;
    if *incident != IncidentWord::Selected && look.incident(incident).await?.id != of_run.id {
        return Err(CommandRefusal::misplaced(Verb::StandDown, who.as_str(), Expected::Unit).into());
    }
    let who = Word::new(&entry.callsign);
    let incident = found_incident(&of_run);
    let about = About::Recall { who, incident, reason: reason.to_owned() };
    let mut effect = Effect::of(Verb::StandDown, written(Verb::StandDown, about));
    effect.incident = Some(Named::from(&*of_run));
    effect.units = vec![look.affected(id, entry)];
    reason.clone_into(&mut effect.text);
    let (whom, replacement) = (Whom::Run(run), Replacement::Wanted);
    let step = StandDown { whom, expected: None, reason: reason.to_owned(), replacement };
    Ok(Plan::lasting(effect, vec![Step::StandDown(step)]))
}

async fn recall_desk(
    look: &Look<'_>,
    who: &Word,
    incident: &IncidentWord,
    reason: &str,
) -> Result<Plan, CommandError> {
    let desk = look.station_or_unit(who)?;
    let incident = look.incident(incident).await?;
    let given = open_of_desk(look, &incident, &desk);
    if given.is_empty() {
        return Err(nothing_so(Sought::Assignment, &format!("{desk} {}", incident.number)).into());
    }
    let reason_given = reason.to_owned();
    let about = About::Recall {
        who: Word::new(desk.as_str()),
        incident: found_incident(&incident),
        reason: reason_given.clone(),
    };
    let mut effect = Effect::of(Verb::StandDown, written(Verb::StandDown, about));
    effect.incident = Some(Named::from(&*incident));
    effect.station = Some(desk);
    effect.text.clone_from(&reason_given);
    let step = |id| {
        let (reason, replacement) = (reason_given.clone(), Replacement::Wanted);
        Step::StandDown(StandDown { whom: Whom::Assignment(id), expected: None, reason, replacement })
    };
    Ok(Plan::lasting(effect, given.into_iter().map(step).collect()))
}

/// What a desk was asked for an incident and is not stood down from yet, oldest first.
fn open_of_desk(look: &Look<'_>, incident: &Incident, desk: &StationId) -> Vec<AssignmentId> {
    look.room.centre.read(|picture| {
        let held = incident.assignments.iter().filter_map(|id| picture.board.assignments().get(id));
        let given = held.filter(|held| {
            let state = held.record.state();
            &held.record.desk == desk && state.is_open() && !super::plan::is_desk_stood_down(state)
        });
        given.map(|held| held.record.id).collect()
    })
}
