//! The state machine behind the reader. It works on offsets, so that the reader can lend out the bytes.

mod content;
mod end;
mod framing;
mod reports;

use std::ops::Range;

use crate::boundary::Boundary;
use crate::error::{Diagnosis, Window};
use crate::event::PartHead;
use crate::header::{BlockEnd, BlockScan, Headers, has_fold, unfold};
use crate::limits::Limits;
use crate::policy::Policy;
use crate::scan::{Delimiter, Held};
use crate::violation::ViolationId;

use framing::{Closing, Line};
use reports::{Block, Reports};

/// What one step of the machine has come to.
#[derive(Debug)]
pub(crate) enum Step {
    /// Nothing to hand out yet, or a report or an error waits.
    Again,
    Preamble(Range<u64>),
    /// A header block, in the chunk from here on or in `scratch`.
    Head(Option<usize>),
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

/// Where content is.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    Chunk(Range<usize>),
    Delimiter(Range<usize>),
}

#[derive(Debug)]
enum State {
    Preamble,
    /// Behind a dash-boundary.
    Line(Line),
    Block(BlockScan),
    /// A header block has been read and can be handed out; see [`Step::Head`].
    Head(Option<usize>),
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
    /// What comes behind that.
    beyond: Window,
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
    /// Whether the boundary that ends it has been told where it stands.
    is_told: bool,
    /// The last byte of content, where lines end in LF.
    last: u8,
    /// The content of the field `_charset_`, as far as it tells UTF-8 from anything else.
    charset: Option<Window>,
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
            beyond: Window::EMPTY,
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
            State::Head(start) => {
                let start = *start;
                self.state = State::Content;
                Step::Head(start)
            }
            State::Content => self.content(chunk, at),
            State::Closing(_) => self.closing(chunk, at),
            State::Epilogue => self.epilogue(chunk, at),
            State::Cut | State::Ended => Step::Starved,
        }
    }

    /// Collects a header block and reads it when it is whole.
    pub(super) fn block(&mut self, chunk: &[u8], at: &mut usize) -> Step {
        let start = *at;
        let before = self.scratch.len();
        if before == 0
            && !self.delimiter.is_lf()
            && let Some(len) = self.headers.read_simple(&chunk[start..], &self.limits)
        {
            *at = start + len;
            return self.begin_content(chunk, Some(start), len);
        }
        if before > 0 {
            let room = self.limits.header_block_bytes.saturating_add(1) - before;
            let more = room.min(chunk.len() - start);
            self.keep(&chunk[start..start + more]);
        }
        let window = if before == 0 {
            &chunk[start..]
        } else {
            &self.scratch[..]
        };
        let State::Block(scan) = &mut self.state else {
            return Step::Again;
        };
        let (reports, block) = (&mut self.reports, self.part.block(window, &[]));
        let (dash_boundary, lf) = (self.delimiter.dash_boundary(), self.delimiter.is_lf());
        let found = scan.find_end(window, &self.limits, dash_boundary, lf, &mut |id, span| {
            reports.add_of_block(id, &span, false, block)
        });
        let Ok(Some(end)) = found else {
            let step = if found.is_err() {
                Step::Again
            } else {
                Step::Starved
            };
            if before == 0 {
                let room = self.limits.header_block_bytes.saturating_add(1);
                self.keep(&chunk[start..chunk.len().min(start.saturating_add(room))]);
            }
            *at = chunk.len();
            return step;
        };
        let (BlockEnd::Blank(len) | BlockEnd::Boundary(len)) = end;
        let whole = (before == 0).then_some(start);
        self.scratch.truncate(len);
        *at = start + len - before.min(len);
        if let BlockEnd::Boundary(_) = end {
            let after = len + self.delimiter.dash_boundary().len();
            *at = start + after - before;
            if !self.note_boundary_in_block(len) {
                if before == 0 {
                    self.keep(&chunk[start..start + len]);
                }
                return Step::Again;
            }
        }
        let whole = self.read_block(chunk, whole, len);
        let step = self.begin_content(chunk, whole, len);
        if let BlockEnd::Boundary(_) = end {
            self.held = Held::dash_boundary(&self.delimiter);
            self.part.is_told = true;
        }
        step
    }

    /// A boundary where a header or the blank line should stand.
    fn note_boundary_in_block(&mut self, at: usize) -> bool {
        let start = self.part.start + at as u64;
        let dash_boundary = self.delimiter.dash_boundary();
        let span = start..start + dash_boundary.len() as u64;
        let found = Window::new(dash_boundary);
        self.reports
            .add(ViolationId::F17, span, Some(self.part.index), found)
    }

    /// Keeps more of a header block, in memory for a whole one as far as that is limited.
    fn keep(&mut self, bytes: &[u8]) {
        const MAX_AT_ONCE: usize = 64 * 1024;
        let len = self.scratch.len() + bytes.len();
        if len > self.scratch.capacity() {
            let whole = self.limits.header_block_bytes.saturating_add(1).min(MAX_AT_ONCE);
            let doubled = self.scratch.capacity().saturating_mul(2);
            let wanted = if len <= whole { whole } else { len.max(doubled) };
            self.scratch.reserve_exact(wanted - self.scratch.len());
        }
        self.scratch.extend_from_slice(bytes);
    }

    /// Reads a header block of `len` bytes, in the chunk from `start` on or in `scratch`; where it is then.
    fn read_block(&mut self, chunk: &[u8], mut start: Option<usize>, len: usize) -> Option<usize> {
        if has_fold(block_bytes(chunk, start, len, &self.scratch)) {
            if let Some(start) = start.take() {
                self.keep(&chunk[start..start + len]);
            }
            let (reports, part) = (&mut self.reports, &self.part);
            unfold(
                &mut self.scratch,
                &mut self.headers.folds,
                &mut |block, span, in_quotes| {
                    reports.add_of_block(ViolationId::H06, &span, in_quotes, part.block(block, &[]))
                },
            );
            if self.reports.failure().is_some() {
                return start;
            }
        }
        let bytes = block_bytes(chunk, start, len, &self.scratch);
        let folds = std::mem::take(&mut self.headers.folds);
        let (reports, block) = (&mut self.reports, self.part.block(bytes, &folds));
        self.headers.read(bytes, &self.limits, &mut |id, span| {
            reports.add_of_block(id, &span, false, block)
        });
        self.headers.folds = folds;
        start
    }

    /// A header block of `len` bytes has been read.
    #[inline]
    fn begin_content(&mut self, chunk: &[u8], start: Option<usize>, len: usize) -> Step {
        let block = block_bytes(chunk, start, len, &self.scratch);
        let disposition = &self.headers.disposition;
        self.part.content = self.part.start + len as u64;
        self.part.len = 0;
        self.part.is_told = false;
        self.part.is_file = disposition.filename.is_some();
        let name = disposition.name.as_ref().map(|spot| &block[spot.raw.clone()]);
        self.part.charset = (name == Some(b"_charset_")).then_some(Window::EMPTY);
        if let Some(filename) = &disposition.filename {
            self.files += 1;
            if self.files > self.limits.files {
                let span = filename.raw.clone();
                let found = Window::new(block.get(span.clone()).unwrap_or_default());
                let (span, index) = (self.part.offset(span), Some(self.part.index));
                self.reports.fail(ViolationId::L03, span, index, found);
            }
        }
        self.held = Held::LINE_START;
        if self.reports.is_pending() {
            self.state = State::Head(start);
            return Step::Again;
        }
        self.state = State::Content;
        Step::Head(start)
    }

    /// How much of a chunk the limit on the body lets in.
    pub(crate) fn room_for(&self, len: usize) -> usize {
        let room = self.limits.body_bytes.saturating_sub(self.base);
        usize::try_from(room).map_or(len, |room| room.min(len))
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

    pub(crate) fn next_report(&mut self, chunk: &[u8]) -> Option<Diagnosis> {
        let bytes = match self.state {
            State::Head(start) => block_bytes(chunk, start, self.part.block_len(), &self.scratch),
            _ => &self.scratch,
        };
        self.reports.next(self.part.block(bytes, &self.headers.folds))
    }

    pub(crate) fn failure(&self) -> Option<&Diagnosis> {
        self.reports.failure()
    }

    pub(crate) fn delimiter(&self) -> &[u8] {
        self.delimiter.as_bytes()
    }

    #[cfg(test)]
    pub(crate) fn scratch(&self) -> &[u8] {
        &self.scratch
    }

    /// The part whose header block stands in the chunk from `start` on or in `scratch`.
    #[inline]
    pub(crate) fn head<'a>(&'a self, chunk: &'a [u8], start: Option<usize>) -> PartHead<'a> {
        PartHead {
            index: self.part.index,
            span: self.part.start..self.part.content,
            block: block_bytes(chunk, start, self.part.block_len(), &self.scratch),
            headers: &self.headers,
        }
    }
}

impl Part {
    /// This part with what is there of its header block.
    fn block<'b>(&self, bytes: &'b [u8], folds: &'b [Range<usize>]) -> Block<'b> {
        Block {
            part: self.index,
            start: self.start,
            bytes,
            folds,
        }
    }

    fn block_len(&self) -> usize {
        usize::try_from(self.content - self.start).unwrap_or(usize::MAX)
    }

    /// Bytes of the header block as bytes of the body.
    fn offset(&self, span: Range<usize>) -> Range<u64> {
        self.start + span.start as u64..self.start + span.end as u64
    }
}

/// A header block of `len` bytes, in the chunk from `start` on or in `scratch`.
fn block_bytes<'b>(chunk: &'b [u8], start: Option<usize>, len: usize, scratch: &'b [u8]) -> &'b [u8] {
    match start {
        // An error stays when its chunk is gone.
        Some(start) => chunk.get(start..start + len).unwrap_or_default(),
        None => scratch,
    }
}
