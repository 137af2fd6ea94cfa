//! The log and the metrics. Neither holds a token, a name, a number or a word of anybody.

use std::{
    io::IsTerminal as _,
    panic::{self, PanicHookInfo},
    sync::OnceLock,
    time::Duration,
};

use identity::TokenRefusal;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tonic::Code;
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::configuration::{Configuration, LogFormat};

/// Bounds of the buckets of times, in seconds: from an answer out of memory to the longest a request may take.
const TIME_BUCKETS: [f64; 14] =
    [0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 60.0];

/// Why a connection was not served.
const CONNECTION_REFUSALS: [&str; 5] =
    ["too_many", "too_many_of_one", "handshake", "silent", "accept_failed"];

/// The histograms of how long people take to answer.
const ANSWERS: [&str; 2] = ["kezek_desk_answer_seconds", "kezek_crew_answer_seconds"];

/// Bounds of the buckets of their times, in seconds: a plan gives desks and crews five seconds to an hour.
const ANSWER_BUCKETS: [f64; 15] =
    [5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0];

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter cannot be read.
    #[error("`log` is no filter: {0}")]
    Filter(#[source] tracing_subscriber::filter::ParseError),
    /// Somebody else has set up a log already.
    #[error("the log is set up twice")]
    Twice(#[source] tracing_subscriber::util::TryInitError),
}

/// Starts the log of this process, on standard error, and has panics told there, each by its place alone. A program calls
/// it once; tests need none.
///
/// # Errors
/// [`TelemetryError`].
pub fn start_log(configuration: &Configuration) -> Result<(), TelemetryError> {
    let filter = EnvFilter::try_new(&configuration.log).map_err(TelemetryError::Filter)?;
    let registry = tracing_subscriber::registry().with(filter);
    let started = match configuration.log_format {
        LogFormat::Text => {
            // in a file or a journal a colour is only noise
            let layer = fmt::layer().with_writer(std::io::stderr);
            registry.with(layer.with_ansi(std::io::stderr().is_terminal())).try_init()
        }
        LogFormat::Json => registry.with(fmt::layer().json().with_writer(std::io::stderr)).try_init(),
    };
    started.map_err(TelemetryError::Twice)?;
    panic::set_hook(Box::new(tell_place));
    Ok(())
}

/// Tells where a panic happened, and nothing of what it says: it may hold a caller's words.
fn tell_place(panicked: &PanicHookInfo<'_>) {
    let place = panicked.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(place, "a panic");
}

/// The metrics of this process, set up when first asked for. Two servers in one process (in tests) share them.
pub(crate) fn metrics() -> &'static Metrics {
    static METRICS: OnceLock<Metrics> = OnceLock::new();
    METRICS.get_or_init(|| {
        let handle = match install() {
            Ok(handle) => Some(handle),
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "there are no metrics: somebody else collects them already");
                None
            }
        };
        describe();
        Metrics { handle }
    })
}

/// What collects the metrics of this process.
pub(crate) struct Metrics {
    handle: Option<PrometheusHandle>,
}

impl Metrics {
    /// All of them as Prometheus reads them.
    pub(crate) fn render(&self) -> String {
        self.handle.as_ref().map(PrometheusHandle::render).unwrap_or_default()
    }

    /// Lets what was measured settle, so that memory does not grow between two readings.
    pub(crate) fn settle(&self) {
        if let Some(handle) = &self.handle {
            handle.run_upkeep();
        }
    }
}

fn install() -> Result<PrometheusHandle, BuildError> {
    let mut builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &TIME_BUCKETS)?;
    for name in ANSWERS {
        // a whole name goes before an ending
        builder = builder.set_buckets_for_metric(Matcher::Full(name.to_owned()), &ANSWER_BUCKETS)?;
    }
    builder.install_recorder()
}

fn describe() {
    describe_counter!("kezek_requests_total", "requests answered, by method and status");
    describe_histogram!("kezek_request_seconds", Unit::Seconds, "time to the head of an answer, by method");
    describe_histogram!("kezek_intake_seconds", Unit::Seconds, "time from a call coming in to its answer");
    describe_counter!("kezek_refused_tokens_total", "requests refused for their token, by code");
    describe_gauge!("kezek_connections", "open connections");
    describe_counter!("kezek_connections_refused_total", "connections not served, by cause");
    describe_counter!("kezek_commit_total", "commits by outcome");
    for name in ANSWERS {
        describe_histogram!(
            name,
            Unit::Seconds,
            "time from sending to the first answer, by priority and outcome"
        );
    }
    describe_counter!("kezek_positions_total", "positions that came in, by outcome");
    describe_counter!("kezek_archived_total", "incidents and calls that went to the archive");
    describe_counter!("kezek_archive_failures_total", "tries to archive that failed");
    metrics::describe_gauge!(
        "kezek_archive_waiting",
        "incidents and calls old enough for the archive that could not leave"
    );
    describe_gauge!("kezek_build_info", "1; the version is a label");
    // a counter that is not there before its first increment hides that one from whoever asks for the increase
    for outcome in operations::COMMIT_OUTCOMES {
        counter!("kezek_commit_total", "outcome" => outcome).increment(0);
    }
    for cause in CONNECTION_REFUSALS {
        counter!("kezek_connections_refused_total", "cause" => cause).increment(0);
    }
    for code in TokenRefusal::CODES {
        counter!("kezek_refused_tokens_total", "code" => code).increment(0);
    }
    gauge!("kezek_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1);
}

/// Counts a token that was refused.
pub(crate) fn count_refused_token(code: &'static str) {
    counter!("kezek_refused_tokens_total", "code" => code).increment(1);
    tracing::debug!(code, "a token was refused");
}

/// Counts a request and how long it took.
pub(crate) fn observe_request(method: &str, code: Code, took: Duration) {
    counter!("kezek_requests_total", "method" => method.to_owned(), "code" => word(code)).increment(1);
    histogram!("kezek_request_seconds", "method" => method.to_owned()).record(took);
    if method == "IntakeService/TakeCall" && code == Code::Ok {
        histogram!("kezek_intake_seconds").record(took);
    }
}

/// The word for a status, as the contract writes it.
const fn word(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod tests {
    use std::{env, process::Command};

    use super::*;

    /// Tells the child to panic.
    const PANIC: &str = "KEZEK_TEST_OF_A_PANIC";

    /// The log is the whole process's, so a process of its own panics: this very test, started again.
    #[test]
    fn of_a_panic_only_the_place_is_told() {
        if env::var_os(PANIC).is_some() {
            start_log(&Configuration::default()).expect("nobody else has a log");
            let words = "he is in the house";
            let ended = panic::catch_unwind(|| assert!(words.is_empty(), "{words}"));
            assert!(ended.is_err());
            return;
        }
        let binary = env::current_exe().expect("a test knows its binary");
        let name = "telemetry::tests::of_a_panic_only_the_place_is_told";
        let child = Command::new(binary).args(["--exact", name, "--nocapture"]).env(PANIC, "1").output();
        let child = child.expect("the test is started again");
        let said = String::from_utf8_lossy(&child.stdout) + String::from_utf8_lossy(&child.stderr);
        assert!(child.status.success() && said.contains("1 passed"), "{said}");
        assert!(said.contains("a panic") && said.contains("telemetry.rs:"), "{said}");
        assert!(!said.contains("in the house"), "{said}");
    }
}
