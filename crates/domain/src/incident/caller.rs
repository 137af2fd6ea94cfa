//! Who called about an incident, as far as two spellings of one telephone number agree: known as long as the incident is,
//! whatever becomes of the calls.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Incident;
use crate::{IncidentId, call::Call, limits::CALLERS_KEPT_MAX};

/// Digits in which two spellings of one telephone number agree: the number without the country's or the trunk's
/// prefix, nine digits or fewer in most of the world.
const DIGITS: usize = 9;

/// Fewer digits than this are an extension or a short code that many callers share, and name nobody.
const DIGITS_MIN: usize = 5;

/// A telephone number however it is written. It is personal: it is neither shown nor logged.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallerDigits(String);

impl CallerDigits {
    /// The number in this text: only digits count, and of long numbers only the last nine, so that `+996 555 12-34-56` is
    /// `0555123456`. Nothing if it names nobody.
    pub fn of(text: &str) -> Option<Self> {
        let backwards: Vec<char> = text.chars().rev().filter(char::is_ascii_digit).take(DIGITS).collect();
        (backwards.len() >= DIGITS_MIN).then(|| Self(backwards.into_iter().rev().collect()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CallerDigits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallerDigits(…)")
    }
}

/// Somebody who called about an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// Their number.
    pub digits: CallerDigits,
    /// The incident that was merged into this one and that they called about; absent if they called about this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<IncidentId>,
}

impl Incident {
    /// Lists a call that led to it, and who called.
    pub fn list_call(&mut self, call: &Call) {
        if !self.calls.contains(&call.id) {
            self.calls.push(call.id);
        }
        if let Some(digits) = CallerDigits::of(&call.caller_number) {
            self.keep_caller(Caller { digits, through: None });
        }
    }

    /// Whoever called about an incident that becomes part of this one called about this one.
    pub fn take_callers_of(&mut self, merged: &Self) {
        for caller in &merged.callers {
            self.keep_caller(Caller { digits: caller.digits.clone(), through: Some(merged.id) });
        }
    }

    /// An incident is no part of this one any more: whoever called about that alone did not call about this one.
    pub fn part_with_callers_of(&mut self, parted: IncidentId) {
        self.callers.retain(|caller| caller.through != Some(parted));
    }

    /// Keeps a caller, and of too many the latest.
    fn keep_caller(&mut self, caller: Caller) {
        self.callers.retain(|known| known != &caller);
        self.callers.push(caller);
        if self.callers.len() > CALLERS_KEPT_MAX {
            self.callers.remove(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_however_it_is_written_and_is_not_shown() {
        let number = CallerDigits::of("+996 555 12-34-56").unwrap();
        assert_eq!((number.as_str(), CallerDigits::of("0555123456")), ("555123456", Some(number.clone())));
        for nobody in ["", "102", "withheld", "звонил сосед 12"] {
            assert_eq!(CallerDigits::of(nobody), None, "{nobody}");
        }
        assert!(!format!("{:?}", Caller { digits: number, through: None }).contains("555"));
    }
}
