//! A command as it is written in full.

use std::fmt;

use domain::milestone::Channel;

use crate::{About, Basis, Command, CrewState, IncidentWord, Said, SwitchTo, Word};

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for IncidentWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Selected => f.write_str("*"),
            // small numbers are read as such only with the mark, and others are the same with and without it
            Self::Named(word) if word.0.len() < 3 => write!(f, "#{word}"),
            Self::Named(word) | Self::Bare(word) => word.fmt(f),
        }
    }
}

/// An incident where words may stand behind it: the mark tells what was found by a number from what may be no incident.
struct BeforeWords<'a>(&'a IncidentWord);

impl fmt::Display for BeforeWords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IncidentWord::Named(word) if word.0.bytes().all(|byte| byte.is_ascii_digit()) => {
                write!(f, "#{word}")
            }
            other @ (IncidentWord::Selected | IncidentWord::Named(_) | IncidentWord::Bare(_)) => other.fmt(f),
        }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(desk) = &self.desk {
            write!(f, " @{desk}")?;
        }
        if let Some(at) = self.at {
            write!(f, " at {at}")?;
        }
        match self.by {
            Some(Channel::Radio) => f.write_str(" by radio")?,
            Some(Channel::Phone) => f.write_str(" by phone")?,
            Some(Channel::Paper) => f.write_str(" by paper")?,
            Some(Channel::Device | Channel::System) | None => {}
        }
        if self.from.is_empty() { Ok(()) } else { write!(f, " from \"{}\"", self.from) }
    }
}

/// Words at the end of a line, which may be none.
struct Words<'a>(&'a str);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, " {}", self.0) }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.verb.word())?;
        self.about.fmt(f)
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => Ok(()),
            Self::Units { units, incident, said } => {
                let units: Vec<&str> = units.iter().map(Word::as_str).collect();
                write!(f, " {} {incident}{said}", units.join(","))
            }
            Self::Station { station, incident } => write!(f, " {station} {incident}"),
            Self::Unit { unit, said, words } => write!(f, " {unit}{said}{}", Words(words)),
            Self::UnitState { unit, state } => match state {
                CrewState::On => write!(f, " {unit} on"),
                CrewState::Off => write!(f, " {unit} off"),
                CrewState::In => write!(f, " {unit} in"),
                CrewState::Out { reason } => write!(f, " {unit} out {reason}"),
            },
            Self::Incident { incident } => write!(f, " {incident}"),
            Self::Text { incident, said, words } => {
                write!(f, " {}{said}{}", BeforeWords(incident), Words(words))
            }
            Self::Person { incident, person, said } if person.is_empty() => write!(f, " {incident}{said}"),
            Self::Person { incident, person, said } => write!(f, " {incident} \"{person}\"{said}"),
            Self::Recall { who, incident, reason } => {
                write!(f, " {who} {} {reason}", BeforeWords(incident))
            }
            Self::Either { which, said } => match which {
                Some(which) => write!(f, " {which}{said}"),
                None => write!(f, " *{said}"),
            },
            Self::Priority { incident, priority, reason } => {
                write!(f, " {incident} {priority}{}", Words(reason))
            }
            Self::Hold { incident, minutes, reason } => write!(f, " {incident} {minutes} {reason}"),
            Self::Pair { incident, other } => write!(f, " {incident} {other}"),
            Self::Resource { incident, kind, count, said, reason } => {
                write!(f, " {incident} {kind} {count}{said}{}", Words(reason))
            }
            Self::Closing { incident, result, basis } => {
                write!(f, " {} {result}", BeforeWords(incident))?;
                match basis {
                    Basis::Number(number) => write!(f, " # {number}"),
                    Basis::LawfulReason(reason) => write!(f, " = {reason}"),
                    Basis::Unsaid => Ok(()),
                }
            }
            Self::New { incident_type, place, narrative } if narrative.is_empty() => {
                write!(f, " {incident_type} @{place}")
            }
            Self::New { incident_type, place, narrative } => {
                write!(f, " {incident_type} @{place}; {narrative}")
            }
            Self::Alarm { which } => which.as_ref().map_or(Ok(()), |which| write!(f, " {which}")),
            Self::Switch { to, reason } => match to {
                SwitchTo::On => write!(f, " on {reason}"),
                SwitchTo::Off => write!(f, " off {reason}"),
            },
        }
    }
}
