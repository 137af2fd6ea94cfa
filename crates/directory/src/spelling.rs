//! The name somebody probably meant.

use domain::directory::mistakes;

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
        .map(|name| (mistakes(word, name), name))
        .filter(|(wrong, name)| *wrong <= MISTAKES_MAX && *wrong < name.chars().count())
        .min()
        .map_or_else(String::new, |(_, name)| format!(" (did you mean `{name}`?)"))
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
    }
}
