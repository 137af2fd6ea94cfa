//! The roles, in the one place that lists them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// What somebody is in the control room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Takes calls and dispatches, at a desk in the centre.
    Operator,
    /// Answers for a station at its duty desk.
    DutyOfficer,
    /// Goes out in one unit.
    Crew,
    /// Senior of the shift in the centre.
    Supervisor,
    /// Installs and configures.
    Administrator,
    /// Another system: telephony, alarms, positions.
    Integration,
    /// Looks on, and is shown no personal data.
    Observer,
}

/// How much of a record somebody is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum View {
    /// Everything.
    Full,
    /// Without what tells who called and what they said.
    Redacted,
}

/// A text that names no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a role; the roles are operator, duty_officer, crew, supervisor, administrator, integration, observer"
)]
pub struct RoleError;

impl Role {
    /// Every role.
    pub const ALL: [Self; 7] = [
        Self::Operator,
        Self::DutyOfficer,
        Self::Crew,
        Self::Supervisor,
        Self::Administrator,
        Self::Integration,
        Self::Observer,
    ];

    /// The word used in tokens, in the contract and in logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::DutyOfficer => "duty_officer",
            Self::Crew => "crew",
            Self::Supervisor => "supervisor",
            Self::Administrator => "administrator",
            Self::Integration => "integration",
            Self::Observer => "observer",
        }
    }

    /// How much of a record this role is shown.
    pub const fn view(self) -> View {
        match self {
            Self::Operator
            | Self::DutyOfficer
            | Self::Crew
            | Self::Supervisor
            | Self::Administrator
            | Self::Integration => View::Full,
            Self::Observer => View::Redacted,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = RoleError;
    fn from_str(text: &str) -> Result<Self, RoleError> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(RoleError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_reads_back_as_itself_in_text_and_json() {
        for role in Role::ALL {
            assert_eq!(role.to_string().parse(), Ok(role));
            assert_eq!(serde_json::to_string(&role).unwrap(), format!("\"{role}\""));
        }
        for bad in ["", "Operator", "admin", "operator ", "system"] {
            assert_eq!(bad.parse::<Role>(), Err(RoleError));
        }
    }

    #[test]
    fn only_an_observer_is_shown_less() {
        for role in Role::ALL {
            assert_eq!(role.view() == View::Redacted, role == Role::Observer);
        }
    }
}
