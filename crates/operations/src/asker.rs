//! Who asks for an operation, under which request id, and how they say it happened.

use domain::{
    OperationId, Seconds,
    limits::{LINE_BYTES_MAX, REPORT_AGE_MAX, REPORT_AHEAD_MAX},
    milestone::{Channel, Report, Reporter},
    refusal::Refusal,
};
use identity::{Principal, SYSTEM_NAME_PREFIX};
use jiff::Timestamp;
use serde::Serialize;
use store::Fingerprint;

use crate::decide::fingerprint;

/// Who asks: a person or system with a token, or the centre itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asker {
    /// Somebody with a token.
    Principal(Principal),
    /// The centre itself: its dispatcher, its archive.
    System {
        /// Which part of it, such as `dispatcher`.
        part: &'static str,
    },
}

impl Asker {
    /// The dispatcher of the centre.
    pub const DISPATCHER: Self = Self::System { part: "dispatcher" };

    /// The name that stands in records and operation ids.
    pub fn name(&self) -> String {
        match self {
            Self::Principal(principal) => principal.name().to_owned(),
            Self::System { part } => format!("{SYSTEM_NAME_PREFIX}{part}"),
        }
    }

    /// Who reports, for a milestone.
    pub fn reporter(&self, on_behalf_of: &str) -> Reporter {
        let role = match self {
            Self::Principal(principal) => principal.role().to_string(),
            Self::System { .. } => "system".to_owned(),
        };
        Reporter { name: self.name(), role, on_behalf_of: on_behalf_of.to_owned() }
    }

    /// The principal, unless the centre itself asks.
    pub const fn principal(&self) -> Option<&Principal> {
        match self {
            Self::Principal(principal) => Some(principal),
            Self::System { .. } => None,
        }
    }
}

/// What a client calls one request; the same id means the same request, however often it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct RequestId(String);

/// A text that is no request id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a request id is 1 to 64 of letters, digits and `._:-`; a UUIDv7 is a good one")]
pub struct RequestIdError;

impl RequestId {
    /// Checks the text.
    ///
    /// # Errors
    /// [`RequestIdError`] unless it is 1 to 64 ASCII letters, digits and `._:-`.
    pub fn new(text: impl Into<String>) -> Result<Self, RequestIdError> {
        let text = text.into();
        let fits = (1..=64).contains(&text.len());
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte));
        if fits && plain { Ok(Self(text)) } else { Err(RequestIdError) }
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id of the further step called `label` that belongs to the same request. Never refused: it is only ever
    /// hashed into an operation id.
    pub(crate) fn step(&self, label: &str) -> Self {
        Self(format!("{}/{label}", self.0))
    }
}

/// The id of whatever is only rehearsed: a letter that no client's id may have.
const REHEARSAL: &str = "?";

/// One request: who asks, and under which id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Who asks.
    pub asker: Asker,
    /// Under which id.
    pub request: RequestId,
    /// What a typed line said, for each of its steps: what it names may be something else by the time it is sent again, and
    /// it is the same request all the same. Absent for a request that says itself what is asked.
    pub(crate) line: Option<Fingerprint>,
}

impl Ask {
    /// This asker's request of that id.
    pub const fn new(asker: Asker, request: RequestId) -> Self {
        Self { asker, request, line: None }
    }

    /// The same request as a typed line, which is known again by what was typed.
    pub(crate) fn of_line(&self, line: Fingerprint) -> Self {
        Self { line: Some(line), ..self.clone() }
    }

    /// The digest by which a repetition of it is known, where a use case is asked for this.
    pub(crate) fn fingerprint(&self, cause: &str, request: &impl Serialize) -> Fingerprint {
        self.line.unwrap_or_else(|| fingerprint(cause, request))
    }

    /// What the centre itself does: the same `what` is the same operation on every node and after every restart.
    pub fn by_dispatcher(what: impl std::fmt::Display) -> Self {
        Self::new(Asker::DISPATCHER, RequestId(what.to_string()))
    }

    /// What is decided as if it were asked, and committed never. No client can send its id, so no operation has it.
    pub(crate) fn rehearsing(asker: Asker) -> Self {
        Self::new(asker, RequestId(REHEARSAL.to_owned()))
    }

    /// True if nothing is to be committed.
    pub(crate) fn is_rehearsal(&self) -> bool {
        self.request.0 == REHEARSAL
    }

    /// The operation it asks for.
    pub fn operation(&self) -> OperationId {
        OperationId::derived(&self.asker.name(), self.request.as_str())
    }

    /// The same asker asking for a further step of the same request.
    pub(crate) fn step(&self, label: &str) -> Self {
        Self { request: self.request.step(label), ..self.clone() }
    }
}

/// How somebody says that something happened: all of it may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct GivenReport {
    /// When it happened; absent means now.
    pub occurred_at: Option<Timestamp>,
    /// How the report reached the centre; absent means the reporter's own device.
    pub channel: Option<Channel>,
    /// On whose word it is reported; empty when it is the asker's own.
    pub on_behalf_of: String,
    /// Why an earlier report was wrong; absent for a first report.
    pub correction: Option<String>,
}

impl GivenReport {
    /// The report as it is recorded at `now` for `asker`.
    ///
    /// # Errors
    /// [`Refusal::Time`] if it says a time that cannot be believed, [`Refusal::Limit`] if a text is too long.
    pub(crate) fn recorded(&self, asker: &Asker, now: Timestamp) -> Result<Report, Refusal> {
        line("on_behalf_of", &self.on_behalf_of)?;
        line("correction", self.correction.as_deref().unwrap_or_default())?;
        let occurred_at = match self.occurred_at {
            Some(said) => believed("occurred_at", said, now)?,
            None => now,
        };
        let channel = self.channel.unwrap_or(match asker {
            Asker::Principal(_) => Channel::Device,
            Asker::System { .. } => Channel::System,
        });
        let by = asker.reporter(&self.on_behalf_of);
        Ok(Report { occurred_at, recorded_at: now, by, channel, correction: self.correction.clone() })
    }
}

/// A time somebody says, if it can be believed at `now`. A little ahead of the centre's clock counts as now.
///
/// # Errors
/// [`Refusal::Time`] if it is too old or too far ahead.
pub(crate) fn believed(field: &'static str, said: Timestamp, now: Timestamp) -> Result<Timestamp, Refusal> {
    let (earliest, latest) = (before(now, REPORT_AGE_MAX), after(now, REPORT_AHEAD_MAX));
    if said < earliest || said > latest {
        return Err(Refusal::Time { field, value: said, earliest, latest });
    }
    Ok(said.min(now))
}

/// Refuses a single-line text that is too long.
///
/// # Errors
/// [`Refusal::Limit`].
pub(crate) fn line(what: &'static str, text: &str) -> Result<(), Refusal> {
    limit(what, text.len(), LINE_BYTES_MAX)
}

/// Refuses a count or length over its limit.
///
/// # Errors
/// [`Refusal::Limit`].
pub(crate) const fn limit(what: &'static str, value: usize, limit: usize) -> Result<(), Refusal> {
    if value <= limit { Ok(()) } else { Err(Refusal::Limit { what, limit, value }) }
}

/// The time so long before `now`.
pub(crate) fn before(now: Timestamp, by: Seconds) -> Timestamp {
    now.saturating_sub(by.duration()).unwrap_or(Timestamp::MIN)
}

/// The time so long after `now`.
pub(crate) fn after(now: Timestamp, by: Seconds) -> Timestamp {
    now.saturating_add(by.duration()).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_is_short_plain_text() {
        for good in ["a", "0192f0c1-7d7e-7e3a-b9a0-6f8f4f8b7a11", "gateway:7_1.2"] {
            assert!(RequestId::new(good).is_ok(), "{good}");
        }
        for bad in ["", "a b", "../x", "a{b}", "a\0", "ё", &"a".repeat(65)] {
            assert!(RequestId::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_time_is_believed_for_a_shift_and_a_half_and_never_ahead() {
        let now: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        assert_eq!(believed("t", now, now), Ok(now));
        assert_eq!(believed("t", after(now, Seconds(30)), now), Ok(now));
        assert!(believed("t", after(now, Seconds(3600)), now).is_err());
        assert!(believed("t", Timestamp::UNIX_EPOCH, now).is_err());
        assert_eq!(believed("t", before(now, Seconds(3600)), now), Ok(before(now, Seconds(3600))));
    }
}
