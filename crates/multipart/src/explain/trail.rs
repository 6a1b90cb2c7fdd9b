//! The bytes last seen.

use std::ops::Range;

/// How many bytes before the current chunk are kept at least; at most twice as many, so that each is moved once.
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

    /// Drops all but the last bytes, once there are so many that it is worth moving those.
    pub(super) fn forget(&mut self) {
        if self.bytes.len() >= 2 * KEPT_BYTES {
            let surplus = self.bytes.len() - KEPT_BYTES;
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What tells of a piece comes at most a header block later, and a line is at most a header line.
    #[test]
    fn enough_is_kept() {
        let limits = crate::Limits::default();
        assert_eq!(
            KEPT_BYTES as u64,
            MAX_PIECE_BYTES + limits.header_block_bytes as u64
        );
        assert_eq!(BEHIND_BYTES, limits.header_line_bytes as u64);
    }

    #[test]
    fn what_was_kept_is_found_by_its_place() {
        let mut trail = Trail::default();
        let body: Vec<u8> = (0..=255).cycle().take(KEPT_BYTES + 1000).collect();
        trail.add(&body[..KEPT_BYTES]);
        trail.forget();
        assert_eq!((trail.start, trail.end()), (0, KEPT_BYTES as u64));
        trail.bytes.drain(..1000);
        trail.start = 1000;
        trail.add(&body[KEPT_BYTES..]);
        trail.forget();
        let end = body.len() as u64;
        assert_eq!((trail.start, trail.end()), (1000, end));
        assert_eq!(trail.bytes, body[1000..]);

        let longest = MAX_PIECE_BYTES;
        for (name, span, wanted) in [
            ("at the start", 1000..1003, Some(1000..1003)),
            ("before the start", 999..1003, None),
            ("empty", 1000..1000, Some(1000..1000)),
            (
                "backwards",
                Range {
                    start: 1001,
                    end: 1000,
                },
                None,
            ),
            ("the longest", 1000..1000 + longest, Some(1000..25_576)),
            ("longer", 1000..1001 + longest, None),
            ("at the end", end - 2..end, Some(body.len() - 2..body.len())),
            ("over the end", end - 2..end + 9, Some(body.len() - 2..body.len())),
            ("behind the end", end + 1..end + 2, None),
        ] {
            assert_eq!(
                trail.get(span),
                wanted.map(|it: Range<usize>| &body[it]),
                "{name}"
            );
        }
    }

    /// A body that comes byte by byte must not move all that is kept for each of them.
    #[test]
    fn bytes_are_dropped_many_at_a_time() {
        let (mut trail, mut drops, mut start) = (Trail::default(), 0, 0);
        for _ in 0..10 * KEPT_BYTES {
            trail.add(b"x");
            trail.forget();
            drops += usize::from(trail.start != start);
            start = trail.start;
            assert!(trail.bytes.len() < 2 * KEPT_BYTES);
        }
        assert_eq!((drops, trail.end()), (9, 10 * KEPT_BYTES as u64));
        assert_eq!(trail.bytes.len(), KEPT_BYTES);
    }

    #[test]
    fn no_more_is_taken_than_shows_a_line() {
        let behind = usize::try_from(BEHIND_BYTES).unwrap();
        let chunk = vec![0; behind];
        for (have, place, wanted) in [
            (0, 0, behind),
            (10, 4, behind - 6),
            (10, 10, behind),
            (10, 99, behind),
        ] {
            let mut trail = Trail::default();
            trail.add(&vec![0; have]);
            trail.add_until(&chunk, place);
            assert_eq!(trail.bytes.len(), have + wanted, "{have}, {place}");
            trail.add_until(&chunk, place);
            assert_eq!(
                trail.bytes.len(),
                have.max(usize::try_from(place).unwrap() + behind),
                "{have}, {place}"
            );
        }
    }
}
