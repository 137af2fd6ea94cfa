//! The requests the simulated people send, each with its method.

use std::{future::Future, pin::Pin};

use protocol::{
    crew::v1::{self as crew, run_service_client::RunServiceClient, unit_service_client::UnitServiceClient},
    desk::v1::{self as desk, desk_service_client::DeskServiceClient},
    directory::v1::{self as directory, directory_service_client::DirectoryServiceClient},
    dispatch::v1::{
        self as dispatch, alarm_service_client::AlarmServiceClient,
        dispatch_service_client::DispatchServiceClient, incident_service_client::IncidentServiceClient,
    },
    intake::v1::{self as intake, intake_service_client::IntakeServiceClient},
};
use tonic::{Request, Response, Status, transport::Channel};

use super::evidence::Evidence;
use crate::history::SaidCall;

/// An answer, some time later.
pub type BoxedAnswer<A> = Pin<Box<dyn Future<Output = Result<Response<A>, Status>> + Send>>;

/// A request of the contract.
pub trait Ask: Clone + Send + 'static {
    /// What it is answered with.
    type Answer: Evidence + Send;
    /// The method, as the contract names it.
    const METHOD: &'static str;
    /// The client's id for it; absent for one that changes nothing.
    fn request_id(&self) -> Option<&str>;
    /// What a caller said, for the request that takes a call.
    fn said(&self) -> Option<SaidCall> {
        None
    }
    /// Sends it once.
    fn send(channel: Channel, request: Request<Self>) -> BoxedAnswer<Self::Answer>;
}

/// The bytes of one answer: a directory of a large centre is larger than tonic's own limit allows for other answers.
const ANSWER_BYTES_MAX: usize = 16 << 20;

macro_rules! ask {
    ($area:ident :: $request:ident => $answer:ident, $client:ident . $method:ident, $name:literal $(, $extra:item)*) => {
        impl Ask for $area::$request {
            type Answer = $area::$answer;
            const METHOD: &'static str = $name;
            fn request_id(&self) -> Option<&str> {
                Some(&self.request_id)
            }
            fn send(channel: Channel, request: Request<Self>) -> BoxedAnswer<Self::Answer> {
                Box::pin(async move { $client::new(channel).$method(request).await })
            }
            $($extra)*
        }
    };
}

macro_rules! read {
    ($area:ident :: $request:ident => $answer:ident, $client:ident . $method:ident, $name:literal) => {
        impl Ask for $area::$request {
            type Answer = $area::$answer;
            const METHOD: &'static str = $name;
            fn request_id(&self) -> Option<&str> {
                None
            }
            fn send(channel: Channel, request: Request<Self>) -> BoxedAnswer<Self::Answer> {
                let mut client = $client::new(channel).max_decoding_message_size(ANSWER_BYTES_MAX);
                Box::pin(async move { client.$method(request).await })
            }
        }
    };
}

ask!(intake::TakeCallRequest => TakeCallResponse, IntakeServiceClient.take_call, "TakeCall",
    fn said(&self) -> Option<SaidCall> {
        let place = self.location.as_ref().and_then(|location| location.position);
        Some(SaidCall {
            caller_number: self.caller_number.clone(),
            narrative: self.narrative.clone(),
            position: place.map(|place| (place.latitude, place.longitude)),
        })
    }
);
ask!(intake::ReportRingingRequest => ReportRingingResponse, IntakeServiceClient.report_ringing, "ReportRinging");
ask!(intake::ReportAnsweredRequest => ReportAnsweredResponse, IntakeServiceClient.report_answered, "ReportAnswered");
ask!(intake::EndCallRequest => EndCallResponse, IntakeServiceClient.end_call, "EndCall");
ask!(dispatch::AssignDeskRequest => AssignDeskResponse, DispatchServiceClient.assign_desk, "AssignDesk");
ask!(dispatch::SendUnitRequest => SendUnitResponse, DispatchServiceClient.send_unit, "SendUnit");
ask!(dispatch::StandDownRequest => StandDownResponse, DispatchServiceClient.stand_down, "StandDown");
ask!(dispatch::MergeIncidentsRequest => MergeIncidentsResponse, IncidentServiceClient.merge_incidents, "MergeIncidents");
ask!(dispatch::CloseIncidentRequest => CloseIncidentResponse, IncidentServiceClient.close_incident, "CloseIncident");
ask!(dispatch::AcknowledgeAlarmRequest => AcknowledgeAlarmResponse, AlarmServiceClient.acknowledge_alarm, "AcknowledgeAlarm");
ask!(dispatch::EndAlarmRequest => EndAlarmResponse, AlarmServiceClient.end_alarm, "EndAlarm");
ask!(desk::ReportDeliveredRequest => ReportDeliveredResponse, DeskServiceClient.report_delivered, "ReportDelivered");
ask!(desk::ReportReceivedRequest => ReportReceivedResponse, DeskServiceClient.report_received, "ReportReceived");
ask!(desk::AcceptAssignmentRequest => AcceptAssignmentResponse, DeskServiceClient.accept_assignment, "AcceptAssignment");
ask!(desk::ReturnAssignmentRequest => ReturnAssignmentResponse, DeskServiceClient.return_assignment, "ReturnAssignment");
ask!(desk::ConfirmAssignmentStandDownRequest => ConfirmAssignmentStandDownResponse,
    DeskServiceClient.confirm_assignment_stand_down, "ConfirmAssignmentStandDown");
ask!(crew::ReportRunRequest => ReportRunResponse, RunServiceClient.report_run, "ReportRun");
ask!(crew::ConfirmRunStandDownRequest => ConfirmRunStandDownResponse,
    RunServiceClient.confirm_run_stand_down, "ConfirmRunStandDown");
ask!(crew::SignOnRequest => SignOnResponse, UnitServiceClient.sign_on, "SignOn");

read!(dispatch::RecommendRequest => RecommendResponse, DispatchServiceClient.recommend, "Recommend");
read!(dispatch::GetIncidentRequest => GetIncidentResponse, IncidentServiceClient.get_incident, "GetIncident");
read!(directory::GetDirectoryRequest => GetDirectoryResponse, DirectoryServiceClient.get_directory, "GetDirectory");
