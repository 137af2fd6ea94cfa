//! Every code that anybody can be answered with or alarmed by has a page in the runbook, and every page a code.

use std::{collections::BTreeSet, fs};

use domain::alarm::AlarmCode;
use identity::TokenRefusal;
use server::ServerCode;

use crate::node::repository;

/// Pages about a group of problems that have words of their own.
const GROUPS: [&str; 1] = ["REDIS_SETTINGS"];

/// The codes that a function of this file gives, read from its text: they are the right-hand sides of one match.
fn codes_in(file: &str, function: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(repository().join(file)).unwrap();
    let start = text.find(function).unwrap();
    let end = text[start..].find("\n    }\n").unwrap();
    let quoted = text[start..start + end].split('"').skip(1).step_by(2);
    quoted.map(str::to_owned).collect()
}

fn codes() -> BTreeSet<String> {
    let mut codes: BTreeSet<String> = AlarmCode::ALL.iter().map(|code| code.as_str().to_owned()).collect();
    codes.extend(TokenRefusal::CODES.iter().map(|code| (*code).to_owned()));
    codes.extend(ServerCode::ALL.iter().map(|code| code.as_str().to_owned()));
    for file in [
        "domain/src/refusal.rs",
        "operations/src/error.rs",
        "operations/src/commands/error.rs",
        "command/src/refusal.rs",
        "identity/src/scope.rs",
    ] {
        codes.extend(codes_in(&format!("crates/{file}"), "fn code(&self)"));
    }
    // a program gives no library, and these are all that its command line says of its own
    codes.extend(codes_in("crates/kezek/src/codes.rs", "pub(crate) const fn as_str(self)"));
    codes
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let mut pages = BTreeSet::new();
    for entry in fs::read_dir(repository().join("deploy/runbook")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if name == "README" {
            continue;
        }
        let page = fs::read_to_string(&path).unwrap();
        assert!(page.starts_with(&format!("# {name}: ")), "{name} does not begin with its code");
        for heading in ["## What happened", "## What it means for callers", "## What to do now"] {
            assert!(page.contains(heading), "{name} has no `{heading}`");
        }
        pages.insert(name);
    }
    let expected: BTreeSet<String> = codes().into_iter().chain(GROUPS.map(str::to_owned)).collect();
    let without: Vec<_> = expected.difference(&pages).collect();
    assert!(without.is_empty(), "codes without a page: {without:?}");
    let left: Vec<_> = pages.difference(&expected).collect();
    assert!(left.is_empty(), "pages without a code: {left:?}");
}

#[test]
fn every_page_is_listed() {
    let list = fs::read_to_string(repository().join("deploy/runbook/README.md")).unwrap();
    for code in codes() {
        assert!(list.contains(&format!("`{code}`")), "{code} is not in the runbook's list");
    }
}
