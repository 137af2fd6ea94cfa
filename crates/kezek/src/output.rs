//! What goes to standard output: one message as JSON, or the same for a person.

use std::io::{IsTerminal, Write};
use std::sync::OnceLock;

use prost::{Message, Name};

use crate::json;

/// How answers are printed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
    paint: Paint,
}

/// Whether colours may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paint {
    /// On a terminal that did not ask for none.
    Colours,
    /// Everywhere else: the words say it all, a colour only repeats them.
    Plain,
}

/// What a colour is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// A heading.
    Strong,
    /// What matters least.
    Faint,
    /// All is well.
    Good,
    /// Something waits or ages.
    Warning,
    /// Somebody must act.
    Urgent,
}

impl Paint {
    /// Colours on a terminal, unless `NO_COLOR` is set or the terminal is a dumb one.
    pub(crate) fn of_stdout() -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        if std::io::stdout().is_terminal() && !set("NO_COLOR") && !dumb { Self::Colours } else { Self::Plain }
    }

    /// The text in a tone.
    pub(crate) fn dye(self, tone: Tone, text: &str) -> String {
        let code = match (self, tone) {
            (Self::Plain, _) => return text.to_owned(),
            (Self::Colours, Tone::Strong) => "1",
            (Self::Colours, Tone::Faint) => "2",
            (Self::Colours, Tone::Good) => "32",
            (Self::Colours, Tone::Warning) => "33",
            (Self::Colours, Tone::Urgent) => "1;31",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

impl Output {
    /// JSON, or words with the colours that standard output takes.
    pub(crate) fn new(json: bool) -> Self {
        Self { json, paint: Paint::of_stdout() }
    }

    /// True if a script reads.
    pub(crate) const fn is_json(self) -> bool {
        self.json
    }

    /// Whether colours may be used.
    pub(crate) const fn paint(self) -> Paint {
        self.paint
    }

    /// Prints a message: as JSON, or as `words` put it.
    pub(crate) fn show<M: Message + Name>(self, message: &M, words: impl FnOnce(Paint) -> String) {
        if self.json {
            print(&json::pretty(message));
        } else {
            print(&words(self.paint));
        }
    }
}

/// Prints a text and ends its line. A reader that closed the pipe (`| head`) wants no more, so that is no failure.
pub(crate) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let ended = if text.ends_with('\n') { write!(out, "{text}") } else { writeln!(out, "{text}") };
    if ended.and_then(|()| out.flush()).is_err() {
        std::process::exit(i32::from(crate::exit::Exit::Done.code()));
    }
}

/// Whether a script reads standard error too. Notes come from everywhere, and one process has one way to tell them.
static NOTES_AS_JSON: OnceLock<()> = OnceLock::new();

/// From now on notes are JSON, one object a line, as failures are.
pub(crate) fn tell_notes_as_json() {
    NOTES_AS_JSON.get_or_init(|| ());
}

/// Tells the person at the terminal something that is not the answer.
pub(crate) fn note(text: &str) {
    match NOTES_AS_JSON.get() {
        Some(()) => eprintln!("{}", serde_json::json!({ "note": text })),
        None => eprintln!("kezek: {text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_only_repeats_what_the_words_say() {
        assert_eq!(Paint::Plain.dye(Tone::Urgent, "LATE"), "LATE");
        assert_eq!(Paint::Colours.dye(Tone::Urgent, "LATE"), "\u{1b}[1;31mLATE\u{1b}[0m");
    }
}
