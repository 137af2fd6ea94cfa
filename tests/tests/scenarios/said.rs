//! What somebody says, as the operation it is.

use domain::{
    AlarmId, AssignmentId, CallId, IncidentId, IncidentTypeId, Priority, RunId, StationId, UnitId,
    UnitKindId, Version,
    call::{CallOutcome, DuplicateChoice},
    dispatch::Automatic,
    milestone::Channel,
};
use jiff::SignedDuration;
use operations::{
    Answer, Ask, ControlRoom, Done, GivenReport, OperationError, alarms, calls, desk, directory::ApplyError,
    dispatch, incidents, queries, units,
};
use simulator::day::{
    model,
    world::{ask, person},
};

use crate::{stage::Stage, words::Words};

/// Does what somebody says. Gives what they are answered, if it is not simply done.
pub(crate) async fn said(stage: &mut Stage, words: &Words) -> Option<String> {
    stage.requests += 1;
    let request = words.get("id").map_or_else(|| format!("request-{}", stage.requests), str::to_owned);
    let context = Context {
        room: stage.nodes[words.get("through").unwrap_or("n1")].room.clone(),
        ask: ask(words.at(0), &request),
        words,
        stage,
    };
    match words.at(1) {
        "ring" | "answer" | "abandon" | "take" | "add" | "end" | "decide" | "callback" | "reached"
        | "unreached" => context.about_a_call().await,
        "deliver" | "receive" | "accept" | "return" | "confirm" => context.at_the_desk().await,
        "acknowledge" | "en_route" | "on_scene" | "clear" | "back" => context.of_a_crew().await,
        "sign_on" | "sign_off" | "out_of_service" | "in_service" => context.on_duty().await,
        "assign" | "inform" | "send" | "stand_down" | "need" | "automatic" | "apply" => {
            context.to_dispatch().await
        }
        _ => context.about_an_incident().await,
    }
}

struct Context<'a> {
    room: ControlRoom,
    ask: Ask,
    words: &'a Words,
    stage: &'a Stage,
}

/// What somebody is answered in a word; nothing if it is simply done.
fn answered<A: Answer>(done: Result<Done<A>, OperationError>) -> Option<String> {
    match done {
        Ok(done) => done.receipt.repeated.then(|| "= as before".to_owned()),
        Err(error) => Some(format!("! {}", error.code())),
    }
}

macro_rules! id {
    ($name:ident, $id:ty) => {
        fn $name(&self, name: &str) -> $id {
            let key = self.stage.names.key(name).unwrap_or_else(|| panic!("nothing is called `{name}`"));
            key.id.parse().expect("the ids in keys are ids")
        }
    };
}

impl Context<'_> {
    id!(call, CallId);
    id!(incident, IncidentId);
    id!(assignment, AssignmentId);
    id!(run, RunId);
    id!(alarm, AlarmId);

    fn expected(&self) -> Option<Version> {
        self.words.number("seen").map(Version)
    }

    fn report(&self) -> GivenReport {
        let ago = self.words.number::<i64>("ago").map(SignedDuration::from_secs);
        GivenReport {
            occurred_at: ago.map(|ago| self.room.clock.now() - ago),
            channel: self.words.get("via").map(|via| match via {
                "radio" => Channel::Radio,
                "phone" => Channel::Phone,
                "paper" => Channel::Paper,
                other => panic!("nobody reports via `{other}`"),
            }),
            on_behalf_of: self.words.text("for"),
            correction: self.words.get("because").map(str::to_owned),
        }
    }

    fn station(&self, name: &str) -> StationId {
        StationId::new(name).expect("a station's name")
    }

    fn unit(&self, name: &str) -> UnitId {
        UnitId::new(name).expect("a unit's name")
    }

    async fn about_a_call(&self) -> Option<String> {
        let (room, ask, words) = (&self.room, &self.ask, self.words);
        if words.at(1) == "ring" {
            let request = calls::ReportRinging {
                caller_number: words.text("from"),
                trunk: "1".to_owned(),
                source: String::new(),
                rang_at: None,
            };
            return answered(calls::report_ringing(room, ask, &request).await);
        }
        if words.at(1) == "take" {
            return self.take().await;
        }
        let (call, expected) = (self.call(words.at(2)), self.expected());
        let end = calls::EndCall {
            call,
            expected,
            outcome: match words.get("as") {
                Some("unreachable") => CallOutcome::Unreachable,
                Some(_) | None => CallOutcome::Incident,
            },
            remark: words.text("why"),
            ended_at: None,
        };
        let attempt = |outcome| calls::ReportCallBack { call, expected, outcome, occurred_at: None };
        match words.at(1) {
            "answer" => {
                let request =
                    calls::ReportAnswered { call, expected, desk: String::new(), answered_at: None };
                answered(calls::report_answered(room, ask, &request).await)
            }
            "abandon" => {
                let request = calls::MarkAbandoned { call, expected, abandoned_at: None };
                answered(calls::mark_abandoned(room, ask, &request).await)
            }
            "add" => {
                let location = words.get("at").map(model::place);
                let request = calls::AddToCall { call, expected, narrative: words.text("words"), location };
                answered(calls::add_to_call(room, ask, &request).await)
            }
            "end" => answered(calls::end_call(room, ask, &end).await),
            "decide" => answered(calls::decide_call(room, ask, &end).await),
            "callback" => {
                let request = calls::StartCallBack { call, expected };
                answered(calls::start_call_back(room, ask, &request).await)
            }
            "reached" => {
                answered(calls::report_call_back(room, ask, &attempt(calls::CallBackOutcome::Answered)).await)
            }
            _ => {
                answered(calls::report_call_back(room, ask, &attempt(calls::CallBackOutcome::NoAnswer)).await)
            }
        }
    }

    async fn take(&self) -> Option<String> {
        let words = self.words;
        let duplicate = match (words.get("same"), words.get("separate")) {
            (Some(incident), _) => DuplicateChoice::SameAs { incident: self.incident(incident) },
            (None, Some(_)) => DuplicateChoice::Separate,
            (None, None) => DuplicateChoice::Unasked,
        };
        let request = calls::TakeCall {
            continues: words.get("continues").map(|call| self.call(call)),
            caller_number: words.text("from"),
            location: words.get("at").map(model::place).unwrap_or_default(),
            incident_type: words.at(2).to_owned(),
            priority: words.number("p").map(|number| Priority::new(number).expect("a priority")),
            language: words.text("language"),
            narrative: words.get("words").unwrap_or("they called").replace("\\u", "\u{202e}"),
            source: String::new(),
            trunk: String::new(),
            desk: String::new(),
            rang_at: None,
            answered_at: words
                .number::<i64>("ago")
                .map(|ago| self.room.clock.now() - SignedDuration::from_secs(ago)),
            duplicate,
            odd: Default::default(),
        };
        let done = calls::take_call(&self.room, &self.ask, &request).await;
        let joined = done.as_ref().map(|done| done.answer.incident.is_some());
        let said = answered(done.clone());
        match joined {
            Ok(false) => {
                Some([said.unwrap_or_default().as_str(), "= not joined yet"].join(" ").trim().to_owned())
            }
            Ok(true) | Err(_) => said,
        }
    }

    async fn at_the_desk(&self) -> Option<String> {
        let (room, ask, words) = (&self.room, &self.ask, self.words);
        let (assignment, expected) = (self.assignment(words.at(2)), self.expected());
        let (report, person) = (self.report(), words.text("by"));
        match words.at(1) {
            "deliver" => {
                answered(desk::report_delivered(room, ask, &desk::ReportDelivered { assignment }).await)
            }
            "receive" => {
                let request = desk::ReportReceived { assignment, expected, person, report };
                answered(desk::report_received(room, ask, &request).await)
            }
            "accept" => {
                let units = words.from(3).iter().map(|name| self.unit(name)).collect();
                let request = desk::AcceptAssignment { assignment, expected, units, person, report };
                answered(desk::accept_assignment(room, ask, &request).await)
            }
            "return" => {
                let proposed = words.get("rather").map(|name| self.station(name));
                let reason = words.text("why");
                let request = desk::ReturnAssignment { assignment, expected, reason, proposed, report };
                answered(desk::return_assignment(room, ask, &request).await)
            }
            _ => {
                let request = desk::ConfirmStandDown { assignment, expected, report };
                answered(desk::confirm_stand_down(room, ask, &request).await)
            }
        }
    }

    async fn of_a_crew(&self) -> Option<String> {
        let words = self.words;
        let step = match words.at(1) {
            "acknowledge" => units::RunReport::Acknowledged,
            "en_route" => units::RunReport::EnRoute,
            "on_scene" => units::RunReport::OnScene,
            "clear" => units::RunReport::Cleared { disposition: words.text("result") },
            _ => units::RunReport::StoodDown,
        };
        let request = units::ReportRun {
            run: self.run(words.at(2)),
            expected: self.expected(),
            step,
            report: self.report(),
        };
        for time in 1..words.number("times").unwrap_or(1) {
            let again = ask(words.at(0), &format!("{}.{time}", self.ask.request.as_str()));
            if let Err(error) = units::report_run(&self.room, &again, &request).await {
                return Some(format!("! {} after {time}", error.code()));
            }
        }
        answered(units::report_run(&self.room, &self.ask, &request).await)
    }

    async fn on_duty(&self) -> Option<String> {
        let words = self.words;
        let duty = match words.at(1) {
            "sign_on" => units::Duty::SignOn { crew: Vec::new() },
            "sign_off" => units::Duty::SignOff,
            "out_of_service" => units::Duty::OutOfService { reason: words.text("why") },
            _ => units::Duty::ReturnToService,
        };
        let request = units::SetDuty { unit: self.unit(words.at(2)), expected: self.expected(), duty };
        answered(units::set_duty(&self.room, &self.ask, &request).await)
    }

    async fn to_dispatch(&self) -> Option<String> {
        let (room, ask, words) = (&self.room, &self.ask, self.words);
        let (expected, reason) = (self.expected(), words.text("why"));
        match words.at(1) {
            "assign" | "inform" => {
                let asked = match words.at(1) {
                    "inform" => dispatch::AskedFor::Information,
                    _ => dispatch::AskedFor::Need(words.number("need").unwrap_or_default()),
                };
                let request = dispatch::AssignDesk {
                    incident: self.incident(words.at(2)),
                    expected,
                    desk: self.station(words.at(3)),
                    asked,
                    recommended: words.get("unit").map(|name| self.unit(name)),
                };
                answered(dispatch::assign_desk(room, ask, &request).await)
            }
            "send" => {
                let incident = self.incident(words.at(2));
                let request = dispatch::SendUnit { incident, expected, unit: self.unit(words.at(3)) };
                answered(dispatch::send_unit(room, ask, &request).await)
            }
            "stand_down" => {
                let whom = if words.at(2).starts_with('r') {
                    dispatch::Whom::Run(self.run(words.at(2)))
                } else {
                    dispatch::Whom::Assignment(self.assignment(words.at(2)))
                };
                let replacement = dispatch::Replacement::Wanted;
                let request = dispatch::StandDown { whom, expected, reason, replacement };
                answered(dispatch::stand_down(room, ask, &request).await)
            }
            "need" => {
                let request = dispatch::RequestResource {
                    incident: self.incident(words.at(2)),
                    expected,
                    kind: UnitKindId::new(words.at(3)).expect("a kind's name"),
                    units: words.number("count").unwrap_or(1),
                    reason,
                    report: self.report(),
                };
                answered(dispatch::request_resource(room, ask, &request).await)
            }
            "automatic" => {
                let automatic = if words.at(2) == "on" { Automatic::On } else { Automatic::Off };
                let request = dispatch::SetAutomatic { expected, automatic, reason };
                answered(dispatch::set_automatic(room, ask, &request).await)
            }
            _ => {
                let dropped: Vec<_> = words.from(3).iter().map(String::as_str).collect();
                let directory = model::directory_without(&dropped);
                match self.stage.world.apply(room, ask, &directory).await {
                    Ok(()) => None,
                    Err(ApplyError::Operation(error)) => Some(format!("! {}", error.code())),
                    Err(error) => Some(format!("! {error}")),
                }
            }
        }
    }

    async fn about_an_incident(&self) -> Option<String> {
        let (room, ask, words) = (&self.room, &self.ask, self.words);
        let (expected, reason) = (self.expected(), words.text("why"));
        if words.at(1) == "open" {
            let request = incidents::OpenIncident {
                call: words.get("told").map(|call| self.call(call)),
                incident_type: IncidentTypeId::new(words.at(2)).ok(),
                priority: None,
                location: words.get("at").map(model::place).unwrap_or_default(),
                narrative: words.text("words"),
                report: self.report(),
            };
            return answered(incidents::open_incident(room, ask, &request).await);
        }
        if words.at(1) == "acknowledge_alarm" {
            let request = alarms::AcknowledgeAlarm { alarm: self.alarm(words.at(2)), expected };
            return answered(alarms::acknowledge_alarm(room, ask, &request).await);
        }
        if words.at(1) == "end_alarm" {
            let remark = words.text("why");
            let request = alarms::EndAlarm { alarm: self.alarm(words.at(2)), expected, remark };
            return answered(alarms::end_alarm(room, ask, &request).await);
        }
        if words.at(1) == "list" {
            return self.list().await;
        }
        let incident = self.incident(words.at(2));
        match words.at(1) {
            "close" => {
                let request = incidents::CloseIncident {
                    incident,
                    expected,
                    disposition: words.text("result"),
                    registration_number: words.text("number"),
                    lawful_reason: reason,
                };
                answered(incidents::close_incident(room, ask, &request).await)
            }
            "cancel" => {
                let request = incidents::CancelIncident { incident, expected, reason };
                answered(incidents::cancel_incident(room, ask, &request).await)
            }
            "reopen" => {
                let request = incidents::ReopenIncident { incident, expected, reason };
                answered(incidents::reopen_incident(room, ask, &request).await)
            }
            "hold" => {
                let seconds = SignedDuration::from_secs(words.number("for").expect("a hold has a length"));
                let until = room.clock.now() + seconds;
                let request = incidents::HoldIncident { incident, expected, until, reason };
                answered(incidents::hold_incident(room, ask, &request).await)
            }
            "release" => {
                let request = incidents::ReleaseIncident { incident, expected };
                answered(incidents::release_incident(room, ask, &request).await)
            }
            "merge" => {
                let into = self.incident(words.at(3));
                let request = incidents::MergeIncidents { incident, expected, into };
                answered(incidents::merge_incidents(room, ask, &request).await)
            }
            "unmerge" => {
                let request = incidents::UnmergeIncident { incident, expected };
                answered(incidents::unmerge_incident(room, ask, &request).await)
            }
            _ => self.changing(incident).await,
        }
    }

    async fn changing(&self, incident: IncidentId) -> Option<String> {
        let (room, ask, words) = (&self.room, &self.ask, self.words);
        let (expected, reason) = (self.expected(), words.text("why"));
        match words.at(1) {
            "priority" => {
                let priority = words.at(3).parse().ok().and_then(|number| Priority::new(number).ok());
                let priority = priority.expect("a priority");
                let request = incidents::ChangePriority { incident, expected, priority, reason };
                answered(incidents::change_priority(room, ask, &request).await)
            }
            "type" => {
                let incident_type = IncidentTypeId::new(words.at(3)).expect("a type's name");
                let request =
                    incidents::ChangeType { incident, expected, incident_type, priority: None, reason };
                answered(incidents::change_type(room, ask, &request).await)
            }
            "move" => {
                let location = model::place(words.at(3));
                let request = incidents::ChangeLocation { incident, expected, location, reason };
                answered(incidents::change_location(room, ask, &request).await)
            }
            "note" => {
                let request = incidents::AddNote { incident, text: words.text("words") };
                answered(incidents::add_note(room, ask, &request).await)
            }
            "restrict" => {
                let names = words.from(3).iter().cloned().collect();
                let readers = incidents::Readers::Only { names, reason };
                let request = incidents::RestrictIncident { incident, expected, readers };
                answered(incidents::restrict_incident(room, ask, &request).await)
            }
            "unrestrict" => {
                let readers = incidents::Readers::Everybody;
                let request = incidents::RestrictIncident { incident, expected, readers };
                answered(incidents::restrict_incident(room, ask, &request).await)
            }
            other => panic!("nobody knows how to `{other}`"),
        }
    }

    /// The open incidents that the asker sees.
    async fn list(&self) -> Option<String> {
        let asker = person(self.words.at(0));
        let (all, first) =
            (queries::Selection::default(), queries::Page { start: queries::Start::default(), size: 0 });
        let listed = queries::list_incidents(&self.room, &asker, &all, first).await;
        Some(match listed {
            Ok(listed) => format!("= {} incidents", listed.incidents.len()),
            Err(error) => format!("! {}", error.code()),
        })
    }
}
