//! Every choice can be explained later: no recommendation by which somebody was given something is let go, and no
//! directory that was in force.

use std::time::Duration;

use domain::{
    AssignmentId, RecommendationId, RecordKey, RecordKind, assignment::Purpose, directory::DirectoryVersion,
    incident::Incident, limits::RECOMMENDATIONS_MAX, recommendation::Recommendation, record::Record,
};
use operations::{
    ControlRoom,
    directory::apply_directory,
    dispatcher,
    incidents::{CancelIncident, ReopenIncident, cancel_incident, reopen_incident},
};

use crate::{
    largest::{assignment, kind, need, shown, town},
    room::{NOW, ask, bare, operation, room_with},
};

/// A recommendation that was made before, and chose nobody.
fn made(incident: &Incident) -> Recommendation {
    Recommendation {
        id: RecommendationId::derived(operation("made"), "recommendation"),
        incident: incident.id,
        directory: DirectoryVersion(1),
        board: domain::Version(1),
        made_at: NOW,
        needs: Vec::new(),
    }
}

/// An incident that has had as many recommendations as it keeps, the newest of which is that.
fn much_recommended() -> (Incident, Recommendation) {
    let mut incident = bare("one");
    incident.needs.push(need(kind(0), 1));
    let earlier = (1..RECOMMENDATIONS_MAX).map(|number| operation(&number.to_string()));
    incident.earlier_recommendations =
        earlier.map(|id| RecommendationId::derived(id, "recommendation")).collect();
    let made = made(&incident);
    incident.recommendation = Some(made.id);
    (incident, made)
}

/// Puts the town's directory in force.
pub(crate) async fn in_force(room: &ControlRoom) {
    let applied = apply_directory(room, &ask("directory"), &town(), None).await.expect("a directory");
    shown(room, applied).await;
}

/// The incident once the dispatcher has written it.
async fn served(room: &ControlRoom, incident: &Incident) -> Incident {
    in_force(room).await;
    let before = room.centre.read(|picture| picture.board.incidents()[&incident.id].version);
    let key = RecordKey::new(RecordKind::Recommendation, incident.recommendation.expect("it has one"));
    let kept = room.read(std::slice::from_ref(&key)).await.expect("read")[0].version;
    tokio::spawn(dispatcher::run(room.clone()));
    let mut changes = room.centre.changes();
    loop {
        tokio::time::timeout(Duration::from_secs(30), changes.next()).await.expect("it is served in time");
        let now = room.centre.read(|picture| picture.board.incidents()[&incident.id].clone());
        let replaced = room.read(std::slice::from_ref(&key)).await.expect("read")[0].version > kept;
        if now.version > before || replaced {
            return (*now.record).clone();
        }
    }
}

#[tokio::test]
async fn a_recommendation_that_came_to_nothing_is_replaced_when_there_are_many_and_none_is_let_go() {
    let (incident, made) = much_recommended();
    let room = room_with(&[Record::Incident(incident.clone()), Record::Recommendation(made)]).await;
    let now = served(&room, &incident).await;
    assert_eq!(now.recommendation, incident.recommendation);
    assert_eq!(now.earlier_recommendations, incident.earlier_recommendations);
}

#[tokio::test]
async fn a_recommendation_by_which_somebody_was_given_something_is_kept_however_many_there_are() {
    let (mut incident, made) = much_recommended();
    let given = AssignmentId::derived(operation("given"), "assignment");
    let given = assignment(&incident, given, Purpose::Respond { need: 0, kind: kind(0) });
    incident.assignments.push(given.id);
    incident.needs[0].count = 2;
    incident.needs[0].serve(given.id, 1);
    let records =
        [Record::Incident(incident.clone()), Record::Recommendation(made.clone()), Record::Assignment(given)];
    let room = room_with(&records).await;
    let now = served(&room, &incident).await;
    assert_ne!(now.recommendation, Some(made.id));
    assert_eq!(now.earlier_recommendations.last(), Some(&made.id));
    assert_eq!(now.earlier_recommendations.len(), RECOMMENDATIONS_MAX);
}

#[tokio::test]
async fn a_reopened_incident_keeps_what_was_recommended_before() {
    let mut incident = bare("one");
    let made = made(&incident);
    incident.recommendation = Some(made.id);
    let room = room_with(&[Record::Incident(incident.clone()), Record::Recommendation(made.clone())]).await;
    let cancel = CancelIncident { incident: incident.id, expected: None, reason: "over".to_owned() };
    shown(&room, cancel_incident(&room, &ask("cancel"), &cancel).await.expect("cancelled")).await;
    let reopen = ReopenIncident { incident: incident.id, expected: None, reason: "not over".to_owned() };
    shown(&room, reopen_incident(&room, &ask("reopen"), &reopen).await.expect("reopened")).await;
    let now = room.centre.read(|picture| picture.board.incidents()[&incident.id].record.clone());
    assert_eq!((now.recommendation, now.earlier_recommendations.as_slice()), (None, &[made.id][..]));
}

#[tokio::test]
async fn a_directory_whose_parts_have_left_the_store_comes_into_force_again_whole() {
    let room = room_with(&[]).await;
    let (first, mut second) = (town(), town());
    second.illustrative = false;
    for (number, directory) in [&first, &second].into_iter().enumerate() {
        let applied = apply_directory(&room, &ask(&format!("apply{number}")), directory, None).await;
        shown(&room, applied.expect("applied")).await;
    }
    let head = room.centre.read(|picture| picture.board.directory().expect("one").record.clone());
    assert_eq!(head.replaced.len(), 1, "the first is remembered for the archive");
    let part = Record::directory_part_key(&head.replaced[0].sha256, 0);
    let held = room.read(std::slice::from_ref(&part)).await.expect("read");
    let gone = vec![store::Read::new(part, held[0].version)];
    assert_eq!(room.store.forget(gone).await.expect("memory answers"), store::Forgotten::All);
    let applied = apply_directory(&room, &ask("again"), &first, None).await.expect("applied again");
    shown(&room, applied).await;
    let (in_force, replaced) = room.centre.read(|picture| {
        let replaced = picture.board.directory().expect("one").record.replaced.clone();
        (picture.directory.clone().expect("it can be read"), replaced)
    });
    assert!(in_force.directory.illustrative);
    assert_eq!(replaced.len(), 1, "the second is now, and the first no more");
}
