//! What is asked for, as far as the answer depends on it.

/// A request.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The path, as it was sent: nothing in it is decoded.
    pub path: &'a str,
    /// The header `accept-encoding`. Absent: it was not sent.
    pub accept_encoding: Option<&'a str>,
    /// The header `if-none-match`. Absent: it was not sent.
    pub if_none_match: Option<&'a str>,
}

impl Asked<'_> {
    /// True if an answer may be encoded so. What is not named may not be, unless everything may.
    pub(crate) fn accepts(&self, encoding: &str) -> bool {
        let mut by_star = false;
        for offer in self.accept_encoding.unwrap_or_default().split(',') {
            let mut parts = offer.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
            let is_wanted =
                weight.is_none_or(|weight| weight.parse::<f32>().is_ok_and(|weight| weight > 0.0));
            if name.eq_ignore_ascii_case(encoding) {
                return is_wanted;
            }
            by_star |= name == "*" && is_wanted;
        }
        by_star
    }

    /// True if whoever asks has what has this tag already.
    pub(crate) fn has(&self, tag: &str) -> bool {
        let tags = self.if_none_match.unwrap_or_default().split(',').map(str::trim);
        tags.into_iter().any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepting(accept_encoding: &str) -> Asked<'_> {
        Asked { path: "/", accept_encoding: Some(accept_encoding), if_none_match: None }
    }

    #[test]
    fn an_encoding_is_used_where_it_is_named_and_not_refused() {
        assert!(accepting("gzip, deflate, br, zstd").accepts("br"));
        assert!(accepting("GZIP;q=0.5").accepts("gzip"));
        assert!(accepting("*").accepts("br"));
        assert!(!accepting("br;q=0, *").accepts("br"));
        assert!(!accepting("br; q=0.000").accepts("br"));
        assert!(!accepting("br;q=nonsense").accepts("br"));
        assert!(!accepting("gzip").accepts("br"));
        assert!(!accepting("").accepts("br"));
        assert!(!Asked { path: "/", accept_encoding: None, if_none_match: None }.accepts("gzip"));
    }

    #[test]
    fn a_tag_is_found_among_several_and_weak_ones_count() {
        let knowing = |tags| Asked { path: "/", accept_encoding: None, if_none_match: Some(tags) };
        assert!(knowing("\"a\", W/\"b\"").has("\"b\""));
        assert!(knowing("*").has("\"b\""));
        assert!(!knowing("\"a\", \"c\"").has("\"b\""));
        assert!(!knowing("").has("\"b\""));
    }
}
