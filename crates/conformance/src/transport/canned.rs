//! A connection to nobody: it answers with bytes that are there already.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Takes whatever is sent, and then gives its bytes piece by piece, and closes.
#[derive(Debug)]
pub(crate) struct Canned {
    rest: Vec<u8>,
    at: usize,
    piece: usize,
    /// Whether something was sent: an answer that comes before it was asked for is another matter.
    asked: bool,
    waiting: Option<Waker>,
}

impl Canned {
    pub(crate) fn new(bytes: &[u8], piece: usize) -> Self {
        Self {
            rest: bytes.to_vec(),
            at: 0,
            piece: piece.max(1),
            asked: false,
            waiting: None,
        }
    }
}

impl AsyncRead for Canned {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.asked {
            self.waiting = Some(context.waker().clone());
            return Poll::Pending;
        }
        let end = self.rest.len().min(self.at + self.piece.min(buffer.remaining()));
        buffer.put_slice(&self.rest[self.at..end]);
        self.at = end;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Canned {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.asked = true;
        if let Some(waiting) = self.waiting.take() {
            waiting.wake();
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
