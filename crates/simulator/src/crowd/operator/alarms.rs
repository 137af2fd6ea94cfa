//! An alarm: the operator takes it, and telephones the desk or calls the crew that did not answer.

use std::sync::Arc;

use domain::StationId;
use protocol::{
    crew::v1::ConfirmRunStandDownRequest,
    desk::v1::ReturnAssignmentRequest,
    dispatch::v1::{AcknowledgeAlarmRequest, StandDownRequest, stand_down_request::Who},
    record::v1::{
        Alarm, Assignment, Channel, Run, alarm_state, assignment_purpose::Purpose, assignment_state,
        run_state,
    },
};

use super::{Room, queue::accept_by_phone};
use crate::crowd::{
    driver::{Driver, Voice},
    hands::Done,
    scene::Picture,
    stage::fresh,
};

/// Share of silent crews that are reached over the radio; the others are stood down.
const REACHED: f64 = 0.5;

/// True if an operator has something to do about the alarm.
pub(super) fn wants_somebody(picture: &Picture, alarm: &Alarm) -> bool {
    match alarm.state.as_ref().and_then(|state| state.state.as_ref()) {
        Some(alarm_state::State::Raised(_)) => true,
        Some(alarm_state::State::Acknowledged(_)) => {
            unanswered_desk(picture, alarm).is_some() || unanswered_crew(picture, alarm).is_some()
        }
        Some(alarm_state::State::Ended(_)) | None => false,
    }
}

/// The assignment that the alarm is about, if the desk still has not answered.
fn unanswered_desk(picture: &Picture, alarm: &Alarm) -> Option<Assignment> {
    let assignment = picture.assignments.get(&alarm.assignment_id).filter(|_| is_for_the_telephone(alarm))?;
    match assignment.state.as_ref()?.state.as_ref()? {
        assignment_state::State::Sent(_) | assignment_state::State::Delivered(_) => Some(assignment.clone()),
        assignment_state::State::Received(_)
        | assignment_state::State::Accepted(_)
        | assignment_state::State::Done(_)
        | assignment_state::State::Returned(_)
        | assignment_state::State::StandDownSent(_)
        | assignment_state::State::StoodDown(_) => None,
    }
}

/// True if the alarm asks for a desk to be telephoned: it did not answer, or it is cut off.
fn is_for_the_telephone(alarm: &Alarm) -> bool {
    ["DESK_UNANSWERED", "DESK_LINK_DOWN"].contains(&alarm.code.as_str())
}

/// The run that the alarm is about, if the crew still has not answered.
fn unanswered_crew(picture: &Picture, alarm: &Alarm) -> Option<Run> {
    let run = picture.runs.get(&alarm.run_id).filter(|_| alarm.code == "CREW_UNANSWERED")?;
    match run.state.as_ref()?.state.as_ref()? {
        run_state::State::Sent(_) | run_state::State::StandDownSent(_) => Some(run.clone()),
        run_state::State::Acknowledged(_)
        | run_state::State::EnRoute(_)
        | run_state::State::OnScene(_)
        | run_state::State::Cleared(_)
        | run_state::State::StoodDown(_) => None,
    }
}

/// Takes an alarm and acts on it.
pub(super) async fn see(room: &Arc<Room>, alarm: &Alarm) -> Done {
    let id = alarm.alarm_id.as_str();
    room.stage.takes_time(room.stage.options.laws.alarm, id).await;
    if matches!(
        alarm.state.as_ref().and_then(|state| state.state.as_ref()),
        Some(alarm_state::State::Raised(_))
    ) {
        let request =
            AcknowledgeAlarmRequest { request_id: fresh(), alarm_id: id.to_owned(), expected_version: None };
        // refused where it ended by itself; what it is about is looked at anew below
        let _refused = room.ask(room.operator(id), request).await;
    }
    let (desk, crew) =
        room.scene.read(|picture| (unanswered_desk(picture, alarm), unanswered_crew(picture, alarm)));
    if let Some(assignment) = desk {
        telephone(room, &assignment).await;
    }
    if let Some(run) = crew {
        call_crew(room, &run).await;
    }
    Done::Again
}

/// Telephones a desk that did not answer: it says who goes, or that nobody can.
async fn telephone(room: &Arc<Room>, assignment: &Assignment) {
    let (id, Ok(station)) = (assignment.assignment_id.as_str(), StationId::new(&assignment.station_id))
    else {
        return;
    };
    let kind = match assignment.purpose.as_ref().and_then(|purpose| purpose.purpose.as_ref()) {
        Some(Purpose::Respond(respond)) => respond.unit_kind_id.clone(),
        Some(Purpose::Inform(_)) | None => String::new(),
    };
    let accepted = accept_by_phone(room, id, &station, &kind, &assignment.recommended_unit_id).await;
    if !accepted && !kind.is_empty() {
        let request = ReturnAssignmentRequest {
            request_id: fresh(),
            assignment_id: id.to_owned(),
            expected_version: None,
            reason: "no unit is free, by phone".to_owned(),
            proposed_station_id: String::new(),
            report: Some(room.stage.heard(Channel::Phone, &format!("duty officer of {station}"), 1.0)),
        };
        // refused where the desk accepted it meanwhile
        let _refused = room.ask(room.operator(id), request).await;
    }
}

/// Calls a crew that did not answer: over the radio it goes, or it is stood down.
async fn call_crew(room: &Arc<Room>, run: &Run) {
    let id = run.run_id.as_str();
    let operator = room.operator(id);
    let crew = room.stage.city.unit(&run.unit_id).map(|facts| facts.callsign.clone()).unwrap_or_default();
    if room.stage.chance(REACHED, &format!("reached/{id}")) {
        let driver = Driver {
            stage: Arc::clone(&room.stage),
            person: Arc::clone(operator),
            scene: room.scene.clone(),
            voice: Voice::Reached { crew },
        };
        driver.drive(id).await;
        return;
    }
    let request = StandDownRequest {
        request_id: fresh(),
        who: Some(Who::RunId(id.to_owned())),
        expected_version: None,
        reason: "the crew does not answer".to_owned(),
    };
    // refused where the crew answered at last, or was stood down before
    let _refused = room.ask(operator, request).await;
    let confirmed = ConfirmRunStandDownRequest {
        request_id: fresh(),
        run_id: id.to_owned(),
        expected_version: None,
        report: Some(room.stage.heard(Channel::Radio, &format!("crew of {crew}"), 1.0)),
    };
    let _refused = room.ask(operator, confirmed).await;
}
