//! Centres read from files: the shipped one, a small one broken in every way, and one broken in all ways at once.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod bishkek;
mod broken;
mod codes;
mod round_trip;

use directory::{Problem, Source};

macro_rules! centre {
    ($folder:literal) => {
        [
            ("centre.toml", include_str!(concat!($folder, "/centre.toml"))),
            ("districts.geojson", include_str!(concat!($folder, "/districts.geojson"))),
            ("kinds.toml", include_str!(concat!($folder, "/kinds.toml"))),
            ("stations.toml", include_str!(concat!($folder, "/stations.toml"))),
            ("types.toml", include_str!(concat!($folder, "/types.toml"))),
            ("units.toml", include_str!(concat!($folder, "/units.toml"))),
        ]
        .map(|(name, text)| Source { name: name.to_owned(), text: text.to_owned() })
        .to_vec()
    };
}

/// The centre that is shipped.
fn bishkek() -> Vec<Source> {
    centre!("../../../../deploy/centres/bishkek")
}

/// A small centre with nothing wrong.
fn small() -> Vec<Source> {
    centre!("small")
}

/// A centre with everything wrong.
fn broken() -> Vec<Source> {
    centre!("broken")
}

/// The problems, a line each.
fn listed(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("{problem}\n")).collect()
}

/// The small centre with `from`, which must be there once, replaced by `to` in one file.
fn changed(file: &str, from: &str, to: &str) -> Vec<Source> {
    let mut files = small();
    let source = files.iter_mut().find(|source| source.name == file).unwrap();
    assert_eq!(source.text.matches(from).count(), 1, "`{from}` in {file}");
    source.text = source.text.replace(from, to);
    files
}
