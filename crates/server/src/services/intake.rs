//! Calls come in and are never lost.

mod gateway;

use domain::{IncidentTypeId, RecordKind, call::CallFlag};
use futures::stream::BoxStream;
use identity::Principal;
use operations::{
    Asker, Done,
    calls::{
        self, AddToCall, CallAnswer, CallBackOutcome, EndCall, MarkAbandoned, ReportAnswered, ReportCallBack,
        ReportRinging, StartCallBack, TakeCall, Taken,
    },
    queries::{self, Likely, Likeness, Name},
};
use protocol::{
    decode::{self, Fields, Odd},
    encode,
    intake::v1::{self as wire, get_call_request, intake_service_server::IntakeService},
    record::v1 as record,
};
use tonic::{Request, Response, Status, Streaming};

use super::{
    Services,
    asking::{all, as_if_unnamed, ask, open, receipt},
    found::{Found, key},
};
use crate::status::of_operation;

/// An open incident that something new is likely to be about.
pub(super) fn likely_duplicate(likely: &Likely) -> wire::LikelyDuplicate {
    wire::LikelyDuplicate {
        incident: Some(encode::versioned(encode::incident, &likely.incident)),
        distance_m: likely.distance_m,
        age_s: likely.apart.0,
        same_type: likely.same_type,
        same_number: likely.same_caller,
    }
}

impl Services {
    /// The receipt and the call of an operation on one call.
    async fn call_answer(
        &self,
        asker: &Asker,
        done: Done<CallAnswer>,
    ) -> (Option<record::Receipt>, Option<record::Call>) {
        let receipt = receipt(&done);
        let call = done.answer.call;
        let found = Found::with(&self.room, asker, done.records, [key(RecordKind::Call, call)]).await;
        (receipt, found.call(call))
    }
}

impl Services {
    /// Takes a call that came in, alone or on a stream.
    async fn take(
        &self,
        principal: Principal,
        said: wire::TakeCallRequest,
    ) -> Result<(Asker, Done<Taken>), Status> {
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let mut odd = Odd::new();
        let call = TakeCall {
            continues: odd.id(CallFlag::NotContinued, &said.continues_call_id),
            caller_number: fields.line("caller_number", said.caller_number),
            location: odd.location(&mut fields, "location", said.location),
            incident_type: fields.line("incident_type_id", said.incident_type_id),
            priority: odd.priority(said.priority),
            language: fields.line("language", said.language),
            narrative: fields.narrative("narrative", said.narrative),
            source: fields.line("source", said.source),
            trunk: fields.line("trunk", said.trunk),
            desk: fields.line("desk", said.desk),
            rang_at: odd.time(said.rang_at),
            answered_at: odd.time(said.answered_at),
            duplicate: odd.duplicate_choice(said.duplicate),
            odd: odd.flags(),
        };
        let (ask, call) = all(fields, || Some((ask?, call)))?;
        let done = calls::take_call(&self.room, &ask, &call).await.map_err(of_operation)?;
        Ok((ask.asker, done))
    }
}

/// What a call that was taken is answered, without its record.
fn taken(done: &Done<Taken>) -> wire::TakeCallResponse {
    let answer = &done.answer;
    wire::TakeCallResponse {
        receipt: receipt(done),
        call_id: answer.call.to_string(),
        spoken_number: answer.number.to_string(),
        incident_id: answer.incident.map(|id| id.to_string()).unwrap_or_default(),
        flags: answer.flags.iter().map(|flag| encode::call_flag(*flag).into()).collect(),
        suspected_duplicate_of: answer.suspected_duplicate_of.iter().map(ToString::to_string).collect(),
        call: None,
    }
}

#[tonic::async_trait]
impl IntakeService for Services {
    async fn report_ringing(
        &self,
        request: Request<wire::ReportRingingRequest>,
    ) -> Result<Response<wire::ReportRingingResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let ringing = ReportRinging {
            caller_number: fields.line("caller_number", said.caller_number),
            trunk: fields.line("trunk", said.trunk),
            source: fields.line("source", said.source),
            rang_at: fields.time("rang_at", said.rang_at),
        };
        let (ask, ringing) = all(fields, || Some((ask?, ringing)))?;
        let done = calls::report_ringing(&self.room, &ask, &ringing).await.map_err(of_operation)?;
        let (receipt, call) = self.call_answer(&ask.asker, done).await;
        Ok(Response::new(wire::ReportRingingResponse { receipt, call }))
    }

    async fn report_answered(
        &self,
        request: Request<wire::ReportAnsweredRequest>,
    ) -> Result<Response<wire::ReportAnsweredResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let call = fields.id("call_id", &said.call_id);
        let desk = fields.line("desk", said.desk);
        let answered_at = fields.time("answered_at", said.answered_at);
        let expected = Fields::version(said.expected_version);
        let (ask, answered) =
            all(fields, || Some((ask?, ReportAnswered { call: call?, expected, desk, answered_at })))?;
        let done = calls::report_answered(&self.room, &ask, &answered).await.map_err(of_operation)?;
        let (receipt, call) = self.call_answer(&ask.asker, done).await;
        Ok(Response::new(wire::ReportAnsweredResponse { receipt, call }))
    }

    async fn find_likely_duplicates(
        &self,
        request: Request<wire::FindLikelyDuplicatesRequest>,
    ) -> Result<Response<wire::FindLikelyDuplicatesResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let location = decode::location_or_unknown(&mut fields, "location", said.location);
        let caller_number = fields.line("caller_number", said.caller_number);
        // a type nobody knows says no more than none
        let incident_type = IncidentTypeId::new(said.incident_type_id).ok();
        all(fields, || Some(()))?;
        let likeness = Likeness {
            location: &location,
            incident_type: incident_type.as_ref(),
            caller_number: &caller_number,
        };
        let likely = queries::find_likely_duplicates(&self.room, &self.reader(principal).await, &likeness);
        Ok(Response::new(wire::FindLikelyDuplicatesResponse {
            likely: likely.iter().map(likely_duplicate).collect(),
        }))
    }

    async fn take_call(
        &self,
        request: Request<wire::TakeCallRequest>,
    ) -> Result<Response<wire::TakeCallResponse>, Status> {
        let (principal, said) = open(request);
        let (asker, done) = self.take(principal, said).await?;
        let records = done.records.clone();
        let mut answer = taken(&done);
        let call = done.answer.call;
        answer.call =
            Found::with(&self.room, &asker, records, [key(RecordKind::Call, call)]).await.call(call);
        Ok(Response::new(answer))
    }

    type TakeCallsStream = BoxStream<'static, Result<wire::TakeCallsResponse, Status>>;

    async fn take_calls(
        &self,
        request: Request<Streaming<wire::TakeCallsRequest>>,
    ) -> Result<Response<Self::TakeCallsStream>, Status> {
        let (principal, calls) = open(request);
        gateway::take_all(self.clone(), principal, calls).map(Response::new)
    }

    async fn add_to_call(
        &self,
        request: Request<wire::AddToCallRequest>,
    ) -> Result<Response<wire::AddToCallResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let call = fields.id("call_id", &said.call_id);
        let narrative = fields.narrative("narrative", said.narrative);
        let location = decode::location(&mut fields, "location", said.location);
        if narrative.is_empty() && location.is_none() {
            fields.refuse("narrative", "must say something unless a location is given");
        }
        let expected = Fields::version(said.expected_version);
        let (ask, added) =
            all(fields, || Some((ask?, AddToCall { call: call?, expected, narrative, location })))?;
        let done = calls::add_to_call(&self.room, &ask, &added).await.map_err(of_operation)?;
        let (receipt, call) = self.call_answer(&ask.asker, done).await;
        Ok(Response::new(wire::AddToCallResponse { receipt, call }))
    }

    async fn end_call(
        &self,
        request: Request<wire::EndCallRequest>,
    ) -> Result<Response<wire::EndCallResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let call = fields.id("call_id", &said.call_id);
        let outcome = decode::call_outcome(&mut fields, "outcome", said.outcome);
        let remark = fields.line("remark", said.remark);
        let ended_at = fields.time("ended_at", said.ended_at);
        let expected = Fields::version(said.expected_version);
        let (ask, ended) = all(fields, || {
            Some((ask?, EndCall { call: call?, expected, outcome: outcome?, remark, ended_at }))
        })?;
        let done = calls::end_call(&self.room, &ask, &ended).await.map_err(of_operation)?;
        let (receipt, call) = self.call_answer(&ask.asker, done).await;
        Ok(Response::new(wire::EndCallResponse { receipt, call }))
    }

    async fn mark_abandoned(
        &self,
        request: Request<wire::MarkAbandonedRequest>,
    ) -> Result<Response<wire::MarkAbandonedResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let call = fields.id("call_id", &said.call_id);
        let abandoned_at = fields.time("abandoned_at", said.abandoned_at);
        let expected = Fields::version(said.expected_version);
        let (ask, abandoned) =
            all(fields, || Some((ask?, MarkAbandoned { call: call?, expected, abandoned_at })))?;
        let done = calls::mark_abandoned(&self.room, &ask, &abandoned).await.map_err(of_operation)?;
        let (receipt, call) = self.call_answer(&ask.asker, done).await;
        Ok(Response::new(wire::MarkAbandonedResponse { receipt, call }))
    }

    async fn start_call_back(
        &self,
        request: Request<wire::StartCallBackRequest>,
    ) -> Result<Response<wire::StartCallBackResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let call = fields.id("call_id", &said.call_id);
        let expected = Fields::version(said.expected_version);
        let (ask, started) = all(fields, || Some((ask?, StartCallBack { call: call?, expected })))?;
        let done = calls::start_call_back(&self.room, &ask, &started).await.map_err(of_operation)?;
        let (receipt, call) = self.call_answer(&ask.asker, done).await;
        Ok(Response::new(wire::StartCallBackResponse { receipt, call }))
    }

    async fn report_call_back(
        &self,
        request: Request<wire::ReportCallBackRequest>,
    ) -> Result<Response<wire::ReportCallBackResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let call = fields.id("call_id", &said.call_id);
        let outcome = fields.choice("outcome", said.outcome, |outcome| match outcome {
            wire::CallBackOutcome::Unspecified => None,
            wire::CallBackOutcome::Answered => Some(CallBackOutcome::Answered),
            wire::CallBackOutcome::NoAnswer => Some(CallBackOutcome::NoAnswer),
            wire::CallBackOutcome::Busy => Some(CallBackOutcome::Busy),
            wire::CallBackOutcome::Unreachable => Some(CallBackOutcome::Unreachable),
        });
        let occurred_at = fields.time("occurred_at", said.occurred_at);
        let expected = Fields::version(said.expected_version);
        let (ask, reported) = all(fields, || {
            Some((ask?, ReportCallBack { call: call?, expected, outcome: outcome?, occurred_at }))
        })?;
        let done = calls::report_call_back(&self.room, &ask, &reported).await.map_err(of_operation)?;
        let (receipt, call) = self.call_answer(&ask.asker, done).await;
        Ok(Response::new(wire::ReportCallBackResponse { receipt, call }))
    }

    async fn decide_call(
        &self,
        request: Request<wire::DecideCallRequest>,
    ) -> Result<Response<wire::DecideCallResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let call = fields.id("call_id", &said.call_id);
        let outcome = decode::call_outcome(&mut fields, "outcome", said.outcome);
        let remark = fields.required_line("remark", said.remark);
        let expected = Fields::version(said.expected_version);
        let (ask, decided) = all(fields, || {
            Some((ask?, EndCall { call: call?, expected, outcome: outcome?, remark, ended_at: None }))
        })?;
        let done = calls::decide_call(&self.room, &ask, &decided).await.map_err(of_operation)?;
        let (receipt, call) = self.call_answer(&ask.asker, done).await;
        Ok(Response::new(wire::DecideCallResponse { receipt, call }))
    }

    async fn get_call(
        &self,
        request: Request<wire::GetCallRequest>,
    ) -> Result<Response<wire::GetCallResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let name = match fields.required("name", said.name) {
            Some(get_call_request::Name::CallId(id)) => fields.id("call_id", &id).map(Name::Id),
            Some(get_call_request::Name::SpokenNumber(number)) => {
                Some(Name::Spoken(fields.required_line("spoken_number", number)))
            }
            None => None,
        };
        let name = all(fields, || name)?;
        let call = queries::call(&self.room, &self.reader(principal).await, &name).await;
        let call = call.map_err(|error| of_operation(as_if_unnamed(&name, error)))?;
        Ok(Response::new(wire::GetCallResponse { call: Some(encode::versioned(encode::call, &call)) }))
    }
}
