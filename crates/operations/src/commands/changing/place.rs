//! A place as it is typed: words, or a point on the map and perhaps words.

use domain::location::{Location, LocationMethod};
use geography::Position;

/// Reads `42.8746, 74.5698 Chuy 114` as a point and its address, and anything else as an address.
pub(super) fn location(words: &str) -> Location {
    match point(words) {
        Some((position, address)) => Location {
            position: Some(position),
            method: LocationMethod::Map,
            address: address.trim().to_owned(),
            ..Location::default()
        },
        None => Location {
            method: LocationMethod::Spoken,
            address: words.trim().to_owned(),
            ..Location::default()
        },
    }
}

/// A latitude and a longitude with a comma between, and what stands behind them.
fn point(words: &str) -> Option<(Position, &str)> {
    let (latitude, rest) = words.split_once(',')?;
    let rest = rest.trim_start();
    let end = rest.find(|letter: char| letter.is_whitespace() || letter == ',').unwrap_or(rest.len());
    let (longitude, address) = rest.split_at(end);
    let position = Position::new(degrees(latitude)?, degrees(longitude)?).ok()?;
    Some((position, address.trim_start_matches(',')))
}

/// A number with a decimal point: whole numbers are those of houses.
fn degrees(text: &str) -> Option<f64> {
    let text = text.trim();
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-');
    if is_plain && text.contains('.') { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_may_have_an_address_behind_it() {
        let read = location("42.8746, 74.5698 Chuy 114");
        let position = read.position.expect("a point");
        assert_eq!((position.latitude(), position.longitude()), (42.8746, 74.5698));
        assert_eq!(read.address, "Chuy 114");
        assert_eq!(location("42.8746,74.5698").address, "");
    }

    #[test]
    fn words_and_impossible_points_are_an_address() {
        for words in ["Chuy 114", "House 12, 5 floor", "12, 14", "142.8, 74.5", "42.8746"] {
            let read = location(words);
            assert_eq!((read.position, read.address.as_str()), (None, words), "{words}");
        }
    }
}
