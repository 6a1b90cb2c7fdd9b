//! The state machine behind the reader. It works on offsets, so that the reader can lend out the bytes.

mod framing;
mod reports;

use std::ops::Range;

use crate::boundary::Boundary;
use crate::error::{Error, Violation, Window};
use crate::header::{BlockScan, Headers};
use crate::limits::Limits;
use crate::parser::Mode;
use crate::scan::{DashBoundary, Delimiter, Held, Piece};
use crate::violation::ViolationId;

use framing::{Closing, Line};
use reports::Reports;

/// What one step of the machine has come to.
#[derive(Debug)]
pub(crate) enum Step {
    /// Nothing to hand out yet, or a report or an error waits.
    Again,
    Preamble(Range<u64>),
    Head(Source),
    Data {
        source: Source,
        offset: u64,
    },
    PartEnd {
        index: u32,
        span: Range<u64>,
        len: u64,
    },
    Epilogue(Range<u64>),
    End,
    /// The chunk is used up.
    Starved,
}

/// Where the bytes of a step are.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    Chunk(Range<usize>),
    Delimiter(Range<usize>),
    /// The header block that came in several chunks.
    Scratch,
}

#[derive(Debug)]
enum State {
    Preamble,
    /// Behind a dash-boundary.
    Line(Line),
    Block(BlockScan),
    /// A header block has been read and can be handed out.
    Head(Source),
    Content,
    /// Behind the close delimiter.
    Closing(Closing),
    Epilogue,
    Ended,
}

#[derive(Debug)]
pub(crate) struct Machine {
    delimiter: Delimiter,
    limits: Limits,
    state: State,
    /// Bytes of the body before the current chunk.
    base: u64,
    held: Held,
    reports: Reports,
    /// The part being read.
    part: Part,
    parts_begun: u32,
    files: u32,
    fields_bytes: u64,
    headers: Headers,
    scratch: Vec<u8>,
    dash_boundary: DashBoundary,
    /// Preamble or epilogue, as far as it is decided.
    text: Range<u64>,
}

#[derive(Clone, Debug, Default)]
struct Part {
    index: u32,
    start: u64,
    /// Where the content begins.
    content: u64,
    /// Content so far, in bytes.
    len: u64,
    is_file: bool,
}

impl Machine {
    pub(crate) fn new(boundary: &Boundary, mode: Mode, limits: Limits) -> Self {
        let delimiter = Delimiter::new(boundary);
        Self {
            dash_boundary: DashBoundary::new(&delimiter),
            delimiter,
            state: State::Preamble,
            base: 0,
            held: Held::LINE_START,
            reports: Reports::new(mode, limits.violations),
            part: Part::default(),
            parts_begun: 0,
            files: 0,
            fields_bytes: 0,
            headers: Headers::default(),
            scratch: Vec::new(),
            text: 0..0,
            limits,
        }
    }

    /// Takes the next step through `chunk` from `at` on.
    pub(crate) fn step(&mut self, chunk: &[u8], at: &mut usize) -> Step {
        match &self.state {
            State::Preamble => self.preamble(chunk, at),
            State::Line(_) => self.line(chunk, at),
            State::Block(_) => self.block(chunk, at),
            State::Head(source) => {
                let source = source.clone();
                self.state = State::Content;
                self.held = Held::LINE_START;
                Step::Head(source)
            }
            State::Content => self.content(chunk, at),
            State::Closing(_) => self.closing(chunk, at),
            State::Epilogue => self.epilogue(chunk, at),
            State::Ended => Step::Starved,
        }
    }

    /// The first step when there is no more input, then the second, and so on, until one is `Starved`.
    pub(crate) fn conclude(&mut self) -> Step {
        let in_boundary = self.held.is_in_boundary();
        match self.state {
            State::Preamble if self.base == 0 => self.fail(ViolationId::F16, 0, &[]),
            State::Preamble | State::Content if !in_boundary => self.fail(ViolationId::F10, self.base, &[]),
            State::Preamble | State::Content | State::Line(_) => self.fail(ViolationId::F11, self.base, &[]),
            State::Block(_) | State::Head(_) => self.fail(ViolationId::F12, self.base, &[]),
            State::Closing(_) | State::Epilogue => return self.conclude_epilogue(),
            State::Ended => return Step::Starved,
        }
        Step::Again
    }

    /// Collects a header block and reads it when it is whole.
    fn block(&mut self, chunk: &[u8], at: &mut usize) -> Step {
        let State::Block(scan) = &mut self.state else {
            return Step::Again;
        };
        let start = *at;
        let before = self.scratch.len();
        let window = if before == 0 {
            &chunk[start..]
        } else {
            let room = self.limits.header_block_bytes.saturating_add(1) - before;
            let more = room.min(chunk.len() - start);
            self.scratch.extend_from_slice(&chunk[start..start + more]);
            &self.scratch[..]
        };
        match scan.find_end(window, &self.limits) {
            Err((id, place)) => {
                let found = Window::new(&window[place.min(window.len())..]);
                self.reports
                    .fail(id, self.part.start + place as u64, Some(self.part.index), found);
                Step::Again
            }
            Ok(None) => {
                if before == 0 {
                    self.scratch.extend_from_slice(&chunk[start..]);
                }
                *at = chunk.len();
                Step::Starved
            }
            Ok(Some(end)) => {
                *at = start + end - before;
                let source = if before == 0 {
                    Source::Chunk(start..*at)
                } else {
                    self.scratch.truncate(end);
                    Source::Scratch
                };
                self.read_block(chunk, source, end);
                Step::Again
            }
        }
    }

    fn read_block(&mut self, chunk: &[u8], source: Source, len: usize) {
        let block = match &source {
            Source::Chunk(range) => &chunk[range.clone()],
            Source::Scratch | Source::Delimiter(_) => &self.scratch[..],
        };
        let (start, index) = (self.part.start, Some(self.part.index));
        let reports = &mut self.reports;
        self.headers.read(block, &self.limits, &mut |id, at| {
            reports.add(
                id,
                start + at as u64,
                index,
                Window::new(&block[at.min(block.len())..]),
            )
        });
        self.part.content = start + len as u64;
        self.part.len = 0;
        self.part.is_file = false;
        if let Some(filename) = &self.headers.disposition.filename {
            self.part.is_file = true;
            self.files += 1;
            if self.files > self.limits.files {
                let found = Window::new(&block[filename.raw.start..]);
                self.reports
                    .fail(ViolationId::L03, start + filename.raw.start as u64, index, found);
            }
        }
        self.state = State::Head(source);
    }

    fn content(&mut self, chunk: &[u8], at: &mut usize) -> Step {
        let (source, len) = match self.delimiter.scan(&mut self.held, chunk, at) {
            Piece::Exhausted => return Step::Starved,
            Piece::Delimiter(seen) => return self.end_part(self.base + *at as u64, seen),
            Piece::Waited(range) => (Source::Delimiter(range.clone()), range.len()),
            Piece::Chunk(range) => (Source::Chunk(range.clone()), range.len()),
        };
        let offset = self.part.content + self.part.len;
        let (room, id) = self.room_for_content();
        let taken = usize::try_from(room).map_or(len, |room| room.min(len));
        self.part.len += taken as u64;
        if !self.part.is_file {
            self.fields_bytes += taken as u64;
        }
        let source = if taken < len {
            let (first, rest) = match source {
                Source::Delimiter(range) => {
                    let middle = range.start + taken;
                    let found = Window::new(&self.delimiter.as_bytes()[middle..range.end]);
                    (Source::Delimiter(range.start..middle), found)
                }
                Source::Chunk(range) => {
                    let middle = range.start + taken;
                    (
                        Source::Chunk(range.start..middle),
                        Window::new(&chunk[middle..range.end]),
                    )
                }
                Source::Scratch => (Source::Scratch, Window::new(&[])),
            };
            self.reports
                .fail(id, offset + taken as u64, Some(self.part.index), rest);
            first
        } else {
            source
        };
        if taken == 0 {
            Step::Again
        } else {
            Step::Data { source, offset }
        }
    }

    /// How much more content the part may have, and what it is called to have more.
    fn room_for_content(&self) -> (u64, ViolationId) {
        if self.part.is_file {
            return (
                self.limits.file_bytes.saturating_sub(self.part.len),
                ViolationId::L05,
            );
        }
        let own = self.limits.field_bytes.saturating_sub(self.part.len);
        let all = self.limits.fields_bytes.saturating_sub(self.fields_bytes);
        if own <= all {
            (own, ViolationId::L04)
        } else {
            (all, ViolationId::L06)
        }
    }

    /// A delimiter of which `seen` bytes are content's or its own ends at `end`.
    fn end_part(&mut self, end: u64, seen: usize) -> Step {
        let start = end - seen as u64;
        if seen < self.delimiter.as_bytes().len() {
            let found = Window::new(&self.delimiter.as_bytes()[2..]);
            self.reports
                .fail(ViolationId::F17, start, Some(self.part.index), found);
            return Step::Again;
        }
        self.state = State::Line(Line::new(start + 2));
        let part = &self.part;
        Step::PartEnd {
            index: part.index,
            span: part.start..start,
            len: part.len,
        }
    }

    /// How much of a chunk the limit on the body lets in.
    pub(crate) fn room_for(&self, len: usize) -> usize {
        let room = self.limits.body_bytes.saturating_sub(self.base);
        usize::try_from(room).map_or(len, |room| room.min(len))
    }

    /// Counts the bytes of a chunk that is used up.
    pub(crate) fn advance(&mut self, bytes: usize) {
        self.base += bytes as u64;
    }

    pub(crate) fn offset(&self) -> u64 {
        self.base
    }

    pub(crate) fn fail(&mut self, id: ViolationId, offset: u64, found: &[u8]) {
        let part = match self.state {
            State::Block(_) | State::Head(_) | State::Content => Some(self.part.index),
            _ => None,
        };
        self.reports.fail(id, offset, part, Window::new(found));
    }

    pub(crate) fn next_report(&mut self) -> Option<Violation> {
        self.reports.next()
    }

    pub(crate) fn failure(&self) -> Option<&Error> {
        self.reports.failure()
    }

    pub(crate) fn delimiter(&self) -> &[u8] {
        self.delimiter.as_bytes()
    }

    pub(crate) fn scratch(&self) -> &[u8] {
        &self.scratch
    }

    pub(crate) fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The index of the part and the span of its header block.
    pub(crate) fn part(&self) -> (u32, Range<u64>) {
        (self.part.index, self.part.start..self.part.content)
    }
}
