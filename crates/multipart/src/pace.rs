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

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    /// How many pieces are taken until others run.
    fn taken(pace: &mut Pace) -> u32 {
        let context = Context::from_waker(Waker::noop());
        (0..1000)
            .find(|_| pace.poll(&context).is_pending())
            .unwrap_or_default()
    }

    #[test]
    fn a_stream_that_was_not_ready_begins_anew() {
        let mut pace = Pace::default();
        assert_eq!([taken(&mut pace), taken(&mut pace)], [32, 32]);
        let context = Context::from_waker(Waker::noop());
        assert!((0..31).all(|_| pace.poll(&context).is_ready()));
        pace.rest();
        assert_eq!(taken(&mut pace), 32);
    }

    #[test]
    fn bytes_end_a_row_of_empty_pieces() {
        let mut pace = Pace::default();
        for _ in 0..2 {
            assert!(!(0..MAX_EMPTY).any(|_| pace.is_flooded_by_empty()));
            pace.saw_bytes();
        }
        assert!(!(0..MAX_EMPTY).any(|_| pace.is_flooded_by_empty()));
        assert!(pace.is_flooded_by_empty());
    }
}
