//! The people of a centre: duty desks, crews and operators, each of whom watches what concerns them and acts on it,
//! late or not at all as the laws have it.
//!
//! Everybody is driven by what they see, not by a script: a desk that lost its connection, or whose request was
//! refused, looks again and goes on from there. Nobody here takes calls; see [`replay`](crate::replay).

mod city;
mod crew;
mod desk;
mod driver;
mod figures;
mod hands;
mod operator;
mod positions;
mod scene;
mod stage;

use std::{sync::Arc, time::Duration};

use protocol::{
    crew::v1::SignOnRequest,
    directory::v1::GetDirectoryRequest,
    watch::v1::scope::{Centre, Scope},
};
use tokio::task::JoinSet;

pub use city::{City, CityError};
pub use figures::{ClosedFigures, Figures, Intervals};
pub use stage::Stage;
pub(crate) use stage::from_wire;

use crate::{
    connection::{Access, Failure, Person},
    laws::{Deck, Laws, Seed},
};
use scene::{Scene, follow};

/// How often it is looked whether everything is over, where nothing else tells.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Who the crowd is and how it acts.
#[derive(Clone, Debug)]
pub struct CrowdOptions {
    /// What everything is drawn from.
    pub seed: Seed,
    /// How people act.
    pub laws: Laws,
    /// How many operators dispatch; at least 2, or nobody races anybody.
    pub operators: usize,
    /// Whether some desks return assignments and some people stay silent, as laws have it.
    pub unusual: Unusual,
}

/// Whether people do what they should not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusual {
    /// Some return, some are late, some never answer.
    AsDealt,
    /// Everybody answers everything.
    Never,
}

impl Default for CrowdOptions {
    fn default() -> Self {
        Self { seed: Seed(1), laws: Laws::default(), operators: 4, unusual: Unusual::AsDealt }
    }
}

/// Why no crowd gathers.
#[derive(Debug, thiserror::Error)]
pub enum CrowdError {
    /// The directory could not be asked for.
    #[error("the centre's directory cannot be read")]
    Directory(#[source] Failure),
    /// The directory says nothing to live by.
    #[error("the centre's directory is no city")]
    City(#[source] CityError),
    /// A unit could not come on duty.
    #[error("`{unit}` cannot come on duty")]
    SignOn {
        /// Which unit.
        unit: String,
        /// Why.
        #[source]
        source: Failure,
    },
}

/// A crowd at work. It stops when this value is dropped.
pub struct Crowd {
    stage: Arc<Stage>,
    scene: Scene,
    actors: JoinSet<()>,
}

impl Crowd {
    /// Reads the centre's directory, signs every unit on and sets everybody to work.
    ///
    /// # Errors
    /// [`CrowdError`].
    pub async fn gather(access: &Access, options: CrowdOptions) -> Result<Self, CrowdError> {
        let operators: Vec<Arc<Person>> = (0..options.operators.max(1))
            .map(|number| Arc::new(access.operator(&format!("operator-{number}"))))
            .collect();
        let asked = operators[0].ask(GetDirectoryRequest {}).await.map_err(CrowdError::Directory)?;
        let directory = asked.directory.unwrap_or_default();
        let city = City::read(&directory, options.seed, options.laws.radio_only).map_err(CrowdError::City)?;
        let (desks, crews) = match options.unusual {
            Unusual::AsDealt => (Deck::desks(options.seed), Deck::crews(options.seed)),
            Unusual::Never => (Deck::obedient(options.seed), Deck::obedient(options.seed)),
        };
        let stage = Arc::new(Stage::new(access, options, city, desks, crews));
        let mut actors = JoinSet::new();
        let officers = stage.city.stations().map(|station| Arc::new(access.duty_officer(station)));
        let officers: Vec<Arc<Person>> = officers.collect();
        let crews = sign_on(&stage, &officers).await?;
        for (station, officer) in stage.city.stations().zip(&officers) {
            actors.spawn(desk::work(Arc::clone(&stage), Arc::clone(officer), station.clone()));
        }
        for (unit, crew) in crews {
            actors.spawn(crew::work(Arc::clone(&stage), crew, unit));
        }
        let scene = Scene::default();
        let watching = (Arc::clone(&operators[0]), scene.clone(), Arc::clone(&stage));
        actors.spawn(async move {
            let (operator, scene, stage) = watching;
            follow(&operator, Scope::Centre(Centre {}), &scene, &|record| stage.figures.centre_saw(record))
                .await;
        });
        actors.spawn(operator::work(Arc::clone(&stage), operators, scene.clone()));
        Ok(Self { stage, scene, actors })
    }

    /// What the crowd has seen and done.
    pub fn figures(&self) -> &Figures {
        &self.stage.figures
    }

    /// The people's city.
    pub fn city(&self) -> &City {
        &self.stage.city
    }

    /// How many incidents are open or held, as the operators see it.
    pub fn open_incidents(&self) -> usize {
        self.scene.read(|picture| picture.open_incidents().count())
    }

    /// Waits until no incident is open, or until `patience` is over. True if none is.
    pub async fn quiet(&self, patience: Duration) -> bool {
        let mut changed = self.scene.changes();
        let is_over =
            || self.scene.read(|picture| picture.is_whole() && picture.open_incidents().next().is_none());
        let quiet = async {
            while !is_over() || self.stage.figures.is_closing() {
                // a closing that is counted stirs nothing, so look again soon
                let _nothing_new = tokio::time::timeout(LOOK_AGAIN, changed.changed()).await;
            }
        };
        tokio::time::timeout(patience, quiet).await.is_ok()
    }

    /// What is open, as the operators see it: a line for each incident.
    pub fn still_open(&self) -> Vec<String> {
        self.scene
            .read(|picture| picture.open_incidents().map(|incident| picture.describe(incident)).collect())
    }

    /// Sends everybody home.
    pub async fn go_home(mut self) {
        self.actors.shutdown().await;
    }
}

/// Signs every unit on, by its own device or by its desk, and gives the crews that have one.
async fn sign_on(
    stage: &Arc<Stage>,
    officers: &[Arc<Person>],
) -> Result<Vec<(domain::UnitId, Arc<Person>)>, CrowdError> {
    let mut crews = Vec::new();
    let desks: Vec<&domain::StationId> = stage.city.stations().collect();
    for (unit, facts) in stage.city.units() {
        let desk = desks.iter().position(|station| **station == facts.station);
        let officer = desk.map(|index| &officers[index]);
        let own = (!facts.radio_only).then(|| Arc::new(stage.access.crew(unit)));
        let Some(person) = own.as_ref().or(officer) else { continue };
        let request = SignOnRequest {
            request_id: stage::fresh(),
            unit_id: unit.to_string(),
            expected_version: None,
            crew: vec![format!("crew of {}", facts.callsign)],
        };
        match person.ask(request).await {
            // on duty from an earlier run
            Ok(_) | Err(Failure::Refused { code: tonic::Code::FailedPrecondition, .. }) => {}
            Err(source) => return Err(CrowdError::SignOn { unit: unit.to_string(), source }),
        }
        crews.extend(own.map(|crew| (unit.clone(), crew)));
    }
    Ok(crews)
}
