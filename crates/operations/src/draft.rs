//! A draft: one decision being made, on the picture of the centre and what had to be fetched beside it.
//!
//! It remembers every record it was asked for, at the version it stood at, so that the commit holds only while all of
//! them still stand so.

use std::collections::BTreeMap;
use std::sync::Arc;

use centre::Picture;
use domain::{
    AlarmId, AssignmentId, CallId, IncidentId, OperationId, RecommendationId, RecordKey, RecordKind, RunId,
    StationId, UnitId, Version,
    alarm::Alarm,
    assignment::Assignment,
    call::Call,
    desk::Desk,
    directory::InForce,
    dispatch::Dispatch,
    incident::Incident,
    milestone::Report,
    recommendation::Recommendation,
    record::{DirectoryHead, Record, THE_ONE, Versioned},
    refusal::Refusal,
    run::Run,
    unit::Unit,
};
use identity::ScopeRefusal;
use jiff::Timestamp;
use store::{StoreError, limits::WRITTEN_BEFORE_ANOTHER_MAX};

use crate::{
    Asker, OperationError,
    answered::Answered,
    sight::{is_reader, may_see, may_see_alarm, may_see_call},
};

/// Why a decision stopped.
#[derive(Debug)]
pub(crate) enum Halt {
    /// This record is not on the board and must be fetched first.
    Load(RecordKey),
    /// It ends without a commit.
    Ended(OperationError),
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Self {
        Self::Ended(OperationError::Refused(refusal))
    }
}

impl From<domain::refusal::StepRefusal> for Halt {
    fn from(refusal: domain::refusal::StepRefusal) -> Self {
        Self::from(Refusal::Step(refusal))
    }
}

impl From<ScopeRefusal> for Halt {
    fn from(refusal: ScopeRefusal) -> Self {
        Self::Ended(OperationError::OutOfScope(refusal))
    }
}

/// Records that were fetched because the board does not have them; `None` for one that does not exist.
pub(crate) type Fetched = BTreeMap<RecordKey, Option<Versioned<Record>>>;

/// One decision being made.
pub(crate) struct Draft<'a> {
    /// The picture it is made on.
    pub(crate) picture: &'a Picture,
    /// The time it is made at.
    pub(crate) now: Timestamp,
    /// The operation it is made for.
    pub(crate) operation: OperationId,
    /// Who asks.
    pub(crate) asker: &'a Asker,
    fetched: &'a Fetched,
    read: BTreeMap<RecordKey, Version>,
    written: BTreeMap<RecordKey, Record>,
    answered: Vec<Answered>,
    puts: usize,
    /// How much was put, and how many alarms were ended, when the present one of several decisions was begun.
    begun_at: (usize, usize),
}

macro_rules! getter {
    ($(#[$doc:meta])* $name:ident, $id:ty, $record:ty, $kind:ident, $unknown:ident) => {
        $(#[$doc])*
        pub(crate) fn $name(&mut self, id: $id) -> Result<$record, Halt> {
            let Some(Record::$kind(record)) = self.find(RecordKey::new(RecordKind::$kind, id))? else {
                return Err(Refusal::$unknown(id).into());
            };
            Ok(record)
        }
    };
}

impl<'a> Draft<'a> {
    /// A fresh draft.
    pub(crate) const fn new(
        picture: &'a Picture,
        fetched: &'a Fetched,
        now: Timestamp,
        operation: OperationId,
        asker: &'a Asker,
    ) -> Self {
        Self {
            picture,
            now,
            operation,
            asker,
            fetched,
            read: BTreeMap::new(),
            written: BTreeMap::new(),
            answered: Vec::new(),
            puts: 0,
            begun_at: (0, 0),
        }
    }

    getter!(
        /// The call, or that there is none.
        call, CallId, Call, Call, UnknownCall
    );
    getter!(
        /// The assignment, or that there is none.
        assignment, AssignmentId, Assignment, Assignment, UnknownAssignment
    );
    getter!(
        /// The run, or that there is none.
        run, RunId, Run, Run, UnknownRun
    );
    getter!(
        /// The alarm, or that there is none.
        alarm, AlarmId, Alarm, Alarm, UnknownAlarm
    );

    /// The incident, or that there is none that the asker may see.
    pub(crate) fn incident(&mut self, id: IncidentId) -> Result<Incident, Halt> {
        let incident = self.incident_unchecked(id)?;
        if may_see(self.picture, self.asker, &incident) {
            Ok(incident)
        } else {
            Err(Refusal::UnknownIncident(id).into())
        }
    }

    /// The call, or that there is none that the asker may see.
    pub(crate) fn visible_call(&mut self, id: CallId) -> Result<Call, Halt> {
        let call = self.call(id)?;
        let of = call.incident.map(|incident| self.peek_incident(incident)).transpose()?.flatten();
        if may_see_call(self.picture, self.asker, &call, of.as_ref()) {
            Ok(call)
        } else {
            Err(Refusal::UnknownCall(id).into())
        }
    }

    /// The assignment, or that there is none that the asker may read.
    pub(crate) fn visible_assignment(&mut self, id: AssignmentId) -> Result<Assignment, Halt> {
        let assignment = self.assignment(id)?;
        if self.may_read_of(assignment.incident)? {
            Ok(assignment)
        } else {
            Err(Refusal::UnknownAssignment(id).into())
        }
    }

    /// The run, or that there is none that the asker may read.
    pub(crate) fn visible_run(&mut self, id: RunId) -> Result<Run, Halt> {
        let run = self.run(id)?;
        if self.may_read_of(run.incident)? { Ok(run) } else { Err(Refusal::UnknownRun(id).into()) }
    }

    /// The alarm, or that there is none that the asker may see.
    pub(crate) fn visible_alarm(&mut self, id: AlarmId) -> Result<Alarm, Halt> {
        let alarm = self.alarm(id)?;
        let of = alarm.incident.map(|incident| self.peek_incident(incident)).transpose()?.flatten();
        if may_see_alarm(self.picture, self.asker, &alarm, of.as_ref()) {
            Ok(alarm)
        } else {
            Err(Refusal::UnknownAlarm(id).into())
        }
    }

    /// True if the asker may read what belongs to this incident.
    fn may_read_of(&self, id: IncidentId) -> Result<bool, Halt> {
        Ok(self.peek_incident(id)?.is_some_and(|incident| is_reader(self.asker, &incident)))
    }

    /// An incident that is only looked at: the commit holds whatever becomes of it meanwhile, so that an incident that
    /// changes all the time keeps nobody from adding to one of its calls.
    pub(crate) fn peek_incident(&self, id: IncidentId) -> Result<Option<Incident>, Halt> {
        let found = self.look(&RecordKey::new(RecordKind::Incident, id))?;
        let Some(Versioned { record: Record::Incident(incident), .. }) = found else { return Ok(None) };
        Ok(Some(incident))
    }

    /// The incident that another record names: the asker's right to that record was checked.
    pub(crate) fn incident_unchecked(&mut self, id: IncidentId) -> Result<Incident, Halt> {
        let Some(Record::Incident(incident)) = self.find(RecordKey::new(RecordKind::Incident, id))? else {
            return Err(Refusal::UnknownIncident(id).into());
        };
        Ok(incident)
    }

    /// The unit, or a signed-off one if it has no record. Whether it exists is the directory's to say.
    pub(crate) fn unit(&mut self, id: &UnitId) -> Result<Unit, Halt> {
        let Some(Record::Unit(unit)) = self.find(RecordKey::new(RecordKind::Unit, id))? else {
            return Ok(Unit::signed_off(id.clone(), self.now));
        };
        Ok(unit)
    }

    /// The desk, or one that has missed nothing if it has no record.
    pub(crate) fn desk(&mut self, station: &StationId) -> Result<Desk, Halt> {
        let Some(Record::Desk(desk)) = self.find(RecordKey::new(RecordKind::Desk, station))? else {
            return Ok(Desk::answering(station.clone()));
        };
        Ok(desk)
    }

    /// Who may dispatch; the default before the first dispatcher.
    pub(crate) fn dispatch(&mut self) -> Result<Dispatch, Halt> {
        let Some(Record::Dispatch(dispatch)) = self.find(RecordKey::new(RecordKind::Dispatch, THE_ONE))?
        else {
            return Ok(Dispatch::default());
        };
        Ok(dispatch)
    }

    /// Which directory is in force, if one is.
    pub(crate) fn directory_head(&mut self) -> Result<Option<DirectoryHead>, Halt> {
        let Some(Record::Directory(head)) = self.find(RecordKey::new(RecordKind::Directory, THE_ONE))? else {
            return Ok(None);
        };
        Ok(Some(head))
    }

    /// A kept recommendation, if it is still there.
    pub(crate) fn recommendation(&mut self, id: RecommendationId) -> Result<Option<Recommendation>, Halt> {
        let found = self.find(RecordKey::new(RecordKind::Recommendation, id))?;
        let Some(Record::Recommendation(recommendation)) = found else { return Ok(None) };
        Ok(Some(recommendation))
    }

    /// The directory the decision is made by; the commit holds only while it is in force.
    pub(crate) fn directory(&mut self) -> Result<Arc<InForce>, Halt> {
        let head = self.directory_head()?;
        match (head, &self.picture.directory) {
            (Some(head), Some(in_force)) if head.version == in_force.version => Ok(Arc::clone(in_force)),
            _ => Err(Halt::Ended(OperationError::NoDirectory)),
        }
    }

    /// The version at which a record that was asked for stood, 0 if it did not exist.
    pub(crate) fn version(&self, kind: RecordKind, id: impl std::fmt::Display) -> Version {
        self.read.get(&RecordKey::new(kind, id)).copied().unwrap_or_default()
    }

    /// Refuses if the caller expected another version than the record has.
    pub(crate) fn expect(
        &self,
        kind: RecordKind,
        id: impl std::fmt::Display,
        expected: Option<Version>,
    ) -> Result<(), Refusal> {
        let current = self.version(kind, id);
        match expected {
            Some(expected) if expected != current => Err(Refusal::VersionMoved { expected, current }),
            Some(_) | None => Ok(()),
        }
    }

    /// Begins the next of several decisions of one commit: what it makes has ids of its own, and the limits of one decision
    /// begin anew.
    pub(crate) fn begin(&mut self, operation: OperationId) {
        self.operation = operation;
        self.begun_at = (self.puts, self.all_alarms_ended());
    }

    /// True if something was written since the last of several decisions was begun.
    pub(crate) const fn has_written(&self) -> bool {
        self.puts > self.begun_at.0
    }

    /// True if another incident can be served by this commit, whatever it is given. Only records are counted: what would be
    /// more bytes than a commit may have is refused, and then the first in line is served alone.
    pub(crate) fn has_room_to_serve(&self) -> bool {
        self.written.len() <= WRITTEN_BEFORE_ANOTHER_MAX
    }

    /// Writes a record: one that was read, or a new one.
    pub(crate) fn put(&mut self, mut record: Record) {
        self.puts += 1;
        if let Record::Incident(incident) = &mut record {
            incident.note_queue(self.now);
        }
        self.written.insert(record.key(), record);
    }

    /// How somebody without a word of their own reports what happens now.
    pub(crate) fn report(&self) -> Report {
        Report {
            occurred_at: self.now,
            recorded_at: self.now,
            by: self.asker.reporter(""),
            channel: match self.asker {
                Asker::Principal(_) => domain::milestone::Channel::Device,
                Asker::System { .. } => domain::milestone::Channel::System,
            },
            correction: None,
        }
    }

    /// How many alarms the decision has ended so far.
    pub(crate) fn alarms_ended(&self) -> usize {
        self.all_alarms_ended() - self.begun_at.1
    }

    fn all_alarms_ended(&self) -> usize {
        let ended = |record: &&Record| matches!(record, Record::Alarm(alarm) if !alarm.state().is_open());
        self.written.values().filter(ended).count()
    }

    /// True if nothing was written so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.written.is_empty()
    }

    /// Notes an answer, to be measured if this is committed.
    pub(crate) fn answered(&mut self, answered: Answered) {
        self.answered.push(answered);
    }

    /// What was read and what was written, to be committed, and the answers to be measured then.
    pub(crate) fn into_parts(
        self,
    ) -> (BTreeMap<RecordKey, Version>, BTreeMap<RecordKey, Record>, Vec<Answered>) {
        (self.read, self.written, self.answered)
    }

    /// Finds a record as this draft sees it: what it wrote itself, else the newer of what was fetched and the board.
    pub(crate) fn find(&mut self, key: RecordKey) -> Result<Option<Record>, Halt> {
        if let Some(record) = self.written.get(&key) {
            return Ok(Some(record.clone()));
        }
        if let Some(version) = self.picture.damaged.get(&key) {
            return Err(Halt::Ended(OperationError::Store(StoreError::Damaged {
                place: key.to_string(),
                found: format!("a record of version {version} that this release cannot read"),
            })));
        }
        let found = self.look(&key)?;
        let version = found.as_ref().map_or(Version::ABSENT, |found| found.version);
        self.read.insert(key, version);
        Ok(found.map(|found| found.record))
    }

    /// The newer of what was fetched and the board.
    fn look(&self, key: &RecordKey) -> Result<Option<Versioned<Record>>, Halt> {
        let on_board = self.picture.board.get(key);
        match (on_board, self.fetched.get(key)) {
            (Some(on_board), Some(Some(fetched))) if fetched.version > on_board.version => {
                Ok(Some(fetched.clone()))
            }
            (Some(on_board), _) => Ok(Some(on_board)),
            (None, Some(fetched)) => Ok(fetched.clone()),
            (None, None) => Err(Halt::Load(key.clone())),
        }
    }
}
