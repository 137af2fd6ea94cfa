//! The machine that is measured, and the programs on it.

use std::{env, fs, path::PathBuf, process::Command, thread};

/// What a reader must know of the machine: a name and what it is.
pub fn facts() -> Vec<(String, String)> {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let after = |text: &str, name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("unknown");
        line.trim_start_matches([':', ' ', '\t', '=']).trim_matches('"').to_owned()
    };
    let cores =
        thread::available_parallelism().map_or_else(|_| "unknown".to_owned(), |cores| cores.to_string());
    let facts = [
        ("processor", after(&read("/proc/cpuinfo"), "model name")),
        ("cores", cores),
        ("memory", after(&read("/proc/meminfo"), "MemTotal")),
        ("kernel", read("/proc/sys/kernel/osrelease").trim().to_owned()),
        ("system", after(&read("/etc/os-release"), "PRETTY_NAME")),
        ("load average at the start", read("/proc/loadavg").trim().to_owned()),
        ("Rust", version("rustc").unwrap_or_else(|| "unknown".to_owned())),
        (
            "build",
            if cfg!(debug_assertions) { "debug: no figure means anything" } else { "release" }.to_owned(),
        ),
        ("redis-server", version("redis-server").unwrap_or_else(|| "unknown".to_owned())),
    ];
    facts.map(|(name, fact)| (name.to_owned(), fact)).into()
}

/// The first line that a program says of its version, if it is there.
pub fn version(program: impl AsRef<std::ffi::OsStr>) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    output.status.success().then(|| said.lines().next().unwrap_or_default().trim().to_owned())
}

/// Finds a program on the path, or in one of these folders.
pub fn find(program: &str, folders: &[PathBuf]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let places = env::split_paths(&path).chain(folders.iter().cloned());
    places.map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// The first two numbers of a version in a text such as `nats-server: v2.10.27`.
pub fn two_numbers(said: &str) -> Option<(u32, u32)> {
    let start = said.find(|letter: char| letter.is_ascii_digit())?;
    let mut numbers = said[start..].split(|letter: char| !letter.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_programs_say_them() {
        assert_eq!(two_numbers("nats-server: v2.10.27"), Some((2, 10)));
        assert_eq!(two_numbers("postgres (PostgreSQL) 15.18 (Debian)"), Some((15, 18)));
        assert_eq!(two_numbers("none"), None);
    }

    #[test]
    fn every_fact_is_known_here() {
        for (name, fact) in facts() {
            assert!(!fact.is_empty(), "{name}");
        }
    }
}
