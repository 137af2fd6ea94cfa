//! `cargo xtask test`: everything CI runs, in the order in which it fails soonest.

use std::process::ExitCode;

use crate::program::{Failure, Program, target};
use crate::step::{Step, run_all};
use crate::{console, tools};

/// What is linted, built and tested is always the whole workspace, so that cargo chooses the same features each
/// time and builds nothing twice; the web console is in it.
const WORKSPACE: &str = "--workspace --features kezek/console --locked";

const STEPS: [Step; 11] = [
    Step { name: "tools", proves: "what the other steps need is installed", work: tools },
    Step { name: "formatting", proves: "rustfmt would change nothing", work: formatting },
    Step { name: "lints", proves: "clippy has nothing to say of any target", work: lints },
    Step { name: "contract", proves: "buf lint has nothing to say of proto/", work: contract },
    Step {
        name: "console",
        proves: "the console's types, words and units hold, and it builds",
        work: console::prove,
    },
    Step { name: "build", proves: "every test compiles, with Cargo.lock as committed", work: build },
    Step {
        name: "dependencies",
        proves: "licences, sources and duplicates are as .cargo/deny.toml allows",
        work: dependencies,
    },
    Step {
        name: "layering",
        proves: "every crate names only what its arrows allow, and files stay readable",
        work: layering,
    },
    Step { name: "examples", proves: "the examples in the documentation run", work: examples },
    Step { name: "tests", proves: "every test passes", work: tests },
    Step { name: "pages", proves: "every screen works in a real browser", work: console::pages },
];

/// Runs the steps named, or all of them.
pub(crate) fn test(names: &[String]) -> ExitCode {
    match chosen(names) {
        Ok(steps) => run_all("cargo xtask test", &steps),
        Err(message) => {
            eprintln!("cargo xtask test: {message}");
            ExitCode::from(2)
        }
    }
}

/// The steps named, in our order whatever order they were named in.
fn chosen(names: &[String]) -> Result<Vec<&'static Step>, String> {
    if let Some(unknown) = names.iter().find(|name| STEPS.iter().all(|step| step.name != **name)) {
        let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        return Err(format!("there is no step `{unknown}`; the steps are: {}", known.join(" ")));
    }
    Ok(STEPS.iter().filter(|step| names.is_empty() || names.iter().any(|name| name == step.name)).collect())
}

fn tools() -> Result<String, Failure> {
    let system = tools::require(&[tools::REDIS, tools::MAKE, tools::NODE, tools::NPM, tools::CHROMIUM])?;
    tools::require_components(&[("fmt", "rustfmt"), ("clippy", "clippy")])?;
    let buf = tools::require_buf()?;
    let runner = if tools::has_cargo("nextest") { "cargo nextest" } else { "cargo test (no nextest here)" };
    Ok(format!("{system}, {buf}, {runner}"))
}

fn formatting() -> Result<String, Failure> {
    Program::cargo("fmt --all -- --check").run()?;
    Ok(String::new())
}

fn lints() -> Result<String, Failure> {
    Program::cargo(&format!("clippy {WORKSPACE} --all-targets -- -D warnings")).run()?;
    Ok(String::new())
}

fn contract() -> Result<String, Failure> {
    tools::require_buf()?;
    Program::new(tools::BUF, "lint proto").run()?;
    Ok(String::new())
}

fn build() -> Result<String, Failure> {
    let program = if tools::has_cargo("nextest") {
        Program::cargo(&format!("nextest run {WORKSPACE} --no-run"))
    } else {
        Program::cargo(&format!("test {WORKSPACE} --lib --bins --tests --no-run"))
    };
    program.run()?;
    Ok(String::new())
}

/// The policy is a test, so that it holds without another tool; who has cargo-deny gets its second opinion, without
/// the advisories, which would need the network.
fn dependencies() -> Result<String, Failure> {
    some_tests(&["dependencies"])?;
    if !tools::has_cargo("deny") {
        return Ok(String::new());
    }
    Program::cargo("deny --offline --workspace check bans licenses sources").run_quietly()?;
    Ok("cargo deny agrees".to_owned())
}

fn layering() -> Result<String, Failure> {
    some_tests(&["layering", "tidy"])?;
    Ok(String::new())
}

/// Runs a few test binaries for their names' sake; they run again with all the others, which is what gets counted.
fn some_tests(binaries: &[&str]) -> Result<(), Failure> {
    let program = if tools::has_cargo("nextest") {
        let filter: Vec<String> = binaries.iter().map(|name| format!("binary(={name})")).collect();
        Program::cargo(&format!("nextest run {WORKSPACE} --cargo-quiet -E")).with([filter.join("|")])
    } else {
        let chosen = binaries.iter().flat_map(|name| ["--test".to_owned(), (*name).to_owned()]);
        Program::cargo(&format!("test {WORKSPACE} --quiet")).with(chosen)
    };
    program.run_quietly().map(drop)
}

fn examples() -> Result<String, Failure> {
    Program::cargo(&format!("test {WORKSPACE} --doc --quiet")).run_quietly()?;
    Ok(String::new())
}

fn tests() -> Result<String, Failure> {
    if !tools::has_cargo("nextest") {
        Program::cargo(&format!("test {WORKSPACE} --no-fail-fast --lib --bins --tests")).run()?;
        return Ok(String::new());
    }
    // two tests of recovery, which come first and wait most of their time, run beside as many others as there are cores
    let at_once = std::thread::available_parallelism().map_or(2, |cores| cores.get() + 2);
    Program::cargo(&format!("nextest run {WORKSPACE} --test-threads {at_once}")).run()?;
    Ok(counted().map(|count| format!("{count} tests")).unwrap_or_default())
}

/// How many tests ran, from the report that nextest leaves.
fn counted() -> Option<u64> {
    let report = target()?.join("nextest/default/junit.xml");
    count_in(&std::fs::read_to_string(report).ok()?)
}

/// The first `tests="N"` is that of the whole run.
fn count_in(report: &str) -> Option<u64> {
    let (_, after) = report.split_once(" tests=\"")?;
    let (number, _) = after.split_once('"')?;
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::HELP;

    #[test]
    fn naming_no_step_means_all_of_them() {
        assert_eq!(chosen(&[]).unwrap().len(), STEPS.len());
    }

    #[test]
    fn named_steps_run_in_our_order() {
        let steps = chosen(&["tests".to_owned(), "lints".to_owned()]).unwrap();
        assert_eq!(steps.iter().map(|step| step.name).collect::<Vec<_>>(), ["lints", "tests"]);
    }

    #[test]
    fn an_unknown_step_is_answered_with_the_known_ones() {
        let told = chosen(&["lint".to_owned()]).err().unwrap();
        assert!(told.contains("`lint`") && told.contains("layering"), "{told}");
    }

    #[test]
    fn the_help_names_every_step() {
        let named: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        assert!(HELP.contains(&named.join(" ")));
    }

    #[test]
    fn the_total_is_read_from_the_report_of_the_whole_run() {
        let report = r#"<testsuites name="nextest-run" tests="312" failures="0"><testsuite tests="4">"#;
        assert_eq!(count_in(report), Some(312));
        assert_eq!(count_in("<nothing/>"), None);
    }
}
