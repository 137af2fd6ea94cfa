//! Operators and the supervisor: they confirm what is recommended, change, hold, merge, stand down, close; and now and
//! then two of them do the same at the same time.

use std::sync::Arc;

use domain::{
    IncidentId, Priority,
    alarm::Alarm,
    board::Board,
    dispatch::Automatic,
    incident::{Incident, IncidentState},
};
use jiff::SignedDuration;
use operations::{alarms, dispatch, incidents};
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

use super::{callers::some_place, insist};
use crate::day::{Span, city::City};

/// Watches the centre until the day ends.
pub(super) async fn watch(city: Arc<City>, name: &'static str) {
    let mut dice = city.dice(name);
    loop {
        city.rest_or_lull(dice.random_range(1_000..8_000)).await;
        let board = city.some_board(&mut dice);
        if dice.random_bool(0.3) {
            attend_alarm(&city, &mut dice, name, &board).await;
            continue;
        }
        let held: Vec<_> = board.incidents().values().map(|held| Arc::clone(&held.record)).collect();
        if held.is_empty() || dice.random_bool(0.05) {
            look_back(&city, &mut dice, name).await;
            continue;
        }
        let incident = &held[dice.random_range(0..held.len())];
        if dice.random_bool(0.1) {
            // somebody else does the same at the same moment
            let (theirs, incident) = (Arc::clone(&city), Arc::clone(incident));
            let (mut other, board) = (dice.clone(), board.clone());
            city.world
                .troupe
                .spawn(async move { work_on(&theirs, &mut other, "op3", &incident, &board).await })
                .let_go();
        }
        work_on(&city, &mut dice, name, incident, &board).await;
    }
}

async fn attend_alarm(city: &City, dice: &mut ChaCha8Rng, name: &str, board: &Board) {
    let raised: Vec<Arc<Alarm>> = board.alarms().values().map(|held| Arc::clone(&held.record)).collect();
    if raised.is_empty() {
        return;
    }
    let alarm = raised[dice.random_range(0..raised.len())].id;
    if dice.random_bool(0.6) {
        let request = alarms::AcknowledgeAlarm { alarm, expected: None };
        let _ = insist!(city, dice, city.request(name), alarms::acknowledge_alarm, request);
    } else {
        let request = alarms::EndAlarm { alarm, expected: None, remark: "seen to".to_owned() };
        let _ = insist!(city, dice, city.request(name), alarms::end_alarm, request);
    }
}

/// Reopens what was ended, parts what was merged, or switches automatic sending.
async fn look_back(city: &City, dice: &mut ChaCha8Rng, name: &str) {
    let some = |list: &[IncidentId], dice: &mut ChaCha8Rng| {
        (!list.is_empty()).then(|| list[dice.random_range(0..list.len())])
    };
    let (ended, merged) = {
        let memory = city.memory();
        (some(&memory.ended, dice), some(&memory.merged, dice))
    };
    match (dice.random_range(0..10), ended, merged) {
        (0..3, Some(incident), _) => {
            let request = incidents::ReopenIncident { incident, expected: None, reason: "again".to_owned() };
            let _ = insist!(city, dice, city.request(name), incidents::reopen_incident, request);
        }
        (3..7, _, Some(incident)) => {
            let request = incidents::UnmergeIncident { incident, expected: None };
            let _ = insist!(city, dice, city.request(name), incidents::unmerge_incident, request);
        }
        (7, _, _) if name == "sup" => {
            for automatic in [Automatic::Off, Automatic::On] {
                let reason = "an exercise".to_owned();
                let request = dispatch::SetAutomatic { expected: None, automatic, reason };
                let _ = insist!(city, dice, city.request(name), dispatch::set_automatic, request);
                city.rest(dice.random_range(1_000..20_000)).await;
            }
        }
        _ => {}
    }
}

async fn work_on(city: &City, dice: &mut ChaCha8Rng, name: &str, incident: &Incident, board: &Board) {
    let (id, expected) = (incident.id, None);
    if let IncidentState::Held { until, .. } = incident.state() {
        // on a whole day what is held is left alone until its time has come, or nearly always
        if city.span() == Span::WholeDay && *until > city.now() && dice.random_bool(0.998) {
            return;
        }
        let request = incidents::ReleaseIncident { incident: id, expected };
        let _ = insist!(city, dice, city.request(name), incidents::release_incident, request);
        return;
    }
    let runs_open = incident.runs.iter().any(|run| board.runs().contains_key(run));
    let was_served = !incident.runs.is_empty() && !runs_open && !incident.is_queued();
    if was_served && dice.random_bool(0.7) || dice.random_bool(0.03) {
        return end(city, dice, name, id).await;
    }
    match dice.random_range(0..100) {
        0..35 => confirm(city, dice, name, incident).await,
        35..45 => {
            let text = "looked at".to_owned();
            let request = incidents::AddNote { incident: id, text };
            let _ = insist!(city, dice, city.request(name), incidents::add_note, request);
        }
        45..53 => {
            let priority = Priority::new(dice.random_range(1..=5)).expect("it is between 1 and 5");
            let request =
                incidents::ChangePriority { incident: id, expected, priority, reason: "heard".to_owned() };
            let _ = insist!(city, dice, city.request(name), incidents::change_priority, request);
        }
        53..60 => {
            let location = some_place(dice);
            let request =
                incidents::ChangeLocation { incident: id, expected, location, reason: String::new() };
            let _ = insist!(city, dice, city.request(name), incidents::change_location, request);
        }
        60..67 => {
            let types = ["theft", "noise", "robbery"];
            let incident_type = domain::IncidentTypeId::new(types[dice.random_range(0..types.len())]);
            let incident_type = incident_type.expect("the types of the model are slugs");
            let (priority, reason) = (None, String::new());
            let request = incidents::ChangeType { incident: id, expected, incident_type, priority, reason };
            let _ = insist!(city, dice, city.request(name), incidents::change_type, request);
        }
        67..75 => merge(city, dice, name, id, board).await,
        75..82 => stand_down(city, dice, name, incident, board).await,
        82..86 => {
            let seconds = match city.span() {
                Span::Rush => dice.random_range(5..90),
                Span::WholeDay => dice.random_range(20 * 60..8 * 3600),
            };
            let until = city.now() + SignedDuration::from_secs(seconds);
            let request =
                incidents::HoldIncident { incident: id, expected, until, reason: "wait".to_owned() };
            let _ = insist!(city, dice, city.request(name), incidents::hold_incident, request);
        }
        _ => {}
    }
}

async fn end(city: &City, dice: &mut ChaCha8Rng, name: &str, incident: IncidentId) {
    let done = if dice.random_bool(0.8) {
        let request = incidents::CloseIncident {
            incident,
            expected: None,
            disposition: "report taken".to_owned(),
            registration_number: "KUSP".to_owned(),
            lawful_reason: String::new(),
        };
        insist!(city, dice, city.request(name), incidents::close_incident, request).is_ok()
    } else {
        let request = incidents::CancelIncident { incident, expected: None, reason: "nothing".to_owned() };
        insist!(city, dice, city.request(name), incidents::cancel_incident, request).is_ok()
    };
    if done {
        city.memory().ended.push(incident);
    }
}

/// Confirms a recommendation: gives the desk, or sends the unit.
async fn confirm(city: &City, dice: &mut ChaCha8Rng, name: &str, incident: &Incident) {
    let room = city.some_room(dice);
    let Some(need) = incident.needs.iter().position(domain::incident::Need::is_unfilled) else { return };
    let Some(kept) = incident.recommendation else { return };
    let key = domain::RecordKey::new(domain::RecordKind::Recommendation, kept);
    let Ok(found) = room.read(&[key]).await else { return };
    let Some(domain::record::Record::Recommendation(kept)) = found.into_iter().next().map(|it| it.record)
    else {
        return;
    };
    let Some(best) = kept.needs.iter().find(|it| it.need == need).and_then(|it| it.chosen.first()) else {
        return;
    };
    if incident.needs[need].kind.as_str() == "patrol" {
        let request = dispatch::AssignDesk {
            incident: incident.id,
            expected: None,
            desk: best.desk.clone(),
            asked: dispatch::AskedFor::Need(need),
            recommended: Some(best.unit.clone()),
        };
        let _ = insist!(city, dice, city.request(name), dispatch::assign_desk, request);
    } else {
        let request = dispatch::SendUnit { incident: incident.id, expected: None, unit: best.unit.clone() };
        let _ = insist!(city, dice, city.request(name), dispatch::send_unit, request);
    }
}

async fn merge(city: &City, dice: &mut ChaCha8Rng, name: &str, incident: IncidentId, board: &Board) {
    let others: Vec<_> = board.incidents().keys().copied().filter(|other| *other != incident).collect();
    if others.is_empty() {
        return;
    }
    let into = others[dice.random_range(0..others.len())];
    let request = incidents::MergeIncidents { incident, expected: None, into };
    if insist!(city, dice, city.request(name), incidents::merge_incidents, request).is_ok() {
        city.memory().merged.push(incident);
    }
}

/// Stands somebody down.
async fn stand_down(city: &City, dice: &mut ChaCha8Rng, name: &str, incident: &Incident, board: &Board) {
    let runs = incident
        .runs
        .iter()
        .filter(|run| board.runs().contains_key(run))
        .map(|run| dispatch::Whom::Run(*run));
    let given = incident.assignments.iter().filter(|given| board.assignments().contains_key(given));
    let all: Vec<_> = runs.chain(given.map(|given| dispatch::Whom::Assignment(*given))).collect();
    if all.is_empty() {
        return;
    }
    let whom = all[dice.random_range(0..all.len())];
    let replacement =
        [dispatch::Replacement::Wanted, dispatch::Replacement::Unwanted][dice.random_range(0..2)];
    let request = dispatch::StandDown { whom, expected: None, reason: "enough".to_owned(), replacement };
    let _ = insist!(city, dice, city.request(name), dispatch::stand_down, request);
}
