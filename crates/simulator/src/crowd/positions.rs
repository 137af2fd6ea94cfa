//! Where a crew with a device is: its device tells the centre while it drives, when it arrives, and now and then where it
//! stands.
//!
//! A crew drives straight from where it is to the incident, as long as the law says that the drive takes, and stays where
//! it arrived. How often devices tell is bounded by real time too, so that a fast clock does not load the machine.

use std::time::Duration;

use domain::{UnitId, limits::POSITION_FRESH};
use geography::Position;
use protocol::{
    crew::v1::{StreamPositionsRequest, unit_service_client::UnitServiceClient},
    record::v1::{UnitPosition, run_state::State},
};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep},
};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Code;

use super::{
    city::place,
    scene::{Picture, Scene, is_run_open},
    stage::Stage,
};
use crate::{connection::Person, pace::Pace};

/// A device that moves tells this often, in seconds of the centre's clock.
const MOVING_S: f64 = 5.0;

/// A device that stands tells this often, so that nobody takes it for lost: half as long as a position counts as fresh.
const STANDING_S: f64 = POSITION_FRESH.0 as f64 / 2.0;

/// All devices together tell no more often than this in a second of real time.
const MESSAGES_PER_SECOND_MAX: f64 = 20.0;

/// What devices measure is this good, in metres.
const UNCERTAINTY_M: u32 = 10;

/// Pause before a broken stream is begun again.
const PAUSE: Duration = Duration::from_millis(500);

/// Tells where a unit is, for good: a stream that ends is begun again.
pub(super) async fn tell(stage: &Stage, crew: &Person, unit: &UnitId, scene: &Scene) {
    let home = stage.city.unit(unit.as_str()).and_then(|facts| facts.home);
    let mut journey = Journey::from(home);
    let began = Instant::now();
    loop {
        let (sender, receiver) = mpsc::channel(1);
        if let Ok(request) = crew.signed(ReceiverStream::new(receiver)) {
            let mut client = UnitServiceClient::new(crew.channel());
            tokio::select! {
                answer = client.stream_positions(request) => {
                    let code = answer.err().map(|status| status.code());
                    if code == Some(Code::Unauthenticated) {
                        crew.renew_token();
                    }
                    tracing::debug!(person = crew.name(), ?code, "a stream of positions ended");
                }
                () = measure(stage, (unit, scene), &mut journey, (began, sender)) => {}
            }
        }
        sleep(PAUSE).await;
    }
}

/// Measures and sends until nobody takes it any more.
async fn measure(
    stage: &Stage,
    (unit, scene): (&UnitId, &Scene),
    journey: &mut Journey,
    (began, sender): (Instant, mpsc::Sender<StreamPositionsRequest>),
) {
    let devices = stage.city.units().filter(|(_, facts)| !facts.radio_only).count();
    let every = between(stage.access.pace(), devices);
    while !sender.is_closed() {
        sleep(every).await;
        let now_s = stage.access.pace().passed(began.elapsed());
        // until the centre has told its time, nothing can be said to be measured at one
        let Some(measured_at) = stage.access.clock().ago(0.0) else { continue };
        let errand = scene.read(|picture| Errand::of(picture, unit, stage));
        let Some(point) = journey.told_at(errand, now_s) else { continue };
        let position = UnitPosition {
            unit_id: unit.to_string(),
            position: Some(protocol::record::v1::Position {
                latitude: point.latitude(),
                longitude: point.longitude(),
            }),
            measured_at: Some(prost_types::Timestamp {
                seconds: measured_at.as_second(),
                nanos: measured_at.subsec_nanosecond(),
            }),
            uncertainty_m: Some(UNCERTAINTY_M),
        };
        if sender.send(StreamPositionsRequest { positions: vec![position] }).await.is_err() {
            return;
        }
    }
}

/// How long each of so many devices keeps between two measurements.
fn between(pace: Pace, devices: usize) -> Duration {
    pace.wait(MOVING_S).max(Duration::from_secs_f64(devices as f64 / MESSAGES_PER_SECOND_MAX))
}

/// What a crew is driving for.
#[derive(Clone, Debug, PartialEq)]
enum Errand {
    /// On the way.
    Drives {
        /// Under which run.
        run: String,
        /// Where to.
        to: Position,
        /// How long the whole way takes, in seconds.
        takes_s: f64,
    },
    /// At the scene.
    Arrived {
        /// Where that is.
        at: Position,
    },
    /// Neither: it stays where it is.
    Stays,
}

impl Errand {
    /// What a unit is driving for, as its crew sees it.
    fn of(picture: &Picture, unit: &UnitId, stage: &Stage) -> Self {
        let run = picture.runs.values().find(|run| run.unit_id == unit.as_str() && is_run_open(run));
        let Some(run) = run else { return Self::Stays };
        let incident = picture.incidents.get(&run.incident_id);
        let said = incident.and_then(|incident| incident.location.as_ref()?.position);
        let Some(to) = place(said.as_ref()) else { return Self::Stays };
        match run.state.as_ref().and_then(|state| state.state.as_ref()) {
            Some(State::EnRoute(_)) => {
                let takes_s = stage.city.drive_s(unit.as_str(), said.as_ref(), &stage.options.laws);
                Self::Drives { run: run.run_id.clone(), to, takes_s }
            }
            Some(State::OnScene(_)) => Self::Arrived { at: to },
            Some(
                State::Sent(_)
                | State::Acknowledged(_)
                | State::Cleared(_)
                | State::StandDownSent(_)
                | State::StoodDown(_),
            )
            | None => Self::Stays,
        }
    }
}

/// Where a crew is and where it was last said to be. Times are seconds of the centre's clock since any moment.
#[derive(Clone, Debug, Default)]
struct Journey {
    at: Option<Position>,
    drive: Option<Drive>,
    told: Option<(Position, f64)>,
}

/// A drive that has begun.
#[derive(Clone, Debug)]
struct Drive {
    run: String,
    from: Position,
    began_s: f64,
}

impl From<Option<Position>> for Journey {
    /// A crew that stands there.
    fn from(at: Option<Position>) -> Self {
        Self { at, ..Self::default() }
    }
}

impl Journey {
    /// Lives until `now_s` and gives the position if it is to be told: it moved, or it was not told for long.
    fn told_at(&mut self, errand: Errand, now_s: f64) -> Option<Position> {
        match errand {
            Errand::Drives { run, to, takes_s } => {
                let from = self.at.unwrap_or(to);
                if self.drive.as_ref().is_none_or(|drive| drive.run != run) {
                    self.drive = Some(Drive { run, from, began_s: now_s });
                }
                if let Some(drive) = &self.drive {
                    self.at = Some(on_the_way(drive.from, to, (now_s - drive.began_s) / takes_s));
                }
            }
            Errand::Arrived { at } => (self.at, self.drive) = (Some(at), None),
            Errand::Stays => self.drive = None,
        }
        let at = self.at?;
        let known = self.told.is_some_and(|(told, told_s)| told == at && now_s - told_s < STANDING_S);
        if known {
            return None;
        }
        self.told = Some((at, now_s));
        Some(at)
    }
}

/// The point after a share of the straight way; no farther than its end.
fn on_the_way(from: Position, to: Position, share: f64) -> Position {
    let share = share.clamp(0.0, 1.0);
    let between = |from: f64, to: f64| from + (to - from) * share;
    let (latitude, longitude) =
        (between(from.latitude(), to.latitude()), between(from.longitude(), to.longitude()));
    // between two places of a city there is no edge of the map
    Position::new(latitude, longitude).unwrap_or(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(latitude: f64) -> Position {
        Position::new(latitude, 74.6).unwrap()
    }

    fn drives(run: &str, latitude: f64) -> Errand {
        Errand::Drives { run: run.to_owned(), to: at(latitude), takes_s: 100.0 }
    }

    fn latitude(told: Option<Position>) -> f64 {
        told.unwrap().latitude()
    }

    #[test]
    fn a_crew_is_told_of_on_its_way_at_the_scene_and_where_it_stays() {
        let mut journey = Journey::from(Some(at(42.0)));
        assert_eq!(journey.told_at(Errand::Stays, 0.0), Some(at(42.0)), "where it begins");
        assert_eq!(journey.told_at(Errand::Stays, 5.0), None, "nothing is new");
        assert_eq!(journey.told_at(drives("a", 43.0), 10.0), None, "it has just set off");
        assert!((latitude(journey.told_at(drives("a", 43.0), 35.0)) - 42.25).abs() < 1e-9);
        assert!((latitude(journey.told_at(drives("a", 43.0), 60.0)) - 42.5).abs() < 1e-9);
        assert_eq!(journey.told_at(drives("a", 43.0), 400.0), Some(at(43.0)), "no farther than the scene");
        assert_eq!(journey.told_at(Errand::Arrived { at: at(43.0) }, 405.0), None, "there it is already");
        assert_eq!(journey.told_at(Errand::Stays, 410.0), None, "it is free and stays");
        assert_eq!(journey.told_at(Errand::Stays, 400.0 + STANDING_S), Some(at(43.0)), "it is not lost");
        let _set_off = journey.told_at(drives("b", 42.0), 500.0);
        let back = latitude(journey.told_at(drives("b", 42.0), 550.0));
        assert!((back - 42.5).abs() < 1e-9, "from where it was: {back}");
    }

    #[test]
    fn a_crew_that_is_stood_down_stays_where_it_heard_so() {
        let mut journey = Journey::from(Some(at(42.0)));
        let _set_off = journey.told_at(drives("a", 43.0), 0.0);
        let halfway = journey.told_at(drives("a", 43.0), 50.0);
        assert_eq!(journey.told_at(Errand::Stays, 55.0), None);
        assert_eq!(journey.told_at(Errand::Stays, 50.0 + STANDING_S), halfway);
    }

    #[test]
    fn a_crew_of_which_nobody_knows_where_it_is_is_told_of_at_the_scene() {
        let mut journey = Journey::from(None);
        assert_eq!(journey.told_at(Errand::Stays, 0.0), None);
        assert_eq!(journey.told_at(Errand::Arrived { at: at(43.0) }, 5.0), Some(at(43.0)));
    }

    #[test]
    fn a_fast_clock_makes_no_more_messages_than_the_machine_bears() {
        assert_eq!(between(Pace::REAL, 41), Duration::from_secs(5));
        for rate in [1.0, 30.0, 300.0, 10_000.0] {
            let a_second = 41.0 / between(Pace::new(rate).unwrap(), 41).as_secs_f64();
            assert!(a_second <= MESSAGES_PER_SECOND_MAX + 1e-6, "{a_second} messages a second at {rate}");
        }
    }
}
