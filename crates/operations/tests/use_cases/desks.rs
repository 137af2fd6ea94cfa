//! What a desk is not to do twice, and whom it is not to send.

use domain::{
    AssignmentId, OperationId, RecordKey, RecordKind,
    assignment::Purpose,
    milestone::Step,
    record::{Dropped, Record, THE_ONE},
    refusal::Refusal,
};
use operations::{
    ControlRoom, GivenReport, OperationError,
    desk::{AcceptAssignment, ReportDelivered, accept_assignment, report_delivered},
    directory::apply_directory,
};
use store::{Commit, Fingerprint, Outcome, Place, Write};

use crate::{
    largest::{assignment, at_work, kind, need, shown, town, unit},
    room::{NOW, ask, at_the_desk, bare, operation, room_with},
};

/// A control room whose desk was given an incident, and the assignment.
async fn asked() -> (ControlRoom, AssignmentId) {
    let mut incident = bare("one");
    let id = AssignmentId::derived(operation("one"), "assignment");
    incident.needs = vec![need(kind(0), 1)];
    incident.needs[0].serve(id, 1);
    incident.assignments.push(id);
    let given = assignment(&incident, id, Purpose::Respond { need: 0, kind: kind(0) });
    let free = at_work(0);
    let room = room_with(&[Record::Incident(incident), Record::Assignment(given), Record::Unit(free)]).await;
    let applied = apply_directory(&room, &ask("directory"), &town(), None).await.expect("a directory");
    shown(&room, applied).await;
    (room, id)
}

#[tokio::test]
async fn an_assignment_that_is_shown_again_is_delivered_once() {
    let (room, assignment) = asked().await;
    for request in ["first", "second", "third"] {
        let done = report_delivered(&room, &at_the_desk(request), &ReportDelivered { assignment }).await;
        shown(&room, done.expect("a screen may say so again")).await;
    }
    let reported = room.centre.read(|picture| {
        let milestones = &picture.board.assignments()[&assignment].record.milestones;
        milestones.iter().filter(|milestone| milestone.step == Step::Delivered).count()
    });
    assert_eq!(reported, 1);
}

#[tokio::test]
async fn a_unit_that_is_being_dropped_is_sent_nowhere() {
    let (room, assignment) = asked().await;
    let key = RecordKey::new(RecordKind::Directory, THE_ONE);
    let (version, mut head) = room
        .centre
        .read(|picture| picture.board.directory().map(|held| (held.version, (*held.record).clone())))
        .expect("a directory is in force");
    head.closing.push(Dropped::Unit(unit(0)));
    let write =
        Write { key, version, state: Record::Directory(head).to_json().into(), place: Place::NOWHERE };
    let closes = Commit {
        operation: OperationId::derived("closes", "unit"),
        fingerprint: Fingerprint::of(b"closes"),
        answer: "{}".into(),
        actor: "seed".to_owned(),
        cause: "close_dropped".to_owned(),
        at: NOW,
        seen: Some(room.centre.read(|picture| picture.cursor)),
        reads: Vec::new(),
        writes: vec![write],
    };
    let outcome = room.store.commit(closes).await.expect("memory takes it");
    assert!(matches!(outcome, Outcome::Committed { .. }), "{outcome:?}");
    let report =
        GivenReport { occurred_at: None, channel: None, on_behalf_of: String::new(), correction: None };
    let (units, person) = (vec![unit(0)], String::new());
    let accept = AcceptAssignment { assignment, expected: None, units, person, report };
    let refused = accept_assignment(&room, &at_the_desk("accept"), &accept).await.expect_err("it is closing");
    assert!(
        matches!(&refused, OperationError::Refused(Refusal::UnitClosing { unit: closing }) if *closing == unit(0)),
        "{refused:?}"
    );
}
