//! Why a token is refused.

use crate::PrincipalError;

/// Why a request comes from nobody. No variant holds anything that was in the token, so it may be logged and counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefusal {
    /// No `authorization` header.
    #[error("there is no authorization header")]
    Missing,
    /// More than one `authorization` header: two readers might each believe another one.
    #[error("there is more than one authorization header")]
    SeveralHeaders,
    /// Another scheme than `Bearer`.
    #[error("the authorization header is not a bearer token")]
    NotBearer,
    /// The header is longer than [`crate::TOKEN_BYTES_MAX`].
    #[error("the authorization header is longer than {} bytes", crate::TOKEN_BYTES_MAX)]
    TooLong,
    /// Not three parts of base64url with JSON in the first two.
    #[error("the token is not a signed JSON Web Token")]
    Malformed,
    /// Not signed by EdDSA, ES256 or RS256; `none` and shared secrets are here.
    #[error("the token is not signed by EdDSA, ES256 or RS256")]
    AlgorithmRefused,
    /// Its header demands an extension to be understood.
    #[error("the token demands an extension that is not understood")]
    ExtensionUnknown,
    /// No type, or another than expected.
    #[error("the token is of another type than expected")]
    TypeWrong,
    /// It does not name its key.
    #[error("the token does not name its key")]
    KeyNotNamed,
    /// Its key is not among ours.
    #[error("the token names a key that is not known here")]
    KeyUnknown,
    /// Its algorithm is not the one its key is used with.
    #[error("the token's algorithm is not that of its key")]
    AlgorithmNotOfKey,
    /// Its signature is not by its key over its text.
    #[error("the token's signature is wrong")]
    SignatureWrong,
    /// A required claim is absent.
    #[error("the token has no claim `{claim}`")]
    ClaimMissing {
        /// Which claim.
        claim: &'static str,
    },
    /// A claim is of the wrong kind or out of range.
    #[error("the token's claim `{claim}` is malformed")]
    ClaimMalformed {
        /// Which claim.
        claim: &'static str,
    },
    /// Another issuer.
    #[error("the token is by another issuer")]
    IssuerWrong,
    /// For somebody else.
    #[error("the token is for another audience")]
    AudienceWrong,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// Its time has not come.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// It says it was issued later than now.
    #[error("the token was issued in the future")]
    IssuedInFuture,
    /// It lives longer than allowed here.
    #[error("the token lives longer than {seconds_max} s")]
    LifetimeTooLong {
        /// The longest life allowed.
        seconds_max: u32,
    },
    /// Nobody can be what it says.
    #[error("the token names nobody who could ask")]
    PrincipalInvalid(#[source] PrincipalError),
}

impl TokenRefusal {
    /// Every code, for the table of refusals and for counters that start at zero.
    pub const CODES: [&'static str; 21] = [
        "TOKEN_MISSING",
        "TOKEN_SEVERAL_HEADERS",
        "TOKEN_NOT_BEARER",
        "TOKEN_TOO_LONG",
        "TOKEN_MALFORMED",
        "TOKEN_ALGORITHM_REFUSED",
        "TOKEN_EXTENSION_UNKNOWN",
        "TOKEN_TYPE_WRONG",
        "TOKEN_KEY_NOT_NAMED",
        "TOKEN_KEY_UNKNOWN",
        "TOKEN_ALGORITHM_NOT_OF_KEY",
        "TOKEN_SIGNATURE_WRONG",
        "TOKEN_CLAIM_MISSING",
        "TOKEN_CLAIM_MALFORMED",
        "TOKEN_ISSUER_WRONG",
        "TOKEN_AUDIENCE_WRONG",
        "TOKEN_EXPIRED",
        "TOKEN_NOT_YET_VALID",
        "TOKEN_ISSUED_IN_FUTURE",
        "TOKEN_LIFETIME_TOO_LONG",
        "TOKEN_PRINCIPAL_INVALID",
    ];

    /// The stable code of this refusal.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "TOKEN_MISSING",
            Self::SeveralHeaders => "TOKEN_SEVERAL_HEADERS",
            Self::NotBearer => "TOKEN_NOT_BEARER",
            Self::TooLong => "TOKEN_TOO_LONG",
            Self::Malformed => "TOKEN_MALFORMED",
            Self::AlgorithmRefused => "TOKEN_ALGORITHM_REFUSED",
            Self::ExtensionUnknown => "TOKEN_EXTENSION_UNKNOWN",
            Self::TypeWrong => "TOKEN_TYPE_WRONG",
            Self::KeyNotNamed => "TOKEN_KEY_NOT_NAMED",
            Self::KeyUnknown => "TOKEN_KEY_UNKNOWN",
            Self::AlgorithmNotOfKey => "TOKEN_ALGORITHM_NOT_OF_KEY",
            Self::SignatureWrong => "TOKEN_SIGNATURE_WRONG",
            Self::ClaimMissing { .. } => "TOKEN_CLAIM_MISSING",
            Self::ClaimMalformed { .. } => "TOKEN_CLAIM_MALFORMED",
            Self::IssuerWrong => "TOKEN_ISSUER_WRONG",
            Self::AudienceWrong => "TOKEN_AUDIENCE_WRONG",
            Self::Expired => "TOKEN_EXPIRED",
            Self::NotYetValid => "TOKEN_NOT_YET_VALID",
            Self::IssuedInFuture => "TOKEN_ISSUED_IN_FUTURE",
            Self::LifetimeTooLong { .. } => "TOKEN_LIFETIME_TOO_LONG",
            Self::PrincipalInvalid(_) => "TOKEN_PRINCIPAL_INVALID",
        }
    }
}
