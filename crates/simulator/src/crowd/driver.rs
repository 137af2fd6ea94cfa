//! One run from sent to clear, as its crew lives it and somebody reports it.

use std::sync::Arc;

use protocol::{
    crew::v1::{ConfirmRunStandDownRequest, ReportRunRequest, report_run_request as report},
    record::v1::{Channel, Incident, Position, Report, Run, run_state::State},
};

use super::{
    hands::Done,
    scene::Scene,
    stage::{Stage, fresh},
};
use crate::{connection::Person, laws::Fate};

/// Who reports a run, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    /// The crew's own device.
    Device,
    /// Somebody who hears the crew over the radio; late, with steps left out, now and then corrected.
    Radio {
        /// The crew's callsign.
        crew: String,
    },
    /// An operator who reached a silent crew over the radio.
    Reached {
        /// The crew's callsign.
        crew: String,
    },
}

/// Somebody who reports one run.
pub(super) struct Driver {
    pub(super) stage: Arc<Stage>,
    pub(super) person: Arc<Person>,
    pub(super) scene: Scene,
    pub(super) voice: Voice,
}

/// Where a run stands for its crew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stands {
    Sent,
    Acknowledged,
    EnRoute,
    OnScene,
    StoodDown,
    Over,
}

impl Driver {
    /// Drives the run as far as it goes.
    pub(super) async fn drive(&self, run: &str) -> Done {
        let stage = &self.stage;
        let laws = &stage.options.laws;
        let fate =
            if matches!(self.voice, Voice::Reached { .. }) { Fate::Answers } else { stage.crew_fate(run) };
        if self.stands(run) == Stands::Sent {
            match fate {
                Fate::Never => return self.wait_to_be_stood_down(run).await,
                Fate::Late => stage.access.pace().sleep(laws.late_crew_s).await,
                Fate::Answers | Fate::Returns => {}
            }
        }
        let skips = self.is_radio() && stage.chance(laws.skipped, &format!("skip/{run}"));
        let corrects = self.is_radio() && stage.chance(laws.corrected, &format!("correct/{run}"));
        let steps = [
            (Stands::Acknowledged, stage.takes(laws.acknowledge, &format!("acknowledge/{run}"))),
            (Stands::EnRoute, stage.takes(laws.depart, &format!("depart/{run}"))),
            (Stands::OnScene, self.drive_s(run)),
            (Stands::Over, stage.takes(laws.on_scene, &format!("scene/{run}"))),
        ];
        for (step, seconds) in steps {
            if self.stands(run) >= step {
                continue;
            }
            match self.live(run, seconds).await {
                Stands::StoodDown => return self.confirm_stand_down(run).await,
                Stands::Over => return Done::Again,
                Stands::Sent | Stands::Acknowledged | Stands::EnRoute | Stands::OnScene => {}
            }
            let left_out = skips && step == Stands::EnRoute;
            if !left_out && self.say(run, step, "").await == Done::ForGood {
                return Done::Again;
            }
            if corrects && step == Stands::OnScene {
                self.say(run, step, "the time was misheard").await;
            }
        }
        Done::Again
    }

    const fn is_radio(&self) -> bool {
        match self.voice {
            Voice::Radio { .. } | Voice::Reached { .. } => true,
            Voice::Device => false,
        }
    }

    /// Where the run stands on the person's screen.
    fn stands(&self, run: &str) -> Stands {
        self.scene.read(|picture| picture.runs.get(run).map_or(Stands::Over, stands))
    }

    /// How long the crew drives.
    fn drive_s(&self, run: &str) -> f64 {
        let (unit, place) = self.scene.read(|picture| {
            let run = picture.runs.get(run);
            let incident = run.and_then(|run| picture.incidents.get(&run.incident_id));
            (run.map(|run| run.unit_id.clone()).unwrap_or_default(), incident.and_then(place_of))
        });
        self.stage.city.drive_s(&unit, place.as_ref(), &self.stage.options.laws)
    }

    /// Lives `seconds`, unless the crew is stood down or the run ends meanwhile.
    async fn live(&self, run: &str, seconds: f64) -> Stands {
        let mut changed = self.scene.changes();
        let until = tokio::time::Instant::now() + self.stage.access.pace().wait(seconds);
        loop {
            let now = self.stands(run);
            if now >= Stands::StoodDown {
                return now;
            }
            if tokio::time::timeout_at(until, changed.changed()).await.is_err() {
                return self.stands(run);
            }
        }
    }

    /// A crew that hears nothing still notices in the end that it was stood down, if nobody said so before.
    async fn wait_to_be_stood_down(&self, run: &str) -> Done {
        let mut changed = self.scene.changes();
        while self.stands(run) < Stands::StoodDown {
            if changed.changed().await.is_err() {
                return Done::ForGood;
            }
        }
        self.stage.access.pace().sleep(self.stage.options.laws.late_crew_s).await;
        match self.stands(run) {
            Stands::StoodDown => self.confirm_stand_down(run).await,
            Stands::Sent | Stands::Acknowledged | Stands::EnRoute | Stands::OnScene | Stands::Over => {
                Done::Again
            }
        }
    }

    /// Reports a step; [`Done::ForGood`] if the centre does not take it.
    async fn say(&self, run: &str, step: Stands, correction: &str) -> Done {
        let message = match step {
            Stands::Sent | Stands::StoodDown => return Done::Again,
            Stands::Acknowledged => report::Step::Acknowledged(report::Acknowledged {}),
            Stands::EnRoute => report::Step::EnRoute(report::EnRoute {}),
            Stands::OnScene => report::Step::OnScene(report::OnScene {}),
            Stands::Over => report::Step::Cleared(report::Cleared { disposition: "seen to".to_owned() }),
        };
        let request = ReportRunRequest {
            request_id: fresh(),
            run_id: run.to_owned(),
            expected_version: None,
            step: Some(message),
            report: self.report(run, step, correction).await,
        };
        match self.person.ask(request).await {
            Ok(_) => Done::Again,
            Err(_) => Done::ForGood,
        }
    }

    /// How the step was heard: at once from a device, some time later over the radio.
    async fn report(&self, run: &str, step: Stands, correction: &str) -> Option<Report> {
        let crew = match &self.voice {
            Voice::Device => return None,
            Voice::Radio { crew } | Voice::Reached { crew } => crew,
        };
        let late = self.stage.takes(self.stage.options.laws.radio, &format!("radio/{run}/{step:?}"));
        self.stage.access.pace().sleep(late).await;
        let heard = self.stage.heard(Channel::Radio, &format!("crew of {crew}"), late);
        Some(Report { correction_reason: correction.to_owned(), ..heard })
    }

    async fn confirm_stand_down(&self, run: &str) -> Done {
        self.stage.takes_time(self.stage.options.laws.stand_down, &format!("stand down/{run}")).await;
        let request = ConfirmRunStandDownRequest {
            request_id: fresh(),
            run_id: run.to_owned(),
            expected_version: None,
            report: self.report(run, Stands::StoodDown, "").await,
        };
        // refused: somebody confirmed it by phone
        let _refused = self.person.ask(request).await;
        Done::Again
    }
}

fn stands(run: &Run) -> Stands {
    match run.state.as_ref().and_then(|state| state.state.as_ref()) {
        Some(State::Sent(_)) => Stands::Sent,
        Some(State::Acknowledged(_)) => Stands::Acknowledged,
        Some(State::EnRoute(_)) => Stands::EnRoute,
        Some(State::OnScene(_)) => Stands::OnScene,
        Some(State::StandDownSent(_)) => Stands::StoodDown,
        Some(State::Cleared(_) | State::StoodDown(_)) | None => Stands::Over,
    }
}

fn place_of(incident: &Incident) -> Option<Position> {
    incident.location.as_ref()?.position
}
