//! What changes an incident after it was opened.

use domain::RecordKind;
use operations::{
    Asker, Done,
    incidents::{
        self, AddNote, CancelIncident, ChangeLocation, ChangePriority, ChangeType, CloseIncident,
        HoldIncident, IncidentAnswer, MergeAnswer, MergeIncidents, ReleaseIncident, ReopenIncident,
        RestrictIncident, UnmergeIncident,
    },
};
use protocol::{
    decode::{self, Fields},
    dispatch::v1 as wire,
    record::v1 as record,
};
use tonic::{Request, Response, Status};

use super::{IncidentParts, basis, readers};
use crate::{
    services::{
        Services,
        asking::{all, ask, open, receipt},
        found::{Found, key},
    },
    status::of_operation,
};

/// What a method of the service answers.
type Answered<T> = Result<Response<T>, Status>;

impl Services {
    pub(super) async fn incident_answer(&self, asker: &Asker, done: Done<IncidentAnswer>) -> IncidentParts {
        let receipt = receipt(&done);
        let incident = done.answer.incident;
        let found = Found::with(&self.room, asker, done.records, [key(RecordKind::Incident, incident)]).await;
        (receipt, found.incident(incident))
    }

    /// The receipt and two incidents, the one that is or was part of the other first.
    async fn merge_answer(
        &self,
        asker: &Asker,
        done: Done<MergeAnswer>,
    ) -> (Option<record::Receipt>, Option<record::Incident>, Option<record::Incident>) {
        let receipt = receipt(&done);
        let MergeAnswer { incident, other } = done.answer;
        let wanted = [key(RecordKind::Incident, incident), key(RecordKind::Incident, other)];
        let found = Found::with(&self.room, asker, done.records, wanted).await;
        (receipt, found.incident(incident), found.incident(other))
    }

    pub(super) async fn change_priority_of(
        &self,
        request: Request<wire::ChangePriorityRequest>,
    ) -> Answered<wire::ChangePriorityResponse> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let incident = fields.id("incident_id", &said.incident_id);
        let priority = fields.priority("priority", Some(said.priority));
        let reason = fields.line("reason", said.reason);
        let expected = Fields::version(said.expected_version);
        let (ask, changed) = all(fields, || {
            Some((ask?, ChangePriority { incident: incident?, expected, priority: priority?, reason }))
        })?;
        let done = incidents::change_priority(&self.room, &ask, &changed).await.map_err(of_operation)?;
        let (receipt, incident) = self.incident_answer(&ask.asker, done).await;
        Ok(Response::new(wire::ChangePriorityResponse { receipt, incident }))
    }

    pub(super) async fn change_type_of(
        &self,
        request: Request<wire::ChangeTypeRequest>,
    ) -> Answered<wire::ChangeTypeResponse> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let incident = fields.id("incident_id", &said.incident_id);
        let incident_type = fields.id("incident_type_id", &said.incident_type_id);
        let expected = Fields::version(said.expected_version);
        let (ask, changed) = all(fields, || {
            let (incident, incident_type, reason) = (incident?, incident_type?, String::new());
            Some((ask?, ChangeType { incident, expected, incident_type, priority: None, reason }))
        })?;
        let done = incidents::change_type(&self.room, &ask, &changed).await.map_err(of_operation)?;
        let (receipt, incident) = self.incident_answer(&ask.asker, done).await;
        Ok(Response::new(wire::ChangeTypeResponse { receipt, incident }))
    }

    pub(super) async fn change_location_of(
        &self,
        request: Request<wire::ChangeLocationRequest>,
    ) -> Answered<wire::ChangeLocationResponse> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let incident = fields.id("incident_id", &said.incident_id);
        let given = fields.required("location", said.location);
        let location = decode::location(&mut fields, "location", given);
        if location.as_ref().is_some_and(domain::location::Location::is_unknown) {
            // a point that was refused already says what is wrong
            fields.refuse("location", "must say something of the place");
        }
        let expected = Fields::version(said.expected_version);
        let (ask, changed) = all(fields, || {
            let (incident, location, reason) = (incident?, location?, String::new());
            Some((ask?, ChangeLocation { incident, expected, location, reason }))
        })?;
        let done = incidents::change_location(&self.room, &ask, &changed).await.map_err(of_operation)?;
        let (receipt, incident) = self.incident_answer(&ask.asker, done).await;
        Ok(Response::new(wire::ChangeLocationResponse { receipt, incident }))
    }

    pub(super) async fn add_note_to(
        &self,
        request: Request<wire::AddNoteRequest>,
    ) -> Answered<wire::AddNoteResponse> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let incident = fields.id("incident_id", &said.incident_id);
        if said.text.trim().is_empty() {
            fields.refuse("text", "must say something");
        }
        let text = fields.note("text", said.text);
        let (ask, noted) = all(fields, || Some((ask?, AddNote { incident: incident?, text })))?;
        let done = incidents::add_note(&self.room, &ask, &noted).await.map_err(of_operation)?;
        let receipt = receipt(&done);
        let (incident, note) = (done.answer.incident, done.answer.note);
        let wanted = [key(RecordKind::Incident, incident), key(RecordKind::Note, note)];
        let found = Found::with(&self.room, &ask.asker, done.records, wanted).await;
        let (note, incident) = (found.note(note), found.incident(incident));
        Ok(Response::new(wire::AddNoteResponse { receipt, note, incident }))
    }

    pub(super) async fn hold(
        &self,
        request: Request<wire::HoldIncidentRequest>,
    ) -> Answered<wire::HoldIncidentResponse> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let incident = fields.id("incident_id", &said.incident_id);
        let until = fields.required("until", said.until);
        let until = fields.time("until", until);
        let reason = fields.required_line("reason", said.reason);
        let expected = Fields::version(said.expected_version);
        let (ask, held) = all(fields, || {
            Some((ask?, HoldIncident { incident: incident?, expected, until: until?, reason }))
        })?;
        let done = incidents::hold_incident(&self.room, &ask, &held).await.map_err(of_operation)?;
        let (receipt, incident) = self.incident_answer(&ask.asker, done).await;
        Ok(Response::new(wire::HoldIncidentResponse { receipt, incident }))
    }

    pub(super) async fn release(
        &self,
        request: Request<wire::ReleaseIncidentRequest>,
    ) -> Answered<wire::ReleaseIncidentResponse> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let incident = fields.id("incident_id", &said.incident_id);
        let expected = Fields::version(said.expected_version);
        let (ask, released) =
            all(fields, || Some((ask?, ReleaseIncident { incident: incident?, expected })))?;
        let done = incidents::release_incident(&self.room, &ask, &released).await.map_err(of_operation)?;
        let (receipt, incident) = self.incident_answer(&ask.asker, done).await;
        Ok(Response::new(wire::ReleaseIncidentResponse { receipt, incident }))
    }

    pub(super) async fn merge(
        &self,
        request: Request<wire::MergeIncidentsRequest>,
    ) -> Answered<wire::MergeIncidentsResponse> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let incident = fields.id("incident_id", &said.incident_id);
        let into = fields.id("into_incident_id", &said.into_incident_id);
        let expected = Fields::version(said.expected_version);
        let (ask, merged) =
            all(fields, || Some((ask?, MergeIncidents { incident: incident?, expected, into: into? })))?;
        let done = incidents::merge_incidents(&self.room, &ask, &merged).await.map_err(of_operation)?;
        let (receipt, merged, into) = self.merge_answer(&ask.asker, done).await;
        Ok(Response::new(wire::MergeIncidentsResponse { receipt, merged, into }))
    }

    pub(super) async fn unmerge(
        &self,
        request: Request<wire::UnmergeIncidentRequest>,
    ) -> Answered<wire::UnmergeIncidentResponse> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let incident = fields.id("incident_id", &said.incident_id);
        let expected = Fields::version(said.expected_version);
        let (ask, parted) = all(fields, || Some((ask?, UnmergeIncident { incident: incident?, expected })))?;
        let done = incidents::unmerge_incident(&self.room, &ask, &parted).await.map_err(of_operation)?;
        let (receipt, incident, from) = self.merge_answer(&ask.asker, done).await;
        Ok(Response::new(wire::UnmergeIncidentResponse { receipt, incident, from }))
    }

    pub(super) async fn close(
        &self,
        request: Request<wire::CloseIncidentRequest>,
    ) -> Answered<wire::CloseIncidentResponse> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let incident = fields.id("incident_id", &said.incident_id);
        let disposition = fields.required_line("disposition", said.disposition);
        let (registration_number, lawful_reason) = basis(&mut fields, said.basis);
        let expected = Fields::version(said.expected_version);
        let (ask, closed) = all(fields, || {
            let incident = incident?;
            let closed =
                CloseIncident { incident, expected, disposition, registration_number, lawful_reason };
            Some((ask?, closed))
        })?;
        let done = incidents::close_incident(&self.room, &ask, &closed).await.map_err(of_operation)?;
        let (receipt, incident) = self.incident_answer(&ask.asker, done).await;
        Ok(Response::new(wire::CloseIncidentResponse { receipt, incident }))
    }

    pub(super) async fn cancel(
        &self,
        request: Request<wire::CancelIncidentRequest>,
    ) -> Answered<wire::CancelIncidentResponse> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let incident = fields.id("incident_id", &said.incident_id);
        let reason = fields.required_line("reason", said.reason);
        let expected = Fields::version(said.expected_version);
        let (ask, cancelled) =
            all(fields, || Some((ask?, CancelIncident { incident: incident?, expected, reason })))?;
        let done = incidents::cancel_incident(&self.room, &ask, &cancelled).await.map_err(of_operation)?;
        let (receipt, incident) = self.incident_answer(&ask.asker, done).await;
        Ok(Response::new(wire::CancelIncidentResponse { receipt, incident }))
    }

    pub(super) async fn reopen(
        &self,
        request: Request<wire::ReopenIncidentRequest>,
    ) -> Answered<wire::ReopenIncidentResponse> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let incident = fields.id("incident_id", &said.incident_id);
        let reason = fields.required_line("reason", said.reason);
        let expected = Fields::version(said.expected_version);
        let (ask, reopened) =
            all(fields, || Some((ask?, ReopenIncident { incident: incident?, expected, reason })))?;
        let done = incidents::reopen_incident(&self.room, &ask, &reopened).await.map_err(of_operation)?;
        let (receipt, incident) = self.incident_answer(&ask.asker, done).await;
        Ok(Response::new(wire::ReopenIncidentResponse { receipt, incident }))
    }

    pub(super) async fn restrict(
        &self,
        request: Request<wire::RestrictIncidentRequest>,
    ) -> Answered<wire::RestrictIncidentResponse> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let incident = fields.id("incident_id", &said.incident_id);
        let readers = readers(&mut fields, said.change);
        let expected = Fields::version(said.expected_version);
        let (ask, restricted) = all(fields, || {
            Some((ask?, RestrictIncident { incident: incident?, expected, readers: readers? }))
        })?;
        let done = incidents::restrict_incident(&self.room, &ask, &restricted).await.map_err(of_operation)?;
        let (receipt, incident) = self.incident_answer(&ask.asker, done).await;
        Ok(Response::new(wire::RestrictIncidentResponse { receipt, incident }))
    }
}
