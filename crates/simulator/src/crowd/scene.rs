//! What one actor sees: the records in a scope, kept by following the centre's stream.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use protocol::{
    record::v1::{Alarm, Assignment, Cursor, Incident, Run, Unit, incident_state, run_state},
    watch::v1::{RecordKind, WatchResponse, record::Record, scope},
};
use tokio::sync::watch;

use crate::{
    connection::Person,
    watching::{self, Screen},
};

/// The records in a scope.
#[derive(Debug, Default)]
pub(super) struct Picture {
    pub(super) incidents: HashMap<String, Incident>,
    pub(super) assignments: HashMap<String, Assignment>,
    pub(super) runs: HashMap<String, Run>,
    pub(super) units: HashMap<String, Unit>,
    pub(super) alarms: HashMap<String, Alarm>,
    place: Option<Cursor>,
    is_whole: bool,
}

impl Picture {
    /// True if it is a whole picture: not the first half of one.
    pub(super) const fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Incidents that are open or held.
    pub(super) fn open_incidents(&self) -> impl Iterator<Item = &Incident> {
        self.incidents.values().filter(|incident| {
            match incident.state.as_ref().and_then(|state| state.state.as_ref()) {
                Some(incident_state::State::Open(_) | incident_state::State::Held(_)) => true,
                Some(
                    incident_state::State::Closed(_)
                    | incident_state::State::Cancelled(_)
                    | incident_state::State::Merged(_),
                )
                | None => false,
            }
        })
    }

    /// An incident in a line: whom it waits for.
    pub(super) fn describe(&self, incident: &Incident) -> String {
        let runs = incident.run_ids.iter().map(|id| match self.runs.get(id) {
            Some(run) => {
                format!("{} {:?}", run.unit_id, run.state.as_ref().and_then(|state| state.state.as_ref()))
            }
            None => "over".to_owned(),
        });
        let assignments = incident.assignment_ids.iter().map(|id| match self.assignments.get(id) {
            Some(it) => {
                format!("{} {:?}", it.station_id, it.state.as_ref().and_then(|state| state.state.as_ref()))
            }
            None => "over".to_owned(),
        });
        format!(
            "{} ({}): {}; runs [{}]; assignments [{}]",
            incident.spoken_number,
            incident.incident_id,
            if incident.queued { "in the queue" } else { "not in the queue" },
            runs.collect::<Vec<_>>().join(", "),
            assignments.collect::<Vec<_>>().join(", "),
        )
    }

    /// Applies a frame. False if it does not follow on.
    fn apply(&mut self, frame: &WatchResponse) -> bool {
        if frame.reset {
            *self = Self::default();
        } else if self.is_whole && self.place.as_ref().is_none_or(|place| place.number != frame.after) {
            return false;
        }
        for record in &frame.records {
            self.put(record.record.as_ref());
        }
        for key in &frame.left {
            self.forget(key.kind(), &key.id);
        }
        self.is_whole = !frame.incomplete;
        if self.is_whole {
            self.place = Some(Cursor { lineage: frame.lineage.clone(), number: frame.through });
        }
        true
    }

    fn put(&mut self, record: Option<&Record>) {
        match record {
            Some(Record::Incident(incident)) => {
                self.incidents.insert(incident.incident_id.clone(), incident.clone());
            }
            Some(Record::Assignment(assignment)) => {
                self.assignments.insert(assignment.assignment_id.clone(), assignment.clone());
            }
            Some(Record::Run(run)) => {
                self.runs.insert(run.run_id.clone(), run.clone());
            }
            Some(Record::Unit(unit)) => {
                self.units.insert(unit.unit_id.clone(), unit.clone());
            }
            Some(Record::Alarm(alarm)) => {
                self.alarms.insert(alarm.alarm_id.clone(), alarm.clone());
            }
            Some(
                Record::Call(_)
                | Record::Desk(_)
                | Record::Note(_)
                | Record::Recommendation(_)
                | Record::Dispatch(_)
                | Record::Directory(_),
            )
            | None => {}
        }
    }

    fn forget(&mut self, kind: RecordKind, id: &str) {
        match kind {
            RecordKind::Incident => drop(self.incidents.remove(id)),
            RecordKind::Assignment => drop(self.assignments.remove(id)),
            RecordKind::Run => drop(self.runs.remove(id)),
            RecordKind::Unit => drop(self.units.remove(id)),
            RecordKind::Alarm => drop(self.alarms.remove(id)),
            RecordKind::Unspecified
            | RecordKind::Call
            | RecordKind::Desk
            | RecordKind::Note
            | RecordKind::Recommendation
            | RecordKind::Dispatch
            | RecordKind::Directory => {}
        }
    }
}

/// A picture that is followed, as several tasks see it.
#[derive(Clone, Debug)]
pub(super) struct Scene {
    picture: Arc<Mutex<Picture>>,
    stirred: watch::Sender<u64>,
}

impl Default for Scene {
    fn default() -> Self {
        Self { picture: Arc::default(), stirred: watch::Sender::new(0) }
    }
}

impl Scene {
    /// Looks at the picture.
    pub(super) fn read<T>(&self, look: impl FnOnce(&Picture) -> T) -> T {
        look(&self.picture.lock().expect("nothing panics while it looks"))
    }

    /// Stirs whenever the picture changes.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.stirred.subscribe()
    }

    /// Applies a frame; false if it does not follow on.
    fn apply(&self, frame: &WatchResponse) -> bool {
        let follows = self.picture.lock().expect("nothing panics while it looks").apply(frame);
        if follows
            && !frame.incomplete
            && (frame.reset || !frame.records.is_empty() || !frame.left.is_empty())
        {
            self.stirred.send_modify(|count| *count += 1);
        }
        follows
    }

    fn place(&self) -> Option<Cursor> {
        self.read(|picture| if picture.is_whole { picture.place.clone() } else { None })
    }
}

/// Follows a scope for good, telling of each record as it is shown.
pub(super) async fn follow(
    person: &Person,
    scope: scope::Scope,
    scene: &Scene,
    seen: &(impl Fn(&Record) + Sync),
) {
    watching::follow(person, scope, &Seen { scene, seen }).await;
}

/// A scene with somebody who looks at each record that comes.
struct Seen<'a, F> {
    scene: &'a Scene,
    seen: &'a F,
}

impl<F: Fn(&Record) + Sync> Screen for Seen<'_, F> {
    fn place(&self) -> Option<Cursor> {
        self.scene.place()
    }

    fn show(&self, frame: &WatchResponse) -> bool {
        for record in frame.records.iter().filter_map(|record| record.record.as_ref()) {
            (self.seen)(record);
        }
        self.scene.apply(frame)
    }
}

/// True while the unit is bound to the run.
pub(super) fn is_run_open(run: &Run) -> bool {
    match run.state.as_ref().and_then(|state| state.state.as_ref()) {
        Some(run_state::State::Cleared(_) | run_state::State::StoodDown(_)) | None => false,
        Some(
            run_state::State::Sent(_)
            | run_state::State::Acknowledged(_)
            | run_state::State::EnRoute(_)
            | run_state::State::OnScene(_)
            | run_state::State::StandDownSent(_),
        ) => true,
    }
}

#[cfg(test)]
mod tests {
    use protocol::watch::v1::{Record as Wire, RecordKey};

    use super::*;

    fn frame(after: u64, through: u64, units: &[&str]) -> WatchResponse {
        let unit = |id: &&str| Wire {
            record: Some(Record::Unit(Unit { unit_id: (*id).to_owned(), ..Unit::default() })),
        };
        WatchResponse {
            lineage: "l".to_owned(),
            after,
            through,
            records: units.iter().map(unit).collect(),
            ..WatchResponse::default()
        }
    }

    #[test]
    fn a_gap_is_noticed_and_a_reset_forgets() {
        let scene = Scene::default();
        let first = WatchResponse { reset: true, incomplete: true, ..frame(0, 3, &["a"]) };
        assert!(scene.apply(&first) && scene.place().is_none());
        assert!(scene.apply(&frame(3, 5, &["b"])));
        assert_eq!(scene.place().map(|place| place.number), Some(5));
        assert!(!scene.apply(&frame(6, 7, &[])), "7 follows on 6, not on 5");
        let left = RecordKey { kind: RecordKind::Unit.into(), id: "a".to_owned() };
        assert!(scene.apply(&WatchResponse { left: vec![left], ..frame(5, 6, &[]) }));
        assert_eq!(scene.read(|picture| picture.units.len()), 1);
        assert!(scene.apply(&WatchResponse { reset: true, ..frame(0, 9, &["c"]) }));
        assert_eq!(scene.read(|picture| picture.units.keys().cloned().collect::<Vec<_>>()), ["c"]);
    }
}
