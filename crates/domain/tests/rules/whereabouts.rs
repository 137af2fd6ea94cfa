//! What is near a place is found whatever the place: at a pole, across the date line, on the edge of a cell.

use std::collections::BTreeSet;

use domain::{
    IncidentId, Version,
    board::Board,
    record::{Record, Versioned},
};
use geography::{Position, distance};
use proptest::prelude::*;

use crate::strategies::{Dice, dice};

/// A place so many degrees from another, over a pole or the date line if need be.
fn beside(place: Position, north: f64, east: f64) -> Position {
    let latitude = (place.latitude() + north).clamp(-90.0, 90.0);
    let longitude = (place.longitude() + east + 540.0).rem_euclid(360.0) - 180.0;
    Position::new(latitude, longitude.clamp(-180.0, 180.0)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_within_the_distance_is_left_out(
        numbers in dice(),
        offsets in prop::collection::vec((-0.2..0.2_f64, -0.2..0.2_f64), 1..40),
        latitude in prop_oneof![-90.0..90.0_f64, 42.7..43.0_f64, Just(90.0), Just(-89.999), Just(0.0)],
        longitude in prop_oneof![-180.0..180.0_f64, Just(180.0), Just(-180.0), Just(74.57)],
        metres in prop_oneof![0..100_u32, 100..30_000_u32],
    ) {
        let here = Position::new(latitude, longitude).unwrap();
        let mut sample = Dice::new(&numbers).incident();
        let mut records = Vec::new();
        let mut expected = BTreeSet::new();
        for (number, (north, east)) in offsets.into_iter().enumerate() {
            sample.id = IncidentId::from_uuid(uuid::Uuid::from_u128(number as u128));
            let there = beside(here, north, east);
            sample.location.position = Some(there);
            let record = Record::Incident(sample.clone());
            if record.is_open() && distance(here, there).as_f64() <= f64::from(metres) {
                expected.insert(sample.id);
            }
            records.push(Versioned { version: Version(1), record });
        }
        let board = Board::load(Version(1), records);
        let found: BTreeSet<IncidentId> = board.whereabouts().near(here, metres).collect();
        prop_assert!(found.is_superset(&expected), "{:?} are left out", expected.difference(&found));
    }
}
