//! What crews say of their runs.

use domain::{RecordKind, refusal::Refusal};
use operations::{
    Asker, Done, OperationError,
    queries::{self, Name},
    units::{self, ReportRun, RunAnswer, RunReport},
};
use protocol::{
    crew::v1::{self as wire, report_run_request::Step, run_service_server::RunService},
    decode::Fields,
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

/// The receipt, the run and its unit.
type RunParts = (Option<record::Receipt>, Option<record::Run>, Option<record::Unit>);

impl Services {
    async fn run_answer(&self, asker: &Asker, done: Done<RunAnswer>) -> RunParts {
        let receipt = receipt(&done);
        let run = done.answer.run;
        let found = Found::with(&self.room, asker, done.records, [key(RecordKind::Run, run)]).await;
        let shown = found.run(run);
        let Some(unit) = found.unit_of_run(run) else { return (receipt, shown, None) };
        let found = Found::with(&self.room, asker, Default::default(), [key(RecordKind::Unit, &unit)]).await;
        (receipt, shown, found.unit(&unit))
    }

    async fn report_step(&self, ask: operations::Ask, step: ReportRun) -> Result<RunParts, Status> {
        let done = units::report_run(&self.room, &ask, &step).await.map_err(of_operation)?;
        Ok(self.run_answer(&ask.asker, done).await)
    }
}

#[tonic::async_trait]
impl RunService for Services {
    async fn get_run(
        &self,
        request: Request<wire::GetRunRequest>,
    ) -> Result<Response<wire::GetRunResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let active = principal.unit().filter(|_| said.run_id.is_empty()).and_then(|unit| {
            self.room
                .centre
                .read(|picture| picture.board.units().get(unit).and_then(|held| held.record.run()))
        });
        let nothing = wire::GetRunResponse { run: None, incident: None, as_of: None };
        if active.is_none() && said.run_id.is_empty() && principal.unit().is_some() {
            return Ok(Response::new(nothing));
        }
        let run = active.or_else(|| fields.id("run_id", &said.run_id));
        let run = all(fields, || run)?;
        let asker = self.reader(principal).await;
        let found = match queries::run(&self.room, &asker, run).await {
            Ok(found) => found,
            // the crew's own run, of an incident that it may not know of
            Err(OperationError::Refused(Refusal::UnknownRun(_))) if said.run_id.is_empty() => {
                return Ok(Response::new(nothing));
            }
            Err(error) => return Err(of_operation(error)),
        };
        let incident = queries::incident(&self.room, &asker, &Name::Id(found.record.incident)).await;
        let (incident, as_of) = match incident {
            Ok(history) => (Some(history.incident), Some(cursor(history.as_of))),
            // the run is theirs to see; the incident may be restricted
            Err(OperationError::Refused(Refusal::UnknownIncident(_)) | OperationError::OutOfScope(_)) => {
                (None, None)
            }
            Err(error) => return Err(of_operation(error)),
        };
        Ok(Response::new(wire::GetRunResponse {
            run: Some(encode::versioned(encode::run, &found)),
            incident: incident.map(|incident| encode::versioned(encode::incident, &incident)),
            as_of,
        }))
    }

    async fn report_run(
        &self,
        request: Request<wire::ReportRunRequest>,
    ) -> Result<Response<wire::ReportRunResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let run = fields.id("run_id", &said.run_id);
        let step = fields.required("step", said.step).map(|step| match step {
            Step::Acknowledged(_) => RunReport::Acknowledged,
            Step::EnRoute(_) => RunReport::EnRoute,
            Step::OnScene(_) => RunReport::OnScene,
            Step::Cleared(cleared) => RunReport::Cleared {
                disposition: fields.required_line("cleared.disposition", cleared.disposition),
            },
        });
        let report = report(&mut fields, said.report);
        if report.correction.is_some() && matches!(step, Some(RunReport::Cleared { .. })) {
            fields.refuse("report.correction_reason", "is not possible for `cleared`");
        }
        let expected = Fields::version(said.expected_version);
        let (ask, reported) =
            all(fields, || Some((ask?, ReportRun { run: run?, expected, step: step?, report })))?;
        let (receipt, run, unit) = self.report_step(ask, reported).await?;
        Ok(Response::new(wire::ReportRunResponse { receipt, run, unit }))
    }

    async fn confirm_run_stand_down(
        &self,
        request: Request<wire::ConfirmRunStandDownRequest>,
    ) -> Result<Response<wire::ConfirmRunStandDownResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let run = fields.id("run_id", &said.run_id);
        let report = report(&mut fields, said.report);
        let expected = Fields::version(said.expected_version);
        let (ask, confirmed) = all(fields, || {
            Some((ask?, ReportRun { run: run?, expected, step: RunReport::StoodDown, report }))
        })?;
        let (receipt, run, unit) = self.report_step(ask, confirmed).await?;
        Ok(Response::new(wire::ConfirmRunStandDownResponse { receipt, run, unit }))
    }
}
