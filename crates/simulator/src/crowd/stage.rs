//! What all actors share: the laws, the dice, the city and the figures.

use std::{collections::HashMap, sync::Mutex};

use protocol::record::v1::{Channel, Report};

use super::{City, CrowdOptions, Figures};
use crate::{
    connection::Access,
    laws::{Deck, Fate, LogNormal},
};

/// What all actors share.
pub struct Stage {
    /// How the centre is reached.
    pub access: Access,
    /// How people act.
    pub options: CrowdOptions,
    /// What everybody knows.
    pub city: City,
    /// What came of it.
    pub figures: Figures,
    desks: Deck,
    crews: Deck,
    fates: Mutex<HashMap<String, Fate>>,
}

impl Stage {
    /// A stage before the first scene.
    pub(super) fn new(access: &Access, options: CrowdOptions, city: City, desks: Deck, crews: Deck) -> Self {
        let (access, figures, fates) = (access.clone(), Figures::default(), Mutex::default());
        Self { access, options, city, figures, desks, crews, fates }
    }

    /// What a desk does with an assignment: dealt once, kept for good.
    pub(super) fn desk_fate(&self, assignment: &str) -> Fate {
        self.fate(assignment, &self.desks)
    }

    /// What a crew does with a run.
    pub(super) fn crew_fate(&self, run: &str) -> Fate {
        self.fate(run, &self.crews)
    }

    fn fate(&self, id: &str, deck: &Deck) -> Fate {
        let mut fates = self.fates.lock().expect("nothing panics while it deals");
        *fates.entry(id.to_owned()).or_insert_with(|| deck.deal())
    }

    /// How long something takes, by its law, in seconds.
    pub(super) fn takes(&self, law: LogNormal, label: &str) -> f64 {
        law.draw(&mut self.options.seed.dice(label))
    }

    /// Sleeps as long as something takes by its law.
    pub(super) async fn takes_time(&self, law: LogNormal, label: &str) {
        self.access.pace().sleep(self.takes(law, label)).await;
    }

    /// True in `share` of all labels.
    pub(super) fn chance(&self, share: f64, label: &str) -> bool {
        self.options.seed.chance(label, share)
    }

    /// How something was heard over a channel, `seconds_ago` on the centre's clock.
    pub(super) fn heard(&self, channel: Channel, person: &str, seconds_ago: f64) -> Report {
        Report {
            occurred_at: self.access.clock().ago(seconds_ago).map(to_wire),
            channel: channel.into(),
            person: person.to_owned(),
            correction_reason: String::new(),
        }
    }
}

/// A request id nobody used before.
pub(super) fn fresh() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// A time as the contract has it.
fn to_wire(time: jiff::Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: time.as_second(), nanos: time.subsec_nanosecond() }
}

/// A time of the contract, if it is one.
pub(crate) fn from_wire(time: Option<&prost_types::Timestamp>) -> Option<jiff::Timestamp> {
    let time = time?;
    jiff::Timestamp::new(time.seconds, time.nanos).ok()
}
