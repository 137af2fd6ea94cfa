//! People who call and people who watch: what the tests that plan their faults do to a centre, one call at a time.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use futures::future::join_all;
use protocol::{
    intake::v1::{TakeCallRequest, TakeCallResponse},
    record::v1::Durability,
    watch::v1::scope::{Centre, Scope},
};
use redis_store::scratch::eventually;
use simulator::{
    connection::{Access, Ask, BoxedAnswer, Person},
    history::SaidCall,
    replay,
    trace::Trace,
    watching::Onlooker,
};
use tokio::{sync::watch, task::JoinSet};
use tonic::{Request, transport::Channel};

/// Takes calls, and knows how many were taken.
pub(crate) struct Callers {
    taker: Person,
    trace: Trace,
    next: AtomicUsize,
    /// How many calls those who call at once have had taken.
    taken: watch::Sender<u64>,
    are_done: AtomicBool,
}

impl Callers {
    /// An operator who takes the calls of a trace in their order.
    pub(crate) fn new(access: &Access, trace: &Trace) -> Arc<Self> {
        let (next, taken) = (AtomicUsize::new(0), watch::Sender::new(0));
        let taker = access.operator("taker");
        Arc::new(Self { taker, trace: trace.clone(), next, taken, are_done: AtomicBool::new(false) })
    }

    /// The next call, as it is sent.
    pub(crate) fn next(&self) -> TakeCallRequest {
        let number = self.next.fetch_add(1, Ordering::SeqCst);
        let call = &self.trace.calls[number % self.trace.calls.len()];
        replay::request(&format!("call.{number}"), call)
    }

    /// Takes the next call.
    pub(crate) async fn take(&self) -> TakeCallResponse {
        self.take_as(self.next()).await
    }

    /// Takes a call that is asked for like this.
    pub(crate) async fn take_as<Q: Ask<Answer = TakeCallResponse>>(&self, request: Q) -> TakeCallResponse {
        self.taker.ask(request).await.expect("a call is taken in the end")
    }

    /// Takes so many calls at once, each of which is to be this durable, and asks for one of them again.
    pub(crate) async fn take_some(&self, count: usize, durability: Durability) -> Vec<TakeCallResponse> {
        let requests: Vec<TakeCallRequest> = (0..count).map(|_| self.next()).collect();
        let taken = join_all(requests.iter().map(|request| self.take_as(request.clone()))).await;
        for answer in &taken {
            let receipt = answer.receipt.as_ref().expect("a call has a receipt");
            assert_eq!(receipt.durability(), durability);
        }
        let again = self.take_as(requests[0].clone()).await;
        assert_eq!(again.call_id, taken[0].call_id);
        taken
    }

    /// Takes calls until the store has one when it is answered, and says which.
    pub(crate) async fn take_until_stored(&self) -> TakeCallResponse {
        let stored = eventually(async || {
            let taken = self.take().await;
            taken.receipt.as_ref().is_some_and(|receipt| receipt.change.is_some()).then_some(taken)
        });
        stored.await.expect("the store can be asked in the end")
    }

    /// Takes calls with several callers at once until [`stop`](Self::stop). Each asks for a call twice: whenever the centre ends,
    /// somebody is asking for what was answered before.
    pub(crate) fn begin(self: &Arc<Self>, callers: usize) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        for _ in 0..callers {
            let callers = Arc::clone(self);
            tasks.spawn(async move {
                while !callers.are_done.load(Ordering::SeqCst) {
                    let request = callers.next();
                    callers.take_as(request.clone()).await;
                    callers.take_as(request).await;
                    callers.taken.send_modify(|taken| *taken += 1);
                }
            });
        }
        tasks
    }

    /// Lets each caller come to an end.
    pub(crate) fn stop(&self) {
        self.are_done.store(true, Ordering::SeqCst);
    }

    /// Waits until anybody has had another call taken.
    pub(crate) async fn one_took(&self) {
        self.taken.subscribe().changed().await.expect("the callers hold the sender");
    }
}

/// Somebody who watches the whole centre until this is dropped.
pub(crate) struct Wall {
    onlooker: Onlooker,
    #[expect(dead_code, reason = "the watch ends when this is dropped")]
    watch: JoinSet<()>,
}

impl Wall {
    pub(crate) fn new(access: &Access) -> Self {
        let (onlooker, person) = (Onlooker::default(), access.operator("wall"));
        let mut watch = JoinSet::new();
        let watching = onlooker.clone();
        watch.spawn(async move { watching.watch(&person, Scope::Centre(Centre {})).await });
        Self { onlooker, watch }
    }

    /// Waits until it showed the changes that hold these calls.
    pub(crate) async fn shows(&self, taken: &[TakeCallResponse]) {
        let change = |taken: &TakeCallResponse| Some(taken.receipt.as_ref()?.change.as_ref()?.number);
        let number = taken.iter().filter_map(change).max().expect("the store has the calls");
        let shown = tokio::time::timeout(std::time::Duration::from_secs(60), self.onlooker.reached(number));
        shown.await.expect("it is shown");
    }
}

/// A caller who forgets the request's id: each time it is sent, it is sent under another one.
#[derive(Clone)]
pub(crate) struct Forgetful {
    request: TakeCallRequest,
    tries: Arc<AtomicUsize>,
}

impl Forgetful {
    pub(crate) fn new(request: TakeCallRequest) -> Self {
        Self { request, tries: Arc::default() }
    }
}

impl Ask for Forgetful {
    type Answer = TakeCallResponse;
    const METHOD: &'static str = <TakeCallRequest as Ask>::METHOD;

    fn request_id(&self) -> Option<&str> {
        self.request.request_id()
    }

    fn said(&self) -> Option<SaidCall> {
        self.request.said()
    }

    fn send(channel: Channel, request: Request<Self>) -> BoxedAnswer<Self::Answer> {
        let (metadata, extensions, Self { mut request, tries }) = request.into_parts();
        match tries.fetch_add(1, Ordering::SeqCst) {
            0 => {}
            tries => request.request_id = format!("{}.{tries}", request.request_id),
        }
        TakeCallRequest::send(channel, Request::from_parts(metadata, extensions, request))
    }
}
