//! What is said of a call that is taken and cannot be read: it is left out and flagged, for no call is refused for it.

use std::{collections::BTreeSet, str::FromStr};

use domain::{
    Priority,
    call::{CallFlag, DuplicateChoice},
    location::Location,
};
use jiff::Timestamp;

use super::{
    Fields, UNCERTAINTY_M_MAX, call::duplicate_choice, fields::timestamp, location_or_unknown, position,
};
use crate::record::v1 as wire;

/// Collects what is odd while the request to take a call is read.
#[derive(Debug, Default)]
pub struct Odd(BTreeSet<CallFlag>);

impl Odd {
    /// Nothing is odd yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// What was odd.
    pub fn flags(self) -> BTreeSet<CallFlag> {
        self.0
    }

    /// An id that may be left out; one that is none is `flag`ged.
    pub fn id<Id: FromStr>(&mut self, flag: CallFlag, text: &str) -> Option<Id> {
        let id = text.parse().ok();
        if id.is_none() && !text.is_empty() {
            self.0.insert(flag);
        }
        id
    }

    /// What is known of a place. Texts that are too long are refused as anywhere.
    pub fn location(&mut self, fields: &mut Fields, field: &str, given: Option<wire::Location>) -> Location {
        let Some(mut given) = given else { return Location::default() };
        let mut scratch = Fields::new();
        if given.position.is_some_and(|point| position(&mut scratch, field, point).is_none()) {
            given.position = None;
            self.0.insert(CallFlag::BadLocation);
        }
        if given.uncertainty_m.is_some_and(|metres| metres > UNCERTAINTY_M_MAX) {
            given.uncertainty_m = None;
            self.0.insert(CallFlag::BadLocation);
        }
        location_or_unknown(fields, field, Some(given))
    }

    /// A priority that may be left out.
    pub fn priority(&mut self, number: Option<u32>) -> Option<Priority> {
        let priority = Fields::new().priority("priority", number);
        if number.is_some() && priority.is_none() {
            self.0.insert(CallFlag::BadPriority);
        }
        priority
    }

    /// A time that may be left out.
    pub fn time(&mut self, time: Option<prost_types::Timestamp>) -> Option<Timestamp> {
        let time = timestamp(time?).ok();
        if time.is_none() {
            self.0.insert(CallFlag::BadTime);
        }
        time
    }

    /// What the operator said of likely duplicates; nothing means that nobody was asked.
    pub fn duplicate_choice(&mut self, given: Option<wire::DuplicateChoice>) -> DuplicateChoice {
        let mut scratch = Fields::new();
        let choice = duplicate_choice(&mut scratch, "duplicate", given);
        if scratch.all(|| Some(())).is_err() {
            self.0.insert(CallFlag::NotJoined);
        }
        choice
    }
}

#[cfg(test)]
mod tests {
    use domain::CallId;

    use super::*;

    #[test]
    fn whatever_cannot_be_is_left_out_and_flagged() {
        let (mut odd, mut fields) = (Odd::new(), Fields::new());
        let point = wire::Position { latitude: f64::NAN, longitude: 74.6 };
        let place = wire::Location {
            position: Some(point),
            uncertainty_m: Some(u32::MAX),
            address: "Чүй 12".to_owned(),
            ..wire::Location::default()
        };
        let place = odd.location(&mut fields, "location", Some(place));
        assert_eq!((place.position, place.uncertainty_m, place.address.as_str()), (None, None, "Чүй 12"));
        assert_eq!(odd.priority(Some(9)), None);
        assert_eq!(odd.time(Some(prost_types::Timestamp { seconds: 0, nanos: -1 })), None);
        assert_eq!(odd.id::<CallId>(CallFlag::NotContinued, "1043"), None);
        let same = wire::duplicate_choice::Choice::SameAsIncidentId("1043".to_owned());
        let same = wire::DuplicateChoice { choice: Some(same) };
        assert_eq!(odd.duplicate_choice(Some(same)), DuplicateChoice::Unasked);
        let flags = [
            CallFlag::BadTime,
            CallFlag::NotContinued,
            CallFlag::NotJoined,
            CallFlag::BadLocation,
            CallFlag::BadPriority,
        ];
        assert_eq!(odd.flags(), BTreeSet::from(flags));
        assert!(fields.all(|| Some(())).is_ok());
    }

    #[test]
    fn what_is_left_out_is_not_odd() {
        let (mut odd, mut fields) = (Odd::new(), Fields::new());
        assert_eq!(odd.location(&mut fields, "location", None), Location::default());
        assert_eq!((odd.priority(None), odd.time(None)), (None, None));
        assert_eq!(odd.id::<CallId>(CallFlag::NotContinued, ""), None);
        assert_eq!(odd.duplicate_choice(None), DuplicateChoice::Unasked);
        assert_eq!(odd.flags(), BTreeSet::new());
    }
}
