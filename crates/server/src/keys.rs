//! The public keys that tokens are checked with, read from files and read again when they change.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, RwLock},
};

use identity::{
    Expectations, ExpectationsError, KeyError, Keys, Principal, SigningAlgorithm, TokenRefusal, Verifier,
};

use crate::{limits::KEYS_REREAD_EVERY, wall_clock};

/// Why the keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// A file cannot be read.
    #[error("the key file `{path}` cannot be read")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file holds no usable key.
    #[error(
        "the key file `{path}` holds no usable public key; give a JSON Web Key Set or a public key in PEM"
    )]
    Key {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: KeyError,
    },
    /// Tokens cannot be checked at all.
    #[error(
        "tokens cannot be checked; name the issuer's public keys with `keys`, or try it out with `kezek serve --demo-keys`"
    )]
    Expectations(#[source] ExpectationsError),
}

/// Reads key files: each a JSON Web Key Set, or one public key in PEM that is named after its file.
///
/// # Errors
/// [`KeysError::File`] or [`KeysError::Key`].
pub fn read_keys(paths: &[PathBuf]) -> Result<Keys, KeysError> {
    let mut keys = Keys::new();
    for path in paths {
        let text =
            fs::read_to_string(path).map_err(|source| KeysError::File { path: path.clone(), source })?;
        let read = keys_of(path, &text).and_then(|read| keys.merge(read));
        read.map_err(|source| KeysError::Key { path: path.clone(), source })?;
    }
    Ok(keys)
}

fn keys_of(path: &Path, text: &str) -> Result<Keys, KeyError> {
    if text.trim_start().starts_with('{') {
        return Keys::from_jwks(text);
    }
    let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("key");
    let mut refused = KeyError::NoneUsable;
    for algorithm in SigningAlgorithm::ALL {
        let mut keys = Keys::new();
        match keys.add_pem(name, algorithm, text) {
            Ok(()) => return Ok(keys),
            // a key of another algorithm says less than one that is private or weak
            Err(KeyError::NotOfAlgorithm { .. }) => {}
            Err(error) => refused = error,
        }
    }
    Err(refused)
}

/// Checks tokens with the keys as they are now.
#[derive(Debug)]
pub(crate) struct Guard {
    paths: Vec<PathBuf>,
    expectations: Expectations,
    verifier: RwLock<Arc<Verifier>>,
}

impl Guard {
    /// Reads the keys.
    pub(crate) fn open(paths: Vec<PathBuf>, expectations: Expectations) -> Result<Self, KeysError> {
        let verifier = RwLock::new(Arc::new(verifier(&paths, &expectations)?));
        Ok(Self { paths, expectations, verifier })
    }

    /// Who is asking, by every value of the `authorization` header.
    pub(crate) fn check(&self, header_values: &[&str]) -> Result<Principal, TokenRefusal> {
        let verifier = Arc::clone(&self.verifier.read().expect("nothing panics while it changes the keys"));
        verifier.check(header_values, wall_clock::now())
    }

    /// Reads the key files again, for ever: an issuer changes its keys without asking anybody to restart.
    pub(crate) async fn keep_reading(self: Arc<Self>) {
        loop {
            tokio::time::sleep(KEYS_REREAD_EVERY).await;
            match verifier(&self.paths, &self.expectations) {
                Ok(read) => {
                    *self.verifier.write().expect("nothing panics while it changes the keys") =
                        Arc::new(read);
                }
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::error!(error, "the keys cannot be read again; those read before are still used");
                }
            }
        }
    }
}

fn verifier(paths: &[PathBuf], expectations: &Expectations) -> Result<Verifier, KeysError> {
    Verifier::new(read_keys(paths)?, expectations.clone()).map_err(KeysError::Expectations)
}

#[cfg(test)]
mod tests {
    use identity::demo::DemoKeys;

    use super::*;

    #[test]
    fn a_key_set_and_a_pem_file_are_read_together_and_a_private_key_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let demo = DemoKeys::generate([7; 32]).unwrap();
        let set = directory.path().join("keys.json");
        fs::write(&set, demo.jwks()).unwrap();
        let pem = directory.path().join("issuer.pem");
        fs::write(&pem, include_str!("../../identity/tests/data/es256.pub.pem")).unwrap();
        let keys = read_keys(&[set, pem]).unwrap();
        assert_eq!(keys.names().map(|(name, _)| name).collect::<Vec<_>>(), [demo.name(), "issuer"]);
        let private = directory.path().join("private.pem");
        fs::write(&private, demo.to_pem()).unwrap();
        let refused = read_keys(std::slice::from_ref(&private)).unwrap_err();
        assert!(matches!(refused, KeysError::Key { source: KeyError::Private(_), .. }), "{refused:?}");
        assert!(matches!(read_keys(&[directory.path().join("none")]), Err(KeysError::File { .. })));
    }
}
