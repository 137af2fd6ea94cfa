//! What to do about a refusal, in the words of whoever hears it.

use tonic::Code;

use crate::words::refused::Surface;

/// What to do about a status. Empty: its sentence says it all.
pub(super) fn next(code: Code, reason: &str, surface: Surface) -> &'static str {
    match surface {
        Surface::Commands => by_commands(code, reason),
        Surface::Lines => by_lines(code, reason).unwrap_or_else(|| by_commands(code, reason)),
    }
}

/// What to type next, where a line would help.
fn by_lines(code: Code, reason: &str) -> Option<&'static str> {
    Some(match (code, reason) {
        (Code::FailedPrecondition, "ILLEGAL_STEP") => "type what is allowed",
        (Code::FailedPrecondition, "INCIDENT_NOT_OPEN") => {
            "`V` shows it; `RL`, `UNDUP` or `RO` opens it again"
        }
        (Code::FailedPrecondition, "MERGED_FURTHER") => "`UNDUP` the one it is part of first",
        (Code::FailedPrecondition, "RUNS_OPEN") => "`C` once they are free, or `SD` if nobody needs them",
        (Code::FailedPrecondition, "UNIT_NOT_AVAILABLE") => {
            "send another, or first free this one: `C`, or `SD` and `CF`"
        }
        (Code::FailedPrecondition, "CLOSING_INCOMPLETE") => {
            "`CL` with `# NUMBER`, or with `= REASON` where there is none"
        }
        (Code::FailedPrecondition, "NOTHING_TO_UNDO") => "",
        (Code::FailedPrecondition, "VERSION_MOVED") => "somebody changed it meanwhile: look again with `V`",
        (Code::FailedPrecondition, _) => "`V` shows how the incident stands; type what is allowed",
        (Code::NotFound, "UNKNOWN_NEED") => "`RQ` asks for a unit of that kind",
        _ => return None,
    })
}

/// The same with the commands of this program.
fn by_commands(code: Code, reason: &str) -> &'static str {
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
        Code::FailedPrecondition if reason == "UNIT_NOT_AVAILABLE" => {
            "`kezek incident recommend` shows whom else to send"
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
