//! From a line to a command: the verb, and then what its line of the table says stands behind it.

use domain::Priority;

use crate::{
    About, Basis, Command, CommandRefusal, CrewState, Expected, IncidentWord, Needs, RULES, Rule, Said,
    SwitchTo, TextNeed, Verb, Word, layout,
    limits::{COUNT_MAX, LINE_BYTES_MAX, MINUTES_MAX, UNITS_MAX},
    reader::Reader,
    said::{Behind, leading_desk, person, said, said_beyond},
};

/// How many digits a number has at least to be read as an incident's where words may stand instead: the three that people
/// say. A smaller one may be either, and whoever types it is asked: `#7` is the incident, `* 7` begins the words. Whoever
/// carries the command out asks the same of a larger one that is no open incident's.
const NUMBER_DIGITS_MIN: usize = 3;

/// Reads a line.
///
/// # Errors
/// [`CommandRefusal`]: no such verb, something missing, something else than expected, or too long.
pub fn parse(line: &str) -> Result<Command, CommandRefusal> {
    if line.len() > LINE_BYTES_MAX {
        return Err(CommandRefusal::TooLong { bytes: line.len() });
    }
    let (rule, mut reader) = verb(trimmed(line))?;
    let about = about(&mut reader, rule)?;
    if let Some(left) = reader.peek() {
        return Err(CommandRefusal::not_understood(rule, left, Expected::EndOfLine));
    }
    Ok(Command { verb: rule.verb, about, wrong_layout: reader.is_wrong_layout() })
}

/// The verb of a line, whatever stands behind it; `None` if no verb is called so.
pub fn verb_of(line: &str) -> Option<Verb> {
    let line = (line.len() <= LINE_BYTES_MAX).then(|| trimmed(line))?;
    verb(line).ok().map(|(rule, _)| rule.verb)
}

/// A line without what stands around it and means nothing.
fn trimmed(line: &str) -> &str {
    line.trim_matches(|letter: char| letter.is_whitespace() || letter == '.')
}

/// The verb, as typed or as its keys say, and a reader behind it.
fn verb(line: &str) -> Result<(&'static Rule, Reader<'_>), CommandRefusal> {
    for wrong_layout in [false, true] {
        let mut reader = Reader::new(line, wrong_layout);
        let Some(word) = reader.word() else { break };
        let meant = if wrong_layout { layout::folded(word) } else { word.to_lowercase() };
        let found =
            RULES.iter().find(|rule| rule.words.iter().any(|known| known.eq_ignore_ascii_case(&meant)));
        if let Some(rule) = found {
            return Ok((rule, reader));
        }
    }
    let word = Reader::new(line, false).word().unwrap_or_default();
    Err(CommandRefusal::Unknown { word: word.to_owned(), choices: near(word) })
}

/// The verbs that begin as the word does; all of them if none does.
fn near(word: &str) -> Vec<&'static str> {
    let first = layout::folded(word).chars().next();
    let words = || RULES.iter().filter_map(|rule| rule.words.first().copied());
    let alike: Vec<_> = words()
        .filter(|known| known.chars().next().map(|letter| letter.to_ascii_lowercase()) == first)
        .collect();
    if alike.is_empty() { words().collect() } else { alike }
}

/// What a line says beyond its verb.
fn about(reader: &mut Reader<'_>, rule: &'static Rule) -> Result<About, CommandRefusal> {
    Ok(match rule.needs {
        Needs::Nothing => About::Nothing,
        Needs::Units => units(reader, rule)?,
        Needs::Station => station(reader, rule)?,
        Needs::Unit => {
            let unit = word(reader, rule, Expected::Unit)?;
            About::Unit { unit, said: said(reader, rule, Behind::Nothing)?, words: String::new() }
        }
        Needs::UnitAndResult => {
            let unit = word(reader, rule, Expected::Unit)?;
            let said = said(reader, rule, Behind::Text)?;
            About::Unit { unit, said, words: reader.take_rest().to_owned() }
        }
        Needs::UnitState => unit_state(reader, rule)?,
        Needs::Incident => About::Incident { incident: any_word(reader, rule)? },
        Needs::Text(need) => {
            let incident = marked_number(reader)?;
            About::Text { incident, said: Said::default(), words: text(reader, rule, need)? }
        }
        Needs::ReportedText(need) => {
            let incident = marked_number(reader)?;
            let said = said(reader, rule, Behind::Text)?;
            About::Text { incident, said, words: text(reader, rule, need)? }
        }
        Needs::Person => {
            let incident = number(reader);
            let known = leading_desk(reader, rule);
            let person = person(reader, Behind::Nothing);
            About::Person { incident, person, said: said_beyond(reader, rule, Behind::Nothing, known)? }
        }
        Needs::Recall => {
            let who = word(reader, rule, Expected::Unit)?;
            let incident = marked_number(reader)?;
            let reason = text(reader, rule, TextNeed::Must(Expected::Reason))?;
            About::Recall { who, incident, reason }
        }
        Needs::Either => either(reader, rule)?,
        Needs::Priority => priority(reader, rule)?,
        Needs::Hold => hold(reader, rule)?,
        Needs::Pair => pair(reader, rule)?,
        Needs::Resource => resource(reader, rule)?,
        Needs::Closing => closing(reader, rule)?,
        Needs::New => opening(reader, rule)?,
        Needs::Alarm => About::Alarm { which: reader.word().map(Word::new) },
        Needs::Switch => switch(reader, rule)?,
    })
}

fn word(reader: &mut Reader<'_>, rule: &'static Rule, expected: Expected) -> Result<Word, CommandRefusal> {
    reader.word().map(Word::new).ok_or_else(|| CommandRefusal::incomplete(rule, expected))
}

fn text(reader: &mut Reader<'_>, rule: &'static Rule, need: TextNeed) -> Result<String, CommandRefusal> {
    let text = reader.take_rest();
    match need {
        TextNeed::Must(expected) if text.is_empty() => Err(CommandRefusal::incomplete(rule, expected)),
        TextNeed::Must(_) | TextNeed::May => Ok(text.to_owned()),
    }
}

/// The incident that the next word names where nothing else can stand: any word at all, but a mark with nothing behind it.
fn any_word(reader: &mut Reader<'_>, rule: &'static Rule) -> Result<IncidentWord, CommandRefusal> {
    reader.word().map_or(Ok(IncidentWord::Selected), |word| named(rule, word))
}

/// The incident that a word names.
fn named(rule: &'static Rule, word: &str) -> Result<IncidentWord, CommandRefusal> {
    match incident(word) {
        IncidentWord::Named(name) if name.0.is_empty() || name.0 == "*" => {
            Err(CommandRefusal::not_understood(rule, word, Expected::Incident))
        }
        named @ (IncidentWord::Selected | IncidentWord::Named(_) | IncidentWord::Bare(_)) => Ok(named),
    }
}

/// The incident that the next word, a number, names.
fn this_number(reader: &mut Reader<'_>) -> IncidentWord {
    reader.word().map_or(IncidentWord::Selected, incident)
}

/// The incident that the next word names if it is a number, where no words of a person's own may stand instead.
fn number(reader: &mut Reader<'_>) -> IncidentWord {
    match reader.peek() {
        Some(word) if is_number(word, 1) => this_number(reader),
        Some(_) | None => IncidentWord::Selected,
    }
}

/// The incident that the next word names if it looks like a number; where it does not, the line goes on with its words.
fn marked_number(reader: &mut Reader<'_>) -> Result<IncidentWord, CommandRefusal> {
    match reader.peek() {
        Some(word) if is_number(word, NUMBER_DIGITS_MIN) => {
            let is_bare = word.bytes().all(|byte| byte.is_ascii_digit());
            let named = this_number(reader);
            Ok(if is_bare { IncidentWord::Bare(Word::new(word)) } else { named })
        }
        Some(word) if is_number(word, 1) => Err(CommandRefusal::either_way(word)),
        Some(_) | None => Ok(IncidentWord::Selected),
    }
}

/// The incident that the next word names where a number of another kind follows it: of two numbers a small one may be either.
fn number_before_a_number(reader: &mut Reader<'_>) -> Result<IncidentWord, CommandRefusal> {
    match reader.peek() {
        Some(word) if is_number(word, NUMBER_DIGITS_MIN) => Ok(this_number(reader)),
        Some(word) if is_number(word, 1) => match second_word(*reader) {
            Some(second) if second.bytes().all(|byte| byte.is_ascii_digit()) => {
                Err(CommandRefusal::either_way(word))
            }
            Some(_) | None => Ok(IncidentWord::Selected),
        },
        Some(_) | None => Ok(IncidentWord::Selected),
    }
}

/// The word behind the next one.
fn second_word(mut reader: Reader<'_>) -> Option<&str> {
    reader.word()?;
    reader.word()
}

fn incident(word: &str) -> IncidentWord {
    match word {
        "*" => IncidentWord::Selected,
        _ => IncidentWord::Named(Word::new(word.trim_start_matches(['#', '№']))),
    }
}

/// True for `*`, `#` with digits, a UUID, and so many digits, perhaps with a node's letter before them.
fn is_number(word: &str, digits_min: usize) -> bool {
    let (marked, bare) = match word.strip_prefix(['#', '№']) {
        Some(bare) => (true, bare),
        None => (false, word),
    };
    let folded = layout::folded(bare);
    let digits = folded.strip_prefix(|letter: char| letter.is_ascii_alphabetic()).unwrap_or(&folded);
    let is_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    word == "*" || is_uuid(&folded) || (is_digits && (marked || digits.len() >= digits_min))
}

fn is_uuid(word: &str) -> bool {
    let groups: Vec<&str> = word.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn units(reader: &mut Reader<'_>, rule: &'static Rule) -> Result<About, CommandRefusal> {
    let mut units: Vec<Word> = Vec::new();
    for named in reader.comma_separated() {
        if !units.iter().any(|unit| unit.0.to_lowercase() == named.to_lowercase()) {
            units.push(Word::new(named));
        }
    }
    if units.is_empty() {
        return Err(CommandRefusal::incomplete(rule, Expected::Unit));
    }
    if let Some(first_over) = units.get(UNITS_MAX) {
        return Err(CommandRefusal::not_understood(rule, first_over.as_str(), Expected::FewUnits));
    }
    let incident = number(reader);
    Ok(About::Units { units, incident, said: said(reader, rule, Behind::Nothing)? })
}

/// A station, which may have several words, and the incident behind it.
fn station(reader: &mut Reader<'_>, rule: &'static Rule) -> Result<About, CommandRefusal> {
    let rest = reader.take_rest();
    let (before, last) =
        rest.rsplit_once(|letter: char| letter.is_whitespace() || letter == '.').unwrap_or(("", rest));
    let (station, incident) = match is_number(last, 1) {
        true => (before.trim(), incident(last)),
        false => (rest, IncidentWord::Selected),
    };
    if station.is_empty() {
        return Err(CommandRefusal::incomplete(rule, Expected::Station));
    }
    Ok(About::Station { station: Word::new(station), incident })
}

fn unit_state(reader: &mut Reader<'_>, rule: &'static Rule) -> Result<About, CommandRefusal> {
    let unit = word(reader, rule, Expected::Unit)?;
    let asked = reader.word().ok_or_else(|| CommandRefusal::incomplete(rule, Expected::UnitState))?;
    let meant = reader.meanings(asked);
    let is = |known: &str| meant.iter().any(|meaning| meaning == known);
    let state = match () {
        () if is("on") => CrewState::On,
        () if is("off") => CrewState::Off,
        () if is("in") => CrewState::In,
        () if is("out") => CrewState::Out { reason: text(reader, rule, TextNeed::Must(Expected::Reason))? },
        () => return Err(CommandRefusal::not_understood(rule, asked, Expected::UnitState)),
    };
    Ok(About::UnitState { unit, state })
}

fn either(reader: &mut Reader<'_>, rule: &'static Rule) -> Result<About, CommandRefusal> {
    let known = leading_desk(reader, rule);
    let which = match reader.peek().filter(|_| known.desk.is_none()) {
        Some(word) if word.starts_with('@') => {
            return Err(CommandRefusal::not_understood(rule, word, Expected::UnitOrIncident));
        }
        Some(_) => reader.word().filter(|word| *word != "*").map(Word::new),
        None => None,
    };
    Ok(About::Either { which, said: said_beyond(reader, rule, Behind::Nothing, known)? })
}

fn priority(reader: &mut Reader<'_>, rule: &'static Rule) -> Result<About, CommandRefusal> {
    let read = |word: &str| word.parse::<u8>().ok().and_then(|number| Priority::new(number).ok());
    let is_no_priority = reader.peek().is_some_and(|word| is_number(word, 1) && read(word).is_none());
    let incident = if is_no_priority && second_word(*reader).and_then(read).is_some() {
        this_number(reader)
    } else {
        number_before_a_number(reader)?
    };
    let asked = reader.word().ok_or_else(|| CommandRefusal::incomplete(rule, Expected::Priority))?;
    let priority =
        read(asked).ok_or_else(|| CommandRefusal::not_understood(rule, asked, Expected::Priority))?;
    Ok(About::Priority { incident, priority, reason: text(reader, rule, TextNeed::May)? })
}

fn hold(reader: &mut Reader<'_>, rule: &'static Rule) -> Result<About, CommandRefusal> {
    let incident = number_before_a_number(reader)?;
    let asked = reader.word().ok_or_else(|| CommandRefusal::incomplete(rule, Expected::Minutes))?;
    let minutes = asked.parse::<u32>().ok().filter(|minutes| (1..=MINUTES_MAX).contains(minutes));
    let minutes = minutes.ok_or_else(|| CommandRefusal::not_understood(rule, asked, Expected::Minutes))?;
    let reason = text(reader, rule, TextNeed::Must(Expected::Reason))?;
    Ok(About::Hold { incident, minutes, reason })
}

fn pair(reader: &mut Reader<'_>, rule: &'static Rule) -> Result<About, CommandRefusal> {
    let first = reader.word().ok_or_else(|| CommandRefusal::incomplete(rule, Expected::Incident))?;
    let (first, second) = match reader.word() {
        Some(second) => (named(rule, first)?, named(rule, second)?),
        None => (IncidentWord::Selected, named(rule, first)?),
    };
    match second {
        IncidentWord::Named(other) | IncidentWord::Bare(other) => Ok(About::Pair { incident: first, other }),
        IncidentWord::Selected => Err(CommandRefusal::not_understood(rule, "*", Expected::Incident)),
    }
}

fn resource(reader: &mut Reader<'_>, rule: &'static Rule) -> Result<About, CommandRefusal> {
    let incident = number(reader);
    let kind = word(reader, rule, Expected::UnitKind)?;
    let count = match reader.peek() {
        Some(word) if word.bytes().all(|byte| byte.is_ascii_digit()) => {
            reader.word();
            let count = word.parse::<u8>().ok().filter(|count| (1..=COUNT_MAX).contains(count));
            count.ok_or_else(|| CommandRefusal::not_understood(rule, word, Expected::Count))?
        }
        Some(_) | None => 1,
    };
    let said = said(reader, rule, Behind::Text)?;
    Ok(About::Resource { incident, kind, count, said, reason: text(reader, rule, TextNeed::May)? })
}

fn closing(reader: &mut Reader<'_>, rule: &'static Rule) -> Result<About, CommandRefusal> {
    let incident = marked_number(reader)?;
    let rest = text(reader, rule, TextNeed::Must(Expected::Result))?;
    let (result, basis) = match rest.find(['#', '№', '=']) {
        None => (rest.as_str(), Basis::Unsaid),
        Some(place) => {
            let (result, from) = rest.split_at(place);
            let mark = from.chars().next().unwrap_or('#');
            let words = from[mark.len_utf8()..].trim().to_owned();
            let basis = match (words.is_empty(), mark) {
                (true, _) => return Err(CommandRefusal::incomplete(rule, Expected::Text)),
                (false, '=') => Basis::LawfulReason(words),
                (false, _) => Basis::Number(words),
            };
            (result, basis)
        }
    };
    if result.trim().is_empty() {
        return Err(CommandRefusal::incomplete(rule, Expected::Result));
    }
    Ok(About::Closing { incident, result: result.trim().to_owned(), basis })
}

fn opening(reader: &mut Reader<'_>, rule: &'static Rule) -> Result<About, CommandRefusal> {
    let is_wrong_layout = reader.is_wrong_layout();
    let rest = text(reader, rule, TextNeed::Must(Expected::IncidentType))?;
    // the key of `@` types a quotation mark on a Cyrillic layout
    let mark = rest.find('@').or_else(|| rest.find('"').filter(|_| is_wrong_layout));
    let place = mark.ok_or_else(|| CommandRefusal::incomplete(rule, Expected::Place))?;
    let (incident_type, from) = rest.split_at(place);
    let (place, narrative) = from[1..].split_once(';').unwrap_or((&from[1..], ""));
    // a dot at the end of a line ends it and is no word, so it is none at the end of a part either
    let ends = |letter: char| letter.is_whitespace() || letter == '.';
    let parts =
        [incident_type, place, narrative].map(|part| part.trim_start().trim_end_matches(ends).to_owned());
    let [incident_type, place, narrative] = parts;
    if incident_type.is_empty() {
        return Err(CommandRefusal::incomplete(rule, Expected::IncidentType));
    }
    if place.is_empty() {
        return Err(CommandRefusal::incomplete(rule, Expected::Place));
    }
    Ok(About::New { incident_type, place, narrative })
}

fn switch(reader: &mut Reader<'_>, rule: &'static Rule) -> Result<About, CommandRefusal> {
    let asked = reader.word().ok_or_else(|| CommandRefusal::incomplete(rule, Expected::Switch))?;
    let meant = reader.meanings(asked);
    let to = match () {
        () if meant.iter().any(|meaning| meaning == "on") => SwitchTo::On,
        () if meant.iter().any(|meaning| meaning == "off") => SwitchTo::Off,
        () => return Err(CommandRefusal::not_understood(rule, asked, Expected::Switch)),
    };
    Ok(About::Switch { to, reason: text(reader, rule, TextNeed::Must(Expected::Reason))? })
}
