//! The operators: they confirm what the centre recommends, telephone whoever does not answer, and close what is done.
//!
//! Several operators share one picture of the centre. Now and then one repeats a request whose answer got lost, and
//! now and then two reach for the same incident at the same moment.

mod alarms;
mod closing;
mod queue;

use std::sync::Arc;

use protocol::record::v1::{Alarm, Incident, incident_state};

use super::{
    hands::{Done, Hands},
    scene::{Picture, Scene, is_run_open},
    stage::Stage,
};
use crate::connection::{Ask, Failure, Person};

/// The operators of a centre and what they see.
pub(super) struct Room {
    stage: Arc<Stage>,
    people: Vec<Arc<Person>>,
    scene: Scene,
}

/// What there is to do.
#[derive(Clone, Debug)]
enum Todo {
    Serve(Incident),
    Close(Incident),
    See(Alarm),
}

/// Works in the room for good.
pub(super) async fn work(stage: Arc<Stage>, people: Vec<Arc<Person>>, scene: Scene) {
    let room = Arc::new(Room { stage, people, scene });
    let mut hands = Hands::default();
    let mut changed = room.scene.changes();
    loop {
        for todo in room.scene.read(todos) {
            let room = Arc::clone(&room);
            match todo {
                Todo::Serve(incident) => {
                    let matter = format!("serve/{}", incident.incident_id);
                    hands.see_to(matter, async move { queue::serve(&room, &incident).await });
                }
                Todo::Close(incident) => {
                    let matter = format!("close/{}", incident.incident_id);
                    hands.see_to(matter, async move { closing::close(&room, &incident).await });
                }
                Todo::See(alarm) => {
                    let matter = format!("alarm/{}", alarm.alarm_id);
                    hands.see_to(matter, async move { alarms::see(&room, &alarm).await });
                }
            }
        }
        hands.look_up(&mut changed, room.stage.access.pace()).await;
    }
}

/// What waits for an operator.
fn todos(picture: &Picture) -> Vec<Todo> {
    if !picture.is_whole() {
        return Vec::new();
    }
    let alarms = picture.alarms.values().filter(|alarm| alarms::wants_somebody(picture, alarm));
    let mut todos: Vec<Todo> = alarms.map(|alarm| Todo::See(alarm.clone())).collect();
    for incident in picture.incidents.values().filter(|incident| is_open(incident)) {
        if incident.queued {
            todos.push(Todo::Serve(incident.clone()));
        } else if looks_done(picture, incident) {
            todos.push(Todo::Close(incident.clone()));
        }
    }
    todos
}

/// True if nobody is on the way to it or there, and somebody was, or nobody is wanted.
fn looks_done(picture: &Picture, incident: &Incident) -> bool {
    let is_over = |run: &String| picture.runs.get(run).is_none_or(|run| !is_run_open(run));
    let all_over = incident.run_ids.iter().all(is_over);
    let nobody_wanted = incident.needs.iter().all(|need| need.serving.is_empty() && need.units_missing == 0);
    all_over && (!incident.run_ids.is_empty() || nobody_wanted)
}

fn is_open(incident: &Incident) -> bool {
    let state = incident.state.as_ref().and_then(|state| state.state.as_ref());
    matches!(state, Some(incident_state::State::Open(_)))
}

impl Room {
    /// The operator who looks after a matter.
    fn operator(&self, matter: &str) -> &Arc<Person> {
        &self.people[self.number(matter) % self.people.len()]
    }

    /// Another operator, who does not know that the first is at it.
    fn rival(&self, matter: &str) -> &Arc<Person> {
        &self.people[(self.number(matter) + 1) % self.people.len()]
    }

    fn number(&self, matter: &str) -> usize {
        matter.bytes().map(usize::from).sum()
    }

    /// Asks as an operator; now and then twice with the same request id, as after a lost answer.
    async fn ask<Q: Ask>(&self, person: &Person, request: Q) -> Result<Q::Answer, Failure> {
        let label = format!("repeat/{}", request.request_id().unwrap_or_default());
        let again = self.stage.chance(self.stage.options.laws.repeated, &label).then(|| request.clone());
        let answer = person.ask(request).await?;
        match again {
            Some(request) => person.ask(request).await,
            None => Ok(answer),
        }
    }

    /// Waits some seconds of the centre's clock and looks again.
    async fn again_after(&self, seconds: f64) -> Done {
        self.stage.access.pace().sleep(seconds).await;
        Done::Again
    }
}
