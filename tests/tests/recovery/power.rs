//! The power of a serving node is cut while its Redis is away, and the Redis comes back as an older copy, or empty. Nothing that
//! was acknowledged or shown is lost; and with a bug planted in the centre the very same day loses something, and the audit
//! says what.

use protocol::record::v1::Durability;
use redis_store::scratch::{DataCopy, Scratch};
use simulator::{
    audit::{Claim, Finding, Verdict},
    faults::Machinery as _,
};

use crate::{
    access,
    callers::{Callers, Wall},
    centre::TownCentre,
    city::Town,
    planted::Bug,
    verdict,
};

/// How Redis comes back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Back {
    Older,
    Empty,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_with_a_redis_gone_back_loses_nothing_acknowledged_or_shown() {
    let verdict = power_cut(Back::Older, None).await;
    assert!(verdict.is_clean(), "{verdict}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_with_a_redis_come_back_empty_loses_nothing_acknowledged_or_shown() {
    let verdict = power_cut(Back::Empty, None).await;
    assert!(verdict.is_clean(), "{verdict}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_acknowledged_before_its_fsync_is_found() {
    let verdict = power_cut(Back::Older, Some(Bug::AcknowledgesBeforeFsync)).await;
    assert!(verdict.lost() > 0, "{verdict}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_the_journal_dropped_after_its_ok_is_found() {
    let verdict = power_cut(Back::Older, Some(Bug::DropsAfterOk)).await;
    // what was shown was followed, and the journal gave that back
    assert!(verdict.lost() > 0 && verdict.lost_of_shown() == 0, "{verdict}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_shown_before_its_fsync_is_found() {
    let verdict = power_cut(Back::Older, Some(Bug::ShowsBeforeFsync)).await;
    let is_lost = |finding: &Finding| matches!(finding, Finding::ShownLost { .. });
    assert!(verdict.findings.iter().any(is_lost), "{verdict}");
}

/// A day that ends with the power: calls that the store has and a wall shows, calls that the journal alone has, and then all that
/// was not fsynced is gone, and all that Redis had since a copy.
async fn power_cut(back: Back, bug: Option<Bug>) -> Verdict {
    let mut redis = Scratch::start().await.expect("Redis starts");
    let empty = copied(&mut redis).await;
    let mut centre = TownCentre::over(&redis, Town::new(40), bug).await;
    let access = access(&centre);
    let (callers, wall) = (Callers::new(&access, &centre.town.trace), Wall::new(&access));
    callers.take_some(4, Durability::Stored).await;
    let older = copied(&mut redis).await;
    centre.process.start().await.expect("the centre follows Redis again");
    callers.take_until_stored().await;
    let stored = callers.take_some(8, Durability::Stored).await;
    wall.shows(&stored).await;
    redis.stop().await.expect("Redis stops");
    callers.take_some(6, Durability::Journaled).await;
    centre.process.kill_centre().await.expect("a child can be killed");

    centre.cut_power();
    let copy = match back {
        Back::Older => &older,
        Back::Empty => &empty,
    };
    redis.put_back(copy).expect("files can be copied");
    redis.run().await.expect("Redis starts");
    centre.plan(|mischief| mischief.bug = None);
    centre.process.start().await.unwrap_or_else(|error| panic!("{error}"));
    wall.shows(&[callers.take_until_stored().await]).await;
    access.histories().settled().await.expect("the histories are written");
    verdict(&mut centre, Claim::Intake).await
}

/// What it holds now; it runs on.
async fn copied(redis: &mut Scratch) -> DataCopy {
    redis.stop().await.expect("Redis stops");
    let copy = redis.copy().expect("files can be copied");
    redis.run().await.expect("Redis starts");
    copy
}
