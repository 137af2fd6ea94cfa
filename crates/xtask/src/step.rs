//! A run of named steps: each shown with its time, the first failure ending it, one closing line.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::program::Failure;

/// One step of a run.
pub(crate) struct Step {
    /// One word, by which a person can ask for this step alone.
    pub(crate) name: &'static str,
    /// What passing it proves.
    pub(crate) proves: &'static str,
    /// Does it, and says in a few words what was found.
    pub(crate) work: fn() -> Result<String, Failure>,
}

/// Runs the steps in order until one fails, and says how it went.
pub(crate) fn run_all(command: &str, steps: &[&Step]) -> ExitCode {
    let began = Instant::now();
    let mut table = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let place = format!("step {} of {}", index + 1, steps.len());
        eprintln!("\n== {} ({place}): {}", step.name, step.proves);
        let step_began = Instant::now();
        match (step.work)() {
            Ok(found) => {
                let time = readable(step_began.elapsed());
                eprintln!(
                    "== {} passed in {time}{}{found}",
                    step.name,
                    if found.is_empty() { "" } else { ": " }
                );
                table.push(format!("  {:<13}{time:>12}   {found}", step.name).trim_end().to_owned());
            }
            Err(Failure(told)) => {
                eprintln!("\n{}\n", told.trim_end());
                eprintln!(
                    "{command}: FAILED at {} ({place}) after {}; to see it alone: {command} {}",
                    step.name,
                    readable(began.elapsed()),
                    step.name
                );
                return ExitCode::FAILURE;
            }
        }
    }
    eprintln!("\n{}", table.join("\n"));
    let count = if steps.len() == 1 { "the step".to_owned() } else { format!("all {} steps", steps.len()) };
    eprintln!("{command}: {count} passed in {}", readable(began.elapsed()));
    ExitCode::SUCCESS
}

/// A duration as a person says it.
fn readable(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        return format!("{:.1} s", time.as_secs_f64());
    }
    format!("{} min {:02} s", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSING: Step = Step { name: "passing", proves: "nothing", work: || Ok(String::new()) };
    const FAILING: Step =
        Step { name: "failing", proves: "nothing", work: || Err(Failure("it was asked to fail".into())) };
    const UNREACHED: Step =
        Step { name: "unreached", proves: "order", work: || panic!("a step ran after one had failed") };

    #[test]
    fn the_first_failure_ends_the_run() {
        let code = run_all("test", &[&PASSING, &FAILING, &UNREACHED]);
        assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::FAILURE));
    }

    #[test]
    fn a_run_of_passing_steps_passes() {
        let code = run_all("test", &[&PASSING, &PASSING]);
        assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::SUCCESS));
    }

    #[test]
    fn times_read_as_people_say_them() {
        assert_eq!(readable(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(readable(Duration::from_secs(754)), "12 min 34 s");
    }
}
