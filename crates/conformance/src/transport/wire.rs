//! A stream that remembers what went over it.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Waker},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How much of each direction is kept of one exchange, in bytes.
const KEPT_BYTES: usize = 8 * 1024;

/// What went over a connection during one exchange.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tape {
    /// The first bytes that were sent.
    pub(crate) sent: Vec<u8>,
    /// How many were sent in all.
    pub(crate) sent_bytes: u64,
    /// The first bytes that were received.
    pub(crate) received: Vec<u8>,
    /// How many were received in all.
    pub(crate) received_bytes: u64,
    /// Whether the other side closed.
    pub(crate) closed: bool,
    /// Whether it was sent as no HTTP library sends it, so that no other client can repeat it.
    pub(crate) by_hand: bool,
}

/// Whether another answer comes behind one of this status (RFC 9110 §15.2). Behind 101 comes another protocol.
pub(super) fn is_interim(status: u16) -> bool {
    (100..200).contains(&status) && status != 101
}

impl Tape {
    /// How many of the received bytes belong to the answer, whose body has this length by its own word; all of
    /// them where it has none, or the head was too long to be kept.
    pub(crate) fn answer_bytes(&self, length: Option<u64>) -> u64 {
        let mut start = 0;
        let head = loop {
            let rest = self.received.get(start..).unwrap_or_default();
            let Some(end) = head_length(rest) else {
                return self.received_bytes;
            };
            start += end;
            // As `is_interim` has it.
            if !rest.starts_with(b"HTTP/1.1 1") || rest.starts_with(b"HTTP/1.1 101") {
                break start;
            }
        };
        length.map_or(self.received_bytes, |length| (head as u64).saturating_add(length))
    }

    /// Records what was received.
    pub(super) fn receive(&mut self, bytes: &[u8]) {
        Self::record(&mut self.received, &mut self.received_bytes, bytes);
    }

    /// Records what was sent.
    pub(super) fn send(&mut self, bytes: &[u8]) {
        Self::record(&mut self.sent, &mut self.sent_bytes, bytes);
    }

    fn record(kept: &mut Vec<u8>, total: &mut u64, bytes: &[u8]) {
        let room = KEPT_BYTES.saturating_sub(kept.len()).min(bytes.len());
        kept.extend_from_slice(&bytes[..room]);
        *total += bytes.len() as u64;
    }
}

/// The length of a message head, its blank line included.
fn head_length(bytes: &[u8]) -> Option<usize> {
    bytes
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .map(|at| at + 4)
}

/// A shared [`Tape`], and who waits for what is on it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recorder(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    tape: Tape,
    /// Woken when something was received.
    watcher: Option<Waker>,
}

impl Recorder {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was recorded since it was last taken; the tape is empty then.
    pub(crate) fn take(&self) -> Tape {
        let mut state = self.state();
        let closed = state.tape.closed;
        std::mem::replace(
            &mut state.tape,
            Tape {
                closed,
                ..Tape::default()
            },
        )
    }

    /// Looks at what was recorded since it was last taken.
    pub(crate) fn look<T>(&self, of: impl FnOnce(&Tape) -> T) -> T {
        of(&self.state().tape)
    }

    /// How many bytes were received since it was last taken.
    pub(crate) fn received_bytes(&self) -> u64 {
        self.look(|tape| tape.received_bytes)
    }

    /// Resolves when the other side has said something, or closed, since it was last taken.
    pub(crate) fn poll_received(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state();
        if state.tape.received_bytes > 0 || state.tape.closed {
            return Poll::Ready(());
        }
        state.watcher = Some(context.waker().clone());
        Poll::Pending
    }
}

/// A stream with a [`Recorder`].
///
/// A write that fails does not end the exchange: an endpoint that refuses an upload early may answer and close
/// while the rest of the body is still being sent, and the answer is what counts.
#[derive(Debug)]
pub(crate) struct Wire<S> {
    inner: S,
    recorder: Recorder,
    /// The other side takes no more; what is written is thrown away.
    deaf: bool,
}

impl<S> Wire<S> {
    pub(crate) fn new(inner: S, recorder: Recorder) -> Self {
        Self {
            inner,
            recorder,
            deaf: false,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let result = Pin::new(&mut self.inner).poll_read(context, buffer);
        if let Poll::Ready(outcome) = &result {
            let mut state = self.recorder.state();
            let received = &buffer.filled()[before..];
            let tape = &mut state.tape;
            tape.receive(received);
            tape.closed |= outcome.is_err() || received.is_empty();
            if let Some(watcher) = state.watcher.take() {
                watcher.wake();
            }
        }
        result
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.deaf {
            return Poll::Ready(Ok(bytes.len()));
        }
        match Pin::new(&mut self.inner).poll_write(context, bytes) {
            Poll::Ready(Ok(count)) => {
                self.recorder.state().tape.send(&bytes[..count]);
                Poll::Ready(Ok(count))
            }
            Poll::Ready(Err(_)) => {
                self.deaf = true;
                Poll::Ready(Ok(bytes.len()))
            }
            Poll::Pending => Poll::Pending,
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let all = slices.iter().map(|slice| slice.len()).sum();
        if self.deaf {
            return Poll::Ready(Ok(all));
        }
        match Pin::new(&mut self.inner).poll_write_vectored(context, slices) {
            Poll::Ready(Ok(count)) => {
                let mut state = self.recorder.state();
                let mut left = count;
                for slice in slices {
                    let taken = left.min(slice.len());
                    state.tape.send(&slice[..taken]);
                    left -= taken;
                }
                Poll::Ready(Ok(count))
            }
            Poll::Ready(Err(_)) => {
                self.deaf = true;
                Poll::Ready(Ok(all))
            }
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.deaf {
            return Poll::Ready(Ok(()));
        }
        match Pin::new(&mut self.inner).poll_flush(context) {
            Poll::Ready(Err(_)) => {
                self.deaf = true;
                Poll::Ready(Ok(()))
            }
            other => other,
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_ends_where_its_length_says() {
        let received = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 400 Bad Request\r\n\r\n";
        let tape = Tape {
            received: received.to_vec(),
            received_bytes: received.len() as u64,
            ..Tape::default()
        };
        assert_eq!(tape.answer_bytes(Some(2)), 25 + 38 + 2);
        assert_eq!(tape.answer_bytes(None), received.len() as u64);
    }
}
