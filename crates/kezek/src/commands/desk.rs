//! `kezek desk …`: what a duty desk was given and what it says to that.

use clap::{Args, Subcommand};
use prost::{Message, Name};
use protocol::desk::v1::{
    AcceptAssignmentRequest, ConfirmAssignmentStandDownRequest, GetDeskRequest, ReportDeliveredRequest,
    ReportReceivedRequest, ReturnAssignmentRequest,
};
use protocol::record::v1::{Assignment, Receipt, Run};

use crate::failure::Failure;
use crate::inputs::{Circumstances, Identity, assignment_id, optional_station};
use crate::session::Session;
use crate::show::{self, Light};
use crate::words;

/// What can be done at a desk.
#[derive(Debug, Subcommand)]
pub(crate) enum DeskCommand {
    /// Show what is open at a desk
    Show {
        /// The station; the token's unless given
        station: Option<String>,
    },
    /// An assignment reached the desk's screen
    Delivered(Named),
    /// A named person at the desk has an assignment
    Received(Answered),
    /// Accept an assignment with the units that go
    Accept(Accept),
    /// Give an assignment back
    Return(Return),
    /// The desk knows that an assignment was called back
    Confirm(Answered),
}

/// One assignment.
#[derive(Debug, Args)]
pub(crate) struct Named {
    /// The assignment: the number of its incident, its id, or the first digits of it
    assignment: String,
    /// The station, for whoever enters it for a desk
    #[arg(long)]
    station: Option<String>,
    /// Ask under this id; the same id never does anything twice. Made anew unless given
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
}

/// One assignment and how the word came.
#[derive(Debug, Args)]
pub(crate) struct Answered {
    /// The assignment: the number of its incident, its id, or the first digits of it
    assignment: String,
    /// The station, for whoever enters it for a desk
    #[arg(long)]
    station: Option<String>,
    #[command(flatten)]
    circumstances: Circumstances,
    #[command(flatten)]
    identity: Identity,
}

/// Who goes.
#[derive(Debug, Args)]
pub(crate) struct Accept {
    /// The assignment: the number of its incident, its id, or the first digits of it
    assignment: String,
    /// The units that go: callsigns or ids
    #[arg(required = true, num_args = 1..=40)]
    units: Vec<String>,
    /// The station, for whoever enters it for a desk
    #[arg(long)]
    station: Option<String>,
    #[command(flatten)]
    circumstances: Circumstances,
    #[command(flatten)]
    identity: Identity,
}

/// Why it comes back.
#[derive(Debug, Args)]
pub(crate) struct Return {
    /// The assignment: the number of its incident, its id, or the first digits of it
    assignment: String,
    /// Why
    #[arg(long)]
    reason: String,
    /// The station that should have it instead
    #[arg(long, value_name = "STATION")]
    propose: Option<String>,
    /// The station, for whoever enters it for a desk
    #[arg(long)]
    station: Option<String>,
    #[command(flatten)]
    circumstances: Circumstances,
    #[command(flatten)]
    identity: Identity,
}

/// Does it.
pub(crate) async fn run(session: &Session, command: DeskCommand) -> Result<(), Failure> {
    match command {
        DeskCommand::Show { station } => Box::pin(show_desk(session, station.as_deref())).await,
        DeskCommand::Delivered(named) => Box::pin(delivered(session, named)).await,
        DeskCommand::Received(answered) => Box::pin(received(session, answered)).await,
        DeskCommand::Accept(accepted) => Box::pin(accept(session, accepted)).await,
        DeskCommand::Return(returned) => Box::pin(give_back(session, returned)).await,
        DeskCommand::Confirm(answered) => Box::pin(confirm(session, answered)).await,
    }
}

async fn show_desk(session: &Session, station: Option<&str>) -> Result<(), Failure> {
    let question = GetDeskRequest { station_id: optional_station(session, station).await? };
    let answer = session.read(question, async |request| session.desks().get_desk(request).await).await?;
    let names = session.names().await;
    session.output().show(&answer, |paint| show::desk::whole(&answer, Light::now(names, paint)));
    Ok(())
}

async fn delivered(session: &Session, named: Named) -> Result<(), Failure> {
    let request_id = named.request_id.unwrap_or_else(crate::inputs::new_request_id);
    let request = ReportDeliveredRequest {
        request_id: request_id.clone(),
        assignment_id: assignment_id(session, &named.assignment, named.station.as_deref()).await?,
    };
    let ask = async |request| session.desks().report_delivered(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.assignment.as_ref(), &[], answer.receipt.as_ref()).await;
    Ok(())
}

async fn received(session: &Session, answered: Answered) -> Result<(), Failure> {
    let request_id = answered.identity.request_id();
    let request = ReportReceivedRequest {
        request_id: request_id.clone(),
        assignment_id: assignment_id(session, &answered.assignment, answered.station.as_deref()).await?,
        expected_version: answered.identity.expected_version,
        person: answered.circumstances.person(),
        report: answered.circumstances.report(session).await?,
    };
    let ask = async |request| session.desks().report_received(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.assignment.as_ref(), &[], answer.receipt.as_ref()).await;
    Ok(())
}

async fn accept(session: &Session, accepted: Accept) -> Result<(), Failure> {
    let request_id = accepted.identity.request_id();
    let names = session.names().await;
    let unit_ids: Result<Vec<String>, Failure> =
        accepted.units.iter().map(|unit| names.unit_id(unit)).collect();
    let request = AcceptAssignmentRequest {
        request_id: request_id.clone(),
        assignment_id: assignment_id(session, &accepted.assignment, accepted.station.as_deref()).await?,
        expected_version: accepted.identity.expected_version,
        unit_ids: unit_ids?,
        person: accepted.circumstances.person(),
        report: accepted.circumstances.report(session).await?,
    };
    let ask = async |request| session.desks().accept_assignment(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.assignment.as_ref(), &answer.runs, answer.receipt.as_ref()).await;
    Ok(())
}

async fn give_back(session: &Session, returned: Return) -> Result<(), Failure> {
    let request_id = returned.identity.request_id();
    let request = ReturnAssignmentRequest {
        request_id: request_id.clone(),
        assignment_id: assignment_id(session, &returned.assignment, returned.station.as_deref()).await?,
        expected_version: returned.identity.expected_version,
        reason: returned.reason,
        proposed_station_id: optional_station(session, returned.propose.as_deref()).await?,
        report: returned.circumstances.report(session).await?,
    };
    let ask = async |request| session.desks().return_assignment(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.assignment.as_ref(), &[], answer.receipt.as_ref()).await;
    Ok(())
}

async fn confirm(session: &Session, answered: Answered) -> Result<(), Failure> {
    let request_id = answered.identity.request_id();
    let request = ConfirmAssignmentStandDownRequest {
        request_id: request_id.clone(),
        assignment_id: assignment_id(session, &answered.assignment, answered.station.as_deref()).await?,
        expected_version: answered.identity.expected_version,
        report: answered.circumstances.report(session).await?,
    };
    let ask = async |request| session.desks().confirm_assignment_stand_down(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.assignment.as_ref(), &[], answer.receipt.as_ref()).await;
    Ok(())
}

async fn changed<M: Message + Name>(
    session: &Session,
    answer: &M,
    assignment: Option<&Assignment>,
    runs: &[Run],
    receipt: Option<&Receipt>,
) {
    let names = session.names().await;
    session.output().show(answer, |paint| {
        let text = show::desk::changed(assignment, runs, Light::now(names, paint));
        format!("{text}  {}", words::receipt(receipt))
    });
}
