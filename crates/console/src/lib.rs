//! The web console as files: what `web/` builds, embedded and served.
//!
//! It knows no message and no centre: everything a screen shows comes over the API, like anybody else's.
