//! Keyboard layouts: what the keys that were pressed say on the layout that was meant.
//!
//! Russian, Kyrgyz and Uzbek keyboards share the places of nearly all letters; where one of them has a letter of its own,
//! that stands at one place only, so one table serves all three.

/// The QWERTY key on which a Cyrillic letter stands. `None` for what is no letter of these layouts.
pub const fn key_of(letter: char) -> Option<char> {
    Some(match letter {
        'й' => 'q',
        'ц' => 'w',
        'у' => 'e',
        'к' => 'r',
        'е' => 't',
        'н' => 'y',
        'г' => 'u',
        'ш' => 'i',
        // the second is where an Uzbek keyboard has what the Russian one has as the first
        'щ' | 'ў' => 'o',
        'з' => 'p',
        'х' => '[',
        'ъ' => ']',
        'ф' => 'a',
        'ы' | 'қ' => 's',
        'в' => 'd',
        'а' => 'f',
        'п' => 'g',
        'р' => 'h',
        'о' => 'j',
        'л' => 'k',
        'д' => 'l',
        'ж' => ';',
        'э' => '\'',
        'я' => 'z',
        'ч' => 'x',
        'с' => 'c',
        'м' => 'v',
        'и' => 'b',
        'т' => 'n',
        'ь' => 'm',
        'б' => ',',
        'ю' => '.',
        'ё' => '`',
        // a Kyrgyz and an Uzbek keyboard have letters of their own beside the digits
        'ө' | 'ғ' => '-',
        'ң' | 'ҳ' => '=',
        'ү' => '\\',
        _ => return None,
    })
}

/// The text as the same keys say it on a QWERTY keyboard, in small letters. Whatever is no letter of these layouts stays.
pub fn folded(text: &str) -> String {
    text.to_lowercase().chars().map(|letter| key_of(letter).unwrap_or(letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_of_a_russian_keyboard_are_those_of_qwerty() {
        assert_eq!(folded("ЙЦУКЕНГШЩЗХЪ"), "qwertyuiop[]");
        assert_eq!(folded("фывапролджэ"), "asdfghjkl;'");
        assert_eq!(folded("ячсмитьбюё"), "zxcvbnm,.`");
    }

    #[test]
    fn letters_that_only_kyrgyz_and_uzbek_keyboards_have_stand_on_their_keys() {
        assert_eq!(folded("ӨҢҮ"), "-=\\");
        assert_eq!(folded("ЎҚҒҲ"), "os-=");
    }

    #[test]
    fn latin_letters_and_digits_stay() {
        assert_eq!(folded("D 21 1043"), "d 21 1043");
    }
}
