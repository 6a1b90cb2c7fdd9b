//! What stands between parts: the preamble, the rest of a delimiter's line, and the epilogue.

use super::{Machine, Source, State, Step};
use crate::error::Window;
use crate::header::BlockScan;
use crate::scan::{Held, Piece, common_prefix};
use crate::violation::ViolationId;

/// The rest of the line behind a dash-boundary.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    /// Where its two dashes stand.
    start: u64,
    padding: usize,
    seen: Seen,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Seen {
    Nothing,
    Dash,
    Padding,
    CarriageReturn,
    /// What is no boundary's, with a policy that goes on: until the end of the line.
    Junk,
}

impl Line {
    pub(super) fn new(start: u64) -> Self {
        Self {
            start,
            padding: 0,
            seen: Seen::Nothing,
        }
    }
}

/// The rest of the line behind the close delimiter, and one more line end, which several clients send.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Closing {
    padding: usize,
    pub(super) carriage_return: bool,
    line_ended: bool,
}

impl Machine {
    pub(super) fn preamble(&mut self, chunk: &[u8], at: &mut usize) -> Step {
        let (waited, range) = match self.delimiter.scan(&mut self.held, chunk, at) {
            Piece::Exhausted => return Step::Starved,
            Piece::Delimiter(seen) => return self.first_delimiter(self.base + *at as u64, seen),
            Piece::Stray(_) => {
                let dash_boundary = self.delimiter.dash_boundary();
                let start = self.text.end - dash_boundary.len() as u64;
                let (span, found) = (start..self.text.end, Window::new(dash_boundary));
                self.reports.add(ViolationId::F03, span, None, found);
                return Step::Again;
            }
            Piece::Chunk(range) => (0..0, range),
            Piece::Waited(range) => (range, *at..*at),
        };
        if self.text.end == 0 && !self.begin_preamble(waited.clone(), &chunk[range.start..]) {
            return Step::Again;
        }
        let start = self.text.end;
        self.text.end += (waited.len() + range.len()) as u64;
        let max = self.limits.preamble_bytes;
        if self.text.end > max {
            let beyond = usize::try_from(max - start).unwrap_or(usize::MAX);
            let mut bytes = self.delimiter.as_bytes()[waited].iter().chain(&chunk[range]);
            let found = bytes.nth(beyond).copied();
            self.fail(ViolationId::F02, max, found.as_slice());
        }
        Step::Again
    }

    /// Reports a preamble by its bytes up to the first that is not the boundary's.
    fn begin_preamble(&mut self, waited: std::ops::Range<usize>, rest: &[u8]) -> bool {
        let delimiter = self.delimiter.as_bytes();
        let pieces = if waited.is_empty() || waited.start == 2 {
            let known = waited.end.max(2);
            let same = common_prefix(&delimiter[known..], rest);
            [&delimiter[2..known], rest.get(..=same).unwrap_or(rest)]
        } else {
            [&delimiter[..1], &[][..]] // CR, which no boundary begins with.
        };
        let span = 0..pieces.iter().map(|piece| piece.len() as u64).sum();
        let found = Window::of(pieces);
        self.reports.add(ViolationId::F01, span, None, found)
    }

    /// A delimiter of which `seen` bytes are in the input ends at `end`.
    fn first_delimiter(&mut self, end: u64, seen: usize) -> Step {
        let dashes = end - self.delimiter.dash_boundary().len() as u64;
        self.state = State::Line(Line::new(dashes));
        let preamble = 0..end - seen as u64;
        if !preamble.is_empty() {
            return Step::Preamble(preamble);
        }
        if dashes > 0 {
            self.reports
                .add_info(ViolationId::F01, 0..2, Window::new(b"\r\n"));
        }
        Step::Again
    }

    pub(super) fn line(&mut self, chunk: &[u8], at: &mut usize) -> Step {
        let State::Line(mut line) = self.state else {
            return Step::Again;
        };
        if line.seen == Seen::Nothing && !self.delimiter.is_lf() && chunk[*at..].starts_with(b"\r\n") {
            *at += 2; // What stands there nearly always, in one look.
            let step = self.begin_part(self.base + *at as u64);
            return if matches!(self.state, State::Block(_)) {
                self.block(chunk, at)
            } else {
                step
            };
        }
        while let Some(byte) = chunk.get(*at) {
            let offset = self.base + *at as u64;
            *at += 1;
            let goes_on = match (line.seen, byte) {
                (Seen::Nothing, b'-') => {
                    line.seen = Seen::Dash;
                    true
                }
                (Seen::Dash, b'-') => return self.close(line),
                (Seen::Nothing | Seen::Padding, b' ' | b'\t') => {
                    line.seen = Seen::Padding;
                    line.padding += 1;
                    self.check_padding(line.padding, offset, *byte)
                }
                (Seen::CarriageReturn, b'\n') if self.delimiter.is_lf() => {
                    let (span, found) = (offset - 1..offset + 1, Window::new(b"\r\n"));
                    if self.reports.add_ambiguous(ViolationId::F07, span, None, found) {
                        return self.begin_part(offset + 1);
                    }
                    false
                }
                (Seen::CarriageReturn | Seen::Junk, b'\n') => return self.begin_part(offset + 1),
                (Seen::Nothing | Seen::Padding, b'\r') => {
                    line.seen = Seen::CarriageReturn;
                    true
                }
                (Seen::Nothing | Seen::Padding, b'\n') => {
                    if self.delimiter.is_lf() || self.line_feed(line, offset) {
                        return self.begin_part(offset + 1);
                    }
                    false
                }
                (Seen::CarriageReturn, _) => {
                    if self.note(ViolationId::F08, offset - 1, b"\r") {
                        *at -= 1;
                        return self.begin_part(offset);
                    }
                    false
                }
                (Seen::Junk, _) => true,
                (Seen::Nothing | Seen::Dash | Seen::Padding, _) => {
                    line.seen = Seen::Junk;
                    self.note(ViolationId::F04, offset, &[*byte])
                }
            };
            self.state = State::Line(line);
            if !goes_on {
                return Step::Again;
            }
        }
        Step::Starved
    }

    /// LF alone behind a dash-boundary. When it is the first and begins the body, lines may all end so.
    fn line_feed(&mut self, line: Line, offset: u64) -> bool {
        let (span, found) = (offset..offset + 1, Window::new(b"\n"));
        if line.start > 0 {
            return self.reports.add_ambiguous(ViolationId::F07, span, None, found);
        }
        let goes_on = self.reports.add(ViolationId::F07, span, None, found);
        self.delimiter.end_lines_in_lf();
        goes_on
    }

    /// Reports the first byte of padding, and stops when there is too much.
    fn check_padding(&mut self, padding: usize, offset: u64, byte: u8) -> bool {
        if padding > self.limits.padding_bytes {
            self.fail(ViolationId::F06, offset, &[byte]);
            return false;
        }
        padding != 1 || self.note(ViolationId::F05, offset, &[byte])
    }

    fn begin_part(&mut self, start: u64) -> Step {
        if self.parts_begun >= self.limits.parts {
            self.fail(ViolationId::L02, start, &[]);
            return Step::Again;
        }
        self.part.index = self.parts_begun;
        self.part.start = start;
        self.parts_begun += 1;
        self.scratch.clear();
        self.headers.clear();
        self.state = State::Block(BlockScan::default());
        Step::Again
    }

    fn close(&mut self, line: Line) -> Step {
        self.state = State::Closing(Closing::default());
        if self.parts_begun == 0 {
            let dash_boundary = self.delimiter.dash_boundary();
            let found = Window::new(dash_boundary);
            let span = line.start..line.start + dash_boundary.len() as u64;
            self.reports.add(ViolationId::F15, span, None, found);
        }
        Step::Again
    }

    pub(super) fn closing(&mut self, chunk: &[u8], at: &mut usize) -> Step {
        let State::Closing(mut closing) = self.state else {
            return Step::Again;
        };
        while let Some(byte) = chunk.get(*at) {
            let offset = self.base + *at as u64;
            let is_lf = self.delimiter.is_lf();
            let ends_line = closing.carriage_return || is_lf;
            let is_odd_end = *byte == b'\n' && !closing.line_ended && closing.carriage_return == is_lf;
            if is_odd_end {
                let start = offset - u64::from(closing.carriage_return);
                let found = Window::new(&b"\r\n"[usize::from(!closing.carriage_return)..]);
                let span = start..offset + 1;
                if !self.reports.add_ambiguous(ViolationId::F07, span, None, found) {
                    return Step::Again;
                }
            }
            match (closing.carriage_return, byte) {
                (false, b' ' | b'\t') if !closing.line_ended => {
                    closing.padding += 1;
                    if !self.check_padding(closing.padding, offset, *byte) {
                        return Step::Again;
                    }
                }
                (false, b'\r') => closing.carriage_return = true,
                (_, b'\n') if ends_line && closing.line_ended => {
                    *at += 1;
                    let start = offset - u64::from(closing.carriage_return);
                    let found = &b"\r\n"[usize::from(!closing.carriage_return)..];
                    self.reports
                        .add_info(ViolationId::F13, start..offset + 1, Window::new(found));
                    return self.begin_epilogue(offset + 1, Held::LINE_START);
                }
                (_, b'\n') if ends_line || is_odd_end => {
                    closing.carriage_return = false;
                    closing.line_ended = true;
                }
                (true, _) => {
                    let step = self.begin_epilogue(offset - 1, Held::NOTHING);
                    self.add_epilogue(chunk, &Source::Delimiter(0..1));
                    return step;
                }
                (false, _) => {
                    let held = if closing.line_ended {
                        Held::LINE_START
                    } else {
                        Held::NOTHING
                    };
                    return self.begin_epilogue(offset, held);
                }
            }
            *at += 1;
            self.state = State::Closing(closing);
        }
        Step::Starved
    }

    pub(super) fn begin_epilogue(&mut self, start: u64, held: Held) -> Step {
        self.state = State::Epilogue;
        self.text = start..start;
        self.held = held;
        Step::Again
    }

    pub(super) fn epilogue(&mut self, chunk: &[u8], at: &mut usize) -> Step {
        match self.delimiter.scan(&mut self.held, chunk, at) {
            Piece::Exhausted => return Step::Starved,
            Piece::Stray(_) => {}
            Piece::Chunk(range) => self.add_epilogue(chunk, &Source::Chunk(range)),
            Piece::Waited(range) => self.add_epilogue(chunk, &Source::Delimiter(range)),
            Piece::Delimiter(seen) => {
                let end = self.base + *at as u64;
                let dash_boundary = self.delimiter.dash_boundary();
                let start = end - dash_boundary.len() as u64;
                let found = Window::new(dash_boundary);
                if self.reports.add(ViolationId::F14, start..end, None, found) {
                    // Said already, so not said again as F13.
                    let bytes = self.delimiter.as_bytes();
                    let beyond = self.beyond_epilogue(&bytes[bytes.len() - seen..]);
                    self.count_epilogue(seen, beyond);
                }
            }
        }
        Step::Again
    }

    /// Counts decided bytes of the epilogue.
    pub(super) fn add_epilogue(&mut self, chunk: &[u8], source: &Source) {
        let bytes = match source {
            Source::Chunk(range) => &chunk[range.clone()],
            Source::Delimiter(range) => &self.delimiter.as_bytes()[range.clone()],
        };
        let (len, first, beyond) = (bytes.len(), bytes.first().copied(), self.beyond_epilogue(bytes));
        if self.text.is_empty() {
            self.note(ViolationId::F13, self.text.start, first.as_slice());
        }
        self.count_epilogue(len, beyond);
    }

    /// The first of these bytes, which come next, that the epilogue has no room for.
    fn beyond_epilogue(&self, bytes: &[u8]) -> Option<u8> {
        let max = self.text.start.saturating_add(self.limits.epilogue_bytes);
        let room = usize::try_from(max.saturating_sub(self.text.end)).ok()?;
        bytes.get(room).copied()
    }

    fn count_epilogue(&mut self, len: usize, beyond: Option<u8>) {
        self.text.end += len as u64;
        if let Some(byte) = beyond {
            let max = self.text.start.saturating_add(self.limits.epilogue_bytes);
            self.fail(ViolationId::L08, max, &[byte]);
        }
    }
}
