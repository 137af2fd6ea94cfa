//! What a watcher asks for: a scope, a view, and who reads.

use domain::{IncidentId, StationId, UnitId};

use crate::audience::Audience;

/// What is watched.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The whole centre.
    Centre,
    /// What concerns one station: its desk and units, the assignments and runs of its desk, the incidents of its
    /// district or that its desk or units work on, with all runs and calls of those, alarms about any of these, and who
    /// may dispatch and which directory is in force.
    Station(StationId),
    /// What concerns one unit: itself, its active run, the assignment that belongs to, that incident with its calls,
    /// alarms about the unit or the incident, and who may dispatch and which directory is in force.
    Unit(UnitId),
    /// One incident and everything that belongs to it.
    Incident(IncidentId),
}

/// How much of each record is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum View {
    /// Everything.
    Full,
    /// Without what tells who called, what they said, where they live and who works there: see [`redact`](crate::redact).
    Redacted,
}

/// Who watches what, and how much of it. A watcher may resume only as the same watcher: another scope, view or reader
/// has seen other records.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Watcher {
    /// What.
    pub scope: Scope,
    /// How much of it.
    pub view: View,
    /// Who reads, as their token names them: a restricted incident and all that belongs to it is invisible to everybody
    /// but its readers, whatever their role.
    pub reader: String,
}

impl Watcher {
    /// True if something for this audience is in the scope and may be read.
    pub(crate) fn sees(&self, audience: &Audience) -> bool {
        audience.may_read(&self.reader)
            && match &self.scope {
                Scope::Centre => true,
                Scope::Station(station) => audience.everyone || audience.stations.contains(station),
                Scope::Unit(unit) => audience.everyone || audience.units.contains(unit),
                Scope::Incident(incident) => audience.everyone || audience.incidents.contains(incident),
            }
    }
}
