//! What names a record in the store.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The kinds of record a centre keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// One contact from outside.
    Call,
    /// What happened and who is sent.
    Incident,
    /// One incident given to one duty desk.
    Assignment,
    /// One unit going to one incident.
    Run,
    /// What a unit is doing now.
    Unit,
    /// What a duty desk is doing now: its link, its silence.
    Desk,
    /// A line somebody wrote on an incident.
    Note,
    /// Whom the centre recommended, and why.
    Recommendation,
    /// Something a person must see and act on.
    Alarm,
    /// Who may dispatch automatically, and whether anyone may.
    Dispatch,
    /// Which directory is in force.
    Directory,
    /// A piece of a directory, never changed once written.
    DirectoryPart,
}

impl RecordKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Call,
        Self::Incident,
        Self::Assignment,
        Self::Run,
        Self::Unit,
        Self::Desk,
        Self::Note,
        Self::Recommendation,
        Self::Alarm,
        Self::Dispatch,
        Self::Directory,
        Self::DirectoryPart,
    ];

    /// The word used in keys and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Incident => "incident",
            Self::Assignment => "assignment",
            Self::Run => "run",
            Self::Unit => "unit",
            Self::Desk => "desk",
            Self::Note => "note",
            Self::Recommendation => "recommendation",
            Self::Alarm => "alarm",
            Self::Dispatch => "dispatch",
            Self::Directory => "directory",
            Self::DirectoryPart => "directory_part",
        }
    }
}

/// Names one record of a centre: `<kind>:<id>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RecordKey {
    /// What it is.
    pub kind: RecordKind,
    /// Which one; a slug or a UUID, so it needs no escaping anywhere.
    pub id: String,
}

impl RecordKey {
    /// Names a record.
    pub fn new(kind: RecordKind, id: impl fmt::Display) -> Self {
        Self { kind, id: id.to_string() }
    }
}

impl fmt::Display for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.as_str(), self.id)
    }
}

/// A text that names no record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no record")]
pub struct RecordKeyError(String);

impl FromStr for RecordKey {
    type Err = RecordKeyError;
    fn from_str(text: &str) -> Result<Self, RecordKeyError> {
        let (kind, id) = text.split_once(':').ok_or_else(|| RecordKeyError(text.to_owned()))?;
        let kind = RecordKind::ALL
            .into_iter()
            .find(|known| known.as_str() == kind)
            .ok_or_else(|| RecordKeyError(text.to_owned()))?;
        Ok(Self { kind, id: id.to_owned() })
    }
}

impl TryFrom<String> for RecordKey {
    type Error = RecordKeyError;
    fn try_from(text: String) -> Result<Self, RecordKeyError> {
        text.parse()
    }
}

impl From<RecordKey> for String {
    fn from(key: RecordKey) -> Self {
        key.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_as_itself() {
        for kind in RecordKind::ALL {
            let key = RecordKey::new(kind, "a-1");
            assert_eq!(key.to_string().parse(), Ok(key));
        }
        assert!("nothing:1".parse::<RecordKey>().is_err());
        assert!("call".parse::<RecordKey>().is_err());
    }
}
