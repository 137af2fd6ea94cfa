//! The words of one line: who, what, and named details.

use std::collections::BTreeMap;

/// A line taken apart.
pub(crate) struct Words {
    plain: Vec<String>,
    named: BTreeMap<String, String>,
}

impl Words {
    /// Takes a line apart at its spaces; what stands in quotes stays together, and `key=value` is named.
    pub(crate) fn of(line: &str) -> Self {
        let mut words = vec![String::new()];
        let mut quoted = false;
        for letter in line.chars() {
            match letter {
                '"' => quoted = !quoted,
                ' ' if !quoted => words.push(String::new()),
                letter => words.last_mut().expect("there is always a last word").push(letter),
            }
        }
        let (mut plain, mut named) = (Vec::new(), BTreeMap::new());
        for word in words.into_iter().filter(|word| !word.is_empty()) {
            match word.split_once('=') {
                Some((name, value)) => drop(named.insert(name.to_owned(), value.to_owned())),
                None => plain.push(word),
            }
        }
        Self { plain, named }
    }

    /// The word at that place; empty if there is none.
    pub(crate) fn at(&self, place: usize) -> &str {
        self.plain.get(place).map_or("", String::as_str)
    }

    /// Every word from that place on.
    pub(crate) fn from(&self, place: usize) -> &[String] {
        self.plain.get(place..).unwrap_or_default()
    }

    /// The named detail, if it was given.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.named.get(name).map(String::as_str)
    }

    /// The named detail; empty if it was not given.
    pub(crate) fn text(&self, name: &str) -> String {
        self.get(name).unwrap_or_default().to_owned()
    }

    /// The named number, if it was given.
    pub(crate) fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name).map(|text| text.parse().ok().unwrap_or_else(|| panic!("`{text}` is no number")))
    }
}
