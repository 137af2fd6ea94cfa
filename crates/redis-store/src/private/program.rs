//! The program of a private server: finding it, setting it, starting it.

use std::{
    env,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tokio::process::Child;

use super::{
    PrivateError,
    place::{LOG, Place, SETTINGS, SOCKET},
};

/// The programs looked for, in this order.
const PROGRAMS: [&str; 2] = ["redis-server", "valkey-server"];

/// Starts the server with the lock as its standard input.
pub(super) fn spawn(place: &Place, lock: File) -> Result<Child, PrivateError> {
    let program = match &place.options.program {
        Some(program) => program.clone(),
        None => find().ok_or(PrivateError::NotInstalled)?,
    };
    check_version(&program)?;
    let settings = place.directory.join(SETTINGS);
    fs::write(&settings, settings_text(place)).map_err(place.failed("write", &settings))?;
    let socket = place.directory.join(SOCKET);
    match fs::remove_file(&socket) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(place.failed("remove", &socket)(error));
        }
        Ok(()) | Err(_) => {}
    }
    let mut command = Command::new(&program);
    command.arg(SETTINGS).current_dir(&place.directory);
    command.stdin(Stdio::from(lock)).stdout(Stdio::null()).stderr(Stdio::null());
    let mut command = tokio::process::Command::from(command);
    // A group of its own: what a terminal sends to us, such as Ctrl-C, is not for the server.
    command.process_group(0).kill_on_drop(false);
    command.spawn().map_err(place.failed("start", &program))
}

/// The first of the programs that is on the path.
fn find() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let directories: Vec<PathBuf> = env::split_paths(&path).collect();
    let candidates =
        PROGRAMS.iter().flat_map(|name| directories.iter().map(move |directory| directory.join(name)));
    candidates.into_iter().find(|program| program.is_file())
}

/// Makes sure that the program has functions: Redis 7.0 or newer, or any Valkey.
fn check_version(program: &Path) -> Result<(), PrivateError> {
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).output();
    let output = match output {
        Ok(output) => output,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(PrivateError::NotInstalled),
        Err(source) => return Err(PrivateError::File { step: "run", path: program.to_owned(), source }),
    };
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if major_version(&said).is_some_and(|major| major >= 7) {
        return Ok(());
    }
    Err(PrivateError::Program { program: program.to_owned(), said })
}

/// The major version in `Redis server v=7.0.15 sha=…`.
fn major_version(said: &str) -> Option<u32> {
    said.split_whitespace().find_map(|word| word.strip_prefix("v="))?.split('.').next()?.parse().ok()
}

/// The settings: nothing acknowledged may be lost, and nobody but us may come in.
fn settings_text(place: &Place) -> String {
    let memory = place.options.memory_bytes_max.unwrap_or(0);
    format!(
        "# Written anew at each start of Kezek's private server; changes are lost.\n\
         port 0\nunixsocket {SOCKET}\nunixsocketperm 600\nprotected-mode yes\ndaemonize no\n\
         appendonly yes\nappendfsync always\nno-appendfsync-on-rewrite no\naof-load-truncated yes\nsave \"\"\n\
         maxmemory {memory}\nmaxmemory-policy noeviction\nbusy-reply-threshold 200\n\
         enable-debug-command no\nenable-module-command no\nlogfile {LOG}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_what_the_program_says() {
        let redis = "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64 build=4ee1de2e";
        assert_eq!(major_version(redis), Some(7));
        assert_eq!(major_version("Valkey server v=8.1.3 sha=00000000:0"), Some(8));
        assert_eq!(major_version("GNU bash, version 5.2.15"), None);
    }
}
