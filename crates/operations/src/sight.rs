//! What an asker may see: the one rule for every use case, every list and every answer.
//!
//! A restricted incident and all that belongs to it do not exist for anybody but its readers, whatever their role and
//! whatever way they ask. What belongs to an incident that nobody finds is nobody's, as it is to those who watch.

use std::collections::{BTreeMap, BTreeSet};

use centre::{Picture, incident_of};
use domain::{
    IncidentId, RecordKey, RecordKind, StationId,
    alarm::Alarm,
    call::Call,
    incident::Incident,
    record::{Record, Versioned},
};
use identity::{Principal, Reach, may_read};

use crate::{Asker, ControlRoom, OperationError};

/// True if the asker may see the incident: it is not restricted, or they are a reader; and it is in their reach: the
/// whole centre, an incident their desk has to do with, or one their unit is on.
pub(crate) fn may_see(picture: &Picture, asker: &Asker, incident: &Incident) -> bool {
    let Asker::Principal(principal) = asker else { return true };
    if !is_reader(asker, incident) {
        return false;
    }
    match Reach::of(principal) {
        Reach::Centre => true,
        Reach::Station(own) => {
            incident.station.as_ref() == Some(&own)
                || incident.lead_desk.as_ref() == Some(&own)
                || incident
                    .assignments
                    .iter()
                    .filter_map(|id| picture.board.assignments().get(id))
                    .any(|assignment| assignment.record.desk == own)
        }
        Reach::Unit(own) => incident
            .runs
            .iter()
            .filter_map(|id| picture.board.runs().get(id))
            .any(|run| run.record.unit == own),
    }
}

/// True if the incident is not restricted, or the asker is one of its readers.
pub(crate) fn is_reader(asker: &Asker, incident: &Incident) -> bool {
    let readers = incident.restriction.as_ref().map(|restriction| &restriction.readers);
    asker.principal().is_none_or(|principal| may_read(principal, readers).is_ok())
}

/// True if the asker may see a call, `of` being the incident it led to: one that leads to nothing they may not read, and
/// that their reach holds or that they had to do with themselves.
pub(crate) fn may_see_call(picture: &Picture, asker: &Asker, call: &Call, of: Option<&Incident>) -> bool {
    let Asker::Principal(principal) = asker else { return true };
    match (call.incident, of) {
        (Some(_), Some(incident)) => {
            is_reader(asker, incident) && (may_see(picture, asker, incident) || took_part(principal, call))
        }
        (Some(_), None) => false,
        (None, _) => Reach::of(principal) == Reach::Centre || took_part(principal, call),
    }
}

/// True if the principal reported a step of the call: whoever took one from another district must be able to end it.
fn took_part(principal: &Principal, call: &Call) -> bool {
    call.milestones.iter().any(|milestone| milestone.by.name == principal.name())
}

/// True if the asker may see an alarm, `of` being the incident it is about. One that names a desk or a unit is about
/// those; any other one about its incident, or about the centre.
pub(crate) fn may_see_alarm(picture: &Picture, asker: &Asker, alarm: &Alarm, of: Option<&Incident>) -> bool {
    let Asker::Principal(principal) = asker else { return true };
    if alarm.incident.is_some() && !of.is_some_and(|incident| is_reader(asker, incident)) {
        return false;
    }
    let named = alarm.desk.is_some() || alarm.unit.is_some();
    match Reach::of(principal) {
        Reach::Centre => true,
        Reach::Station(own) if named => desks_of(picture, alarm).any(|desk| desk == &own),
        Reach::Unit(own) if named => alarm.unit.as_ref() == Some(&own),
        Reach::Station(_) | Reach::Unit(_) => of.is_some_and(|incident| may_see(picture, asker, incident)),
    }
}

/// The desks that an alarm is about: the one it names, and that of the unit it names.
fn desks_of<'a>(picture: &'a Picture, alarm: &'a Alarm) -> impl Iterator<Item = &'a StationId> {
    let in_force = picture.directory.as_ref();
    let unit = alarm.unit.as_ref().and_then(|unit| in_force?.directory.units.get(unit));
    alarm.desk.iter().chain(unit.map(|entry| &entry.desk))
}

/// These incidents: off the board, or from the store if they are over.
pub(crate) async fn known_incidents(
    room: &ControlRoom,
    wanted: impl IntoIterator<Item = IncidentId>,
) -> Result<BTreeMap<IncidentId, Incident>, OperationError> {
    of_incidents(room, wanted, Incident::clone).await
}

/// Those of these incidents that exist and that the asker may read.
pub(crate) async fn readable_incidents(
    room: &ControlRoom,
    asker: &Asker,
    wanted: impl IntoIterator<Item = IncidentId>,
) -> Result<BTreeSet<IncidentId>, OperationError> {
    let found = of_incidents(room, wanted, |incident| is_reader(asker, incident)).await?;
    Ok(found.into_iter().filter_map(|(id, may_read)| may_read.then_some(id)).collect())
}

/// What `look` finds in these incidents: off the board, or from the store if they are over.
async fn of_incidents<T>(
    room: &ControlRoom,
    wanted: impl IntoIterator<Item = IncidentId>,
    look: impl Fn(&Incident) -> T,
) -> Result<BTreeMap<IncidentId, T>, OperationError> {
    let wanted: BTreeSet<IncidentId> = wanted.into_iter().collect();
    let mut found: BTreeMap<IncidentId, T> = room.centre.read(|picture| {
        let incidents = picture.board.incidents();
        wanted.iter().filter_map(|id| Some((*id, look(&incidents.get(id)?.record)))).collect()
    });
    let over = wanted.into_iter().filter(|id| !found.contains_key(id));
    let over: Vec<RecordKey> = over.map(|id| RecordKey::new(RecordKind::Incident, id)).collect();
    if !over.is_empty() {
        let read = room.read(&over).await?;
        found.extend(read.iter().filter_map(|held| held.record.as_incident()).map(|it| (it.id, look(it))));
    }
    Ok(found)
}

/// Those of the records that the asker may read: all but restricted incidents and what belongs to them. Whether they
/// are in the asker's reach was looked at when they were asked for.
///
/// # Errors
/// [`OperationError::Store`] if it cannot be told.
pub async fn readable(
    room: &ControlRoom,
    asker: &Asker,
    mut records: Vec<Versioned<Record>>,
) -> Result<Vec<Versioned<Record>>, OperationError> {
    if asker.principal().is_none() {
        return Ok(records);
    }
    let named: BTreeSet<IncidentId> = records.iter().filter_map(|held| incident_of(&held.record)).collect();
    // an incident among them tells of itself, as it is there
    let own: BTreeMap<IncidentId, bool> = records
        .iter()
        .filter_map(|held| held.record.as_incident())
        .map(|incident| (incident.id, is_reader(asker, incident)))
        .collect();
    let others =
        readable_incidents(room, asker, named.into_iter().filter(|id| !own.contains_key(id))).await?;
    let may_read = |id| own.get(&id).copied().unwrap_or_else(|| others.contains(&id));
    records.retain(|held| incident_of(&held.record).is_none_or(may_read));
    Ok(records)
}
