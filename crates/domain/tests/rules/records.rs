//! A record written and read is the same record, whatever its texts hold.

use std::collections::BTreeSet;

use domain::{RecordKey, RecordKind, record::Record};
use proptest::prelude::*;

use crate::strategies::{Dice, dice};

proptest! {
    #[test]
    fn a_record_reads_back_as_itself(numbers in dice()) {
        let mut dice = Dice::new(&numbers);
        for _ in 0..12 {
            let record = dice.record();
            let json = record.to_json();
            prop_assert!(!json.contains(['\n', '\r', '\0']), "one line, and no byte that ends a text");
            let read = Record::from_json(&record.key(), &json).unwrap();
            prop_assert_eq!(&read, &record);
            prop_assert_eq!(read.to_json(), json, "written again it is the same text");
            prop_assert_eq!(record.key().to_string().parse::<RecordKey>(), Ok(record.key()));
        }
    }

    #[test]
    fn what_is_no_record_is_refused_and_never_panics(text in ".{0,60}", numbers in dice()) {
        for kind in RecordKind::ALL {
            let _ = Record::from_json(&RecordKey::new(kind, "a"), &text);
        }
        // every text cut short is refused, for no record is the beginning of another
        let record = Dice::new(&numbers).record();
        let json = record.to_json();
        let cut = json.char_indices().map(|(at, _)| at).nth(json.chars().count() / 2).unwrap_or(0);
        prop_assert!(Record::from_json(&record.key(), &json[..cut]).is_err());
    }
}

#[test]
fn records_of_every_kind_are_drawn() {
    let drawn: BTreeSet<RecordKind> =
        (0..500).map(|number| Dice::new(&[number, number * 7, 3, 1]).record().key().kind).collect();
    assert_eq!(drawn, RecordKind::ALL.into_iter().collect());
}

#[test]
fn a_record_of_another_kind_is_refused() {
    let run = Record::Run(Dice::new(&[1, 2, 3]).run());
    let key = RecordKey::new(RecordKind::Incident, run.key().id);
    let refused = Record::from_json(&key, &run.to_json()).unwrap_err();
    assert_eq!(refused.key, key);
}
