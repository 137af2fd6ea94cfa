//! Why a command did not do what was asked, as a person or a script is told it.

mod advice;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use jiff::Timestamp;
use serde_json::json;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::codes::ClientCode;
use crate::exit::Exit;
use crate::names::Names;
use crate::table::plain;
use crate::words::refused::{self, Surface};

/// Why not: what happened, how things stand, what would be allowed, and what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// How the program ends.
    pub(crate) exit: Exit,
    /// A word that stays the same across releases, such as `ILLEGAL_STEP`.
    pub(crate) reason: String,
    /// What happened, in a sentence without a stop.
    pub(crate) message: String,
    /// What the centre says beside: `state`, `allowed`, ids, limits, versions; a field that is wrong, by its name.
    pub(crate) facts: BTreeMap<String, String>,
    /// What to do now. Empty: the message says it all.
    pub(crate) next: String,
    /// The status it is, where the centre gave one.
    pub(crate) code: Option<Code>,
    /// In whose words it is told.
    pub(crate) surface: Surface,
}

impl Failure {
    /// The command line or a file is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(
            Exit::Usage,
            ClientCode::Usage,
            message,
            "`kezek help` and `kezek COMMAND --help` show what is possible",
        )
    }

    /// There is nothing by that name.
    pub(crate) fn not_found(message: impl Into<String>, next: impl Into<String>) -> Self {
        Self::new(Exit::NotFound, ClientCode::NotFound, message, next)
    }

    /// Any failure without facts.
    pub(crate) fn new(
        exit: Exit,
        code: ClientCode,
        message: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        let (reason, message, next) = (code.as_str().to_owned(), message.into(), next.into());
        Self { exit, reason, message, facts: BTreeMap::new(), next, code: None, surface: Surface::Commands }
    }

    /// Nobody answers at the address; nothing was sent.
    pub(crate) fn unreachable(address: &str, cause: &dyn std::error::Error) -> Self {
        Self::new(
            Exit::Unknown,
            ClientCode::Unreachable,
            format!("no centre answers at {address} ({}); nothing was sent", deepest(cause)),
            "start one with `kezek serve` or `kezek demo`, or name another with --address or KEZEK_ADDRESS",
        )
    }

    /// A request for a change went out and no answer came, however often it was repeated: it may have been done.
    pub(crate) fn unknown_outcome(attempts: u32, last: &Self, request_id: &str) -> Self {
        let mut failure = Self::new(
            Exit::Unknown,
            ClientCode::OutcomeUnknown,
            format!("no answer after {attempts} attempts (last: {})", last.message),
            format!(
                "it may have been done: run the same command again with --request-id {request_id}; \
                 nothing happens twice"
            ),
        );
        failure.facts.insert("request_id".to_owned(), request_id.to_owned());
        failure
    }

    /// Something was asked that changes nothing, and no answer came, however often it was asked. What the centre itself
    /// says is kept; where it says nothing that fits a question, nobody was reached.
    pub(crate) fn unanswered(attempts: u32, last: Self) -> Self {
        if last.is_surely_not_done() {
            return last;
        }
        Self::new(
            Exit::Unknown,
            ClientCode::Unreachable,
            format!("no answer after {attempts} attempts (last: {})", last.message),
            "nothing was to be changed: run the same command again",
        )
    }

    /// True if the centre says itself that it did nothing. Whatever breaks on the way says nothing of the kind.
    pub(crate) fn is_surely_not_done(&self) -> bool {
        self.exit != Exit::Unknown || NOTHING_DONE.contains(&self.reason.as_str())
    }

    /// What the centre answered instead of doing it.
    pub(crate) fn from_status(status: &Status) -> Self {
        let details = status.get_error_details();
        let (reason, metadata) = details
            .error_info()
            .map_or_else(|| unexplained(status.code()), |info| (info.reason.clone(), info.metadata.clone()));
        let mut facts: BTreeMap<String, String> = metadata.into_iter().collect();
        if let Some(request) = details.bad_request() {
            let wrong = request.field_violations.iter();
            facts.extend(wrong.map(|field| (format!("field {}", field.field), field.description.clone())));
        }
        let (code, surface) = (status.code(), Surface::Commands);
        let next = advice::next(code, &reason, surface).to_owned();
        let message = refused::message(&reason, &facts, surface).unwrap_or_else(|| plain(status.message()));
        Self { exit: exit_of(code), reason, message, facts, next, code: Some(code), surface }
    }

    /// The same in the words of this surface, if the centre said it.
    pub(crate) fn told_in(mut self, surface: Surface) -> Self {
        let Some(code) = self.code else { return self };
        self.surface = surface;
        advice::next(code, &self.reason, surface).clone_into(&mut self.next);
        if let Some(message) = refused::message(&self.reason, &self.facts, surface) {
            self.message = message;
        }
        self
    }

    /// True if it names units or times, which read better as callsigns and by the centre's clock.
    pub(crate) fn wants_names(&self) -> bool {
        refused::wants_names(&self.reason)
    }

    /// The same with callsigns and by the centre's clock; the facts stay as the centre gave them.
    pub(crate) fn with_names(mut self, names: &Names) -> Self {
        let now = Timestamp::now();
        let message = refused::message_with_names(&self.reason, &self.facts, names, now, self.surface);
        if let Some(message) = message {
            self.message = message;
        }
        self
    }

    /// As one line of JSON, for a script that asked for it.
    pub(crate) fn to_json(&self) -> String {
        json!({ "error": {
            "exit_code": self.exit.code(),
            "reason": self.reason,
            "message": self.message,
            "facts": self.facts,
            "next": self.next,
        }})
        .to_string()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.exit {
            Exit::Done => "done",
            Exit::Refused => "refused",
            Exit::Usage => "not understood",
            Exit::Unknown => "no answer",
            Exit::NotFound => "not found",
            Exit::NotAllowed => "not allowed",
            Exit::Failed => "failed",
        };
        write!(f, "{verdict}: {} [{}]", self.message, self.reason)?;
        let told = self.facts.iter().filter(|(name, _)| !refused::is_said(&self.reason, name));
        let told = told.map(|(name, value)| {
            refused::fact(&self.reason, &self.facts, (name.as_str(), value.as_str()), self.surface)
        });
        let mut lines: Vec<(String, String)> = told.collect();
        lines.extend((!self.next.is_empty()).then(|| ("next".to_owned(), self.next.clone())));
        let width = lines.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        for (name, value) in lines {
            write!(f, "\n  {name:<width$}  {}", plain(&value))?;
        }
        Ok(())
    }
}

/// How the program ends on a status.
pub(crate) fn exit_of(code: Code) -> Exit {
    match code {
        Code::Ok => Exit::Done,
        Code::FailedPrecondition | Code::AlreadyExists | Code::Aborted | Code::ResourceExhausted => {
            Exit::Refused
        }
        Code::InvalidArgument | Code::OutOfRange => Exit::Usage,
        Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled | Code::Unknown => Exit::Unknown,
        Code::NotFound => Exit::NotFound,
        Code::Unauthenticated | Code::PermissionDenied => Exit::NotAllowed,
        Code::Internal | Code::DataLoss | Code::Unimplemented => Exit::Failed,
    }
}

/// What the centre answers where it did nothing and may soon be able to.
const NOTHING_DONE: [&str; 3] = ["STORE_UNAVAILABLE", "STORE_BEHIND", "SHUTTING_DOWN"];

/// The code where the centre gave no reason of its own, and the status that it gave instead.
fn unexplained(code: Code) -> (String, HashMap<String, String>) {
    let own = match code {
        Code::Unimplemented => ClientCode::Unimplemented,
        Code::Ok
        | Code::Cancelled
        | Code::Unknown
        | Code::InvalidArgument
        | Code::DeadlineExceeded
        | Code::NotFound
        | Code::AlreadyExists
        | Code::PermissionDenied
        | Code::ResourceExhausted
        | Code::FailedPrecondition
        | Code::Aborted
        | Code::OutOfRange
        | Code::Internal
        | Code::Unavailable
        | Code::DataLoss
        | Code::Unauthenticated => ClientCode::Unexplained,
    };
    (own.as_str().to_owned(), HashMap::from([("status".to_owned(), code_word(code))]))
}

/// A status as a word.
fn code_word(code: Code) -> String {
    let mut word = String::new();
    for letter in format!("{code:?}").chars() {
        if letter.is_uppercase() && !word.is_empty() {
            word.push('_');
        }
        word.push(letter.to_ascii_uppercase());
    }
    word
}

/// The last cause of a chain: the one that says what to mend.
fn deepest(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last.to_string()
}
