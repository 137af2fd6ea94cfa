//! One TOML file: its syntax, and its entries by id.

use std::{ops::Range, str::FromStr};

use domain::IdError;
use toml::de::{DeTable, Error};

use super::fields::{Fields, kind_of};
use crate::{
    ProblemCode,
    findings::{Findings, Part, Subject},
    lines::Lines,
};

/// One TOML file whose syntax was checked.
pub(super) struct Document<'i> {
    part: Part,
    lines: Lines,
    table: DeTable<'i>,
}

impl<'i> Document<'i> {
    /// Parses a part's file and reports every error of syntax. With one, the document is empty: what a broken line
    /// does to those after it would only be noise.
    pub(super) fn parse(part: Part, text: &'i str, found: &mut Findings) -> Self {
        let lines = Lines::of(text);
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut table = table.into_inner();
        let mut syntax = Syntax { part, text, lines: &lines, table: &table, repeated: None, readable: true };
        for error in errors {
            syntax.report(&error, found);
        }
        let readable = syntax.readable;
        if !readable {
            found.doubt(part);
            table = DeTable::new();
        }
        Self { part, lines, table }
    }

    /// The file as one entry.
    pub(super) fn whole<'r>(&'r self, found: &'r mut Findings) -> Fields<'r, 'i> {
        Fields::new(Subject::whole(self.part), &self.table, &self.lines, found)
    }

    /// Every entry with its id, read by `read`. An entry whose id is none is reported and left out.
    pub(super) fn entries<Id, Entry>(
        &self,
        found: &mut Findings,
        mut read: impl FnMut(Fields<'_, 'i>) -> Entry,
    ) -> Vec<(Id, Entry)>
    where
        Id: FromStr<Err = IdError>,
    {
        let mut entries = Vec::new();
        for (key, value) in self.table.iter() {
            let subject = Subject::entry(self.part, key.get_ref());
            found.place(subject.clone(), self.lines.line(key.span().start));
            let id = key.get_ref().parse::<Id>();
            if let Err(error) = &id {
                found.report(subject.clone(), ProblemCode::BadId, format!("{error}; rename it"));
            }
            let Some(table) = value.get_ref().as_table() else {
                let noun = self.part.noun();
                let is = kind_of(value.get_ref());
                let sentence = format!("is {is}; write the {noun} as `{} = {{ … }}`", key.get_ref());
                found.report(subject, ProblemCode::WrongType, sentence);
                found.doubt(self.part);
                continue;
            };
            let entry = read(Fields::new(subject, table, &self.lines, found));
            entries.extend(id.map(|id| (id, entry)));
        }
        entries
    }
}

/// Reports errors of syntax, one after the other.
struct Syntax<'a, 'i> {
    part: Part,
    text: &'i str,
    lines: &'a Lines,
    table: &'a DeTable<'i>,
    /// The entry whose second heading was seen last.
    repeated: Option<String>,
    /// True as long as the file can still be read.
    readable: bool,
}

impl Syntax<'_, '_> {
    fn report(&mut self, error: &Error, found: &mut Findings) {
        let span = error.span().unwrap_or(self.text.len()..self.text.len());
        let line = self.lines.line(span.start);
        let key = self.text.get(span.clone()).unwrap_or_default().trim_matches(['"', '\'']);
        if self.follows_from_a_repeated_heading(key, &span) {
            return;
        }
        if let Some(first) = self.first_of_two(key, &span)
            && self.part != Part::Centre
        {
            self.repeated = Some(key.to_owned());
            let sentence =
                format!("is on line {} already; give one of them another id", self.lines.line(first));
            let subject = Subject::entry(self.part, key).field("twice").field(line);
            found.report_at(subject, Some(line), ProblemCode::DuplicateId, sentence);
            return;
        }
        self.readable = false;
        let subject = Subject::whole(self.part).field("syntax").field(line);
        let sentence = format!("this is not TOML: {}", error.message());
        found.report_at(subject, Some(line), ProblemCode::BadToml, sentence);
    }

    /// Where the other entry called `key` begins, if the error at `span` is about the second of two.
    fn first_of_two(&self, key: &str, span: &Range<usize>) -> Option<usize> {
        let (known, value) = self.table.iter().find(|(known, _)| known.get_ref() == key)?;
        if known.span() != *span {
            return Some(known.span().start);
        }
        // under a second heading the parser goes on with the first table and forgets where that began, but not
        // where its fields did
        let fields = value.get_ref().as_table()?;
        let first_field = fields.keys().map(|field| field.span().start).min()?;
        self.text.get(..first_field.min(span.start))?.rfind(key)
    }

    /// True if the error only says that a field of an entry with two headings is there under both.
    fn follows_from_a_repeated_heading(&self, field: &str, span: &Range<usize>) -> bool {
        let entry = self.repeated.as_deref().and_then(|id| self.table.get(id));
        let fields = entry.and_then(|entry| entry.get_ref().as_table());
        fields.is_some_and(|fields| {
            fields.keys().any(|known| known.get_ref() == field && known.span() != *span)
        })
    }
}
