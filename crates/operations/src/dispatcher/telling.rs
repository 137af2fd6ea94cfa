//! What people and stations are told of an incident that is served: that somebody is missing, that it gets nothing at all,
//! that it is in their district.

use std::collections::BTreeSet;

use domain::{
    AssignmentId, IncidentId, OperationId, RecordKey, RecordKind, StationId, UnitId,
    alarm::{About, AlarmCode, AlarmLevel},
    assignment::Purpose,
    directory::InForce,
    incident::{Incident, Responder, Supply},
    limits::RUNS_PER_INCIDENT_MAX,
    milestone::Step,
    record::{Dropped, Record},
};
use policy::Recommendation;

use super::is_holder;
use crate::{
    Ask, Asker, ControlRoom, OperationError,
    alarms::AlarmAnswer,
    decide::Decision,
    dispatch::is_closing,
    draft::{Draft, Halt},
    responding::{Awaits, Giving, end_alarms_of, give, raise},
};

/// Tells people that an incident gets nothing of what is to be done for it, once for as long as that is so.
pub(super) async fn tell_not_served(
    room: &ControlRoom,
    id: IncidentId,
    why: &OperationError,
) -> Result<(), OperationError> {
    let board = room.centre.read(|picture| picture.board.number());
    let ask = Ask::by_dispatcher(format_args!("not_served:{id}:{board}"));
    room.commit_if(&ask, "not_served", &id, |draft| {
        let is_told = draft.picture.board.has_alarm(AlarmCode::IncidentNotServed, id);
        if is_told || !is_holder(draft, room)? {
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
pub(super) fn end_not_served(draft: &mut Draft<'_>, id: IncidentId) {
    let report = draft.report();
    end_alarms_of(draft, &report, id, &[AlarmCode::IncidentNotServed]);
}

/// Keeps the incident's one alarm for a shortfall as things stand: raised with the first need that nobody can be found
/// for, saying what is missing now, and ended once somebody was given for the last. That somebody was found ends nothing:
/// the same unit is found for everybody who waits, and only one of them gets it.
pub(super) fn tell_shortfalls(draft: &mut Draft<'_>, incident: &mut Incident, recommended: &Recommendation) {
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
    let mut told = draft.picture.board.alarms_of(AlarmCode::Shortfall, id);
    match (told.next().map(|alarm| alarm.record.id), missing.is_empty()) {
        (_, true) => end_alarms_of(draft, &report, id, &[AlarmCode::Shortfall]),
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
        end_alarms_of(draft, &report, id, &[AlarmCode::QueueAge]);
    }
}

/// Tells the station that answers for the district, unless it has to do with the incident already. The last room that an
/// incident has for an assignment is for those it waits for: if one of them was `sent` with it, the station is told nothing,
/// and people are told so the next time that the incident is looked at, because it is full.
pub(super) fn tell_own_station(
    draft: &mut Draft<'_>,
    incident: &mut Incident,
    in_force: &InForce,
    sent: &BTreeSet<UnitId>,
) -> Result<(), Halt> {
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
    let is_room_kept = match RUNS_PER_INCIDENT_MAX.saturating_sub(incident.assignments.len()) {
        0 => !sent.is_empty(),
        1 => incident.is_queued(),
        _ => false,
    };
    if knows
        || is_room_kept
        || !in_force.directory.stations.contains_key(&station)
        || is_closing(draft, &Dropped::Station(station.clone()))?
    {
        return Ok(());
    }
    // one that was never parted from another has every telling of its own on its list, and nothing need be read
    let was_parted = tellings.len() > 1;
    for told in tellings.iter().filter(|_| was_parted) {
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
