//! The one door that every request passes: who asks, may they, is there a place, and an answer whatever happens.
//!
//! It looks at no message. A panic in a request ends that request and nothing else.

mod held;

use std::{
    convert::Infallible,
    future::Future,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use centre::Centre;
use domain::CentreId;
use futures::FutureExt as _;
use http::{HeaderMap, HeaderValue, Request, Response, header::AUTHORIZATION};
use identity::{Principal, TokenRefusal, may_act_in};
use operations::ControlRoom;
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status, body::Body, service::Routes};
use tower::{Service, ServiceExt as _};
use tracing::Instrument as _;

use self::held::{Asked, End, Held};
use crate::{
    access::{Access, Door, Method, Treatment},
    admission::Admission,
    codes::ServerCode,
    identities::{Owned, TooMany},
    keys::Guard,
    limits::{DIRECTORY_TIME_MAX, REQUEST_TIME_MAX},
    status,
    stream_end::StreamEnd,
    telemetry::{count_refused_token, observe_request},
};

/// The header of an answer that was given while the store could not be followed: the age, in seconds, of the picture it
/// was given from.
const PICTURE_AGE: &str = "kezek-picture-age";

/// What every request passes.
#[derive(Clone)]
pub(crate) struct Entrance {
    shared: Arc<Shared>,
    routes: Routes,
}

struct Shared {
    access: Access,
    guard: Arc<Guard>,
    centre_id: CentreId,
    centre: Centre,
    admission: Admission,
    /// Streams end when this is cancelled.
    ending: CancellationToken,
}

impl Entrance {
    /// The entrance to `routes`.
    pub(crate) fn new(
        routes: Routes,
        guard: Arc<Guard>,
        room: &ControlRoom,
        admission: Admission,
        ending: CancellationToken,
    ) -> Self {
        let (centre_id, centre) = (room.centre_id.clone(), room.centre.clone());
        let shared = Shared { access: Access::read(), guard, centre_id, centre, admission, ending };
        Self { shared: Arc::new(shared), routes: routes.prepare() }
    }

    async fn answer(self, mut request: Request<Body>) -> Response<Body> {
        let shared = Arc::clone(&self.shared);
        let path = request.uri().path().to_owned();
        let method = match shared.access.door(&path) {
            Door::Health => return in_time(REQUEST_TIME_MAX, through(self.routes, request)).await,
            Door::HealthWatch => {
                let end = StreamEnd::of_anybody(&shared.ending);
                return ended(end, shared.admission.admit_health(), self.routes, request).await;
            }
            Door::Reflection => {
                return match shared.identify(&request) {
                    Ok(principal) => {
                        let end = StreamEnd::new(&shared.ending, &principal);
                        let place = shared.admission.admit(Treatment::Stream).await;
                        ended(end, place, self.routes, request).await
                    }
                    Err(status) => status.into_http(),
                };
            }
            Door::Unknown => {
                return match shared.identify(&request) {
                    Ok(_) => unknown(&path).into_http(),
                    Err(status) => status.into_http(),
                };
            }
            Door::Method(method) => method,
        };
        let started = Instant::now();
        let answered = match shared.enter(method, &request) {
            Ok(principal) => {
                let span = tracing::info_span!("request", method = %method.name, role = %principal.role());
                request.extensions_mut().insert(principal);
                shared.pass(method, self.routes, request).instrument(span).await
            }
            Err(status) => status.into_http(),
        };
        observe_request(&method.name, code_of(&answered), started.elapsed());
        answered
    }
}

impl Shared {
    /// Who is asking, if their token is good here and they have no more connections than they may.
    fn identify(&self, request: &Request<Body>) -> Result<Principal, Status> {
        let values = request.headers().get_all(AUTHORIZATION).iter();
        let values: Result<Vec<&str>, _> = values.map(|value| value.to_str()).collect();
        let principal = values.map_err(|_| TokenRefusal::Malformed).and_then(|it| self.guard.check(&it));
        let principal = principal.map_err(|refusal| {
            count_refused_token(refusal.code());
            status::of_token(refusal)
        })?;
        let connection = request.extensions().get::<Arc<Owned>>();
        let connection = connection.expect("the listener puts beside each request what it came by");
        connection.admit(principal.name()).map_err(too_many)?;
        Ok(principal)
    }

    /// Who is asking, if they may call the method.
    fn enter(&self, method: &Method, request: &Request<Body>) -> Result<Principal, Status> {
        let principal = self.identify(request)?;
        may_act_in(&principal, &self.centre_id).map_err(|refusal| status::of_scope(&refusal))?;
        method.admit(&principal).map_err(|status| *status)?;
        Ok(principal)
    }

    /// Says how old the picture is that an answer was given from, unless it is the store's. A stream says it in its frames.
    fn with_age(&self, mut response: Response<Body>) -> Response<Body> {
        let age = self.centre.read(|picture| (!picture.status.is_current()).then(|| picture.age()));
        if let Some(age) = age {
            response.headers_mut().insert(PICTURE_AGE, HeaderValue::from(age.as_secs()));
        }
        response
    }

    /// Waits for a place and lets the request through, within its time.
    async fn pass(&self, method: &Method, routes: Routes, request: Request<Body>) -> Response<Body> {
        let Some(within) = time_of(method.treatment) else {
            return match self.admission.admit(method.treatment).await {
                Ok(permit) => {
                    begin(method.treatment, routes, request).await.map(|body| Held::own(body, permit))
                }
                Err(status) => status.into_http(),
            };
        };
        let within = asked_time(request.headers()).map_or(within, |asked| asked.min(within));
        if within.is_zero() {
            return timed_out("the time that this was given is over; nothing was done");
        }
        let answer = async {
            let _permit = self.admission.admit(method.treatment).await?;
            Ok(through(routes, request).await)
        };
        match tokio::time::timeout(within, answer).await {
            Ok(Ok(response)) => self.with_age(response),
            Ok(Err(status)) => Status::into_http(status),
            Err(_) => timed_out(
                "this took too long and may or may not have been done; send it again with the same request id",
            ),
        }
    }
}

/// Begins a stream of ours, which ends by itself. Its one request must come in time; where many come, each may be the last.
async fn begin(treatment: Treatment, routes: Routes, request: Request<Body>) -> Response<Body> {
    let begun = through(routes, request);
    match treatment {
        Treatment::Feed => begun.await,
        Treatment::Intake | Treatment::Unary | Treatment::Long | Treatment::Stream => {
            in_time(REQUEST_TIME_MAX, begun).await
        }
    }
}

/// Lets a stream through that is not ours and would have no end, if there is a place for it.
async fn ended(
    end: StreamEnd,
    place: Result<OwnedSemaphorePermit, Status>,
    routes: Routes,
    request: Request<Body>,
) -> Response<Body> {
    let permit = match place {
        Ok(permit) => permit,
        Err(status) => return status.into_http(),
    };
    let (head, body) = request.into_parts();
    let (asked, over) = Asked::on_a_stream(body);
    let request = Request::from_parts(head, asked);
    let mut end: End = Box::pin(end.wait());
    tokio::select! {
        why = &mut end => why.into_http(),
        begun = in_time(REQUEST_TIME_MAX, through(routes, request)) => {
            begun.map(|body| Held::until(end, body, permit, over))
        }
    }
}

/// The answer, if it comes in time, of what changes nothing.
async fn in_time(within: Duration, answer: impl Future<Output = Response<Body>>) -> Response<Body> {
    match tokio::time::timeout(within, answer).await {
        Ok(response) => response,
        Err(_) => timed_out("no whole request came in time; send it again"),
    }
}

fn timed_out(sentence: &str) -> Response<Body> {
    status::of_server(ServerCode::TimedOut, sentence, Vec::new()).into_http()
}

/// Lets a request through; a panic in it becomes an answer, and what the library says gets details as all else has.
async fn through(routes: Routes, request: Request<Body>) -> Response<Body> {
    let answered = AssertUnwindSafe(routes.oneshot(request)).catch_unwind().await;
    match answered {
        Ok(Ok(response)) => in_our_words(response.map(Body::new)),
        Ok(Err(never)) => match never {},
        Err(_panic) => {
            // the hook of the process has written where it happened; what it said may hold a caller's words
            tracing::error!("a request ended in a panic");
            let sentence = "this is a mistake of the server's; it may or may not have been done";
            status::of_server(ServerCode::Internal, sentence, Vec::new()).into_http()
        }
    }
}

/// An answer whose status has no details is the library's own.
fn in_our_words(response: Response<Body>) -> Response<Body> {
    if response.headers().contains_key("grpc-status-details-bin") {
        return response;
    }
    let said = Status::from_header_map(response.headers());
    match said.as_ref().and_then(status::of_library) {
        Some(ours) => ours.into_http(),
        None => response,
    }
}

/// How long a method may take; a stream has an age instead.
const fn time_of(treatment: Treatment) -> Option<Duration> {
    match treatment {
        Treatment::Intake | Treatment::Unary => Some(REQUEST_TIME_MAX),
        Treatment::Long => Some(DIRECTORY_TIME_MAX),
        Treatment::Stream | Treatment::Feed => None,
    }
}

/// The time that the client gives itself. One that cannot be read is none: the server's own holds.
fn asked_time(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("grpc-timeout")?.to_str().ok()?;
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if number.is_empty() || number.len() > 8 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = number.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(number * 3_600)),
        "M" => Some(Duration::from_secs(number * 60)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

fn too_many(TooMany { present, allowed }: TooMany) -> Status {
    let sentence = format!("this identity has {present} connections already; use one of them, or end one");
    let facts = vec![
        ("what", "connections of one identity".to_owned()),
        ("present", present.to_string()),
        ("allowed", allowed.to_string()),
    ];
    status::of_server(ServerCode::TooManyConnections, sentence, facts)
}

fn unknown(path: &str) -> Status {
    let shown: String = path.chars().take(128).collect();
    status::of_server(ServerCode::MethodUnknown, "there is no such method", vec![("method", shown)])
}

/// The status of an answer as far as its head tells: a refusal has it there.
fn code_of(response: &Response<Body>) -> Code {
    let status = response.headers().get("grpc-status");
    status.map_or(Code::Ok, |value| Code::from_bytes(value.as_bytes()))
}

impl Service<Request<Body>> for Entrance {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let entrance = self.clone();
        Box::pin(async move { Ok(entrance.answer(request).await) })
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, routing::post};
    use tonic_types::StatusExt as _;

    use super::*;

    #[tokio::test]
    async fn a_panic_ends_one_request_with_an_answer() {
        async fn mistaken() -> &'static str {
            panic!("this says what a caller said")
        }
        let routes = Routes::from(Router::new().route("/x/y", post(mistaken)));
        let request = Request::post("/x/y").body(Body::empty()).unwrap();
        let answer = through(routes, request).await;
        let status = Status::from_header_map(answer.headers()).unwrap();
        let details = status.get_error_details();
        assert_eq!(
            (status.code(), details.error_info().unwrap().reason.as_str()),
            (Code::Internal, "INTERNAL")
        );
        assert!(!status.message().contains("caller"));
    }

    #[test]
    fn a_clients_time_is_read_and_nonsense_is_none() {
        let time = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("grpc-timeout", text.parse().unwrap());
            asked_time(&headers)
        };
        assert_eq!(time("2S"), Some(Duration::from_secs(2)));
        assert_eq!(time("0n"), Some(Duration::ZERO));
        assert_eq!(time("99999999H"), Some(Duration::from_secs(99_999_999 * 3_600)));
        for nonsense in ["", "S", "-1S", "1", "1x", "999999999S", "1 S", "1SS"] {
            assert_eq!(time(nonsense), None, "{nonsense}");
        }
        assert_eq!(asked_time(&HeaderMap::new()), None);
    }
}
