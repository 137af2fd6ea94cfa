//! The page for people says what the table of verbs says, and lists every refusal.

#![expect(clippy::unwrap_used, reason = "in a test a surprise is a failure")]
#![expect(clippy::disallowed_methods, reason = "the page it reads is a file")]

use std::path::Path;

use command::RULES;

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/command-line.md");
    std::fs::read_to_string(path).unwrap()
}

/// A text inside a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[test]
fn every_verb_stands_in_the_page_as_in_the_table_and_in_its_order() {
    let rows: Vec<String> = RULES
        .iter()
        .map(|rule| {
            let others: String = rule.words[1..].iter().map(|word| format!(" (or `{word}`)")).collect();
            format!("| `{}`{others} | {} | `{}` |", cell(rule.form), rule.meaning, cell(rule.example))
        })
        .collect();
    let table = rows.join("\n");
    assert!(page().contains(&table), "deploy/command-line.md should have this table:\n{table}");
}

#[test]
fn every_refusal_stands_in_the_page() {
    let refusals = [
        command::parse("QX").unwrap_err(),
        command::parse("D").unwrap_err(),
        command::parse("P 9").unwrap_err(),
        command::parse(&"N".repeat(4_096)).unwrap_err(),
    ];
    let own = refusals.iter().map(command::CommandRefusal::code);
    for code in own.chain(["COMMAND_AMBIGUOUS", "NOTHING_TO_UNDO"]) {
        assert!(page().contains(&format!("`{code}`")), "{code} is not in deploy/command-line.md");
    }
}

#[test]
fn every_line_that_the_page_shows_is_read() {
    let shown = page();
    let lines = shown.split('`').skip(1).step_by(2).map(|line| line.replace("\\|", "|"));
    let examples: Vec<String> = lines
        .filter(|line| {
            let first = line.split([' ', '.']).next().unwrap_or_default();
            let is_verb =
                RULES.iter().any(|rule| rule.words.contains(&first)) || ["В", "ФСЛ"].contains(&first);
            is_verb && !RULES.iter().any(|rule| rule.form == line) && line.contains(char::is_numeric)
        })
        .collect();
    assert!(examples.len() > 30, "the page is read: {examples:?}");
    for line in examples {
        assert!(command::parse(&line).is_ok(), "{line}: {:?}", command::parse(&line));
    }
}
