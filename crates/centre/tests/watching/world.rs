//! A small world: a store in memory on virtual time, nodes that follow it, and records that are easy to make.

use std::{sync::Arc, time::Duration};

use centre::{Centre, CentreConfig, Clock, MemorySeenMark, RingLimits, SeenMark, SystemClock};
use domain::{
    AlarmId, AssignmentId, CallId, IncidentId, NoteId, OperationId, RecordKey, RecordKind, RunId, StationId,
    UnitId, Version,
    alarm::Alarm,
    assignment::{Assignment, AssignmentState},
    call::{Call, CallState},
    incident::{Incident, Restriction},
    location::Location,
    note::Note,
    record::{DirectoryPart, Record, THE_ONE},
    run::{Run, RunState},
    unit::{Unit, UnitState},
};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use store::{Commit, Cursor, Fingerprint, Lineage, Memory, Outcome, Place, Retention, Store as _, Write};
use tokio::task::JoinHandle;
use uuid::Uuid;

/// When every world begins.
pub(crate) fn begin() -> Timestamp {
    "2030-01-01T00:00:00Z".parse().expect("a time")
}

/// A store, and what its nodes share.
pub(crate) struct World {
    pub(crate) store: Arc<Memory>,
    pub(crate) clock: Arc<SystemClock>,
    commits: u64,
}

/// One node that follows the store, with what it has seen. Dropped, it stops.
pub(crate) struct Node {
    pub(crate) centre: Centre,
    pub(crate) seen: Arc<MemorySeenMark>,
    driver: JoinHandle<()>,
}

impl Drop for Node {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// The lineage of that number.
pub(crate) fn lineage(number: u128) -> Lineage {
    Lineage::from_uuid(Uuid::from_u128(number))
}

impl World {
    /// A store at the beginning of lineage 1.
    pub(crate) fn new() -> Self {
        Self::keeping(Retention::default())
    }

    /// The same with its own keeping times.
    pub(crate) fn keeping(retention: Retention) -> Self {
        let clock = Arc::new(SystemClock::starting_at(begin()));
        let time = Arc::clone(&clock);
        let store = Arc::new(Memory::with(lineage(1), retention, Arc::new(move || time.now())));
        Self { store, clock, commits: 0 }
    }

    /// A node that has seen nothing.
    pub(crate) async fn node(&self, ring: RingLimits) -> Node {
        self.node_that_saw(ring, Arc::default()).await
    }

    /// A node that starts with this mark, once it is current.
    pub(crate) async fn node_that_saw(&self, ring: RingLimits, seen: Arc<MemorySeenMark>) -> Node {
        let node = self.node_over(self.store.clone(), ring, seen);
        node.centre.current().await;
        node
    }

    /// A node over another way to the store, just started.
    pub(crate) fn node_over(
        &self,
        store: store::SharedStore,
        ring: RingLimits,
        seen: Arc<MemorySeenMark>,
    ) -> Node {
        let drawn = std::sync::atomic::AtomicU64::new(2);
        let draw = move || lineage(u128::from(drawn.fetch_add(1, std::sync::atomic::Ordering::Relaxed)));
        let (centre, driver) = Centre::start(CentreConfig {
            store,
            clock: self.clock.clone(),
            seen: seen.clone(),
            node: "a".to_owned(),
            new_lineage: Arc::new(draw),
            ring,
            journal: None,
        });
        Node { centre, seen: Arc::clone(&seen), driver: tokio::spawn(driver) }
    }

    /// Writes records as one change; gives its number.
    pub(crate) async fn write(&mut self, records: Vec<Record>) -> Version {
        self.commits += 1;
        let keys: Vec<_> = records.iter().map(Record::key).collect();
        let known = self.store.get(&keys).await.expect("memory answers");
        let writes = records.iter().zip(&keys).zip(known).map(|((record, key), known)| Write {
            key: key.clone(),
            version: known.map_or(Version::ABSENT, |known| known.version),
            state: record.to_json().into(),
            place: if record.is_open() { Place::OPEN } else { Place::NOWHERE },
        });
        let commit = Commit {
            operation: OperationId::derived("world", &self.commits.to_string()),
            fingerprint: Fingerprint::of(b"world"),
            answer: "{}".into(),
            actor: "world".to_owned(),
            cause: "test".to_owned(),
            at: self.clock.now(),
            seen: Some(self.tip().await),
            reads: Vec::new(),
            writes: writes.collect(),
        };
        let outcome = self.store.commit(commit).await.expect("memory answers");
        let Outcome::Committed { number, .. } = outcome else {
            panic!("the world alone writes, yet: {outcome:?}")
        };
        number
    }

    /// Writes one open record as a text that need not be one; gives the change's number.
    pub(crate) async fn write_text(&mut self, key: RecordKey, state: &str) -> Version {
        self.commits += 1;
        let known = self.store.get(std::slice::from_ref(&key)).await.expect("memory answers");
        let version = known.into_iter().flatten().next().map_or(Version::ABSENT, |known| known.version);
        let commit = Commit {
            operation: OperationId::derived("world", &self.commits.to_string()),
            fingerprint: Fingerprint::of(b"world"),
            answer: "{}".into(),
            actor: "world".to_owned(),
            cause: "test".to_owned(),
            at: self.clock.now(),
            seen: Some(self.tip().await),
            reads: Vec::new(),
            writes: vec![Write { key, version, state: state.into(), place: Place::OPEN }],
        };
        let outcome = self.store.commit(commit).await.expect("memory answers");
        let Outcome::Committed { number, .. } = outcome else {
            panic!("the world alone writes, yet: {outcome:?}")
        };
        number
    }

    /// Whole seconds since the beginning.
    pub(crate) fn clock_seconds(&self) -> i64 {
        self.clock.now().duration_since(begin()).as_secs()
    }

    /// Where the store is.
    pub(crate) async fn tip(&self) -> Cursor {
        self.store.tip().await.expect("memory answers")
    }

    /// Reads records from the store itself.
    pub(crate) async fn read(&self, keys: &[RecordKey]) -> Vec<Record> {
        let found = self.store.get(keys).await.expect("memory answers");
        let records = keys.iter().zip(found);
        records
            .filter_map(|(key, found)| Some(Record::from_json(key, &found?.state).expect("a record")))
            .collect()
    }
}

impl Node {
    /// Waits until the node has the store's tip.
    pub(crate) async fn catch_up(&self, world: &World) {
        let number = world.tip().await.number;
        self.centre.reached(number, Duration::from_secs(60)).await.expect("the node follows");
    }

    /// What it has seen.
    pub(crate) fn seen(&self) -> Option<Cursor> {
        self.seen.seen()
    }
}

fn id(kind: u128, number: u128) -> Uuid {
    Uuid::from_u128(kind << 64 | number)
}

pub(crate) fn incident_id(number: u128) -> IncidentId {
    IncidentId::from_uuid(id(1, number))
}

pub(crate) fn assignment_id(number: u128) -> AssignmentId {
    AssignmentId::from_uuid(id(2, number))
}

pub(crate) fn run_id(number: u128) -> RunId {
    RunId::from_uuid(id(3, number))
}

pub(crate) fn call_id(number: u128) -> CallId {
    CallId::from_uuid(id(4, number))
}

pub(crate) fn alarm_id(number: u128) -> AlarmId {
    AlarmId::from_uuid(id(5, number))
}

pub(crate) fn station(name: &str) -> StationId {
    StationId::new(name).expect("a station")
}

pub(crate) fn unit_id(name: &str) -> UnitId {
    UnitId::new(name).expect("a unit")
}

/// An open incident that lists the assignments, runs and calls of these numbers.
pub(crate) fn incident(number: u128, listed: &[u128]) -> Incident {
    from_json(json!({
        "id": incident_id(number), "number": "1000", "priority": 1, "location": somewhere(),
        "summary": "a brawl", "created_at": begin(), "milestones": [], "state": {"is": "open"},
        "calls": listed.iter().map(|number| call_id(*number)).collect::<Vec<_>>(),
        "assignments": listed.iter().map(|number| assignment_id(*number)).collect::<Vec<_>>(),
        "runs": listed.iter().map(|number| run_id(*number)).collect::<Vec<_>>(),
    }))
}

/// A record as a store holds it that knows nothing of fields added since.
fn from_json<T: DeserializeOwned>(json: serde_json::Value) -> T {
    serde_json::from_value(json).expect("a record")
}

fn somewhere() -> Location {
    Location { address: "Chuy 1".to_owned(), ..Location::default() }
}

/// Readers for a restricted incident.
pub(crate) fn only(reader: &str) -> Restriction {
    Restriction {
        readers: [reader.to_owned()].into(),
        reason: "a colleague".to_owned(),
        by: reader.to_owned(),
    }
}

/// An assignment of an incident to a desk.
pub(crate) fn assignment(number: u128, incident: u128, desk: &str, state: AssignmentState) -> Assignment {
    from_json(json!({
        "id": assignment_id(number), "incident": incident_id(incident), "desk": desk, "purpose": {"is": "inform"},
        "runs": [run_id(number)], "milestones": [], "state": state,
    }))
}

/// A run of a unit to an incident.
pub(crate) fn run(number: u128, incident: u128, unit: &str, desk: &str, state: RunState) -> Run {
    from_json(json!({
        "id": run_id(number), "incident": incident_id(incident), "assignment": assignment_id(number), "unit": unit,
        "desk": desk, "milestones": [], "state": state,
    }))
}

/// A call that perhaps led to an incident.
pub(crate) fn call(number: u128, incident: Option<u128>, state: CallState) -> Call {
    from_json(json!({
        "id": call_id(number), "number": "1000", "source": "telephone", "caller_number": "+996555000111",
        "location": somewhere(), "language": "ky", "narrative": "they fight", "taken_at": begin(),
        "incident": incident.map(incident_id), "duplicate": {"choice": "unasked"}, "milestones": [], "state": state,
    }))
}

/// A call somebody speaks on.
pub(crate) fn answered() -> CallState {
    CallState::Answered { desk: "7".to_owned() }
}

pub(crate) fn alarm(number: u128, incident: Option<u128>) -> Alarm {
    from_json(json!({
        "id": alarm_id(number), "code": "SHORTFALL", "level": "operator", "raised_at": begin(),
        "incident": incident.map(incident_id), "state": {"is": "raised"},
    }))
}

/// A unit on duty.
pub(crate) fn unit(name: &str, state: UnitState) -> Unit {
    from_json(json!({"id": unit_id(name), "crew": ["Asanov"], "since": begin(), "state": state}))
}

/// A note on an incident.
pub(crate) fn note(number: u128, incident: u128) -> Note {
    Note {
        id: NoteId::from_uuid(id(6, number)),
        incident: incident_id(incident),
        changes: Vec::new(),
        text: "the caller rang again".to_owned(),
        by: "operator".to_owned(),
        at: begin(),
    }
}

/// A directory in which each unit belongs to a desk: its head and its parts.
pub(crate) fn directory(version: u64, units: &[(&str, &str)]) -> Vec<Record> {
    let entries = units.iter().map(|(unit, desk)| {
        let entry = json!({"callsign": unit, "kind": "patrol", "command": "city", "desk": desk});
        ((*unit).to_owned(), entry)
    });
    let directory = json!({
        "centre": "bishkek", "title": {}, "languages": ["ky"], "time_zone": "Asia/Bishkek",
        "duplicates": {"within_m": 80, "within": 600}, "travel": {"detour_factor": 1.3, "speed_km_h": 40.0},
        "districts": {}, "stations": {}, "kinds": {}, "types": {},
        "units": entries.collect::<serde_json::Map<_, _>>(),
        "untyped": {"needs": []}, "untyped_priority": 3,
    });
    let text = directory.to_string();
    let digest: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
    let version: domain::directory::DirectoryVersion =
        serde_json::from_value(json!(version)).expect("a version");
    let (first, second) = text.split_at(text.len() / 2);
    let mut records: Vec<_> = [(0, first), (1, second)]
        .into_iter()
        .map(|(part, text)| {
            Record::DirectoryPart(DirectoryPart {
                version,
                sha256: digest.clone(),
                part,
                text: text.to_owned(),
            })
        })
        .collect();
    records.push(Record::Directory(from_json(json!({
        "version": version, "parts": 2, "sha256": digest, "applied_by": "administrator", "applied_at": begin(),
    }))));
    records
}

/// The key of the directory in force.
pub(crate) fn directory_key() -> RecordKey {
    RecordKey::new(RecordKind::Directory, THE_ONE)
}
