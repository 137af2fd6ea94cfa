//! Lines that open, change, join and end incidents.

mod place;

use command::{About, Basis, CommandRefusal, Expected, IncidentWord, Said, Verb, Word};
use domain::{
    Priority, Seconds,
    incident::{Incident, IncidentState},
    location::Location,
};

use super::{
    Caution, CommandError, Effect, Named,
    names::{Look, found_incident},
    plan::{Former, Plan, has_open_runs, written},
    step::Step,
};
use crate::{
    GivenReport,
    asker::after,
    dispatch::RequestResource,
    incidents::{
        AddNote, CancelIncident, ChangeLocation, ChangePriority, ChangeType, CloseIncident, HoldIncident,
        MergeIncidents, OpenIncident, ReleaseIncident, ReopenIncident, UnmergeIncident, priority_as,
    },
    queries::{self, Likeness},
};

/// The effect of a line on one incident.
fn effect(verb: Verb, incident: &Incident, about: impl FnOnce(IncidentWord) -> About) -> Effect {
    let mut effect = Effect::of(verb, written(verb, about(found_incident(incident))));
    effect.incident = Some(Named::from(incident));
    effect
}

/// The effect of a line that has an incident and words.
fn with_words(verb: Verb, incident: &Incident, words: &str) -> Effect {
    let said = Said::default();
    let mut effect =
        effect(verb, incident, |incident| About::Text { incident, said, words: words.to_owned() });
    words.clone_into(&mut effect.text);
    effect
}

/// `T`, `L`, `CAN`, `RO`, `N`: whatever is an incident and words.
pub(super) async fn by_words(
    look: &Look<'_>,
    verb: Verb,
    incident: &IncidentWord,
    words: &str,
) -> Result<Plan, CommandError> {
    if verb == Verb::Type {
        retype(look, incident, words).await
    } else if verb == Verb::Location {
        relocate(look, incident, words).await
    } else if verb == Verb::Cancel {
        cancel(look, incident, words).await
    } else if verb == Verb::Reopen {
        reopen(look, incident, words).await
    } else {
        note(look, incident, words).await
    }
}

/// `P`.
pub(super) async fn prioritize(
    look: &Look<'_>,
    incident: &IncidentWord,
    priority: Priority,
    reason: &str,
) -> Result<Plan, CommandError> {
    let incident = look.incident(incident).await?;
    let reason = reason.to_owned();
    let mut effect = effect(Verb::Priority, &incident, |incident| About::Priority {
        incident,
        priority,
        reason: reason.clone(),
    });
    effect.priority = Some(priority);
    effect.text.clone_from(&reason);
    let former = Former::Priority { former: incident.priority, given: priority };
    let step = ChangePriority { incident: incident.id, expected: None, priority, reason };
    Ok(Plan::from(former, effect, vec![Step::ChangePriority(step)]))
}

/// `T`.
async fn retype(look: &Look<'_>, incident: &IncidentWord, words: &str) -> Result<Plan, CommandError> {
    let incident = look.incident(incident).await?;
    let given = look.incident_type(words)?;
    let mut effect = with_words(Verb::Type, &incident, given.as_str());
    effect.text.clear();
    effect.incident_type = Some(given.clone());
    caution_open_work(look, &incident, &mut effect);
    let former = match incident.incident_type.clone() {
        Some(former) => {
            let priority = priority_as(&incident, &look.in_force, &given);
            Former::Type { former: (former, incident.priority), given: (given.clone(), priority) }
        }
        None => Former::Nothing,
    };
    let (incident, incident_type) = (incident.id, given);
    let step = ChangeType { incident, expected: None, incident_type, priority: None, reason: String::new() };
    Ok(Plan::from(former, effect, vec![Step::ChangeType(step)]))
}

/// `L`.
async fn relocate(look: &Look<'_>, incident: &IncidentWord, words: &str) -> Result<Plan, CommandError> {
    let incident = look.incident(incident).await?;
    let given = located(look, words)?;
    let mut effect = with_words(Verb::Location, &incident, words);
    caution_open_work(look, &incident, &mut effect);
    caution_place(&given, &mut effect);
    let former = Former::Location { former: incident.location.clone(), given: given.clone() };
    let (incident, location) = (incident.id, given);
    let step = ChangeLocation { incident, expected: None, location, reason: String::new() };
    Ok(Plan::from(former, effect, vec![Step::ChangeLocation(step)]))
}

fn caution_open_work(look: &Look<'_>, incident: &Incident, effect: &mut Effect) {
    if has_open_runs(look, incident) {
        effect.cautions.insert(Caution::OpenWork);
    }
}

/// The place of those words.
fn located(look: &Look<'_>, words: &str) -> Result<Location, CommandError> {
    let no_point = |numbers| CommandRefusal::misplaced(look.verb, numbers, Expected::Position);
    place::location(words).map_err(|numbers| no_point(numbers).into())
}

fn caution_place(location: &Location, effect: &mut Effect) {
    if location.position.is_none() {
        effect.cautions.insert(Caution::PlaceWithoutPosition);
    }
}

/// `N`.
async fn note(look: &Look<'_>, incident: &IncidentWord, words: &str) -> Result<Plan, CommandError> {
    let incident = look.incident(incident).await?;
    let effect = with_words(Verb::Note, &incident, words);
    let step = AddNote { incident: incident.id, text: words.to_owned() };
    Ok(Plan::lasting(effect, vec![Step::AddNote(step)]))
}

/// `H`.
pub(super) async fn hold(
    look: &Look<'_>,
    incident: &IncidentWord,
    minutes: u32,
    reason: &str,
) -> Result<Plan, CommandError> {
    let incident = look.incident(incident).await?;
    let until = after(look.now, Seconds(minutes.saturating_mul(60)));
    let reason = reason.to_owned();
    let mut effect =
        effect(Verb::Hold, &incident, |incident| About::Hold { incident, minutes, reason: reason.clone() });
    effect.until = Some(until);
    effect.text.clone_from(&reason);
    let former = Former::Incident(incident.state().clone());
    let step = HoldIncident { incident: incident.id, expected: None, until, reason };
    Ok(Plan::from(former, effect, vec![Step::Hold(step)]))
}

/// `RL`.
pub(super) async fn release(look: &Look<'_>, incident: &IncidentWord) -> Result<Plan, CommandError> {
    let incident = look.incident(incident).await?;
    let effect = effect(Verb::Release, &incident, |incident| About::Incident { incident });
    let former = Former::Incident(incident.state().clone());
    let step = ReleaseIncident { incident: incident.id, expected: None };
    Ok(Plan::from(former, effect, vec![Step::Release(step)]))
}

/// `DUP`: the first is part of the second from now on.
pub(super) async fn merge(
    look: &Look<'_>,
    incident: &IncidentWord,
    other: &Word,
) -> Result<Plan, CommandError> {
    let (incident, other) = (look.incident(incident).await?, look.named_incident(other).await?);
    let number = Word::new(other.number.as_str());
    let mut effect = effect(Verb::Merge, &incident, |incident| About::Pair { incident, other: number });
    effect.other = Some(Named::from(&*other));
    caution_open_work(look, &incident, &mut effect);
    let former = Former::Incident(incident.state().clone());
    let step = MergeIncidents { incident: incident.id, expected: None, into: other.id };
    Ok(Plan::from(former, effect, vec![Step::Merge(step)]))
}

/// `UNDUP`.
pub(super) async fn unmerge(look: &Look<'_>, incident: &IncidentWord) -> Result<Plan, CommandError> {
    let incident = look.incident(incident).await?;
    let effect = effect(Verb::Unmerge, &incident, |incident| About::Incident { incident });
    let former = match incident.state() {
        IncidentState::Merged { .. } => Former::Incident(incident.state().clone()),
        IncidentState::Held { .. }
        | IncidentState::Open
        | IncidentState::Closed { .. }
        | IncidentState::Cancelled { .. } => Former::Nothing,
    };
    let step = UnmergeIncident { incident: incident.id, expected: None };
    Ok(Plan::from(former, effect, vec![Step::Unmerge(step)]))
}

/// `RQ`.
pub(super) async fn resource(
    look: &Look<'_>,
    incident: &IncidentWord,
    (kind, count): (&Word, u8),
    said: &Said,
    reason: &str,
) -> Result<Plan, CommandError> {
    let incident = look.incident(incident).await?;
    let kind = look.kind(kind)?;
    let (word, said_so, reason) = (Word::new(kind.as_str()), said.clone(), reason.to_owned());
    let mut effect = effect(Verb::RequestResource, &incident, |incident| About::Resource {
        incident,
        kind: word,
        count,
        said: said_so,
        reason: reason.clone(),
    });
    effect.kind = Some(kind.clone());
    effect.count = count;
    effect.text.clone_from(&reason);
    let report = look.report(said, &mut effect);
    let step = RequestResource { incident: incident.id, expected: None, kind, units: count, reason, report };
    Ok(Plan::lasting(effect, vec![Step::RequestResource(step)]))
}

/// `CL`.
pub(super) async fn close(
    look: &Look<'_>,
    incident: &IncidentWord,
    result: &str,
    basis: &Basis,
) -> Result<Plan, CommandError> {
    let incident = look.incident(incident).await?;
    let mut effect = effect(Verb::Close, &incident, |incident| About::Closing {
        incident,
        result: result.to_owned(),
        basis: basis.clone(),
    });
    result.clone_into(&mut effect.text);
    caution_open_work(look, &incident, &mut effect);
    let (registration_number, lawful_reason) = match basis {
        Basis::Number(number) => (number.clone(), String::new()),
        Basis::LawfulReason(reason) => (String::new(), reason.clone()),
        Basis::Unsaid => (String::new(), String::new()),
    };
    let former = Former::Incident(incident.state().clone());
    let step = CloseIncident {
        incident: incident.id,
        expected: None,
        disposition: result.to_owned(),
        registration_number,
        lawful_reason,
    };
    Ok(Plan::from(former, effect, vec![Step::Close(step)]))
}

/// `CAN`.
async fn cancel(look: &Look<'_>, incident: &IncidentWord, reason: &str) -> Result<Plan, CommandError> {
    let incident = look.incident(incident).await?;
    let mut effect = with_words(Verb::Cancel, &incident, reason);
    caution_open_work(look, &incident, &mut effect);
    let former = Former::Incident(incident.state().clone());
    let step = CancelIncident { incident: incident.id, expected: None, reason: reason.to_owned() };
    Ok(Plan::from(former, effect, vec![Step::Cancel(step)]))
}

/// `RO`.
async fn reopen(look: &Look<'_>, incident: &IncidentWord, reason: &str) -> Result<Plan, CommandError> {
    let incident = look.incident(incident).await?;
    let effect = with_words(Verb::Reopen, &incident, reason);
    let former = Former::Incident(incident.state().clone());
    let step = ReopenIncident { incident: incident.id, expected: None, reason: reason.to_owned() };
    Ok(Plan::from(former, effect, vec![Step::Reopen(step)]))
}

/// `NEW`.
pub(super) fn open(
    look: &Look<'_>,
    incident_type: &str,
    place: &str,
    narrative: &str,
) -> Result<Plan, CommandError> {
    let given = look.incident_type(incident_type)?;
    let location = located(look, place)?;
    let about = About::New {
        incident_type: given.to_string(),
        place: place.to_owned(),
        narrative: narrative.to_owned(),
    };
    let mut effect = Effect::of(Verb::New, written(Verb::New, about));
    effect.incident_type = Some(given.clone());
    effect.priority = Some(look.in_force.directory.plan(Some(&given)).1);
    place.clone_into(&mut effect.text);
    caution_place(&location, &mut effect);
    // who types a line has no caller's number to compare
    let likeness = Likeness { location: &location, incident_type: Some(&given), caller_number: "" };
    effect.likely = queries::find_likely_duplicates(look.room, look.asker, &likeness);
    if !effect.likely.is_empty() {
        effect.cautions.insert(Caution::LikelyDuplicate);
    }
    let step = OpenIncident {
        call: None,
        incident_type: Some(given),
        priority: None,
        location,
        narrative: narrative.to_owned(),
        report: GivenReport::default(),
    };
    Ok(Plan::from(Former::Opened, effect, vec![Step::Open(step)]))
}
