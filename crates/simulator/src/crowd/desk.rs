//! A duty desk: it says what it received, chooses who goes, gives back what it cannot do, and speaks for the crews
//! that only have a radio.

use std::{collections::HashSet, sync::Arc};

use domain::StationId;
use protocol::{
    desk::v1::{
        AcceptAssignmentRequest, ConfirmAssignmentStandDownRequest, ReportDeliveredRequest,
        ReportReceivedRequest, ReturnAssignmentRequest,
    },
    record::v1::{Assignment, assignment_purpose::Purpose, assignment_state::State, unit_state},
    watch::v1::{record::Record, scope},
};

use super::{
    driver::{Driver, Voice},
    hands::{Done, Hands},
    scene::{Picture, Scene, follow, is_run_open},
    stage::{Stage, fresh},
};
use crate::{connection::Person, laws::Fate};

/// A desk at work.
struct Desk {
    stage: Arc<Stage>,
    officer: Arc<Person>,
    station: StationId,
    scene: Scene,
}

/// What there is to do.
enum Todo {
    Answer(Assignment),
    Know(Assignment),
    ConfirmStandDown(Assignment),
}

/// Works at a desk for good.
pub(super) async fn work(stage: Arc<Stage>, officer: Arc<Person>, station: StationId) {
    let desk = Arc::new(Desk { stage, officer, station, scene: Scene::default() });
    tokio::join!(watch(&desk), answer_all(&desk));
}

async fn watch(desk: &Desk) {
    let scope = scope::Scope::StationId(desk.station.to_string());
    let seen = |record: &Record| {
        if let Record::Assignment(assignment) = record
            && assignment.station_id == desk.station.as_str()
        {
            desk.stage.figures.desk_saw(assignment);
        }
    };
    follow(&desk.officer, scope, &desk.scene, &seen).await;
}

async fn answer_all(desk: &Arc<Desk>) {
    let mut hands = Hands::default();
    let mut changed = desk.scene.changes();
    loop {
        for todo in desk.scene.read(|picture| todos(picture, &desk.station)) {
            let desk = Arc::clone(desk);
            match todo {
                Todo::Answer(assignment) => {
                    let matter = format!("answer/{}", assignment.assignment_id);
                    hands.see_to(matter, async move { answer(&desk, &assignment).await });
                }
                Todo::Know(assignment) => {
                    let matter = format!("know/{}", assignment.assignment_id);
                    hands.see_to(matter, async move { know(&desk, &assignment).await });
                }
                Todo::ConfirmStandDown(assignment) => {
                    let matter = format!("confirm/{}", assignment.assignment_id);
                    hands.see_to(matter, async move { confirm(&desk, &assignment).await });
                }
            }
        }
        for (run, unit) in radio_runs(desk) {
            let driver = Driver {
                stage: Arc::clone(&desk.stage),
                person: Arc::clone(&desk.officer),
                scene: desk.scene.clone(),
                voice: Voice::Radio { crew: unit },
            };
            hands.see_to(format!("run/{run}"), async move { driver.drive(&run).await });
        }
        hands.look_up(&mut changed, desk.stage.access.pace()).await;
    }
}

/// What waits for an answer from the desk.
fn todos(picture: &Picture, station: &StationId) -> Vec<Todo> {
    if !picture.is_whole() {
        return Vec::new();
    }
    let own = picture.assignments.values().filter(|assignment| assignment.station_id == station.as_str());
    own.filter_map(|assignment| {
        let informs = matches!(
            assignment.purpose.as_ref().and_then(|purpose| purpose.purpose.as_ref()),
            Some(Purpose::Inform(_))
        );
        match state(assignment)? {
            State::Sent(_) | State::Delivered(_) if informs => Some(Todo::Know(assignment.clone())),
            State::Received(_) if informs => None,
            State::Sent(_) | State::Delivered(_) | State::Received(_) => {
                Some(Todo::Answer(assignment.clone()))
            }
            State::StandDownSent(_) => Some(Todo::ConfirmStandDown(assignment.clone())),
            State::Accepted(_) | State::Done(_) | State::Returned(_) | State::StoodDown(_) => None,
        }
    })
    .collect()
}

fn state(assignment: &Assignment) -> Option<&State> {
    assignment.state.as_ref()?.state.as_ref()
}

/// Open runs of units that the desk speaks for, with their callsigns.
fn radio_runs(desk: &Desk) -> Vec<(String, String)> {
    desk.scene.read(|picture| {
        let open = picture.runs.values().filter(|run| is_run_open(run));
        open.filter_map(|run| {
            let facts = desk.stage.city.unit(&run.unit_id)?;
            let own = facts.radio_only && facts.station == desk.station;
            own.then(|| (run.run_id.clone(), facts.callsign.clone()))
        })
        .collect()
    })
}

/// Tells that the screen shows it; a console does so by itself.
async fn deliver(desk: &Desk, assignment: &Assignment) {
    if let Some(State::Sent(_)) = state(assignment) {
        let assignment_id = assignment.assignment_id.clone();
        // if it was answered by phone meanwhile, that is as good
        let _refused = desk.officer.ask(ReportDeliveredRequest { request_id: fresh(), assignment_id }).await;
    }
}

async fn receive(desk: &Desk, assignment: &Assignment) -> Result<(), Done> {
    let request = ReportReceivedRequest {
        request_id: fresh(),
        assignment_id: assignment.assignment_id.clone(),
        expected_version: None,
        person: format!("duty officer of {}", desk.station),
        report: None,
    };
    desk.officer.ask(request).await.map(drop).map_err(|_| Done::Again)
}

/// Reads and receives what the desk only has to know.
async fn know(desk: &Desk, assignment: &Assignment) -> Done {
    deliver(desk, assignment).await;
    desk.stage.takes_time(desk.stage.options.laws.receive, &assignment.assignment_id).await;
    receive(desk, assignment).await.err().unwrap_or(Done::Again)
}

/// Answers an assignment, or does not.
async fn answer(desk: &Desk, assignment: &Assignment) -> Done {
    let (stage, id) = (&desk.stage, assignment.assignment_id.as_str());
    let is_received = matches!(state(assignment), Some(State::Received(_)));
    // a unit that the centre sent itself needs nobody's choice, and whoever said "received" also says who goes
    let fate = if assignment.run_ids.is_empty() { stage.desk_fate(id) } else { Fate::Answers };
    let fate = if is_received && fate != Fate::Returns { Fate::Answers } else { fate };
    deliver(desk, assignment).await;
    match fate {
        Fate::Never => return wait_for_the_telephone(desk, id).await,
        Fate::Late => stage.access.pace().sleep(stage.options.laws.late_desk_s).await,
        Fate::Answers | Fate::Returns => {}
    }
    if !is_received {
        stage.takes_time(stage.options.laws.receive, id).await;
        if let Err(done) = receive(desk, assignment).await {
            return done;
        }
    }
    stage.takes_time(stage.options.laws.accept, &format!("accept/{id}")).await;
    if fate == Fate::Returns {
        return give_back(desk, id, "the place is not ours").await;
    }
    match choose(desk, assignment) {
        Some(unit_ids) => accept(desk, id, unit_ids).await,
        None => give_back(desk, id, "no unit is free").await,
    }
}

/// A desk that never answers this one by itself is telephoned in the end; from then on it goes on by itself.
async fn wait_for_the_telephone(desk: &Desk, assignment: &str) -> Done {
    let mut changed = desk.scene.changes();
    let is_waiting = || {
        desk.scene.read(|picture| {
            let known = picture.assignments.get(assignment).and_then(state);
            matches!(known, Some(State::Sent(_) | State::Delivered(_)))
        })
    };
    while is_waiting() {
        if changed.changed().await.is_err() {
            return Done::ForGood;
        }
    }
    Done::Again
}

/// Who goes: the recommended unit if it is free, else another of its kind; nobody more where the centre sent one.
fn choose(desk: &Desk, assignment: &Assignment) -> Option<Vec<String>> {
    desk.scene.read(|picture| {
        let known = picture.assignments.get(&assignment.assignment_id).unwrap_or(assignment);
        if !known.run_ids.is_empty() {
            return Some(Vec::new());
        }
        let Some(Purpose::Respond(respond)) =
            known.purpose.as_ref().and_then(|purpose| purpose.purpose.as_ref())
        else {
            return Some(Vec::new());
        };
        let free = free_units(picture, &desk.stage, &desk.station, &respond.unit_kind_id);
        let best = free.contains(&known.recommended_unit_id).then(|| known.recommended_unit_id.clone());
        best.or_else(|| free.into_iter().min()).map(|unit| vec![unit])
    })
}

/// Units of a kind that a desk could send now.
pub(super) fn free_units(
    picture: &Picture,
    stage: &Stage,
    station: &StationId,
    kind: &str,
) -> HashSet<String> {
    let available = picture.units.values().filter(|unit| {
        matches!(
            unit.state.as_ref().and_then(|state| state.state.as_ref()),
            Some(unit_state::State::Available(_))
        )
    });
    available
        .filter(|unit| {
            stage
                .city
                .unit(&unit.unit_id)
                .is_some_and(|facts| facts.station == *station && facts.kind == kind)
        })
        .map(|unit| unit.unit_id.clone())
        .collect()
}

async fn accept(desk: &Desk, assignment: &str, unit_ids: Vec<String>) -> Done {
    let request = AcceptAssignmentRequest {
        request_id: fresh(),
        assignment_id: assignment.to_owned(),
        expected_version: None,
        unit_ids,
        person: String::new(),
        report: None,
    };
    // refused: somebody else took the unit, so look again
    let _refused = desk.officer.ask(request).await;
    Done::Again
}

async fn give_back(desk: &Desk, assignment: &str, reason: &str) -> Done {
    let request = ReturnAssignmentRequest {
        request_id: fresh(),
        assignment_id: assignment.to_owned(),
        expected_version: None,
        reason: reason.to_owned(),
        proposed_station_id: String::new(),
        report: None,
    };
    let _refused = desk.officer.ask(request).await;
    Done::Again
}

async fn confirm(desk: &Desk, assignment: &Assignment) -> Done {
    desk.stage.takes_time(desk.stage.options.laws.stand_down, &assignment.assignment_id).await;
    let request = ConfirmAssignmentStandDownRequest {
        request_id: fresh(),
        assignment_id: assignment.assignment_id.clone(),
        expected_version: None,
        report: None,
    };
    let _refused = desk.officer.ask(request).await;
    Done::Again
}
