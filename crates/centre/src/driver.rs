//! The task that owns a centre: it follows the store, tells positions and who is there, and keeps the mark of what was seen.

mod follower;
mod keeping;
mod load;
pub(crate) mod readable;
mod rescue;
mod restoring;

use std::{collections::BTreeMap, sync::Arc, sync::atomic::Ordering, time::Duration};

use domain::{Priority, desk::DeskLink};
use jiff::Timestamp;
use tokio::time::Instant;

use crate::{
    handle::{CentreConfig, Shared},
    limits,
    picture::Picture,
    presence::{self, Sight},
};

use follower::Follower;

/// Runs a centre until it is dropped.
pub(crate) async fn run(shared: Arc<Shared>, config: CentreConfig) {
    describe_metrics();
    let follower = Follower::new(Arc::clone(&shared), config.clone());
    futures::join!(
        follower.follow_for_ever(),
        tell_positions(&shared, &config),
        tell_presence(&shared, &config),
        keep_mark(&config),
        pace(&shared),
        measure(&shared),
    );
}

/// Tells the store the positions reported here and takes in those of other nodes, once a second in one call.
async fn tell_positions(shared: &Shared, config: &CentreConfig) {
    loop {
        let batch: Vec<_> = {
            let mut reported = shared.reported.lock().expect("nothing panics while it holds the positions");
            std::mem::take(&mut *reported).into_values().collect()
        };
        match config.store.positions(batch).await {
            Ok(known) => shared.take_positions(known),
            // they are not told again: the next report of each unit is newer, and this node shows them meanwhile
            Err(error) => tracing::debug!(%error, "positions could not be told"),
        }
        // also those that were reported here since the last time: watchers hear of positions once a second
        shared.stir();
        tokio::time::sleep(limits::POSITIONS_EVERY).await;
    }
}

/// Tells the store which duty desks have somebody at this node and sees those of all nodes, once a second in one call;
/// none is made where nobody is and nobody looks.
async fn tell_presence(shared: &Shared, config: &CentreConfig) {
    loop {
        let here = presence::here(shared);
        if !here.is_empty() || shared.sight.receiver_count() > 0 {
            match config.store.presence(here).await {
                Ok(presence) => {
                    shared.sight.send_replace(Some(Sight { presence, seen_at: Instant::now() }));
                }
                // whoever looks sees nothing meanwhile, and calls nobody gone for that
                Err(error) => tracing::debug!(%error, "it could not be told who is there"),
            }
        }
        tokio::time::sleep(limits::PRESENCE_EVERY).await;
    }
}

/// Makes the mark of what was seen safe on disk, off this task because a disk may be slow.
async fn keep_mark(config: &CentreConfig) {
    loop {
        tokio::time::sleep(limits::SEEN_MARK_EVERY).await;
        if config.seen.is_safe() {
            continue;
        }
        let seen = Arc::clone(&config.seen);
        match tokio::task::spawn_blocking(move || seen.sync()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "what was seen is not safe on disk");
            }
            Err(error) => tracing::error!(%error, "what was seen is not safe on disk"),
        }
    }
}

/// Wakes watchers and timers when something was applied: at once while few watch, in ticks when many do.
async fn pace(shared: &Shared) {
    let mut applied = shared.applied.subscribe();
    loop {
        if applied.changed().await.is_err() {
            return;
        }
        shared.stir();
        // of those who were woken the last time and read
        let on_time = shared.on_time.swap(0, Ordering::Relaxed);
        let tick = tick(on_time.min(shared.watchers.load(Ordering::Relaxed)));
        if !tick.is_zero() {
            tokio::time::sleep(tick).await;
        }
    }
}

fn tick(watchers: usize) -> Duration {
    let beyond = watchers.saturating_sub(limits::TICK_WATCHERS_MIN) / limits::TICK_WATCHERS_STEP;
    limits::TICK.saturating_mul(u32::try_from(beyond).unwrap_or(u32::MAX)).min(limits::TICK_MAX)
}

/// Shows the size of the board and the state of the queue once a second.
async fn measure(shared: &Shared) {
    loop {
        let now = shared.clock.now();
        let (records, queue, desks) = {
            let picture = &shared.live().picture;
            let mut queue = [(0_u32, 0.0_f64); Priority::LEAST.get() as usize];
            for (priority, since, _) in picture.board.queue() {
                let (length, oldest) = &mut queue[usize::from(priority.get()) - 1];
                *length += 1;
                *oldest = oldest.max(now.duration_since(*since).as_secs_f64());
            }
            (picture.board.len(), queue, desks_by_link(picture))
        };
        metrics::gauge!("kezek_board_records").set(records as f64);
        for (place, (length, oldest)) in queue.into_iter().enumerate() {
            let priority = (place + 1).to_string();
            metrics::gauge!("kezek_queue_length", "priority" => priority.clone()).set(length);
            metrics::gauge!("kezek_queue_oldest_seconds", "priority" => priority).set(oldest);
        }
        for (link, count) in desks {
            metrics::gauge!("kezek_desks", "link" => link).set(count);
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// How many stations of the directory have a desk with each link.
fn desks_by_link(picture: &Picture) -> BTreeMap<&'static str, u32> {
    let down = DeskLink::Down { since: Timestamp::UNIX_EPOCH };
    let mut desks: BTreeMap<_, u32> =
        [DeskLink::Unknown, DeskLink::Up, down].map(|link| (link.as_str(), 0)).into();
    for station in picture.directory.iter().flat_map(|in_force| in_force.directory.stations.keys()) {
        let link = picture.board.desks().get(station).map(|held| held.record.link).unwrap_or_default();
        *desks.entry(link.as_str()).or_default() += 1;
    }
    desks
}

/// Why a watcher is told the whole picture anew.
const RESET_CAUSES: [&str; 6] = ["overtaken", "trimmed", "ahead", "lineage", "reload", "damaged"];

fn describe_metrics() {
    for cause in RESET_CAUSES {
        // a counter that is not there before its first increment hides that one from whoever asks for the increase
        metrics::counter!("kezek_watch_resets_total", "cause" => cause).increment(0);
    }
    metrics::describe_gauge!("kezek_watchers", "open watches on this node");
    metrics::describe_counter!(
        "kezek_watch_resets_total",
        "watchers told the whole picture anew, by cause: overtaken, trimmed, ahead, lineage, reload, damaged"
    );
    metrics::describe_gauge!("kezek_board_records", "records on the board");
    metrics::describe_gauge!("kezek_desks", "duty desks of the directory, by link: unknown, up, down");
    metrics::describe_gauge!(
        "kezek_store_damaged_records",
        "records of the store that cannot be read here and are passed over"
    );
    metrics::describe_counter!(
        "kezek_journal_missed_changes_total",
        "changes that were followed and that the node's journal did not keep"
    );
    for outcome in ["whole", "in_part", "new_lineage"] {
        metrics::counter!("kezek_store_restores_total", "outcome" => outcome).increment(0);
    }
    metrics::describe_counter!(
        "kezek_store_restores_total",
        "times a store was found behind, by how it went on: whole, in_part, new_lineage"
    );
    metrics::describe_gauge!("kezek_restore_number", "the last change a store has that is being restored");
    metrics::describe_gauge!("kezek_restore_wanted", "the last change that a node offers to give it back");
    metrics::describe_gauge!("kezek_store_up", "1 while the board follows the store, else 0");
    metrics::describe_gauge!("kezek_queue_length", "open incidents with an unfilled need, by priority");
    metrics::describe_gauge!(
        "kezek_queue_oldest_seconds",
        metrics::Unit::Seconds,
        "age of the oldest incident in the queue, by priority"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_room_is_told_at_once_and_a_country_in_ticks_that_nobody_sees() {
        assert_eq!([0, 1, 100, 124].map(tick), [Duration::ZERO; 4]);
        assert_eq!([125, 350, 1_000].map(tick), [1, 10, 36].map(Duration::from_millis));
        assert_eq!([1_100, 5_000, usize::MAX].map(tick), [limits::TICK_MAX; 3]);
    }
}
