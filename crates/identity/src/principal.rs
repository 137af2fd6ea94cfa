//! Who is asking: a person or system, in a role, bound to the station or unit its token names.

use domain::{CentreId, StationId, UnitId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Role, View};

/// Longest name of a person, desk or token, in bytes: it is copied into every record its owner touches.
pub const NAME_BYTES_MAX: usize = 128;

/// What the centre calls itself when it acts without a person starts with this, and no token's name may: so
/// nobody can ask in the dispatcher's name, and no two operations share an id.
pub const SYSTEM_NAME_PREFIX: &str = "kezek:";

/// What a token says about who is asking, not yet checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The person or system, unique and stable within the centre. 1 to 128 bytes, printable, no outer spaces.
    pub name: String,
    /// In which role.
    pub role: Role,
    /// In which centre.
    pub centre: CentreId,
    /// At which desk of the centre; absent when unknown. Only an operator or a supervisor has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<String>,
    /// For which station: required for a duty officer, allowed for a crew, refused for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<StationId>,
    /// In which unit: required for a crew, refused for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
}

/// Why nobody can be what a token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrincipalError {
    /// The name is empty, too long, has outer spaces or unprintable characters.
    #[error("the name is not 1 to {NAME_BYTES_MAX} bytes of printable text without outer spaces")]
    Name,
    /// The name is one of the centre's own.
    #[error("a name that starts with `{SYSTEM_NAME_PREFIX}` is the centre's own")]
    NameReserved,
    /// The desk is empty, too long, has outer spaces or unprintable characters.
    #[error("the desk is not 1 to {NAME_BYTES_MAX} bytes of printable text without outer spaces")]
    Desk,
    /// The role needs a station and there is none.
    #[error("role {0} needs a station")]
    StationMissing(Role),
    /// The role has no station and there is one.
    #[error("role {0} has no station")]
    StationUnexpected(Role),
    /// The role needs a unit and there is none.
    #[error("role {0} needs a unit")]
    UnitMissing(Role),
    /// The role has no unit and there is one.
    #[error("role {0} has no unit")]
    UnitUnexpected(Role),
    /// The role sits at no desk of the centre and there is one.
    #[error("role {0} has no desk in the centre")]
    DeskUnexpected(Role),
}

/// Somebody who may ask: checked, so that a duty officer always has a station and a crew a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    name: String,
    centre: CentreId,
    post: Post,
    token_id: Option<String>,
    valid_until: Timestamp,
}

/// A role with what only that role has.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Post {
    Operator { desk: Option<String> },
    DutyOfficer { station: StationId },
    Crew { unit: UnitId, station: Option<StationId> },
    Supervisor { desk: Option<String> },
    Administrator,
    Integration,
    Observer,
}

impl Principal {
    /// Checks who a token says is asking. `token_id` is the token's own id, if it has one; after `valid_until` the
    /// principal is nobody: a long stream must end then.
    ///
    /// # Errors
    /// The first [`PrincipalError`] that applies: name, station, unit, desk.
    pub fn new(
        claims: Claims,
        token_id: Option<String>,
        valid_until: Timestamp,
    ) -> Result<Self, PrincipalError> {
        if !is_name(&claims.name) {
            return Err(PrincipalError::Name);
        }
        if claims.name.starts_with(SYSTEM_NAME_PREFIX) {
            return Err(PrincipalError::NameReserved);
        }
        if claims.desk.as_deref().is_some_and(|desk| !is_name(desk)) {
            return Err(PrincipalError::Desk);
        }
        let Claims { name, role, centre, desk, station, unit } = claims;
        Ok(Self { name, centre, post: post(role, desk, station, unit)?, token_id, valid_until })
    }

    /// The text that stands for this principal in operation ids, as the actor of a commit and in lists of readers.
    /// It is the token's subject, whatever the role, so that a request repeated after a change of role is the
    /// same request.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// In which role.
    pub const fn role(&self) -> Role {
        match self.post {
            Post::Operator { .. } => Role::Operator,
            Post::DutyOfficer { .. } => Role::DutyOfficer,
            Post::Crew { .. } => Role::Crew,
            Post::Supervisor { .. } => Role::Supervisor,
            Post::Administrator => Role::Administrator,
            Post::Integration => Role::Integration,
            Post::Observer => Role::Observer,
        }
    }

    /// In which centre.
    pub const fn centre(&self) -> &CentreId {
        &self.centre
    }

    /// At which desk of the centre, if the token says so.
    pub fn desk(&self) -> Option<&str> {
        match &self.post {
            Post::Operator { desk } | Post::Supervisor { desk } => desk.as_deref(),
            Post::DutyOfficer { .. }
            | Post::Crew { .. }
            | Post::Administrator
            | Post::Integration
            | Post::Observer => None,
        }
    }

    /// For which station: a duty officer always has one, a crew may.
    pub const fn station(&self) -> Option<&StationId> {
        match &self.post {
            Post::DutyOfficer { station } => Some(station),
            Post::Crew { station, .. } => station.as_ref(),
            Post::Operator { .. }
            | Post::Supervisor { .. }
            | Post::Administrator
            | Post::Integration
            | Post::Observer => None,
        }
    }

    /// In which unit: a crew always has one.
    pub const fn unit(&self) -> Option<&UnitId> {
        match &self.post {
            Post::Crew { unit, .. } => Some(unit),
            Post::Operator { .. }
            | Post::DutyOfficer { .. }
            | Post::Supervisor { .. }
            | Post::Administrator
            | Post::Integration
            | Post::Observer => None,
        }
    }

    /// How much of a record it is shown.
    pub const fn view(&self) -> View {
        self.role().view()
    }

    /// The id of the token, if it has one; it may be logged, unlike the token.
    pub fn token_id(&self) -> Option<&str> {
        self.token_id.as_deref()
    }

    /// From this moment on the principal is nobody: its streams end.
    pub const fn valid_until(&self) -> Timestamp {
        self.valid_until
    }

    /// What a token would say about it.
    pub fn claims(&self) -> Claims {
        Claims {
            name: self.name.clone(),
            role: self.role(),
            centre: self.centre.clone(),
            desk: self.desk().map(str::to_owned),
            station: self.station().cloned(),
            unit: self.unit().cloned(),
        }
    }
}

/// True for 1 to 128 bytes of printable text without outer spaces.
pub(crate) fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= NAME_BYTES_MAX
        && text.trim() == text
        && !text.chars().any(|letter| letter.is_control() || is_invisible(letter))
}

/// Marks that change how the text around them is shown: with them one name could be made to look like another.
const fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
    )
}

/// Joins a role with what it needs and refuses what it does not have.
fn post(
    role: Role,
    desk: Option<String>,
    station: Option<StationId>,
    unit: Option<UnitId>,
) -> Result<Post, PrincipalError> {
    match role {
        Role::DutyOfficer => {
            let station = station.ok_or(PrincipalError::StationMissing(role))?;
            no_unit(role, unit.as_ref())?;
            no_desk(role, desk.as_ref())?;
            Ok(Post::DutyOfficer { station })
        }
        Role::Crew => {
            let unit = unit.ok_or(PrincipalError::UnitMissing(role))?;
            no_desk(role, desk.as_ref())?;
            Ok(Post::Crew { unit, station })
        }
        Role::Operator | Role::Supervisor | Role::Administrator | Role::Integration | Role::Observer => {
            no_station(role, station.as_ref())?;
            no_unit(role, unit.as_ref())?;
            post_in_centre(role, desk)
        }
    }
}

/// The post of a role that has neither station nor unit.
fn post_in_centre(role: Role, desk: Option<String>) -> Result<Post, PrincipalError> {
    match role {
        Role::Operator => Ok(Post::Operator { desk }),
        Role::Supervisor => Ok(Post::Supervisor { desk }),
        Role::Administrator => no_desk(role, desk.as_ref()).map(|()| Post::Administrator),
        Role::Integration => no_desk(role, desk.as_ref()).map(|()| Post::Integration),
        Role::Observer => no_desk(role, desk.as_ref()).map(|()| Post::Observer),
        Role::DutyOfficer => Err(PrincipalError::StationMissing(role)),
        Role::Crew => Err(PrincipalError::UnitMissing(role)),
    }
}

fn no_station(role: Role, station: Option<&StationId>) -> Result<(), PrincipalError> {
    station.map_or(Ok(()), |_| Err(PrincipalError::StationUnexpected(role)))
}

fn no_unit(role: Role, unit: Option<&UnitId>) -> Result<(), PrincipalError> {
    unit.map_or(Ok(()), |_| Err(PrincipalError::UnitUnexpected(role)))
}

fn no_desk(role: Role, desk: Option<&String>) -> Result<(), PrincipalError> {
    desk.map_or(Ok(()), |_| Err(PrincipalError::DeskUnexpected(role)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(role: Role, desk: bool, station: bool, unit: bool) -> Claims {
        Claims {
            name: "a.ibraimova".to_owned(),
            role,
            centre: CentreId::new("bishkek").unwrap(),
            desk: desk.then(|| "desk-4".to_owned()),
            station: station.then(|| StationId::new("leninsky").unwrap()),
            unit: unit.then(|| UnitId::new("patrol-21").unwrap()),
        }
    }

    #[test]
    fn every_role_with_and_without_desk_station_and_unit() {
        // per role: the (desk, station, unit) that make a principal; everything else is refused
        type Row = (Role, &'static [(bool, bool, bool)]);
        let valid: [Row; 7] = [
            (Role::Operator, &[(false, false, false), (true, false, false)]),
            (Role::DutyOfficer, &[(false, true, false)]),
            (Role::Crew, &[(false, false, true), (false, true, true)]),
            (Role::Supervisor, &[(false, false, false), (true, false, false)]),
            (Role::Administrator, &[(false, false, false)]),
            (Role::Integration, &[(false, false, false)]),
            (Role::Observer, &[(false, false, false)]),
        ];
        assert_eq!(valid.map(|(role, _)| role), Role::ALL);
        for (role, combinations) in valid {
            for number in 0..8_u8 {
                let (desk, station, unit) = (number & 1 != 0, number & 2 != 0, number & 4 != 0);
                let said = claims(role, desk, station, unit);
                let made = Principal::new(said.clone(), None, Timestamp::UNIX_EPOCH);
                let expected = combinations.contains(&(desk, station, unit));
                assert_eq!(made.is_ok(), expected, "{role} desk {desk} station {station} unit {unit}");
                if let Ok(principal) = made {
                    assert_eq!(principal.claims(), said);
                }
            }
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let refused = |claims| Principal::new(claims, None, Timestamp::UNIX_EPOCH).unwrap_err();
        assert_eq!(
            refused(claims(Role::DutyOfficer, false, false, false)),
            PrincipalError::StationMissing(Role::DutyOfficer)
        );
        assert_eq!(
            refused(claims(Role::Operator, false, true, false)),
            PrincipalError::StationUnexpected(Role::Operator)
        );
        assert_eq!(refused(claims(Role::Crew, false, true, false)), PrincipalError::UnitMissing(Role::Crew));
        assert_eq!(
            refused(claims(Role::DutyOfficer, false, true, true)),
            PrincipalError::UnitUnexpected(Role::DutyOfficer)
        );
        assert_eq!(
            refused(claims(Role::Observer, true, false, false)),
            PrincipalError::DeskUnexpected(Role::Observer)
        );
    }

    #[test]
    fn a_name_is_short_printable_and_not_the_centres_own() {
        let named = |name: &str| {
            let said = Claims { name: name.to_owned(), ..claims(Role::Operator, false, false, false) };
            Principal::new(said, None, Timestamp::UNIX_EPOCH).map(|principal| principal.name().to_owned())
        };
        assert_eq!(named("Айнура Ибраимова").as_deref(), Ok("Айнура Ибраимова"));
        for bad in ["", " a", "a\n", "a\u{0}b", "a\u{202e}b", "a\u{200b}", &"a".repeat(129)] {
            assert_eq!(named(bad), Err(PrincipalError::Name), "{bad:?}");
        }
        assert_eq!(named("kezek:dispatcher"), Err(PrincipalError::NameReserved));
    }
}
