//! A body as a stream, and how a future is driven where there is no runtime.

use std::{
    marker::PhantomData,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use anyhow::{Result, bail};
use bytes::Bytes;
use futures_core::Stream;

use crate::input::Input;

/// Whether the next chunk is there as soon as it is asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Pace {
    /// Always.
    Ready,
    /// One chunk a wake.
    OneAWake,
}

/// The chunks of a body; each is a slice of it, nothing is copied.
pub(crate) struct Chunks<E> {
    rest: Bytes,
    chunk_bytes: usize,
    pace: Pace,
    waits: bool,
    error: PhantomData<fn() -> E>,
}

impl<E> Chunks<E> {
    pub(crate) fn new(input: &Input, pace: Pace) -> Self {
        Self {
            rest: input.body.clone(),
            chunk_bytes: input.chunk_bytes,
            pace,
            waits: false,
            error: PhantomData,
        }
    }
}

impl<E> Stream for Chunks<E> {
    type Item = Result<Bytes, E>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.pace == Pace::OneAWake {
            self.waits = !self.waits;
            if self.waits {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
        }
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let len = self.chunk_bytes.min(self.rest.len());
        Poll::Ready(Some(Ok(self.rest.split_to(len))))
    }
}

/// Polls a future until it is done; gives up on one that waits more often than its input has chunks to wait
/// for.
pub(crate) fn drive<T>(input: &Input, future: impl Future<Output = Result<T>>) -> Result<T> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1000 + 8 * input.body.len() / input.chunk_bytes {
        if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
            return done;
        }
    }
    bail!("never ends")
}
