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
const WHOLE_JOB: [&str; 67] = [
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
        "kezek desk accept",
        "kezek unit clear 11",
        "kezek watch --station a --unit b",
        "kezek token chief",
        "kezek replay calls.csv --stations a",
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
