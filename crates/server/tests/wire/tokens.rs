//! Who has no good token is told why, counted, and let in nowhere.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use identity::{
    Claims, Role,
    demo::{DemoKeys, Terms},
};
use jiff::{SignedDuration, Timestamp};
use tonic::Code;

use crate::{
    node::{Node, assert_refused, claims, terms},
    raw::{bearer, call, get},
};

const METHOD: &str = "/kezek.dispatch.v1.DispatchService/GetDispatch";

/// A token with another header, as somebody would write who has no key.
fn with_header(token: &str, header: &str) -> String {
    let (_, rest) = token.split_once('.').unwrap();
    format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header))
}

#[tokio::test]
async fn a_bad_token_is_refused_by_name_counted_and_never_shown() {
    let node = Node::start().await;
    let channel = node.channel().await;
    let operator = claims(Role::Operator);
    let good = node.token_of(&operator);
    let signed = |terms: Terms| node.keys.sign(&operator, &terms).unwrap();
    let ago = |seconds| Timestamp::now() - SignedDuration::from_secs(seconds);
    let stranger = DemoKeys::generate([1; 32]).unwrap().sign(&operator, &terms()).unwrap();
    let (head, _) = good.rsplit_once('.').unwrap();
    let (_, of_another) = stranger.rsplit_once('.').unwrap();
    let cases: Vec<(&str, Vec<(&'static str, String)>)> = vec![
        ("TOKEN_MISSING", vec![]),
        ("TOKEN_SEVERAL_HEADERS", vec![bearer(&good), bearer(&good)]),
        ("TOKEN_NOT_BEARER", vec![("authorization", "Basic b3BlcmF0b3I6".to_owned())]),
        ("TOKEN_MALFORMED", vec![bearer("a.b")]),
        ("TOKEN_TOO_LONG", vec![bearer(&"a".repeat(9 * 1024))]),
        ("TOKEN_ALGORITHM_REFUSED", vec![bearer(&with_header(&good, r#"{"alg":"none","typ":"JWT"}"#))]),
        ("TOKEN_ALGORITHM_REFUSED", vec![bearer(&with_header(&good, r#"{"alg":"HS256","typ":"JWT"}"#))]),
        ("TOKEN_KEY_UNKNOWN", vec![bearer(&stranger)]),
        ("TOKEN_SIGNATURE_WRONG", vec![bearer(&format!("{head}.{of_another}"))]),
        ("TOKEN_AUDIENCE_WRONG", vec![bearer(&signed(Terms { audience: "other".to_owned(), ..terms() }))]),
        ("TOKEN_ISSUER_WRONG", vec![bearer(&signed(Terms { issuer: "other".to_owned(), ..terms() }))]),
        ("TOKEN_EXPIRED", vec![bearer(&signed(Terms { issued_at: ago(3_600), ..terms() }))]),
        ("TOKEN_NOT_YET_VALID", vec![bearer(&signed(Terms { issued_at: ago(-3_600), ..terms() }))]),
        ("TOKEN_LIFETIME_TOO_LONG", vec![bearer(&signed(Terms { lifetime_seconds: 7_200, ..terms() }))]),
    ];
    for (expected, headers) in &cases {
        let status =
            assert_refused(call(&channel, METHOD, "", headers).await, Code::Unauthenticated, expected);
        for (_, value) in headers {
            assert!(!status.message().contains(value.as_str()), "{expected} shows the token");
        }
    }
    let metrics = get(&node, "/metrics").await;
    for (code, _) in &cases {
        let counted = metrics.lines().find(|line| line.contains(&format!("code=\"{code}\"")));
        let count: f64 = counted.and_then(|line| line.rsplit(' ').next()).unwrap().parse().unwrap();
        assert!(count >= 1.0, "{code} was not counted: {counted:?}");
    }
    assert!(call(&channel, METHOD, "", &[bearer(&good)]).await.is_ok());
}

#[tokio::test]
async fn a_token_of_another_centre_opens_nothing_here() {
    let node = Node::start().await;
    let channel = node.channel().await;
    let stranger = Claims { centre: "osh".parse().unwrap(), ..claims(Role::Supervisor) };
    let answer = call(&channel, METHOD, "", &[bearer(&node.token_of(&stranger))]).await;
    assert_refused(answer, Code::PermissionDenied, "SCOPE_OTHER_CENTRE");
}
