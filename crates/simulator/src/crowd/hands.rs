//! What one actor is busy with: one thing at a time for each matter, and not for ever.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{sync::watch, task::JoinSet, time::timeout};

use crate::pace::Pace;

/// An actor looks again after this many seconds of the centre's clock, even if nothing changed.
const LOOK_S: f64 = 5.0;

/// An actor looks no more often than this.
const LOOK_MIN: Duration = Duration::from_millis(20);

/// A matter that needed another look is left alone for this long, times how often it was looked at.
const REST: Duration = Duration::from_millis(50);

/// And for no longer than this.
const REST_MAX: Duration = Duration::from_secs(1);

/// How a matter ended for the actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Done {
    /// Look again: it may need more.
    Again,
    /// The actor does nothing more about it, whatever it looks like.
    ForGood,
}

/// An actor's hands.
#[derive(Debug, Default)]
pub(super) struct Hands {
    tasks: JoinSet<()>,
    matters: Arc<Mutex<HashMap<String, (bool, u32)>>>,
}

impl Hands {
    /// Sees to a matter, unless it is in hand already or was left to others.
    pub(super) fn see_to(&mut self, matter: String, work: impl Future<Output = Done> + Send + 'static) {
        let tries = {
            let mut matters = self.matters.lock().expect("nothing panics while it counts");
            let (busy, tries) = matters.entry(matter.clone()).or_default();
            if *busy {
                return;
            }
            (*busy, *tries) = (true, tries.saturating_add(1));
            *tries
        };
        while self.tasks.try_join_next().is_some() {}
        let matters = Arc::clone(&self.matters);
        self.tasks.spawn(async move {
            if work.await == Done::Again {
                tokio::time::sleep((REST * tries).min(REST_MAX)).await;
                let mut matters = matters.lock().expect("nothing panics while it counts");
                if let Some((busy, _)) = matters.get_mut(&matter) {
                    *busy = false;
                }
            }
        });
    }

    /// Waits until there may be something new to see.
    pub(super) async fn look_up(&self, changed: &mut watch::Receiver<u64>, pace: Pace) {
        tokio::time::sleep(LOOK_MIN).await;
        let _timed_out = timeout(pace.wait(LOOK_S).max(LOOK_MIN), changed.changed()).await;
    }
}
