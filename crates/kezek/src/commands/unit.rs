//! `kezek unit …`: units on and off duty, their runs step by step, where they are.

use clap::{Args, Subcommand};
use futures::stream;
use prost::{Message, Name};
use protocol::crew::v1::report_run_request::{Acknowledged, Cleared, EnRoute, OnScene, Step};
use protocol::crew::v1::{
    ConfirmRunStandDownRequest, GetUnitRequest, ListUnitsRequest, ReportRunRequest, ReturnToServiceRequest,
    SetOutOfServiceRequest, SignOffRequest, SignOnRequest, StreamPositionsRequest,
};
use protocol::record::v1::{Position, Receipt, Run, Unit, UnitPosition};

use crate::failure::Failure;
use crate::inputs::{
    Circumstances, Identity, optional_station, optional_time, optional_unit, position, run_of_unit,
};
use crate::session::Session;
use crate::show::{self, Light};
use crate::words;

/// What can be done with units.
#[derive(Debug, Subcommand)]
pub(crate) enum UnitCommand {
    /// List units, what they are doing and where they were last seen
    List(List),
    /// Show one unit: what it is doing, and where
    Get {
        /// The unit: its callsign or id; your own unless given
        unit: Option<String>,
    },
    /// A crew comes on duty: the unit can be sent from now on
    SignOn(SignOn),
    /// The crew goes off duty
    SignOff(Named),
    /// Take a unit on duty out of service for a while: it cannot be sent
    Out(Out),
    /// Put it back in service: it can be sent again
    Back(Named),
    /// Say that the crew has its order and goes (acknowledged)
    Ack(NextStep),
    /// Say that the crew is on its way
    EnRoute(NextStep),
    /// Say that the crew has arrived
    OnScene(NextStep),
    /// Say that the crew is done there and free again
    Clear(Clear),
    /// Say that the crew knows it was stood down (stood down)
    StoodDown(NextStep),
    /// Say where a unit is now
    Position(Measured),
}

/// Which units.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only those of this station's duty desk
    #[arg(long)]
    station: Option<String>,
    /// Only those of this kind: its id or title
    #[arg(long)]
    kind: Option<String>,
    /// Only those that can be sent now
    #[arg(long)]
    available: bool,
    /// How many at most
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=500))]
    limit: u32,
    /// Where the page before said the next one begins
    #[arg(long, default_value = "", hide_default_value = true)]
    page: String,
}

/// One unit.
#[derive(Debug, Args)]
pub(crate) struct Named {
    /// The unit: its callsign or id; your own unless given
    unit: Option<String>,
    #[command(flatten)]
    identity: Identity,
}

/// Who comes on duty.
#[derive(Debug, Args)]
pub(crate) struct SignOn {
    /// The unit: its callsign or id; your own unless given
    unit: Option<String>,
    /// Name or badge of a person on board; may be repeated
    #[arg(long, value_name = "NAME")]
    crew: Vec<String>,
    #[command(flatten)]
    identity: Identity,
}

/// What cannot be sent.
#[derive(Debug, Args)]
pub(crate) struct Out {
    /// The unit: its callsign or id; your own unless given
    unit: Option<String>,
    /// Why: a meal, a repair, a court
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    identity: Identity,
}

/// A step of the run that a unit is on.
#[derive(Debug, Args)]
pub(crate) struct NextStep {
    /// The unit: its callsign or id; your own unless given
    unit: Option<String>,
    /// This run instead, by its id (to correct one that is over)
    #[arg(long, value_name = "ID", conflicts_with = "unit")]
    run: Option<String>,
    #[command(flatten)]
    circumstances: Circumstances,
    #[command(flatten)]
    identity: Identity,
}

/// The end of a run.
#[derive(Debug, Args)]
pub(crate) struct Clear {
    #[command(flatten)]
    step: NextStep,
    /// What was found and done
    #[arg(long, value_name = "TEXT")]
    disposition: String,
}

/// A measurement.
#[derive(Debug, Args)]
pub(crate) struct Measured {
    /// Where: LATITUDE,LONGITUDE in degrees
    #[arg(value_parser = position, allow_hyphen_values = true)]
    at: Position,
    /// The unit: its callsign or id; your own unless given
    #[arg(long)]
    unit: Option<String>,
    /// When it was measured; now unless given
    #[arg(long, value_name = "TIME")]
    measured_at: Option<String>,
    /// Radius that holds the true place, in metres
    #[arg(long, value_name = "METRES")]
    uncertainty: Option<u32>,
}

/// Does it.
pub(crate) async fn run(session: &Session, command: UnitCommand) -> Result<(), Failure> {
    match command {
        UnitCommand::List(wanted) => Box::pin(list(session, wanted)).await,
        UnitCommand::Get { unit } => Box::pin(get(session, unit.as_deref())).await,
        UnitCommand::SignOn(on) => Box::pin(sign_on(session, on)).await,
        UnitCommand::SignOff(named) => Box::pin(sign_off(session, named)).await,
        UnitCommand::Out(out) => Box::pin(out_of_service(session, out)).await,
        UnitCommand::Back(named) => Box::pin(back(session, named)).await,
        UnitCommand::Ack(step) => Box::pin(report(session, step, Step::Acknowledged(Acknowledged {}))).await,
        UnitCommand::EnRoute(step) => Box::pin(report(session, step, Step::EnRoute(EnRoute {}))).await,
        UnitCommand::OnScene(step) => Box::pin(report(session, step, Step::OnScene(OnScene {}))).await,
        UnitCommand::Clear(clear) => {
            let cleared = Step::Cleared(Cleared { disposition: clear.disposition });
            Box::pin(report(session, clear.step, cleared)).await
        }
        UnitCommand::StoodDown(step) => Box::pin(stood_down(session, step)).await,
        UnitCommand::Position(measured) => Box::pin(measure(session, measured)).await,
    }
}

async fn list(session: &Session, wanted: List) -> Result<(), Failure> {
    let unit_kind_id = match &wanted.kind {
        Some(kind) => session.names().await.kind_id(kind)?,
        None => String::new(),
    };
    let question = ListUnitsRequest {
        station_id: optional_station(session, wanted.station.as_deref()).await?,
        unit_kind_id,
        available_only: wanted.available,
        page_size: wanted.limit,
        page_token: wanted.page,
    };
    let answer = session.read(question, async |request| session.units().list_units(request).await).await?;
    let names = session.names().await;
    session.output().show(&answer, |paint| show::unit::list(&answer, Light::now(names, paint)));
    Ok(())
}

async fn get(session: &Session, unit: Option<&str>) -> Result<(), Failure> {
    let question = GetUnitRequest { unit_id: optional_unit(session, unit).await? };
    let answer = session.read(question, async |request| session.units().get_unit(request).await).await?;
    let names = session.names().await;
    let row = answer.unit.clone().unwrap_or_default();
    session.output().show(&answer, |paint| show::unit::whole(&row, Light::now(names, paint)));
    Ok(())
}

async fn sign_on(session: &Session, on: SignOn) -> Result<(), Failure> {
    let request_id = on.identity.request_id();
    let request = SignOnRequest {
        request_id: request_id.clone(),
        unit_id: optional_unit(session, on.unit.as_deref()).await?,
        expected_version: on.identity.expected_version,
        crew: on.crew,
    };
    let ask = async |request| session.units().sign_on(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.unit.as_ref(), answer.receipt.as_ref()).await;
    Ok(())
}

async fn sign_off(session: &Session, named: Named) -> Result<(), Failure> {
    let request_id = named.identity.request_id();
    let request = SignOffRequest {
        request_id: request_id.clone(),
        unit_id: optional_unit(session, named.unit.as_deref()).await?,
        expected_version: named.identity.expected_version,
    };
    let ask = async |request| session.units().sign_off(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.unit.as_ref(), answer.receipt.as_ref()).await;
    Ok(())
}

async fn out_of_service(session: &Session, out: Out) -> Result<(), Failure> {
    let request_id = out.identity.request_id();
    let request = SetOutOfServiceRequest {
        request_id: request_id.clone(),
        unit_id: optional_unit(session, out.unit.as_deref()).await?,
        expected_version: out.identity.expected_version,
        reason: out.reason,
    };
    let ask = async |request| session.units().set_out_of_service(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.unit.as_ref(), answer.receipt.as_ref()).await;
    Ok(())
}

async fn back(session: &Session, named: Named) -> Result<(), Failure> {
    let request_id = named.identity.request_id();
    let request = ReturnToServiceRequest {
        request_id: request_id.clone(),
        unit_id: optional_unit(session, named.unit.as_deref()).await?,
        expected_version: named.identity.expected_version,
    };
    let ask = async |request| session.units().return_to_service(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.unit.as_ref(), answer.receipt.as_ref()).await;
    Ok(())
}

/// The run that is named, or the one that the unit is on.
async fn run_id(session: &Session, step: &NextStep) -> Result<String, Failure> {
    match &step.run {
        Some(run) => Ok(run.clone()),
        None => Ok(run_of_unit(session, step.unit.as_deref()).await?.run_id),
    }
}

async fn report(session: &Session, named: NextStep, step: Step) -> Result<(), Failure> {
    let request_id = named.identity.request_id();
    let request = ReportRunRequest {
        request_id: request_id.clone(),
        run_id: run_id(session, &named).await?,
        expected_version: named.identity.expected_version,
        report: named.circumstances.report(session).await?,
        step: Some(step),
    };
    let ask = async |request| session.runs().report_run(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    moved(session, &answer, answer.run.as_ref(), answer.unit.as_ref(), answer.receipt.as_ref()).await;
    Ok(())
}

async fn stood_down(session: &Session, named: NextStep) -> Result<(), Failure> {
    let request_id = named.identity.request_id();
    let request = ConfirmRunStandDownRequest {
        request_id: request_id.clone(),
        run_id: run_id(session, &named).await?,
        expected_version: named.identity.expected_version,
        report: named.circumstances.report(session).await?,
    };
    let ask = async |request| session.runs().confirm_run_stand_down(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    moved(session, &answer, answer.run.as_ref(), answer.unit.as_ref(), answer.receipt.as_ref()).await;
    Ok(())
}

async fn measure(session: &Session, measured: Measured) -> Result<(), Failure> {
    let now = prost_types::Timestamp::from(std::time::SystemTime::now());
    let position = UnitPosition {
        unit_id: optional_unit(session, measured.unit.as_deref()).await?,
        position: Some(measured.at),
        measured_at: optional_time(session, measured.measured_at.as_deref()).await?.or(Some(now)),
        uncertainty_m: measured.uncertainty,
    };
    let question = StreamPositionsRequest { positions: vec![position] };
    let answer = session
        .read(question, async |request: tonic::Request<StreamPositionsRequest>| {
            let one = stream::iter([request.into_inner()]);
            session.units().stream_positions(one).await
        })
        .await?;
    session.output().show(&answer, |_| format!("{} taken, {} left out\n", answer.taken, answer.left_out));
    if answer.taken == 0 {
        return Err(Failure::new(
            crate::exit::Exit::Refused,
            crate::codes::ClientCode::PositionLeftOut,
            "the position was left out: an unknown unit, a unit of somebody else, or a place or time that cannot be",
            "check --unit and --measured-at, and whose unit the token is for",
        ));
    }
    Ok(())
}

async fn changed<M: Message + Name>(
    session: &Session,
    answer: &M,
    unit: Option<&Unit>,
    receipt: Option<&Receipt>,
) {
    let names = session.names().await;
    session.output().show(answer, |paint| {
        let text = show::unit::changed(unit, Light::now(names, paint));
        format!("{text}  {}", words::receipt(receipt))
    });
}

async fn moved<M: Message + Name>(
    session: &Session,
    answer: &M,
    run: Option<&Run>,
    unit: Option<&Unit>,
    receipt: Option<&Receipt>,
) {
    let names = session.names().await;
    session.output().show(answer, |paint| {
        let text = show::unit::run(run, unit, Light::now(names, paint));
        format!("{text}  {}", words::receipt(receipt))
    });
}
