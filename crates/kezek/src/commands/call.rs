//! `kezek call …`: from the first ring to the end of a call.

use clap::{Args, Subcommand, ValueEnum};
use prost::{Message, Name};
use protocol::intake::v1::{
    AddToCallRequest, CallBackOutcome, DecideCallRequest, EndCallRequest, FindLikelyDuplicatesRequest,
    MarkAbandonedRequest, ReportAnsweredRequest, ReportCallBackRequest, ReportRingingRequest,
    StartCallBackRequest, TakeCallRequest, TakeCallResponse,
};
use protocol::record::v1::{Call, CallOutcome, DuplicateChoice, Durability, Receipt, duplicate_choice};

use crate::failure::Failure;
use crate::inputs::{
    Identity, Place, call_id, call_name, incident, incident_id, new_request_id, optional_time,
};
use crate::session::Session;
use crate::show::{self, Light};
use crate::words;

/// What can be done with calls.
#[derive(Debug, Subcommand)]
pub(crate) enum CallCommand {
    /// A call rings
    Ring(Ring),
    /// A ringing call, or a caller who was called back, was answered
    Answer(Answer),
    /// Take a call: store it and open an incident, or join it to one
    Take(Box<Take>),
    /// Add words or a better place to a call
    Add(Add),
    /// End an answered call; its incident goes on
    End(End),
    /// The caller hung up before an answer
    Abandon(Abandon),
    /// Have a caller called back; or, with --outcome, say how an attempt went
    CallBack(CallBack),
    /// Decide about a call whose caller could not be reached again
    Decide(Decide),
    /// Show one call
    Get {
        /// The call: its number or id
        call: String,
    },
    /// Name open incidents that a call in hand may be about; changes nothing
    Duplicates(Duplicates),
}

/// A call that rings.
#[derive(Debug, Args)]
pub(crate) struct Ring {
    /// The caller's number as it came
    #[arg(long, value_name = "NUMBER")]
    from: Option<String>,
    /// The trunk it came in on
    #[arg(long)]
    trunk: Option<String>,
    /// What brought it: telephone, alarm, web, radio, walk_in, or a gateway's own word
    #[arg(long)]
    source: Option<String>,
    /// When it began to ring
    #[arg(long, value_name = "TIME")]
    rang_at: Option<String>,
    #[command(flatten)]
    identity: Identity,
}

/// A call that was answered.
#[derive(Debug, Args)]
pub(crate) struct Answer {
    /// The call: its number or id
    call: String,
    /// The operator's desk; the token's unless given
    #[arg(long)]
    desk: Option<String>,
    /// When it was answered
    #[arg(long, value_name = "TIME")]
    answered_at: Option<String>,
    #[command(flatten)]
    identity: Identity,
}

/// What is added to a call.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// The call: its number or id
    call: String,
    /// The words
    #[arg(long, value_name = "TEXT")]
    narrative: Option<String>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    identity: Identity,
}

/// How a call ended.
#[derive(Debug, Args)]
pub(crate) struct End {
    /// The call: its number or id
    call: String,
    /// What became of it
    #[arg(long, value_enum)]
    outcome: Outcome,
    /// In words
    #[arg(long, value_name = "TEXT")]
    remark: Option<String>,
    /// When it ended
    #[arg(long, value_name = "TIME")]
    ended_at: Option<String>,
    #[command(flatten)]
    identity: Identity,
}

/// A call whose caller hung up.
#[derive(Debug, Args)]
pub(crate) struct Abandon {
    /// The call: its number or id
    call: String,
    /// When the caller hung up
    #[arg(long, value_name = "TIME")]
    abandoned_at: Option<String>,
    #[command(flatten)]
    identity: Identity,
}

/// A caller to be called back, or how an attempt went.
#[derive(Debug, Args)]
pub(crate) struct CallBack {
    /// The call: its number or id
    call: String,
    /// How the attempt went
    #[arg(long, value_enum)]
    outcome: Option<Attempt>,
    /// When the attempt was made
    #[arg(long, value_name = "TIME", requires = "outcome")]
    occurred_at: Option<String>,
    #[command(flatten)]
    identity: Identity,
}

/// A decision about a call.
#[derive(Debug, Args)]
pub(crate) struct Decide {
    /// The call: its number or id
    call: String,
    /// What becomes of it
    #[arg(long, value_enum)]
    outcome: Outcome,
    /// Why
    #[arg(long, value_name = "TEXT")]
    remark: String,
    #[command(flatten)]
    identity: Identity,
}

/// What is known of a call in hand.
#[derive(Debug, Args)]
pub(crate) struct Duplicates {
    /// What happened: a type of the directory
    #[arg(long = "type", value_name = "TYPE")]
    incident_type: Option<String>,
    /// The caller's number
    #[arg(long, value_name = "NUMBER")]
    from: Option<String>,
    #[command(flatten)]
    place: Place,
}

/// A call as it is taken; everything may be left out.
#[derive(Debug, Args)]
pub(crate) struct Take {
    /// What the caller says
    #[arg(long, value_name = "TEXT")]
    narrative: Option<String>,
    /// What happened: a type of the directory (an unknown one is accepted and flagged)
    #[arg(long = "type", value_name = "TYPE")]
    incident_type: Option<String>,
    /// 1 (most urgent) to 5; as the type says unless given
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=5))]
    priority: Option<u32>,
    /// The caller's number as it came
    #[arg(long, value_name = "NUMBER")]
    from: Option<String>,
    /// The caller's language: ky, ru, uz, en …
    #[arg(long = "spoken", value_name = "TAG")]
    spoken_language: Option<String>,
    /// What brought it: telephone, alarm, web, radio, walk_in, or a gateway's own word
    #[arg(long)]
    source: Option<String>,
    /// The trunk it came in on
    #[arg(long)]
    trunk: Option<String>,
    /// The operator's desk; the token's unless given
    #[arg(long)]
    desk: Option<String>,
    /// When it rang
    #[arg(long, value_name = "TIME")]
    rang_at: Option<String>,
    /// When it was answered; now unless given
    #[arg(long, value_name = "TIME")]
    answered_at: Option<String>,
    /// The ringing, answered or called-back call that this goes on with: its number or id
    #[arg(long, value_name = "CALL")]
    continues: Option<String>,
    /// It is another matter than the likely duplicates
    #[arg(long, conflicts_with = "same_as")]
    separate: bool,
    /// It is the same matter as this incident: its number or id
    #[arg(long, value_name = "INCIDENT")]
    same_as: Option<String>,
    #[command(flatten)]
    place: Place,
    /// Ask under this id (1 to 64 of A-Z a-z 0-9 . _ : -); the same id never does anything twice. Made anew unless given
    #[arg(long, value_name = "ID", help_heading = "Repeating safely")]
    request_id: Option<String>,
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Outcome {
    /// It led to an incident
    Incident,
    /// Advice was enough
    Advice,
    /// It went to another service
    Transferred,
    /// Suspected hoax; a supervisor confirms
    SuspectedHoax,
    /// Nobody spoke
    Silent,
    /// The caller could not be reached again
    Unreachable,
}

impl Outcome {
    const fn on_the_wire(self) -> CallOutcome {
        match self {
            Self::Incident => CallOutcome::Incident,
            Self::Advice => CallOutcome::Advice,
            Self::Transferred => CallOutcome::Transferred,
            Self::SuspectedHoax => CallOutcome::SuspectedHoax,
            Self::Silent => CallOutcome::Silent,
            Self::Unreachable => CallOutcome::Unreachable,
        }
    }
}

/// How an attempt to call back went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Attempt {
    /// The caller answered
    Answered,
    /// Nobody answered within a minute
    NoAnswer,
    /// The line was busy
    Busy,
    /// The number cannot be called
    Unreachable,
}

impl Attempt {
    const fn on_the_wire(self) -> CallBackOutcome {
        match self {
            Self::Answered => CallBackOutcome::Answered,
            Self::NoAnswer => CallBackOutcome::NoAnswer,
            Self::Busy => CallBackOutcome::Busy,
            Self::Unreachable => CallBackOutcome::Unreachable,
        }
    }
}

/// Does it.
pub(crate) async fn run(session: &Session, command: CallCommand) -> Result<(), Failure> {
    match command {
        CallCommand::Ring(ringing) => Box::pin(ring(session, ringing)).await,
        CallCommand::Answer(answered) => Box::pin(answer(session, answered)).await,
        CallCommand::Take(taken) => Box::pin(take(session, *taken)).await,
        CallCommand::Add(added) => Box::pin(add(session, added)).await,
        CallCommand::End(ended) => Box::pin(end(session, ended)).await,
        CallCommand::Abandon(abandoned) => Box::pin(abandon(session, abandoned)).await,
        CallCommand::CallBack(back) => Box::pin(call_back(session, back)).await,
        CallCommand::Decide(decided) => Box::pin(decide(session, decided)).await,
        CallCommand::Get { call } => Box::pin(get(session, &call)).await,
        CallCommand::Duplicates(known) => Box::pin(duplicates(session, known)).await,
    }
}

async fn ring(session: &Session, ringing: Ring) -> Result<(), Failure> {
    let request_id = ringing.identity.request_id();
    let request = ReportRingingRequest {
        request_id: request_id.clone(),
        caller_number: ringing.from.unwrap_or_default(),
        trunk: ringing.trunk.unwrap_or_default(),
        source: ringing.source.unwrap_or_default(),
        rang_at: optional_time(session, ringing.rang_at.as_deref()).await?,
    };
    let ask = async |request| session.intake().report_ringing(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.call.as_ref(), answer.receipt.as_ref());
    Ok(())
}

async fn answer(session: &Session, answered: Answer) -> Result<(), Failure> {
    let request_id = answered.identity.request_id();
    let request = ReportAnsweredRequest {
        request_id: request_id.clone(),
        call_id: call_id(session, &answered.call).await?,
        expected_version: answered.identity.expected_version,
        desk: answered.desk.unwrap_or_default(),
        answered_at: optional_time(session, answered.answered_at.as_deref()).await?,
    };
    let ask = async |request| session.intake().report_answered(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.call.as_ref(), answer.receipt.as_ref());
    Ok(())
}

async fn take(session: &Session, taken: Take) -> Result<(), Failure> {
    let request_id = taken.request_id.unwrap_or_else(new_request_id);
    let continues_call_id = match &taken.continues {
        Some(call) => call_id(session, call).await?,
        None => String::new(),
    };
    let choice = match (&taken.same_as, taken.separate) {
        (Some(incident), _) => {
            duplicate_choice::Choice::SameAsIncidentId(incident_id(session, incident).await?)
        }
        (None, true) => duplicate_choice::Choice::Separate(duplicate_choice::Separate {}),
        (None, false) => duplicate_choice::Choice::Unasked(duplicate_choice::Unasked {}),
    };
    let request = TakeCallRequest {
        request_id: request_id.clone(),
        continues_call_id,
        caller_number: taken.from.unwrap_or_default(),
        location: taken.place.location(),
        incident_type_id: taken.incident_type.unwrap_or_default(),
        priority: taken.priority,
        language: taken.spoken_language.unwrap_or_default(),
        narrative: taken.narrative.unwrap_or_default(),
        source: taken.source.unwrap_or_default(),
        trunk: taken.trunk.unwrap_or_default(),
        desk: taken.desk.unwrap_or_default(),
        rang_at: optional_time(session, taken.rang_at.as_deref()).await?,
        answered_at: optional_time(session, taken.answered_at.as_deref()).await?,
        duplicate: Some(DuplicateChoice { choice: Some(choice) }),
    };
    let ask = async |request| session.intake().take_call(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    let is_journaled =
        answer.receipt.as_ref().is_some_and(|receipt| receipt.durability() == Durability::Journaled);
    let numbers = match (session.output().is_json(), is_journaled) {
        (true, _) => Vec::new(),
        // nobody can be asked for it now, and it is the call's own
        (false, true) => vec![(answer.incident_id.clone(), answer.spoken_number.clone())],
        (false, false) => Box::pin(numbers(session, &answer)).await,
    };
    session.output().show(&answer, |paint| show::call::taken(&answer, &numbers, paint));
    Ok(())
}

/// The numbers of the incidents that an answer names by id, as far as they can be read: the call is taken in any case.
async fn numbers(session: &Session, answer: &TakeCallResponse) -> Vec<(String, String)> {
    let ids = std::iter::once(&answer.incident_id).chain(&answer.suspected_duplicate_of);
    let mut numbers = Vec::new();
    for id in ids.filter(|id| !id.is_empty()) {
        if let Ok(found) = incident(session, id).await {
            numbers.push((id.clone(), found.incident.unwrap_or_default().spoken_number));
        }
    }
    numbers
}

async fn add(session: &Session, added: Add) -> Result<(), Failure> {
    let location = added.place.location();
    if added.narrative.is_none() && location.is_none() {
        return Err(Failure::usage(
            "there is nothing to add: give --narrative or a place (--at, --where, --landmark)",
        ));
    }
    let request_id = added.identity.request_id();
    let request = AddToCallRequest {
        request_id: request_id.clone(),
        call_id: call_id(session, &added.call).await?,
        expected_version: added.identity.expected_version,
        narrative: added.narrative.unwrap_or_default(),
        location,
    };
    let ask = async |request| session.intake().add_to_call(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.call.as_ref(), answer.receipt.as_ref());
    Ok(())
}

async fn end(session: &Session, ended: End) -> Result<(), Failure> {
    let request_id = ended.identity.request_id();
    let request = EndCallRequest {
        request_id: request_id.clone(),
        call_id: call_id(session, &ended.call).await?,
        expected_version: ended.identity.expected_version,
        outcome: ended.outcome.on_the_wire().into(),
        remark: ended.remark.unwrap_or_default(),
        ended_at: optional_time(session, ended.ended_at.as_deref()).await?,
    };
    let ask = async |request| session.intake().end_call(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.call.as_ref(), answer.receipt.as_ref());
    Ok(())
}

async fn abandon(session: &Session, abandoned: Abandon) -> Result<(), Failure> {
    let request_id = abandoned.identity.request_id();
    let request = MarkAbandonedRequest {
        request_id: request_id.clone(),
        call_id: call_id(session, &abandoned.call).await?,
        expected_version: abandoned.identity.expected_version,
        abandoned_at: optional_time(session, abandoned.abandoned_at.as_deref()).await?,
    };
    let ask = async |request| session.intake().mark_abandoned(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.call.as_ref(), answer.receipt.as_ref());
    Ok(())
}

async fn call_back(session: &Session, back: CallBack) -> Result<(), Failure> {
    let request_id = back.identity.request_id();
    let call_id = call_id(session, &back.call).await?;
    let expected_version = back.identity.expected_version;
    let Some(outcome) = back.outcome else {
        let request = StartCallBackRequest { request_id: request_id.clone(), call_id, expected_version };
        let ask = async |request| session.intake().start_call_back(request).await;
        let answer = session.change(&request_id, request, ask).await?;
        changed(session, &answer, answer.call.as_ref(), answer.receipt.as_ref());
        return Ok(());
    };
    let request = ReportCallBackRequest {
        request_id: request_id.clone(),
        call_id,
        expected_version,
        outcome: outcome.on_the_wire().into(),
        occurred_at: optional_time(session, back.occurred_at.as_deref()).await?,
    };
    let ask = async |request| session.intake().report_call_back(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.call.as_ref(), answer.receipt.as_ref());
    Ok(())
}

async fn decide(session: &Session, decided: Decide) -> Result<(), Failure> {
    let request_id = decided.identity.request_id();
    let request = DecideCallRequest {
        request_id: request_id.clone(),
        call_id: call_id(session, &decided.call).await?,
        expected_version: decided.identity.expected_version,
        outcome: decided.outcome.on_the_wire().into(),
        remark: decided.remark,
    };
    let ask = async |request| session.intake().decide_call(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    changed(session, &answer, answer.call.as_ref(), answer.receipt.as_ref());
    Ok(())
}

async fn get(session: &Session, call: &str) -> Result<(), Failure> {
    let ask = async |request| session.intake().get_call(request).await;
    let answer = session.read(call_name(call), ask).await?;
    let names = session.names().await;
    let call = answer.call.clone().unwrap_or_default();
    session.output().show(&answer, |paint| show::call::call(&call, Light::now(names, paint)));
    Ok(())
}

async fn duplicates(session: &Session, known: Duplicates) -> Result<(), Failure> {
    let question = FindLikelyDuplicatesRequest {
        location: known.place.location(),
        incident_type_id: known.incident_type.unwrap_or_default(),
        caller_number: known.from.unwrap_or_default(),
    };
    let ask = async |request| session.intake().find_likely_duplicates(request).await;
    let answer = session.read(question, ask).await?;
    let names = session.names().await;
    session.output().show(&answer, |paint| show::call::duplicates(&answer.likely, Light::now(names, paint)));
    Ok(())
}

/// The call after a change, in a line, and how safe the change is.
fn changed<M: Message + Name>(session: &Session, answer: &M, call: Option<&Call>, receipt: Option<&Receipt>) {
    session.output().show(answer, |_| {
        let call = call.cloned().unwrap_or_default();
        format!("Call {}: {}.\n  {}", call.spoken_number, words::call_state(&call), words::receipt(receipt))
    });
}
