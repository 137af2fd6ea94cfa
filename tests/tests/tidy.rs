//! Proves that files stay readable: short enough to hold in the head, and named so that a tab says what it holds.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::{Path, PathBuf};

/// A file longer than this is two files.
const LINES_MAX: usize = 800;

/// What a person writes by hand and reads as source.
const SOURCES: [&str; 9] = ["rs", "proto", "lua", "toml", "ts", "tsx", "css", "sh", "py"];

/// Folders that hold what tools made.
const MADE: [&str; 6] = ["target", "node_modules", ".git", ".kezek", "contract", "dist"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Every source file below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in folder.read_dir().unwrap() {
        let entry = entry.unwrap();
        let (path, name) = (entry.path(), entry.file_name());
        let kind = entry.file_type().unwrap();
        if kind.is_dir() && !MADE.iter().any(|made| name == *made) {
            found.extend(sources(&path));
        } else if kind.is_file()
            && SOURCES.iter().any(|source| path.extension().is_some_and(|end| end == *source))
        {
            found.push(path);
        }
    }
    found
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

#[test]
fn no_file_is_longer_than_a_head_can_hold() {
    let lines = |path: &Path| std::fs::read_to_string(path).unwrap().lines().count();
    let long: Vec<String> = sources(&root())
        .iter()
        .map(|path| (lines(path), path))
        .filter(|(count, path)| *count > LINES_MAX && !is_data(path))
        .map(|(count, path)| format!("{} has {count} lines; {LINES_MAX} is the most", shown(path)))
        .collect();
    assert!(long.is_empty(), "\n{}", long.join("\n"));
}

/// A centre is data: its files are as long as the city has units.
fn is_data(path: &Path) -> bool {
    path.starts_with(root().join("deploy/centres"))
}

#[test]
fn modules_are_named_files() {
    let unnamed: Vec<String> =
        sources(&root()).iter().filter(|path| path.ends_with("mod.rs")).map(|path| shown(path)).collect();
    assert!(unnamed.is_empty(), "use foo.rs and foo/part.rs, never foo/mod.rs: {unnamed:?}");
}

#[test]
fn the_walk_sees_this_very_file() {
    assert!(sources(&root()).iter().any(|path| shown(path) == "tests/tests/tidy.rs"));
}
