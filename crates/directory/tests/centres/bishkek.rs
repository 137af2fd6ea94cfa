//! The shipped centre.

use std::collections::BTreeSet;

use directory::ProblemCode;
use domain::directory::{ChosenBy, Directory, DirectoryVersion, InForce};
use domain::incident::{NeedMode, NeedTime};
use geography::Position;

/// The span of the city in degrees: west, east, south, north.
const SPAN: [f64; 4] = [74.465, 74.718, 42.785, 42.973];

fn bishkek() -> Directory {
    directory::read(&super::bishkek()).unwrap_or_else(|problems| panic!("\n{}", super::listed(&problems)))
}

#[test]
fn the_shipped_centre_reads_without_a_problem_and_says_it_is_illustrative() {
    let bishkek = bishkek();
    assert!(bishkek.illustrative);
    assert_eq!(bishkek.languages, ["ky", "ru", "uz", "en"]);
    let districts: Vec<&str> = bishkek.districts.keys().map(|id| id.as_str()).collect();
    assert_eq!(districts, ["leninsky", "oktyabrsky", "pervomaysky", "sverdlovsky"]);
    assert!(bishkek.stations.values().any(|station| station.parent.is_some()), "a substation");
    for source in super::bishkek() {
        assert!(source.text.contains("ILLUSTRATIVE"), "{} is not labelled", source.name);
    }
}

#[test]
fn the_four_districts_cover_the_span_of_the_city_once() {
    let directory = bishkek();
    let shapes =
        directory.districts.iter().map(|(id, d)| geography::District::new(id.clone(), &d.outlines).unwrap());
    let index = geography::DistrictIndex::new(shapes.collect()).unwrap();
    assert_eq!(index.overlaps(geography::SquareMetres::whole(1)), vec![]);
    let [west, east, south, north] = SPAN;
    let city = InForce::new(DirectoryVersion(1), directory).unwrap();
    let step = |from: f64, to: f64, n: u32| from + (to - from) * f64::from(n) / 200.0;
    for row in 0..=200 {
        for column in 0..=200 {
            let place = Position::new(step(south, north, row), step(west, east, column)).unwrap();
            assert!(city.district_at(place).is_some(), "nobody answers for {place}");
        }
    }
    for (latitude, longitude) in [(42.78, 74.6), (42.98, 74.6), (42.9, 74.46), (42.9, 74.72)] {
        assert!(city.district_at(Position::new(latitude, longitude).unwrap()).is_none());
    }
}

#[test]
fn every_desk_and_beat_lies_in_its_own_district() {
    let city = InForce::new(DirectoryVersion(1), bishkek()).unwrap();
    for (id, station) in &city.directory.stations {
        if id.as_str() != "directorate" {
            let answers = city.district_at(station.position).map(|(_, district)| district.station.as_str());
            let root = station.parent.as_ref().unwrap_or(id);
            assert_eq!(answers, Some(root.as_str()), "{id}");
        }
    }
    for (id, unit) in &city.directory.units {
        if unit.command != "directorate" {
            let answers = unit.beat.and_then(|beat| city.district_at(beat)).map(|(_, d)| d.station.as_str());
            assert_eq!(answers, Some(unit.command.as_str()), "{id}");
        }
    }
}

#[test]
fn the_fleet_and_the_plans_are_those_of_a_real_city() {
    let bishkek = bishkek();
    let of_kind =
        |kind: &str| bishkek.units.values().filter(|unit| unit.kind.as_str() == kind).collect::<Vec<_>>();
    for district in ["leninsky", "oktyabrsky", "pervomaysky", "sverdlovsky"] {
        let patrols = of_kind("patrol").iter().filter(|unit| unit.command == district).count();
        assert!((3..=5).contains(&patrols), "{district} has {patrols} patrols");
        assert!(of_kind("community-inspector").iter().any(|unit| unit.command == district), "{district}");
    }
    let commands: BTreeSet<_> =
        of_kind("crime-scene-group").iter().map(|unit| unit.command.as_str()).collect();
    assert_eq!(commands, BTreeSet::from(["directorate", "pervomaysky"]));
    for kind in ["dog-team", "public-order-unit", "mobile-reception"] {
        assert!(!of_kind(kind).is_empty(), "{kind}");
    }
    assert!(bishkek.units.values().any(|unit| unit.radio_only));
    for chosen_by in [ChosenBy::Centre, ChosenBy::DutyDesk, ChosenBy::Either] {
        assert!(bishkek.kinds.values().any(|kind| kind.chosen_by == chosen_by), "{chosen_by:?}");
    }
    let needs = || bishkek.types.values().flat_map(|known| &known.plan.needs);
    for time in [NeedTime::AtOnce, NeedTime::OnRequest] {
        assert!(needs().any(|need| need.when == time), "{time:?}");
    }
    for mode in [NeedMode::Recommend, NeedMode::Auto] {
        assert!(needs().any(|need| need.mode == mode), "{mode:?}");
    }
    let priorities: BTreeSet<u8> = bishkek.types.values().map(|known| known.priority.get()).collect();
    assert_eq!(priorities, (1..=5).collect());
}

#[test]
fn the_page_beside_the_files_names_every_code_and_no_other() {
    let page = include_str!("../../../../deploy/centres/bishkek/README.md");
    let named: BTreeSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(code, _)| code)
        .collect();
    let named: BTreeSet<&str> =
        named.into_iter().filter(|word| word.chars().all(|c| c.is_ascii_uppercase() || c == '_')).collect();
    let codes: BTreeSet<&str> = ProblemCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(named, codes);
}
