//! `kezek incident …`: the life of an incident. Who is sent to it is in `dispatching.rs`.

use clap::{Args, Subcommand, ValueEnum};
use prost::{Message, Name};
use protocol::dispatch::v1::restrict_incident_request::{Change, Lift, Restrict};
use protocol::dispatch::v1::{
    AddNoteRequest, CancelIncidentRequest, ChangeLocationRequest, ChangePriorityRequest, ChangeTypeRequest,
    CloseIncidentRequest, HoldIncidentRequest, IncidentFilterState, ListIncidentsRequest,
    MergeIncidentsRequest, OpenIncidentRequest, ReleaseIncidentRequest, ReopenIncidentRequest,
    RestrictIncidentRequest, UnmergeIncidentRequest, close_incident_request,
};
use protocol::record::v1::{Incident, Receipt};

use crate::commands::dispatching::{self, Assign, Automatic, Recommend, Request, Send, StandDown};
use crate::failure::Failure;
use crate::inputs::{
    Circumstances, Identity, Place, call_id, incident, incident_id, optional_station, required_time,
};
use crate::session::Session;
use crate::show::{self, Light};
use crate::words;

/// What can be done with incidents.
#[derive(Debug, Subcommand)]
pub(crate) enum IncidentCommand {
    /// Open one without a call (a patrol found it), or a further one from a call
    Open(Box<Open>),
    /// Show one with everything that belongs to it
    Get(Named),
    /// List them, the queue first, in the order they are served
    List(List),
    /// Show whom the centre would send and why not others; changes nothing
    Recommend(Recommend),
    /// Give it to a duty desk
    Assign(Assign),
    /// Send a unit whose kind the centre may choose; its desk is told
    Send(Send),
    /// Call back a desk or a unit, which must confirm it
    StandDown(StandDown),
    /// Change how urgent it is
    Priority(Priority),
    /// Change what it is; the new plan's needs are added, nothing is withdrawn
    Type(Type),
    /// Change where it is
    Place(NewPlace),
    /// Ask for a further resource, such as a crime-scene group
    Request(Request),
    /// Hold it: nobody is sent until it is released
    Hold(Hold),
    /// Release a held one
    Release(Changed),
    /// Make it part of another; its open work moves there
    Merge(Merge),
    /// Undo a merge
    Unmerge(Changed),
    /// Write a note on it
    Note(Note),
    /// End it with a result
    Close(Close),
    /// End it because it was never to be served
    Cancel(Reasoned),
    /// Open a closed or cancelled one again
    Reopen(Reasoned),
    /// Say who alone may know of it, or lift that
    #[command(name = "restrict")]
    RestrictTo(RestrictTo),
    /// Show or switch automatic sending for the whole centre
    Automatic(Automatic),
}

/// One incident.
#[derive(Debug, Args)]
pub(crate) struct Named {
    /// The incident: its number or id
    incident: String,
}

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

/// What is opened.
#[derive(Debug, Args)]
pub(crate) struct Open {
    /// What happened: a type of the directory
    #[arg(long = "type", value_name = "TYPE")]
    incident_type: Option<String>,
    /// 1 (most urgent) to 5; as the type says unless given
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=5))]
    priority: Option<u32>,
    /// What happened, in words
    #[arg(long, value_name = "TEXT")]
    narrative: Option<String>,
    /// The call it comes from: its number or id
    #[arg(long, value_name = "CALL")]
    call: Option<String>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    circumstances: Circumstances,
    #[command(flatten)]
    identity: Identity,
}

/// Which incidents.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// In any of these states; held and open unless given
    #[arg(long, value_enum, value_delimiter = ',')]
    state: Vec<State>,
    /// In this district
    #[arg(long)]
    district: Option<String>,
    /// For this station: its district's, or assigned to its desk
    #[arg(long)]
    station: Option<String>,
    /// Of any of these priorities
    #[arg(long, value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..=5))]
    priority: Vec<u32>,
    /// Only those in the queue
    #[arg(long)]
    queued: bool,
    /// How many at most
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=500))]
    limit: u32,
    /// Where the page before said the next one begins
    #[arg(long, default_value = "", hide_default_value = true)]
    page: String,
}

/// A state to filter by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum State {
    /// Held
    Held,
    /// Open
    Open,
    /// Closed
    Closed,
    /// Cancelled
    Cancelled,
    /// Part of another
    Merged,
}

impl State {
    const fn on_the_wire(self) -> IncidentFilterState {
        match self {
            Self::Held => IncidentFilterState::Held,
            Self::Open => IncidentFilterState::Open,
            Self::Closed => IncidentFilterState::Closed,
            Self::Cancelled => IncidentFilterState::Cancelled,
            Self::Merged => IncidentFilterState::Merged,
        }
    }
}

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

/// Does it.
pub(crate) async fn run(session: &Session, command: IncidentCommand) -> Result<(), Failure> {
    match command {
        IncidentCommand::Open(opened) => Box::pin(open(session, *opened)).await,
        IncidentCommand::Get(named) => Box::pin(get(session, &named.incident)).await,
        IncidentCommand::List(wanted) => Box::pin(list(session, wanted)).await,
        IncidentCommand::Recommend(wanted) => Box::pin(dispatching::recommend(session, wanted)).await,
        IncidentCommand::Assign(wanted) => Box::pin(dispatching::assign(session, wanted)).await,
        IncidentCommand::Send(wanted) => Box::pin(dispatching::send(session, wanted)).await,
        IncidentCommand::StandDown(wanted) => Box::pin(dispatching::stand_down(session, wanted)).await,
        IncidentCommand::Request(wanted) => Box::pin(dispatching::request(session, wanted)).await,
        IncidentCommand::Automatic(wanted) => Box::pin(dispatching::automatic(session, wanted)).await,
        IncidentCommand::Priority(wanted) => Box::pin(priority(session, wanted)).await,
        IncidentCommand::Type(wanted) => Box::pin(change_type(session, wanted)).await,
        IncidentCommand::Place(wanted) => Box::pin(place(session, wanted)).await,
        IncidentCommand::Hold(wanted) => Box::pin(hold(session, wanted)).await,
        IncidentCommand::Release(wanted) => Box::pin(release(session, wanted)).await,
        IncidentCommand::Merge(wanted) => Box::pin(merge(session, wanted)).await,
        IncidentCommand::Unmerge(wanted) => Box::pin(unmerge(session, wanted)).await,
        IncidentCommand::Note(wanted) => Box::pin(note(session, wanted)).await,
        IncidentCommand::Close(wanted) => Box::pin(close(session, wanted)).await,
        IncidentCommand::Cancel(wanted) => Box::pin(cancel(session, wanted)).await,
        IncidentCommand::Reopen(wanted) => Box::pin(reopen(session, wanted)).await,
        IncidentCommand::RestrictTo(wanted) => Box::pin(restrict(session, wanted)).await,
    }
}

async fn open(session: &Session, opened: Open) -> Result<(), Failure> {
    let request_id = opened.identity.request_id();
    let call_id = match &opened.call {
        Some(call) => call_id(session, call).await?,
        None => String::new(),
    };
    let request = OpenIncidentRequest {
        request_id: request_id.clone(),
        call_id,
        incident_type_id: opened.incident_type.unwrap_or_default(),
        priority: opened.priority,
        location: opened.place.location(),
        narrative: opened.narrative.unwrap_or_default(),
        report: opened.circumstances.report(session).await?,
    };
    let ask = async |request| session.incidents().open_incident(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.incident.as_ref(), answer.receipt.as_ref()).await;
    Ok(())
}

async fn get(session: &Session, said: &str) -> Result<(), Failure> {
    let answer = incident(session, said).await?;
    let names = session.names().await;
    session.output().show(&answer, |paint| show::incident::whole(&answer, Light::now(names, paint)));
    Ok(())
}

async fn list(session: &Session, wanted: List) -> Result<(), Failure> {
    let question = ListIncidentsRequest {
        states: wanted.state.iter().map(|state| state.on_the_wire().into()).collect(),
        district_id: wanted.district.unwrap_or_default(),
        station_id: optional_station(session, wanted.station.as_deref()).await?,
        priorities: wanted.priority,
        queued_only: wanted.queued,
        page_size: wanted.limit,
        page_token: wanted.page,
    };
    let answer =
        session.read(question, async |request| session.incidents().list_incidents(request).await).await?;
    let names = session.names().await;
    session.output().show(&answer, |paint| show::incident::list(&answer, Light::now(names, paint)));
    Ok(())
}

async fn priority(session: &Session, wanted: Priority) -> Result<(), Failure> {
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

async fn change_type(session: &Session, wanted: Type) -> Result<(), Failure> {
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

async fn place(session: &Session, wanted: NewPlace) -> Result<(), Failure> {
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

async fn hold(session: &Session, wanted: Hold) -> Result<(), Failure> {
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

async fn release(session: &Session, wanted: Changed) -> Result<(), Failure> {
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

async fn merge(session: &Session, wanted: Merge) -> Result<(), Failure> {
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

async fn unmerge(session: &Session, wanted: Changed) -> Result<(), Failure> {
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

async fn note(session: &Session, wanted: Note) -> Result<(), Failure> {
    let request_id = wanted.request_id.unwrap_or_else(crate::inputs::new_request_id);
    let incident_id = incident_id(session, &wanted.incident).await?;
    let request = AddNoteRequest { request_id: request_id.clone(), incident_id, text: wanted.text };
    let ask = async |request| session.incidents().add_note(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.incident.as_ref(), answer.receipt.as_ref()).await;
    Ok(())
}

async fn close(session: &Session, wanted: Close) -> Result<(), Failure> {
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

async fn cancel(session: &Session, wanted: Reasoned) -> Result<(), Failure> {
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

async fn reopen(session: &Session, wanted: Reasoned) -> Result<(), Failure> {
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

async fn restrict(session: &Session, wanted: RestrictTo) -> Result<(), Failure> {
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

/// The incident after a change, and how safe the change is.
pub(crate) async fn changed<M: Message + Name>(
    session: &Session,
    answer: &M,
    incident: Option<&Incident>,
    receipt: Option<&Receipt>,
) {
    let names = session.names().await;
    session.output().show(answer, |paint| {
        let incident = incident.cloned().unwrap_or_default();
        let brief = show::incident::brief(&incident, Light::now(names, paint));
        format!("{brief}  {}", words::receipt(receipt))
    });
}
