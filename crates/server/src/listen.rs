//! One port: takes connections, keeps their number and their age within limits, and speaks HTTP on each.
//!
//! It knows no message and no token. A connection that says nothing, or not enough to answer, is closed; a process without
//! a free file waits.

mod beginning;

use std::{convert::Infallible, io, sync::Arc, time::Duration};

use axum::Router;
use http::{Request, Response};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
use metrics::{counter, gauge};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::body::Body;
use tonic_web::{GrpcWebLayer, GrpcWebService};
use tower::{Layer as _, ServiceExt as _};

use self::beginning::Beginning;
use crate::{
    door::Entrance,
    identities::{Identities, Owned},
    limits, plain,
};

/// Everything that answers on the port.
#[derive(Clone)]
pub(crate) struct Answering {
    grpc: GrpcWebService<Entrance>,
    plain: Router,
}

impl Answering {
    /// gRPC and gRPC-Web by the entrance, the rest by the router.
    pub(crate) fn new(entrance: Entrance, plain: Router) -> Self {
        Self { grpc: GrpcWebLayer::new().layer(entrance), plain }
    }

    async fn answer(self, mut request: Request<Incoming>, connection: Arc<Owned>) -> Response<Body> {
        if plain::is_plain(request.method(), request.uri().path(), request.headers()) {
            let answered = self.plain.oneshot(request.map(axum::body::Body::new)).await;
            return infallible(answered).map(Body::new);
        }
        request.extensions_mut().insert(connection);
        infallible(self.grpc.oneshot(request).await)
    }
}

fn infallible<T>(result: Result<T, Infallible>) -> T {
    match result {
        Ok(value) => value,
        Err(never) => match never {},
    }
}

/// The port and what it needs.
pub(crate) struct Listening {
    pub(crate) listener: TcpListener,
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) answering: Answering,
    pub(crate) connections_max: usize,
    pub(crate) identities: Identities,
    /// No new connections, and those there are make no new requests.
    pub(crate) closing: CancellationToken,
    /// Whatever is still open is cut.
    pub(crate) cutting: CancellationToken,
    /// The connections that are served.
    pub(crate) connections: TaskTracker,
}

/// Takes connections until it is closing.
pub(crate) async fn accept(listening: Listening) {
    let Listening { listener, tls, answering, connections_max, identities, closing, cutting, connections } =
        listening;
    let places = Arc::new(Semaphore::new(connections_max));
    loop {
        let accepted = tokio::select! {
            () = closing.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                pause_after(&error).await;
                continue;
            }
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            // closed at once: a client told so goes to another node, one kept waiting does not
            counter!("kezek_connections_refused_total", "cause" => "too_many").increment(1);
            continue;
        };
        let (tls, answering, closing) = (tls.clone(), answering.clone(), closing.clone());
        let (cutting, owned) = (cutting.clone(), Arc::new(identities.connection()));
        connections.spawn(async move {
            gauge!("kezek_connections").increment(1);
            cutting.run_until_cancelled(secure_and_serve(stream, tls, answering, owned, closing)).await;
            gauge!("kezek_connections").decrement(1);
            drop(place);
        });
    }
}

/// A connection that could not be taken is nobody's fault; without a free file the next could not either.
async fn pause_after(error: &io::Error) {
    let is_the_peers =
        [io::ErrorKind::ConnectionAborted, io::ErrorKind::ConnectionReset, io::ErrorKind::Interrupted];
    if !is_the_peers.contains(&error.kind()) {
        counter!("kezek_connections_refused_total", "cause" => "accept_failed").increment(1);
        tracing::warn!(%error, "a connection could not be taken");
        tokio::time::sleep(limits::NO_FILE_PAUSE).await;
    }
}

async fn secure_and_serve(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    answering: Answering,
    owned: Arc<Owned>,
    closing: CancellationToken,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection ended at once");
        return;
    }
    match tls {
        None => serve(stream, answering, owned, closing).await,
        Some(acceptor) => {
            match tokio::time::timeout(limits::BEGINNING_WITHIN, acceptor.accept(stream)).await {
                Ok(Ok(secure)) => serve(secure, answering, owned, closing).await,
                Ok(Err(error)) => {
                    counter!("kezek_connections_refused_total", "cause" => "handshake").increment(1);
                    tracing::debug!(%error, "a handshake failed");
                }
                Err(_) => counter!("kezek_connections_refused_total", "cause" => "handshake").increment(1),
            }
        }
    }
}

/// Speaks HTTP on one connection until either side ends it.
async fn serve<Io>(io: Io, answering: Answering, owned: Arc<Owned>, closing: CancellationToken)
where
    Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (io, heard) = Beginning::watch(io);
    let (asked_on, asked) = (Arc::clone(&owned), heard.clone());
    let service = service_fn(move |request: Request<Incoming>| {
        asked.note_request();
        let (answering, asked_on) = (answering.clone(), Arc::clone(&asked_on));
        async move { Ok::<_, Infallible>(answering.answer(request, asked_on).await) }
    });
    let builder = builder();
    let connection = builder.serve_connection(TokioIo::new(io), service);
    tokio::pin!(connection);
    let silence = tokio::time::sleep(limits::BEGINNING_WITHIN);
    let age = tokio::time::sleep(limits::CONNECTION_AGE_MAX);
    tokio::pin!(silence, age);
    let (mut is_silent, mut is_told) = (true, false);
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection ended with an error");
                }
                return;
            }
            () = silence.as_mut(), if is_silent => {
                if !heard.is_enough() {
                    counter!("kezek_connections_refused_total", "cause" => "silent").increment(1);
                    return;
                }
                is_silent = false;
            }
            () = age.as_mut(), if !is_told => {
                connection.as_mut().graceful_shutdown();
                is_told = true;
            }
            () = owned.nobodys(), if !is_told => {
                connection.as_mut().graceful_shutdown();
                is_told = true;
            }
            () = closing.cancelled(), if !is_told => {
                connection.as_mut().graceful_shutdown();
                is_told = true;
            }
        }
    }
}

fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits::BEGINNING_WITHIN)
        .max_buf_size(limits::STREAM_WINDOW_BYTES as usize);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits::STREAMS_PER_CONNECTION)
        .keep_alive_interval(Some(limits::PING_EVERY))
        .keep_alive_timeout(limits::PING_WITHIN)
        .max_pending_accept_reset_streams(limits::PENDING_RESETS_MAX)
        .max_local_error_reset_streams(limits::LOCAL_RESETS_MAX)
        .max_header_list_size(limits::HEADER_BYTES_MAX)
        .initial_stream_window_size(limits::STREAM_WINDOW_BYTES)
        .initial_connection_window_size(limits::CONNECTION_WINDOW_BYTES)
        .adaptive_window(false)
        .max_send_buf_size(limits::STREAM_SEND_BYTES);
    builder
}

/// Waits until every connection has ended, but not for ever.
pub(crate) async fn wait_for_connections(connections: &TaskTracker, within: Duration) -> bool {
    connections.close();
    tokio::time::timeout(within, connections.wait()).await.is_ok()
}
