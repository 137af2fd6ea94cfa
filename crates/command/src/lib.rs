//! Reads a typed line into a command: one grammar, in any keyboard layout.
//!
//! It never knows which units or incidents there are: what a line names stays the words that were typed, and whoever
//! carries it out looks them up. It never guesses: what can be read in two ways is refused with both.

pub mod layout;
pub mod limits;

mod about;
mod clock;
mod near;
mod parse;
mod reader;
mod refusal;
mod said;
mod table;
mod write;

pub use about::{About, Basis, Command, CrewState, IncidentWord, Said, SwitchTo, Word, comparable};
pub use clock::{SpokenTime, nearest_past, zone};
pub use near::nearest;
pub use parse::{parse, verb_of};
pub use refusal::{CommandRefusal, Expected};
pub use said::says_when;
pub use table::{Needs, RULES, Rule, TextNeed, Verb, rule};
