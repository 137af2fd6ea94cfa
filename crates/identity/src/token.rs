//! From the `authorization` header of a request, given keys and a time, to a principal or a named refusal.
//!
//! Only the signature is left to a library. Its `decode` reads the system clock, and lets a token without an audience
//! pass even when an audience is set, so claims are checked here, against the time given.
//!
//! The checks run in this order and the first failure is the answer: one header, bearer, length, three parts, algorithm,
//! critical extensions, type, key, signature; then issuer, audience, expiry, not before, issued at, lifetime; then who.
//! Nothing of a token's claims is looked at before its signature is right.

mod claims;
mod refusal;
#[cfg(test)]
mod tests;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::{Deserialize, de::DeserializeOwned, de::IgnoredAny};

use self::claims::RawClaims;
pub use self::refusal::TokenRefusal;
use crate::{
    Keys, Principal,
    keys::{Key, SigningAlgorithm},
};

/// Longest `authorization` header, in bytes. Ours are under 1 KiB; issuers that list groups reach 4.
pub const TOKEN_BYTES_MAX: usize = 8 * 1024;

/// How far the clocks of issuer and centre may differ, in seconds.
pub const LEEWAY_SECONDS: u32 = 30;

/// Longest life of a token unless configured, in seconds: a stolen one is worth a quarter of an hour.
pub const LIFETIME_SECONDS_DEFAULT: u32 = 15 * 60;

/// Life of a demo token, and the longest that may be configured, in seconds: a demo has nobody to renew tokens, and its
/// keys and data exist on one machine only.
pub const DEMO_LIFETIME_SECONDS: u32 = 24 * 60 * 60;

/// What a good token says beside who is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectations {
    /// Who issues tokens (`iss`).
    pub issuer: String,
    /// For whom they are issued (`aud`, alone or in a list).
    pub audience: String,
    /// Their type (`typ` in the header), such as `JWT` or `at+jwt`; the case does not count.
    pub token_type: String,
    /// Longest time from `iat` to `exp`, in seconds.
    pub lifetime_seconds_max: u32,
}

impl Expectations {
    /// Tokens of type `JWT` that live a quarter of an hour at most.
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        Self {
            issuer: issuer.into(),
            audience: audience.into(),
            token_type: "JWT".to_owned(),
            lifetime_seconds_max: LIFETIME_SECONDS_DEFAULT,
        }
    }
}

/// Why tokens cannot be checked at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpectationsError {
    /// There is no key.
    #[error("there is no key to check tokens with")]
    NoKey,
    /// The issuer is empty.
    #[error("the issuer is empty")]
    NoIssuer,
    /// The audience is empty.
    #[error("the audience is empty")]
    NoAudience,
    /// The type is empty.
    #[error("the token type is empty")]
    NoType,
    /// The longest life is zero or longer than a demo's.
    #[error("the longest life of a token, {0} s, is not within 1 to {DEMO_LIFETIME_SECONDS} s")]
    Lifetime(u32),
}

/// Checks tokens. It never changes: new keys are a new verifier.
#[derive(Clone, Debug)]
pub struct Verifier {
    keys: Keys,
    expectations: Expectations,
}

/// What the first part of a token says; a key or an address of one inside the token is never looked at.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<IgnoredAny>,
}

impl Verifier {
    /// Checks that there is a key and that nothing expected is empty.
    ///
    /// # Errors
    /// The first [`ExpectationsError`] that applies.
    pub fn new(keys: Keys, expectations: Expectations) -> Result<Self, ExpectationsError> {
        if keys.is_empty() {
            return Err(ExpectationsError::NoKey);
        }
        if expectations.issuer.is_empty() {
            return Err(ExpectationsError::NoIssuer);
        }
        if expectations.audience.is_empty() {
            return Err(ExpectationsError::NoAudience);
        }
        if expectations.token_type.is_empty() {
            return Err(ExpectationsError::NoType);
        }
        let lifetime = expectations.lifetime_seconds_max;
        if !(1..=DEMO_LIFETIME_SECONDS).contains(&lifetime) {
            return Err(ExpectationsError::Lifetime(lifetime));
        }
        Ok(Self { keys, expectations })
    }

    /// Who is asking at `now`, by every value of the request's `authorization` header.
    ///
    /// # Errors
    /// The first [`TokenRefusal`] in the order of this module.
    pub fn check(&self, header_values: &[&str], now: Timestamp) -> Result<Principal, TokenRefusal> {
        let value = match header_values {
            [] => return Err(TokenRefusal::Missing),
            [value] => *value,
            [_, _, ..] => return Err(TokenRefusal::SeveralHeaders),
        };
        let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(TokenRefusal::NotBearer);
        }
        if value.len() > TOKEN_BYTES_MAX {
            return Err(TokenRefusal::TooLong);
        }
        let claims: RawClaims = part(self.signed(token.trim_start_matches(' '))?)?;
        claims.check(&self.expectations, now)
    }

    /// The middle part of a token whose signature is right.
    fn signed<'a>(&self, token: &'a str) -> Result<&'a str, TokenRefusal> {
        let (message, signature) = token.rsplit_once('.').ok_or(TokenRefusal::Malformed)?;
        let (header, payload) = message.split_once('.').ok_or(TokenRefusal::Malformed)?;
        if payload.contains('.') || URL_SAFE_NO_PAD.decode(signature).is_err() {
            return Err(TokenRefusal::Malformed);
        }
        let key = self.key(&part(header)?)?;
        // an error here means that the key cannot have made such a signature
        let right = jsonwebtoken::crypto::verify(
            signature,
            message.as_bytes(),
            &key.public,
            key.algorithm.computed(),
        );
        if right == Ok(true) { Ok(payload) } else { Err(TokenRefusal::SignatureWrong) }
    }

    /// The key that a header names, if the header is acceptable.
    fn key(&self, header: &Header) -> Result<&Key, TokenRefusal> {
        let algorithm = SigningAlgorithm::named(&header.alg).ok_or(TokenRefusal::AlgorithmRefused)?;
        if header.crit.is_some() {
            return Err(TokenRefusal::ExtensionUnknown);
        }
        let typ = header.typ.as_deref().ok_or(TokenRefusal::TypeWrong)?;
        if !typ.eq_ignore_ascii_case(&self.expectations.token_type) {
            return Err(TokenRefusal::TypeWrong);
        }
        let name = header.kid.as_deref().ok_or(TokenRefusal::KeyNotNamed)?;
        let key = self.keys.get(name).ok_or(TokenRefusal::KeyUnknown)?;
        if key.algorithm == algorithm { Ok(key) } else { Err(TokenRefusal::AlgorithmNotOfKey) }
    }
}

/// Reads one part of a token: base64url without padding around JSON.
fn part<T: DeserializeOwned>(encoded: &str) -> Result<T, TokenRefusal> {
    let json = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| TokenRefusal::Malformed)?;
    serde_json::from_slice(&json).map_err(|_| TokenRefusal::Malformed)
}
