//! The floor of gRPC: the same request is decoded, and an answer of the same size is encoded, with nothing in between.

use std::{
    convert::Infallible,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    task::{Context, Poll},
};

use futures::future::{BoxFuture, Ready, ready};
use prost::Message as _;
use protocol::intake::v1::{TakeCallRequest, TakeCallResponse, intake_service_client::IntakeServiceClient};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpListener,
    process::Command,
    task::JoinSet,
};
use tonic::{
    Request, Response, Status,
    body::Body,
    codegen::{Service, http},
    server::{Grpc, NamedService, UnaryService},
    transport::{Channel, Server, server::TcpIncoming},
};
use tonic_prost::ProstCodec;

use super::{
    call::{Sample, id, request},
    gateways::refused,
};
use crate::{
    node::plain_channel,
    side::{Asked, Fault, Kept, Side, Stand, Target, Watched},
};

/// Connections, as many as gateways have to a centre.
const CONNECTIONS: usize = 8;

/// Answers every call with the same answer, named after the request.
#[derive(Clone)]
struct Echo(Arc<TakeCallResponse>);

impl UnaryService<TakeCallRequest> for Echo {
    type Response = TakeCallResponse;
    type Future = Ready<Result<Response<TakeCallResponse>, Status>>;

    fn call(&mut self, request: Request<TakeCallRequest>) -> Self::Future {
        let call_id = request.into_inner().request_id;
        ready(Ok(Response::new(TakeCallResponse { call_id, ..TakeCallResponse::clone(&self.0) })))
    }
}

impl Service<http::Request<Body>> for Echo {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let echo = self.clone();
        Box::pin(async move { Ok(Grpc::new(ProstCodec::default()).unary(echo, request).await) })
    }
}

impl NamedService for Echo {
    const NAME: &'static str = "kezek.intake.v1.IntakeService";
}

/// Serves for ever, and says on standard output where.
///
/// # Errors
/// The answer cannot be read, or no port can be had.
pub async fn serve(answer: &Path) -> Result<(), Fault> {
    let answer = std::fs::read(answer).map_err(Fault::at("read the answer"))?;
    let answer = TakeCallResponse::decode(answer.as_slice()).map_err(Fault::at("read the answer"))?;
    let (listener, address) = listen().await?;
    let mut told = tokio::io::stdout();
    told.write_all(format!("{address}\n").as_bytes()).await.map_err(Fault::at("say the address"))?;
    told.flush().await.map_err(Fault::at("say the address"))?;
    echo(listener, answer).await
}

async fn listen() -> Result<(TcpListener, SocketAddr), Fault> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(Fault::at("listen"))?;
    let address = listener.local_addr().map_err(Fault::at("listen"))?;
    Ok((listener, address))
}

async fn echo(listener: TcpListener, answer: TakeCallResponse) -> Result<(), Fault> {
    let server = Server::builder().add_service(Echo(Arc::new(answer)));
    // as a centre does: without it an answer waits up to 40 ms for the acknowledgement of the one before
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    server.serve_with_incoming(incoming).await.map_err(Fault::at("serve an echo"))
}

/// The side that says everything back.
pub(crate) struct EchoSide {
    sample: Arc<Sample>,
    /// The program to start again as an echo; absent: it is served here.
    program: Option<PathBuf>,
}

impl EchoSide {
    /// Its name.
    pub(crate) const NAME: &'static str = "echo";

    /// Answers as a centre answered.
    pub(crate) const fn new(sample: Arc<Sample>, program: Option<PathBuf>) -> Self {
        Self { sample, program }
    }
}

impl Side for EchoSide {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn stand(&mut self) -> BoxFuture<'_, Result<Box<dyn Stand>, Fault>> {
        Box::pin(async {
            let running = match &self.program {
                Some(program) => start(program, &self.sample.response).await?,
                None => {
                    let (listener, address) = listen().await?;
                    // a set ends its tasks when it is dropped
                    let mut serving = JoinSet::new();
                    serving.spawn(echo(listener, self.sample.response.clone()));
                    Running { address, pid: None, _serving: Box::new(serving) }
                }
            };
            let mut clients = Vec::new();
            for _ in 0..CONNECTIONS {
                clients.push(IntakeServiceClient::new(plain_channel(running.address).await?));
            }
            Ok(Box::new(Standing { callers: Arc::new(Callers(clients)), running }) as Box<dyn Stand>)
        })
    }
}

/// An echo that serves until it is dropped.
struct Running {
    address: SocketAddr,
    /// Its process, if it has one of its own.
    pid: Option<u32>,
    _serving: Box<dyn Send>,
}

async fn start(program: &Path, answer: &TakeCallResponse) -> Result<Running, Fault> {
    let folder = tempfile::tempdir().map_err(Fault::at("make a folder"))?;
    let file = folder.path().join("answer");
    std::fs::write(&file, answer.encode_to_vec()).map_err(Fault::at("write the answer"))?;
    let mut command = Command::new(program);
    command.arg("echo").arg(&file).stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().map_err(Fault::at("start an echo"))?;
    let silent = || Fault("the echo does not say where it is".to_owned());
    let said = child.stdout.take().ok_or_else(silent)?;
    let line = BufReader::new(said).lines().next_line().await.map_err(Fault::at("hear where the echo is"))?;
    let address = line.and_then(|line| line.parse().ok()).ok_or_else(silent)?;
    Ok(Running { address, pid: child.id(), _serving: Box::new((child, folder)) })
}

struct Standing {
    callers: Arc<Callers>,
    running: Running,
}

impl Stand for Standing {
    fn target(&self) -> Arc<dyn Target> {
        Arc::clone(&self.callers) as _
    }

    fn processes(&self) -> Vec<Watched> {
        self.running.pid.map(|pid| Watched { name: "server", pid }).into_iter().collect()
    }

    fn kept(&mut self) -> BoxFuture<'_, Result<Kept, Fault>> {
        Box::pin(ready(Ok(Kept::default())))
    }
}

struct Callers(Vec<IntakeServiceClient<Channel>>);

impl Target for Callers {
    fn ask(&self, number: u64) -> Asked {
        let turn = usize::try_from(number % CONNECTIONS as u64).expect("there are few connections");
        let mut client = self.0[turn].clone();
        let asked = request(number);
        Box::pin(async move {
            let name = id(&asked.request_id)?;
            let answer = client.take_call(asked).await.map_err(|status| refused(&status))?;
            let said = id(&answer.into_inner().call_id)?;
            if said == name { Ok(said) } else { Err(Fault("the echo said something else".to_owned())) }
        })
    }
}
