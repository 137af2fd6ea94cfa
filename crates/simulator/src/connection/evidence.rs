//! What an answer proves: the change that holds it and the versions of the records that came with it.

use protocol::{
    crew::v1 as crew, desk::v1 as desk, directory::v1 as directory, dispatch::v1 as dispatch,
    intake::v1 as intake, record::v1 as record,
};

use crate::history::{Answered, TakenCall};

/// An answer as evidence.
pub trait Evidence {
    /// What it proves.
    fn evidence(&self) -> Answered;
}

/// A record that names itself.
trait Keyed {
    /// The text of its key in the store, and its version.
    fn key(&self) -> (String, u64);
}

macro_rules! keyed {
    ($($record:ident . $id:ident = $kind:literal,)*) => {
        $(impl Keyed for record::$record {
            fn key(&self) -> (String, u64) {
                (format!(concat!($kind, ":{}"), self.$id), self.version)
            }
        })*
    };
}

keyed! {
    Call.call_id = "call",
    Incident.incident_id = "incident",
    Assignment.assignment_id = "assignment",
    Run.run_id = "run",
    Unit.unit_id = "unit",
    Alarm.alarm_id = "alarm",
}

/// What a receipt proves.
fn receipt(receipt: Option<&record::Receipt>) -> Answered {
    let Some(receipt) = receipt else { return Answered::default() };
    let change = receipt.change.clone().unwrap_or_default();
    Answered {
        lineage: change.lineage,
        number: change.number,
        repeated: receipt.repeated,
        ..Answered::default()
    }
}

macro_rules! evidence {
    ($($area:ident :: $answer:ident { $($one:ident)* $(; $many:ident)* })*) => {
        $(impl Evidence for $area::$answer {
            fn evidence(&self) -> Answered {
                let mut answered = receipt(self.receipt.as_ref());
                $(answered.records.extend(self.$one.iter().map(Keyed::key));)*
                $(answered.records.extend(self.$many.iter().map(Keyed::key));)*
                answered
            }
        })*
    };
}

evidence! {
    intake::EndCallResponse { call }
    intake::ReportRingingResponse { call }
    intake::ReportAnsweredResponse { call }
    dispatch::AssignDeskResponse { incident assignment }
    dispatch::SendUnitResponse { incident assignment run }
    dispatch::StandDownResponse { incident assignment; runs }
    dispatch::MergeIncidentsResponse { merged into }
    dispatch::CloseIncidentResponse { incident }
    dispatch::AcknowledgeAlarmResponse { alarm }
    dispatch::EndAlarmResponse { alarm }
    desk::ReportDeliveredResponse { assignment }
    desk::ReportReceivedResponse { assignment }
    desk::AcceptAssignmentResponse { assignment incident; runs }
    desk::ReturnAssignmentResponse { assignment incident }
    desk::ConfirmAssignmentStandDownResponse { assignment }
    crew::ReportRunResponse { run unit }
    crew::ConfirmRunStandDownResponse { run unit }
    crew::SignOnResponse { unit }
}

impl Evidence for intake::TakeCallResponse {
    fn evidence(&self) -> Answered {
        let mut answered = receipt(self.receipt.as_ref());
        answered.records.extend(self.call.iter().map(Keyed::key));
        answered.taken = Some(TakenCall {
            call: self.call_id.clone(),
            number: self.spoken_number.clone(),
            incident: self.incident_id.clone(),
        });
        answered
    }
}

macro_rules! no_evidence {
    ($($area:ident :: $answer:ident)*) => {
        $(impl Evidence for $area::$answer {
            fn evidence(&self) -> Answered {
                Answered::default()
            }
        })*
    };
}

no_evidence! {
    dispatch::RecommendResponse
    dispatch::GetIncidentResponse
    directory::GetDirectoryResponse
}
