//! The name somebody probably meant.

use crate::limits::HINT_CHARS_MAX;

/// Most letters that may differ in a word that is still suggested.
const MISTAKES_MAX: usize = 2;

/// ` (did you mean \`x\`?)` for the name nearest to `word`, or nothing where none is near.
pub(crate) fn hint<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    if word.chars().count() > HINT_CHARS_MAX {
        return String::new();
    }
    names
        .into_iter()
        .map(|name| (distance(word, name), name))
        .filter(|(mistakes, name)| *mistakes <= MISTAKES_MAX && *mistakes < name.chars().count())
        .min()
        .map_or_else(String::new, |(_, name)| format!(" (did you mean `{name}`?)"))
}

/// How many letters must be put in, taken out or changed to make one word the other (V. I. Levenshtein, 1966).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested_and_a_strange_one_is_not() {
        let names = ["patrol", "dog-team", "a"];
        assert_eq!(hint("patrl", names), " (did you mean `patrol`?)");
        assert_eq!(hint("Patrol", names), " (did you mean `patrol`?)");
        assert_eq!(hint("helicopter", names), "");
        assert_eq!(hint("b", names), "");
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
