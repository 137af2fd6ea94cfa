//! What anybody would write first: a tokio broadcast inside a tonic server, each message encoded anew for each watcher.

use std::{
    convert::Infallible,
    net::SocketAddr,
    path::{Path, PathBuf},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures::{
    StreamExt as _,
    future::{BoxFuture, LocalBoxFuture},
    stream::BoxStream,
};
use prost::bytes::Bytes;
use protocol::watch::v1::{Record, WatchRequest};
use tokio::{
    net::TcpListener,
    sync::{broadcast, mpsc},
    task::JoinSet,
};
use tonic::{
    Request, Response, Status, Streaming,
    body::Body,
    client,
    codegen::{
        Service,
        http::{self, uri::PathAndQuery},
    },
    server::{ClientStreamingService, Grpc, NamedService, ServerStreamingService},
    transport::{Server, server::TcpIncoming},
};
use tonic_prost::ProstCodec;

use super::{
    Crowd, FanSide, Opened,
    arrivals::Arrivals,
    change::record,
    watching::{Door, Form, gather},
};
use crate::{
    node::wide_channel,
    own_server::{OwnServer, listen_and_say},
    side::{Asked, Fault, Target, Watched},
};

/// Messages that wait for the slowest watcher, as many as a centre keeps.
const KEPT: usize = 16_384;

/// Messages on their way to the server.
const ON_THE_WAY: usize = 4_096;

/// Streams on one connection, as a centre allows.
const STREAMS_PER_CONNECTION: u32 = 128;

const PUBLISH: &str = "/plain.Fan/Publish";
const WATCH: &str = "/plain.Fan/Watch";

/// Serves for ever, and says on standard output where.
///
/// # Errors
/// No port can be had.
pub async fn serve() -> Result<(), Fault> {
    fan(listen_and_say().await?).await
}

async fn fan(listener: TcpListener) -> Result<(), Fault> {
    let (told, _) = broadcast::channel(KEPT);
    let server = Server::builder().max_concurrent_streams(STREAMS_PER_CONNECTION).add_service(Fan { told });
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    server.serve_with_incoming(incoming).await.map_err(Fault::at("serve a broadcast"))
}

/// The service.
#[derive(Clone)]
struct Fan {
    told: broadcast::Sender<Record>,
}

impl NamedService for Fan {
    const NAME: &'static str = "plain.Fan";
}

impl Service<http::Request<Body>> for Fan {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let fan = self.clone();
        Box::pin(async move {
            let is_publishing = request.uri().path() == PUBLISH;
            Ok(if is_publishing {
                Grpc::new(ProstCodec::default()).client_streaming(Publishing(fan), request).await
            } else {
                Grpc::new(ProstCodec::default()).server_streaming(Watching(fan), request).await
            })
        })
    }
}

struct Publishing(Fan);

impl ClientStreamingService<Record> for Publishing {
    type Response = ();
    type Future = BoxFuture<'static, Result<Response<()>, Status>>;

    fn call(&mut self, request: Request<Streaming<Record>>) -> Self::Future {
        let told = self.0.told.clone();
        Box::pin(async move {
            let mut records = request.into_inner();
            while let Some(record) = records.message().await? {
                // nobody watches, if this fails
                let _unheard = told.send(record);
            }
            Ok(Response::new(()))
        })
    }
}

struct Watching(Fan);

impl ServerStreamingService<WatchRequest> for Watching {
    type Response = Record;
    type ResponseStream = BoxStream<'static, Result<Record, Status>>;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Self::ResponseStream>, Status>> + Send>>;

    fn call(&mut self, _: Request<WatchRequest>) -> Self::Future {
        let hears = self.0.told.subscribe();
        Box::pin(async move {
            let told = futures::stream::unfold(hears, |mut hears| async move {
                match hears.recv().await {
                    Ok(record) => Some((Ok(record), hears)),
                    Err(broadcast::error::RecvError::Lagged(_)) => {
                        Some((Err(Status::data_loss("too slow")), hears))
                    }
                    Err(broadcast::error::RecvError::Closed) => None,
                }
            });
            Ok(Response::new(told.boxed()))
        })
    }
}

/// The side that is written first.
pub(super) struct Plain {
    /// The program to start again as a server; absent: it is served here.
    program: Option<PathBuf>,
}

impl Plain {
    /// Its name.
    pub(super) const NAME: &'static str = "plain";

    /// Served by this program.
    pub(super) const fn new(program: Option<PathBuf>) -> Self {
        Self { program }
    }
}

impl FanSide for Plain {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn open<'a>(
        &'a mut self,
        crowd: Crowd,
        arrivals: &'a Arc<Arrivals>,
    ) -> LocalBoxFuture<'a, Result<Box<dyn Opened>, Fault>> {
        Box::pin(async move {
            let running = match &self.program {
                Some(program) => OwnServer::start(program, &[Path::new("plain")], ()).await?,
                None => OwnServer::here(fan).await?,
            };
            let door = Door { address: running.address, path: WATCH, token: None, form: Form::Record };
            let mut tasks = gather(&door, crowd, arrivals).await?;
            let (sender, records) = mpsc::channel(ON_THE_WAY);
            tasks.spawn(publish(running.address, records));
            Ok(Box::new(Telling { target: Arc::new(Sending(sender)), _tasks: tasks, running })
                as Box<dyn Opened>)
        })
    }
}

/// Sends what is published; what does not arrive is missed by whoever counts.
async fn publish(address: SocketAddr, records: mpsc::Receiver<Record>) {
    let records = futures::stream::unfold(records, |mut records| async move {
        let record = records.recv().await?;
        Some((record, records))
    });
    let Ok(channel) = wide_channel(address).await else { return };
    let mut client = client::Grpc::new(channel);
    if client.ready().await.is_ok()
        && let Ok(path) = PathAndQuery::from_maybe_shared(Bytes::from_static(PUBLISH.as_bytes()))
    {
        let codec = ProstCodec::<Record, ()>::default();
        let _ended = client.client_streaming(Request::new(records), path, codec).await;
    }
}

struct Telling {
    target: Arc<Sending>,
    // those who watch go before who tells them
    _tasks: JoinSet<()>,
    running: OwnServer,
}

impl Opened for Telling {
    fn target(&self) -> Arc<dyn Target> {
        Arc::clone(&self.target) as _
    }

    fn processes(&self) -> Vec<Watched> {
        self.running.processes()
    }
}

struct Sending(mpsc::Sender<Record>);

impl Target for Sending {
    fn ask(&self, number: u64) -> Asked {
        let sender = self.0.clone();
        Box::pin(async move {
            sender.send(record(number)?).await.map_err(Fault::at("publish"))?;
            Ok(number.into())
        })
    }
}
