//! A place as it is typed: words, or a point on the map and perhaps words.

use domain::location::{Location, LocationMethod};
use geography::Position;

/// Reads `42.8746, 74.5698 Chuy 114` as a point and its address, and anything else as an address.
///
/// # Errors
/// The two numbers, where they look like a point and there is none such on the Earth: as an address nobody would find them.
pub(super) fn location(words: &str) -> Result<Location, &str> {
    let Some((latitude, longitude, rest)) = point(words) else {
        let address = words.trim().to_owned();
        return Ok(Location { method: LocationMethod::Spoken, address, ..Location::default() });
    };
    let numbers = words[..words.len() - rest.len()].trim();
    let position = Position::new(latitude, longitude).map_err(|_out_of_range| numbers)?;
    Ok(Location {
        position: Some(position),
        method: LocationMethod::Map,
        address: rest.trim_start_matches(',').trim().to_owned(),
        ..Location::default()
    })
}

/// A latitude and a longitude with a comma between, and what stands behind them.
fn point(words: &str) -> Option<(f64, f64, &str)> {
    let (latitude, rest) = words.split_once(',')?;
    let rest = rest.trim_start();
    let end = rest.find(|letter: char| letter.is_whitespace() || letter == ',').unwrap_or(rest.len());
    let (longitude, address) = rest.split_at(end);
    Some((degrees(latitude)?, degrees(longitude)?, address))
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
        let read = location("42.8746, 74.5698 Chuy 114").expect("on the Earth");
        let position = read.position.expect("a point");
        assert_eq!((position.latitude(), position.longitude()), (42.8746, 74.5698));
        assert_eq!(read.address, "Chuy 114");
        assert_eq!(location("42.8746,74.5698").expect("on the Earth").address, "");
    }

    #[test]
    fn two_numbers_that_are_no_point_of_the_earth_are_no_address_either() {
        assert_eq!(location("142.8, 74.5 Chuy 114"), Err("142.8, 74.5"));
        assert_eq!(location("42.8,190.0"), Err("42.8,190.0"));
    }

    #[test]
    fn words_are_an_address() {
        for words in ["Chuy 114", "House 12, 5 floor", "12, 14", "42.8746"] {
            let read = location(words).expect("an address");
            assert_eq!((read.position, read.address.as_str()), (None, words), "{words}");
        }
    }
}
