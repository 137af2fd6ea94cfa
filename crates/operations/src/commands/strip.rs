//! Alarms in the order in which the strip of a console shows them: what is about one matter together, the gravest first.
//!
//! Whoever types the number of an alarm reads it off the strip. So the order is the one of `src/alarms/rows.ts` in the
//! console; what a desk has put aside for a while is the desk's own, not known here, and counted.

use std::{cmp::Reverse, collections::BTreeMap};

use centre::Picture;
use domain::{
    AlarmId, CallId, IncidentId, Priority, StationId,
    alarm::{Alarm, AlarmCode, AlarmLevel, AlarmState},
    record::Versioned,
};
use identity::Role;

use super::names::Look;

/// What an alarm is about. The order is that of rows in which nothing else differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Matter {
    /// Neither an incident nor a call.
    Itself(AlarmId),
    /// A call that led to no incident.
    Call(CallId),
    /// An incident.
    Incident(IncidentId),
}

/// Everything that is raised about one matter.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Those that nobody has come first, then the oldest. Never empty.
    pub(super) alarms: Vec<Alarm>,
}

impl Row {
    /// Those that nobody has.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Alarm> {
        self.alarms.iter().filter(|alarm| waits(alarm))
    }
}

/// The rows of the asker's strip: a duty officer has one of what concerns the own desk and its units.
pub(super) fn shown(look: &Look<'_>, listed: &[Versioned<Alarm>]) -> Vec<Row> {
    let principal = look.asker.principal();
    let own = match principal.map(identity::Principal::role) {
        Some(Role::Supervisor | Role::Administrator) => AlarmLevel::Supervisor,
        Some(Role::Operator | Role::DutyOfficer | Role::Crew | Role::Integration | Role::Observer) | None => {
            AlarmLevel::Operator
        }
    };
    let station = principal.and_then(identity::Principal::station);
    look.room.centre.read(|picture| {
        let listed = listed.iter().map(|held| &held.record);
        let own_alarms = listed.filter(|alarm| station.is_none_or(|own| concerns(picture, alarm, own)));
        rows(own_alarms.cloned(), own, |id| {
            picture.board.incidents().get(&id).map(|held| held.record.priority)
        })
    })
}

/// True if an alarm names the station's desk, or else one of its units, or else what the desk was asked.
fn concerns(picture: &Picture, alarm: &Alarm, station: &StationId) -> bool {
    if let Some(desk) = &alarm.desk {
        return desk == station;
    }
    if let Some(unit) = &alarm.unit {
        let entry = picture.directory.as_ref().and_then(|in_force| in_force.directory.units.get(unit));
        return entry.is_some_and(|entry| &entry.desk == station);
    }
    let asked = alarm.assignment.and_then(|id| picture.board.assignments().get(&id));
    asked.is_some_and(|held| &held.record.desk == station)
}

/// The rows of some alarms: what nobody acts on first, then what is urgent, then what is of the own level, then priority,
/// then age.
fn rows(
    alarms: impl IntoIterator<Item = Alarm>,
    own: AlarmLevel,
    priority_of: impl Fn(IncidentId) -> Option<Priority>,
) -> Vec<Row> {
    let mut matters: BTreeMap<Matter, Vec<Alarm>> = BTreeMap::new();
    for alarm in alarms {
        matters.entry(matter(&alarm)).or_default().push(alarm);
    }
    let row = |(matter, mut alarms): (Matter, Vec<Alarm>)| {
        alarms.sort_by_key(|alarm| (!waits(alarm), alarm.raised_at.as_millisecond(), alarm.id));
        let priority = match matter {
            Matter::Incident(id) => priority_of(id),
            Matter::Call(_) | Matter::Itself(_) => None,
        };
        let is_urgent = priority == Some(Priority::TOP) || alarms.iter().any(|alarm| is_urgent(alarm.code));
        let is_waiting = alarms.iter().any(waits);
        // what somebody acts on already says nothing of how grave and how old the rest is
        let counted = || alarms.iter().filter(|alarm| !is_waiting || waits(alarm));
        let is_own = counted().map(|alarm| alarm.level).max() == Some(own);
        let since = counted().map(|alarm| alarm.raised_at.as_millisecond()).min();
        // what has no priority comes after all that has one
        let rank = (priority.is_none(), priority.map(Priority::get));
        let order = (Reverse(is_waiting), Reverse(is_urgent), Reverse(is_own), rank, since, matter);
        (order, Row { alarms })
    };
    let mut rows: Vec<_> = matters.into_iter().map(row).collect();
    rows.sort_by_key(|(order, _)| *order);
    rows.into_iter().map(|(_, row)| row).collect()
}

fn matter(alarm: &Alarm) -> Matter {
    match (alarm.incident, alarm.call) {
        (Some(incident), _) => Matter::Incident(incident),
        (None, Some(call)) => Matter::Call(call),
        (None, None) => Matter::Itself(alarm.id),
    }
}

fn waits(alarm: &Alarm) -> bool {
    *alarm.state() == AlarmState::Raised
}

/// True for what is urgent whatever it is about: a caller may be waiting of whom nobody else knows, or calls may be lost.
fn is_urgent(code: AlarmCode) -> bool {
    [
        AlarmCode::CallUnanswered,
        AlarmCode::CallWithoutIncident,
        AlarmCode::HeldCallRefused,
        AlarmCode::JournalSealed,
    ]
    .contains(&code)
}

#[cfg(test)]
mod tests {
    use domain::alarm::{About, AlarmEvent};
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;

    /// What an alarm is about, since when, and at which level.
    fn alarm(id: u128, about: About, second: i64, level: AlarmLevel) -> Alarm {
        let at = Timestamp::from_second(second).unwrap();
        Alarm::raised(AlarmId::from_uuid(Uuid::from_u128(id)), AlarmCode::Shortfall, level, about, at)
    }

    fn incident(id: u128) -> IncidentId {
        IncidentId::from_uuid(Uuid::from_u128(id))
    }

    /// Of the incident whose priority is the first digit of its id.
    fn of(id: u128, about: u128, second: i64) -> Alarm {
        let about = About { incident: Some(incident(about)), ..About::default() };
        alarm(id, about, second, AlarmLevel::Operator)
    }

    fn taken(mut alarm: Alarm) -> Alarm {
        let at = alarm.raised_at;
        alarm.step(AlarmEvent::Acknowledge { by: "a.ibraimova".to_owned(), at }).unwrap();
        alarm
    }

    /// The ids of the alarms of each row.
    fn order(alarms: Vec<Alarm>, own: AlarmLevel) -> Vec<Vec<u128>> {
        let priority_of = |id: IncidentId| {
            let digit = (1..=5).find(|digit| [*digit, digit * 10].contains(&id.as_uuid().as_u128()));
            digit.and_then(|digit| Priority::new(u8::try_from(digit).unwrap()).ok())
        };
        let ids = |row: &Row| row.alarms.iter().map(|alarm| alarm.id.as_uuid().as_u128()).collect();
        rows(alarms, own, priority_of).iter().map(ids).collect()
    }

    #[test]
    fn what_nobody_acts_on_comes_first_then_what_is_urgent_then_ones_own_then_priority_then_age() {
        let supervisors = About { incident: Some(incident(20)), ..About::default() };
        let alarms = || {
            vec![
                taken(of(1, 1, 10)),
                of(2, 3, 10),
                of(3, 2, 10),
                alarm(4, supervisors.clone(), 10, AlarmLevel::Supervisor),
                of(5, 10, 10),
                of(6, 30, 9),
                alarm(7, About::default(), 1, AlarmLevel::Operator),
            ]
        };
        let alone = |ids: [u128; 7]| ids.map(|id| vec![id]).to_vec();
        assert_eq!(order(alarms(), AlarmLevel::Operator), alone([5, 3, 6, 2, 7, 4, 1]));
        assert_eq!(order(alarms(), AlarmLevel::Supervisor), alone([5, 4, 3, 6, 2, 7, 1]));
    }

    #[test]
    fn what_is_about_one_matter_is_one_row_that_is_as_old_as_what_nobody_has() {
        let call = || About { call: Some(CallId::from_uuid(Uuid::from_u128(1))), ..About::default() };
        let mut unanswered = alarm(8, call(), 30, AlarmLevel::Operator);
        unanswered.code = AlarmCode::CallUnanswered;
        let alarms = vec![
            taken(of(1, 2, 1)),
            of(2, 2, 20),
            of(3, 2, 15),
            of(4, 20, 12),
            alarm(7, call(), 40, AlarmLevel::Operator),
            unanswered,
        ];
        assert_eq!(order(alarms, AlarmLevel::Operator), [vec![8, 7], vec![4], vec![3, 2, 1]]);
    }
}
