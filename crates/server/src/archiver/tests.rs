use std::{
    fs,
    sync::atomic::{AtomicUsize, Ordering},
};

use centre::{Centre, CentreConfig, Clock, MemorySeenMark, RingLimits, SystemClock};
use domain::{AlarmId, CallId, CentreId, IncidentId, OperationId, Version};
use jiff::civil::Date;
use operations::MemoryNumbers;
use serde_json::json;
use store::{Commit, Cursor, Fingerprint, Lineage, Memory, Outcome, Place, SharedStore, Store, Write};
use uuid::Uuid;

use super::*;

const ENDED: &str = "2030-01-01T00:00:00Z";
const NOW: Timestamp = Timestamp::constant(2_000_000_000, 0);

/// A store that counts how often an alarm or an incident was read.
struct Counted {
    store: Memory,
    read: [AtomicUsize; 2],
}

impl Counted {
    /// How many alarms and how many incidents were read since it was asked last.
    fn take(&self) -> [usize; 2] {
        [0, 1].map(|kind| self.read[kind].swap(0, Ordering::Relaxed))
    }
}

impl Store for Counted {
    fn get<'a>(&'a self, keys: &'a [RecordKey]) -> store::Answer<'a, Vec<Option<store::Versioned>>> {
        for (kind, read) in [RecordKind::Alarm, RecordKind::Incident].into_iter().zip(&self.read) {
            read.fetch_add(keys.iter().filter(|key| key.kind == kind).count(), Ordering::Relaxed);
        }
        self.store.get(keys)
    }

    store::forward!(store: commit remembered tip open queue changes_after closed_before latest_closed forget);
    store::forward!(store: begin_lineage offer restoring put_back end_restore positions presence lease release time);
}

/// A control room on a store in memory.
async fn room() -> ControlRoom {
    room_and_store().await.0
}

async fn room_and_store() -> (ControlRoom, Arc<Counted>) {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::starting_at(NOW));
    let time = Arc::clone(&clock);
    let lineage = Lineage::from_uuid(Uuid::from_u128(1));
    let retention = store::Retention::default();
    let store = Memory::with(lineage, retention, Arc::new(move || time.now()));
    let counted = Arc::new(Counted { store, read: Default::default() });
    let store: SharedStore = Arc::clone(&counted) as _;
    let (centre, driver) = Centre::start(CentreConfig {
        store: Arc::clone(&store),
        clock: Arc::clone(&clock),
        seen: Arc::new(MemorySeenMark::default()),
        node: "one".to_owned(),
        new_lineage: Arc::new(move || lineage),
        ring: RingLimits::default(),
        journal: None,
    });
    tokio::spawn(driver);
    centre.current().await;
    let numbers = Arc::new(MemoryNumbers::default());
    let centre_id = CentreId::new("town").unwrap();
    let node = "one".to_owned();
    (ControlRoom { centre_id, store, centre, clock, numbers, node, holding: None }, counted)
}

/// Writes texts as records, and waits until the board shows them.
async fn write(room: &ControlRoom, records: &[(RecordKey, String, Place)]) {
    for records in records.chunks(200) {
        let keys: Vec<_> = records.iter().map(|(key, ..)| key.clone()).collect();
        let known = room.store.get(&keys).await.unwrap();
        let tip = room.store.tip().await.unwrap();
        let writes = records.iter().zip(known).map(|((key, state, place), known)| Write {
            key: key.clone(),
            version: known.map_or(Version::ABSENT, |known| known.version),
            state: state.as_str().into(),
            place: *place,
        });
        let commit = Commit {
            operation: OperationId::derived("test", &tip.number.to_string()),
            fingerprint: Fingerprint::of(b"test"),
            answer: "{}".into(),
            actor: "test".to_owned(),
            cause: "test".to_owned(),
            at: NOW,
            seen: (tip != Cursor::NONE).then_some(tip),
            reads: Vec::new(),
            writes: writes.collect(),
        };
        let Outcome::Committed { number, .. } = room.store.commit(commit).await.unwrap() else { panic!() };
        room.centre.reached(number, std::time::Duration::from_secs(30)).await.unwrap();
    }
}

fn incident_id(number: u128) -> IncidentId {
    IncidentId::from_uuid(Uuid::from_u128((1 << 64) | number))
}

fn call_id(number: u128) -> CallId {
    CallId::from_uuid(Uuid::from_u128((2 << 64) | number))
}

fn incident_key(number: u128) -> RecordKey {
    RecordKey::new(RecordKind::Incident, incident_id(number))
}

fn call_key(number: u128) -> RecordKey {
    RecordKey::new(RecordKind::Call, call_id(number))
}

/// Whether something is over.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Is {
    Over,
    Open,
}

/// An incident with one call.
fn incident(number: u128, call: u128, is: Is) -> (RecordKey, String, Place) {
    let (state, place) = match is {
        Is::Over => (
            json!({ "is": "cancelled", "reason": "r", "by": "b", "at": ENDED }),
            Place::closed(ENDED.parse().unwrap()),
        ),
        Is::Open => (json!({ "is": "open" }), Place::OPEN),
    };
    let text = json!({
        "id": incident_id(number), "number": "1000", "priority": 1, "location": {}, "summary": "",
        "calls": [call_id(call)], "created_at": ENDED, "milestones": [], "state": state,
    });
    (incident_key(number), text.to_string(), place)
}

/// A call that led to an incident.
fn call(number: u128, incident: u128, is: Is) -> (RecordKey, String, Place) {
    let (state, place) = match is {
        Is::Over => {
            (json!({ "is": "ended", "disposition": { "outcome": "incident", "by": "b" } }), Place::NOWHERE)
        }
        Is::Open => (json!({ "is": "answered", "desk": "" }), Place::OPEN),
    };
    let text = json!({
        "id": call_id(number), "number": "1000", "source": "telephone", "location": {},
        "incident": incident_id(incident), "duplicate": { "choice": "unasked" }, "milestones": [],
        "state": state,
    });
    (call_key(number), text.to_string(), place)
}

/// An alarm about an incident, over a little before all else.
fn alarm(number: u128, incident: u128) -> (RecordKey, String, Place) {
    let ended: Timestamp = "2029-12-31T23:00:00Z".parse().unwrap();
    let id = AlarmId::from_uuid(Uuid::from_u128((3 << 64) | number));
    let text = json!({
        "id": id, "code": "DESK_UNANSWERED", "level": "operator", "raised_at": ended,
        "incident": incident_id(incident), "state": { "is": "ended", "by": "b", "at": ended },
    });
    (RecordKey::new(RecordKind::Alarm, id), text.to_string(), Place::closed(ended))
}

async fn is_there(room: &ControlRoom, key: RecordKey) -> bool {
    room.store.get(&[key]).await.unwrap()[0].is_some()
}

#[tokio::test]
async fn what_is_not_whole_or_cannot_be_read_keeps_nothing_else_from_the_archive() {
    let (room, directory) = (room().await, tempfile::tempdir().unwrap());
    let stuck =
        (1..=1_100).flat_map(|number| [incident(number, number, Is::Over), call(number, number, Is::Open)]);
    write(&room, &stuck.collect::<Vec<_>>()).await;
    let (key, _, place) = incident(1_101, 1_101, Is::Over);
    write(&room, &[(key, "{\"of\":\"a newer release\"}".to_owned(), place)]).await;
    write(&room, &[incident(1_102, 1_102, Is::Over), call(1_102, 1_102, Is::Over)]).await;
    let mut archiver = Archiver::new(room.clone(), directory.path().to_owned(), Seconds(0));
    archiver.round().await.unwrap();
    assert!(!is_there(&room, incident_key(1_102)).await && !is_there(&room, call_key(1_102)).await);
    assert_eq!(archiver.passed.len(), 1_101);
    // once its call has ended it leaves too
    write(&room, &[call(7, 7, Is::Over)]).await;
    for _ in 0..ROUNDS_PASSED {
        archiver.round().await.unwrap();
    }
    assert!(!is_there(&room, incident_key(7)).await);
    assert_eq!(archiver.passed.len(), 1_100);
}

#[tokio::test]
async fn however_much_cannot_leave_what_comes_after_it_does() {
    let (room, directory) = (room().await, tempfile::tempdir().unwrap());
    // pages of alarms that wait for an incident which is open, then pages of incidents with a call that nobody ended
    let mut records: Vec<_> = (1..=7).map(|number| alarm(number, 99)).collect();
    let stuck =
        (1..=7).flat_map(|number| [incident(number, number, Is::Over), call(number, number, Is::Open)]);
    records.extend(stuck);
    records.extend([incident(99, 99, Is::Open), call(99, 99, Is::Open)]);
    records.extend([incident(50, 50, Is::Over), call(50, 50, Is::Over), alarm(50, 50)]);
    write(&room, &records).await;
    let mut archiver =
        Archiver { page: 3, ..Archiver::new(room.clone(), directory.path().to_owned(), Seconds(0)) };
    archiver.round().await.unwrap();
    let mut left = Vec::new();
    for (key, ..) in &records {
        if !is_there(&room, key.clone()).await {
            left.push(key.clone());
        }
    }
    assert_eq!(left, [incident_key(50), call_key(50), alarm(50, 50).0]);
    assert_eq!(archiver.passed.len(), 7);
    let day = Archive::read(directory.path(), Date::constant(2030, 1, 1)).unwrap();
    assert_eq!(day.records.len(), 1, "one line tells all of it: {:?}", day.records);
    write(&room, &[incident(99, 99, Is::Over), call(99, 99, Is::Over)]).await;
    archiver.round().await.unwrap();
    for number in 1..=7 {
        assert!(!is_there(&room, alarm(number, 99).0).await, "alarm {number} went with its incident");
    }
    let day = Archive::read(directory.path(), Date::constant(2030, 1, 1)).unwrap();
    assert_eq!((day.records.len(), archiver.passed.len()), (2, 7));
}

#[tokio::test]
async fn alarms_that_wait_for_their_incident_are_read_once() {
    let ((room, store), directory) = (room_and_store().await, tempfile::tempdir().unwrap());
    let mut records: Vec<_> = (1..=7).map(|number| alarm(number, 99)).collect();
    records.extend([incident(99, 99, Is::Open), call(99, 99, Is::Open)]);
    write(&room, &records).await;
    let mut archiver = Archiver::new(room.clone(), directory.path().to_owned(), Seconds(0));
    store.take();
    archiver.round().await.unwrap();
    assert_eq!(store.take(), [7, 1]);
    // for a while nothing is read, then whether the incident is there still
    for _ in 1..ROUNDS_PASSED {
        archiver.round().await.unwrap();
        assert_eq!(store.take(), [0, 0]);
    }
    archiver.round().await.unwrap();
    assert_eq!(store.take(), [0, 1]);
    // what is known of them is enough to take them along
    write(&room, &[incident(99, 99, Is::Over), call(99, 99, Is::Over)]).await;
    archiver.round().await.unwrap();
    for (key, ..) in &records {
        assert!(!is_there(&room, key.clone()).await, "{key} has left");
    }
    let day = Archive::read(directory.path(), Date::constant(2030, 1, 1)).unwrap();
    assert_eq!(day.records.len(), 1, "one line tells all of it: {:?}", day.records);
    archiver.round().await.unwrap();
    assert!(archiver.alarms.is_empty(), "nothing is remembered of what is gone");
}

#[tokio::test]
async fn a_call_stays_for_as_long_as_another_open_incident_is_about_it() {
    let (room, directory) = (room().await, tempfile::tempdir().unwrap());
    write(&room, &[incident(1, 1, Is::Over), incident(2, 1, Is::Open), call(1, 1, Is::Over)]).await;
    let mut archiver = Archiver::new(room.clone(), directory.path().to_owned(), Seconds(0));
    archiver.round().await.unwrap();
    assert!(!is_there(&room, incident_key(1)).await, "the incident that is over has left");
    assert!(is_there(&room, call_key(1)).await, "the other incident still needs its call");
    write(&room, &[incident(2, 1, Is::Over)]).await;
    archiver.round().await.unwrap();
    assert!(!is_there(&room, incident_key(2)).await && !is_there(&room, call_key(1)).await);
    let day = Archive::read(directory.path(), Date::constant(2030, 1, 1)).unwrap();
    assert!(day.records[1].contains(&call_key(1).to_string()), "the last takes it along");
}

#[tokio::test]
async fn an_archive_is_opened_anew_after_an_error_of_the_disk() {
    let (room, directory) = (room().await, tempfile::tempdir().unwrap());
    write(&room, &[incident(1, 1, Is::Over), call(1, 1, Is::Over)]).await;
    let file = directory.path().join("2030-01-01.jsonl");
    fs::create_dir(&file).unwrap();
    let mut archiver = Archiver::new(room.clone(), directory.path().to_owned(), Seconds(0));
    let failed = archiver.round().await.unwrap_err();
    assert!(matches!(failed, ArchivingError::Archive(ArchiveError::File { .. })), "{failed:?}");
    assert!(is_there(&room, incident_key(1)).await, "nothing leaves before the disk has it");
    fs::remove_dir(&file).unwrap();
    archiver.round().await.unwrap();
    assert!(!is_there(&room, incident_key(1)).await);
}

#[tokio::test]
async fn a_directory_that_is_in_force_no_more_goes_to_the_archive_with_its_parts() {
    let (room, directory) = (room().await, tempfile::tempdir().unwrap());
    let part = |sha256: &str| {
        let text = json!({ "version": 0, "sha256": sha256, "part": 0, "text": "words" });
        (Record::directory_part_key(sha256, 0), text.to_string(), Place::NOWHERE)
    };
    let (old, new) = ("a".repeat(64), "b".repeat(64));
    let head = json!({
        "version": 2, "parts": 1, "sha256": new, "applied_by": "b", "applied_at": ENDED,
        "replaced": [{ "version": 1, "parts": 1, "sha256": old, "at": ENDED }],
    });
    let head =
        (RecordKey::new(RecordKind::Directory, domain::record::THE_ONE), head.to_string(), Place::OPEN);
    write(&room, &[part(&old), part(&new), head]).await;
    let mut archiver = Archiver::new(room.clone(), directory.path().to_owned(), Seconds(0));
    archiver.round().await.unwrap();
    assert!(!is_there(&room, Record::directory_part_key(&old, 0)).await);
    assert!(is_there(&room, Record::directory_part_key(&new, 0)).await);
    let day = Archive::read(directory.path(), Date::constant(2030, 1, 1)).unwrap();
    assert!(day.records.len() == 1 && day.records[0].contains("words"), "{:?}", day.records);
    archiver.round().await.unwrap();
    assert_eq!(Archive::read(directory.path(), Date::constant(2030, 1, 1)).unwrap().records.len(), 1);
}
