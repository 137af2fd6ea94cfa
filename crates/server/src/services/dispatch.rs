//! Desks and units are sent to incidents and stood down.

use domain::{IncidentId, RecordKind, dispatch::Automatic, record::THE_ONE};
use operations::{
    Asker, Done,
    dispatch::{
        self, AskedFor, AssignDesk, Replacement, RequestResource, SendUnit, SentAnswer, SetAutomatic,
        StandDown, Whom,
    },
    queries::{self, Surveyed},
};
use protocol::{
    decode::Fields,
    dispatch::v1::{
        self as wire, assign_desk_request::Purpose, dispatch_service_server::DispatchService,
        stand_down_request::Who,
    },
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

/// What goes with an answer about somebody who was sent or stood down.
pub(super) struct Sent {
    pub(super) receipt: Option<record::Receipt>,
    pub(super) incident: Option<record::Incident>,
    pub(super) assignment: Option<record::Assignment>,
    pub(super) runs: Vec<record::Run>,
}

impl Services {
    pub(super) async fn sent_answer(&self, asker: &Asker, done: Done<SentAnswer>) -> Sent {
        let receipt = receipt(&done);
        let SentAnswer { incident, assignment, runs } = done.answer;
        let wanted = [key(RecordKind::Incident, incident), key(RecordKind::Assignment, assignment)];
        let wanted = wanted.into_iter().chain(runs.iter().map(|run| key(RecordKind::Run, run)));
        let found = Found::with(&self.room, asker, done.records, wanted).await;
        Sent {
            receipt,
            incident: found.incident(incident),
            assignment: found.assignment(assignment),
            runs: runs.into_iter().filter_map(|run| found.run(run)).collect(),
        }
    }
}

/// Whom the centre would send to an incident, and everybody else, with the reasons.
pub(super) fn recommended(incident: IncidentId, answered: &Surveyed) -> record::Recommendation {
    let (surveys, recommended) = &answered.value;
    let needs = recommended.needs.iter().map(|plan| {
        let chosen = &plan.recommendation.chosen;
        let survey = surveys.iter().find(|survey| survey.need == plan.recommendation.need);
        let next = survey.into_iter().flat_map(|survey| &survey.candidates);
        let next = next.filter(|candidate| !chosen.contains(candidate));
        let passed_over = survey.into_iter().flat_map(|survey| &survey.excluded);
        record::NeedRecommendation {
            need_index: u32::try_from(plan.recommendation.need).unwrap_or(u32::MAX),
            unit_kind_id: plan.recommendation.kind.to_string(),
            chosen: chosen.iter().map(encode::candidate).collect(),
            next: next.map(encode::candidate).collect(),
            passed_over: passed_over.map(encode::excluded_unit).collect(),
            excluded: encode::exclusion_counts(&plan.recommendation.excluded),
            shortfall: plan.recommendation.shortfall,
        }
    });
    record::Recommendation {
        recommendation_id: String::new(),
        version: 0,
        incident_id: incident.to_string(),
        directory_version: recommended.directory.0,
        decided_on: recommended.board.0,
        made_at: Some(encode::timestamp(recommended.made_at)),
        needs: needs.collect(),
    }
}

#[tonic::async_trait]
impl DispatchService for Services {
    async fn recommend(
        &self,
        request: Request<wire::RecommendRequest>,
    ) -> Result<Response<wire::RecommendResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let incident = fields.id("incident_id", &said.incident_id);
        let incident = all(fields, || incident)?;
        let need = said.need_index.map(|index| usize::try_from(index).unwrap_or(usize::MAX));
        let answered = queries::recommend(&self.room, &self.reader(principal).await, incident, need).await;
        let answered = answered.map_err(of_operation)?;
        Ok(Response::new(wire::RecommendResponse {
            as_of: Some(cursor(answered.as_of)),
            recommendation: Some(recommended(incident, &answered)),
        }))
    }

    async fn assign_desk(
        &self,
        request: Request<wire::AssignDeskRequest>,
    ) -> Result<Response<wire::AssignDeskResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let incident = fields.id("incident_id", &said.incident_id);
        let desk = fields.id("station_id", &said.station_id);
        let asked = fields.required("purpose", said.purpose).map(|purpose| match purpose {
            Purpose::NeedIndex(index) => AskedFor::Need(usize::try_from(index).unwrap_or(usize::MAX)),
            Purpose::Inform(_) => AskedFor::Information,
        });
        let recommended = fields.optional_id("recommended_unit_id", &said.recommended_unit_id);
        let expected = Fields::version(said.expected_version);
        let (ask, assigned) = all(fields, || {
            let request =
                AssignDesk { incident: incident?, expected, desk: desk?, asked: asked?, recommended };
            Some((ask?, request))
        })?;
        let done = dispatch::assign_desk(&self.room, &ask, &assigned).await.map_err(of_operation)?;
        let Sent { receipt, incident, assignment, .. } = self.sent_answer(&ask.asker, done).await;
        Ok(Response::new(wire::AssignDeskResponse { receipt, incident, assignment }))
    }

    async fn send_unit(
        &self,
        request: Request<wire::SendUnitRequest>,
    ) -> Result<Response<wire::SendUnitResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let incident = fields.id("incident_id", &said.incident_id);
        let unit = fields.id("unit_id", &said.unit_id);
        let expected = Fields::version(said.expected_version);
        let (ask, sent) =
            all(fields, || Some((ask?, SendUnit { incident: incident?, expected, unit: unit? })))?;
        let done = dispatch::send_unit(&self.room, &ask, &sent).await.map_err(of_operation)?;
        let Sent { receipt, incident, assignment, runs } = self.sent_answer(&ask.asker, done).await;
        let run = runs.into_iter().next();
        Ok(Response::new(wire::SendUnitResponse { receipt, incident, assignment, run }))
    }

    async fn stand_down(
        &self,
        request: Request<wire::StandDownRequest>,
    ) -> Result<Response<wire::StandDownResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let whom = match fields.required("who", said.who) {
            Some(Who::AssignmentId(id)) => fields.id("assignment_id", &id).map(Whom::Assignment),
            Some(Who::RunId(id)) => fields.id("run_id", &id).map(Whom::Run),
            None => None,
        };
        let reason = fields.required_line("reason", said.reason);
        let expected = Fields::version(said.expected_version);
        let replacement = Replacement::Wanted;
        let (ask, stood_down) =
            all(fields, || Some((ask?, StandDown { whom: whom?, expected, reason, replacement })))?;
        let done = dispatch::stand_down(&self.room, &ask, &stood_down).await.map_err(of_operation)?;
        let Sent { receipt, incident, assignment, runs } = self.sent_answer(&ask.asker, done).await;
        Ok(Response::new(wire::StandDownResponse { receipt, incident, assignment, runs }))
    }

    async fn request_resource(
        &self,
        request: Request<wire::RequestResourceRequest>,
    ) -> Result<Response<wire::RequestResourceResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let incident = fields.id("incident_id", &said.incident_id);
        let kind = fields.id("unit_kind_id", &said.unit_kind_id);
        let most = u32::from(domain::limits::UNITS_PER_NEED_MAX);
        if said.units > most {
            fields.refuse("units", format_args!("is {}, at most {most} are asked for at once", said.units));
        }
        let units = u8::try_from(said.units).unwrap_or_default();
        let reason = fields.line("reason", said.reason);
        let report = report(&mut fields, said.report);
        let expected = Fields::version(said.expected_version);
        let (ask, asked) = all(fields, || {
            let request =
                RequestResource { incident: incident?, expected, kind: kind?, units, reason, report };
            Some((ask?, request))
        })?;
        let done = dispatch::request_resource(&self.room, &ask, &asked).await.map_err(of_operation)?;
        let receipt = receipt(&done);
        let incident = done.answer.incident;
        let found =
            Found::with(&self.room, &ask.asker, done.records, [key(RecordKind::Incident, incident)]).await;
        Ok(Response::new(wire::RequestResourceResponse {
            receipt,
            incident: found.incident(incident),
            need_index: u32::try_from(done.answer.need).unwrap_or(u32::MAX),
        }))
    }

    async fn set_automatic_dispatch(
        &self,
        request: Request<wire::SetAutomaticDispatchRequest>,
    ) -> Result<Response<wire::SetAutomaticDispatchResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let automatic = fields.choice("automatic", said.automatic, |automatic| match automatic {
            record::AutomaticDispatch::Unspecified => None,
            record::AutomaticDispatch::On => Some(Automatic::On),
            record::AutomaticDispatch::Off => Some(Automatic::Off),
        });
        let reason = fields.required_line("reason", said.reason);
        let expected = Fields::version(said.expected_version);
        let (ask, switched) =
            all(fields, || Some((ask?, SetAutomatic { expected, automatic: automatic?, reason })))?;
        let done = dispatch::set_automatic(&self.room, &ask, &switched).await.map_err(of_operation)?;
        let receipt = receipt(&done);
        let found =
            Found::with(&self.room, &ask.asker, done.records, [key(RecordKind::Dispatch, THE_ONE)]).await;
        Ok(Response::new(wire::SetAutomaticDispatchResponse { receipt, dispatch: found.dispatch() }))
    }

    async fn get_dispatch(
        &self,
        _request: Request<wire::GetDispatchRequest>,
    ) -> Result<Response<wire::GetDispatchResponse>, Status> {
        let standing = queries::dispatch(&self.room);
        let dispatch = Some(encode::versioned(encode::dispatch, &standing.value));
        Ok(Response::new(wire::GetDispatchResponse { dispatch }))
    }
}
