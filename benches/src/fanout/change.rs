//! The change that everybody is told of: a unit that comes on duty, as a record of some two hundred bytes on the wire.
//!
//! Its number stands in the record itself, so whoever is told knows when it was due without looking anything up.

use std::sync::Arc;

use domain::{RecordKey, RecordKind, Version, record::Record};
use prost::Message as _;
use prost::encoding::{WireType, decode_key, decode_varint};
use protocol::{encode, watch::v1 as wire};
use store::{Place, Write};

use crate::side::Fault;

/// Units that change in turns: more than a watcher is told of in one frame, so that no change of one hides another.
pub(super) const UNITS: u64 = 4_096;

/// What the first member of the crew is called: a letter that no name begins with, and the number.
const MARK: u8 = b'#';
const DIGITS: usize = 10;

/// Where the contract has what is looked for.
const UNIT_OF_RECORD: u32 = 5;
const CREW_OF_UNIT: u32 = 3;

/// Who else is on board: as long as names are.
const CREW: [&str; 3] =
    ["Асанов Бакыт Жолдошбекович", "Иванова Светлана Петровна", "Сыдыкова Айгүл Токтогуловна, жетон 40-217"];

/// The record's name.
pub(super) fn key(number: u64) -> RecordKey {
    RecordKey::new(RecordKind::Unit, format!("watched-{:04}", number % UNITS))
}

/// What a store keeps of it.
pub(super) fn state(number: u64) -> Arc<str> {
    let [first, second, third] = CREW;
    format!(
        r#"{{"id":"watched-{:04}","crew":["{}{number:010}","{first}","{second}","{third}"],"since":"2026-11-26T10:00:00Z","unanswered_in_a_row":0,"state":{{"is":"available"}}}}"#,
        number % UNITS,
        char::from(MARK)
    )
    .into()
}

/// What a commit writes.
pub(super) fn write(number: u64, version: Version) -> Write {
    Write { key: key(number), version, state: state(number), place: Place::OPEN }
}

/// The record as the contract has it.
///
/// # Errors
/// A record has another form by now.
pub(super) fn record(number: u64) -> Result<wire::Record, Fault> {
    let read = Record::from_json(&key(number), &state(number));
    let record = read.map_err(|error| Fault(format!("the change is no record: {error}")))?;
    encode::record(&record, Version(1_000_000 + number))
        .ok_or_else(|| Fault("the change is never shown".to_owned()))
}

/// How large it is on the wire.
///
/// # Errors
/// As [`record`].
pub(super) fn size() -> Result<usize, Fault> {
    Ok(record(0)?.encoded_len())
}

/// The number in a record's bytes; absent in any other record.
pub(super) fn number_in(record: &[u8]) -> Option<u64> {
    let unit = bytes_of(record, UNIT_OF_RECORD)?;
    let name = bytes_of(unit, CREW_OF_UNIT)?;
    let (mark, digits) = name.split_first()?;
    (*mark == MARK && digits.len() == DIGITS)
        .then(|| digits.iter().fold(0, |number, digit| number * 10 + u64::from(digit.wrapping_sub(b'0'))))
}

/// The first value of a field that has a length.
fn bytes_of(message: &[u8], wanted: u32) -> Option<&[u8]> {
    Fields(message).find_map(|field| match field {
        Field::Bytes(number, value) if number == wanted => Some(value),
        Field::Bytes(..) | Field::Number(..) => None,
    })
}

/// One field of a message.
pub(super) enum Field<'a> {
    /// A number.
    Number(u32, u64),
    /// Anything with a length.
    Bytes(u32, &'a [u8]),
}

/// The fields of a message, as far as they are of a kind that the contract's frames and records have.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        let (number, kind) = decode_key(&mut self.0).ok()?;
        let value = decode_varint(&mut self.0).ok()?;
        match kind {
            WireType::Varint => Some(Field::Number(number, value)),
            WireType::LengthDelimited => {
                let (value, rest) = self.0.split_at_checked(usize::try_from(value).ok()?)?;
                self.0 = rest;
                Some(Field::Bytes(number, value))
            }
            WireType::ThirtyTwoBit | WireType::SixtyFourBit | WireType::StartGroup | WireType::EndGroup => {
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_change_is_found_in_its_bytes() {
        for number in [0, 7, 4_096, 1_234_567_890] {
            let bytes = record(number).unwrap().encode_to_vec();
            assert_eq!(number_in(&bytes), Some(number));
            assert!((150..400).contains(&bytes.len()), "{} bytes", bytes.len());
        }
        assert_eq!(number_in(b"no record"), None);
        assert_eq!(number_in(b""), None);
    }
}
