//! What changes of an incident while it goes on: how urgent, what, where, what is noted, and who may know.

use clap::Args;
use protocol::dispatch::v1::restrict_incident_request::{Change, Lift, Restrict};
use protocol::dispatch::v1::{
    AddNoteRequest, ChangeLocationRequest, ChangePriorityRequest, ChangeTypeRequest, RestrictIncidentRequest,
};

use super::changed;
use crate::failure::Failure;
use crate::inputs::{Identity, Place, incident_id, new_request_id};
use crate::session::Session;

/// A new priority.
#[derive(Debug, Args)]
pub(crate) struct Priority {
    /// The incident: its number or id
    incident: String,
    /// 1 (most urgent) to 5
    #[arg(value_parser = clap::value_parser!(u32).range(1..=5))]
    priority: u32,
    /// Why
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    identity: Identity,
}

/// A new type.
#[derive(Debug, Args)]
pub(crate) struct Type {
    /// The incident: its number or id
    incident: String,
    /// A type of the directory
    incident_type: String,
    #[command(flatten)]
    identity: Identity,
}

/// A new place.
#[derive(Debug, Args)]
pub(crate) struct NewPlace {
    /// The incident: its number or id
    incident: String,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    identity: Identity,
}

/// A note.
#[derive(Debug, Args)]
pub(crate) struct Note {
    /// The incident: its number or id
    incident: String,
    /// The words
    text: String,
    /// Ask under this id; the same id never does anything twice. Made anew unless given
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
}

/// A restriction.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("change").required(true).args(["reader", "lift"]))]
pub(crate) struct RestrictTo {
    /// The incident: its number or id
    incident: String,
    /// A person who may know of it, as tokens name them; may be repeated. You are always one
    #[arg(long, value_name = "NAME", requires = "reason")]
    reader: Vec<String>,
    /// Why, for those readers
    #[arg(long)]
    reason: Option<String>,
    /// Everybody with a right to the centre may know again
    #[arg(long)]
    lift: bool,
    #[command(flatten)]
    identity: Identity,
}

/// Changes how urgent it is.
pub(super) async fn priority(session: &Session, wanted: Priority) -> Result<(), Failure> {
    let request_id = wanted.identity.request_id();
    let request = ChangePriorityRequest {
        request_id: request_id.clone(),
        incident_id: incident_id(session, &wanted.incident).await?,
        expected_version: wanted.identity.expected_version,
        priority: wanted.priority,
        reason: wanted.reason.unwrap_or_default(),
    };
    let ask = async |request| session.incidents().change_priority(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.incident.as_ref(), answer.receipt.as_ref()).await;
    Ok(())
}

/// Changes what it is.
pub(super) async fn change_type(session: &Session, wanted: Type) -> Result<(), Failure> {
    let request_id = wanted.identity.request_id();
    let request = ChangeTypeRequest {
        request_id: request_id.clone(),
        incident_id: incident_id(session, &wanted.incident).await?,
        expected_version: wanted.identity.expected_version,
        incident_type_id: wanted.incident_type,
    };
    let ask = async |request| session.incidents().change_type(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.incident.as_ref(), answer.receipt.as_ref()).await;
    Ok(())
}

/// Changes where it is.
pub(super) async fn place(session: &Session, wanted: NewPlace) -> Result<(), Failure> {
    let location = wanted.place.location();
    if location.is_none() {
        return Err(Failure::usage("say where: --at, --where or --landmark"));
    }
    let request_id = wanted.identity.request_id();
    let request = ChangeLocationRequest {
        request_id: request_id.clone(),
        incident_id: incident_id(session, &wanted.incident).await?,
        expected_version: wanted.identity.expected_version,
        location,
    };
    let ask = async |request| session.incidents().change_location(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.incident.as_ref(), answer.receipt.as_ref()).await;
    Ok(())
}

/// Writes a note on it.
pub(super) async fn note(session: &Session, wanted: Note) -> Result<(), Failure> {
    let request_id = wanted.request_id.unwrap_or_else(new_request_id);
    let incident_id = incident_id(session, &wanted.incident).await?;
    let request = AddNoteRequest { request_id: request_id.clone(), incident_id, text: wanted.text };
    let ask = async |request| session.incidents().add_note(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.incident.as_ref(), answer.receipt.as_ref()).await;
    Ok(())
}

/// Says who alone may know of it, or lifts that.
pub(super) async fn restrict(session: &Session, wanted: RestrictTo) -> Result<(), Failure> {
    let request_id = wanted.identity.request_id();
    let change = if wanted.lift {
        Change::Lift(Lift {})
    } else {
        Change::Restrict(Restrict { readers: wanted.reader, reason: wanted.reason.unwrap_or_default() })
    };
    let request = RestrictIncidentRequest {
        request_id: request_id.clone(),
        incident_id: incident_id(session, &wanted.incident).await?,
        expected_version: wanted.identity.expected_version,
        change: Some(change),
    };
    let ask = async |request| session.incidents().restrict_incident(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.incident.as_ref(), answer.receipt.as_ref()).await;
    Ok(())
}
