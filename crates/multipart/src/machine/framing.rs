//! What stands between parts: the preamble, the rest of a delimiter's line, and the epilogue.

use super::{Machine, State, Step};
use crate::error::Window;
use crate::header::BlockScan;
use crate::scan::{Held, Piece};
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
    carriage_return: bool,
    line_ended: bool,
}

impl Machine {
    pub(super) fn preamble(&mut self, chunk: &[u8], at: &mut usize) -> Step {
        let copy;
        let bytes = match self.delimiter.scan(&mut self.held, chunk, at) {
            Piece::Exhausted => return Step::Starved,
            Piece::Delimiter(seen) => return self.first_delimiter(self.base + *at as u64, seen),
            Piece::Chunk(range) => &chunk[range],
            Piece::Waited(range) => {
                copy = self.delimiter.as_bytes()[range].to_vec();
                &copy[..]
            }
        };
        let start = self.text.end;
        if start == 0 && !self.reports.add(ViolationId::F01, 0, None, Window::new(bytes)) {
            return Step::Again;
        }
        let room = self.limits.preamble_bytes - start;
        let taken = usize::try_from(room).map_or(bytes.len(), |room| room.min(bytes.len()));
        self.text.end += taken as u64;
        if let Some(end) = self.dash_boundary.find_end(&self.delimiter, &bytes[..taken]) {
            let len = self.delimiter.as_bytes().len() - 2;
            let found = Window::new(&self.delimiter.as_bytes()[2..]);
            self.reports
                .fail(ViolationId::F03, start + end as u64 - len as u64, None, found);
        } else if taken < bytes.len() {
            self.reports.fail(
                ViolationId::F02,
                self.text.end,
                None,
                Window::new(&bytes[taken..]),
            );
        }
        Step::Again
    }

    /// A delimiter of which `seen` bytes are in the input ends at `end`.
    fn first_delimiter(&mut self, end: u64, seen: usize) -> Step {
        let dashes = end - (self.delimiter.as_bytes().len() as u64 - 2);
        self.state = State::Line(Line::new(dashes));
        let preamble = 0..end - seen as u64;
        if !preamble.is_empty() {
            return Step::Preamble(preamble);
        }
        if dashes > 0 {
            self.reports.add_info(ViolationId::F01, 0, Window::new(b"\r\n"));
        }
        Step::Again
    }

    pub(super) fn line(&mut self, chunk: &[u8], at: &mut usize) -> Step {
        let State::Line(mut line) = self.state else {
            return Step::Again;
        };
        while let Some(byte) = chunk.get(*at) {
            let offset = self.base + *at as u64;
            let wrong = match (line.seen, byte) {
                (Seen::Nothing, b'-') => {
                    line.seen = Seen::Dash;
                    None
                }
                (Seen::Dash, b'-') => {
                    *at += 1;
                    return self.close(line);
                }
                (Seen::Nothing | Seen::Padding, b' ' | b'\t') => {
                    line.seen = Seen::Padding;
                    line.padding += 1;
                    self.check_padding(line.padding, offset, &chunk[*at..])
                }
                (Seen::Nothing | Seen::Padding, b'\r') => {
                    line.seen = Seen::CarriageReturn;
                    None
                }
                (Seen::CarriageReturn, b'\n') => {
                    *at += 1;
                    return self.begin_part(offset + 1);
                }
                (Seen::CarriageReturn, _) => Some((ViolationId::F08, offset - 1)),
                (Seen::Nothing | Seen::Padding, b'\n') => Some((ViolationId::F07, offset)),
                (Seen::Nothing | Seen::Dash | Seen::Padding, _) => Some((ViolationId::F04, offset)),
            };
            if let Some((id, place)) = wrong {
                let found = if place < offset { &b"\r"[..] } else { &chunk[*at..] };
                self.fail(id, place, found);
                return Step::Again;
            }
            *at += 1;
            self.state = State::Line(line);
        }
        Step::Starved
    }

    /// Reports the first byte of padding, and says when there is too much.
    fn check_padding(&mut self, padding: usize, offset: u64, rest: &[u8]) -> Option<(ViolationId, u64)> {
        if padding > self.limits.padding_bytes {
            return Some((ViolationId::F06, offset));
        }
        if padding == 1 {
            self.reports
                .add(ViolationId::F05, offset, None, Window::new(rest));
        }
        None
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
        self.state = State::Block(BlockScan::default());
        Step::Again
    }

    fn close(&mut self, line: Line) -> Step {
        self.state = State::Closing(Closing::default());
        if self.parts_begun == 0 {
            let found = Window::new(&self.delimiter.as_bytes()[2..]);
            self.reports.add(ViolationId::F15, line.start, None, found);
        }
        Step::Again
    }

    pub(super) fn closing(&mut self, chunk: &[u8], at: &mut usize) -> Step {
        let State::Closing(mut closing) = self.state else {
            return Step::Again;
        };
        while let Some(byte) = chunk.get(*at) {
            let offset = self.base + *at as u64;
            match (closing.carriage_return, byte) {
                (false, b' ' | b'\t') if !closing.line_ended => {
                    closing.padding += 1;
                    if let Some((id, place)) = self.check_padding(closing.padding, offset, &chunk[*at..]) {
                        self.fail(id, place, &chunk[*at..]);
                        return Step::Again;
                    }
                }
                (false, b'\r') => closing.carriage_return = true,
                (true, b'\n') if closing.line_ended => {
                    *at += 1;
                    self.reports
                        .add_info(ViolationId::F13, offset - 1, Window::new(b"\r\n"));
                    return self.begin_epilogue(offset + 1, Held::LINE_START);
                }
                (true, b'\n') => {
                    closing.carriage_return = false;
                    closing.line_ended = true;
                }
                (true, _) => {
                    let step = self.begin_epilogue(offset - 1, Held::default());
                    self.add_epilogue(1, b"\r");
                    return step;
                }
                (false, _) => {
                    let held = if closing.line_ended {
                        Held::LINE_START
                    } else {
                        Held::default()
                    };
                    return self.begin_epilogue(offset, held);
                }
            }
            *at += 1;
            self.state = State::Closing(closing);
        }
        Step::Starved
    }

    fn begin_epilogue(&mut self, start: u64, held: Held) -> Step {
        self.state = State::Epilogue;
        self.text = start..start;
        self.held = held;
        Step::Again
    }

    pub(super) fn epilogue(&mut self, chunk: &[u8], at: &mut usize) -> Step {
        match self.delimiter.scan(&mut self.held, chunk, at) {
            Piece::Exhausted => return Step::Starved,
            Piece::Chunk(range) => self.add_epilogue(range.len(), &chunk[range]),
            Piece::Waited(range) => {
                let copy = self.delimiter.as_bytes()[range].to_vec();
                self.add_epilogue(copy.len(), &copy);
            }
            Piece::Delimiter(_) => {
                let dash_boundary = self.delimiter.as_bytes()[2..].len() as u64;
                let found = Window::new(&self.delimiter.as_bytes()[2..]);
                let start = self.base + *at as u64 - dash_boundary;
                self.reports.fail(ViolationId::F14, start, None, found);
            }
        }
        Step::Again
    }

    /// Counts decided bytes of the epilogue.
    fn add_epilogue(&mut self, len: usize, bytes: &[u8]) {
        if self.text.is_empty() && len > 0 {
            self.reports
                .add(ViolationId::F13, self.text.start, None, Window::new(bytes));
        }
        let max = self.text.start.saturating_add(self.limits.epilogue_bytes);
        self.text.end += len as u64;
        if self.text.end > max {
            self.fail(ViolationId::L08, max, &[]);
        }
    }

    /// What waited for the rest of a delimiter is epilogue after all.
    pub(super) fn conclude_epilogue(&mut self) -> Step {
        if let State::Closing(Closing {
            carriage_return: true,
            ..
        }) = self.state
        {
            self.begin_epilogue(self.base - 1, Held::default());
            self.add_epilogue(1, b"\r");
            return Step::Again;
        }
        let waiting = std::mem::take(&mut self.held).waiting();
        if matches!(self.state, State::Epilogue) && !waiting.is_empty() {
            let copy = self.delimiter.as_bytes()[waiting].to_vec();
            self.add_epilogue(copy.len(), &copy);
            return Step::Again;
        }
        let has_epilogue = matches!(self.state, State::Epilogue) && !self.text.is_empty();
        if has_epilogue {
            self.state = State::Closing(Closing::default());
            return Step::Epilogue(self.text.clone());
        }
        self.state = State::Ended;
        Step::End
    }
}
