//! So many requests at once, the next one as soon as one is acknowledged.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use futures::future::BoxFuture;
use tokio::{task::JoinSet, time::timeout};

use super::{Borne, GRACE, Seen, Times, histogram, record};
use crate::side::Target;

/// Starts the tasks; what it returns waits for them.
pub(super) fn begin(
    target: Arc<dyn Target>,
    in_flight: usize,
    times: Times,
    count: &Arc<AtomicU64>,
) -> BoxFuture<'static, Borne> {
    let next = Arc::new(AtomicU64::new(0));
    let mut tasks = JoinSet::new();
    for _ in 0..in_flight {
        tasks.spawn(ask(Arc::clone(&target), times, Arc::clone(&next), Arc::clone(count)));
    }
    Box::pin(gather(tasks, next))
}

/// One after the other, until it is over.
async fn ask(target: Arc<dyn Target>, times: Times, next: Arc<AtomicU64>, count: Arc<AtomicU64>) -> Seen {
    let mut seen = Seen { names: Vec::new(), failures: Vec::new(), latency_us: histogram() };
    loop {
        let began = Instant::now();
        if began >= times.until {
            return seen;
        }
        match target.ask(next.fetch_add(1, Ordering::Relaxed)).await {
            Ok(name) => {
                count.fetch_add(1, Ordering::Relaxed);
                seen.names.push(name);
                if began >= times.from {
                    record(&mut seen.latency_us, began.elapsed());
                }
            }
            Err(fault) => seen.failures.push(fault),
        }
    }
}

async fn gather(mut tasks: JoinSet<Seen>, next: Arc<AtomicU64>) -> Borne {
    let mut borne = Borne::new();
    let all = async {
        while let Some(ended) = tasks.join_next().await {
            match ended {
                Ok(seen) => {
                    borne.names.extend(seen.names);
                    borne.latency_us += seen.latency_us;
                    seen.failures.iter().for_each(|fault| borne.fail(&fault.0));
                }
                Err(error) => borne.fail(&error.to_string()),
            }
        }
    };
    if timeout(GRACE, all).await.is_err() {
        borne.fail("no answer in time");
    }
    borne.sent = next.load(Ordering::Relaxed);
    borne
}
