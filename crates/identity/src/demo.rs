//! Keys and tokens for a demo and for tests, where there is no issuer.
//!
//! The seed is an argument: whoever makes keys draws 32 random bytes, on first run, on the machine where the demo
//! runs. No key is ever shipped.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use jsonwebtoken::{
    EncodingKey, Header,
    jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash},
};
use serde_json::{Map, Value, json};

use crate::{
    Claims, Keys, Principal, PrincipalError,
    keys::{KeyError, SigningAlgorithm},
};

/// What stands before the 32 bytes of an Ed25519 seed in PKCS #8 version 1 (RFC 8410, section 7).
const PKCS8_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

const PEM_BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const PEM_END: &str = "-----END PRIVATE KEY-----";

/// Why there is no demo key or no demo token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DemoError {
    /// The text is not a private key that [`DemoKeys::to_pem`] wrote.
    #[error("not an Ed25519 private key in PEM (PKCS #8)")]
    NotAKey,
    /// The key's public half cannot be used.
    #[error("the demo key cannot be used")]
    Unusable(#[source] KeyError),
    /// Nobody can be what the token would say.
    #[error("nobody can be what the token would say")]
    Principal(#[source] PrincipalError),
    /// The signature could not be computed.
    #[error("the token could not be signed")]
    Signing(#[source] jsonwebtoken::errors::Error),
}

/// What a demo token says beside who is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Who issues it.
    pub issuer: String,
    /// For whom.
    pub audience: String,
    /// Its own id; absent for none.
    pub token_id: Option<String>,
    /// When it is issued and begins to be valid.
    pub issued_at: Timestamp,
    /// How long it lives, in seconds.
    pub lifetime_seconds: u32,
}

/// A private key that signs demo tokens, and its public half.
#[derive(Clone)]
pub struct DemoKeys {
    pkcs8: [u8; 48],
    public: Jwk,
    name: String,
}

impl fmt::Debug for DemoKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DemoKeys").field("name", &self.name).finish_non_exhaustive()
    }
}

impl DemoKeys {
    /// The key of a seed; the same seed is the same key.
    ///
    /// # Errors
    /// [`DemoError::NotAKey`] if the library does not take it, which no 32 bytes are known to cause.
    pub fn generate(seed: [u8; 32]) -> Result<Self, DemoError> {
        let mut pkcs8 = [0; 48];
        pkcs8[..16].copy_from_slice(&PKCS8_PREFIX);
        pkcs8[16..].copy_from_slice(&seed);
        let signing = EncodingKey::from_ed_der(&pkcs8);
        let mut public = Jwk::from_encoding_key(&signing, SigningAlgorithm::EdDsa.computed())
            .map_err(|_| DemoError::NotAKey)?;
        let thumbprint = public.thumbprint(ThumbprintHash::SHA256).map_err(|_| DemoError::NotAKey)?;
        let name = format!("demo-{}", thumbprint.chars().take(16).collect::<String>());
        public.common.key_id = Some(name.clone());
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        Ok(Self { pkcs8, public, name })
    }

    /// Reads back what [`Self::to_pem`] wrote.
    ///
    /// # Errors
    /// [`DemoError::NotAKey`].
    pub fn from_pem(pem: &str) -> Result<Self, DemoError> {
        let body = pem
            .trim()
            .strip_prefix(PEM_BEGIN)
            .and_then(|rest| rest.strip_suffix(PEM_END))
            .ok_or(DemoError::NotAKey)?;
        let base64: String = body.chars().filter(|letter| !letter.is_ascii_whitespace()).collect();
        let der = STANDARD.decode(base64).map_err(|_| DemoError::NotAKey)?;
        let seed = der.strip_prefix(&PKCS8_PREFIX).ok_or(DemoError::NotAKey)?;
        Self::generate(seed.try_into().map_err(|_| DemoError::NotAKey)?)
    }

    /// The private key, for a file that only its owner can read.
    pub fn to_pem(&self) -> String {
        // 48 bytes are 64 letters, exactly one line
        format!("{PEM_BEGIN}\n{}\n{PEM_END}\n", STANDARD.encode(self.pkcs8))
    }

    /// The name of the key in tokens.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public half as a JSON Web Key Set, for whoever checks tokens elsewhere.
    pub fn jwks(&self) -> String {
        serde_json::to_string_pretty(&JwkSet { keys: vec![self.public.clone()] })
            .expect("a public key of texts is JSON")
    }

    /// The public half, to check tokens with.
    ///
    /// # Errors
    /// [`DemoError::Unusable`].
    pub fn keys(&self) -> Result<Keys, DemoError> {
        Keys::from_jwks(&self.jwks()).map_err(DemoError::Unusable)
    }

    /// A token for somebody who could exist.
    ///
    /// # Errors
    /// [`DemoError::Principal`] if nobody could be that, [`DemoError::Signing`] if the library fails.
    pub fn sign(&self, claims: &Claims, terms: &Terms) -> Result<String, DemoError> {
        Principal::new(claims.clone(), terms.token_id.clone(), terms.issued_at)
            .map_err(DemoError::Principal)?;
        let issued = terms.issued_at.as_second();
        let said = [
            ("iss", Some(json!(terms.issuer))),
            ("aud", Some(json!(terms.audience))),
            ("iat", Some(json!(issued))),
            ("nbf", Some(json!(issued))),
            ("exp", Some(json!(issued + i64::from(terms.lifetime_seconds)))),
            ("jti", terms.token_id.as_ref().map(|id| json!(id))),
            ("sub", Some(json!(claims.name))),
            ("role", Some(json!(claims.role))),
            ("centre", Some(json!(claims.centre))),
            ("desk", claims.desk.as_ref().map(|desk| json!(desk))),
            ("station", claims.station.as_ref().map(|station| json!(station))),
            ("unit", claims.unit.as_ref().map(|unit| json!(unit))),
        ];
        let payload: Map<String, Value> = said
            .into_iter()
            .filter_map(|(claim, value)| value.map(|value| (claim.to_owned(), value)))
            .collect();
        self.sign_payload(&Value::Object(payload))
    }

    /// Signs whatever it is given; tests make tokens with it that no issuer should.
    pub(crate) fn sign_payload(&self, payload: &Value) -> Result<String, DemoError> {
        let mut header = Header::new(SigningAlgorithm::EdDsa.computed());
        header.kid = Some(self.name.clone());
        jsonwebtoken::encode(&header, payload, &EncodingKey::from_ed_der(&self.pkcs8))
            .map_err(DemoError::Signing)
    }
}

#[cfg(test)]
mod tests {
    use domain::CentreId;

    use super::*;
    use crate::Role;

    #[test]
    fn a_seed_is_a_key_and_the_key_reads_back() {
        let keys = DemoKeys::generate([3; 32]).unwrap();
        let again = DemoKeys::from_pem(&keys.to_pem()).unwrap();
        assert_eq!((again.name(), again.jwks()), (keys.name(), keys.jwks()));
        assert_ne!(DemoKeys::generate([4; 32]).unwrap().name(), keys.name());
        assert!(keys.keys().unwrap().names().eq([(keys.name(), SigningAlgorithm::EdDsa)]));
    }

    #[test]
    fn the_public_half_is_that_of_the_published_example() {
        // RFC 8037, appendix A.1 and A.2
        let seed = STANDARD.decode("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=").unwrap();
        let keys = DemoKeys::generate(seed.try_into().unwrap()).unwrap();
        assert!(keys.jwks().contains("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"), "{}", keys.jwks());
        assert_eq!(keys.name(), "demo-kPrK_qmxVWaYVA9w", "the thumbprint of appendix A.3");
    }

    #[test]
    fn a_damaged_file_is_no_key() {
        let pem = DemoKeys::generate([3; 32]).unwrap().to_pem();
        for bad in
            [String::new(), pem.replace("MC4", "MC5"), pem.replace("END", "end"), pem.replacen('A', "", 1)]
        {
            assert_eq!(DemoKeys::from_pem(&bad).unwrap_err(), DemoError::NotAKey, "{bad}");
        }
    }

    #[test]
    fn nothing_private_is_printed_and_nobody_impossible_gets_a_token() {
        let keys = DemoKeys::generate([3; 32]).unwrap();
        assert!(!format!("{keys:?}").contains("pkcs8"));
        let claims = Claims {
            name: "d.asanov".to_owned(),
            role: Role::DutyOfficer,
            centre: CentreId::new("bishkek").unwrap(),
            desk: None,
            station: None,
            unit: None,
        };
        let terms = Terms {
            issuer: "kezek-demo".to_owned(),
            audience: "kezek".to_owned(),
            token_id: None,
            issued_at: Timestamp::UNIX_EPOCH,
            lifetime_seconds: 60,
        };
        let refused = keys.sign(&claims, &terms).unwrap_err();
        assert_eq!(refused, DemoError::Principal(PrincipalError::StationMissing(Role::DutyOfficer)));
    }
}
