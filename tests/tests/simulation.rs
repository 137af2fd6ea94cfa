//! Whole days on virtual time, each from a seed: whatever goes wrong, nothing that must not be is ever true.
//!
//! `SEED=7 cargo test -p tests --test simulation one_day -- --nocapture` plays one day again, change by change the same;
//! `DAYS=5000` lives more of them.

use simulator::day::{Failure, Report, live, planted::Fault};

/// How many days are lived unless `DAYS` says otherwise: about a minute and a half on two cores.
const DAYS: u64 = 200;

/// Over how many tests the days are spread, which run side by side.
const PARTS: usize = 4;

/// Lives one day on a runtime of its own.
fn day(seed: u64, fault: Option<Fault>) -> Result<Report, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .max_blocking_threads(1)
        .build()
        .expect("a runtime of one thread can be made");
    runtime.block_on(Box::pin(live(seed, fault)))
}

/// A number from the environment.
fn given(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("the environment gives a number"))
}

/// Lives every fourth day from the first on.
fn days(first: u64) {
    for seed in (first..=given("DAYS").unwrap_or(DAYS)).step_by(PARTS) {
        if let Err(failure) = day(seed, None) {
            panic!("{failure}");
        }
    }
}

#[test]
fn the_first_quarter_of_the_days() {
    days(1);
}

#[test]
fn the_second_quarter_of_the_days() {
    days(2);
}

#[test]
fn the_third_quarter_of_the_days() {
    days(3);
}

#[test]
fn the_last_quarter_of_the_days() {
    days(4);
}

#[test]
fn one_day() {
    match day(given("SEED").unwrap_or(1), None) {
        Ok(report) => println!("{} changes, {:#?}", report.changes, report.counts),
        Err(failure) => panic!("{failure}"),
    }
}

#[test]
fn the_same_seed_is_the_same_day() {
    for seed in 1_001..1_004 {
        let [one, other] = [1, 2].map(|_| day(seed, None).unwrap_or_else(|failure| panic!("{failure}")));
        let pairs = one.history.iter().zip(&other.history);
        let differs = pairs.enumerate().find(|(_, (one, other))| one != other);
        assert_eq!(differs, None, "day {seed} is not the same day again");
        assert_eq!(one.history.len(), other.history.len());
    }
}

#[test]
fn every_planted_fault_is_found() {
    let faults: [(Fault, &[&str]); 5] = [
        (Fault::ReadsNotChecked, &["had moved on since it was decided"]),
        (Fault::OperationIgnored, &["was done"]),
        (Fault::IndexLeftBehind, &["index"]),
        (Fault::DeadlineDropped, &["nobody noticed"]),
        // whoever looks first finds it: at the board, or at what its watchers were told
        (Fault::ShownBeforeTheStream, &["the board of", "a watcher of"]),
    ];
    for (fault, signs) in faults {
        let found = (1..=30).find_map(|seed| day(seed, Some(fault)).err());
        let failure = found.unwrap_or_else(|| panic!("{fault:?} was not found on thirty days"));
        let is_found = signs.iter().any(|sign| failure.what.contains(sign));
        assert!(is_found, "{fault:?} was found as something else: {}", failure.what);
    }
}
