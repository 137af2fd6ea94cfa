//! A centre that kills itself at each named point on the way of a call loses no call and sends no unit twice; and a caller who
//! repeats a call without its id takes it twice, which the audit finds.

use std::{os::unix::process::ExitStatusExt as _, path::Path, time::Duration};

use protocol::record::v1::Durability;
use server::Configuration;
use simulator::{
    audit::{Claim, Finding, Verdict},
    crowd::Crowd,
    faults::Machinery as _,
};

use crate::{
    access,
    callers::{Callers, Forgetful, Wall},
    centre::{Mischief, TownCentre},
    city::Town,
    options,
    points::{Kill, Point, Wanted},
    verdict,
};

/// Longest wait for what happens as soon as calls come in.
const SOON: Duration = Duration::from_secs(60);

/// Longest wait for the people to come to an end with what came in.
const QUIET: Duration = Duration::from_secs(180);

#[tokio::test(flavor = "multi_thread")]
async fn a_centre_killed_at_each_point_of_a_calls_way_loses_no_call_and_sends_no_unit_twice() {
    let mut centre = TownCentre::start_as(Town::new(200), patient, told_where).await;
    let access = access(&centre);
    let crowd = options("named", 5).crowd.expect("people live here");
    let crowd = Crowd::gather(&access, crowd).await.expect("everybody comes to work");
    let callers = Callers::new(&access, &centre.town.trace);
    let calling = callers.begin(3);
    for (passing, point) in (2..).zip(Point::ALL) {
        callers.one_took().await;
        centre.wanted().order(Kill { point, passing });
        dies_at(&mut centre, point).await;
        start(&mut centre).await;
    }
    // right after an answer came
    callers.one_took().await;
    centre.process.kill_centre().await.expect("a child can be killed");
    start(&mut centre).await;
    callers.stop();
    calling.join_all().await;
    assert!(crowd.quiet(QUIET).await, "{:#?}", crowd.still_open());
    access.histories().settled().await.expect("the histories are written");
    let verdict = verdict(&mut centre, Claim::ShortRun).await;
    crowd.go_home().await;
    assert!(verdict.is_clean(), "{verdict}{}", centre.process.last_words());
    assert_eq!((verdict.lost(), verdict.double(), verdict.lost_of_shown()), (0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_repeats_a_call_without_its_id_is_found() {
    let verdict = repeated(Memory::Forgets).await;
    let is_twice = |finding: &Finding| matches!(finding, Finding::CallTwice { .. });
    assert!(verdict.findings.iter().any(is_twice), "{verdict}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_repeats_a_call_under_its_id_takes_it_once() {
    let verdict = repeated(Memory::Keeps).await;
    assert!(verdict.is_clean(), "{verdict}");
}

/// A centre that waits for its Redis, which is never away here: one that is slow for a moment must not make an answer another
/// one.
fn patient(configuration: Configuration) -> Configuration {
    Configuration { store_wait_ms: 30_000, ..configuration }
}

/// Whether a caller keeps the id of a request until it is answered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Memory {
    Keeps,
    Forgets,
}

/// A centre dies before the answer to a call leaves, and the caller calls again.
async fn repeated(memory: Memory) -> Verdict {
    let mut centre = TownCentre::start_as(Town::new(10), patient, told_where).await;
    let access = access(&centre);
    let (callers, wall) = (Callers::new(&access, &centre.town.trace), Wall::new(&access));
    callers.take().await;
    centre.wanted().order(Kill { point: Point::BeforeAnswer, passing: 1 });
    let request = callers.next();
    let asking = async {
        match memory {
            Memory::Keeps => callers.take_as(request.clone()).await,
            Memory::Forgets => callers.take_as(Forgetful::new(request.clone())).await,
        }
    };
    let dying = async {
        dies_at(&mut centre, Point::BeforeAnswer).await;
        start(&mut centre).await;
    };
    tokio::join!(asking, dying);
    // one that is answered and asked for again is the same call, or the audit would prove nothing of repeats
    let last = callers.take_some(1, Durability::Stored).await;
    wall.shows(&last).await;
    access.histories().settled().await.expect("the histories are written");
    verdict(&mut centre, Claim::Intake).await
}

/// A centre that may be told where to kill itself.
fn told_where(root: &Path) -> Mischief {
    Mischief { kill: Some(Wanted::in_directory(root)), ..Mischief::default() }
}

async fn start(centre: &mut TownCentre) {
    centre.process.start().await.unwrap_or_else(|error| panic!("{error}"));
}

/// Waits until the centre killed itself, and looks whether it was there that it did.
async fn dies_at(centre: &mut TownCentre, point: Point) {
    let ended = tokio::time::timeout(SOON, centre.process.ended()).await;
    let ended =
        ended.unwrap_or_else(|_| panic!("{point:?} is never passed; {}", centre.process.last_words()));
    let status = ended.expect("a child can be waited for").expect("it ran");
    let (mark, words) = (centre.wanted().take_mark(), centre.process.last_words());
    assert_eq!((status.signal(), mark), (Some(9), Some(format!("{point:?}"))), "{words}");
}
