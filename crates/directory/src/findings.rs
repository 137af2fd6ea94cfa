//! What was found wrong so far, and on which line each thing stands.
//!
//! Reading and checking both report here about a *subject*: one field of one entry. The first finding about a subject
//! wins, so a field that could not be read is not complained about again by a check that sees its stand-in.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Problem, ProblemCode, limits};

/// A part of a centre: one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// The centre itself.
    Centre,
    /// Its districts.
    Districts,
    /// Its kinds of unit.
    Kinds,
    /// Its stations.
    Stations,
    /// Its incident types.
    Types,
    /// Its units.
    Units,
}

impl Part {
    /// The file it stands in.
    pub(crate) const fn file(self) -> &'static str {
        match self {
            Self::Centre => "centre.toml",
            Self::Districts => "districts.geojson",
            Self::Kinds => "kinds.toml",
            Self::Stations => "stations.toml",
            Self::Types => "types.toml",
            Self::Units => "units.toml",
        }
    }

    /// What one entry of it is called.
    pub(crate) const fn noun(self) -> &'static str {
        match self {
            Self::Centre => "centre",
            Self::Districts => "district",
            Self::Kinds => "kind",
            Self::Stations => "station",
            Self::Types => "type",
            Self::Units => "unit",
        }
    }
}

/// Which entry of an unnamed feature is meant, by its number from 1.
pub(crate) fn numbered(feature: usize) -> String {
    format!("#{feature}")
}

/// One field of one entry; the entry itself where the field is empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Subject {
    part: Part,
    entry: String,
    field: String,
}

impl Subject {
    /// An entry of a part, by its id. The centre's only entry has no name.
    pub(crate) fn entry(part: Part, entry: impl ToString) -> Self {
        Self { part, entry: entry.to_string(), field: String::new() }
    }

    /// A part as a whole.
    pub(crate) fn whole(part: Part) -> Self {
        Self::entry(part, "")
    }

    /// A field of the same entry, or a field within this field.
    pub(crate) fn field(&self, field: impl std::fmt::Display) -> Self {
        let field = if self.field.is_empty() { field.to_string() } else { format!("{}.{field}", self.field) };
        Self { field, ..self.clone() }
    }

    /// The file it stands in.
    pub(crate) const fn part(&self) -> Part {
        self.part
    }

    /// How a sentence about it begins: "unit `x`: ", or nothing for the centre.
    fn opening(&self) -> String {
        if self.entry.is_empty() {
            return String::new();
        }
        match self.entry.strip_prefix('#') {
            Some(number) => format!("feature {number}: "),
            None => format!("{} `{}`: ", self.part.noun(), self.entry),
        }
    }

    /// The feature to name, where the file has features.
    fn feature(&self) -> Option<String> {
        let named = self.part == Part::Districts && !self.entry.is_empty();
        named.then(|| self.entry.trim_start_matches('#').to_owned())
    }

    /// The field around this one, the entry around that, and at last nothing.
    fn around(&self) -> Option<Self> {
        if self.field.is_empty() {
            return None;
        }
        let field = self.field.rsplit_once('.').map_or("", |(outer, _)| outer).to_owned();
        Some(Self { field, ..self.clone() })
    }
}

/// A text that may hold pieces of a file, cut to a length people read and without what would garble a terminal.
fn printable(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(limits::MESSAGE_CHARS_MAX)
        .map(|letter| if letter.is_control() { char::REPLACEMENT_CHARACTER } else { letter })
        .collect();
    if text.chars().nth(limits::MESSAGE_CHARS_MAX).is_some() {
        shown.push('…');
    }
    shown
}

/// What was found so far.
#[derive(Default)]
pub(crate) struct Findings {
    lines: BTreeMap<Subject, u32>,
    said: BTreeSet<Subject>,
    unsound: BTreeSet<Part>,
    problems: Vec<Problem>,
}

impl Findings {
    /// Remembers the line that a subject stands on.
    pub(crate) fn place(&mut self, subject: Subject, line: u32) {
        self.lines.entry(subject).or_insert(line);
    }

    /// The line of a subject, or of what is around it.
    pub(crate) fn line(&self, subject: &Subject) -> Option<u32> {
        let mut around = Some(subject.clone());
        while let Some(subject) = around {
            if let Some(line) = self.lines.get(&subject) {
                return Some(*line);
            }
            around = subject.around();
        }
        None
    }

    /// Reports a subject, unless it was reported already.
    pub(crate) fn report(&mut self, subject: Subject, code: ProblemCode, sentence: impl AsRef<str>) {
        let line = self.line(&subject);
        self.report_at(subject, line, code, sentence);
    }

    /// Reports a subject on a line of its own choosing, unless it was reported already.
    pub(crate) fn report_at(
        &mut self,
        subject: Subject,
        line: Option<u32>,
        code: ProblemCode,
        sentence: impl AsRef<str>,
    ) {
        if !self.said.contains(&subject) {
            self.problems.push(Problem {
                file: subject.part.file().to_owned(),
                line,
                feature: subject.feature(),
                code,
                message: printable(&format!("{}{}", subject.opening(), sentence.as_ref())),
            });
            self.said.insert(subject);
        }
    }

    /// Reports a file that is no part of a centre.
    pub(crate) fn report_file(&mut self, file: &str, code: ProblemCode, message: String) {
        let file = printable(file);
        self.problems.push(Problem { file, line: None, feature: None, code, message: printable(&message) });
    }

    /// Marks a part as not wholly read: what refers to it cannot be judged.
    pub(crate) fn doubt(&mut self, part: Part) {
        self.unsound.insert(part);
    }

    /// True if all of a part was read.
    pub(crate) fn sound(&self, part: Part) -> bool {
        !self.unsound.contains(&part)
    }

    /// Every problem, by file and line.
    pub(crate) fn into_problems(mut self) -> Vec<Problem> {
        self.problems.sort_by(|a, b| {
            (&a.file, a.line, a.code, &a.message).cmp(&(&b.file, b.line, b.code, &b.message))
        });
        self.problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_finding_about_a_subject_wins_and_takes_the_line_around_it() {
        let mut found = Findings::default();
        let unit = Subject::entry(Part::Units, "a");
        found.place(unit.clone(), 7);
        found.report(unit.field("plan").field(3).field("kind"), ProblemCode::UnknownKind, "one");
        found.report(unit.field("plan").field(3).field("kind"), ProblemCode::KindNobodyHas, "two");
        let problems = found.into_problems();
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].to_string(), "units.toml:7: unit `a`: one [UNKNOWN_KIND]");
    }

    #[test]
    fn what_a_file_says_cannot_garble_a_terminal_or_fill_it() {
        let mut found = Findings::default();
        let long = "ү".repeat(10_000);
        found.report(Subject::whole(Part::Units), ProblemCode::BadToml, format!("\u{1b}[2J{long}"));
        let message = found.into_problems().remove(0).message;
        assert!(message.starts_with("\u{fffd}[2J") && message.ends_with("ү…"), "{message}");
        assert_eq!(message.chars().count(), limits::MESSAGE_CHARS_MAX + 1);
    }
}
