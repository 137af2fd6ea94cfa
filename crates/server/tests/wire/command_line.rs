//! Typed lines over the wire: sending, reporting, refusing, in any layout and for whom it may be.

mod cautions;
mod refused;
mod repeated;
mod undo;

use identity::{Claims, Role};
use protocol::{
    command::v1::{
        Effect, ListCommandsRequest, PreviewCommandRequest, RunCommandRequest, RunCommandResponse, Verb,
        command_service_client::CommandServiceClient,
    },
    crew::v1::{GetUnitRequest, SignOnRequest, unit_service_client::UnitServiceClient},
    dispatch::v1::{
        GetIncidentRequest, GetIncidentResponse, RestrictIncidentRequest, get_incident_request,
        incident_service_client::IncidentServiceClient, restrict_incident_request,
    },
    intake::v1::{ReportRingingRequest, TakeCallResponse, intake_service_client::IntakeServiceClient},
    record::v1::{
        Channel, Location, Position, Unit,
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

    async fn unit(&self, unit_id: &str) -> Unit {
        let request = GetUnitRequest { unit_id: unit_id.to_owned() };
        let answer = UnitServiceClient::new(self.client.clone()).get_unit(request).await.unwrap();
        answer.into_inner().unit.unwrap().unit.unwrap()
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
    assert_eq!(
        operator.preview("C 11 report taken at 09:10 by radio").await.unwrap().cautions,
        ["TIME_IN_WORDS"]
    );
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
        ("L * 99.9, 74.5", Code::InvalidArgument, "COMMAND_NOT_UNDERSTOOD", "expected", "position"),
        (
            "NEW theft @42.8, 190.5 Kiev 1",
            Code::InvalidArgument,
            "COMMAND_NOT_UNDERSTOOD",
            "word",
            "42.8, 190.5",
        ),
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
    let refused = assert_refused(
        nothing_selected.run("N 7 he waits").await,
        Code::InvalidArgument,
        "COMMAND_AMBIGUOUS",
    );
    assert_eq!(fact(&refused, "choices"), "#7", "no incident is selected that `*` could mean");
    let refused = nothing_selected.run("N 103 he waits").await;
    assert_refused(refused, Code::NotFound, "UNKNOWN_NUMBER");
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
    assert_refused(refused, Code::NotFound, "UNKNOWN_NUMBER");
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
async fn of_several_desks_that_were_asked_an_operator_says_which() {
    let node = Node::start().await;
    let (operator, taken) = operator_with_burglary(&node).await;
    let supervisor = Console::of(&node, Role::Supervisor, "").await;
    supervisor.run("AUTO off so that nobody is asked by the centre itself").await.unwrap();
    operator.run("RQ patrol 2 there are many").await.unwrap();
    operator.run("X leninsky").await.unwrap();
    operator.run("X oktyabrsky").await.unwrap();
    let number = &taken.spoken_number;
    for line in [
        "RC Asanov by phone".to_owned(),
        format!("RC #{number} Asanov by phone"),
        "RT no car, none at all".to_owned(),
        format!("RT #{number} no car, none at all"),
    ] {
        let refused = assert_refused(operator.run(&line).await, Code::InvalidArgument, "COMMAND_AMBIGUOUS");
        let choices = fact(&refused, "choices");
        let choices: Vec<&str> =
            choices.split_inclusive(if choices.contains('\n') { '\n' } else { ',' }).collect();
        assert_eq!(choices.len(), 2, "{line}: {choices:?}");
        for (choice, station) in choices.into_iter().zip(["leninsky", "oktyabrsky"]) {
            let choice = choice.trim_end_matches(['\n', ',']);
            let seen = operator.preview(choice).await.unwrap();
            assert_eq!((seen.station_id.as_str(), seen.canonical.as_str()), (station, choice), "{line}");
            let words = (seen.text.as_str(), seen.person.as_str());
            assert!([("no car, none at all", ""), ("", "Asanov")].contains(&words), "{line}: {words:?}");
        }
    }
    let refused = operator.run("CF 11 @oktyabrsky").await;
    assert_refused(refused, Code::NotFound, "UNKNOWN_NUMBER");
    let refused = operator.run("CF @nowhere").await;
    assert_refused(refused, Code::NotFound, "UNKNOWN_STATION");
    let received = operator.run(&format!("RC #{number} @oktyabrsky Asanov by phone")).await.unwrap();
    let effect = received.effect.unwrap();
    assert_eq!((effect.station_id.as_str(), effect.person.as_str()), ("oktyabrsky", "Asanov"));
    let returned = operator.run("RT @leninsky no car is free").await.unwrap().effect.unwrap();
    assert_eq!((returned.station_id.as_str(), returned.text.as_str()), ("leninsky", "no car is free"));
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
    for line in ["A 11", "SD 11 a mistake", "CF 11", "UNDO"] {
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
