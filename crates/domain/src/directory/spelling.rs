//! How far a name as it was written is from a name that there is.

/// How many letters must be put in, taken out or changed to make one word the other (V. I. Levenshtein, 1966).
pub fn mistakes(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, twin) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *twin);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_are_put_in_taken_out_or_changed_are_mistakes() {
        assert_eq!(mistakes("kitten", "sitting"), 3);
        assert_eq!(mistakes("стрелба", "стрельба"), 1);
        assert_eq!(mistakes("", "abc"), 3);
        assert_eq!(mistakes("abc", "abc"), 0);
    }
}
