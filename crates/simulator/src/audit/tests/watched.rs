//! What watchers were shown against what is there.

use super::*;
use crate::{
    history::{ShownFrame, ShownRecord},
    watching::digest,
};

impl World {
    /// Has somebody watch who is shown everything as it came: a whole picture of the first three changes, then one frame for
    /// each change.
    fn watched(mut self) -> Self {
        let mut frames: Vec<ShownFrame> = Vec::new();
        for (number, (key, state)) in (1..).zip(&self.records) {
            let record =
                Record::from_json(&key.parse().expect("a key"), &state.to_string()).expect("a record");
            let wire = protocol::encode::record(&record, Version(number)).expect("it is shown");
            let shown = (key.clone(), ShownRecord { version: number, digest: digest(&wire) });
            match frames.first_mut() {
                Some(first) if number <= 3 => {
                    first.through = number;
                    first.records.extend([shown]);
                }
                Some(_) | None => frames.push(ShownFrame {
                    lineage: Uuid::from_u128(LINEAGE).to_string(),
                    after: number - 1,
                    through: number,
                    is_reset: number == 1,
                    records: [shown].into(),
                }),
            }
        }
        self.watchers.push(WatcherHistory { watcher: "wall".to_owned(), frames });
        self
    }

    fn frames(&mut self) -> &mut Vec<ShownFrame> {
        &mut self.watchers.last_mut().expect("somebody watches").frames
    }

    /// The record of the last frame.
    fn last(&mut self) -> (&String, &mut ShownRecord) {
        let frame = self.frames().last_mut().expect("there are frames");
        frame.records.iter_mut().next().expect("it shows a record")
    }
}

#[tokio::test]
async fn what_was_shown_as_it_is_is_clean() {
    let verdict = World::new().watched().judged(Claim::Everything).await;
    assert!(verdict.is_clean(), "{verdict}");
    assert_eq!((verdict.watchers, verdict.frames, verdict.shown), (1, 8, 10));
    assert_eq!(verdict.lost_of_shown(), 0);
}

#[tokio::test]
async fn a_frame_that_is_missing_is_found_and_a_whole_picture_fills_any_gap() {
    let mut world = World::new().watched();
    world.frames().remove(3);
    world.finds(|finding| matches!(finding, Finding::StreamGap { after: 6, .. })).await;
    world.frames()[3].is_reset = true;
    assert!(world.judged(Claim::Everything).await.is_clean());
    world.frames()[0].is_reset = false;
    world
        .finds(|finding| matches!(finding, Finding::StreamGap { place, .. } if place == "the beginning"))
        .await;
}

#[tokio::test]
async fn a_record_that_is_shown_as_it_was_before_is_found() {
    let mut world = World::new().watched();
    let newest = world.last().0.clone();
    let mut again = world.frames().last().expect("there are frames").clone();
    again.after = again.through;
    world.frames().push(again.clone());
    assert!(world.judged(Claim::Everything).await.is_clean(), "the same may be shown again");
    again.records.values_mut().for_each(|shown| shown.version -= 1);
    world.frames().push(again);
    let is_back = |finding: &Finding| matches!(finding, Finding::ShownBack { key, .. } if *key == newest);
    world.finds(is_back).await;
}

#[tokio::test]
async fn what_was_shown_and_is_lost_is_found() {
    let mut world = World::new().watched();
    let last = world.last().0.clone();
    world.records.remove(&last);
    let is_lost = |finding: &Finding| matches!(finding, Finding::ShownLost { key, .. } if *key == last);
    world.finds(is_lost).await;
    // the store that has forgotten the last change has not come as far either
    assert_eq!(world.judged(Claim::Everything).await.lost_of_shown(), 2);
}

#[tokio::test]
async fn a_version_that_was_shown_and_never_was_is_found() {
    let mut world = World::new().watched();
    let key = world.last().0.clone();
    // the store has written it again since
    let digest = "as it was at another change".to_owned();
    world.frames()[0].records.insert(key.clone(), ShownRecord { version: 1, digest });
    world.finds(|finding| matches!(finding, Finding::ShownLost { key: lost, .. } if *lost == key)).await;
}

#[tokio::test]
async fn a_record_that_was_shown_otherwise_than_it_is_is_found() {
    let mut world = World::new().watched();
    world.last().1.digest = "something else".to_owned();
    world
        .finds(|finding| matches!(finding, Finding::ShownOtherwise { watcher, .. } if watcher == "wall"))
        .await;
    // two who were shown the same change otherwise
    let mut world = World::new().watched().watched();
    world.last().1.digest = "something else".to_owned();
    world.finds(|finding| matches!(finding, Finding::ShownOtherwise { .. })).await;
}

#[tokio::test]
async fn a_line_of_history_that_the_store_has_left_is_found() {
    let mut world = World::new().watched();
    let other = Uuid::from_u128(8).to_string();
    world.frames().iter_mut().for_each(|frame| frame.lineage.clone_from(&other));
    let verdict = world.judged(Claim::Everything).await;
    let is_it = |finding: &Finding| matches!(finding, Finding::HistoryBrokenOff { through: 10, .. });
    assert!(verdict.findings.len() == 1 && verdict.findings.iter().all(is_it), "{verdict}");
    // before a node has loaded anything it shows nothing
    let mut world = World::new().watched();
    let nothing =
        ShownFrame { lineage: other, through: 0, records: BTreeMap::new(), ..world.frames()[0].clone() };
    world.frames().insert(0, nothing);
    assert!(world.judged(Claim::Everything).await.is_clean());
}
