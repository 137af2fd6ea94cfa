//! Why a command did not do what was asked, as a person or a script is told it.

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
use crate::words::refused;

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
        Self { exit, reason, message, facts: BTreeMap::new(), next }
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
        let next = advice(status.code(), &reason).to_owned();
        let message = refused::message(&reason, &facts).unwrap_or_else(|| plain(status.message()));
        Self { exit: exit_of(status.code()), reason, message, facts, next }
    }

    /// True if it names units or times, which read better as callsigns and by the centre's clock.
    pub(crate) fn wants_names(&self) -> bool {
        refused::wants_names(&self.reason)
    }

    /// The same with callsigns and by the centre's clock; the facts stay as the centre gave them.
    pub(crate) fn with_names(mut self, names: &Names) -> Self {
        if let Some(message) = refused::message_with_names(&self.reason, &self.facts, names, Timestamp::now())
        {
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
        let mut lines: Vec<(String, String)> =
            told.map(|(name, value)| refused::fact(&self.reason, &self.facts, name, value)).collect();
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

/// What to do about a status.
fn advice(code: Code, reason: &str) -> &'static str {
    match code {
        Code::FailedPrecondition if reason == "INCIDENT_NOT_OPEN" => {
            "`kezek incident get` shows it; `release`, `unmerge` or `reopen` opens it again"
        }
        Code::FailedPrecondition if reason == "MERGED_FURTHER" => {
            "`kezek incident unmerge` the one it is part of first"
        }
        Code::FailedPrecondition if reason == "NO_INCIDENT_OF_CALL" => {
            "`kezek incident open --call` opens one for it; or choose another outcome"
        }
        Code::FailedPrecondition if reason == "RUNS_OPEN" => {
            "`kezek unit clear` once they are free, or `kezek incident stand-down` if nobody needs them"
        }
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
        Code::NotFound if reason == "UNKNOWN_NEED" => "`kezek incident get` numbers its needs from 0",
        Code::NotFound if reason == "UNKNOWN_TYPE" => "`kezek directory show --part types` lists them",
        Code::NotFound if reason == "UNKNOWN_STATION" => "`kezek directory show --part stations` lists them",
        Code::NotFound if reason == "UNKNOWN_KIND" => "`kezek directory show --part kinds` lists them",
        Code::NotFound if reason == "UNKNOWN_UNIT" => "`kezek directory show --part units` lists them",
        Code::NotFound if reason == "UNKNOWN_ALARM" => "`kezek alarm list` shows what there is",
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
        assert_eq!(failure.reason, "UNEXPLAINED");
        assert_eq!(failure.facts["status"], "INVALID_ARGUMENT");
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
        let last = Failure::from_status(&Status::unavailable("store away"));
        let failure = Failure::unknown_outcome(5, &last, "r-1");
        assert_eq!(failure.exit, Exit::Unknown);
        assert!(failure.to_string().contains("--request-id r-1; nothing happens twice"), "{failure}");
        let reading = Failure::unanswered(5, last);
        assert_eq!(reading.reason, "UNREACHABLE");
        assert!(reading.next.starts_with("nothing was to be changed"));
    }

    /// A refusal with these facts, as the centre gives it.
    fn refused(code: Code, reason: &str, sentence: &str, facts: &[(&str, &str)]) -> Status {
        let facts: HashMap<String, String> =
            facts.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Status::with_error_details(code, sentence, ErrorDetails::with_error_info(reason, "kezek", facts))
    }

    #[test]
    fn a_step_is_refused_in_the_words_of_the_commands() {
        let facts = [
            ("lifecycle", "run"),
            ("state", "stand_down_sent"),
            ("event", "correct"),
            ("allowed", "acknowledge,depart,arrive,clear,confirm_stand_down"),
        ];
        let failure = Failure::from_status(&refused(Code::FailedPrecondition, "ILLEGAL_STEP", "x", &facts));
        insta::assert_snapshot!(failure, @r"
        refused: the run does not allow `--correction` now [ILLEGAL_STEP]
          allowed    unit ack, unit en-route, unit on-scene, unit clear, unit stood-down
          it is now  stand-down not confirmed
          next       read the record again (get, show or list) and choose what is allowed
        ");
        assert_eq!(failure.facts["event"], "correct", "a script reads what the centre gave");
    }

    #[test]
    fn a_step_of_a_unit_is_refused_by_its_callsign() {
        let of = |lifecycle, state, allowed| {
            let facts = [
                ("lifecycle", lifecycle),
                ("state", state),
                ("event", "arrive"),
                ("allowed", allowed),
                ("unit", "leninsky-patrol-11"),
                ("callsign", "11"),
            ];
            Failure::from_status(&refused(Code::FailedPrecondition, "ILLEGAL_STEP", "x", &facts)).to_string()
        };
        insta::assert_snapshot!(of("unit", "available", "sign_off,assign"), @r"
        refused: unit 11 does not allow `unit on-scene` now [ILLEGAL_STEP]
          allowed    unit sign-off, incident send
          it is now  available
          next       read the record again (get, show or list) and choose what is allowed
        ");
        insta::assert_snapshot!(of("run", "on_scene", "clear"), @r"
        refused: the run of unit 11 does not allow `unit on-scene` now [ILLEGAL_STEP]
          allowed    unit clear
          it is now  on scene
          next       read the record again (get, show or list) and choose what is allowed
        ");
    }

    #[test]
    fn a_role_is_refused_without_the_name_of_a_method() {
        let facts = [("role", "crew"), ("allowed", "operator,supervisor")];
        let said = "role crew may not call IntakeService/TakeCall";
        let failure =
            Failure::from_status(&refused(Code::PermissionDenied, "ROLE_NOT_ALLOWED", said, &facts));
        insta::assert_snapshot!(failure, @r"
        not allowed: the role crew may not do this [ROLE_NOT_ALLOWED]
          allowed  operator, supervisor
          next     use a token of a role, station or unit that may; `kezek token --help` lists the roles
        ");
    }

    #[test]
    fn a_time_is_said_by_the_centres_clock_and_once() {
        let names = Names::new(crate::names::tests::small_centre(), "en");
        let facts = [
            ("field", "rang_at"),
            ("value", "2026-05-04T18:00:00.123456789Z"),
            ("earliest", "2026-05-03T08:03:20.000000001Z"),
            ("latest", "2026-05-04T08:04:20Z"),
        ];
        let status = refused(Code::InvalidArgument, "TIME_NOT_BELIEVED", "x", &facts);
        let mut failure = Failure::from_status(&status);
        failure.facts.insert("field rang_at".to_owned(), "x".to_owned());
        assert!(failure.wants_names());
        insta::assert_snapshot!(failure.with_names(&names), @r"
        not understood: `--rang-at` says 2026-05-05 00:00:00, which is not between 2026-05-03 14:03:20 and 2026-05-04 14:04:20 [TIME_NOT_BELIEVED]
          next  correct what is named and run it again
        ");
    }

    #[test]
    fn units_that_are_still_out_are_called_as_on_the_radio() {
        let names = Names::new(crate::names::tests::small_centre(), "en");
        let one = [("runs", "0197c2f0-0000-7000-8000-000000000001"), ("units", "leninsky-11")];
        let failure = Failure::from_status(&refused(Code::FailedPrecondition, "RUNS_OPEN", "x", &one));
        insta::assert_snapshot!(failure.with_names(&names), @r"
        refused: unit 11 is still bound to it [RUNS_OPEN]
          next  `kezek unit clear` once they are free, or `kezek incident stand-down` if nobody needs them
        ");
        let taken = [("unit", "leninsky-12"), ("state", "assigned"), ("allowed", "available")];
        let failure =
            Failure::from_status(&refused(Code::FailedPrecondition, "UNIT_NOT_AVAILABLE", "x", &taken));
        assert_eq!(
            failure.with_names(&names).message,
            "unit Лев 12 is on a run; only an available unit can be sent"
        );
    }

    #[test]
    fn a_wrong_field_is_named_by_its_option() {
        let details = ErrorDetails::with_bad_request_violation("person", "must say something");
        let status = Status::with_error_details(Code::InvalidArgument, "malformed", details);
        let told = Failure::from_status(&status).to_string();
        assert!(told.contains("--person") && !told.contains("field person"), "{told}");
    }

    #[test]
    fn what_the_centre_says_cannot_garble_the_terminal() {
        let failure = Failure::from_status(&Status::not_found("no \u{1b}[2Jincident"));
        assert!(!failure.to_string().contains('\u{1b}'));
    }
}
