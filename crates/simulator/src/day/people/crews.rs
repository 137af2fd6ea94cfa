//! A crew: it acknowledges, drives, arrives, clears; asks for more; goes off duty and comes back.

use std::sync::Arc;

use domain::{
    UnitId, UnitKindId,
    run::{Run, RunState},
    unit::UnitState,
};
use operations::{GivenReport, dispatch, units};
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

use super::insist;
use crate::day::{city::City, model};

/// Rides in a unit until the day ends. Who has only a radio is reported for by its desk or an operator.
pub(super) async fn ride(city: Arc<City>, name: &'static str) {
    let mut dice = city.dice(name);
    let unit = UnitId::new(name).expect("the units of the model have slugs for names");
    let desk = model::desk_of(name).expect("each unit of the model has a desk");
    let reporters = if name == "e2" { [desk, "op"] } else { [name, name] };
    duty(&city, &mut dice, desk, &unit, units::Duty::SignOn { crew: vec![name.to_owned()] }).await;
    loop {
        // now and then a crew is out of its car and hears nothing
        if dice.random_bool(0.01) {
            city.rest(dice.random_range(90_000..240_000)).await;
        }
        city.rest_or_lull(dice.random_range(1_500..14_000)).await;
        let (state, run) = city.some_room(&mut dice).centre.read(|picture| {
            let held = picture.board.units().get(&unit);
            let run = held.and_then(|held| picture.board.runs().get(&held.record.run()?));
            (held.map(|held| held.record.state().clone()), run.map(|run| Arc::clone(&run.record)))
        });
        let by = reporters[dice.random_range(0..reporters.len())];
        match state {
            Some(UnitState::Assigned { .. }) => {
                if let Some(run) = run {
                    report(&city, &mut dice, by, &run).await;
                }
            }
            Some(UnitState::Available) => {
                if dice.random_bool(0.02) {
                    let reason = "a meal".to_owned();
                    duty(&city, &mut dice, desk, &unit, units::Duty::OutOfService { reason }).await;
                } else if dice.random_bool(0.01) {
                    duty(&city, &mut dice, desk, &unit, units::Duty::SignOff).await;
                }
            }
            Some(UnitState::OutOfService { .. }) => {
                duty(&city, &mut dice, desk, &unit, units::Duty::ReturnToService).await;
            }
            Some(UnitState::SignedOff) | None => {
                duty(&city, &mut dice, desk, &unit, units::Duty::SignOn { crew: Vec::new() }).await;
            }
        }
    }
}

async fn duty(city: &City, dice: &mut ChaCha8Rng, by: &str, unit: &UnitId, duty: units::Duty) {
    let request = units::SetDuty { unit: unit.clone(), expected: None, duty };
    let _ = insist!(city, dice, city.request(by), units::set_duty, request);
}

/// Reports the next step of a run; sometimes one is skipped, late, or another one is reported by mistake.
async fn report(city: &City, dice: &mut ChaCha8Rng, by: &str, run: &Run) {
    if dice.random_bool(0.1) {
        return;
    }
    let clear = || units::RunReport::Cleared { disposition: "report taken".to_owned() };
    let (step, correction) = match run.state() {
        RunState::Sent if dice.random_bool(0.8) => (units::RunReport::Acknowledged, None),
        RunState::Sent | RunState::Acknowledged => (units::RunReport::EnRoute, None),
        RunState::EnRoute if dice.random_bool(0.9) => (units::RunReport::OnScene, None),
        RunState::OnScene if dice.random_bool(0.1) => {
            (units::RunReport::EnRoute, Some("the wrong street".to_owned()))
        }
        RunState::OnScene if dice.random_bool(0.15) => return ask_for_group(city, dice, by, run).await,
        RunState::EnRoute | RunState::OnScene => (clear(), None),
        RunState::StandDownSent { .. } if dice.random_bool(0.2) => (units::RunReport::OnScene, None),
        RunState::StandDownSent { .. } => (units::RunReport::StoodDown, None),
        RunState::Cleared { .. } | RunState::StoodDown { .. } => return,
    };
    let report = GivenReport { correction, ..GivenReport::default() };
    let request = units::ReportRun { run: run.id, expected: None, step, report };
    let _ = insist!(city, dice, city.request(by), units::report_run, request);
}

async fn ask_for_group(city: &City, dice: &mut ChaCha8Rng, by: &str, run: &Run) {
    let request = dispatch::RequestResource {
        incident: run.incident,
        expected: None,
        kind: UnitKindId::new("scene-group").expect("the kind is a slug"),
        units: 1,
        reason: "traces".to_owned(),
        report: GivenReport::default(),
    };
    let _ = insist!(city, dice, city.request(by), dispatch::request_resource, request);
}
