//! Other programs: how they are written down, started, and how their failure is told.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Why a step ended early, as a sentence or more for the person reading.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) String);

/// A program and its arguments, always started in the root of the workspace.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    name: String,
    arguments: Vec<String>,
    environment: Vec<(&'static str, String)>,
}

impl Program {
    /// A program by name, with its arguments written as on a command line: words apart by spaces.
    pub(crate) fn new(name: &str, arguments: &str) -> Self {
        let arguments = arguments.split_whitespace().map(str::to_owned).collect();
        Self { name: name.to_owned(), arguments, environment: Vec::new() }
    }

    /// The same cargo that runs us.
    pub(crate) fn cargo(arguments: &str) -> Self {
        Self::new("cargo", arguments)
    }

    /// Adds arguments that may hold spaces.
    pub(crate) fn with(mut self, arguments: impl IntoIterator<Item = String>) -> Self {
        self.arguments.extend(arguments);
        self
    }

    /// Sets one variable for this program only.
    pub(crate) fn variable(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    /// The command as the standard library starts it.
    pub(crate) fn command(&self) -> Command {
        let path = match self.name.as_str() {
            // cargo names itself to what it runs, so that a chosen toolchain stays chosen
            "cargo" => std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
            // a program of the project's own, wherever `cargo xtask` was typed
            name if name.contains('/') => root().join(name).into(),
            name => name.into(),
        };
        let mut command = Command::new(path);
        command.args(&self.arguments).current_dir(root()).envs(self.environment.iter().cloned());
        command
    }

    /// Runs it with our own terminal, so that it shows what it likes and Ctrl-C reaches it.
    ///
    /// # Errors
    /// When it cannot be started, or ends with anything but success.
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let status =
            self.command().stdin(Stdio::null()).status().map_err(|cause| self.not_started(&cause))?;
        if status.success() { Ok(()) } else { Err(Failure(format!("`{self}` ended with {status}"))) }
    }

    /// Runs it without showing anything, unless it fails: then all it said.
    ///
    /// # Errors
    /// When it cannot be started, or ends with anything but success.
    pub(crate) fn run_quietly(&self) -> Result<String, Failure> {
        let output =
            self.command().stdin(Stdio::null()).output().map_err(|cause| self.not_started(&cause))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(said);
        }
        let complaint = String::from_utf8_lossy(&output.stderr);
        Err(Failure(format!("{said}{complaint}\n`{self}` ended with {}", output.status)))
    }

    /// The first line it prints, or nothing when it is not there or fails: for asking a tool its version.
    pub(crate) fn first_line(&self) -> Option<String> {
        let said = self.run_quietly().ok()?;
        said.lines().next().map(|line| line.trim().to_owned())
    }

    fn not_started(&self, cause: &std::io::Error) -> Failure {
        Failure(format!("`{self}` could not be started: {cause}"))
    }
}

impl fmt::Display for Program {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.environment {
            write!(out, "{name}={value} ")?;
        }
        out.write_str(&self.name)?;
        self.arguments.iter().try_for_each(|argument| write!(out, " {argument}"))
    }
}

/// The root of the workspace, wherever `cargo xtask` was typed.
pub(crate) fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).expect("this crate lies two folders below the root").to_path_buf()
}

/// The folder that cargo builds into: the one this very program was built into.
pub(crate) fn target() -> Option<PathBuf> {
    let own = std::env::current_exe().ok()?;
    own.ancestors().nth(2).map(Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_shown_as_it_would_be_typed() {
        let program =
            Program::new("apt-get", "install  -y").variable("LANG", "C").with(["redis-server".into()]);
        assert_eq!(program.to_string(), "LANG=C apt-get install -y redis-server");
    }

    #[test]
    fn a_failure_tells_what_the_program_said_and_how_it_ended() {
        let Failure(told) = Program::new("ls", "/nowhere-at-all").run_quietly().unwrap_err();
        assert!(told.contains("nowhere-at-all") && told.contains("exit status"), "{told}");
    }

    #[test]
    fn a_missing_program_is_named() {
        let Failure(told) = Program::new("no-such-program", "").run().unwrap_err();
        assert!(told.contains("`no-such-program` could not be started"), "{told}");
    }

    #[test]
    fn the_root_holds_the_workspace() {
        assert!(root().join("crates/xtask/Cargo.toml").is_file());
    }
}
