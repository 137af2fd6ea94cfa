//! Taking a call: it is accepted whatever is missing or odd about it, and what is odd is flagged.

use std::collections::BTreeSet;

use domain::{
    CallId, IncidentId, IncidentTypeId, Priority, RecordKey, RecordKind, SpokenNumber,
    alarm::AlarmCode,
    call::{Call, CallEvent, CallFlag, CallState, DuplicateChoice},
    incident::{Incident, IncidentState},
    limits::NARRATIVE_BYTES_MAX,
    location::Location,
    milestone::{Report, Step},
    record::Record,
    refusal::{Lifecycle, StepRefusal},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::Cursor;

use super::{
    came::{came_as_said, rang_at, ring_as_said, said_or_now},
    coming, desk_or_own, link_call,
    link_call::MERGES_FOLLOWED_MAX,
};
use crate::{
    Answer, Ask, Asker, ControlRoom, Done, Durability, OperationError, Receipt,
    asker::{limit, line},
    draft::{Draft, Halt},
    holding::Held,
    incidents::{Opening, become_type, opened, place_incident},
    queries::{Likeness, likely_duplicates},
    responding::end_alarms_of,
    sight::may_see,
};

/// How urgent a call is taken to be before any directory says: nothing is known, so nearly the most.
const PRIORITY_WITHOUT_DIRECTORY: u8 = 2;

/// What is known of a call when it is taken. Everything may be missing.
#[derive(Clone, Debug, Serialize)]
pub struct TakeCall {
    /// The ringing or answered call it continues; absent for a new one. If it cannot, it is a new one too, and flagged.
    pub continues: Option<CallId>,
    /// The caller's number as it came; empty when withheld.
    pub caller_number: String,
    /// Where it happened.
    pub location: Location,
    /// What happened, as the type's id; empty when unknown.
    pub incident_type: String,
    /// How urgent it is; absent means as its type says.
    pub priority: Option<Priority>,
    /// The caller's language; empty when unknown.
    pub language: String,
    /// The caller's words; may be empty.
    pub narrative: String,
    /// What brought it; empty means the telephone.
    pub source: String,
    /// The trunk; empty when unknown.
    pub trunk: String,
    /// The desk that answered; empty means the asker's own.
    pub desk: String,
    /// When it began to ring; absent when unknown.
    pub rang_at: Option<Timestamp>,
    /// When it was answered; absent means now.
    pub answered_at: Option<Timestamp>,
    /// What the operator says of likely duplicates.
    pub duplicate: DuplicateChoice,
    /// What was said beside these and could not be read; it is left out above.
    pub odd: BTreeSet<CallFlag>,
}

impl TakeCall {
    /// The same as a call of its own, for when nobody can say what it goes on with or joins. It is flagged.
    fn by_itself(&self) -> Self {
        let mut apart = self.clone();
        if apart.continues.take().is_some() {
            apart.odd.insert(CallFlag::NotContinued);
        }
        if let DuplicateChoice::SameAs { .. } = apart.duplicate {
            apart.duplicate = DuplicateChoice::Unasked;
            apart.odd.insert(CallFlag::NotJoined);
        }
        apart
    }
}

/// A call that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Which call.
    pub call: CallId,
    /// The number people say aloud.
    pub number: SpokenNumber,
    /// The incident it opened or joined; absent only until a call that joins one has joined it.
    pub incident: Option<IncidentId>,
    /// What was odd about it.
    pub flags: Vec<CallFlag>,
    /// Open incidents it may be about, nearest first.
    pub suspected_duplicate_of: Vec<IncidentId>,
}

impl Answer for Taken {
    fn records(&self) -> Vec<RecordKey> {
        let call = RecordKey::new(RecordKind::Call, self.call);
        let incident = self.incident.map(|id| RecordKey::new(RecordKind::Incident, id));
        std::iter::once(call).chain(incident).collect()
    }
}

/// Takes a call. It opens an incident, or joins the one a person said it is the same as.
///
/// # Errors
/// [`OperationError`]: a text beyond its limit, or the store. Nothing else refuses a call.
pub async fn take_call(
    room: &ControlRoom,
    ask: &Ask,
    request: &TakeCall,
) -> Result<Done<Taken>, OperationError> {
    limit("bytes of a narrative", request.narrative.len(), NARRATIVE_BYTES_MAX)?;
    line("caller_number", &request.caller_number)?;
    line("incident_type_id", &request.incident_type)?;
    line("language", &request.language)?;
    line("source", &request.source)?;
    line("trunk", &request.trunk)?;
    line("desk", &request.desk)?;
    line("address", &request.location.address)?;
    line("landmark", &request.location.landmark)?;
    let number = room.numbers.next();
    let mut done = match &room.holding {
        Some(holding) => {
            let apart = request.by_itself();
            let decide_it = |draft: &mut Draft<'_>| decide(draft, request, &number);
            let is_plain = apart.odd == request.odd;
            let held = Held { ask, cause: "take_call", request, decide: decide_it, is_plain };
            match taken_before(room, ask) {
                Some(done) => done,
                None => room.commit_or_hold(holding, held, |draft| decide(draft, &apart, &number)).await?,
            }
        }
        None => room.commit(ask, "take_call", request, |draft| decide(draft, request, &number)).await?,
    };
    metrics::counter!("kezek_acknowledged_total", "durability" => done.receipt.durability.as_str())
        .increment(1);
    if done.receipt.durability != Durability::Journaled && done.answer.incident.is_none() {
        // a call is safe from here on; should joining fail now, the dispatcher does it
        match link_call(room, done.answer.call).await {
            Ok(Some(linked)) => {
                done.answer.incident = Some(linked.answer.incident);
                done.receipt.cursor = linked.receipt.cursor;
                done.records.extend(linked.records);
            }
            Ok(None) => name_joined(room, &mut done).await,
            Err(_) => {}
        }
    }
    Ok(done)
}

/// What a request was answered whose call is on the board, while the store cannot be asked: it was answered before, and its
/// number stays.
fn taken_before(room: &ControlRoom, ask: &Ask) -> Option<Done<Taken>> {
    room.centre.read(|picture| {
        if picture.status.is_current() {
            return None;
        }
        let held = picture.board.calls().get(&CallId::derived(ask.operation(), "call"))?;
        let call = &held.record;
        let answer = Taken {
            call: call.id,
            number: call.number.clone(),
            incident: call.incident,
            flags: call.flags.clone(),
            suspected_duplicate_of: call.suspected_duplicate_of.clone(),
        };
        let cursor = Cursor { number: held.version, ..picture.cursor };
        let receipt = Receipt { cursor, durability: Durability::Stored, repeated: true };
        let found =
            answer.records().into_iter().filter_map(|key| Some((key.clone(), picture.board.get(&key)?)));
        Some(Done { records: found.collect(), answer, receipt })
    })
}

/// Names the incident that the call of a repeated request has joined since.
async fn name_joined(room: &ControlRoom, done: &mut Done<Taken>) {
    let key = RecordKey::new(RecordKind::Call, done.answer.call);
    let Ok(found) = room.read(&[key]).await else { return };
    done.records.extend(found.into_iter().map(|found| (found.record.key(), found)));
    done.answer.incident = done.records.values().find_map(|found| found.record.as_call()?.incident);
    if let Ok(found) = room.read(&done.answer.records()).await {
        done.records.extend(found.into_iter().map(|found| (found.record.key(), found)));
    }
}

/// Decides what the call's records are.
fn decide(draft: &mut Draft<'_>, request: &TakeCall, number: &SpokenNumber) -> Result<Taken, Halt> {
    let mut report = draft.report();
    let mut flags = request.odd.clone();
    report.occurred_at = said_or_now(request.answered_at, draft.now, &mut flags);
    let named = named_call(draft, request)?;
    let continued = named.clone().map(|call| answered(draft.asker, call, request, &report));
    let mut call = match continued {
        Some(Ok(mut call)) => {
            ring_as_said(draft, &mut call, request, &report, &mut flags);
            end_alarms_of(draft, &report, call.id, &[AlarmCode::CallUnanswered, AlarmCode::CallBackDue]);
            call
        }
        // a call that cannot go on with another is still a call, and what was typed of it is kept
        Some(Err(Halt::Ended(OperationError::Refused(_)))) | None => {
            fresh(draft, request, number, &report, &mut flags)
        }
        Some(Err(halt)) => return Err(halt),
    };
    if request.continues.is_some_and(|id| id != call.id) {
        flags.insert(CallFlag::NotContinued);
        if let Some(named) = named {
            call.caller_number = named.caller_number;
        }
    }
    came_as_said(&mut call, request);
    call.location = request.location.clone();
    call.language.clone_from(&request.language);
    call.narrative.clone_from(&request.narrative);
    call.taken_at = Some(draft.now);
    call.duplicate = choice(draft, request.duplicate, &mut flags)?;
    name_type(draft, &mut call, &request.incident_type, &mut flags);
    flag_the_rest(draft, &call, &mut flags);
    call.flags = flags.into_iter().collect();
    let joins = match call.duplicate {
        // whatever was opened for it before, it joins the one that a person named
        DuplicateChoice::SameAs { .. } => {
            call.incident = None;
            true
        }
        DuplicateChoice::Unasked | DuplicateChoice::Separate => led_before(draft, &mut call, request)?,
    };
    if call.duplicate == DuplicateChoice::Unasked {
        let likeness = Likeness {
            location: &call.location,
            incident_type: call.incident_type.as_ref(),
            caller_number: &call.caller_number,
        };
        let likely = likely_duplicates(draft.picture, draft.asker, &likeness, draft.now);
        let others = likely.iter().map(|likely| likely.incident).filter(|id| call.incident != Some(*id));
        call.suspected_duplicate_of = others.collect();
    }
    if !joins {
        let mut incident = open_for(draft, &call, request.priority);
        incident.suspected_duplicate_of = call.suspected_duplicate_of.first().copied();
        call.incident = Some(incident.id);
        draft.put(Record::Incident(incident));
    }
    let taken = Taken {
        call: call.id,
        number: call.number.clone(),
        incident: call.incident,
        flags: call.flags.clone(),
        suspected_duplicate_of: call.suspected_duplicate_of.clone(),
    };
    draft.put(Record::Call(call));
    Ok(taken)
}

/// True if somebody opened an incident for the call before it was taken, and that or what it was merged into is on the
/// board still: it is the call's, and learns where, what and how urgent it is. One that is over, or that cannot be read,
/// is of no use to whoever calls.
fn led_before(draft: &mut Draft<'_>, call: &mut Call, request: &TakeCall) -> Result<bool, Halt> {
    let Some(opened) = call.incident else { return Ok(false) };
    let Some(known) = on_board(draft, opened)? else {
        call.incident = None;
        return Ok(false);
    };
    let mut incident = draft.incident_unchecked(known)?;
    let before = incident.clone();
    if incident.location.is_unknown() && !call.location.is_unknown() {
        place_incident(draft, &mut incident, call.location.clone());
    }
    if let Some(incident_type) = call.incident_type.clone().filter(|_| incident.incident_type.is_none())
        && let Some(in_force) = draft.picture.directory.as_ref()
    {
        become_type(&mut incident, in_force, incident_type);
    }
    if let Some(priority) = request.priority {
        incident.priority = priority;
    }
    if incident != before {
        draft.put(Record::Incident(incident));
    }
    Ok(true)
}

/// The incident, or the one that it was merged into, if that is on the board and can be read.
fn on_board(draft: &Draft<'_>, opened: IncidentId) -> Result<Option<IncidentId>, Halt> {
    let mut next = opened;
    for _ in 0..=MERGES_FOLLOWED_MAX {
        if draft.picture.damaged.contains_key(&RecordKey::new(RecordKind::Incident, next)) {
            return Ok(None);
        }
        let Some(incident) = draft.peek_incident(next)? else { return Ok(None) };
        match incident.state() {
            IncidentState::Merged { into } => next = *into,
            IncidentState::Held { .. } | IncidentState::Open => return Ok(Some(next)),
            IncidentState::Closed { .. } | IncidentState::Cancelled { .. } => return Ok(None),
        }
    }
    Ok(None)
}

/// What was said of duplicates; nothing, and a flag, if it names an incident that there is none of for whoever says it.
fn choice(
    draft: &Draft<'_>,
    said: DuplicateChoice,
    flags: &mut BTreeSet<CallFlag>,
) -> Result<DuplicateChoice, Halt> {
    let mut next = match said {
        DuplicateChoice::Unasked | DuplicateChoice::Separate => return Ok(said),
        DuplicateChoice::SameAs { incident } => draft.peek_incident(incident)?,
    };
    for _ in 0..MERGES_FOLLOWED_MAX {
        let Some(incident) = next.filter(|incident| may_see(draft.picture, draft.asker, incident)) else {
            break;
        };
        match incident.state() {
            IncidentState::Merged { into } => next = draft.peek_incident(*into)?,
            IncidentState::Held { .. }
            | IncidentState::Open
            | IncidentState::Closed { .. }
            | IncidentState::Cancelled { .. } => return Ok(said),
        }
    }
    flags.insert(CallFlag::NotJoined);
    Ok(DuplicateChoice::Unasked)
}

/// The call that this one is said to go on with, if the asker knows of one.
fn named_call(draft: &mut Draft<'_>, request: &TakeCall) -> Result<Option<Call>, Halt> {
    let Some(id) = request.continues else { return Ok(None) };
    match draft.visible_call(id) {
        Ok(call) => Ok(Some(call)),
        Err(Halt::Ended(OperationError::Refused(_))) => Ok(None),
        Err(halt) => Err(halt),
    }
}

/// The call that this one continues, answered if it still rang.
fn answered(asker: &Asker, mut call: Call, request: &TakeCall, report: &Report) -> Result<Call, Halt> {
    if call.taken_at.is_some() {
        let state = call.state().as_str();
        return Err(StepRefusal::new(Lifecycle::Call, state, "take", call.state().allowed()).into());
    }
    match call.state() {
        CallState::Answered { .. } => {}
        CallState::Ringing { .. }
        | CallState::Abandoned
        | CallState::CallBack { .. }
        | CallState::NeedsDecision
        | CallState::Ended { .. } => {
            let desk = desk_or_own(asker, &request.desk).to_owned();
            call.step(CallEvent::Answer { desk })?;
            call.milestones.push(report.milestone(Step::Answered));
        }
    }
    Ok(call)
}

/// A call nobody reported ringing.
fn fresh(
    draft: &Draft<'_>,
    request: &TakeCall,
    number: &SpokenNumber,
    report: &Report,
    flags: &mut BTreeSet<CallFlag>,
) -> Call {
    let mut milestones = Vec::new();
    if let Some(occurred_at) = rang_at(request, draft.now, flags) {
        milestones.push(Report { occurred_at, ..report.clone() }.milestone(Step::Rang));
    }
    milestones.push(report.milestone(Step::Answered));
    let came = (request.source.as_str(), request.caller_number.as_str());
    let desk = desk_or_own(draft.asker, &request.desk).to_owned();
    Call::answered(coming(draft, number, came, milestones), desk)
}

/// Names the type if the directory knows it, and keeps its text if not.
fn name_type(draft: &Draft<'_>, call: &mut Call, named: &str, flags: &mut BTreeSet<CallFlag>) {
    if named.is_empty() {
        flags.insert(CallFlag::NoType);
        return;
    }
    let known = IncidentTypeId::new(named).ok().filter(|id| {
        draft.picture.directory.as_ref().is_some_and(|in_force| in_force.directory.types.contains_key(id))
    });
    if known.is_none() {
        flags.insert(CallFlag::UnknownType);
        named.clone_into(&mut call.type_text);
    }
    call.incident_type = known;
}

/// Flags what a person should look at.
fn flag_the_rest(draft: &Draft<'_>, call: &Call, flags: &mut BTreeSet<CallFlag>) {
    if call.location.is_unknown() {
        flags.insert(CallFlag::NoLocation);
    }
    if call.narrative.trim().is_empty() {
        flags.insert(CallFlag::NoNarrative);
    }
    if [&call.narrative, &call.location.address, &call.location.landmark].iter().any(|text| is_garbled(text))
    {
        flags.insert(CallFlag::GarbledText);
    }
    let Some(in_force) = &draft.picture.directory else { return };
    let outside = |position| in_force.district_at(position).is_none();
    if call.location.position.is_some_and(outside) {
        flags.insert(CallFlag::OutsideArea);
    }
    if !call.language.is_empty() && !in_force.directory.languages.contains(&call.language) {
        flags.insert(CallFlag::UnknownLanguage);
    }
}

/// True if a text holds characters that change how the text around them is shown, or the mark of a lost one.
pub(crate) fn is_garbled(text: &str) -> bool {
    text.chars().any(|letter| {
        (letter.is_control() && !matches!(letter, '\n' | '\r' | '\t'))
            || matches!(letter, '\u{FFFD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}')
    })
}

/// The incident that a call opens. The caller writes both.
pub(super) fn open_for(draft: &Draft<'_>, call: &Call, priority: Option<Priority>) -> Incident {
    let summary = if call.narrative.trim().is_empty() { &call.type_text } else { &call.narrative };
    let in_force = draft.picture.directory.as_ref();
    let planned = in_force.map(|in_force| in_force.directory.plan(call.incident_type.as_ref()));
    let unplanned = Priority::new(PRIORITY_WITHOUT_DIRECTORY).expect("the constant is between 1 and 5");
    opened(
        draft,
        Opening {
            number: call.number.clone(),
            incident_type: call.incident_type.clone(),
            priority: priority.or(planned.map(|(_, planned)| planned)).unwrap_or(unplanned),
            plan: planned.map(|(plan, _)| plan),
            location: call.location.clone(),
            words: summary,
            call: Some(call),
            report: &draft.report(),
        },
    )
}
