//! From files to a directory: everything that could be read, with stand-ins, reported, for what could not.

mod centre;
mod districts;
mod document;
mod fields;
mod kinds;
mod plan;
mod stations;
mod types;
mod units;

use domain::directory::Directory;

use crate::{
    ProblemCode, Source, Unread,
    findings::{Findings, Part},
    spelling,
};

pub(crate) use kinds::CHOOSERS;
pub(crate) use plan::{MODES, TIMES, answers_allowed, counts_allowed};

/// An id for a reference that could not be read. The reference was reported, so nobody sees the stand-in.
const STAND_IN: &str = "not-read";

/// Reads every file. The directory is only good for anything if nothing was found.
pub(crate) fn directory(files: &[Source], unread: &[Unread], found: &mut Findings) -> Directory {
    let text = |part, found: &mut Findings| text(files, unread, part, found);
    report_strange_files(files, found);
    let centre = centre::read(text(Part::Centre, found), found);
    let answers = centre.answers;
    Directory {
        stations: stations::read(text(Part::Stations, found), found),
        kinds: kinds::read(text(Part::Kinds, found), found),
        units: units::read(text(Part::Units, found), found),
        types: types::read(text(Part::Types, found), answers, found),
        districts: districts::read(text(Part::Districts, found), found),
        ..centre.directory
    }
}

/// The text of a part's file, without the mark some editors put first; empty and reported if there is none.
fn text<'a>(files: &'a [Source], unread: &[Unread], part: Part, found: &mut Findings) -> &'a str {
    if unread.iter().any(|file| file.name == part.file()) {
        // that it cannot be read is reported already
        found.doubt(part);
        return "";
    }
    let Some(file) = files.iter().find(|file| file.name == part.file()) else {
        let sentence = format!("is not there; add it ({} files make a centre)", crate::FILES.len());
        found.report_file(part.file(), ProblemCode::MissingFile, sentence);
        found.doubt(part);
        return "";
    };
    file.text.strip_prefix('\u{feff}').unwrap_or(&file.text)
}

/// Reports files that look as if they belonged to the centre, and files that are there twice.
fn report_strange_files(files: &[Source], found: &mut Findings) {
    for (number, file) in files.iter().enumerate() {
        let looks_ours = file.name.ends_with(".toml") || file.name.ends_with(".geojson");
        if !looks_ours {
            continue;
        }
        if !crate::FILES.contains(&file.name.as_str()) {
            let hint = spelling::hint(&file.name, crate::FILES);
            let message = format!("is no file of a centre{hint}; rename it or take it out of the folder");
            found.report_file(&file.name, ProblemCode::UnexpectedFile, message);
        } else if files[..number].iter().any(|earlier| earlier.name == file.name) {
            let message = "was given twice; give it once".to_owned();
            found.report_file(&file.name, ProblemCode::FileTwice, message);
        }
    }
}
