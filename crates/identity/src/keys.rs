//! The public keys that tokens are checked with, each pinned to one algorithm.

use std::{collections::BTreeMap, fmt};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse},
};

/// Most keys a centre checks with: an issuer has one or two at a time, and a set of thousands is a mistake.
pub const KEYS_MAX: usize = 64;

/// Longest name of a key, in bytes: a SHA-256 in hexadecimal is 64.
const KEY_NAME_BYTES_MAX: usize = 128;

/// Smallest RSA key, in bits, that anyone should still rely on (NIST SP 800-131A).
const RSA_BITS_MIN: usize = 2048;

/// How a token may be signed: public-key signatures only, so that whoever checks a token cannot make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SigningAlgorithm {
    /// Ed25519 (RFC 8037).
    EdDsa,
    /// ECDSA on P-256 with SHA-256 (RFC 7518).
    Es256,
    /// RSA PKCS #1 v1.5 with SHA-256 (RFC 7518).
    Rs256,
}

impl SigningAlgorithm {
    /// Every algorithm.
    pub const ALL: [Self; 3] = [Self::EdDsa, Self::Es256, Self::Rs256];

    /// The word in a token's header.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }

    /// The algorithm of a word in a token's header; the case counts.
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == text)
    }

    /// The same for the library that computes signatures.
    pub(crate) const fn computed(self) -> Algorithm {
        match self {
            Self::EdDsa => Algorithm::EdDSA,
            Self::Es256 => Algorithm::ES256,
            Self::Rs256 => Algorithm::RS256,
        }
    }
}

/// Why a text is not a usable public key or set of them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The key has no name, or one too long or unprintable.
    #[error("a key's name (kid) is 1 to {KEY_NAME_BYTES_MAX} printable ASCII characters")]
    Name,
    /// Two keys have the same name.
    #[error("two keys are called `{0}`")]
    Duplicate(String),
    /// More than [`KEYS_MAX`] keys.
    #[error("more than {KEYS_MAX} keys")]
    TooMany,
    /// The PEM text is a private key, which has no place here.
    #[error("key `{0}` is a private key; give the public key, and replace this one if others could read it")]
    Private(String),
    /// Not a public key of the algorithm it is meant for.
    #[error("key `{name}` is not a public key for {}", .algorithm.as_str())]
    NotOfAlgorithm {
        /// Which key.
        name: String,
        /// What it should be for.
        algorithm: SigningAlgorithm,
    },
    /// An RSA key that is too short.
    #[error("key `{name}` has {bits} bits; {RSA_BITS_MIN} are needed")]
    Weak {
        /// Which key.
        name: String,
        /// How many it has.
        bits: usize,
    },
    /// Not a JSON Web Key Set (RFC 7517).
    #[error("not a JSON Web Key Set (line {line}, column {column})")]
    NotAKeySet {
        /// Line of the first mistake, from 1.
        line: usize,
        /// Column of the first mistake, from 1.
        column: usize,
    },
    /// The key set has no key for signatures by one of our algorithms.
    #[error("the key set has no key for EdDSA, ES256 or RS256 signatures")]
    NoneUsable,
}

/// One key and the only algorithm it is used with.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) algorithm: SigningAlgorithm,
    pub(crate) public: DecodingKey,
}

/// Public keys by name.
#[derive(Clone, Default)]
pub struct Keys {
    by_name: BTreeMap<String, Key>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.by_name.iter().map(|(name, key)| (name, key.algorithm))).finish()
    }
}

impl Keys {
    /// No keys.
    pub fn new() -> Self {
        Self::default()
    }

    /// The keys of a JSON Web Key Set (RFC 7517). Keys for encryption, with a shared secret, of other algorithms, or
    /// without a name are passed over: issuers publish those too.
    ///
    /// # Errors
    /// [`KeyError`] if the text is no key set, none of its keys is usable, or a usable one is broken.
    pub fn from_jwks(text: &str) -> Result<Self, KeyError> {
        let set: JwkSet = serde_json::from_str(text)
            .map_err(|error| KeyError::NotAKeySet { line: error.line(), column: error.column() })?;
        let mut keys = Self::new();
        for jwk in &set.keys {
            if let (Some(name), Some(algorithm)) = (&jwk.common.key_id, algorithm_of(jwk)) {
                let public = DecodingKey::from_jwk(jwk)
                    .map_err(|_| KeyError::NotOfAlgorithm { name: name.clone(), algorithm })?;
                keys.add(name, algorithm, public)?;
            }
        }
        if keys.is_empty() { Err(KeyError::NoneUsable) } else { Ok(keys) }
    }

    /// Adds a public key in PEM (`BEGIN PUBLIC KEY`, or `BEGIN RSA PUBLIC KEY` for RS256), to be used with this
    /// algorithm only.
    ///
    /// # Errors
    /// [`KeyError`] names what is wrong with it.
    pub fn add_pem(&mut self, name: &str, algorithm: SigningAlgorithm, pem: &str) -> Result<(), KeyError> {
        if pem.contains("PRIVATE KEY-----") {
            return Err(KeyError::Private(shown(name)));
        }
        let unusable = || KeyError::NotOfAlgorithm { name: shown(name), algorithm };
        if !pem.contains("PUBLIC KEY-----") {
            return Err(unusable());
        }
        let public = match algorithm {
            SigningAlgorithm::EdDsa => DecodingKey::from_ed_pem(pem.as_bytes()),
            SigningAlgorithm::Es256 => DecodingKey::from_ec_pem(pem.as_bytes()),
            SigningAlgorithm::Rs256 => DecodingKey::from_rsa_pem(pem.as_bytes()),
        };
        self.add(name, algorithm, public.map_err(|_| unusable())?)
    }

    /// Adds all of `other`.
    ///
    /// # Errors
    /// [`KeyError::Duplicate`] or [`KeyError::TooMany`].
    pub fn merge(&mut self, other: Self) -> Result<(), KeyError> {
        for (name, key) in other.by_name {
            self.add(&name, key.algorithm, key.public)?;
        }
        Ok(())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    /// True if there is none, and so no token is good.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// The names of the keys and what each is used with, in order of name.
    pub fn names(&self) -> impl Iterator<Item = (&str, SigningAlgorithm)> {
        self.by_name.iter().map(|(name, key)| (name.as_str(), key.algorithm))
    }

    /// The key of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&Key> {
        self.by_name.get(name)
    }

    /// Checks and adds one key.
    fn add(&mut self, name: &str, algorithm: SigningAlgorithm, public: DecodingKey) -> Result<(), KeyError> {
        if name.is_empty()
            || name.len() > KEY_NAME_BYTES_MAX
            || !name.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
        {
            return Err(KeyError::Name);
        }
        if self.by_name.contains_key(name) {
            return Err(KeyError::Duplicate(name.to_owned()));
        }
        if self.by_name.len() == KEYS_MAX {
            return Err(KeyError::TooMany);
        }
        check_parameters(name, algorithm, &public)?;
        self.by_name.insert(name.to_owned(), Key { algorithm, public });
        Ok(())
    }
}

/// Keeps a name that may not have been checked short enough to print.
fn shown(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_control()).take(KEY_NAME_BYTES_MAX).collect()
}

/// What a key of a set may be used for here: signatures by one of our algorithms, or nothing.
fn algorithm_of(jwk: &Jwk) -> Option<SigningAlgorithm> {
    if jwk.common.public_key_use.as_ref().is_some_and(|used_for| *used_for != PublicKeyUse::Signature) {
        return None;
    }
    let fits = match &jwk.algorithm {
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
            SigningAlgorithm::EdDsa
        }
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
            SigningAlgorithm::Es256
        }
        AlgorithmParameters::RSA(_) => SigningAlgorithm::Rs256,
        // every other kind of key, those the library may learn in future included
        AlgorithmParameters::EllipticCurve(_)
        | AlgorithmParameters::OctetKey(_)
        | AlgorithmParameters::OctetKeyPair(_)
        | AlgorithmParameters::Other(_)
        | _ => return None,
    };
    let named = jwk.common.key_algorithm;
    (named.is_none() || named == Some(KeyAlgorithm::from(fits.computed()))).then_some(fits)
}

/// Checks that a key has the size its algorithm needs.
fn check_parameters(name: &str, algorithm: SigningAlgorithm, public: &DecodingKey) -> Result<(), KeyError> {
    let unusable = || KeyError::NotOfAlgorithm { name: name.to_owned(), algorithm };
    let jwk = Jwk::from_decoding_key(public, None).map_err(|_| unusable())?;
    if algorithm_of(&jwk) != Some(algorithm) {
        return Err(unusable());
    }
    if let AlgorithmParameters::RSA(key) = &jwk.algorithm {
        let modulus = URL_SAFE_NO_PAD.decode(&key.n).map_err(|_| unusable())?;
        let bits = modulus.iter().skip_while(|byte| **byte == 0).count() * 8;
        if bits < RSA_BITS_MIN {
            return Err(KeyError::Weak { name: name.to_owned(), bits });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::DemoKeys;

    const EC: &str = include_str!("../tests/data/es256.pub.pem");
    const RSA: &str = include_str!("../tests/data/rs256.pub.pem");
    const RSA_PKCS1: &str = include_str!("../tests/data/rs256.pkcs1.pub.pem");
    const RSA_1024: &str = include_str!("../tests/data/rsa-1024.pub.pem");
    const P384: &str = include_str!("../tests/data/p384.pub.pem");

    #[test]
    fn a_pem_key_is_used_with_its_own_algorithm_only() {
        let mut keys = Keys::new();
        assert_eq!(keys.add_pem("ec", SigningAlgorithm::Es256, EC), Ok(()));
        assert_eq!(keys.add_pem("rsa", SigningAlgorithm::Rs256, RSA), Ok(()));
        assert_eq!(keys.add_pem("rsa-pkcs1", SigningAlgorithm::Rs256, RSA_PKCS1), Ok(()));
        let expected = [
            ("ec", SigningAlgorithm::Es256),
            ("rsa", SigningAlgorithm::Rs256),
            ("rsa-pkcs1", SigningAlgorithm::Rs256),
        ];
        assert!(keys.names().eq(expected));
        for (algorithm, pem) in [
            (SigningAlgorithm::EdDsa, EC),
            (SigningAlgorithm::Rs256, EC),
            (SigningAlgorithm::Es256, RSA),
            (SigningAlgorithm::Es256, P384),
            (SigningAlgorithm::EdDsa, ""),
            (SigningAlgorithm::EdDsa, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"),
        ] {
            let refused = keys.add_pem("x", algorithm, pem);
            assert_eq!(refused, Err(KeyError::NotOfAlgorithm { name: "x".to_owned(), algorithm }));
        }
        assert_eq!(keys.len(), 3);
    }

    #[test]
    fn weak_private_nameless_and_repeated_keys_are_refused() {
        let mut keys = Keys::new();
        let weak = keys.add_pem("weak", SigningAlgorithm::Rs256, RSA_1024);
        assert_eq!(weak, Err(KeyError::Weak { name: "weak".to_owned(), bits: 1024 }));
        let private = DemoKeys::generate([1; 32]).unwrap().to_pem();
        let refused = keys.add_pem("mine", SigningAlgorithm::EdDsa, &private);
        assert_eq!(refused, Err(KeyError::Private("mine".to_owned())));
        for name in ["", "a\nb", &"a".repeat(129)] {
            assert_eq!(keys.add_pem(name, SigningAlgorithm::Es256, EC), Err(KeyError::Name));
        }
        assert_eq!(keys.add_pem("ec", SigningAlgorithm::Es256, EC), Ok(()));
        let again = keys.add_pem("ec", SigningAlgorithm::Es256, EC);
        assert_eq!(again, Err(KeyError::Duplicate("ec".to_owned())));
        assert!(keys.clone().merge(keys).is_err());
    }

    #[test]
    fn there_is_a_limit() {
        let mut keys = Keys::new();
        for number in 0..KEYS_MAX {
            keys.add_pem(&number.to_string(), SigningAlgorithm::Es256, EC).unwrap();
        }
        assert_eq!(keys.add_pem("more", SigningAlgorithm::Es256, EC), Err(KeyError::TooMany));
    }

    #[test]
    fn a_key_set_gives_its_usable_keys_and_passes_over_the_others() {
        let demo: serde_json::Value =
            serde_json::from_str(&DemoKeys::generate([7; 32]).unwrap().jwks()).unwrap();
        let good = demo["keys"][0].clone();
        let set = serde_json::json!({ "keys": [
            good,
            { "kty": "oct", "k": "c2VjcmV0", "kid": "shared", "alg": "HS256" },
            { "kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "for-encryption", "use": "enc" },
            { "kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "other-algorithm", "alg": "PS256" },
            { "kty": "EC", "crv": "P-384", "x": "AQAB", "y": "AQAB", "kid": "other-curve" },
            { "kty": "OKP", "crv": "Ed25519", "x": good["x"] },
        ]});
        let keys = Keys::from_jwks(&set.to_string()).unwrap();
        assert_eq!(keys.len(), 1);
        assert!(format!("{keys:?}").contains("EdDsa"));
        let none = serde_json::json!({ "keys": [{ "kty": "oct", "k": "c2VjcmV0", "kid": "shared" }] });
        assert_eq!(Keys::from_jwks(&none.to_string()).unwrap_err(), KeyError::NoneUsable);
        let broken = Keys::from_jwks("{\n  \"keys\": 7}").unwrap_err();
        assert_eq!(broken, KeyError::NotAKeySet { line: 2, column: 11 });
        let short =
            serde_json::json!({ "keys": [{ "kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "short" }] });
        assert_eq!(
            Keys::from_jwks(&short.to_string()).unwrap_err(),
            KeyError::Weak { name: "short".to_owned(), bits: 24 }
        );
    }
}
