//! Which column of a file is what: a small TOML file, or the one for the shipped form of trace.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Which column is what.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The names of columns.
    pub columns: Columns,
    /// How times are written.
    #[serde(default)]
    pub time: TimeColumn,
    /// How urgent a call is.
    #[serde(default)]
    pub priority: Priorities,
    /// What the emergent column holds where it was answered with lights and sirens; compared without case.
    #[serde(default = "yes")]
    pub emergent: Vec<String>,
}

/// The names of columns. Only the time must be there; the others are left out where the file has no such column.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each is the column that holds what its name says")]
pub struct Columns {
    pub time: String,
    pub id: Option<String>,
    pub latitude: Option<String>,
    pub longitude: Option<String>,
    pub type_code: Option<String>,
    pub type_title: Option<String>,
    pub emergent: Option<String>,
    pub priority: Option<String>,
    pub narrative: Option<String>,
    pub caller_number: Option<String>,
    pub language: Option<String>,
}

/// How times are written.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TimeColumn {
    /// `rfc3339`, or a pattern of `strptime` such as `%d.%m.%Y %H:%M`.
    pub format: String,
    /// The time zone of a pattern that names none.
    pub zone: String,
    /// How exact the times are, in seconds: calls of the same time are spread over so much. 60 where only minutes are
    /// known; 1 leaves them as they are.
    pub resolution_s: u32,
}

/// How urgent a call is. The first that says wins: the priority column, then the emergent column, then its type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Priorities {
    /// What the priority column holds, and the priority it means, 1 (most urgent) to 5. A text that is not here but is
    /// a number from 1 to 5 means itself.
    pub words: BTreeMap<String, u8>,
    /// The priority of a call answered with lights and sirens; absent: its type says.
    pub emergent: Option<u8>,
    /// The priority of a call answered without; absent: its type says.
    pub other: Option<u8>,
}

/// A text that is no mapping.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    /// Not a mapping in TOML.
    #[error("the mapping cannot be read")]
    Toml(#[source] Box<toml::de::Error>),
    /// A priority that is none.
    #[error("priority {0} is not between 1 (most urgent) and 5")]
    Priority(u8),
}

impl Default for TimeColumn {
    fn default() -> Self {
        Self { format: "rfc3339".to_owned(), zone: "UTC".to_owned(), resolution_s: 1 }
    }
}

fn yes() -> Vec<String> {
    ["yes", "true", "1", "да"].map(str::to_owned).into()
}

impl Default for Mapping {
    /// The form of trace that the project is measured with: `call`, `received_at` (RFC 3339, to the minute),
    /// `latitude`, `longitude`, `type_code`, `type`, `emergent`.
    fn default() -> Self {
        let column = |name: &str| Some(name.to_owned());
        Self {
            columns: Columns {
                time: "received_at".to_owned(),
                id: column("call"),
                latitude: column("latitude"),
                longitude: column("longitude"),
                type_code: column("type_code"),
                type_title: column("type"),
                emergent: column("emergent"),
                priority: None,
                narrative: None,
                caller_number: None,
                language: None,
            },
            time: TimeColumn { resolution_s: 60, ..TimeColumn::default() },
            priority: Priorities::default(),
            emergent: yes(),
        }
    }
}

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// [`MappingError`].
    pub fn from_toml(text: &str) -> Result<Self, MappingError> {
        let mapping: Self = toml::from_str(text).map_err(|error| MappingError::Toml(Box::new(error)))?;
        let priorities = &mapping.priority;
        let said = priorities.words.values().chain(&priorities.emergent).chain(&priorities.other);
        match said.copied().find(|priority| !(1..=5).contains(priority)) {
            Some(bad) => Err(MappingError::Priority(bad)),
            None => Ok(mapping),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_names_what_it_needs_and_leaves_out_the_rest() {
        let text = r#"
            [columns]
            time = "Принят"
            latitude = "Y"
            longitude = "X"
            priority = "Срочность"
            [time]
            format = "%d.%m.%Y %H:%M"
            zone = "Asia/Bishkek"
            resolution_s = 60
            [priority.words]
            "срочно" = 1
        "#;
        let mapping = Mapping::from_toml(text).unwrap();
        assert_eq!((mapping.columns.id, mapping.time.resolution_s), (None, 60));
        assert_eq!(mapping.priority.words["срочно"], 1);
    }

    #[test]
    fn a_misspelt_field_and_an_impossible_priority_are_refused() {
        let misspelt = Mapping::from_toml("[columns]\ntime = \"t\"\nlattitude = \"y\"").unwrap_err();
        assert!(format!("{misspelt:?}").contains("lattitude"), "{misspelt:?}");
        let bad = Mapping::from_toml("[columns]\ntime = \"t\"\n[priority]\nemergent = 9");
        assert!(matches!(bad, Err(MappingError::Priority(9))));
    }
}
