//! Aligned tables and safe text for a terminal.

/// Two spaces stand between columns: enough to see, and `cut` and `awk` can split on them.
const GAP: &str = "  ";

/// Rows of cells under a header; the last column is not padded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these column names.
    pub(crate) fn new<const N: usize>(header: [&str; N]) -> Self {
        Self { rows: vec![header.map(str::to_owned).to_vec()] }
    }

    /// A table without a header.
    pub(crate) fn bare() -> Self {
        Self::default()
    }

    /// Adds a row.
    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.to_vec());
    }

    /// The table as text, each line behind `indent` and ended by a newline.
    pub(crate) fn render(&self, indent: &str) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            self.rows.iter().filter_map(|row| row.get(column)).map(|cell| columns_of(cell)).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut text = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                line.push_str(cell);
                line.push_str(&" ".repeat(width - columns_of(cell)));
                line.push_str(GAP);
            }
            text.push_str(indent);
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// How many columns a text takes: our scripts (Latin, Cyrillic) take one for each character.
fn columns_of(text: &str) -> usize {
    text.chars().count()
}

/// A text in which nothing can move the cursor, change colours or turn the direction: a caller's words are not trusted
/// with the terminal. Line breaks become spaces.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '\n' | '\r' | '\t' => ' ',
            other if other.is_control() || turns_direction(other) => '\u{fffd}',
            other => other,
        })
        .collect()
}

/// Direction marks and invisible characters that make a text look like another.
fn turns_direction(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// At most `most` characters of a safe text, with an ellipsis where something was cut.
pub(crate) fn short(text: &str, most: usize) -> String {
    let text = plain(text);
    if columns_of(&text) <= most {
        return text;
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// A whole number with a thin comma every three digits, as it is read aloud.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `one thing` or `2 things`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{} {many}", grouped(number as u64)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_in_any_script_and_no_line_ends_in_spaces() {
        let mut table = Table::new(["UNIT", "STATE", "WHERE"]);
        table.row(["11".to_owned(), "en route".to_owned(), String::new()]);
        table.row(["кинолог".to_owned(), "free".to_owned(), "Leninsky".to_owned()]);
        assert_eq!(
            table.render("  "),
            "  UNIT     STATE     WHERE\n  11       en route\n  кинолог  free      Leninsky\n"
        );
    }

    #[test]
    fn a_callers_words_cannot_steer_the_terminal() {
        assert_eq!(plain("a\u{1b}[31mb\nc\u{202e}d\u{7}"), "a\u{fffd}[31mb c\u{fffd}d\u{fffd}");
        assert_eq!(plain("Чүй проспектиси, 12 — ң ө ү"), "Чүй проспектиси, 12 — ң ө ү");
    }

    #[test]
    fn numbers_and_cut_texts_read_well() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(short("a long narrative", 8), "a long…");
        assert_eq!(short("short", 8), "short");
        assert_eq!(
            (count(1, "unit", "units"), count(2, "unit", "units")),
            ("1 unit".to_owned(), "2 units".to_owned())
        );
    }
}
