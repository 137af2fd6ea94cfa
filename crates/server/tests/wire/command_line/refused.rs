//! What a line is refused with: how things stand, and what comes near what was meant.

use identity::Role;
use tonic::Code;

use super::{Console, fact, operator_with_burglary, restrict, sign_on_unit};
use crate::node::{Node, assert_refused};

#[tokio::test]
async fn a_unit_that_cannot_be_sent_is_refused_with_where_it_is_and_what_would_do() {
    let node = Node::start().await;
    let (operator, taken) = operator_with_burglary(&node).await;
    operator.run("D 11").await.unwrap();
    let other = operator.run("NEW theft @42.8800, 74.5800 Kiev 1").await.unwrap().effect.unwrap();
    let line = format!("D 11 #{}", other.incident_number);
    for refused in [operator.preview(&line).await.map(|_| ()), operator.run(&line).await.map(|_| ())] {
        let status = assert_refused(refused, Code::FailedPrecondition, "UNIT_NOT_AVAILABLE");
        let facts = ["state", "incident", "incident_number", "remedy"].map(|name| fact(&status, name));
        let remedy = format!("REC #{}", other.incident_number);
        assert_eq!(facts, ["assigned", &taken.incident_id, &taken.spoken_number, &remedy]);
        let since: jiff::Timestamp = fact(&status, "since").parse().unwrap();
        assert!(since <= jiff::Timestamp::now());
        operator.preview(&remedy).await.unwrap();
    }

    let status = assert_refused(
        operator.run(&format!("D 12 #{}", other.incident_number)).await,
        Code::FailedPrecondition,
        "UNIT_NOT_AVAILABLE",
    );
    assert_eq!((fact(&status, "state"), fact(&status, "remedy")), ("signed_off".into(), "ST 12 on".into()));
    operator.run("ST 12 on").await.unwrap();
    operator.run("ST 12 out flat tyre").await.unwrap();
    let status = assert_refused(operator.run("D 12").await, Code::FailedPrecondition, "UNIT_NOT_AVAILABLE");
    assert_eq!(
        (fact(&status, "state"), fact(&status, "remedy")),
        ("out_of_service".into(), "ST 12 in".into())
    );
    assert_eq!(fact(&status, "incident"), "", "it is on none");

    restrict(&node, &taken.incident_id).await;
    let status = assert_refused(operator.run(&line).await, Code::FailedPrecondition, "UNIT_NOT_AVAILABLE");
    let hidden = ["incident", "incident_number", "since"].map(|name| fact(&status, name));
    assert_eq!(hidden, ["", "", ""], "what an incident is about is its readers'");
}

#[tokio::test]
async fn a_duty_officer_is_told_to_do_only_what_they_may() {
    let node = Node::start().await;
    let (operator, taken) = operator_with_burglary(&node).await;
    operator.run("D 11").await.unwrap();
    let other = operator.run("NEW burglary @42.8740, 74.5800 Kiev 1").await.unwrap().effect.unwrap();
    operator.run(&format!("X leninsky {}", other.incident_number)).await.unwrap();
    let officer = Console::of(&node, Role::DutyOfficer, &other.incident_id).await;
    let status = assert_refused(officer.run("AC 11").await, Code::FailedPrecondition, "UNIT_NOT_AVAILABLE");
    assert_eq!(
        (fact(&status, "incident_number"), fact(&status, "remedy")),
        (taken.spoken_number, String::new())
    );
}

#[tokio::test]
async fn a_name_that_nothing_has_is_refused_with_those_that_come_near() {
    let node = Node::start().await;
    let (operator, _) = operator_with_burglary(&node).await;
    sign_on_unit(&node, "leninsky-inspector-101").await;
    for (line, code, word, choices) in [
        ("T shoting", "UNKNOWN_TYPE", "shoting", "shooting"),
        ("T стрелба", "UNKNOWN_TYPE", "стрелба", "shooting"),
        ("T cnhtkm,f", "UNKNOWN_TYPE", "cnhtkm,f", "shooting"),
        ("X leninskiy", "UNKNOWN_STATION", "leninskiy", "leninsky,leninsky-ak-orgo"),
        ("RT @lenynsky no car", "UNKNOWN_STATION", "lenynsky", "leninsky,leninsky-ak-orgo"),
        ("RQ кинолг", "UNKNOWN_KIND", "кинолг", "dog-team"),
        ("D 1o1", "UNKNOWN_UNIT", "1o1", "101,11"),
        ("SD 1o1 a mistake", "UNKNOWN_STATION", "1o1", "101,11"),
        ("X nowhere", "UNKNOWN_STATION", "", ""),
    ] {
        for refused in [operator.preview(line).await.map(|_| ()), operator.run(line).await.map(|_| ())] {
            let status = assert_refused(refused, Code::NotFound, code);
            assert_eq!(
                (fact(&status, "word"), fact(&status, "choices")),
                (word.into(), choices.into()),
                "{line}"
            );
        }
    }
    let officer = Console::of(&node, Role::DutyOfficer, "").await;
    let near = assert_refused(officer.run("A 2l").await, Code::NotFound, "UNKNOWN_UNIT");
    assert_eq!(fact(&near, "choices"), "", "no unit of another station is offered");
}
