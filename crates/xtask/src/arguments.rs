//! What was typed after `cargo xtask`, as a [`Command`] or as a sentence that says what is wrong with it.

/// What `cargo xtask help` prints.
pub(crate) const HELP: &str = "\
Usage: cargo xtask <command>

  run [--release] [ARGUMENT...]  install what is missing, build the web console and kezek, and run `kezek demo ARGUMENT...`;
                                 Ctrl-C ends it
  test [STEP...]                 install what is missing and run everything CI runs, or only the steps named:
                                 tools formatting lints contract console build dependencies layering examples tests pages
  bench [NAME] [OPTION...]       install what is compared with, build with optimisations, and measure; without a NAME say
                                 what can be measured; --help after NAME tells its options
  pictures                       build as `run` does and take the README's pictures of a demo's screens anew
  help                           this text

Exit codes: 0 all is well; 1 a step failed or something is missing (it says what); 2 the command was not understood.
";

/// One thing a person can ask for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Build the binary and run the demo.
    Run {
        /// Build with optimisations: minutes longer to build, many times faster to run.
        release: bool,
        /// Passed to `kezek demo` as they are.
        demo_arguments: Vec<String>,
    },
    /// Run the named steps, or all of them when none is named.
    Test {
        /// Names of steps, checked by the list of steps itself.
        steps: Vec<String>,
    },
    /// Measure.
    Bench {
        /// The name of a measurement, checked by the list of them itself; none: they are listed.
        name: Option<String>,
        /// Passed to the measurement as they are.
        options: Vec<String>,
    },
    /// Take the README's pictures.
    Pictures,
    /// Say what can be asked for.
    Help,
}

/// Reads the words after `cargo xtask`.
///
/// # Errors
/// A sentence for the person who typed it, when the first word is no command.
pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Command, String> {
    match words.next().as_deref() {
        Some("run") => Ok(parse_run(words)),
        Some("test") => Ok(Command::Test { steps: words.collect() }),
        Some("bench") => Ok(parse_bench(words)),
        Some("pictures") => Ok(Command::Pictures),
        Some("help" | "--help" | "-h") => Ok(Command::Help),
        Some(other) => Err(format!("there is no command `{other}`")),
        None => Err("a command is needed".to_owned()),
    }
}

/// `--release` is ours while it comes first or before `--`; every other word is the demo's.
fn parse_run(words: impl Iterator<Item = String>) -> Command {
    let mut release = false;
    let mut ours = true;
    let mut demo_arguments = Vec::new();
    for word in words {
        match word.as_str() {
            "--release" if ours => release = true,
            "--" if ours => ours = false,
            _ => demo_arguments.push(word),
        }
    }
    Command::Run { release, demo_arguments }
}

/// A first word that is no option names what is measured.
fn parse_bench(words: impl Iterator<Item = String>) -> Command {
    let mut words = words.peekable();
    let name = words.next_if(|word| !word.starts_with('-'));
    Command::Bench { name, options: words.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn run_keeps_release_and_passes_the_rest_to_the_demo() {
        let expected = Command::Run { release: true, demo_arguments: vec!["--seed".into(), "7".into()] };
        assert_eq!(parsed("run --release --seed 7"), Ok(expected));
    }

    #[test]
    fn what_follows_two_dashes_is_always_the_demos() {
        let expected = Command::Run { release: false, demo_arguments: vec!["--release".into()] };
        assert_eq!(parsed("run -- --release"), Ok(expected));
    }

    #[test]
    fn test_takes_the_names_of_steps() {
        assert_eq!(parsed("test lints"), Ok(Command::Test { steps: vec!["lints".into()] }));
        assert_eq!(parsed("test"), Ok(Command::Test { steps: vec![] }));
    }

    #[test]
    fn bench_takes_a_name_and_options_of_its_own() {
        let options = vec!["--smoke".to_owned()];
        let expected = Command::Bench { name: Some("intake".into()), options: options.clone() };
        assert_eq!(parsed("bench intake --smoke"), Ok(expected));
        assert_eq!(parsed("bench --smoke"), Ok(Command::Bench { name: None, options }));
    }

    #[test]
    fn an_unknown_command_is_named_in_the_answer() {
        assert!(parsed("tset").is_err_and(|message| message.contains("tset")));
        assert!(parsed("").is_err());
    }
}
