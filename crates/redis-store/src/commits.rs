//! Commits on their way to Redis: a call for each while few are under way, one call for all that has queued once many are.
//!
//! Nothing waits for others to come: what finds a place is sent at once. So a lone commit is as fast as Redis, and a flood
//! costs Redis a call for many.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
};

use store::{Commit, Outcome, Retention, StoreError};
use tokio::{runtime::Handle, sync::oneshot, time::timeout};

use crate::{
    codec,
    fault::Effect,
    keys::Keys,
    library,
    limits::{
        CALLS_MAX, GROUP_BYTES_MAX, GROUP_COMMITS_MAX, GROUP_RECORDS_MAX, LINK, REPLICATION,
        REPLICATION_SHORT, RESPONSE,
    },
    link::Link,
    reply::{Reply, damaged},
};

/// How the commits of one store go to Redis.
#[derive(Clone, Copy)]
pub(crate) struct Going {
    /// Replicas that are waited for each time.
    pub(crate) replicas: u32,
    /// Most calls under way before others queue and go together.
    pub(crate) calls_max: usize,
}

impl Default for Going {
    fn default() -> Self {
        Self { replicas: 0, calls_max: CALLS_MAX }
    }
}

/// Sends the commits of one store.
pub(crate) struct Commits {
    link: Arc<Link>,
    keys: Arc<Keys>,
    retention: Retention,
    going: Going,
    /// Fewer had the last commit in time.
    short: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Calls under way.
    calls: usize,
    /// What waits for one of them to end. Empty unless there are as many as may be.
    queued: VecDeque<Queued>,
}

/// A commit that waits for a place.
struct Queued {
    commit: Commit,
    /// Whoever waits for what becomes of it; whoever has gone was told that nobody knows, so it need not be sent.
    answer: oneshot::Sender<Result<Outcome, StoreError>>,
}

impl Commits {
    pub(crate) fn new(link: Arc<Link>, keys: Arc<Keys>, retention: Retention, going: Going) -> Arc<Self> {
        let (short, state) = (AtomicBool::new(false), Mutex::default());
        Arc::new(Self { link, keys, retention, going, short, state })
    }

    /// How they go.
    pub(crate) const fn going(&self) -> Going {
        self.going
    }

    /// Commits one step.
    ///
    /// # Errors
    /// The commit is beyond a limit, or Redis cannot be asked or says something unreadable.
    pub(crate) async fn send(self: &Arc<Self>, commit: Commit) -> Result<Outcome, StoreError> {
        commit.check()?;
        let queued = {
            let mut state = self.state();
            if state.calls < self.going.calls_max {
                state.calls += 1;
                Err(commit)
            } else {
                let (answer, told) = oneshot::channel();
                state.queued.push_back(Queued { commit, answer });
                Ok(told)
            }
        };
        match queued {
            Err(commit) => {
                let place = Place(Arc::clone(self));
                let mut outcomes = self.call(&[commit]).await?;
                drop(place);
                outcomes.pop().ok_or_else(|| damaged(library::COMMIT, "no answer"))?
            }
            Ok(told) => match timeout(LINK + RESPONSE, told).await {
                Ok(Ok(answer)) => answer,
                Ok(Err(_)) | Err(_) => Err(StoreError::Unknown { source: None }),
            },
        }
    }

    /// Sends steps in one call, and returns what became of each.
    async fn call(&self, commits: &[Commit]) -> Result<Vec<Result<Outcome, StoreError>>, StoreError> {
        let call = codec::commits(&self.keys, commits, &self.retention);
        let (answers, replicas) = match self.going.replicas {
            0 => (self.link.ask(&call, Effect::Writes).await?, 0),
            wanted => {
                // one that was silent a moment ago is not waited for as long again
                let within = if self.short.load(Ordering::Relaxed) { REPLICATION_SHORT } else { REPLICATION };
                let (answers, have) = self.link.ask_replicated(&call, wanted, within).await?;
                self.short.store(have < wanted, Ordering::Relaxed);
                (answers, if have < wanted { 0 } else { have })
            }
        };
        let mut answers = Reply::new(answers, library::COMMIT)?;
        let mut outcome = |commit: &Commit| codec::outcome(&mut answers.list()?, commit, replicas);
        Ok(commits.iter().map(&mut outcome).collect())
    }

    /// Sends what has queued, one call after the other, until nothing is left. It holds its place all the while.
    async fn send_queued(place: Place, first: Vec<Queued>) {
        let commits = &place.0;
        let mut group = first;
        while !group.is_empty() {
            group.retain(|queued| !queued.answer.is_closed());
            commits.send_group(group).await;
            group = commits.state().next_group();
        }
    }

    /// Sends several in one call, and tells each what became of it.
    async fn send_group(&self, group: Vec<Queued>) {
        if group.is_empty() {
            return;
        }
        let (commits, waiting): (Vec<_>, Vec<_>) =
            group.into_iter().map(|Queued { commit, answer }| (commit, answer)).unzip();
        let answers = match self.call(&commits).await {
            Ok(outcomes) => outcomes,
            Err(error) => vec![Err(error); commits.len()],
        };
        for (waiting, answer) in waiting.into_iter().zip(answers) {
            // whoever waited may have gone meanwhile
            let _gone = waiting.send(answer);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds the commits under way")
    }
}

impl State {
    /// What is to be sent in the next call; nothing if nobody waits.
    fn next_group(&mut self) -> Vec<Queued> {
        let (mut group, mut records, mut bytes) = (Vec::new(), 0, 0);
        while let Some(next) = self.queued.pop_front() {
            records += next.commit.reads.len() + next.commit.writes.len();
            bytes += next.commit.stream_bytes();
            let is_full =
                group.len() == GROUP_COMMITS_MAX || records > GROUP_RECORDS_MAX || bytes > GROUP_BYTES_MAX;
            if is_full && !group.is_empty() {
                self.queued.push_front(next);
                break;
            }
            group.push(next);
        }
        group
    }
}

/// A place among the calls under way. Let go, it is used for what has queued.
struct Place(Arc<Commits>);

impl Drop for Place {
    fn drop(&mut self) {
        // without a runtime nobody is left to ask Redis, or to wait for it
        let runtime = Handle::try_current().ok();
        let mut state = self.0.state();
        let group = if runtime.is_some() { state.next_group() } else { Vec::new() };
        match runtime.filter(|_| !group.is_empty()) {
            Some(runtime) => {
                drop(state);
                // where it ends before it began, its own place goes on from here
                drop(runtime.spawn(Commits::send_queued(Self(Arc::clone(&self.0)), group)));
            }
            None => state.calls -= 1,
        }
    }
}
