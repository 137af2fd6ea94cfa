//! The part of `kezek incident …` that sends and stands down: recommend, assign, send, stand-down, request, automatic.

use clap::{Args, ValueEnum};
use protocol::dispatch::v1::{
    AssignDeskRequest, GetDispatchRequest, RecommendRequest, RequestResourceRequest, SendUnitRequest,
    SetAutomaticDispatchRequest, StandDownRequest, assign_desk_request, stand_down_request,
};
use protocol::record::v1::{AutomaticDispatch, Dispatch};

use crate::failure::Failure;
use crate::inputs::{Circumstances, Identity, incident, incident_id, optional_unit};
use crate::session::Session;
use crate::show::{self, Light};
use crate::table::plain;
use crate::words;

/// Whom to ask about.
#[derive(Debug, Args)]
pub(crate) struct Recommend {
    /// The incident: its number or id
    incident: String,
    /// Only for this need, by its index from 0; every need that lacks units unless given
    #[arg(long, value_name = "INDEX")]
    need: Option<u32>,
}

/// Which desk gets it.
#[derive(Debug, Args)]
pub(crate) struct Assign {
    /// The incident: its number or id
    incident: String,
    /// The station whose duty desk gets it
    station: String,
    /// For this need, by its index from 0; the first that lacks units unless given
    #[arg(long, value_name = "INDEX", conflicts_with = "inform")]
    need: Option<u32>,
    /// Only to know
    #[arg(long)]
    inform: bool,
    /// The unit that the centre would send: its callsign or id; the desk decides
    #[arg(long, value_name = "UNIT")]
    unit: Option<String>,
    #[command(flatten)]
    identity: Identity,
}

/// Which unit goes.
#[derive(Debug, Args)]
pub(crate) struct Send {
    /// The incident: its number or id
    incident: String,
    /// The unit: its callsign or id; it serves the first need of its kind that lacks units, else a need is added
    unit: String,
    #[command(flatten)]
    identity: Identity,
}

/// Who is stood down.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("who").required(true).args(["unit", "station", "assignment", "run"]))]
pub(crate) struct StandDown {
    /// The incident: its number or id
    incident: String,
    /// This unit: its callsign or id
    #[arg(long)]
    unit: Option<String>,
    /// This station's desk, with all units it sent
    #[arg(long)]
    station: Option<String>,
    /// This assignment: its id, or the first digits of it
    #[arg(long, value_name = "ID")]
    assignment: Option<String>,
    /// This run: its id, or the first digits of it
    #[arg(long, value_name = "ID")]
    run: Option<String>,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    identity: Identity,
}

/// What else is needed.
#[derive(Debug, Args)]
pub(crate) struct Request {
    /// The incident: its number or id
    incident: String,
    /// The kind of unit: its id or title
    kind: String,
    /// How many more units; one unless given
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=40))]
    units: u32,
    /// Why
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    circumstances: Circumstances,
    #[command(flatten)]
    identity: Identity,
}

/// The switch for automatic sending.
#[derive(Debug, Args)]
pub(crate) struct Automatic {
    /// Switch it on or off; shown unless given
    #[arg(value_enum, requires = "reason")]
    switch: Option<Switch>,
    /// Why
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    identity: Identity,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    /// Needs that may be sent for automatically are
    On,
    /// Everything is recommended, and a person confirms
    Off,
}

/// Shows whom the centre would send.
pub(crate) async fn recommend(session: &Session, wanted: Recommend) -> Result<(), Failure> {
    let question = RecommendRequest {
        incident_id: incident_id(session, &wanted.incident).await?,
        need_index: wanted.need,
    };
    let answer = session.read(question, async |request| session.dispatch().recommend(request).await).await?;
    let names = session.names().await;
    let recommendation = answer.recommendation.clone().unwrap_or_default();
    session
        .output()
        .show(&answer, |paint| show::recommendation::whole(&recommendation, Light::now(names, paint)));
    Ok(())
}

/// Gives an incident to a desk.
pub(crate) async fn assign(session: &Session, wanted: Assign) -> Result<(), Failure> {
    let request_id = wanted.identity.request_id();
    let (incident_id, purpose) = Box::pin(what_is_asked(session, &wanted)).await?;
    let request = AssignDeskRequest {
        request_id: request_id.clone(),
        incident_id,
        expected_version: wanted.identity.expected_version,
        station_id: session.names().await.station_id(&wanted.station)?,
        purpose: Some(purpose),
        recommended_unit_id: optional_unit(session, wanted.unit.as_deref()).await?,
    };
    let ask = async |request| session.dispatch().assign_desk(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    let names = session.names().await;
    session.output().show(&answer, |paint| {
        let light = Light::now(names, paint);
        let text = show::desk::changed(answer.assignment.as_ref(), &[], light);
        format!("{text}  {}", words::receipt(answer.receipt.as_ref()))
    });
    Ok(())
}

/// The incident, and what the desk is asked: to know, to serve the need that is named, or the first that lacks units.
async fn what_is_asked(
    session: &Session,
    wanted: &Assign,
) -> Result<(String, assign_desk_request::Purpose), Failure> {
    if wanted.inform {
        let purpose = assign_desk_request::Purpose::Inform(assign_desk_request::Inform {});
        return Ok((incident_id(session, &wanted.incident).await?, purpose));
    }
    if let Some(index) = wanted.need {
        let purpose = assign_desk_request::Purpose::NeedIndex(index);
        return Ok((incident_id(session, &wanted.incident).await?, purpose));
    }
    let found = incident(session, &wanted.incident).await?.incident.unwrap_or_default();
    let lacking = found.needs.iter().zip(0..).find(|(need, _)| need.units_missing > 0);
    let (_, index) = lacking.ok_or_else(|| {
        Failure::usage(format!(
            "incident {} lacks no units; say which need with --need, or --inform",
            found.spoken_number
        ))
    })?;
    Ok((found.incident_id, assign_desk_request::Purpose::NeedIndex(index)))
}

/// Sends a unit.
pub(crate) async fn send(session: &Session, wanted: Send) -> Result<(), Failure> {
    let request_id = wanted.identity.request_id();
    let request = SendUnitRequest {
        request_id: request_id.clone(),
        incident_id: incident_id(session, &wanted.incident).await?,
        expected_version: wanted.identity.expected_version,
        unit_id: session.names().await.unit_id(&wanted.unit)?,
    };
    let ask = async |request| session.dispatch().send_unit(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    let names = session.names().await;
    session.output().show(&answer, |paint| {
        let light = Light::now(names, paint);
        let runs: Vec<_> = answer.run.iter().cloned().collect();
        let text = show::desk::changed(answer.assignment.as_ref(), &runs, light);
        format!("{text}  {}", words::receipt(answer.receipt.as_ref()))
    });
    Ok(())
}

/// Stands down a desk or a unit.
pub(crate) async fn stand_down(session: &Session, wanted: StandDown) -> Result<(), Failure> {
    let request_id = wanted.identity.request_id();
    let who = who_is_stood_down(session, &wanted).await?;
    let request = StandDownRequest {
        request_id: request_id.clone(),
        expected_version: wanted.identity.expected_version,
        reason: wanted.reason,
        who: Some(who),
    };
    let ask = async |request| session.dispatch().stand_down(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    let names = session.names().await;
    session.output().show(&answer, |paint| {
        let light = Light::now(names, paint);
        let text = show::desk::changed(answer.assignment.as_ref(), &answer.runs, light);
        format!("{text}  {}", words::receipt(answer.receipt.as_ref()))
    });
    Ok(())
}

/// The open assignment or run of the incident that is meant.
async fn who_is_stood_down(
    session: &Session,
    wanted: &StandDown,
) -> Result<stand_down_request::Who, Failure> {
    let found = incident(session, &wanted.incident).await?;
    let next = "`kezek incident get` shows its desks and units";
    let number = plain(&wanted.incident);
    if wanted.unit.is_some() || wanted.run.is_some() {
        let unit_id = optional_unit(session, wanted.unit.as_deref()).await?;
        let begins = wanted.run.as_deref();
        let mut runs = found.runs.iter().filter(|run| words::run_is_open(run));
        let meant = runs.find(|run| {
            run.unit_id == unit_id || begins.is_some_and(|begins| run.run_id.starts_with(begins))
        });
        let run = meant.ok_or_else(|| Failure::not_found(format!("no such open run at {number}"), next))?;
        return Ok(stand_down_request::Who::RunId(run.run_id.clone()));
    }
    let station_id = match &wanted.station {
        Some(station) => session.names().await.station_id(station)?,
        None => String::new(),
    };
    let begins = wanted.assignment.as_deref();
    let mut open = found.assignments.iter().filter(|assignment| words::assignment_is_open(assignment));
    let meant = open.find(|assignment| {
        assignment.station_id == station_id
            || begins.is_some_and(|begins| assignment.assignment_id.starts_with(begins))
    });
    let assignment =
        meant.ok_or_else(|| Failure::not_found(format!("no such open assignment at {number}"), next))?;
    Ok(stand_down_request::Who::AssignmentId(assignment.assignment_id.clone()))
}

/// Asks for a further resource.
pub(crate) async fn request(session: &Session, wanted: Request) -> Result<(), Failure> {
    let request_id = wanted.identity.request_id();
    let request = RequestResourceRequest {
        request_id: request_id.clone(),
        incident_id: incident_id(session, &wanted.incident).await?,
        expected_version: wanted.identity.expected_version,
        unit_kind_id: session.names().await.kind_id(&wanted.kind)?,
        units: wanted.units,
        reason: wanted.reason.unwrap_or_default(),
        report: wanted.circumstances.report(session).await?,
    };
    let ask = async |request| session.dispatch().request_resource(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    let incident = answer.incident.as_ref();
    super::incident::changed(session, &answer, incident, answer.receipt.as_ref()).await;
    Ok(())
}

/// Shows or switches automatic sending.
pub(crate) async fn automatic(session: &Session, wanted: Automatic) -> Result<(), Failure> {
    let Some(switch) = wanted.switch else {
        let ask = async |request| session.dispatch().get_dispatch(request).await;
        let answer = session.read(GetDispatchRequest {}, ask).await?;
        session.output().show(&answer, |_| dispatch(answer.dispatch.as_ref()));
        return Ok(());
    };
    let request_id = wanted.identity.request_id();
    let automatic = match switch {
        Switch::On => AutomaticDispatch::On,
        Switch::Off => AutomaticDispatch::Off,
    };
    let request = SetAutomaticDispatchRequest {
        request_id: request_id.clone(),
        expected_version: wanted.identity.expected_version,
        automatic: automatic.into(),
        reason: wanted.reason.unwrap_or_default(),
    };
    let ask = async |request| session.dispatch().set_automatic_dispatch(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    session.output().show(&answer, |_| {
        format!("{}  {}", dispatch(answer.dispatch.as_ref()), words::receipt(answer.receipt.as_ref()))
    });
    Ok(())
}

/// The switch in a sentence.
fn dispatch(dispatch: Option<&Dispatch>) -> String {
    let dispatch = dispatch.cloned().unwrap_or_default();
    let switched = if dispatch.switched_by.is_empty() {
        String::new()
    } else {
        format!(" (by {}: {})", plain(&dispatch.switched_by), plain(&dispatch.reason))
    };
    let holder = if dispatch.holder.is_empty() {
        "no node dispatches".to_owned()
    } else {
        format!("node {} dispatches", plain(&dispatch.holder))
    };
    format!("Automatic sending is {}{switched}; {holder}.\n", words::automatic(&dispatch))
}
