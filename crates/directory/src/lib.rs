//! Reads a centre's files, as text, into a `Directory` or into every problem they have, each with its file and line.
//!
//! It never opens a file, asks a clock or a network, and never stops at the first problem: a person who prepares a
//! centre sees all of them at once. The form of the files is described in `deploy/centres/bishkek/README.md`.

mod check;
mod findings;
mod limits;
mod lines;
mod problem;
mod read;
mod spelling;
mod write;

use domain::directory::Directory;

pub use problem::{Problem, ProblemCode};

use findings::{Findings, Part};

/// One file of a centre, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its name within the centre's folder, such as `units.toml`.
    pub name: String,
    /// Its whole text. A file that is not UTF-8 cannot become one: the caller says so with the file's name.
    pub text: String,
}

/// Names of the files a centre is made of; each must be there.
pub const FILES: [&str; 6] = [
    Part::Centre.file(),
    Part::Districts.file(),
    Part::Kinds.file(),
    Part::Stations.file(),
    Part::Types.file(),
    Part::Units.file(),
];

/// A file of a centre that is there and whose text nobody could give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Its name within the centre's folder.
    pub name: String,
    /// Why, as the end of a sentence that begins with the name: "is not UTF-8; save it as UTF-8".
    pub why: String,
}

/// Reads a centre. Of the files given, those that end in neither `.toml` nor `.geojson` are not looked at, so a whole
/// folder may be handed over.
///
/// # Errors
/// Every [`Problem`] there is, by file and line. A file that is no TOML or no GeoJSON hides the problems inside it and
/// those that only follow from it; all other files are still checked.
pub fn read(files: &[Source]) -> Result<Directory, Vec<Problem>> {
    read_but(files, &[])
}

/// The same where some of the files cannot be read: each of them is a problem, and not a file that is missing.
///
/// # Errors
/// As [`read`].
pub fn read_but(files: &[Source], unread: &[Unread]) -> Result<Directory, Vec<Problem>> {
    let mut found = Findings::default();
    for file in unread {
        found.report_file(&file.name, ProblemCode::UnreadableFile, file.why.clone());
    }
    let directory = read::directory(files, unread, &mut found);
    check::directory(&directory, &mut found);
    let problems = found.into_problems();
    if problems.is_empty() { Ok(directory) } else { Err(problems) }
}

/// Checks a directory that was not read from files, by the same rules. Problems name the file that [`write()`] would put
/// them in, and no line.
pub fn check(directory: &Directory) -> Vec<Problem> {
    let mut found = Findings::default();
    check::directory(directory, &mut found);
    found.into_problems()
}

/// Writes a directory as the files that [`read`] reads back to the same value.
pub fn write(directory: &Directory) -> Vec<Source> {
    write::files(directory)
}
