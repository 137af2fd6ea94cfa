//! The public keys that tokens are checked with, read from files and read again when they change.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, RwLock},
};

use identity::{
    Expectations, ExpectationsError, KeyError, Keys, Principal, SigningAlgorithm, TokenRefusal, Verifier,
};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::{
    limits::{KEYS_REREAD_EVERY, TOKENS_KNOWN_MAX},
    wall_clock,
};

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
    current: RwLock<Arc<Current>>,
}

/// The keys since they were read last, and the tokens that were good since.
#[derive(Debug)]
struct Current {
    verifier: Verifier,
    /// By the digest of the header. A signature is computed once for a token and not at each of its requests.
    good: RwLock<HashMap<Digest, Good>>,
}

/// SHA-256: two headers that share it are the same header.
type Digest = [u8; 32];

/// A token that was good.
#[derive(Debug)]
struct Good {
    principal: Principal,
    checked_at: Timestamp,
}

impl Current {
    fn new(verifier: Verifier) -> Arc<Self> {
        Arc::new(Self { verifier, good: RwLock::default() })
    }

    fn check(&self, header_values: &[&str], now: Timestamp) -> Result<Principal, TokenRefusal> {
        let [value] = header_values else { return self.verifier.check(header_values, now) };
        let digest: Digest = Sha256::digest(value.as_bytes()).into();
        let good = self.good.read().expect("nothing panics while it looks tokens up");
        // a clock that went back may be before the token's own time again
        let known =
            good.get(&digest).filter(|good| good.checked_at <= now && now < good.principal.valid_until());
        if let Some(known) = known {
            return Ok(known.principal.clone());
        }
        drop(good);
        let principal = self.verifier.check(header_values, now)?;
        let mut good = self.good.write().expect("nothing panics while it looks tokens up");
        if good.len() >= TOKENS_KNOWN_MAX {
            good.clear();
        }
        good.insert(digest, Good { principal: principal.clone(), checked_at: now });
        Ok(principal)
    }
}

impl Guard {
    /// Reads the keys.
    pub(crate) fn open(paths: Vec<PathBuf>, expectations: Expectations) -> Result<Self, KeysError> {
        let current = RwLock::new(Current::new(verifier(&paths, &expectations)?));
        Ok(Self { paths, expectations, current })
    }

    /// Who is asking, by every value of the `authorization` header.
    pub(crate) fn check(&self, header_values: &[&str]) -> Result<Principal, TokenRefusal> {
        let current = Arc::clone(&self.current.read().expect("nothing panics while it changes the keys"));
        current.check(header_values, wall_clock::now())
    }

    /// Reads the key files again, for ever: an issuer changes its keys without asking anybody to restart.
    pub(crate) async fn keep_reading(self: Arc<Self>) {
        loop {
            tokio::time::sleep(KEYS_REREAD_EVERY).await;
            match verifier(&self.paths, &self.expectations) {
                Ok(read) => {
                    *self.current.write().expect("nothing panics while it changes the keys") =
                        Current::new(read);
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
    use domain::CentreId;
    use identity::{
        Claims, Role,
        demo::{DemoKeys, Terms},
    };
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn a_token_that_was_good_is_good_within_its_time_and_until_the_keys_change() {
        let demo = DemoKeys::generate([7; 32]).unwrap();
        let current = |demo: &DemoKeys| {
            let keys = Keys::from_jwks(&demo.jwks()).unwrap();
            Current::new(Verifier::new(keys, Expectations::new("kezek", "kezek")).unwrap())
        };
        let issued_at: Timestamp = "2030-01-01T12:00:00Z".parse().unwrap();
        let claims = Claims {
            name: "one".to_owned(),
            role: Role::Operator,
            centre: CentreId::new("town").unwrap(),
            desk: None,
            station: None,
            unit: None,
        };
        let (issuer, audience) = ("kezek".to_owned(), "kezek".to_owned());
        let terms = Terms { issuer, audience, token_id: None, issued_at, lifetime_seconds: 600 };
        let header = format!("Bearer {}", demo.sign(&claims, &terms).unwrap());
        let after = |seconds| issued_at + SignedDuration::from_secs(seconds);
        let guard = current(&demo);
        for _ in 0..2 {
            assert_eq!(
                guard.check(&[&header], after(60)).map(|it| it.name().to_owned()),
                Ok("one".to_owned())
            );
        }
        assert_eq!(guard.good.read().unwrap().len(), 1);
        assert_eq!(guard.check(&[&header], after(700)), Err(TokenRefusal::Expired));
        assert_eq!(guard.check(&[&header], after(-700)), Err(TokenRefusal::NotYetValid));
        assert_eq!(guard.check(&[&header, &header], after(60)), Err(TokenRefusal::SeveralHeaders));
        let mut forged = header.clone();
        let last = if forged.ends_with('A') { 'B' } else { 'A' };
        forged.pop();
        forged.push(last);
        assert!(guard.check(&[&forged], after(60)).is_err());
        let changed = current(&DemoKeys::generate([8; 32]).unwrap());
        assert!(changed.check(&[&header], after(60)).is_err(), "the keys are others now");
    }

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
