//! Lines that say what a unit does: each step of its run, and what it is fit for.

use command::{About, CrewState, Said, Verb, Word, says_when};
use domain::{
    IncidentId, RunId, UnitId,
    refusal::{Lifecycle, Refusal, StepRefusal},
    run::RunState,
    unit::{Unit, UnitState},
};
use std::sync::Arc;

use domain::incident::Incident;

use super::{
    Caution, CommandError, Effect, Named,
    names::Look,
    plan::{Former, Plan, written},
    step::Step,
};
use crate::units::{Duty, ReportRun, RunReport, SetDuty};

/// `AK`, `EN`, `A`, `C`: a step of the run that the unit is on.
pub(super) fn report(look: &Look<'_>, unit: &Word, said: &Said, words: &str) -> Result<Plan, CommandError> {
    let (id, entry) = look.unit(unit)?;
    let (step, event) = if look.verb == Verb::Acknowledged {
        (RunReport::Acknowledged, "acknowledge")
    } else if look.verb == Verb::EnRoute {
        (RunReport::EnRoute, "depart")
    } else if look.verb == Verb::Clear {
        (RunReport::Cleared { disposition: words.to_owned() }, "clear")
    } else {
        (RunReport::OnScene, "arrive")
    };
    let (run, incident) = run_of(look, &id, event)?;
    let about = About::Unit { unit: Word::new(&entry.callsign), said: said.clone(), words: words.to_owned() };
    let mut effect = Effect::of(look.verb, written(look.verb, about));
    effect.incident = look.named_on_board(incident);
    effect.units = vec![look.affected(&id, &entry)];
    words.clone_into(&mut effect.text);
    let report = look.report(said, &mut effect);
    look.judge_run(run, &mut effect);
    if said.at.is_none() && says_when(words) {
        effect.cautions.insert(Caution::TimeInWords);
    }
    Ok(Plan::lasting(effect, vec![Step::ReportRun(ReportRun { run, expected: None, step, report })]))
}

/// The run that a unit is on, and its incident; else that the unit does nothing of which `event` could be said.
pub(super) fn run_of(
    look: &Look<'_>,
    id: &UnitId,
    event: &'static str,
) -> Result<(RunId, IncidentId), CommandError> {
    look.room.centre.read(|picture| {
        let unit = picture.board.units().get(id).map(|held| &held.record);
        let run = unit.and_then(|unit| picture.board.runs().get(&unit.run()?));
        if let Some(run) = run {
            return Ok((run.record.id, run.record.incident));
        }
        let signed_off = UnitState::SignedOff;
        let state = unit.map_or(&signed_off, |unit| unit.state());
        let refusal = StepRefusal::new(Lifecycle::Unit, state.as_str(), event, state.allowed());
        let entry = look.in_force.directory.units.get(id);
        let callsign = entry.map_or_else(|| id.to_string(), |entry| entry.callsign.clone());
        Err(CommandError::OfUnit { unit: id.clone(), callsign, refusal })
    })
}

impl Look<'_> {
    /// The incident of a run; a run whose incident the asker may not read does not exist for them.
    pub(super) async fn incident_of_run(
        &self,
        id: IncidentId,
        run: RunId,
    ) -> Result<Arc<Incident>, CommandError> {
        let selected = Look { selected: Some(id), ..self.again() };
        let found = selected.incident(&command::IncidentWord::Selected).await;
        let hidden = |error: &CommandError| {
            matches!(
                error,
                CommandError::Operation(crate::OperationError::Refused(Refusal::UnknownIncident(_)))
            )
        };
        found.map_err(|error| if hidden(&error) { Refusal::UnknownRun(run).into() } else { error })
    }

    /// What to think of before a step of a run is reported.
    fn judge_run(&self, run: RunId, effect: &mut Effect) {
        self.room.centre.read(|picture| {
            let Some(run) = picture.board.runs().get(&run).map(|held| &held.record) else { return };
            effect.caution_before_sent(&run.milestones);
            let is_coming = match run.state() {
                RunState::Sent | RunState::Acknowledged | RunState::EnRoute => true,
                RunState::OnScene
                | RunState::Cleared { .. }
                | RunState::StandDownSent { .. }
                | RunState::StoodDown { .. } => false,
            };
            if effect.verb == Verb::Clear && is_coming {
                effect.cautions.insert(Caution::NotArrived);
            }
        });
    }

    /// The number of an incident on the board, if the asker may read it.
    pub(super) fn named_on_board(&self, id: IncidentId) -> Option<Named<IncidentId>> {
        self.room.centre.read(|picture| {
            let held = picture.board.incidents().get(&id)?;
            crate::sight::is_reader(self.asker, &held.record).then(|| Named::from(&*held.record))
        })
    }

    /// True if the asker may read what belongs to an incident on the board.
    pub(super) fn reads_of(&self, picture: &centre::Picture, id: IncidentId) -> bool {
        picture
            .board
            .incidents()
            .get(&id)
            .is_some_and(|held| crate::sight::is_reader(self.asker, &held.record))
    }

    fn again(&self) -> Self {
        Self { in_force: Arc::clone(&self.in_force), ..*self }
    }
}

/// `ST`: a unit comes on duty, goes off, cannot be sent for a while, or can again.
pub(super) fn duty(look: &Look<'_>, unit: &Word, state: &CrewState) -> Result<Plan, CommandError> {
    let (id, entry) = look.unit(unit)?;
    let before =
        look.room.centre.read(|picture| picture.board.units().get(&id).map(|held| Unit::clone(&held.record)));
    let before = before.unwrap_or_else(|| Unit::signed_off(id.clone(), look.now));
    let about = About::UnitState { unit: Word::new(&entry.callsign), state: state.clone() };
    let mut effect = Effect::of(Verb::UnitState, written(Verb::UnitState, about));
    effect.units = vec![look.affected(&id, &entry)];
    let duty = match state {
        CrewState::On => Duty::SignOn { crew: Vec::new() },
        CrewState::Off => Duty::SignOff,
        CrewState::In => Duty::ReturnToService,
        CrewState::Out { reason } => {
            effect.text.clone_from(reason);
            Duty::OutOfService { reason: reason.clone() }
        }
    };
    effect.state = match state {
        CrewState::On => "on",
        CrewState::Off => "off",
        CrewState::In => "in",
        CrewState::Out { .. } => "out",
    };
    let former = Former::Unit { unit: id.clone(), crew: before.crew.clone(), state: before.state().clone() };
    Ok(Plan::from(former, effect, vec![Step::SetDuty(SetDuty { unit: id, expected: None, duty })]))
}

/// `CF` of a unit: it knows that it was stood down.
pub(super) fn confirm(look: &Look<'_>, unit: &UnitId, said: &Said) -> Result<Option<Plan>, CommandError> {
    let Ok((run, incident)) = run_of(look, unit, "confirm_stand_down") else { return Ok(None) };
    let stood_down = look.room.centre.read(|picture| {
        let held = picture.board.runs().get(&run);
        held.is_some_and(|held| {
            look.reads_of(picture, held.record.incident)
                && matches!(held.record.state(), RunState::StandDownSent { .. })
        })
    });
    let Some(entry) = look.in_force.directory.units.get(unit).filter(|_| stood_down) else {
        return Ok(None);
    };
    let about = About::Either { which: Some(Word::new(&entry.callsign)), said: said.clone() };
    let mut effect = Effect::of(Verb::ConfirmStandDown, written(Verb::ConfirmStandDown, about));
    effect.incident = look.named_on_board(incident);
    effect.units = vec![look.affected(unit, entry)];
    let report = look.report(said, &mut effect);
    look.judge_run(run, &mut effect);
    let step = ReportRun { run, expected: None, step: RunReport::StoodDown, report };
    Ok(Some(Plan::lasting(effect, vec![Step::ReportRun(step)])))
}
