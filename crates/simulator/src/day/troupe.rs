//! Everybody in a fixed order: whoever is woken at one moment goes on in the order in which they came, not in the order
//! in which they happened to be called. That makes the same seed the same day.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use futures::{FutureExt as _, future::BoxFuture, task::AtomicWaker};
use tokio::task::JoinHandle;

/// Runs many futures in one task, those woken at one moment in the order in which they came.
pub struct Troupe {
    shared: Arc<Shared>,
    running: JoinHandle<()>,
}

/// Somebody of a troupe. Dropped, they are gone, whatever they were doing.
pub struct Part {
    place: u64,
    over: Arc<AtomicBool>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    runner: AtomicWaker,
}

#[derive(Default)]
struct State {
    next: u64,
    came: Vec<(u64, BoxFuture<'static, ()>)>,
    went: BTreeSet<u64>,
    woken: BTreeSet<u64>,
}

/// Wakes one of the troupe.
struct Call {
    place: u64,
    shared: Arc<Shared>,
}

impl Wake for Call {
    fn wake(self: Arc<Self>) {
        self.shared.state().woken.insert(self.place);
        self.shared.runner.wake();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds the troupe's state")
    }
}

impl Default for Troupe {
    fn default() -> Self {
        Self::new()
    }
}

impl Troupe {
    /// A troupe of nobody. Must be made within a runtime.
    pub fn new() -> Self {
        let shared = Arc::new(Shared::default());
        let mut present = BTreeMap::new();
        let playing = Arc::clone(&shared);
        let running = std::future::poll_fn(move |context| turn(&playing, &mut present, context));
        Self { shared, running: tokio::spawn(running) }
    }

    /// Somebody comes.
    pub fn spawn(&self, does: impl Future<Output = ()> + Send + 'static) -> Part {
        let over = Arc::new(AtomicBool::new(false));
        let ending = Arc::clone(&over);
        let does = does.map(move |()| ending.store(true, Ordering::Relaxed)).boxed();
        let place = {
            let mut state = self.shared.state();
            state.next += 1;
            let place = state.next;
            state.came.push((place, does));
            place
        };
        self.shared.runner.wake();
        Part { place, over, shared: Arc::clone(&self.shared) }
    }

    /// True if one of them panicked, and so all stopped.
    pub fn has_stopped(&self) -> bool {
        self.running.is_finished()
    }
}

impl Part {
    /// True once they are done.
    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Lets them go on alone.
    pub fn let_go(self) {
        std::mem::forget(self);
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.shared.state().went.insert(self.place);
        self.shared.runner.wake();
    }
}

impl Drop for Troupe {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// Everybody who is present, each with their own waker.
type Present = BTreeMap<u64, (BoxFuture<'static, ()>, Waker)>;

/// Lets everybody who was woken go on, until nobody is.
fn turn(shared: &Arc<Shared>, present: &mut Present, context: &Context<'_>) -> Poll<()> {
    shared.runner.register(context.waker());
    loop {
        let (came, woken) = {
            let mut state = shared.state();
            (std::mem::take(&mut state.came), std::mem::take(&mut state.woken))
        };
        let new: Vec<u64> = came.iter().map(|(place, _)| *place).collect();
        for (place, does) in came {
            let waker = Waker::from(Arc::new(Call { place, shared: Arc::clone(shared) }));
            present.insert(place, (does, waker));
        }
        let round: BTreeSet<u64> = woken.into_iter().chain(new).collect();
        for place in &round {
            let Some((does, waker)) = present.get_mut(place) else { continue };
            let is_over = !shared.state().went.contains(place)
                && does.as_mut().poll(&mut Context::from_waker(waker)).is_ready();
            if is_over {
                present.remove(place);
            }
        }
        let went = std::mem::take(&mut shared.state().went);
        let gone: Vec<_> = went.iter().filter_map(|place| present.remove(place)).collect();
        let any_gone = !gone.is_empty();
        drop(gone);
        if round.is_empty() && !any_gone {
            return Poll::Pending;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn those_woken_at_one_moment_go_on_in_the_order_in_which_they_came() {
        let (troupe, heard) = (Troupe::new(), Arc::new(Mutex::new(Vec::new())));
        let called = tokio::sync::watch::Sender::new(0);
        let parts: Vec<_> = (0..20)
            .map(|number| {
                let (mut call, heard) = (called.subscribe(), Arc::clone(&heard));
                troupe.spawn(async move {
                    call.changed().await.expect("the sender is there");
                    heard.lock().expect("nothing panics").push(number);
                })
            })
            .collect();
        tokio::task::yield_now().await;
        called.send_replace(1);
        while !parts.iter().all(Part::is_over) {
            tokio::task::yield_now().await;
        }
        assert_eq!(*heard.lock().expect("nothing panics"), (0..20).collect::<Vec<_>>());
    }
}
