//! Collects every field of a request that is wrong, so that a client hears of all of them at once.

use std::{fmt, str::FromStr};

use domain::{
    Priority, Version,
    limits::{LINE_BYTES_MAX, NARRATIVE_BYTES_MAX, NOTE_BYTES_MAX},
};
use jiff::Timestamp;

/// One field that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Its path in the request, such as `location.position.latitude`.
    pub field: String,
    /// What is wrong, in a sentence.
    pub description: String,
}

/// A request that is malformed: every field that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The fields, in the order they were looked at; at least one.
    pub violations: Vec<Violation>,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request is malformed")?;
        for (place, Violation { field, description }) in self.violations.iter().enumerate() {
            let before = if place == 0 { ": " } else { "; " };
            write!(f, "{before}`{field}` {description}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Malformed {}

/// Collects what is wrong while a request is read.
///
/// A method that gives nothing for a field that must be there has noted why; [`Fields::all`] then refuses.
#[derive(Debug, Default)]
pub struct Fields {
    violations: Vec<Violation>,
}

impl Fields {
    /// Nothing is wrong yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes that a field is wrong.
    pub fn refuse(&mut self, field: impl Into<String>, description: impl fmt::Display) {
        self.violations.push(Violation { field: field.into(), description: description.to_string() });
    }

    /// The request, or everything that is wrong with it.
    ///
    /// # Errors
    /// [`Malformed`] if anything was refused.
    ///
    /// # Panics
    /// If something is missing that nobody refused, which is a mistake of ours.
    pub fn all<T>(self, build: impl FnOnce() -> Option<T>) -> Result<T, Malformed> {
        if self.violations.is_empty() {
            Ok(build().expect("whatever is absent was refused by name"))
        } else {
            Err(Malformed { violations: self.violations })
        }
    }

    /// Something that must be there.
    pub fn required<T>(&mut self, field: &str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.refuse(field, "must be set");
        }
        value
    }

    /// An id that must be there.
    pub fn id<Id: FromStr<Err: fmt::Display>>(&mut self, field: &str, text: &str) -> Option<Id> {
        if text.is_empty() {
            self.refuse(field, "must be set");
            return None;
        }
        self.optional_id(field, text)
    }

    /// An id that may be left out.
    pub fn optional_id<Id: FromStr<Err: fmt::Display>>(&mut self, field: &str, text: &str) -> Option<Id> {
        if text.is_empty() {
            return None;
        }
        match text.parse() {
            Ok(id) => Some(id),
            Err(error) => {
                self.refuse(field, error);
                None
            }
        }
    }

    /// A time that may be left out.
    pub fn time(&mut self, field: &str, time: Option<prost_types::Timestamp>) -> Option<Timestamp> {
        match timestamp(time?) {
            Ok(time) => Some(time),
            Err(why) => {
                self.refuse(field, why);
                None
            }
        }
    }

    /// A priority that may be left out.
    pub fn priority(&mut self, field: &str, number: Option<u32>) -> Option<Priority> {
        let number = number?;
        let priority = u8::try_from(number).ok().and_then(|number| Priority::new(number).ok());
        if priority.is_none() {
            self.refuse(field, format_args!("is {number}, not 1 (most urgent) to 5"));
        }
        priority
    }

    /// A single-line text that may be empty.
    pub fn line(&mut self, field: &str, text: String) -> String {
        self.at_most(field, text, LINE_BYTES_MAX)
    }

    /// A single-line text that must say something.
    pub fn required_line(&mut self, field: &str, text: String) -> String {
        if text.trim().is_empty() {
            self.refuse(field, "must say something");
        }
        self.line(field, text)
    }

    /// A narrative, which may be empty.
    pub fn narrative(&mut self, field: &str, text: String) -> String {
        self.at_most(field, text, NARRATIVE_BYTES_MAX)
    }

    /// A note, which may be empty.
    pub fn note(&mut self, field: &str, text: String) -> String {
        self.at_most(field, text, NOTE_BYTES_MAX)
    }

    fn at_most(&mut self, field: &str, text: String, bytes_max: usize) -> String {
        if text.len() > bytes_max {
            self.refuse(field, format_args!("has {} bytes, at most {bytes_max} are taken", text.len()));
        }
        text
    }

    /// A choice that decides something: neither left out nor unknown to this release. `choices` gives what each of
    /// the contract's values means, and nothing for the unspecified one.
    pub fn choice<Wire: TryFrom<i32>, T>(
        &mut self,
        field: &str,
        value: i32,
        meaning: impl FnOnce(Wire) -> Option<T>,
    ) -> Option<T> {
        let Ok(known) = Wire::try_from(value) else {
            self.refuse(field, format_args!("is {value}, which this release does not know"));
            return None;
        };
        let meant = meaning(known);
        if meant.is_none() {
            self.refuse(field, "must be set to a value that a request may have");
        }
        meant
    }

    /// The version of a record that a caller expects.
    pub fn version(expected: Option<u64>) -> Option<Version> {
        expected.map(Version)
    }
}

/// A time from the wire.
///
/// # Errors
/// A sentence if its nanoseconds are not 0 to 999,999,999 or it lies beyond the years that are counted.
pub fn timestamp(time: prost_types::Timestamp) -> Result<Timestamp, String> {
    if !(0..1_000_000_000).contains(&time.nanos) {
        return Err(format!("has {} nanoseconds, not 0 to 999999999", time.nanos));
    }
    Timestamp::new(time.seconds, time.nanos).map_err(|_| "lies beyond the years 1 to 9999".to_owned())
}

#[cfg(test)]
mod tests {
    use domain::{CallId, StationId};

    use super::*;
    use crate::encode;

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let mut fields = Fields::new();
        let call: Option<CallId> = fields.id("call_id", "x");
        let station: Option<StationId> = fields.id("station_id", "");
        let priority = fields.priority("priority", Some(9));
        let time = fields.time("rang_at", Some(prost_types::Timestamp { seconds: 0, nanos: 2_000_000_000 }));
        let text = fields.required_line("reason", " ".to_owned());
        assert_eq!((call, station, priority, time, text.as_str()), (None, None, None, None, " "));
        let named: Vec<_> = fields
            .all(|| Some(()))
            .unwrap_err()
            .violations
            .into_iter()
            .map(|violation| violation.field)
            .collect();
        assert_eq!(named, ["call_id", "station_id", "priority", "rang_at", "reason"]);
    }

    #[test]
    fn a_time_reads_back_as_itself_and_a_wrong_one_is_refused() {
        for text in [
            "1969-12-31T23:59:59.25Z",
            "1970-01-01T00:00:00Z",
            "2026-03-01T12:00:00.000000001Z",
            "-009999-01-02T01:59:59.5Z",
        ] {
            let time: Timestamp = text.parse().unwrap();
            let wire = encode::timestamp(time);
            assert!((0..1_000_000_000).contains(&wire.nanos), "{text}");
            assert_eq!(timestamp(wire), Ok(time), "{text}");
        }
        for (seconds, nanos) in [(0, -1), (0, 1_000_000_000), (i64::MAX, 0), (i64::MIN, 0)] {
            assert!(timestamp(prost_types::Timestamp { seconds, nanos }).is_err(), "{seconds} {nanos}");
        }
    }
}
