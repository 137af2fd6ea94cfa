//! Every refusal, every edge, and that a changed token is never good.

use domain::{CentreId, StationId};
use jiff::ToSpan;
use jsonwebtoken::{Algorithm, EncodingKey};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    Claims, PrincipalError, Role,
    demo::{DemoKeys, Terms},
};

const ES256: &str = include_str!("../../tests/data/es256.jwt");
const RS256: &str = include_str!("../../tests/data/rs256.jwt");
const EC: &str = include_str!("../../tests/data/es256.pub.pem");
const RSA: &str = include_str!("../../tests/data/rs256.pub.pem");

/// When the tokens of these tests are issued; those in files live ten minutes from here.
fn issued() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn demo() -> DemoKeys {
    DemoKeys::generate([9; 32]).unwrap()
}

/// Knows the demo key and the two of the issuer in the files.
fn verifier() -> Verifier {
    let mut keys = demo().keys().unwrap();
    keys.add_pem("issuer-ec", SigningAlgorithm::Es256, EC).unwrap();
    keys.add_pem("issuer-rsa", SigningAlgorithm::Rs256, RSA).unwrap();
    Verifier::new(keys, Expectations::new("kezek-demo", "kezek")).unwrap()
}

fn payload() -> Value {
    json!({
        "iss": "kezek-demo", "aud": "kezek", "iat": 1_800_000_000, "exp": 1_800_000_600,
        "sub": "d.asanov", "jti": "t-1",
        "role": "duty_officer", "centre": "bishkek", "station": "leninsky",
    })
}

/// The payload with one claim set, or taken out by null.
fn with(claim: &str, value: Value) -> Value {
    let mut payload = payload();
    payload[claim] = value;
    payload
}

fn check_at(token: &str, now: Timestamp) -> Result<Principal, TokenRefusal> {
    verifier().check(&[&format!("Bearer {token}")], now)
}

fn check_payload(payload: &Value) -> Result<Principal, TokenRefusal> {
    check_at(&demo().sign_payload(payload).unwrap(), issued())
}

/// A token with any header at all, signed by the demo key whatever the header says.
fn token_with_header(header: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", encode(header), encode(&payload()));
    let pem = demo().to_pem();
    let key = EncodingKey::from_ed_pem(pem.as_bytes()).unwrap();
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::EdDSA).unwrap();
    format!("{message}.{signature}")
}

fn check_header(header: Value) -> Result<Principal, TokenRefusal> {
    check_at(&token_with_header(&header), issued())
}

#[test]
fn a_good_token_of_each_algorithm_names_a_principal() {
    let token = demo().sign_payload(&payload()).unwrap();
    for good in [token.as_str(), ES256.trim(), RS256.trim()] {
        let who = check_at(good, issued()).unwrap();
        assert_eq!((who.name(), who.role()), ("d.asanov", Role::DutyOfficer));
        assert_eq!(who.station(), Some(&StationId::new("leninsky").unwrap()));
        assert_eq!(who.centre(), &CentreId::new("bishkek").unwrap());
        assert_eq!(who.valid_until(), issued() + 630.seconds());
    }
    assert_eq!(check_at(&token, issued()).unwrap().token_id(), Some("t-1"));
    assert!(verifier().check(&[&format!("bEaReR  {token}")], issued()).is_ok());
}

#[test]
fn a_demo_token_says_what_its_claims_say() {
    let claims = Claims {
        name: "a.ibraimova".to_owned(),
        role: Role::Operator,
        centre: CentreId::new("bishkek").unwrap(),
        desk: Some("desk-4".to_owned()),
        station: None,
        unit: None,
    };
    let terms = Terms {
        issuer: "kezek-demo".to_owned(),
        audience: "kezek".to_owned(),
        token_id: Some("t-2".to_owned()),
        issued_at: issued(),
        lifetime_seconds: LIFETIME_SECONDS_DEFAULT,
    };
    let who = check_at(&demo().sign(&claims, &terms).unwrap(), issued()).unwrap();
    assert_eq!((who.claims(), who.token_id()), (claims, Some("t-2")));
}

#[test]
fn the_header_must_be_one_bearer_token_of_bounded_length() {
    let token = demo().sign_payload(&payload()).unwrap();
    let bearer = format!("Bearer {token}");
    let check = |values: &[&str]| verifier().check(values, issued()).unwrap_err();
    assert_eq!(check(&[]), TokenRefusal::Missing);
    assert_eq!(check(&[&bearer, &bearer]), TokenRefusal::SeveralHeaders);
    assert_eq!(check(&[&bearer, ""]), TokenRefusal::SeveralHeaders);
    for other in ["", "Basic dTpw", &token, "Bearer"] {
        let expected = if other == "Bearer" { TokenRefusal::Malformed } else { TokenRefusal::NotBearer };
        assert_eq!(check(&[other]), expected, "{other}");
    }
    assert_eq!(check(&[&format!("Bearer {}", "a".repeat(20 * 1024))]), TokenRefusal::TooLong);
    assert_eq!(check(&[&format!("Bearer {}", "a".repeat(TOKEN_BYTES_MAX - 7))]), TokenRefusal::Malformed);
    let joined = format!("{bearer}, {bearer}");
    for bad in ["Bearer ", "Bearer a.b", "Bearer a.b.c.d", "Bearer ..", "Bearer é.é.é", &joined] {
        assert_eq!(check(&[bad]), TokenRefusal::Malformed, "{bad}");
    }
    for around in [format!("{bearer} "), format!("{bearer}="), format!("Bearer \t{token}")] {
        assert_eq!(check(&[&around]), TokenRefusal::Malformed, "{around}");
    }
}

#[test]
fn no_algorithm_but_the_keys_own() {
    let name = demo().name().to_owned();
    let kid = name.as_str();
    assert!(check_header(json!({ "alg": "EdDSA", "typ": "jwt", "kid": kid })).is_ok());
    for alg in ["none", "None", "", "HS256", "HS512", "RS384", "PS256", "ES384", "eddsa"] {
        let refused = check_header(json!({ "alg": alg, "typ": "JWT", "kid": kid }));
        assert_eq!(refused, Err(TokenRefusal::AlgorithmRefused), "{alg}");
    }
    let refused = check_header(json!({ "alg": "ES256", "typ": "JWT", "kid": kid }));
    assert_eq!(refused, Err(TokenRefusal::AlgorithmNotOfKey));
    let refused = check_header(json!({ "alg": "EdDSA", "typ": "JWT", "kid": "issuer-rsa" }));
    assert_eq!(refused, Err(TokenRefusal::AlgorithmNotOfKey));
    let unsigned = token_with_header(&json!({ "alg": "none", "typ": "JWT", "kid": kid }));
    let unsigned = format!("{}.", unsigned.rsplit_once('.').unwrap().0);
    assert_eq!(check_at(&unsigned, issued()), Err(TokenRefusal::AlgorithmRefused));
}

#[test]
fn a_public_key_is_no_shared_secret() {
    let public = EncodingKey::from_secret(RSA.as_bytes());
    for kid in ["issuer-rsa", "issuer-ec", demo().name()] {
        let mut header = jsonwebtoken::Header::new(Algorithm::HS256);
        header.kid = Some(kid.to_owned());
        let forged = jsonwebtoken::encode(&header, &payload(), &public).unwrap();
        assert_eq!(check_at(&forged, issued()), Err(TokenRefusal::AlgorithmRefused));
    }
}

#[test]
fn the_key_is_named_known_and_not_brought_along() {
    let other = DemoKeys::generate([8; 32]).unwrap();
    let unknown = other.sign_payload(&payload()).unwrap();
    assert_eq!(check_at(&unknown, issued()), Err(TokenRefusal::KeyUnknown));
    let refused = check_header(json!({ "alg": "EdDSA", "typ": "JWT" }));
    assert_eq!(refused, Err(TokenRefusal::KeyNotNamed));
    // another key's signature under a known name, the other key offered in the header
    let brought: Value = serde_json::from_str(&other.jwks()).unwrap();
    let header = json!({ "alg": "EdDSA", "typ": "JWT", "kid": demo().name(), "jwk": brought["keys"][0] });
    let message = token_with_header(&header).rsplit_once('.').unwrap().0.to_owned();
    let key = EncodingKey::from_ed_pem(other.to_pem().as_bytes()).unwrap();
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::EdDSA).unwrap();
    assert_eq!(check_at(&format!("{message}.{signature}"), issued()), Err(TokenRefusal::SignatureWrong));
    assert_eq!(check_at(&format!("{message}."), issued()), Err(TokenRefusal::SignatureWrong));
}

#[test]
fn the_type_is_right_and_no_extension_is_demanded() {
    let name = demo().name().to_owned();
    let kid = name.as_str();
    for header in [
        json!({ "alg": "EdDSA", "kid": kid }),
        json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": kid }),
        json!({ "alg": "EdDSA", "typ": "", "kid": kid }),
    ] {
        assert_eq!(check_header(header), Err(TokenRefusal::TypeWrong));
    }
    let refused = check_header(json!({ "alg": "EdDSA", "typ": "JWT", "kid": kid, "crit": ["b64"] }));
    assert_eq!(refused, Err(TokenRefusal::ExtensionUnknown));
    for header in [json!({ "typ": "JWT", "kid": kid }), json!({ "alg": 7 }), json!([])] {
        assert_eq!(check_header(header), Err(TokenRefusal::Malformed));
    }
}

#[test]
fn every_required_claim_is_required() {
    for claim in ["iss", "aud", "exp", "iat", "sub", "role", "centre"] {
        let refused = check_payload(&with(claim, Value::Null));
        assert_eq!(refused, Err(TokenRefusal::ClaimMissing { claim }));
        let refused = check_payload(&with(claim, json!({ "a": 1 })));
        assert_eq!(refused, Err(TokenRefusal::ClaimMalformed { claim }));
    }
    for claim in ["nbf", "desk", "station", "unit", "jti"] {
        let refused = check_payload(&with(claim, json!(["a"])));
        assert_eq!(refused, Err(TokenRefusal::ClaimMalformed { claim }));
    }
    for payload in [json!([]), json!(7), json!("a"), Value::Null] {
        assert_eq!(check_payload(&payload), Err(TokenRefusal::Malformed));
    }
}

#[test]
fn issuer_and_audience_are_ours() {
    assert_eq!(check_payload(&with("iss", json!("kezek-demo "))), Err(TokenRefusal::IssuerWrong));
    for other in [json!("kezek2"), json!(""), json!([]), json!(["a", "b"])] {
        assert_eq!(check_payload(&with("aud", other)), Err(TokenRefusal::AudienceWrong));
    }
    assert!(check_payload(&with("aud", json!(["a", "kezek"]))).is_ok());
    let mixed = check_payload(&with("aud", json!(["kezek", 7])));
    assert_eq!(mixed, Err(TokenRefusal::ClaimMalformed { claim: "aud" }));
}

#[test]
fn time_is_the_time_given_with_half_a_minute_of_leeway() {
    let token = demo().sign_payload(&with("nbf", json!(1_800_000_010))).unwrap();
    let at = |seconds: i64| check_at(&token, issued() + seconds.seconds()).map(|_| ());
    assert_eq!(at(-21), Err(TokenRefusal::NotYetValid));
    assert_eq!(at(-20), Ok(()));
    assert_eq!(at(629), Ok(()));
    assert_eq!(at(630), Err(TokenRefusal::Expired));
    let token = demo().sign_payload(&payload()).unwrap();
    assert_eq!(check_at(&token, issued() - 31.seconds()), Err(TokenRefusal::IssuedInFuture));
    assert!(check_at(&token, issued() - 30.seconds()).is_ok());
    let just_before = issued() + 629.seconds() + 999.milliseconds();
    assert!(check_at(&token, just_before).is_ok());
    assert!(check_at(&token, just_before).unwrap().valid_until() > just_before);
}

#[test]
fn a_life_is_short_and_its_ends_are_numbers_in_order() {
    let longest = 1_800_000_000 + i64::from(LIFETIME_SECONDS_DEFAULT);
    assert!(check_payload(&with("exp", json!(longest))).is_ok());
    let too_long = TokenRefusal::LifetimeTooLong { seconds_max: LIFETIME_SECONDS_DEFAULT };
    for exp in [json!(longest + 1), json!(longest as f64 + 0.5), json!(9.9e300), json!(u64::MAX)] {
        assert_eq!(check_payload(&with("exp", exp)), Err(too_long));
    }
    let malformed = Err(TokenRefusal::ClaimMalformed { claim: "exp" });
    assert_eq!(check_payload(&with("exp", json!(1_800_000_000))), malformed);
    assert_eq!(check_payload(&with("exp", json!(-1))), malformed);
    assert_eq!(check_payload(&with("exp", json!("1800000600"))), malformed);
    assert!(check_payload(&with("exp", json!(1_800_000_600.5))).is_ok());
    let mut demo_day = Expectations::new("kezek-demo", "kezek");
    demo_day.lifetime_seconds_max = DEMO_LIFETIME_SECONDS;
    let verifier = Verifier::new(demo().keys().unwrap(), demo_day).unwrap();
    let day = with("exp", json!(1_800_000_000 + i64::from(DEMO_LIFETIME_SECONDS)));
    let bearer = format!("Bearer {}", demo().sign_payload(&day).unwrap());
    assert!(verifier.check(&[&bearer], issued()).is_ok());
}

#[test]
fn who_is_asking_must_be_possible() {
    let refused = check_payload(&with("station", Value::Null));
    let missing = PrincipalError::StationMissing(Role::DutyOfficer);
    assert_eq!(refused, Err(TokenRefusal::PrincipalInvalid(missing)));
    let refused = check_payload(&with("sub", json!("kezek:dispatcher")));
    assert_eq!(refused, Err(TokenRefusal::PrincipalInvalid(PrincipalError::NameReserved)));
    for (claim, value) in [("role", "god"), ("centre", "Bishkek!"), ("station", "../x"), ("jti", " ")] {
        assert_eq!(check_payload(&with(claim, json!(value))), Err(TokenRefusal::ClaimMalformed { claim }));
    }
}

#[test]
fn a_claim_given_twice_is_malformed() {
    let twice = payload().to_string().replacen('{', r#"{"role":"supervisor","#, 1);
    let header = json!({ "alg": "EdDSA", "typ": "JWT", "kid": demo().name() }).to_string();
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(twice));
    let key = EncodingKey::from_ed_pem(demo().to_pem().as_bytes()).unwrap();
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::EdDSA).unwrap();
    assert_eq!(check_at(&format!("{message}.{signature}"), issued()), Err(TokenRefusal::Malformed));
}

#[test]
fn a_verifier_without_keys_or_expectations_is_not_made() {
    let make = |change: fn(&mut Expectations)| {
        let mut expectations = Expectations::new("kezek-demo", "kezek");
        change(&mut expectations);
        Verifier::new(demo().keys().unwrap(), expectations).map(|_| ())
    };
    assert_eq!(make(|_| {}), Ok(()));
    assert_eq!(make(|e| e.issuer.clear()), Err(ExpectationsError::NoIssuer));
    assert_eq!(make(|e| e.audience.clear()), Err(ExpectationsError::NoAudience));
    assert_eq!(make(|e| e.token_type.clear()), Err(ExpectationsError::NoType));
    assert_eq!(make(|e| e.lifetime_seconds_max = 0), Err(ExpectationsError::Lifetime(0)));
    assert_eq!(make(|e| e.lifetime_seconds_max = 86_401), Err(ExpectationsError::Lifetime(86_401)));
    let no_keys = Verifier::new(Keys::new(), Expectations::new("kezek-demo", "kezek"));
    assert_eq!(no_keys.map(|_| ()), Err(ExpectationsError::NoKey));
}

#[test]
fn codes_are_listed_once_and_upper_case() {
    let mut codes = TokenRefusal::CODES.to_vec();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), TokenRefusal::CODES.len());
    assert!(codes.iter().all(|code| code.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')));
    let invalid = TokenRefusal::PrincipalInvalid(PrincipalError::Name);
    assert!(codes.contains(&TokenRefusal::Missing.code()) && codes.contains(&invalid.code()));
}

/// One change to a token.
#[derive(Clone, Debug)]
enum Change {
    Replace(usize, u8),
    Insert(usize, u8),
    Remove(usize),
    Swap(usize, usize),
    Cut(usize),
}

fn change() -> impl Strategy<Value = Change> {
    // letters of base64url and the dot are the likeliest to pass
    let letter =
        prop_oneof![4 => prop::char::range('!', '~').prop_map(|c| c as u8), 1 => Just(b'.'), 1 => Just(b'A')];
    let place = 0..4096_usize;
    prop_oneof![
        (place.clone(), letter.clone()).prop_map(|(at, letter)| Change::Replace(at, letter)),
        (place.clone(), letter).prop_map(|(at, letter)| Change::Insert(at, letter)),
        place.clone().prop_map(Change::Remove),
        (place.clone(), place.clone()).prop_map(|(a, b)| Change::Swap(a, b)),
        place.prop_map(Change::Cut),
    ]
}

fn changed(token: &str, changes: &[Change]) -> String {
    let mut bytes = token.as_bytes().to_vec();
    for change in changes {
        let length = bytes.len().max(1);
        match change {
            Change::Insert(at, letter) => bytes.insert(at % length, *letter),
            Change::Cut(at) => bytes.truncate(at % length),
            Change::Replace(..) | Change::Remove(_) | Change::Swap(..) if bytes.is_empty() => {}
            Change::Replace(at, letter) => bytes[at % length] = *letter,
            Change::Remove(at) => {
                bytes.remove(at % length);
            }
            Change::Swap(a, b) => bytes.swap(a % length, b % length),
        }
    }
    String::from_utf8(bytes).expect("only ASCII went in")
}

proptest! {
    #[test]
    fn a_changed_token_is_never_good_and_its_refusal_quotes_nothing(
        changes in prop::collection::vec(change(), 1..4),
        which in 0..3_usize,
    ) {
        let demo = demo().sign_payload(&payload()).unwrap();
        let token = [demo.as_str(), ES256.trim(), RS256.trim()][which];
        let changed = changed(token, &changes);
        prop_assume!(changed != token);
        let refused = check_at(&changed, issued());
        prop_assert!(refused.is_err(), "{:?} was taken", changes);
        let refused = refused.unwrap_err();
        prop_assert!(TokenRefusal::CODES.contains(&refused.code()));
        let said = format!("{refused} {refused:?}");
        prop_assert!(changed.split('.').filter(|part| part.len() > 8).all(|part| !said.contains(part)));
    }

    #[test]
    fn any_text_at_all_is_refused_without_a_panic(values in prop::collection::vec(".{0,80}", 0..3)) {
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        prop_assert!(verifier().check(&values, issued()).is_err());
        if let Some(value) = values.first() {
            prop_assert!(check_at(value, issued()).is_err());
        }
    }

    #[test]
    fn any_json_signed_by_a_good_key_is_a_principal_or_a_refusal(
        claim in prop::sample::select(vec!["iss", "aud", "exp", "nbf", "iat", "sub", "jti", "role", "centre", "station", "unit", "desk"]),
        value in prop_oneof![
            Just(Value::Null), any::<i64>().prop_map(|n| json!(n)), any::<f64>().prop_map(|n| json!(n)),
            ".{0,40}".prop_map(|text| json!(text)), Just(json!([])), Just(json!({})), any::<bool>().prop_map(|b| json!(b)),
        ],
    ) {
        if let Ok(principal) = check_payload(&with(claim, value)) {
            prop_assert!(principal.valid_until() > issued());
            prop_assert_eq!(principal.role(), Role::DutyOfficer);
        }
    }
}
