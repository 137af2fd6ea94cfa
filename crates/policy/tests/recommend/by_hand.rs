//! Each rule of the recommendation as one small situation.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    RecommendationId, Seconds, Version,
    assignment::{Assignment, AssignmentEvent},
    directory::ChosenBy,
    incident::{Need, NeedMode, NeedTime, PassedOverReason, Responder},
    recommendation::{Candidate, Exclusion, NeedRecommendation, PositionSource},
    record::{Dropped, Versioned},
    unit::UnitEvent,
};

use crate::city::{City, at, before, incident, kind, need, operation, run, station, unit};

fn only(city: &City) -> NeedRecommendation {
    let recommendation = city.recommend();
    assert_eq!(recommendation.needs.len(), 1);
    recommendation.needs[0].recommendation.clone()
}

fn names(candidates: &[Candidate]) -> Vec<&str> {
    candidates.iter().map(|candidate| candidate.unit.as_str()).collect()
}

fn passed(need: &NeedRecommendation) -> Vec<(&str, Exclusion)> {
    need.passed_over.iter().map(|excluded| (excluded.unit.as_str(), excluded.why)).collect()
}

#[test]
fn the_nearest_available_unit_is_chosen_and_the_nearer_ones_have_reasons() {
    let mut city = City::new();
    city.patrol("far", "own", at(2_000.0, 0.0));
    city.patrol("near", "other", at(999.5, 0.0));
    city.patrol("busy", "own", at(100.0, 0.0));
    city.set("busy", [UnitEvent::SignOn, UnitEvent::Assign { run: run("elsewhere") }], 0);
    city.patrol("lunch", "own", at(200.0, 0.0));
    city.set("lunch", [UnitEvent::SignOn, UnitEvent::OutOfService { reason: "meal".to_owned() }], 0);
    city.list("asleep", "patrol", "own", Some(at(300.0, 0.0)));
    city.list("asleep-far", "patrol", "own", Some(at(3_000.0, 0.0)));
    city.list("dogs", "dog-team", "own", Some(at(1.0, 0.0)));
    let found = only(&city);
    assert_eq!(names(&found.chosen), ["near"]);
    assert_eq!(names(&found.next), ["far"]);
    assert_eq!(
        passed(&found),
        [("busy", Exclusion::OnRun), ("lunch", Exclusion::OutOfService), ("asleep", Exclusion::SignedOff)]
    );
    assert_eq!(found.excluded[&Exclusion::SignedOff], 2);
    assert_eq!(found.shortfall, 0);
    let near = &found.chosen[0];
    // 1,000 m × 1.3 at 40 km/h is 117 s
    assert_eq!((near.distance_m, near.travel), (Some(1_000), Some(Seconds(117))));
    assert_eq!((near.position_from, near.position_age), (PositionSource::Reported, Some(Seconds(5))));
    assert!(!near.own_district);
}

#[test]
fn equal_times_go_to_the_own_station_then_its_substation_then_the_lowest_id() {
    let mut city = City::new();
    for (name, desk) in [("a", "other"), ("c", "own-sub"), ("b", "own"), ("d", "other")] {
        city.patrol(name, desk, at(500.0, 0.0));
    }
    city.incident.needs = vec![need("patrol", 4)];
    assert_eq!(names(&only(&city).chosen), ["b", "c", "a", "d"]);
}

#[test]
fn a_stale_position_ranks_from_the_beat_or_else_the_desk_and_says_so() {
    let mut city = City::new();
    for (name, beat, age) in
        [("a-fresh", None, 120), ("b-beat", Some(at(800.0, 0.0)), 121), ("c-desk", None, 121)]
    {
        city.list(name, "patrol", "own", beat);
        city.set(name, [UnitEvent::SignOn], 0);
        city.seen(name, at(0.0, 10.0), age);
    }
    city.incident.needs = vec![need("patrol", 3)];
    let found = only(&city);
    assert_eq!(names(&found.chosen), ["a-fresh", "b-beat", "c-desk"]);
    let sources: Vec<_> =
        found.chosen.iter().map(|candidate| (candidate.position_from, candidate.position_age)).collect();
    assert_eq!(
        sources,
        [
            (PositionSource::Reported, Some(Seconds(120))),
            (PositionSource::Beat, None),
            (PositionSource::Desk, None)
        ]
    );
    city.seen("a-fresh", at(0.0, 10.0), -30);
    assert_eq!(only(&city).chosen[0].position_age, Some(Seconds(0)), "a clock ahead is just now");
}

#[test]
fn silent_units_and_the_units_of_silent_desks_rank_last_and_are_still_sent() {
    let mut city = City::new();
    city.patrol("a", "own", at(10.0, 0.0));
    city.set("a", [UnitEvent::SignOn], 2);
    city.patrol("b", "other", at(20.0, 0.0));
    city.desk_missed("other", 2);
    city.patrol("c", "own", at(5_000.0, 0.0));
    city.set("c", [UnitEvent::SignOn], 1);
    let found = only(&city);
    assert_eq!((names(&found.chosen), names(&found.next)), (vec!["c"], vec!["a", "b"]));
    assert_eq!(found.next.iter().map(|candidate| candidate.silent).collect::<Vec<_>>(), [true, true]);
    city.incident.needs = vec![need("patrol", 3)];
    assert_eq!(names(&only(&city).chosen), ["c", "a", "b"]);
}

#[test]
fn whoever_was_passed_over_is_not_asked_again_and_all_passed_over_is_a_shortfall() {
    let mut city = City::new();
    city.patrol("a", "own", at(10.0, 0.0));
    city.patrol("b", "own", at(20.0, 0.0));
    city.patrol("c", "other", at(3_000.0, 0.0));
    let desk = Responder::Desk { station: station("own") };
    city.incident.pass_over(desk.clone(), PassedOverReason::Unanswered, before(1));
    city.incident.pass_over(Responder::Unit { unit: unit("b") }, PassedOverReason::StoodDown, before(1));
    let found = only(&city);
    assert_eq!(names(&found.chosen), ["c"]);
    assert_eq!(passed(&found), [("a", Exclusion::Unanswered), ("b", Exclusion::StoodDown)]);
    let other = Responder::Desk { station: station("other") };
    city.incident.pass_over(other, PassedOverReason::Returned, before(1));
    let found = only(&city);
    assert_eq!((found.chosen.len(), found.shortfall), (0, 1));
    assert_eq!(
        passed(&found),
        [("a", Exclusion::Unanswered), ("b", Exclusion::StoodDown), ("c", Exclusion::Returned)]
    );
    assert!(city.recommend().has_shortfall());
    city.incident.ask_again(&desk);
    assert_eq!(names(&only(&city).chosen), ["a"]);
}

#[test]
fn a_desk_that_has_yet_to_choose_for_a_need_is_not_asked_for_it_twice() {
    let mut city = City::new();
    city.patrol("a", "own", at(10.0, 0.0));
    city.patrol("b", "own", at(20.0, 0.0));
    city.patrol("c", "other", at(3_000.0, 0.0));
    city.incident.needs = vec![need("patrol", 2)];
    let both = only(&city);
    assert_eq!(names(&both.chosen), ["a", "b"], "one recommendation may name two units of a desk");
    city.assign("first", "own", 0, Some("a"), &[]);
    let found = only(&city);
    assert_eq!(names(&found.chosen), ["c"]);
    assert_eq!(passed(&found), [("a", Exclusion::AlreadyServing), ("b", Exclusion::AlreadyServing)]);
}

#[test]
fn a_desk_that_has_chosen_can_be_asked_for_another_unit() {
    let mut city = City::new();
    city.patrol("a", "own", at(10.0, 0.0));
    city.patrol("b", "own", at(20.0, 0.0));
    city.patrol("c", "other", at(3_000.0, 0.0));
    city.incident.needs = vec![need("patrol", 2)];
    city.set("a", [UnitEvent::SignOn, UnitEvent::Assign { run: run("a") }], 0);
    city.assign("first", "own", 0, Some("a"), &[run("a")]);
    let found = only(&city);
    assert_eq!(names(&found.chosen), ["b"]);
    assert_eq!(passed(&found), [("a", Exclusion::AlreadyServing)]);
}

#[test]
fn a_unit_of_a_desk_asked_for_another_need_can_be_chosen_unless_it_was_recommended_there() {
    let mut city = City::new();
    city.patrol("a", "own", at(10.0, 0.0));
    city.patrol("b", "own", at(20.0, 0.0));
    city.incident.needs = vec![need("patrol", 1), need("patrol", 1)];
    city.assign("first", "own", 0, Some("a"), &[]);
    let found = only(&city);
    assert_eq!((found.need, names(&found.chosen)), (1, vec!["b"]));
}

#[test]
fn a_unit_promised_to_another_incident_is_left_to_it_while_the_desk_may_still_answer() {
    let mut city = City::new();
    city.patrol("a", "own", at(10.0, 0.0));
    city.patrol("b", "own", at(20.0, 0.0));
    let id = city.assign("elsewhere", "own", 0, Some("a"), &[]);
    city.incident = incident("second");
    assert_eq!(names(&only(&city).chosen), ["b"]);
    assert_eq!(passed(&only(&city)), [("a", Exclusion::Promised)]);
    let changes: [fn(&mut Assignment); 3] = [
        |promise| promise.overdue = true,
        |promise| promise.step(AssignmentEvent::Accept { person: "Asanov".to_owned() }).unwrap(),
        |promise| promise.runs = vec![run("b")],
    ];
    let promise = (*city.assignments[&id].record).clone();
    for change in changes {
        let mut changed = promise.clone();
        change(&mut changed);
        city.assignments.insert(id, Versioned { version: Version(6), record: Arc::new(changed) });
        assert_eq!(names(&only(&city).chosen), ["a"]);
    }
}

#[test]
fn kinds_the_centre_chooses_may_be_sent_twice_from_one_desk() {
    let mut city = City::new();
    for (name, metres) in [("g-1", 10.0), ("g-2", 20.0), ("g-3", 30.0)] {
        city.list(name, "crime-scene-group", "own", Some(at(metres, 0.0)));
        city.set(name, [UnitEvent::SignOn], 0);
    }
    city.incident.needs = vec![need("crime-scene-group", 2)];
    city.set("g-1", [UnitEvent::SignOn, UnitEvent::Assign { run: run("g-1") }], 0);
    city.assign("first", "own", 0, Some("g-1"), &[run("g-1")]);
    let found = only(&city);
    assert_eq!(names(&found.chosen), ["g-2"]);
    assert_eq!(passed(&found), [("g-1", Exclusion::AlreadyServing)]);
}

#[test]
fn no_unit_is_chosen_for_two_needs() {
    let mut city = City::new();
    city.patrol("a", "own", at(10.0, 0.0));
    city.patrol("b", "own", at(20.0, 0.0));
    city.incident.needs = vec![need("patrol", 1), need("patrol", 2)];
    let needs = city.recommend().needs;
    assert_eq!(names(&needs[0].recommendation.chosen), ["a"]);
    let second = &needs[1].recommendation;
    assert_eq!((names(&second.chosen), second.shortfall), (vec!["b"], 1));
    assert_eq!(passed(second), [("a", Exclusion::Promised)]);
}

#[test]
fn with_the_place_unknown_the_own_station_comes_first_and_no_distance_is_shown() {
    let mut city = City::new();
    city.incident.location.position = None;
    // `own` stands 3,000 m to the east
    city.patrol("a", "other", at(0.0, 3_000.0));
    city.patrol("b", "own", at(0.0, 9_000.0));
    city.patrol("c", "own-sub", at(0.0, 4_000.0));
    city.incident.needs = vec![need("patrol", 3)];
    let found = only(&city);
    assert_eq!(names(&found.chosen), ["c", "b", "a"]);
    assert!(
        found.chosen.iter().all(|candidate| candidate.distance_m.or(candidate.travel.map(|s| s.0)).is_none())
    );
    city.incident.station = None;
    assert_eq!(names(&only(&city).chosen), ["a", "b", "c"], "without a station only the id is left");
}

#[test]
fn only_unfilled_needs_are_recommended_and_all_are_surveyed() {
    let mut city = City::new();
    city.patrol("a", "own", at(10.0, 0.0));
    let on_request = Need { when: NeedTime::OnRequest, ..need("dog-team", 1) };
    city.incident.needs = vec![need("patrol", 1), on_request];
    city.assign("first", "own", 0, Some("a"), &[]);
    assert_eq!(city.recommend().needs, []);
    let all = city.full();
    assert_eq!(all.iter().map(|need| (need.need, need.missing)).collect::<Vec<_>>(), [(0, 0), (1, 0)]);
    assert_eq!(all[0].excluded[0].why, Exclusion::AlreadyServing);
}

#[test]
fn automatic_needs_the_word_of_both_the_plan_and_the_kind() {
    let mut city = City::new();
    let by_person = Need { mode: NeedMode::Recommend, ..need("patrol", 1) };
    city.incident.needs = vec![
        need("patrol", 1),
        by_person,
        need("crime-scene-group", 1),
        need("dog-team", 1),
        need("gone", 1),
    ];
    let how: Vec<_> = city.recommend().needs.into_iter().map(|plan| (plan.mode, plan.chosen_by)).collect();
    assert_eq!(
        how,
        [
            (NeedMode::Auto, ChosenBy::DutyDesk),
            (NeedMode::Recommend, ChosenBy::DutyDesk),
            (NeedMode::Recommend, ChosenBy::Centre),
            (NeedMode::Auto, ChosenBy::Either),
            (NeedMode::Recommend, ChosenBy::DutyDesk),
        ]
    );
}

#[test]
fn units_on_duty_are_kept_among_the_reasons_before_those_signed_off() {
    let mut city = City::new();
    for n in 0..30 {
        city.list(&format!("off-{n}"), "patrol", "own", Some(at(f64::from(n), 0.0)));
    }
    city.patrol("busy", "own", at(2_000.0, 0.0));
    city.set("busy", [UnitEvent::SignOn, UnitEvent::Assign { run: run("elsewhere") }], 0);
    city.patrol("free", "own", at(4_000.0, 0.0));
    let found = only(&city);
    assert_eq!(found.passed_over.len(), 20);
    assert_eq!(passed(&found).last(), Some(&("busy", Exclusion::OnRun)));
    assert_eq!(found.excluded[&Exclusion::SignedOff], 30);
}

#[test]
fn nothing_new_is_given_to_whom_the_next_directory_will_not_have() {
    let mut city = City::new();
    city.patrol("a", "own", at(10.0, 0.0));
    city.patrol("b", "other", at(20.0, 0.0));
    city.patrol("c", "own", at(30.0, 0.0));
    city.closing = vec![Dropped::Unit(unit("a")), Dropped::Station(station("other"))];
    let found = only(&city);
    assert_eq!(names(&found.chosen), ["c"]);
    assert_eq!(passed(&found), [("a", Exclusion::OutOfService), ("b", Exclusion::OutOfService)]);
}

#[test]
fn a_dropped_station_takes_no_unit_of_the_same_name_with_it_nor_a_dropped_unit_a_station() {
    let mut city = City::new();
    city.patrol("other", "own", at(10.0, 0.0));
    city.patrol("own", "other", at(20.0, 0.0));
    city.patrol("c", "own", at(30.0, 0.0));
    city.closing = vec![Dropped::Station(station("other"))];
    assert_eq!(names(&only(&city).chosen), ["other"], "the unit, which is of another station");
    city.closing = vec![Dropped::Unit(unit("own"))];
    assert_eq!(names(&only(&city).chosen), ["other"], "a unit of the station of that name");
}

#[test]
fn the_record_says_by_which_directory_and_board_it_was_decided() {
    let mut city = City::new();
    city.patrol("a", "own", at(10.0, 0.0));
    let recommendation = city.recommend();
    let id = RecommendationId::derived(operation("r"), "recommendation");
    let record = recommendation.to_record(id);
    assert_eq!((record.id, record.incident), (id, city.incident.id));
    assert_eq!((record.directory.0, record.board.0), (7, 99));
    assert_eq!(record.needs[0].kind, kind("patrol"));
    assert_eq!(record.needs[0], recommendation.needs[0].recommendation);
}

#[test]
fn a_unit_whose_desk_is_no_station_is_sent_nowhere_and_counted_wherever_it_is() {
    let mut city = City::new();
    for number in 0..40 {
        city.patrol(&format!("p-{number:02}"), "own", at(500.0 + 50.0 * f64::from(number), 0.0));
    }
    city.patrol("stray-near", "nowhere", at(10.0, 0.0));
    city.list("stray-lost", "patrol", "nowhere", None);
    city.set("stray-lost", [UnitEvent::SignOn], 0);
    let found = only(&city);
    assert_eq!(names(&found.chosen), ["p-00"]);
    assert_eq!(found.excluded, BTreeMap::from([(Exclusion::OutOfService, 2)]));
    assert_eq!(passed(&found), [("stray-near", Exclusion::OutOfService)]);
}

#[test]
fn where_nobody_nearby_answers_who_answers_farther_off_is_found() {
    let mut city = City::new();
    for number in 0..90 {
        let name = format!("p-{number:02}");
        city.patrol(&name, "own", at(500.0 + 50.0 * f64::from(number), 0.0));
        city.set(&name, [UnitEvent::SignOn], if number < 80 { 2 } else { 0 });
    }
    let found = only(&city);
    assert_eq!(names(&found.chosen), ["p-80"]);
    assert_eq!(names(&found.next)[8], "p-89");
}
