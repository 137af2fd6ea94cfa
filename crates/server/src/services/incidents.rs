//! The life of an incident.

mod changing;

use domain::{Priority, incident::Incident, record::Versioned};
use operations::{
    Asker, OperationError,
    incidents::{self, OpenIncident},
    queries::{self, History, Name, Page, Selection, StateName},
};
use protocol::{
    decode::{self, Fields},
    dispatch::v1::{
        self as wire, close_incident_request::Basis, get_incident_request,
        incident_service_server::IncidentService, restrict_incident_request::Change,
    },
    encode,
    record::v1 as record,
};
use tonic::{Request, Response, Status};

use super::{
    Services,
    asking::{all, as_if_unnamed, ask, cursor, open, page_size, report},
    progress::progress,
};
use crate::status::of_operation;

/// An incident with all that belongs to it, on the wire.
fn shown(history: &History) -> wire::GetIncidentResponse {
    let assignments = history.assignments.iter().map(|held| (&held.record.purpose, held.record.state()));
    let runs = history.runs.iter().map(|held| held.record.state());
    wire::GetIncidentResponse {
        incident: Some(encode::versioned(encode::incident, &history.incident)),
        progress: progress(&history.incident.record, assignments, runs).into(),
        calls: history.calls.iter().map(|held| encode::versioned(encode::call, held)).collect(),
        assignments: history.assignments.iter().map(|it| encode::versioned(encode::assignment, it)).collect(),
        runs: history.runs.iter().map(|held| encode::versioned(encode::run, held)).collect(),
        notes: history.notes.iter().map(|held| encode::versioned(encode::note, held)).collect(),
        recommendation: history
            .recommendation
            .as_ref()
            .map(|held| encode::versioned(encode::recommendation, held)),
        alarms: history.alarms.iter().map(|held| encode::versioned(encode::alarm, held)).collect(),
        as_of: Some(cursor(history.as_of)),
    }
}

/// Which incidents a list is of.
fn selection(fields: &mut Fields, said: &wire::ListIncidentsRequest) -> Selection {
    let mut selection = Selection {
        district: fields.optional_id("district_id", &said.district_id),
        station: fields.optional_id("station_id", &said.station_id),
        queued_only: said.queued_only,
        ..Selection::default()
    };
    for (place, state) in said.states.iter().enumerate() {
        let state = fields.choice(&format!("states[{place}]"), *state, |state| match state {
            wire::IncidentFilterState::Unspecified => None,
            wire::IncidentFilterState::Held => Some(StateName::Held),
            wire::IncidentFilterState::Open => Some(StateName::Open),
            wire::IncidentFilterState::Closed => Some(StateName::Closed),
            wire::IncidentFilterState::Cancelled => Some(StateName::Cancelled),
            wire::IncidentFilterState::Merged => Some(StateName::Merged),
        });
        selection.states.extend(state);
    }
    for (place, priority) in said.priorities.iter().enumerate() {
        let priority: Option<Priority> = fields.priority(&format!("priorities[{place}]"), Some(*priority));
        selection.priorities.extend(priority);
    }
    selection
}

impl Services {
    /// One row of a list: the incident, and how far the board says its response is.
    fn row(&self, held: &Versioned<Incident>) -> wire::IncidentRow {
        let progress = self.room.centre.read(|picture| {
            let board = &picture.board;
            let assignments = held.record.assignments.iter().filter_map(|id| board.assignments().get(id));
            let runs = held.record.runs.iter().filter_map(|id| board.runs().get(id));
            progress(
                &held.record,
                assignments.map(|it| (&it.record.purpose, it.record.state())),
                runs.map(|it| it.record.state()),
            )
        });
        wire::IncidentRow {
            incident: Some(encode::versioned(encode::incident, held)),
            progress: progress.into(),
        }
    }

    async fn history(
        &self,
        asker: &Asker,
        name: &Name<domain::IncidentId>,
    ) -> Result<History, OperationError> {
        let found = queries::incident(&self.room, asker, name).await;
        found.map_err(|error| as_if_unnamed(name, error))
    }
}

#[tonic::async_trait]
impl IncidentService for Services {
    async fn open_incident(
        &self,
        request: Request<wire::OpenIncidentRequest>,
    ) -> Result<Response<wire::OpenIncidentResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let ask = ask(&mut fields, principal, said.request_id);
        let opened = OpenIncident {
            call: fields.optional_id("call_id", &said.call_id),
            incident_type: fields.optional_id("incident_type_id", &said.incident_type_id),
            priority: fields.priority("priority", said.priority),
            location: decode::location_or_unknown(&mut fields, "location", said.location),
            narrative: fields.note("narrative", said.narrative),
            report: report(&mut fields, said.report),
        };
        let (ask, opened) = all(fields, || Some((ask?, opened)))?;
        let done = incidents::open_incident(&self.room, &ask, &opened).await.map_err(of_operation)?;
        let (receipt, incident) = self.incident_answer(&ask.asker, done).await;
        Ok(Response::new(wire::OpenIncidentResponse { receipt, incident }))
    }

    async fn get_incident(
        &self,
        request: Request<wire::GetIncidentRequest>,
    ) -> Result<Response<wire::GetIncidentResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let name = match fields.required("name", said.name) {
            Some(get_incident_request::Name::IncidentId(id)) => fields.id("incident_id", &id).map(Name::Id),
            Some(get_incident_request::Name::SpokenNumber(number)) => {
                Some(Name::Spoken(fields.required_line("spoken_number", number)))
            }
            None => None,
        };
        let name = all(fields, || name)?;
        let history = self.history(&self.reader(principal).await, &name).await.map_err(of_operation)?;
        Ok(Response::new(shown(&history)))
    }

    async fn list_incidents(
        &self,
        request: Request<wire::ListIncidentsRequest>,
    ) -> Result<Response<wire::ListIncidentsResponse>, Status> {
        let (principal, said) = open(request);
        let mut fields = Fields::new();
        let selection = selection(&mut fields, &said);
        let page = Page {
            start: fields.optional_id("page_token", &said.page_token).unwrap_or_default(),
            size: page_size(&mut fields, said.page_size),
        };
        all(fields, || Some(()))?;
        let asker = self.reader(principal).await;
        let listed = queries::list_incidents(&self.room, &asker, &selection, page);
        let listed = listed.await.map_err(of_operation)?;
        Ok(Response::new(wire::ListIncidentsResponse {
            incidents: listed.incidents.iter().map(|held| self.row(held)).collect(),
            next_page_token: listed.next.map(|next| next.to_string()).unwrap_or_default(),
            as_of: Some(cursor(listed.as_of)),
        }))
    }

    async fn change_priority(
        &self,
        request: Request<wire::ChangePriorityRequest>,
    ) -> Result<Response<wire::ChangePriorityResponse>, Status> {
        self.change_priority_of(request).await
    }

    async fn change_type(
        &self,
        request: Request<wire::ChangeTypeRequest>,
    ) -> Result<Response<wire::ChangeTypeResponse>, Status> {
        self.change_type_of(request).await
    }

    async fn change_location(
        &self,
        request: Request<wire::ChangeLocationRequest>,
    ) -> Result<Response<wire::ChangeLocationResponse>, Status> {
        self.change_location_of(request).await
    }

    async fn add_note(
        &self,
        request: Request<wire::AddNoteRequest>,
    ) -> Result<Response<wire::AddNoteResponse>, Status> {
        self.add_note_to(request).await
    }

    async fn hold_incident(
        &self,
        request: Request<wire::HoldIncidentRequest>,
    ) -> Result<Response<wire::HoldIncidentResponse>, Status> {
        self.hold(request).await
    }

    async fn release_incident(
        &self,
        request: Request<wire::ReleaseIncidentRequest>,
    ) -> Result<Response<wire::ReleaseIncidentResponse>, Status> {
        self.release(request).await
    }

    async fn merge_incidents(
        &self,
        request: Request<wire::MergeIncidentsRequest>,
    ) -> Result<Response<wire::MergeIncidentsResponse>, Status> {
        self.merge(request).await
    }

    async fn unmerge_incident(
        &self,
        request: Request<wire::UnmergeIncidentRequest>,
    ) -> Result<Response<wire::UnmergeIncidentResponse>, Status> {
        self.unmerge(request).await
    }

    async fn close_incident(
        &self,
        request: Request<wire::CloseIncidentRequest>,
    ) -> Result<Response<wire::CloseIncidentResponse>, Status> {
        self.close(request).await
    }

    async fn cancel_incident(
        &self,
        request: Request<wire::CancelIncidentRequest>,
    ) -> Result<Response<wire::CancelIncidentResponse>, Status> {
        self.cancel(request).await
    }

    async fn reopen_incident(
        &self,
        request: Request<wire::ReopenIncidentRequest>,
    ) -> Result<Response<wire::ReopenIncidentResponse>, Status> {
        self.reopen(request).await
    }

    async fn restrict_incident(
        &self,
        request: Request<wire::RestrictIncidentRequest>,
    ) -> Result<Response<wire::RestrictIncidentResponse>, Status> {
        self.restrict(request).await
    }
}

/// A registration number or the lawful reason for having none, the one that was given.
fn basis(fields: &mut Fields, basis: Option<Basis>) -> (String, String) {
    match fields.required("basis", basis) {
        Some(Basis::RegistrationNumber(number)) => {
            (fields.required_line("registration_number", number), String::new())
        }
        Some(Basis::LawfulReason(reason)) => (String::new(), fields.required_line("lawful_reason", reason)),
        None => (String::new(), String::new()),
    }
}

/// Who alone may know of an incident.
fn readers(fields: &mut Fields, change: Option<Change>) -> Option<incidents::Readers> {
    match fields.required("change", change)? {
        Change::Restrict(restrict) => {
            let names = restrict.readers.into_iter().enumerate();
            let names = names
                .map(|(place, name)| fields.required_line(&format!("restrict.readers[{place}]"), name))
                .collect();
            let reason = fields.required_line("restrict.reason", restrict.reason);
            Some(incidents::Readers::Only { names, reason })
        }
        Change::Lift(_) => Some(incidents::Readers::Everybody),
    }
}

/// The receipt and one incident.
type IncidentParts = (Option<record::Receipt>, Option<record::Incident>);
