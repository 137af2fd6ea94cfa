//! Callers, and the operators who take their calls.

use std::{sync::Arc, time::Duration};

use domain::{
    CallId,
    call::{CallOutcome, DuplicateChoice},
    location::Location,
};
use operations::calls::{self, TakeCall};
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

use super::insist;
use crate::day::{
    Span, WHOLE_DAY,
    city::{Acknowledged, City},
    model,
    troupe::Part,
};

/// Calls of a rush.
const CALLS_IN_RUSH: usize = 30;

/// The longest time between two calls of a rush, in milliseconds.
const BETWEEN_IN_RUSH_MS: u64 = 14_000;

/// The longest time between two calls of a whole day, in milliseconds: an hour and a half.
const BETWEEN_MS: u64 = 90 * 60_000;

/// Lets callers call, one after another, for as long as the day lasts.
pub(super) async fn call(city: Arc<City>) {
    let mut dice = city.dice("callers");
    let mut drawn = city.calls().map(|calls| moments(&mut dice, calls).into_iter());
    let mut taking = Vec::new();
    for number in 0.. {
        let is_over = match &mut drawn {
            Some(moments) => {
                let next = moments.next();
                city.rest_until(next.unwrap_or(WHOLE_DAY)).await;
                next.is_none()
            }
            None => {
                city.rest(now_and_then(&city, &mut dice)).await;
                match city.span() {
                    Span::Rush => number == CALLS_IN_RUSH,
                    Span::WholeDay => city.world.age() > WHOLE_DAY,
                }
            }
        };
        if is_over {
            break;
        }
        taking.push(city.world.troupe.spawn(take(Arc::clone(&city), number)));
    }
    while !taking.iter().all(Part::is_over) {
        city.rest(1_000).await;
    }
}

/// So many moments of a whole day, in order, each as likely as any other.
fn moments(dice: &mut ChaCha8Rng, calls: usize) -> Vec<Duration> {
    let mut moments: Vec<Duration> =
        (0..calls).map(|_| dice.random_range(Duration::ZERO..WHOLE_DAY)).collect();
    moments.sort_unstable();
    moments
}

/// How long nobody calls, in milliseconds.
fn now_and_then(city: &City, dice: &mut ChaCha8Rng) -> u64 {
    match city.span() {
        Span::Rush => dice.random_range(200..BETWEEN_IN_RUSH_MS),
        // one in five calls soon after another, perhaps about the same
        Span::WholeDay if dice.random_bool(0.2) => dice.random_range(1_000..60_000),
        Span::WholeDay => dice.random_range(60_000..BETWEEN_MS),
    }
}

/// Takes one call, to its end.
async fn take(city: Arc<City>, number: usize) {
    let mut dice = city.dice(&format!("call {number}"));
    let operator = if dice.random_bool(0.5) { "op" } else { "op2" };
    let mut continues = None;
    if dice.random_bool(0.3) {
        continues = ring(&city, &mut dice, number).await;
        if continues.is_none() {
            return;
        }
    }
    let request = what_they_say(&city, &mut dice, number, continues);
    let asked = city.request(operator);
    let Ok(done) = insist!(city, &mut dice, asked, calls::take_call, request.clone()) else { return };
    city.memory().acknowledged.push(Acknowledged {
        call: done.answer.call,
        incident: done.answer.incident,
        lineage: done.receipt.cursor.lineage,
        number: done.receipt.cursor.number,
    });
    if dice.random_bool(0.2) {
        let again = insist!(city, &mut dice, asked, calls::take_call, request);
        if let Ok(again) = again
            && again.answer.call != done.answer.call
        {
            city.watchdog.bark(format!("the same request took two calls: {}", done.answer.call));
        }
    }
    afterwards(&city, &mut dice, operator, done.answer.call, number).await;
}

/// What is added, and how the call ends.
async fn afterwards(city: &City, dice: &mut ChaCha8Rng, operator: &str, call: CallId, number: usize) {
    if dice.random_bool(0.4) {
        city.rest(dice.random_range(500..20_000)).await;
        let location = dice.random_bool(0.5).then(|| some_place(dice));
        let narrative = format!("addition to {number}");
        let request = calls::AddToCall { call, expected: None, narrative, location };
        let _ = insist!(city, dice, city.request(operator), calls::add_to_call, request);
    }
    city.rest(dice.random_range(1_000..60_000)).await;
    let (outcome, remark) = (CallOutcome::Incident, String::new());
    let request = calls::EndCall { call, expected: None, outcome, remark, ended_at: None };
    let _ = insist!(city, dice, city.request(operator), calls::end_call, request);
}

/// A call rings; it is answered, or given up and called back. `None` if nobody was reached.
async fn ring(city: &City, dice: &mut ChaCha8Rng, number: usize) -> Option<CallId> {
    let request = calls::ReportRinging {
        caller_number: format!("0555{number:06}"),
        trunk: "1".to_owned(),
        source: String::new(),
        rang_at: None,
    };
    let rang = insist!(city, dice, city.request("gateway"), calls::report_ringing, request).ok()?;
    let call = rang.answer.call;
    // one in ten rings for longer than a caller should wait
    let is_long = dice.random_bool(0.1);
    city.rest(if is_long { 60_000 } else { dice.random_range(500..9_000) }).await;
    if dice.random_bool(0.7) {
        let request = calls::ReportAnswered { call, expected: None, desk: "7".to_owned(), answered_at: None };
        return insist!(city, dice, city.request("gateway"), calls::report_answered, request)
            .ok()
            .map(|_| call);
    }
    let request = calls::MarkAbandoned { call, expected: None, abandoned_at: None };
    insist!(city, dice, city.request("gateway"), calls::mark_abandoned, request).ok()?;
    let request = calls::StartCallBack { call, expected: None };
    insist!(city, dice, city.request("op"), calls::start_call_back, request).ok()?;
    for _ in 0..3 {
        city.rest(dice.random_range(2_000..30_000)).await;
        let reached = dice.random_bool(0.4);
        let outcome =
            if reached { calls::CallBackOutcome::Answered } else { calls::CallBackOutcome::NoAnswer };
        let request = calls::ReportCallBack { call, expected: None, outcome, occurred_at: None };
        insist!(city, dice, city.request("op"), calls::report_call_back, request).ok()?;
        if reached {
            return Some(call);
        }
    }
    let outcome = CallOutcome::Unreachable;
    let request = calls::EndCall { call, expected: None, outcome, remark: String::new(), ended_at: None };
    let _ = insist!(city, dice, city.request("sup"), calls::decide_call, request);
    None
}

/// What a caller says, as it is typed in.
fn what_they_say(city: &City, dice: &mut ChaCha8Rng, number: usize, continues: Option<CallId>) -> TakeCall {
    let types = ["brawl", "robbery", "theft", "theft", "noise", "brawl", "volcano", ""];
    let room = city.some_room(dice);
    let open: Vec<_> = room.centre.read(|picture| picture.board.incidents().keys().copied().collect());
    let duplicate = match dice.random_range(0..100) {
        0..12 if !open.is_empty() => {
            DuplicateChoice::SameAs { incident: open[dice.random_range(0..open.len())] }
        }
        0..55 => DuplicateChoice::Separate,
        _ => DuplicateChoice::Unasked,
    };
    TakeCall {
        continues,
        caller_number: format!("0555{:06}", number / 2),
        location: if dice.random_bool(0.9) { some_place(dice) } else { Location::default() },
        incident_type: types[dice.random_range(0..types.len())].to_owned(),
        priority: None,
        language: if dice.random_bool(0.1) { "tlh".to_owned() } else { "ky".to_owned() },
        narrative: format!("call {number}"),
        source: String::new(),
        trunk: String::new(),
        desk: "7".to_owned(),
        rang_at: None,
        answered_at: None,
        duplicate,
        odd: Default::default(),
    }
}

/// One of the places, or near it.
pub(super) fn some_place(dice: &mut ChaCha8Rng) -> Location {
    model::place(model::PLACES[dice.random_range(0..model::PLACES.len())].0)
}
