//! Serving incidents in the order of the line: their needs are recommended for, and what is automatic is sent.

use std::{collections::BTreeSet, sync::Mutex};

use centre::Picture;
use domain::{
    AssignmentId, IncidentId, Priority, RecommendationId, UnitId, UnitKindId, Version,
    alarm::{About, AlarmCode, AlarmLevel},
    assignment::Purpose,
    directory::{ChosenBy, InForce},
    dispatch::Automatic,
    incident::{Incident, Need, NeedMode},
    limits::{RECOMMENDATIONS_MAX, SENT_PER_COMMIT_MAX},
    recommendation::NeedRecommendation,
    record::Record,
};
use policy::{NeedPlan, Recommendation};

use super::{
    OwnAnswer, is_holder,
    line::{Given, Line, UNCOMMITTED},
    situation,
    telling::{end_not_served, tell_own_station, tell_shortfalls},
};
use crate::{
    Ask, ControlRoom, OperationError,
    decide::Decision,
    dispatch::send,
    draft::{Draft, Halt},
    responding::{Awaits, Giving, give, incident_version, raise},
};

/// Most incidents that are served by one commit: what a rush queues while one is on its way. While it is decided the
/// board stands still, for a few milliseconds at most.
pub(super) const SERVED_TOGETHER_MAX: usize = 8;

/// What came of serving an incident.
#[derive(Debug)]
pub(super) struct Service {
    /// Which one.
    pub(super) incident: IncidentId,
    /// What was done.
    pub(super) served: Served,
    /// The units that are recommended for it now: when one of them goes elsewhere, it is to be looked at again.
    pub(super) recommended: BTreeSet<UnitId>,
}

impl Service {
    /// One for whom nobody is recommended now.
    const fn without_choice(incident: IncidentId, served: Served) -> Self {
        Self { incident, served, recommended: BTreeSet::new() }
    }
}

/// What was done for an incident.
#[derive(Debug)]
pub(super) enum Served {
    /// It was given this, or is once the commit holds.
    Changed(Given),
    /// It had been given something before by this very change, whatever was decided now.
    Before(Version),
    /// There was nothing to do.
    Nothing,
    /// This one stands before it in line, and can be served now: nothing was written.
    After(IncidentId),
    /// The commit had no room for it beside the others: nothing was written.
    Later,
}

/// Serves incidents as they stand on the board, in the order of the line and by one commit, with what is known of others in
/// line beside that. Each is decided as if those before it had been served already, so that nobody is passed by.
pub(super) async fn serve(
    room: &ControlRoom,
    ids: &[IncidentId],
    line: &Line,
) -> Result<Vec<Service>, OperationError> {
    let (found, board) = room.centre.read(|picture| {
        let version = |id: &IncidentId| picture.board.incidents().get(id).map(|held| held.version);
        let found: Vec<_> = ids.iter().map(|id| (*id, version(id))).collect();
        (found, picture.cursor.number)
    });
    let each: Vec<String> = found.iter().map(|(id, version)| named(*id, *version)).collect();
    // a board that moved on without these incidents may show another choice: the operation is this choice
    let ask = Ask::by_dispatcher(format_args!("serve:{}:{board}", each.join(",")));
    let decided = Mutex::new(Vec::new());
    let done = room
        .commit_if(&ask, "serve", &ids, |draft| {
            let these = match is_holder(draft, room)? {
                true => decide_in_order(draft, &found, board, line)?,
                false => Vec::new(),
            };
            *decided.lock().expect("nothing panics while it holds what was decided") = these;
            Ok(if draft.is_empty() { Decision::Nothing } else { Decision::Commit(OwnAnswer {}) })
        })
        .await?;
    let mut services = decided.into_inner().expect("nothing panics while it holds what was decided");
    let Some(done) = done else { return Ok(services) };
    let number = done.receipt.cursor.number;
    if done.receipt.repeated {
        // whatever was decided now, if anything could be: what was done then was decided then
        let before = |id: &IncidentId| Service::without_choice(*id, Served::Before(number));
        return Ok(ids.iter().map(before).collect());
    }
    for service in &mut services {
        if let Served::Changed(given) = &mut service.served {
            given.number = number;
        }
    }
    Ok(services)
}

/// An incident as the board showed it, in the name of an operation.
fn named(id: IncidentId, version: Option<Version>) -> String {
    format!("{id}:{}", version.unwrap_or_default())
}

/// Decides for one after the other. What was given to one is taken, and keeps nobody waiting, for those behind it.
fn decide_in_order(
    draft: &mut Draft<'_>,
    found: &[(IncidentId, Option<Version>)],
    board: Version,
    line: &Line,
) -> Result<Vec<Service>, Halt> {
    let mut line = line.clone();
    let mut services = Vec::with_capacity(found.len());
    for (id, version) in found {
        let this = if draft.has_room_to_serve() {
            // what is made for it has the ids that it has if it is served alone or beside others: it is not made twice
            let alone = Ask::by_dispatcher(format_args!("serve:{}:{board}", named(*id, *version)));
            draft.begin(alone.operation());
            decide_if_open(draft, *id, *version, &line)?
        } else {
            Service::without_choice(*id, Served::Later)
        };
        if let Served::Changed(given) = &this.served {
            line.gives(*id, given.clone());
        }
        services.push(this);
    }
    Ok(services)
}

/// Decides for an incident, if it is still as the board showed it.
fn decide_if_open(
    draft: &mut Draft<'_>,
    id: IncidentId,
    version: Option<Version>,
    line: &Line,
) -> Result<Service, Halt> {
    let nothing = Service::without_choice(id, Served::Nothing);
    let Some(version) = version else { return Ok(nothing) };
    let incident = match draft.incident(id) {
        Ok(incident) => incident,
        Err(Halt::Ended(_)) => return Ok(nothing),
        Err(halt) => return Err(halt),
    };
    if incident_version(draft, &incident) != version || !incident.state().is_open() {
        return Ok(nothing);
    }
    decide(draft, incident, line)
}

/// Decides what the incident gets now. Nothing, if somebody who stands before it in line can be served.
fn decide(draft: &mut Draft<'_>, mut incident: Incident, line: &Line) -> Result<Service, Halt> {
    let (before, id) = (incident.clone(), incident.id);
    let Some(in_force) = draft.picture.directory.clone() else {
        return Ok(Service::without_choice(id, Served::Nothing));
    };
    draft.directory()?;
    let unseen = line.taken(draft.picture.cursor.number);
    let recommended = policy::recommend(&situation(draft.picture, &in_force, &before, &unseen, draft.now));
    let candidates = recommended.needs.iter().flat_map(|plan| &plan.recommendation.chosen);
    let chosen: BTreeSet<UnitId> = candidates.map(|candidate| candidate.unit.clone()).collect();
    let held_back = held_back(draft.picture, &incident);
    let first = incident.recommendation.is_none();
    let automatic = draft.dispatch()?.automatic == Automatic::On && !held_back;
    let sends = automatic && recommended.needs.iter().any(acts);
    if sends && let Some(first) = first_in_line(draft, &in_force, &incident, &recommended, line) {
        return Ok(Service { incident: id, served: Served::After(first), recommended: chosen });
    }
    if !recommended.needs.is_empty() && (sends || !is_kept(draft, &incident, &recommended)?) {
        keep(draft, &mut incident, &recommended)?;
        if held_back && first {
            let other = incident.suspected_duplicate_of.map(|id| id.to_string()).unwrap_or_default();
            let about = About { incident: Some(incident.id), detail: other, ..About::default() };
            raise(draft, AlarmCode::SuspectedDuplicate, AlarmLevel::Operator, about);
        }
    }
    let units = match automatic {
        true => send_automatically(draft, &mut incident, &in_force, &recommended)?,
        false => BTreeSet::new(),
    };
    tell_shortfalls(draft, &mut incident, &recommended);
    tell_own_station(draft, &mut incident, &in_force, &units)?;
    end_not_served(draft, id);
    let is_enough = !incident.needs.iter().any(|need| need.mode == NeedMode::Auto && need.is_unfilled());
    if incident != before {
        draft.put(Record::Incident(incident));
    }
    let given = Given { number: UNCOMMITTED, units, is_enough };
    let served = if draft.has_written() { Served::Changed(given) } else { Served::Nothing };
    Ok(Service { incident: id, served, recommended: chosen })
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
    let unseen = line.taken(board.number());
    let mut served = before.filter(|other| {
        let situation = situation(draft.picture, in_force, other, &unseen, draft.now);
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
