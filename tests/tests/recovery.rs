//! What dies at a moment nobody chose costs no call and sends no unit twice: a centre in a process of its own is killed
//! with signal 9, or its Redis, or both, while calls come in and crews drive, or its Redis hangs; then the audit reads what is
//! left.
//!
//! The process is this very test binary, started again to run [`a_centre_in_a_process_of_its_own`]: it serves exactly
//! what `kezek serve` serves, needs no other package to be built first, and dies as any process does. The clock runs at
//! its real rate, tied to the store's, and the people hurry instead.

#[path = "recovery/callers.rs"]
mod callers;
#[path = "recovery/centre.rs"]
mod centre;
#[path = "recovery/city.rs"]
mod city;
#[path = "recovery/named.rs"]
mod named;
#[path = "recovery/planted.rs"]
mod planted;
#[path = "recovery/platters.rs"]
mod platters;
#[path = "recovery/points.rs"]
mod points;
#[path = "recovery/power.rs"]
mod power;

use std::time::Duration;

use simulator::{
    audit::{self, Claim, Verdict},
    connection::{Access, demo_minter},
    crowd::CrowdOptions,
    faults::{self, FaultPlan, FaultReport, OutagePlan, OutageReport, Victim},
    history::{Histories, read_all},
    laws::{Laws, Seed},
    pace::Pace,
    replay::{ReplayOptions, Spacing, replay},
};

use centre::{TownCentre, serve_if_asked};
use city::Town;

/// How many times faster than life everybody is: an incident takes seconds.
const HURRY: f64 = 100.0;

/// Kills in one test: enough to fall into intake, dispatch and recovery; a command does twenty.
const KILLS: u32 = 3;

/// How long Redis is away in a test: a dozen calls come in meanwhile; a command has it away for a minute.
const AWAY: Duration = Duration::from_secs(3);

/// Not a test of its own: the centre that the others start and kill.
#[tokio::test(flavor = "multi_thread")]
async fn a_centre_in_a_process_of_its_own() {
    serve_if_asked().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_without_faults_passes_the_audit_with_teeth() {
    let mut centre = TownCentre::start(Town::new(90)).await;
    let (access, options) = (access(&centre), options("calm", 1));
    let report = replay(&access, &centre.town.trace, &options, |_| {}).await.expect("the replay runs");
    let verdict = verdict(&mut centre, Claim::Everything).await;
    assert!(
        verdict.is_clean() && report.not_ended().is_none(),
        "{report}\n{verdict}\n{}",
        centre.process.last_words()
    );
    assert_eq!((report.calls_in, verdict.calls_found), (90, 90), "{report}\n{verdict}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_centre_loses_no_call_and_sends_no_unit_twice() {
    survives(Victim::Kezek, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_redis_loses_no_call_and_sends_no_unit_twice() {
    survives(Victim::Redis, 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_killed_at_once_lose_no_call_and_send_no_unit_twice() {
    survives(Victim::Both, 4).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_come_in_while_redis_is_away_are_in_it_when_it_is_back() {
    let mut centre = TownCentre::start(Town::new(40)).await;
    let access = access(&centre);
    let mut options = options("away", 6);
    // whoever asks again is answered as before, also while nobody can ask Redis
    options.crowd.as_mut().expect("people live here").laws.repeated = 0.5;
    let plan = OutagePlan::new(AWAY, Seed(6));
    let trace = centre.town.trace.clone();
    let ran = faults::run_with_outage(&access, &trace, &options, &plan, &mut centre.process, |_| {}).await;
    let OutageReport { outage, replay } =
        ran.unwrap_or_else(|error| panic!("{error:?}\n{}", centre.process.last_words()));
    let verdict = verdict(&mut centre, Claim::ShortRun).await;
    assert!(verdict.is_clean(), "{replay}{verdict}{}", centre.process.last_words());
    assert_eq!((replay.calls_in, verdict.calls_found), (40, 40), "{replay}{verdict}");
    assert_eq!((verdict.lost(), verdict.double(), verdict.lost_of_shown()), (0, 0, 0), "{verdict}");
    // whoever called meanwhile was answered by the journal
    assert!(verdict.calls_journaled >= outage.taken_meanwhile / 2, "{outage:?}\n{verdict}");
}

/// Replays a short trace while the victim is killed, and asks the audit.
async fn survives(victim: Victim, seed: u64) {
    let mut centre = TownCentre::start(Town::new(60)).await;
    let (access, options) = (access(&centre), options("killed", seed));
    let plan = FaultPlan::new(victim, KILLS, Seed(seed));
    let trace = centre.town.trace.clone();
    let ran = faults::run(&access, &trace, &options, &plan, &mut centre.process, |_| {}).await;
    let report: FaultReport =
        ran.unwrap_or_else(|error| panic!("{error:?}\n{}", centre.process.last_words()));
    let verdict = verdict(&mut centre, Claim::ShortRun).await;
    let replays: String = report.replays.iter().map(ToString::to_string).collect();
    assert_eq!(report.kills.len(), KILLS as usize, "{:?}", report.kills);
    assert!(verdict.is_clean(), "{replays}{verdict}{}", centre.process.last_words());
    let taken: u64 = report.replays.iter().map(|replay| replay.calls_in).sum();
    assert_eq!((taken, verdict.lost(), verdict.double()), (verdict.calls_found, 0, 0), "{replays}{verdict}");
}

/// How the simulated people reach the centre.
fn access(centre: &TownCentre) -> Access {
    let histories = Histories::create(&centre.histories()).expect("a directory for histories");
    let minter = demo_minter(centre.keys.clone(), "kezek", "kezek");
    Access::new(centre.endpoint(), centre.town.directory.centre.clone(), minter, Pace::REAL, histories)
}

/// A replay of people in a hurry.
fn options(run: &str, seed: u64) -> ReplayOptions {
    // so few people decide in so short a day that at the usual share now and then nobody would be in anybody's way
    let laws = Laws { raced: 0.5, ..Laws::default().hurried(HURRY) };
    let crowd = CrowdOptions { seed: Seed(seed), laws, ..CrowdOptions::default() };
    ReplayOptions {
        spacing: Spacing::Scaled(1.0),
        crowd: Some(crowd),
        patience: Duration::from_secs(60),
        ..ReplayOptions::new(run, Seed(seed))
    }
}

/// Ends the centre and judges what it leaves.
async fn verdict(centre: &mut TownCentre, claim: Claim) -> Verdict {
    let known = read_all(&centre.histories()).expect("the histories can be read");
    let remains = centre.remains().await;
    let archive = remains.archive().expect("the archive can be read");
    let verdict = audit::audit(remains.store(), &known, &archive, claim).await;
    remains.close().await.expect("Redis ends");
    verdict.expect("the evidence can be read")
}
