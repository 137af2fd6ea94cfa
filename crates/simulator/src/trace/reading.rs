//! Reading a trace: every row becomes a call or is named with its line.

use std::io::Read;

use csv::{ReaderBuilder, StringRecord, Trim};
use geography::Position;
use jiff::{SignedDuration, Timestamp, fmt::strtime::BrokenDownTime, tz::TimeZone};

use super::{BadRow, Mapping, Trace, TraceCall, TraceError};

/// Where the columns of a mapping stand in a file.
struct Places<'a> {
    mapping: &'a Mapping,
    zone: TimeZone,
    time: usize,
    id: Option<usize>,
    latitude: Option<usize>,
    longitude: Option<usize>,
    type_code: Option<usize>,
    type_title: Option<usize>,
    emergent: Option<usize>,
    priority: Option<usize>,
    narrative: Option<usize>,
    caller_number: Option<usize>,
    language: Option<usize>,
}

/// Reads a trace from comma-separated text with a first line of column names.
///
/// # Errors
/// [`TraceError`]: the file is no trace at all. Single rows that cannot be read are in the trace's `bad_rows`.
pub fn read(text: impl Read, mapping: &Mapping) -> Result<Trace, TraceError> {
    let mut reader = ReaderBuilder::new().flexible(true).trim(Trim::All).from_reader(text);
    let heading = reader.headers().map_err(TraceError::Heading)?.clone();
    let places = Places::find(mapping, &heading)?;
    let mut trace = Trace::default();
    for row in reader.records() {
        let line = |error: &csv::Error| error.position().map_or(0, csv::Position::line);
        match row {
            Ok(row) => match places.call(&row, heading.len()) {
                Ok(call) => trace.calls.push(call),
                Err(bad) => trace.bad_rows.push(bad),
            },
            Err(error) => trace.bad_rows.push(BadRow { line: line(&error), what: error.to_string() }),
        }
    }
    match trace.bad_rows.first() {
        Some(bad) if trace.calls.is_empty() => Err(TraceError::Nothing(bad.clone())),
        Some(_) | None => {
            spread(&mut trace.calls, mapping.time.resolution_s);
            Ok(trace)
        }
    }
}

impl<'a> Places<'a> {
    fn find(mapping: &'a Mapping, heading: &StringRecord) -> Result<Self, TraceError> {
        let find = |column: &String| {
            heading.iter().position(|name| name.trim_start_matches('\u{feff}') == column).ok_or_else(|| {
                let columns = heading.iter().collect::<Vec<_>>().join(", ");
                TraceError::NoColumn { column: column.clone(), columns }
            })
        };
        let maybe = |column: &Option<String>| column.as_ref().map(find).transpose();
        let columns = &mapping.columns;
        let zone = mapping.time.zone.as_str();
        Ok(Self {
            mapping,
            zone: TimeZone::get(zone).map_err(|source| TraceError::Zone { zone: zone.to_owned(), source })?,
            time: find(&columns.time)?,
            id: maybe(&columns.id)?,
            latitude: maybe(&columns.latitude)?,
            longitude: maybe(&columns.longitude)?,
            type_code: maybe(&columns.type_code)?,
            type_title: maybe(&columns.type_title)?,
            emergent: maybe(&columns.emergent)?,
            priority: maybe(&columns.priority)?,
            narrative: maybe(&columns.narrative)?,
            caller_number: maybe(&columns.caller_number)?,
            language: maybe(&columns.language)?,
        })
    }

    fn call(&self, row: &StringRecord, columns: usize) -> Result<TraceCall, BadRow> {
        let line = row.position().map_or(0, csv::Position::line);
        let bad = |what: String| BadRow { line, what };
        if row.len() != columns {
            return Err(bad(format!("{} columns instead of {columns}", row.len())));
        }
        let text =
            |place: Option<usize>| place.and_then(|place| row.get(place)).unwrap_or_default().to_owned();
        let emergent_text = text(self.emergent).to_lowercase();
        let emergent = self.mapping.emergent.iter().any(|word| word.to_lowercase() == emergent_text);
        let type_code = text(self.type_code);
        let title = text(self.type_title);
        Ok(TraceCall {
            line,
            id: self.id.map_or_else(|| line.to_string(), |place| text(Some(place))),
            at: self.time(&text(Some(self.time))).map_err(&bad)?,
            position: position(&text(self.latitude), &text(self.longitude)).map_err(&bad)?,
            type_title: if title.is_empty() { type_code.clone() } else { title },
            type_code,
            emergent,
            priority: self.priority(&text(self.priority), emergent).map_err(&bad)?,
            narrative: text(self.narrative),
            caller_number: text(self.caller_number),
            language: text(self.language),
        })
    }

    fn time(&self, text: &str) -> Result<Timestamp, String> {
        let wrong = |error: jiff::Error| format!("`{text}` is not a time: {error}");
        if self.mapping.time.format == "rfc3339" {
            return text.parse().map_err(wrong);
        }
        let read = BrokenDownTime::parse(&self.mapping.time.format, text).map_err(wrong)?;
        if let Ok(exact) = read.to_timestamp() {
            return Ok(exact);
        }
        let zoned = read.to_datetime().and_then(|local| local.to_zoned(self.zone.clone())).map_err(wrong)?;
        Ok(zoned.timestamp())
    }

    fn priority(&self, text: &str, emergent: bool) -> Result<Option<u8>, String> {
        let priorities = &self.mapping.priority;
        if !text.is_empty() {
            let number = text.parse().ok().filter(|number| (1..=5).contains(number));
            let known = priorities.words.get(text).copied().or(number);
            return known.map(Some).ok_or_else(|| format!("`{text}` is no priority the mapping knows"));
        }
        Ok(if self.emergent.is_none() {
            None
        } else if emergent {
            priorities.emergent
        } else {
            priorities.other
        })
    }
}

/// A place, if both numbers are given.
fn position(latitude: &str, longitude: &str) -> Result<Option<Position>, String> {
    if latitude.is_empty() && longitude.is_empty() {
        return Ok(None);
    }
    let number = |text: &str| {
        text.replace(',', ".").parse::<f64>().map_err(|_| format!("`{text}` is not a number of degrees"))
    };
    Position::new(number(latitude)?, number(longitude)?).map(Some).map_err(|error| error.to_string())
}

/// Spreads calls of the same time evenly over what the file does not resolve. Times that go back are left alone: the
/// order of the file is the order of arrival.
fn spread(calls: &mut [TraceCall], resolution_s: u32) {
    if resolution_s <= 1 {
        return;
    }
    for same in calls.chunk_by_mut(|one, next| one.at == next.at) {
        let count = i64::try_from(same.len()).unwrap_or(i64::MAX);
        for (index, call) in (0_i64..).zip(same) {
            let later = SignedDuration::from_millis(i64::from(resolution_s) * 1_000 * index / count);
            call.at = call.at.checked_add(later).unwrap_or(call.at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADING: &str = "call,received_at,latitude,longitude,type_code,type,category,emergent\n";

    fn read_rows(rows: &str) -> Result<Trace, TraceError> {
        read(format!("{HEADING}{rows}").as_bytes(), &Mapping::default())
    }

    #[test]
    fn rows_are_calls_in_their_order_and_those_of_one_minute_are_spread() {
        let trace = read_rows(
            "1,2019-04-01T01:03:00-06:00,39.598,-104.925,554,\"Assist, invalid\",S,no\n\
             2,2019-04-01T01:03:00-06:00,39.535,-104.872,321,Medical,R,yes\n\
             3,2019-04-01T01:04:00-06:00,39.5,-104.8,321,Medical,R,yes\n",
        )
        .unwrap();
        assert!(trace.bad_rows.is_empty(), "{:?}", trace.bad_rows);
        let seconds: Vec<i64> =
            trace.calls.iter().map(|call| call.at.as_second() - trace.calls[0].at.as_second()).collect();
        assert_eq!(seconds, [0, 30, 60]);
        assert_eq!((trace.calls[0].type_title.as_str(), trace.calls[0].emergent), ("Assist, invalid", false));
        assert!(trace.calls[1].emergent);
    }

    #[test]
    fn a_row_without_coordinates_is_a_call_without_location() {
        let trace = read_rows("1,2019-04-01T01:03:00-06:00,,,321,Medical,R,yes\n").unwrap();
        assert_eq!(trace.calls[0].position, None);
    }

    #[test]
    fn a_bad_row_is_named_with_its_line_and_the_others_are_read() {
        let trace = read_rows(
            "1,yesterday,39.5,-104.9,321,M,R,yes\n\
             2,2019-04-01T01:03:00-06:00,north,-104.9,321,M,R,yes\n\
             3,2019-04-01T01:03:00-06:00,99.5,-104.9,321,M,R,yes\n\
             4,2019-04-01T01:03:00-06:00,39.5\n\
             5,2019-04-01T01:03:00-06:00,39.5,,321,M,R,yes\n\
             6,2019-04-01T01:03:00-06:00,39.5,-104.9,321,M,R,yes\n",
        )
        .unwrap();
        assert_eq!(trace.calls.iter().map(|call| call.line).collect::<Vec<_>>(), [7]);
        let lines: Vec<u64> = trace.bad_rows.iter().map(|bad| bad.line).collect();
        assert_eq!(lines, [2, 3, 4, 5, 6]);
        assert!(trace.bad_rows[0].to_string().starts_with("line 2: `yesterday` is not a time"));
    }

    #[test]
    fn a_file_that_is_no_trace_says_why() {
        let missing = read("a,b\n1,2\n".as_bytes(), &Mapping::default()).unwrap_err();
        assert!(
            missing.to_string().contains("`received_at`") && missing.to_string().contains("a, b"),
            "{missing}"
        );
        assert!(matches!(read_rows("1,never,,,,,,\n"), Err(TraceError::Nothing(BadRow { line: 2, .. }))));
    }

    #[test]
    fn another_centres_export_is_read_by_its_own_mapping() {
        let text = "[columns]\ntime = \"Принят\"\npriority = \"Срочность\"\nlatitude = \"Y\"\nlongitude = \"X\"\n\
                    [time]\nformat = \"%d.%m.%Y %H:%M\"\nzone = \"Asia/Bishkek\"\n[priority.words]\n\"срочно\" = 1\n";
        let mapping = Mapping::from_toml(text).unwrap();
        let rows = "\u{feff}Принят,Срочность,Y,X\n01.02.2026 08:30,срочно,\"42,87\",\"74,59\"\n01.02.2026 08:31,3,,\n\
                    01.02.2026 08:31,никогда,,\n";
        let trace = read(rows.as_bytes(), &mapping).unwrap();
        assert_eq!(trace.calls[0].at, "2026-02-01T08:30:00+06:00".parse().unwrap());
        assert_eq!(trace.calls.iter().map(|call| call.priority).collect::<Vec<_>>(), [Some(1), Some(3)]);
        assert_eq!(
            trace.calls[0].position.map(|place| place.latitude().to_bits()),
            Some(42.87_f64.to_bits())
        );
        assert_eq!(trace.bad_rows.len(), 1);
    }
}
