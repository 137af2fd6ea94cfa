//! How and when somebody says that something happened: `at 14:03`, `by radio`, `from Asanov`.

use domain::milestone::Channel;

use crate::{CommandRefusal, Expected, Needs, Rule, Said, SpokenTime, Word, reader::Reader};

/// What stands behind what a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behind {
    /// Nothing: a name goes to the next of these words or to the end.
    Nothing,
    /// Free text: a name is one word or stands in quotes, and what is none of these begins the text.
    Text,
}

/// The suffixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Suffix {
    At,
    By,
    From,
}

/// Reads the suffixes that stand here, each once and in any order.
pub(crate) fn said(
    reader: &mut Reader<'_>,
    rule: &'static Rule,
    behind: Behind,
) -> Result<Said, CommandRefusal> {
    said_beyond(reader, rule, behind, Said::default())
}

/// The same beyond what is known of it already.
pub(crate) fn said_beyond(
    reader: &mut Reader<'_>,
    rule: &'static Rule,
    behind: Behind,
    mut said: Said,
) -> Result<Said, CommandRefusal> {
    loop {
        let mut ahead = *reader;
        let Some(word) = ahead.spaced_word() else { break };
        if let Some(time) = glued_time(&ahead, word) {
            if said.at.is_some() {
                break;
            }
            said.at = Some(time);
            *reader = ahead;
            continue;
        }
        if said.desk.is_none()
            && let Some(desk) = desk(&ahead, rule, word)
        {
            said.desk = Some(desk);
            *reader = ahead;
            continue;
        }
        let is_read = match suffix(&ahead, word) {
            Some(Suffix::At) if said.at.is_none() => {
                said.at = value(&mut ahead, rule, behind, Expected::Time, time)?;
                said.at.is_some()
            }
            Some(Suffix::By) if said.by.is_none() => {
                said.by = value(&mut ahead, rule, behind, Expected::Channel, channel)?;
                said.by.is_some()
            }
            Some(Suffix::From) if said.from.is_empty() => {
                said.from = person(&mut ahead, behind);
                // a mark that is a quotation mark or an `@` of another layout begins no words of one's own either
                let is_torn = ahead.is_wrong_layout() && ahead.rest().matches('"').count() > 1;
                if said.from.is_empty() && (behind == Behind::Nothing || is_torn) {
                    return Err(CommandRefusal::incomplete(rule, Expected::Person));
                }
                !said.from.is_empty()
            }
            Some(_) | None => false,
        };
        if !is_read {
            break;
        }
        *reader = ahead;
    }
    Ok(said)
}

/// `@leninsky`, the desk that is meant where several were asked: only what desks say of what they were given has one. `reader`
/// stands behind the word. A quotation mark that is closed later is no `@` of another layout.
fn desk(reader: &Reader<'_>, rule: &'static Rule, word: &str) -> Option<Word> {
    let of_desks = matches!(rule.needs, Needs::Person | Needs::ReportedText(_) | Needs::Either);
    // a dot at the end of a line ends it and is no word
    let name = marked(reader, word)?.trim_end_matches('.');
    if name.is_empty() || name.contains('"') {
        return None;
    }
    let is_quoted = word.starts_with('"') && reader.rest().contains('"');
    (of_desks && !is_quoted && time(reader, name).is_none()).then(|| Word::new(name))
}

/// What is known by the desk that stands next, if one does, where other words may stand behind it.
pub(crate) fn leading_desk(reader: &mut Reader<'_>, rule: &'static Rule) -> Said {
    let mut ahead = *reader;
    let found = ahead.spaced_word().and_then(|word| desk(&ahead, rule, word));
    if found.is_some() {
        *reader = ahead;
    }
    Said { desk: found, ..Said::default() }
}

/// What stands behind `@`; the key of `@` types a quotation mark on a Cyrillic layout.
fn marked<'a>(reader: &Reader<'_>, word: &'a str) -> Option<&'a str> {
    let typed = word.strip_prefix('@');
    typed.or_else(|| word.strip_prefix('"').filter(|_| reader.is_wrong_layout()))
}

/// True if a report's own words say a time: behind them it is one of them, and before them it would be when it happened.
pub fn says_when(words: &str) -> bool {
    let mut reader = Reader::new(words, false);
    while let Some(word) = reader.spaced_word() {
        let behind = || reader.clone().spaced_word().and_then(|next| time(&reader, next));
        if glued_time(&reader, word).is_some()
            || (suffix(&reader, word) == Some(Suffix::At) && behind().is_some())
        {
            return true;
        }
    }
    false
}

/// The word behind a suffix. Where text may stand, a word that does not fit means that the text has begun.
fn value<T>(
    ahead: &mut Reader<'_>,
    rule: &'static Rule,
    behind: Behind,
    expected: Expected,
    read: impl Fn(&Reader<'_>, &str) -> Option<T>,
) -> Result<Option<T>, CommandRefusal> {
    let word = ahead.spaced_word();
    let found = word.and_then(|word| read(ahead, word));
    match (behind, word) {
        (Behind::Text, _) => Ok(found),
        (Behind::Nothing, None) => Err(CommandRefusal::incomplete(rule, expected)),
        (Behind::Nothing, Some(word)) => {
            found.map(Some).ok_or_else(|| CommandRefusal::not_understood(rule, word, expected))
        }
    }
}

fn suffix(reader: &Reader<'_>, word: &str) -> Option<Suffix> {
    reader.meanings(word).iter().find_map(|meaning| match meaning.as_str() {
        "at" | "в" => Some(Suffix::At),
        "by" | "по" => Some(Suffix::By),
        "from" | "от" => Some(Suffix::From),
        _ => None,
    })
}

/// `@14:03`.
fn glued_time(reader: &Reader<'_>, word: &str) -> Option<SpokenTime> {
    time(reader, marked(reader, word)?)
}

/// A time; the key of the colon types a letter on a Cyrillic layout.
fn time(reader: &Reader<'_>, word: &str) -> Option<SpokenTime> {
    let read = SpokenTime::read(word);
    if reader.is_wrong_layout() {
        read.or_else(|| SpokenTime::read(&word.replace(['ж', 'Ж'], ":")))
    } else {
        read
    }
}

fn channel(reader: &Reader<'_>, word: &str) -> Option<Channel> {
    reader.meanings(word).iter().find_map(|meaning| match meaning.as_str() {
        "radio" | "радио" | "рации" => Some(Channel::Radio),
        "phone" | "телефону" => Some(Channel::Phone),
        "paper" | "бумаге" => Some(Channel::Paper),
        _ => None,
    })
}

/// A person's name: in quotes, or one word where text follows, or else up to the next suffix. What begins a suffix on either
/// layout is no name, so that a line means the same once it is written in full, whatever layout it was typed on.
pub(crate) fn person(reader: &mut Reader<'_>, behind: Behind) -> String {
    let either = Reader::new("", true);
    let rest = reader.rest();
    if let Some(inner) = rest.strip_prefix('"')
        && let Some(end) = inner.find('"')
        && (glued_time(reader, rest.split_whitespace().next().unwrap_or_default()).is_none())
    {
        reader.skip(end + 2);
        return inner[..end].split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let mut words: Vec<&str> = Vec::new();
    loop {
        let mut ahead = *reader;
        let Some(word) = ahead.spaced_word() else { break };
        let is_next =
            suffix(&either, word).is_some() || word.starts_with('@') || glued_time(&either, word).is_some();
        if is_next || (behind == Behind::Text && !words.is_empty()) {
            break;
        }
        words.push(word);
        *reader = ahead;
    }
    words.join(" ").replace('"', "").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_among_words_is_seen() {
        for words in ["report taken at 09:10", "рапорт принят в 09:10 по радио", "done @9:10"]
        {
            assert!(says_when(words), "{words}");
        }
        for words in ["", "report taken at home", "9:10", "рапорт принят в отделе", "at"] {
            assert!(!says_when(words), "{words}");
        }
    }
}
