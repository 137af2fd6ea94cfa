//! Tells whether a connection has said enough for anybody to answer: what every client says first, or a whole request.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes that HTTP/2 begins with. Until all of them have come nothing below us knows which HTTP is spoken, and it waits
/// for them without a clock.
const PREFACE_BYTES: usize = 24;

/// A connection whose beginning is noted.
pub(super) struct Beginning<Io> {
    io: Io,
    heard: Heard,
}

/// What has come of the beginning of a connection.
#[derive(Clone, Default)]
pub(super) struct Heard(Arc<Said>);

#[derive(Default)]
struct Said {
    bytes: AtomicUsize,
    has_asked: AtomicBool,
}

impl Heard {
    /// Notes a request: the shortest of HTTP/1 are shorter than what HTTP/2 begins with.
    pub(super) fn note_request(&self) {
        self.0.has_asked.store(true, Ordering::Relaxed);
    }

    /// True once the version of HTTP is known. From then on HTTP itself keeps the time.
    pub(super) fn is_enough(&self) -> bool {
        self.0.has_asked.load(Ordering::Relaxed) || self.0.bytes.load(Ordering::Relaxed) >= PREFACE_BYTES
    }
}

impl<Io> Beginning<Io> {
    /// Watches a connection.
    pub(super) fn watch(io: Io) -> (Self, Heard) {
        let heard = Heard::default();
        (Self { io, heard: heard.clone() }, heard)
    }
}

impl<Io: AsyncRead + Unpin> AsyncRead for Beginning<Io> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.io).poll_read(context, buffer))?;
        let bytes = &self.heard.0.bytes;
        let so_far = bytes.load(Ordering::Relaxed);
        if so_far < PREFACE_BYTES {
            // nobody else writes it, and what comes after the beginning is not counted
            bytes.store(so_far + (buffer.filled().len() - before), Ordering::Relaxed);
        }
        Poll::Ready(Ok(()))
    }
}

impl<Io: AsyncWrite + Unpin> AsyncWrite for Beginning<Io> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}
