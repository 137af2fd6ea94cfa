//! The web console: built where it is not, and proved.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::program::{Failure, Program, root, target};
use crate::tools;

/// Where it is written.
const FOLDER: &str = "crates/console/web";

/// Written last when it is built.
const BUILT: &str = "crates/console/web/dist/index.html";

/// What it is built from, by folders and files below the root.
const SOURCES: [&str; 2] = [FOLDER, "proto"];

/// Folders that nobody writes by hand.
const MADE: [&str; 3] = ["node_modules", "dist", "contract"];

/// Builds the console, unless it is built and nothing that it is built from has changed since.
///
/// # Errors
/// When something cannot be installed, or it does not build.
pub(crate) fn build() -> Result<(), Failure> {
    let built = modified(&root().join(BUILT));
    if built.is_some() && SOURCES.iter().all(|folder| newest(&root().join(folder)) <= built) {
        return Ok(());
    }
    eprintln!("building the web console");
    generate()?;
    npm("run build").run()
}

/// The step that proves it without a browser.
///
/// # Errors
/// When one of its proofs fails.
pub(crate) fn prove() -> Result<String, Failure> {
    generate()?;
    for proof in ["run types", "run units", "run build"] {
        npm(proof).run()?;
    }
    Ok(String::new())
}

/// The step that proves it in a browser, in front of the program that the steps before have built.
///
/// # Errors
/// When the program is not there, or a proof fails.
pub(crate) fn pages() -> Result<String, Failure> {
    build()?;
    in_front_of("debug", "run pages")?;
    Ok(String::new())
}

/// Takes the README's pictures.
///
/// # Errors
/// When a screen did not come.
pub(crate) fn pictures() -> Result<(), Failure> {
    in_front_of("debug", "run pictures")
}

/// Measures the desk under the load of a large city.
///
/// # Errors
/// When it cannot be measured, or a change was not shown.
pub(crate) fn bench(options: &[String]) -> Result<(), Failure> {
    let options = options.join(" ");
    in_front_of("release", &format!("run bench -- {options}"))
}

/// Runs a script with a browser in front of the program, as one of cargo's profiles built it.
fn in_front_of(profile: &str, script: &str) -> Result<(), Failure> {
    tools::require(&[tools::REDIS, tools::NODE, tools::NPM, tools::CHROMIUM])?;
    let kezek = target().map(|target| target.join(profile).join("kezek")).filter(|kezek| kezek.exists());
    let kezek = kezek.ok_or_else(|| {
        Failure("the program is not built; `cargo xtask test console build pages` builds it first".to_owned())
    })?;
    npm(script).variable("KEZEK_BINARY", kezek.to_string_lossy()).run()
}

/// Installs what is pinned, and writes the contract's types.
fn generate() -> Result<(), Failure> {
    tools::require_buf()?;
    if !tools::is_installed(FOLDER) {
        eprintln!("installing with npm what {FOLDER}/package-lock.json pins");
        npm("ci --no-audit --no-fund").run()?;
    }
    npm("run generate").run()
}

/// npm in the console's folder.
fn npm(arguments: &str) -> Program {
    Program::new("npm", &format!("--prefix {FOLDER} --silent {arguments}"))
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().ok()?.modified().ok()
}

/// When anything in a folder changed last. A folder's own time counts too: it tells that a file was taken away.
fn newest(path: &Path) -> Option<SystemTime> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path()).filter(|path| !is_made(path));
    // what is made lies in the console's own folder and changes its time
    let own = if is_beside_made(path) { None } else { modified(path) };
    paths.filter_map(|path| if path.is_dir() { newest(&path) } else { modified(&path) }).chain(own).max()
}

fn is_made(path: &Path) -> bool {
    MADE.iter().any(|made| path.file_name().is_some_and(|name| name == *made))
}

fn is_beside_made(path: &Path) -> bool {
    MADE.iter().map(|made| -> PathBuf { path.join(made) }).any(|made| made.exists())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// A folder of this test's own, which is taken away when it ends.
    struct Folder(PathBuf);

    impl Folder {
        fn make(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
            fs::create_dir_all(folder.join("src")).unwrap();
            Self(folder)
        }

        fn write(&self, name: &str, changed: SystemTime) {
            let path = self.0.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::File::create(path).unwrap().set_modified(changed).unwrap();
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            drop(fs::remove_dir_all(&self.0));
        }
    }

    #[test]
    fn a_changed_source_is_newer_and_what_is_made_is_not() {
        let folder = Folder::make("newest");
        let later = |seconds| SystemTime::now() + Duration::from_secs(seconds);
        let (first, second, third) = (later(100), later(200), later(300));
        folder.write("src/a.ts", first);
        folder.write("node_modules/b.js", third);
        folder.write("dist/index.html", third);
        assert_eq!(newest(&folder.0), Some(first));
        folder.write("src/deeper/c.ts", second);
        assert_eq!(newest(&folder.0), Some(second));
        assert_eq!(newest(&folder.0.join("none")), None);
    }
}
