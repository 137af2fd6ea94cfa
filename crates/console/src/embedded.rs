//! The files inside this program. Where debug assertions hold they are read from the folder as it is now, so that whoever
//! writes the console builds nothing but the console.

use std::sync::Arc;

use crate::files::Files;

/// The files that were embedded; none without the feature `embedded`.
pub fn embedded() -> Arc<dyn Files> {
    Arc::new(Embedded)
}

#[cfg(feature = "embedded")]
#[derive(rust_embed::RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Embedded;

#[cfg(feature = "embedded")]
impl Files for Embedded {
    fn file(&self, name: &str) -> Option<crate::files::File> {
        let file = <Self as rust_embed::RustEmbed>::get(name)?;
        Some(crate::files::File { sha256: file.metadata.sha256_hash(), bytes: file.data })
    }

    fn names(&self) -> Vec<String> {
        <Self as rust_embed::RustEmbed>::iter().map(std::borrow::Cow::into_owned).collect()
    }
}

#[cfg(not(feature = "embedded"))]
struct Embedded;

#[cfg(not(feature = "embedded"))]
impl Files for Embedded {
    fn file(&self, _name: &str) -> Option<crate::files::File> {
        None
    }

    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}
