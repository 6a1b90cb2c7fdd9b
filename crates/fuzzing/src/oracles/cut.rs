//! Ways to cut bytes into chunks.

use std::io::{self, Read};

/// Bytes, chunk by chunk.
#[derive(Clone, Debug)]
pub(super) struct Chunks<'a> {
    rest: &'a [u8],
    way: Way,
}

/// How bytes are cut.
#[derive(Clone, Copy, Debug)]
enum Way {
    Whole,
    /// Chunks of one length, the last one shorter.
    Even(usize),
    /// Chunks of changing length, empty ones among them.
    Uneven(u32),
    /// After so many bytes, and again after so many more.
    Twice(usize, usize),
}

/// From how many bytes on a body is not fed byte by byte: what matters is where it is cut, and that takes one
/// cut or two.
const LONG: usize = 64;

/// All at once.
pub(super) fn whole(bytes: &[u8]) -> Chunks<'_> {
    Chunks {
        rest: bytes,
        way: Way::Whole,
    }
}

/// Chunks of one length, at least 1; the last one is shorter.
pub(super) fn even(bytes: &[u8], length: usize) -> Chunks<'_> {
    Chunks {
        rest: bytes,
        way: Way::Even(length.max(1)),
    }
}

/// Chunks of changing length, empty ones among them.
pub(super) fn uneven(bytes: &[u8], seed: u8) -> Chunks<'_> {
    Chunks {
        rest: bytes,
        way: Way::Uneven(u32::from(seed) + 1),
    }
}

/// In one of many ways. Most of them have two cuts, not far from each other, which costs little.
pub(super) fn chosen(bytes: &[u8], choice: u8) -> Chunks<'_> {
    let choice = usize::from(choice);
    match choice % 16 {
        0 if bytes.len() < LONG => even(bytes, 1),
        1 if bytes.len() < 4 * LONG => uneven(bytes, choice.to_le_bytes()[0]),
        2 => even(bytes, choice + 2),
        more => Chunks {
            rest: bytes,
            // Places all over, whatever the length.
            way: Way::Twice(choice * bytes.len().div_ceil(256) * 3 % (bytes.len() + 1), more),
        },
    }
}

impl<'a> Iterator for Chunks<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let length = match &mut self.way {
            Way::Whole => self.rest.len(),
            Way::Even(length) => *length,
            Way::Uneven(state) => {
                *state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
                (*state >> 16) as usize % 12
            }
            Way::Twice(first, second) => {
                let length = *first;
                (*first, *second) = (*second, usize::MAX);
                length
            }
        };
        let (chunk, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.rest = rest;
        Some(chunk)
    }
}

/// Chunks as a source: gives one at a time, and next what of it did not fit.
pub(super) struct Source<'a> {
    chunks: Chunks<'a>,
    left: &'a [u8],
}

impl<'a> Source<'a> {
    pub(super) fn new(chunks: Chunks<'a>) -> Self {
        Self { chunks, left: &[] }
    }
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left.is_empty() {
            // An empty chunk would be the end.
            self.left = self.chunks.find(|chunk| !chunk.is_empty()).unwrap_or_default();
        }
        let (now, left) = self.left.split_at(self.left.len().min(buffer.len()));
        buffer[..now.len()].copy_from_slice(now);
        self.left = left;
        Ok(now.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_the_bytes_in_turn_and_cuts_are_all_over() {
        for length in [0, 1, 5, 63, 64, 200, 1000] {
            let bytes: Vec<u8> = (0..length).map(|at: usize| at.to_le_bytes()[0]).collect();
            let mut cuts = std::collections::BTreeSet::new();
            for choice in 0..=255 {
                let (mut at, mut joined) = (0, Vec::new());
                for chunk in chosen(&bytes, choice) {
                    at += chunk.len();
                    joined.extend_from_slice(chunk);
                    cuts.insert(at);
                }
                assert_eq!(joined, bytes, "{choice}");
            }
            assert!(cuts.len() >= length.min(190), "{} places of {length}", cuts.len());
        }
    }
}
