//! The floor of gRPC: the same request is decoded, and an answer of the same size is encoded, with nothing in between.

use std::{
    convert::Infallible,
    path::{Path, PathBuf},
    sync::Arc,
    task::{Context, Poll},
};

use futures::future::{BoxFuture, Ready, ready};
use prost::Message as _;
use protocol::intake::v1::{TakeCallRequest, TakeCallResponse, intake_service_client::IntakeServiceClient};
use tokio::net::TcpListener;
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
    own_server::{OwnServer, listen_and_say},
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
    echo(listen_and_say().await?, answer).await
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
            let answer = self.sample.response.clone();
            let running = match &self.program {
                Some(program) => start(program, &answer).await?,
                None => OwnServer::here(|listener| echo(listener, answer)).await?,
            };
            let mut clients = Vec::new();
            for _ in 0..CONNECTIONS {
                clients.push(IntakeServiceClient::new(plain_channel(running.address).await?));
            }
            Ok(Box::new(Standing { callers: Arc::new(Callers(clients)), running }) as Box<dyn Stand>)
        })
    }
}

async fn start(program: &Path, answer: &TakeCallResponse) -> Result<OwnServer, Fault> {
    let folder = tempfile::tempdir().map_err(Fault::at("make a folder"))?;
    let file = folder.path().join("answer");
    std::fs::write(&file, answer.encode_to_vec()).map_err(Fault::at("write the answer"))?;
    OwnServer::start(program, &[Path::new("echo"), &file], folder).await
}

struct Standing {
    callers: Arc<Callers>,
    running: OwnServer,
}

impl Stand for Standing {
    fn target(&self) -> Arc<dyn Target> {
        Arc::clone(&self.callers) as _
    }

    fn processes(&self) -> Vec<Watched> {
        self.running.processes()
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
