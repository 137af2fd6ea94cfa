//! Who may dispatch automatically, and whether anyone may.

use serde::{Deserialize, Serialize};

/// The record that stands among the reads of every commit a dispatcher makes: whoever is not its holder any more, or
/// finds automatic sending switched off, gets a conflict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispatch {
    /// The node that dispatches; empty before the first one.
    pub holder: String,
    /// Whether anything is sent without a person.
    pub automatic: Automatic,
    /// Who last switched it; empty if nobody did.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub switched_by: String,
    /// Why; empty if nobody did.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Whether anything is sent without a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Automatic {
    /// Plans that say `auto` are carried out at once.
    #[default]
    On,
    /// Every sending waits for a person.
    Off,
}
