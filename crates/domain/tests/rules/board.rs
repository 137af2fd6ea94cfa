//! A board after any changes shows what the newest records say, however it was loaded.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use domain::{
    AlarmId, OperationId, RecordKey, Version,
    alarm::{Alarm, AlarmCode, Subject},
    board::{Board, Gap},
    change::Change,
    deadline::Deadline,
    invariants::board_violations,
    record::{Record, Versioned},
};
use jiff::Timestamp;
use proptest::prelude::*;

use crate::strategies::{Dice, dice};

/// Changes 1, 2, 3 … of one to three records each; few ids, so that most records are written again and again.
fn history(numbers: &[Vec<u32>]) -> Vec<Change> {
    let changes = numbers.iter().zip(1..).map(|(numbers, number)| {
        let mut dice = Dice::new(numbers);
        let mut records: BTreeMap<RecordKey, Record> = BTreeMap::new();
        for _ in 0..=dice.below(3) {
            let record = dice.record();
            records.insert(record.key(), record);
        }
        Change {
            number: Version(number),
            operation: OperationId::derived("test", &number.to_string()),
            actor: "test".to_owned(),
            cause: "test".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            records: records.into_values().collect(),
        }
    });
    changes.collect()
}

/// Every record as it stands after the changes, open and closed.
fn newest(changes: &[Change]) -> BTreeMap<RecordKey, Versioned<Record>> {
    let mut newest = BTreeMap::new();
    for change in changes {
        for record in &change.records {
            newest.insert(record.key(), Versioned { version: change.number, record: record.clone() });
        }
    }
    newest
}

/// Alarms, by code.
type Alarms = BTreeSet<(AlarmCode, AlarmId)>;

/// Everything that alarms are or were about, with those that are not over.
fn alarmed<'a>(newest: impl Iterator<Item = &'a Versioned<Record>>) -> BTreeMap<Subject, Alarms> {
    let mut alarmed = BTreeMap::from([(Subject::Centre, BTreeSet::new())]);
    for held in newest {
        let Record::Alarm(alarm) = &held.record else { continue };
        let mut subjects: Vec<Subject> = alarm.incident.map(Subject::from).into_iter().collect();
        subjects.extend(alarm.assignment.map(Subject::from));
        subjects.extend(alarm.run.map(Subject::from));
        subjects.extend(alarm.call.map(Subject::from));
        subjects.extend(alarm.desk.clone().map(Subject::from));
        subjects.extend(alarm.unit.clone().map(Subject::from));
        if subjects.is_empty() {
            subjects.push(Subject::Centre);
        }
        for subject in subjects {
            let about: &mut Alarms = alarmed.entry(subject).or_default();
            if alarm.state().is_open() {
                about.insert((alarm.code, alarm.id));
            }
        }
    }
    alarmed
}

/// The board after applying all the changes, one by one.
fn applied(mut board: Board, changes: &[Change]) -> Board {
    for change in changes {
        board.apply(change).unwrap();
    }
    board
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    prop::collection::vec(dice(), 1..40).prop_map(|numbers| history(&numbers))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn after_any_changes_it_shows_the_newest_open_records_with_their_queue_and_deadlines(changes in changes()) {
        let mut board = Board::default();
        for (done, change) in changes.iter().enumerate() {
            board.apply(change).unwrap();
            let newest = newest(&changes[..=done]);
            let open: Vec<&Versioned<Record>> = newest.values().filter(|held| held.record.is_open()).collect();

            let shown: BTreeMap<_, _> = board.records().map(|held| (held.record.key(), held)).collect();
            prop_assert_eq!(shown.values().collect::<Vec<_>>(), open.clone());
            prop_assert_eq!(board.len(), open.len());
            for key in newest.keys() {
                prop_assert_eq!(board.get(key), shown.get(key).cloned());
            }

            let mut queue = BTreeSet::new();
            for held in &open {
                if let (Record::Incident(incident), Some((priority, at))) =
                    (&held.record, held.record.queue_place())
                {
                    queue.insert((priority, at, incident.id));
                }
            }
            prop_assert_eq!(board.queue(), &queue);
            let deadlines: BTreeSet<_> = open.iter().filter_map(|held| Deadline::of(&held.record)).collect();
            prop_assert_eq!(board.deadlines(), &deadlines);
            let mut promised = BTreeSet::new();
            for held in &open {
                if let Record::Assignment(assignment) = &held.record
                    && let Some(unit) = assignment.promised_unit()
                {
                    promised.insert((unit.clone(), assignment.id));
                }
            }
            prop_assert_eq!(board.promised(), &promised);
            for (subject, about) in alarmed(newest.values()) {
                let coded = |held: &Versioned<Arc<Alarm>>| (held.record.code, held.record.id);
                let found: Vec<_> = board.alarms_about(subject.clone()).map(coded).collect();
                prop_assert_eq!(&found, &about.into_iter().collect::<Vec<_>>());
                let by_code = AlarmCode::ALL.iter().flat_map(|code| board.alarms_of(*code, subject.clone()));
                prop_assert_eq!(by_code.map(coded).collect::<Vec<_>>(), found);
            }

            let every: Vec<_> = newest.into_values().collect();
            prop_assert_eq!(board_violations(&board, &every), vec![]);
        }
    }

    #[test]
    fn loading_half_new_records_and_applying_what_follows_gives_the_same_board(
        changes in changes(),
        through: prop::sample::Index,
        index_read: prop::sample::Index,
        reads in prop::collection::vec(any::<prop::sample::Index>(), 40),
    ) {
        // the number is read first, then which records are open, then each record for itself, while changes go on
        let through = through.index(changes.len() + 1);
        let index_read = through + index_read.index(changes.len() - through + 1);
        let open = newest(&changes[..index_read]).into_iter().filter(|(_, held)| held.record.is_open());
        let loaded: Vec<Versioned<Record>> = open
            .enumerate()
            .map(|(n, (key, _))| {
                let read = index_read + reads[n % reads.len()].index(changes.len() - index_read + 1);
                newest(&changes[..read])[&key].clone()
            })
            .collect();
        let number = changes.get(..through).and_then(<[Change]>::last).map_or(Version(0), |last| last.number);
        let board = applied(Board::load(number, loaded), &changes[through..]);
        prop_assert_eq!(board, applied(Board::default(), &changes));
    }

    #[test]
    fn a_change_that_does_not_follow_changes_nothing(changes in changes(), skipped in 2..9_u64) {
        let mut board = applied(Board::default(), &changes);
        let before = board.clone();
        for number in [board.number(), Version(board.number().0 + skipped), Version(0)] {
            let stray = Change { number, ..changes[0].clone() };
            prop_assert_eq!(board.apply(&stray), Err(Gap { board: before.number(), found: number }));
            prop_assert_eq!(&board, &before);
        }
    }
}
