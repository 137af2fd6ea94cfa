//! The web console as files: what `web/` builds, embedded and answered with.
//!
//! It knows no message and no centre: everything a screen shows comes over the API, like anybody else's. It opens no port
//! and reads no clock: asked for a path, it gives an [`Answer`].

mod answer;
mod asked;
mod embedded;
mod files;
mod headers;

pub use answer::{Answer, answer, nowhere};
pub use asked::Asked;
pub use embedded::embedded;
pub use files::{File, Files, build};
pub use headers::SECURITY_HEADERS;

/// True if the path is one of the console's: a page, or a file that its pages name. What is not there is answered too.
pub fn is_of_console(path: &str) -> bool {
    is_page(path) || path.starts_with(files::HASHED)
}

/// The paths that the one page is behind; which screen it shows it reads from its address.
fn is_page(path: &str) -> bool {
    let station = path.strip_prefix("/station/");
    matches!(path, "/" | "/desk" | "/board" | "/map")
        || station.is_some_and(|id| !id.is_empty() && !id.contains('/'))
}
