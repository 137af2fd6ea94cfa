//! `kezek incident …`: the life of an incident. Who is sent to it is in `dispatching.rs`.

mod changing;
mod standing;

use clap::{Args, Subcommand, ValueEnum};
use prost::{Message, Name};
use protocol::dispatch::v1::{IncidentFilterState, ListIncidentsRequest, OpenIncidentRequest};
use protocol::record::v1::{Incident, Receipt};

use self::changing::{NewPlace, Note, Priority, RestrictTo, Type};
use self::standing::{Changed, Close, Hold, Merge, Reasoned};
use crate::commands::dispatching::{self, Assign, Automatic, Recommend, Request, Send, StandDown};
use crate::failure::Failure;
use crate::inputs::{Circumstances, Identity, Place, call_id, incident, optional_station};
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
    /// Stand down a desk or a unit, which must confirm it
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
        IncidentCommand::Priority(wanted) => Box::pin(changing::priority(session, wanted)).await,
        IncidentCommand::Type(wanted) => Box::pin(changing::change_type(session, wanted)).await,
        IncidentCommand::Place(wanted) => Box::pin(changing::place(session, wanted)).await,
        IncidentCommand::Hold(wanted) => Box::pin(standing::hold(session, wanted)).await,
        IncidentCommand::Release(wanted) => Box::pin(standing::release(session, wanted)).await,
        IncidentCommand::Merge(wanted) => Box::pin(standing::merge(session, wanted)).await,
        IncidentCommand::Unmerge(wanted) => Box::pin(standing::unmerge(session, wanted)).await,
        IncidentCommand::Note(wanted) => Box::pin(changing::note(session, wanted)).await,
        IncidentCommand::Close(wanted) => Box::pin(standing::close(session, wanted)).await,
        IncidentCommand::Cancel(wanted) => Box::pin(standing::cancel(session, wanted)).await,
        IncidentCommand::Reopen(wanted) => Box::pin(standing::reopen(session, wanted)).await,
        IncidentCommand::RestrictTo(wanted) => Box::pin(changing::restrict(session, wanted)).await,
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

/// Shows one with everything that belongs to it.
pub(crate) async fn get(session: &Session, said: &str) -> Result<(), Failure> {
    let answer = incident(session, said).await?;
    let names = session.names().await;
    session.output().show(&answer, |paint| show::incident::whole(&answer, Light::now(names, paint)));
    Ok(())
}

async fn list(session: &Session, wanted: List) -> Result<(), Failure> {
    let question = ListIncidentsRequest {
        states: wanted.state.iter().map(|state| state.on_the_wire().into()).collect(),
        district_id: match &wanted.district {
            Some(district) => session.names().await.district_id(district)?,
            None => String::new(),
        },
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
