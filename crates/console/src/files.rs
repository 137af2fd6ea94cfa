//! What `web/` built, by name.

use std::borrow::Cow;

use sha2::{Digest as _, Sha256};

/// The page.
pub(crate) const PAGE: &str = "index.html";

/// Where the files lie that are named by what they hold.
pub(crate) const HASHED: &str = "/assets/";

/// How files end that are another file, compressed; in the order in which they are preferred.
pub(crate) const COMPRESSED: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// A file of the console.
#[derive(Clone, Debug)]
pub struct File {
    /// What it holds.
    pub bytes: Cow<'static, [u8]>,
    /// The SHA-256 of it.
    pub sha256: [u8; 32],
}

impl File {
    /// A file that holds these bytes.
    pub fn new(bytes: impl Into<Cow<'static, [u8]>>) -> Self {
        let bytes = bytes.into();
        let sha256 = Sha256::digest(&bytes).into();
        Self { bytes, sha256 }
    }
}

/// Where the files come from. Names are paths below the folder that was built, apart by `/`.
pub trait Files: Send + Sync {
    /// The file, if there is one of that name.
    fn file(&self, name: &str) -> Option<File>;
    /// The names of all files.
    fn names(&self) -> Vec<String>;
}

/// Which build this is: the same for the same files, another as soon as one of them is another. Absent: there is no console.
pub fn build(files: &dyn Files) -> Option<String> {
    let page = files.file(PAGE)?;
    let mut names = files.names();
    names.sort();
    let mut hash = Sha256::new();
    hash.update(page.sha256);
    for name in names {
        hash.update(name.as_bytes());
        hash.update([0]);
        // the names of the others say what they hold
        if !format!("/{name}").starts_with(HASHED) {
            hash.update(files.file(&name).map(|file| file.sha256).unwrap_or_default());
        }
    }
    Some(hexadecimal(&hash.finalize()[..8]))
}

/// Bytes as text.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
