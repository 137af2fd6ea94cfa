//! `kezek desk …`: what a duty desk was given and what it says to that.

use clap::{Args, Subcommand};
use prost::{Message, Name};
use protocol::desk::v1::{
    AcceptAssignmentRequest, ConfirmAssignmentStandDownRequest, GetDeskRequest, ReportDeliveredRequest,
    ReportReceivedRequest, ReturnAssignmentRequest,
};
use protocol::record::v1::{Assignment, Receipt, Run, assignment_state};

use crate::failure::Failure;
use crate::inputs::{Circumstances, Identity, assignment_id, incident, optional_station};
use crate::session::Session;
use crate::show::{self, Light};
use crate::words;

/// What can be done at a desk.
#[derive(Debug, Subcommand)]
pub(crate) enum DeskCommand {
    /// Show what a desk has to do and which of its units are free
    Show {
        /// The station: its id or title; your own unless given
        station: Option<String>,
    },
    /// Say that an assignment is on the desk's screen (a console says so by itself)
    Delivered(Named),
    /// Say "received": a person at the desk has read the assignment
    Received(Answered),
    /// Accept an assignment and send units: those you name, else the one that is recommended
    #[command(
        after_help = "Where the centre has sent a unit itself, or the desk only has to know, nobody else goes unless you name them."
    )]
    Accept(Accept),
    /// Give an assignment back to the centre, which then finds another desk
    Return(Return),
    /// Say that the desk knows of a stand-down: the assignment was stood down
    Confirm(Answered),
}

/// One assignment.
#[derive(Debug, Args)]
pub(crate) struct Named {
    /// The assignment: the number of its incident, its id, or the first digits of it
    assignment: String,
    /// The station, if you enter it for another desk than your own
    #[arg(long)]
    station: Option<String>,
    /// Ask under this id; the same id never does anything twice. Made anew unless given
    #[arg(long, value_name = "ID", help_heading = "Repeating safely")]
    request_id: Option<String>,
}

/// One assignment and how the word came.
#[derive(Debug, Args)]
pub(crate) struct Answered {
    /// The assignment: the number of its incident, its id, or the first digits of it
    assignment: String,
    /// The station, if you enter it for another desk than your own
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
    /// The units that go: callsigns or ids; the recommended one unless given
    #[arg(num_args = 0..=40)]
    units: Vec<String>,
    /// The station, if you enter it for another desk than your own
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
    /// Why, in your own words; the centre's operators read it
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The station that you think should have it instead
    #[arg(long, value_name = "STATION")]
    propose: Option<String>,
    /// The station, if you enter it for another desk than your own
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
    let station = accepted.station.as_deref();
    let assignment_id = assignment_id(session, &accepted.assignment, station).await?;
    let goes = if accepted.units.is_empty() {
        who_goes(&assignment(session, &assignment_id, &accepted.assignment, station).await?)?
    } else {
        let named: Result<Vec<String>, Failure> =
            accepted.units.iter().map(|unit| names.unit_id(unit)).collect();
        Goes::Named(named?)
    };
    let request = AcceptAssignmentRequest {
        request_id: request_id.clone(),
        assignment_id,
        expected_version: accepted.identity.expected_version,
        unit_ids: goes.unit_ids(),
        person: accepted.circumstances.person(),
        report: accepted.circumstances.report(session).await?,
    };
    let ask = async |request| session.desks().accept_assignment(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    session.output().show(&answer, |paint| {
        let light = Light::now(names, paint);
        let sentence = goes.sentence(|unit| light.names.callsign(unit));
        let text = show::desk::changed(answer.assignment.as_ref(), &answer.runs, light);
        format!("{sentence}{text}  {}", words::receipt(answer.receipt.as_ref()))
    });
    Ok(())
}

/// Who goes under an assignment that is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Goes {
    /// Those that the desk named.
    Named(Vec<String>),
    /// The one that the centre recommends, because the desk named nobody.
    Recommended(String),
    /// Nobody more: the centre has sent somebody itself.
    SentByCentre,
    /// Nobody: the desk only has to know.
    OnlyInforms,
}

impl Goes {
    fn unit_ids(&self) -> Vec<String> {
        match self {
            Self::Named(units) => units.clone(),
            Self::Recommended(unit) => vec![unit.clone()],
            Self::SentByCentre | Self::OnlyInforms => Vec::new(),
        }
    }

    /// What was made of it that the desk named nobody; empty if it did.
    fn sentence<'a>(&'a self, callsign: impl Fn(&'a str) -> &'a str) -> String {
        match self {
            Self::Named(_) => String::new(),
            Self::Recommended(unit) => {
                format!("No unit was named: the recommended unit {} goes.\n", callsign(unit))
            }
            Self::SentByCentre => {
                "No unit was named: the one that the centre sent goes, nobody else.\n".to_owned()
            }
            Self::OnlyInforms => "Nobody goes: the desk only has to know.\n".to_owned(),
        }
    }
}

/// Who goes if the desk names nobody. An assignment that is accepted already is answered as it was then, so that the same
/// request asked again stays the same.
fn who_goes(assignment: &Assignment) -> Result<Goes, Failure> {
    if !words::is_asked_to_send(assignment) {
        return Ok(Goes::OnlyInforms);
    }
    let state = assignment.state.as_ref().and_then(|state| state.state.as_ref());
    let is_accepted = matches!(state, Some(assignment_state::State::Accepted(_)));
    let recommended = assignment.recommended_unit_id.as_str();
    match (assignment.run_ids.is_empty() || is_accepted, recommended) {
        (true, "") if assignment.run_ids.is_empty() => Err(Failure::usage(
            "no unit is recommended for it; name the units that go (`kezek desk show` lists the free ones)",
        )),
        (true, "") | (false, _) => Ok(Goes::SentByCentre),
        (true, unit) => Ok(Goes::Recommended(unit.to_owned())),
    }
}

/// An open assignment as it stands, where the desk or its incident shows it.
async fn assignment(
    session: &Session,
    id: &str,
    said: &str,
    station: Option<&str>,
) -> Result<Assignment, Failure> {
    let question = GetDeskRequest { station_id: optional_station(session, station).await? };
    let desk = session.read(question, async |request| session.desks().get_desk(request).await).await;
    let shown = match desk {
        Ok(desk) => desk.assignments,
        Err(failure) if station.is_some() => return Err(failure),
        Err(_) => incident(session, said).await.map(|answer| answer.assignments).unwrap_or_default(),
    };
    shown.into_iter().find(|assignment| assignment.assignment_id == id).ok_or_else(|| {
        Failure::usage("which unit is recommended cannot be read; name the units that go, or add --station")
    })
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

#[cfg(test)]
mod tests {
    use protocol::record::v1::{AssignmentPurpose, AssignmentState, assignment_purpose};

    use super::*;

    /// An assignment that asks to send somebody.
    fn asked(recommended: &str, runs: &[&str], state: assignment_state::State) -> Assignment {
        let respond = assignment_purpose::Purpose::Respond(assignment_purpose::Respond::default());
        Assignment {
            recommended_unit_id: recommended.to_owned(),
            run_ids: runs.iter().map(|&run| run.to_owned()).collect(),
            purpose: Some(AssignmentPurpose { purpose: Some(respond) }),
            state: Some(AssignmentState { state: Some(state) }),
            ..Assignment::default()
        }
    }

    #[test]
    fn who_names_nobody_sends_whom_the_centre_recommends_and_is_told_so() {
        let sent = || assignment_state::State::Sent(assignment_state::Sent {});
        let accepted = assignment_state::State::Accepted(assignment_state::Accepted::default());
        let recommended = Goes::Recommended("leninsky-11".to_owned());
        assert_eq!(who_goes(&asked("leninsky-11", &[], sent())).unwrap(), recommended);
        assert_eq!(recommended.unit_ids(), ["leninsky-11"]);
        let callsign = |unit: &'static str| unit.trim_start_matches("leninsky-");
        let said = Goes::Recommended("leninsky-11".to_owned()).sentence(|_| callsign("leninsky-11"));
        assert_eq!(said, "No unit was named: the recommended unit 11 goes.\n");
        assert_eq!(
            who_goes(&asked("leninsky-11", &["r"], accepted)).unwrap(),
            recommended,
            "a request that is asked again is the same request"
        );
    }

    #[test]
    fn nobody_more_goes_where_the_centre_sent_somebody_or_the_desk_only_has_to_know() {
        let sent = || assignment_state::State::Sent(assignment_state::Sent {});
        assert_eq!(who_goes(&asked("", &["r"], sent())).unwrap(), Goes::SentByCentre);
        assert_eq!(who_goes(&Assignment::default()).unwrap(), Goes::OnlyInforms);
        assert!(Goes::SentByCentre.unit_ids().is_empty() && Goes::OnlyInforms.unit_ids().is_empty());
        let failure = who_goes(&asked("", &[], sent())).unwrap_err();
        assert_eq!(failure.exit.code(), 2, "somebody must go, and nobody is recommended: {failure}");
    }
}
