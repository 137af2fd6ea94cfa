//! Every way a line cannot be read, each with what would do.

use std::collections::BTreeSet;

use crate::{RULES, Rule, Verb, limits::LINE_BYTES_MAX};

/// What a line should have had at some place. The words stay the same across releases: screens say them in their own
/// language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the thing of that name")]
pub enum Expected {
    Verb,
    Unit,
    FewUnits,
    UnitState,
    Station,
    Incident,
    UnitOrIncident,
    Time,
    Channel,
    Person,
    Text,
    Reason,
    Result,
    Place,
    Position,
    IncidentType,
    UnitKind,
    Count,
    Priority,
    Minutes,
    Switch,
    Alarm,
    EndOfLine,
}

impl Expected {
    /// Everything that can be expected.
    pub const ALL: [Self; 23] = [
        Self::Verb,
        Self::Unit,
        Self::FewUnits,
        Self::UnitState,
        Self::Station,
        Self::Incident,
        Self::UnitOrIncident,
        Self::Time,
        Self::Channel,
        Self::Person,
        Self::Text,
        Self::Reason,
        Self::Result,
        Self::Place,
        Self::Position,
        Self::IncidentType,
        Self::UnitKind,
        Self::Count,
        Self::Priority,
        Self::Minutes,
        Self::Switch,
        Self::Alarm,
        Self::EndOfLine,
    ];

    /// The word for it in the facts of a refusal.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verb => "verb",
            Self::Unit => "unit",
            Self::FewUnits => "few_units",
            Self::UnitState => "unit_state",
            Self::Station => "station",
            Self::Incident => "incident",
            Self::UnitOrIncident => "unit_or_incident",
            Self::Time => "time",
            Self::Channel => "channel",
            Self::Person => "person",
            Self::Text => "text",
            Self::Reason => "reason",
            Self::Result => "result",
            Self::Place => "place",
            Self::Position => "position",
            Self::IncidentType => "incident_type",
            Self::UnitKind => "unit_kind",
            Self::Count => "count",
            Self::Priority => "priority",
            Self::Minutes => "minutes",
            Self::Switch => "switch",
            Self::Alarm => "alarm",
            Self::EndOfLine => "end_of_line",
        }
    }

    /// The same in a sentence.
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::Verb => "a verb such as `D`",
            Self::Unit => "a unit's callsign",
            Self::FewUnits => "ten units at most",
            Self::UnitState => "`on`, `off`, `out` with a reason, or `in`",
            Self::Station => "a station",
            Self::Incident => "an incident's number",
            Self::UnitOrIncident => "a unit's callsign or an incident's number",
            Self::Time => "a time such as `14:03`",
            Self::Channel => "`radio`, `phone` or `paper`",
            Self::Person => "a person's name",
            Self::Text => "some words",
            Self::Reason => "a reason",
            Self::Result => "the result",
            Self::Place => "`@` and a place",
            Self::Position => "a latitude, -90 to 90, and a longitude, -180 to 180",
            Self::IncidentType => "a type of incident",
            Self::UnitKind => "a kind of unit",
            Self::Count => "a number of units, 1 to 40",
            Self::Priority => "a priority, 1 to 5",
            Self::Minutes => "a number of minutes",
            Self::Switch => "`on` or `off`",
            Self::Alarm => "an alarm's place on the strip or the first digits of its id",
            Self::EndOfLine => "nothing more",
        }
    }
}

/// A line that cannot be read, or that can be read in several ways.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandRefusal {
    /// No verb is called so.
    #[error("no command begins with `{word}`; there are {}", choices.join(", "))]
    Unknown {
        /// What was typed.
        word: String,
        /// The verbs that come near.
        choices: Vec<&'static str>,
    },
    /// The line ends too early.
    #[error("the line lacks {}; `{form}`", expected.phrase())]
    Incomplete {
        /// What is missing.
        expected: Expected,
        /// How the command is written.
        form: &'static str,
        /// An example of it.
        example: &'static str,
    },
    /// What was named fits several, or one thing that it must be marked as.
    #[error("`{word}` {}: {}", if choices.len() == 1 { "may be meant as" } else { "fits several" }, choices.join(", "))]
    Ambiguous {
        /// What was typed.
        word: String,
        /// What it fits.
        choices: Vec<String>,
    },
    /// Something else should stand there.
    #[error("instead of `{word}` there should be {}; `{form}`", expected.phrase())]
    NotUnderstood {
        /// What was typed.
        word: String,
        /// What would do.
        expected: Expected,
        /// How the command is written.
        form: &'static str,
        /// An example of it.
        example: &'static str,
    },
    /// The line is too long.
    #[error("a line is limited to {LINE_BYTES_MAX} bytes; this one has {bytes}")]
    TooLong {
        /// How long it is.
        bytes: usize,
    },
}

impl CommandRefusal {
    /// A line of this verb that ends too early.
    pub(crate) const fn incomplete(rule: &'static Rule, expected: Expected) -> Self {
        Self::Incomplete { expected, form: rule.form, example: rule.example }
    }

    /// A line of this verb that has another word than it should.
    pub(crate) fn not_understood(rule: &'static Rule, word: &str, expected: Expected) -> Self {
        Self::NotUnderstood { word: word.to_owned(), expected, form: rule.form, example: rule.example }
    }

    /// That no incident is named and none is selected.
    pub fn no_incident(verb: Verb) -> Self {
        Self::incomplete(crate::rule(verb), Expected::Incident)
    }

    /// That a number may be an incident's or stand for itself.
    pub fn either_way(number: &str) -> Self {
        let choices = vec![format!("#{number}"), format!("* {number}")];
        Self::Ambiguous { word: number.to_owned(), choices }
    }

    /// The same to somebody on whose screen no incident is selected: nothing begins with `*` for them.
    #[must_use]
    pub fn where_none_is_selected(self) -> Self {
        let Self::Ambiguous { word, mut choices } = self else { return self };
        choices.retain(|choice| !choice.starts_with('*'));
        Self::Ambiguous { word, choices }
    }

    /// That a word means something that the command cannot be about.
    pub fn misplaced(verb: Verb, word: &str, expected: Expected) -> Self {
        Self::not_understood(crate::rule(verb), word, expected)
    }

    /// The same to somebody who may use these verbs alone: no other is offered in place of what was typed.
    #[must_use]
    pub fn offering(self, permitted: &BTreeSet<Verb>) -> Self {
        let Self::Unknown { word, choices } = self else { return self };
        let own = RULES.iter().filter(|rule| permitted.contains(&rule.verb));
        let own: Vec<_> = own.filter_map(|rule| rule.words.first().copied()).collect();
        let near: Vec<_> = choices.into_iter().filter(|choice| own.contains(choice)).collect();
        Self::Unknown { word, choices: if near.is_empty() { own } else { near } }
    }

    /// The code as operators see it and as its runbook page is named.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "COMMAND_UNKNOWN",
            Self::Incomplete { .. } => "COMMAND_INCOMPLETE",
            Self::Ambiguous { .. } => "COMMAND_AMBIGUOUS",
            Self::NotUnderstood { .. } => "COMMAND_NOT_UNDERSTOOD",
            Self::TooLong { .. } => "COMMAND_TOO_LONG",
        }
    }

    /// The facts a console can act on, beside the sentence.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Unknown { word, choices } => {
                vec![("word", word.clone()), ("choices", choices.join(",")), ("remedy", "?".to_owned())]
            }
            Self::Incomplete { expected, form, example } => vec![
                ("expected", expected.as_str().to_owned()),
                ("form", (*form).to_owned()),
                ("remedy", (*example).to_owned()),
            ],
            Self::Ambiguous { word, choices } => vec![("word", word.clone()), ("choices", listed(choices))],
            Self::NotUnderstood { word, expected, form, example } => vec![
                ("word", word.clone()),
                ("expected", expected.as_str().to_owned()),
                ("form", (*form).to_owned()),
                ("remedy", (*example).to_owned()),
            ],
            Self::TooLong { bytes } => {
                vec![("limit", LINE_BYTES_MAX.to_string()), ("value", bytes.to_string())]
            }
        }
    }
}

/// Choices in one text: with commas between, or each with a line end where one has a comma of its own.
fn listed(choices: &[String]) -> String {
    if choices.iter().any(|choice| choice.contains(',')) {
        choices.iter().map(|choice| format!("{choice}\n")).collect()
    } else {
        choices.join(",")
    }
}
