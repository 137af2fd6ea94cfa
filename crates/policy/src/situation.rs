//! What a recommendation is made from: everything is borrowed, nothing is looked up elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    AssignmentId, StationId, UnitId, Version, assignment::Assignment, board::Shelf, desk::Desk,
    directory::InForce, incident::Incident, record::Dropped, unit::Unit,
};
use geography::Position;
use jiff::Timestamp;

/// What a recommendation is made from.
#[derive(Clone, Copy)]
pub struct Situation<'a> {
    /// The time to judge by.
    pub now: Timestamp,
    /// The number of the board that the records below stand on.
    pub board: Version,
    /// The directory in force.
    pub directory: &'a InForce,
    /// The incident that needs somebody.
    pub incident: &'a Incident,
    /// Units on duty; one that is not here is signed off.
    pub units: &'a Shelf<UnitId, Unit>,
    /// Desks that missed an answer; one that is not here has missed none.
    pub desks: &'a Shelf<StationId, Desk>,
    /// Open assignments of every incident: those of others promise units.
    pub assignments: &'a Shelf<AssignmentId, Assignment>,
    /// Units that were sent or promised a moment ago, which the records here do not show yet.
    pub taken: &'a BTreeSet<UnitId>,
    /// Units and stations that the next directory will not have, as the record of the directory in force lists them:
    /// nothing new is given to them, which shows as out of service.
    pub closing: &'a [Dropped],
    /// Where units were last seen, however long ago.
    pub positions: &'a dyn Positions,
}

/// Where units were last seen. Whoever keeps positions in another shape implements this instead of copying them.
pub trait Positions {
    /// The last position of every unit that ever told one, in order of the unit's id: it is walked beside the
    /// directory, because looking two thousand units up one by one takes as long as all the rest of a recommendation.
    fn in_order(&self) -> Box<dyn Iterator<Item = (&UnitId, KnownPosition)> + '_>;
}

/// Where a unit was, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownPosition {
    /// Where.
    pub position: Position,
    /// When the device measured it; a time after the situation's counts as just now.
    pub measured_at: Timestamp,
}

impl Positions for BTreeMap<UnitId, KnownPosition> {
    fn in_order(&self) -> Box<dyn Iterator<Item = (&UnitId, KnownPosition)> + '_> {
        Box::new(self.iter().map(|(unit, known)| (unit, *known)))
    }
}
