//! Typed lines over the wire: sending, reporting, refusing, taking back, in any layout and for whom it may be.

use identity::{Claims, Role};
use protocol::{
    command::v1::{
        Effect, ListCommandsRequest, PreviewCommandRequest, RunCommandRequest, RunCommandResponse, Verb,
        command_service_client::CommandServiceClient,
    },
    crew::v1::{SignOnRequest, unit_service_client::UnitServiceClient},
    dispatch::v1::{
        GetIncidentRequest, GetIncidentResponse, RestrictIncidentRequest, get_incident_request,
        incident_service_client::IncidentServiceClient, restrict_incident_request,
    },
    intake::v1::{ReportRingingRequest, TakeCallResponse, intake_service_client::IntakeServiceClient},
    record::v1::{
        Channel, Location, Position,
        incident_state::{self, closed::Basis},
        run_state,
    },
};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::{
    flow::{burglary, sign_on, take},
    node::{Client, Node, UNIT, assert_refused, claims, request_id},
};

/// Somebody at a console with one incident selected.
struct Console<'n> {
    node: &'n Node,
    client: Client,
    selected: String,
}

impl<'n> Console<'n> {
    async fn of(node: &'n Node, role: Role, selected: &str) -> Self {
        Self { node, client: node.client(role).await, selected: selected.to_owned() }
    }

    async fn preview(&self, line: &str) -> Result<Effect, Status> {
        let request =
            PreviewCommandRequest { line: line.to_owned(), selected_incident_id: self.selected.clone() };
        let answer = CommandServiceClient::new(self.client.clone()).preview_command(request).await?;
        Ok(answer.into_inner().effect.unwrap())
    }

    async fn run_as(&self, request_id: String, line: &str) -> Result<RunCommandResponse, Status> {
        self.ask(request_id, line, String::new()).await
    }

    /// Runs a line by what a preview of it showed.
    async fn run_by(&self, seen: &Effect, line: &str) -> Result<RunCommandResponse, Status> {
        self.ask(request_id(), line, seen.meaning.clone()).await
    }

    async fn ask(
        &self,
        request_id: String,
        line: &str,
        meaning: String,
    ) -> Result<RunCommandResponse, Status> {
        let selected_incident_id = self.selected.clone();
        let request = RunCommandRequest { request_id, line: line.to_owned(), selected_incident_id, meaning };
        let answer = CommandServiceClient::new(self.client.clone()).run_command(request).await?.into_inner();
        if let Some(change) = answer.receipt.as_ref().and_then(|receipt| receipt.change.as_ref()) {
            let number = domain::Version(change.number);
            self.node
                .running()
                .room()
                .centre
                .reached(number, std::time::Duration::from_secs(20))
                .await
                .unwrap();
        }
        Ok(answer)
    }

    async fn run(&self, line: &str) -> Result<RunCommandResponse, Status> {
        self.run_as(request_id(), line).await
    }

    async fn shown(&self, incident: &str) -> GetIncidentResponse {
        let name = Some(get_incident_request::Name::IncidentId(incident.to_owned()));
        let mut incidents = IncidentServiceClient::new(self.client.clone());
        incidents.get_incident(GetIncidentRequest { name }).await.unwrap().into_inner()
    }
}

/// A fact of a refusal.
fn fact(status: &Status, name: &str) -> String {
    let details = status.get_error_details();
    details.error_info().and_then(|info| info.metadata.get(name).cloned()).unwrap_or_default()
}

async fn sign_on_unit(node: &Node, unit_id: &str) {
    let mut units = UnitServiceClient::new(node.client(Role::Operator).await);
    let request =
        SignOnRequest { request_id: request_id(), unit_id: unit_id.to_owned(), ..SignOnRequest::default() };
    units.sign_on(request).await.unwrap();
}

/// Leaves an incident to somebody else alone.
async fn restrict(node: &Node, incident: &str) {
    let readers = vec!["the-reader".to_owned()];
    let restrict = restrict_incident_request::Restrict { readers, reason: "an officer".to_owned() };
    let request = RestrictIncidentRequest {
        request_id: request_id(),
        incident_id: incident.to_owned(),
        change: Some(restrict_incident_request::Change::Restrict(restrict)),
        ..RestrictIncidentRequest::default()
    };
    let supervisor = node.client(Role::Supervisor).await;
    IncidentServiceClient::new(supervisor).restrict_incident(request).await.unwrap();
}

/// An operator with a burglary selected and one patrol on duty.
async fn operator_with_burglary(node: &Node) -> (Console<'_>, TakeCallResponse) {
    sign_on(node).await;
    let operator = node.client(Role::Operator).await;
    let taken = take(&operator, burglary()).await;
    (Console { node, client: operator, selected: taken.incident_id.clone() }, taken)
}

#[tokio::test]
async fn a_unit_is_sent_reported_for_and_cleared_by_lines() {
    let node = Node::start().await;
    let (operator, taken) = operator_with_burglary(&node).await;
    let number = &taken.spoken_number;
    let seen = operator.preview(&format!("d 11 {number}")).await.unwrap();
    assert_eq!((seen.verb(), seen.canonical.as_str()), (Verb::Dispatch, format!("D 11 #{number}").as_str()));
    assert_eq!((seen.units[0].unit_id.as_str(), seen.units[0].state.as_str()), (UNIT, "available"));
    assert!(seen.units[0].travel_time_s.is_some() && !seen.units[0].through_desk);
    assert!(seen.cautions.is_empty(), "{seen:?}");
    assert!(operator.shown(&taken.incident_id).await.runs.is_empty(), "a preview sends nobody");

    let sent = operator.run(&format!("D 11 {number}")).await.unwrap();
    assert!(sent.undo_until.is_some() && !sent.receipt.unwrap().repeated);
    let refused = operator.preview("D 11").await.map(|effect| effect.canonical);
    assert_refused(refused, Code::FailedPrecondition, "UNIT_NOT_AVAILABLE");

    operator.run("AK 11 by radio").await.unwrap();
    let driving = operator.run("EN 11 по радио от Асанова").await.unwrap().effect.unwrap();
    assert_eq!((driving.channel(), driving.person.as_str()), (Channel::Radio, "Асанова"));
    assert!(driving.occurred_at.is_none());
    assert_eq!(operator.preview("C 11").await.unwrap().cautions, ["NOT_ARRIVED"]);
    operator.run("OS 11").await.unwrap();
    let cleared = operator.run("C 11 report taken").await.unwrap();
    assert!(cleared.effect.unwrap().cautions.is_empty());
    assert!(cleared.undo_until.is_none(), "a report is corrected by another report");
    let run = operator.shown(&taken.incident_id).await.runs.remove(0);
    let said: Vec<_> = run.milestones.iter().map(|it| (it.channel(), it.on_behalf_of.as_str())).collect();
    assert!(said.contains(&(Channel::Radio, "Асанова")), "{said:?}");
    let state = run.state.unwrap().state.unwrap();
    assert!(matches!(&state, run_state::State::Cleared(it) if it.disposition == "report taken"), "{state:?}");
    let refused = operator.run("A 11").await;
    let status = assert_refused(refused, Code::FailedPrecondition, "ILLEGAL_STEP");
    assert_eq!((fact(&status, "unit").as_str(), fact(&status, "callsign").as_str()), (UNIT, "11"));
}

#[tokio::test]
async fn a_report_for_a_crew_with_only_a_radio_says_when_it_was() {
    let node = Node::start().await;
    let (operator, _) = operator_with_burglary(&node).await;
    operator.run("D 11").await.unwrap();
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(6));
    let a_minute_ago = (jiff::Timestamp::now() - jiff::SignedDuration::from_mins(2)).to_zoned(zone);
    let line = format!("A 11 at {} by radio", a_minute_ago.strftime("%H:%M"));
    let now = jiff::Timestamp::now().to_zoned(a_minute_ago.time_zone().clone());
    let in_this_minute = operator.preview(&format!("A 11 at {}", now.strftime("%H:%M"))).await.unwrap();
    assert!(in_this_minute.cautions.is_empty(), "{in_this_minute:?}");
    assert_eq!(operator.preview(&line).await.unwrap().cautions, ["BEFORE_SENT"]);
    let effect = operator.run(&line).await.unwrap().effect.unwrap();
    let minute = a_minute_ago.timestamp().as_second() / 60 * 60;
    assert_eq!(effect.occurred_at.unwrap().seconds, minute);
    assert_eq!(effect.canonical, line);
}

#[tokio::test]
async fn a_line_in_another_layout_does_the_same_and_says_so() {
    let node = Node::start().await;
    let (operator, taken) = operator_with_burglary(&node).await;
    let effect = operator.preview(&format!("В 11 {}", taken.spoken_number)).await.unwrap();
    assert_eq!(effect.canonical, format!("D 11 #{}", taken.spoken_number));
    assert_eq!(effect.cautions, ["WRONG_LAYOUT"]);
    let note = operator.run("Т он вооружён").await.unwrap().effect.unwrap();
    assert_eq!((note.verb(), note.text.as_str()), (Verb::Note, "он вооружён"));
    assert_eq!(operator.shown(&taken.incident_id).await.notes[0].text, "он вооружён");
}

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
        (Verb::StandDown, format!("SD 11 #{} undone", taken.spoken_number))
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

#[tokio::test]
async fn a_number_that_no_open_incident_has_may_begin_words_and_is_asked_about() {
    let node = Node::start().await;
    let (operator, taken) = operator_with_burglary(&node).await;
    operator.run("D 11").await.unwrap();
    for line in
        ["N 103 called", "CAN 103 called", "T 103 robbery", "SD 11 103 called", "RO 103 they called again"]
    {
        for refused in [operator.preview(line).await.map(|_| ()), operator.run(line).await.map(|_| ())] {
            let status = assert_refused(refused, Code::InvalidArgument, "COMMAND_AMBIGUOUS");
            assert_eq!(fact(&status, "choices"), "#103,* 103", "{line}");
        }
    }
    let note = operator.run("N * 103 called").await.unwrap().effect.unwrap();
    assert_eq!((note.text.as_str(), note.incident_id), ("103 called", taken.incident_id.clone()));
    assert_refused(operator.run("N #103 called").await, Code::NotFound, "UNKNOWN_NUMBER");
}

#[tokio::test]
async fn every_refusal_of_a_line_has_its_code_and_what_would_do() {
    let node = Node::start().await;
    let (operator, _) = operator_with_burglary(&node).await;
    for (line, code, reason, name, value) in [
        ("QX 11", Code::InvalidArgument, "COMMAND_UNKNOWN", "word", "QX"),
        ("D", Code::InvalidArgument, "COMMAND_INCOMPLETE", "expected", "unit"),
        ("P 9", Code::InvalidArgument, "COMMAND_NOT_UNDERSTOOD", "expected", "priority"),
        ("T bu", Code::InvalidArgument, "COMMAND_AMBIGUOUS", "choices", "burglary,burglary-in-progress"),
        ("D 999 1", Code::NotFound, "UNKNOWN_UNIT", "unit", "999"),
        ("V 98765", Code::NotFound, "UNKNOWN_NUMBER", "number", "98765"),
        ("X nowhere 1", Code::NotFound, "UNKNOWN_STATION", "station", "nowhere"),
        ("RQ dragon", Code::NotFound, "UNKNOWN_KIND", "kind", "dragon"),
        ("T dragon", Code::NotFound, "UNKNOWN_TYPE", "type", "dragon"),
        ("ACK 99", Code::NotFound, "UNKNOWN_ALARM", "alarm", "99"),
        ("ANS", Code::NotFound, "UNKNOWN_CALL", "call", "ANS"),
        ("CF", Code::NotFound, "UNKNOWN_ASSIGNMENT", "assignment", "1"),
        ("AUTO off why", Code::PermissionDenied, "ROLE_NOT_ALLOWED", "allowed", "supervisor"),
        ("AUTO off", Code::PermissionDenied, "ROLE_NOT_ALLOWED", "allowed", "supervisor"),
        ("AUTX", Code::InvalidArgument, "COMMAND_UNKNOWN", "choices", "AK,A,AC,ANS,ACK"),
        ("D 101", Code::NotFound, "UNKNOWN_NEED", "needs", "3"),
    ] {
        for refused in [operator.preview(line).await.map(|_| ()), operator.run(line).await.map(|_| ())] {
            let status = assert_refused(refused, code, reason);
            assert_eq!(fact(&status, name), value, "{line}");
        }
    }
    let long = format!("N {}", "a".repeat(2_048));
    assert_refused(operator.run(&long).await, Code::InvalidArgument, "COMMAND_TOO_LONG");
    let nothing_selected = Console::of(&node, Role::Operator, "").await;
    let refused =
        assert_refused(nothing_selected.run("V").await, Code::InvalidArgument, "COMMAND_INCOMPLETE");
    assert_eq!(fact(&refused, "expected"), "incident");
}

#[tokio::test]
async fn an_incident_is_known_by_its_last_three_digits_while_one_alone_ends_so() {
    let node = Node::start().await;
    let operator = Console::of(&node, Role::Operator, "").await;
    let mut numbers = Vec::new();
    for place in 0..103_u32 {
        let opened = operator.run(&format!("NEW theft @42.{:04}, 74.5660 Kiev {place}", 8000 + place)).await;
        numbers.push(opened.unwrap().effect.unwrap().incident_number);
    }
    let last: u64 = numbers.last().unwrap().parse().unwrap();
    let digits = format!("{:03}", last % 1000);
    assert_eq!(
        operator.preview(&format!("V {digits}")).await.unwrap().incident_number,
        *numbers.last().unwrap()
    );
    let id = operator.preview(&format!("V #{}", numbers[0])).await.unwrap().incident_id;
    assert_eq!(operator.preview(&format!("V {id}")).await.unwrap().incident_number, numbers[0]);

    let noted = operator.run(&format!("N {digits} he waits")).await.unwrap().effect.unwrap();
    assert_eq!((noted.incident_number, noted.canonical), (last.to_string(), format!("N #{last} he waits")));
    operator.run(&format!("CAN {digits} called by mistake")).await.unwrap();
    let refused = operator.preview(&format!("N {last} called")).await.map(|effect| effect.canonical);
    assert_refused(refused, Code::InvalidArgument, "COMMAND_AMBIGUOUS");
    assert_eq!(
        operator.preview(&format!("N #{last} he was there")).await.unwrap().incident_number,
        last.to_string()
    );
    operator.run(&format!("RO {last} the caller rang again")).await.unwrap();
}

#[tokio::test]
async fn a_duty_officer_answers_for_their_own_desk_and_units_alone() {
    let node = Node::start().await;
    let (operator, taken) = operator_with_burglary(&node).await;
    sign_on_unit(&node, "oktyabrsky-21").await;
    let asked = operator.run("X leninsky").await.unwrap().effect.unwrap();
    assert_eq!((asked.station_id.as_str(), asked.unit_kind_id.as_str()), ("leninsky", "patrol"));
    let officer = Console::of(&node, Role::DutyOfficer, &taken.incident_id).await;
    let received = officer.run("RC Lt Asanov by phone").await.unwrap().effect.unwrap();
    assert_eq!((received.person.as_str(), received.channel()), ("Lt Asanov", Channel::Phone));
    let refused = officer.run("AC 21").await;
    assert_refused(refused, Code::PermissionDenied, "SCOPE_UNIT_OF_OTHER_STATION");
    let refused = officer.preview("A 21").await.map(|effect| effect.canonical);
    assert_refused(refused, Code::PermissionDenied, "SCOPE_UNIT_OF_OTHER_STATION");
    assert_refused(officer.run("D 11").await, Code::PermissionDenied, "ROLE_NOT_ALLOWED");
    officer.run("AC 11").await.unwrap();
    officer.run("A 11").await.unwrap();
    let elsewhere = Claims {
        name: "another-officer".to_owned(),
        station: Some("oktyabrsky".parse().unwrap()),
        ..claims(Role::DutyOfficer)
    };
    let elsewhere =
        Console { node: &node, client: node.client_of(elsewhere).await, selected: taken.incident_id.clone() };
    assert_refused(elsewhere.run("N seen").await, Code::NotFound, "UNKNOWN_INCIDENT");
    let by_number = elsewhere.run(&format!("N #{} seen", taken.spoken_number)).await;
    assert_refused(by_number, Code::NotFound, "UNKNOWN_NUMBER");
    assert_refused(elsewhere.run("A 11").await, Code::PermissionDenied, "SCOPE_UNIT_OF_OTHER_STATION");
    let listed =
        CommandServiceClient::new(officer.client.clone()).list_commands(ListCommandsRequest {}).await;
    let words: Vec<String> =
        listed.unwrap().into_inner().commands.into_iter().map(|it| it.words[0].clone()).collect();
    assert!(words.contains(&"RC".to_owned()) && !words.contains(&"D".to_owned()), "{words:?}");
}

#[tokio::test]
async fn a_desk_that_chooses_its_units_is_asked_and_what_it_was_asked_is_returned() {
    let node = Node::start().await;
    let (operator, taken) = operator_with_burglary(&node).await;
    sign_on_unit(&node, "leninsky-inspector-101").await;
    let supervisor = Console::of(&node, Role::Supervisor, "").await;
    let off = supervisor.run("AUTO off so that nobody is asked by the centre itself").await.unwrap();
    assert_eq!(off.effect.unwrap().state, "off");
    operator.run("RQ community-inspector 1 to talk to neighbours").await.unwrap();
    let asked = operator.run("D 101").await.unwrap().effect.unwrap();
    assert!(asked.units[0].through_desk);
    assert!(operator.shown(&taken.incident_id).await.runs.is_empty(), "the desk sends, not the operator");
    let officer = Console::of(&node, Role::DutyOfficer, &taken.incident_id).await;
    let returned = officer.run("RT no inspector is free").await.unwrap().effect.unwrap();
    assert_eq!((returned.verb(), returned.text.as_str()), (Verb::Return, "no inspector is free"));
    let acknowledged = operator.run("ACK").await.unwrap().effect.unwrap();
    assert!(!acknowledged.alarm_code.is_empty());
}

#[tokio::test]
async fn alarms_are_numbered_as_the_strip_shows_them() {
    let node = Node::start().await;
    let (operator, older) = operator_with_burglary(&node).await;
    sign_on_unit(&node, "leninsky-inspector-101").await;
    let supervisor = Console::of(&node, Role::Supervisor, "").await;
    supervisor.run("AUTO off so that nobody is asked by the centre itself").await.unwrap();
    let officer = Console::of(&node, Role::DutyOfficer, "").await;
    let returned = async |number: &str| {
        operator.run(&format!("RQ #{number} community-inspector 1 to talk to neighbours")).await.unwrap();
        operator.run(&format!("D 101 #{number}")).await.unwrap();
        officer.run(&format!("RT #{number} no inspector is free")).await.unwrap();
    };
    returned(&older.spoken_number).await;
    let opened = operator.run("NEW theft @42.8740, 74.5661 Чүй 114").await.unwrap().effect.unwrap();
    returned(&opened.incident_number).await;
    operator.run(&format!("P #{} 3", older.spoken_number)).await.unwrap();
    operator.run(&format!("P #{} 1 a weapon was seen", opened.incident_number)).await.unwrap();

    let meant = async |console: &Console<'_>, line: &str| {
        let effect = console.preview(line).await.unwrap();
        (effect.incident_number, effect.canonical)
    };
    let (urgent, other) = (&opened.incident_number, &older.spoken_number);
    for console in [&operator, &officer] {
        assert_eq!(meant(console, "ACK").await, (urgent.clone(), "ACK 1".to_owned()));
        assert_eq!(meant(console, "ACK 1").await.0, *urgent);
        assert_eq!(meant(console, "ACK 2").await.0, *other);
    }
    let (second, nobody_yet) =
        (operator.preview("ACK 2").await.unwrap(), officer.preview("ACK 1").await.unwrap());
    let acknowledged = operator.run_by(&operator.preview("ACK 1").await.unwrap(), "ACK 1").await;
    let acknowledged = acknowledged.unwrap().effect.unwrap();
    assert_eq!(acknowledged.incident_number, *urgent);
    for (seen, line) in [(&second, "ACK 2"), (&nobody_yet, "ACK 1")] {
        let refused = operator.run_by(seen, line).await;
        assert_refused(refused, Code::FailedPrecondition, "VERSION_MOVED");
    }
    assert_eq!(meant(&operator, "ACK 1").await.0, *other, "what nobody has comes first");
    assert_eq!(meant(&operator, "ACK 2").await.0, *urgent);
    let by_id = operator.preview(&format!("ACK {}", acknowledged.alarm_id)).await.unwrap();
    assert_eq!((by_id.alarm_id, by_id.incident_number), (acknowledged.alarm_id, urgent.clone()));
}

#[tokio::test]
async fn whoever_is_no_reader_finds_nothing_by_number_digits_or_unit() {
    let node = Node::start().await;
    let (operator, taken) = operator_with_burglary(&node).await;
    operator.run("D 11").await.unwrap();
    restrict(&node, &taken.incident_id).await;
    let number = &taken.spoken_number;
    for line in [
        format!("V {number}"),
        format!("REC {number}"),
        format!("N #{number} words"),
        format!("D 11 {number}"),
    ] {
        let previewed = operator.preview(&line).await.map(|effect| effect.canonical);
        assert_refused(previewed, Code::NotFound, "UNKNOWN_NUMBER");
        assert_refused(operator.run(&line).await, Code::NotFound, "UNKNOWN_NUMBER");
    }
    for line in ["A 11", "SD 11 called back", "CF 11", "UNDO"] {
        assert_refused(operator.run(line).await, Code::NotFound, "UNKNOWN_RUN");
    }
    assert_refused(operator.run("V").await, Code::NotFound, "UNKNOWN_INCIDENT");
}

#[tokio::test]
async fn calls_are_answered_and_incidents_opened_joined_and_shown_by_lines() {
    let node = Node::start().await;
    let (operator, taken) = operator_with_burglary(&node).await;
    let ringing = ReportRingingRequest { request_id: request_id(), ..ReportRingingRequest::default() };
    let rang = IntakeServiceClient::new(operator.client.clone()).report_ringing(ringing).await.unwrap();
    let answered = operator.run("ANS").await.unwrap().effect.unwrap();
    assert_eq!(answered.call_id, rang.into_inner().call.unwrap().call_id);

    let opened = operator.run("NEW theft @42.8740, 74.5661 Чүй 114; эшик сынган").await.unwrap();
    let effect = opened.effect.unwrap();
    let shown = operator.shown(&effect.incident_id).await.incident.unwrap();
    let position = Some(Position { latitude: 42.8740, longitude: 74.5661 });
    let at = Location { position, address: "Чүй 114".to_owned(), ..shown.location.clone().unwrap() };
    assert_eq!((shown.spoken_number.as_str(), shown.location), (effect.incident_number.as_str(), Some(at)));
    let dup = operator.run(&format!("DUP {} {}", effect.incident_number, taken.spoken_number)).await.unwrap();
    assert_eq!(dup.effect.unwrap().other_incident_id, taken.incident_id);
    assert_eq!(operator.preview("UNDO").await.unwrap().verb(), Verb::Unmerge);
    operator.run("UNDO").await.unwrap();

    let recommended = operator.run("REC").await.unwrap();
    assert!(recommended.receipt.is_none());
    assert_eq!(recommended.recommendation.unwrap().needs[0].chosen[0].unit_id, UNIT);
    let words = operator.run("L Чүй 115").await.unwrap().effect.unwrap();
    assert_eq!(words.cautions, ["PLACE_WITHOUT_POSITION"]);
    operator.run("UNDO").await.unwrap();
    let refused = operator.run("CL report taken").await;
    assert_refused(refused, Code::FailedPrecondition, "CLOSING_INCOMPLETE");
    operator.run("CL report taken # 77/24").await.unwrap();
    let state = operator.shown(&taken.incident_id).await.incident.unwrap().state.unwrap().state.unwrap();
    let number = Some(Basis::RegistrationNumber("77/24".to_owned()));
    assert!(matches!(&state, incident_state::State::Closed(it) if it.basis == number), "{state:?}");
}
