//! A command as it was read: a verb and what it is about, in the words that were typed.

use domain::{Priority, milestone::Channel};

use crate::{SpokenTime, Verb, layout};

/// A word that names something: a callsign, a number, a station. Looked up by whoever carries the command out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word(pub(crate) String);

impl Word {
    /// A word that stands for what was found.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// As it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it may mean, as names are compared: as typed, and as its keys say on another layout where that differs.
    pub fn readings(&self) -> Vec<String> {
        let (typed, folded) = (comparable(&self.0), layout::folded(&self.0));
        if typed == folded { vec![typed] } else { vec![typed, folded] }
    }
}

/// A name as it is compared with what is typed: in small letters, and with `е` for `ё`, which few people type.
pub fn comparable(name: &str) -> String {
    name.to_lowercase().replace('ё', "е")
}

/// Which incident a line is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IncidentWord {
    /// The one that is selected on the screen: none was named, or `*`.
    Selected,
    /// The one that is called so.
    Named(Word),
    /// The one that is called so if one is open; a number that may as well begin a person's own words, as 112 does.
    Bare(Word),
}

/// How somebody says that something happened: all of it may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// At what time of day; absent means now.
    pub at: Option<SpokenTime>,
    /// How the word came; absent means the asker's own device.
    pub by: Option<Channel>,
    /// By whose word; empty means the asker's own.
    pub from: String,
    /// The desk it is about, where several were asked.
    pub desk: Option<Word>,
}

/// What is said of a unit's duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CrewState {
    /// It comes on duty.
    On,
    /// It goes off.
    Off,
    /// It cannot be sent for a while.
    Out {
        /// Why.
        reason: String,
    },
    /// It can be sent again.
    In,
}

/// How a switch is to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the word that is typed for it")]
pub enum SwitchTo {
    On,
    Off,
}

/// What an incident is closed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The number under which the report is registered.
    Number(String),
    /// The lawful reason for having none.
    LawfulReason(String),
    /// Nothing was said.
    Unsaid,
}

/// What a command is about; which of these a verb has is said by its line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are what their names say, in the words of the forms")]
pub enum About {
    Nothing,
    Units { units: Vec<Word>, incident: IncidentWord, said: Said },
    Station { station: Word, incident: IncidentWord },
    Unit { unit: Word, said: Said, words: String },
    UnitState { unit: Word, state: CrewState },
    Incident { incident: IncidentWord },
    Text { incident: IncidentWord, said: Said, words: String },
    Person { incident: IncidentWord, person: String, said: Said },
    Recall { who: Word, incident: IncidentWord, reason: String },
    Either { which: Option<Word>, said: Said },
    Priority { incident: IncidentWord, priority: Priority, reason: String },
    Hold { incident: IncidentWord, minutes: u32, reason: String },
    Pair { incident: IncidentWord, other: Word },
    Resource { incident: IncidentWord, kind: Word, count: u8, said: Said, reason: String },
    Closing { incident: IncidentWord, result: String, basis: Basis },
    New { incident_type: String, place: String, narrative: String },
    Alarm { which: Option<Word> },
    Switch { to: SwitchTo, reason: String },
}

/// A line that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What is to be done.
    pub verb: Verb,
    /// With what.
    pub about: About,
    /// True if it was typed in another keyboard layout than the one that was meant.
    pub wrong_layout: bool,
}
