//! What a duty desk was given and what it says to that.

use domain::RecordKind;
use operations::{
    Asker, Done,
    desk::{
        self, AcceptAssignment, AssignmentAnswer, ConfirmStandDown, ReportDelivered, ReportReceived,
        ReturnAssignment,
    },
    queries,
};
use protocol::{
    decode::Fields,
    desk::v1::{self as wire, desk_service_server::DeskService},
    encode,
    record::v1 as record,
};
use tonic::{Request, Response, Status};

use super::{
    Services,
    asking::{all, ask, cursor, open, receipt, report},
    found::{Found, key},
};
use crate::status::of_operation;

/// The receipt, the assignment and its incident.
type AssignmentParts = (Option<record::Receipt>, Option<record::Assignment>, Option<record::Incident>);

impl Services {
    async fn assignment_answer(&self, asker: &Asker, done: Done<AssignmentAnswer>) -> AssignmentParts {
        let receipt = receipt(&done);
        let AssignmentAnswer { assignment, incident } = done.answer;
        let wanted = [key(RecordKind::Assignment, assignment), key(RecordKind::Incident, incident)];
        let found = Found::with(&self.room, asker, done.records, wanted).await;
        (receipt, found.assignment(assignment), found.incident(incident))
    }
}

#[tonic::async_trait]
impl DeskService for Services {
    async fn get_desk(
        &self,
        request: Request<wire::GetDeskRequest>,
    ) -> Result<Response<wire::GetDeskResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let own = principal.station().cloned().filter(|_| said.station_id.is_empty());
        let station = own.or_else(|| fields.id("station_id", &said.station_id));
        let station = all(fields, || station)?;
        let asker = self.reader(principal).await;
        let desk = queries::desk(&self.room, &asker, &station).await.map_err(of_operation)?;
        let units = queries::units(&self.room, &asker).map_err(of_operation)?;
        let units = units.value.iter().filter(|unit| unit.entry.desk == station);
        let mut now = desk.value;
        now.assignments
            .sort_by_key(|held| (held.record.milestones.first().map(|it| it.recorded_at), held.record.id));
        now.runs
            .sort_by_key(|held| (held.record.milestones.first().map(|it| it.recorded_at), held.record.id));
        Ok(Response::new(wire::GetDeskResponse {
            desk: Some(encode::versioned(encode::desk, &now.desk)),
            assignments: now.assignments.iter().map(|it| encode::versioned(encode::assignment, it)).collect(),
            incidents: now.incidents.iter().map(|it| encode::versioned(encode::incident, it)).collect(),
            runs: now.runs.iter().map(|it| encode::versioned(encode::run, it)).collect(),
            units: units.map(|it| encode::versioned(encode::unit, &it.unit)).collect(),
            as_of: Some(cursor(desk.as_of)),
        }))
    }

    async fn report_delivered(
        &self,
        request: Request<wire::ReportDeliveredRequest>,
    ) -> Result<Response<wire::ReportDeliveredResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let assignment = fields.id("assignment_id", &said.assignment_id);
        let (ask, delivered) = all(fields, || Some((ask?, ReportDelivered { assignment: assignment? })))?;
        let done = desk::report_delivered(&self.room, &ask, &delivered).await.map_err(of_operation)?;
        let (receipt, assignment, _) = self.assignment_answer(&ask.asker, done).await;
        Ok(Response::new(wire::ReportDeliveredResponse { receipt, assignment }))
    }

    async fn report_received(
        &self,
        request: Request<wire::ReportReceivedRequest>,
    ) -> Result<Response<wire::ReportReceivedResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let speaks_for_another = principal.role() != identity::Role::DutyOfficer;
        let ask = ask(&mut fields, principal, said.request_id);
        let assignment = fields.id("assignment_id", &said.assignment_id);
        let person = if speaks_for_another {
            fields.required_line("person", said.person)
        } else {
            fields.line("person", said.person)
        };
        let report = report(&mut fields, said.report);
        let expected = Fields::version(said.expected_version);
        let (ask, received) = all(fields, || {
            Some((ask?, ReportReceived { assignment: assignment?, expected, person, report }))
        })?;
        let done = desk::report_received(&self.room, &ask, &received).await.map_err(of_operation)?;
        let (receipt, assignment, _) = self.assignment_answer(&ask.asker, done).await;
        Ok(Response::new(wire::ReportReceivedResponse { receipt, assignment }))
    }

    async fn accept_assignment(
        &self,
        request: Request<wire::AcceptAssignmentRequest>,
    ) -> Result<Response<wire::AcceptAssignmentResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let assignment = fields.id("assignment_id", &said.assignment_id);
        let mut units = Vec::with_capacity(said.unit_ids.len());
        for (place, unit) in said.unit_ids.iter().enumerate() {
            units.extend(fields.id(&format!("unit_ids[{place}]"), unit));
        }
        let person = fields.line("person", said.person);
        let report = report(&mut fields, said.report);
        let expected = Fields::version(said.expected_version);
        let (ask, accepted) = all(fields, || {
            Some((ask?, AcceptAssignment { assignment: assignment?, expected, units, person, report }))
        })?;
        let done = desk::accept_assignment(&self.room, &ask, &accepted).await.map_err(of_operation)?;
        let sent = self.sent_answer(&ask.asker, done).await;
        Ok(Response::new(wire::AcceptAssignmentResponse {
            receipt: sent.receipt,
            assignment: sent.assignment,
            runs: sent.runs,
            incident: sent.incident,
        }))
    }

    async fn return_assignment(
        &self,
        request: Request<wire::ReturnAssignmentRequest>,
    ) -> Result<Response<wire::ReturnAssignmentResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let assignment = fields.id("assignment_id", &said.assignment_id);
        let reason = fields.required_line("reason", said.reason);
        let proposed = fields.optional_id("proposed_station_id", &said.proposed_station_id);
        let report = report(&mut fields, said.report);
        let expected = Fields::version(said.expected_version);
        let (ask, returned) = all(fields, || {
            Some((ask?, ReturnAssignment { assignment: assignment?, expected, reason, proposed, report }))
        })?;
        let done = desk::return_assignment(&self.room, &ask, &returned).await.map_err(of_operation)?;
        let (receipt, assignment, incident) = self.assignment_answer(&ask.asker, done).await;
        Ok(Response::new(wire::ReturnAssignmentResponse { receipt, assignment, incident }))
    }

    async fn confirm_assignment_stand_down(
        &self,
        request: Request<wire::ConfirmAssignmentStandDownRequest>,
    ) -> Result<Response<wire::ConfirmAssignmentStandDownResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let assignment = fields.id("assignment_id", &said.assignment_id);
        let report = report(&mut fields, said.report);
        let expected = Fields::version(said.expected_version);
        let (ask, confirmed) =
            all(fields, || Some((ask?, ConfirmStandDown { assignment: assignment?, expected, report })))?;
        let done = desk::confirm_stand_down(&self.room, &ask, &confirmed).await.map_err(of_operation)?;
        let (receipt, assignment, _) = self.assignment_answer(&ask.asker, done).await;
        Ok(Response::new(wire::ConfirmAssignmentStandDownResponse { receipt, assignment }))
    }
}
