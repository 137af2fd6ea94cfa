//! The power is cut at every point of random histories, and nothing that was acknowledged is lost.

use std::{collections::BTreeSet, path::Path, sync::Arc, time::Duration};

use futures::executor::block_on;
use journal::{Entry, Journal, Kind, Opened, Options, Sequence, disk::SharedDisk};
use proptest::{collection::vec, prelude::*};

use crate::{
    made::{change, entries, held, options, settled},
    power_disk::{Chance, PowerDisk},
};

/// One thing done to a journal.
#[derive(Clone, Debug)]
enum Act {
    Hold {
        bytes: usize,
    },
    Follow {
        changes: usize,
    },
    /// Settles the call that was held this many before.
    Settle {
        back: u64,
    },
    Reopen,
    Retire,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => (0..3_000_usize).prop_map(|bytes| Act::Hold { bytes }),
        3 => (1..6_usize).prop_map(|changes| Act::Follow { changes }),
        3 => (0..4_u64).prop_map(|back| Act::Settle { back }),
        1 => Just(Act::Reopen),
        1 => Just(Act::Retire),
    ];
    vec(act, 1..16)
}

/// What a client of the journal knows when the power goes.
#[derive(Debug, Default)]
struct Known {
    /// Everything that was told to the journal.
    told: Vec<Entry>,
    /// What was acknowledged.
    acknowledged: Vec<(Sequence, Entry)>,
    /// Up to where segments may be gone.
    retired: Sequence,
}

fn settings() -> Options {
    let directory = Path::new("/journal");
    Options { segment_bytes: 12 * 1024, keep: Duration::from_secs(1), ..options(directory) }
}

/// Does all of it, until the power goes.
fn live(disk: &PowerDisk, acts: &[Act]) -> Known {
    let mut known = Known::default();
    let shared: SharedDisk = Arc::new(disk.clone());
    let open = || Journal::open_on(Arc::clone(&shared), settings()).ok().map(|opened| opened.journal);
    let Some(mut journal) = open() else { return known };
    let (mut calls, mut changes) = (0, 0);
    for act in acts {
        let entries = match act {
            Act::Hold { bytes } => {
                calls += 1;
                vec![held(calls, *bytes)]
            }
            Act::Follow { changes: count } => {
                let first = changes + 1;
                changes += *count as u64;
                (first..=changes).map(change).collect()
            }
            Act::Settle { back } => vec![settled(calls.saturating_sub(*back))],
            Act::Reopen => {
                drop(journal);
                let Some(again) = open() else { return known };
                journal = again;
                continue;
            }
            Act::Retire => {
                disk.advance(10_000);
                let retired = journal.retire(|summary| {
                    known.retired = summary.last;
                    true
                });
                if retired.is_err() {
                    return known;
                }
                continue;
            }
        };
        known.told.extend(entries.clone());
        match block_on(journal.append_all(entries.clone())) {
            Ok(sequences) => known.acknowledged.extend(sequences.into_iter().zip(entries)),
            Err(_) => return known,
        }
    }
    known
}

/// Looks whether the journal on this disk is what the client knows, after a power cut and after one more.
fn check(disk: PowerDisk, known: &Known, chance: &mut Chance) {
    let directory = settings().directory;
    let shared: SharedDisk = Arc::new(disk.clone());
    let Opened { journal, damage, torn: _, strangers } =
        Journal::open_on(Arc::clone(&shared), settings()).unwrap();
    assert!(damage.is_empty(), "a power cut damages nothing that was acknowledged: {damage:?}");
    assert!(strangers.is_empty(), "{strangers:?}");
    let found = entries(&shared, &directory);
    assert!(found.is_sorted_by(|first, second| first.0 < second.0));
    for (sequence, entry) in known.acknowledged.iter().filter(|(sequence, _)| *sequence > known.retired) {
        assert!(found.contains(&(*sequence, entry.clone())), "{sequence} was acknowledged and is lost");
    }
    let acknowledged: BTreeSet<Sequence> = known.acknowledged.iter().map(|(sequence, _)| *sequence).collect();
    let mut unacknowledged: Vec<Entry> = known.told[known.acknowledged.len()..].to_vec();
    for (sequence, entry) in found.iter().filter(|(sequence, _)| !acknowledged.contains(sequence)) {
        let told = unacknowledged.iter().position(|told| told == entry);
        unacknowledged.remove(told.unwrap_or_else(|| panic!("{sequence} was never told, or once only")));
    }
    let waiting: Vec<(Sequence, Entry)> = journal
        .unsettled(Sequence::NONE, usize::MAX)
        .unwrap()
        .into_iter()
        .map(|(sequence, commit)| (sequence, Entry::Held(commit)))
        .collect();
    assert_eq!(waiting, unsettled_in(&found));
    let again = PowerDisk::restarted(&disk, Chance::new(chance.below(u64::MAX)));
    let again: SharedDisk = Arc::new(again);
    let opened = Journal::open_on(Arc::clone(&again), settings()).unwrap();
    assert!(opened.damage.is_empty(), "{:?}", opened.damage);
    assert_eq!(
        entries(&again, &directory),
        found,
        "what was read after one power cut is gone after the next"
    );
}

fn unsettled_in(found: &[(Sequence, Entry)]) -> Vec<(Sequence, Entry)> {
    let mut waiting: Vec<(Sequence, Entry)> = Vec::new();
    for (sequence, entry) in found {
        match entry {
            Entry::Held(_) => waiting.push((*sequence, entry.clone())),
            // the changes of these histories were never held
            Entry::Change { .. } => {}
            Entry::Settled { operation, .. } => waiting
                .retain(|(_, held)| !matches!(held, Entry::Held(commit) if commit.operation == *operation)),
        }
    }
    waiting
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_power_cut_at_any_point_of_any_history_loses_nothing_acknowledged(acts in acts(), seed in 1..u64::MAX) {
        let whole = PowerDisk::default();
        let known = live(&whole, &acts);
        prop_assert_eq!(known.acknowledged.len(), known.told.len(), "with power everything is acknowledged");
        let mut chance = Chance::new(seed);
        for step in 0..=whole.steps() {
            let disk = PowerDisk::cut_at(step);
            let known = live(&disk, &acts);
            check(disk.restarted(Chance::new(seed ^ step)), &known, &mut chance);
        }
    }
}

#[test]
fn an_entry_that_was_in_flight_when_the_power_went_is_there_once_at_most() {
    let mut seen = BTreeSet::new();
    for seed in 1..200 {
        let whole = PowerDisk::default();
        live(&whole, &[Act::Hold { bytes: 2_000 }]);
        for step in 0..=whole.steps() {
            let disk = PowerDisk::cut_at(step);
            live(&disk, &[Act::Hold { bytes: 2_000 }]);
            let after: SharedDisk = Arc::new(disk.restarted(Chance::new(seed)));
            let journal = Journal::open_on(Arc::clone(&after), settings()).unwrap().journal;
            let there = entries(&after, &settings().directory);
            assert!(there.iter().all(|(_, entry)| entry.kind() == Kind::Held && *entry == held(1, 2_000)));
            assert_eq!(journal.status().unsettled, there.len());
            seen.insert(there.len());
        }
    }
    assert_eq!(seen, BTreeSet::from([0, 1]), "chance was to show both");
}
