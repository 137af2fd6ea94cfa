//! One step of a line: a request to one use case.

use domain::{AssignmentId, IncidentId, RecordKey, RecordKind, record::Record};

use super::Named;
use crate::{
    Answer, Ask, ControlRoom, Done, OperationError, Receipt,
    alarms::{AcknowledgeAlarm, acknowledge_alarm},
    calls::{ReportAnswered, report_answered},
    desk::{
        AcceptAssignment, ConfirmStandDown, ReportReceived, ReturnAssignment, accept_assignment,
        confirm_stand_down, report_received, return_assignment,
    },
    dispatch::{
        AssignDesk, RequestResource, SendUnit, SentAnswer, SetAutomatic, StandDown, Whom, assign_desk,
        request_resource, send_unit, set_automatic, stand_down,
    },
    incidents::{
        AddNote, CancelIncident, ChangeLocation, ChangePriority, ChangeType, CloseIncident, HoldIncident,
        MergeIncidents, OpenIncident, ReleaseIncident, ReopenIncident, UnmergeIncident, add_note,
        cancel_incident, change_location, change_priority, change_type, close_incident, hold_incident,
        merge_incidents, open_incident, release_incident, reopen_incident, unmerge_incident,
    },
    units::{ReportRun, SetDuty, report_run, set_duty},
};

/// A request to the use case of that name.
#[derive(Clone, Debug)]
pub(super) enum Step {
    SendUnit(SendUnit),
    AssignDesk(AssignDesk),
    StandDown(StandDown),
    RequestResource(RequestResource),
    SetAutomatic(SetAutomatic),
    ReportRun(ReportRun),
    SetDuty(SetDuty),
    Received(ReportReceived),
    Accept(AcceptAssignment),
    Return(ReturnAssignment),
    ConfirmStandDown(ConfirmStandDown),
    ChangePriority(ChangePriority),
    ChangeType(ChangeType),
    ChangeLocation(ChangeLocation),
    AddNote(AddNote),
    Hold(HoldIncident),
    Release(ReleaseIncident),
    Merge(MergeIncidents),
    Unmerge(UnmergeIncident),
    Close(CloseIncident),
    Cancel(CancelIncident),
    Reopen(ReopenIncident),
    Open(OpenIncident),
    Answered(ReportAnswered),
    Acknowledge(AcknowledgeAlarm),
}

/// What came of a step.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    /// The change it made.
    pub(super) receipt: Receipt,
    /// Who was sent or asked by it.
    pub(super) sent: Option<SentAnswer>,
    /// The incident that was opened by it.
    pub(super) opened: Option<Named<IncidentId>>,
}

impl Step {
    /// The assignment that is received, returned, stood down or confirmed by it.
    pub(super) fn assignment(&self) -> Option<AssignmentId> {
        if let Self::Received(ReportReceived { assignment, .. })
        | Self::Return(ReturnAssignment { assignment, .. })
        | Self::ConfirmStandDown(ConfirmStandDown { assignment, .. })
        | Self::StandDown(StandDown { whom: Whom::Assignment(assignment), .. }) = self
        {
            Some(*assignment)
        } else {
            None
        }
    }

    /// Asks the use case.
    ///
    /// # Errors
    /// What it refuses.
    pub(super) async fn carry_out(&self, room: &ControlRoom, ask: &Ask) -> Result<Outcome, OperationError> {
        match self {
            Self::SendUnit(request) => Ok(sent(send_unit(room, ask, request).await?)),
            Self::AssignDesk(request) => Ok(sent(assign_desk(room, ask, request).await?)),
            Self::Accept(request) => Ok(sent(accept_assignment(room, ask, request).await?)),
            Self::Open(request) => {
                let done = open_incident(room, ask, request).await?;
                let (id, mut outcome) = (done.answer.incident, plain(&done));
                let key = RecordKey::new(RecordKind::Incident, id);
                let opened = done.records.get(&key).map(|held| &held.record).and_then(Record::as_incident);
                let number = opened.map(|incident| incident.number.to_string()).unwrap_or_default();
                outcome.opened = Some(Named { id, number });
                Ok(outcome)
            }
            Self::StandDown(request) => Ok(plain(&stand_down(room, ask, request).await?)),
            Self::RequestResource(request) => Ok(plain(&request_resource(room, ask, request).await?)),
            Self::SetAutomatic(request) => Ok(plain(&set_automatic(room, ask, request).await?)),
            Self::ReportRun(request) => Ok(plain(&report_run(room, ask, request).await?)),
            Self::SetDuty(request) => Ok(plain(&set_duty(room, ask, request).await?)),
            Self::Received(request) => Ok(plain(&report_received(room, ask, request).await?)),
            Self::Return(request) => Ok(plain(&return_assignment(room, ask, request).await?)),
            Self::ConfirmStandDown(request) => Ok(plain(&confirm_stand_down(room, ask, request).await?)),
            Self::ChangePriority(request) => Ok(plain(&change_priority(room, ask, request).await?)),
            Self::ChangeType(request) => Ok(plain(&change_type(room, ask, request).await?)),
            Self::ChangeLocation(request) => Ok(plain(&change_location(room, ask, request).await?)),
            Self::AddNote(request) => Ok(plain(&add_note(room, ask, request).await?)),
            Self::Hold(request) => Ok(plain(&hold_incident(room, ask, request).await?)),
            Self::Release(request) => Ok(plain(&release_incident(room, ask, request).await?)),
            Self::Merge(request) => Ok(plain(&merge_incidents(room, ask, request).await?)),
            Self::Unmerge(request) => Ok(plain(&unmerge_incident(room, ask, request).await?)),
            Self::Close(request) => Ok(plain(&close_incident(room, ask, request).await?)),
            Self::Cancel(request) => Ok(plain(&cancel_incident(room, ask, request).await?)),
            Self::Reopen(request) => Ok(plain(&reopen_incident(room, ask, request).await?)),
            Self::Answered(request) => Ok(plain(&report_answered(room, ask, request).await?)),
            Self::Acknowledge(request) => Ok(plain(&acknowledge_alarm(room, ask, request).await?)),
        }
    }
}

fn plain<A: Answer>(done: &Done<A>) -> Outcome {
    Outcome { receipt: done.receipt, sent: None, opened: None }
}

fn sent(done: Done<SentAnswer>) -> Outcome {
    Outcome { receipt: done.receipt, sent: Some(done.answer), opened: None }
}
