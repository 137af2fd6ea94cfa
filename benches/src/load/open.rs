//! A constant rate, whatever becomes of the requests. Latency counts from the moment a request was due, so one that was
//! sent late, because the machine or the one before was slow, has waited all that time: nothing slow hides itself.

use std::{
    num::NonZeroU64,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use futures::future::BoxFuture;
use hdrhistogram::Histogram;
use tokio::{runtime::Handle, sync::oneshot, task::JoinHandle, time::timeout};

use super::{Borne, GRACE, Times, histogram, record};
use crate::side::{Fault, Name, Target};

/// How much later than asked the kernel may wake the thread that keeps the schedule, in nanoseconds. Left alone it
/// takes 50,000, which would be seen in every latency; a timer of the runtime would take a whole millisecond.
const SLACK_NS: NonZeroU64 = NonZeroU64::new(1_000).expect("not zero");

/// One request under way.
struct Sent {
    due: Instant,
    answer: JoinHandle<(Result<Name, Fault>, Duration)>,
}

/// Starts the thread that keeps the schedule; what it returns waits for all answers.
pub(super) fn begin(
    target: Arc<dyn Target>,
    per_second: u32,
    times: Times,
    count: &Arc<AtomicU64>,
) -> BoxFuture<'static, Borne> {
    let (runtime, count) = (Handle::current(), Arc::clone(count));
    let (done, all_sent) = oneshot::channel();
    thread::spawn(move || {
        // where it may not be set, the lateness says so
        let _unchanged = rustix::thread::set_current_timer_slack(Some(SLACK_NS));
        // whoever waited has gone, if this fails
        let _unheard = done.send(send_all(&runtime, &target, per_second, times, &count));
    });
    Box::pin(async move {
        let Ok((sent, lateness_us)) = all_sent.await else {
            let mut borne = Borne::new();
            borne.fail("the thread that keeps the schedule ended");
            return borne;
        };
        gather(sent, lateness_us, times).await
    })
}

/// Sends each request when it is due.
fn send_all(
    runtime: &Handle,
    target: &Arc<dyn Target>,
    per_second: u32,
    times: Times,
    count: &Arc<AtomicU64>,
) -> (Vec<Sent>, Histogram<u64>) {
    let (mut sent, mut lateness_us) = (Vec::new(), histogram());
    for number in 0_u64.. {
        let due = times.begin + Duration::from_nanos(number * 1_000_000_000 / u64::from(per_second));
        if due >= times.until {
            break;
        }
        if let Some(early) = due.checked_duration_since(Instant::now()) {
            thread::sleep(early);
        }
        record(&mut lateness_us, due.elapsed());
        let (target, count) = (Arc::clone(target), Arc::clone(count));
        let answer = runtime.spawn(async move {
            let answer = target.ask(number).await;
            let waited = due.elapsed();
            if answer.is_ok() {
                count.fetch_add(1, Ordering::Relaxed);
            }
            (answer, waited)
        });
        sent.push(Sent { due, answer });
    }
    (sent, lateness_us)
}

async fn gather(sent: Vec<Sent>, lateness_us: Histogram<u64>, times: Times) -> Borne {
    let mut borne = Borne { sent: sent.len() as u64, lateness_us, ..Borne::new() };
    let until = Instant::now() + GRACE;
    for Sent { due, answer } in sent {
        match timeout(until.saturating_duration_since(Instant::now()), answer).await {
            Ok(Ok((Ok(name), waited))) => {
                borne.names.push(name);
                if due >= times.from {
                    record(&mut borne.latency_us, waited);
                }
            }
            Ok(Ok((Err(fault), _))) => borne.fail(&fault.0),
            Ok(Err(error)) => borne.fail(&error.to_string()),
            Err(_) => borne.fail("no answer in time"),
        }
    }
    borne
}
