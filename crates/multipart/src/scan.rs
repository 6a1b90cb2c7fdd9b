//! Finds the delimiter, however the input is cut.
//!
//! The search is for the whole delimiter, CRLF and two dashes and the boundary. CR stands in it once, at its
//! start, because no boundary holds one. So what may have to wait for the next chunk is always a prefix of
//! the delimiter itself, and when the wait was in vain it can be handed out as a slice of the delimiter:
//! nothing is copied, and the work is linear.

use std::ops::Range;

use memchr::memmem::Finder;

use crate::boundary::Boundary;

const MAX_DELIMITER_BYTES: usize = 4 + Boundary::MAX_BYTES;

/// CRLF, two dashes and the boundary, with a searcher that is built once.
#[derive(Debug)]
pub(crate) struct Delimiter {
    bytes: [u8; MAX_DELIMITER_BYTES],
    len: usize,
    finder: Finder<'static>,
}

/// How many bytes of the delimiter the input before this point ends with.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Held {
    matched: usize,
    /// How many of these were never in the searched text: at its start a line start is as good as CRLF.
    implied: usize,
}

impl Held {
    /// At the start of a line, whose CRLF belongs to what came before.
    pub(crate) const LINE_START: Self = Self {
        matched: 2,
        implied: 2,
    };

    /// Which bytes of the delimiter stand in the searched text and wait for a decision.
    pub(crate) fn waiting(self) -> Range<usize> {
        self.implied..self.matched
    }

    /// Whether part of the boundary itself has been seen.
    pub(crate) fn is_in_boundary(self) -> bool {
        self.matched > 4
    }
}

/// What a scan has decided.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Piece {
    /// These bytes of the delimiter, waiting until now, are content.
    Waited(Range<usize>),
    /// These bytes of the chunk are content.
    Chunk(Range<usize>),
    /// A delimiter ends here; so many of its bytes were in the searched text.
    Delimiter(usize),
    /// The chunk is used up.
    Exhausted,
}

impl Delimiter {
    pub(crate) fn new(boundary: &Boundary) -> Self {
        let len = 4 + boundary.as_bytes().len();
        let mut bytes = [0; MAX_DELIMITER_BYTES];
        bytes[..4].copy_from_slice(b"\r\n--");
        bytes[4..len].copy_from_slice(boundary.as_bytes());
        let finder = Finder::new(&bytes[..len]).into_owned();
        Self { bytes, len, finder }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Decides about the next bytes of `chunk` from `at` on, and moves `at` behind them.
    pub(crate) fn scan(&self, held: &mut Held, chunk: &[u8], at: &mut usize) -> Piece {
        if held.matched > 0 {
            return self.go_on(held, chunk, at);
        }
        let rest = &chunk[*at..];
        if rest.is_empty() {
            return Piece::Exhausted;
        }
        let begin = *at;
        if let Some(found) = self.finder.find(rest) {
            *at = begin + found + self.len;
            held.matched = self.len;
            if found == 0 {
                return self.go_on(held, chunk, at);
            }
            return Piece::Chunk(begin..begin + found);
        }
        held.matched = self.prefix_at_end_of(rest);
        *at = chunk.len();
        if held.matched == rest.len() {
            return Piece::Exhausted;
        }
        Piece::Chunk(begin..chunk.len() - held.matched)
    }

    /// Compares on where an earlier chunk has ended, or the searched text begins.
    fn go_on(&self, held: &mut Held, chunk: &[u8], at: &mut usize) -> Piece {
        let wanted = &self.as_bytes()[held.matched..];
        let rest = &chunk[*at..];
        let equal = wanted.iter().zip(rest).take_while(|(a, b)| a == b).count();
        if equal == wanted.len() {
            *at += equal;
            let seen = self.len - held.implied;
            *held = Held::default();
            return Piece::Delimiter(seen);
        }
        if equal == rest.len() {
            *at += equal;
            held.matched += equal;
            return Piece::Exhausted;
        }
        let delayed = held.implied..held.matched;
        *held = Held::default();
        if delayed.is_empty() {
            return self.scan(held, chunk, at);
        }
        Piece::Waited(delayed)
    }

    /// How many bytes at the end of `text` are a prefix of the delimiter, less than all of it.
    fn prefix_at_end_of(&self, text: &[u8]) -> usize {
        let tail = &text[text.len().saturating_sub(self.len - 1)..];
        match memchr::memrchr(b'\r', tail) {
            Some(cr) if self.as_bytes().starts_with(&tail[cr..]) => tail.len() - cr,
            _ => 0,
        }
    }
}

/// Finds `--boundary` anywhere in a preamble, byte by byte (Knuth, Morris, Pratt).
///
/// Only for preambles, which are short: there a boundary in the middle of a line is an error, because
/// readers that take it see a part more than readers that do not.
#[derive(Debug)]
pub(crate) struct DashBoundary {
    /// For each prefix of `--boundary`, the length of its longest border.
    borders: [u8; MAX_DELIMITER_BYTES],
    matched: usize,
}

impl DashBoundary {
    pub(crate) fn new(delimiter: &Delimiter) -> Self {
        let text = &delimiter.as_bytes()[2..];
        let mut borders = [0_u8; MAX_DELIMITER_BYTES];
        let mut border = 0;
        for at in 1..text.len() {
            while border > 0 && text[at] != text[border] {
                border = usize::from(borders[border - 1]);
            }
            if text[at] == text[border] {
                border += 1;
            }
            borders[at] = u8::try_from(border).unwrap_or(u8::MAX);
        }
        Self { borders, matched: 0 }
    }

    /// How many of `bytes` are used when the text ends for the first time; call it no more after that.
    pub(crate) fn find_end(&mut self, delimiter: &Delimiter, bytes: &[u8]) -> Option<usize> {
        let text = &delimiter.as_bytes()[2..];
        for (index, byte) in bytes.iter().enumerate() {
            while self.matched > 0 && *byte != text[self.matched] {
                self.matched = usize::from(self.borders[self.matched - 1]);
            }
            if *byte == text[self.matched] {
                self.matched += 1;
            }
            if self.matched == text.len() {
                return Some(index + 1);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Content before the first delimiter, and what follows it.
    fn split(delimiter: &Delimiter, mut held: Held, chunks: &[&[u8]]) -> (Vec<u8>, Option<usize>) {
        let mut content = Vec::new();
        for chunk in chunks {
            let mut at = 0;
            loop {
                match delimiter.scan(&mut held, chunk, &mut at) {
                    Piece::Waited(range) => content.extend_from_slice(&delimiter.as_bytes()[range]),
                    Piece::Chunk(range) => content.extend_from_slice(&chunk[range]),
                    Piece::Delimiter(seen) => return (content, Some(seen)),
                    Piece::Exhausted => break,
                }
            }
        }
        (content, None)
    }

    #[test]
    fn every_two_way_split_finds_the_same() {
        let delimiter = Delimiter::new(&Boundary::new("-a-a").unwrap());
        for (name, text, held, wanted) in [
            (
                "plain",
                &b"xy\r\n---a-a rest"[..],
                Held::default(),
                (&b"xy"[..], Some(8)),
            ),
            (
                "false starts",
                b"\r\n---a\r\n--\r\r\n---a-a",
                Held::default(),
                (b"\r\n---a\r\n--\r", Some(8)),
            ),
            (
                "one byte short",
                b"\r\n---a-b",
                Held::default(),
                (b"\r\n---a-b", None),
            ),
            ("at a line start", b"---a-a", Held::LINE_START, (b"", Some(6))),
            ("not at one", b"---a-a", Held::default(), (b"---a-a", None)),
            (
                "line start, false",
                b"---a-b\r\n---a-a",
                Held::LINE_START,
                (b"---a-b", Some(8)),
            ),
            (
                "line start, CRLF",
                b"\r\n---a-a",
                Held::LINE_START,
                (b"", Some(8)),
            ),
        ] {
            for cut in 0..=text.len() {
                let (left, right) = text.split_at(cut);
                let (content, seen) = split(&delimiter, held, &[left, right]);
                assert_eq!((&content[..], seen), wanted, "{name}, cut at {cut}");
            }
        }
    }

    #[test]
    fn a_dash_boundary_is_found_in_the_middle() {
        let delimiter = Delimiter::new(&Boundary::new("-a-a").unwrap());
        for (text, wanted) in [
            (&b"----a-a"[..], Some(7)),
            (b"x---a---a-ax", Some(11)),
            (b"---a--a-a", None),
        ] {
            let mut search = DashBoundary::new(&delimiter);
            assert_eq!(
                search.find_end(&delimiter, text),
                wanted,
                "{}",
                text.escape_ascii()
            );
            let mut search = DashBoundary::new(&delimiter);
            let ends = text
                .iter()
                .position(|b| search.find_end(&delimiter, &[*b]).is_some());
            assert_eq!(ends.map(|index| index + 1), wanted, "{}", text.escape_ascii());
        }
    }
}
