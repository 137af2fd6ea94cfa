//! What an error of the Redis client means: whether the connection is still good, and what a caller may conclude.

use std::sync::Arc;

use redis::{ErrorKind, RedisError};
use store::{Refusal, StoreError};

/// Whether what was asked could have changed something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It only reads: an unanswered question can be asked again.
    Reads,
    /// It writes: unanswered means unknown.
    Writes,
}

/// What an error says about the connection it came over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Health {
    /// The server answered; the connection is good.
    Good,
    /// No answer in time; three in a row and it is given up.
    Silent,
    /// Broken, or leads to a server that may not be used now.
    Bad,
}

/// What an error says about the connection.
pub(crate) fn health(error: &RedisError) -> Health {
    if error.is_timeout() {
        return Health::Silent;
    }
    if error.is_io_error() || error.is_connection_dropped() || is_without_library(error) {
        return Health::Bad;
    }
    match error.code() {
        Some("READONLY" | "LOADING" | "MASTERDOWN") => Health::Bad,
        Some(_) => Health::Good,
        // It did not come from the server: the two sides no longer understand each other.
        None => Health::Bad,
    }
}

/// What an error means to a caller.
pub(crate) fn meaning(error: RedisError, effect: Effect) -> StoreError {
    if error.is_timeout() || error.is_io_error() || error.is_connection_dropped() {
        return match effect {
            Effect::Writes => StoreError::Unknown { source: Some(Arc::new(error)) },
            Effect::Reads => unavailable("Redis did not answer", error),
        };
    }
    if is_without_library(&error) {
        return unavailable("Redis has lost its functions", error);
    }
    if error.kind() == ErrorKind::AuthenticationFailed {
        return Refusal::Settings(format!("Redis forbids it: {error}")).into();
    }
    let (code, text) =
        (error.code().unwrap_or_default().to_owned(), error.detail().unwrap_or_default().to_owned());
    named(&code, &text, Some(error))
}

/// What an error means that a function says of one step of several: its code, and then its text.
pub(crate) fn said(error: &str) -> StoreError {
    let (code, text) = error.split_once(' ').unwrap_or((error, ""));
    named(code, text, None)
}

/// What an error of this code means.
fn named(code: &str, text: &str, source: Option<RedisError>) -> StoreError {
    let whole = || source.as_ref().map_or_else(|| format!("{code} {text}"), ToString::to_string);
    let reason = match code {
        "KEZEKTYPE" => return wrong_type(text),
        "WRONGTYPE" => return wrong_type("a-key-of-the-centre another-type the-expected-one"),
        "KEZEKDAMAGED" => {
            let (place, found) = text.split_once(' ').unwrap_or((text, ""));
            let found = found.split(" script: ").next().unwrap_or_default();
            return StoreError::Damaged { place: place.to_owned(), found: found.to_owned() };
        }
        "NOPERM" | "NOAUTH" | "WRONGPASS" => {
            return Refusal::Settings(format!("Redis forbids it: {}", whole())).into();
        }
        "OOM" => "Redis is out of memory and writes nothing",
        "MISCONF" => "Redis cannot write its disk",
        "NOREPLICAS" => "Redis has too few replicas",
        "BUSY" => "Redis is busy with another function",
        "READONLY" | "MASTERDOWN" => "this Redis is a replica",
        "LOADING" => "Redis is still loading",
        _ => return StoreError::Damaged { place: "the reply of Redis".to_owned(), found: whole() },
    };
    let source = source.map(|error| Arc::new(error) as _);
    StoreError::Unavailable { reason: reason.to_owned(), source }
}

/// An error without an answer, for one that could not even be sent.
pub(crate) fn unavailable(reason: &str, error: RedisError) -> StoreError {
    StoreError::Unavailable { reason: reason.to_owned(), source: Some(Arc::new(error)) }
}

fn is_without_library(error: &RedisError) -> bool {
    error.detail().is_some_and(|detail| detail.contains("Function not found"))
}

/// Reads `<key> <found> <expected> …`, which the functions say.
fn wrong_type(text: &str) -> StoreError {
    let mut words = text.split_whitespace().map(str::to_owned);
    let mut next = || words.next().unwrap_or_default();
    StoreError::Refused(Refusal::Type { key: next(), found: next(), expected: next() })
}
