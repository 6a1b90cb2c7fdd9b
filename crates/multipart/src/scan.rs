//! Finds the delimiter, however the input is cut.
//!
//! The search is for the boundary with its two dashes; what stands before it decides whether it delimits.
//! CR and LF stand at the start of a delimiter only, because no boundary holds one. So what may have to wait
//! for the next chunk is always a prefix of the delimiter itself, and when the wait was in vain it can be
//! handed out as a slice of the delimiter: nothing is copied, and the work is linear.
//!
//! A boundary that no line end stands before is content, and worth a word: other readers take it. Of these
//! strays the first of each kind is told, also when it came in several chunks; that is what the seam is for.

mod held;

use std::ops::Range;

use crate::boundary::Boundary;
use crate::search::Search;

pub(crate) use held::Held;

const MAX_DELIMITER_BYTES: usize = 4 + Boundary::MAX_TOLERATED_BYTES;

/// Where in CRLF, two dashes and the boundary the two dashes stand.
const DASHES: usize = 2;

/// CRLF, two dashes and the boundary, with a searcher that is built once.
#[derive(Debug)]
pub(crate) struct Delimiter {
    bytes: [u8; MAX_DELIMITER_BYTES],
    len: usize,
    /// Where the delimiter begins: at its CR, or at its LF in a body whose lines end in LF alone.
    first: usize,
    search: Search,
    /// The bytes that stand in the delimiter, a bit for each. Made at the end of the first chunk that ends
    /// in content.
    members: Option<[u64; 4]>,
    /// For each prefix of `--boundary`, the length of its longest border (Knuth, Morris, Pratt). Made when
    /// first needed, which is rare.
    borders: Option<Box<[u16; MAX_DELIMITER_BYTES]>>,
}

/// A boundary that is content.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Stray {
    /// Behind LF alone or CR alone.
    AtLineStart,
    MidLine,
}

impl Stray {
    fn bit(self) -> u8 {
        1 << self as u8
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
    /// The content handed out so far ends in a boundary that delimits nothing.
    Stray(Stray),
    /// The chunk is used up.
    Exhausted,
}

impl Delimiter {
    pub(crate) fn new(boundary: &Boundary) -> Self {
        let len = 4 + boundary.as_bytes().len();
        let mut bytes = [0; MAX_DELIMITER_BYTES];
        bytes[..4].copy_from_slice(b"\r\n--");
        bytes[4..len].copy_from_slice(boundary.as_bytes());
        let search = Search::new(&bytes[DASHES..len]);
        Self {
            bytes,
            len,
            first: 0,
            search,
            members: None,
            borders: None,
        }
    }

    /// From here on, lines end in LF alone.
    pub(crate) fn end_lines_in_lf(&mut self) {
        self.first = 1;
    }

    /// Whether lines end in LF alone.
    pub(crate) fn is_lf(&self) -> bool {
        self.first == 1
    }

    /// CRLF, two dashes and the boundary.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Two dashes and the boundary.
    pub(crate) fn dash_boundary(&self) -> &[u8] {
        &self.bytes[DASHES..self.len]
    }

    /// Reads a chunk in which no boundary stands and into which none hangs over: how many of its bytes are
    /// content, the rest being held. `None` for any other chunk.
    #[inline]
    pub(crate) fn take_whole(&mut self, held: &mut Held, chunk: &[u8]) -> Option<usize> {
        let is_idle = held.matched == 0 && held.seam.0 == 0 && held.found.is_none();
        let last = *chunk.last()?;
        if !is_idle || self.search.find(chunk, self.dash_boundary()).is_some() {
            return None;
        }
        if !self.holds(last) {
            held.last = last;
            return Some(chunk.len());
        }
        self.hold(held, chunk, 0);
        Some(chunk.len() - held.waiting().len())
    }

    /// Decides about the next bytes of `chunk` from `at` on, and moves `at` behind them.
    pub(crate) fn scan(&mut self, held: &mut Held, chunk: &[u8], at: &mut usize) -> Piece {
        if let Some(stray) = held.found.take() {
            return Piece::Stray(stray);
        }
        if held.matched > 0 {
            return self.go_on(held, chunk, at);
        }
        let begin = *at;
        if begin == chunk.len() {
            return Piece::Exhausted;
        }
        if held.seam.0 == 0 {
            return self.look(held, chunk, at, begin);
        }
        match self.cross_seam(held, chunk, at) {
            Some(from) => self.look(held, chunk, at, from),
            None => Piece::Chunk(begin..*at),
        }
    }

    /// Decides about the rest of the chunk, in which boundaries lie whole and begin at `from` or behind it.
    fn look(&mut self, held: &mut Held, chunk: &[u8], at: &mut usize, mut from: usize) -> Piece {
        let begin = *at;
        while let Some(found) = self.search.find(&chunk[from..], self.dash_boundary()) {
            let start = from + found;
            *at = start + self.len - DASHES;
            let before = if start > 0 { chunk[start - 1] } else { held.last };
            if before == b'\n' && self.ends_line(&chunk[begin..start]) {
                (held.matched, held.implied) = (self.len, self.first);
                let end = start - (DASHES - self.first);
                return if end > begin {
                    Piece::Chunk(begin..end)
                } else {
                    self.go_on(held, chunk, at)
                };
            }
            let stray = if matches!(before, b'\r' | b'\n') {
                Stray::AtLineStart
            } else {
                Stray::MidLine
            };
            if held.wants(stray) {
                held.seen |= stray.bit();
                held.found = Some(stray);
                held.last = chunk[*at - 1];
                return Piece::Chunk(begin..*at);
            }
            from = *at;
        }
        *at = chunk.len();
        self.hold(held, chunk, from);
        let end = chunk.len() - held.waiting().len();
        if end == begin {
            return Piece::Exhausted;
        }
        Piece::Chunk(begin..end)
    }

    /// Whether `text` ends in the line end that delimiters have here.
    fn ends_line(&self, text: &[u8]) -> bool {
        text.ends_with(&self.bytes[self.first..DASHES])
    }

    /// Compares on where an earlier chunk has ended, or the searched text begins.
    fn go_on(&mut self, held: &mut Held, chunk: &[u8], at: &mut usize) -> Piece {
        let wanted = &self.bytes[held.matched..self.len];
        let rest = &chunk[*at..];
        let equal = common_prefix(wanted, rest);
        if equal == wanted.len() {
            *at += equal;
            let seen = self.len - held.implied;
            held.forget(self.first);
            return Piece::Delimiter(seen);
        }
        if equal == rest.len() {
            *at += equal;
            held.matched += equal;
            return Piece::Exhausted;
        }
        let delayed = held.waiting();
        held.forget(self.first);
        if delayed.is_empty() {
            return self.look(held, chunk, at, *at);
        }
        held.last = self.bytes[delayed.end - 1];
        if delayed.end > DASHES && held.wants(Stray::MidLine) {
            held.seam = (self.border(delayed.end - DASHES), Stray::MidLine);
        }
        Piece::Waited(delayed)
    }

    /// Follows a stray boundary that began in an earlier chunk.
    ///
    /// `None` when the chunk up to `at` is content; otherwise from where on boundaries are to be looked for,
    /// and `at` is where it was.
    fn cross_seam(&mut self, held: &mut Held, chunk: &[u8], at: &mut usize) -> Option<usize> {
        let (mut matched, mut kind) = std::mem::replace(&mut held.seam, (0, Stray::MidLine));
        let begin = *at;
        if self.is_clear(matched, &chunk[begin..]) {
            return Some(begin);
        }
        for (index, byte) in chunk[begin..].iter().enumerate() {
            while matched > 0 && *byte != self.dash_boundary()[matched] {
                matched = self.border(matched);
                kind = Stray::MidLine;
            }
            if *byte == self.dash_boundary()[matched] {
                matched += 1;
            }
            if matched <= index + 1 {
                return Some(begin);
            }
            if matched == self.len - DASHES {
                if !held.wants(kind) {
                    return Some(begin + index + 1);
                }
                held.seen |= kind.bit();
                held.found = Some(kind);
                *at = begin + index + 1;
                held.last = *byte;
                return None;
            }
        }
        held.seam = (matched, kind);
        held.last = chunk[chunk.len() - 1];
        *at = chunk.len();
        None
    }

    /// Whether no boundary lies across the seam between `matched` bytes of one and a text that is long enough
    /// to tell.
    fn is_clear(&self, matched: usize, text: &[u8]) -> bool {
        let Some(ahead) = text.get(..self.len - DASHES - 1) else {
            return false;
        };
        let mut around = [0; 2 * MAX_DELIMITER_BYTES];
        let end = matched + ahead.len();
        around[..matched].copy_from_slice(&self.dash_boundary()[..matched]);
        around[matched..end].copy_from_slice(ahead);
        self.search.find(&around[..end], self.dash_boundary()).is_none()
    }

    /// Notes what the chunk ends with, in which a boundary can begin at `from` or behind it.
    fn hold(&mut self, held: &mut Held, chunk: &[u8], from: usize) {
        let text = &chunk[from..];
        let before = if from > 0 { chunk[from - 1] } else { held.last };
        held.last = text.last().copied().unwrap_or(before);
        if !self.holds(held.last) {
            return held.forget(self.first); // Nothing of a delimiter ends so.
        }
        let tail = &text[text.len().saturating_sub(self.len - self.first - 1)..];
        if let Some(start) = memchr::memrchr(self.bytes[self.first], tail)
            && self.bytes[self.first..self.len].starts_with(&tail[start..])
        {
            (held.matched, held.implied) = (self.first + tail.len() - start, self.first);
            return;
        }
        held.forget(self.first);
        if held.wants_any() {
            held.seam = self.stray_at_end_of(text, before);
        }
    }

    /// Whether a byte stands in the delimiter.
    #[inline]
    fn holds(&mut self, byte: u8) -> bool {
        let members = self.members.get_or_insert_with(|| {
            let mut members = [0; 4];
            for byte in &self.bytes[..self.len] {
                members[usize::from(byte >> 6)] |= 1 << (byte & 63);
            }
            members
        });
        members[usize::from(byte >> 6)] & 1 << (byte & 63) != 0
    }

    /// How many bytes at the end of `text` are a prefix of `--boundary`, and which kind of stray it would be.
    fn stray_at_end_of(&self, text: &[u8], before: u8) -> (usize, Stray) {
        let boundary = self.dash_boundary();
        let prefix = &boundary[..text.len().min(boundary.len() - 1)];
        let ends = text.last().map(|last| memchr::memrchr_iter(*last, prefix));
        let mut lengths = ends.into_iter().flatten().map(|at| at + 1);
        let Some(matched) = lengths.find(|len| text.ends_with(&boundary[..*len])) else {
            return (0, Stray::MidLine);
        };
        let before = match text.len() - matched {
            0 => before,
            start => text[start - 1],
        };
        match before {
            b'\r' | b'\n' => (matched, Stray::AtLineStart),
            _ => (matched, Stray::MidLine),
        }
    }

    /// The longest prefix of `--boundary`, shorter than `matched` bytes, that so many of its bytes end with.
    fn border(&mut self, matched: usize) -> usize {
        let text = &self.bytes[DASHES..self.len];
        let borders = self.borders.get_or_insert_with(|| {
            let mut borders = Box::new([0_u16; MAX_DELIMITER_BYTES]);
            let mut border = 0;
            for at in 1..text.len() {
                while border > 0 && text[at] != text[border] {
                    border = usize::from(borders[border - 1]);
                }
                if text[at] == text[border] {
                    border += 1;
                }
                borders[at] = u16::try_from(border).unwrap_or(0);
            }
            borders
        });
        usize::from(borders[matched - 1])
    }
}

/// How many bytes both begin with.
pub(crate) fn common_prefix(left: &[u8], right: &[u8]) -> usize {
    left.iter().zip(right).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests;
