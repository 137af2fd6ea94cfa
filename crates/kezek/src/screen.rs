//! The terminal as a screen that is drawn anew in place, and left as it was found.

use std::io::Write;

/// A second screen beside the shell's own; leaving it brings the shell's back.
pub(crate) struct Screen;

impl Screen {
    /// Switches to the second screen and hides the cursor.
    pub(crate) fn enter() -> Self {
        put("\u{1b}[?1049h\u{1b}[?25l\u{1b}[2J");
        Self
    }

    /// Lines and columns, where the terminal says.
    pub(crate) fn size(&self) -> (Option<usize>, Option<usize>) {
        match rustix::termios::tcgetwinsize(std::io::stdout()) {
            Ok(size) if size.ws_row > 0 && size.ws_col > 0 => {
                (Some(usize::from(size.ws_row)), Some(usize::from(size.ws_col)))
            }
            Ok(_) | Err(_) => (None, None),
        }
    }

    /// Draws a text from the top, at most `lines` of it, over what was there: without clearing first, so it never
    /// flickers.
    pub(crate) fn draw(&self, text: &str, lines: Option<usize>) {
        let mut drawn = String::from("\u{1b}[H");
        let shown: Vec<&str> = text.lines().take(lines.unwrap_or(usize::MAX)).collect();
        drawn.push_str(&shown.iter().map(|line| format!("{line}\u{1b}[K")).collect::<Vec<_>>().join("\r\n"));
        drawn.push_str("\u{1b}[J");
        put(&drawn);
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        put("\u{1b}[?25h\u{1b}[?1049l");
    }
}

/// A terminal that is gone cannot be told anything; the program ends by its signal.
fn put(text: &str) {
    let mut out = std::io::stdout().lock();
    if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
        std::process::exit(i32::from(crate::exit::Exit::Done.code()));
    }
}
