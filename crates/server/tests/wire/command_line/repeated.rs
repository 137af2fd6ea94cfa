//! A line whose request comes again: to the node that carried it out, to the next, and of which only some was done.

use identity::Role;
use protocol::record::v1::run_state;
use tonic::Code;

use super::{Console, fact, operator_with_burglary, restrict, sign_on_unit};
use crate::node::{Node, assert_refused, request_id};

#[tokio::test]
async fn several_units_are_sent_one_by_one_and_what_is_refused_is_told_from_what_was_done() {
    let node = Node::start().await;
    let (operator, taken) = operator_with_burglary(&node).await;
    sign_on_unit(&node, "leninsky-12").await;
    let id = request_id();
    let partly = operator.run_as(id.clone(), "D 11,14,12").await;
    let partly = assert_refused(partly, Code::FailedPrecondition, "UNIT_NOT_AVAILABLE");
    assert_eq!((fact(&partly, "done"), fact(&partly, "refused")), ("11".to_owned(), "14,12".to_owned()));
    assert_eq!(operator.shown(&taken.incident_id).await.runs.len(), 1);
    sign_on_unit(&node, "leninsky-14").await;
    let rest = operator.run_as(id, "D 11,14,12").await.unwrap();
    assert!(!rest.receipt.unwrap().repeated);
    assert_eq!(operator.shown(&taken.incident_id).await.runs.len(), 3, "nobody is sent twice");
    operator.run("UNDO").await.unwrap();
    let runs = operator.shown(&taken.incident_id).await.runs;
    let states = runs.into_iter().map(|run| run.state.unwrap().state.unwrap());
    let back = states.filter(|state| matches!(state, run_state::State::StandDownSent(_))).count();
    assert_eq!(back, 3);
}

#[tokio::test]
async fn a_request_is_done_once_however_often_and_is_no_other() {
    let node = Node::start().await;
    let (operator, taken) = operator_with_burglary(&node).await;
    let id = request_id();
    operator.run("D 11").await.unwrap();
    operator.run_as(id.clone(), "C 11 done").await.unwrap();
    let again = operator.run_as(id.clone(), "C 11 done").await.unwrap();
    assert!(again.receipt.unwrap().repeated, "though the unit is on no run any more");
    let other = operator.run_as(id, "N something else").await;
    assert_refused(other, Code::AlreadyExists, "REQUEST_ID_REUSED");
    assert!(operator.shown(&taken.incident_id).await.notes.is_empty());
}

#[tokio::test]
async fn what_came_to_nothing_may_be_asked_under_its_id_of_another_incident() {
    let node = Node::start().await;
    let (operator, _) = operator_with_burglary(&node).await;
    let opened = operator.run("NEW theft @42.8740, 74.5661 Kiev 1").await.unwrap().effect.unwrap();
    operator.run("D 11").await.unwrap();
    let id = request_id();
    let busy = operator.run_as(id.clone(), "CAN called by mistake").await;
    assert_refused(busy, Code::FailedPrecondition, "RUNS_OPEN");
    let elsewhere = Console::of(&node, Role::Operator, &opened.incident_id).await;
    elsewhere.run_as(id.clone(), "CAN called by mistake").await.unwrap();
    let again = elsewhere.run_as(id.clone(), "CAN called by mistake").await.unwrap();
    assert!(again.receipt.unwrap().repeated);
    let other = operator.run_as(id, "CAN called by mistake").await;
    assert_refused(other, Code::AlreadyExists, "REQUEST_ID_REUSED");
}

#[tokio::test]
async fn a_request_that_an_earlier_node_carried_out_is_not_refused_by_the_next() {
    let mut node = Node::start().await;
    let id = request_id();
    let selected = {
        let (operator, taken) = operator_with_burglary(&node).await;
        operator.run("D 11").await.unwrap();
        operator.run_as(id.clone(), "C 11").await.unwrap();
        taken.incident_id
    };
    node.drain().await;
    node.start_again().await;
    let operator = Console::of(&node, Role::Operator, &selected).await;
    let again = operator.run_as(id.clone(), "C 11").await.unwrap();
    assert!(again.receipt.unwrap().repeated);
    for other in ["C 12", "C 11 report taken", "C 99", "UNDO"] {
        assert_refused(operator.run_as(id.clone(), other).await, Code::AlreadyExists, "REQUEST_ID_REUSED");
    }
}

#[tokio::test]
async fn a_line_that_a_node_began_is_finished_by_the_next_and_nobody_is_sent_twice() {
    let mut node = Node::start().await;
    let id = request_id();
    let selected = {
        let (_, taken) = operator_with_burglary(&node).await;
        sign_on_unit(&node, "leninsky-12").await;
        taken.incident_id
    };
    let begin = async |node: &Node| {
        let operator = Console::of(node, Role::Operator, &selected).await;
        let partly = operator.run_as(id.clone(), "D 11,14,12").await;
        assert_refused(partly, Code::FailedPrecondition, "UNIT_NOT_AVAILABLE")
    };
    begin(&node).await;
    node.drain().await;
    node.start_again().await;
    let refused = begin(&node).await;
    assert_eq!((fact(&refused, "done"), fact(&refused, "refused")), ("11".to_owned(), "14,12".to_owned()));
    node.drain().await;
    node.start_again().await;
    sign_on_unit(&node, "leninsky-14").await;
    let operator = Console::of(&node, Role::Operator, &selected).await;
    let other = operator.run_as(id.clone(), "D 14").await;
    assert_refused(other, Code::AlreadyExists, "REQUEST_ID_REUSED");
    let seen_as_another = operator.ask(id.clone(), "D 11,14,12", "another".to_owned()).await;
    let refused = assert_refused(seen_as_another, Code::FailedPrecondition, "VERSION_MOVED");
    assert_eq!((fact(&refused, "done"), fact(&refused, "refused")), ("11".to_owned(), "14,12".to_owned()));
    let rest = operator.run_as(id.clone(), "D 11,14,12").await.unwrap();
    assert!(!rest.receipt.unwrap().repeated);
    assert_eq!(operator.shown(&selected).await.runs.len(), 3, "nobody is sent twice");
    operator.run("UNDO").await.unwrap();
    let runs = operator.shown(&selected).await.runs;
    let states = runs.into_iter().map(|run| run.state.unwrap().state.unwrap());
    assert_eq!(states.filter(|state| matches!(state, run_state::State::StandDownSent(_))).count(), 3);
}

#[tokio::test]
async fn of_a_line_that_a_node_began_and_no_other_can_finish_it_is_told_what_was_done() {
    let mut node = Node::start().await;
    let id = request_id();
    let selected;
    let number = {
        let (operator, taken) = operator_with_burglary(&node).await;
        sign_on_unit(&node, "leninsky-12").await;
        let line = format!("D 11,14,12 #{}", taken.spoken_number);
        assert_refused(
            operator.run_as(id.clone(), &line).await,
            Code::FailedPrecondition,
            "UNIT_NOT_AVAILABLE",
        );
        restrict(&node, &taken.incident_id).await;
        selected = taken.incident_id;
        taken.spoken_number
    };
    node.drain().await;
    node.start_again().await;
    let operator = Console::of(&node, Role::Operator, &selected).await;
    let refused = operator.run_as(id, &format!("D 11,14,12 #{number}")).await;
    let refused = assert_refused(refused, Code::NotFound, "UNKNOWN_NUMBER");
    assert_eq!((fact(&refused, "done"), fact(&refused, "refused")), ("11".to_owned(), "14,12".to_owned()));
}
