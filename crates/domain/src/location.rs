//! Where something is, as far as anybody knows.

use geography::Position;
use serde::{Deserialize, Serialize};

/// How a position was come by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LocationMethod {
    /// Nobody said.
    #[default]
    Unknown,
    /// The caller said it and an operator typed it.
    Spoken,
    /// The mobile network's cell.
    Cell,
    /// Advanced Mobile Location (ETSI TS 103 625), sent by the handset.
    Aml,
    /// An operator's click on the map.
    Map,
    /// A device with a fix of its own: an alarm, a vehicle, an application.
    Device,
}

/// What is known of a place. All of it may be missing: a call without a location is still a call.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// WGS 84; absent when nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// Radius around the position that holds the true place, in metres; absent when not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncertainty_m: Option<u32>,
    /// How the position was come by.
    #[serde(default)]
    pub method: LocationMethod,
    /// Address as said, in any language; empty when not said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// Landmark as said ("by the eastern gate of the bazaar"); empty when not said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub landmark: String,
}

impl Location {
    /// True if neither a position nor any words say where.
    pub fn is_unknown(&self) -> bool {
        self.position.is_none() && self.address.trim().is_empty() && self.landmark.trim().is_empty()
    }
}
