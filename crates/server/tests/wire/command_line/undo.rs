//! Taking back one's own last line, and leaving alone what others have done since.

use identity::Role;
use protocol::{
    command::v1::Verb,
    record::v1::{NeedTime, incident_state, run_state, unit_state},
};
use tonic::Code;

use super::{Console, fact, operator_with_burglary, sign_on_unit};
use crate::{
    node::{Node, UNIT, assert_refused, request_id},
    noted,
};

#[tokio::test]
async fn what_was_sent_is_taken_back_by_a_stand_down_that_must_be_confirmed() {
    let node = Node::start().await;
    let (operator, taken) = operator_with_burglary(&node).await;
    let nothing = assert_refused(operator.run("UNDO").await, Code::FailedPrecondition, "NOTHING_TO_UNDO");
    assert_eq!(fact(&nothing, "why"), "nothing");
    operator.run("D 11").await.unwrap();
    let would = operator.preview("UNDO").await.unwrap();
    assert_eq!(
        (would.verb(), would.canonical),
        (Verb::StandDown, format!("SD 11 #{} UNDO", taken.spoken_number))
    );
    let id = request_id();
    let undone = operator.run_as(id.clone(), "UNDO").await.unwrap();
    assert!(undone.undo_until.is_none());
    let again = operator.run_as(id, "UNDO").await.unwrap();
    assert!(again.receipt.unwrap().repeated, "the same request is done once");
    let state = operator.shown(&taken.incident_id).await.runs.remove(0).state.unwrap().state.unwrap();
    assert!(matches!(state, run_state::State::StandDownSent(_)), "{state:?}");
    let twice = assert_refused(operator.run("UNDO").await, Code::FailedPrecondition, "NOTHING_TO_UNDO");
    assert_eq!(fact(&twice, "why"), "no_inverse");
    let confirmed = operator.run("CF 11 by radio").await.unwrap().effect.unwrap();
    assert_eq!(confirmed.verb(), Verb::ConfirmStandDown);
    let state = operator.shown(&taken.incident_id).await.runs.remove(0).state.unwrap().state.unwrap();
    assert!(matches!(state, run_state::State::StoodDown(_)), "{state:?}");
}

#[tokio::test]
async fn a_priority_a_hold_and_an_end_are_taken_back_unless_somebody_changed_the_same() {
    let node = Node::start().await;
    let (operator, taken) = operator_with_burglary(&node).await;
    let priority = async || operator.shown(&taken.incident_id).await.incident.unwrap().priority;
    let before = priority().await;
    operator.run("P 1 a weapon was seen").await.unwrap();
    assert_eq!(priority().await, 1);
    operator.run("UNDO").await.unwrap();
    assert_eq!(priority().await, before);

    operator.run("P 1").await.unwrap();
    let supervisor = Console::of(&node, Role::Supervisor, &taken.incident_id).await;
    supervisor.run("P 2").await.unwrap();
    let refused = assert_refused(operator.run("UNDO").await, Code::FailedPrecondition, "NOTHING_TO_UNDO");
    assert_eq!((fact(&refused, "why").as_str(), priority().await), ("changed_since", 2));

    operator.run("H 30 the owner comes later").await.unwrap();
    assert_eq!(operator.preview("UNDO").await.unwrap().verb(), Verb::Release);
    operator.run("UNDO").await.unwrap();
    operator.run("CAN called by mistake").await.unwrap();
    let back = operator.run("UNDO").await.unwrap().effect.unwrap();
    assert_eq!(back.verb(), Verb::Reopen);
    let state = operator.shown(&taken.incident_id).await.incident.unwrap().state.unwrap().state.unwrap();
    assert!(matches!(state, incident_state::State::Open(_)), "{state:?}");
    operator.run("N he is gone").await.unwrap();
    let refused = assert_refused(operator.run("UNDO").await, Code::FailedPrecondition, "NOTHING_TO_UNDO");
    assert_eq!(fact(&refused, "why"), "no_inverse");
}

#[tokio::test]
async fn a_type_is_taken_back_to_the_priority_that_stood_before_it() {
    let node = Node::start().await;
    let (operator, taken) = operator_with_burglary(&node).await;
    let priority = async || operator.shown(&taken.incident_id).await.incident.unwrap().priority;
    let theirs = priority().await;
    let supervisor = Console::of(&node, Role::Supervisor, &taken.incident_id).await;
    // of one that is held the centre decides nothing meanwhile
    operator.run("H 30 the owner comes later").await.unwrap();
    operator.run("T theft").await.unwrap();
    let of_theft = priority().await;
    assert_ne!(of_theft, theirs, "it follows the type");
    operator.run("UNDO").await.unwrap();
    assert_eq!(priority().await, theirs);

    // as somebody set it, which happens to be that of the other type
    operator.run(&format!("P {of_theft}")).await.unwrap();
    operator.run("T theft").await.unwrap();
    operator.run("UNDO").await.unwrap();
    assert_eq!(priority().await, of_theft);

    operator.run(&format!("P {theirs}")).await.unwrap();
    operator.run("T theft").await.unwrap();
    supervisor.run("P 5").await.unwrap();
    operator.run("UNDO").await.unwrap();
    assert_eq!(priority().await, 5, "what another set since stays");
}

#[tokio::test]
async fn what_was_changed_and_taken_back_is_told_each_time() {
    let node = Node::start().await;
    let (operator, taken) = operator_with_burglary(&node).await;
    // of one that is held the centre decides nothing meanwhile
    operator.run("H 30 the owner comes later").await.unwrap();
    for line in ["P 1", "UNDO", "T theft", "UNDO", "L * 42.8800, 74.6000 Chuy 114", "UNDO", "L Kiev 1"] {
        operator.run(line).await.unwrap();
    }
    let told = operator.shown(&taken.incident_id).await.notes;
    let here = "(42.874, 74.566)";
    assert_eq!(
        noted::lines(&told),
        [
            "priority 3 -> 1",
            "priority 1 -> 3: UNDO",
            "type burglary -> theft; priority 3 -> 4",
            "type theft -> burglary; priority 4 -> 3: UNDO",
            &format!("place {here} -> Chuy 114 (42.88, 74.6)"),
            &format!("place Chuy 114 (42.88, 74.6) -> {here}: UNDO"),
            &format!("place {here} -> Kiev 1"),
        ]
    );
}

#[tokio::test]
async fn a_kind_that_only_a_line_asked_for_is_wanted_no_more_once_the_line_is_taken_back() {
    let node = Node::start().await;
    let (operator, taken) = operator_with_burglary(&node).await;
    sign_on_unit(&node, "traffic-51").await;
    sign_on_unit(&node, "dog-team-81").await;
    let wanted = async || {
        let needs = operator.shown(&taken.incident_id).await.incident.unwrap().needs;
        let active = needs.into_iter().filter(|need| need.time() != NeedTime::OnRequest);
        active.map(|need| need.unit_kind_id).collect::<Vec<_>>()
    };
    let before = wanted().await;
    // one of a kind that the plan does not have, and one that it has on request
    operator.run("D 51,81").await.unwrap();
    assert_eq!(wanted().await.len(), before.len() + 2);
    operator.run("UNDO").await.unwrap();
    assert_eq!(wanted().await, before);
    // one of a kind that the plan of what it is by now wants at once
    sign_on_unit(&node, "traffic-52").await;
    operator.run("D 52").await.unwrap();
    let supervisor = Console::of(&node, Role::Supervisor, &taken.incident_id).await;
    supervisor.run("T vehicle-theft").await.unwrap();
    operator.run("UNDO").await.unwrap();
    assert!(wanted().await.contains(&"traffic-patrol".to_owned()));
    supervisor.run("T burglary").await.unwrap();
}

#[tokio::test]
async fn what_others_did_since_is_not_taken_back_with_ones_own() {
    let node = Node::start().await;
    let (operator, taken) = operator_with_burglary(&node).await;
    sign_on_unit(&node, "leninsky-inspector-101").await;
    let supervisor = Console::of(&node, Role::Supervisor, &taken.incident_id).await;
    supervisor.run("AUTO off so that nobody is asked by the centre itself").await.unwrap();
    operator.run("H 30 the owner comes later").await.unwrap();
    supervisor.run("RL").await.unwrap();
    supervisor.run("H 40 the owner comes later still").await.unwrap();
    let refused = assert_refused(operator.run("UNDO").await, Code::FailedPrecondition, "NOTHING_TO_UNDO");
    assert_eq!(fact(&refused, "why"), "changed_since", "another holds it");
    supervisor.run("RL").await.unwrap();

    operator.run("RQ community-inspector 1 to talk to neighbours").await.unwrap();
    operator.run("D 101").await.unwrap();
    let officer = Console::of(&node, Role::DutyOfficer, &taken.incident_id).await;
    officer.run("AC 101").await.unwrap();
    let refused = assert_refused(operator.run("UNDO").await, Code::FailedPrecondition, "NOTHING_TO_UNDO");
    assert_eq!(fact(&refused, "why"), "changed_since", "the desk has sent somebody");
    let state = operator.shown(&taken.incident_id).await.runs.remove(0).state.unwrap().state.unwrap();
    assert!(matches!(state, run_state::State::Sent(_)), "{state:?}");
}

#[tokio::test]
async fn what_others_joined_or_ended_since_is_not_parted_or_reopened_with_ones_own() {
    let node = Node::start().await;
    let (operator, taken) = operator_with_burglary(&node).await;
    let supervisor = Console::of(&node, Role::Supervisor, &taken.incident_id).await;
    let opened = async |place: &str| {
        let opened = operator.run(&format!("NEW theft @42.8740, 74.5661 {place}")).await.unwrap();
        let effect = opened.effect.unwrap();
        (effect.incident_id, effect.incident_number)
    };
    let (id, one) = opened("Kiev 1").await;
    let (other_id, other) = opened("Kiev 2").await;
    let state = async || operator.shown(&id).await.incident.unwrap().state.unwrap().state.unwrap();
    let refused =
        async || assert_refused(operator.run("UNDO").await, Code::FailedPrecondition, "VERSION_MOVED");

    operator.run(&format!("DUP #{one} #{}", taken.spoken_number)).await.unwrap();
    supervisor.run(&format!("UNDUP #{one}")).await.unwrap();
    supervisor.run(&format!("DUP #{one} #{other}")).await.unwrap();
    refused().await;
    let stands = state().await;
    assert!(
        matches!(&stands, incident_state::State::Merged(it) if it.into_incident_id == other_id),
        "{stands:?}"
    );
    supervisor.run(&format!("UNDUP #{one}")).await.unwrap();

    operator.run(&format!("CL #{one} report taken # 77/24")).await.unwrap();
    supervisor.run(&format!("RO #{one} the caller rang again")).await.unwrap();
    supervisor.run(&format!("CL #{one} report taken again # 78/24")).await.unwrap();
    refused().await;
    let stands = state().await;
    assert!(matches!(&stands, incident_state::State::Closed(it) if it.disposition == "report taken again"));
    supervisor.run(&format!("RO #{one} the caller rang again")).await.unwrap();

    operator.run(&format!("CAN #{one} called by mistake")).await.unwrap();
    supervisor.run(&format!("RO #{one} no mistake")).await.unwrap();
    supervisor.run(&format!("CAN #{one} a mistake after all")).await.unwrap();
    refused().await;
    let stands = state().await;
    assert!(matches!(&stands, incident_state::State::Cancelled(it) if it.reason == "a mistake after all"));
}

#[tokio::test]
async fn what_others_brought_into_the_same_state_again_is_not_set_back_with_ones_own() {
    let node = Node::start().await;
    let (operator, taken) = operator_with_burglary(&node).await;
    let supervisor = Console::of(&node, Role::Supervisor, &taken.incident_id).await;
    let state =
        async || operator.shown(&taken.incident_id).await.incident.unwrap().state.unwrap().state.unwrap();
    let refused =
        async || assert_refused(operator.run("UNDO").await, Code::FailedPrecondition, "VERSION_MOVED");
    supervisor.run("AUTO off so that nobody is asked by the centre itself").await.unwrap();

    operator.run("H 30 the owner comes later").await.unwrap();
    operator.run("RL").await.unwrap();
    supervisor.run("H 40 the owner comes later still").await.unwrap();
    supervisor.run("RL").await.unwrap();
    refused().await;
    assert!(matches!(state().await, incident_state::State::Open(_)), "the other has released it");

    operator.run("CAN called by mistake").await.unwrap();
    operator.run("RO no mistake").await.unwrap();
    supervisor.run("CAN a mistake after all").await.unwrap();
    supervisor.run("RO none, they rang again").await.unwrap();
    refused().await;
    assert!(matches!(state().await, incident_state::State::Open(_)), "the other has opened it");

    operator.run("ST 11 out fuel").await.unwrap();
    operator.run("ST 11 in").await.unwrap();
    supervisor.run("ST 11 out a flat tyre").await.unwrap();
    supervisor.run("ST 11 in").await.unwrap();
    refused().await;
    let unit = operator.unit(UNIT).await.state.unwrap().state.unwrap();
    assert!(matches!(unit, unit_state::State::Available(_)), "{unit:?}");
}
