//! The tools that are not crates: what is needed, whether it is here, and how it comes here.
//!
//! As root on Debian the missing packages are installed. Anyone else is told what to install: nothing is fetched by
//! a way that the person's own package manager would not know of.

use std::path::PathBuf;

use crate::program::{Failure, Program, root};

/// A program that comes from the system's package manager.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tool {
    /// What a person calls it.
    name: &'static str,
    /// Prints its version when asked with `--version`.
    program: &'static str,
    /// The oldest major version that will do, and why the next older one will not.
    oldest: (u32, &'static str),
    /// Debian's packages that bring it.
    packages: &'static [&'static str],
}

/// Keeps the queue. Every test that touches the store, and the demo, start one of their own.
pub(crate) const REDIS: Tool = Tool {
    name: "redis-server",
    program: "redis-server",
    oldest: (7, "functions came with Redis 7.0"),
    packages: &["redis-server"],
};

/// Builds the allocator, which is written in C. Whoever has Rust has a compiler of C, and not always this.
pub(crate) const MAKE: Tool = Tool {
    name: "make",
    program: "make",
    oldest: (4, "3.82 is of 2010, and nobody tries the allocator with it"),
    packages: &["make"],
};

/// Runs the linter of the contract, and builds the web console.
pub(crate) const NODE: Tool = Tool {
    name: "Node.js",
    program: "node",
    oldest: (20, "older ones are no longer maintained"),
    packages: &["nodejs", "npm"],
};

/// Brings the linter of the contract, and comes with Node.js except on Debian.
pub(crate) const NPM: Tool =
    Tool { name: "npm", program: "npm", oldest: (10, "it comes with Node.js 20"), packages: &["npm"] };

/// The browser in which every screen is tried.
pub(crate) const CHROMIUM: Tool = Tool {
    name: "Chromium",
    program: "chromium",
    oldest: (120, "the console is written for browsers of the last years"),
    packages: &["chromium"],
};

/// Keeps messages; only measured against.
pub(crate) const NATS: Tool = Tool {
    name: "nats-server",
    program: "nats-server",
    oldest: (2, "JetStream came with 2.2"),
    packages: &["nats-server"],
};

/// Keeps rows; only measured against. Its client stands for it: Debian keeps the server's programs off the path.
pub(crate) const POSTGRES: Tool = Tool {
    name: "PostgreSQL",
    program: "psql",
    oldest: (13, "older ones are no longer maintained"),
    packages: &["postgresql"],
};

impl Tool {
    /// What it says of its version, when it is there.
    fn version(&self) -> Option<String> {
        Program::new(self.program, "--version").first_line()
    }

    /// Nothing when it is there and new enough; else what is wrong.
    fn fault(&self) -> Option<String> {
        let Some(version) = self.version() else {
            return Some(format!("{} is not installed", self.name));
        };
        let (oldest, reason) = self.oldest;
        match major(&version) {
            Some(found) if found >= oldest => None,
            Some(_) | None => {
                Some(format!("{} {oldest} or newer is needed ({reason}); found: {version}", self.name))
            }
        }
    }
}

/// The first number of a version such as `Redis server v=7.0.15 sha=0` or `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    number(version).split('.').next()?.parse().ok()
}

/// Makes sure of system tools: installs Debian's packages where that is possible.
///
/// # Errors
/// When one is missing or too old and cannot be installed; the text says what to install.
pub(crate) fn require(tools: &[Tool]) -> Result<String, Failure> {
    let missing: Vec<&Tool> = tools.iter().filter(|tool| tool.fault().is_some()).collect();
    if !missing.is_empty() {
        let mut packages: Vec<&str> = missing.iter().flat_map(|tool| tool.packages.iter().copied()).collect();
        packages.dedup();
        install(&packages).map_err(|failure| advice(&missing, &packages, &failure))?;
    }
    if let Some(fault) = tools.iter().find_map(Tool::fault) {
        return Err(Failure(format!(
            "{fault}\nDebian's own package did not help: install a newer one by hand."
        )));
    }
    let found =
        tools.iter().map(|tool| format!("{} {}", tool.name, tool.version().as_deref().map_or("", number)));
    Ok(found.collect::<Vec<_>>().join(", "))
}

/// `7.0.15` of `Redis server v=7.0.15 sha=00000000:0`.
fn number(version: &str) -> &str {
    let Some(start) = version.find(|letter: char| letter.is_ascii_digit()) else { return "" };
    let end = version[start..].find(char::is_whitespace).map_or(version.len(), |length| start + length);
    &version[start..end]
}

fn install(packages: &[&str]) -> Result<(), Failure> {
    if Program::new("apt-get", "--version").first_line().is_none() {
        return Err(Failure("this is not Debian (there is no apt-get)".to_owned()));
    }
    if Program::new("id", "-u").first_line().as_deref() != Some("0") {
        return Err(Failure("only root may install packages".to_owned()));
    }
    eprintln!("installing {} with apt-get", packages.join(" "));
    Program::new("apt-get", "update -qq").run()?;
    Program::new("apt-get", "install -y -qq --no-install-recommends")
        .with(packages.iter().map(|&package| package.to_owned()))
        .variable("DEBIAN_FRONTEND", "noninteractive")
        .run()
}

fn advice(missing: &[&Tool], packages: &[&str], failure: &Failure) -> Failure {
    let faults: Vec<String> = missing.iter().filter_map(|tool| tool.fault()).collect();
    let Failure(cause) = failure;
    Failure(format!(
        "{}\nIt was not installed for you: {cause}.\nPlease install it and try again. On Debian or Ubuntu:\n    \
         sudo apt-get install {}\nElsewhere: redis 7 or newer, Node.js 20 or newer, make, by your package manager.",
        faults.join("\n"),
        packages.join(" ")
    ))
}

/// Makes sure of the parts of the Rust toolchain that are not always there.
///
/// # Errors
/// When one is missing and rustup cannot add it.
pub(crate) fn require_components(components: &[(&str, &str)]) -> Result<(), Failure> {
    for (subcommand, component) in components {
        if Program::cargo(&format!("{subcommand} --version")).first_line().is_some() {
            continue;
        }
        eprintln!("adding {component} to the Rust toolchain");
        Program::new("rustup", &format!("component add {component}")).run().map_err(|Failure(cause)| {
            Failure(format!(
                "{component} is missing ({cause}).\nPlease install the Rust component `{component}`."
            ))
        })?;
    }
    Ok(())
}

/// Whether a subcommand of cargo that we can do without is here.
pub(crate) fn has_cargo(subcommand: &str) -> bool {
    Program::cargo(&format!("{subcommand} --version")).first_line().is_some()
}

/// The linter of the contract, as npm installs it.
pub(crate) const BUF: &str = "proto/node_modules/.bin/buf";

/// Makes sure of buf, at the version that `proto/package-lock.json` pins.
///
/// # Errors
/// When npm cannot install it.
pub(crate) fn require_buf() -> Result<String, Failure> {
    if !buf_is_current() {
        eprintln!("installing buf with npm, as pinned in proto/package-lock.json");
        Program::new("npm", "ci --prefix proto --no-audit --no-fund").run()?;
    }
    let version = Program::new(BUF, "--version").first_line();
    version.map(|version| format!("buf {version}")).ok_or_else(|| Failure(format!("{BUF} does not start")))
}

/// An older list than the pinned one means that the pinned versions changed since: npm writes its own after it installs.
fn buf_is_current() -> bool {
    root().join(BUF).exists() && is_installed("proto")
}

/// Whether what the package-lock.json of a folder pins is installed there.
pub(crate) fn is_installed(folder: &str) -> bool {
    let changed = |file: &str| -> Option<std::time::SystemTime> {
        let file: PathBuf = root().join(folder).join(file);
        file.metadata().ok()?.modified().ok()
    };
    let installed = changed("node_modules/.package-lock.json");
    installed.is_some() && installed >= changed("package-lock.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_each_tool_prints_them() {
        assert_eq!(major("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64"), Some(7));
        assert_eq!(major("Valkey server v=8.1.3 sha=00000000:0"), Some(8));
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("GNU Make 4.3"), Some(4));
        assert_eq!(number("Redis server v=7.0.15 sha=00000000:0"), "7.0.15");
        assert_eq!(major("no number"), None);
    }

    #[test]
    fn a_missing_tool_is_named_with_what_to_install() {
        let missing = Tool {
            name: "redis-server",
            program: "no-such-program",
            oldest: (7, "why"),
            packages: &["redis-server"],
        };
        let Failure(told) = advice(&[&missing], missing.packages, &Failure("only root may install".into()));
        assert!(told.contains("redis-server is not installed"), "{told}");
        assert!(told.contains("apt-get install redis-server"), "{told}");
    }

    #[test]
    fn a_tool_that_is_too_old_is_a_fault_with_the_reason() {
        let fault = Tool { oldest: (u32::MAX, "the reason"), program: "cargo", ..REDIS }.fault();
        assert!(fault.is_some_and(|told| told.contains("the reason")));
    }
}
