//! The web console on the port of the API: its pages and files, what a page must know before anybody signs in, and the
//! streets below the map.
//!
//! Nothing of a centre is in any of it, so none of it asks for a token. Tokens are in it only of a demo, and for this
//! machine alone.

use std::{borrow::Cow, net::IpAddr, path::Path, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, Version, header},
    routing::get,
};
use bytes::Bytes;
use console::{Answer, Asked, Files, SECURITY_HEADERS};
use domain::directory::Titles;
use identity::Role;
use serde::Serialize;

use crate::basemap::Basemap;

/// What a page must know before anybody signs in.
const TOLD: &str = "/console.json";

/// The streets below the map.
const BASEMAP: &str = "/basemap.pmtiles";

/// What proxies add to what they pass on.
const PASSED_ON: [&str; 7] = [
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
    "cf-connecting-ip",
];

/// Somebody that a visitor of a demo can be.
#[derive(Clone, Serialize)]
pub struct DemoHolder {
    /// In which role.
    pub role: Role,
    /// For which station or unit, as its id; empty where the role has none.
    pub holder: String,
    /// What that station is called, by language; empty where it is none.
    pub title: Titles,
    /// What lets them in.
    pub token: String,
}

/// What is answered with.
#[derive(Clone)]
pub(crate) struct Pages {
    files: Arc<dyn Files>,
    demo: Arc<[DemoHolder]>,
    basemap: Option<Arc<Basemap>>,
}

impl Pages {
    /// The console of `files`. Whom a visitor of a demo can be is told only where nobody else reaches the port.
    pub(crate) fn new(
        files: Arc<dyn Files>,
        demo: Vec<DemoHolder>,
        address: IpAddr,
        basemap: Option<&Path>,
    ) -> Self {
        let demo = if address.is_loopback() { demo } else { Vec::new() };
        Self { files, demo: demo.into(), basemap: basemap.and_then(opened).map(Arc::new) }
    }
}

/// A centre works without streets below its map, so a file that cannot be used keeps nobody from starting.
fn opened(path: &Path) -> Option<Basemap> {
    let opened = Basemap::open(path);
    if let Err(error) = &opened {
        let error = domain::causes::with_causes(error);
        tracing::error!(path = %path.display(), error, "the basemap cannot be used; the map has no streets");
    }
    opened.ok()
}

/// True if a request is for the console: everything else on these paths is refused as gRPC refuses it.
pub(crate) fn is_of_console(method: &Method, path: &str) -> bool {
    (method == Method::GET || method == Method::HEAD)
        && (path == TOLD || path == BASEMAP || console::is_of_console(path))
}

/// True if somebody with a browser looks for a page that there is not: they are led back. A path of gRPC stays gRPC's.
pub(crate) fn is_of_nobody(method: &Method, path: &str, headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|accepted| accepted.to_str().ok());
    let reads_pages = accepted.is_some_and(|accepted| accepted.contains("text/html"));
    (method == Method::GET || method == Method::HEAD) && reads_pages && !is_of_grpc(path)
}

/// True if a path is a service with its package, and a method.
fn is_of_grpc(path: &str) -> bool {
    let parts = path.strip_prefix('/').and_then(|path| path.split_once('/'));
    parts.is_some_and(|(service, method)| service.contains('.') && !method.contains('/'))
}

/// The answers.
pub(crate) fn router(pages: Pages) -> Router {
    Router::new().route(TOLD, get(told)).route(BASEMAP, get(basemap)).fallback(get(file)).with_state(pages)
}

/// What a page is told.
#[derive(Serialize)]
struct Told<'a> {
    /// Which build of the console is served. Absent: none.
    build: Option<String>,
    /// Whom a visitor of a demo can be. Absent: this is no demo.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    demo: &'a [DemoHolder],
    /// Where the streets below the map are. Absent: there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    basemap: Option<&'static str>,
}

async fn told(State(pages): State<Pages>, version: Version, uri: Uri, headers: HeaderMap) -> Response<Body> {
    // a page of somebody else, whose name was made to lead to this machine, is of another host; and whoever stands in front
    // of this port may be reached by anybody
    let is_direct = names_this_machine(&uri, &headers) && !is_passed_on(version, &headers);
    let demo = if is_direct { &pages.demo[..] } else { &[] };
    let basemap = pages.basemap.as_ref().map(|_| BASEMAP);
    let told = Told { build: console::build(pages.files.as_ref()), demo, basemap };
    let told = serde_json::to_vec(&told).expect("texts become JSON");
    let mut response = guarded(Body::from(told));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// An answer with what a browser is told beside each.
fn guarded(body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    for (name, value) in SECURITY_HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// True if a proxy says that it asks for somebody else, or asks as no browser has for decades and some proxies still do. One
/// that hides it cannot be told from a browser of this machine.
fn is_passed_on(version: Version, headers: &HeaderMap) -> bool {
    version < Version::HTTP_11 || PASSED_ON.iter().any(|name| headers.contains_key(*name))
}

/// True if the browser asked for this machine by a name that only this machine has.
fn names_this_machine(uri: &Uri, headers: &HeaderMap) -> bool {
    let named = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let named = uri.authority().map(http::uri::Authority::as_str).or(named);
    let Some(authority) = named.and_then(|named| named.parse::<http::uri::Authority>().ok()) else {
        return false;
    };
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

async fn basemap(State(pages): State<Pages>, headers: HeaderMap) -> Response<Body> {
    match pages.basemap {
        Some(basemap) => basemap.answer(&headers),
        None => not_there(),
    }
}

fn not_there() -> Response<Body> {
    let mut response = guarded(Body::from("no basemap is configured here\n"));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

async fn file(State(pages): State<Pages>, uri: Uri, headers: HeaderMap) -> Response<Body> {
    if !console::is_of_console(uri.path()) {
        return response(console::nowhere());
    }
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let asked = Asked {
        path: uri.path(),
        accept_encoding: text(header::ACCEPT_ENCODING),
        if_none_match: text(header::IF_NONE_MATCH),
    };
    response(console::answer(pages.files.as_ref(), &asked))
}

fn response(answer: Answer) -> Response<Body> {
    let Answer { status, headers, body } = answer;
    let body = match body {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() =
        StatusCode::from_u16(status).expect("the console's answers have a status of HTTP");
    for (name, value) in headers {
        let value = HeaderValue::from_str(&value).expect("the console's headers are plain text");
        response.headers_mut().insert(name, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_of_this_machine_alone_is_one() {
        let by_host = |host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            names_this_machine(&Uri::from_static("/console.json"), &headers)
        };
        for own in ["localhost", "localhost:7102", "127.0.0.1:7102", "127.8.8.8", "[::1]:7102"] {
            assert!(by_host(own), "{own}");
        }
        for other in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:7102", "10.0.0.1", ""]
        {
            assert!(!by_host(other), "{other}");
        }
        assert!(!names_this_machine(&Uri::from_static("/console.json"), &HeaderMap::new()));
        let by_uri = |uri| names_this_machine(&Uri::from_static(uri), &HeaderMap::new());
        assert!(by_uri("http://127.0.0.1:7102/console.json") && !by_uri("http://evil.example/console.json"));
    }

    #[test]
    fn what_a_proxy_passes_on_is_told_from_what_a_browser_asks() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("127.0.0.1:7102"));
        assert!(!is_passed_on(Version::HTTP_11, &headers) && !is_passed_on(Version::HTTP_2, &headers));
        assert!(is_passed_on(Version::HTTP_10, &headers));
        for name in PASSED_ON {
            let mut passed_on = headers.clone();
            passed_on.insert(name, HeaderValue::from_static("it"));
            assert!(is_passed_on(Version::HTTP_11, &passed_on), "{name}");
        }
    }

    #[test]
    fn whom_one_can_be_is_told_on_loopback_alone() {
        let holder = DemoHolder {
            role: Role::DutyOfficer,
            holder: "leninsky".into(),
            title: Titles::default(),
            token: "it".into(),
        };
        let demo = |address: &str| {
            let address = address.parse().unwrap();
            Pages::new(console::embedded(), vec![holder.clone()], address, None).demo.len()
        };
        assert_eq!((demo("127.0.0.1"), demo("::1"), demo("0.0.0.0"), demo("192.0.2.1")), (1, 1, 0, 0));
    }

    #[test]
    fn only_a_browser_that_found_no_page_is_led_back() {
        let of_nobody = |method, path, accepted: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accepted));
            is_of_nobody(&method, path, &headers)
        };
        let browser = "text/html,application/xhtml+xml,*/*;q=0.8";
        for path in ["/nowhere", "/station/", "/station/a/b", "/index.html", "/desk/"] {
            assert!(of_nobody(Method::GET, path, browser), "{path}");
            assert!(
                !of_nobody(Method::POST, path, browser) && !of_nobody(Method::GET, path, "*/*"),
                "{path}"
            );
        }
        assert!(!of_nobody(Method::GET, "/kezek.intake.v1.IntakeService/TakeCall", browser));
        assert!(!is_of_nobody(&Method::GET, "/nowhere", &HeaderMap::new()));
    }

    #[test]
    fn only_what_reads_is_the_consoles() {
        assert!(is_of_console(&Method::GET, "/desk") && is_of_console(&Method::HEAD, TOLD));
        assert!(!is_of_console(&Method::POST, "/desk") && !is_of_console(&Method::GET, "/nothing"));
    }
}
