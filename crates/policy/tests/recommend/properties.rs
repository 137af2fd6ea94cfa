//! Random cities: the recommendation is what the oracle says, complete, and blind to the order of its input.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use domain::{
    UnitId,
    incident::{PassedOverReason, Responder},
    recommendation::{Candidate, Exclusion, NeedRecommendation},
    record::Dropped,
    unit::{UnitEvent, UnitState},
};
use policy::Recommendation;
use proptest::prelude::*;

use crate::{
    city::{City, at, before, need, run, station, unit},
    oracle::{expected, nearness},
};

const KINDS: [&str; 3] = ["patrol", "crime-scene-group", "dog-team"];
const DESKS: [&str; 3] = ["own", "own-sub", "other"];

/// A unit as drawn: kind, desk, beat, position with its age, what it does, answers missed.
type Drawn = (usize, usize, Option<(i16, i16)>, Option<((i16, i16), u8)>, u8, u32);

/// An assignment as drawn: desk, need, recommended unit, the units that run under it.
type Given = (usize, usize, Option<usize>, Vec<usize>);

#[derive(Clone, Debug)]
struct Draft {
    units: Vec<Drawn>,
    needs: Vec<(usize, u8)>,
    place_known: bool,
    station_known: bool,
    desks_missed: Vec<(usize, u32)>,
    passed_over: Vec<(bool, usize, u8)>,
    given: Vec<Given>,
    dropped: Vec<(bool, usize)>,
}

fn drafts() -> impl Strategy<Value = Draft> {
    drafts_of(0..60, 0..3)
}

/// So many of each kind are free that whoever is far away need not be looked at.
fn drafts_of_many() -> impl Strategy<Value = Draft> {
    drafts_of(150..400, 0..2)
}

fn drafts_of(units: Range<usize>, kinds: Range<usize>) -> impl Strategy<Value = Draft> {
    // a coarse grid makes equal distances common
    let place = || (-30..30_i16, -30..30_i16);
    let drawn = (
        kinds,
        0..3_usize,
        proptest::option::of(place()),
        proptest::option::of((place(), 0..=255_u8)),
        0..6_u8,
        0..4_u32,
    );
    (
        prop::collection::vec(drawn, units),
        prop::collection::vec((0..3_usize, 1..5_u8), 0..4),
        any::<bool>(),
        any::<bool>(),
        prop::collection::vec((0..3_usize, 0..4_u32), 0..3),
        prop::collection::vec((any::<bool>(), 0..60_usize, 0..3_u8), 0..6),
        prop::collection::vec(
            (
                0..3_usize,
                0..4_usize,
                proptest::option::of(0..60_usize),
                prop::collection::vec(0..60_usize, 0..2),
            ),
            0..4,
        ),
        prop::collection::vec((prop::bool::weighted(0.2), 0..60_usize), 0..3),
    )
        .prop_map(
            |(units, needs, place_known, station_known, desks_missed, passed_over, given, dropped)| Draft {
                units,
                needs,
                place_known,
                station_known,
                desks_missed,
                passed_over,
                given,
                dropped,
            },
        )
}

fn name(number: usize) -> String {
    format!("u-{number:03}")
}

fn build(draft: &Draft) -> City {
    let mut city = City::new();
    let grid = |(north, east): (i16, i16)| at(f64::from(north) * 100.0, f64::from(east) * 100.0);
    for (number, (kind, desk, beat, position, doing, missed)) in draft.units.iter().enumerate() {
        let name = name(number);
        city.list(&name, KINDS[*kind], DESKS[*desk], beat.map(grid));
        match doing {
            0 => {}
            1 => city.set(
                &name,
                [UnitEvent::SignOn, UnitEvent::OutOfService { reason: "meal".to_owned() }],
                *missed,
            ),
            2 => city.set(&name, [UnitEvent::SignOn, UnitEvent::Assign { run: run(&name) }], *missed),
            3 => city.set(&name, [], *missed),
            _ => city.set(&name, [UnitEvent::SignOn], *missed),
        }
        if let Some((place, age)) = position {
            city.seen(&name, grid(*place), i64::from(*age));
        }
    }
    city.incident.needs = draft.needs.iter().map(|(kind, count)| need(KINDS[*kind], *count)).collect();
    if !draft.place_known {
        city.incident.location.position = None;
    }
    if !draft.station_known {
        city.incident.station = None;
    }
    for (desk, missed) in &draft.desks_missed {
        city.desk_missed(DESKS[*desk], *missed);
    }
    for (is_desk, who, why) in &draft.passed_over {
        let who = if *is_desk {
            Responder::Desk { station: station(DESKS[who % 3]) }
        } else {
            Responder::Unit { unit: unit(&name(*who)) }
        };
        let why = [PassedOverReason::Unanswered, PassedOverReason::Returned, PassedOverReason::StoodDown]
            [usize::from(*why)];
        city.incident.pass_over(who, why, before(1));
    }
    for (is_desk, who) in &draft.dropped {
        city.closing.push(if *is_desk {
            Dropped::Station(station(DESKS[who % 3]))
        } else {
            Dropped::Unit(unit(&name(*who)))
        });
    }
    for (number, (desk, need, recommended, running)) in draft.given.iter().enumerate() {
        if need < &draft.needs.len() {
            let runs: Vec<_> = running.iter().map(|unit| run(&name(*unit))).collect();
            let recommended = recommended.map(name);
            city.assign(&format!("a-{number}"), DESKS[*desk], *need, recommended.as_deref(), &runs);
        }
    }
    city
}

fn ids(candidates: &[Candidate]) -> Vec<UnitId> {
    candidates.iter().map(|candidate| candidate.unit.clone()).collect()
}

/// Checks one need against the oracle; `taken` gains its chosen.
fn check(city: &City, found: &NeedRecommendation, taken: &mut BTreeSet<UnitId>) -> Result<(), TestCaseError> {
    let wanted = city.incident.needs[found.need].missing();
    let expected = expected(city, found.need, taken);
    let chosen = wanted.min(expected.candidates.len());
    prop_assert_eq!(ids(&found.chosen), &expected.candidates[..chosen]);
    let next = &expected.candidates[chosen..];
    prop_assert_eq!(ids(&found.next), &next[..next.len().min(9)]);
    prop_assert_eq!(found.shortfall as usize, wanted - chosen);
    let mut counts: BTreeMap<Exclusion, u32> = BTreeMap::new();
    for (_, why) in &expected.excluded {
        *counts.entry(*why).or_default() += 1;
    }
    prop_assert_eq!(&found.excluded, &counts);

    let near = |unit: &UnitId| (nearness(city, unit, &city.directory.directory.units[unit]), unit.clone());
    let farthest = expected.candidates[..chosen].iter().map(near).max();
    let nearer: Vec<&(UnitId, Exclusion)> = expected
        .excluded
        .iter()
        .filter(|(unit, _)| found.shortfall > 0 || farthest.as_ref().is_some_and(|far| &near(unit) < far))
        .collect();
    prop_assert_eq!(found.passed_over.len(), nearer.len().min(20));
    let mut last = None;
    for excluded in &found.passed_over {
        prop_assert!(nearer.iter().any(|(unit, why)| unit == &excluded.unit && why == &excluded.why));
        prop_assert!(last < Some(near(&excluded.unit)), "nearest first");
        last = Some(near(&excluded.unit));
    }
    taken.extend(ids(&found.chosen));
    Ok(())
}

fn check_all(city: &City, recommendation: &Recommendation) -> Result<(), TestCaseError> {
    let unfilled: Vec<usize> =
        (0..city.incident.needs.len()).filter(|need| city.incident.needs[*need].is_unfilled()).collect();
    let found: Vec<usize> = recommendation.needs.iter().map(|plan| plan.recommendation.need).collect();
    prop_assert_eq!(found, unfilled);
    let mut taken = BTreeSet::new();
    for plan in &recommendation.needs {
        check(city, &plan.recommendation, &mut taken)?;
    }
    let chosen: usize = recommendation.needs.iter().map(|plan| plan.recommendation.chosen.len()).sum();
    prop_assert_eq!(taken.len(), chosen, "nobody is chosen twice");
    for unit in &taken {
        prop_assert_eq!(city.units[unit].record.state(), &UnitState::Available);
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_recommendation_is_what_the_oracle_says(draft in drafts()) {
        let city = build(&draft);
        check_all(&city, &city.recommend())?;
    }

    #[test]
    fn a_recommendation_among_many_is_what_the_oracle_says(draft in drafts_of_many()) {
        let city = build(&draft);
        check_all(&city, &city.recommend())?;
    }

    #[test]
    fn the_full_list_names_every_unit_of_the_kind_once(draft in drafts()) {
        let city = build(&draft);
        let surveys = city.full();
        prop_assert_eq!(surveys.len(), city.incident.needs.len());
        for survey in surveys {
            let expected = expected(&city, survey.need, &BTreeSet::new());
            prop_assert_eq!(ids(&survey.candidates), expected.candidates);
            let excluded: Vec<_> = survey.excluded.into_iter().map(|found| (found.unit, found.why)).collect();
            prop_assert_eq!(excluded, expected.excluded);
        }
    }

    #[test]
    fn the_order_in_which_desks_and_units_came_changes_nothing(draft in drafts(), turn in 0..60_usize) {
        let city = build(&draft);
        let mut turned = build(&draft);
        if !turned.incident.passed_over.is_empty() {
            // one desk or unit has one entry, so turning the list changes no reason
            let middle = turn % turned.incident.passed_over.len();
            turned.incident.passed_over.rotate_left(middle);
        }
        turned.incident.assignments.reverse();
        turned.incident.runs.reverse();
        prop_assert_eq!(city.recommend(), turned.recommend());
    }

    #[test]
    fn a_unit_that_leaves_takes_only_itself_out_of_the_order(draft in drafts(), gone in 0..60_usize) {
        let city = build(&draft);
        let mut without = build(&draft);
        let gone = unit(&name(gone));
        without.directory.directory.units.remove(&gone);
        for (before, after) in city.full().into_iter().zip(without.full()) {
            let rest: Vec<_> = before.candidates.into_iter().filter(|kept| kept.unit != gone).collect();
            prop_assert_eq!(rest, after.candidates);
        }
    }
}
