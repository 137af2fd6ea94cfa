//! What a watcher knows of a centre: built from frames alone, in order, without a gap.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use protocol::record::v1::{
    Alarm, Assignment, Call, Cursor, Desk, DirectoryHead, Dispatch, Incident, Location, Progress, Run, Unit,
    UnitPosition,
};
use protocol::watch::v1::{RecordKey, RecordKind, View, WatchResponse, record, scope};

use crate::show::Light;
use crate::time::to_timestamp;
use crate::words;

/// The records in a watcher's scope.
#[derive(Clone, Debug, Default)]
pub(crate) struct Picture {
    /// Where in the history it stands. Absent: nothing was heard yet.
    pub(crate) cursor: Option<Cursor>,
    /// True once a whole picture was read; false again while a new one is.
    pub(crate) is_whole: bool,
    /// The centre's clock in the last frame.
    pub(crate) server_time: Option<Timestamp>,
    /// How old the picture was when the last frame was made: more than a moment while the centre has lost its store.
    pub(crate) age_when_told: Duration,
    /// Calls by id.
    pub(crate) calls: BTreeMap<String, Call>,
    /// Incidents by id.
    pub(crate) incidents: BTreeMap<String, Incident>,
    /// Assignments by id.
    pub(crate) assignments: BTreeMap<String, Assignment>,
    /// Runs by id.
    pub(crate) runs: BTreeMap<String, Run>,
    /// Units by id.
    pub(crate) units: BTreeMap<String, Unit>,
    /// Desks by station.
    pub(crate) desks: BTreeMap<String, Desk>,
    /// Alarms by id.
    pub(crate) alarms: BTreeMap<String, Alarm>,
    /// Positions by unit.
    pub(crate) positions: BTreeMap<String, UnitPosition>,
    /// The switch for automatic sending.
    pub(crate) dispatch: Dispatch,
    /// The directory in force.
    pub(crate) directory: DirectoryHead,
    /// What is watched. Absent: not told.
    pub(crate) scope: Option<scope::Scope>,
    /// True if callers' numbers and words, places and names are withheld.
    pub(crate) is_redacted: bool,
}

/// A frame that does not follow on what is known; the picture must be asked for anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gap {
    /// The number that was reached.
    pub(crate) reached: u64,
    /// The number that the frame continues from.
    pub(crate) after: u64,
}

impl Picture {
    /// Where to resume: nowhere while the picture is not whole.
    pub(crate) fn resume_after(&self) -> Option<Cursor> {
        self.cursor.clone().filter(|_| self.is_whole)
    }

    /// Takes a frame.
    ///
    /// # Errors
    /// [`Gap`] if the frame does not continue where the one before ended; the picture is unchanged then.
    pub(crate) fn apply(&mut self, frame: &WatchResponse) -> Result<(), Gap> {
        if frame.reset {
            *self = Self {
                scope: frame.scope.clone().and_then(|scope| scope.scope),
                is_redacted: frame.view() == View::Redacted,
                ..Self::default()
            };
        } else if let Some(cursor) = &self.cursor
            && (cursor.number != frame.after || cursor.lineage != frame.lineage)
        {
            return Err(Gap { reached: cursor.number, after: frame.after });
        }
        for record in frame.records.iter().filter_map(|record| record.record.clone()) {
            self.put(record);
        }
        for key in &frame.left {
            self.forget(key);
        }
        for position in &frame.positions {
            self.positions.insert(position.unit_id.clone(), position.clone());
        }
        self.cursor = Some(Cursor { lineage: frame.lineage.clone(), number: frame.through });
        self.is_whole = !frame.incomplete;
        self.server_time = frame.server_time.as_ref().and_then(to_timestamp).or(self.server_time);
        self.age_when_told = frame.age.and_then(|age| age.try_into().ok()).unwrap_or_default();
        Ok(())
    }

    fn put(&mut self, record: record::Record) {
        match record {
            record::Record::Call(call) => drop(self.calls.insert(call.call_id.clone(), call)),
            record::Record::Incident(incident) => {
                drop(self.incidents.insert(incident.incident_id.clone(), incident));
            }
            record::Record::Assignment(assignment) => {
                drop(self.assignments.insert(assignment.assignment_id.clone(), assignment));
            }
            record::Record::Run(run) => drop(self.runs.insert(run.run_id.clone(), run)),
            record::Record::Unit(unit) => drop(self.units.insert(unit.unit_id.clone(), unit)),
            record::Record::Desk(desk) => drop(self.desks.insert(desk.station_id.clone(), desk)),
            record::Record::Alarm(alarm) => drop(self.alarms.insert(alarm.alarm_id.clone(), alarm)),
            record::Record::Dispatch(dispatch) => self.dispatch = dispatch,
            record::Record::Directory(head) => self.directory = head,
            // the board shows neither: `kezek incident get` does
            record::Record::Note(_) | record::Record::Recommendation(_) => {}
        }
    }

    fn forget(&mut self, key: &RecordKey) {
        let id = &key.id;
        match key.kind() {
            RecordKind::Call => drop(self.calls.remove(id)),
            RecordKind::Incident => drop(self.incidents.remove(id)),
            RecordKind::Assignment => drop(self.assignments.remove(id)),
            RecordKind::Run => drop(self.runs.remove(id)),
            RecordKind::Unit => drop(self.units.remove(id)),
            RecordKind::Desk => drop(self.desks.remove(id)),
            RecordKind::Alarm => drop(self.alarms.remove(id)),
            RecordKind::Dispatch => self.dispatch = Dispatch::default(),
            RecordKind::Directory => self.directory = DirectoryHead::default(),
            RecordKind::Note | RecordKind::Recommendation | RecordKind::Unspecified => {}
        }
    }

    /// How far the response to an incident is, as the furthest of its open work.
    pub(crate) fn progress(&self, incident: &Incident) -> Progress {
        // a run that is over leaves the stream
        let runs = incident.run_ids.iter().filter_map(|id| self.runs.get(id));
        let of_runs = runs.filter_map(words::run_progress).max();
        let desks = incident.assignment_ids.iter().filter_map(|id| self.assignments.get(id));
        let of_desks = desks.filter_map(|desk| words::assignment_progress(desk, of_runs.is_some())).max();
        let is_all_clear = !incident.queued && !incident.run_ids.is_empty();
        let nobody_works = if is_all_clear { Progress::AllClear } else { Progress::Waiting };
        of_runs.max(of_desks).unwrap_or(nobody_works)
    }

    /// A place in words, or that it is withheld.
    pub(crate) fn place(&self, location: Option<&Location>, light: Light<'_>, most: usize) -> String {
        if self.is_redacted { "withheld".to_owned() } else { light.names.place(location, most) }
    }

    /// Incidents that are open or held, in the order they are served: the queue first, then by priority, age, id.
    pub(crate) fn live_incidents(&self) -> Vec<&Incident> {
        let mut live: Vec<&Incident> =
            self.incidents.values().filter(|incident| words::incident_is_live(incident)).collect();
        live.sort_by_key(|incident| {
            let age = incident.created_at.map(|time| (time.seconds, time.nanos));
            (!incident.queued, incident.priority, age, incident.incident_id.clone())
        });
        live
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use protocol::record::v1::{RunState, run_state};
    use protocol::watch::v1::Record;

    use super::*;

    /// A frame with these records.
    pub(crate) fn frame(
        after: u64,
        through: u64,
        reset: bool,
        records: Vec<record::Record>,
    ) -> WatchResponse {
        WatchResponse {
            lineage: "one".to_owned(),
            after,
            through,
            reset,
            records: records.into_iter().map(|record| Record { record: Some(record) }).collect(),
            ..WatchResponse::default()
        }
    }

    fn unit(id: &str) -> record::Record {
        record::Record::Unit(Unit { unit_id: id.to_owned(), ..Unit::default() })
    }

    #[test]
    fn frames_follow_on_each_other_or_are_a_gap() {
        let mut picture = Picture::default();
        picture.apply(&frame(0, 7, true, vec![unit("11")])).unwrap();
        picture.apply(&frame(7, 9, false, vec![unit("12")])).unwrap();
        assert_eq!(picture.units.len(), 2);
        let gap = picture.apply(&frame(10, 11, false, vec![unit("13")])).unwrap_err();
        assert_eq!((gap, picture.units.len()), (Gap { reached: 9, after: 10 }, 2));
        let other = WatchResponse { lineage: "two".to_owned(), ..frame(9, 10, false, Vec::new()) };
        assert!(picture.apply(&other).is_err(), "numbers of two lineages are not compared");
        picture.apply(&frame(0, 3, true, vec![unit("14")])).unwrap();
        assert_eq!(picture.units.keys().collect::<Vec<_>>(), ["14"], "a reset forgets everything");
    }

    #[test]
    fn half_a_picture_is_no_place_to_resume_from() {
        let mut picture = Picture::default();
        let first = WatchResponse { incomplete: true, ..frame(0, 0, true, vec![unit("11")]) };
        picture.apply(&first).unwrap();
        assert_eq!(picture.resume_after(), None);
        picture.apply(&frame(0, 9, false, vec![unit("12")])).unwrap();
        assert_eq!(picture.resume_after().map(|cursor| cursor.number), Some(9));
    }

    #[test]
    fn what_left_the_scope_is_forgotten() {
        let mut picture = Picture::default();
        picture.apply(&frame(0, 1, true, vec![unit("11"), unit("12")])).unwrap();
        let key = RecordKey { kind: RecordKind::Unit.into(), id: "11".to_owned() };
        picture.apply(&WatchResponse { left: vec![key], ..frame(1, 2, false, Vec::new()) }).unwrap();
        assert_eq!(picture.units.keys().collect::<Vec<_>>(), ["12"]);
    }

    #[test]
    fn progress_is_the_furthest_of_the_open_work() {
        let run = |id: &str, state| {
            record::Record::Run(Run {
                run_id: id.to_owned(),
                state: Some(RunState { state: Some(state) }),
                ..Run::default()
            })
        };
        let mut picture = Picture::default();
        let runs = vec![
            run("a", run_state::State::EnRoute(run_state::EnRoute {})),
            run("b", run_state::State::Sent(run_state::Sent {})),
            run("c", run_state::State::Cleared(run_state::Cleared::default())),
        ];
        picture.apply(&frame(0, 1, true, runs)).unwrap();
        let of = |runs: &[&str]| {
            let run_ids = runs.iter().map(|id| (*id).to_owned()).collect();
            picture.progress(&Incident { run_ids, ..Incident::default() })
        };
        assert_eq!(of(&["a", "b", "c"]), Progress::EnRoute);
        assert_eq!(of(&["b", "c"]), Progress::Sent);
        assert_eq!(of(&["c"]), Progress::AllClear);
        assert_eq!(of(&["not on the stream any more"]), Progress::AllClear);
        assert_eq!(of(&[]), Progress::Waiting);
    }
}
