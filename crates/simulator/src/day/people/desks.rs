//! A duty desk: it receives, accepts with a unit, gives back, confirms; and sometimes it is silent or cut off for a while.

use std::sync::Arc;

use domain::{
    StationId, UnitId,
    assignment::{Assignment, AssignmentState, Purpose},
    board::Board,
    unit::UnitState,
};
use operations::{GivenReport, desk};
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

use super::insist;
use crate::day::{city::City, model};

/// The desk that only asks and never watches, so that nobody knows whether it is there.
const NEVER_WATCHES: &str = "city";

/// Sits at a desk until the day ends.
pub(super) async fn sit(city: Arc<City>, name: &'static str) {
    let mut dice = city.dice(name);
    loop {
        let silent = dice.random_bool(0.03);
        // half of those who are silent are there all the same
        let cut_off = silent && dice.random_bool(0.5);
        if cut_off {
            city.count("desks were cut off");
        }
        // from here on it watches some node, which may die under it
        let watches = !cut_off && name != NEVER_WATCHES;
        let station = StationId::new(name).expect("the model's desks are named by slugs");
        let _there = watches.then(|| city.some_room(&mut dice).centre.attend(station));
        if silent {
            city.rest(if dice.random_bool(0.7) { 75_000 } else { 180_000 }).await;
        } else {
            city.rest_or_lull(dice.random_range(800..7_000)).await;
        }
        let board = city.some_board(&mut dice);
        let mine: Vec<_> = board
            .assignments()
            .values()
            .filter(|held| held.record.desk.as_str() == name)
            .map(|held| Arc::clone(&held.record))
            .collect();
        if mine.is_empty() {
            continue;
        }
        let assignment = &mine[dice.random_range(0..mine.len())];
        attend(&city, &mut dice, name, assignment, &board).await;
    }
}

/// Attends to one assignment.
async fn attend(city: &City, dice: &mut ChaCha8Rng, name: &str, given: &Assignment, board: &Board) {
    let assignment = given.id;
    let (expected, report) = (None, GivenReport::default());
    match given.state() {
        AssignmentState::Sent if dice.random_bool(0.4) => {
            let request = desk::ReportDelivered { assignment };
            let _ = insist!(city, dice, city.request(name), desk::report_delivered, request);
        }
        AssignmentState::Sent | AssignmentState::Delivered if dice.random_bool(0.6) => {
            let person = "Bakirov".to_owned();
            let request = desk::ReportReceived { assignment, expected, person, report };
            let _ = insist!(city, dice, city.request(name), desk::report_received, request);
        }
        AssignmentState::Sent | AssignmentState::Delivered | AssignmentState::Received { .. } => {
            let units = chosen(dice, name, given, board);
            let informs = given.purpose == Purpose::Inform;
            if !informs && (units.is_empty() && given.runs.is_empty() || dice.random_bool(0.05)) {
                let (reason, proposed) = ("nobody here".to_owned(), None);
                let request = desk::ReturnAssignment { assignment, expected, reason, proposed, report };
                let _ = insist!(city, dice, city.request(name), desk::return_assignment, request);
                return;
            }
            let person = "Bakirov".to_owned();
            let request = desk::AcceptAssignment { assignment, expected, units, person, report };
            let _ = insist!(city, dice, city.request(name), desk::accept_assignment, request);
        }
        AssignmentState::StandDownSent { .. } => {
            let request = desk::ConfirmStandDown { assignment, expected, report };
            let _ = insist!(city, dice, city.request(name), desk::confirm_stand_down, request);
        }
        AssignmentState::Accepted { .. }
        | AssignmentState::Done
        | AssignmentState::Returned { .. }
        | AssignmentState::StoodDown { .. } => {}
    }
}

/// Whom the desk sends: the recommended unit, or another of its own of that kind that is free as far as it sees; at times
/// everybody it has, for this and for whatever else it was asked.
fn chosen(dice: &mut ChaCha8Rng, name: &str, given: &Assignment, board: &Board) -> Vec<UnitId> {
    let Purpose::Respond { kind, .. } = &given.purpose else { return Vec::new() };
    if !given.runs.is_empty() {
        return Vec::new();
    }
    let free = |unit: &UnitId| {
        board.units().get(unit).is_some_and(|held| *held.record.state() == UnitState::Available)
    };
    let own = model::units()
        .filter(|unit| model::desk_of(unit) == Some(name) && model::kind_of(unit) == Some(kind.as_str()))
        .filter_map(|unit| UnitId::new(unit).ok())
        .filter(free)
        .collect::<Vec<_>>();
    if own.len() > 1 && dice.random_bool(0.15) {
        return own;
    }
    match &given.recommended_unit {
        Some(recommended) if own.contains(recommended) && dice.random_bool(0.8) => vec![recommended.clone()],
        Some(_) | None if own.is_empty() => Vec::new(),
        Some(_) | None => vec![own[dice.random_range(0..own.len())].clone()],
    }
}
