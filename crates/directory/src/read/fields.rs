//! One table of a TOML file, field by field; fields nobody asked for are reported at the end.

use std::{collections::BTreeMap, str::FromStr};

use domain::{IdError, directory::Titles};
use geography::{Position, PositionError};
use toml::{
    Spanned,
    de::{DeArray, DeInteger, DeTable, DeValue},
};

use crate::{
    ProblemCode,
    findings::{Findings, Subject},
    lines::Lines,
    spelling,
};

/// One table, read field by field.
pub(super) struct Fields<'r, 'i> {
    subject: Subject,
    table: &'r DeTable<'i>,
    lines: &'r Lines,
    found: &'r mut Findings,
    asked: Vec<&'static str>,
}

impl<'r, 'i> Fields<'r, 'i> {
    pub(super) fn new(
        subject: Subject,
        table: &'r DeTable<'i>,
        lines: &'r Lines,
        found: &'r mut Findings,
    ) -> Self {
        Self { subject, table, lines, found, asked: Vec::new() }
    }

    /// Reports a field.
    pub(super) fn report(&mut self, name: &str, code: ProblemCode, sentence: impl AsRef<str>) {
        self.found.report(self.subject.field(name), code, sentence);
    }

    /// Marks the part as not wholly read.
    pub(super) fn doubt(&mut self) {
        self.found.doubt(self.subject.part());
    }

    /// The value of a field, its line remembered.
    fn value(&mut self, name: &'static str) -> Option<&'r Spanned<DeValue<'i>>> {
        self.asked.push(name);
        let (key, value) = self.table.iter().find(|(key, _)| key.get_ref() == name)?;
        self.found.place(self.subject.field(name), self.lines.line(key.span().start));
        Some(value)
    }

    /// Reports a field that must be there, once it turned out not to be.
    fn missing(&mut self, name: &'static str, example: &str) {
        let sentence = format!("has no `{name}`; write one, such as `{name} = {example}`");
        self.report(name, ProblemCode::MissingField, sentence);
    }

    /// Reports a field that holds another kind of value.
    fn wrong_type(&mut self, name: &str, value: &DeValue<'_>, wanted: &str) {
        let sentence = format!("`{name}` is {}; write {wanted}", kind_of(value));
        self.report(name, ProblemCode::WrongType, sentence);
    }

    /// A text that may be absent.
    pub(super) fn text(&mut self, name: &'static str) -> Option<String> {
        let value = self.value(name)?.get_ref();
        if !value.is_str() {
            self.wrong_type(name, value, "a text in quotes");
        }
        value.as_str().map(str::to_owned)
    }

    /// A text that must be there; empty, and reported, if it is not.
    pub(super) fn required_text(&mut self, name: &'static str, example: &str) -> String {
        let text = self.text(name);
        if text.is_none() {
            self.missing(name, example);
        }
        text.unwrap_or_default()
    }

    /// An id that may be absent.
    pub(super) fn id<Id: FromStr<Err = IdError>>(&mut self, name: &'static str) -> Option<Id> {
        let text = self.text(name)?;
        text.parse().map_err(|error| self.bad_id(name, &error)).ok()
    }

    /// An id that must be there; a stand-in, and reported, if it is not.
    pub(super) fn required_id<Id: FromStr<Err = IdError>>(&mut self, name: &'static str) -> Id {
        let id = self.id(name);
        if id.is_none() {
            self.missing(name, "\"…\"");
        }
        id.unwrap_or_else(|| super::STAND_IN.parse().expect("the stand-in is an id"))
    }

    fn bad_id(&mut self, name: &str, error: &IdError) {
        self.report(name, ProblemCode::BadId, format!("in `{name}`, {error}"));
    }

    /// True or false; false if it is absent.
    pub(super) fn flag(&mut self, name: &'static str) -> bool {
        let Some(value) = self.value(name).map(Spanned::get_ref) else {
            return false;
        };
        let flag = value.as_bool();
        if flag.is_none() {
            self.wrong_type(name, value, "true or false");
        }
        flag.unwrap_or_default()
    }

    /// True or false; reported if it is absent.
    pub(super) fn required_flag(&mut self, name: &'static str) -> bool {
        let flag = self.flag(name);
        if !self.table.keys().any(|key| key.get_ref() == name) {
            self.missing(name, "false");
        }
        flag
    }

    /// A whole number that may be absent; reported with `code` if it does not fit the quantity.
    pub(super) fn whole<N: TryFrom<i64>>(
        &mut self,
        name: &'static str,
        code: ProblemCode,
        allowed: &str,
    ) -> Option<N> {
        let value = self.value(name)?.get_ref();
        let Some(digits) = value.as_integer() else {
            self.wrong_type(name, value, &format!("a whole number, {allowed}"));
            return None;
        };
        let fits = whole(digits).and_then(|number| N::try_from(number).ok());
        if fits.is_none() {
            self.report(name, code, format!("`{name}` is {digits}; write {allowed}"));
        }
        fits
    }

    /// A number, whole or not, that may be absent.
    pub(super) fn number(&mut self, name: &'static str) -> Option<f64> {
        let value = self.value(name)?.get_ref();
        let number = match (value.as_integer(), value.as_float()) {
            (Some(digits), _) => whole(digits).and_then(|number| i32::try_from(number).ok()).map(f64::from),
            (None, digits) => digits.and_then(|digits| digits.as_str().parse().ok()),
        };
        if number.is_none() {
            self.wrong_type(name, value, "a number such as 1.3");
        }
        number
    }

    /// One of a few words that may be absent.
    pub(super) fn word<W: Copy>(&mut self, name: &'static str, words: &[(&str, W)]) -> Option<W> {
        let text = self.text(name)?;
        let known = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
        if known.is_none() {
            let hint = spelling::hint(&text, words.iter().map(|(word, _)| *word));
            let all: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            let sentence = format!("`{name}` is \"{text}\"{hint}; write {}", all.join(" or "));
            self.report(name, ProblemCode::UnknownWord, sentence);
        }
        known
    }

    /// Reports a word that must be there.
    pub(super) fn required_word<W: Copy>(
        &mut self,
        name: &'static str,
        words: &[(&str, W)],
        stand_in: W,
    ) -> W {
        let word = self.word(name, words);
        if word.is_none() {
            self.missing(name, words.first().map_or("\"…\"", |(word, _)| word));
        }
        word.unwrap_or(stand_in)
    }

    /// A place written as maps show it, `"latitude, longitude"`, that may be absent.
    pub(super) fn position(&mut self, name: &'static str) -> Option<Position> {
        let text = self.text(name)?;
        let Some((latitude, longitude)) = two_numbers(&text) else {
            let sentence = format!(
                "`{name}` is \"{text}\"; write latitude, comma, longitude, such as \"42.8746, 74.6122\""
            );
            self.report(name, ProblemCode::BadPosition, sentence);
            return None;
        };
        match Position::new(latitude, longitude) {
            Ok(position) => Some(position),
            Err(error) => {
                self.report(
                    name,
                    ProblemCode::PositionOutOfRange,
                    format!("in `{name}`, {}", out_of_range(error)),
                );
                None
            }
        }
    }

    /// A place that must be there.
    pub(super) fn required_position(&mut self, name: &'static str) -> Position {
        let position = self.position(name);
        if position.is_none() {
            self.missing(name, "\"42.8746, 74.6122\"");
        }
        position.unwrap_or_else(|| Position::new(0.0, 0.0).expect("zero is in every range"))
    }

    /// The title in each language; must be there.
    pub(super) fn titles(&mut self, name: &'static str) -> Titles {
        let Some(table) = self.table(name) else {
            self.missing(name, "{ ky = \"…\", ru = \"…\" }");
            return Titles::default();
        };
        let mut titles = BTreeMap::new();
        for (key, value) in table.iter() {
            let field = format!("{name}.{}", key.get_ref());
            self.found.place(self.subject.field(&field), self.lines.line(key.span().start));
            let text = value.get_ref().as_str();
            if text.is_none() {
                self.wrong_type(&field, value.get_ref(), "a text in quotes");
            }
            titles.insert(key.get_ref().clone().into_owned(), text.unwrap_or_default().to_owned());
        }
        Titles(titles)
    }

    /// A list of texts that must be there.
    pub(super) fn texts(&mut self, name: &'static str, example: &str) -> Vec<String> {
        let Some(array) = self.array(name) else {
            self.missing(name, example);
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in array {
            match item.get_ref().as_str() {
                Some(text) => texts.push(text.to_owned()),
                None => self.wrong_type(name, item.get_ref(), "a list of texts in quotes"),
            }
        }
        texts
    }

    /// A list of tables that must be there, each read by `read`.
    pub(super) fn tables<Item>(
        &mut self,
        name: &'static str,
        mut read: impl FnMut(Fields<'_, 'i>) -> Item,
    ) -> Vec<Item> {
        let Some(array) = self.array(name) else {
            self.missing(name, "[]");
            return Vec::new();
        };
        let mut items = Vec::new();
        for (number, item) in array.iter().enumerate() {
            let subject = self.subject.field(name).field(number);
            self.found.place(subject.clone(), self.lines.line(item.span().start));
            match item.get_ref().as_table() {
                Some(table) => items.push(read(Fields::new(subject, table, self.lines, self.found))),
                None => {
                    let sentence = format!("`{name}` holds {}; write {{ … }}", kind_of(item.get_ref()));
                    self.found.report(subject, ProblemCode::WrongType, sentence);
                }
            }
        }
        items
    }

    fn array(&mut self, name: &'static str) -> Option<&'r DeArray<'i>> {
        let value = self.value(name)?.get_ref();
        if !value.is_array() {
            self.wrong_type(name, value, "a list in [ ]");
        }
        value.as_array()
    }

    fn table(&mut self, name: &'static str) -> Option<&'r DeTable<'i>> {
        let value = self.value(name)?.get_ref();
        if !value.is_table() {
            self.wrong_type(name, value, "a table in { }");
        }
        value.as_table()
    }

    /// A table within this one that may be absent.
    pub(super) fn inner(&mut self, name: &'static str) -> Option<Fields<'_, 'i>> {
        let table = self.table(name)?;
        Some(Fields::new(self.subject.field(name), table, self.lines, self.found))
    }

    /// Reports every field that was not asked for.
    pub(super) fn finish(self) {
        let known: Vec<&str> = self.asked.clone();
        for (key, _) in self.table.iter().filter(|(key, _)| !known.contains(&key.get_ref().as_ref())) {
            let name = key.get_ref();
            let subject = self.subject.field("unknown").field(name);
            let hint = spelling::hint(name, known.iter().copied());
            let sentence = format!("there is no field `{name}`{hint}; the fields are {}", known.join(", "));
            let line = self.lines.line(key.span().start);
            self.found.report_at(subject, Some(line), ProblemCode::UnknownField, sentence);
        }
    }
}

/// What a value is, for a sentence.
pub(super) const fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// A position that is none, with what to do.
pub(super) fn out_of_range(error: PositionError) -> String {
    format!("{error}; write degrees of WGS 84, not metres of a map projection")
}

/// A whole number, in whatever base it is written.
fn whole(digits: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(digits.as_str(), digits.radix()).ok()
}

/// Two decimal numbers with one comma between them.
fn two_numbers(text: &str) -> Option<(f64, f64)> {
    let (first, second) = text.split_once(',')?;
    Some((first.trim().parse().ok()?, second.trim().parse().ok()?))
}
