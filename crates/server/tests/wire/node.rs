//! A node with the Bishkek directory in a directory of its own, on a port of its own, that ends with its test.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use domain::{CentreId, StationId, UnitId};
use identity::{
    Claims, Role,
    demo::{DemoKeys, Terms},
};
use jiff::Timestamp;
use server::{Configuration, Footing, JournalSetting, Running, ServeError, start};
use tempfile::TempDir;
use tonic::{
    Code, Request, Status,
    metadata::MetadataValue,
    service::{Interceptor, interceptor::InterceptedService},
    transport::Channel,
};
use tonic_types::StatusExt as _;

/// The station of duty officers, unless said otherwise.
pub(crate) const STATION: &str = "leninsky";

/// The unit of crews, unless said otherwise.
pub(crate) const UNIT: &str = "leninsky-11";

/// A node under test.
pub(crate) struct Node {
    running: Option<Running>,
    directory: TempDir,
    pub(crate) keys: DemoKeys,
}

/// A channel that shows a token with each request.
pub(crate) type Client = InterceptedService<Channel, Token>;

/// Shows a token with each request.
#[derive(Clone)]
pub(crate) struct Token(String);

impl Interceptor for Token {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let value: MetadataValue<_> = format!("Bearer {}", self.0).parse().unwrap();
        request.metadata_mut().insert("authorization", value);
        Ok(request)
    }
}

impl Node {
    pub(crate) async fn start() -> Self {
        Self::start_with(|configuration| configuration).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(Configuration) -> Configuration) -> Self {
        Self::start_so(change, Footing::default()).await
    }

    /// Starts one that stands on something else than usual.
    pub(crate) async fn start_on(footing: Footing) -> Self {
        Self::start_so(|configuration| configuration, footing).await
    }

    /// Starts one that is configured otherwise and stands on something else.
    pub(crate) async fn start_so(
        change: impl FnOnce(Configuration) -> Configuration,
        footing: Footing,
    ) -> Self {
        let keys = DemoKeys::generate([9; 32]).unwrap();
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("keys.json"), keys.jwks()).unwrap();
        let configuration = change(configuration(directory.path()));
        let running = Box::pin(server::start_on(configuration, footing)).await.unwrap();
        Self { running: Some(running), directory, keys }
    }

    /// Stops it as an administrator would, and says where its data stay.
    pub(crate) async fn drain(&mut self) {
        self.running.take().unwrap().drain().await;
    }

    /// Starts it again on the same data.
    pub(crate) async fn start_again(&mut self) {
        self.start_again_with(|configuration| configuration).await;
    }

    /// The same with another configuration.
    pub(crate) async fn start_again_with(&mut self, change: impl FnOnce(Configuration) -> Configuration) {
        let configuration = change(configuration(self.directory.path()));
        self.running = Some(Box::pin(start(configuration)).await.unwrap());
    }

    /// Starts another on the same data while this one runs.
    pub(crate) async fn start_beside(&self) -> Result<Running, ServeError> {
        Box::pin(start(configuration(self.directory.path()))).await
    }

    /// Ends it as a crash does; its private Redis runs on.
    pub(crate) fn crash(&mut self) {
        drop(self.running.take());
    }

    /// Where it keeps its data.
    pub(crate) fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    pub(crate) fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    pub(crate) async fn channel(&self) -> Channel {
        let address = format!("http://{}", self.running().address());
        Channel::from_shared(address).unwrap().connect().await.unwrap()
    }

    pub(crate) async fn client(&self, role: Role) -> Client {
        self.client_of(claims(role)).await
    }

    pub(crate) async fn client_of(&self, claims: Claims) -> Client {
        InterceptedService::new(self.channel().await, Token(self.token_of(&claims)))
    }

    /// The same over a connection that holds no more than so many bytes of answers that nobody has read.
    pub(crate) async fn client_holding(&self, role: Role, bytes: u32) -> Client {
        self.client_of_holding(claims(role), bytes).await
    }

    /// The same for somebody else in that role.
    pub(crate) async fn client_of_holding(&self, claims: Claims, bytes: u32) -> Client {
        let address = format!("http://{}", self.running().address());
        let endpoint = Channel::from_shared(address).unwrap().initial_stream_window_size(bytes);
        InterceptedService::new(endpoint.connect().await.unwrap(), Token(self.token_of(&claims)))
    }

    pub(crate) fn token(&self, role: Role) -> String {
        self.token_of(&claims(role))
    }

    pub(crate) fn token_of(&self, claims: &Claims) -> String {
        self.keys.sign(claims, &terms()).unwrap()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.end();
        }
    }
}

fn configuration(directory: &Path) -> Configuration {
    Configuration {
        listen: "127.0.0.1:0".parse().unwrap(),
        data_dir: directory.join("data"),
        directory: Some(repository().join("deploy/centres/bishkek")),
        keys: vec![directory.join("keys.json")],
        // where tests keep their files may be in memory
        journal: JournalSetting::Anywhere,
        // a disk that is slow for a moment must not make an answer another one
        store_wait_ms: 30_000,
        drain_notice_ms: 0,
        ..Configuration::default()
    }
}

pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// What good tokens of a test say beside who is asking.
pub(crate) fn terms() -> Terms {
    Terms {
        issuer: "kezek".to_owned(),
        audience: "kezek".to_owned(),
        token_id: None,
        issued_at: Timestamp::now(),
        lifetime_seconds: 600,
    }
}

/// Somebody in this role.
pub(crate) fn claims(role: Role) -> Claims {
    Claims {
        name: format!("the-{}", role.as_str().replace('_', "-")),
        role,
        centre: CentreId::new("bishkek").unwrap(),
        desk: None,
        station: (role == Role::DutyOfficer).then(|| StationId::new(STATION).unwrap()),
        unit: (role == Role::Crew).then(|| UnitId::new(UNIT).unwrap()),
    }
}

/// A request id that no other request of this run has.
pub(crate) fn request_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("test-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The reason that a refusal's details give; empty if they give none.
pub(crate) fn reason(status: &Status) -> String {
    status.get_error_details().error_info().map(|info| info.reason.clone()).unwrap_or_default()
}

/// The fields that a refusal names.
pub(crate) fn fields(status: &Status) -> Vec<String> {
    let details = status.get_error_details();
    let request = details.bad_request();
    request.map(|it| it.field_violations.iter().map(|it| it.field.clone()).collect()).unwrap_or_default()
}

/// Checks the status, the reason and that the details are ours.
pub(crate) fn assert_refused<T: std::fmt::Debug>(
    result: Result<T, Status>,
    code: Code,
    expected: &str,
) -> Status {
    let status = result.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (code, expected), "{status:?}");
    let details = status.get_error_details();
    assert_eq!(details.error_info().unwrap().domain, "kezek");
    status
}
