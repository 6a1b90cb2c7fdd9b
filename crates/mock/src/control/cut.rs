//! A connection that can be closed half way through an answer, by order.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use hyper::rt::{Read, Write};

use super::wire::Cut;
use crate::passing::passes_on;

/// Where the next answer on a connection is cut.
#[derive(Debug, Default)]
pub(crate) struct Cuts(Mutex<Option<(Cut, usize)>>);

impl Cuts {
    /// Cuts the next answer, whose body has this many bytes.
    pub(crate) fn order(&self, cut: Cut, body_bytes: usize) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((cut, body_bytes));
    }

    fn ordered(&self) -> Option<(Cut, usize)> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stream that ends where it was ordered to.
pub(crate) struct Severed<S> {
    stream: S,
    cuts: Arc<Cuts>,
    /// How many bytes may still be written, once that is known.
    left: Option<usize>,
}

impl<S> Severed<S> {
    pub(crate) fn new(stream: S, cuts: Arc<Cuts>) -> Self {
        Self {
            stream,
            cuts,
            left: None,
        }
    }

    pub(crate) fn into_inner(self) -> S {
        self.stream
    }

    /// How many bytes may be written of an answer that begins with these.
    fn allowance(&self, first: &[u8]) -> Option<usize> {
        if self.left.is_some() {
            return self.left;
        }
        let (cut, body_bytes) = self.cuts.ordered()?;
        let end = first.windows(4).position(|window| window == b"\r\n\r\n");
        let head_bytes = end.map_or(first.len(), |end| end + 4);
        Some(match cut {
            Cut::BeforeHead => 0,
            Cut::WithinHead => head_bytes / 2,
            Cut::WithinBody => head_bytes + body_bytes / 2,
        })
    }
}

impl<S: Read + Unpin> Read for Severed<S> {
    passes_on!(reads);
}

impl<S: Write + Unpin> Write for Severed<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let Some(left) = self.allowance(bytes) else {
            return Pin::new(&mut self.stream).poll_write(context, bytes);
        };
        self.left = Some(left);
        let bytes = &bytes[..bytes.len().min(left)];
        if bytes.is_empty() {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        if let Poll::Ready(Ok(written)) = written {
            self.left = Some(left - written);
        }
        written
    }

    passes_on!(ends);

    passes_on!(vectored);

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.left.is_none() && self.cuts.ordered().is_none() {
            return Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        }
        let first = pieces.iter().find(|piece| !piece.is_empty());
        self.poll_write(context, first.map_or(&[], |piece| piece))
    }
}
