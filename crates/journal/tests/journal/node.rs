//! The journal as a node uses it: what is held is settled by its own change, and what was followed can be given back.

use std::{path::Path, sync::Arc, time::Duration};

use domain::Version;
use futures::StreamExt as _;
use journal::{
    Entry, Journal, Options,
    disk::{RealDisk, SharedDisk},
};
use store::{Change, Commit, NodeJournal, Settlement, Tail, Waiting};

use crate::made::{ANSWER, LINEAGE, change, change_of, commit, open_sound, operation, options};

fn opened(directory: &Path) -> (Journal, Options, SharedDisk) {
    let disk: SharedDisk = Arc::new(RealDisk);
    let options = options(directory);
    (open_sound(&disk, &options), options, disk)
}

fn changes(entries: impl IntoIterator<Item = Entry>) -> Vec<Change> {
    let changes = entries.into_iter().map(|entry| match entry {
        Entry::Change { change, .. } => change,
        Entry::Held(_) | Entry::Settled { .. } => panic!("a change is needed"),
    });
    changes.collect()
}

#[tokio::test]
async fn what_is_held_waits_until_its_own_change_is_followed_or_it_is_settled() {
    let directory = tempfile::tempdir().unwrap();
    let (journal, options, disk) = opened(directory.path());
    for number in 1..=4 {
        journal.hold(commit(number, 100)).await.unwrap();
    }
    assert_eq!(journal.held(operation(2)).await.unwrap(), Some(commit(2, 100)));
    journal
        .follow(
            LINEAGE,
            changes([
                change(7),
                change_of(8, operation(2), ANSWER),
                // another node answered the same request otherwise
                change_of(9, operation(4), "{}"),
            ]),
        )
        .await
        .unwrap();
    let refused = Settlement::Refused { reason: "people were told".to_owned() };
    journal.settle(operation(3), refused).await.unwrap();
    let waiting: Vec<Commit> = vec![commit(1, 100), commit(4, 100)];
    assert_eq!(NodeJournal::unsettled(&journal, 0, Duration::ZERO).await.unwrap().commits, waiting);
    assert_eq!(journal.held(operation(2)).await.unwrap(), None);
    let followed = changes([change_of(8, operation(2), ANSWER)]).remove(0);
    assert_eq!(journal.followed(operation(2)).await.unwrap(), Some((LINEAGE, followed.clone())));
    assert_eq!(journal.followed(operation(3)).await.unwrap(), None);
    drop(journal);
    let journal = open_sound(&disk, &options);
    assert_eq!(journal.followed(operation(2)).await.unwrap(), Some((LINEAGE, followed)));
    assert_eq!(
        NodeJournal::unsettled(&journal, 0, Duration::ZERO).await.unwrap().commits,
        waiting,
        "also after a restart"
    );
}

#[tokio::test]
async fn what_was_held_a_moment_ago_is_left_to_its_own_change_and_what_an_earlier_run_held_is_not() {
    const LONG: Duration = Duration::from_secs(3_600);
    let directory = tempfile::tempdir().unwrap();
    let (journal, options, disk) = opened(directory.path());
    journal.hold(commit(1, 100)).await.unwrap();
    let waiting = NodeJournal::unsettled(&journal, 0, LONG).await.unwrap();
    assert_eq!(waiting, Waiting { younger: true, ..Waiting::default() });
    drop(journal);
    let journal = open_sound(&disk, &options);
    journal.hold(commit(2, 100)).await.unwrap();
    let waiting = NodeJournal::unsettled(&journal, 0, LONG).await.unwrap();
    assert_eq!((waiting.commits, waiting.younger), (vec![commit(1, 100)], true));
    let waiting = NodeJournal::unsettled(&journal, 0, Duration::ZERO).await.unwrap();
    assert_eq!((waiting.commits, waiting.younger), (vec![commit(1, 100), commit(2, 100)], false));
}

#[tokio::test]
async fn what_was_followed_without_a_gap_can_be_given_back_from_any_place() {
    let directory = tempfile::tempdir().unwrap();
    let (journal, options, disk) = opened(directory.path());
    assert_eq!(journal.tail(), None);
    journal.follow(LINEAGE, changes((1..=20).map(change))).await.unwrap();
    // it was away, and what it missed was trimmed
    for first in (31..=400).step_by(37) {
        journal.follow(LINEAGE, changes((first..first + 37).map(change))).await.unwrap();
    }
    let last = changes([change(400)]).remove(0).operation;
    let tail = Tail { lineage: LINEAGE, first: Version(31), last: Version(400), operation: last };
    assert_eq!(journal.tail(), Some(tail));
    drop(journal);
    let journal = open_sound(&disk, &options);
    assert_eq!(journal.tail(), Some(tail), "also after a restart");
    assert!(journal.status().segments > 3, "they are spread over segments");
    for after in [30, 31, 199, 399, 400] {
        let given: Vec<Change> = journal.changes_after(Version(after)).collect().await;
        assert_eq!(given, changes((after + 1..=400).map(change)), "after {after}");
    }
    let missing: Vec<Change> = journal.changes_after(Version(12)).collect().await;
    assert_eq!(missing, Vec::new(), "what cannot be given back whole is not given at all");
}
