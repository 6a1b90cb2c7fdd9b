//! How much is taken in a row from a stream that is always ready.

use std::task::{Context, Poll};

/// Empty pieces that are taken in a row.
pub(crate) const MAX_EMPTY: u32 = 1024;

/// Pieces that are taken in a row without letting others run.
const READY_IN_A_ROW: u32 = 32;

/// Counts the pieces of a stream, so that one that is always ready does not starve others, and one that has
/// nothing to give ends.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    ready: u32,
    empty: u32,
}

impl Pace {
    /// Pending once when too many pieces came in a row; the task is woken at once.
    pub(crate) fn poll(&mut self, context: &Context<'_>) -> Poll<()> {
        if self.ready < READY_IN_A_ROW {
            self.ready += 1;
            return Poll::Ready(());
        }
        self.ready = 0;
        context.waker().wake_by_ref();
        Poll::Pending
    }

    /// The stream was not ready, so others could run.
    pub(crate) fn rest(&mut self) {
        self.ready = 0;
    }

    pub(crate) fn saw_bytes(&mut self) {
        self.empty = 0;
    }

    /// Counts an empty piece; true when it is one too many.
    pub(crate) fn is_flooded_by_empty(&mut self) -> bool {
        self.empty += 1;
        self.empty > MAX_EMPTY
    }
}
