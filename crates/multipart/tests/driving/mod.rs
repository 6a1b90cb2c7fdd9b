//! Streams that do as they are told, and a way to drive futures without a runtime.

use std::cell::Cell;
use std::collections::VecDeque;
use std::io;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use bytes::Bytes;
use futures_core::Stream;

/// What a stream does when it is polled.
#[derive(Debug)]
pub(crate) enum Step {
    /// Is not ready, and says at once that it may be asked again.
    Wait,
    Chunk(Bytes),
    Fail(io::ErrorKind),
}

/// Goes through its steps, then ends. Counts how often it was polled.
#[derive(Debug)]
pub(crate) struct Script {
    steps: VecDeque<Step>,
    pub(crate) polls: Rc<Cell<usize>>,
}

impl Script {
    pub(crate) fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self {
            steps: steps.into_iter().collect(),
            polls: Rc::default(),
        }
    }

    /// Chunks of `size` bytes, each after a wait when `waits`.
    pub(crate) fn cut(body: &[u8], size: usize, waits: bool) -> Self {
        let wait = || waits.then_some(Step::Wait);
        let chunks = body
            .chunks(size)
            .map(|chunk| Step::Chunk(Bytes::copy_from_slice(chunk)));
        Self::new(chunks.flat_map(|chunk| wait().into_iter().chain([chunk])))
    }
}

impl Stream for Script {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.polls.set(self.polls.get() + 1);
        Poll::Ready(match self.steps.pop_front() {
            None => None,
            Some(Step::Chunk(chunk)) => Some(Ok(chunk)),
            Some(Step::Fail(kind)) => Some(Err(kind.into())),
            Some(Step::Wait) => {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
        })
    }
}

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Polls to the end, and answers how often that was pending besides. Nobody else would wake the future, so
/// one that is pending and has woken nobody would hang.
pub(crate) fn drive<F: Future>(future: F) -> (F::Output, usize) {
    let woken = Arc::new(Wakes::default());
    let waker = Waker::from(Arc::clone(&woken));
    let mut future = pin!(future);
    for pending in 0.. {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return (output, pending);
        }
        assert!(woken.0.load(Ordering::Relaxed) > pending, "the future hangs");
    }
    unreachable!("the loop has no end")
}
