//! Proves the layers: the arrows of `crates/README.md`, purity where it is promised, and one place for versions.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

/// Crates that promise the same output for the same input, today and in a replay years from now.
const PURE: [&str; 6] = ["geography", "domain", "policy", "command", "identity", "directory"];

/// Packages that bring a clock, randomness, logging, I/O or an async runtime into whatever names them.
const IMPURE: [&str; 16] = [
    "axum",
    "clap",
    "figment",
    "futures",
    "getrandom",
    "hyper",
    "metrics",
    "rand",
    "redis",
    "rustix",
    "tokio",
    "tokio-stream",
    "tokio-util",
    "tonic",
    "tower",
    "tracing",
];

/// Methods that every pure crate's `.clippy.toml` must ban: one of each kind of outside.
const BANNED: [&str; 8] = [
    "std::time::Instant::now",
    "std::time::SystemTime::now",
    "std::env::var",
    "std::fs::read",
    "std::fs::read_to_string",
    "std::fs::write",
    "std::fs::File::open",
    "std::thread::spawn",
];

type Arrows = BTreeMap<String, BTreeSet<String>>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

fn read(path: &str) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()))
}

fn toml_file(path: &str) -> toml::Table {
    read(path).parse().unwrap_or_else(|cause| panic!("{path}: {cause}"))
}

fn metadata() -> Metadata {
    MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().unwrap()
}

/// Folders of all members, relative to the root, as `crates/domain` or `tests`.
fn folders(metadata: &Metadata) -> Vec<String> {
    metadata.workspace_packages().iter().map(|package| folder(metadata, package)).collect()
}

fn folder(metadata: &Metadata, package: &Package) -> String {
    let manifest = package.manifest_path.strip_prefix(&metadata.workspace_root).unwrap();
    manifest.parent().unwrap().to_string()
}

/// Reads the fenced table under `## Arrows`.
fn arrows(readme: &str) -> Arrows {
    let (_, section) =
        readme.split_once("\n## Arrows\n").expect("crates/README.md has a heading `## Arrows`");
    let (_, fenced) = section.split_once("```text\n").expect("the arrows stand in a fenced block of text");
    let (table, _) = fenced.split_once("```").expect("the fenced block ends");
    let mut arrows = Arrows::new();
    for line in table.lines().filter(|line| !line.trim().is_empty()) {
        let (name, allowed) =
            line.split_once(':').unwrap_or_else(|| panic!("no colon in the arrow `{line}`"));
        let allowed = allowed.split_whitespace().map(str::to_owned).collect();
        let earlier = arrows.insert(name.trim().to_owned(), allowed);
        assert!(earlier.is_none(), "two lines of arrows for `{}`", name.trim());
    }
    arrows
}

/// Every dependency of a crate on a crate of ours that its arrows do not allow.
fn violations(arrows: &Arrows, named: &Arrows) -> Vec<String> {
    let mut found = Vec::new();
    for (name, dependencies) in named {
        let Some(allowed) = arrows.get(name) else {
            found.push(format!("`{name}` has no line in the arrows of crates/README.md"));
            continue;
        };
        for dependency in dependencies.difference(allowed) {
            found.push(format!("`{name}` names `{dependency}`, which its arrows do not allow"));
        }
    }
    found.extend(
        arrows
            .keys()
            .filter(|name| !named.contains_key(*name))
            .map(|name| format!("there is no crate `{name}`")),
    );
    found
}

/// Who names whom among the crates, except in tests.
fn named(metadata: &Metadata) -> Arrows {
    let packages = metadata.workspace_packages();
    let ours: BTreeSet<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let crates = packages.iter().filter(|package| folder(metadata, package).starts_with("crates/"));
    crates
        .map(|package| {
            let dependencies = shipped(package).filter(|name| ours.contains(name.as_str())).collect();
            (package.name.to_string(), dependencies)
        })
        .collect()
}

/// Names of all dependencies but those of tests.
fn shipped(package: &Package) -> impl Iterator<Item = String> {
    let shipped =
        package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development);
    shipped.map(|dependency| dependency.name.clone())
}

#[test]
fn every_crate_names_only_what_its_arrows_allow() {
    let violations = violations(&arrows(&read("crates/README.md")), &named(&metadata()));
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
}

#[test]
fn the_arrows_lead_in_no_circle() {
    let mut left = arrows(&read("crates/README.md"));
    while !left.is_empty() {
        let free: Vec<String> = left
            .iter()
            .filter(|(_, allowed)| allowed.iter().all(|name| !left.contains_key(name)))
            .map(|(name, _)| name.clone())
            .collect();
        assert!(!free.is_empty(), "these arrows form a circle: {:?}", left.keys());
        left.retain(|name, _| !free.contains(name));
    }
}

#[test]
fn a_forbidden_arrow_is_told_by_both_names() {
    let readme = "# Crates\n\n## Arrows\n\n```text\ndomain :\npolicy : domain\ngone   :\n```\n";
    let mut named = Arrows::new();
    named.insert("domain".to_owned(), BTreeSet::new());
    named.insert("policy".to_owned(), ["domain", "store"].map(str::to_owned).into());
    named.insert("new".to_owned(), BTreeSet::new());
    let found = violations(&arrows(readme), &named);
    let expected = [
        "`new` has no line in the arrows of crates/README.md",
        "`policy` names `store`, which its arrows do not allow",
        "there is no crate `gone`",
    ];
    assert_eq!(found, expected);
}

#[test]
fn pure_crates_name_no_package_that_is_not() {
    let metadata = metadata();
    for package in
        metadata.workspace_packages().iter().filter(|package| PURE.contains(&package.name.as_str()))
    {
        for name in shipped(package) {
            assert!(
                !IMPURE.contains(&name.as_str()),
                "`{}` is pure and must not name `{name}`",
                package.name
            );
        }
    }
}

#[test]
fn pure_crates_ban_the_outside_method_by_method() {
    let shared = toml_file(".clippy.toml");
    for name in PURE {
        let path = format!("crates/{name}/.clippy.toml");
        let settings = toml_file(&path);
        for (setting, value) in &shared {
            assert_eq!(
                settings.get(setting),
                Some(value),
                "{path} replaces .clippy.toml, so it must repeat `{setting}`"
            );
        }
        let entries = settings.get("disallowed-methods").and_then(toml::Value::as_array);
        let entries = entries.unwrap_or_else(|| panic!("{path} bans no methods"));
        let banned: BTreeSet<&str> =
            entries.iter().filter_map(|entry| entry.get("path").unwrap_or(entry).as_str()).collect();
        for method in BANNED {
            assert!(banned.contains(method), "{path} does not ban `{method}`");
        }
    }
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    for folder in folders(&metadata()) {
        let manifest = toml_file(&format!("{folder}/Cargo.toml"));
        let inherited = manifest.get("lints").and_then(|lints| lints.get("workspace"));
        assert_eq!(
            inherited,
            Some(&toml::Value::Boolean(true)),
            "{folder}/Cargo.toml lacks `[lints] workspace = true`"
        );
    }
}

#[test]
fn versions_editions_and_profiles_stand_in_the_root_alone() {
    for folder in folders(&metadata()) {
        let path = format!("{folder}/Cargo.toml");
        let manifest = toml_file(&path);
        for key in ["version", "edition", "rust-version", "license", "publish"] {
            let value = manifest["package"].get(key);
            assert!(value.is_some_and(inherits), "{path}: `{key}` must be `{key}.workspace = true`");
        }
        for section in ["profile", "patch", "replace", "workspace"] {
            assert!(!manifest.contains_key(section), "{path}: `[{section}]` belongs in the root manifest");
        }
        for (name, dependency) in dependencies(&manifest) {
            assert!(inherits(dependency), "{path}: `{name}` must be `{name}.workspace = true`");
        }
    }
}

fn inherits(value: &toml::Value) -> bool {
    value.get("workspace") == Some(&toml::Value::Boolean(true))
}

/// Dependencies of all kinds, those for one target included.
fn dependencies(manifest: &toml::Table) -> Vec<(&String, &toml::Value)> {
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    let for_targets =
        targets.into_iter().flat_map(|targets| targets.values().filter_map(toml::Value::as_table));
    std::iter::once(manifest)
        .chain(for_targets)
        .flat_map(|table| {
            ["dependencies", "dev-dependencies", "build-dependencies"].map(|kind| table.get(kind))
        })
        .filter_map(|section| section.and_then(toml::Value::as_table))
        .flatten()
        .collect()
}

#[test]
fn a_crate_is_named_after_its_folder() {
    let metadata = metadata();
    for package in metadata.workspace_packages() {
        let folder = folder(&metadata, package);
        assert_eq!(
            folder.rsplit('/').next(),
            Some(package.name.as_str()),
            "{folder} holds `{}`",
            package.name
        );
    }
}
