//! The bodies of a stream as the door lets them through: with a place, and for streams that are not ours with an end.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Frame, SizeHint};
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::{CancellationToken, DropGuard, WaitForCancellationFutureOwned};
use tonic::{Status, body::Body};

/// Completes when a stream has to end, with the reason.
pub(super) type End = Pin<Box<dyn Future<Output = Status> + Send>>;

/// A stream that holds its place until it ends or nobody reads it any more.
pub(super) struct Held {
    stream: Stream,
    #[expect(dead_code, reason = "the place is given back when this is dropped")]
    permit: OwnedSemaphorePermit,
}

enum Stream {
    /// It ends by itself.
    Own(Body),
    /// Nothing in it knows when it has to end. What is still asked on it ends with it.
    Endless(Body, End, #[expect(dead_code, reason = "requests end when this is dropped")] DropGuard),
    /// It was ended here.
    Over,
}

impl Held {
    /// A stream that ends by itself.
    pub(super) fn own(body: Body, permit: OwnedSemaphorePermit) -> Body {
        Body::new(Self { stream: Stream::Own(body), permit })
    }

    /// A stream that is ended, and with it whatever reads its [`Asked`].
    pub(super) fn until(end: End, body: Body, permit: OwnedSemaphorePermit, over: DropGuard) -> Body {
        Body::new(Self { stream: Stream::Endless(body, end, over), permit })
    }
}

impl http_body::Body for Held {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        match &mut self.stream {
            Stream::Own(body) => Pin::new(body).poll_frame(context),
            Stream::Endless(body, end, _) => match end.as_mut().poll(context) {
                Poll::Ready(why) => {
                    self.stream = Stream::Over;
                    Poll::Ready(Some(trailers(&why)))
                }
                Poll::Pending => Pin::new(body).poll_frame(context),
            },
            Stream::Over => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.stream {
            Stream::Own(body) | Stream::Endless(body, ..) => body.is_end_stream(),
            Stream::Over => true,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.stream {
            Stream::Own(body) => body.size_hint(),
            Stream::Endless(..) | Stream::Over => SizeHint::default(),
        }
    }
}

/// What is asked on a stream, until the stream is over: whoever reads it would wait for a client that says no more, and
/// keep the connection open.
pub(super) struct Asked {
    body: Body,
    over: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Asked {
    /// What is asked until the guard is dropped.
    pub(super) fn on_a_stream(body: Body) -> (Body, DropGuard) {
        let over = CancellationToken::new();
        let asked = Self { body, over: Box::pin(over.clone().cancelled_owned()) };
        (Body::new(asked), over.drop_guard())
    }
}

impl http_body::Body for Asked {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        match self.over.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(None),
            Poll::Pending => Pin::new(&mut self.body).poll_frame(context),
        }
    }
}

/// A status as the last that is said of a stream.
fn trailers(status: &Status) -> Result<Frame<Bytes>, Status> {
    let mut headers = HeaderMap::new();
    status.add_header(&mut headers)?;
    Ok(Frame::trailers(headers))
}
