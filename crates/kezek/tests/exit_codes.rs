//! The program as a script sees it: exit codes, what is on standard output, what is on standard error.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use domain::{OperationId, RecordKey, RecordKind, Version};
use journal::{Entry, Journal, Medium, Options};
use store::{Commit, Fingerprint, Place, Settlement, Write};

fn kezek(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kezek"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("KEZEK_")) {
        command.env_remove(name);
    }
    command.current_dir(folder).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// An address where nobody listens: a port that was free a moment ago.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[test]
fn a_centre_that_does_not_answer_is_code_3_and_says_that_nothing_was_sent() {
    let folder = tempfile::tempdir().unwrap();
    let output = kezek(folder.path(), &["--address", &nobody(), "call", "take"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("nothing was sent"), "{}", text(&output.stderr));
    assert!(output.stdout.is_empty());
}

#[test]
fn a_script_is_told_of_a_failure_in_json() {
    let folder = tempfile::tempdir().unwrap();
    let output = kezek(folder.path(), &["--json", "--address", &nobody(), "watch"]);
    assert_eq!(output.status.code(), Some(3));
    let told: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(told["error"]["reason"], "UNREACHABLE");
    assert_eq!(told["error"]["exit_code"], 3);
}

#[test]
fn without_an_issuer_nothing_is_served_unless_demo_keys_are_asked_for_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let output = kezek(folder.path(), &["serve", "--data-dir", "data"]);
    assert_eq!(output.status.code(), Some(2), "systemd does not try it again");
    let said = text(&output.stderr);
    assert!(said.contains("NO_KEYS") && said.contains("--demo-keys"), "{said}");
    assert!(!folder.path().join("data/demo-keys").exists(), "no keys were made");
    // with them it gets as far as asking for a centre
    let output = kezek(folder.path(), &["serve", "--data-dir", "data", "--demo-keys"]);
    let said = text(&output.stderr);
    assert!(said.contains("NO_CENTRE") && said.contains("for trying out"), "{said}");
    assert!(folder.path().join("data/demo-keys").exists(), "keys were made");
}

#[test]
fn what_cannot_be_meant_is_code_2() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &["call", "take", "--priority", "6"][..],
        &["token", "crew"],
        &["token", "operator", "--centre", "No Such Slug"],
        &["--address", "not an address", "unit", "list"],
        &["--address", "garbage", "unit", "list"],
        &["incident", "request", "20", "patrol", "--units", "0"],
        &["--token-file", "absent", "unit", "list"],
        &["serve", "--set", "no_such_value=1"],
        &["serve", "--listen", "0.0.0.0:0"],
        &["directory", "check", "absent"],
        &["replay", "absent.csv"],
    ] {
        let output = kezek(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output.stderr));
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_directory_with_problems_is_code_1_and_names_each_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/centres/bishkek");
    let copy = folder.path().join("bishkek");
    std::fs::create_dir(&copy).unwrap();
    for entry in model.read_dir().unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, copy.join(path.file_name().unwrap())).unwrap();
    }
    let good = kezek(folder.path(), &["directory", "check", "bishkek"]);
    assert_eq!(good.status.code(), Some(0), "{}", text(&good.stderr));
    assert!(text(&good.stdout).ends_with("no problems\n"), "{}", text(&good.stdout));

    let units = copy.join("units.toml");
    let spoilt = std::fs::read_to_string(&units).unwrap().replacen("kind = \"patrol\"", "kind = \"tank\"", 1);
    std::fs::write(&units, spoilt).unwrap();
    let bad = kezek(folder.path(), &["directory", "check", "bishkek"]);
    assert_eq!(bad.status.code(), Some(1));
    let named = text(&bad.stdout);
    assert!(named.starts_with("bishkek/units.toml:") && named.contains("[UNKNOWN_KIND]"), "{named}");
}

#[test]
fn a_token_is_one_line_on_standard_output_and_keys_are_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let first = kezek(folder.path(), &["token", "operator", "--data-dir", "data"]);
    assert_eq!(first.status.code(), Some(0), "{}", text(&first.stderr));
    assert_eq!(text(&first.stdout).lines().count(), 1);
    assert_eq!(text(&first.stdout).trim().split('.').count(), 3);
    let key = std::fs::read(folder.path().join("data/demo-keys/private.pem")).unwrap();
    kezek(folder.path(), &["token", "observer", "--data-dir", "data"]);
    assert_eq!(std::fs::read(folder.path().join("data/demo-keys/private.pem")).unwrap(), key);
}

#[test]
fn every_value_is_shown_with_its_origin() {
    let folder = tempfile::tempdir().unwrap();
    let output =
        kezek(folder.path(), &["config", "show", "--json", "--listen", "127.0.0.1:9", "--clock-rate", "60"]);
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let setting =
        |name: &str| told.as_array().unwrap().iter().find(|setting| setting["name"] == name).unwrap().clone();
    assert_eq!(setting("listen")["value"], "127.0.0.1:9");
    assert_eq!(setting("clock_rate")["value"], "60");
    assert_eq!(setting("clock_rate")["origin"], "the command line");
    assert_eq!(setting("audience")["origin"], "default");
}

#[test]
fn what_cannot_be_meant_is_told_in_json_too() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &["--json", "call", "take", "--at", "91,74"][..],
        &["incident", "nonsense", "--json"],
        &["--json", "incident", "close", "1"],
        &["--json"],
    ] {
        let output = kezek(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let told: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(told["error"]["reason"], "USAGE", "{arguments:?}");
        let message = told["error"]["message"].as_str().unwrap();
        assert!(!message.is_empty() && !message.starts_with("error"), "{message}");
        assert!(output.stdout.is_empty());
    }
    let help = kezek(folder.path(), &["--json", "--help"]);
    assert_eq!(help.status.code(), Some(0), "whoever asks for help gets it");
    assert!(!help.stdout.is_empty());
}

#[test]
fn a_configuration_that_cannot_be_used_is_shown_with_the_problem() {
    let folder = tempfile::tempdir().unwrap();
    let output = kezek(folder.path(), &["config", "show", "--listen", "0.0.0.0:80"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stdout).contains("0.0.0.0:80"), "{}", text(&output.stdout));
    let told = text(&output.stderr);
    assert!(told.contains("beyond loopback") && !told.contains("config show"), "{told}");
}

#[test]
fn a_crews_token_is_looked_up_where_a_directory_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/centres/bishkek");
    let model = model.to_str().unwrap();
    let token = |more: &[&str]| {
        let arguments = [&["token", "crew", "--json", "--data-dir", "data"], more].concat();
        kezek(folder.path(), &arguments)
    };
    let by_callsign = token(&["--unit", "11", "--directory", model]);
    let told: serde_json::Value = serde_json::from_slice(&by_callsign.stdout).unwrap();
    assert_eq!(told["claims"]["unit"], "leninsky-11");
    assert_eq!(token(&["--unit", "nosuch", "--directory", model]).status.code(), Some(4));
    let unchecked = token(&["--unit", "nosuch"]);
    let note: serde_json::Value = serde_json::from_slice(&unchecked.stderr).unwrap();
    assert!(note["note"].as_str().unwrap().contains("directory show --part units"), "{note}");
}

/// A journal with two held calls, of which the second waits, and the folder it is in.
fn journal(folder: &Path) -> PathBuf {
    let directory = folder.join("data/journal");
    let options = Options { medium: Medium::MayBeInMemory, ..Options::new(&directory, "one") };
    let journal = Journal::open(options).unwrap().journal;
    for number in ["1041", "1042"] {
        let held = Commit {
            operation: OperationId::derived("gateway", number),
            fingerprint: Fingerprint::of(number.as_bytes()),
            answer: "{}".into(),
            actor: "gateway".to_owned(),
            cause: "take_call".to_owned(),
            at: jiff::Timestamp::UNIX_EPOCH,
            seen: None,
            reads: Vec::new(),
            writes: vec![Write {
                key: RecordKey::new(RecordKind::Call, number),
                version: Version::ABSENT,
                state: format!(r#"{{"number":"{number}","narrative":"a fire"}}"#).into(),
                place: Place::OPEN,
            }],
        };
        futures::executor::block_on(journal.append(Entry::Held(held))).unwrap();
    }
    let outcome = Settlement::Committed { number: Version(7) };
    let settled = Entry::Settled { operation: OperationId::derived("gateway", "1041"), outcome };
    futures::executor::block_on(journal.append(settled)).unwrap();
    directory
}

#[test]
fn a_journal_is_read_beside_its_node_and_a_damaged_one_is_code_1() {
    let folder = tempfile::tempdir().unwrap();
    let directory = journal(folder.path());
    let named = directory.to_str().unwrap();
    let waiting = kezek(folder.path(), &["journal", "inspect", "--data-dir", "data", "--unsettled"]);
    assert_eq!(waiting.status.code(), Some(0), "{}", text(&waiting.stderr));
    let (lines, of) = (text(&waiting.stdout), "call 1042 by gateway");
    assert!(lines.lines().count() == 1 && lines.contains(of), "{lines}");
    let operation = OperationId::derived("gateway", "1041").to_string();
    let one = kezek(folder.path(), &["journal", "inspect", named, "--operation", &operation]);
    let said = text(&one.stdout);
    assert!(said.contains("a fire") && said.contains("the store has it as change 7"), "{said}");
    let status = kezek(folder.path(), &["--json", "journal", "status", named]);
    let told: serde_json::Value = serde_json::from_slice(&status.stdout).unwrap();
    assert_eq!((&told["held"], &told["unsettled"], &told["sound"]), (&2.into(), &1.into(), &true.into()));
    assert_eq!(kezek(folder.path(), &["journal", "verify", named]).status.code(), Some(0));

    let segment = std::fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().path());
    let segment = segment.filter(|path| path.extension().is_some_and(|it| it == "segment")).min().unwrap();
    let mut bytes = std::fs::read(&segment).unwrap();
    let at = bytes.windows(6).position(|part| part == b"a fire").unwrap();
    bytes[at] ^= 1;
    std::fs::write(&segment, bytes).unwrap();
    let damaged = kezek(folder.path(), &["journal", "verify", named]);
    assert_eq!(damaged.status.code(), Some(1), "{}", text(&damaged.stdout));
    assert!(text(&damaged.stdout).contains("DAMAGED"), "{}", text(&damaged.stdout));
    let nowhere = kezek(folder.path(), &["journal", "status", "elsewhere"]);
    assert_eq!(nowhere.status.code(), Some(4), "{}", text(&nowhere.stderr));
}

#[test]
fn several_lines_are_never_sent_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let cmd = |line: &[&str]| kezek(folder.path(), &[&["--address", &nobody(), "cmd"], line].concat());
    for lines in [&["N #5 he waits", "D 13 #5"][..], &["N #5 he waits\nD 13 #5"], &["N", "#5", "he waits\rD"]]
    {
        let output = cmd(lines);
        assert_eq!(output.status.code(), Some(2), "{lines:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains("`kezek cmd` for each"), "{}", text(&output.stderr));
    }
    for line in [&["D", "21", "1043"][..], &["D 21 1043"], &["D 21 1043\r\n"]] {
        assert_eq!(cmd(line).status.code(), Some(3), "{line:?} is one line: it is asked for");
    }
}
