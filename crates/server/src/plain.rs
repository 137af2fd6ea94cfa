//! What is not gRPC: whether the process lives and is ready, its metrics, and the web console.

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, Method, StatusCode, header::CONTENT_TYPE},
    response::IntoResponse,
    routing::get,
};

use crate::{
    health::Readiness,
    pages::{self, Pages},
    telemetry::metrics,
};

/// The paths that are answered here.
const PATHS: [&str; 3] = ["/livez", "/readyz", "/metrics"];

/// What Prometheus expects to be told that it reads.
const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// True if the request is not gRPC's.
pub(crate) fn is_plain(method: &Method, path: &str, headers: &HeaderMap) -> bool {
    PATHS.contains(&path) || pages::is_of_console(method, path) || pages::is_of_nobody(method, path, headers)
}

/// The answers. None of them tells anything about anybody, so none asks for a token.
pub(crate) fn router(readiness: Readiness, pages: Pages) -> Router {
    Router::new()
        .route("/livez", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(|| async { ([(CONTENT_TYPE, PROMETHEUS_TEXT)], metrics().render()) }))
        .with_state(readiness)
        .merge(pages::router(pages))
}

async fn ready(State(readiness): State<Readiness>) -> impl IntoResponse {
    match readiness.obstacle() {
        None => match readiness.damaged() {
            0 => (StatusCode::OK, "ready\n".to_owned()),
            damaged => {
                (StatusCode::OK, format!("ready, but {damaged} records of the store cannot be read\n"))
            }
        },
        Some(obstacle) => (StatusCode::SERVICE_UNAVAILABLE, format!("{obstacle}\n")),
    }
}
