//! A centre as data: its stations, districts, units, incident types and response plans. Nothing here knows any city.

mod in_force;
mod plan;
mod spelling;

use std::collections::BTreeMap;

use geography::Position;
use serde::{Deserialize, Serialize};

pub use in_force::{InForce, InForceError};
pub use plan::{IncidentType, PlanNeed, ResponsePlan};
pub use spelling::mistakes;

use crate::{CentreId, DistrictId, IncidentTypeId, Priority, Seconds, StationId, UnitId, UnitKindId};

/// Counts the directories a centre has had, from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DirectoryVersion(pub u64);

/// A text in the centre's languages, by language tag (`ky`, `ru`, `uz`, `uz-Cyrl`, `en` …).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Titles(pub BTreeMap<String, String>);

impl Titles {
    /// The text in `language`, else in the first language there is; empty if there is none.
    pub fn get(&self, language: &str) -> &str {
        self.0.get(language).or_else(|| self.0.values().next()).map_or("", String::as_str)
    }
}

/// A centre as data. Every id that one part names exists in another: `directory` checks it before a value is made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Directory {
    /// Which centre.
    pub centre: CentreId,
    /// What people call it.
    pub title: Titles,
    /// True if places and names are made up or approximate; shown wherever the directory is shown.
    #[serde(default)]
    pub illustrative: bool,
    /// Language tags, the main one first.
    pub languages: Vec<String>,
    /// IANA name of the time zone, such as `Asia/Bishkek`.
    pub time_zone: String,
    /// How to reach the centre by voice: a telephone number, a talkgroup. It is what a desk has left when its link is down. Empty
    /// in a directory that was put in force before there was one.
    #[serde(default)]
    pub contact: String,
    /// How long and how near two incidents must be for one to be a likely duplicate of the other.
    pub duplicates: DuplicateRule,
    /// How fast units travel until roads come.
    pub travel: Travel,
    /// Districts.
    pub districts: BTreeMap<DistrictId, District>,
    /// Stations and substations, each with its duty desk.
    pub stations: BTreeMap<StationId, Station>,
    /// Kinds of unit.
    pub kinds: BTreeMap<UnitKindId, UnitKind>,
    /// Units.
    pub units: BTreeMap<UnitId, UnitEntry>,
    /// Incident types with their response plans.
    pub types: BTreeMap<IncidentTypeId, IncidentType>,
    /// What is done for a call whose type nobody knows.
    pub untyped: ResponsePlan,
    /// The priority of such a call.
    pub untyped_priority: Priority,
}

/// When a call is likely to be about an open incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DuplicateRule {
    /// At most this far apart, in metres.
    pub within_m: u32,
    /// The incident is at most this old.
    pub within: Seconds,
}

impl Default for DuplicateRule {
    /// 80 m and 10 minutes: the default of Active911, as read in its documentation.
    fn default() -> Self {
        Self { within_m: 80, within: Seconds(600) }
    }
}

/// How fast units travel until roads come: a straight line times a detour factor, at one speed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Travel {
    /// How much longer the way is than the straight line; 1 or more.
    pub detour_factor: f64,
    /// Kilometres an hour along the way.
    pub speed_km_h: f64,
}

impl Default for Travel {
    /// 1.3 and 40 km/h: a grid of streets costs up to 1.41, measured cities about 1.3; 40 km/h is a cautious mean with
    /// lights in a city. Each centre should set its own.
    fn default() -> Self {
        Self { detour_factor: 1.3, speed_km_h: 40.0 }
    }
}

/// An area that a station answers for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct District {
    /// What people call it.
    pub title: Titles,
    /// The station that answers for it.
    pub station: StationId,
    /// Outlines: each an outer ring followed by its holes, each ring closed.
    pub outlines: Vec<Vec<Vec<Position>>>,
}

/// A station or substation and its duty desk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Station {
    /// What people call it.
    pub title: Titles,
    /// Where it stands.
    pub position: Position,
    /// The station it belongs to, if it is a substation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<StationId>,
    /// How to reach the duty desk by voice: a telephone number, a talkgroup. Never empty: it is the fallback.
    pub contact: String,
}

/// A kind of unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitKind {
    /// What people call it.
    pub title: Titles,
    /// Who chooses the unit.
    pub chosen_by: ChosenBy,
    /// Whether the centre may send one without a person, where a plan says so.
    pub automatic: bool,
}

/// Who chooses the unit of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChosenBy {
    /// The centre sends the unit; its desk is told.
    Centre,
    /// The desk is asked and chooses.
    DutyDesk,
    /// The desk is asked; an operator may also send one directly.
    Either,
}

impl ChosenBy {
    /// True if an operator or the dispatcher may send the unit itself.
    pub const fn centre_may_send(self) -> bool {
        match self {
            Self::Centre | Self::Either => true,
            Self::DutyDesk => false,
        }
    }
}

/// A unit as the directory knows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnitEntry {
    /// What it is called on the radio; unique in the centre.
    pub callsign: String,
    /// What it is.
    pub kind: UnitKindId,
    /// The command it belongs to, in the centre's own words (a station, the city directorate).
    pub command: String,
    /// The desk that is told of its runs.
    pub desk: StationId,
    /// Where it usually is: the middle of its beat, or its fixed post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beat: Option<Position>,
    /// The radio talkgroup it listens to; empty if it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub talkgroup: String,
    /// True if it has no device: its desk or an operator reports for it.
    #[serde(default)]
    pub radio_only: bool,
}

impl Directory {
    /// The plan and priority of a type; those for an unknown matter where the type is absent or unknown.
    pub fn plan(&self, incident_type: Option<&IncidentTypeId>) -> (&ResponsePlan, Priority) {
        match incident_type.and_then(|id| self.types.get(id)) {
            Some(known) => (&known.plan, known.priority),
            None => (&self.untyped, self.untyped_priority),
        }
    }

    /// The unit's entry and its kind, if the directory has it.
    pub fn unit(&self, id: &UnitId) -> Option<(&UnitEntry, &UnitKind)> {
        let entry = self.units.get(id)?;
        Some((entry, self.kinds.get(&entry.kind)?))
    }

    /// Units told through `desk`.
    pub fn units_of(&self, desk: &StationId) -> impl Iterator<Item = (&UnitId, &UnitEntry)> {
        self.units.iter().filter(move |(_, entry)| &entry.desk == desk)
    }
}
