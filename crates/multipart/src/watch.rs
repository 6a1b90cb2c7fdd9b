//! Looks for a boundary in content that comes in pieces.

use memchr::memmem::Finder;

use crate::boundary::Boundary;

/// Searches for two dashes and the boundary, over the edges between pieces too.
#[derive(Clone, Debug)]
pub(crate) struct Watch {
    finder: Finder<'static>,
    /// The last bytes before the next piece, less than a whole boundary.
    tail: Vec<u8>,
    /// Bytes before the next piece.
    at: u64,
}

impl Watch {
    pub(crate) fn new(boundary: &Boundary) -> Self {
        let dash_boundary = [b"--", boundary.as_bytes()].concat();
        Self {
            finder: Finder::new(&dash_boundary).into_owned(),
            tail: Vec::new(),
            at: 0,
        }
    }

    /// Where the boundary stands in content that is there as a whole.
    pub(crate) fn find(&self, content: &[u8]) -> Option<usize> {
        self.finder.find(content)
    }

    /// Forgets what it has seen: another part begins.
    pub(crate) fn restart(&mut self) {
        self.tail.clear();
        self.at = 0;
    }

    /// Where the boundary begins that ends in this piece, in bytes from the start of the content.
    pub(crate) fn feed(&mut self, piece: &[u8]) -> Option<u64> {
        let kept = self.finder.needle().len() - 1;
        let before = self.tail.len();
        self.tail.extend_from_slice(&piece[..kept.min(piece.len())]);
        if let Some(found) = self.finder.find(&self.tail) {
            return Some(self.at - before as u64 + found as u64);
        }
        if let Some(found) = self.finder.find(piece) {
            return Some(self.at + found as u64);
        }
        if piece.len() >= kept {
            self.tail.clear();
            self.tail.extend_from_slice(&piece[piece.len() - kept..]);
        } else {
            self.tail.drain(..self.tail.len().saturating_sub(kept));
        }
        self.at += piece.len() as u64;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_is_found_over_every_edge() {
        let boundary = Boundary::new("-b-ab").unwrap();
        for (name, content, wanted) in [
            ("at the start", &b"---b-ab.."[..], Some(0)),
            ("after its own beginning", b"..---b---b-ab", Some(6)),
            ("after dashes", b"-----b-ab", Some(2)),
            ("less its last byte", b"---b-a---b-a--b-ab", None),
            ("in the middle", b"0123456789---b-ab0123456789", Some(10)),
        ] {
            for size in 1..=content.len() {
                let mut watch = Watch::new(&boundary);
                watch.feed(b"another part ---b-");
                watch.restart();
                let found = content.chunks(size).find_map(|piece| watch.feed(piece));
                assert_eq!(found, wanted, "{name}, {size} bytes at a time");
            }
        }
    }
}
