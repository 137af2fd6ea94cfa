//! Which of the things that have titles a word means, and which come near to it.

use std::collections::{BTreeMap, BTreeSet};

use command::{Word, comparable, nearest};
use domain::directory::Titles;

use super::{CommandError, ambiguous};

/// Something that a directory has a title for: its id, twice, and what it is called.
pub(super) type Titled<'a, Id> = (&'a Id, &'a str, &'a Titles);

/// How well a name fits what was typed, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It is called so.
    Whole,
    /// It begins so.
    Beginning,
    /// One of its words begins so, as СОГ does in "Следственно-оперативная группа (СОГ)".
    Word,
}

/// How well a name fits, if it does.
fn fit(name: &str, typed: &str) -> Option<Fit> {
    let begins = |word: &str| !word.is_empty() && word.starts_with(typed);
    match () {
        () if name == typed => Some(Fit::Whole),
        () if name.starts_with(typed) => Some(Fit::Beginning),
        () if name.split(|letter: char| !letter.is_alphanumeric()).any(begins) => Some(Fit::Word),
        () => None,
    }
}

/// What is called so, if anything is: by its id or a title in any language, else by how one of these or a word of it begins
/// where nothing else does so.
pub(super) fn called<'a, Id: Clone + ToString + Ord + 'a>(
    word: &Word,
    known: impl Iterator<Item = Titled<'a, Id>>,
) -> Result<Option<Id>, CommandError> {
    let readings = word.readings();
    let mut fitting: BTreeMap<Fit, BTreeSet<&Id>> = BTreeMap::new();
    for (id, slug, titles) in known {
        let names = titles.0.values().map(|title| comparable(title)).chain([slug.to_owned()]);
        let fits = names.flat_map(|name| readings.iter().filter_map(move |reading| fit(&name, reading)));
        if let Some(best) = fits.min() {
            fitting.entry(best).or_default().insert(id);
        }
    }
    let best: Vec<&Id> = fitting.into_values().next().unwrap_or_default().into_iter().collect();
    match best.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some((*one).clone())),
        several => Err(ambiguous(word.as_str(), several.iter().map(|id| id.to_string()))),
    }
}

/// The ids of what is called nearly so.
pub(super) fn near<'a, Id: 'a>(word: &Word, known: impl Iterator<Item = Titled<'a, Id>>) -> Vec<String> {
    let named = known.map(|(_, slug, titles)| (slug, titles.0.values().map(String::as_str).chain([slug])));
    nearest(word, named).into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_fits_whole_or_by_how_it_or_a_word_of_it_begins() {
        let group = comparable("Следственно-оперативная группа (СОГ)");
        assert_eq!(fit(&comparable("Грабёж"), &comparable("грабеж")), Some(Fit::Whole));
        assert_eq!(fit(&group, "следств"), Some(Fit::Beginning));
        assert_eq!(fit(&group, "сог"), Some(Fit::Word));
        assert_eq!(fit(&group, "руппа"), None);
        assert_eq!(fit(&group, "-"), None);
    }
}
