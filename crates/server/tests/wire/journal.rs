//! Calls are taken while the store is away, and are in it once it is back, whatever it had lost meanwhile.

use std::collections::BTreeSet;

use domain::{OperationId, Version};
use identity::Role;
use protocol::{
    dispatch::v1::{
        ListAlarmsRequest, ListIncidentsRequest, ListIncidentsResponse,
        alarm_service_client::AlarmServiceClient, incident_service_client::IncidentServiceClient,
    },
    intake::v1::{
        GetCallRequest, ReportRingingRequest, TakeCallRequest, TakeCallResponse, get_call_request,
        intake_service_client::IntakeServiceClient,
    },
    record::v1::{Call, CallFlag, Durability},
};
use redis_store::scratch::{DataCopy, Scratch, eventually};
use server::{Configuration, JournalSetting};
use store::{Offer, Restoring, Retention};
use tonic::Code;

use crate::{
    flow::{burglary, take},
    node::{Client, Node, reason, request_id},
    store::until_ready_says,
};

/// What a node over this Redis is told. A test that stops it must not wait long for each answer.
fn over(redis: &Scratch) -> impl FnOnce(Configuration) -> Configuration + use<> {
    let redis = Some(redis.address().to_string());
    |configuration| Configuration { redis, store_wait_ms: 1_000, ..configuration }
}

/// A node over a Redis that a test stops and runs, with an operator.
async fn node() -> (Scratch, Node, Client) {
    let redis = Scratch::start().await.unwrap();
    let node = Node::start_with(over(&redis)).await;
    let operator = node.client(Role::Operator).await;
    (redis, node, operator)
}

/// What it holds now; it runs on.
async fn copied(redis: &mut Scratch) -> DataCopy {
    redis.stop().await.unwrap();
    let copy = redis.copy().unwrap();
    redis.run().await.unwrap();
    copy
}

/// It goes back to a copy.
async fn go_back(redis: &mut Scratch, copy: &DataCopy) {
    redis.stop().await.unwrap();
    redis.put_back(copy).unwrap();
    redis.run().await.unwrap();
}

async fn ask(operator: &Client, request: &TakeCallRequest) -> TakeCallResponse {
    IntakeServiceClient::new(operator.clone()).take_call(request.clone()).await.unwrap().into_inner()
}

/// The call once the store has it.
async fn stored(operator: &Client, taken: &TakeCallResponse) -> Call {
    let name = Some(get_call_request::Name::CallId(taken.call_id.clone()));
    let found = eventually(async || {
        let mut intake = IntakeServiceClient::new(operator.clone());
        let found = intake.get_call(GetCallRequest { name: name.clone() }).await.ok()?.into_inner().call?;
        found.version.gt(&0).then_some(found)
    });
    found.await.expect("the store has it in the end")
}

async fn incidents(operator: &Client) -> ListIncidentsResponse {
    let mut incidents = IncidentServiceClient::new(operator.clone());
    incidents.list_incidents(ListIncidentsRequest::default()).await.unwrap().into_inner()
}

fn durability(taken: &TakeCallResponse) -> (Durability, bool, bool) {
    let receipt = taken.receipt.as_ref().unwrap();
    (receipt.durability(), receipt.repeated, receipt.change.is_some())
}

#[tokio::test]
async fn a_call_is_taken_while_the_store_is_away_and_is_served_once_it_is_back() {
    let (mut redis, node, operator) = node().await;
    let before = take(&operator, burglary()).await;
    redis.stop().await.unwrap();
    let request = burglary();
    let taken = ask(&operator, &request).await;
    assert_eq!(durability(&taken), (Durability::Journaled, false, false));
    assert_ne!(taken.spoken_number, before.spoken_number);
    assert!(!taken.incident_id.is_empty(), "its incident is decided already");
    // its answer was lost, and it is sent again
    let again = ask(&operator, &request).await;
    assert_eq!(durability(&again), (Durability::Journaled, true, false));
    assert_eq!((&again.call_id, &again.spoken_number), (&taken.call_id, &taken.spoken_number));
    let other = TakeCallRequest { narrative: "something else".to_owned(), ..request.clone() };
    let refused = IntakeServiceClient::new(operator.clone()).take_call(other).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::AlreadyExists, "REQUEST_ID_REUSED"));

    redis.run().await.unwrap();
    let call = stored(&operator, &taken).await;
    assert_eq!(
        (call.spoken_number, call.incident_id),
        (taken.spoken_number.clone(), taken.incident_id.clone())
    );
    let later = ask(&operator, &request).await;
    assert_eq!(durability(&later), (Durability::Stored, true, true));
    assert_eq!((&later.call_id, &later.spoken_number), (&taken.call_id, &taken.spoken_number));
    let listed = eventually(async || {
        let rows = incidents(&operator).await.incidents;
        let incidents = rows.into_iter().filter_map(|row| row.incident);
        let ids: Vec<String> = incidents.map(|incident| incident.incident_id).collect();
        ids.contains(&taken.incident_id).then_some(ids.len())
    });
    assert_eq!(listed.await, Some(2), "each call led to one incident");
    drop(node);
}

#[tokio::test]
async fn what_only_the_journal_has_is_there_after_a_crash_of_the_node() {
    let (mut redis, mut node, operator) = node().await;
    redis.stop().await.unwrap();
    let mut taken = Vec::new();
    for _ in 0..5 {
        taken.push(ask(&operator, &burglary()).await);
    }
    assert!(taken.iter().all(|taken| durability(taken).0 == Durability::Journaled));
    drop(operator);
    node.crash();
    redis.run().await.unwrap();
    node.start_again_with(over(&redis)).await;
    let operator = node.client(Role::Operator).await;
    for taken in &taken {
        assert_eq!(stored(&operator, taken).await.spoken_number, taken.spoken_number);
    }
}

#[tokio::test]
async fn a_call_that_rang_is_taken_as_one_of_its_own_while_nobody_can_say_what_became_of_it() {
    let (mut redis, _node, operator) = node().await;
    let rings = ReportRingingRequest { request_id: request_id(), ..ReportRingingRequest::default() };
    let rang = IntakeServiceClient::new(operator.clone()).report_ringing(rings).await.unwrap().into_inner();
    let rang = rang.call.unwrap().call_id;
    redis.stop().await.unwrap();
    let request = TakeCallRequest { continues_call_id: rang.clone(), ..burglary() };
    let taken = ask(&operator, &request).await;
    assert_eq!(durability(&taken).0, Durability::Journaled);
    assert_ne!(taken.call_id, rang);
    assert!(taken.flags.contains(&CallFlag::NotContinued.into()), "{:?}", taken.flags);
    redis.run().await.unwrap();
    stored(&operator, &taken).await;
    let again = ask(&operator, &request).await;
    assert_eq!(
        (&again.call_id, durability(&again).1),
        (&taken.call_id, true),
        "it is the same call also now"
    );
}

#[tokio::test]
async fn without_a_journal_no_call_is_accepted_that_the_store_does_not_have() {
    let mut redis = Scratch::start().await.unwrap();
    let over = over(&redis);
    let off = |configuration| Configuration { journal: JournalSetting::Off, ..over(configuration) };
    let node = Node::start_with(off).await;
    let operator = node.client(Role::Operator).await;
    redis.stop().await.unwrap();
    let mut intake = IntakeServiceClient::new(operator.clone());
    let request = burglary();
    let refused = intake.take_call(request.clone()).await.unwrap_err();
    let outcomes = [(Code::Unavailable, "STORE_UNAVAILABLE"), (Code::DeadlineExceeded, "OUTCOME_UNKNOWN")];
    assert!(outcomes.contains(&(refused.code(), reason(&refused).as_str())), "{refused:?}");
    redis.run().await.unwrap();
    // the same request again, as the answer said
    let after = eventually(async || intake.clone().take_call(request.clone()).await.ok()).await.unwrap();
    assert_eq!(durability(&after.into_inner()).0, Durability::Stored);
}

/// Takes so many calls, each stored and seen by the node, and says what they were answered.
async fn take_some(operator: &Client, count: usize) -> Vec<TakeCallResponse> {
    let mut taken = Vec::new();
    for _ in 0..count {
        let answer = take(operator, burglary()).await;
        assert_eq!(durability(&answer).0, Durability::Stored);
        taken.push(answer);
    }
    let shown = eventually(async || {
        let rows = incidents(operator).await.incidents;
        let ids: BTreeSet<_> = rows.into_iter().filter_map(|row| Some(row.incident?.incident_id)).collect();
        taken.iter().all(|answer| ids.contains(&answer.incident_id)).then_some(())
    });
    shown.await.expect("the board shows them");
    taken
}

/// Waits until a node follows its store again, and says which alarms there are.
async fn alarms(node: &Node, code: &str) -> Vec<String> {
    let mut alarms = AlarmServiceClient::new(node.client(Role::Supervisor).await);
    let found = eventually(async || {
        let listed = alarms.list_alarms(ListAlarmsRequest::default()).await.ok()?.into_inner();
        let details = listed.alarms.into_iter().filter(|alarm| alarm.code == code).map(|alarm| alarm.detail);
        Some(details.collect::<Vec<_>>()).filter(|details| !details.is_empty())
    });
    found.await.unwrap_or_default()
}

/// Every one of these calls is there as it was answered, in the change that it was answered with.
async fn are_all_there(operator: &Client, taken: &[TakeCallResponse]) {
    for answer in taken {
        let call = stored(operator, answer).await;
        assert_eq!(call.spoken_number, answer.spoken_number);
        let change = answer.receipt.as_ref().and_then(|receipt| receipt.change.as_ref());
        if let Some(change) = change {
            assert!(call.version >= change.number, "{call:?} came back at another number");
        }
    }
}

fn lineage(answer: &TakeCallResponse) -> String {
    answer.receipt.clone().unwrap().change.unwrap().lineage
}

#[tokio::test]
async fn a_store_that_went_back_to_an_older_copy_is_given_back_all_it_lost() {
    let (mut redis, node, operator) = node().await;
    let mut taken = take_some(&operator, 3).await;
    let older = copied(&mut redis).await;
    until_ready_says(&node, "200").await;
    taken.extend(take_some(&operator, 4).await);
    redis.stop().await.unwrap();
    let held = ask(&operator, &burglary()).await;
    assert_eq!(durability(&held).0, Durability::Journaled);
    go_back(&mut redis, &older).await;
    let told = alarms(&node, "STORE_RESTORED").await;
    assert_eq!(told.len(), 1, "{told:?}");
    are_all_there(&operator, &taken).await;
    are_all_there(&operator, std::slice::from_ref(&held)).await;
    let after = take_some(&operator, 1).await;
    assert_eq!(lineage(&after[0]), lineage(&taken[0]), "every cursor that a console has is still good");
    assert_eq!(incidents(&operator).await.incidents.len(), 9);
}

#[tokio::test]
async fn a_store_that_came_back_empty_is_given_back_everything() {
    let mut redis = Scratch::start().await.unwrap();
    let empty = copied(&mut redis).await;
    let node = Node::start_with(over(&redis)).await;
    let operator = node.client(Role::Operator).await;
    let taken = take_some(&operator, 5).await;
    go_back(&mut redis, &empty).await;
    let told = alarms(&node, "STORE_RESTORED").await;
    assert_eq!(told.len(), 1, "{told:?}");
    are_all_there(&operator, &taken).await;
    let after = take_some(&operator, 1).await;
    assert_eq!(lineage(&after[0]), lineage(&taken[0]));
    assert!(after[0].flags.is_empty(), "the directory is back as well: {:?}", after[0].flags);
}

#[tokio::test]
async fn nodes_that_saw_different_ends_give_a_store_back_what_either_saw() {
    let (mut redis, mut first, operator) = node().await;
    let mut taken = take_some(&operator, 2).await;
    let older = copied(&mut redis).await;
    until_ready_says(&first, "200").await;
    taken.extend(take_some(&operator, 2).await);
    drop(operator);
    first.crash();
    // the second has seen none of that, and what follows the first has not seen
    let mut second = Node::start_with(over(&redis)).await;
    let operator = second.client(Role::Operator).await;
    taken.extend(take_some(&operator, 3).await);
    drop(operator);
    second.crash();
    go_back(&mut redis, &older).await;
    tokio::join!(first.start_again_with(over(&redis)), second.start_again_with(over(&redis)));
    let operator = first.client(Role::Operator).await;
    are_all_there(&operator, &taken).await;
    let after = take_some(&second.client(Role::Operator).await, 1).await;
    assert_eq!(lineage(&after[0]), lineage(&taken[0]));
}

#[tokio::test]
async fn calls_that_a_store_lost_and_took_others_instead_of_are_made_again_under_a_new_lineage() {
    let (mut redis, mut first, operator) = node().await;
    let mut taken = take_some(&operator, 2).await;
    let older = copied(&mut redis).await;
    until_ready_says(&first, "200").await;
    taken.extend(take_some(&operator, 3).await);
    drop(operator);
    first.crash();
    go_back(&mut redis, &older).await;
    // a node that has seen nothing takes the older copy for all there is
    let second = Node::start_with(over(&redis)).await;
    let instead = take_some(&second.client(Role::Operator).await, 4).await;
    first.start_again_with(over(&redis)).await;
    let operator = first.client(Role::Operator).await;
    for answer in taken.iter().chain(&instead) {
        assert_eq!(stored(&operator, answer).await.spoken_number, answer.spoken_number);
    }
    // what the dispatcher had done for them is for people, and the node that holds it says where it is
    let told = eventually(async || {
        let told = alarms(&first, "STORE_BEHIND").await;
        told.iter().any(|detail| detail.contains("its journal has what was lost")).then_some(())
    });
    assert!(told.await.is_some(), "people are told");
    let after = take_some(&operator, 1).await;
    assert_ne!(lineage(&after[0]), lineage(&taken[0]), "the same numbers mean something else from here on");
}

#[tokio::test]
async fn a_restore_whose_only_node_is_gone_for_good_keeps_nobody_waiting() {
    let (redis, mut first, operator) = node().await;
    take_some(&operator, 1).await;
    drop(operator);
    first.crash();
    let store = redis.store(&"bishkek".parse().unwrap(), Retention::default()).await.unwrap();
    let tip = store.tip().await.unwrap();
    let offer = Offer {
        node: "gone".to_owned(),
        lineage: tip.lineage,
        first: tip.number.next(),
        last: Version(tip.number.0 + 5),
        operation: OperationId::derived("gone", "5"),
    };
    let offered = store.offer(offer).await.unwrap();
    assert!(matches!(offered, Restoring::UnderWay(_)), "{offered:?}");
    // one that has seen nothing of it, and one that has seen all there is
    let second = Node::start_with(over(&redis)).await;
    take_some(&second.client(Role::Operator).await, 1).await;
    first.start_again_with(over(&redis)).await;
    take_some(&first.client(Role::Operator).await, 1).await;
}
