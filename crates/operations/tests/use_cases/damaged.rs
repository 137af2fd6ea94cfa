//! A record that cannot be read costs what it is about, and nothing else: calls are taken, and a supervisor is told.

use std::time::Duration;

use domain::{
    RecordKey, RecordKind, RunId,
    alarm::{AlarmCode, AlarmLevel},
    call::DuplicateChoice,
    location::Location,
    record::Record,
};
use operations::{
    OperationError,
    calls::{TakeCall, take_call},
    dispatcher,
    incidents::{CancelIncident, cancel_incident},
};
use store::StoreError;

use crate::room::{ask, bare, operation, room_with_texts};

/// An incident that lists a run of a newer release.
fn incident_and_run() -> (domain::incident::Incident, Vec<(RecordKey, String, bool)>) {
    let mut incident = bare("one");
    let run = RunId::derived(operation("run"), "run");
    incident.runs.push(run);
    let record = Record::Incident(incident.clone());
    let newer = r#"{"state":{"is":"teleported","words":"a caller's own"}}"#.to_owned();
    let texts =
        vec![(record.key(), record.to_json(), true), (RecordKey::new(RecordKind::Run, run), newer, true)];
    (incident, texts)
}

#[tokio::test]
async fn what_cannot_be_read_refuses_what_touches_it_by_name_and_nothing_else() {
    let (incident, texts) = incident_and_run();
    let room = room_with_texts(&texts).await;
    let cancel = CancelIncident { incident: incident.id, expected: None, reason: "over".to_owned() };
    let refused =
        cancel_incident(&room, &ask("cancel"), &cancel).await.expect_err("somebody may be on the way");
    let OperationError::Store(StoreError::Damaged { place, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(place, texts[1].0.to_string());
    let call = TakeCall {
        continues: None,
        caller_number: "102".to_owned(),
        location: Location::default(),
        incident_type: String::new(),
        priority: None,
        language: String::new(),
        narrative: "there is a fire".to_owned(),
        source: String::new(),
        trunk: String::new(),
        desk: String::new(),
        rang_at: None,
        answered_at: None,
        duplicate: DuplicateChoice::Unasked,
        odd: std::collections::BTreeSet::new(),
    };
    take_call(&room, &ask("call"), &call).await.expect("a call is taken all the same");
}

#[tokio::test]
async fn a_supervisor_is_told_once_what_cannot_be_read_and_never_what_stands_in_it() {
    let (_, texts) = incident_and_run();
    let room = room_with_texts(&texts).await;
    tokio::spawn(dispatcher::run(room.clone()));
    let mut changes = room.centre.changes();
    let alarm = loop {
        tokio::time::timeout(Duration::from_secs(30), changes.next()).await.expect("it is told in time");
        let found = room
            .centre
            .read(|picture| picture.board.alarms().values().map(|held| (*held.record).clone()).next());
        if let Some(alarm) = found {
            break alarm;
        }
    };
    assert_eq!((alarm.code, alarm.level), (AlarmCode::StoreDamaged, AlarmLevel::Supervisor));
    assert!(alarm.detail.contains(&texts[1].0.to_string()), "{}", alarm.detail);
    assert!(!alarm.detail.contains("teleported"), "{}", alarm.detail);
}
