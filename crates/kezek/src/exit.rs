//! The exit codes: what a script may rely on.

use std::process::ExitCode;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It was done.
    Done,
    /// The answer is no, and nothing was changed.
    Refused,
    /// The command line, the configuration or a value in the request is wrong.
    Usage,
    /// The centre could not be reached, or it is not known whether it was done.
    Unknown,
    /// There is no such record, or none that this token may know of.
    NotFound,
    /// There is no valid token, or its role or scope does not reach.
    NotAllowed,
    /// The centre itself failed.
    Failed,
}

/// Every code with its meaning, in the order of the codes.
pub(crate) const MEANINGS: [(Exit, &str); 7] = [
    (Exit::Done, "done"),
    (
        Exit::Refused,
        "the answer is no, and nothing was changed: a refusal, a directory with problems, a replay that is not whole or whose audit failed",
    ),
    (Exit::Usage, "the command line, the configuration or a value in the request is wrong"),
    (
        Exit::Unknown,
        "the centre could not be reached, or it is unknown whether it was done: repeat with the same --request-id",
    ),
    (Exit::NotFound, "no such record, or none that this token may know of"),
    (Exit::NotAllowed, "no valid token, or one whose role, station or unit does not reach"),
    (Exit::Failed, "the centre itself failed; its log says more"),
];

impl Exit {
    /// The number that the shell sees.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Refused => 1,
            Self::Usage => 2,
            Self::Unknown => 3,
            Self::NotFound => 4,
            Self::NotAllowed => 5,
            Self::Failed => 6,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// The codes as a person reads them, for the help.
pub(crate) fn table() -> String {
    let rows = MEANINGS.iter().map(|(exit, meaning)| format!("  {}  {meaning}\n", exit.code()));
    format!("Exit codes:\n{}", rows.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_dense_and_each_has_a_meaning() {
        let codes: Vec<u8> = MEANINGS.iter().map(|(exit, _)| exit.code()).collect();
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6]);
        assert!(table().contains("  3  the centre could not be reached"));
    }
}
