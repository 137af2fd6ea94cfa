//! A real process that is killed: all that it printed as acknowledged is there.

use std::{
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use futures::{executor::block_on, future::join_all};
use journal::{
    Journal,
    disk::{Fault, HookedDisk, RealDisk, SharedDisk, Step},
};

use crate::made::{entries, held, options};

/// Tells this very program to be the process that is killed: the directory, the first number, the failpoint.
const CHILD: &str = "KEZEK_JOURNAL_CHILD";

const STEPS: [Step; 7] = [
    Step::Create,
    Step::Write,
    Step::Written,
    Step::Sync,
    Step::Synced,
    Step::SetLength,
    Step::SyncDirectory,
];

/// Appends until it is killed, from several tasks at once, and prints what was acknowledged.
fn be_the_child(told: &str) {
    let mut words = told.split('|');
    let directory = words.next().unwrap();
    let mut number = || words.next().unwrap().parse::<u64>().unwrap();
    let (first, step, after) = (number(), number(), number());
    let step = STEPS.get(usize::try_from(step).unwrap()).copied();
    let seen = AtomicU64::new(0);
    let disk = HookedDisk::new(Arc::new(RealDisk), move |now, _| {
        if Some(now) == step && seen.fetch_add(1, Ordering::SeqCst) == after {
            std::process::abort();
        }
        Fault::None
    });
    let journal = Journal::open_on(Arc::new(disk), options(Path::new(directory))).unwrap().journal;
    let next = AtomicU64::new(first);
    let one = async || {
        loop {
            let number = next.fetch_add(1, Ordering::SeqCst);
            let sequence = journal.append(held(number, 700)).await.unwrap();
            let line = format!("acknowledged {sequence} {number}\n");
            std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
        }
    };
    block_on(join_all((0..4).map(|_| one())));
}

/// Runs such a process until it has acknowledged so many entries or ends by itself, and gives all it acknowledged.
fn run_and_kill(
    test: &str,
    directory: &Path,
    first: u64,
    step: usize,
    after: u64,
    kill_at: usize,
) -> Vec<(u64, u64)> {
    let told = format!("{}|{first}|{step}|{after}", directory.display());
    let mut command = Command::new(env::current_exe().unwrap());
    let command = command.args(["--exact", test, "--nocapture"]).env(CHILD, told);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut acknowledged = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let Some((_, numbers)) = line.split_once("acknowledged ") else { continue };
        let Some((sequence, number)) = numbers.split_once(' ') else { continue };
        acknowledged.push((sequence.parse().unwrap(), number.parse().unwrap()));
        if acknowledged.len() == kill_at {
            child.kill().unwrap();
        }
    }
    assert!(!child.wait().unwrap().success(), "it was to be killed");
    acknowledged
}

/// What the killed process left is what it acknowledged, and little more. Gives how much there is.
fn check(directory: &Path, acknowledged: &[(u64, u64)]) -> usize {
    let opened = Journal::open(options(directory)).unwrap();
    assert_eq!(opened.damage, Vec::new());
    let disk: SharedDisk = Arc::new(RealDisk);
    let there = entries(&disk, directory);
    for (sequence, number) in acknowledged {
        let found = there.iter().find(|(found, _)| found.as_u64() == *sequence);
        let (_, entry) = found.unwrap_or_else(|| panic!("{sequence} was acknowledged and is lost"));
        assert_eq!(*entry, held(*number, 700));
    }
    there.len()
}

#[test]
fn what_a_process_acknowledged_is_there_whenever_it_is_killed() {
    if let Ok(told) = env::var(CHILD) {
        return be_the_child(&told);
    }
    let test = "killed::what_a_process_acknowledged_is_there_whenever_it_is_killed";
    let directory = tempfile::tempdir().unwrap();
    let mut acknowledged = Vec::new();
    for (round, kill_at) in [1, 40, 7, 90, 23].into_iter().enumerate() {
        let first = round as u64 * 10_000;
        acknowledged.extend(run_and_kill(test, directory.path(), first, STEPS.len(), 0, kill_at));
        let there = check(directory.path(), &acknowledged);
        assert!(there <= acknowledged.len() + 4 * (round + 1), "no more than was in flight each time");
    }
    assert!(acknowledged.len() >= 161);
}

#[test]
fn what_a_process_acknowledged_is_there_when_it_ends_at_any_point_of_a_write() {
    if let Ok(told) = env::var(CHILD) {
        return be_the_child(&told);
    }
    let test = "killed::what_a_process_acknowledged_is_there_when_it_ends_at_any_point_of_a_write";
    for step in 0..STEPS.len() {
        let directory = tempfile::tempdir().unwrap();
        let mut acknowledged = Vec::new();
        for after in 0..4 {
            acknowledged.extend(run_and_kill(
                test,
                directory.path(),
                after * 10_000,
                step,
                after,
                usize::MAX,
            ));
            check(directory.path(), &acknowledged);
        }
    }
}
