//! The names of things: a type each, so that swapping two of them does not compile.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Longest slug, in bytes: it must fit a console's column and a Redis key.
const SLUG_BYTES_MAX: usize = 40;

/// Why a text is not an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not lower-case letters, digits and inner hyphens, or empty, or too long.
    #[error("`{0}` is not a name of 1 to 40 lower-case letters, digits and inner hyphens")]
    Slug(String),
    /// Not a UUID.
    #[error("`{0}` is not a UUID")]
    Uuid(String),
}

/// True if `text` may name a centre, station, district, unit, kind or type.
fn is_slug(text: &str) -> bool {
    let bytes = text.as_bytes();
    !bytes.is_empty()
        && bytes.len() <= SLUG_BYTES_MAX
        && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
        && bytes.first() != Some(&b'-')
        && bytes.last() != Some(&b'-')
}

macro_rules! slug_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks the text.
            ///
            /// # Errors
            /// [`IdError::Slug`] unless it is 1 to 40 lower-case letters, digits and inner hyphens.
            pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                if is_slug(&text) { Ok(Self(text)) } else { Err(IdError::Slug(shorten(text))) }
            }

            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// No id stands before it in order: where a range of all begins.
            pub const FIRST: Self = Self(Uuid::nil());

            /// No id stands after it in order: where a range of all ends.
            pub const LAST: Self = Self(Uuid::max());

            /// Wraps a UUID that came from outside or from a record.
            pub const fn from_uuid(id: Uuid) -> Self {
                Self(id)
            }

            /// The id of the record called `label` that `operation` creates: the same operation, repeated
            /// anywhere, creates the same ids.
            pub fn derived(operation: OperationId, label: &str) -> Self {
                let name = format!("{}/{label}", stringify!($name));
                Self(Uuid::new_v5(&operation.as_uuid(), name.as_bytes()))
            }

            /// The UUID itself.
            pub const fn as_uuid(&self) -> Uuid {
                self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Uuid::try_parse(text).map(Self).map_err(|_| IdError::Uuid(shorten(text.to_owned())))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

/// Keeps a refused text short enough to print in an answer.
fn shorten(text: String) -> String {
    if text.chars().count() <= 80 { text } else { text.chars().take(80).chain(['…']).collect() }
}

slug_id!(
    /// One call centre and its area.
    CentreId
);
slug_id!(
    /// A district: the area that a station answers for.
    DistrictId
);
slug_id!(
    /// A district station or substation, and its duty desk.
    StationId
);
slug_id!(
    /// A unit: what can be sent.
    UnitId
);
slug_id!(
    /// A kind of unit, such as patrol or crime-scene group.
    UnitKindId
);
slug_id!(
    /// A type of incident, such as burglary.
    IncidentTypeId
);

uuid_id!(
    /// One contact from outside.
    CallId
);
uuid_id!(
    /// What happened and who is sent.
    IncidentId
);
uuid_id!(
    /// One incident given to one duty desk.
    AssignmentId
);
uuid_id!(
    /// One unit going to one incident.
    RunId
);
uuid_id!(
    /// A line somebody wrote on an incident.
    NoteId
);
uuid_id!(
    /// A kept recommendation.
    RecommendationId
);
uuid_id!(
    /// Something a person must see and act on.
    AlarmId
);

/// One thing somebody asked for, however often it is asked: derived from who asks and their request id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OperationId(Uuid);

/// The namespace of operation ids; any fixed value would do, this one is ours.
const OPERATIONS: Uuid = Uuid::from_u128(0x6b65_7a65_6b00_4f50_8000_0000_0000_0001);

impl OperationId {
    /// The operation that `principal` calls `request`. Two principals may use the same request id.
    pub fn derived(principal: &str, request: &str) -> Self {
        let name = format!("{}:{principal}/{request}", principal.len());
        Self(Uuid::new_v5(&OPERATIONS, name.as_bytes()))
    }

    /// Wraps a UUID read back from a record.
    pub const fn from_uuid(id: Uuid) -> Self {
        Self(id)
    }

    /// The UUID itself.
    pub const fn as_uuid(&self) -> Uuid {
        self.0
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The number of a change, and so the version of every record that change wrote. 0 means "does not exist".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub u64);

impl Version {
    /// The version of a record that does not exist.
    pub const ABSENT: Self = Self(0);

    /// The next number.
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The number people say aloud for a call and the incident it opened, such as `1043`, or `A1043` where a
/// centre has several nodes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SpokenNumber(String);

impl SpokenNumber {
    /// Joins a node's letter, if the centre has several nodes, and its counter.
    pub fn new(node: Option<char>, counter: u64) -> Self {
        Self(node.map_or_else(|| counter.to_string(), |letter| format!("{letter}{counter}")))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SpokenNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_short_lower_case_and_starts_and_ends_with_a_letter_or_digit() {
        for good in ["a", "patrol-21", "7", "leninsky"] {
            assert_eq!(UnitId::new(good).expect("a good slug").as_str(), good);
        }
        for bad in ["", "-a", "a-", "A", "a b", "{a}", "a\n", "../a", "патруль", &"a".repeat(41)] {
            assert!(UnitId::new(bad).is_err(), "{bad:?} was accepted");
        }
    }

    #[test]
    fn the_same_request_of_the_same_principal_is_the_same_operation() {
        let one = OperationId::derived("gateway", "r1");
        assert_eq!(one, OperationId::derived("gateway", "r1"));
        assert_ne!(one, OperationId::derived("gateway", "r2"));
        assert_ne!(OperationId::derived("a/b", "c"), OperationId::derived("a", "b/c"));
        assert_ne!(CallId::derived(one, "call").as_uuid(), IncidentId::derived(one, "call").as_uuid());
    }
}
