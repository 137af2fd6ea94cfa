//! A connection to a centre: the token on every request, bounded repeats under the same request id.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use protocol::command::v1::command_service_client::CommandServiceClient;
use protocol::crew::v1::run_service_client::RunServiceClient;
use protocol::crew::v1::unit_service_client::UnitServiceClient;
use protocol::desk::v1::desk_service_client::DeskServiceClient;
use protocol::directory::v1::directory_service_client::DirectoryServiceClient;
use protocol::dispatch::v1::alarm_service_client::AlarmServiceClient;
use protocol::dispatch::v1::dispatch_service_client::DispatchServiceClient;
use protocol::dispatch::v1::incident_service_client::IncidentServiceClient;
use protocol::intake::v1::intake_service_client::IntakeServiceClient;
use protocol::watch::v1::watch_service_client::WatchServiceClient;
use tokio::sync::OnceCell;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, ClientTlsConfig, Endpoint};
use tonic::{Code, Request, Response, Status};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::names::Names;
use crate::output::{Output, note};
use crate::words::refused::Surface;

/// Where a centre answers unless somebody says otherwise.
pub(crate) const ADDRESS_DEFAULT: &str = "http://127.0.0.1:7102";

/// How often a request is sent at most. Five attempts span about 3 s of a node that restarts.
const ATTEMPTS_MAX: u32 = 5;

/// The pause before the second attempt; it doubles each time.
const PAUSE_FIRST: Duration = Duration::from_millis(200);

/// How long one attempt may take: the centre answers in milliseconds or not at all.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// How long a connection may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);

/// The largest answer: a directory, 4 MiB and what gRPC puts around it.
const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The header of an answer from a picture that is not known to be the store's: its age in seconds.
const PICTURE_AGE: &str = "kezek-picture-age";

/// Where the centre is and who asks.
#[derive(Args, Clone, Debug)]
pub(crate) struct Target {
    /// Where the centre answers
    #[arg(long, global = true, env = "KEZEK_ADDRESS", default_value = ADDRESS_DEFAULT, value_name = "URL", help_heading = "The centre")]
    pub(crate) address: String,
    /// The token that says who asks; better in the environment or a file, where other users cannot read it
    #[arg(
        long,
        global = true,
        env = "KEZEK_TOKEN",
        hide_env_values = true,
        value_name = "JWT",
        help_heading = "The centre"
    )]
    pub(crate) token: Option<String>,
    /// A file that holds the token; goes before --token and KEZEK_TOKEN
    #[arg(long, global = true, env = "KEZEK_TOKEN_FILE", value_name = "FILE", help_heading = "The centre")]
    pub(crate) token_file: Option<PathBuf>,
    /// PEM file of the authority that signed the centre's certificate, for https addresses; the system's unless given
    #[arg(
        long,
        global = true,
        env = "KEZEK_CERTIFICATE_AUTHORITY",
        value_name = "FILE",
        help_heading = "The centre"
    )]
    pub(crate) certificate_authority: Option<PathBuf>,
    /// Language of titles (`en`, `ky`, `ru`, `uz` …); the centre's main one where it is missing
    #[arg(
        long,
        global = true,
        env = "KEZEK_LANGUAGE",
        default_value = "en",
        value_name = "TAG",
        help_heading = "The centre"
    )]
    pub(crate) language: String,
}

/// A channel whose every request carries the token.
pub(crate) type Door = InterceptedService<Channel, Bearer>;

/// Puts the token on requests.
#[derive(Clone)]
pub(crate) struct Bearer(Option<MetadataValue<Ascii>>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            request.metadata_mut().insert("authorization", token.clone());
        }
        Ok(request)
    }
}

/// One centre, one token, one way to print.
pub(crate) struct Session {
    target: Target,
    door: Door,
    output: Output,
    surface: Surface,
    names: OnceCell<Names>,
}

impl Session {
    /// Connects.
    ///
    /// # Errors
    /// The address or token is none, or nobody answers; nothing was sent then.
    pub(crate) async fn open(target: &Target, output: Output) -> Result<Self, Failure> {
        let bearer = bearer(target)?;
        let channel = endpoint(target)?
            .connect()
            .await
            .map_err(|cause| Failure::unreachable(&target.address, &cause))?;
        let door = InterceptedService::new(channel, bearer);
        let surface = Surface::Commands;
        Ok(Self { target: target.clone(), door, output, surface, names: OnceCell::new() })
    }

    /// The same for somebody who types lines.
    pub(crate) fn of_lines(self) -> Self {
        Self { surface: Surface::Lines, ..self }
    }

    /// How answers are printed.
    pub(crate) const fn output(&self) -> Output {
        self.output
    }

    /// What the centre's directory calls things, asked once. Without an answer ids stand for themselves, in UTC.
    pub(crate) async fn names(&self) -> &Names {
        self.names.get_or_init(|| Box::pin(self.fresh_names())).await
    }

    /// What the directory calls things by now.
    pub(crate) async fn fresh_names(&self) -> Names {
        // not through `read`, which would want names for its failures
        let question = protocol::directory::v1::GetDirectoryRequest {};
        let asked = send(None, question, async |request| self.directory().get_directory(request).await).await;
        match asked {
            Ok(answer) => Names::new(answer.directory.unwrap_or_default(), &self.target.language),
            Err(_) => Names::default(),
        }
    }

    /// Asks something that changes nothing.
    ///
    /// # Errors
    /// What the centre refused, or that no answer came.
    pub(crate) async fn read<Q: Clone, A>(
        &self,
        question: Q,
        ask: impl AsyncFn(Request<Q>) -> Result<Response<A>, Status>,
    ) -> Result<A, Failure> {
        self.named(send(None, question, ask).await).await
    }

    /// Asks for a change. The question carries `request_id`, so repeating it never does it twice.
    ///
    /// # Errors
    /// What the centre refused, or that it is not known whether it was done.
    pub(crate) async fn change<Q: Clone, A>(
        &self,
        request_id: &str,
        question: Q,
        ask: impl AsyncFn(Request<Q>) -> Result<Response<A>, Status>,
    ) -> Result<A, Failure> {
        self.named(send(Some(request_id), question, ask).await).await
    }

    /// A failure in the words of whoever asked; where it speaks of units or times, with callsigns and by the centre's clock.
    async fn named<A>(&self, answered: Result<A, Failure>) -> Result<A, Failure> {
        match answered.map_err(|failure| failure.told_in(self.surface)) {
            Err(failure) if failure.wants_names() => Err(failure.with_names(self.names().await)),
            other => other,
        }
    }

    /// Calls.
    pub(crate) fn intake(&self) -> IntakeServiceClient<Door> {
        IntakeServiceClient::new(self.door.clone())
    }

    /// Incidents.
    pub(crate) fn incidents(&self) -> IncidentServiceClient<Door> {
        IncidentServiceClient::new(self.door.clone()).max_decoding_message_size(ANSWER_BYTES_MAX)
    }

    /// Who is sent.
    pub(crate) fn dispatch(&self) -> DispatchServiceClient<Door> {
        DispatchServiceClient::new(self.door.clone()).max_decoding_message_size(ANSWER_BYTES_MAX)
    }

    /// Alarms.
    pub(crate) fn alarms(&self) -> AlarmServiceClient<Door> {
        AlarmServiceClient::new(self.door.clone())
    }

    /// Duty desks.
    pub(crate) fn desks(&self) -> DeskServiceClient<Door> {
        DeskServiceClient::new(self.door.clone())
    }

    /// Typed lines.
    pub(crate) fn command_line(&self) -> CommandServiceClient<Door> {
        CommandServiceClient::new(self.door.clone()).max_decoding_message_size(ANSWER_BYTES_MAX)
    }

    /// Runs.
    pub(crate) fn runs(&self) -> RunServiceClient<Door> {
        RunServiceClient::new(self.door.clone())
    }

    /// Units.
    pub(crate) fn units(&self) -> UnitServiceClient<Door> {
        UnitServiceClient::new(self.door.clone())
    }

    /// The centre as data.
    pub(crate) fn directory(&self) -> DirectoryServiceClient<Door> {
        DirectoryServiceClient::new(self.door.clone())
            .max_decoding_message_size(ANSWER_BYTES_MAX)
            .max_encoding_message_size(ANSWER_BYTES_MAX)
    }

    /// The live picture.
    pub(crate) fn watch(&self) -> WatchServiceClient<Door> {
        WatchServiceClient::new(self.door.clone()).max_decoding_message_size(ANSWER_BYTES_MAX)
    }
}

/// The address, with TLS where it says https.
fn endpoint(target: &Target) -> Result<Endpoint, Failure> {
    let wrong = |cause: &dyn std::error::Error| {
        Failure::usage(format!(
            "`{}` is no address: {cause}; say http://HOST:PORT or https://HOST:PORT",
            target.address
        ))
    };
    let endpoint = Endpoint::from_shared(target.address.clone()).map_err(|cause| wrong(&cause))?;
    let uri = endpoint.uri();
    if uri.host().is_none() || !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err(Failure::usage(format!(
            "`{}` is no address; say http://HOST:PORT or https://HOST:PORT",
            target.address
        )));
    }
    let endpoint = endpoint
        .connect_timeout(CONNECT_WITHIN)
        .http2_keep_alive_interval(Duration::from_secs(5))
        .keep_alive_timeout(Duration::from_secs(5))
        .user_agent(concat!("kezek/", env!("CARGO_PKG_VERSION")))
        .map_err(|cause| wrong(&cause))?;
    if !target.address.starts_with("https:") {
        return Ok(endpoint);
    }
    let tls = match &target.certificate_authority {
        Some(file) => {
            let pem = std::fs::read(file).map_err(|cause| cannot_read(file, &cause))?;
            ClientTlsConfig::new().ca_certificate(tonic::transport::Certificate::from_pem(pem))
        }
        None => ClientTlsConfig::new().with_native_roots(),
    };
    endpoint.tls_config(tls).map_err(|cause| wrong(&cause))
}

/// The token of a file, an option or the environment, in this order.
fn bearer(target: &Target) -> Result<Bearer, Failure> {
    let token = match &target.token_file {
        Some(file) => Some(std::fs::read_to_string(file).map_err(|cause| cannot_read(file, &cause))?),
        None => target.token.clone(),
    };
    let Some(token) = token else { return Ok(Bearer(None)) };
    let mut value: MetadataValue<Ascii> = format!("Bearer {}", token.trim())
        .parse()
        .map_err(|_| Failure::usage("the token holds characters that no token has"))?;
    value.set_sensitive(true);
    Ok(Bearer(Some(value)))
}

/// A file that the command line names and that cannot be read.
pub(crate) fn cannot_read(file: &std::path::Path, cause: &std::io::Error) -> Failure {
    Failure::usage(format!("cannot read {}: {cause}", file.display()))
}

/// Sends until there is an answer, at most [`ATTEMPTS_MAX`] times.
async fn send<Q: Clone, A>(
    request_id: Option<&str>,
    question: Q,
    ask: impl AsyncFn(Request<Q>) -> Result<Response<A>, Status>,
) -> Result<A, Failure> {
    let mut pause = PAUSE_FIRST;
    let mut attempt = 1;
    let mut may_be_done = false;
    loop {
        let mut request = Request::new(question.clone());
        request.set_timeout(ANSWER_WITHIN);
        let answered = tokio::time::timeout(ANSWER_WITHIN, Box::pin(ask(request))).await;
        let status = match answered {
            Ok(Ok(answer)) => {
                tell_age(&answer);
                return Ok(answer.into_inner());
            }
            Ok(Err(status)) => status,
            Err(_) => Status::deadline_exceeded(format!("nothing within {} s", ANSWER_WITHIN.as_secs())),
        };
        let failure = Failure::from_status(&status);
        let worth_repeating = failure.exit == Exit::Unknown || status.code() == Code::Aborted;
        if !worth_repeating {
            return Err(failure);
        }
        may_be_done |= !failure.is_surely_not_done();
        if attempt == ATTEMPTS_MAX {
            return Err(match request_id {
                Some(id) if may_be_done && failure.exit == Exit::Unknown => {
                    Failure::unknown_outcome(attempt, &failure, id)
                }
                Some(_) => failure,
                None => Failure::unanswered(attempt, failure),
            });
        }
        attempt += 1;
        let same = request_id.map_or_else(String::new, |id| format!(", same request id {id}"));
        note(&format!("{}; asking again (attempt {attempt} of {ATTEMPTS_MAX}{same})", status.message()));
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
}

/// Says so if the centre answered from a picture that is not known to be its store's.
fn tell_age<A>(answer: &Response<A>) {
    if let Some(age) = answer.metadata().get(PICTURE_AGE).and_then(|age| age.to_str().ok()) {
        note(&format!(
            "OLD: the centre has not reached its store for {age} s; what it shows may have changed"
        ));
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::HashMap;

    use tonic_types::{ErrorDetails, StatusExt};

    use super::*;

    /// Answers with these statuses in turn, then with the question itself.
    fn script(codes: &[Code]) -> RefCell<Vec<Code>> {
        RefCell::new(codes.iter().rev().copied().collect())
    }

    async fn told(script: &RefCell<Vec<Code>>, asked: &RefCell<Vec<String>>) -> Result<String, Failure> {
        send(Some("r-1"), "r-1".to_owned(), async |request: Request<String>| {
            asked.borrow_mut().push(request.get_ref().clone());
            let next = script.borrow_mut().pop();
            next.map_or_else(|| Ok(Response::new("done".to_owned())), |code| Err(Status::new(code, "away")))
        })
        .await
    }

    #[tokio::test(start_paused = true)]
    async fn an_unknown_outcome_is_asked_again_under_the_same_id() {
        let asked = RefCell::default();
        let answer = told(&script(&[Code::Unavailable, Code::DeadlineExceeded, Code::Aborted]), &asked).await;
        assert_eq!(answer.as_deref(), Ok("done"));
        assert_eq!(asked.into_inner(), ["r-1"; 4]);
    }

    #[tokio::test(start_paused = true)]
    async fn it_gives_up_in_the_end_and_says_how_to_go_on() {
        let asked = RefCell::default();
        let failure = told(&script(&[Code::Unavailable; 9]), &asked).await.unwrap_err();
        assert_eq!((asked.into_inner().len(), failure.exit), (5, Exit::Unknown));
        assert!(failure.next.contains("--request-id r-1"));
    }

    /// Answers each time that the store is away, but the first time as `first` says.
    async fn store_is_away(request_id: Option<&str>, first: Status) -> Failure {
        let asked = RefCell::new(vec![first]);
        let ask = async |_: Request<()>| -> Result<Response<()>, Status> {
            let details = ErrorDetails::with_error_info("STORE_UNAVAILABLE", "kezek", HashMap::new());
            let away = Status::with_error_details(Code::Unavailable, "away; nothing was done", details);
            Err(asked.borrow_mut().pop().unwrap_or(away))
        };
        send(request_id, (), ask).await.unwrap_err()
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_surely_not_done_is_not_said_to_be_unknown() {
        let refused = Status::aborted("others were faster; nothing was done");
        let failure = store_is_away(Some("r-1"), refused).await;
        assert_eq!((failure.exit, failure.reason.as_str()), (Exit::Unknown, "STORE_UNAVAILABLE"));
        let failure = store_is_away(Some("r-1"), Status::deadline_exceeded("nothing came")).await;
        assert_eq!(failure.reason, "OUTCOME_UNKNOWN", "the first attempt may have been done");
    }

    #[tokio::test(start_paused = true)]
    async fn a_question_never_ends_in_an_unknown_outcome() {
        let failure = store_is_away(None, Status::deadline_exceeded("nothing came")).await;
        assert_eq!(failure.reason, "STORE_UNAVAILABLE");
        let silent = async |_: Request<()>| -> Result<Response<()>, Status> {
            Err(Status::deadline_exceeded("nothing came"))
        };
        assert_eq!(send(None, (), silent).await.unwrap_err().reason, "UNREACHABLE");
    }

    #[test]
    fn an_address_without_a_scheme_or_a_host_is_none() {
        for address in ["garbage", "localhost:7102", "ftp://host", "http://", "/path"] {
            let target = Target {
                address: address.to_owned(),
                token: None,
                token_file: None,
                certificate_authority: None,
                language: "en".to_owned(),
            };
            let failure = endpoint(&target).map(drop).unwrap_err();
            assert_eq!(failure.exit, Exit::Usage, "{address}: {failure}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_is_final() {
        let asked = RefCell::default();
        let failure = told(&script(&[Code::FailedPrecondition]), &asked).await.unwrap_err();
        assert_eq!((asked.into_inner().len(), failure.exit), (1, Exit::Refused));
    }

    #[tokio::test(start_paused = true)]
    async fn a_conflict_that_stays_is_a_refusal_because_nothing_was_done() {
        let asked = RefCell::default();
        let failure = told(&script(&[Code::Aborted; 9]), &asked).await.unwrap_err();
        assert_eq!((asked.into_inner().len(), failure.exit), (5, Exit::Refused));
    }
}
