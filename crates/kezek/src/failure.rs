//! Why a command did not do what was asked, as a person or a script is told it.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use serde_json::json;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::exit::Exit;
use crate::table::plain;

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
}

impl Failure {
    /// The command line or a file is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(
            Exit::Usage,
            "USAGE",
            message,
            "`kezek help` and `kezek COMMAND --help` show what is possible",
        )
    }

    /// There is nothing by that name.
    pub(crate) fn not_found(message: impl Into<String>, next: impl Into<String>) -> Self {
        Self::new(Exit::NotFound, "NOT_FOUND", message, next)
    }

    /// Any failure without facts.
    pub(crate) fn new(exit: Exit, reason: &str, message: impl Into<String>, next: impl Into<String>) -> Self {
        let (message, next) = (message.into(), next.into());
        Self { exit, reason: reason.to_owned(), message, facts: BTreeMap::new(), next }
    }

    /// Nobody answers at the address; nothing was sent.
    pub(crate) fn unreachable(address: &str, cause: &dyn std::error::Error) -> Self {
        Self::new(
            Exit::Unknown,
            "UNREACHABLE",
            format!("no centre answers at {address} ({}); nothing was sent", deepest(cause)),
            "start one with `kezek serve` or `kezek demo`, or name another with --address or KEZEK_ADDRESS",
        )
    }

    /// A request went out and no answer came, however often it was repeated.
    pub(crate) fn unknown_outcome(attempts: u32, last: &Status, request_id: Option<&str>) -> Self {
        let next = match request_id {
            Some(id) => format!(
                "it may have been done: run the same command again with --request-id {id}; nothing happens twice"
            ),
            None => "nothing was to be changed: run the same command again".to_owned(),
        };
        let mut failure = Self::new(
            Exit::Unknown,
            "OUTCOME_UNKNOWN",
            format!("no answer after {attempts} attempts (last: {})", plain(last.message())),
            next,
        );
        failure.facts.extend(request_id.map(|id| ("request_id".to_owned(), id.to_owned())));
        failure
    }

    /// What the centre answered instead of doing it.
    pub(crate) fn from_status(status: &Status) -> Self {
        let details = status.get_error_details();
        let (reason, metadata) = details.error_info().map_or_else(
            || (code_word(status.code()), HashMap::new()),
            |info| (info.reason.clone(), info.metadata.clone()),
        );
        let mut facts: BTreeMap<String, String> = metadata.into_iter().collect();
        if let Some(request) = details.bad_request() {
            let wrong = request.field_violations.iter();
            facts.extend(wrong.map(|field| (format!("field {}", field.field), field.description.clone())));
        }
        let next = advice(status.code(), &reason).to_owned();
        Self { exit: exit_of(status.code()), reason, message: plain(status.message()), facts, next }
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
        let told = self.facts.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let next = (!self.next.is_empty()).then_some(("next", self.next.as_str()));
        let lines: Vec<(&str, &str)> = told.chain(next).collect();
        let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        for (name, value) in lines {
            let (name, value) = match name {
                "state" => ("it is now", value.to_owned()),
                "allowed" => (name, value.replace(',', ", ")),
                other => (other, value.to_owned()),
            };
            write!(f, "\n  {name:<width$}  {}", plain(&value), width = width.max("it is now".len()))?;
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

/// The status as a word, where the centre gave no reason of its own.
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

/// What to do about a status.
fn advice(code: Code, reason: &str) -> &'static str {
    match code {
        Code::FailedPrecondition if reason == "VERSION_MOVED" => {
            "somebody changed it meanwhile: read it again, decide again, and leave --expected-version out or renew it"
        }
        Code::FailedPrecondition => "read the record again (get, show or list) and choose what is allowed",
        Code::AlreadyExists => {
            "this request id was used for something else: leave --request-id out and a new one is made"
        }
        Code::Aborted => {
            "others kept changing the same records and nothing was done: run the same command again"
        }
        Code::ResourceExhausted => "a limit was reached: send less, or wait a moment and run it again",
        Code::InvalidArgument | Code::OutOfRange => "correct what is named and run it again",
        Code::NotFound => {
            "check the number or id: `kezek incident list` and `kezek unit list` show what there is"
        }
        Code::Unauthenticated => {
            "name a token with --token-file, --token or KEZEK_TOKEN; where there is no issuer, `kezek token` makes one"
        }
        Code::PermissionDenied => {
            "use a token of a role, station or unit that may; `kezek token --help` lists the roles"
        }
        Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled | Code::Unknown => {
            "run the same command again"
        }
        Code::Unimplemented => "this centre is of another release: compare `kezek --version` on both sides",
        Code::Internal | Code::DataLoss => "this is a fault of the centre: its log says more",
        Code::Ok => "",
    }
}

/// The last cause of a chain: the one that says what to mend.
fn deepest(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last.to_string()
}

#[cfg(test)]
mod tests {
    use tonic_types::ErrorDetails;

    use super::*;

    #[test]
    fn a_refusal_says_how_things_stand_what_is_allowed_and_what_next() {
        let facts = HashMap::from([
            ("state".to_owned(), "cleared".to_owned()),
            ("allowed".to_owned(), "nothing".to_owned()),
        ]);
        let details = ErrorDetails::with_error_info("ILLEGAL_STEP", "kezek", facts);
        let status = Status::with_error_details(Code::FailedPrecondition, "the run is over", details);
        let failure = Failure::from_status(&status);
        assert_eq!(failure.exit, Exit::Refused);
        insta::assert_snapshot!(failure, @r"
        refused: the run is over [ILLEGAL_STEP]
          allowed    nothing
          it is now  cleared
          next       read the record again (get, show or list) and choose what is allowed
        ");
        let told: serde_json::Value = serde_json::from_str(&failure.to_json()).unwrap();
        assert_eq!(told["error"]["exit_code"], 1);
        assert_eq!(told["error"]["facts"]["state"], "cleared");
    }

    #[test]
    fn every_wrong_field_is_named() {
        let mut details =
            ErrorDetails::with_bad_request_violation("narrative", "41,000 bytes; 40,960 at most");
        details.add_bad_request_violation("priority", "1 to 5");
        let status = Status::with_error_details(Code::InvalidArgument, "malformed", details);
        let failure = Failure::from_status(&status);
        assert_eq!(failure.exit, Exit::Usage);
        assert_eq!(failure.reason, "INVALID_ARGUMENT");
        assert_eq!(failure.facts["field narrative"], "41,000 bytes; 40,960 at most");
        assert_eq!(failure.facts["field priority"], "1 to 5");
    }

    #[test]
    fn every_status_has_its_exit_code() {
        let exits: Vec<u8> = (0..=16).map(|code| exit_of(Code::from(code)).code()).collect();
        //             ok can unk inv dea not alr per res fai abo out uni int una dat aut
        assert_eq!(exits, [0, 3, 3, 2, 3, 4, 1, 5, 1, 1, 1, 2, 6, 6, 3, 6, 5]);
    }

    #[test]
    fn an_unknown_outcome_says_how_to_repeat_it() {
        let failure = Failure::unknown_outcome(5, &Status::unavailable("store away"), Some("r-1"));
        assert_eq!(failure.exit, Exit::Unknown);
        assert!(failure.to_string().contains("--request-id r-1; nothing happens twice"), "{failure}");
        let reading = Failure::unknown_outcome(5, &Status::unavailable("store away"), None);
        assert!(reading.next.starts_with("nothing was to be changed"));
    }

    #[test]
    fn what_the_centre_says_cannot_garble_the_terminal() {
        let failure = Failure::from_status(&Status::not_found("no \u{1b}[2Jincident"));
        assert!(!failure.to_string().contains('\u{1b}'));
    }
}
