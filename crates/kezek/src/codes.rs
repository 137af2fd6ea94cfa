//! The codes of failures that are the command line's own: what it says without an answer of the centre to repeat.

/// A failure of the command line's own. Each has a page in `deploy/runbook/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientCode {
    /// The command line, or a file that it names, is wrong.
    Usage,
    /// Nothing is called that.
    NotFound,
    /// Nobody answers at the address.
    Unreachable,
    /// A request went out, no answer came, and it may have been done.
    OutcomeUnknown,
    /// Whoever answers does not know the request: another release.
    Unimplemented,
    /// Whoever answers gives no reason that Kezek gives.
    Unexplained,
    /// A position was not taken.
    PositionLeftOut,
    /// A directory has problems.
    DirectoryProblems,
    /// A directory's files cannot be read or put in force.
    Directory,
    /// The directory is another centre's.
    DirectoryOfOtherCentre,
    /// The configuration cannot be used.
    Configuration,
    /// No centre is named.
    NoCentre,
    /// Nobody is named whose tokens would be good.
    NoKeys,
    /// The data directory cannot be used.
    DataDirectory,
    /// Another process serves from the data directory.
    DataDirectoryInUse,
    /// The port cannot be had.
    Listen,
    /// The private Redis does not run.
    PrivateRedis,
    /// The journal cannot be kept.
    Journal,
    /// The store cannot be opened.
    Store,
    /// A mistake of ours.
    Fault,
    /// The machine gives no threads or no signals.
    Machine,
    /// The demo cannot go on.
    Demo,
    /// The demo keys cannot be made or read.
    DemoKeys,
    /// No such token can be.
    Token,
    /// The replay cannot go on.
    Replay,
    /// The audit after a replay found what must not be.
    Audit,
}

impl ClientCode {
    /// The code as it is shown and as its runbook page is named.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Usage => "USAGE",
            Self::NotFound => "NOT_FOUND",
            Self::Unreachable => "UNREACHABLE",
            Self::OutcomeUnknown => "OUTCOME_UNKNOWN",
            Self::Unimplemented => "UNIMPLEMENTED",
            Self::Unexplained => "UNEXPLAINED",
            Self::PositionLeftOut => "POSITION_LEFT_OUT",
            Self::DirectoryProblems => "DIRECTORY_PROBLEMS",
            Self::Directory => "DIRECTORY",
            Self::DirectoryOfOtherCentre => "DIRECTORY_OF_OTHER_CENTRE",
            Self::Configuration => "CONFIGURATION",
            Self::NoCentre => "NO_CENTRE",
            Self::NoKeys => "NO_KEYS",
            Self::DataDirectory => "DATA_DIRECTORY",
            Self::DataDirectoryInUse => "DATA_DIRECTORY_IN_USE",
            Self::Listen => "LISTEN",
            Self::PrivateRedis => "PRIVATE_REDIS",
            Self::Journal => "JOURNAL",
            Self::Store => "STORE",
            Self::Fault => "FAULT",
            Self::Machine => "MACHINE",
            Self::Demo => "DEMO",
            Self::DemoKeys => "DEMO_KEYS",
            Self::Token => "TOKEN",
            Self::Replay => "REPLAY",
            Self::Audit => "AUDIT",
        }
    }
}
