//! Lines about calls, alarms, the switch, and what is only looked at.

use command::{About, IncidentWord, SwitchTo, Verb, Word};
use domain::{
    alarm::Alarm,
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
    strip::{self, Row},
};
use crate::{
    alarms::AcknowledgeAlarm, calls::ReportAnswered, dispatch::SetAutomatic, queries, sight::may_see_call,
};

/// Digits that name a place on the strip; more are the first of its id.
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

/// `ACK`: what is about one matter, by its place on the strip, or one alarm by the first digits of its id; else the first
/// matter that waits for somebody. As on the strip, all that nobody has of a matter is acknowledged together.
pub(super) async fn acknowledge(look: &Look<'_>, which: Option<&Word>) -> Result<Plan, CommandError> {
    let listed = queries::alarms(look.room, look.asker, None).await?.value;
    let (name, alarms) = match which {
        Some(word) if is_place(word) => at_place(&strip::shown(look, &listed), word)?,
        Some(word) => (word.clone(), vec![of_id(&listed, word)?.clone()]),
        None => first_waiting(&strip::shown(look, &listed))?,
    };
    let mut effect = Effect::of(
        Verb::AcknowledgeAlarm,
        written(Verb::AcknowledgeAlarm, About::Alarm { which: Some(name) }),
    );
    if let Some(first) = alarms.first() {
        effect.alarm = Some((first.id, first.code));
        effect.incident = first.incident.and_then(|id| look.named_on_board(id));
    }
    let step = |alarm: &Alarm| Step::Acknowledge(AcknowledgeAlarm { alarm: alarm.id, expected: None });
    Ok(Plan::lasting(effect, alarms.iter().map(step).collect()))
}

/// True if a word is a place on the strip and not the beginning of an id.
fn is_place(word: &Word) -> bool {
    let typed = word.as_str();
    typed.len() <= PLACE_DIGITS_MAX && typed.bytes().all(|byte| byte.is_ascii_digit())
}

/// What is to be acknowledged of the matter at that place. Where somebody has all of it, whoever typed it takes it over.
fn at_place(rows: &[Row], word: &Word) -> Result<(Word, Vec<Alarm>), CommandError> {
    let place = word.as_str().parse::<usize>().ok().and_then(|place| place.checked_sub(1));
    let row = place.and_then(|place| rows.get(place));
    let row = row.ok_or_else(|| nothing_so(Sought::Alarm, word.as_str()))?;
    let waiting: Vec<_> = row.waiting().cloned().collect();
    Ok((word.clone(), if waiting.is_empty() { row.alarms.clone() } else { waiting }))
}

/// The first matter that waits for somebody, and its place.
fn first_waiting(rows: &[Row]) -> Result<(Word, Vec<Alarm>), CommandError> {
    let mut waiting = rows.iter().map(|row| row.waiting().cloned().collect::<Vec<_>>()).enumerate();
    let found = waiting.find(|(_, alarms)| !alarms.is_empty());
    let (place, alarms) = found.ok_or_else(|| nothing_so(Sought::Alarm, Verb::AcknowledgeAlarm.word()))?;
    Ok((Word::new((place + 1).to_string()), alarms))
}

/// The alarm whose id begins so.
fn of_id<'l>(listed: &'l [Versioned<Alarm>], word: &Word) -> Result<&'l Alarm, CommandError> {
    let readings = word.readings();
    let begins = |alarm: &&Alarm| {
        let id = alarm.id.to_string();
        readings.iter().any(|reading| id.starts_with(reading))
    };
    let fitting: Vec<_> = listed.iter().map(|held| &held.record).filter(begins).collect();
    match fitting.as_slice() {
        [] => Err(nothing_so(Sought::Alarm, word.as_str()).into()),
        [one] => Ok(one),
        several => Err(ambiguous(word.as_str(), several.iter().map(|alarm| alarm.id.to_string()))),
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
