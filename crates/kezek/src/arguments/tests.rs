use clap::CommandFactory;
use clap::error::ErrorKind;

use super::*;

fn parse(line: &str) -> Result<Arguments, clap::Error> {
    Arguments::try_parse_from(line.split(' '))
}

#[test]
fn the_command_line_is_sound() {
    Arguments::command().debug_assert();
}

/// Every command, each with what it is usually given.
const WHOLE_JOB: [&str; 69] = [
    "kezek call ring --from +996555000111 --trunk 3",
    "kezek call answer 1043 --desk 4",
    "kezek call take --narrative help --type shooting --at 42.87,74.57 --uncertainty 50 --priority 1 --separate",
    "kezek call take",
    "kezek call add 1043 --landmark bazaar",
    "kezek call end 1043 --outcome advice",
    "kezek call abandon 1043 --abandoned-at 14:05",
    "kezek call call-back 1043",
    "kezek call call-back 1043 --outcome no-answer",
    "kezek call decide 1043 --outcome unreachable --remark tried",
    "kezek call get 1043 --json",
    "kezek call duplicates --at 42.87,74.57",
    "kezek incident open --type theft --channel radio --person Bekov",
    "kezek incident get 1043",
    "kezek incident list --state open,held --priority 1,2 --queued",
    "kezek incident recommend 1043 --need 0",
    "kezek incident assign 1043 leninsky --inform",
    "kezek incident send 1043 71",
    "kezek incident stand-down 1043 --unit 11 --reason mistaken",
    "kezek incident priority 1043 1 --reason weapon",
    "kezek incident type 1043 stabbing",
    "kezek incident place 1043 --at -42.87,74.57",
    "kezek incident request 1043 crime-scene-group",
    "kezek incident hold 1043 --until 20m --reason asked",
    "kezek incident release 1043",
    "kezek incident merge 1044 --into 1043",
    "kezek incident unmerge 1044",
    "kezek incident note 1043 words",
    "kezek incident close 1043 --disposition taken --registration 77",
    "kezek incident cancel 1043 --reason test",
    "kezek incident reopen 1043 --reason again",
    "kezek incident restrict 1043 --reader a.ibraimova --reason officer",
    "kezek incident restrict 1043 --lift",
    "kezek incident automatic",
    "kezek incident automatic off --reason exercise",
    "kezek desk show leninsky",
    "kezek desk delivered 1043",
    "kezek desk received 1043 --station leninsky --channel phone --person Asanov",
    "kezek desk accept 1043 11 12",
    "kezek desk accept 1043",
    "kezek desk return 1043 --reason busy --propose oktyabrsky",
    "kezek desk confirm 1043",
    "kezek unit list --available",
    "kezek unit get 11",
    "kezek unit sign-on 11 --crew Bekov --crew Toktosunov",
    "kezek unit sign-off",
    "kezek unit out 11 --reason meal",
    "kezek unit back 11",
    "kezek unit ack 11",
    "kezek unit en-route 11 --occurred-at 14:05",
    "kezek unit on-scene --correction mistyped --run 0197c2f0-0000-7000-8000-000000000001",
    "kezek unit clear 11 --disposition gone",
    "kezek unit stood-down 11",
    "kezek unit position 42.87,74.57 --unit 11",
    "kezek alarm list --incident 1043",
    "kezek alarm ack 01234567",
    "kezek alarm end 01234567 --remark phoned",
    "kezek watch --station leninsky --redacted --once",
    "kezek directory check a b",
    "kezek directory apply a",
    "kezek directory show --part units",
    "kezek serve --listen 127.0.0.1:0 --set requests_max=256",
    "kezek serve --demo-keys --data-dir a",
    "kezek demo --seed 7 --calls-per-minute 12",
    "kezek replay calls.csv --own --flat-out --limit 100",
    "kezek replay calls.csv --own --kill both --times 3",
    "kezek replay calls.csv --own --away 60",
    "kezek token duty_officer --station leninsky --lifetime 600",
    "kezek config show",
];

#[test]
fn the_whole_job_can_be_said() {
    for line in WHOLE_JOB {
        if let Err(error) = parse(line) {
            panic!("{line}\n{error}");
        }
    }
}

/// What stands between backticks in the pages people follow at night, wherever it begins with our name.
fn commands_in_pages() -> Vec<(std::path::PathBuf, String)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut folders = vec![root.join("deploy"), root.join("crates")];
    let mut pages = vec![root.join("README.md")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    let quoted = |page: &std::path::PathBuf| {
        let text = std::fs::read_to_string(page).unwrap();
        let commands = text.split('`').skip(1).step_by(2).filter(|words| words.starts_with("kezek "));
        commands.map(|words| (page.clone(), words.to_owned())).collect::<Vec<_>>()
    };
    pages.iter().flat_map(quoted).collect()
}

/// A command of a page as a person would type it: something for each word in capitals and for what is left out.
fn filled_in(command: &str) -> String {
    let word = |word: &str| match word {
        "COMMAND" => "watch".to_owned(),
        "CALL" | "NUMBER" | "OTHER" => "1043".to_owned(),
        "ALARM" | "ASSIGNMENT" => "01234567".to_owned(),
        "OPERATION" => uuid::Uuid::nil().to_string(),
        _ if word.contains('…') => "14:05".to_owned(),
        _ if word.chars().all(|letter| letter.is_ascii_uppercase()) => word.to_lowercase(),
        _ => word.to_owned(),
    };
    // what is quoted is one word
    let pieces = command.split('"').enumerate();
    let unquoted =
        pieces.map(|(place, piece)| if place % 2 == 1 { "words" } else { piece }).collect::<String>();
    unquoted.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn every_command_that_a_page_names_is_one() {
    let commands = commands_in_pages();
    assert!(commands.len() > 100, "the pages are read: {}", commands.len());
    let mut wrong = Vec::new();
    for (page, command) in commands {
        let Err(error) = parse(&filled_in(&command)) else { continue };
        // a page may name a command without saying all it needs
        let is_named_only = [
            ErrorKind::MissingRequiredArgument,
            ErrorKind::MissingSubcommand,
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand,
            ErrorKind::DisplayHelp,
            ErrorKind::DisplayVersion,
        ];
        if !is_named_only.contains(&error.kind()) {
            wrong.push(format!("{}: {command}\n{error}", page.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_cannot_be_meant_is_refused_before_anything_is_sent() {
    let lines = [
        "kezek call take --separate --same-as 1043",
        "kezek call take --priority 6",
        "kezek call take --at 142.8,74.5",
        "kezek call take --uncertainty 5",
        "kezek incident close 1043 --disposition taken",
        "kezek incident close 1043 --disposition taken --registration 7 --lawful-reason none",
        "kezek incident stand-down 1043 --reason none",
        "kezek incident restrict 1043 --reader a",
        "kezek incident automatic off",
        "kezek incident request 1043 patrol --units 0",
        "kezek desk accept",
        "kezek unit clear 11",
        "kezek watch --station a --unit b",
        "kezek token chief",
        "kezek replay calls.csv --stations a",
        "kezek replay calls.csv --away 60",
        "kezek replay calls.csv --own --away 60 --kill both",
        "kezek directory check",
        "kezek",
    ];
    for line in lines {
        let error = parse(line).expect_err(line);
        assert_eq!(error.exit_code(), 2, "{line}");
    }
}

#[test]
fn help_names_the_exit_codes() {
    let error = parse("kezek --help").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DisplayHelp);
    assert!(error.to_string().contains("Exit codes:\n  0  done"), "{error}");
}

#[test]
fn where_it_happened_is_not_where_the_centre_answers() {
    let said = ["kezek", "--address", "http://centre:1", "call", "take", "--where", "prospekt Chuy 155"];
    let arguments = Arguments::try_parse_from(said).unwrap();
    assert_eq!(arguments.target.address, "http://centre:1");
}
