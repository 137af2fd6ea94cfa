//! The incidents of a board by where they are and who called about them: what a call may be about is among few of them.

use std::collections::{BTreeMap, BTreeSet};

use geography::Position;

use crate::{
    IncidentId,
    incident::{CallerDigits, Incident},
};

/// Height and width of a cell, in degrees: 111 m from south to north, about the distance within which calls are usually
/// compared (80 m), so that a look meets few that are farther away; one within the widest rule (5 km) goes through 90 rows.
const CELL_DEGREES: f64 = 0.001;

/// Metres of one degree of latitude on the sphere that distances are computed on (111,195), rounded down so that no place
/// within a distance lies beyond the cells looked at.
const METRES_PER_DEGREE_MIN: f64 = 111_000.0;

/// The incidents of a board by where they are and who called about them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Whereabouts {
    /// Where each is, by row from the south and column from the west.
    places: BTreeMap<((i32, i32), IncidentId), Position>,
    callers: BTreeSet<(CallerDigits, IncidentId)>,
}

impl Whereabouts {
    /// Takes an incident in.
    pub(crate) fn insert(&mut self, incident: &Incident) {
        if let Some(position) = incident.location.position {
            self.places.insert((cell(position), incident.id), position);
        }
        for caller in &incident.callers {
            self.callers.insert((caller.digits.clone(), incident.id));
        }
    }

    /// Takes an incident out as it was taken in.
    pub(crate) fn remove(&mut self, incident: &Incident) {
        if let Some(position) = incident.location.position {
            self.places.remove(&(cell(position), incident.id));
        }
        for caller in &incident.callers {
            self.callers.remove(&(caller.digits.clone(), incident.id));
        }
    }

    /// Every incident within so many metres of a place, and some that lie a little farther.
    pub fn near(&self, place: Position, metres: u32) -> impl Iterator<Item = IncidentId> + '_ {
        let degrees = f64::from(metres) / METRES_PER_DEGREE_MIN;
        let (south, north) = (place.latitude() - degrees, place.latitude() + degrees);
        // the farther from the equator, the more degrees of longitude lie in a metre; at a pole and across the date line
        // whole rows are looked at
        let narrowest = south.abs().max(north.abs()).min(90.0).to_radians().cos();
        let across = if narrowest > 0.01 { degrees / narrowest } else { 360.0 };
        let (west, east) = (place.longitude() - across, place.longitude() + across);
        let is_whole = west < -180.0 || east > 180.0;
        let columns = if is_whole { (i32::MIN, i32::MAX) } else { (index(west), index(east)) };
        let rows = index(south.max(-90.0))..=index(north.min(90.0));
        let near = rows.flat_map(move |row| {
            let (first, last) = ((row, columns.0), (row, columns.1));
            self.places.range((first, IncidentId::FIRST)..=(last, IncidentId::LAST))
        });
        let is_near = move |there: &Position| {
            (south..=north).contains(&there.latitude())
                && (is_whole || (west..=east).contains(&there.longitude()))
        };
        near.filter(move |(_, there)| is_near(there)).map(|((_, incident), _)| *incident)
    }

    /// Every incident that this number called about; none for a number that is withheld.
    pub fn called_by(&self, number: &str) -> impl Iterator<Item = IncidentId> + '_ {
        let digits = CallerDigits::of(number).into_iter();
        let called = digits.flat_map(|digits| {
            self.callers.range((digits.clone(), IncidentId::FIRST)..=(digits, IncidentId::LAST))
        });
        called.map(|(_, incident)| *incident)
    }
}

fn cell(position: Position) -> (i32, i32) {
    (index(position.latitude()), index(position.longitude()))
}

fn index(degrees: f64) -> i32 {
    let cell = (degrees / CELL_DEGREES).floor();
    #[expect(clippy::cast_possible_truncation, reason = "degrees of the earth make 360,000 cells at most")]
    {
        cell as i32
    }
}
