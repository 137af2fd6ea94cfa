//! Everything that can be asked about an incident, by every method that names or answers with a record of one.

#![expect(clippy::needless_update, reason = "one macro fills requests of one field and of many")]

use jiff::Timestamp;
use prost::Message as _;
use protocol::{
    command::v1 as command, crew::v1 as crew, desk::v1 as desk, dispatch::v1 as dispatch, encode,
    intake::v1 as intake, record::v1 as record, review::v1 as review, watch::v1 as watch,
};

use crate::{
    flow::burglary,
    node::{STATION, UNIT, request_id},
};

/// What somebody asks by: the ids of an incident and of all that belongs to it.
pub(super) struct Named {
    pub(super) incident: String,
    pub(super) number: String,
    pub(super) call: String,
    pub(super) assignment: String,
    pub(super) run: String,
    pub(super) alarm: String,
}

impl Named {
    /// What never was.
    pub(super) fn nothing() -> Self {
        let id = |last: u8| format!("00000000-0000-4000-8000-00000000000{last}");
        let number = "987654".to_owned();
        Self { incident: id(1), number, call: id(2), assignment: id(3), run: id(4), alarm: id(5) }
    }

    pub(super) fn all(&self) -> [&str; 6] {
        [&self.incident, &self.call, &self.assignment, &self.run, &self.alarm, &self.number]
            .map(String::as_str)
    }
}

/// Words of whoever asks.
fn why() -> String {
    "because".to_owned()
}

/// The place of the incident.
fn there() -> Option<record::Location> {
    burglary().location
}

macro_rules! asked {
    ($package:ident :: $request:ident { $($field:ident : $value:expr),* $(,)? }) => {
        $package::$request { $($field: $value.into(),)* ..Default::default() }.encode_to_vec()
    };
}

/// The same call over a gateway's stream.
fn gateway_requests(of: &Named) -> Vec<(&'static str, Vec<u8>)> {
    let same = record::duplicate_choice::Choice::SameAsIncidentId(of.incident.clone());
    let duplicate = Some(record::DuplicateChoice { choice: Some(same) });
    let call = intake::TakeCallRequest { request_id: request_id(), duplicate, ..Default::default() };
    vec![("TakeCalls", asked!(intake::TakeCallsRequest { call: call }))]
}

fn intake_requests(of: &Named) -> Vec<(&'static str, Vec<u8>)> {
    let id = request_id;
    let outcome = record::CallOutcome::Incident;
    let same = record::duplicate_choice::Choice::SameAsIncidentId(of.incident.clone());
    let same = record::DuplicateChoice { choice: Some(same) };
    let separate = record::duplicate_choice::Choice::Separate(record::duplicate_choice::Separate {});
    let separate = record::DuplicateChoice { choice: Some(separate) };
    let number = intake::get_call_request::Name::SpokenNumber(of.number.clone());
    let by_id = intake::get_call_request::Name::CallId(of.call.clone());
    vec![
        ("GetCall", asked!(intake::GetCallRequest { name: Some(by_id) })),
        ("GetCall", asked!(intake::GetCallRequest { name: Some(number) })),
        (
            "ReportAnswered",
            asked!(intake::ReportAnsweredRequest { request_id: id(), call_id: of.call.as_str() }),
        ),
        ("FindLikelyDuplicates", asked!(intake::FindLikelyDuplicatesRequest { location: there() })),
        (
            "TakeCall",
            asked!(intake::TakeCallRequest { request_id: id(), location: there(), duplicate: Some(same) }),
        ),
        ("TakeCall", asked!(intake::TakeCallRequest { request_id: id(), location: there() })),
        (
            "TakeCall",
            asked!(intake::TakeCallRequest {
                request_id: id(),
                continues_call_id: of.call.as_str(),
                duplicate: Some(separate)
            }),
        ),
        (
            "AddToCall",
            asked!(intake::AddToCallRequest {
                request_id: id(),
                call_id: of.call.as_str(),
                narrative: why()
            }),
        ),
        (
            "EndCall",
            asked!(intake::EndCallRequest { request_id: id(), call_id: of.call.as_str(), outcome: outcome }),
        ),
        (
            "MarkAbandoned",
            asked!(intake::MarkAbandonedRequest { request_id: id(), call_id: of.call.as_str() }),
        ),
        (
            "StartCallBack",
            asked!(intake::StartCallBackRequest { request_id: id(), call_id: of.call.as_str() }),
        ),
        (
            "ReportCallBack",
            asked!(intake::ReportCallBackRequest {
                request_id: id(),
                call_id: of.call.as_str(),
                outcome: intake::CallBackOutcome::NoAnswer
            }),
        ),
        (
            "DecideCall",
            asked!(intake::DecideCallRequest {
                request_id: id(),
                call_id: of.call.as_str(),
                outcome: outcome,
                remark: why()
            }),
        ),
    ]
}

fn incident_requests(of: &Named) -> Vec<(&'static str, Vec<u8>)> {
    let (id, incident) = (request_id, of.incident.as_str());
    let named = |name| Some(dispatch::get_incident_request::Name::IncidentId(name));
    let number = Some(dispatch::get_incident_request::Name::SpokenNumber(of.number.clone()));
    vec![
        ("GetIncident", asked!(dispatch::GetIncidentRequest { name: named(incident.to_owned()) })),
        ("GetIncident", asked!(dispatch::GetIncidentRequest { name: number })),
        ("ListIncidents", asked!(dispatch::ListIncidentsRequest {})),
        (
            "OpenIncident",
            asked!(dispatch::OpenIncidentRequest { request_id: id(), call_id: of.call.as_str() }),
        ),
        (
            "ChangePriority",
            asked!(dispatch::ChangePriorityRequest {
                request_id: id(),
                incident_id: incident,
                priority: 1u32
            }),
        ),
        (
            "ChangeType",
            asked!(dispatch::ChangeTypeRequest {
                request_id: id(),
                incident_id: incident,
                incident_type_id: "burglary"
            }),
        ),
        (
            "ChangeLocation",
            asked!(dispatch::ChangeLocationRequest {
                request_id: id(),
                incident_id: incident,
                location: there()
            }),
        ),
        (
            "AddNote",
            asked!(dispatch::AddNoteRequest { request_id: id(), incident_id: incident, text: why() }),
        ),
    ]
}

fn incident_life_requests(of: &Named) -> Vec<(&'static str, Vec<u8>)> {
    let (id, incident) = (request_id, of.incident.as_str());
    let basis = Some(dispatch::close_incident_request::Basis::LawfulReason(why()));
    let change =
        dispatch::restrict_incident_request::Change::Lift(dispatch::restrict_incident_request::Lift {});
    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    let until = Some(protocol::encode::timestamp(until));
    vec![
        (
            "HoldIncident",
            asked!(dispatch::HoldIncidentRequest {
                request_id: id(),
                incident_id: incident,
                until: until,
                reason: why()
            }),
        ),
        (
            "ReleaseIncident",
            asked!(dispatch::ReleaseIncidentRequest { request_id: id(), incident_id: incident }),
        ),
        (
            "MergeIncidents",
            asked!(dispatch::MergeIncidentsRequest {
                request_id: id(),
                incident_id: incident,
                into_incident_id: Named::nothing().incident.replace("001", "009")
            }),
        ),
        (
            "UnmergeIncident",
            asked!(dispatch::UnmergeIncidentRequest { request_id: id(), incident_id: incident }),
        ),
        (
            "CloseIncident",
            asked!(dispatch::CloseIncidentRequest {
                request_id: id(),
                incident_id: incident,
                disposition: why(),
                basis: basis
            }),
        ),
        (
            "CancelIncident",
            asked!(dispatch::CancelIncidentRequest {
                request_id: id(),
                incident_id: incident,
                reason: why()
            }),
        ),
        (
            "ReopenIncident",
            asked!(dispatch::ReopenIncidentRequest {
                request_id: id(),
                incident_id: incident,
                reason: why()
            }),
        ),
        (
            "RestrictIncident",
            asked!(dispatch::RestrictIncidentRequest {
                request_id: id(),
                incident_id: incident,
                change: Some(change)
            }),
        ),
    ]
}

fn dispatch_requests(of: &Named) -> Vec<(&'static str, Vec<u8>)> {
    let (id, incident) = (request_id, of.incident.as_str());
    let purpose = Some(dispatch::assign_desk_request::Purpose::NeedIndex(0));
    let desk_back = Some(dispatch::stand_down_request::Who::AssignmentId(of.assignment.clone()));
    let unit_back = Some(dispatch::stand_down_request::Who::RunId(of.run.clone()));
    vec![
        ("Recommend", asked!(dispatch::RecommendRequest { incident_id: incident })),
        (
            "AssignDesk",
            asked!(dispatch::AssignDeskRequest {
                request_id: id(),
                incident_id: incident,
                station_id: STATION,
                purpose: purpose
            }),
        ),
        (
            "SendUnit",
            asked!(dispatch::SendUnitRequest { request_id: id(), incident_id: incident, unit_id: UNIT }),
        ),
        ("StandDown", asked!(dispatch::StandDownRequest { request_id: id(), who: desk_back, reason: why() })),
        ("StandDown", asked!(dispatch::StandDownRequest { request_id: id(), who: unit_back, reason: why() })),
        (
            "RequestResource",
            asked!(dispatch::RequestResourceRequest {
                request_id: id(),
                incident_id: incident,
                unit_kind_id: "dog-team"
            }),
        ),
        ("ListAlarms", asked!(dispatch::ListAlarmsRequest {})),
        ("ListAlarms", asked!(dispatch::ListAlarmsRequest { incident_id: incident })),
        (
            "AcknowledgeAlarm",
            asked!(dispatch::AcknowledgeAlarmRequest { request_id: id(), alarm_id: of.alarm.as_str() }),
        ),
        ("EndAlarm", asked!(dispatch::EndAlarmRequest { request_id: id(), alarm_id: of.alarm.as_str() })),
    ]
}

fn field_requests(of: &Named) -> Vec<(&'static str, Vec<u8>)> {
    let (id, assignment, run) = (request_id, of.assignment.as_str(), of.run.as_str());
    let step = Some(crew::report_run_request::Step::OnScene(crew::report_run_request::OnScene {}));
    let scope = watch::Scope { scope: Some(watch::scope::Scope::IncidentId(of.incident.clone())) };
    vec![
        ("GetDesk", asked!(desk::GetDeskRequest { station_id: STATION })),
        (
            "ReportDelivered",
            asked!(desk::ReportDeliveredRequest { request_id: id(), assignment_id: assignment }),
        ),
        (
            "ReportReceived",
            asked!(desk::ReportReceivedRequest {
                request_id: id(),
                assignment_id: assignment,
                person: why()
            }),
        ),
        (
            "AcceptAssignment",
            asked!(desk::AcceptAssignmentRequest {
                request_id: id(),
                assignment_id: assignment,
                unit_ids: vec![UNIT.to_owned()]
            }),
        ),
        (
            "ReturnAssignment",
            asked!(desk::ReturnAssignmentRequest {
                request_id: id(),
                assignment_id: assignment,
                reason: why()
            }),
        ),
        (
            "ConfirmAssignmentStandDown",
            asked!(desk::ConfirmAssignmentStandDownRequest { request_id: id(), assignment_id: assignment }),
        ),
        ("GetRun", asked!(crew::GetRunRequest { run_id: run })),
        ("ReportRun", asked!(crew::ReportRunRequest { request_id: id(), run_id: run, step: step })),
        ("ConfirmRunStandDown", asked!(crew::ConfirmRunStandDownRequest { request_id: id(), run_id: run })),
        ("GetUnit", asked!(crew::GetUnitRequest { unit_id: UNIT })),
        ("ListUnits", asked!(crew::ListUnitsRequest {})),
        ("ReviewChanges", asked!(review::ReviewChangesRequest { from: encode::timestamp(Timestamp::now()) })),
        ("Watch", asked!(watch::WatchRequest {})),
        ("Watch", asked!(watch::WatchRequest { scope: Some(scope) })),
    ]
}

/// Methods that neither name a record of an incident nor answer with one: what rings, units' duty and positions (a unit
/// names its run, as those who watch see it), the switch, the directory.
pub(super) const OF_NO_INCIDENT: [&str; 13] = [
    "ListCommands",
    "ReportRinging",
    "SignOn",
    "SignOff",
    "SetOutOfService",
    "ReturnToService",
    "StreamPositions",
    "SetAutomaticDispatch",
    "GetDispatch",
    "ApplyDirectory",
    "CheckDirectory",
    "GetDirectory",
    "GetServiceLevels",
];

/// Lines that name an incident by its number or its id, or that mean the selected one.
fn command_requests(of: &Named) -> Vec<(&'static str, Vec<u8>)> {
    let (number, id) = (&of.number, &of.incident);
    let lines = [
        format!("V #{number}"),
        format!("V {id}"),
        format!("REC #{number}"),
        format!("N #{number} because"),
        format!("P #{number} 1"),
        format!("D 11 #{number}"),
        format!("X leninsky #{number}"),
        format!("RC #{number}"),
        format!("SD leninsky #{number} because"),
        format!("CF #{number}"),
        format!("DUP #{number} 987655"),
        format!("UNDUP #{number}"),
        format!("CL #{number} because = because"),
        format!("RO #{number} because"),
        "V".to_owned(),
        "L somewhere".to_owned(),
        "RC".to_owned(),
    ];
    let previewed = lines.iter().map(|line| {
        let selected_incident_id = of.incident.clone();
        let request = command::PreviewCommandRequest { line: line.clone(), selected_incident_id };
        ("PreviewCommand", request.encode_to_vec())
    });
    let ran = lines.iter().map(|line| {
        let (request_id, selected_incident_id) = (request_id(), of.incident.clone());
        let request = command::RunCommandRequest {
            request_id,
            line: line.clone(),
            selected_incident_id,
            meaning: String::new(),
        };
        ("RunCommand", request.encode_to_vec())
    });
    previewed.chain(ran).collect()
}

/// A request of each method that can name or answer with a record of an incident, by the name of the method.
pub(super) fn requests(of: &Named) -> Vec<(&'static str, Vec<u8>)> {
    let incidents = [incident_requests(of), incident_life_requests(of)].concat();
    let typed = command_requests(of);
    [intake_requests(of), gateway_requests(of), incidents, dispatch_requests(of), field_requests(of), typed]
        .concat()
}
