//! What a recommendation is made from: everything is borrowed, nothing is looked up elsewhere.

use std::collections::BTreeSet;

use domain::{
    AssignmentId, StationId, UnitId, Version, assignment::Assignment, board::Shelf, desk::Desk,
    directory::InForce, fleet::Fleet, incident::Incident, record::Dropped,
};
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
    /// The units of that directory, as they stand on that board and where they were last seen.
    pub fleet: &'a Fleet,
    /// Desks that missed an answer; one that is not here has missed none.
    pub desks: &'a Shelf<StationId, Desk>,
    /// Open assignments; those of the incident are among them.
    pub assignments: &'a Shelf<AssignmentId, Assignment>,
    /// Units that are kept for an assignment of whatever incident.
    pub promised: &'a BTreeSet<(UnitId, AssignmentId)>,
    /// Units that were sent or promised a moment ago, which the records here do not show yet.
    pub taken: &'a BTreeSet<UnitId>,
    /// Units and stations that the next directory will not have, as the record of the directory in force lists them:
    /// nothing new is given to them, which shows as out of service.
    pub closing: &'a [Dropped],
}
