//! Serving one incident: its station is told, its needs are recommended for, and what is automatic is sent.

use std::{collections::BTreeSet, sync::Mutex};

use centre::Picture;
use domain::{
    AssignmentId, IncidentId, OperationId, Priority, RecommendationId, RecordKey, RecordKind, StationId,
    UnitId, UnitKindId, Version,
    alarm::{About, Alarm, AlarmCode, AlarmLevel},
    assignment::Purpose,
    directory::{ChosenBy, InForce},
    dispatch::Automatic,
    incident::{Incident, Need, NeedMode, Responder, Supply},
    limits::{RECOMMENDATIONS_MAX, SENT_PER_COMMIT_MAX},
    milestone::Step,
    recommendation::NeedRecommendation,
    record::{Dropped, Record},
};
use policy::{NeedPlan, Recommendation};
use serde::{Deserialize, Serialize};

use super::{
    Positions, is_holder, situation,
    work::{Given, Line},
};
use crate::{
    Answer, Ask, Asker, ControlRoom, OperationError,
    alarms::AlarmAnswer,
    decide::Decision,
    dispatch::{is_closing, send},
    draft::{Draft, Halt},
    responding::{Awaits, Giving, end_alarms_about, give, incident_version, raise},
};

/// What came of serving an incident.
#[derive(Debug)]
pub(super) struct Service {
    /// What was done.
    pub(super) served: Served,
    /// The units that are recommended for it now: when one of them goes elsewhere, it is to be looked at again.
    pub(super) recommended: BTreeSet<UnitId>,
}

/// What was done for an incident.
#[derive(Debug)]
pub(super) enum Served {
    /// It was given this.
    Changed(Given),
    /// It had been given something before by this very change, whatever was decided now.
    Before(Version),
    /// There was nothing to do.
    Nothing,
    /// This one stands before it in line, and can be served now.
    After(IncidentId),
}

/// An incident that was served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct ServedAnswer {
    incident: IncidentId,
}

impl Answer for ServedAnswer {
    fn records(&self) -> Vec<RecordKey> {
        Vec::new()
    }
}

/// Serves an incident as it stands on the board, with what is known of others in line beside that.
pub(super) async fn serve(
    room: &ControlRoom,
    id: IncidentId,
    line: &Line,
) -> Result<Service, OperationError> {
    // a board that moved on without this incident may show another choice: the operation is this choice
    let (found, board) = room
        .centre
        .read(|picture| (picture.board.incidents().get(&id).map(|held| held.version), picture.cursor.number));
    let Some(version) = found else {
        return Ok(Service { served: Served::Nothing, recommended: BTreeSet::new() });
    };
    let ask = Ask::by_dispatcher(format_args!("serve:{id}:{version}:{board}"));
    let decided = Mutex::new(Decided::default());
    let done = room
        .commit_if(&ask, "serve", &id, |draft| {
            let incident = match draft.incident(id) {
                Ok(incident) => incident,
                Err(Halt::Ended(_)) => return Ok(Decision::Nothing),
                Err(halt) => return Err(halt),
            };
            let moved_on = incident_version(draft, &incident) != version;
            if moved_on || !incident.state().is_open() || !is_holder(draft, room)? {
                return Ok(Decision::Nothing);
            }
            let this = decide(draft, incident, line)?;
            let waits = this.after.is_some();
            *decided.lock().expect("nothing panics while it holds what was decided") = this;
            if waits || draft.is_empty() {
                Ok(Decision::Nothing)
            } else {
                Ok(Decision::Commit(ServedAnswer { incident: id }))
            }
        })
        .await?;
    let Decided { after, recommended, taken: units, is_enough } =
        decided.into_inner().expect("nothing panics while it holds what was decided");
    let served = match (done, after) {
        (Some(done), _) if done.receipt.repeated => Served::Before(done.receipt.cursor.number),
        (Some(done), _) => Served::Changed(Given { number: done.receipt.cursor.number, units, is_enough }),
        (None, Some(first)) => Served::After(first),
        (None, None) => Served::Nothing,
    };
    Ok(Service { served, recommended })
}

/// What was decided for an incident, beside what is written.
#[derive(Default)]
struct Decided {
    /// Who stands before it in line and can be served: then nothing is written.
    after: Option<IncidentId>,
    /// The units that are recommended for it.
    recommended: BTreeSet<UnitId>,
    /// The units that are sent or promised.
    taken: BTreeSet<UnitId>,
    /// True if it waits for nobody any more whom the centre sends by itself.
    is_enough: bool,
}

/// Decides what the incident gets now. Nothing, if somebody who stands before it in line can be served.
fn decide(draft: &mut Draft<'_>, mut incident: Incident, line: &Line) -> Result<Decided, Halt> {
    let Some(in_force) = draft.picture.directory.clone() else { return Ok(Decided::default()) };
    draft.directory()?;
    let (before, id) = (incident.clone(), incident.id);
    let (positions, unseen) = (Positions(draft.picture), line.taken(draft.picture.cursor.number));
    let recommended =
        policy::recommend(&situation(draft.picture, &in_force, &before, &positions, &unseen, draft.now));
    let candidates = recommended.needs.iter().flat_map(|plan| &plan.recommendation.chosen);
    let chosen: BTreeSet<UnitId> = candidates.map(|candidate| candidate.unit.clone()).collect();
    let held_back = held_back(draft.picture, &incident);
    let first = incident.recommendation.is_none();
    let automatic = draft.dispatch()?.automatic == Automatic::On && !held_back;
    let sends = automatic && recommended.needs.iter().any(acts);
    if sends && let Some(first) = first_in_line(draft, &in_force, &incident, &recommended, line) {
        return Ok(Decided { after: Some(first), recommended: chosen, ..Decided::default() });
    }
    if !recommended.needs.is_empty() && (sends || !is_kept(draft, &incident, &recommended)?) {
        keep(draft, &mut incident, &recommended)?;
        if held_back && first {
            let other = incident.suspected_duplicate_of.map(|id| id.to_string()).unwrap_or_default();
            let about = About { incident: Some(incident.id), detail: other, ..About::default() };
            raise(draft, AlarmCode::SuspectedDuplicate, AlarmLevel::Operator, about);
        }
    }
    let taken = match automatic {
        true => send_automatically(draft, &mut incident, &in_force, &recommended)?,
        false => BTreeSet::new(),
    };
    tell_shortfalls(draft, &mut incident, &recommended);
    tell_own_station(draft, &mut incident, &in_force)?;
    end_not_served(draft, id);
    let is_enough = !incident.needs.iter().any(|need| need.mode == NeedMode::Auto && need.is_unfilled());
    if incident != before {
        draft.put(Record::Incident(incident));
    }
    Ok(Decided { after: None, recommended: chosen, taken, is_enough })
}

/// Tells people that an incident gets nothing of what is to be done for it, once for as long as that is so.
pub(super) async fn tell_not_served(
    room: &ControlRoom,
    id: IncidentId,
    why: &OperationError,
) -> Result<(), OperationError> {
    let board = room.centre.read(|picture| picture.board.number());
    let ask = Ask::by_dispatcher(format_args!("not_served:{id}:{board}"));
    room.commit_if(&ask, "not_served", &id, |draft| {
        let mut alarms = draft.picture.board.alarms_about(id);
        if alarms.any(|alarm| is_not_served(&alarm.record)) || !is_holder(draft, room)? {
            return Ok(Decision::Nothing);
        }
        let about = About { incident: Some(id), detail: why.code().to_owned(), ..About::default() };
        let alarm = raise(draft, AlarmCode::IncidentNotServed, AlarmLevel::Operator, about);
        Ok(Decision::Commit(AlarmAnswer { alarm }))
    })
    .await
    .map(drop)
}

/// It is served: nobody needs to know any more that it was not.
fn end_not_served(draft: &mut Draft<'_>, id: IncidentId) {
    let report = draft.report();
    end_alarms_about(draft, &report, id, is_not_served);
}

/// True if the alarm says that its incident is not served.
fn is_not_served(alarm: &Alarm) -> bool {
    alarm.code == AlarmCode::IncidentNotServed
}

/// Who stands before the incident in the queue and would be sent a unit of a kind that it is about to take. A change
/// that freed one may be on the board and not yet heard of, and the line is not to be jumped for that.
fn first_in_line(
    draft: &Draft<'_>,
    in_force: &InForce,
    incident: &Incident,
    recommended: &Recommendation,
    line: &Line,
) -> Option<IncidentId> {
    let taken: BTreeSet<&UnitKindId> =
        recommended.needs.iter().filter(|plan| acts(plan)).map(|plan| &plan.recommendation.kind).collect();
    let own = (incident.priority, incident.created_at, incident.id);
    let board = &draft.picture.board;
    let before = board.queue().iter().take_while(|place| **place < own).filter_map(|(_, _, id)| {
        let other = &board.incidents().get(id)?.record;
        let wants =
            |need: &Need| need.mode == NeedMode::Auto && need.is_unfilled() && taken.contains(&need.kind);
        (!line.passes_over(*id, board.number()) && other.needs.iter().any(wants)).then_some(other)
    });
    let (positions, unseen) = (Positions(draft.picture), line.taken(board.number()));
    let mut served = before.filter(|other| {
        let situation = situation(draft.picture, in_force, other, &positions, &unseen, draft.now);
        let plans = policy::recommend(&situation).needs;
        !held_back(draft.picture, other)
            && plans.iter().any(|plan| acts(plan) && taken.contains(&plan.recommendation.kind))
    });
    served.next().map(|other| other.id)
}

/// True if the incident may be another's duplicate that somebody was asked for, or that is over: then a person decides,
/// except at the top priority. Until one does it stays so, also when whoever was asked has gone home.
fn held_back(picture: &Picture, incident: &Incident) -> bool {
    let Some(other) = incident.suspected_duplicate_of else { return false };
    let other = picture.board.incidents().get(&other);
    let was_served = other.is_none_or(|other| other.record.was_responded_to());
    was_served && incident.priority != Priority::TOP
}

/// True if the centre sends for a need at once.
fn acts(plan: &NeedPlan) -> bool {
    plan.mode == NeedMode::Auto && !plan.recommendation.chosen.is_empty()
}

/// True if the newest kept recommendation says the same: nobody needs to hear it twice.
fn is_kept(draft: &mut Draft<'_>, incident: &Incident, recommended: &Recommendation) -> Result<bool, Halt> {
    let Some(id) = incident.recommendation else { return Ok(false) };
    let Some(kept) = draft.recommendation(id)? else { return Ok(false) };
    let gist = |need: &NeedRecommendation| {
        let chosen: Vec<UnitId> = need.chosen.iter().map(|candidate| candidate.unit.clone()).collect();
        (need.need, chosen, need.shortfall)
    };
    let now = recommended.needs.iter().map(|plan| gist(&plan.recommendation));
    Ok(kept.needs.iter().map(gist).eq(now))
}

/// Keeps the recommendation with its reasons. An incident with many keeps each by which somebody was given something; one
/// that came to nothing is then replaced by the next.
fn keep(draft: &mut Draft<'_>, incident: &mut Incident, recommended: &Recommendation) -> Result<(), Halt> {
    let mut id = RecommendationId::derived(draft.operation, "recommendation");
    if let Some(newest) = incident.recommendation {
        let is_full = incident.earlier_recommendations.len() + 1 >= RECOMMENDATIONS_MAX;
        if is_full && came_to_nothing(draft, incident, newest)? {
            id = newest;
        } else {
            incident.earlier_recommendations.push(newest);
        }
    }
    incident.recommendation = Some(id);
    draft.put(Record::Recommendation(recommended.to_record(id)));
    Ok(())
}

/// True if nobody was given anything for the incident since a recommendation was made.
fn came_to_nothing(draft: &mut Draft<'_>, incident: &Incident, id: RecommendationId) -> Result<bool, Halt> {
    let Some(kept) = draft.recommendation(id)? else { return Ok(true) };
    let Some(last) = incident.assignments.last() else { return Ok(true) };
    let last = draft.assignment(*last)?;
    let given = last.milestones.first();
    Ok(given.is_none_or(|given| given.recorded_at < kept.made_at))
}

/// Carries out what plans say is automatic: the centre's own units are sent, desks are asked. Which units those are.
fn send_automatically(
    draft: &mut Draft<'_>,
    incident: &mut Incident,
    in_force: &InForce,
    recommended: &Recommendation,
) -> Result<BTreeSet<UnitId>, Halt> {
    let (mut sent, mut taken) = (0, BTreeSet::new());
    for plan in recommended.needs.iter().filter(|plan| acts(plan)) {
        for candidate in &plan.recommendation.chosen {
            // what has no room is refused by itself the next time, and people are told
            if sent == SENT_PER_COMMIT_MAX || (sent > 0 && !incident.has_room_for_a_run()) {
                return Ok(taken);
            }
            taken.insert(candidate.unit.clone());
            let label = format!("/{sent}");
            sent += 1;
            let need = plan.recommendation.need;
            match plan.chosen_by {
                ChosenBy::Centre => {
                    let Some(entry) = in_force.directory.units.get(&candidate.unit) else { continue };
                    send(draft, incident, need, &candidate.unit, entry, &label)?;
                }
                ChosenBy::DutyDesk | ChosenBy::Either => {
                    let purpose = Purpose::Respond { need, kind: plan.recommendation.kind.clone() };
                    let (desk, recommended) = (&candidate.desk, Some(&candidate.unit));
                    let giving = Giving { desk, purpose, recommended, awaits: Awaits::Desk };
                    let id = AssignmentId::derived(draft.operation, &format!("assignment{label}"));
                    let report = draft.report();
                    give(draft, incident, giving, id, &report)?;
                }
            }
        }
    }
    Ok(taken)
}

/// Keeps the incident's one alarm for a shortfall as things stand: raised with the first need that nobody can be found
/// for, saying what is missing now, and ended once somebody was given for the last. That somebody was found ends nothing:
/// the same unit is found for everybody who waits, and only one of them gets it.
fn tell_shortfalls(draft: &mut Draft<'_>, incident: &mut Incident, recommended: &Recommendation) {
    let mut missing = Vec::new();
    for (index, need) in incident.needs.iter_mut().enumerate() {
        let plan = recommended.needs.iter().find(|plan| plan.recommendation.need == index);
        let short = plan.map_or(0, |plan| plan.recommendation.shortfall);
        need.looked_for(short);
        match need.supply {
            Supply::Enough => {}
            Supply::Short => missing.push(format!("{short} of kind {} missing", need.kind)),
            Supply::Eased => {
                missing.push(format!("{} of kind {} can be sent now", need.missing(), need.kind))
            }
        }
    }
    let (report, id, detail) = (draft.report(), incident.id, missing.join(", "));
    let is_shortfall = |alarm: &Alarm| alarm.code == AlarmCode::Shortfall;
    let mut told = draft.picture.board.alarms_about(id).filter(|alarm| is_shortfall(&alarm.record));
    match (told.next().map(|alarm| alarm.record.id), missing.is_empty()) {
        (_, true) => end_alarms_about(draft, &report, id, is_shortfall),
        (None, false) => {
            let about = About { incident: Some(id), detail, ..About::default() };
            raise(draft, AlarmCode::Shortfall, AlarmLevel::Supervisor, about);
        }
        (Some(told), false) => {
            if let Ok(mut alarm) = draft.alarm(told)
                && alarm.state().is_open()
                && alarm.detail != detail
            {
                alarm.detail = detail;
                draft.put(Record::Alarm(alarm));
            }
        }
    }
    if !incident.is_queued() {
        end_alarms_about(draft, &report, id, |alarm| alarm.code == AlarmCode::QueueAge);
    }
}

/// Tells the station that answers for the district, unless it has to do with the incident already.
fn tell_own_station(draft: &mut Draft<'_>, incident: &mut Incident, in_force: &InForce) -> Result<(), Halt> {
    let Some(station) = policy::informs(incident, &in_force.directory) else { return Ok(()) };
    let tellings = tellings(incident, &station);
    let is_of_station = |who: &Responder| match who {
        Responder::Desk { station: desk } => desk == &station,
        Responder::Unit { unit } => {
            in_force.directory.units.get(unit).is_some_and(|entry| entry.desk == station)
        }
    };
    let knows = incident.lead_desk.as_ref() == Some(&station)
        || tellings.iter().any(|told| incident.assignments.contains(told))
        || incident.passed_over.iter().any(|passed| is_of_station(&passed.who));
    if knows
        || !in_force.directory.stations.contains_key(&station)
        || is_closing(draft, &Dropped::Station(station.clone()))?
    {
        return Ok(());
    }
    for told in &tellings {
        // it was told, and that went to another incident by a merge and was over before they were parted again
        if draft.find(RecordKey::new(RecordKind::Assignment, told))?.is_some() {
            return Ok(());
        }
    }
    let Some(id) = tellings.last().copied() else { return Ok(()) };
    let giving = Giving { desk: &station, purpose: Purpose::Inform, recommended: None, awaits: Awaits::Desk };
    let report = draft.report();
    give(draft, incident, giving, id, &report)?;
    Ok(())
}

/// The one assignment by which a station is told of an incident; another one each time that is opened again. What told it
/// may have gone to the archive with an incident that this one was merged into, and no id is used twice: so there is a
/// further one for each time that it was parted, of which the last is used, and none if the store holds any.
fn tellings(incident: &Incident, station: &StationId) -> Vec<AssignmentId> {
    let times = |step| incident.milestones.iter().filter(|milestone| milestone.step == step).count();
    let again = match times(Step::Reopened) {
        0 => String::new(),
        reopened => format!(":{reopened}"),
    };
    let telling = |parted| {
        let apart = if parted == 0 { String::new() } else { format!(":parted:{parted}") };
        let what = format!("inform:{}:{station}{again}{apart}", incident.id);
        let told = OperationId::derived(&Asker::DISPATCHER.name(), &what);
        AssignmentId::derived(told, RecordKind::Assignment.as_str())
    };
    (0..=times(Step::Unmerged)).map(telling).collect()
}
