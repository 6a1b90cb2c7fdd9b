//! A connection on which something is left over, for the one fault that loses its place in the stream.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use hyper::rt::{Read, ReadBufCursor, Write};

/// What a server finds that took a refused body's end for the next request.
const REST: &[u8] = b"rest of the body\r\n\r\n";

/// A stream that repeats the rest of a body before what comes next, each time that it is told to.
pub(crate) struct Leftover<S> {
    stream: S,
    told: Arc<AtomicBool>,
}

impl<S> Leftover<S> {
    pub(crate) fn new(stream: S, told: Arc<AtomicBool>) -> Self {
        Self { stream, told }
    }

    pub(crate) fn into_inner(self) -> S {
        self.stream
    }
}

impl<S: Read + Unpin> Read for Leftover<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        if buffer.remaining() >= REST.len() && self.told.swap(false, Ordering::Relaxed) {
            buffer.put_slice(REST);
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: Write + Unpin> Write for Leftover<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, pieces)
    }
}
