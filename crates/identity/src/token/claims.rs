//! The claims of a token whose signature is right.

use domain::{CentreId, IdError, StationId, UnitId};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use super::{Expectations, LEEWAY_SECONDS, TokenRefusal};
use crate::{Claims, Principal, principal::is_name};

/// Every claim that is looked at, as it came: absent and null are the same, a claim given twice is an error.
#[derive(Deserialize)]
pub(super) struct RawClaims {
    iss: Option<Value>,
    aud: Option<Value>,
    exp: Option<Value>,
    nbf: Option<Value>,
    iat: Option<Value>,
    sub: Option<Value>,
    jti: Option<Value>,
    role: Option<Value>,
    centre: Option<Value>,
    desk: Option<Value>,
    station: Option<Value>,
    unit: Option<Value>,
}

impl RawClaims {
    /// For us and now, then who.
    pub(super) fn check(&self, expected: &Expectations, now: Timestamp) -> Result<Principal, TokenRefusal> {
        if required("iss", text("iss", self.iss.as_ref())?)? != expected.issuer {
            return Err(TokenRefusal::IssuerWrong);
        }
        if !audience_includes(required("aud", self.aud.as_ref())?, &expected.audience)? {
            return Err(TokenRefusal::AudienceWrong);
        }
        let expires = self.check_times(expected.lifetime_seconds_max, now)?;
        self.principal(expires)
    }

    /// The end of the token's life, leeway included, if `now` lies within.
    fn check_times(&self, lifetime_seconds_max: u32, now: Timestamp) -> Result<Timestamp, TokenRefusal> {
        let now = now.as_duration().as_secs_f64();
        let leeway = f64::from(LEEWAY_SECONDS);
        let expires = required("exp", seconds("exp", self.exp.as_ref())?)?;
        if now >= expires + leeway {
            return Err(TokenRefusal::Expired);
        }
        if seconds("nbf", self.nbf.as_ref())?.is_some_and(|not_before| now + leeway < not_before) {
            return Err(TokenRefusal::NotYetValid);
        }
        let issued = required("iat", seconds("iat", self.iat.as_ref())?)?;
        if now + leeway < issued {
            return Err(TokenRefusal::IssuedInFuture);
        }
        if expires <= issued {
            return Err(TokenRefusal::ClaimMalformed { claim: "exp" });
        }
        if expires - issued > f64::from(lifetime_seconds_max) {
            return Err(TokenRefusal::LifetimeTooLong { seconds_max: lifetime_seconds_max });
        }
        SignedDuration::try_from_secs_f64(expires + leeway)
            .and_then(Timestamp::from_duration)
            .map_err(|_| TokenRefusal::ClaimMalformed { claim: "exp" })
    }

    /// Who is asking.
    fn principal(&self, valid_until: Timestamp) -> Result<Principal, TokenRefusal> {
        let role = required("role", text("role", self.role.as_ref())?)?;
        let claims = Claims {
            name: required("sub", text("sub", self.sub.as_ref())?)?.to_owned(),
            role: role.parse().map_err(|_| TokenRefusal::ClaimMalformed { claim: "role" })?,
            centre: required("centre", id("centre", self.centre.as_ref(), CentreId::new)?)?,
            desk: text("desk", self.desk.as_ref())?.map(str::to_owned),
            station: id("station", self.station.as_ref(), StationId::new)?,
            unit: id("unit", self.unit.as_ref(), UnitId::new)?,
        };
        let token_id = text("jti", self.jti.as_ref())?;
        if token_id.is_some_and(|id| !is_name(id)) {
            return Err(TokenRefusal::ClaimMalformed { claim: "jti" });
        }
        Principal::new(claims, token_id.map(str::to_owned), valid_until)
            .map_err(TokenRefusal::PrincipalInvalid)
    }
}

/// A claim that must be there.
fn required<T>(claim: &'static str, value: Option<T>) -> Result<T, TokenRefusal> {
    value.ok_or(TokenRefusal::ClaimMissing { claim })
}

/// A claim that is a text, if it is there.
fn text<'a>(claim: &'static str, value: Option<&'a Value>) -> Result<Option<&'a str>, TokenRefusal> {
    value.map(|value| value.as_str().ok_or(TokenRefusal::ClaimMalformed { claim })).transpose()
}

/// A claim that is a time in seconds since 1970, whole or not, if it is there.
fn seconds(claim: &'static str, value: Option<&Value>) -> Result<Option<f64>, TokenRefusal> {
    value
        .map(|value| {
            value
                .as_f64()
                .filter(|seconds| seconds.is_finite() && *seconds >= 0.0)
                .ok_or(TokenRefusal::ClaimMalformed { claim })
        })
        .transpose()
}

/// A claim that is an id, if it is there.
fn id<T>(
    claim: &'static str,
    value: Option<&Value>,
    new: fn(String) -> Result<T, IdError>,
) -> Result<Option<T>, TokenRefusal> {
    text(claim, value)?
        .map(|text| new(text.to_owned()).map_err(|_| TokenRefusal::ClaimMalformed { claim }))
        .transpose()
}

/// True if the audience is this text or a list of texts with it.
fn audience_includes(value: &Value, expected: &str) -> Result<bool, TokenRefusal> {
    let malformed = TokenRefusal::ClaimMalformed { claim: "aud" };
    if let Some(one) = value.as_str() {
        return Ok(one == expected);
    }
    let list = value.as_array().ok_or(malformed)?;
    let texts = list.iter().map(Value::as_str).collect::<Option<Vec<_>>>().ok_or(malformed)?;
    Ok(texts.contains(&expected))
}
