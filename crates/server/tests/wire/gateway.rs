//! A telephony gateway brings its calls over one stream.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use identity::Role;
use journal::disk::{Fault, HookedDisk, RealDisk, SharedDisk, Step};
use protocol::{
    intake::v1::{
        CallRefusal, GetCallRequest, TakeCallRequest, TakeCallResponse, TakeCallsRequest, TakeCallsResponse,
        get_call_request::Name, intake_service_client::IntakeServiceClient, take_calls_response::Outcome,
    },
    record::v1::Durability,
};
use server::Footing;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status, Streaming};

use crate::{
    flow::burglary,
    node::{Client, Node, assert_refused, reason},
};

/// Opens a stream of calls that come from what is returned.
async fn open(client: &Client) -> (mpsc::Sender<TakeCallsRequest>, Streaming<TakeCallsResponse>) {
    let (calls, to_send) = mpsc::channel(1);
    let mut intake = IntakeServiceClient::new(client.clone());
    let answers = intake.take_calls(ReceiverStream::new(to_send)).await.unwrap().into_inner();
    (calls, answers)
}

fn message(call: &TakeCallRequest) -> TakeCallsRequest {
    TakeCallsRequest { call: Some(call.clone()) }
}

/// Every answer until the stream ends, by request id and in the order they came, and how it ended.
async fn all(answers: &mut Streaming<TakeCallsResponse>) -> (BTreeMap<String, Vec<Outcome>>, Option<Status>) {
    let mut all: BTreeMap<String, Vec<Outcome>> = BTreeMap::new();
    loop {
        match answers.message().await {
            Ok(Some(answer)) => all.entry(answer.request_id).or_default().push(answer.outcome.unwrap()),
            Ok(None) => return (all, None),
            Err(status) => return (all, Some(status)),
        }
    }
}

fn taken(outcome: &Outcome) -> &TakeCallResponse {
    match outcome {
        Outcome::Taken(taken) => taken,
        Outcome::Refused(refused) => panic!("refused: {refused:?}"),
    }
}

fn refused(outcome: &Outcome) -> &CallRefusal {
    match outcome {
        Outcome::Refused(refused) => refused,
        Outcome::Taken(taken) => panic!("taken: {taken:?}"),
    }
}

async fn is_there(operator: &Client, taken: &TakeCallResponse) -> bool {
    let request = GetCallRequest { name: Some(Name::CallId(taken.call_id.clone())) };
    let found = IntakeServiceClient::new(operator.clone()).get_call(request).await.unwrap().into_inner();
    found.call.unwrap().spoken_number == taken.spoken_number
}

#[tokio::test]
async fn every_call_of_a_stream_is_answered_by_itself_and_what_refuses_one_refuses_no_other() {
    let node = Node::start().await;
    let (gateway, operator) = (node.client(Role::Integration).await, node.client(Role::Operator).await);
    // more than are worked on at once
    let calls: Vec<_> = (0..3 * server::limits::CALLS_PER_STREAM_MAX).map(|_| burglary()).collect();
    let changed = TakeCallRequest { narrative: "another matter".to_owned(), ..calls[0].clone() };
    let malformed = TakeCallRequest { request_id: "no id".to_owned(), ..burglary() };
    let (sender, mut answers) = open(&gateway).await;
    let first = {
        sender.send(message(&calls[0])).await.unwrap();
        answers.message().await.unwrap().unwrap()
    };
    let first = taken(first.outcome.as_ref().unwrap()).clone();
    assert_eq!(first.receipt.as_ref().unwrap().durability(), Durability::Stored);
    assert!(is_there(&operator, &first).await);
    let send = async {
        for call in calls.iter().chain([&changed, &malformed]) {
            sender.send(message(call)).await.unwrap();
        }
        drop(sender);
    };
    let ((all, end), ()) = futures::join!(all(&mut answers), send);
    assert!(end.is_none(), "{end:?}");
    assert_eq!(all.values().map(Vec::len).sum::<usize>(), calls.len() + 2, "one answer each");
    for call in &calls[1..] {
        let [outcome] = all[&call.request_id].as_slice() else { panic!("{:?}", all[&call.request_id]) };
        let taken = taken(outcome);
        assert!(!taken.receipt.as_ref().unwrap().repeated && !taken.incident_id.is_empty());
        assert!(is_there(&operator, taken).await);
    }
    let (again, other): (Vec<_>, Vec<_>) =
        all[&calls[0].request_id].iter().partition(|outcome| matches!(outcome, Outcome::Taken(_)));
    let again = taken(again[0]);
    assert!(again.receipt.as_ref().unwrap().repeated);
    assert_eq!((&again.call_id, &again.spoken_number), (&first.call_id, &first.spoken_number));
    let other = refused(other[0]);
    assert_eq!((other.code, other.reason.as_str()), (Code::AlreadyExists.into(), "REQUEST_ID_REUSED"));
    let malformed = refused(&all["no id"][0]);
    assert_eq!((malformed.code, malformed.reason.as_str()), (Code::InvalidArgument.into(), "MALFORMED"));
    assert!(malformed.metadata.contains_key("request_id"), "{malformed:?}");
}

#[tokio::test]
async fn a_gateway_that_reads_no_answers_is_held_back_and_loses_none() {
    const MANY: usize = 2_000;
    let node = Node::start().await;
    let gateway = node.client_holding(Role::Integration, 65_535).await;
    let (sender, mut answers) = open(&gateway).await;
    let calls: Vec<_> = (0..MANY).map(|_| burglary()).collect();
    let sending = tokio::spawn(async move {
        for call in &calls {
            sender.send(message(call)).await.unwrap();
        }
    });
    // what was read is worked on, and what was not is not
    let full = domain::Version(server::limits::CALLS_PER_STREAM_MAX as u64);
    node.running().room().centre.reached(full, std::time::Duration::from_secs(60)).await.unwrap();
    // and nobody else waits for it: as many as go to the store at once, and more
    let operator = node.client(Role::Operator).await;
    for _ in 0..20 {
        let taken = crate::flow::take(&operator, burglary()).await;
        assert_eq!(taken.receipt.unwrap().durability(), Durability::Stored);
    }
    let taken = node.running().room().centre.read(|picture| picture.board.calls().len());
    assert!(taken < MANY, "nothing held it back: {taken} were taken and no answer was read");
    let (all, end) = all(&mut answers).await;
    assert!(end.is_none(), "{end:?}");
    sending.await.unwrap();
    assert_eq!(all.len(), MANY);
    assert!(all.values().all(|outcomes| matches!(outcomes.as_slice(), [Outcome::Taken(_)])));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_of_calls_ends_when_the_node_stops_and_every_answered_call_is_there_afterwards() {
    const CALLS: usize = 200;
    let mut node = Node::start().await;
    let (sender, mut answers) = open(&node.client(Role::Integration).await).await;
    let sending = tokio::spawn(async move {
        for _ in 0..CALLS {
            sender.send(message(&burglary())).await.unwrap();
        }
        // it would bring more
        sender
    });
    let reading = tokio::spawn(async move { all(&mut answers).await });
    let _more = sending.await.unwrap();
    node.drain().await;
    let (answered, end) = reading.await.unwrap();
    let end = end.expect("a stream says why it ends");
    assert_eq!((end.code(), reason(&end).as_str()), (Code::Unavailable, "SHUTTING_DOWN"), "{end:?}");
    node.start_again().await;
    let operator = node.client(Role::Operator).await;
    assert!(!answered.is_empty());
    for outcome in answered.values().flatten() {
        assert!(is_there(&operator, taken(outcome)).await);
    }
}

#[tokio::test]
async fn a_node_whose_journal_is_sealed_takes_no_new_gateway_and_goes_on_with_those_it_has() {
    let worn_out = Arc::new(AtomicBool::new(false));
    let fails = Arc::clone(&worn_out);
    let disk: SharedDisk = Arc::new(HookedDisk::new(Arc::new(RealDisk), move |step, _| {
        match step == Step::Sync && fails.load(Ordering::Relaxed) {
            true => Fault::Fail(std::io::Error::other("the disk is worn out")),
            false => Fault::None,
        }
    }));
    let node = Node::start_on(Footing { disk, ..Footing::default() }).await;
    let gateway = node.client(Role::Integration).await;
    let (sender, mut answers) = open(&gateway).await;
    worn_out.store(true, Ordering::Relaxed);
    for _ in 0..2 {
        sender.send(message(&burglary())).await.unwrap();
        let answer = answers.message().await.unwrap().unwrap();
        let receipt = taken(answer.outcome.as_ref().unwrap()).receipt.clone().unwrap();
        assert_eq!(receipt.durability(), Durability::Stored, "the store has it");
    }
    let (_calls, to_send) = mpsc::channel::<TakeCallsRequest>(1);
    let mut intake = IntakeServiceClient::new(gateway.clone());
    let refused = intake.take_calls(ReceiverStream::new(to_send)).await;
    assert_refused(refused.map(drop), Code::Unavailable, "JOURNAL_SEALED");
    let alone = intake.take_call(burglary()).await.unwrap().into_inner();
    assert_eq!(alone.receipt.unwrap().durability(), Durability::Stored);
}
