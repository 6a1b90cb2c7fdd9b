//! The state machine behind the reader. It works on offsets, so that the reader can lend out the bytes.

mod content;
mod end;
mod framing;
mod reports;

use std::ops::Range;

use crate::boundary::Boundary;
use crate::error::{Diagnosis, Window};
use crate::header::{BlockScan, Headers, Stop};
use crate::limits::Limits;
use crate::policy::Policy;
use crate::scan::{Delimiter, Held};
use crate::violation::ViolationId;

use content::Charset;
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
    /// The input has ended within the content of a part, and the policy goes on.
    Cut,
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
    /// The length that the body shall have.
    expected: Option<u64>,
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
    /// The last byte of content, where lines end in LF.
    last: u8,
    /// The content of the field `_charset_`.
    charset: Option<Charset>,
}

impl Machine {
    #[inline]
    pub(crate) fn new(boundary: &Boundary, policy: Policy, limits: Limits) -> Self {
        Self {
            delimiter: Delimiter::new(boundary),
            state: State::Preamble,
            base: 0,
            held: Held::LINE_START,
            reports: Reports::new(policy, limits.violations),
            part: Part::default(),
            parts_begun: 0,
            files: 0,
            fields_bytes: 0,
            headers: Headers::default(),
            scratch: Vec::new(),
            expected: None,
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
            State::Cut | State::Ended => Step::Starved,
        }
    }

    /// Collects a header block and reads it when it is whole.
    fn block(&mut self, chunk: &[u8], at: &mut usize) -> Step {
        let State::Block(scan) = &mut self.state else {
            return Step::Again;
        };
        let start = *at;
        let before = self.scratch.len();
        if before == 0
            && !self.delimiter.is_lf()
            && let Some(len) = self.headers.read_simple(&chunk[start..], &self.limits)
        {
            *at = start + len;
            return self.begin_content(chunk, Source::Chunk(start..*at), len);
        }
        let window = if before == 0 {
            &chunk[start..]
        } else {
            let room = self.limits.header_block_bytes.saturating_add(1) - before;
            let more = room.min(chunk.len() - start);
            self.scratch.extend_from_slice(&chunk[start..start + more]);
            &self.scratch[..]
        };
        let (reports, part) = (&mut self.reports, &self.part);
        let found = scan.find_end(window, &self.limits, self.delimiter.is_lf(), &mut |id, span| {
            let found = Window::new(window.get(span.clone()).unwrap_or_default());
            reports.add(id, part.offset(span), Some(part.index), found)
        });
        match found {
            Err(Stop) => Step::Again,
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
                self.read_block(chunk, &source);
                self.begin_content(chunk, source, end)
            }
        }
    }

    fn read_block(&mut self, chunk: &[u8], source: &Source) {
        let block = match source {
            Source::Chunk(range) => &chunk[range.clone()],
            Source::Scratch | Source::Delimiter(_) => &self.scratch[..],
        };
        let (reports, part) = (&mut self.reports, &self.part);
        self.headers.read(block, &self.limits, &mut |id, span| {
            let found = Window::new(block.get(span.clone()).unwrap_or_default());
            reports.add(id, part.offset(span), Some(part.index), found)
        });
    }

    /// A header block of `len` bytes has been read.
    fn begin_content(&mut self, chunk: &[u8], source: Source, len: usize) -> Step {
        let block = match &source {
            Source::Chunk(range) => &chunk[range.clone()],
            Source::Scratch | Source::Delimiter(_) => &self.scratch[..],
        };
        let disposition = &self.headers.disposition;
        self.part.content = self.part.start + len as u64;
        self.part.len = 0;
        self.part.is_file = disposition.filename.is_some();
        let name = disposition.name.as_ref().map(|spot| &block[spot.raw.clone()]);
        self.part.charset = (name == Some(b"_charset_")).then(Charset::default);
        if let Some(filename) = &disposition.filename {
            self.files += 1;
            if self.files > self.limits.files {
                let span = filename.raw.clone();
                let found = Window::new(block.get(span.clone()).unwrap_or_default());
                let (span, index) = (self.part.offset(span), Some(self.part.index));
                self.reports.fail(ViolationId::L03, span, index, found);
            }
        }
        if self.reports.is_pending() {
            self.state = State::Head(source);
            return Step::Again;
        }
        self.state = State::Content;
        self.held = Held::LINE_START;
        Step::Head(source)
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

    pub(crate) fn expect(&mut self, bytes: u64) {
        self.expected = Some(bytes);
    }

    /// Stops at these bytes.
    pub(crate) fn fail(&mut self, id: ViolationId, offset: u64, found: &[u8]) {
        let (span, part) = (offset..offset + found.len() as u64, self.current_part());
        self.reports.fail(id, span, part, Window::new(found));
    }

    /// Reports these bytes; whether the reader goes on.
    fn note(&mut self, id: ViolationId, offset: u64, found: &[u8]) -> bool {
        let (span, part) = (offset..offset + found.len() as u64, self.current_part());
        self.reports.add(id, span, part, Window::new(found))
    }

    fn current_part(&self) -> Option<u32> {
        matches!(self.state, State::Block(_) | State::Head(_) | State::Content).then_some(self.part.index)
    }

    /// Whether there is nothing to say before there are more bytes, in the state that a reader is mostly in.
    pub(crate) fn is_starved(&self) -> bool {
        matches!(self.state, State::Content) && self.held.is_undecided(&self.delimiter) && !self.is_pending()
    }

    /// Whether a report or the failure waits to be handed out.
    pub(crate) fn is_pending(&self) -> bool {
        self.reports.is_pending()
    }

    pub(crate) fn next_report(&mut self) -> Option<Diagnosis> {
        self.reports.next()
    }

    pub(crate) fn failure(&self) -> Option<&Diagnosis> {
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

impl Part {
    /// Bytes of the header block as bytes of the body.
    fn offset(&self, span: Range<usize>) -> Range<u64> {
        self.start + span.start as u64..self.start + span.end as u64
    }
}
