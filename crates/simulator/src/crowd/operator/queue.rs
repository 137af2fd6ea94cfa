//! An incident waits in the queue: the operator asks for a recommendation and confirms it.

use std::sync::Arc;

use domain::StationId;
use protocol::{
    desk::v1::{AcceptAssignmentRequest, ReportReceivedRequest},
    dispatch::v1::{
        AssignDeskRequest, MergeIncidentsRequest, RecommendRequest, SendUnitRequest,
        assign_desk_request::Purpose,
    },
    record::v1::{Channel, Exclusion, Incident, NeedMode, NeedRecommendation},
};

use super::{Room, is_open};
use crate::crowd::{desk::free_units, hands::Done, stage::fresh};

/// Confirms whom the centre recommends, if the incident still waits after the operator read it.
pub(super) async fn serve(room: &Arc<Room>, incident: &Incident) -> Done {
    let id = incident.incident_id.as_str();
    let laws = &room.stage.options.laws;
    room.stage.takes_time(laws.confirm, &format!("{id}/{}", incident.version)).await;
    if is_automatic(incident) {
        room.stage.access.pace().sleep(laws.automatic_s).await;
    }
    let now = room.scene.read(|picture| picture.incidents.get(id).cloned());
    let Some(now) = now.filter(|now| now.queued && is_open(now)) else { return Done::Again };
    if let Some(done) = merge(room, &now).await {
        return done;
    }
    let asked = RecommendRequest { incident_id: id.to_owned(), need_index: None };
    let Ok(answer) = room.operator(id).ask(asked).await else { return room.again_after(laws.settle_s).await };
    let needs = answer.recommendation.map(|recommendation| recommendation.needs).unwrap_or_default();
    let mut sent = false;
    for need in &needs {
        sent |= confirm(room, &now, need).await;
    }
    room.again_after(if sent { laws.settle_s } else { laws.nobody_s }).await
}

/// True if the centre serves every need of the incident that waits.
fn is_automatic(incident: &Incident) -> bool {
    let mut waiting = incident.needs.iter().filter(|need| need.units_missing > 0);
    incident.suspected_duplicate_of.is_empty() && waiting.all(|need| need.mode() == NeedMode::Automatic)
}

/// Merges a suspected duplicate, now and then.
async fn merge(room: &Room, incident: &Incident) -> Option<Done> {
    let (id, into) = (&incident.incident_id, &incident.suspected_duplicate_of);
    let merges = room.stage.chance(room.stage.options.laws.merged, &format!("merge/{id}"));
    let is_there = room.scene.read(|picture| picture.incidents.get(into).is_some_and(is_open));
    if into.is_empty() || !merges || !is_there || !incident.run_ids.is_empty() {
        return None;
    }
    let request = MergeIncidentsRequest {
        request_id: fresh(),
        incident_id: id.clone(),
        expected_version: None,
        into_incident_id: into.clone(),
    };
    room.ask(room.operator(id), request).await.ok().map(|_| Done::Again)
}

/// Confirms one need's recommendation. True if somebody was sent.
async fn confirm(room: &Arc<Room>, incident: &Incident, need: &NeedRecommendation) -> bool {
    let mut sent = false;
    for chosen in &need.chosen {
        sent |= send(room, incident, need, (&chosen.unit_id, &chosen.station_id)).await;
    }
    if need.chosen.is_empty() {
        return ask_again(room, incident, need).await;
    }
    sent
}

/// Sends a unit, or asks its desk to, as its kind wants it.
async fn send(
    room: &Arc<Room>,
    incident: &Incident,
    need: &NeedRecommendation,
    (unit, station): (&str, &str),
) -> bool {
    let id = incident.incident_id.as_str();
    let races = room.stage.chance(room.stage.options.laws.raced, &format!("race/{id}/{}", incident.version));
    if room.stage.city.is_sent_by_centre(&need.unit_kind_id) {
        let request = || SendUnitRequest {
            request_id: fresh(),
            incident_id: id.to_owned(),
            expected_version: None,
            unit_id: unit.to_owned(),
        };
        if races {
            let (one, two) =
                tokio::join!(room.ask(room.operator(id), request()), room.ask(room.rival(id), request()));
            return one.is_ok() || two.is_ok();
        }
        return room.ask(room.operator(id), request()).await.is_ok();
    }
    let request = || AssignDeskRequest {
        request_id: fresh(),
        incident_id: id.to_owned(),
        // whoever reads the same version decides on the same picture: only the first may act on it
        expected_version: races.then_some(incident.version),
        station_id: station.to_owned(),
        purpose: Some(Purpose::NeedIndex(need.need_index)),
        recommended_unit_id: unit.to_owned(),
    };
    if races {
        let (one, two) =
            tokio::join!(room.ask(room.operator(id), request()), room.ask(room.rival(id), request()));
        return one.is_ok() || two.is_ok();
    }
    room.ask(room.operator(id), request()).await.is_ok()
}

/// Nobody is left to recommend: the operator telephones whoever is free and was passed over.
async fn ask_again(room: &Arc<Room>, incident: &Incident, need: &NeedRecommendation) -> bool {
    let passed_over = need.passed_over.iter().find(|unit| match unit.reason() {
        Exclusion::Unanswered | Exclusion::Returned | Exclusion::StoodDown => true,
        Exclusion::Unspecified
        | Exclusion::OnRun
        | Exclusion::SignedOff
        | Exclusion::OutOfService
        | Exclusion::AlreadyServing
        | Exclusion::Promised => false,
    });
    let Some(unit) = passed_over.map(|excluded| excluded.unit_id.as_str()) else { return false };
    let Some(facts) = room.stage.city.unit(unit) else { return false };
    if room.stage.city.is_sent_by_centre(&facts.kind) {
        return send(room, incident, need, (unit, facts.station.as_str())).await;
    }
    let request = AssignDeskRequest {
        request_id: fresh(),
        incident_id: incident.incident_id.clone(),
        expected_version: None,
        station_id: facts.station.to_string(),
        purpose: Some(Purpose::NeedIndex(need.need_index)),
        recommended_unit_id: unit.to_owned(),
    };
    let Ok(given) = room.ask(room.operator(&incident.incident_id), request).await else { return false };
    let Some(assignment) = given.assignment else { return false };
    accept_by_phone(room, &assignment.assignment_id, &facts.station, &facts.kind, unit).await
}

/// The duty officer says on the telephone who goes, and the operator types it. False if nobody can.
pub(super) async fn accept_by_phone(
    room: &Room,
    assignment: &str,
    station: &StationId,
    kind: &str,
    preferred: &str,
) -> bool {
    let operator = room.operator(assignment);
    let person = format!("duty officer of {station}");
    let heard = || Some(room.stage.heard(Channel::Phone, &person, 1.0));
    let received = ReportReceivedRequest {
        request_id: fresh(),
        assignment_id: assignment.to_owned(),
        expected_version: None,
        person: person.clone(),
        report: heard(),
    };
    // refused where the desk was faster; then the choice below is refused too
    let _refused = room.ask(operator, received).await;
    let free = room.scene.read(|picture| free_units(picture, &room.stage, station, kind));
    let unit = if free.contains(preferred) { Some(preferred.to_owned()) } else { free.into_iter().min() };
    let Some(unit) = unit else { return false };
    let accepted = AcceptAssignmentRequest {
        request_id: fresh(),
        assignment_id: assignment.to_owned(),
        expected_version: None,
        unit_ids: vec![unit],
        person: person.clone(),
        report: heard(),
    };
    room.ask(operator, accepted).await.is_ok()
}
