//! Proves that what we depend on is what `.cargo/deny.toml` allows, with nothing but cargo at hand.
//!
//! It reads the same file as cargo-deny, so there is one list. It does not look for published vulnerabilities: that
//! needs the network, and a test must give the same answer tomorrow.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{Metadata, MetadataCommand, Package};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

fn policy() -> toml::Table {
    std::fs::read_to_string(root().join(".cargo/deny.toml")).unwrap().parse().unwrap()
}

fn strings(value: &toml::Value) -> BTreeSet<String> {
    value.as_array().unwrap().iter().map(|entry| entry.as_str().unwrap().to_owned()).collect()
}

fn targets(policy: &toml::Table) -> Vec<String> {
    strings(&policy["graph"]["targets"]).into_iter().collect()
}

fn metadata(policy: &toml::Table) -> Metadata {
    let platforms = targets(policy).into_iter().flat_map(|target| ["--filter-platform".to_owned(), target]);
    let options: Vec<String> = platforms.chain(["--locked".to_owned()]).collect();
    MetadataCommand::new().manifest_path(root().join("Cargo.toml")).other_options(options).exec().unwrap()
}

/// Name and version of each package that is built for our targets. `cargo metadata` also lists those that no chosen
/// feature needs; `cargo tree` does not. What only the packages `without` need does not count.
fn built(policy: &toml::Table, edges: &str, without: &[String]) -> BTreeSet<(String, String)> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).args([
        "tree",
        "--workspace",
        "--locked",
        "--features",
        "kezek/console",
        "--prefix",
        "none",
        "--edges",
        edges,
    ]);
    for target in targets(policy) {
        command.args(["--target", &target]);
    }
    for package in without {
        command.args(["--exclude", package]);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    let line = |line: &str| -> Option<(String, String)> {
        let (name, rest) = line.split_once(" v")?;
        Some((name.to_owned(), rest.split(' ').next()?.to_owned()))
    };
    tree.lines().filter_map(line).collect()
}

/// Everything built for our targets, tests included.
fn packages(policy: &toml::Table) -> Vec<Package> {
    let built = built(policy, "normal,build,dev", &[]);
    let all = metadata(policy).packages;
    all.into_iter()
        .filter(|package| built.contains(&(package.name.to_string(), package.version.to_string())))
        .collect()
}

/// Whether an SPDX expression can be met with the allowed licences alone. The old `/` means OR.
fn is_met(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let met = any_of(&mut rest, allowed);
    met && rest.is_empty()
}

fn any_of(words: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    let mut met = all_of(words, allowed);
    while let ["OR", rest @ ..] = *words {
        *words = rest;
        met |= all_of(words, allowed);
    }
    met
}

fn all_of(words: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    let mut met = one_of(words, allowed);
    while let ["AND", rest @ ..] = *words {
        *words = rest;
        met &= one_of(words, allowed);
    }
    met
}

fn one_of(words: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    match *words {
        ["(", rest @ ..] => {
            *words = rest;
            let met = any_of(words, allowed);
            let [")", rest @ ..] = *words else { return false };
            *words = rest;
            met
        }
        [licence, "WITH", exception, rest @ ..] => {
            *words = rest;
            allowed.contains(&format!("{licence} WITH {exception}"))
        }
        [licence, rest @ ..] => {
            *words = rest;
            allowed.contains(*licence)
        }
        [] => false,
    }
}

/// What cargo holds to be compatible: the first number that is not zero.
fn series(version: &str) -> String {
    let mut numbers: Vec<&str> = Vec::new();
    for number in version.split(['.', '+', '-']).take(3) {
        numbers.push(number);
        if number != "0" {
            break;
        }
    }
    numbers.join(".")
}

/// Excused versions as written, such as `syn@2`, by name.
fn excused(policy: &toml::Table) -> BTreeSet<String> {
    let entries = policy["bans"]["skip"].as_array().unwrap();
    entries.iter().map(|entry| entry["crate"].as_str().unwrap().to_owned()).collect()
}

/// Packages of ours that are never shipped, with all that only they need.
fn never_shipped(policy: &toml::Table) -> Vec<String> {
    let trees = policy["bans"]["skip-tree"].as_array().unwrap();
    trees.iter().map(|tree| tree["crate"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_licence_is_an_allowed_one() {
    let policy = policy();
    let allowed = strings(&policy["licenses"]["allow"]);
    let wrong: Vec<String> = packages(&policy)
        .iter()
        .filter(|package| !package.license.as_deref().is_some_and(|licence| is_met(licence, &allowed)))
        .map(|package| format!("{} {}: {:?}", package.name, package.version, package.license))
        .collect();
    assert!(wrong.is_empty(), "not allowed by .cargo/deny.toml:\n{}", wrong.join("\n"));
}

#[test]
fn every_package_comes_from_crates_io_or_from_here() {
    let policy = policy();
    let allowed: BTreeSet<String> = strings(&policy["sources"]["allow-registry"])
        .iter()
        .map(|registry| format!("registry+{registry}"))
        .collect();
    for package in packages(&policy) {
        match &package.source {
            Some(source) => assert!(allowed.contains(&source.repr), "{} comes from {source}", package.name),
            None => assert!(package.manifest_path.starts_with(root()), "{} lies elsewhere", package.name),
        }
    }
}

#[test]
fn no_package_is_shipped_twice_unless_excused() {
    let policy = policy();
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, version) in built(&policy, "normal,build", &never_shipped(&policy)) {
        versions.entry(name).or_default().insert(series(&version));
    }
    let excused = excused(&policy);
    let mut needed = BTreeSet::new();
    let mut wrong = Vec::new();
    for (name, series) in versions.iter().filter(|(_, series)| series.len() > 1) {
        let entries = series.iter().map(|series| format!("{name}@{series}"));
        let (skipped, counted): (Vec<String>, Vec<String>) =
            entries.partition(|entry| excused.contains(entry));
        needed.extend(skipped);
        if counted.len() > 1 {
            wrong.push(format!("{} (see `cargo tree -i {}`)", counted.join(" and "), counted[0]));
        }
    }
    assert!(wrong.is_empty(), "two versions of one package:\n{}", wrong.join("\n"));
    let idle: Vec<&String> = excused.difference(&needed).collect();
    assert!(idle.is_empty(), "these entries of .cargo/deny.toml excuse nothing any more: {idle:?}");
}

#[test]
fn only_the_crates_listed_name_redis_and_tonic() {
    let policy = policy();
    let packages = packages(&policy);
    for ban in policy["bans"]["deny"].as_array().unwrap() {
        let banned = ban["crate"].as_str().unwrap();
        let wrappers = ban.get("wrappers").map(strings).unwrap_or_default();
        let names_it =
            |package: &&Package| package.dependencies.iter().any(|dependency| dependency.name == banned);
        let is_built = packages.iter().any(|package| package.name.as_str() == banned);
        for package in packages.iter().filter(names_it).filter(|_| is_built) {
            let optional = package.source.is_some() && !uses(package, banned);
            assert!(
                optional || wrappers.contains(package.name.as_str()),
                "`{}` names `{banned}`: {}",
                package.name,
                ban["reason"]
            );
        }
    }
}

/// Whether a package of others needs another always, rather than only for a feature or for its own tests.
fn uses(package: &Package, name: &str) -> bool {
    let mut same = package.dependencies.iter().filter(|dependency| dependency.name == name);
    same.any(|dependency| {
        !dependency.optional && dependency.kind != cargo_metadata::DependencyKind::Development
    })
}

#[test]
fn licence_expressions_are_read_as_spdx_means_them() {
    let allowed: BTreeSet<String> = ["MIT", "ISC", "BSD-3-Clause"].map(str::to_owned).into();
    for met in ["MIT", "MIT OR GPL-3.0", "GPL-3.0/MIT", "MIT AND ISC", "(GPL-3.0 OR MIT) AND (ISC OR Zlib)"] {
        assert!(is_met(met, &allowed), "{met}");
    }
    for unmet in
        ["GPL-3.0", "MIT AND GPL-3.0", "MIT WITH Some-exception", "(MIT", "", "GPL-3.0 OR MIT AND Zlib"]
    {
        assert!(!is_met(unmet, &allowed), "{unmet}");
    }
}

#[test]
fn a_series_ends_at_the_first_number_that_is_not_zero() {
    assert_eq!(series("2.0.119"), "2");
    assert_eq!(series("0.22.1"), "0.22");
    assert_eq!(series("0.0.7"), "0.0.7");
    assert_eq!(series("1.2.1+spec-1.1.0"), "1");
}
