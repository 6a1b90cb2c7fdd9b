//! Turns a body into a listing: what stands where, line by line, for people who look at it.
//!
//! Left out: files, columns and colours, which are a program's. Content is counted and its beginning kept,
//! never held.

mod listing;
mod trail;

use std::ops::Range;

use crate::boundary::Boundary;
use crate::event::{Event, PartHead};
use crate::limits::Limits;
use crate::parser::{Events, Parser};
use crate::policy::Policy;
use crate::violation::ViolationId;

pub use listing::{Line, LineKind, ListedHeader, ListedPart, Listing};
use trail::Trail;

/// How much is looked at in one go, in bytes.
const PIECE_BYTES: usize = 64 * 1024;

/// Reads one body and writes down what stands where.
///
/// Its memory is bounded by the [`Limits`] on parts, header blocks and violations.
///
/// ```
/// use rebuttal_multipart::{Boundary, Explainer, Limits, LineKind, Mode};
///
/// let boundary = Boundary::from_content_type(b"multipart/form-data; boundary=b")?;
/// let mut explainer = Explainer::new(boundary, Mode::Observe, Limits::default());
/// explainer.feed(b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--\r\n");
/// let listing = explainer.finish();
/// let lines: Vec<_> = listing.lines.iter().map(|line| (line.span.start, line.kind)).collect();
/// assert_eq!(lines[..3], [(0, LineKind::Boundary), (5, LineKind::Header), (45, LineKind::Blank)]);
/// assert_eq!(lines[3..], [(47, LineKind::Content), (48, LineKind::Close)]);
/// # Ok::<(), rebuttal_multipart::Diagnosis>(())
/// ```
#[derive(Debug)]
pub struct Explainer {
    parser: Parser,
    notes: Notes,
}

/// What is written down while the reader goes on. Apart from it, because its events borrow it.
#[derive(Debug)]
struct Notes {
    trail: Trail,
    dash_boundary: Vec<u8>,
    /// What the body begins with: a preamble may be longer than what is kept.
    beginning: Vec<u8>,
    listing: Listing,
    /// How far the lines reach, in bytes of the body.
    covered: u64,
    /// The content of the last part is still being read.
    in_content: bool,
    /// There is no more.
    is_over: bool,
}

impl Explainer {
    /// A reader for one body with this boundary, under a policy or simply a [`Mode`](crate::Mode): the listing
    /// ends where that stops.
    pub fn new(boundary: Boundary, policy: impl Into<Policy>, limits: Limits) -> Self {
        Self {
            parser: Parser::new(boundary, policy, limits),
            notes: Notes {
                trail: Trail::default(),
                dash_boundary: [b"--", boundary.as_bytes()].concat(),
                beginning: Vec::with_capacity(Line::MAX_SHOWN_BYTES),
                listing: Listing::default(),
                covered: 0,
                in_content: false,
                is_over: false,
            },
        }
    }

    /// Says how many bytes the body has, as the request's `Content-Length` has it; see [`Parser::expecting`].
    #[must_use]
    pub fn expecting(mut self, bytes: u64) -> Self {
        self.parser = self.parser.expecting(bytes);
        self
    }

    /// Takes the next chunk.
    pub fn feed(&mut self, chunk: &[u8]) {
        for piece in chunk.chunks(PIECE_BYTES) {
            self.notes.listing.bytes += piece.len() as u64;
            let room = Line::MAX_SHOWN_BYTES - self.notes.beginning.len();
            self.notes.beginning.extend(piece.iter().take(room));
            if let Some(stopped) = &self.notes.listing.stopped {
                self.notes.trail.add_until(piece, stopped.span.end);
                continue;
            }
            self.notes.trail.add(piece);
            self.notes.take(self.parser.feed(piece));
            if self.notes.listing.stopped.is_none() {
                self.notes.trail.forget();
            }
        }
    }

    /// Says that there are no more chunks, and hands out the listing.
    pub fn finish(mut self) -> Listing {
        let was_stopped = self.notes.listing.stopped.is_some();
        self.notes.is_over = !was_stopped;
        if !was_stopped {
            self.notes.take(self.parser.finish());
        }
        self.notes.conclude();
        self.notes.listing
    }
}

impl Notes {
    fn take(&mut self, mut events: Events<'_, '_>) {
        loop {
            match events.next_event() {
                Ok(None) => return,
                Ok(Some(event)) => self.event(&event),
                Err(diagnosis) => {
                    self.listing.stopped = Some(diagnosis);
                    return;
                }
            }
        }
    }

    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Preamble { span } => self.add(LineKind::Preamble, span.end, None),
            Event::PartBegin(head) => self.begin(head),
            Event::Data { bytes, .. } => {
                let Some(line) = self.listing.lines.last_mut() else {
                    return;
                };
                line.span.end += bytes.len() as u64;
                line.show(bytes);
                self.covered = line.span.end;
                if let Some(part) = self.listing.parts.last_mut() {
                    part.content.end = line.span.end;
                    part.span.end = line.span.end;
                }
            }
            Event::PartEnd { .. } => {
                self.in_content = false;
                if let Some(part) = self.listing.parts.last_mut() {
                    part.is_whole = true;
                }
            }
            Event::Epilogue { span } => {
                self.framing(span.start);
                self.add(LineKind::Epilogue, span.end, None);
            }
            Event::Violation(diagnosis) => self.listing.violations.push(diagnosis.clone()),
            Event::End => {}
        }
    }

    fn begin(&mut self, head: &PartHead<'_>) {
        self.framing(head.span.start);
        let index = Some(head.index);
        let mut at = head.span.start;
        for line in head.raw().split_inclusive(|byte| *byte == b'\n') {
            let kind = LineKind::of_block(line);
            let span = at..at + line.len() as u64;
            at = span.end;
            self.push(kind, span, index, line);
        }
        self.push(LineKind::Content, at..at, index, b"");
        self.in_content = true;
        self.listing.parts.push(ListedPart::new(head));
    }

    /// Writes down a boundary that reaches up to `end`, if there is one.
    fn framing(&mut self, end: u64) {
        if self.covered < end {
            let bytes = self.trail.get(self.covered..end).unwrap_or_default();
            let kind = LineKind::of_framing(bytes, &self.dash_boundary);
            self.add(kind, end, None);
        }
    }

    /// Writes down a line that reaches up to `end`.
    fn add(&mut self, kind: LineKind, end: u64, part: Option<u32>) {
        let span = self.covered..end;
        let kept = match kind {
            LineKind::Unread => None,
            LineKind::Preamble if span.start == 0 => {
                let end = usize::try_from(end).unwrap_or(usize::MAX);
                self.beginning.get(..end.min(self.beginning.len()))
            }
            _ => self.trail.get(span.clone()),
        };
        let shown = kept.unwrap_or_default().to_vec();
        self.push(kind, span, part, &shown);
    }

    fn push(&mut self, kind: LineKind, span: Range<u64>, part: Option<u32>, bytes: &[u8]) {
        self.covered = span.end;
        self.listing.lines.push(Line::new(kind, span, part, bytes));
    }

    /// Writes down what no event told: all behind the last one, or what the reader stopped at.
    fn conclude(&mut self) {
        let end = self.listing.bytes;
        let told = match &self.listing.stopped {
            Some(stopped) if !self.is_over => stopped.span.end.max(stopped.span.start + 1).min(end),
            _ => end,
        };
        let stopped_by = self.listing.stopped.as_ref().map(|stopped| stopped.id);
        let is_within = self.in_content && stopped_by.is_some_and(stops_within_content);
        if !is_within {
            self.rest(told);
        }
        if self.covered < end {
            let part = self.listing.parts.last().map(|part| part.index);
            self.add(LineKind::Unread, end, part.filter(|_| self.in_content));
        }
    }

    /// Writes down line by line what the reader had looked at, up to the line that holds `told`.
    fn rest(&mut self, told: u64) {
        let behind = told.saturating_add(trail::BEHIND_BYTES);
        let Some(bytes) = self.trail.get(self.covered..behind).map(<[u8]>::to_vec) else {
            if self.listing.lines.is_empty() {
                self.add(LineKind::Preamble, told, None);
            }
            return;
        };
        let mut rest = &bytes[..];
        let begun = self.listing.parts.len();
        let mut region = if self.listing.lines.is_empty() {
            Region::Preamble
        } else {
            Region::Framing
        };
        while !rest.is_empty() && self.covered < told {
            let leading = leading_line_end(rest, region);
            let newline = memchr::memchr(b'\n', &rest[leading..]).map_or(rest.len(), |at| leading + at + 1);
            let (line, after) = rest.split_at(newline);
            let is_boundary = line[leading..].starts_with(&self.dash_boundary);
            if region == Region::Preamble && is_boundary {
                region = Region::Framing;
            }
            let (kind, next) = match region {
                Region::Preamble => (LineKind::Preamble, Region::Preamble),
                Region::Framing => match LineKind::of_framing(line, &self.dash_boundary) {
                    LineKind::Close => (LineKind::Close, Region::Epilogue),
                    kind => (kind, Region::Block),
                },
                Region::Block => (LineKind::of_block(line), Region::Block),
                Region::Epilogue => (LineKind::Epilogue, Region::Epilogue),
            };
            let part = (region == Region::Block).then(|| u32::try_from(begun).unwrap_or(u32::MAX));
            let end = self.covered + line.len() as u64;
            self.push(kind, self.covered..end, part, line);
            (region, rest) = (next, after);
        }
    }
}

/// Where the lines stand that the reader had looked at without handing them out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Region {
    Preamble,
    /// At a boundary.
    Framing,
    /// In a header block.
    Block,
    Epilogue,
}

/// The length of a line end that belongs to the boundary behind it.
fn leading_line_end(bytes: &[u8], region: Region) -> usize {
    match (region, bytes) {
        (Region::Framing | Region::Preamble, [b'\r', b'\n', ..]) => 2,
        (Region::Framing | Region::Preamble, [b'\n', ..]) => 1,
        _ => 0,
    }
}

/// Whether a reader that stops so, while it reads content, has content ahead of it.
fn stops_within_content(id: ViolationId) -> bool {
    use ViolationId as Id;
    matches!(id, Id::L01 | Id::L04 | Id::L05 | Id::L06 | Id::L09 | Id::F10)
}

#[cfg(test)]
mod tests;
