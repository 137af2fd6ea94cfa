//! What a principal may see and act for, beyond what its role lets it call.
//!
//! Which role may call which method is the contract's business; these questions are asked by every operation
//! about the centre, station, unit or incident in hand.

use std::collections::BTreeSet;

use domain::{CentreId, StationId, UnitId};

use crate::{Principal, Role};

/// How far a principal sees, restricted incidents aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The whole centre.
    Centre,
    /// What concerns one station.
    Station(StationId),
    /// What concerns one unit.
    Unit(UnitId),
}

impl Reach {
    /// The reach of a principal.
    pub fn of(principal: &Principal) -> Self {
        match (principal.unit(), principal.station()) {
            (Some(unit), _) => Self::Unit(unit.clone()),
            (None, Some(station)) => Self::Station(station.clone()),
            (None, None) => Self::Centre,
        }
    }
}

/// Why something is out of a principal's scope.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScopeRefusal {
    /// The principal belongs to another centre.
    #[error("this token is for centre {own}")]
    OtherCentre {
        /// The one it belongs to.
        own: CentreId,
    },
    /// The principal is bound to another station.
    #[error("this token is for station {own}, not {asked}")]
    OtherStation {
        /// The one it is bound to.
        own: StationId,
        /// The one it asked for.
        asked: StationId,
    },
    /// The principal is bound to another unit.
    #[error("this token is for unit {own}, not {asked}")]
    OtherUnit {
        /// The one it is bound to.
        own: UnitId,
        /// The one it asked for.
        asked: UnitId,
    },
    /// The unit belongs to another duty desk than the principal's.
    #[error("unit {unit} belongs to another duty desk than {own}")]
    UnitOfOtherStation {
        /// The station the principal is bound to.
        own: StationId,
        /// The unit it asked for.
        unit: UnitId,
    },
    /// A crew asks for a station.
    #[error("a crew in unit {own} does not act for a station")]
    CrewNotStation {
        /// The unit it is bound to.
        own: UnitId,
    },
    /// The role acts for no station and no unit.
    #[error("role {role} acts for no station and no unit")]
    RoleDoesNotAct {
        /// Which role.
        role: Role,
    },
    /// The incident is restricted and the principal is not among its readers. Answered as if it did not exist.
    #[error("there is no such incident")]
    NotAReader,
}

impl ScopeRefusal {
    /// The stable code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherCentre { .. } => "SCOPE_OTHER_CENTRE",
            Self::OtherStation { .. } => "SCOPE_OTHER_STATION",
            Self::OtherUnit { .. } => "SCOPE_OTHER_UNIT",
            Self::UnitOfOtherStation { .. } => "SCOPE_UNIT_OF_OTHER_STATION",
            Self::CrewNotStation { .. } => "SCOPE_CREW_NOT_STATION",
            Self::RoleDoesNotAct { .. } => "SCOPE_ROLE_DOES_NOT_ACT",
            Self::NotAReader => "UNKNOWN_INCIDENT",
        }
    }

    /// True if the answer must not differ from that for something that does not exist.
    pub const fn is_hidden(&self) -> bool {
        match self {
            Self::NotAReader => true,
            Self::OtherCentre { .. }
            | Self::OtherStation { .. }
            | Self::OtherUnit { .. }
            | Self::UnitOfOtherStation { .. }
            | Self::CrewNotStation { .. }
            | Self::RoleDoesNotAct { .. } => false,
        }
    }
}

/// May the principal do anything at all in this centre?
///
/// # Errors
/// [`ScopeRefusal::OtherCentre`].
pub fn may_act_in(principal: &Principal, centre: &CentreId) -> Result<(), ScopeRefusal> {
    if principal.centre() == centre {
        Ok(())
    } else {
        Err(ScopeRefusal::OtherCentre { own: principal.centre().clone() })
    }
}

/// May the principal see what concerns this station? Everyone in the centre may; a duty officer its own;
/// a crew its own station's, if its token names one.
///
/// # Errors
/// [`ScopeRefusal::OtherStation`] or [`ScopeRefusal::CrewNotStation`].
pub fn may_see_station(principal: &Principal, station: &StationId) -> Result<(), ScopeRefusal> {
    match (principal.station(), principal.unit()) {
        (Some(own), _) => is_own_station(own, station),
        (None, Some(own)) => Err(ScopeRefusal::CrewNotStation { own: own.clone() }),
        (None, None) => Ok(()),
    }
}

/// May the principal see what concerns this unit, whose duty desk is `desk`? Everyone in the centre may; a duty
/// officer the units of its desk; a crew its own unit.
///
/// # Errors
/// [`ScopeRefusal::OtherUnit`] or [`ScopeRefusal::UnitOfOtherStation`].
pub fn may_see_unit(principal: &Principal, unit: &UnitId, desk: &StationId) -> Result<(), ScopeRefusal> {
    match Reach::of(principal) {
        Reach::Centre => Ok(()),
        Reach::Station(own) => is_unit_of_station(&own, unit, desk),
        Reach::Unit(own) => is_own_unit(&own, unit),
    }
}

/// May the principal receive, accept, return or report for this station's duty desk? Operators and supervisors may
/// for any, because some desks have only a radio; a duty officer for its own; nobody else.
///
/// # Errors
/// [`ScopeRefusal::OtherStation`], [`ScopeRefusal::CrewNotStation`] or [`ScopeRefusal::RoleDoesNotAct`].
pub fn may_act_for_station(principal: &Principal, station: &StationId) -> Result<(), ScopeRefusal> {
    acts(principal.role())?;
    match Reach::of(principal) {
        Reach::Centre => Ok(()),
        Reach::Station(own) => is_own_station(&own, station),
        Reach::Unit(own) => Err(ScopeRefusal::CrewNotStation { own }),
    }
}

/// May the principal report for this unit, whose duty desk is `desk`? Operators and supervisors may for any, because
/// some units have only a radio; a duty officer for the units of its desk; a crew for its own unit.
///
/// # Errors
/// [`ScopeRefusal::OtherUnit`], [`ScopeRefusal::UnitOfOtherStation`] or [`ScopeRefusal::RoleDoesNotAct`].
pub fn may_act_for_unit(principal: &Principal, unit: &UnitId, desk: &StationId) -> Result<(), ScopeRefusal> {
    acts(principal.role())?;
    may_see_unit(principal, unit, desk)
}

/// May the principal see an incident with these readers? Absent readers mean it is not restricted. A restricted
/// incident is seen by its readers only, whatever their role: whoever sends a desk to it adds its officer.
///
/// # Errors
/// [`ScopeRefusal::NotAReader`].
pub fn may_read(principal: &Principal, readers: Option<&BTreeSet<String>>) -> Result<(), ScopeRefusal> {
    match readers {
        Some(readers) if !readers.contains(principal.name()) => Err(ScopeRefusal::NotAReader),
        Some(_) | None => Ok(()),
    }
}

/// Only these roles act for stations and units; positions of vehicles come from an integration by another door.
const fn acts(role: Role) -> Result<(), ScopeRefusal> {
    match role {
        Role::Operator | Role::Supervisor | Role::DutyOfficer | Role::Crew => Ok(()),
        Role::Administrator | Role::Integration | Role::Observer => {
            Err(ScopeRefusal::RoleDoesNotAct { role })
        }
    }
}

fn is_own_station(own: &StationId, asked: &StationId) -> Result<(), ScopeRefusal> {
    if own == asked {
        Ok(())
    } else {
        Err(ScopeRefusal::OtherStation { own: own.clone(), asked: asked.clone() })
    }
}

fn is_own_unit(own: &UnitId, asked: &UnitId) -> Result<(), ScopeRefusal> {
    if own == asked {
        Ok(())
    } else {
        Err(ScopeRefusal::OtherUnit { own: own.clone(), asked: asked.clone() })
    }
}

fn is_unit_of_station(own: &StationId, unit: &UnitId, desk: &StationId) -> Result<(), ScopeRefusal> {
    if own == desk {
        Ok(())
    } else {
        Err(ScopeRefusal::UnitOfOtherStation { own: own.clone(), unit: unit.clone() })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::Claims;

    fn station(name: &str) -> StationId {
        StationId::new(name).unwrap()
    }

    fn unit(name: &str) -> UnitId {
        UnitId::new(name).unwrap()
    }

    /// Leninsky is the own station, patrol-21 the own unit, where the role has one.
    fn principal(role: Role) -> Principal {
        let claims = Claims {
            name: format!("the-{role}"),
            role,
            centre: CentreId::new("bishkek").unwrap(),
            desk: None,
            station: (role == Role::DutyOfficer).then(|| station("leninsky")),
            unit: (role == Role::Crew).then(|| unit("patrol-21")),
        };
        Principal::new(claims, None, Timestamp::UNIX_EPOCH).unwrap()
    }

    #[test]
    fn every_role_and_what_it_reaches() {
        // per role: sees own station, other station; acts for own, other; the same four for units
        let table: [(Role, [bool; 8]); 7] = [
            (Role::Operator, [true, true, true, true, true, true, true, true]),
            (Role::DutyOfficer, [true, false, true, false, true, false, true, false]),
            (Role::Crew, [false, false, false, false, true, false, true, false]),
            (Role::Supervisor, [true, true, true, true, true, true, true, true]),
            (Role::Administrator, [true, true, false, false, true, true, false, false]),
            (Role::Integration, [true, true, false, false, true, true, false, false]),
            (Role::Observer, [true, true, false, false, true, true, false, false]),
        ];
        let (own, other) = (station("leninsky"), station("sverdlovsky"));
        let (own_unit, other_unit) = (unit("patrol-21"), unit("patrol-41"));
        assert_eq!(table.map(|(role, _)| role), Role::ALL);
        for (role, expected) in table {
            let who = principal(role);
            let answers = [
                may_see_station(&who, &own),
                may_see_station(&who, &other),
                may_act_for_station(&who, &own),
                may_act_for_station(&who, &other),
                may_see_unit(&who, &own_unit, &own),
                may_see_unit(&who, &other_unit, &other),
                may_act_for_unit(&who, &own_unit, &own),
                may_act_for_unit(&who, &other_unit, &other),
            ];
            assert_eq!(answers.map(|answer| answer.is_ok()), expected, "{role}");
        }
    }

    #[test]
    fn a_crew_does_not_act_for_its_own_station_nor_for_the_unit_beside_it() {
        let claims = Claims { station: Some(station("leninsky")), ..principal(Role::Crew).claims() };
        let crew = Principal::new(claims, None, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(Reach::of(&crew), Reach::Unit(unit("patrol-21")));
        assert!(may_see_station(&crew, &station("leninsky")).is_ok());
        assert_eq!(
            may_act_for_station(&crew, &station("leninsky")),
            Err(ScopeRefusal::CrewNotStation { own: unit("patrol-21") })
        );
        assert_eq!(
            may_act_for_unit(&crew, &unit("patrol-22"), &station("leninsky")),
            Err(ScopeRefusal::OtherUnit { own: unit("patrol-21"), asked: unit("patrol-22") })
        );
    }

    #[test]
    fn a_restricted_incident_is_seen_by_its_readers_only_and_hidden_from_others() {
        let readers = BTreeSet::from(["the-operator".to_owned()]);
        for role in Role::ALL {
            assert_eq!(may_read(&principal(role), None), Ok(()));
            let answer = may_read(&principal(role), Some(&readers));
            assert_eq!(answer.is_ok(), role == Role::Operator, "{role}");
            if let Err(refusal) = answer {
                assert!(refusal.is_hidden());
            }
        }
        assert!(may_read(&principal(Role::Supervisor), Some(&BTreeSet::new())).is_err());
    }

    #[test]
    fn another_centre_is_refused_whatever_the_role() {
        for role in Role::ALL {
            let who = principal(role);
            assert_eq!(may_act_in(&who, who.centre()), Ok(()));
            let refused = may_act_in(&who, &CentreId::new("osh").unwrap()).unwrap_err();
            assert_eq!(refused.code(), "SCOPE_OTHER_CENTRE");
            assert!(!refused.is_hidden());
        }
    }
}
