//! Which open incidents a call is likely to be about, and who is told of an incident.

#![expect(clippy::unwrap_used, reason = "a test that cannot build its city has failed")]

#[path = "recommend/city.rs"]
#[expect(
    dead_code,
    reason = "the same small cities serve the recommendations' tests, which use more of them"
)]
mod city;

use std::collections::BTreeSet;

use domain::{
    DistrictId, IncidentTypeId, Seconds,
    directory::DuplicateRule,
    incident::{Caller, CallerDigits, Incident, IncidentEvent, Restriction},
};
use geography::Position;
use jiff::Timestamp;
use policy::{LikelyDuplicate, Report, informs, likely_duplicates};
use proptest::prelude::*;

use city::{City, NOW, at, before, incident};

fn report(position: Option<Position>) -> Report<'static> {
    Report { at: NOW, position, incident_type: None, caller_number: "" }
}

fn open(name: &str, position: Option<Position>, created_at: Timestamp) -> Incident {
    let mut incident = incident(name);
    incident.location.position = position;
    incident.created_at = created_at;
    incident
}

/// The incident, about which somebody with this number called; nobody, if it names nobody.
fn called_by(number: &str, mut incident: Incident) -> Incident {
    let digits = CallerDigits::of(number).into_iter();
    incident.callers = digits.map(|digits| Caller { digits, through: None }).collect();
    incident
}

fn found<'a>(report: &Report<'_>, incidents: impl IntoIterator<Item = &'a Incident>) -> Vec<LikelyDuplicate> {
    likely_duplicates(report, DuplicateRule::default(), incidents, |_| true)
}

#[test]
fn near_in_place_and_in_time_is_suspected_and_one_of_them_is_not_enough() {
    let near = open("near", Some(at(78.5, 0.0)), before(600));
    let far = open("far", Some(at(82.0, 0.0)), before(1));
    let old = open("old", Some(at(1.0, 0.0)), before(601));
    let ahead = open("ahead", Some(at(10.0, 0.0)), before(-5));
    let found = found(&report(Some(at(0.0, 0.0))), [&near, &far, &old, &ahead]);
    let expected = LikelyDuplicate {
        incident: near.id,
        distance_m: Some(79),
        apart: Seconds(600),
        same_caller: false,
        type_fits: true,
    };
    assert_eq!(found.iter().map(|one| one.incident).collect::<Vec<_>>(), [ahead.id, near.id]);
    assert_eq!(found[1], expected);
}

#[test]
fn with_a_place_unknown_only_the_same_number_tells() {
    let nowhere = called_by("0555 123456", open("nowhere", None, before(60)));
    let somewhere = called_by("0555 000000", open("somewhere", Some(at(0.0, 0.0)), before(60)));
    let far = called_by("0555123456", open("far", Some(at(5_000.0, 0.0)), before(60)));
    let mut asked = Report { caller_number: "+996 (555) 12-34-56", ..report(None) };
    let all = [&nowhere, &somewhere, &far];
    let ids =
        |report: &Report<'_>| found(report, all).iter().map(|one| one.incident).collect::<BTreeSet<_>>();
    assert_eq!(ids(&asked), BTreeSet::from([nowhere.id, far.id]));
    asked.position = Some(at(0.0, 0.0));
    assert_eq!(
        ids(&asked),
        BTreeSet::from([nowhere.id, somewhere.id]),
        "a known place far away is another matter"
    );
    asked.caller_number = "";
    assert_eq!(ids(&asked), BTreeSet::from([somewhere.id]));
}

#[test]
fn the_same_caller_comes_first_then_the_type_that_fits_then_the_nearest() {
    let of_type = |name: &str| IncidentTypeId::new(name).unwrap();
    let mut list: Vec<Incident> = [("caller", 70.0), ("type", 60.0), ("untyped", 50.0), ("other", 1.0)]
        .map(|(name, metres)| open(name, Some(at(metres, 0.0)), before(60)))
        .into();
    list[0].incident_type = Some(of_type("theft"));
    list[1].incident_type = Some(of_type("fire"));
    list[3].incident_type = Some(of_type("theft"));
    let fire = of_type("fire");
    let asked =
        Report { incident_type: Some(&fire), caller_number: "0555123456", ..report(Some(at(0.0, 0.0))) };
    list[0] = called_by("0555123456", list[0].clone());
    let ranked = found(&asked, &list);
    let order: Vec<_> = ranked.iter().map(|one| one.incident).collect();
    assert_eq!(order, [list[0].id, list[2].id, list[1].id, list[3].id]);
}

#[test]
fn what_is_over_is_not_suspected_and_what_is_held_is() {
    let mut held = open("held", Some(at(0.0, 0.0)), before(60));
    held.step(IncidentEvent::Hold { by: "x".to_owned(), until: NOW, why: String::new() }).unwrap();
    let mut over = open("over", Some(at(0.0, 0.0)), before(60));
    over.step(IncidentEvent::Cancel { reason: String::new(), by: "x".to_owned(), at: NOW }).unwrap();
    let found = found(&report(Some(at(0.0, 0.0))), [&held, &over]);
    assert_eq!(found.iter().map(|one| one.incident).collect::<Vec<_>>(), [held.id]);
}

#[test]
fn numbers_are_the_same_however_they_are_written_and_short_codes_name_nobody() {
    let same_caller = |one: &str, other: &str| {
        let incident = called_by(one, open("one", None, NOW));
        !found(&Report { caller_number: other, ..report(None) }, [&incident]).is_empty()
    };
    assert!(same_caller("+996 555 123456", "0555-12-34-56"));
    assert!(same_caller("441234", "44 12 34"));
    for (one, other) in [("", ""), ("102", "102"), ("441234", "0312441234"), ("0555123456", "0555123457")] {
        assert!(!same_caller(one, other), "{one} and {other}");
    }
}

#[test]
fn the_station_of_the_district_is_told_unless_the_incident_is_restricted_or_nowhere() {
    let city = City::new();
    let directory = &city.directory.directory;
    let mut incident = incident("told");
    assert_eq!(informs(&incident, directory), Some(city::station("own")));
    incident.district = Some(DistrictId::new("gone").unwrap());
    incident.station = Some(city::station("other"));
    assert_eq!(informs(&incident, directory), Some(city::station("other")));
    let readers = BTreeSet::from(["s".to_owned()]);
    incident.restriction = Some(Restriction { readers, reason: String::new(), by: "s".to_owned() });
    assert_eq!(informs(&incident, directory), None);
    incident.restriction = None;
    incident.district = None;
    assert_eq!(informs(&incident, directory), None);
}

proptest! {
    #[test]
    fn the_answer_is_short_ordered_and_blind_to_the_order_given(
        places in prop::collection::vec((proptest::option::of(-90..90_i16), 0..700_i64), 0..30),
        turn in 0..30_usize,
    ) {
        let list: Vec<Incident> = places
            .iter()
            .enumerate()
            .map(|(n, (place, age))| {
                let incident = open(&n.to_string(), place.map(|metres| at(f64::from(metres), 0.0)), before(*age));
                if n.is_multiple_of(3) { called_by("0555123456", incident) } else { incident }
            })
            .collect();
        let asked = Report { caller_number: "0555123456", ..report(Some(at(0.0, 0.0))) };
        let given: Vec<&Incident> = list.iter().collect();
        let mut turned = given.clone();
        turned.rotate_left(turn % given.len().max(1));
        let one = found(&asked, given);
        prop_assert_eq!(&one, &found(&asked, turned));
        prop_assert!(one.len() <= 5);
        for likely in &one {
            prop_assert!(likely.apart <= Seconds(600));
            prop_assert!(likely.distance_m.is_none_or(|metres| metres <= 80));
            prop_assert!(likely.distance_m.is_some() || likely.same_caller);
        }
        for pair in one.windows(2) {
            let key = |one: &LikelyDuplicate| (!one.same_caller, !one.type_fits, one.distance_m.unwrap_or(u32::MAX));
            prop_assert!(key(&pair[0]) <= key(&pair[1]));
        }
    }
}
