//! Where an incident stands: held, released, part of another, closed, cancelled, open again.

use clap::Args;
use protocol::dispatch::v1::{
    CancelIncidentRequest, CloseIncidentRequest, HoldIncidentRequest, MergeIncidentsRequest,
    ReleaseIncidentRequest, ReopenIncidentRequest, UnmergeIncidentRequest, close_incident_request,
};

use super::changed;
use crate::failure::Failure;
use crate::inputs::{Identity, incident_id, required_time};
use crate::session::Session;

/// One incident that changes.
#[derive(Debug, Args)]
pub(crate) struct Changed {
    /// The incident: its number or id
    incident: String,
    #[command(flatten)]
    identity: Identity,
}

/// One incident that changes for a reason.
#[derive(Debug, Args)]
pub(crate) struct Reasoned {
    /// The incident: its number or id
    incident: String,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    identity: Identity,
}

/// A hold.
#[derive(Debug, Args)]
pub(crate) struct Hold {
    /// The incident: its number or id
    incident: String,
    /// Until when: `20m`, `14:30` or RFC 3339; at most 12 hours ahead
    #[arg(long, value_name = "TIME")]
    until: String,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    identity: Identity,
}

/// A merge.
#[derive(Debug, Args)]
pub(crate) struct Merge {
    /// The incident that becomes part of the other: its number or id
    incident: String,
    /// The incident that goes on: its number or id
    #[arg(long, value_name = "INCIDENT")]
    into: String,
    #[command(flatten)]
    identity: Identity,
}

/// A result.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("basis").required(true).args(["registration", "lawful_reason"]))]
pub(crate) struct Close {
    /// The incident: its number or id
    incident: String,
    /// The result, in the centre's own words
    #[arg(long, value_name = "TEXT")]
    disposition: String,
    /// The number under which the report is registered
    #[arg(long, value_name = "NUMBER")]
    registration: Option<String>,
    /// Why the law asks for no registration
    #[arg(long, value_name = "TEXT")]
    lawful_reason: Option<String>,
    #[command(flatten)]
    identity: Identity,
}

/// Holds it.
pub(super) async fn hold(session: &Session, wanted: Hold) -> Result<(), Failure> {
    let request_id = wanted.identity.request_id();
    let request = HoldIncidentRequest {
        request_id: request_id.clone(),
        incident_id: incident_id(session, &wanted.incident).await?,
        expected_version: wanted.identity.expected_version,
        until: Some(required_time(session, &wanted.until).await?),
        reason: wanted.reason,
    };
    let ask = async |request| session.incidents().hold_incident(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.incident.as_ref(), answer.receipt.as_ref()).await;
    Ok(())
}

/// Releases a held one.
pub(super) async fn release(session: &Session, wanted: Changed) -> Result<(), Failure> {
    let request_id = wanted.identity.request_id();
    let request = ReleaseIncidentRequest {
        request_id: request_id.clone(),
        incident_id: incident_id(session, &wanted.incident).await?,
        expected_version: wanted.identity.expected_version,
    };
    let ask = async |request| session.incidents().release_incident(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.incident.as_ref(), answer.receipt.as_ref()).await;
    Ok(())
}

/// Makes it part of another.
pub(super) async fn merge(session: &Session, wanted: Merge) -> Result<(), Failure> {
    let request_id = wanted.identity.request_id();
    let request = MergeIncidentsRequest {
        request_id: request_id.clone(),
        incident_id: incident_id(session, &wanted.incident).await?,
        expected_version: wanted.identity.expected_version,
        into_incident_id: incident_id(session, &wanted.into).await?,
    };
    let ask = async |request| session.incidents().merge_incidents(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.into.as_ref(), answer.receipt.as_ref()).await;
    Ok(())
}

/// Undoes a merge.
pub(super) async fn unmerge(session: &Session, wanted: Changed) -> Result<(), Failure> {
    let request_id = wanted.identity.request_id();
    let request = UnmergeIncidentRequest {
        request_id: request_id.clone(),
        incident_id: incident_id(session, &wanted.incident).await?,
        expected_version: wanted.identity.expected_version,
    };
    let ask = async |request| session.incidents().unmerge_incident(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.incident.as_ref(), answer.receipt.as_ref()).await;
    Ok(())
}

/// Ends it with a result.
pub(super) async fn close(session: &Session, wanted: Close) -> Result<(), Failure> {
    let request_id = wanted.identity.request_id();
    let registered = wanted.registration.map(close_incident_request::Basis::RegistrationNumber);
    let basis = registered.or(wanted.lawful_reason.map(close_incident_request::Basis::LawfulReason));
    let request = CloseIncidentRequest {
        request_id: request_id.clone(),
        incident_id: incident_id(session, &wanted.incident).await?,
        expected_version: wanted.identity.expected_version,
        disposition: wanted.disposition,
        basis,
    };
    let ask = async |request| session.incidents().close_incident(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.incident.as_ref(), answer.receipt.as_ref()).await;
    Ok(())
}

/// Ends it because it was never to be served.
pub(super) async fn cancel(session: &Session, wanted: Reasoned) -> Result<(), Failure> {
    let request_id = wanted.identity.request_id();
    let request = CancelIncidentRequest {
        request_id: request_id.clone(),
        incident_id: incident_id(session, &wanted.incident).await?,
        expected_version: wanted.identity.expected_version,
        reason: wanted.reason,
    };
    let ask = async |request| session.incidents().cancel_incident(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.incident.as_ref(), answer.receipt.as_ref()).await;
    Ok(())
}

/// Opens one again that was over.
pub(super) async fn reopen(session: &Session, wanted: Reasoned) -> Result<(), Failure> {
    let request_id = wanted.identity.request_id();
    let request = ReopenIncidentRequest {
        request_id: request_id.clone(),
        incident_id: incident_id(session, &wanted.incident).await?,
        expected_version: wanted.identity.expected_version,
        reason: wanted.reason,
    };
    let ask = async |request| session.incidents().reopen_incident(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.incident.as_ref(), answer.receipt.as_ref()).await;
    Ok(())
}
