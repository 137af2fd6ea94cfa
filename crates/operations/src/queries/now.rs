//! What stands now: units, desks, alarms, the switch, and a fresh recommendation.

use domain::{
    IncidentId, RunId, StationId, UnitId,
    alarm::Alarm,
    assignment::Assignment,
    desk::Desk,
    directory::{InForce, UnitEntry},
    dispatch::Dispatch,
    incident::Incident,
    record::{Record, Versioned},
    refusal::Refusal,
    run::Run,
    unit::Unit,
};
use identity::{may_see_station, may_see_unit};
use policy::NeedSurvey;
use std::{collections::BTreeSet, sync::Arc};
use store::{Cursor, PositionReport};

use super::history::read_incident;
use crate::{
    Asker, ControlRoom, OperationError,
    decide::BOARD_WAIT,
    dispatcher::situation,
    sight::{is_reader, known_incidents, may_see, may_see_alarm, readable_incidents},
};

/// An answer, and where in the store's history it stands.
#[derive(Clone, Debug)]
pub struct Standing<T> {
    /// The answer.
    pub value: T,
    /// As of which change.
    pub as_of: Cursor,
}

/// One unit as it stands.
#[derive(Clone, Debug)]
pub struct UnitNow {
    /// Which.
    pub id: UnitId,
    /// As the directory knows it.
    pub entry: UnitEntry,
    /// What it is doing; version 0 for one that never came on duty.
    pub unit: Versioned<Unit>,
    /// The run it is on, as far as the asker may see it.
    pub run: Option<Versioned<Run>>,
    /// Where it was last, if it ever told.
    pub position: Option<PositionReport>,
}

/// The units the asker may see, by id.
///
/// # Errors
/// [`OperationError::NoDirectory`].
pub fn units(room: &ControlRoom, asker: &Asker) -> Result<Standing<Vec<UnitNow>>, OperationError> {
    let now = room.clock.now();
    room.centre.read(|picture| {
        let in_force = picture.directory.as_ref().ok_or(OperationError::NoDirectory)?;
        let visible = |id: &UnitId, entry: &UnitEntry| match asker {
            Asker::Principal(principal) => may_see_unit(principal, id, &entry.desk).is_ok(),
            Asker::System { .. } => true,
        };
        let listed = in_force.directory.units.iter().filter(|(id, entry)| visible(id, entry));
        let run_of = |id: &UnitId| {
            let run = picture.board.runs().get(&picture.board.units().get(id)?.record.run()?)?;
            let incident = picture.board.incidents().get(&run.record.incident)?;
            is_reader(asker, &incident.record).then(|| copied(run))
        };
        let value = listed
            .map(|(id, entry)| UnitNow {
                id: id.clone(),
                entry: entry.clone(),
                unit: picture.board.units().get(id).map_or_else(
                    || Versioned {
                        version: domain::Version::ABSENT,
                        record: Unit::signed_off(id.clone(), now),
                    },
                    copied,
                ),
                run: run_of(id),
                position: picture.positions.get(id).cloned(),
            })
            .collect();
        Ok(Standing { value, as_of: picture.cursor })
    })
}

/// One duty desk as it stands.
#[derive(Clone, Debug)]
pub struct DeskNow {
    /// How it answers; version 0 for one that never missed an answer.
    pub desk: Versioned<Desk>,
    /// What it owes.
    pub assignments: Vec<Versioned<Assignment>>,
    /// What they are about, as far as the asker may see it.
    pub incidents: Vec<Versioned<Incident>>,
    /// The runs of its units.
    pub runs: Vec<Versioned<Run>>,
}

/// A duty desk.
///
/// # Errors
/// [`OperationError`]: no directory, no such station, not the asker's, or the store.
pub async fn desk(
    room: &ControlRoom,
    asker: &Asker,
    station: &StationId,
) -> Result<Standing<DeskNow>, OperationError> {
    if let Asker::Principal(principal) = asker {
        may_see_station(principal, station)?;
    }
    let mut standing = room.centre.read(|picture| {
        let in_force = picture.directory.as_ref().ok_or(OperationError::NoDirectory)?;
        if !in_force.directory.stations.contains_key(station) {
            return Err(Refusal::UnknownStation(station.clone()).into());
        }
        let board = &picture.board;
        let assignments: Vec<_> =
            board.assignments().values().filter(|held| &held.record.desk == station).map(copied).collect();
        let incidents = assignments
            .iter()
            .filter_map(|assignment| board.incidents().get(&assignment.record.incident))
            .filter(|held| may_see(picture, asker, &held.record))
            .map(copied)
            .collect();
        let runs = board.runs().values().filter(|held| &held.record.desk == station).map(copied).collect();
        let desk = board.desks().get(station).map_or_else(
            || Versioned { version: domain::Version::ABSENT, record: Desk::answering(station.clone()) },
            copied,
        );
        let value = DeskNow { desk, assignments, incidents, runs };
        Ok::<_, OperationError>(Standing { value, as_of: picture.cursor })
    })?;
    let now = &mut standing.value;
    let given = now.assignments.iter().map(|held| held.record.incident);
    let named = given.chain(now.runs.iter().map(|held| held.record.incident));
    let readable = readable_incidents(room, asker, named).await?;
    now.assignments.retain(|held| readable.contains(&held.record.incident));
    now.runs.retain(|held| readable.contains(&held.record.incident));
    Ok(standing)
}

/// One run, open or over.
///
/// # Errors
/// [`OperationError`]: no such run that the asker may see, not the asker's, or the store.
pub async fn run(room: &ControlRoom, asker: &Asker, id: RunId) -> Result<Versioned<Run>, OperationError> {
    let on_board = room.centre.read(|picture| picture.board.runs().get(&id).map(copied));
    let found = match on_board {
        Some(run) => run,
        None => {
            let key = domain::RecordKey::new(domain::RecordKind::Run, id);
            let stored = room.read(&[key]).await?.into_iter().next();
            let Some(Versioned { version, record: Record::Run(record) }) = stored else {
                return Err(Refusal::UnknownRun(id).into());
            };
            Versioned { version, record }
        }
    };
    if readable_incidents(room, asker, [found.record.incident]).await?.is_empty() {
        return Err(Refusal::UnknownRun(id).into());
    }
    if let Asker::Principal(principal) = asker {
        may_see_unit(principal, &found.record.unit, &found.record.desk)?;
    }
    Ok(found)
}

/// The alarms the asker may see, oldest first; of one incident, if one is named.
///
/// # Errors
/// [`OperationError::Store`] if one is about an incident that is over and cannot be looked up.
pub async fn alarms(
    room: &ControlRoom,
    asker: &Asker,
    of: Option<IncidentId>,
) -> Result<Standing<Vec<Versioned<Alarm>>>, OperationError> {
    let (mut value, as_of): (Vec<_>, _) = room.centre.read(|picture| {
        let wanted = match of {
            Some(incident) => picture.board.alarms_about(incident).map(copied).collect(),
            None => picture.board.alarms().values().map(copied).collect(),
        };
        (wanted, picture.cursor)
    });
    let known = known_incidents(room, value.iter().filter_map(|held| held.record.incident)).await?;
    room.centre.read(|picture| {
        value.retain(|held| {
            let of = held.record.incident.and_then(|id| known.get(&id));
            may_see_alarm(picture, asker, &held.record, of)
        });
    });
    value.sort_by_key(|alarm| (alarm.record.raised_at, alarm.record.id));
    Ok(Standing { value, as_of })
}

/// Who may dispatch automatically, and whether anyone may.
pub fn dispatch(room: &ControlRoom) -> Standing<Versioned<Dispatch>> {
    room.centre.read(|picture| {
        let value = picture.board.dispatch().map_or_else(
            || Versioned { version: domain::Version::ABSENT, record: Dispatch::default() },
            copied,
        );
        Standing { value, as_of: picture.cursor }
    })
}

/// The directory in force.
///
/// # Errors
/// [`OperationError::NoDirectory`].
pub fn directory(room: &ControlRoom) -> Result<Arc<InForce>, OperationError> {
    room.centre.read(|picture| picture.directory.clone()).ok_or(OperationError::NoDirectory)
}

/// Everybody looked at for each need, and who of them is recommended.
pub type Surveyed = Standing<(Vec<NeedSurvey>, policy::Recommendation)>;

/// Everybody who could be sent to an incident now, and everybody who could not, with the reasons; for one of its needs
/// alone, if one is named.
///
/// # Errors
/// [`OperationError`]: no directory, no such incident, one that is not open, or no such need; or the store, when reading
/// an incident that is over.
pub async fn recommend(
    room: &ControlRoom,
    asker: &Asker,
    id: IncidentId,
    need: Option<usize>,
) -> Result<Surveyed, OperationError> {
    if let Some(standing) = surveyed(room, asker, id, need)? {
        return Ok(standing);
    }
    // it is over; or it was opened a moment ago, and whoever did that need not know that a board follows its store
    let Versioned { version, record: incident } = read_incident(room, id).await?;
    let is_seen = room.centre.read(|picture| may_see(picture, asker, &incident));
    if is_seen && !incident.state().is_on_board() {
        let state = incident.state().as_str();
        return Err(Refusal::IncidentNotOpen { state, allowed: &["open", "held"] }.into());
    }
    // not shown in time, it is not known here: the answer below says so
    let _ = room.centre.reached(version, BOARD_WAIT).await;
    surveyed(room, asker, id, need)?.ok_or_else(|| Refusal::UnknownIncident(id).into())
}

/// Who could be sent to an incident on the board, and who not; nothing if the board has none that the asker may see.
fn surveyed(
    room: &ControlRoom,
    asker: &Asker,
    id: IncidentId,
    need: Option<usize>,
) -> Result<Option<Surveyed>, OperationError> {
    let (now, none_taken) = (room.clock.now(), BTreeSet::new());
    room.centre.read(|picture| {
        let in_force = picture.directory.as_ref().ok_or(OperationError::NoDirectory)?;
        let held = picture.board.incidents().get(&id).filter(|held| may_see(picture, asker, &held.record));
        let Some(incident) = held.map(|held| &held.record) else { return Ok(None) };
        if let Some(asked) = need.filter(|asked| *asked >= incident.needs.len()) {
            return Err(Refusal::UnknownNeed { asked, have: incident.needs.len() }.into());
        }
        let situation = situation(picture, in_force, incident, &none_taken, now);
        let (mut surveys, mut recommended) = (policy::full(&situation), policy::recommend(&situation));
        let is_asked = |of: usize| need.is_none_or(|need| need == of);
        surveys.retain(|survey| is_asked(survey.need));
        recommended.needs.retain(|plan| is_asked(plan.recommendation.need));
        Ok(Some(Standing { value: (surveys, recommended), as_of: picture.cursor }))
    })
}

/// Copies a record off the board.
fn copied<T: Clone>(held: &Versioned<Arc<T>>) -> Versioned<T> {
    Versioned { version: held.version, record: (*held.record).clone() }
}
