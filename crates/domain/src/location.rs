//! Where something is, as far as anybody knows.

use std::fmt;

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

/// On one line: the address, the landmark and the point, as far as they are known.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = [self.address.trim(), self.landmark.trim()];
        let words = said.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(", ");
        match self.position {
            Some(position) if words.is_empty() => write!(f, "{position}"),
            Some(position) => write!(f, "{words} ({position})"),
            None if words.is_empty() => f.write_str("unknown"),
            None => f.write_str(&words),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_as_far_as_it_is_known() {
        let position = Some(Position::new(42.8746, 74.5698).expect("a point"));
        let told = |position, address: &str, landmark: &str| {
            let (address, landmark) = (address.to_owned(), landmark.to_owned());
            Location { position, address, landmark, ..Location::default() }.to_string()
        };
        assert_eq!(told(None, " ", ""), "unknown");
        assert_eq!(told(None, "Chuy 114", "the eastern gate"), "Chuy 114, the eastern gate");
        assert_eq!(told(position, "", ""), "42.874600, 74.569800");
        assert_eq!(told(position, "", "the eastern gate"), "the eastern gate (42.874600, 74.569800)");
    }
}
