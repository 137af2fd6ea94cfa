//! Lines about calls, alarms, the switch, and what is only looked at.

use command::{About, IncidentWord, SwitchTo, Verb, Word};
use domain::{
    alarm::{Alarm, AlarmState},
    call::{Call, CallState},
    dispatch::Automatic,
    record::Versioned,
    refusal::Sought,
};

use super::{
    CommandError, Effect, Named,
    names::{Look, ambiguous, found_incident, nothing_so},
    plan::{Former, Plan, Shows, written},
    step::Step,
};
use crate::{
    alarms::AcknowledgeAlarm, calls::ReportAnswered, dispatch::SetAutomatic, queries, sight::may_see_call,
};

/// Digits that name an alarm by its place in the list; more are the first of its id.
const PLACE_DIGITS_MAX: usize = 3;

/// What is asked about an incident without changing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Whom the centre would send.
    Recommendation,
    /// To see it.
    View,
}

/// `REC` and `V`.
pub(super) async fn about(
    look: &Look<'_>,
    asked: Asked,
    incident: &IncidentWord,
) -> Result<Plan, CommandError> {
    let incident = look.incident(incident).await?;
    let about = About::Incident { incident: found_incident(&incident) };
    let mut effect = Effect::of(look.verb, written(look.verb, about));
    effect.incident = Some(Named::from(&*incident));
    let shows = match asked {
        Asked::Recommendation => Shows::Recommendation(incident.id),
        Asked::View => Shows::Nothing,
    };
    Ok(Plan::showing(shows, effect))
}

/// `ANS`: the call that has rung longest of those that the asker may see.
pub(super) fn nothing(look: &Look<'_>, verb: Verb) -> Result<Plan, CommandError> {
    let longest = look.room.centre.read(|picture| {
        let rings = |call: &Call| matches!(call.state(), CallState::Ringing { .. });
        let since = |call: &Call| (call.milestones.first().map(|rang| rang.recorded_at), call.id);
        let held = picture.board.calls().values().map(|held| &held.record);
        let ringing = held.filter(|call| rings(call) && may_see_call(picture, look.asker, call, None));
        let longest = ringing.min_by_key(|call| since(call));
        longest.map(|call| Named { id: call.id, number: call.number.to_string() })
    });
    let call = longest.ok_or_else(|| nothing_so(Sought::Call, verb.word()))?;
    let mut effect = Effect::of(verb, written(verb, About::Nothing));
    let step = ReportAnswered { call: call.id, expected: None, desk: String::new(), answered_at: None };
    effect.call = Some(call);
    Ok(Plan::lasting(effect, vec![Step::Answered(step)]))
}

/// `ACK`: an alarm by its place in the list or the first digits of its id; else the first that nobody has.
pub(super) async fn acknowledge(look: &Look<'_>, which: Option<&Word>) -> Result<Plan, CommandError> {
    let listed = queries::alarms(look.room, look.asker, None).await?.value;
    let (place, alarm) = match which {
        Some(word) => meant(&listed, word)?,
        None => {
            let is_raised = |held: &Versioned<Alarm>| *held.record.state() == AlarmState::Raised;
            let first = listed.iter().enumerate().find(|(_, held)| is_raised(held));
            let verb = Verb::AcknowledgeAlarm.word();
            first.ok_or_else(|| nothing_so(Sought::Alarm, verb))?
        }
    };
    let about = About::Alarm { which: Some(Word::new((place + 1).to_string())) };
    let mut effect = Effect::of(Verb::AcknowledgeAlarm, written(Verb::AcknowledgeAlarm, about));
    effect.alarm = Some((alarm.record.id, alarm.record.code));
    effect.incident = alarm.record.incident.and_then(|id| look.named_on_board(id));
    let step = AcknowledgeAlarm { alarm: alarm.record.id, expected: None };
    Ok(Plan::lasting(effect, vec![Step::Acknowledge(step)]))
}

/// The alarm that a word means, and its place in the list, from 0.
fn meant<'l>(
    listed: &'l [Versioned<Alarm>],
    word: &Word,
) -> Result<(usize, &'l Versioned<Alarm>), CommandError> {
    let unknown = || nothing_so(Sought::Alarm, word.as_str());
    let typed = word.as_str();
    if typed.len() <= PLACE_DIGITS_MAX && typed.bytes().all(|byte| byte.is_ascii_digit()) {
        let place = typed.parse::<usize>().ok().and_then(|place| place.checked_sub(1));
        let found = place.and_then(|place| Some((place, listed.get(place)?)));
        return found.ok_or_else(|| unknown().into());
    }
    let readings = word.readings();
    let begins = |held: &Versioned<Alarm>| {
        let id = held.record.id.to_string();
        readings.iter().any(|reading| id.starts_with(reading))
    };
    let fitting: Vec<_> = listed.iter().enumerate().filter(|(_, held)| begins(held)).collect();
    match fitting.as_slice() {
        [] => Err(unknown().into()),
        [one] => Ok(*one),
        several => Err(ambiguous(typed, several.iter().map(|(_, held)| held.record.id.to_string()))),
    }
}

/// `AUTO`.
pub(super) fn switch(look: &Look<'_>, to: SwitchTo, reason: &str) -> Result<Plan, CommandError> {
    let before = queries::dispatch(look.room).value.record;
    let about = About::Switch { to, reason: reason.to_owned() };
    let mut effect = Effect::of(Verb::Automatic, written(Verb::Automatic, about));
    let (automatic, state) = match to {
        SwitchTo::On => (Automatic::On, "on"),
        SwitchTo::Off => (Automatic::Off, "off"),
    };
    effect.state = state;
    reason.clone_into(&mut effect.text);
    let former = Former::Automatic { former: before.automatic, given: automatic };
    let step = SetAutomatic { expected: None, automatic, reason: reason.to_owned() };
    Ok(Plan::from(former, effect, vec![Step::SetAutomatic(step)]))
}
