//! The grammar, rule by rule: what each line means, what none means, and that what is written in full reads back.

#![expect(clippy::unwrap_used, reason = "in a test a surprise is a failure")]

use command::{
    About, CommandRefusal, Expected, IncidentWord, RULES, Verb, Word, limits::LINE_BYTES_MAX, parse, verb_of,
};
use proptest::prelude::*;

/// The line as it is written in full.
fn full(line: &str) -> String {
    parse(line).unwrap_or_else(|refusal| panic!("{line}: {refusal}")).to_string()
}

/// What a line lacks, and whether it ends or has another word there.
fn lacks(line: &str) -> (&'static str, Expected) {
    match parse(line).unwrap_err() {
        CommandRefusal::Incomplete { expected, .. } => ("ends", expected),
        CommandRefusal::NotUnderstood { expected, .. } => ("has another", expected),
        other @ (CommandRefusal::Unknown { .. }
        | CommandRefusal::Ambiguous { .. }
        | CommandRefusal::TooLong { .. }) => panic!("{line}: {other}"),
    }
}

#[test]
fn every_verb_has_words_of_its_own_and_an_example_that_is_read_as_it() {
    let mut words: Vec<&str> = RULES.iter().flat_map(|rule| rule.words).copied().collect();
    for rule in &RULES {
        let read = parse(rule.example).unwrap();
        assert_eq!(read.verb, rule.verb, "{}", rule.example);
        assert!(rule.form.starts_with(rule.words[0]), "{}", rule.form);
        for word in rule.words {
            let other = rule.example.replacen(rule.words[0], word, 1);
            assert_eq!(parse(&other).unwrap().verb, rule.verb, "{other}");
        }
    }
    words.sort_unstable();
    let count = words.len();
    words.dedup();
    assert_eq!(words.len(), count, "two verbs share a word");
}

#[test]
fn dots_and_spaces_separate_and_case_does_not_matter() {
    for line in ["D 21 1043", "d.21.1043", "  D  21\t1043 ", "D.21 1043.", ".d 21 1043"] {
        assert_eq!(full(line), "D 21 1043", "{line}");
    }
    assert_eq!(full("N.1043.he said: stop. Now."), "N 1043 he said: stop. Now");
}

#[test]
fn several_units_have_commas_between_and_each_counts_once() {
    for line in ["D 21,22 1043", "D 21, 22 1043", "D 21 ,22 1043", "D 21,22,21 1043"] {
        assert_eq!(full(line), "D 21,22 1043", "{line}");
    }
    assert_eq!(lacks("D 1,2,3,4,5,6,7,8,9,10,11 1043"), ("has another", Expected::FewUnits));
    assert_eq!(lacks("D"), ("ends", Expected::Unit));
    assert_eq!(lacks("D 21 1043 1044"), ("has another", Expected::EndOfLine));
}

#[test]
fn a_line_that_names_no_incident_is_about_the_selected_one() {
    assert_eq!(full("D 21"), "D 21 *");
    assert_eq!(full("P 2 a crowd"), "P * 2 a crowd");
    assert_eq!(full("N he is armed"), "N * he is armed");
    assert_eq!(full("N * 112 called again"), "N * 112 called again");
    assert_eq!(full("DUP 1043"), "DUP * 1043");
    assert_eq!(full("V"), "V *");
    assert_eq!(full("RC"), "RC *");
}

#[test]
fn a_number_has_three_digits_where_words_may_stand_or_a_mark() {
    assert_eq!(full("N * 21 is there"), "N * 21 is there");
    assert_eq!(full("N 043 is there"), "N 043 is there");
    assert_eq!(full("N #7 is there"), "N #7 is there");
    assert_eq!(full("N №7 is there"), "N #7 is there");
    assert_eq!(full("N A1043 is there"), "N A1043 is there");
    let id = "0190a8f0-1111-7222-8333-444455556666";
    assert_eq!(full(&format!("N {id} is there")), format!("N {id} is there"));
}

#[test]
fn a_small_number_that_may_be_an_incident_or_words_is_asked_about_and_never_guessed() {
    let lines = [
        "P 3 1 knife",
        "H 7 30 why",
        "N 7 he waits",
        "CAN 7",
        "CAN A7 by mistake",
        "CL 2 taken",
        "SD 21 7 no",
    ];
    for line in lines {
        let refused = parse(line).unwrap_err();
        let CommandRefusal::Ambiguous { word, choices } = &refused else { panic!("{line}: {refused}") };
        assert_eq!(choices, &[format!("#{word}"), format!("* {word}")]);
        for choice in choices {
            let meant = parse(&line.replacen(word.as_str(), choice, 1));
            assert!(!matches!(meant, Err(CommandRefusal::Ambiguous { .. })), "{line} with {choice}");
        }
    }
    assert_eq!(lacks("V #"), ("has another", Expected::Incident));
    assert_eq!(lacks("DUP 1044 №"), ("has another", Expected::Incident));
    assert_eq!(lacks("DUP #*"), ("has another", Expected::Incident));
    assert_eq!(full("P 13 1 knife"), "P #13 1 knife", "no priority is 13");
    assert_eq!(lacks("P 9"), ("has another", Expected::Priority));
    assert_eq!(full("P 3"), "P * 3");
    assert_eq!(full("P 3 knife"), "P * 3 knife");
    assert_eq!(full("H 30 the owner comes"), "H * 30 the owner comes");
    assert_eq!(full("RC 7"), "RC #7");
    assert_eq!(full("RQ 7 patrol 2"), "RQ #7 patrol 2");
}

#[test]
fn a_larger_number_without_a_mark_is_an_incidents_only_if_one_has_it() {
    let named = |line: &str| {
        let About::Text { incident, .. } = parse(line).unwrap().about else { panic!("{line} has words") };
        incident
    };
    let word = Word::new("103");
    assert_eq!(named("N 103 called"), IncidentWord::Bare(word.clone()));
    assert_eq!(named("N #103 called"), IncidentWord::Named(word));
    assert_eq!(named("N A103 called"), IncidentWord::Named(Word::new("A103")));
    assert_eq!(named("N * 103 called"), IncidentWord::Selected);
}

#[test]
fn a_report_says_when_how_and_by_whose_word_in_any_order() {
    for line in [
        "A 21 at 14:03 by radio from Lt Asanov",
        "OS 21 from Lt Asanov by radio @14:03",
        "A 21 от Lt Asanov по радио в 14:03",
        "a 21 by radio at 1403 from \"Lt  Asanov\"",
    ] {
        assert_eq!(full(line), "A 21 at 14:03 by radio from \"Lt Asanov\"", "{line}");
    }
    assert_eq!(full("EN 21 по телефону"), "EN 21 by phone");
    assert_eq!(full("RC 1043 Lt Asanov by paper"), "RC 1043 \"Lt Asanov\" by paper");
    assert_eq!(lacks("A 21 at noon"), ("has another", Expected::Time));
    assert_eq!(lacks("A 21 at"), ("ends", Expected::Time));
    assert_eq!(lacks("A 21 by pigeon"), ("has another", Expected::Channel));
    assert_eq!(lacks("A 21 from"), ("ends", Expected::Person));
    assert_eq!(lacks("A 21 soon"), ("has another", Expected::EndOfLine));
}

#[test]
fn what_a_report_says_stands_before_its_words_and_the_words_are_left_alone() {
    assert_eq!(full("C 21 at 14:03 by radio report taken"), "C 21 at 14:03 by radio report taken");
    assert_eq!(full("C 21 told the caller by phone"), "C 21 told the caller by phone");
    assert_eq!(full("C 21 at home, asleep"), "C 21 at home, asleep");
    assert_eq!(full("RT 1043 from Asanov no car"), "RT 1043 from \"Asanov\" no car");
}

#[test]
fn a_line_typed_in_another_layout_is_read_as_it_was_meant() {
    for (typed, meant) in [
        ("В 21 1043", "D 21 1043"),
        ("в.21.1043", "D 21 1043"),
        ("Вю21ю1043", "D 21 1043"),
        ("В 21б22 1043", "D 21,22 1043"),
        ("ФСЛ", "ACK"),
        ("УТ 21", "EN 21"),
        ("Ф 21 фе 14Ж03 ин кфвшщ", "A 21 at 14:03 by radio"),
        ("ЩЫ 21 \"14:03", "A 21 at 14:03"),
        ("ЫЕ 21 щт", "ST 21 on"),
        ("ГТВЩ", "UNDO"),
        ("ҚЕ 21 ўт", "ST 21 on"),
    ] {
        let read = parse(typed).unwrap();
        assert_eq!((read.to_string().as_str(), read.wrong_layout), (meant, true), "{typed}");
    }
    assert!(!parse("D 21 1043").unwrap().wrong_layout);
}

#[test]
fn free_text_stays_as_it_was_typed_whatever_the_layout() {
    assert_eq!(full("Т 1043 Вооружён, у Бюро"), "N 1043 Вооружён, у Бюро");
    assert_eq!(full("N 1043 дом 5ю"), "N 1043 дом 5ю");
    assert_eq!(full("ТУЦ burglary @Чүй 114; эшик сынган"), "NEW burglary @Чүй 114; эшик сынган");
    assert_eq!(full("L 1043 Ө. Даниярова 7"), "L 1043 Ө. Даниярова 7");
}

#[test]
fn names_keep_both_readings() {
    let command::About::Units { units, .. } = parse("D ф1 1043").unwrap().about else { panic!() };
    assert_eq!(units[0].readings(), ["ф1", "a1"]);
}

#[test]
fn priorities_minutes_and_counts_are_numbers_in_range() {
    assert_eq!(full("P 1043 1"), "P 1043 1");
    assert_eq!(lacks("P 1043 6"), ("has another", Expected::Priority));
    assert_eq!(lacks("P 1043"), ("ends", Expected::Priority));
    assert_eq!(full("H 1043 30 at noon"), "H 1043 30 at noon");
    assert_eq!(lacks("H 1043 0 why"), ("has another", Expected::Minutes));
    assert_eq!(lacks("H 1043 30"), ("ends", Expected::Reason));
    assert_eq!(full("RQ 1043 patrol"), "RQ 1043 patrol 1");
    assert_eq!(full("RQ 1043 patrol 2 by radio a crowd"), "RQ 1043 patrol 2 by radio a crowd");
    assert_eq!(lacks("RQ 1043 patrol 41"), ("has another", Expected::Count));
    assert_eq!(lacks("RQ 1043"), ("ends", Expected::UnitKind));
}

#[test]
fn stations_may_have_several_words() {
    assert_eq!(full("X Leninsky District 1043"), "X Leninsky District 1043");
    assert_eq!(full("X leninsky"), "X leninsky *");
    assert_eq!(lacks("X 1043"), ("ends", Expected::Station));
}

#[test]
fn closing_says_on_what() {
    assert_eq!(full("CL 1043 report taken #77"), "CL 1043 report taken # 77");
    assert_eq!(full("CL 1043 report taken № 77"), "CL 1043 report taken # 77");
    assert_eq!(full("CL 1043 nobody there = a hoax"), "CL 1043 nobody there = a hoax");
    assert_eq!(full("CL 1043 report taken"), "CL 1043 report taken");
    assert_eq!(lacks("CL 1043"), ("ends", Expected::Result));
    assert_eq!(lacks("CL 1043 #77"), ("ends", Expected::Result));
    assert_eq!(lacks("CL 1043 taken #"), ("ends", Expected::Text));
}

#[test]
fn a_new_incident_has_a_type_and_a_place() {
    assert_eq!(full("NEW burglary@Chuy 114;a broken door"), "NEW burglary @Chuy 114; a broken door");
    assert_eq!(full("NEW burglary @Chuy 114. ; a door."), "NEW burglary @Chuy 114; a door");
    assert_eq!(lacks("NEW burglary"), ("ends", Expected::Place));
    assert_eq!(lacks("NEW burglary @ ; words"), ("ends", Expected::Place));
    assert_eq!(lacks("NEW @Chuy 114"), ("ends", Expected::IncidentType));
}

#[test]
fn units_and_desks_are_stood_down_and_confirm_it() {
    assert_eq!(full("SD 21 false alarm"), "SD 21 * false alarm");
    assert_eq!(full("SD leninsky 1043 false alarm"), "SD leninsky 1043 false alarm");
    assert_eq!(lacks("SD 21"), ("ends", Expected::Reason));
    assert_eq!(full("CF 21 by radio"), "CF 21 by radio");
    assert_eq!(full("CF"), "CF *");
}

#[test]
fn switches_and_states_are_words() {
    assert_eq!(full("AUTO off network down"), "AUTO off network down");
    assert_eq!(lacks("AUTO maybe why"), ("has another", Expected::Switch));
    assert_eq!(lacks("AUTO on"), ("ends", Expected::Reason));
    assert_eq!(full("ST 21 OUT flat tyre"), "ST 21 out flat tyre");
    assert_eq!(lacks("ST 21 out"), ("ends", Expected::Reason));
    assert_eq!(lacks("ST 21 asleep"), ("has another", Expected::UnitState));
}

#[test]
fn what_takes_nothing_takes_nothing() {
    for line in ["ANS", "UNDO", "ACK"] {
        assert_eq!(full(line), line);
    }
    assert_eq!(lacks("UNDO 3"), ("has another", Expected::EndOfLine));
    assert_eq!(full("ACK 2"), "ACK 2");
}

#[test]
fn an_unknown_verb_is_answered_with_those_that_come_near() {
    let refused = parse("ACX 2").unwrap_err();
    let CommandRefusal::Unknown { word, choices } = &refused else { panic!("{refused}") };
    assert_eq!(
        (word.as_str(), choices.as_slice()),
        ("ACX", ["AK", "A", "AC", "ANS", "ACK", "AUTO"].as_slice())
    );
    assert_eq!(refused.code(), "COMMAND_UNKNOWN");
    let all = parse("?").unwrap_err();
    assert!(matches!(all, CommandRefusal::Unknown { choices, .. } if choices.len() == RULES.len()));
    assert!(matches!(parse("").unwrap_err(), CommandRefusal::Unknown { .. }));
}

#[test]
fn only_verbs_that_one_may_use_are_offered() {
    let offered = |line: &str, permitted: &[Verb]| {
        let CommandRefusal::Unknown { choices, .. } =
            parse(line).unwrap_err().offering(&permitted.iter().copied().collect())
        else {
            panic!("{line}")
        };
        choices
    };
    let own = [Verb::Acknowledged, Verb::AcknowledgeAlarm, Verb::Note];
    assert_eq!(offered("AUTX off", &own), ["AK", "ACK"]);
    assert_eq!(offered("DX 21", &own), ["AK", "N", "ACK"], "none comes near that one may use");
    let lacking = parse("AUTO off").unwrap_err();
    assert_eq!(lacking.clone().offering(&own.into()), lacking);
}

#[test]
fn a_verb_is_known_whatever_the_line_lacks() {
    for (line, verb) in [("AUTO off", Verb::Automatic), (" .в", Verb::Dispatch), ("p 9", Verb::Priority)] {
        assert_eq!(verb_of(line), Some(verb), "{line}");
    }
    assert_eq!(verb_of("QX 11"), None);
    assert_eq!(verb_of(&format!("N {}", "a".repeat(LINE_BYTES_MAX))), None);
}

#[test]
fn what_a_line_lacks_is_said_in_a_sentence() {
    let said = |refusal: CommandRefusal| refusal.to_string();
    assert_eq!(
        said(CommandRefusal::no_incident(Verb::View)),
        "the line lacks an incident's number; `V incident`"
    );
    assert_eq!(said(parse("UNDO 3").unwrap_err()), "instead of `3` there should be nothing more; `UNDO`");
}

#[test]
fn a_line_has_a_limit() {
    let words = "a".repeat(LINE_BYTES_MAX - 2);
    assert_eq!(parse(&format!("N {words}")).unwrap().verb, Verb::Note);
    let refused = parse(&format!("N {words}a")).unwrap_err();
    assert_eq!(refused, CommandRefusal::TooLong { bytes: LINE_BYTES_MAX + 1 });
}

/// Lines that look like commands more often than chance would have it.
fn lines() -> impl Strategy<Value = String> {
    let verbs: Vec<String> =
        RULES.iter().flat_map(|rule| rule.words).map(|word| (*word).to_owned()).collect();
    let wrong = ["В", "ФСЛ", "Т", "Ф", "С", "ЫЕ", "УТ", "ТУЦ", "З"].map(str::to_owned);
    let verbs = proptest::sample::select([verbs, wrong.to_vec()].concat());
    let parts = [
        "21",
        "1043",
        "21,22",
        "*",
        "#7",
        "at",
        "14:03",
        "@14:03",
        "\"14:03",
        "by",
        "radio",
        "from",
        "\"A B\"",
        "по",
        "от",
        "в",
        "радио",
        "ю",
        "21ю1043",
        "@",
        ";",
        "=",
        "#",
        ".",
        ",",
        "б",
        "on",
        "out",
        "\"",
        " ",
        "word",
        "ин",
        "кфвшщ",
        "фе",
        "14Ж03",
    ];
    let part = prop_oneof![
        8 => proptest::sample::select(parts.to_vec()).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ];
    let glue = proptest::sample::select(vec![" ", " ", ".", ""]);
    let tail = proptest::collection::vec((glue, part), 0..8);
    (verbs, tail)
        .prop_map(|(verb, tail)| tail.into_iter().fold(verb, |line, (glue, part)| line + glue + &part))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, ..ProptestConfig::default() })]

    #[test]
    fn no_line_at_all_ends_the_reader(line in "\\PC*|.{0,80}") {
        let _ = parse(&line);
    }

    #[test]
    fn what_is_written_in_full_is_read_as_the_same(line in lines()) {
        if let Ok(read) = parse(&line) {
            let written = read.to_string();
            let again = parse(&written);
            prop_assert_eq!(again.as_ref().map(|it| (it.verb, &it.about)), Ok((read.verb, &read.about)), "{}", written);
            prop_assert!(!again.unwrap().wrong_layout);
        }
    }
}

#[test]
fn of_several_desks_the_one_that_is_meant_stands_behind_a_mark() {
    assert_eq!(full("RC 7 @leninsky Lt Asanov by phone"), "RC #7 \"Lt Asanov\" @leninsky by phone");
    assert_eq!(full("RC 7 Lt Asanov @leninsky"), "RC #7 \"Lt Asanov\" @leninsky");
    assert_eq!(full("RC @leninsky"), "RC * @leninsky");
    assert_eq!(full("RC 7 @14:03 @leninsky"), "RC #7 @leninsky at 14:03");
    assert_eq!(full("RT #7 @ленинский at 14:03 no car is free"), "RT #7 @ленинский at 14:03 no car is free");
    assert_eq!(full("CF 1043 @leninsky"), "CF 1043 @leninsky");
    assert_eq!(full("CF @leninsky"), "CF * @leninsky");
    assert_eq!(full("RC @leninsky. Asanov"), "RC * \"Asanov\" @leninsky", "a dot ends it");
    assert_eq!(lacks("CF . @leninsky"), ("has another", Expected::UnitOrIncident));
    assert_eq!(lacks("RC @.. 21"), ("has another", Expected::EndOfLine));
    assert_eq!(lacks("RC 7 @leninsky Asanov @oktyabrsky"), ("has another", Expected::EndOfLine));
    // typed with a Russian layout on: the key of `@` is that of the quotation mark, which may also be one
    assert_eq!(full("КС 1043 \"leninsky"), "RC 1043 @leninsky");
    assert_eq!(full("КС 1043 \"лейтенант Асанов\""), "RC 1043 \"лейтенант Асанов\"");
}

#[test]
fn what_is_no_name_on_one_layout_is_none_on_the_other() {
    // by its keys `ин` is `by`, and a quotation mark is `@`
    assert_eq!(lacks("С 21 from \"14:03 x\""), ("ends", Expected::Person));
    for words in ["from ин", "from \"14:03"] {
        for verb in ["C", "С"] {
            assert_eq!(full(&format!("{verb} 21 {words}")), format!("C 21 {words}"), "{verb}");
        }
    }
}
