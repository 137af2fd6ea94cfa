//! What a person or CI types: `cargo xtask run` for a working demo, `cargo xtask test` for every proof, `cargo xtask
//! bench` for every measurement, `cargo xtask pictures` for the README's pictures.
//!
//! It starts other programs and shows what they say. It has no dependencies, so that it starts within seconds of a
//! fresh clone. It changes no file of the project but those pictures, and installs nothing it has not named first.

mod arguments;
mod bench;
mod console;
mod program;
mod run;
mod step;
mod test;
mod tools;

use std::process::ExitCode;

use arguments::{Command, HELP};

fn main() -> ExitCode {
    match arguments::parse(std::env::args().skip(1)) {
        Ok(Command::Run { release, demo_arguments }) => run::run(release, &demo_arguments),
        Ok(Command::Test { steps }) => test::test(&steps),
        Ok(Command::Bench { name, options }) => bench::bench(name.as_deref(), &options),
        Ok(Command::Pictures) => run::pictures(),
        Ok(Command::Help) => {
            eprint!("{HELP}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprint!("cargo xtask: {message}\n\n{HELP}");
            ExitCode::from(2)
        }
    }
}
