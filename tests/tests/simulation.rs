//! Days on virtual time, each from a seed: whatever goes wrong, nothing that must not be is ever true.
//!
//! Most are a rush: thirty calls within minutes, and something that breaks every few seconds. A few are whole days of 24
//! hours with a call now and then, on which the stream is trimmed, long holds end, and a server's own archiver moves what
//! is over out of the store.
//!
//! `SEED=7 cargo test -p tests --test simulation one_rush -- --nocapture` plays one rush again, change by change the same,
//! and `one_whole_day` one whole day, with as many calls as `CALLS` says; `RUSHES=5000` and `WHOLE_DAYS=50` live more of them.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use domain::Seconds;
use futures::future::BoxFuture;
use operations::ControlRoom;
use redis_store::Archive;
use simulator::day::{Day, Failure, Report, archivist::Archivist, live, planted::Fault};
use tempfile::TempDir;

/// How many rushes are lived unless `RUSHES` says otherwise: about a minute on two cores.
const RUSHES: u64 = 216;

/// Over how many tests the rushes are spread, which run side by side.
const PARTS: usize = 4;

/// The whole days that are lived in three tests; on the last an older copy of the store is put back. `WHOLE_DAYS` says how
/// many more, from the first seed on.
const WHOLE_DAYS: [u64; 3] = [1, 5, 6];

/// What is over leaves the store after so long, so that most of a day does before it ends.
const ARCHIVED_AFTER: Seconds = Seconds(2 * 3600);

/// The causes of the changes by which each kind of deadline is noticed.
const DEADLINES: [&str; 10] = [
    "alarm_escalated",
    "call_back_due",
    "call_unanswered",
    "crew_stand_down_unconfirmed",
    "crew_unanswered",
    "desk_stand_down_unconfirmed",
    "desk_unanswered",
    "hold_over",
    "nobody_sent",
    "queue_age",
];

/// The archiver of a server, with a folder for each node.
struct Server {
    folder: TempDir,
}

impl Server {
    fn archivist() -> Arc<dyn Archivist> {
        Arc::new(Self { folder: tempfile::tempdir().expect("a directory") })
    }

    fn folder(&self, node: &str) -> PathBuf {
        self.folder.path().join(node)
    }
}

impl Archivist for Server {
    fn archive(&self, node: &'static str, room: ControlRoom) -> BoxFuture<'static, ()> {
        Box::pin(server::archive(room, self.folder(node), ARCHIVED_AFTER))
    }

    fn lines(&self) -> Result<Vec<String>, String> {
        let mut lines = Vec::new();
        for node in simulator::day::city::NODES {
            let folder = self.folder(node);
            for day in Archive::days(&folder).map_err(|error| error.to_string())? {
                lines.extend(Archive::read(&folder, day).map_err(|error| error.to_string())?.records);
            }
        }
        Ok(lines)
    }
}

/// Lives one day on a runtime of its own.
fn lived(day: Day) -> Result<Report, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .max_blocking_threads(1)
        .build()
        .expect("a runtime of one thread can be made");
    runtime.block_on(Box::pin(live(day)))
}

fn well_lived(day: Day) -> Report {
    lived(day).unwrap_or_else(|failure| panic!("{failure}"))
}

fn whole_day(seed: u64) -> Report {
    let calls = given("CALLS").map(|calls| usize::try_from(calls).expect("a day has few calls"));
    well_lived(Day { calls, ..Day::whole(seed, Server::archivist()) })
}

/// A number from the environment.
fn given(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("the environment gives a number"))
}

/// Lives every fourth rush from the first on, and goes on for as long again at most until every kind of deadline has passed
/// in them, and was noticed: the rarest passes once in some fifty rushes.
fn rushes(first: u64) {
    let wanted = given("RUSHES");
    let last = wanted.unwrap_or(RUSHES);
    let mut causes: BTreeMap<String, usize> = BTreeMap::new();
    let never = |causes: &BTreeMap<String, usize>| {
        DEADLINES.into_iter().filter(|cause| !causes.contains_key(*cause)).collect::<Vec<_>>()
    };
    for seed in (first..=2 * last).step_by(PARTS) {
        if seed > last && (wanted.is_some() || never(&causes).is_empty()) {
            break;
        }
        let report = well_lived(Day::rush(seed));
        report.causes.into_iter().for_each(|(cause, count)| *causes.entry(cause).or_default() += count);
    }
    let never = never(&causes);
    assert!(never.is_empty() || wanted.is_some(), "no deadline of these kinds passed: {never:?}");
}

/// Lives a whole day on which there is what only a whole day has.
fn full_whole_day(seed: u64) -> Report {
    let report = whole_day(seed);
    for what in ["records archived", "streams were trimmed under a node"] {
        assert!(report.counts.get(what).is_some_and(|count| *count > 0), "day {seed}: {what}: none");
    }
    assert!(report.causes.contains_key("hold_over"), "day {seed}: no hold ended by its time");
    report
}

#[test]
fn the_first_quarter_of_the_rushes() {
    rushes(1);
}

#[test]
fn the_second_quarter_of_the_rushes() {
    rushes(2);
}

#[test]
fn the_third_quarter_of_the_rushes() {
    rushes(3);
}

#[test]
fn the_last_quarter_of_the_rushes() {
    rushes(4);
}

#[test]
fn the_first_whole_day() {
    full_whole_day(WHOLE_DAYS[0]);
}

#[test]
fn the_second_whole_day() {
    full_whole_day(WHOLE_DAYS[1]);
}

#[test]
fn a_whole_day_on_which_an_older_copy_is_put_back() {
    let report = full_whole_day(WHOLE_DAYS[2]);
    assert!(report.counts.contains_key("old copies put back"), "{:?}", report.counts);
}

/// Lives more whole days only if it is asked for them.
#[test]
fn more_whole_days() {
    (1..=given("WHOLE_DAYS").unwrap_or(0)).for_each(|seed| drop(whole_day(seed)));
}

#[test]
fn one_rush() {
    tell(&well_lived(Day::rush(given("SEED").unwrap_or(1))));
}

/// Lives a whole day only if it is asked for one: the others are lived above.
#[test]
fn one_whole_day() {
    given("SEED").into_iter().for_each(|seed| tell(&whole_day(seed)));
}

fn tell(report: &Report) {
    eprintln!("{} changes, {:#?}, {:#?}", report.changes, report.counts, report.causes);
}

#[test]
fn the_same_seed_is_the_same_day() {
    for seed in 1_001..1_004 {
        let [one, other] = [1, 2].map(|_| well_lived(Day::rush(seed)));
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
        let found = (1..=30).find_map(|seed| lived(Day { fault: Some(fault), ..Day::rush(seed) }).err());
        let failure = found.unwrap_or_else(|| panic!("{fault:?} was not found on thirty days"));
        let is_found = signs.iter().any(|sign| failure.what.contains(sign));
        assert!(is_found, "{fault:?} was found as something else: {}", failure.what);
    }
}
