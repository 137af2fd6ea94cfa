//! The names that come near to what was typed, where nothing is called so.

use domain::directory::mistakes;

use crate::{
    Word, comparable, layout,
    limits::{BEGINNING_CHARS_MIN, NEAR_CHARS_MAX, NEAR_MAX, NEAR_MISTAKES_MAX},
};

/// Of what is known, each with all that it is called, whatever is written nearly as the word is, the nearest first.
///
/// A name is near by itself, by one of its words or by how one of these begins, and by the keys that are pressed for it: so
/// whatever the language of a title and the layout of the keyboard, one comparison finds it. One letter in four may be wrong.
pub fn nearest<'a, Choice: Ord, Names: IntoIterator<Item = &'a str>>(
    word: &Word,
    known: impl IntoIterator<Item = (Choice, Names)>,
) -> Vec<Choice> {
    let typed = Typed::new(word.as_str());
    if typed.length > NEAR_CHARS_MAX {
        return Vec::new();
    }
    let far = |names: Names| names.into_iter().filter_map(|name| typed.far(name)).min();
    let mut near: Vec<_> =
        known.into_iter().filter_map(|(choice, names)| Some((far(names)?, choice))).collect();
    near.sort_unstable();
    near.into_iter().map(|(_, choice)| choice).take(NEAR_MAX).collect()
}

/// By what a name is near, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum By {
    Itself,
    Word,
    Beginning,
}

/// What was typed.
struct Typed {
    keys: String,
    length: usize,
}

impl Typed {
    fn new(word: &str) -> Self {
        Self { keys: keys(word), length: word.chars().count() }
    }

    /// How far a name is from it, if it is near: how many letters are wrong, and by what.
    fn far(&self, name: &str) -> Option<(usize, By)> {
        let words = name.split(|letter: char| !letter.is_alphanumeric());
        let beginnings = words.clone().filter_map(|word| self.beginning(word));
        let by_word = words.map(|word| (word, By::Word)).chain(beginnings.map(|it| (it, By::Beginning)));
        let wrong_max = self.length.div_ceil(4).min(NEAR_MISTAKES_MAX);
        let wrong = |(name, by): (&str, By)| {
            let letters = name.chars().count();
            // a name that is so much longer or shorter has as many wrong at least
            if letters.abs_diff(self.length) > wrong_max {
                return None;
            }
            let wrong = mistakes(&self.keys, &keys(name));
            (wrong <= wrong_max && wrong < letters).then_some((wrong, by))
        };
        by_word.chain([(name, By::Itself)]).filter_map(wrong).min()
    }

    /// As much of a longer word as was typed; nothing where that is too little to tell one from another.
    fn beginning<'w>(&self, word: &'w str) -> Option<&'w str> {
        let (end, _) = word.char_indices().nth(self.length)?;
        word.get(..end).filter(|_| self.length >= BEGINNING_CHARS_MIN)
    }
}

/// The keys that are pressed for a name.
fn keys(name: &str) -> String {
    layout::folded(&comparable(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [(&str, [&str; 2]); 3] = [
        ("crime-scene-group", ["Следственно-оперативная группа (СОГ)", "Crime-scene group"]),
        ("dog-team", ["Кинологический расчёт", "Dog team"]),
        ("patrol", ["Патрульный наряд", "Patrol"]),
    ];

    fn near(typed: &str) -> Vec<&'static str> {
        nearest(&Word::new(typed), KINDS.iter().map(|(id, titles)| (*id, titles.iter().copied())))
    }

    #[test]
    fn a_name_is_near_in_any_language_on_any_layout_and_by_one_of_its_words() {
        for typed in ["patrl", "Patroll", "патрульнй", "зфекщд", "gfnhekmysq", "наряд"] {
            assert_eq!(near(typed), ["patrol"], "{typed}");
        }
        assert_eq!(near("група"), ["crime-scene-group"]);
        assert_eq!(near("кинолг"), ["dog-team"], "few people type all of a word");
        assert_eq!(near("расчет"), ["dog-team"]);
        assert_eq!(near("helicopter"), [""; 0]);
        assert_eq!(near(""), [""; 0]);
    }

    #[test]
    fn the_nearest_comes_first_and_no_more_than_a_few_are_named() {
        let units = ["19", "9", "11", "29", "39", "49", "59", "69"].map(|callsign| (callsign, [callsign]));
        assert_eq!(nearest(&Word::new("99"), units), ["19", "29", "39", "49", "59"]);
        assert_eq!(nearest(&Word::new("19"), units), ["19", "11", "29", "39", "49"]);
    }

    #[test]
    fn what_is_longer_than_any_name_is_near_to_none() {
        let long = "a".repeat(NEAR_CHARS_MAX + 1);
        assert_eq!(nearest(&Word::new(long.as_str()), [("a", [long.as_str()])]), [""; 0]);
    }
}
