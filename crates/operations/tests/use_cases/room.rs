//! A control room on a store in memory, and who asks it.

use std::sync::Arc;

use centre::{Centre, CentreConfig, Clock, MemorySeenMark, RingLimits, SystemClock};
use domain::{
    CentreId, IncidentId, OperationId, Priority, RecordKey, SpokenNumber, StationId, Version,
    incident::{Incident, NewIncident},
    milestone::Report,
    record::Record,
};
use identity::{Claims, Principal, Role};
use jiff::Timestamp;
use operations::{Ask, Asker, ControlRoom, MemoryNumbers, RequestId, calls::ReportRinging};
use store::{Commit, Fingerprint, Lineage, Memory, Outcome, Place, SharedStore, Write};
use uuid::Uuid;

/// When everything happens.
pub(crate) const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// An operator asks.
pub(crate) fn ask(request: &str) -> Ask {
    ask_at(None, request)
}

/// An operator asks whose token names a desk.
pub(crate) fn ask_at(desk: Option<&str>, request: &str) -> Ask {
    asked(Claims { desk: desk.map(str::to_owned), ..claims("a.ibraimova", Role::Operator) }, request)
}

/// The duty officer of the station asks.
pub(crate) fn at_the_desk(request: &str) -> Ask {
    asked(Claims { station: Some(station()), ..claims("b.toktosunov", Role::DutyOfficer) }, request)
}

fn claims(name: &str, role: Role) -> Claims {
    let centre = CentreId::new("town").expect("a slug");
    Claims { name: name.to_owned(), role, centre, desk: None, station: None, unit: None }
}

fn asked(claims: Claims, request: &str) -> Ask {
    let principal = Principal::new(claims, None, Timestamp::MAX).expect("a valid principal");
    Ask::new(Asker::Principal(principal), RequestId::new(request).expect("a plain text"))
}

/// A call that rings.
pub(crate) fn rings() -> ReportRinging {
    ReportRinging {
        caller_number: "102".to_owned(),
        trunk: String::new(),
        source: String::new(),
        rang_at: None,
    }
}

/// A store with nothing in it.
pub(crate) fn memory() -> Memory {
    Memory::new(Lineage::from_uuid(Uuid::from_u128(1)))
}

/// A control room on a store that holds these records.
pub(crate) async fn room_with(records: &[Record]) -> ControlRoom {
    let texts: Vec<_> =
        records.iter().map(|record| (record.key(), record.to_json(), record.is_open())).collect();
    room_with_texts(&texts).await
}

/// A control room on a store that holds these texts, each with its key and whether it is open.
pub(crate) async fn room_with_texts(records: &[(RecordKey, String, bool)]) -> ControlRoom {
    let store: SharedStore = Arc::new(memory());
    seed_all(&store, records).await;
    room_on(store).await
}

/// A control room on this store, once its board is current.
pub(crate) async fn room_on(store: SharedStore) -> ControlRoom {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::starting_at(NOW));
    let (centre, driver) = Centre::start(CentreConfig {
        store: Arc::clone(&store),
        clock: Arc::clone(&clock),
        seen: Arc::new(MemorySeenMark::default()),
        node: "one".to_owned(),
        new_lineage: Arc::new(|| Lineage::from_uuid(Uuid::from_u128(1))),
        ring: RingLimits::default(),
        journal: None,
    });
    tokio::spawn(driver);
    let centre_id = CentreId::new("town").expect("a slug");
    let numbers = Arc::new(MemoryNumbers::default());
    let room =
        ControlRoom { centre_id, store, centre, clock, numbers, node: "one".to_owned(), holding: None };
    room.centre.current().await;
    room
}

pub(crate) async fn seed_all(store: &SharedStore, records: &[(RecordKey, String, bool)]) {
    for (number, records) in records.chunks(100).enumerate() {
        seed(store, number, records).await;
    }
}

pub(crate) async fn seed(store: &SharedStore, number: usize, records: &[(RecordKey, String, bool)]) {
    let write = |(key, state, is_open): &(RecordKey, String, bool)| Write {
        key: key.clone(),
        version: Version::ABSENT,
        state: state.as_str().into(),
        place: Place { open: *is_open, ..Place::NOWHERE },
    };
    let commit = Commit {
        operation: OperationId::derived("seed", &number.to_string()),
        fingerprint: Fingerprint::of(b"seed"),
        answer: "{}".into(),
        actor: "seed".to_owned(),
        cause: "seed".to_owned(),
        at: NOW,
        seen: None,
        reads: Vec::new(),
        writes: records.iter().map(write).collect(),
    };
    let outcome = store.commit(commit).await.expect("memory takes it");
    assert!(matches!(outcome, Outcome::Committed { .. }), "{outcome:?}");
}

pub(crate) fn operation(name: &str) -> OperationId {
    OperationId::derived("largest", name)
}

pub(crate) fn station() -> StationId {
    StationId::new("s".repeat(40)).expect("a slug")
}

pub(crate) fn report() -> Report {
    Report::by_system(NOW, "largest")
}

/// An incident with nothing on it yet.
pub(crate) fn bare(name: &str) -> Incident {
    let new = NewIncident {
        id: IncidentId::derived(operation(name), "incident"),
        number: SpokenNumber::new(Some('A'), 1043),
        incident_type: None,
        priority: Priority::TOP,
        summary: String::new(),
        needs: Vec::new(),
    };
    let mut incident = Incident::open(new, &report());
    incident.location.address = "12 Chui".to_owned();
    incident
}
