//! Reads a line word by word, and leaves free text exactly as it was typed.

use crate::layout;

/// Where a line has been read to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    line: &'a str,
    at: usize,
    /// True if the verb was typed in another layout, and so whatever the grammar itself writes was too.
    wrong_layout: bool,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(line: &'a str, wrong_layout: bool) -> Self {
        Self { line, at: 0, wrong_layout }
    }

    pub(crate) const fn is_wrong_layout(&self) -> bool {
        self.wrong_layout
    }

    /// The next word; it goes on behind it.
    pub(crate) fn word(&mut self) -> Option<&'a str> {
        let start = self.first_where(self.at, |reader, place, letter| !reader.separates(place, letter))?;
        let end = self.first_where(start, Self::separates).unwrap_or(self.line.len());
        self.at = end;
        self.line.get(start..end)
    }

    /// The next word, not gone behind.
    pub(crate) fn peek(mut self) -> Option<&'a str> {
        self.word()
    }

    /// The next word where only spaces separate: a time, a person's name.
    pub(crate) fn spaced_word(&mut self) -> Option<&'a str> {
        let rest = self.rest();
        let start = self.line.len() - rest.len();
        let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
        self.at = start + length;
        (length > 0).then(|| &rest[..length])
    }

    /// All that is left, as it was typed, without the separator before it.
    pub(crate) fn rest(&self) -> &'a str {
        let left = self.line.get(self.at..).unwrap_or_default();
        let after = match left.chars().next() {
            Some(letter) if self.at > 0 && self.separates(self.at, letter) => &left[letter.len_utf8()..],
            Some(_) | None => left,
        };
        after.trim()
    }

    /// Goes to the end and gives all that is left.
    pub(crate) fn take_rest(&mut self) -> &'a str {
        let rest = self.rest();
        self.at = self.line.len();
        rest
    }

    /// Goes behind `taken`, with which what is left begins.
    pub(crate) fn skip(&mut self, taken: usize) {
        let start = self.line.len() - self.rest_untrimmed_end().len();
        self.at = start + taken;
    }

    /// What the word means to the grammar: as typed and in small letters, or as its keys say.
    pub(crate) fn meanings(&self, word: &str) -> Vec<String> {
        let typed = word.to_lowercase();
        if self.wrong_layout { vec![layout::folded(word), typed] } else { vec![typed] }
    }

    /// The units that stand here, with commas between them.
    pub(crate) fn comma_separated(&mut self) -> Vec<String> {
        let mut found = Vec::new();
        while let Some(word) = self.word() {
            let word = if self.wrong_layout { commas(word) } else { word.to_owned() };
            found.extend(word.split(',').filter(|part| !part.is_empty()).map(str::to_owned));
            let goes_on = word.ends_with(',') || self.peek().is_some_and(|next| next.starts_with(','));
            if !goes_on {
                break;
            }
        }
        found
    }

    fn rest_untrimmed_end(&self) -> &'a str {
        let left = self.line.get(self.at..).unwrap_or_default();
        let after = match left.chars().next() {
            Some(letter) if self.at > 0 && self.separates(self.at, letter) => &left[letter.len_utf8()..],
            Some(_) | None => left,
        };
        after.trim_start()
    }

    fn first_where(&self, from: usize, wanted: impl Fn(&Self, usize, char) -> bool) -> Option<usize> {
        let left = self.line.get(from..)?;
        left.char_indices()
            .find(|(place, letter)| wanted(self, from + place, *letter))
            .map(|(place, _)| from + place)
    }

    /// True if the letter at this place separates words. The key of the dot types a letter on a Cyrillic layout; that letter
    /// separates where it stands beside a digit, because no name has it there.
    fn separates(&self, place: usize, letter: char) -> bool {
        if letter.is_whitespace() || letter == '.' {
            return true;
        }
        self.wrong_layout && matches!(letter, 'ю' | 'Ю') && {
            let before = self.line[..place].chars().next_back();
            let after = self.line[place + letter.len_utf8()..].chars().next();
            [before, after].into_iter().flatten().any(|beside| beside.is_ascii_digit())
        }
    }
}

/// The word with the letter of the comma's key read as a comma where it stands between digits.
fn commas(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let is_digit =
        |place: Option<usize>| place.and_then(|it| letters.get(it)).is_some_and(char::is_ascii_digit);
    let read = letters.iter().enumerate().map(|(place, letter)| {
        let between =
            is_digit(place.checked_sub(1)) && (is_digit(Some(place + 1)) || place + 1 == letters.len());
        if between && matches!(letter, 'б' | 'Б') { ',' } else { *letter }
    });
    read.collect()
}
