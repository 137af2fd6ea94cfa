//! Every way to say no on the wire: one status per refusal, with its code and facts for a console to act on.

use std::{collections::HashMap, error::Error};

use domain::refusal::Refusal;
use identity::{Role, ScopeRefusal, TokenRefusal};
use operations::{OperationError, commands::CommandError};
use protocol::decode::Malformed;
use store::StoreError;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};

use crate::codes::ServerCode;

/// The `domain` of every error's details.
const DOMAIN: &str = "kezek";

/// Facts beside a sentence.
pub(crate) type Facts = Vec<(&'static str, String)>;

/// A status with its details.
pub(crate) fn refused(code: Code, reason: &str, sentence: impl Into<String>, facts: Facts) -> Status {
    Status::with_error_details(code, sentence, details(reason, facts))
}

/// A refusal of the server's own.
pub(crate) fn of_server(code: ServerCode, sentence: impl Into<String>, facts: Facts) -> Status {
    let status = match code {
        ServerCode::Malformed => Code::InvalidArgument,
        ServerCode::RoleNotAllowed | ServerCode::ScopeTooWide | ServerCode::ViewNotAllowed => {
            Code::PermissionDenied
        }
        ServerCode::MethodUnknown | ServerCode::EncodingNotTaken => Code::Unimplemented,
        ServerCode::TooManyRequests
        | ServerCode::TooManyStreams
        | ServerCode::TooManyConnections
        | ServerCode::TooManyReviews
        | ServerCode::MessageTooLarge => Code::ResourceExhausted,
        ServerCode::ReviewNotKept => Code::OutOfRange,
        ServerCode::TimedOut => Code::DeadlineExceeded,
        ServerCode::Internal => Code::Internal,
        ServerCode::ShuttingDown | ServerCode::StreamRenewal | ServerCode::JournalSealed => Code::Unavailable,
        ServerCode::DirectoryOfOtherCentre => Code::FailedPrecondition,
    };
    refused(status, code.as_str(), sentence, facts)
}

/// A malformed request, with every field that is wrong.
pub(crate) fn malformed(malformed: Malformed) -> Status {
    let sentence = malformed.to_string();
    let mut details = details(ServerCode::Malformed.as_str(), Vec::new());
    let violations = malformed.violations.into_iter();
    let violations: Vec<_> =
        violations.map(|violation| FieldViolation::new(violation.field, violation.description)).collect();
    details.set_bad_request(violations);
    Status::with_error_details(Code::InvalidArgument, sentence, details)
}

/// What the library answers before a request reaches a service, in our words: a message that it could not read.
pub(crate) fn of_library(said: &Status) -> Option<Status> {
    let (code, sentence) = match said.code() {
        Code::OutOfRange => (ServerCode::MessageTooLarge, "the message is larger than the contract allows"),
        Code::Internal | Code::InvalidArgument => {
            (ServerCode::Malformed, "the bytes are no message of this method")
        }
        Code::Unimplemented => {
            (ServerCode::EncodingNotTaken, "messages are taken as they are, without compression")
        }
        Code::Ok
        | Code::Cancelled
        | Code::Unknown
        | Code::DeadlineExceeded
        | Code::NotFound
        | Code::AlreadyExists
        | Code::PermissionDenied
        | Code::ResourceExhausted
        | Code::FailedPrecondition
        | Code::Aborted
        | Code::Unavailable
        | Code::DataLoss
        | Code::Unauthenticated => return None,
    };
    Some(of_server(code, sentence, Vec::new()))
}

/// A token that is not good. Nothing of the token is said.
pub(crate) fn of_token(refusal: TokenRefusal) -> Status {
    refused(Code::Unauthenticated, refusal.code(), refusal.to_string(), Vec::new())
}

/// Something out of the asker's scope. What must not be known to exist looks like what does not.
pub(crate) fn of_scope(refusal: &ScopeRefusal) -> Status {
    if refusal.is_hidden() {
        return refused(Code::NotFound, refusal.code(), refusal.to_string(), Vec::new());
    }
    refused(Code::PermissionDenied, refusal.code(), refusal.to_string(), Vec::new())
}

/// An operation that gave no answer.
pub(crate) fn of_operation(error: OperationError) -> Status {
    let reason = error.code();
    let sentence = error.to_string();
    match error {
        OperationError::Refused(refusal) => of_refusal(&refusal, None),
        OperationError::OutOfScope(refusal) => of_scope(&refusal),
        OperationError::OtherContent { number } => {
            refused(Code::AlreadyExists, reason, sentence, vec![("change", number.to_string())])
        }
        OperationError::Conflict { tries } => {
            refused(Code::Aborted, reason, sentence, vec![("tries", tries.to_string())])
        }
        OperationError::Behind => refused(Code::Unavailable, reason, sentence, Vec::new()),
        OperationError::NoDirectory => refused(Code::FailedPrecondition, reason, sentence, Vec::new()),
        OperationError::Store(error) => of_store(reason, &error),
    }
}

/// A line that was not carried out, or not all of it. `allowed` are the roles that may do such things.
pub(crate) fn of_command(error: CommandError, role: Role, allowed: &str) -> Status {
    let (code, sentence) = (error.code(), error.to_string());
    match error {
        CommandError::Line(refusal) => refused(Code::InvalidArgument, code, sentence, refusal.facts()),
        CommandError::RoleMayNot { .. } => {
            let facts = vec![("role", role.to_string()), ("allowed", allowed.to_owned())];
            of_server(ServerCode::RoleNotAllowed, sentence, facts)
        }
        CommandError::NothingToUndo { why } => {
            refused(Code::FailedPrecondition, code, sentence, vec![("why", why.as_str().to_owned())])
        }
        CommandError::MeansAnother => refused(Code::FailedPrecondition, code, sentence, Vec::new()),
        CommandError::OfUnit { unit, callsign, refusal } => {
            let refusal = Refusal::Step(refusal);
            let mut facts = refusal.facts();
            facts.extend([("unit", unit.to_string()), ("callsign", callsign)]);
            refused(Code::FailedPrecondition, code, sentence, facts)
        }
        CommandError::Instead { refusal, remedy } => of_refusal(&refusal, Some(remedy)),
        CommandError::Operation(error) => of_operation(error),
        CommandError::Partly { done, refused, error } => {
            let status = of_command(*error, role, allowed);
            let mut details = status.get_error_details();
            if let Some(info) = details.error_info() {
                let mut facts = info.metadata.clone();
                facts.insert("done".to_owned(), done.join(","));
                facts.insert("refused".to_owned(), refused.join(","));
                details.set_error_info(code, DOMAIN, facts);
            }
            Status::with_error_details(status.code(), sentence, details)
        }
    }
}

/// A refusal of the domain, and what to type instead where that is known.
fn of_refusal(refusal: &Refusal, remedy: Option<String>) -> Status {
    let code = match refusal {
        Refusal::UnknownCall(_)
        | Refusal::UnknownIncident(_)
        | Refusal::UnknownAssignment(_)
        | Refusal::UnknownRun(_)
        | Refusal::UnknownAlarm(_)
        | Refusal::UnknownUnit(_)
        | Refusal::UnknownStation(_)
        | Refusal::UnknownKind(_)
        | Refusal::UnknownType(_)
        | Refusal::UnknownNumber(_)
        | Refusal::NothingSo { .. }
        | Refusal::UnknownNeed { .. } => Code::NotFound,
        Refusal::Limit { .. } => Code::ResourceExhausted,
        Refusal::Time { .. } => Code::InvalidArgument,
        Refusal::Step(_)
        | Refusal::UnitNotAvailable { .. }
        | Refusal::UnitOfAnotherDesk { .. }
        | Refusal::UnitOfAnotherKind { .. }
        | Refusal::UnitClosing { .. }
        | Refusal::DeskChooses { .. }
        | Refusal::DeskAlreadyAssigned { .. }
        | Refusal::IncidentNotOpen { .. }
        | Refusal::MergedFurther { .. }
        | Refusal::NoIncidentOfCall(_)
        | Refusal::RunsOpen { .. }
        | Refusal::OpenWork { .. }
        | Refusal::OnlyInforms
        | Refusal::SameIncident
        | Refusal::ClosingIncomplete
        | Refusal::VersionMoved { .. } => Code::FailedPrecondition,
    };
    let remedy = remedy.map(|remedy| ("remedy", remedy));
    let mut details = details(refusal.code(), refusal.facts().into_iter().chain(remedy).collect());
    if let Refusal::Time { field, .. } = refusal {
        details.add_bad_request_violation(*field, refusal.to_string());
    }
    Status::with_error_details(code, refusal.to_string(), details)
}

/// A store that gave no answer. The cause is for the log, not for the client.
fn of_store(reason: &str, error: &StoreError) -> Status {
    let cause: &dyn Error = error;
    tracing::warn!(reason, error = cause, "the store gave no answer to a request");
    let (code, sentence) = match error {
        StoreError::Unknown { .. } => (
            Code::DeadlineExceeded,
            "it is not known whether this was done; send it again with the same request id",
        ),
        StoreError::Unavailable { .. } => {
            (Code::Unavailable, "the store is not available; nothing was done, send it again")
        }
        StoreError::Refused(store::Refusal::Limit { .. }) => {
            (Code::ResourceExhausted, "this is more than the store takes at once; nothing was done")
        }
        StoreError::Refused(_) => (Code::Internal, "the store refuses this; nothing was done"),
        StoreError::Damaged { .. } => {
            (Code::DataLoss, "a record in the store cannot be read; nothing was done")
        }
    };
    refused(code, reason, sentence, Vec::new())
}

fn details(reason: &str, facts: Facts) -> ErrorDetails {
    let facts: HashMap<String, String> =
        facts.into_iter().map(|(fact, value)| (fact.to_owned(), value)).collect();
    ErrorDetails::with_error_info(reason, DOMAIN, facts)
}
