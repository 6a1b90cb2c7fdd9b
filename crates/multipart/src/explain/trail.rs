//! The bytes last seen.

use std::ops::Range;

/// How many bytes before the current chunk are kept.
const KEPT_BYTES: usize = 32 * 1024;

/// How long a piece may be that is asked for. It was kept, because what tells of it comes at most a header block
/// later; a longer one may have been, and what is shown shall not depend on how the body was cut.
const MAX_PIECE_BYTES: u64 = 24 * 1024;

/// How many bytes behind the place where a reader stopped are kept, to show its line.
pub(super) const BEHIND_BYTES: u64 = 4 * 1024;

/// The bytes last seen, up to a chunk more than are kept.
#[derive(Debug, Default)]
pub(super) struct Trail {
    bytes: Vec<u8>,
    /// Where they begin, in bytes from the start of the body.
    start: u64,
}

impl Trail {
    pub(super) fn add(&mut self, chunk: &[u8]) {
        self.bytes.extend_from_slice(chunk);
    }

    /// Takes no more than it takes to show the line at `place`.
    pub(super) fn add_until(&mut self, chunk: &[u8], place: u64) {
        let room = place.saturating_add(BEHIND_BYTES).saturating_sub(self.end());
        let room = usize::try_from(room).unwrap_or(usize::MAX).min(chunk.len());
        self.add(&chunk[..room]);
    }

    /// Drops all but the last bytes.
    pub(super) fn forget(&mut self) {
        if let Some(surplus @ 1..) = self.bytes.len().checked_sub(KEPT_BYTES) {
            self.bytes.drain(..surplus);
            self.start += surplus as u64;
        }
    }

    /// Where the bytes end.
    pub(super) fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }

    /// These bytes of the body, or as many of them as have come; `None` when they are too many to be kept.
    pub(super) fn get(&self, span: Range<u64>) -> Option<&[u8]> {
        if span.end.saturating_sub(span.start) > MAX_PIECE_BYTES {
            return None;
        }
        let start = usize::try_from(span.start.checked_sub(self.start)?).ok()?;
        let end = usize::try_from(span.end.checked_sub(self.start)?)
            .ok()?
            .min(self.bytes.len());
        self.bytes.get(start..end)
    }
}
