//! Texts that people read: titles in every language, and lines that fit on a console.

use domain::directory::{Directory, Titles};

use crate::{
    ProblemCode,
    findings::{Findings, Part, Subject},
    limits, spelling,
};

/// Checks the titles of the kinds of unit.
pub(super) fn kinds(directory: &Directory, found: &mut Findings) {
    for (id, kind) in &directory.kinds {
        titles(&Subject::entry(Part::Kinds, id), &kind.title, &directory.languages, found);
    }
}

/// Checks a title: every language of the centre, and no other.
pub(super) fn titles(subject: &Subject, titles: &Titles, languages: &[String], found: &mut Findings) {
    let subject = subject.field("title");
    let missing: Vec<&str> =
        languages.iter().filter(|language| !titles.0.contains_key(*language)).map(String::as_str).collect();
    if !missing.is_empty() && !languages_doubtful(languages) {
        let sentence =
            format!("has no title in {}; write one, in every language of the centre", missing.join(", "));
        found.report(subject.clone(), ProblemCode::LanguageMissing, sentence);
    }
    for (language, text) in &titles.0 {
        let field = subject.field(language);
        if !languages.contains(language) && !languages_doubtful(languages) {
            let hint = spelling::hint(language, languages.iter().map(String::as_str));
            let sentence = format!(
                "has a title in `{language}`, which is no language of the centre{hint}; its languages are {}",
                languages.join(", ")
            );
            found.report(field, ProblemCode::LanguageUnknown, sentence);
        } else {
            line(field, &format!("the title in `{language}`"), text, found);
        }
    }
}

/// True if the centre's languages were missing or unreadable: then no title can be held against them.
fn languages_doubtful(languages: &[String]) -> bool {
    languages.is_empty()
}

/// Checks a text that must say something on one line.
pub(super) fn line(subject: Subject, name: &str, text: &str, found: &mut Findings) {
    if text.trim().is_empty() {
        found.report(subject, ProblemCode::EmptyText, format!("{name} is empty; write something"));
    } else {
        line_or_nothing(subject, name, text, found);
    }
}

/// Checks a text that may be empty.
pub(super) fn line_or_nothing(subject: Subject, name: &str, text: &str, found: &mut Findings) {
    if text.len() > limits::TEXT_BYTES_MAX {
        let sentence =
            format!("{name} is {} bytes long; shorten it to {}", text.len(), limits::TEXT_BYTES_MAX);
        found.report(subject, ProblemCode::TextTooLong, sentence);
    } else if text.chars().any(char::is_control) {
        let sentence = format!("{name} has a line break or another control character; write it on one line");
        found.report(subject, ProblemCode::ControlCharacter, sentence);
    }
}
