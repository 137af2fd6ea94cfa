//! `kezek directory …`: check the files of a centre, put them in force, show what is in force.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use directory::Source;
use protocol::directory::v1::{
    ApplyDirectoryRequest, Directory, DirectoryFile, GetDirectoryRequest, GetDirectoryResponse,
};
use serde_json::json;

use crate::codes::ClientCode;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::inputs::Identity;
use crate::names::Names;
use crate::output::{Output, print};
use crate::session::{Session, cannot_read};
use crate::show::Light;
use crate::table::{Table, count, plain};
use crate::words;

/// What can be done with a centre's directory.
#[derive(Debug, Subcommand)]
pub(crate) enum DirectoryCommand {
    /// Name every problem of a centre's files, each with file and line; needs no running centre
    Check {
        /// Folders, each with the files of one centre
        #[arg(required = true, value_name = "DIR")]
        folders: Vec<PathBuf>,
    },
    /// Put a centre's files in force
    Apply {
        /// The folder with the files
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        #[command(flatten)]
        identity: Identity,
    },
    /// Show what is in force
    Show(Show),
}

/// What is shown.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// One part as a table; a summary unless given
    #[arg(long, value_enum)]
    part: Option<Part>,
}

/// A part of a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Stations and substations
    Stations,
    /// Districts
    Districts,
    /// Units
    Units,
    /// Kinds of unit
    Kinds,
    /// Incident types
    Types,
}

/// Reads the files of a folder as the directory takes them.
///
/// # Errors
/// The folder or a file cannot be read; every such file is named.
pub(crate) fn sources(folder: &Path) -> Result<Vec<Source>, Failure> {
    let (sources, unread) = server::read_folder(folder).map_err(|cause| cannot_read(folder, &cause))?;
    if unread.is_empty() {
        return Ok(sources);
    }
    let named = unread.iter().map(|file| format!("{}/{} {}", folder.display(), plain(&file.name), file.why));
    Err(Failure::usage(named.collect::<Vec<_>>().join("; ")))
}

/// Checks folders without a centre.
pub(crate) fn check(output: Output, folders: &[PathBuf]) -> Result<(), Failure> {
    let mut problems = 0;
    let mut told = Vec::new();
    for folder in folders {
        let shown = folder.display().to_string();
        let (sources, unread) = server::read_folder(folder).map_err(|cause| cannot_read(folder, &cause))?;
        match directory::read_but(&sources, &unread) {
            Ok(good) => {
                let parts = [
                    count(good.districts.len(), "district", "districts"),
                    count(good.stations.len(), "station", "stations"),
                    count(good.units.len(), "unit", "units"),
                    count(good.types.len(), "incident type", "incident types"),
                ];
                let title = plain(good.title.get("en"));
                told.push(json!({ "folder": shown, "centre": good.centre, "problems": [] }));
                if !output.is_json() {
                    print(&format!("{shown}: {title}, {}: no problems", parts.join(", ")));
                }
            }
            Err(found) => {
                problems += found.len();
                if !output.is_json() {
                    found
                        .iter()
                        .for_each(|problem| print(&format!("{shown}/{}", plain(&problem.to_string()))));
                }
                told.push(json!({ "folder": shown, "problems": found }));
            }
        }
    }
    if output.is_json() {
        print(&serde_json::to_string_pretty(&told).expect("problems are texts and numbers"));
    }
    if problems == 0 { Ok(()) } else { Err(with_problems(problems)) }
}

pub(crate) fn with_problems(problems: usize) -> Failure {
    Failure::new(
        Exit::Refused,
        ClientCode::DirectoryProblems,
        format!("{} in the directory", count(problems, "problem", "problems")),
        "mend what is named above and check again",
    )
}

/// Puts files in force, or shows what is.
pub(crate) async fn run(session: &Session, command: DirectoryCommand) -> Result<(), Failure> {
    match command {
        DirectoryCommand::Check { folders } => check(session.output(), &folders),
        DirectoryCommand::Apply { folder, identity } => Box::pin(apply(session, &folder, &identity)).await,
        DirectoryCommand::Show(wanted) => Box::pin(show(session, wanted.part)).await,
    }
}

async fn apply(session: &Session, folder: &Path, identity: &Identity) -> Result<(), Failure> {
    let request_id = identity.request_id();
    let files = sources(folder)?;
    let request = ApplyDirectoryRequest {
        request_id: request_id.clone(),
        expected_version: identity.expected_version,
        files: files.into_iter().map(|file| DirectoryFile { name: file.name, content: file.text }).collect(),
    };
    let ask = async |request| session.directory().apply_directory(request).await;
    let answer = session.change(&request_id, request, ask).await?;
    session.output().show(&answer, |_| {
        if answer.problems.is_empty() {
            let version = answer.head.as_ref().map_or(0, |head| head.directory_version);
            return format!(
                "Directory {version} is in force.\n  {}",
                words::receipt(answer.receipt.as_ref())
            );
        }
        let line = |problem: &protocol::directory::v1::DirectoryProblem| {
            let place = if problem.line > 0 { format!(":{}", problem.line) } else { String::new() };
            let file = plain(&problem.file);
            format!("{}/{file}{place}: {} [{}]\n", folder.display(), plain(&problem.message), problem.code)
        };
        answer.problems.iter().map(line).collect()
    });
    if answer.problems.is_empty() { Ok(()) } else { Err(with_problems(answer.problems.len())) }
}

async fn show(session: &Session, part: Option<Part>) -> Result<(), Failure> {
    let ask = async |request| session.directory().get_directory(request).await;
    let answer = session.read(GetDirectoryRequest {}, ask).await?;
    let names = session.names().await;
    session.output().show(&answer, |paint| {
        let directory = answer.directory.clone().unwrap_or_default();
        match part {
            None => summary(&answer, Light::now(names, paint)),
            Some(Part::Stations) => stations(&directory, names),
            Some(Part::Districts) => districts(&directory, names),
            Some(Part::Units) => units(&directory, names),
            Some(Part::Kinds) => kinds(&directory, names),
            Some(Part::Types) => types(&directory, names),
        }
    });
    Ok(())
}

fn summary(answer: &GetDirectoryResponse, light: Light<'_>) -> String {
    let directory = answer.directory.clone().unwrap_or_default();
    let head = answer.head.clone().unwrap_or_default();
    let mut facts = Table::bare();
    facts.row(["centre".to_owned(), directory.centre_id.clone()]);
    facts.row(["languages".to_owned(), directory.languages.join(", ")]);
    facts.row(["time zone".to_owned(), directory.time_zone.clone()]);
    facts.row(["by voice".to_owned(), directory.contact.clone()]);
    facts.row(["districts".to_owned(), directory.districts.len().to_string()]);
    facts.row(["stations".to_owned(), directory.stations.len().to_string()]);
    facts.row(["units".to_owned(), directory.units.len().to_string()]);
    facts.row(["types".to_owned(), directory.incident_types.len().to_string()]);
    let applied = format!("{} by {}", light.clock(head.applied_at.as_ref()), plain(&head.applied_by));
    facts.row(["in force".to_owned(), format!("directory {}, since {applied}", head.directory_version)]);
    facts.row(["sha256".to_owned(), head.sha256]);
    let illustrative = if directory.illustrative { " (ILLUSTRATIVE: made up or approximate)" } else { "" };
    format!("{}{illustrative}\n{}", light.names.centre, facts.render("  "))
}

fn stations(directory: &Directory, names: &Names) -> String {
    let mut table = Table::new(["STATION", "TITLE", "PART OF", "CONTACT"]);
    for station in &directory.stations {
        table.row([
            station.station_id.clone(),
            names.station(&station.station_id).to_owned(),
            station.parent_station_id.clone(),
            plain(&station.contact),
        ]);
    }
    table.render("")
}

fn districts(directory: &Directory, names: &Names) -> String {
    let mut table = Table::new(["DISTRICT", "TITLE", "STATION"]);
    for district in &directory.districts {
        table.row([
            district.district_id.clone(),
            names.district(&district.district_id).to_owned(),
            district.station_id.clone(),
        ]);
    }
    table.render("")
}

fn units(directory: &Directory, names: &Names) -> String {
    let mut table = Table::new(["CALLSIGN", "KIND", "DESK", "TALKGROUP", "DEVICE", "ID"]);
    for unit in &directory.units {
        table.row([
            plain(&unit.callsign),
            names.kind(&unit.unit_kind_id).to_owned(),
            unit.station_id.clone(),
            plain(&unit.talkgroup),
            if unit.radio_only { "radio only".to_owned() } else { "yes".to_owned() },
            unit.unit_id.clone(),
        ]);
    }
    table.render("")
}

fn kinds(directory: &Directory, names: &Names) -> String {
    let mut table = Table::new(["KIND", "TITLE", "CHOSEN BY", "AUTOMATIC"]);
    for kind in &directory.unit_kinds {
        table.row([
            kind.unit_kind_id.clone(),
            names.kind(&kind.unit_kind_id).to_owned(),
            words::enum_word(kind.chosen_by().as_str_name(), "CHOSEN_BY_"),
            if kind.automatic { "where a plan says so".to_owned() } else { "never".to_owned() },
        ]);
    }
    table.render("")
}

fn types(directory: &Directory, names: &Names) -> String {
    let mut table = Table::new(["TYPE", "P", "TITLE", "NEEDS"]);
    for incident_type in &directory.incident_types {
        let needs = incident_type.needs.iter();
        let needs = needs.map(|need| {
            let time = words::need_time(need.time());
            format!("{} {} {time}", need.units, need.unit_kind_id)
        });
        table.row([
            incident_type.incident_type_id.clone(),
            incident_type.priority.to_string(),
            names.incident_type(&incident_type.incident_type_id).to_owned(),
            needs.collect::<Vec<_>>().join(", "),
        ]);
    }
    table.render("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_text_is_named() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["units.toml", "types.toml"] {
            std::fs::write(folder.path().join(name), [0xff, 0xfe]).unwrap();
        }
        let failure = sources(folder.path()).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        assert!(failure.message.contains("types.toml is not UTF-8"), "{failure}");
        assert!(failure.message.contains("units.toml is not UTF-8"), "{failure}");
    }

    #[test]
    fn problems_end_with_code_1() {
        let folder = tempfile::tempdir().unwrap();
        let failure = check(Output::new(true), &[folder.path().to_owned()]).unwrap_err();
        assert_eq!((failure.exit.code(), failure.reason.as_str()), (1, "DIRECTORY_PROBLEMS"));
    }
}
