//! Deadlines as they fall due: the timers of a centre, none of which can be lost, for they stand on the board.

use std::{collections::HashMap, sync::Arc};

use domain::{Seconds, Version, deadline::Deadline, limits::DEADLINE_GRACE};
use jiff::Timestamp;
use tokio::{sync::watch, time::Instant};

use crate::{
    handle::{Shared, Stirred},
    limits,
    live::Live,
};

/// Deadlines as they fall due. One for each dispatcher.
///
/// They are given only on a board known to be current, and none before [`DEADLINE_GRACE`] has passed after a start or
/// an outage. One that stays on the board after it was given is given again, each time after a longer wait; a process
/// that starts gives all of them again. So whoever acts on one must do so under an operation derived from it.
pub struct Due {
    shared: Arc<Shared>,
    stirred: watch::Receiver<Stirred>,
    applied: watch::Receiver<Version>,
    given: HashMap<Deadline, Given>,
    looked_at: Option<Instant>,
}

/// A deadline that was given.
#[derive(Clone, Copy, Debug)]
struct Given {
    times: u32,
    again_at: Timestamp,
}

/// What a look at the board found.
enum Found {
    Due(Vec<Deadline>),
    /// Nothing now; look again then, or when something changes.
    At(Option<Timestamp>),
}

impl Due {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let (stirred, applied) = (shared.stirred.subscribe(), shared.applied.subscribe());
        Self { shared, stirred, applied, given: HashMap::new(), looked_at: None }
    }

    /// Waits until at least one deadline is due; gives the earliest first, and at most 64 at once. Safe to drop.
    pub async fn next(&mut self) -> Vec<Deadline> {
        loop {
            // changes come in crowds: what wakes us often is looked at in turn
            if let Some(looked_at) = self.looked_at {
                tokio::time::sleep_until(looked_at + limits::DUE_LOOK_EVERY).await;
            }
            self.stirred.mark_unchanged();
            self.applied.mark_unchanged();
            self.looked_at = Some(Instant::now());
            let shared = Arc::clone(&self.shared);
            let now = shared.clock.now();
            let found = self.look(&shared.live(), now);
            let wake_at = match found {
                Found::Due(due) => return due,
                Found::At(wake_at) => wake_at,
            };
            let woken = async {
                match wake_at {
                    Some(time) => shared.clock.sleep_until(time).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                Ok(()) = self.stirred.changed() => {}
                Ok(()) = self.applied.changed() => {}
                () = woken => {}
                else => std::future::pending::<()>().await,
            }
        }
    }

    fn look(&mut self, live: &Live, now: Timestamp) -> Found {
        if !live.picture.status.is_current() {
            return Found::At(None);
        }
        let deadlines = live.picture.board.deadlines();
        self.given.retain(|deadline, _| deadlines.contains(deadline));
        let mut due = Vec::new();
        let mut wake_at: Option<Timestamp> = None;
        for deadline in deadlines {
            let mut at = deadline.due.max(live.grace_until);
            if let Some(given) = self.given.get(deadline) {
                at = at.max(given.again_at);
            }
            if at <= now && due.len() < limits::DUE_MAX {
                due.push(*deadline);
            } else {
                wake_at = Some(wake_at.map_or(at, |earliest| earliest.min(at)));
            }
            // the rest is due later than what was found already
            if deadline.due > now && wake_at.is_some_and(|earliest| earliest <= deadline.due) {
                break;
            }
        }
        if due.is_empty() {
            return Found::At(wake_at);
        }
        for deadline in &due {
            let times = self.given.get(deadline).map_or(0, |given| given.times);
            let wait = Seconds(limits::DUE_AGAIN_SECONDS << times.min(limits::DUE_AGAIN_DOUBLINGS_MAX));
            self.given.insert(*deadline, Given { times: times + 1, again_at: after(now, wait) });
        }
        Found::Due(due)
    }
}

/// The end of the grace that begins now.
pub(crate) fn grace_from(now: Timestamp) -> Timestamp {
    after(now, DEADLINE_GRACE)
}

fn after(time: Timestamp, wait: Seconds) -> Timestamp {
    time.checked_add(wait.duration()).unwrap_or(Timestamp::MAX)
}
